"""The directory: who works where, for whom, in which role, and until when.

`Directory` holds the records by id and adds the indexes that make routing a handful of
dictionary look-ups, whatever the size: people by role, entity and the place they cover.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias, TypeVar

from routing.naming import Names
from routing.records import (
    Country,
    Dated,
    Entity,
    EntityKind,
    Fluency,
    Gender,
    Hours,
    Kind,
    Leave,
    Level,
    Modality,
    Named,
    Network,
    Office,
    Person,
    Region,
    Role,
    RoleKind,
    Seat,
    Station,
    Tier,
    holds_on,
)

__all__ = [
    "Country",
    "Dated",
    "Directory",
    "Entity",
    "EntityKind",
    "Fluency",
    "Gender",
    "Hours",
    "Kind",
    "Leave",
    "Level",
    "Mark",
    "Modality",
    "Named",
    "Network",
    "Office",
    "Person",
    "Place",
    "Reach",
    "Region",
    "Role",
    "RoleKind",
    "Seat",
    "Station",
    "Tier",
    "holds_on",
    "meet",
]


class Reach(StrEnum):
    """The sort of place that an index entry is about, the narrowest first."""

    STATION = "station"
    COUNTRY = "country"
    REGION = "region"
    HEADQUARTERS = "headquarters"
    ANYWHERE = "anywhere"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something happened, as far as it is known: each part may be None."""

    station: str | None = None
    country: str | None = None
    region: str | None = None

    def at(self, reach: Reach) -> str | None:
        """Return the id to look up for a reach; None when that part is unknown."""
        match reach:
            case Reach.STATION:
                return self.station
            case Reach.COUNTRY:
                return self.country
            case Reach.REGION:
                return self.region
            case Reach.HEADQUARTERS | Reach.ANYWHERE:
                return ""


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a record stands in the YAML, for warnings."""

    file: str
    line: int


_IndexKey: TypeAlias = tuple[RoleKind, str, Reach, str]
_Key = TypeVar("_Key")
_Found = TypeVar("_Found")
NOWHERE = Mark("directory.yaml", 0)


@dataclass(frozen=True, slots=True)
class Directory:
    """Everybody and everything, by id, with fast look-ups.

    Attributes:
        practice: Whether it is for practice with invented cases, and for nothing else.
        marks: Where each record stands, by (section, id), such as ("people", "a-lind").
    """

    people: Mapping[str, Person]
    entities: Mapping[str, Entity]
    stations: Mapping[str, Station]
    countries: Mapping[str, Country]
    regions: Mapping[str, Region]
    networks: Mapping[str, Network]
    offices: Mapping[str, Office] = field(default_factory=dict)
    practice: bool = False
    marks: Mapping[tuple[str, str], Mark] = field(default_factory=dict, repr=False, compare=False)
    _covering: Mapping[_IndexKey, tuple[Person, ...]] = field(init=False, repr=False, compare=False)
    _anywhere: Mapping[tuple[RoleKind, Reach, str], tuple[Person, ...]] = field(init=False, repr=False, compare=False)
    _networks_of: Mapping[str, tuple[Network, ...]] = field(init=False, repr=False, compare=False)
    _counsellors: Mapping[str, tuple[Person, ...]] = field(init=False, repr=False, compare=False)
    _working_at: Mapping[str, tuple[Person, ...]] = field(init=False, repr=False, compare=False)
    _reporting_to: Mapping[str, tuple[Person, ...]] = field(init=False, repr=False, compare=False)
    _system_oversight: tuple[Person, ...] = field(init=False, repr=False, compare=False)
    _names: list[Names] = field(init=False, repr=False, compare=False, default_factory=list)

    def __post_init__(self) -> None:
        covering: dict[_IndexKey, list[Person]] = {}
        anywhere: dict[tuple[RoleKind, Reach, str], list[Person]] = {}
        working_at: dict[str, list[Person]] = {}
        reporting_to: dict[str, list[Person]] = {}
        # By id, so that no answer ever depends on the order of lines in a file.
        for _, person in sorted(self.people.items()):
            for station in dict.fromkeys(person.stations):
                working_at.setdefault(station, []).append(person)
            if person.supervisor is not None:
                reporting_to.setdefault(person.supervisor, []).append(person)
            kinds = sorted({role.kind for role in person.roles})
            for reach, place in self._reaches(person):
                for kind in kinds:
                    covering.setdefault((kind, person.entity, reach, place), []).append(person)
                    anywhere.setdefault((kind, reach, place), []).append(person)
        counsellors: dict[str, list[Person]] = {}
        for person in anywhere.get((RoleKind.COUNSELLOR, Reach.ANYWHERE, ""), []):
            for base in dict.fromkeys(tag.partition("-")[0] for tag in person.languages):
                counsellors.setdefault(base, []).append(person)
        networks: dict[str, list[Network]] = {}
        for _, network in sorted(self.networks.items()):
            for country in dict.fromkeys(network.countries):
                networks.setdefault(country, []).append(network)
        object.__setattr__(self, "_covering", _settled(covering))
        object.__setattr__(self, "_anywhere", _settled(anywhere))
        object.__setattr__(self, "_networks_of", _settled(networks))
        object.__setattr__(self, "_counsellors", _settled(counsellors))
        everywhere = anywhere.get((RoleKind.OVERSIGHT, Reach.ANYWHERE, ""), [])
        system = {one for one, entity in self.entities.items() if entity.kind is EntityKind.SYSTEM}
        object.__setattr__(self, "_system_oversight", tuple(one for one in everywhere if one.entity in system))
        object.__setattr__(self, "_working_at", _settled(working_at))
        object.__setattr__(self, "_reporting_to", _settled(reporting_to))

    def _reaches(self, person: Person) -> Iterator[tuple[Reach, str]]:
        """List the places a person covers, each once."""
        yield (Reach.ANYWHERE, "")
        at = [self.stations[station] for station in person.stations if station in self.stations]
        match person.level:
            case Level.COUNTRY:
                yield from ((Reach.STATION, station) for station in sorted(set(person.stations)))
                countries = {station.country for station in at} | set(person.countries)
                yield from ((Reach.COUNTRY, country) for country in sorted(countries))
            case Level.REGIONAL:
                regions = {station.region for station in at} | set(person.regions)
                yield from ((Reach.REGION, region) for region in sorted(regions))
            case Level.HEADQUARTERS:
                yield (Reach.HEADQUARTERS, "")

    def covering(self, kind: RoleKind, entity: str, reach: Reach, place: str | None) -> tuple[Person, ...]:
        """List an entity's people with a role for a place, by id, whether valid today or not.

        Args:
            kind: The role.
            entity: Whose people.
            reach: The sort of place.
            place: Its id; "" for headquarters and anywhere; None (unknown) finds nobody.
        """
        return () if place is None else self._covering.get((kind, entity, reach, place), ())

    def anywhere(self, kind: RoleKind, reach: Reach, place: str | None) -> tuple[Person, ...]:
        """List every entity's people with a role for a place, by id."""
        return () if place is None else self._anywhere.get((kind, reach, place), ())

    def system_oversight(self) -> tuple[Person, ...]:
        """List everybody with the role of oversight in an entity that serves the whole system, by id."""
        return self._system_oversight

    def counsellors(self, language: str) -> tuple[Person, ...]:
        """List the counsellors who speak a language (BCP 47) well enough to counsel in it, by id.

        A general tag and a regional one meet (`fr`, `fr-CA`); two scripts of one language
        (`zh-Hans`, `zh-Hant`) do not.
        """
        return tuple(
            person
            for person in self._counsellors.get(language.partition("-")[0], ())
            if any(meet(tag, language) and person.fluency.get(tag) is not Fluency.BASIC for tag in person.languages)
        )

    def working_at(self, station: str) -> tuple[Person, ...]:
        """List everybody with a desk at a duty station, by id, in whatever role and whether valid today or not."""
        return self._working_at.get(station, ())

    def reporting_to(self, person: str) -> tuple[Person, ...]:
        """List those whose supervisor somebody is, by id."""
        return self._reporting_to.get(person, ())

    def names(self) -> Names:
        """Everybody's names, made ready when they are first asked for: most directories never are."""
        if not self._names:
            self._names.append(Names(self.people[one] for one in sorted(self.people)))
        return self._names[0]

    def networks_in(self, country: str | None) -> tuple[Network, ...]:
        """List the networks of a country, by id; of an unknown country, the only network if there is one."""
        if country is not None:
            return self._networks_of.get(country, ())
        return tuple(self.networks.values()) if len(self.networks) == 1 else ()

    def place(self, place: str | None) -> Place:
        """Read a station's or country's id as a place; anything else is an unknown place."""
        if place is None:
            return Place()
        if (station := self.stations.get(place)) is not None:
            return Place(station.id, station.country, station.region)
        if (country := self.countries.get(place)) is not None:
            return Place(None, country.id, country.region)
        return Place()

    def receivers(self, day: date) -> frozenset[str]:
        """Ids of everybody who may be sealed to on a day: holders of a role or seat, and their alternates."""
        seats = [
            seat
            for network in self.networks.values()
            if holds_on(network, day)
            for seat in (*network.cochairs, *network.coordinators)
        ]
        appointed = {seat.id for seat in seats if holds_on(seat, day)}
        for person in self.people.values():
            if any(person.holds(role.kind, day) for role in person.roles):
                appointed.add(person.id)
        stand_ins = {self.people[one].alternate for one in appointed}
        return frozenset(one for one in appointed | stand_ins if one is not None and holds_on(self.people[one], day))

    def with_keys(self, key_ids: Mapping[str, str]) -> "Directory":
        """Return the same directory with the keys by person id that were found beside it, and no others.

        A `key_id` in the YAML is only what the coordinator expects: nothing can be sealed to a name.
        """
        people = {
            one: person if (key_id := key_ids.get(one)) == person.key_id else replace(person, key_id=key_id)
            for one, person in self.people.items()
        }
        return replace(self, people=MappingProxyType(people))

    def mark(self, section: str, record: str) -> Mark:
        """Say where a record stands."""
        return self.marks.get((section, record), NOWHERE)


def _settled(index: dict[_Key, list[_Found]]) -> dict[_Key, tuple[_Found, ...]]:
    return {key: tuple(found) for key, found in index.items()}


def meet(one: str, other: str) -> bool:
    """Say whether two language tags (BCP 47) can mean the same speech: `fr` and `fr-CA`, never two scripts."""
    return one == other or one.startswith(f"{other}-") or other.startswith(f"{one}-")
