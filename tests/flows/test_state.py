"""The state: it comes back from JSON as it was, holds no words, and refuses what is not a state."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.errors import BookError
from flows.state import Pick, Seal, Secret, State, Stepped, Words

NAMES = st.from_regex("[a-z0-9_]{1,8}", fullmatch=True)
PAIRS = st.lists(st.tuples(NAMES, NAMES), unique_by=lambda pair: pair[0], max_size=6).map(tuple)
STATES = st.builds(
    State,
    book=NAMES,
    language=NAMES,
    seq=st.integers(0, 2**40),
    root=NAMES,
    trail=PAIRS,
    aside=st.none() | NAMES,
    redo=st.none() | NAMES,
    adding=st.lists(NAMES, unique=True, max_size=3).map(tuple),
    sealed=st.dictionaries(NAMES, st.integers(1, 10_000), max_size=4).map(lambda slots: tuple(sorted(slots.items()))),
    pending=st.none() | NAMES,
    sent=st.booleans(),
    over=st.booleans(),
)


@given(STATES)
def test_a_state_comes_back_from_json_as_it_was(state):
    assert State.from_json(json.loads(json.dumps(state.to_json()))) == state
    assert hash(State.from_json(state.to_json())) == hash(state)


@pytest.mark.parametrize("data", [None, 1, "state", [], {}, {"book": "b"}, {"trail": [], "sealed": []}])
def test_what_is_not_a_state_is_refused(data):
    with pytest.raises(BookError, match="this is not a stored conversation"):
        State.from_json(data)


@pytest.mark.parametrize(
    "wrong",
    [
        {"trail": [["a"]]},
        {"trail": None},
        {"sealed": [["a", "x"]]},
        {"adding": None},
        {"more": 1},
        {"trail": [[1, 2, 3]]},
    ],
)
def test_a_damaged_state_is_refused(wrong):
    with pytest.raises(BookError):
        State.from_json({**State("b", "en", 0, "a").to_json(), **wrong})


def test_words_do_not_show():
    words = Words(Secret("canary"), 3)
    for shown in (
        repr(words),
        str(words),
        repr(Stepped(State("b", "en", 0, "a"), (Seal("s", Secret("canary"), append=True),))),
    ):
        assert "canary" not in shown
        assert "Secret(…)" in shown
    assert f"{Secret('canary')}" == "Secret(…)"


def test_secrets_are_equal_by_their_words_and_count_characters():
    assert Secret("a") == Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert {Secret("a"), Secret("a")} == {Secret("a")}
    assert (len(Secret("🙏é")), Secret("🙏é").reveal()) == (2, "🙏é")


# --- small changes ---


def test_an_answer_keeps_its_place_when_it_changes():
    state = State("b", "en", 0, "a").answered("a", "x").answered("b", "y").answered("a", "z")
    assert state.trail == (("a", "z"), ("b", "y"))
    assert (state.has("a"), state.has("c"), state.ways()) == (True, False, {"a": "z", "b": "y"})


def test_slots_are_counted_and_an_empty_one_is_none():
    state = State("b", "en", 0, "a").with_slot("z", 3).with_slot("a", 1).with_slot("z", 5)
    assert (state.sealed, state.kept("z"), state.kept("none")) == ((("a", 1), ("z", 5)), 5, 0)
    assert state.with_slot("z", 0).sealed == (("a", 1),)


def test_a_slot_is_open_for_more_words_until_it_is_written_or_emptied():
    state = State("b", "en", 0, "a").with_slot("z", 3).writing("z").writing("z").writing("y")
    assert state.adding == ("z", "y")
    assert state.written("z").adding == ("y",)
    assert state.written("x") == state
    assert state.with_slot("z", 0).adding == ("y",)


def test_states_and_events_are_frozen():
    for thing in (State("b", "en", 0, "a"), Pick("a")):
        with pytest.raises(AttributeError):
            thing.seq = 1  # type: ignore[misc]
    assert replace(Pick("a"), seq=1) == Pick("a", 1)
