"""Lists of distress words: YAML that a language expert can read and change, compiled to one net.

A phrase is written as people write it, with these marks:

===============  =============================================================================
``want/need``    either word
``(really)``     a word that may be there; ``(so/very)`` and ``($adverb)`` too
``$want``        any entry of the set ``want`` under ``sets:``, which may be several words long; ``$want/need``
``..``           up to three other words of the same sentence (six Chinese characters)
``suicid*``      any ending
``=dying``       spelt exactly so; other words of five letters or more may be misspelt by a letter, a word that
                 is a phrase by itself only from seven letters
===============  =============================================================================

Capitals, accents, vowel signs and apostrophes make no difference. Chinese is written without spaces. `well_spelt`
names real words that are one letter away from a listed one and do not mean it. `docs/distress-words.md` says what
each section is for.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from flows.distress_net import Choice, Gap, Net, Place, Spec, Weaving
from flows.distress_words import row
from flows.errors import BookError, Fault
from flows.reading import Branch, Leaf, Listing, read
from flows.reading import Mapping as Table

MEANINGS = {"self_harm": ("self", "either", "other"), "danger": ("self", "either", "other", "before")}
PLAIN = ("not_meant", "denials", "others", "writer", "long_ago", "now")
_STRICT = frozenset(PLAIN) - {"not_meant"}  # a misspelling may call for help, but not take it back or name somebody
_ALONE = 7  # a single word is looked for in texts of ten languages at once: only long ones may be misspelt
_OTHER_KEYS = ("language", "reviewed", "sets", "letters", "well_spelt")
_MOST_GAPS = 2
_MOST_OPTIONAL = 6


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists of all languages, compiled; ``unreviewed`` are the languages no specialist has signed."""

    net: Net = field(repr=False)
    letters: Mapping[int, str] = field(repr=False)
    unreviewed: tuple[str, ...]


def compile_lists(texts: Mapping[str, str]) -> Lists:
    """The lists of all languages from their YAML texts, by file name.

    Raises:
        BookError: with every fault found, each with its file and line.
    """
    faults: list[Fault] = []
    tables: list[Table] = []
    for file, text in texts.items():
        try:
            tables.append(read(file, text))
        except BookError as error:
            faults += error.faults
    letters = {ord(one): other for table in tables for one, other in _letters(table, faults)}
    weaving = Weaving()
    languages: dict[str, bool] = {}
    for table in tables:
        _Language(table, letters, faults, languages).weave(weaving)
    if faults:
        raise BookError(tuple(faults))
    return Lists(weaving.net(), letters, tuple(sorted(tag for tag, signed in languages.items() if not signed)))


def _letters(table: Table, faults: list[Fault]) -> Iterator[tuple[str, str]]:
    found = table.get("letters")
    if found is None:
        return
    if not isinstance(found, Listing):
        faults.append(found.place.fault("'letters' is a list of pairs such as 殺杀"))
        return
    for item in found.items:
        if isinstance(item, Leaf) and len(item.text) == 2 and item.text.isalpha():  # noqa: PLR2004 -- a pair
            yield item.text[0], item.text[1]
        else:
            faults.append(item.place.fault("write two letters: the one people type, and the one it is read as"))


class _Language:
    """One file on its way into the net; faults are gathered, never raised."""

    def __init__(
        self, table: Table, letters: Mapping[int, str], faults: list[Fault], languages: dict[str, bool]
    ) -> None:
        self._table = table
        self._letters = letters
        self._faults = faults
        self._sets: dict[str, Choice] = {}
        self._seen: dict[tuple[Place, ...], str] = {}
        self._tag = self._named(languages)

    def weave(self, weaving: Weaving) -> None:
        """Put every phrase of the file into the net."""
        for key, _ in self._table.items:
            if key.text not in (*_OTHER_KEYS, *MEANINGS, *PLAIN):
                self._fault(key, f"there is no section '{key.text}'")
        self._read_sets()
        for leaf in self._leaves(self._table.get("well_spelt"), "well_spelt"):
            for word in row(leaf.text, self._letters).words:
                weaving.well_spelt(self._tag, word)
        for section, branch in self._sections():
            for leaf in self._leaves(branch, section):
                for places in self._phrase(leaf, section):
                    weaving.phrase(section, places)

    def _named(self, languages: dict[str, bool]) -> str:
        tag = self._table.get("language")
        if not isinstance(tag, Leaf) or not tag.text:
            self._faults.append(self._table.place.fault("say which language this is: 'language: en'"))
            return ""
        if tag.text in languages:
            self._fault(tag, f"the language '{tag.text}' has a file already")
        reviewed = self._table.get("reviewed")
        if not isinstance(reviewed, Leaf) or not (reviewed.text == "no" or reviewed.text.startswith("yes, ")):
            self._faults.append(
                (reviewed or self._table).place.fault("write 'reviewed: no' or 'reviewed: yes, by whom and when'")
            )
        languages[tag.text] = isinstance(reviewed, Leaf) and reviewed.text != "no"
        return tag.text

    def _sections(self) -> Iterator[tuple[str, Branch]]:
        for meaning, parts in MEANINGS.items():
            table = self._table.get(meaning)
            if not isinstance(table, Table):
                self._faults.append((table or self._table).place.fault(f"'{meaning}' must hold {', '.join(parts)}"))
                continue
            for key, branch in table.items:
                if key.text in parts:
                    yield f"{meaning} {key.text}", branch
                else:
                    self._fault(key, f"'{meaning}' holds only {', '.join(parts)}")
        for section in PLAIN:
            if (found := self._table.get(section)) is not None:
                yield section, found

    def _leaves(self, branch: Branch | None, section: str) -> Iterator[Leaf]:
        if branch is None:
            return
        if not isinstance(branch, Listing):
            self._faults.append(branch.place.fault(f"'{section}' is a list"))
            return
        for item in branch.items:
            if isinstance(item, Leaf):
                yield item
            else:
                self._faults.append(item.place.fault("write the phrase as one line of text"))

    def _read_sets(self) -> None:
        table = self._table.get("sets")
        if table is None:
            return
        if not isinstance(table, Table):
            self._faults.append(table.place.fault("'sets' holds named lists"))
            return
        for key, branch in table.items:
            entries: set[tuple[Spec, ...]] = set()
            for leaf in self._leaves(branch, key.text):
                if leaf.text.startswith("$"):
                    entries |= self._set(leaf, leaf.text)
                elif words := self._specs(leaf, leaf.text):
                    entries.add(words)
            self._sets[key.text] = frozenset(entries)

    def _set(self, leaf: Leaf, name: str) -> Choice:
        if name[1:] not in self._sets:
            self._fault(leaf, f"there is no set '{name}' above")
        return self._sets.get(name[1:], frozenset())

    def _specs(self, leaf: Leaf, text: str) -> tuple[Spec, ...]:
        specs: list[Spec] = []
        for part in text.split():
            words = row(part, self._letters).words
            strict, opened = part.startswith("="), part.endswith("*")
            for place, word in enumerate(words, 1):
                specs.append(Spec(self._tag, word, opened and place == len(words), strict))
        if not specs or any(mark in text for mark in "$()/") or ".." in text:
            self._fault(leaf, f"'{text}' is not a word")
        return tuple(specs)

    def _phrase(self, leaf: Leaf, section: str) -> Iterator[tuple[Place, ...]]:
        choices: list[tuple[tuple[Place, ...], ...]] = []
        for part in leaf.text.replace("(", " (").replace(")", ") ").split():
            bare = part[1:-1] if part.startswith("(") and part.endswith(")") else part
            places = self._places(leaf, bare)
            choices.append((places, ()) if bare != part else (places,))
        optional = sum(len(choice) > 1 for choice in choices)
        gaps = sum(Gap() in choice[0] for choice in choices)
        if optional > _MOST_OPTIONAL or gaps > _MOST_GAPS:
            self._fault(leaf, f"at most {_MOST_OPTIONAL} words in brackets and {_MOST_GAPS} gaps; write two phrases")
            return
        for picked in itertools.product(*choices):
            places = tuple(itertools.chain.from_iterable(picked))
            if not places or isinstance(places[0], Gap) or isinstance(places[-1], Gap):
                self._fault(leaf, "a phrase begins and ends with a word")
                return
            before = self._seen.setdefault(places, section)
            if before != section:
                self._fault(leaf, f"this phrase stands under '{before}' already")
            yield _spelt(places, strict=section in _STRICT)

    def _places(self, leaf: Leaf, part: str) -> tuple[Place, ...]:
        if part == "..":
            return (Gap(),)
        if "$" not in part and "/" not in part:
            return tuple(frozenset({(spec,)}) for spec in self._specs(leaf, part))
        choice: set[tuple[Spec, ...]] = set()
        for one in part.split("/"):
            choice |= self._set(leaf, one) if one.startswith("$") else {self._specs(leaf, one)}
        return (frozenset(choice),)

    def _fault(self, leaf: Leaf, message: str) -> None:
        self._faults.append(leaf.place.fault(message))


def _spelt(places: tuple[Place, ...], *, strict: bool) -> tuple[Place, ...]:
    """The places with the words that must be spelt exactly marked so."""

    def exact(words: tuple[Spec, ...], spec: Spec) -> bool:
        return strict or spec.strict or (len(places) == len(words) == 1 and len(spec.word) < _ALONE)

    return tuple(
        place
        if isinstance(place, Gap)
        else frozenset(tuple(replace(spec, strict=exact(words, spec)) for spec in words) for words in place)
        for place in places
    )
