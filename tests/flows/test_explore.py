"""Exploration is exhaustive: merged states hide nothing that a search over whole states would find."""

from __future__ import annotations

from collections import deque
from dataclasses import replace

import pytest

from flows.book import Book
from flows.compile import compile_book
from flows.explore import Merge, events, explore
from flows.path import here
from flows.state import State
from flows.step import begin, step
from tests.flows.books import VOCABULARY

TWICE = """\
start: a
languages: [en]
attrs: {language: {from: languages}, colour: [red, unsure], size: [big, little]}
interrupts: {help: sure, leave: leaving, language: language_again, delete: sure}
loose: words
nodes:
  a:
    choose: colour
    ask: "One colour?"
    options: {red: "Red", unsure: "Not sure"}
    to: b
  b:
    choose: colour
    ask: "Another?"
    options: {red: "Red", unsure: "Not sure"}
    to: fork
    skip: fork
  fork:
    decide:
      - {when: {colour: [red]}, to: size}
      - {when: {size: [big]}, to: words}
      - {else: end}
  size:
    choose: size
    ask: "Which size?"
    options: {big: "Big", little: "Little"}
    to: end
    skip: words
  words: {text: words, seal: true, ask: "Why?", to: end, skip: end}
  end:
    say: "That is all."
    options:
      again: {label: "Again", to: b}
      change: {label: "Change", to: end, via: menu}
      send: {label: "Send", to: send}

  send: {call: submit, outcomes: {sent: thanks, nobody: leaving}, forgets: [sent]}
  thanks: {say: "Thank you.", to: leaving}
  menu:
    say: "What?"
    options:
      a: {label: "One", redo: a}
      size: {label: "Size", redo: size}
      words: {label: "Words", redo: words}
      none: {label: "Nothing", to: "@return"}
  language_again: {choose: language, ask: "Language?", to: "@return"}
  sure: {say: "Erase?", options: {erase: {label: "Erase", to: erased}, back: {label: "No", to: "@return"}}}
  erased: {do: forget, to: a}
  leaving: {do: leave}
"""
"""One attribute asked for twice, a fork that asks whether it was skipped, a way round, and a call that may fail."""


def whole(state: State) -> State:
    """The state without what is only counted (screens, characters) and without which words will join others."""
    sealed = tuple((slot, 1) for slot, _ in state.sealed)
    pending = state.pending and "pending"
    return replace(state, seq=0, sealed=sealed, adding=(), pending=pending)


def exhaust(book: Book) -> tuple[set[State], set[tuple[State, str, State]]]:
    """Every whole state, and every step between two of them, without any merging."""
    first = whole(begin(book, book.languages[0], 0))
    states, steps = {first}, set()
    queue = deque(states)
    while queue:
        state = queue.popleft()
        for label, event in () if state.over else events(book, state):
            after = whole(step(book, state, event).state)
            steps.add((state, label, after))
            if after not in states:
                states.add(after)
                queue.append(after)
    return states, steps


@pytest.mark.parametrize(
    "book",
    [
        compile_book({"twice.yaml": TWICE}, VOCABULARY),
        compile_book({"twice.yaml": TWICE.replace("{size: [big]}", "{colour: [skipped]}")}, VOCABULARY),
    ],
    ids=["a fork that comes after", "a fork that asks whether it was skipped"],
)
def test_a_search_without_merging_finds_nothing_more(book):
    states, steps = exhaust(book)
    reach, merge = explore(book), Merge(book)
    number = {merge.key(state): i for i, state in enumerate(reach.states)}
    assert len(number) == len(reach.states) < len(states)

    for state in states:
        found = number[merge.key(state)]
        assert reach.places[found] == ("" if state.over else here(book, state))
    edges = {(edge.source, edge.label, edge.target) for edge in reach.edges}
    taken = {(number[merge.key(a)], label, number[merge.key(b)]) for a, label, b in steps}
    assert taken <= edges
    assert {number[merge.key(state)] for state in states} == set(number.values()), "nothing was made up either"
