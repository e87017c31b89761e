"""From the texts of a directory to a `Directory`, or to every fault in them.

The records may be spread over several files; each holds any of the sections below, each a
list of records. References are checked last, across all files, and not at all while a file
cannot be parsed: what it holds would only look missing.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Final, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from routing.directory import (
    Country,
    Directory,
    Entity,
    EntityKind,
    Level,
    Mark,
    Network,
    Person,
    Region,
    Role,
    RoleKind,
    Seat,
    Station,
    Tier,
)
from routing.errors import DirectoryFaults, Fault
from routing.reading import Fields, Sheet, Value, compose, shown
from routing.references import ONE_OF, Reference, circles, misplaced, uncontracted, unknown_references

__all__ = ["DirectoryFaults", "load"]

_ZONE_FORM: Final = re.compile(r"UTC|[A-Z][A-Za-z_]+(/[A-Z][A-Za-z0-9_+-]+){1,2}")

Record = TypeVar("Record", Region, Country, Station, Entity, Network, Person)


@dataclass(slots=True)
class _Draft:
    """Everything read so far."""

    faults: list[Fault] = field(default_factory=list)
    marks: dict[tuple[str, str], Mark] = field(default_factory=dict)
    fields: dict[tuple[str, str], Mark] = field(default_factory=dict)
    references: list[Reference] = field(default_factory=list)
    regions: dict[str, Region] = field(default_factory=dict)
    countries: dict[str, Country] = field(default_factory=dict)
    stations: dict[str, Station] = field(default_factory=dict)
    entities: dict[str, Entity] = field(default_factory=dict)
    networks: dict[str, Network] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)


def load(files: Mapping[str, str]) -> Directory:
    """Read a directory.

    Args:
        files: The texts of its YAML files by file name.

    Returns:
        The directory. Nobody has a key yet unless the YAML names one: see `Directory.with_keys`.

    Raises:
        DirectoryFaults: with every fault, each with file, line and how to mend it.
    """
    draft = _Draft()
    if not files:
        draft.faults.append(Fault("directory.yaml", 0, "there is no directory file", "Write directory.yaml"))
    whole = True
    for file, text in sorted(files.items()):
        sheet = Sheet(file, draft.faults)
        node = compose(sheet, text)
        if node is None:
            whole = False
            continue
        _read_file(draft, sheet, node)
    if whole and files:
        _check_whole(draft)
    if draft.faults:
        raise DirectoryFaults(tuple(draft.faults))
    return Directory(
        people=draft.people,
        entities=draft.entities,
        stations={
            one: replace(station, region=draft.countries[station.country].region)
            for one, station in draft.stations.items()
        },
        countries=draft.countries,
        regions=draft.regions,
        networks=draft.networks,
        marks=draft.marks,
    )


def _check_whole(draft: _Draft) -> None:
    known = {section: getattr(draft, section) for section in ONE_OF}
    draft.faults += unknown_references(draft.references, known)
    draft.faults += circles(draft.people, draft.fields)
    draft.faults += misplaced(draft.people, draft.entities, draft.marks, draft.fields)
    draft.faults += uncontracted(draft.entities, draft.marks)
    for one in sorted(draft.stations.keys() & draft.countries.keys()):
        mark = draft.marks["stations", one]
        draft.faults.append(
            Fault(mark.file, mark.line, f"'{one}' is a country's id too", "Give the station another id")
        )


def _read_file(draft: _Draft, sheet: Sheet, node: yaml.Node) -> None:
    top = Fields.of(sheet, node, "directory")
    _read_section(draft, top, "regions", draft.regions, _region)
    _read_section(draft, top, "countries", draft.countries, _country)
    _read_section(draft, top, "stations", draft.stations, _station)
    _read_section(draft, top, "entities", draft.entities, _entity)
    _read_section(draft, top, "networks", draft.networks, _network)
    _read_section(draft, top, "people", draft.people, _person)
    top.finish()


def _read_section(
    draft: _Draft,
    top: Fields,
    section: str,
    records: dict[str, Record],
    read: Callable[[_Draft, Fields, str], Record],
) -> None:
    for node in top.items(section):
        fields = Fields.of(top.sheet, node, ONE_OF[section])
        one = fields.identifier()
        record = read(draft, fields, one or "")
        fields.finish()
        if one is None:
            continue
        if one in records:
            first = draft.marks[section, one]
            fields.fault(
                "id",
                f"there is a {ONE_OF[section]} '{one}' already (line {first.line} of {first.file})",
                "Give one of the two another id, or remove it",
            )
            continue
        records[one] = record
        draft.marks[section, one] = Mark(top.sheet.file, fields.line_of("id"))


def _refer(draft: _Draft, fields: Fields, name: str, section: str, value: Value) -> str:
    draft.references.append(Reference(Mark(fields.sheet.file, value.line), name, section, value.text))
    return value.text


def _colleague(draft: _Draft, fields: Fields, name: str, person: str) -> str | None:
    """Take a reference to another person, and remember its line for faults between the two."""
    value = fields.value(name)
    if value is None:
        return None
    draft.fields[person, name] = Mark(fields.sheet.file, value.line)
    return _refer(draft, fields, name, "people", value)


def _needed(draft: _Draft, fields: Fields, name: str, section: str, *, called: str | None = None) -> str:
    text = fields.required(name)
    return _refer(draft, fields, called or name, section, Value(text, fields.line_of(name))) if text else ""


def _many(draft: _Draft, fields: Fields, name: str, section: str, *, needed: bool = False) -> tuple[str, ...]:
    values = fields.values(name, needed=needed)
    return tuple(_refer(draft, fields, name, section, value) for value in values)


def _seats(draft: _Draft, fields: Fields, name: str, section: str) -> tuple[Seat, ...]:
    """Read a list whose items are an id, or a block with `id`, `valid_from` and `valid_to`."""
    seats = []
    for node in fields.items(name):
        if isinstance(node, yaml.ScalarNode):
            value = fields.scalar(node, name)
            if value is not None:
                seats.append(Seat(_refer(draft, fields, name, section, value)))
            continue
        inner = Fields.of(fields.sheet, node, f"entry of '{name}'")
        one = _needed(draft, inner, "id", section, called=name)
        seats.append(Seat(one, *inner.span()))
        inner.finish()
    return tuple(seats)


def _roles(fields: Fields) -> tuple[Role, ...]:
    """Read a list whose items are a role, or a block with `role`, `valid_from` and `valid_to`."""
    roles = []
    for node in fields.items("roles"):
        if isinstance(node, yaml.ScalarNode):
            value = fields.scalar(node, "roles")
            if value is not None:
                roles.append(Role(fields.one_of(value, RoleKind)))
            continue
        inner = Fields.of(fields.sheet, node, "role")
        kind = inner.choice("role", RoleKind)
        roles.append(Role(kind, *inner.span()))
        inner.finish()
    return tuple(roles)


def _region(draft: _Draft, fields: Fields, one: str) -> Region:
    del draft  # a region refers to nothing
    return Region(one, fields.required("name"), fields.names())


def _country(draft: _Draft, fields: Fields, one: str) -> Country:
    return Country(
        one,
        fields.required("name"),
        fields.names(),
        region=_needed(draft, fields, "region", "regions"),
        languages=fields.languages("languages"),
    )


def _station(draft: _Draft, fields: Fields, one: str) -> Station:
    name, names = fields.required("name"), fields.names()
    country = _needed(draft, fields, "country", "countries")
    return Station(one, name, names, country, "", *fields.span())


def _entity(draft: _Draft, fields: Fields, one: str) -> Entity:
    name, names = fields.required("name"), fields.names()
    kind = fields.choice("kind", EntityKind)
    contracted_by = _seats(draft, fields, "contracted_by", "entities")
    return Entity(one, name, names, kind, contracted_by, *fields.span())


def _network(draft: _Draft, fields: Fields, one: str) -> Network:
    name, names = fields.required("name"), fields.names()
    countries = _many(draft, fields, "countries", "countries", needed=True)
    members = _seats(draft, fields, "members", "entities")
    cochairs = _seats(draft, fields, "cochairs", "people")
    coordinators = _seats(draft, fields, "coordinators", "people")
    return Network(one, name, names, countries, members, cochairs, coordinators, *fields.span())


def _person(draft: _Draft, fields: Fields, one: str) -> Person:
    valid_from, valid_to = fields.span()
    return Person(
        id=one,
        name=fields.required("name"),
        entity=_needed(draft, fields, "entity", "entities"),
        roles=_roles(fields),
        stations=_many(draft, fields, "stations", "stations"),
        countries=_many(draft, fields, "countries", "countries"),
        regions=_many(draft, fields, "regions", "regions"),
        level=fields.choice("level", Level),
        languages=fields.languages("languages", needed=True),
        time_zone=_time_zone(fields),
        supervisor=_colleague(draft, fields, "supervisor", one),
        alternate=_colleague(draft, fields, "alternate", one),
        key_id=fields.optional("key_id"),
        certified_until=fields.day("certified_until"),
        valid_from=valid_from,
        valid_to=valid_to,
        tier=fields.optional_choice("tier", Tier),
    )


def _time_zone(fields: Fields) -> str:
    zone = fields.required("time_zone")
    if zone and not _is_time_zone(zone):
        fields.fault(
            "time_zone",
            f"{shown(zone)} is no time zone",
            "Write an IANA name such as Europe/Chisinau, Africa/Nairobi or UTC",
        )
    return zone


@cache
def _is_time_zone(zone: str) -> bool:
    """Ask the time zone table that comes with the system: reference data, like a list of languages."""
    return _ZONE_FORM.fullmatch(zone) is not None and (_in_table(zone) or not _in_table("UTC"))


def _in_table(zone: str) -> bool:
    # A bare container has no table at all and knows not even UTC; then only the form counts.
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
