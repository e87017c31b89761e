"""Whole conversations as data: what happens, where that leads, what the person is told, what is asked of the outside.

A transcript is a list of lines. Each names one event and the node after it (`at`). `notice` and `does` (effects, in
words) must be given where there are any, and nothing else may happen. `told` is the read-back at that moment. Before
every event the book and the state are written to JSON and read again, as between two turns of a real process. Words
are kept beside the state, as the outside keeps them.

Events: `pick` a button; `say` something in a chat; `form`, the same whole and final; `interrupt`; `result` of the call
under way; `look`; `unusable`. `old: true` gives the event the number of the screen before. `alarm` and `near` say
what was heard in the words.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from flows.canonical import from_json, to_json
from flows.path import answers, here
from flows.state import (
    Ask,
    Effect,
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
    Unusable,
    Words,
)
from flows.step import begin, step
from tests.flows.books import real

FOLDER = Path(__file__).parent / "transcripts"
TRANSCRIPTS = sorted(FOLDER.glob("*.yaml"))
EVENTS = ("pick", "say", "form", "interrupt", "result", "look", "unusable")
KEYS = {*EVENTS, "at", "notice", "does", "told", "old", "language", "alarm", "near", "number"}


class Outside:
    """What stands around the conversation: its stored form and the words of its slots."""

    def __init__(self) -> None:
        self.book = to_json(real())
        self.state = json.dumps(begin(real(), "en", 1_000_000).to_json())
        self.texts: dict[str, str] = {}
        self.before = 0

    def play(self, line: dict[str, Any]) -> tuple[str, str | None, list[str], State]:
        """One line: where it leads, the notice, the effects in words, the state."""
        book, state = from_json(self.book), State.from_json(json.loads(self.state))
        stepped = step(book, state, self.event(line, state))
        self.before = state.seq
        self.state = json.dumps(stepped.state.to_json())
        does = [self.carry_out(effect) for effect in stepped.effects]
        place = "over" if stepped.state.over else here(book, stepped.state)
        return place, stepped.notice, does, stepped.state

    def event(self, line: dict[str, Any], state: State) -> Event:
        seq = self.before if line.get("old") == "true" else state.seq
        (kind,) = [kind for kind in EVENTS if kind in line]
        value = line[kind]
        match kind:
            case "pick":
                return Pick(value, seq)
            case "say":
                return Words(
                    Secret(value),
                    alarm=line.get("alarm"),
                    near=line.get("near") == "true",
                    number=line.get("number") == "true",
                )
            case "form":
                return Words(Secret(value), seq, final=True)
            case "interrupt":
                return Interrupt(value, seq)
            case "result":
                return Result(state.pending or "", value)
            case "look":
                return Look()
            case _:
                return Unusable()

    def carry_out(self, effect: Effect) -> str:
        match effect:
            case Seal(slot=slot, words=words, append=append):
                old = self.texts.get(slot)
                self.texts[slot] = f"{old}\n{words.reveal()}" if append and old else words.reveal()
                return f"join {slot}" if append else f"seal {slot}"
            case Forget(slots=None):
                self.texts.clear()
                return "forget everything"
            case Forget(slots=slots):
                for slot in slots or ():
                    self.texts.pop(slot, None)
                return f"forget {' '.join(slots or ())}"
            case Ask(call=call, uses=uses):
                return " ".join(("ask", call, *uses))
            case End():
                return "end"

    def told(self, state: State) -> dict[str, str]:
        return {
            answer.node: answer.option_id or ("(left out) " * answer.withheld + self.texts.get(answer.slot or "", "-"))
            for answer in answers(real(), state)
        }


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=[path.stem for path in TRANSCRIPTS])
def test_a_conversation_goes_as_written(path):
    lines = yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 -- nothing but strings
    outside = Outside()
    for number, line in enumerate(lines, 1):
        assert set(line) <= KEYS, f"line {number}: {line}"
        place, notice, does, state = outside.play(line)
        assert (place, notice, does) == (line["at"], line.get("notice"), line.get("does", [])), f"line {number}: {line}"
        assert state.language == line.get("language", state.language), f"line {number}: {line}"
        if "told" in line:
            assert outside.told(state) == line["told"], f"line {number}: {line}"
        assert {slot: len(text) for slot, text in outside.texts.items()} == dict(state.sealed), f"line {number}: {line}"


def test_together_the_transcripts_pass_every_node_that_waits():
    met = set()
    for path in TRANSCRIPTS:
        met |= {line["at"] for line in yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader)}  # noqa: S506
    book = real()
    never = {name for name in book.nodes if name not in met and name in {p.context for p in book.phrases()}}
    assert not never
