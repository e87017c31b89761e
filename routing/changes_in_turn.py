"""Who would receive what first under a new version of a directory, where that is somebody else than before.

Asked for every entity that a change concerns (and for one that is not known), for both kinds,
at every place where it may matter: all countries, and the stations where the entity has people.
Asked for today, and for every later day on which something begins or ends, so that what was
written down in November for January is said in November.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Final

from routing.changes import called, listed
from routing.directory import Dated, Directory, EntityKind, Kind, Network, Person, RoleKind
from routing.resolve import Facts, resolve

__all__ = ["Handover", "handovers", "sentences"]

_KINDS: Final[tuple[Kind, Kind]] = ("sea", "sh")
_NOON: Final = time(12, tzinfo=UTC)
_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Handover:
    """From one day on, reports of one kind about one entity at one place go first to other people.

    Attributes:
        day: The first day.
        entity: Id; "" when the entity is not known.
        before: Ids of those who would be first in the old version on that day; empty: nobody.
        after: The same in the new version.
        place: Id of a station or country.
    """

    day: date
    entity: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    kind: Kind
    place: str


def sentences(old: Directory, new: Directory, today: date) -> Iterator[str]:
    """Say who comes first otherwise than before, places and kinds with the same answer in one sentence."""
    found = sorted(handovers(old, new, today))
    for (day, entity, before, after), group in groupby(found, lambda one: (one.day, one.entity, one.before, one.after)):
        same = list(group)
        kinds = {kind: tuple(one.place for one in same if one.kind == kind) for kind in _KINDS}
        if kinds["sea"] == kinds["sh"]:
            told = {"SEA and SH": kinds["sea"]}
        else:
            told = {kind.upper(): places for kind, places in kinds.items() if places}
        named = new.entities.get(entity) or old.entities.get(entity)
        about = named.name if named else "an organisation that is not known"
        start = "from today" if day <= today else f"from {day}"
        for kind, places in told.items():
            where = listed([_place(old, new, place) for place in places])
            yield (
                f"{start}, reports of {kind} about {about} at {where}"
                f" go first to {_people(new, after)}, and not to {_people(old, before)}"
            )


def handovers(old: Directory, new: Directory, today: date) -> Iterator[Handover]:
    """Find where other people come first: each entity, place and kind, once for each time that it changes."""
    concerned = _concerned(old, new)
    days = _days(old, new, concerned, today)
    countries = sorted(old.countries.keys() & new.countries.keys())
    for entity in sorted(concerned):
        desks = {
            station
            for directory in (old, new)
            for person in directory.people.values()
            if person.entity == entity
            for station in person.stations
            if station in old.stations and station in new.stations
        }
        for place in (*countries, *sorted(desks)):
            for kind in _KINDS:
                yield from _changes(old, new, Handover(today, entity, (), (), kind, place), days)


def _changes(old: Directory, new: Directory, asked: Handover, days: Iterable[date]) -> Iterator[Handover]:
    said = None
    for day in days:
        before, after = _first(old, asked, day), _first(new, asked, day)
        if before != after and said != (before, after):
            yield Handover(day, asked.entity, before, after, asked.kind, asked.place)
        said = (before, after)


def _first(directory: Directory, asked: Handover, day: date) -> tuple[str, ...]:
    """Ids of those whose turn comes at once."""
    facts = Facts(asked.kind, asked.entity or None, asked.place, child=False, urgent=False)
    turns = resolve(directory, facts, exclude=frozenset(), now=datetime.combine(day, _NOON)).recipients
    return tuple(turn.person for turn in turns if not turn.after)


def _concerned(old: Directory, new: Directory) -> set[str]:
    """Find the entities about which the two versions may answer differently; "" stands for one that is not known."""
    touched: set[str] = set()
    everybody = old.networks != new.networks
    for one in old.people.keys() | new.people.keys():
        before, after = old.people.get(one), new.people.get(one)
        if before == after:
            continue
        for directory, person in ((old, before), (new, after)):
            if person is not None:
                touched.add(person.entity)
                everybody = everybody or _serves_all(directory, person)
    for one in old.entities.keys() | new.entities.keys():
        if old.entities.get(one) != new.entities.get(one):
            touched.add(one)
    if everybody or any(getattr(old, section) != getattr(new, section) for section in ("stations", "countries")):
        return {"", *old.entities, *new.entities}
    for directory in (old, new):
        for entity in directory.entities.values():
            if touched & {seat.id for seat in entity.contracted_by}:
                touched.add(entity.id)
    return touched


def _serves_all(directory: Directory, person: Person) -> bool:
    """Say whether somebody may come first in reports about other entities than their own."""
    seated = {seat.id for network in directory.networks.values() for seat in (*network.cochairs, *network.coordinators)}
    system = directory.entities[person.entity].kind is EntityKind.SYSTEM
    return person.id in seated or system or any(role.kind is RoleKind.COORDINATOR for role in person.roles)


def _days(old: Directory, new: Directory, entities: set[str], today: date) -> list[date]:
    """List today and the days after it on which something of these entities begins, or holds no longer."""
    dated: list[Dated] = []
    days = {today}
    for directory in (old, new):
        networks: list[Network] = list(directory.networks.values())
        for network in networks:
            dated += [network, *network.members, *network.cochairs, *network.coordinators]
        for person in directory.people.values():
            if person.entity in entities:
                dated += [person, *person.roles]
                days |= {day for leave in person.leave for day in (leave.first, leave.last + _ONE_DAY)}
        for entity in directory.entities.values():
            dated += [entity, *entity.contracted_by]
    days |= {one.valid_from for one in dated if one.valid_from}
    days |= {one.valid_to + _ONE_DAY for one in dated if one.valid_to and one.valid_to < date.max}
    return sorted(day for day in days if day >= today)


def _people(directory: Directory, ids: tuple[str, ...]) -> str:
    return listed([called(directory, one) for one in ids]) if ids else "nobody (the person would be told so)"


def _place(old: Directory, new: Directory, place: str) -> str:
    for directory in (new, old):
        found = directory.stations.get(place) or directory.countries.get(place)
        if found:
            return found.name
    return place
