"""Going straight to the end, words that may be left out, and words in which something was heard."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flows.path import answers, here
from flows.state import Event, Interrupt, Result, Seal, Secret, State, Stepped, Words
from flows.step import LIMIT, may_end, step
from tests.flows.books import play, small

BOOK = small()
STORY = ("go_on", "no", "aid_worker", "first")
NAMES = ("go_on", "no", "unsure", "yes", "sexual", "longer", "go_on")


def say(text: str, **more: object) -> Words:
    return Words(Secret(text), **more)  # type: ignore[arg-type]  # fields of words


def at(*ways: str | Event) -> State:
    return play(BOOK, *ways).state


def stands(stepped: Stepped | State) -> str:
    state = stepped.state if isinstance(stepped, Stepped) else stepped
    return here(BOOK, state)


def told(state: State) -> dict[str, str]:
    """What would be sent: words that are left out are not among it."""
    return {
        answer.node: answer.option_id or answer.slot or "-" for answer in answers(BOOK, state) if not answer.withheld
    }


# --- enough ---


@pytest.mark.parametrize("where", [(), ("go_on",)])
def test_nobody_can_go_to_the_end_before_the_question_that_says_so(where):
    before = at(*where)
    assert not may_end(BOOK, before)
    assert step(BOOK, before, Interrupt("enough")) == Stepped(before, notice="choose")


def test_every_question_not_answered_is_passed_over_up_to_the_read_back():
    before = at("go_on", "no")
    assert may_end(BOOK, before)
    stepped = step(BOOK, before, Interrupt("enough", before.seq))
    assert (stands(stepped), stepped.effects, stepped.notice) == ("review", (), None)
    assert stepped.state.ways() == {
        "limits": "go_on",
        "under_18": "no",
        "actor": "passed",
        "entity": "passed",
        "story": "passed",
    }
    assert stepped.state.seq == before.seq + 1


def test_statements_with_one_way_on_are_passed_and_the_read_back_never():
    stepped = play(BOOK, "go_on", "yes", "!enough")
    assert stands(stepped) == "review"
    assert stepped.state.ways()["young"] == "go_on"
    assert step(BOOK, stepped.state, Interrupt("enough")) == Stepped(stepped.state, notice="choose")


def test_a_statement_with_several_ways_is_passed_by_the_one_it_names_and_else_stops():
    words = '    say: "You do not need to tell the story."\n    to: review\n'
    ways = '    options:\n      tell: {label: "Tell", to: story}\n      go_on: {label: "Go on", to: review}\n'
    asks = words.replace("    to: review\n", ways)
    stops = small((words, asks))
    assert here(stops, play(stops, "go_on", "yes", "!enough").state) == "young"
    passes = small((words, asks + "    passes: go_on\n"))
    state = play(passes, "go_on", "yes", "!enough").state
    assert (here(passes, state), state.ways()["young"]) == ("review", "go_on")


def test_a_question_that_cannot_be_skipped_is_answered_with_not_sure():
    book = small(("    to: age\n    skip: age\n", "    to: age\n"))
    state = play(book, "go_on", "no", "!enough").state
    assert (here(book, state), state.ways()["entity"]) == ("review", "unsure")


def test_words_that_were_being_written_are_kept():
    stepped = play(BOOK, *STORY, say("one"), "!enough")
    assert (stands(stepped), stepped.effects) == ("review", ())
    assert (stepped.state.ways()["story"], stepped.state.kept("story"), stepped.state.adding) == ("kept", 3, ())
    assert told(stepped.state)["story"] == "story"


def test_what_must_be_asked_is_asked_and_then_the_rest_is_passed_over():
    stepped = play(BOOK, *NAMES, say("him"), "!enough")
    assert stands(stepped) == "name_ok"
    assert not may_end(BOOK, stepped.state)
    assert step(BOOK, stepped.state, Interrupt("enough")) == Stepped(stepped.state, notice="choose")
    assert stands(play(BOOK, "yes", "!enough", state=stepped.state)) == "review"


def test_what_must_be_asked_about_words_is_not_asked_when_there_are_none():
    assert stands(play(BOOK, *NAMES, "!enough")) == "review"


def test_the_care_that_belongs_to_the_time_is_behind_the_read_back_too():
    state = at("go_on", "no", "unsure", "!enough")
    assert stands(state) == "review"
    assert {"setting_aid", "about", "elapsed", "names"} <= {n for n, way in state.trail if way == "passed"}
    assert state.ways()["care"] == "go_on"


def test_back_from_the_end_asks_the_last_question_and_then_those_before():
    state = at("go_on", "no", "!enough")
    for place in ("story", "entity", "actor", "under_18"):
        state = play(BOOK, "!back", state=state).state
        assert stands(state) == place
    assert not may_end(BOOK, state), "the question that allows it is being asked again"


def test_answers_that_were_given_stay_and_passed_ones_can_be_given_later():
    state = at("go_on", "no", "!enough", "change", "actor", "aid_worker")
    assert stands(state) == "review"
    assert told(state) == {"under_18": "no", "actor": "aid_worker", "entity": "-", "story": "-"}


@pytest.mark.parametrize(
    "ways",
    [
        ("!help",),
        ("!enough", "change"),
        ("!enough", "change", "actor"),
        ("!enough", "send"),
        ("!enough", "send", Result("send.10", "sent")),
        ("!enough", "send", Result("send.10", "nobody")),
        ("other_person",),
    ],
    ids=["help", "menu", "anew", "sending", "sent", "nobody", "statement"],
)
def test_the_end_is_offered_only_at_a_question_on_the_way(ways):
    before = at("go_on", "no", *ways)
    assert not may_end(BOOK, before)
    assert step(BOOK, before, Interrupt("enough")) == Stepped(before, notice="choose")


def test_an_old_button_to_the_end_is_stale():
    before = at("go_on", "no")
    assert step(BOOK, before, Interrupt("enough", before.seq - 1)) == Stepped(before, notice="stale")


# --- words that are part of a report only with consent ---


@pytest.mark.parametrize("way", ["no", "!skip"])
def test_words_without_consent_are_kept_and_shown_but_not_sent(way):
    state = at(*NAMES, say("him"), "!done", way, "first", "!skip")
    (answer,) = [answer for answer in answers(BOOK, state) if answer.node == "names"]
    assert (answer.slot, answer.withheld) == ("names", True)
    assert "names" not in told(state)
    assert state.kept("names") == 3


def test_words_whose_consent_was_not_asked_yet_are_not_sent():
    assert "names" not in told(at(*NAMES, say("him"), "!done"))


def test_words_with_consent_are_sent_and_what_it_allows_is_said():
    state = at(*NAMES, say("him"), "!done", "yes", "first", "!skip")
    found = {answer.node: answer for answer in answers(BOOK, state)}
    assert (found["names"].slot, found["names"].withheld) == ("names", False)
    assert (found["name_ok"].option_id, found["name_ok"].consent) == (
        "yes",
        "What was written about somebody is read",
    )
    assert {answer.consent for node, answer in found.items() if node != "name_ok"} == {None}
    assert told(state)["names"] == "names"


def test_a_consent_taken_back_takes_the_words_out():
    book = small(("      none: {label", '      name_ok: {label: "May be sent", redo: name_ok}\n      none: {label'))
    state = play(book, *NAMES, say("him"), "!done", "yes", "first", "!skip").state
    back = play(book, "change", "name_ok", "no", state=state).state
    assert here(book, back) == "review"
    assert [answer.withheld for answer in answers(book, back) if answer.node == "names"] == [True]


def test_a_consent_off_the_path_allows_nothing():
    yes = at(*NAMES, say("him"), "!done", "yes", "first", "!skip")
    moved = play(BOOK, "change", "actor", "aid_worker", state=yes).state
    assert moved.ways()["name_ok"] == "yes"
    assert not {"names", "name_ok"} & told(moved).keys()


def test_where_nothing_was_written_nothing_is_left_out():
    state = at(*NAMES, "!skip", "first", "!skip")
    assert [answer for answer in answers(BOOK, state) if answer.withheld] == []


# --- words of distress ---

ALARMS = {"self_harm": "hold_on", "worried": "worried", "danger": "danger_heard"}


@pytest.mark.parametrize("alarm", ALARMS)
@pytest.mark.parametrize(
    ("where", "slot", "append"),
    [(("go_on",), "also", True), (STORY, "story", False), (("!help",), "also", True)],
    ids=["question", "text", "help"],
)
def test_words_of_distress_are_kept_and_answered(alarm, where, slot, append):
    before = at(*where)
    stepped = step(BOOK, before, say("words", alarm=alarm))
    assert (stands(stepped), stepped.notice) == (ALARMS[alarm], None)
    assert stepped.effects == (Seal(slot, Secret("words"), append),)
    assert stepped.state.kept(slot) == 5


def test_the_question_waits_and_the_next_words_join():
    heard = play(BOOK, *STORY, say("one", alarm="self_harm"))
    back = play(BOOK, "go_on", say("two"), state=heard.state)
    assert (stands(back), back.notice, back.state.kept("story")) == ("story", "kept_more", 7)


def test_a_whole_answer_with_distress_in_it_is_an_answer_and_the_next_question_waits():
    heard = play(BOOK, *STORY, say("one", alarm="danger", final=True))
    assert stands(heard) == "danger_heard"
    assert stands(play(BOOK, "go_on", state=heard.state)) == "review"


@pytest.mark.parametrize(
    ("words", "more"),
    [("y" * (LIMIT + 1), {})],
    ids=["too long to keep"],
)
def test_distress_is_answered_even_where_the_words_could_not_be_kept(words, more):
    before = at("go_on")
    stepped = step(BOOK, before, say(words, alarm="self_harm", **more))
    assert (stands(stepped), stepped.effects) == ("hold_on", ())
    assert stepped.state.heard == ("self_harm",)
    assert replace(stepped.state, aside=None, heard=(), seq=before.seq) == before


def test_words_of_distress_are_kept_even_if_they_are_almost_a_command():
    stepped = step(BOOK, at("go_on"), say("leave me", alarm="self_harm", near=True))
    assert (stands(stepped), stepped.effects) == ("hold_on", (Seal("also", Secret("leave me"), append=True),))


def test_distress_is_answered_after_sending_too():
    sent = at("go_on", "no", "!enough", "send", Result("send.10", "sent"))
    stepped = step(BOOK, sent, say("i cannot go on", alarm="self_harm"))
    assert (stands(stepped), stepped.effects) == ("hold_on", ())
    assert stands(play(BOOK, "go_on", state=stepped.state)) == "receipt"


# --- words that are almost a command ---


def test_almost_a_command_at_a_question_with_buttons_asks_and_keeps_nothing():
    before = at("go_on")
    assert step(BOOK, before, say("leav", near=True)) == Stepped(before, notice="near")


def test_almost_a_command_in_a_free_text_is_kept_and_said():
    stepped = play(BOOK, *STORY, say("leav", near=True))
    assert (stands(stepped), stepped.notice) == ("story", "near")
    assert stepped.effects == (Seal("story", Secret("leav"), append=False),)
    more = play(BOOK, say("skp", near=True), state=stepped.state)
    assert (more.notice, more.effects) == ("near", (Seal("story", Secret("skp"), append=True),))
