"""Finding every listed phrase in a row of words, in time proportional to its length.

A phrase is a row of *places*; each place is a choice between words or short rows of words, and each choice is
shared by all phrases that use it. Phrases stand in one tree whose edges are choices, so a row of words is walked
once from every word, and the walk from one word is bounded by the tree, never by the text. A gap in a phrase lets
a few other words of the same sentence stand there.

Nothing is kept between two searches: what somebody typed lives only in local names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from flows.distress_spelling import filed, near
from flows.distress_words import Row, is_han, readings

GAP = 6  # a gap holds three words of two, or six Han characters of one
_WORD = 2
_HAN_CHARACTER = 1


@dataclass(frozen=True, slots=True, order=True)
class Spec:
    """A word of one language's lists: any ending after it (``opened``), or spelt exactly so (``strict``)."""

    language: str
    word: str
    opened: bool = False
    strict: bool = False


Choice = frozenset[tuple[Spec, ...]]


@dataclass(frozen=True, slots=True)
class Gap:
    """A place for up to three other words."""


Place = Choice | Gap


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase of a section, from word ``start`` up to word ``end`` (not included)."""

    start: int
    end: int
    section: str


@dataclass(slots=True)
class _Knot:
    edges: dict[int, _Knot] = field(default_factory=dict)
    gap: _Knot | None = None
    sections: tuple[str, ...] = ()


_Start = tuple[int, tuple[Spec, ...]]  # a choice, and the words that must follow the first one


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a typed word can be: the listed words, the choices it begins, and those that begin a phrase."""

    specs: frozenset[Spec]
    starts: tuple[_Start, ...]
    first: tuple[_Start, ...]


_NOTHING = _Reading(frozenset(), (), ())


@dataclass(frozen=True, slots=True)
class Net:
    """All phrases, ready to be searched for."""

    _root: _Knot = field(repr=False)
    _starts: Mapping[Spec, tuple[_Start, ...]] = field(repr=False)
    _exact: Mapping[str, tuple[Spec, ...]] = field(repr=False)
    _opened: Mapping[str, tuple[Spec, ...]] = field(repr=False)
    _opened_lengths: tuple[int, ...] = field(repr=False)
    _files: Mapping[str, tuple[str, ...]] = field(repr=False)
    _longest: int
    _well_spelt: Mapping[str, frozenset[str]] = field(repr=False)

    def find(self, row: Row) -> Iterator[Found]:
        """Every phrase in the row, by its first word."""
        known: dict[str, _Reading] = {}
        read = []
        for word in row.words:
            reading = known.get(word)
            if reading is None:
                reading = known[word] = self._read(word)
            read.append(reading)
        for start, reading in enumerate(read):
            if reading.first:
                yield from self._walk(row, read, start)

    def _walk(self, row: Row, read: list[_Reading], start: int) -> Iterator[Found]:
        sentence, sentences, words = row.sentences[start], row.sentences, row.words
        waiting: list[tuple[_Knot, int, int]] = [(self._root, start, 0)]
        seen: set[tuple[int, str]] = set()
        while waiting:
            knot, place, room = waiting.pop()
            for section in knot.sections:
                if (place, section) not in seen:
                    seen.add((place, section))
                    yield Found(start, place, section)
            if place >= len(words) or sentences[place] != sentence:
                continue
            for choice, rest in read[place].first if knot is self._root else read[place].starts:
                after = knot.edges.get(choice)
                end = place + 1 + len(rest)
                if after is None or end > len(words) or sentences[end - 1] != sentence:
                    continue
                if all(spec in read[place + 1 + ahead].specs for ahead, spec in enumerate(rest)):
                    waiting.append((after, end, 0))
                    if after.gap:
                        waiting.append((after.gap, end, GAP))
            left = room - (_HAN_CHARACTER if is_han(words[place]) else _WORD)
            if left >= 0:
                waiting.append((knot, place + 1, left))

    def _read(self, word: str) -> _Reading:
        specs: set[Spec] = set()
        for reading in readings(word):
            specs.update(self._exact.get(reading, ()))
            for length in self._opened_lengths:
                if length > len(reading):
                    break
                specs.update(self._opened.get(reading[:length], ()))
            fluent = self._well_spelt.get(reading, frozenset())
            for listed in near(reading, self._files, self._longest):
                specs.update(spec for spec in self._exact[listed] if not spec.strict and spec.language not in fluent)
        if not specs:
            return _NOTHING
        starts = tuple(start for spec in sorted(specs) for start in self._starts.get(spec, ()))
        unique = tuple(dict.fromkeys(starts))
        return _Reading(frozenset(specs), unique, tuple(start for start in unique if start[0] in self._root.edges))


class Weaving:
    """A net in the making."""

    def __init__(self) -> None:
        self._root = _Knot()
        self._choices: dict[Choice, int] = {}
        self._spelt: dict[str, set[str]] = {}

    def well_spelt(self, language: str, word: str) -> None:
        """Never read this word as a misspelling of another in this language."""
        self._spelt.setdefault(word, set()).add(language)

    def phrase(self, section: str, places: tuple[Place, ...]) -> None:
        """Add a phrase; a gap never stands first or last."""
        knot = self._root
        for place in places:
            if isinstance(place, Gap):
                knot.gap = knot.gap or _Knot()
                knot = knot.gap
            else:
                knot = knot.edges.setdefault(self._choices.setdefault(place, len(self._choices)), _Knot())
        if section not in knot.sections:
            knot.sections = (*knot.sections, section)

    def net(self) -> Net:
        """The finished net."""
        starts: dict[Spec, list[_Start]] = {}
        exact: dict[str, set[Spec]] = {}
        opened: dict[str, set[Spec]] = {}
        for choice, number in self._choices.items():
            for words in sorted(choice):
                starts.setdefault(words[0], []).append((number, words[1:]))
                for spec in words:
                    (opened if spec.opened else exact).setdefault(spec.word, set()).add(spec)
        spelt = {word: set(languages) for word, languages in self._spelt.items()}
        for word, specs in exact.items():
            spelt.setdefault(word, set()).update(spec.language for spec in specs)
        return Net(
            self._root,
            {spec: tuple(found) for spec, found in starts.items()},
            {word: tuple(sorted(specs)) for word, specs in exact.items()},
            {word: tuple(sorted(specs)) for word, specs in opened.items()},
            tuple(sorted({len(word) for word in opened})),
            filed(word for word, specs in exact.items() if not all(spec.strict for spec in specs)),
            max(map(len, exact), default=0),
            {word: frozenset(languages) for word, languages in spelt.items()},
        )
