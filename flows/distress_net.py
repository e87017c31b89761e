"""All listed phrases of all languages as one net, and what a typed word can be in it.

A phrase is a row of *places*; each place is a choice between words or short rows of words, and phrases share their
choices. The net is a tree whose edges are choices. It holds every phrase from its rarest place outward, first the
places to the left and then those to the right: ordinary text hardly ever meets a rare place, so `distress_search`
spends one look-up on most words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from flows.distress_spelling import filed, near
from flows.distress_words import is_han, readings

_SHORT = 3
_COMMON_COST = 16
_COMMON_HAN = frozenset(
    "的一是不了在人有我他这个们来上大为到说时要就出会可也你对能那得着下自过后里多么去没起看还好她前开但只从想生被和给把让"
)


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


@dataclass(slots=True)
class Knot:
    """Where the phrases that are alike so far part: to other places, over a gap, or from leftward to rightward."""

    edges: dict[int, Knot] = field(default_factory=dict)
    gap: Knot | None = None
    turn: Knot | None = None
    sections: tuple[str, ...] = ()


_NO_CHOICES: frozenset[int] = frozenset()


@dataclass(slots=True)
class Entry:
    """A row of words that is an entry of some choices, or the beginning of longer ones."""

    choices: frozenset[int] = _NO_CHOICES
    rare: tuple[int, ...] = ()
    longer: dict[int, Entry] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one typed word can be.

    ``words`` are the listed words, ``choices`` those it stands in by itself, ``rare`` those of them where searches
    begin, and ``longer`` the entries of several words that begin with it.
    """

    words: frozenset[int]
    choices: frozenset[int]
    rare: tuple[int, ...]
    longer: tuple[Entry, ...]


_NOTHING = Reading(frozenset(), _NO_CHOICES, (), ())


@dataclass(frozen=True, slots=True)
class Net:
    """All phrases, ready to be searched for: the knots where searches begin, by the choice they begin with."""

    rare: Mapping[int, Knot] = field(repr=False)
    _entries: Mapping[int, Entry] = field(repr=False)
    _exact: Mapping[str, tuple[int, ...]] = field(repr=False)
    _opened: Mapping[str, tuple[int, ...]] = field(repr=False)
    _lenient: Mapping[str, tuple[tuple[int, str], ...]] = field(repr=False)  # with the language of each
    _opened_lengths: tuple[int, ...] = field(repr=False)
    _files: Mapping[str, tuple[str, ...]] = field(repr=False)
    _longest: int
    _well_spelt: Mapping[str, frozenset[str]] = field(repr=False)

    def reading(self, word: str) -> Reading:
        """What a typed word can be, misspellings and endings included."""
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
            return Reading(frozenset(words), entry.choices, entry.rare, (entry,) if entry.longer else ())
        return Reading(
            frozenset(words),
            _NO_CHOICES.union(*(entry.choices for entry in entries)),
            tuple(dict.fromkeys(choice for entry in entries for choice in entry.rare)),
            tuple(entry for entry in entries if entry.longer),
        )


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
        root: dict[int, Knot] = {}
        for places, section in self._phrases:
            _hang(root, choices, places, section, _rarest(places, uses))
        return self._finished(root, choices)

    def _finished(self, root: dict[int, Knot], choices: Mapping[Choice, int]) -> Net:
        numbers: dict[Spec, int] = {}
        entries: dict[int, Entry] = {}
        for choice, number in choices.items():
            for words in sorted(choice):
                entry = entries.setdefault(numbers.setdefault(words[0], len(numbers)), Entry())
                for spec in words[1:]:
                    entry = entry.longer.setdefault(numbers.setdefault(spec, len(numbers)), Entry())
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
        return (sum(uses[words[0]] * (_COMMON_COST if _is_common(words[0].word) else 1) for words in place), index)

    return min(range(len(places)), key=cost)


def _is_common(word: str) -> bool:
    return word in _COMMON_HAN if is_han(word) else len(word) <= _SHORT


def _hang(
    root: dict[int, Knot], choices: Mapping[Choice, int], places: tuple[Place, ...], section: str, rarest: int
) -> None:
    start = places[rarest]
    assert not isinstance(start, Gap)  # noqa: S101 -- a phrase has a word
    knot = root.setdefault(choices[start], Knot())
    for place in reversed(places[:rarest]):
        knot = _next(knot, choices, place)
    knot.turn = knot.turn or Knot()
    knot = knot.turn
    for place in places[rarest + 1 :]:
        knot = _next(knot, choices, place)
    if section not in knot.sections:
        knot.sections = (*knot.sections, section)


def _next(knot: Knot, choices: Mapping[Choice, int], place: Place) -> Knot:
    if isinstance(place, Gap):
        knot.gap = knot.gap or Knot()
        return knot.gap
    return knot.edges.setdefault(choices[place], Knot())
