"""What care content says: help lines, health advice by the time that has passed, and rules on children.

Every text leaves here whole in one language. If one entry of a text is missing in a language, all of the text comes
in English: somebody who reads half a list does not know that there is another half.

The windows are computed from hours and not from words such as "today" (a bucket "4 to 5 days" ends at 120 hours).
Unknown time shows everything. The bounds: HIV medicine starts within 72 hours, best within 24 (WHO, guidelines for
HIV post-exposure prophylaxis, 2024); emergency contraception within 120 (WHO, fact sheet 244); care for infections,
vaccines and mental health care up to six months and after (MSF's protocol, PMC7498098, table 1). No specialist has
reviewed their use here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from textwrap import shorten
from types import MappingProxyType
from typing import Final, Protocol

FALLBACK: Final = "en"
"""The language that every entry has."""

EVERYWHERE: Final = 4
"""How many countries' lines are shown to somebody whose country is unknown; with more, only the general lines."""


class Window(StrEnum):
    """How long ago it happened, as far as that matters for health care."""

    WITHIN_24H = "within_24h"
    WITHIN_72H = "within_72h"
    WITHIN_120H = "within_120h"
    WITHIN_6_MONTHS = "within_6_months"
    LATER = "later"
    UNKNOWN = "unknown"


_BOUNDS: Final = (
    (24, Window.WITHIN_24H),
    (72, Window.WITHIN_72H),
    (120, Window.WITHIN_120H),
    (183 * 24, Window.WITHIN_6_MONTHS),
)


def window(hours: int | None) -> Window:
    """The window of a time.

    Args:
        hours: Whole hours since it happened, at most; a bound counts as within. ``None`` when it is not known. A time
            in the future can only be a mistake and counts as not known.
    """
    if hours is None or hours < 0:
        return Window.UNKNOWN
    return next((one for bound, one in _BOUNDS if hours <= bound), Window.LATER)


class Kind(StrEnum):
    """What a place to turn to is for."""

    ANY = "any"
    HEALTH = "health"
    PSYCHOSOCIAL = "psychosocial"
    SAFETY = "safety"
    LEGAL = "legal"
    CHILD = "child"
    MISCONDUCT = "misconduct"
    """Not help: where other wrongs than sexual ones are reported."""


AT_ONCE: Final = frozenset({Kind.ANY, Kind.PSYCHOSOCIAL, Kind.SAFETY, Kind.CHILD})
"""Whom to call now, when there is no time for a long list."""
HELP: Final = frozenset(Kind) - {Kind.MISCONDUCT}
"""Every service that helps."""


class Block(StrEnum):
    """A text made of entries, by the name of the placeholder that it fills."""

    CONTACTS = "contacts"
    SERVICES = "services"
    MISCONDUCT = "misconduct"
    CARE = "care"
    CHILD_RULE = "child_rule"


_KINDS: Final = {Block.CONTACTS: AT_ONCE, Block.SERVICES: HELP, Block.MISCONDUCT: frozenset({Kind.MISCONDUCT})}


class Topic(StrEnum):
    """What a point of advice is about, so that one can see that unknown time leaves nothing out."""

    HIV = "hiv"
    CONTRACEPTION = "contraception"
    INFECTIONS = "infections"
    TALKING = "talking"


class Entry(Protocol):
    """Anything with words in languages, a source, and two marks of how far to trust it."""

    @property
    def languages(self) -> frozenset[str]:
        """The languages it is whole in."""

    @property
    def verified(self) -> date | None:
        """The day somebody last checked it; ``None``: nobody ever has."""

    @property
    def reviewed(self) -> bool:
        """Whether a specialist has reviewed it."""


@dataclass(frozen=True, slots=True)
class HelpLine:
    """One place to turn to. ``name`` and ``hours`` map languages to text; ``reach`` is a number or an address."""

    name: Mapping[str, str]
    reach: str
    hours: Mapping[str, str]
    source: str
    verified: date | None
    reviewed: bool
    kind: Kind = Kind.ANY

    @property
    def languages(self) -> frozenset[str]:
        """The languages in which both its name and its hours are there."""
        return frozenset(self.name) & frozenset(self.hours)

    def line(self, language: str) -> str | None:
        """One line in a language; ``None`` if it is not there in that language."""
        if language not in self.languages:
            return None
        return f"{self.name[language]}: {self.reach} ({self.hours[language]})"


@dataclass(frozen=True, slots=True)
class Passage:
    """A rule on children, in words by language."""

    text: Mapping[str, str]
    source: str
    verified: date | None
    reviewed: bool

    @property
    def languages(self) -> frozenset[str]:
        """The languages it is in."""
        return frozenset(self.text)


@dataclass(frozen=True, slots=True)
class Advice:
    """A piece of health advice: a point of a list if it has a topic, else a paragraph."""

    windows: frozenset[Window]
    topic: Topic | None
    text: Mapping[str, str]
    source: str
    verified: date | None
    reviewed: bool

    @property
    def languages(self) -> frozenset[str]:
        """The languages it is in."""
        return frozenset(self.text)


@dataclass(frozen=True, slots=True)
class Country:
    """What is known about one country; ``id`` is the directory's."""

    id: str
    name: Mapping[str, str]
    lines: tuple[HelpLine, ...]
    children: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class General:
    """What holds anywhere; ``None``: this file leaves it to what comes with Linnet."""

    lines: tuple[HelpLine, ...] = ()
    health: tuple[Advice, ...] | None = None
    children: tuple[Passage, ...] | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """All care content at one moment."""

    lines: tuple[HelpLine, ...] = ()
    health: tuple[Advice, ...] = ()
    children: tuple[Passage, ...] = ()
    countries: Mapping[str, Country] = field(default_factory=lambda: MappingProxyType({}))

    def entries(self) -> Iterator[Entry]:
        """Every entry there is."""
        yield from self.all_lines()
        yield from self.health
        yield from self.children
        for country in self.countries.values():
            yield from country.children

    def all_lines(self) -> tuple[HelpLine, ...]:
        """The help lines of all countries, then the general ones."""
        return (*(line for country in self.countries.values() for line in country.lines), *self.lines)

    def contacts(self, language: str, country: str | None, kinds: frozenset[Kind] = HELP) -> str | None:
        """The help lines for a country and the general ones; see ``Care.contacts``."""
        groups = self._groups(country, kinds)
        tag = _one_language(language, self._worded(groups))
        texts = []
        for heading, lines in groups:
            bullets = "\n".join(f"• {line.line(tag)}" for line in lines)
            texts.append(f"{heading.name[tag]}:\n{bullets}" if heading else bullets)
        return "\n\n".join(texts) or None

    def advice(self, language: str, at: Window) -> str | None:
        """The health advice of a window as paragraphs and lists."""
        entries = [one for one in self.health if at in one.windows]
        tag = _one_language(language, (one.languages for one in entries))
        text, was_point = "", False
        for one in entries:
            point = one.topic is not None
            between = "" if not text else "\n" if point and was_point else "\n\n"
            text += between + ("• " if point else "") + one.text[tag]
            was_point = point
        return text or None

    def child_note(self, language: str, country: str | None) -> str | None:
        """Who must be told about a child, and the lines for children; see ``Care.child_note``."""
        rules, lines = self._for_children(country)
        tag = _one_language(language, self._languages(Block.CHILD_RULE, country, Window.UNKNOWN))
        texts = [one.text[tag] for one in rules]
        if lines:
            texts.append("\n".join(f"• {line.line(tag)}" for line in lines))
        return "\n\n".join(texts) or None

    def block(self, block: Block, language: str, country: str | None, at: Window) -> str | None:
        """One block's text, whole in one language; ``None`` when there is nothing to say."""
        match block:
            case Block.CARE:
                return self.advice(language, at)
            case Block.CHILD_RULE:
                return self.child_note(language, country)
            case _:
                return self.contacts(language, country, _KINDS[block])

    def whole(self, language: str, country: str | None, blocks: Iterable[Block], at: Window) -> str:
        """``language`` if every entry of these blocks is there in it, else the fallback.

        Only what is shown counts: a help line that a screen does not show must not take that screen's language away.
        """
        return _one_language(language, (found for block in blocks for found in self._languages(block, country, at)))

    def gaps(self, tags: Iterable[str]) -> Iterator[str]:
        """Each entry that is not there in one of ``tags``, and in which, as a line for whoever keeps the content."""
        named: list[tuple[str, str, frozenset[str]]] = [
            (place, entry.name[FALLBACK] if isinstance(entry, HelpLine) else entry.text[FALLBACK], entry.languages)
            for place, entries in self._places()
            for entry in entries
        ]
        named += [(one.id, "its name", frozenset(one.name)) for one in self.countries.values()]
        wanted = tuple(tags)
        for place, text, languages in named:
            if missing := [tag for tag in wanted if tag not in languages]:
                yield f"{place}: “{shorten(text, 50, placeholder='…')}” is not there in {', '.join(missing)}"

    def _places(self) -> Iterator[tuple[str, tuple[HelpLine | Advice | Passage, ...]]]:
        yield "general", (*self.lines, *self.health, *self.children)
        for country in self.countries.values():
            yield country.id, (*country.lines, *country.children)

    def _languages(self, block: Block, country: str | None, at: Window) -> Iterator[frozenset[str]]:
        """The languages of each entry of a block, and of each heading."""
        match block:
            case Block.CARE:
                yield from (one.languages for one in self.health if at in one.windows)
            case Block.CHILD_RULE:
                rules, lines = self._for_children(country)
                yield from (one.languages for one in rules)
                yield from (one.languages for one in lines)
            case _:
                yield from self._worded(self._groups(country, _KINDS[block]))

    def _for_children(self, country: str | None) -> tuple[tuple[Passage, ...], tuple[HelpLine, ...]]:
        """The rules on children, the country's or the general ones, and the lines for children."""
        here = self.countries.get(country or "")
        lines = (*(here.lines if here else ()), *self.lines)
        return (here.children if here else ()) or self.children, tuple(one for one in lines if one.kind is Kind.CHILD)

    def _groups(self, country: str | None, kinds: frozenset[Kind]) -> list[tuple[Country | None, tuple[HelpLine, ...]]]:
        if country is not None:
            here = self.countries.get(country)
            found: list[tuple[Country | None, tuple[HelpLine, ...]]] = [
                (None, (*(here.lines if here else ()), *self.lines))
            ]
        else:
            # A country's lines stand under its name, so the general ones come before them: after, they would seem
            # to belong to the last country.
            everywhere = self.countries.values() if len(self.countries) <= EVERYWHERE else ()
            found = [(None, self.lines), *((one, one.lines) for one in everywhere)]
        chosen = [(heading, tuple(line for line in lines if line.kind in kinds)) for heading, lines in found]
        return [(heading, lines) for heading, lines in chosen if lines]

    def _worded(self, groups: list[tuple[Country | None, tuple[HelpLine, ...]]]) -> Iterator[frozenset[str]]:
        for heading, lines in groups:
            if heading:
                yield frozenset(heading.name)
            yield from (line.languages for line in lines)


def _one_language(wanted: str, worded: Iterable[frozenset[str]]) -> str:
    return wanted if all(wanted in languages for languages in worded) else FALLBACK
