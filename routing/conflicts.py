"""Whom a report must not reach: from what a person wrote and chose to the ids of people.

"Someone I don't want to see this" is answered with a name, and matched here, in memory. Nothing of it is kept: not who
was named, not who was found, not how many.

* Whoever is **named**, and all who report to them; their supervisor, and all who report to that one (the same team).
* Everybody **at the same desk**: of the same entity at the same duty station.
* Everybody **further up** in the line.
* Everybody at an **excluded place**, and all who report to them.

Those at the same desk and further up are kept out themselves, and not all who report to them: in a directory that is
complete up to the top that would be the whole organisation, and nobody would be left who could act.

A single word that several people bear ("Mohamed") is taken for those whom the report may concern. Up to three of
them are treated as named. More than that cannot all be meant: they are kept out themselves, and nobody with them.

Titles are not matched ("the focal point in the north office"): the words for them are everyday words in ten languages,
and would keep out people at random. For them there is the question for a place.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from routing.directory import Directory, Level, Person, Place, holds_on
from routing.resolve import Facts

__all__ = ["KeptOut", "around", "everybody", "excluded", "kept_out"]

FEW: Final = 3
"""So many bearers of one word may all be meant."""


@dataclass(frozen=True, slots=True)
class KeptOut:
    """Ids of people who must get nothing. Never stored, shown or logged, and so its repr is empty.

    Attributes:
        line: They, and all who report to them.
        alone: They, and not those who report to them.
    """

    line: frozenset[str] = field(default=frozenset(), repr=False)
    alone: frozenset[str] = field(default=frozenset(), repr=False)


def excluded(
    directory: Directory,
    facts: Facts,
    *,
    names: tuple[str, ...],
    places: frozenset[str],
    now: datetime,
    told: tuple[str, ...] = (),
) -> frozenset[str]:
    """List everybody who must not receive, one by one; see `kept_out`."""
    return everybody(directory, kept_out(directory, facts, names=names, places=places, now=now, told=told))


def kept_out(
    directory: Directory,
    facts: Facts,
    *,
    names: tuple[str, ...],
    places: frozenset[str],
    now: datetime,
    told: tuple[str, ...] = (),
) -> KeptOut:
    """Find whom a report must not reach, as `resolve` and `match_counsellors` take it (`exclude` and `alone`).

    Args:
        directory: Who there is.
        facts: What the report is about, for who may be meant by a name that many bear.
        names: What was answered where a name was asked for.
        places: Ids of stations or countries; unknown ones do not matter.
        now: The moment, with its time zone.
        told: Other words of the person, in which whole names alone are looked for.
    """
    named: set[str] = set()
    alone: set[str] = set()
    scope = _Scope(directory, facts, now)
    for text, asked in (*((text, True) for text in names), *((text, False) for text in told)):
        if not text.strip():
            continue
        found = directory.names().mentions(text, scope.concerned)
        named |= found.whole
        for bearers in found.single if asked else ():
            meant, others = scope.meant(bearers)
            named |= meant
            alone |= others
    out = around(directory, frozenset(named), places)
    return KeptOut(out.line, (out.alone | alone) - out.line)


def around(directory: Directory, named: frozenset[str], places: frozenset[str] = frozenset()) -> KeptOut:
    """Find who is kept out with people who are named, and at places.

    Args:
        directory: Who there is.
        named: Ids of people; unknown ones do not matter.
        places: Ids of stations or countries; unknown ones do not matter.
    """
    people = directory.people
    line = set(named)
    alone: set[str] = set()
    for one in named & people.keys():
        boss = people[one].supervisor
        line |= {boss} if boss is not None else set()
        alone |= {other.id for other in _same_desk(directory, people[one])} | _above(directory, one)
    line |= {person.id for place in places for person in _at(directory, place)}
    return KeptOut(frozenset(line), frozenset(alone - line))


def everybody(directory: Directory, out: KeptOut) -> frozenset[str]:
    """List everybody who is kept out, one by one."""
    return out.alone | _with_all_below(directory, out.line)


@dataclass(frozen=True, slots=True)
class _Scope:
    """Whom a report may concern."""

    directory: Directory
    facts: Facts
    now: datetime

    @property
    def place(self) -> Place:
        return self.directory.place(self.facts.station)

    def entities(self) -> frozenset[str] | None:
        """The accused entity and those that contract it today; None when it is unknown."""
        entity = self.directory.entities.get(self.facts.entity or "")
        if entity is None:
            return None
        day = self.now.astimezone(UTC).date()
        return frozenset({entity.id, *(seat.id for seat in entity.contracted_by if holds_on(seat, day))})

    def concerned(self, one: str) -> bool:
        """Say whether somebody is of the entity, or in the country, or could be asked wherever it was."""
        person = self.directory.people[one]
        entities = self.entities()
        if entities is None and self.place == Place():
            return True
        if entities is not None and person.entity in entities:
            return True
        return self._here(person) or (entities is None and person.level is not Level.COUNTRY)

    def meant(self, bearers: Iterable[str]) -> tuple[set[str], set[str]]:
        """Split the bearers of a word into those who are treated as named, and those who are kept out alone."""
        concerned = {one for one in bearers if self.concerned(one)}
        near = {one for one in concerned if self._near(self.directory.people[one])}
        for few in (concerned, near):
            if len(few) <= FEW:
                return few, concerned - few
        return set(), concerned

    def _near(self, person: Person) -> bool:
        return self._here(person) or person.level is not Level.COUNTRY

    def _here(self, person: Person) -> bool:
        country = self.place.country
        stations = self.directory.stations
        return country is not None and (
            country in person.countries
            or any(stations[one].country == country for one in person.stations if one in stations)
        )


def _same_desk(directory: Directory, person: Person) -> Iterable[Person]:
    here = (other for station in person.stations for other in directory.working_at(station))
    return (other for other in here if other.entity == person.entity)


def _above(directory: Directory, one: str) -> set[str]:
    found: set[str] = set()
    at = directory.people[one].supervisor
    while at is not None and at not in found:
        found.add(at)
        above = directory.people.get(at)
        at = above.supervisor if above is not None else None
    return found


def _at(directory: Directory, place: str) -> Iterable[Person]:
    """Everybody who works at a place or, at country level, for it."""
    if place in directory.stations:
        return directory.working_at(place)
    stations = [one.id for one in directory.stations.values() if one.country == place]
    serving = [person for person in directory.people.values() if place in person.countries]
    return (*(person for one in stations for person in directory.working_at(one)), *serving)


def _with_all_below(directory: Directory, ids: frozenset[str]) -> frozenset[str]:
    found = set(ids)
    waiting = list(ids)
    while waiting:
        for person in directory.reporting_to(waiting.pop()):
            if person.id not in found:
                found.add(person.id)
                waiting.append(person.id)
    return frozenset(found)
