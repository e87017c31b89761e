"""Asides, answers given anew, the way back, calls and their results, forgetting and leaving."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flows.path import answers, here
from flows.state import (
    Ask,
    End,
    Event,
    Forget,
    Interrupt,
    Look,
    Pick,
    Result,
    Seal,
    Secret,
    State,
    Stepped,
    Unusable,
    Words,
)
from flows.step import LIMIT, can_go_back, step
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


# --- loose words ---


def test_words_where_a_button_was_expected_are_kept_apart():
    stepped = play(BOOK, "go_on", say("hello?"))
    assert stepped.effects == (Seal("also", Secret("hello?"), append=True),)
    assert (stands(stepped), stepped.notice) == ("under_18", "kept_aside")


def test_an_old_form_cannot_overwrite_a_later_answer_but_its_words_are_kept_apart():
    before = at(*STORY, say("one"))
    stepped = step(BOOK, before, Words(Secret("old"), seq=before.seq - 1, final=True))
    assert stepped.effects == (Seal("also", Secret("old"), append=True),)
    assert (stepped.state.kept("story"), stands(stepped)) == (3, "story")


def test_loose_words_never_push_each_other_out():
    full = at("go_on", say("x" * LIMIT))
    assert step(BOOK, full, say("y")) == Stepped(full, notice="full")


def test_after_sending_loose_words_are_refused_openly_instead_of_vanishing():
    sent = at(*REVIEW, "send", Result("send.12", "sent"))
    assert step(BOOK, sent, say("one more thing")) == Stepped(sent, notice="not_kept")


def test_loose_words_can_be_seen_and_erased_from_the_menu_only_once_there_are_some():
    menu = at(*REVIEW, "change")
    assert step(BOOK, menu, Pick("also", menu.seq)).notice == "choose"
    stepped = play(BOOK, "go_on", say("hello?"), "no", "aid_worker", "first", "!skip", "change", "also")
    assert stands(stepped) == "also"
    erased = play(BOOK, "erase", state=stepped.state)
    assert (erased.effects, stands(erased), erased.state.kept("also")) == ((Forget(("also",)),), "review", 0)


# --- asides ---


@pytest.mark.parametrize("where", [(), ("go_on",), STORY, REVIEW, ("!delete",), (*REVIEW, "change", "actor")])
def test_help_is_there_from_everywhere_even_for_an_old_button(where):
    assert stands(step(BOOK, at(*where), Interrupt("help", seq=0))) == "help_now"


@pytest.mark.parametrize("where", [("go_on",), STORY, REVIEW, (*REVIEW, "change", "actor")])
def test_an_aside_leads_back_to_the_question_it_interrupted(where):
    before = at(*where)
    for way in ("back", "!back"):
        after = play(BOOK, "!help", way, state=before).state
        assert replace(after, seq=before.seq) == before


def test_an_aside_within_an_aside_leads_back_to_the_question_too():
    assert stands(at("go_on", "!help", "!language", "fr")) == "under_18"


def test_a_statement_in_an_aside_is_not_an_answer():
    asked = play(BOOK, "go_on", "!help", "talk", say("noon"), "!done", Result("ask.11", "sent"))
    assert stands(asked) == "asked"
    back = play(BOOK, "go_on", state=asked.state)
    assert (stands(back), [name for name, _ in back.state.trail]) == ("under_18", ["limits"])


# --- answering anew ---


def test_an_answer_given_anew_stands_in_its_old_place_and_the_rest_stays():
    stepped = play(BOOK, *REVIEW, "change", "under_18", "yes")
    assert [name for name, _ in stepped.state.trail] == ["limits", "under_18", "actor", "entity", "story"]
    assert stands(stepped) == "young"


def test_a_question_that_was_not_met_on_this_path_cannot_be_answered_anew():
    menu = at(*CHILD, "change")
    assert step(BOOK, menu, Pick("story", menu.seq)) == Stepped(menu, notice="choose")


def test_back_leaves_an_answer_as_it_was():
    before = at(*REVIEW)
    after = play(BOOK, "change", "actor", "!back", state=before).state
    assert replace(after, seq=before.seq) == before


def test_help_while_answering_anew_leads_back_to_that_question():
    assert stands(at(*REVIEW, "change", "actor", "!help", "back")) == "actor"


def test_from_a_place_to_which_an_answer_led_it_can_be_changed():
    stepped = play(BOOK, "go_on", "no", "other_person", "change", "aid_worker")
    assert stands(stepped) == "entity"


# --- back ---


def test_back_asks_the_last_question_again_and_forks_are_passed_over():
    assert stands(at(*STORY, "!back")) == "entity"
    assert stands(at(*STORY, "!back", "!back", "!back")) == "under_18"


def test_there_is_nothing_before_the_beginning():
    before = at()
    assert step(BOOK, before, Interrupt("back")) == Stepped(before, notice="no_back")
    assert not can_go_back(BOOK, before)


def test_back_from_a_turning_that_was_taken_by_mistake_loses_nothing_behind_it():
    there = at(*REVIEW, "change", "actor", "other_person")
    assert stands(there) == "outside"
    stepped = play(BOOK, "!back", "aid_worker", state=there)
    assert stands(stepped) == "review"
    assert stepped.state.ways()["entity"] == "first"


def test_what_was_sent_cannot_be_gone_back_over():
    sent = at(*REVIEW, "send", Result("send.12", "sent"))
    assert step(BOOK, sent, Interrupt("back")) == Stepped(sent, notice="no_back")
    book = small(
        ('leave: {label: "Finish", to: leaving}', 'kept: {label: "I have kept it", to: after}'),
        ("  nobody:\n    say", '  after:\n    say: "What happens next."\n    to: leaving\n  nobody:\n    say'),
    )
    after = play(book, *REVIEW, "send", Result("send.12", "sent"), "kept").state
    assert here(book, after) == "after"
    assert step(book, after, Interrupt("back")) == Stepped(after, notice="no_back"), "the number is not there any more"
    assert not can_go_back(book, after)
    assert can_go_back(book, play(book, "!help", state=after).state)


@pytest.mark.parametrize("name", ["back", "skip", "done"])
def test_an_old_button_back_skip_or_done_is_stale(name):
    before = at(*STORY, say("one"))
    assert step(BOOK, before, Interrupt(name, before.seq - 1)) == Stepped(before, notice="stale")


# --- calls and their results ---


def test_sending_asks_the_outside_once_and_waits():
    before = at(*REVIEW)
    stepped = play(BOOK, "send", state=before)
    assert stepped.effects == (Ask("submit", f"send.{before.seq}", ()),)
    assert (stands(stepped), stepped.state.pending) == ("send", f"send.{before.seq}")


def test_sent_forgets_everything_and_says_so():
    waiting = at(*REVIEW, say("also this"), "send")
    stepped = step(BOOK, waiting, Result(str(waiting.pending), "sent"))
    assert stepped.effects == (Forget(None),)
    assert stepped.state == State(BOOK.digest, "en", waiting.seq + 1, "receipt", sent=True)


def test_nobody_there_keeps_everything():
    waiting = at(*STORY, say("one"), "!done", "send")
    stepped = step(BOOK, waiting, Result(str(waiting.pending), "nobody"))
    assert (stands(stepped), stepped.effects, stepped.state.kept("story")) == ("nobody", (), 3)
    assert stepped.state.pending is None
    again = play(BOOK, "again", "send", state=stepped.state)
    assert again.state.pending not in {None, waiting.pending}
    assert answers(BOOK, again.state) == answers(BOOK, waiting)


@pytest.mark.parametrize("result", [Result("send.0", "sent"), Result("", "sent"), Result("review.12", "sent")])
def test_a_result_of_another_call_changes_nothing(result):
    waiting = at(*REVIEW, "send")
    assert step(BOOK, waiting, result) == Stepped(waiting, notice="stale")


def test_a_result_nobody_asked_for_changes_nothing():
    before = at("go_on")
    assert step(BOOK, before, Result("send.7", "sent")) == Stepped(before, notice="stale")


def test_an_outcome_that_the_call_does_not_have_changes_nothing():
    waiting = at(*REVIEW, "send")
    assert step(BOOK, waiting, Result(str(waiting.pending), "exploded")) == Stepped(waiting, notice="choose")


def test_a_call_that_used_certain_words_forgets_only_those():
    waiting = at(*STORY, say("one"), "!help", "talk", say("noon"), "!done")
    assert waiting.pending is not None
    stepped = step(BOOK, waiting, Result(waiting.pending, "sent"))
    assert stepped.effects == (Forget(("reach",)),)
    assert (stepped.state.kept("reach"), stepped.state.kept("story"), stepped.state.pending) == (0, 3, None)
    assert stands(stepped) == "asked"


def test_a_second_request_begins_with_new_words():
    asked = at("go_on", "!help", "talk", say("noon"), "!done", Result("ask.11", "sent"), "go_on")
    stepped = play(BOOK, "!help", "talk", say("night"), state=asked)
    assert stepped.effects == (Seal("reach", Secret("night"), append=False),)


# --- forgetting and leaving ---


def test_erasing_everything_begins_anew_in_the_same_language():
    before = at(*STORY, say("one"), "!language", "fr", "!delete")
    stepped = step(BOOK, before, Pick("erase", before.seq))
    assert stepped == Stepped(State(BOOK.digest, "fr", before.seq + 1, "under_18"), (Forget(None),))


@pytest.mark.parametrize("where", [(), ("go_on",), STORY, REVIEW, (*REVIEW, "send"), (*REVIEW, "change", "actor")])
def test_leaving_erases_everything_even_by_an_old_button(where):
    before = at(*where)
    stepped = step(BOOK, before, Interrupt("leave", seq=0))
    assert stepped.effects == (Forget(None), End())
    assert stepped.state == State(BOOK.digest, before.language, before.seq + 1, BOOK.start, over=True)


@pytest.mark.parametrize(
    "event", [Look(), Pick("no"), say("x"), Interrupt("help"), Result("send.1", "sent"), Unusable()]
)
def test_nothing_happens_after_leaving(event):
    over = at("!leave")
    assert step(BOOK, over, event) == Stepped(over, (End(),))


# --- a state of another book ---


@pytest.mark.parametrize(
    "wrong",
    [
        {"book": "0" * 64},
        {"root": "gone"},
        {"aside": "gone"},
        {"redo": "@return"},
        {"trail": (("gone", "yes"),)},
        {"language": "tlh"},
    ],
)
def test_a_state_that_does_not_fit_begins_anew_and_has_its_words_destroyed(wrong):
    state = replace(at(*STORY, say("one")), **wrong)
    language = state.language if state.language in BOOK.languages else "en"
    stepped = step(BOOK, state, Pick("no", state.seq))
    assert stepped == Stepped(State(BOOK.digest, language, state.seq + 1, BOOK.start), (Forget(None),))


@pytest.mark.parametrize("seq", [None, 1])
def test_leaving_and_help_work_at_once_even_from_a_state_that_does_not_fit(seq):
    state = replace(at(*STORY, say("one")), book="0" * 64)
    left = step(BOOK, state, Interrupt("leave", seq))
    assert (left.state.over, left.effects) == (True, (Forget(None), Forget(None), End()))
    helped = step(BOOK, state, Interrupt("help", seq))
    assert (stands(helped), helped.effects, helped.state.trail) == ("help_now", (Forget(None),), ())
    assert helped.state.seq > state.seq


def test_a_way_that_a_node_does_not_have_is_asked_again():
    state = replace(at(*STORY), trail=(("limits", "go_on"), ("under_18", "perhaps")))
    assert stands(state) == "under_18"
    assert stands(step(BOOK, state, Pick("no", state.seq))) == "actor"
