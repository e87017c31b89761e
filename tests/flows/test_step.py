"""What each event does in each kind of node."""

from __future__ import annotations

import pytest

from flows.path import here
from flows.state import (
    Event,
    Forget,
    Interrupt,
    Look,
    Pick,
    Seal,
    Secret,
    State,
    Stepped,
    Unusable,
    Words,
)
from flows.step import LIMIT, begin, step
from tests.flows.books import play, small

BOOK = small()
STORY = ("go_on", "no", "aid_worker", "first")
REVIEW = (*STORY, "!skip")
CHILD = ("go_on", "yes", "aid_worker", "first", "go_on")


def say(text: str, *, final: bool = False) -> Words:
    return Words(Secret(text), final=final)


def at(*ways: str | Event) -> State:
    return play(BOOK, *ways).state


def stands(stepped: Stepped | State) -> str:
    state = stepped.state if isinstance(stepped, Stepped) else stepped
    return here(BOOK, state)


# --- beginning ---


def test_a_conversation_begins_at_the_first_node_in_a_language_of_the_book():
    state = begin(BOOK, "fr", 41)
    assert (state.language, state.seq, stands(state), state.book) == ("fr", 41, "limits", BOOK.digest)


def test_a_language_the_book_does_not_have_becomes_its_first():
    assert begin(BOOK, "tlh", 0).language == "en"


# --- choose ---


def test_a_button_answers_and_leads_on():
    stepped = play(BOOK, "go_on", "no")
    assert stands(stepped) == "actor"
    assert stepped.state.ways()["under_18"] == "no"
    assert stepped == Stepped(stepped.state)


@pytest.mark.parametrize(
    "button", ["", "nonsense", "go_on", "@return", "kept", "skipped", "NO", "no ", "\u202e", "!help"]
)
def test_a_button_of_another_question_changes_nothing_and_asks_again(button):
    before = at("go_on")
    assert step(BOOK, before, Pick(button, before.seq)) == Stepped(before, notice="choose")


@pytest.mark.parametrize("seq", [0, -1, 6, 9, 10**12])
def test_a_button_drawn_for_another_question_is_stale(seq):
    before = at("go_on")
    assert before.seq == 8
    assert step(BOOK, before, Pick("no", seq)) == Stepped(before, notice="stale")


def test_of_two_taps_at_once_the_second_is_stale():
    before = at("go_on")
    first = step(BOOK, before, Pick("no", before.seq))
    assert step(BOOK, first.state, Pick("yes", before.seq)) == Stepped(first.state, notice="stale")


def test_a_channel_that_does_not_know_the_number_is_never_stale():
    before = at("go_on")
    assert stands(step(BOOK, before, Pick("no"))) == "actor"


def test_skipping_takes_the_way_of_the_question():
    stepped = play(BOOK, "go_on", "no", "!skip")
    assert stands(stepped) == "entity"
    assert stepped.state.ways()["actor"] == "skipped"


def test_skipping_a_question_without_that_way_answers_not_sure():
    assert at("go_on", "!skip").ways()["under_18"] == "unsure"


def test_skipping_where_neither_is_offered_says_so():
    before = at("!language")
    assert step(BOOK, before, Interrupt("skip")) == Stepped(before, notice="no_skip")


def test_done_at_a_question_with_buttons_asks_for_a_button():
    before = at("go_on")
    assert step(BOOK, before, Interrupt("done")) == Stepped(before, notice="choose")


def test_the_choice_of_language_changes_the_language_and_returns():
    stepped = play(BOOK, "go_on", "!language", "fr")
    assert stands(stepped) == "under_18"
    assert stepped.state.language == "fr"


# --- say ---


def test_a_statement_with_one_way_on_can_be_skipped_and_one_with_several_cannot():
    assert stands(at("!skip")) == "under_18"
    before = at(*REVIEW)
    assert step(BOOK, before, Interrupt("skip")) == Stepped(before, notice="no_skip")


def test_an_option_can_lead_through_an_aside_without_becoming_an_answer():
    stepped = play(BOOK, *REVIEW, "change")
    assert stands(stepped) == "change"
    assert not stepped.state.has("review")
    assert stands(play(BOOK, "none", state=stepped.state)) == "review"


# --- text ---


def test_words_are_sealed_and_the_question_stays_until_the_person_is_done():
    stepped = play(BOOK, *STORY, say("one"))
    assert stepped.effects == (Seal("story", Secret("one"), append=False),)
    assert stepped.notice == "kept"
    assert (stands(stepped), stepped.state.kept("story")) == ("story", 3)
    assert stands(play(BOOK, "!done", state=stepped.state)) == "review"


def test_more_words_join_those_before_with_a_line_end_between():
    stepped = play(BOOK, *STORY, say("one"), say("two"))
    assert stepped.effects == (Seal("story", Secret("two"), append=True),)
    assert (stepped.notice, stepped.state.kept("story")) == ("kept_more", 7)


@pytest.mark.parametrize(
    "aside",
    [
        ("!help", "!back"),
        ("!help", "back"),
        ("!language", "fr"),
        ("!delete", "back"),
        ("!help", "talk", "!back"),
        ("!help", "talk", say("call at noon"), "!skip"),
        ("!back", "first"),
        (Look(),),
        (Unusable(),),
        ("nonsense",),
    ],
)
def test_an_interruption_never_makes_the_next_words_replace_those_before(aside):
    stepped = play(BOOK, *STORY, say("one"), *aside, say("two"))
    assert stepped.effects == (Seal("story", Secret("two"), append=True),)
    assert (stands(stepped), stepped.state.kept("story")) == ("story", 7)


def test_words_for_an_answered_question_replace_what_was_answered():
    stepped = play(BOOK, *STORY, say("one"), "!done", "change", "story", say("anew"))
    assert stepped.effects == (Seal("story", Secret("anew"), append=False),)
    again = play(BOOK, say("more"), state=stepped.state)
    assert again.effects == (Seal("story", Secret("more"), append=True),)


def test_a_form_brings_the_whole_answer_at_once():
    stepped = play(BOOK, *STORY, say("one"), say("whole", final=True))
    assert stepped.effects == (Seal("story", Secret("whole"), append=False),)
    assert (stands(stepped), stepped.notice, stepped.state.kept("story")) == ("review", None, 5)


def test_half_an_answer_in_a_form_is_the_whole_of_what_there_is_so_far():
    before = at(*STORY, say("one"))
    half = step(BOOK, before, Words(Secret("one and a"), seq=before.seq))
    assert half.effects == (Seal("story", Secret("one and a"), append=False),)
    assert (stands(half), half.state.kept("story")) == ("story", 9)


@pytest.mark.parametrize("blank", ["", " ", "\n\t", "\u200b", "\u202e", "\u2066\u2069", "\u00a0\u3000", "\x00\x1b"])
def test_words_that_show_nothing_are_not_kept(blank):
    before = at(*STORY)
    assert step(BOOK, before, say(blank)) == Stepped(before, notice="empty")
    elsewhere = at("go_on")
    assert step(BOOK, elsewhere, say(blank)) == Stepped(elsewhere, notice="choose")


@pytest.mark.parametrize("words", ["🙏", "🐦‍🔥", "\U0001fae8", "<b>no</b>", "\u202eabc", "é", "{leave}", "\U000110f0"])
def test_words_of_every_kind_are_kept_exactly(words):
    assert play(BOOK, *STORY, say(words)).effects == (Seal("story", Secret(words), append=False),)


def test_a_slot_holds_ten_thousand_characters_and_refuses_the_next_without_losing_any():
    full = play(BOOK, *STORY, say("x" * LIMIT))
    assert full.notice == "kept"
    assert full.state.kept("story") == LIMIT == 10_000
    over = step(BOOK, full.state, say("y"))
    assert over == Stepped(full.state, notice="full")
    assert step(BOOK, at(*STORY), say("x" * (LIMIT + 1))).notice == "full"


def test_the_line_end_between_two_messages_counts():
    nearly = at(*STORY, say("x" * (LIMIT - 2)))
    assert step(BOOK, nearly, say("ab")).notice == "full"
    assert step(BOOK, nearly, say("a")).state.kept("story") == LIMIT


def test_done_without_words_skips():
    assert at(*STORY, "!done").ways()["story"] == "skipped"


def test_skip_keeps_words_that_are_already_there():
    state = at(*STORY, say("one"), "!skip")
    assert (state.ways()["story"], state.kept("story")) == ("kept", 3)


def test_skip_keeps_words_but_does_not_send_them_where_done_would():
    stepped = play(BOOK, "go_on", "!help", "talk", say("noon"), "!skip")
    assert (stands(stepped), stepped.effects, stepped.state.kept("reach")) == ("under_18", (), 4)


def test_erasing_destroys_the_words_and_passes_on():
    stepped = play(BOOK, *STORY, say("one"), "erase")
    assert stepped.effects == (Forget(("story",)),)
    assert (stands(stepped), stepped.state.kept("story"), stepped.state.ways()["story"]) == ("review", 0, "skipped")


def test_there_is_nothing_to_erase_before_words_are_there():
    before = at(*STORY)
    assert step(BOOK, before, Pick("erase", before.seq)) == Stepped(before, notice="choose")


def test_words_after_erasing_begin_anew():
    state = at(*STORY, say("one"), "erase", "!back")
    assert stands(state) == "story"
    assert step(BOOK, state, say("two")).effects == (Seal("story", Secret("two"), append=False),)


def test_a_button_of_another_question_at_a_free_text_keeps_everything():
    before = at(*STORY, say("one"))
    assert step(BOOK, before, Pick("no", before.seq)) == Stepped(before, notice="choose")


# --- things that are not words ---


@pytest.mark.parametrize("where", [(), ("go_on",), STORY, REVIEW, ("!help",), (*REVIEW, "change", "actor")])
def test_a_look_changes_nothing_and_a_sticker_is_said_not_to_be_kept(where):
    before = at(*where)
    assert step(BOOK, before, Look()) == Stepped(before)
    assert step(BOOK, before, Unusable()) == Stepped(before, notice="unusable")
