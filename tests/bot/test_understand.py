"""What arrived becomes the right event: exact words and numbers in any script, and nothing by resemblance."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.incoming import Command, Happened, Open, Other, Tap, Typed
from bot.screen import Button, Screen
from bot.understand import INTERRUPTS, Understanding
from flows.book import Choose, Say, Text
from flows.state import Interrupt, Look, Pick, Secret, Unusable, Words
from flows.words import normal
from locales.catalogues import load
from tests.bot.drawing import Person, shower
from tests.bot.real_turns import distress_lists
from tests.flows.books import real

LANGUAGES = load()
UNDERSTANDING = Understanding(LANGUAGES, distress_lists())
ASKED = Screen(
    language="en",
    direction="ltr",
    seq=7,
    paragraphs=("Is it safe?",),
    options=(Button("yes", "Yes"), Button("no", "No, never"), Button("!skip", "Skip")),
    asides=(Button("!leave", "Leave"), Button("!help", "Help now")),
)
WRITTEN = Screen("en", "ltr", 7, ("What happened?",), options=(Button("!done", "That is all"),), writes=True)


def typed(words: str, screen: Screen = ASKED, *, seq: int | None = None, final: bool = False):
    return UNDERSTANDING.event(Typed(Secret(words), seq, final), screen)


# --- buttons, commands and the rest ---


@pytest.mark.parametrize(
    ("happened", "event"),
    [
        (Open(), Look()),
        (Other(), Unusable()),
        (Tap("yes", 5), Pick("yes", 5)),
        (Tap("", 5), Pick("", 5)),
        (Tap("!help", 5), Interrupt("help", 5)),
        (Tap("!done", 5), Interrupt("done", 5)),
        (Tap("!open sesame", 5), Pick("!open sesame", 5)),
        (Tap("!", 5), Pick("!", 5)),
        (Tap("help", 5), Pick("help", 5)),
        (Command("leave"), Interrupt("leave")),
        (Command("start"), Look()),
        (Command("settings"), Look()),
    ],
)
def test_taps_commands_and_the_rest(happened: Happened, event):
    assert UNDERSTANDING.event(happened, ASKED) == event


@pytest.mark.parametrize("name", INTERRUPTS)
def test_every_interrupt_has_a_button_a_command_and_words_in_every_language(name):
    assert UNDERSTANDING.event(Tap(f"!{name}", 1), ASKED) == Interrupt(name, 1)
    assert UNDERSTANDING.event(Command(name), ASKED) == Interrupt(name)
    for tag in LANGUAGES.tags:
        words = (*LANGUAGES.words(tag, f"words_{name}"), LANGUAGES.word(tag, f"button_{name}"))
        assert len(words) > 1
        for word in words:
            assert typed(word) == typed(word, WRITTEN) == Interrupt(name, None), (tag, word)


def test_the_stop_word_that_is_shown_stops_whatever_the_language_of_the_screen():
    for tag in LANGUAGES.tags:
        assert typed(LANGUAGES.word(tag, "leave_word"), WRITTEN) == Interrupt("leave", None)


@pytest.mark.parametrize(
    "words", ["LEAVE", " leave. ", "l\u200beave", "Leave!!!", "QUITTER", "«quitter»", "خـروج", "خروج؟"]
)
def test_case_marks_and_punctuation_make_no_difference(words):
    assert typed(words, WRITTEN) == Interrupt("leave", None)


@pytest.mark.parametrize(
    "words",
    [
        "please leave me",
        "leave it",
        "I want to stop him",
        "he said stop",
        "help my sister",
        "leaves",
        "",
        "🙏",
        "l e a v e",
    ],
)
def test_only_the_whole_text_counts(words):
    event = Words(Secret(words), near=words in ("leaves", "l e a v e"))
    assert isinstance(typed(words, WRITTEN), Words)
    assert replace(typed(words), near=False) == replace(event, near=False) == replace(typed(words, WRITTEN), near=False)


@pytest.mark.parametrize("words", ["leav", "leaev", "leve", "helpp", "hlep", "skiip", "leaves"])
def test_a_word_with_one_slip_is_asked_about_and_does_not_act(words):
    assert typed(words) == typed(words, WRITTEN) == Words(Secret(words), near=True)


@pytest.mark.parametrize("words", ["lve", "hel", "leave me alone", "he left", "levant us", "a" * 40, ""])
def test_other_words_are_not_near(words):
    assert typed(words) == typed(words, WRITTEN) == Words(Secret(words))


@pytest.mark.parametrize(
    ("words", "alarm"),
    [
        ("I want to kill myself", "self_harm"),
        ("je veux me suicider", "self_harm"),
        ("quiero suicidarme", "self_harm"),
        ("she wants to kill herself", "worried"),
        ("he is going to kill me", "danger"),
        ("I am in danger", "danger"),
        ("I am not suicidal", None),
        ("He came at night.", None),
    ],
)
@pytest.mark.parametrize("screen", [ASKED, WRITTEN], ids=["asked", "written"])
def test_words_of_distress_are_marked_wherever_they_are_typed_and_never_lost(words, alarm, screen):
    assert typed(words, screen, seq=7) == Words(Secret(words), 7, alarm=alarm)


def test_an_exact_word_acts_even_though_it_might_alarm():
    """A word of ours is what somebody meant; only what is not one is listened to."""
    assert typed("help") == Interrupt("help", None)
    assert typed("leave") == Interrupt("leave", None)
    screen = replace(ASKED, options=(Button("danger", "I am in danger"),))
    assert typed("I am in danger", screen) == Pick("danger", None)


def test_no_word_means_two_things():
    found: dict[str, set[str]] = {}
    for name in INTERRUPTS:
        for tag in LANGUAGES.tags:
            for word in (*LANGUAGES.words(tag, f"words_{name}"), LANGUAGES.word(tag, f"button_{name}")):
                found.setdefault(normal(word), set()).add(name)
    assert [word for word, names in found.items() if len(names) > 1] == []
    assert "" not in found


# --- numbers and labels ---


@pytest.mark.parametrize("words", ["2", " 2. ", "(2)", "٢", "۲", "२", "２", "②"])
def test_a_number_in_any_digits_is_a_button(words):
    assert typed(words) == Pick("no", None)


@pytest.mark.parametrize("words", ["3", "٣"])
def test_a_number_can_be_that_of_skipping(words):
    assert typed(words) == Interrupt("skip", None)


@pytest.mark.parametrize("words", ["0", "4", "99", "100", "1 2", "2 yes", "two", "½"])
def test_a_number_that_no_button_has_is_words(words):
    assert typed(words) == Words(Secret(words))


@pytest.mark.parametrize("words", ["Yes", "yes", " YES! ", "y\u200des"])
def test_a_label_is_a_button(words):
    assert typed(words) == Pick("yes", None)


@pytest.mark.parametrize("words", ["no", "never", "No, never ever", "oui", "نعم"])
def test_a_label_counts_whole_and_in_the_language_of_the_screen_only(words):
    assert typed(words) == Words(Secret(words))


@pytest.mark.parametrize("words", ["1", "٢", "Yes", "no", "That was 2"])
def test_at_a_free_text_neither_numbers_nor_labels_count(words):
    assert typed(words, WRITTEN) == Words(Secret(words))


def test_the_number_of_the_screen_and_whether_it_is_whole_go_along():
    assert typed("so it was", WRITTEN, seq=7, final=True) == Words(Secret("so it was"), 7, final=True)
    assert typed("help", WRITTEN, seq=7, final=True) == Interrupt("help", 7)
    assert typed("1", ASKED, seq=7) == Pick("yes", 7)


# --- the conversation that ships ---

SAME = {("leave", "leave"), ("back", "back"), ("help", "help")}
"""Options whose label may also be the word for an interrupt, because it does the same."""


@pytest.mark.parametrize("tag", LANGUAGES.tags)
def test_every_button_of_the_conversation_can_be_typed_and_counted(tmp_path, tag):
    person = Person(shower(tmp_path))
    book, seen = real(), 0
    for name, node in book.nodes.items():
        if not isinstance(node, Choose | Say | Text):
            continue
        person.state = type(person.state)(book.digest, tag, 1, name)
        screen = person.look(receipt="1234567812345678")
        for index, button in enumerate(screen.options, 1):
            expected = Interrupt(button.id[1:], None) if button.id.startswith("!") else Pick(button.id, None)
            if not screen.writes:
                assert typed(str(index), screen) == expected
            event = typed(button.label, screen)
            same = isinstance(event, Interrupt) and (button.id, event.name) in SAME
            assert event == expected or same, (name, button.id, event)
            seen += 1
    assert seen > 80
