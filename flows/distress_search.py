"""Finding every listed phrase in a row of words, in time proportional to its length.

The search goes outward from every rare place that is met. From one place it is bounded by the net, never by the
text: phrases end, and a gap holds three words of the same sentence, or six Han characters.

Nothing is kept between two searches: what somebody typed lives only in local names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flows.distress_net import Entry, Knot, Net, Reading
from flows.distress_words import Row, is_han

_GAP = 6
_WORD = 2
_HAN_CHARACTER = 1

_Met = list[tuple[frozenset[int], int]]  # choices, and where their entry ends or starts


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase of a section, from word ``start`` up to word ``end`` (not included)."""

    start: int
    end: int
    section: str


def find(net: Net, row: Row) -> set[Found]:
    """Every phrase in the row."""
    search = _Search(net, row)
    search.run()
    return search.found


class _Search:
    """One search. Entries of several words are noted by where they start and end; single words are read in place."""

    def __init__(self, net: Net, row: Row) -> None:
        known = {word: net.reading(word) for word in set(row.words)}
        self.found: set[Found] = set()
        self._net = net
        self._row = row
        self._read: list[Reading] = [known[word] for word in row.words]
        self._begin: dict[int, _Met] = {}
        self._end: dict[int, _Met] = {}

    def run(self) -> None:
        """Find everything."""
        rare: list[tuple[Knot, int, int]] = []
        for place, reading in enumerate(self._read):
            for first in reading.longer:
                for entry, end in self._longer(first, place + 1):
                    self._begin.setdefault(place, []).append((entry.choices, end))
                    self._end.setdefault(end - 1, []).append((entry.choices, place))
                    rare += [(self._net.rare[choice], place, end) for choice in entry.rare]
        for place, reading in enumerate(self._read):
            for choice in reading.rare:
                self._outward(self._net.rare[choice], place, place + 1)
        for knot, start, end in rare:
            self._outward(knot, start, end)

    def _longer(self, entry: Entry, place: int) -> Iterator[tuple[Entry, int]]:
        """The entries of several words that go on at ``place`` in the same sentence, with their ends."""
        if not self._joined(place - 1, place):
            return
        words = self._read[place].words
        for number in words if len(words) < len(entry.longer) else entry.longer:
            if number in words and number in entry.longer:
                longer = entry.longer[number]
                if longer.choices:
                    yield longer, place + 1
                if longer.longer:
                    yield from self._longer(longer, place + 1)

    def _joined(self, one: int, other: int) -> bool:
        """Whether two neighbouring places exist and stand in the same sentence."""
        sentences = self._row.sentences
        return one >= 0 and other < len(sentences) and sentences[one] == sentences[other]

    def _outward(self, rare: Knot, start: int, end: int) -> None:
        """Find the phrases around a rare place that stands from ``start`` to ``end``."""
        if rare.turn:
            self._rightward(rare.turn, start, end)
        if not rare.gap and not self._meets(rare, start - 1, self._end):
            return
        waiting = [(rare, start, 0)]
        while waiting:
            knot, start, room = waiting.pop()
            if knot.turn and knot is not rare:
                self._rightward(knot.turn, start, end)
            if knot.gap:
                waiting.append((knot.gap, start, _GAP))
            place = start - 1
            if not self._joined(place, start):
                continue
            waiting += [(after, place, 0) for after in _beyond(knot, self._read[place].choices)]
            for choices, begun in self._end.get(place, ()):
                waiting += [(after, begun, 0) for after in _beyond(knot, choices)]
            if room and (left := room - self._size(place)) >= 0:
                waiting.append((knot, place, left))

    def _rightward(self, turn: Knot, start: int, end: int) -> None:
        for section in turn.sections:
            self.found.add(Found(start, end, section))
        if not turn.gap and not self._meets(turn, end, self._begin):
            return
        waiting = [(turn, end, 0)]
        while waiting:
            knot, place, room = waiting.pop()
            if knot is not turn:
                for section in knot.sections:
                    self.found.add(Found(start, place, section))
            if knot.gap:
                waiting.append((knot.gap, place, _GAP))
            if not self._joined(place - 1, place):
                continue
            waiting += [(after, place + 1, 0) for after in _beyond(knot, self._read[place].choices)]
            for choices, after in self._begin.get(place, ()):
                waiting += [(beyond, after, 0) for beyond in _beyond(knot, choices)]
            if room and (left := room - self._size(place)) >= 0:
                waiting.append((knot, place + 1, left))

    def _meets(self, knot: Knot, place: int, longer: Mapping[int, _Met]) -> bool:
        """Whether a word at ``place`` can lead on at all: a quick no for nearly every word."""
        if not knot.edges or not 0 <= place < len(self._read):
            return False
        edges = knot.edges.keys()
        if not self._read[place].choices.isdisjoint(edges):
            return True
        return any(not choices.isdisjoint(edges) for choices, _ in longer.get(place, ()))

    def _size(self, place: int) -> int:
        return _HAN_CHARACTER if is_han(self._row.words[place]) else _WORD


def _beyond(knot: Knot, choices: frozenset[int]) -> list[Knot]:
    edges = knot.edges
    if len(edges) < len(choices):
        return [after for choice, after in edges.items() if choice in choices]
    return [edges[choice] for choice in choices if choice in edges]
