"""What only shows when all records are read: names that lead nowhere, circles, people without a place."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Final, NamedTuple

from routing.directory import Entity, EntityKind, Level, Mark, Person, RoleKind
from routing.errors import Fault
from routing.tree import shown

ONE_OF: Final = {
    "regions": "region",
    "countries": "country",
    "stations": "station",
    "entities": "entity",
    "networks": "network",
    "offices": "office",
    "people": "person",
}
"""The sections of a directory, and what one record of each is called."""


class Reference(NamedTuple):
    """A record's id used somewhere: in which field, and where that stands."""

    file: str
    line: int
    field: str
    section: str
    id: str


def unknown_references(references: list[Reference], known: Mapping[str, Mapping[str, object]]) -> Iterator[Fault]:
    """Find ids that name no record of the section they point to."""
    for one in references:
        if one.id in known[one.section]:
            continue
        near = get_close_matches(one.id, known[one.section], n=1)
        yield Fault(
            one.file,
            one.line,
            f"'{one.field}' names the {ONE_OF[one.section]} {shown(one.id)}, which is not in the directory",
            f"Did you mean '{near[0]}'?" if near else f"Correct it, or add it under '{one.section}'",
        )


def circles(people: Mapping[str, Person], fields: Mapping[tuple[str, str], Mark]) -> Iterator[Fault]:
    """Find people who supervise themselves, directly or around a circle; each circle once.

    Conflicts of interest are found by walking this line upwards; a circle has no top, and
    would exclude everybody in it.
    """
    settled: set[str] = set()
    for start in sorted(people):
        path: dict[str, None] = {}
        at: str | None = start
        while at is not None and at in people and at not in settled and at not in path:
            path[at] = None
            at = people[at].supervisor
        if at is not None and at in path:
            trail = list(path)
            ring = trail[trail.index(at) :]
            mark = fields[min(ring), "supervisor"]
            yield Fault(
                mark.file,
                mark.line,
                f"the supervisors go in a circle: {' → '.join([*ring, at])}",
                "Correct one of these 'supervisor' lines, or leave it out for whoever is at the top",
            )
        settled.update(path)


def misplaced(
    people: Mapping[str, Person],
    entities: Mapping[str, Entity],
    marks: Mapping[tuple[str, str], Mark],
    fields: Mapping[tuple[str, str], Mark],
) -> Iterator[Fault]:
    """Find people whom no report could reach as they stand: without a place, a tier, a fit alternate."""
    for one, person in sorted(people.items()):
        mark = marks["people", one]
        if person.roles and not _has_place(person):
            needed = "stations" if person.level is Level.COUNTRY else "regions"
            yield Fault(
                mark.file,
                mark.line,
                f"'{one}' works at {person.level} level and covers no place",
                f"Add '{needed}: […]', or change the level",
            )
        if person.tier is None and any(role.kind is RoleKind.COUNSELLOR for role in person.roles):
            yield Fault(
                mark.file,
                mark.line,
                f"the counsellor '{one}' has no 'tier'",
                "Add 'tier: gbv' (serves affected people), or staff, un_wide or external (serve personnel)",
            )
        alternate = people.get(person.alternate or "")
        if alternate is None:
            continue
        mark = fields[one, "alternate"]
        if alternate is person:
            yield Fault(mark.file, mark.line, f"'{one}' is their own alternate", "Name somebody else")
        elif not _may_stand_in(person, alternate, entities):
            yield Fault(
                mark.file,
                mark.line,
                f"'{alternate.id}', the alternate of '{one}', works for another entity",
                "Name somebody of the same entity, or of the entity that contracts it",
            )


def _has_place(person: Person) -> bool:
    # An unknown station counts: it is a fault of its own, and saying "no place" too would confuse.
    match person.level:
        case Level.COUNTRY:
            return bool(person.stations or person.countries)
        case Level.REGIONAL:
            return bool(person.stations or person.regions)
        case Level.HEADQUARTERS:
            return True


def _may_stand_in(person: Person, alternate: Person, entities: Mapping[str, Entity]) -> bool:
    """One agency's cases are never another's to see; only a contracting entity may stand in."""
    if person.entity not in entities or alternate.entity not in entities:
        return True  # a fault of its own
    contractors = {seat.id for seat in entities[person.entity].contracted_by}
    return alternate.entity == person.entity or alternate.entity in contractors


def uncontracted(entities: Mapping[str, Entity], marks: Mapping[tuple[str, str], Mark]) -> Iterator[Fault]:
    """Find partners that nobody contracts, and entities that contract themselves."""
    for one, entity in sorted(entities.items()):
        mark = marks["entities", one]
        if entity.kind is EntityKind.PARTNER and not entity.contracted_by:
            yield Fault(
                mark.file,
                mark.line,
                f"the partner '{one}' has no 'contracted_by'",
                "Add 'contracted_by: [entity]', so that the contracting entity is told as well",
            )
        if any(seat.id == one for seat in entity.contracted_by):
            yield Fault(mark.file, mark.line, f"'{one}' contracts itself", "Name the other entity")
