"""Who of the directory is named in what a person wrote: pure, and rather one too many than one too few.

Two sorts of finding, because they differ in how sure they are:

* a **whole name**: two words of one person's name near each other, in any order, one of them perhaps misspelt; or, in
  scripts without spaces, the whole name anywhere;
* a **single word** of a name, of four letters or more. Many people bear it, and it may be no name at all. So it is
  reported with everybody who bears it, and `routing.conflicts` decides by where they are.

A word that is part of a whole name of somebody concerned says nothing of others who bear it, unless it is the only
word their own name has. Everyday words (`routing.common_words`) count as a single word only when they are written like
a name. A slip is tolerated in words of five letters or more, in a whole name of four: one letter wrong, missing, too
many or two swapped, two of those from eight letters on; never in the first letter, but for letters that sound alike.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from routing.common_words import COMMON, PARTICLES
from routing.records import Person
from routing.spelling import Word, runs, stem, words

__all__ = ["Mentions", "Names"]

_SHORT_ANSWER: Final = 3
"""Words in an answer that can hardly be anything but a name."""
_SHORT_RUN: Final = 6
_NEAR_EACH_OTHER: Final = 3
"""Between two words of one name there may be two others, such as a father's name that the directory leaves out."""
_LEAST_WORD: Final = 4
_LEAST_PART: Final = 3
_LEAST_IN_SHORT: Final = 2
_SLIP_FROM: Final = 4
_SLIP_ALONE_FROM: Final = 5
_TWO_SLIPS_FROM: Final = 8
_SOUND: Final = str.maketrans("kqyjwzґ", "cciivsг")


@dataclass(frozen=True, slots=True)
class Mentions:
    """Who may be meant. It is about people, and so its repr is empty.

    Attributes:
        whole: Ids of people whose whole name was found.
        single: For each word found alone, the ids of all who bear it.
    """

    whole: frozenset[str] = field(default=frozenset(), repr=False)
    single: tuple[frozenset[str], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, repr=False)
class _Hit:
    """A word of a text that is, or nearly is, a word of names."""

    word: str
    exact: bool


class Names:
    """Everybody's names, ready to be looked for."""

    def __init__(self, people: Iterable[Person]) -> None:
        self._bearers: dict[str, list[str]] = {}
        self._variants: dict[str, list[frozenset[str]]] = {}
        self._stems: dict[str, list[str]] = {}
        self._near: dict[tuple[str, int], list[str]] = {}
        self._whole_runs: dict[str, list[str]] = {}
        self._part_runs: dict[str, list[str]] = {}
        for person in people:
            for spelt in dict.fromkeys((person.name, *person.spellings)):
                self._add(person.id, spelt)
        for word in self._bearers:
            for one in stem(word) if not word.isascii() else ():
                self._stems.setdefault(one, []).append(word)
            if len(word) >= _SLIP_FROM:
                self._near.setdefault((_sound(word), len(word)), []).append(word)
        self._run_lengths = sorted({len(run) for run in self._whole_runs})
        self._part_lengths = sorted({len(run) for run in self._part_runs})

    def _add(self, one: str, spelt: str) -> None:
        in_words = [form for word in words(spelt) for form in _name_forms(word)]
        borne = [word for word in in_words if len(word) > 1 and word not in PARTICLES] or in_words
        if borne:
            self._variants.setdefault(one, []).append(frozenset(borne))
        for word in dict.fromkeys(borne):
            bearers = self._bearers.setdefault(word, [])
            if not bearers or bearers[-1] != one:
                bearers.append(one)
        for run in runs(spelt):
            if len(run) > 1:
                self._whole_runs.setdefault(run, []).append(one)
        parts = [part for piece in _pieces(spelt) for part in runs(piece)] if not spelt.isascii() else []
        for part in parts if len(parts) > 1 else ():
            if len(part) > 1:
                self._part_runs.setdefault(part, []).append(one)

    def mentions(self, text: str, concerned: Callable[[str], bool]) -> Mentions:
        """Find who is named in a text.

        Args:
            text: What somebody wrote, in any script.
            concerned: Whether an id is of somebody the report may concern. A word of their whole name is then not
                looked at again, and slips in single words are tolerated for them alone.
        """
        found = words(text)
        known = {word.forms: tuple(self._hits(word)) for word in found}  # a long text says most of its words again
        hits = [known[word.forms] for word in found]
        whole, used = self._whole(found, hits, concerned)
        single = self._single(found, hits, used, concerned)
        for run in runs(text):
            whole |= {one for key in _within(run, self._whole_runs, self._run_lengths) for one in self._whole_runs[key]}
            if len(run) <= _SHORT_RUN:
                parts = _within(run, self._part_runs, self._part_lengths)
            else:
                parts = (part for part in _within(run, self._part_runs, self._part_lengths) if len(part) >= _LEAST_PART)
            single += [frozenset(self._part_runs[part]) - whole for part in parts]
        return Mentions(frozenset(whole), tuple(bearers for bearers in dict.fromkeys(single) if bearers))

    def _hits(self, word: Word) -> Iterator[_Hit]:
        known = dict.fromkeys(form for form in word.forms if form in self._bearers)
        for one in stem(word.forms[0]):
            known |= dict.fromkeys(self._stems.get(one, ()))
        yield from (_Hit(one, exact=True) for one in known)
        for one in word.forms:
            yield from (_Hit(near, exact=False) for near in self._nearly(one) if near not in known)

    def _nearly(self, word: str) -> Iterator[str]:
        for length in range(max(len(word) - 2, _SLIP_FROM), len(word) + 3):
            slips = 1 if length < _TWO_SLIPS_FROM else 2
            candidates = self._near.get((_sound(word), length)) if abs(length - len(word)) <= slips else None
            if candidates:
                yield from (
                    one for one, _, _ in extract(word, candidates, scorer=OSA.distance, score_cutoff=slips, limit=None)
                )

    def _whole(
        self, found: list[Word], hits: list[tuple[_Hit, ...]], concerned: Callable[[str], bool]
    ) -> tuple[set[str], set[int]]:
        """Find people with two words of one of their names near each other, and which words of the text those are."""
        whole: set[str] = set()
        used: set[int] = set()
        known: dict[tuple[tuple[_Hit, ...], tuple[_Hit, ...]], tuple[str, ...]] = {}
        for first, one in enumerate(found):
            for second in range(first + 1, len(found)):
                if found[second].at - one.at > _NEAR_EACH_OTHER:
                    break
                pair = hits[first], hits[second]
                if pair not in known:
                    known[pair] = tuple(self._both(*pair))
                for person in known[pair]:
                    whole.add(person)
                    if concerned(person):
                        used |= {first, second}
        return whole, used

    def _both(self, one: tuple[_Hit, ...], other: tuple[_Hit, ...]) -> Iterator[str]:
        for first in one:
            for second in other:
                if first.word == second.word or not (first.exact or second.exact):
                    continue
                few, many = sorted((first.word, second.word), key=lambda word: len(self._bearers[word]))
                bearers = self._bearers[few]
                yield from (
                    person
                    for person in bearers
                    if any(few in variant and many in variant for variant in self._variants[person])
                )

    def _single(
        self, found: list[Word], hits: list[tuple[_Hit, ...]], used: set[int], concerned: Callable[[str], bool]
    ) -> list[frozenset[str]]:
        single = []
        short = len(found) <= _SHORT_ANSWER
        for number, word in enumerate(found):
            for hit in hits[number]:
                if not short and (len(hit.word) < _LEAST_WORD or not (word.capital or _rare(hit, word))):
                    continue
                if len(hit.word) < _LEAST_IN_SHORT:
                    continue
                bearers = self._bearers[hit.word]
                if number in used:
                    bearers = [one for one in bearers if any(len(variant) == 1 for variant in self._variants[one])]
                if not hit.exact and len(hit.word) < _SLIP_ALONE_FROM:
                    continue
                if not hit.exact:
                    bearers = [one for one in bearers if concerned(one)]
                single.append(frozenset(bearers))
        return single


def _rare(hit: _Hit, word: Word) -> bool:
    """Say whether a word written small is more likely a name than an everyday word."""
    return hit.exact and hit.word not in COMMON and not any(form in COMMON for form in word.forms)


def _name_forms(word: Word) -> tuple[str, ...]:
    """The forms of a word of a name by which it is known: as it stands, and in Arabic without the article."""
    first = word.forms[0]
    return (first[2:],) if first.startswith("ال") and len(first) > _LEAST_WORD else (first,)


def _pieces(spelt: str) -> list[str]:
    for sign in "·・•‧":
        spelt = spelt.replace(sign, " ")
    return spelt.split()


def _sound(word: str) -> str:
    return word[:1].translate(_SOUND)


def _within(run: str, known: Mapping[str, list[str]], lengths: list[int]) -> Iterator[str]:
    """Find the known runs that stand anywhere in a run."""
    for start in range(len(run)):
        for length in lengths:
            if (piece := run[start : start + length]) in known and len(piece) == length:
                yield piece
