"""Finding every listed phrase in a row of words, in time proportional to its length.

A phrase is a row of *places*; each place is a choice between words or short rows of words, and phrases share their
choices. Every phrase is looked for from its rarest place outward, first to the left and then to the right, along one
tree whose edges are choices: ordinary text hardly ever meets a rare place, so most words cost one look-up. The search
from one word is bounded by the tree, never by the text. A gap in a phrase lets a few other words of the same sentence
stand there.

Nothing is kept between two searches: what somebody typed lives only in local names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from flows.distress_spelling import filed, near
from flows.distress_words import Row, is_han, readings

GAP = 6  # a gap holds three words of two, or six Han characters of one
_WORD = 2
_HAN_CHARACTER = 1
_SHORT = 3
_SHORT_COST = 16


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
    """Where the phrases that are alike so far part: to other places, over a gap, or from leftward to rightward."""

    edges: dict[int, _Knot] = field(default_factory=dict)
    gap: _Knot | None = None
    turn: _Knot | None = None
    sections: tuple[str, ...] = ()


_NO_CHOICES: frozenset[int] = frozenset()
_Met = list[tuple[frozenset[int], int]]  # choices, and the word their entry starts before or ends before


@dataclass(slots=True)
class _Entry:
    """A row of words that is an entry of some choices, or the beginning of longer ones."""

    choices: frozenset[int] = _NO_CHOICES
    rare: tuple[int, ...] = ()
    longer: dict[int, _Entry] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a typed word can be, and the entries that begin with it."""

    words: frozenset[int]
    choices: frozenset[int]
    rare: tuple[int, ...]
    longer: tuple[_Entry, ...]


_NOTHING = _Reading(frozenset(), _NO_CHOICES, (), ())


@dataclass(frozen=True, slots=True)
class Net:
    """All phrases, ready to be searched for."""

    _root: Mapping[int, _Knot] = field(repr=False)
    _entries: Mapping[int, _Entry] = field(repr=False)
    _exact: Mapping[str, tuple[int, ...]] = field(repr=False)
    _opened: Mapping[str, tuple[int, ...]] = field(repr=False)
    _lenient: Mapping[str, tuple[tuple[int, str], ...]] = field(repr=False)  # with the language of each
    _opened_lengths: tuple[int, ...] = field(repr=False)
    _files: Mapping[str, tuple[str, ...]] = field(repr=False)
    _longest: int
    _well_spelt: Mapping[str, frozenset[str]] = field(repr=False)

    def find(self, row: Row) -> set[Found]:
        """Every phrase in the row."""
        known = {word: self._read(word) for word in set(row.words)}
        search = _Search(row)
        rare: list[tuple[_Knot, int, int]] = []
        for place, word in enumerate(row.words):
            reading = known[word]
            if reading.choices:
                search.met(reading.choices, place, place + 1)
                rare += [(self._root[choice], place, place + 1) for choice in reading.rare]
            for entry in reading.longer:
                for longer, end in _longer(row, known, entry, place + 1):
                    search.met(longer.choices, place, end)
                    rare += [(self._root[choice], place, end) for choice in longer.rare]
        for knot, start, end in rare:
            search.outward(knot, start, end)
        return search.found

    def _read(self, word: str) -> _Reading:
        words: set[int] = set()
        for reading in readings(word):
            words.update(self._exact.get(reading, ()))
            for length in self._opened_lengths:
                if length > len(reading):
                    break
                words.update(self._opened.get(reading[:length], ()))
            for listed in near(reading, self._files, self._longest):
                fluent = self._well_spelt.get(reading, frozenset())
                words.update(number for number, language in self._lenient[listed] if language not in fluent)
        if not words:
            return _NOTHING
        entries = [self._entries[number] for number in sorted(words) if number in self._entries]
        if len(entries) == 1:
            (entry,) = entries
            return _Reading(frozenset(words), entry.choices, entry.rare, (entry,) if entry.longer else ())
        return _Reading(
            frozenset(words),
            _NO_CHOICES.union(*(entry.choices for entry in entries)),
            tuple(dict.fromkeys(choice for entry in entries for choice in entry.rare)),
            tuple(entry for entry in entries if entry.longer),
        )


def _longer(row: Row, known: Mapping[str, _Reading], entry: _Entry, place: int) -> Iterator[tuple[_Entry, int]]:
    """The entries of several words that go on at ``place`` in the same sentence, with their ends."""
    if place >= len(row.words) or row.sentences[place] != row.sentences[place - 1]:
        return
    words = known[row.words[place]].words
    for number in words if len(words) < len(entry.longer) else entry.longer:
        if number in words and number in entry.longer:
            longer = entry.longer[number]
            if longer.choices:
                yield longer, place + 1
            if longer.longer:
                yield from _longer(row, known, longer, place + 1)


class _Search:
    """One search: the entries met in a row, and the phrases found."""

    def __init__(self, row: Row) -> None:
        self.found: set[Found] = set()
        self._sentences = row.sentences
        self._sizes = [_HAN_CHARACTER if is_han(word) else _WORD for word in row.words]
        self._begin: list[_Met] = [[] for _ in row.words]
        self._end: list[_Met] = [[] for _ in row.words]

    def met(self, choices: frozenset[int], start: int, end: int) -> None:
        """Note an entry that stands from ``start`` to ``end``."""
        self._begin[start].append((choices, end))
        self._end[end - 1].append((choices, start))

    def outward(self, rare: _Knot, start: int, end: int) -> None:
        """Find the phrases around a rare place that stands from ``start`` to ``end``."""
        if rare.turn:
            self._rightward(rare.turn, start, end)
        if not rare.gap and not self._meets(rare, self._end, start - 1):
            return
        sentence = self._sentences[start]
        waiting = [(rare, start, 0)]
        while waiting:
            knot, start, room = waiting.pop()
            if knot.turn and knot is not rare:
                self._rightward(knot.turn, start, end)
            if knot.gap:
                waiting.append((knot.gap, start, GAP))
            place = start - 1
            if place < 0 or self._sentences[place] != sentence:
                continue
            for choices, begun in self._end[place]:
                waiting += [(after, begun, 0) for after in _beyond(knot, choices)]
            if room >= self._sizes[place]:
                waiting.append((knot, place, room - self._sizes[place]))

    def _rightward(self, turn: _Knot, start: int, end: int) -> None:
        for section in turn.sections:
            self.found.add(Found(start, end, section))
        if not turn.gap and not self._meets(turn, self._begin, end):
            return
        sentence = self._sentences[start]
        waiting = [(turn, end, 0)]
        while waiting:
            knot, place, room = waiting.pop()
            if knot is not turn:
                for section in knot.sections:
                    self.found.add(Found(start, place, section))
            if knot.gap:
                waiting.append((knot.gap, place, GAP))
            if place >= len(self._sentences) or self._sentences[place] != sentence:
                continue
            for choices, after in self._begin[place]:
                waiting += [(beyond, after, 0) for beyond in _beyond(knot, choices)]
            if room >= self._sizes[place]:
                waiting.append((knot, place + 1, room - self._sizes[place]))

    @staticmethod
    def _meets(knot: _Knot, met: list[_Met], place: int) -> bool:
        """Whether a word at ``place`` can lead on at all: a quick no for nearly every word."""
        if not knot.edges or not 0 <= place < len(met):
            return False
        edges = knot.edges.keys()
        for choices, _ in met[place]:  # noqa: SIM110 -- a generator costs more than all the look-ups here
            if not choices.isdisjoint(edges):
                return True
        return False


def _beyond(knot: _Knot, choices: frozenset[int]) -> list[_Knot]:
    edges = knot.edges
    if len(edges) < len(choices):
        return [after for choice, after in edges.items() if choice in choices]
    return [edges[choice] for choice in choices if choice in edges]


class Weaving:
    """A net in the making."""

    def __init__(self) -> None:
        self._phrases: dict[tuple[tuple[Place, ...], str], None] = {}
        self._spelt: dict[str, set[str]] = {}

    def well_spelt(self, language: str, word: str) -> None:
        """Never read this word as a misspelling of another in this language."""
        self._spelt.setdefault(word, set()).add(language)

    def phrase(self, section: str, places: tuple[Place, ...]) -> None:
        """Add a phrase; a gap never stands first or last."""
        self._phrases[places, section] = None

    def net(self) -> Net:
        """The finished net."""
        choices: dict[Choice, int] = {}
        uses: Counter[Spec] = Counter()
        for places, _ in self._phrases:
            for place in places:
                if not isinstance(place, Gap):
                    choices.setdefault(place, len(choices))
                    uses.update(word for words in place for word in words)
        root: dict[int, _Knot] = {}
        for places, section in self._phrases:
            _hang(root, choices, places, section, _rarest(places, uses))
        return self._finished(root, choices)

    def _finished(self, root: dict[int, _Knot], choices: Mapping[Choice, int]) -> Net:
        numbers: dict[Spec, int] = {}
        entries: dict[int, _Entry] = {}
        for choice, number in choices.items():
            for words in sorted(choice):
                entry = entries.setdefault(numbers.setdefault(words[0], len(numbers)), _Entry())
                for spec in words[1:]:
                    entry = entry.longer.setdefault(numbers.setdefault(spec, len(numbers)), _Entry())
                entry.choices |= {number}
                entry.rare += (number,) if number in root else ()
        exact: dict[str, list[Spec]] = {}
        opened: dict[str, list[Spec]] = {}
        for spec in numbers:
            (opened if spec.opened else exact).setdefault(spec.word, []).append(spec)
        spelt = {word: {spec.language for spec in specs} for word, specs in exact.items()}
        for word, languages in self._spelt.items():
            spelt.setdefault(word, set()).update(languages)
        lenient = {
            word: tuple((numbers[spec], spec.language) for spec in specs if not spec.strict)
            for word, specs in exact.items()
        }
        return Net(
            root,
            entries,
            {word: tuple(numbers[spec] for spec in specs) for word, specs in exact.items()},
            {word: tuple(numbers[spec] for spec in specs) for word, specs in opened.items()},
            lenient,
            tuple(sorted({len(word) for word in opened})),
            filed(word for word, specs in lenient.items() if specs),
            max(map(len, exact), default=0),
            {word: frozenset(languages) for word, languages in spelt.items()},
        )


def _rarest(places: tuple[Place, ...], uses: Mapping[Spec, int]) -> int:
    """Which place of a phrase is likely to be met least often: where its search begins.

    Words that the lists themselves use often, and short words (Zipf: the shorter, the commoner), are met often.
    """

    def cost(index: int) -> tuple[int, int]:
        place = places[index]
        if isinstance(place, Gap):
            return (2**62, index)
        return (sum(uses[words[0]] * (_SHORT_COST if len(words[0].word) <= _SHORT else 1) for words in place), index)

    return min(range(len(places)), key=cost)


def _hang(
    root: dict[int, _Knot], choices: Mapping[Choice, int], places: tuple[Place, ...], section: str, rarest: int
) -> None:
    start = places[rarest]
    assert not isinstance(start, Gap)  # noqa: S101 -- a phrase has a word
    knot = root.setdefault(choices[start], _Knot())
    for place in reversed(places[:rarest]):
        knot = _next(knot, choices, place)
    knot.turn = knot.turn or _Knot()
    knot = knot.turn
    for place in places[rarest + 1 :]:
        knot = _next(knot, choices, place)
    if section not in knot.sections:
        knot.sections = (*knot.sections, section)


def _next(knot: _Knot, choices: Mapping[Choice, int], place: Place) -> _Knot:
    if isinstance(place, Gap):
        knot.gap = knot.gap or _Knot()
        return knot.gap
    return knot.edges.setdefault(choices[place], _Knot())
