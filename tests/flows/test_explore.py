"""Exploration is exhaustive: merged states hide nothing that a search over whole states would find.

What the merging promises is: the same places are reached with the same answers on the path (as far as anything looks
at them) and the same nodes passed; every aside is met at every way in, and leaves the path below it untouched; and
where no answer waits off the path, every single step is found.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace

import pytest

from flows.book import Book, Choose, Say, Text
from flows.compile import compile_book
from flows.explore import Merge, events, explore
from flows.path import here, walk
from flows.state import State
from flows.step import begin, step
from tests.flows.books import VOCABULARY

TWICE = """\
start: a
languages: [en]
attrs: {language: {from: languages}, colour: [red, unsure], size: [big, little]}
interrupts:
  {help: sure, leave: leaving, language: language_again, delete: sure, self_harm: heavy, worried: heavy, danger: sure}
loose: words
enough: a
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
  heavy: {say: "You are not alone.", to: "@return"}
  sure: {say: "Erase?", options: {erase: {label: "Erase", to: erased}, back: {label: "No", to: "@return"}}}
  erased: {do: forget, to: a}
  leaving: {do: leave}
"""
"""One attribute asked for twice, a fork that asks whether it was skipped, a way round, and a call that may fail."""


def whole(state: State) -> State:
    """The state without what is only counted (screens, characters), which words join others, and what was heard."""
    sealed = tuple((slot, 1) for slot, _ in state.sealed)
    pending = state.pending and "pending"
    return replace(state, seq=0, sealed=sealed, adding=(), heard=(), pending=pending)


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


def told(merge: Merge, state: State) -> tuple[object, ...]:
    """Where a state stands, what was answered on its path as far as anything looks at it, and what was passed."""
    if state.over:
        return ("over",)
    path = walk(merge.book, state)
    inside = (here(merge.book, state), state.pending is not None, state.sent)
    if merge.apart(state):
        return ("aside", *inside)
    ways = frozenset(merge.way(*item) for item in path.passed)
    return (*inside, state.root, state.aside, state.redo, ways, frozenset(name for name, _ in path.passed))


def on_path(book: Book, state: State) -> State:
    """The state without the answers that lie off its path."""
    return replace(state, trail=walk(book, state).passed)


FORK = """\
  fork_aside:
    decide:
      - {when: {colour: [red]}, to: heavy}
      - {else: calm}
  calm: {say: "Calm.", to: "@return"}
  ask: {say: "Really?", options: {on: {label: "On", to: fork_aside}, menu: {label: "Menu", to: menu}}}
"""
BOOKS = {
    "a fork that comes after": TWICE,
    "a fork that asks whether it was skipped": TWICE.replace("{size: [big]}", "{colour: [skipped]}"),
    "asides that look at the path": TWICE.replace("help: sure", "help: ask").replace("  heavy:", FORK + "  heavy:"),
}


@pytest.fixture(scope="module", params=BOOKS.values(), ids=BOOKS)
def searched(request):
    """A book, and every state and step of it without any merging."""
    book = compile_book({"twice.yaml": request.param}, VOCABULARY)
    return (book, *exhaust(book))


def test_a_search_without_merging_finds_no_other_places_answers_or_passed_nodes(searched):
    book, states, _ = searched
    reach, merge = explore(book), Merge(book)
    assert len(reach.states) < len(states)
    found, whole = ({told(merge, state) for state in some} for some in (reach.states, states))
    assert whole <= found
    # Slots are tried full everywhere, also where everything has been sent and nothing can be kept any more.
    assert all("words" in made_up and made_up[2] for made_up in found - whole)
    for number, state in enumerate(reach.states):
        path = walk(book, state)
        assert reach.places[number] == ("" if state.over else here(book, state))
        assert reach.attrs[number] == dict(path.attrs)
        assert reach.passed[number] == {name for name, _ in path.passed}


def test_every_step_is_found_where_no_answer_waits_off_the_path(searched):
    book, states, steps = searched
    reach, merge = explore(book), Merge(book)
    number = {merge.key(state): i for i, state in enumerate(reach.states)}
    assert len(number) == len(reach.states)
    edges = {(edge.source, edge.label, edge.target) for edge in reach.edges}
    taken = {
        (number[merge.key(a)], label, number[merge.key(on_path(book, b))])
        for a, label, b in steps
        if on_path(book, a) == a and not merge.apart(a)
    }
    assert len(taken) > len(reach.states)
    assert taken <= edges
    assert {merge.key(on_path(book, state)) for state in states} <= number.keys()


def test_whatever_happens_in_an_aside_leaves_the_path_below_it_untouched(searched):
    book, _, steps = searched
    left = 0
    for before, label, after in steps:
        if before.aside is None or after.over or label == "=sent":
            continue
        if after.aside is None and after.root == "a" and not after.trail and label == "erase":
            continue  # forgetting everything, at the person's own wish
        left += after.aside is None
        assert (after.trail, after.root, after.sent) == (before.trail, before.root, before.sent)
        if after.redo != before.redo:
            node = book.nodes[before.aside]
            assert isinstance(node, Say)
            assert after.redo in {option.redo for option in node.options}
    assert left > 0


def test_from_every_aside_there_is_a_way_back_to_every_state_it_was_entered_from(searched):
    book, states, _ = searched
    reach, merge = explore(book), Merge(book)
    number = {merge.key(state): i for i, state in enumerate(reach.states)}
    backs = {(edge.source, edge.target) for edge in reach.edges if edge.label == "!back"}
    inside = [state for state in states if merge.apart(state) and state.pending is None]
    assert inside
    for state in inside:
        below = on_path(book, replace(state, aside=None))
        if isinstance(book.nodes[here(book, below)], Choose | Say | Text):
            assert (number[merge.key(state)], number[merge.key(below)]) in backs
