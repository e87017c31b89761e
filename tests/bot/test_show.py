"""Screens: whole in one language, with the right buttons, and with a person's words made harmless."""

from __future__ import annotations

from datetime import date
from importlib.resources import as_file, files

import pytest

from bot.case import Case
from bot.show import HOURS, Shower
from config.care import Care
from crypto.receipt import grouped
from flows.book import Choose, Say, Text
from flows.state import Pick, Result
from flows.step import step
from locales.catalogues import Languages, load
from locales.isolate import FIRST_STRONG, POP, show
from tests.bot.drawing import BEGIN, LINES, REST, STORY, TO_REVIEW, TO_WHERE, Person, shower

NUMBER = "1234567812345678"


@pytest.fixture
def person(tmp_path):
    return Person(shower(tmp_path))


def labels(buttons) -> list[str]:
    return [button.id for button in buttons]


class Without:
    """A catalogue that lacks some texts, and is otherwise the one that ships."""

    def __init__(self, catalogue, *contexts: str) -> None:
        self.catalogue = catalogue
        self.contexts = contexts

    def pgettext(self, context: str, message: str) -> str:
        return "" if context in self.contexts else self.catalogue.pgettext(context, message)


def lacking(tag: str, *contexts: str) -> Languages:
    languages = load()
    languages._translations[tag] = Without(languages._translations[tag], *contexts)  # type: ignore[assignment]
    return languages


# --- one language ---


def test_the_first_screen_asks_in_every_language_and_offers_each_by_its_own_name(person):
    screen, languages = person.look(), person.shower.languages
    assert set(screen.paragraphs) == {
        languages.phrase(tag, "language", "Choose your language.") for tag in person.book.languages
    }
    assert screen.paragraphs[0] == "Choose your language."
    assert len(screen.options) == 10
    assert [(button.id, button.label) for button in screen.options[:4]] == [
        ("en", "English"),
        ("fr", "Français"),
        ("es", "Español"),
        ("ar", "العربية"),
    ]
    assert len({button.label for button in screen.options}) == 10


@pytest.mark.parametrize(("tag", "direction"), [("en", "ltr"), ("fr", "ltr"), ("ar", "rtl")])
def test_a_screen_is_in_the_language_that_was_chosen(person, tag, direction):
    screen = person.go(tag, "go_on")
    languages = person.shower.languages
    assert (screen.language, screen.direction) == (tag, direction)
    question = person.book.waiting("safe")
    assert isinstance(question, Choose)
    assert screen.paragraphs == (languages.phrase(tag, "safe", question.ask.english),)
    assert [button.label for button in screen.options[:3]] == [
        languages.phrase(tag, f"safe/{option.id}", option.label.english) for option in question.options
    ]
    assert labels(screen.options) == ["yes", "no", "unsure", "!skip"]
    assert screen.options[3].label == languages.word(tag, "button_skip")
    assert [button.label for button in screen.asides] == [
        languages.word(tag, f"button_{name}") for name in ("leave", "help", "back", "language", "delete")
    ]


@pytest.mark.parametrize("missing", ["safe", "safe/unsure"])
def test_a_missing_phrase_moves_the_whole_screen_to_the_fallback(tmp_path, missing):
    person = Person(shower(tmp_path, languages=lacking("ar", missing)))
    screen = person.go("ar", "go_on")
    assert (screen.language, screen.direction) == ("en", "ltr")
    assert screen.paragraphs == ("Is it safe for you to write here now?",)
    assert [button.label for button in (*screen.options, *screen.asides)] == [
        "Yes", "No", "I am not sure", "Skip", "Leave", "Help now", "Back", "Language", "Erase all",
    ]  # fmt: skip
    assert person.go("yes").language == "ar", "the next screen is complete again"


def test_a_missing_answer_or_short_name_moves_the_whole_read_back_to_the_fallback(tmp_path):
    for missing in ("affected/me", "change/affected"):
        person = Person(shower(tmp_path, languages=lacking("fr", missing)))
        screen = person.go("fr", *STORY[1:], *REST)
        assert screen.language == "en"
        assert screen.told[0].question == "Who it happened to"
        assert screen.told[0].answer == "To me"
    person = Person(shower(tmp_path, languages=lacking("fr", "affected/someone_else")))
    assert person.go("fr", *STORY[1:], *REST).language == "fr", "what is not on the screen does not matter"


def test_names_from_the_directory_are_not_translated_but_follow_the_screen(person):
    screen = person.go(*STORY, "!skip", *TO_WHERE[:3])
    assert [button.label for button in screen.options[:2]] == ["First", "Second"]
    person.go("!language")
    screen = person.go("fr")
    assert [button.label for button in screen.options[:2]] == ["Première", "Second"]


def test_every_screen_of_the_conversation_is_whole_in_every_language(tmp_path):
    with as_file(files("config") / "demo" / "care") as folder:
        count = screens_that_are_whole(Person(shower(tmp_path, care=Care(folder), country="velmora")))
    assert count > 400


CASE = Case(date(2026, 11, 2), "received", None, (), ())
"""A report that nobody has been given yet."""


def screens_that_are_whole(person: Person) -> int:
    """How many screens there are, each of which was found to be whole in its language."""
    count = 0
    for tag in person.shower.languages.tags:
        for name, node in person.book.nodes.items():
            if not isinstance(node, Choose | Say | Text):
                continue
            person.state = type(person.state)(person.book.digest, tag, 1, name)
            screen = person.look(receipt=NUMBER, case=CASE)
            assert screen.language == tag, name
            assert screen.paragraphs, name
            assert all(button.label for button in (*screen.options, *screen.asides))
            assert "{" not in "".join(screen.paragraphs)
            assert screen.writes == isinstance(node, Text)
            count += 1
    return count


# --- what is filled in ---


def test_the_stop_word_stands_in_the_words(person):
    assert "write LEAVE." in "\n".join(person.go("en").paragraphs)
    assert "QUITTER" in "\n".join(person.go("!back", "fr").paragraphs)


def test_help_lines_come_in_the_language_of_the_screen_only(person):
    screen = person.go("en", "!help")
    text = "\n".join(screen.paragraphs)
    assert "Night line: 0800 555 0123 (always)" in text
    assert "Day clinic: 0800 555 0199" in text
    text = "\n".join(person.go("!language", "fr", "!help").paragraphs)
    assert "Ligne de nuit: 0800 555 0123 (toujours)" in text
    assert "Night line" not in text


def test_a_help_line_without_a_translation_moves_the_whole_screen_to_the_fallback(tmp_path):
    person = Person(shower(tmp_path, lines=LINES.replace(", fr: Clinique", "").replace(', fr: "08:00-17:00"', "")))
    screen = person.go("fr", "!help")
    assert screen.language == "en"
    assert "Night line: 0800 555 0123 (always)" in "\n".join(screen.paragraphs)
    assert screen.options[0].label == "Ask for a counsellor"
    assert person.go("!back").language == "fr", "no help lines there"


def test_without_help_lines_there_are_words_to_say_so(tmp_path):
    person = Person(shower(tmp_path, lines="lines: []\n"))
    assert person.shower.languages.word("en", "contacts_none") in "\n".join(person.go("en", "!help").paragraphs)


def test_in_arabic_numbers_are_isolated_so_that_they_read_in_the_right_order(person):
    text = "\n".join(person.go("ar", "!help").paragraphs)
    assert f"{FIRST_STRONG}0800 555 0123{POP}" in text
    assert FIRST_STRONG not in "\n".join(person.go("!language", "fr", "!help").paragraphs)


def receipt(person: Person) -> None:
    person.go(*STORY, *REST)
    asked = step(person.book, person.state, Pick("send", person.state.seq)).state
    person.state = step(person.book, asked, Result(str(asked.pending), "sent")).state


def test_the_number_is_shown_in_groups_and_given_to_the_door_apart(person):
    receipt(person)
    screen = person.look(receipt=NUMBER)
    assert screen.number == grouped(NUMBER)
    assert grouped(NUMBER) in screen.paragraphs
    assert labels(screen.asides) == ["!leave", "!help", "!language"], "there is no way back, and nothing left to erase"


def test_the_number_is_on_no_other_screen(person):
    receipt(person)
    after = person.go("kept")
    assert after.number is None
    assert "!back" not in labels(after.asides)
    assert grouped(NUMBER) not in "\n".join(person.look(receipt=NUMBER).paragraphs)
    aside = person.go("!help")
    assert "!back" in labels(aside.asides)
    assert person.look(receipt=NUMBER).number is None


# --- buttons ---


def test_at_the_beginning_there_is_no_way_back_and_nothing_to_erase(person):
    assert labels(person.look().asides) == ["!leave", "!help", "!language"]
    assert labels(person.go("!help").asides) == ["!leave", "!help", "!back", "!language"]


def test_buttons_at_a_free_text_follow_what_is_written(person):
    assert labels(person.go(*STORY).options) == ["!skip", "!enough"]
    writing = person.write("one")
    assert [(button.id, button.label) for button in writing.options] == [
        ("!done", "That is all"),
        ("erase", "Erase what I wrote"),
        ("!enough", "Go to the end"),
    ]
    assert writing.written == "one"
    assert writing.notice == person.shower.languages.word("en", "notice_kept")
    assert person.write("two").written == "one\ntwo"
    back = person.go("!help", "!back")
    assert labels(back.options) == ["!done", "erase", "!enough"]
    assert back.options[0].label == "That is all", "still being written"
    anew = person.go("!done", "yes", *TO_WHERE, *TO_REVIEW, "change", "story")
    assert [(button.id, button.label) for button in anew.options] == [
        ("!done", "Keep what I wrote"),
        ("erase", "Erase what I wrote"),
    ]


def test_an_aside_with_its_own_words_does_not_offer_to_end_those_of_the_question_beneath(person):
    person.go(*STORY)
    person.write("one")
    screen = person.go("!help", "talk", "any")
    assert (labels(screen.options), screen.written) == (["!skip"], None)


def test_options_that_make_no_sense_now_are_not_shown(person):
    person.go(*BEGIN, "me", "yes", "sexual", *TO_WHERE, "go_on", *TO_REVIEW[2:])
    menu = labels(person.go("change").options)
    assert "story" not in menu
    assert "also" not in menu
    assert menu[-1] == "review"
    person.go("review")
    person.write("something else")
    assert "also" in labels(person.go("change").options)


@pytest.mark.parametrize(
    ("ways", "notice"),
    [
        (("nonsense",), "notice_choose"),
        (("!skip",), "notice_no_skip"),
        (("!back",), "notice_no_back"),
        (("fr", "nonsense"), "notice_choose"),
    ],
)
def test_the_person_is_told_why_nothing_happened(person, ways, notice):
    screen = person.go(*ways)
    assert screen.notice == person.shower.languages.word(person.state.language, notice)
    assert (screen.language, screen.notice != "") == (person.state.language, True)


# --- the read-back, and a person's own words ---


def test_everything_told_is_read_back_in_short_and_in_order(person):
    person.go(*STORY)
    person.write("He came at night.")
    screen = person.go("!done", "yes", *TO_WHERE, *TO_REVIEW)
    assert [(told.question, told.answer) for told in screen.told] == [
        ("Who it happened to", "To me"),
        ("Younger than 18?", "No, 18 or older"),
        ("What it is about", "Something sexual"),
        ("What I told", "He came at night."),
        ("Include my words?", "Yes, include them"),
        ("When it happened", "In the last 3 days"),
        ("Who did it", "UN or aid worker"),
        ("The organisation", "First"),
        ("Works in aid too?", "No"),
        ("Nearest place", "Here"),
        ("Share with others?", "Yes"),
        ("Count my report?", "No"),
    ]
    assert person.go("change").told == (), "nowhere else"


ODD = "a\u202eb\u2066c\u2069\x00\x1b[31m\u200b <b>d</b> {leave} {0}\r\ne\tf"


def test_words_are_shown_without_anything_that_turns_or_hides_text(person):
    person.go(*STORY)
    screen = person.write(ODD)
    assert screen.written == show(ODD)
    for mark in "\u202e\u2066\u2069\x00\x1b\r\t":
        assert mark not in screen.written
    assert "<b>d</b> {leave} {0}" in screen.written, "braces and tags mean nothing here"
    told = person.go("!done", "yes", *TO_WHERE, *TO_REVIEW).told
    assert [one.answer for one in told if one.question == "What I told"] == [screen.written]


def test_in_arabic_every_line_of_a_persons_words_is_isolated(person):
    person.go("ar", *STORY[1:])
    person.write("one 0800 555 0123\nعربي")
    screen = person.go("!done", "yes", *TO_WHERE, *TO_REVIEW)
    assert screen.direction == "rtl"
    answers = {told.answer for told in screen.told}
    number = f"{FIRST_STRONG}0800 555 0123{POP}"
    assert f"{FIRST_STRONG}one {number}{POP}\n{FIRST_STRONG}عربي{POP}" in answers
    assert f"{FIRST_STRONG}First{POP}" in answers, "proper names too"


def test_loose_words_are_read_back_last(person):
    person.go(*BEGIN)
    screen = person.write("he has a key")
    assert screen.notice == person.shower.languages.word("en", "notice_kept_aside")
    assert person.go(*STORY[len(BEGIN) :], *REST).told[-1].answer == "he has a key"


def told(screen) -> dict[str, str]:
    return {one.question: one.answer for one in screen.told}


@pytest.mark.parametrize("tag", ["en", "ar", "zh"])
@pytest.mark.parametrize("way", ["no", "!skip"])
def test_words_that_are_kept_out_of_the_report_are_read_back_as_kept_out(person, tag, way):
    person.go(tag, *STORY[1:])
    person.write("canary story")
    person.go("!done", way, *TO_WHERE, "!skip")
    person.write("canary name")
    screen = person.go("!done", way, *TO_REVIEW[2:])
    said = person.shower.languages.word(tag, "not_included")
    assert [one.answer for one in screen.told].count(said) == 2
    assert "canary" not in str([one.answer for one in screen.told])
    if tag == "en":
        assert said == "(kept out of the report)"
        assert (told(screen)["What I told"], told(screen)["Who, in my words"]) == (said, said)
    allowed = person.go("change", "story_ok", "yes")
    assert [one.answer for one in allowed.told].count(said) == 1, "each consent is for its own words"
    assert "canary story" in "".join(one.answer for one in allowed.told)


def test_nothing_that_was_not_answered_is_read_back(person):
    screen = person.go(*BEGIN)
    while "send" not in labels(screen.options):
        screen = person.go("!skip")
    assert "send" in labels(screen.options)
    assert told(screen) == {"Younger than 18?": "Not sure, or no answer"}, "a skipped age is an answer of its own"


def test_whom_somebody_named_to_be_left_out_is_read_back_as_no_part_of_the_report(person):
    person.go(*STORY, "!skip", *TO_WHERE, "!skip", "!skip", "station")
    assert person.write("canary name").written == "canary name"
    screen = person.go("!done", "no", "yes", "no")
    assert told(screen)["Who must not see it"] == "All at that place"
    assert told(screen)["Name to leave out"] == "(kept out of the report)"
    assert "canary" not in str([one.answer for one in screen.told])
    assert person.go("change", "keep_from").written == "canary name", "it can be changed"
    assert "Name to leave out" not in told(person.go("erase"))


def test_what_was_wished_for_a_counsellor_is_said_again_before_it_goes_out_and_nowhere_else(person):
    screen = person.go(*STORY, "!help", "talk", "wishes", "community", "woman_only", "!skip", "night")
    assert screen.writes
    assert [(one.question, one.answer) for one in screen.told] == [
        ("You asked for", "Not in aid · Only a woman · At night")
    ]
    assert person.go("!back").told == ()
    screen = person.go("!help", "talk", "wishes", "unsure", "any", "!skip", "any")
    assert screen.told == (), "what was left open is not said"
    assert "Only a woman" not in str(person.go("!back", *REST).told)


def test_going_to_the_end_reads_back_what_was_answered_until_then(person):
    screen = person.go(*STORY, "!enough", "!enough")
    assert "send" in labels(screen.options)
    assert list(told(screen)) == ["Who it happened to", "Younger than 18?", "What it is about"]


# --- care content ---


@pytest.mark.parametrize("elapsed", [*HOURS, "unsure", "!skip"])
def test_health_information_is_that_of_the_time_that_was_told(person, elapsed):
    text = "\n\n".join(person.go(*STORY, "!skip", elapsed).paragraphs)
    care = person.shower.care
    assert care.health("en", HOURS.get(elapsed)) in text
    hours = 24 if elapsed == "longer" else 183 * 24 + 1
    assert (care.health("en", hours) in text) is False, "another time has other words"


REST_OF_A_LINE = "source: x, verified: never, reviewed: no"
COUNTRIES = {"general.yaml": "lines: []\n"} | {
    f"{name}.yaml": f"""\
country: {name}
name: {{en: {name.title()}}}
lines:
  - {{kind: safety, name: {{en: Refuge {name}}}, reach: "0 1", hours: {{en: always}}, {REST_OF_A_LINE}}}
  - {{kind: legal, name: {{en: Lawyer {name}}}, reach: "0 2", hours: {{en: always}}, {REST_OF_A_LINE}}}
  - {{kind: misconduct, name: {{en: Fraud {name}}}, reach: "0 3", hours: {{en: always}}, {REST_OF_A_LINE}}}
"""
    for name in ("alba", "borea")
}


@pytest.fixture
def abroad(tmp_path):
    """Somebody in one of two countries; the station "here" lies in Alba."""
    folder = tmp_path / "care"
    folder.mkdir()
    for name, text in COUNTRIES.items():
        (folder / name).write_text(text, "utf-8")
    return Person(shower(tmp_path, care=Care(folder), country="alba"))


def test_help_lines_are_those_of_the_country_as_soon_as_it_is_known(abroad):
    text = "\n".join(abroad.go("en", "!help").paragraphs)
    assert "Refuge alba" in text
    assert "Refuge borea" in text, "not known yet, so all are shown"
    text = "\n".join(abroad.go("!back", *STORY[1:], "!skip", *TO_WHERE, "!help").paragraphs)
    assert "Refuge alba" in text
    assert "borea" not in text


def test_whom_to_call_at_once_is_shorter_than_all_services_and_neither_holds_other_wrongs(abroad):
    at_once = "\n".join(abroad.go("en", "!help").paragraphs)
    services = "\n".join(abroad.go("services").paragraphs)
    assert "Lawyer" not in at_once
    assert "Lawyer alba" in services
    assert "Refuge alba" in services
    assert "Fraud" not in at_once + services


def test_other_wrongs_are_shown_their_own_way_and_no_help_lines(abroad, person):
    text = "\n".join(abroad.go(*STORY[:-1], "other_misconduct").paragraphs)
    assert "Fraud alba: 0 3 (always)" in text
    assert "Refuge" not in text
    text = "\n".join(person.go(*STORY[:-1], "other_misconduct").paragraphs)
    assert person.shower.languages.word("en", "misconduct_none") in text, "none is configured there"


CHILDREN = """\
children:
  - {text: {en: In Alba the Watch must be told.}, source: x, verified: never, reviewed: no}
"""


def young(*steps: str) -> tuple[str, ...]:
    """To the words for somebody who may be under 18, at the station "here" or another."""
    return (*BEGIN, "me", "yes", "sexual", *TO_WHERE[:-1], *steps)


def test_somebody_who_may_be_under_18_is_told_the_rule_of_the_country_as_far_as_there_is_one(tmp_path):
    folder = tmp_path / "care"
    folder.mkdir()
    (folder / "alba.yaml").write_text(COUNTRIES["alba.yaml"] + CHILDREN, "utf-8")
    (folder / "general.yaml").write_text("lines: []\nchildren: []\n", "utf-8")
    at_alba = Person(shower(tmp_path, care=Care(folder), country="alba")).go(*young("here")).paragraphs
    elsewhere = Person(shower(tmp_path, care=Care(folder), country="alba")).go(*young("there")).paragraphs
    assert at_alba == (*elsewhere, "In Alba the Watch must be told.")
    assert all(elsewhere), "nothing empty is left where there is no rule"
    general = Person(shower(tmp_path)).go(*young("there")).paragraphs
    assert "In many countries" in general[-1], "without a rule of the country, the general one"


def test_one_help_line_without_a_translation_takes_no_other_screen_with_it(tmp_path):
    """Only what a screen shows decides its language: the clinic is on the long list and not on the short one."""
    folder = tmp_path / "care"
    folder.mkdir()
    line = "reach: '0 1', hours: {en: always, fr: toujours}, source: x, verified: never, reviewed: no"
    text = f"lines:\n  - {{kind: safety, name: {{en: Refuge, fr: Refuge}}, {line}}}\n"
    text += f"  - {{kind: legal, name: {{en: Lawyer}}, {line}}}\n"
    (folder / "general.yaml").write_text(text, "utf-8")
    person = Person(shower(tmp_path, care=Care(folder)))
    assert person.go("fr", "!help").language == "fr"
    assert person.go("care").language == "fr"
    assert person.go("!back", "!help", "services").language == "en"
    assert person.shower.care.gaps(["en", "fr"]) == ("general: “Lawyer” is not there in fr",)


def test_a_country_without_a_translation_moves_every_screen_with_care_content_to_the_fallback(abroad):
    assert abroad.go("fr", "!help").language == "en"
    assert abroad.go("!back").language == "fr"
    assert abroad.go(*STORY[1:], "!skip", "within_24h").language == "en"
    assert abroad.go("go_on").language == "fr"


# --- the end ---


@pytest.mark.parametrize("tag", ["en", "fr", "ar"])
def test_after_leaving_there_is_one_ordinary_line_and_no_button(tmp_path, tag):
    drawn: Shower = shower(tmp_path)
    screen = drawn.ended(tag, 9)
    assert screen.paragraphs == (drawn.languages.word(tag, "leave_line"),)
    assert (screen.ended, screen.language, screen.seq, screen.options, screen.asides) == (True, tag, 9, (), ())


def test_a_screen_does_not_show_itself_in_a_log(person):
    person.go(*STORY)
    assert repr(person.write("canary")) == f"Screen(seq={person.state.seq})"
