"""Chains: who owns a report, who after them, by the rules of the field.

The concerned entity looks into what its people did; an inter-agency network coordinates and
never takes a case that has an owner (network terms of reference; IASC referral procedures).
"""

from collections.abc import Iterable, Iterator
from typing import Final, assert_never

from routing.directory import Entity, EntityKind, Kind, Network, Person, Place, Reach, RoleKind, Seat, holds_on
from routing.search import LADDER, PER_STEP, Link, Search

COCHAIR: Final = "cochair"


def concerned(search: Search, entity: Entity | None) -> list[Entity]:
    """List the accused person's entity, and those that contract it today."""
    if entity is None:
        return []
    contractors = {seat.id for seat in entity.contracted_by if holds_on(seat, search.day)}
    entities = search.directory.entities
    return [entity, *(entities[one] for one in sorted(contractors) if one in entities)]


def focal_role(kind: Kind) -> RoleKind:
    """Say which focal point a kind of report is for."""
    match kind:
        case "sea":
            return RoleKind.PSEA_FOCAL_POINT
        case "sh":
            return RoleKind.SH_FOCAL_POINT
        case _:
            assert_never(kind)


def focal_points(search: Search, entity: Entity, role: RoleKind, place: Place) -> list[Link]:
    """Climb the ladder inside one entity, from the duty station to headquarters."""
    chain: list[Link] = []
    for reach in LADDER:
        if people := search.holders(search.directory.covering(role, entity.id, reach, place.at(reach)), role):
            chain += _new(chain, search.step(people, f"{_TITLES[role]} of {entity.name}, {_REACHES[reach]}", role))
    return chain


def own(search: Search, entity: Entity, role: RoleKind, place: Place) -> list[Link]:
    """One entity's own chain: its focal points, then its oversight; a UN entity without one has the system's."""
    chain = focal_points(search, entity, role, place)
    chain += _new(chain, _oversight(search, entity))
    if not chain and place == Place():
        # Anybody of the right entity can pass it on; nobody at all cannot.
        people = search.holders(search.directory.covering(role, entity.id, Reach.ANYWHERE, ""), role)
        chain = search.step(people, f"{_TITLES[role]} of {entity.name}, the place being unknown", role)
    return chain + _new(chain, _behind(search, entity, chain))


def conduct(search: Search, entity: Entity | None, place: Place) -> list[Link]:
    """The conduct and discipline team of the mission at the place, then its oversight; none where there is no team."""
    role, directory = RoleKind.CONDUCT_AND_DISCIPLINE, search.directory
    chain: list[Link] = []
    for reach in LADDER:
        at = place.at(reach)
        people = (
            directory.anywhere(role, reach, at) if entity is None else directory.covering(role, entity.id, reach, at)
        )
        chain += _new(chain, search.step(search.holders(people, role), f"{_TITLES[role]}, {_REACHES[reach]}", role))
    for mission in {link.person.entity: directory.entities[link.person.entity] for link in chain}.values():
        chain += _new(chain, _oversight(search, mission))
    return chain + _new(chain, system(search) if chain else [])


def network(search: Search, accused: Entity | None, kind: Kind, place: Place) -> list[Link]:
    """Those who own what no entity can: never anybody of the accused entity itself.

    Sexual harassment by somebody of the UN, or of nobody knows whom, goes to the system-wide office first.
    """
    chain: list[Link] = []
    for one in _networks(search, place):
        for people, title, role in (
            (_seated(search, one.cochairs), "co-chair", COCHAIR),
            (_seated(search, one.coordinators), "coordinator", RoleKind.COORDINATOR.value),
        ):
            fit = [person for person in search.fit(people) if accused is None or person.entity != accused.id]
            chain += _new(chain, [Link(person, f"{title} of {one.name}", role) for person in fit[:PER_STEP]])
    for reach in LADDER:
        people = [
            person
            for person in search.directory.anywhere(RoleKind.COORDINATOR, reach, place.at(reach))
            if accused is None or person.entity != accused.id
        ]
        fit = search.holders(people, RoleKind.COORDINATOR)
        chain += _new(chain, search.step(fit, f"coordinator, {_REACHES[reach]}", RoleKind.COORDINATOR))
    office = system(search)
    if kind == "sh" and (accused is None or _of_the_system(accused)):
        chain = [*office, *_new(office, chain)]
    else:
        chain += _new(chain, office)
    return [link for link in chain if accused is None or link.person.entity != accused.id]


def system(search: Search) -> list[Link]:
    """The oversight office that serves the whole system (for an unknown UN entity, the stated one)."""
    people = search.directory.system_oversight()
    return search.step(search.holders(people, RoleKind.OVERSIGHT), "system-wide oversight office", RoleKind.OVERSIGHT)


def child_protection(search: Search, entity: Entity | None, place: Place) -> list[Link]:
    """People for child protection at the place: the entity's own, else those of one of its networks."""
    role, directory = RoleKind.CHILD_PROTECTION, search.directory
    for one in concerned(search, entity):
        for reach in LADDER:
            people = search.holders(directory.covering(role, one.id, reach, place.at(reach)), role)
            if people:
                return search.step(people, f"child protection of {one.name}, {_REACHES[reach]}", role)
    for reach in (Reach.STATION, Reach.COUNTRY):
        people = [
            person
            for person in search.holders(directory.anywhere(role, reach, place.at(reach)), role)
            if entity is None or _together(search, entity.id, person.entity, place)
        ]
        if people:
            return search.step(people, f"child protection in the network, {_REACHES[reach]}", role)
    return []


def awaiting(search: Search, accused: Entity | None, place: Place) -> list[Person]:
    """Those of the place's networks who coordinate: told that a report awaits an owner, and nothing of it."""
    seated = [
        person
        for one in _networks(search, place)
        if accused is None or _member(search, one, accused)
        for person in _seated(search, (*one.cochairs, *one.coordinators))
    ]
    return [person for person in search.free(seated) if accused is None or person.entity != accused.id]


def coordinators(search: Search, place: Place) -> list[Person]:
    """The coordinators nearest to a place, whether or not anything could be sealed to them."""
    found = [person for one in _networks(search, place) for person in _seated(search, one.coordinators)]
    for reach in (*LADDER, Reach.ANYWHERE):
        people = search.directory.anywhere(RoleKind.COORDINATOR, reach, place.at(reach))
        found += [person for person in people if person.holds(RoleKind.COORDINATOR, search.day)]
        if free := search.free(found):
            return free
    return []


def _behind(search: Search, entity: Entity, chain: list[Link]) -> list[Link]:
    """The system-wide office, behind a UN entity's own people where the entity has no oversight of its own."""
    overseen = any(link.role == RoleKind.OVERSIGHT for link in chain)
    return system(search) if chain and not overseen and _of_the_system(entity) else []


def _of_the_system(entity: Entity) -> bool:
    return entity.kind in {EntityKind.UN, EntityKind.MISSION}


def _new(chain: list[Link], links: list[Link]) -> list[Link]:
    if not chain or not links:
        return links
    there = {link.person.id for link in chain}
    return [link for link in links if link.person.id not in there]


def _oversight(search: Search, entity: Entity) -> list[Link]:
    people = search.directory.covering(RoleKind.OVERSIGHT, entity.id, Reach.ANYWHERE, "")
    fit = search.holders(people, RoleKind.OVERSIGHT)
    return search.step(fit, f"oversight office of {entity.name}", RoleKind.OVERSIGHT)


def _networks(search: Search, place: Place) -> Iterator[Network]:
    return (one for one in search.directory.networks_in(place.country) if holds_on(one, search.day))


def _seated(search: Search, seats: Iterable[Seat]) -> list[Person]:
    """The people on seats today, by id, whether or not they can receive."""
    people = search.directory.people
    ids = sorted({seat.id for seat in seats if holds_on(seat, search.day)})
    return [people[one] for one in ids if one in people and holds_on(people[one], search.day)]


def _member(search: Search, one: Network, entity: Entity) -> bool:
    """Say whether an entity, or one that contracts it, is a member of a network today."""
    wanted = {other.id for other in concerned(search, entity)}
    return any(seat.id in wanted and holds_on(seat, search.day) for seat in one.members)


def _together(search: Search, one: str, other: str, place: Place) -> bool:
    """Say whether two entities are members of one network of the place today."""
    return any(
        {one, other} <= {seat.id for seat in found.members if holds_on(seat, search.day)}
        for found in _networks(search, place)
    )


_TITLES: Final = {
    RoleKind.PSEA_FOCAL_POINT: "PSEA focal point",
    RoleKind.SH_FOCAL_POINT: "SH focal point",
    RoleKind.CONDUCT_AND_DISCIPLINE: "conduct and discipline team",
}
_REACHES: Final = {
    Reach.STATION: "at the duty station",
    Reach.COUNTRY: "in the country",
    Reach.REGION: "in the region",
    Reach.HEADQUARTERS: "at headquarters",
}
