"""Who is responsible for a report, and who next: a pure function of directory, facts and day.

The concerned entity looks into what its people did; an inter-agency network coordinates and
never takes a case that has an owner (network terms of reference; IASC referral procedures).
So the chain is the entity's own people for this kind of report, the most specific place
first: duty station, country, region, headquarters, then its oversight office.

* A partner's report goes to the partner's own focal point and, at the same moment, to the
  entity that contracts it.
* When the entity is unknown, or has nobody who may receive, the network of the country owns:
  its co-chairs, then a coordinator; sexual harassment by an unknown entity goes to the
  system-wide oversight office before them.
* Somebody for child protection at the place joins at once when a child is concerned.
* Nobody left is an honest answer: an empty tuple, never a stand-in.

Turns come by the acknowledgement clock: the owner at once, the alternate when it has run
out (100 %), each further one half a clock later (150 %, 200 %, …).
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import zip_longest
from typing import Final, assert_never

from routing.directory import Directory, Entity, EntityKind, Kind, Place, Reach, RoleKind, Tier, holds_on
from routing.search import LADDER, PER_STEP, Link, Search

__all__ = [
    "ACKNOWLEDGE",
    "ACKNOWLEDGE_URGENT",
    "COUNSELLORS",
    "TIERS",
    "Facts",
    "Resolution",
    "Turn",
    "resolve",
    "resolve_counsellor",
]

ACKNOWLEDGE: Final = timedelta(hours=24)
ACKNOWLEDGE_URGENT: Final = timedelta(hours=1)
TIERS: Final = (Tier.GBV, Tier.STAFF, Tier.UN_WIDE, Tier.EXTERNAL)
COUNSELLORS: Final = 5
"""The most counsellors that one request is sealed to."""

COCHAIR: Final = "cochair"


@dataclass(frozen=True, slots=True)
class Facts:
    """What triage knows, and no more than routing needs.

    Attributes:
        kind: Sexual exploitation and abuse, or sexual harassment.
        entity: Id of the alleged person's entity; None when unknown.
        station: Id of the duty station, or of the country when that is all that is known.
        child: The affected person is under 18, or it is not sure.
        urgent: The short clock applies.
    """

    kind: Kind
    entity: str | None
    station: str | None
    child: bool
    urgent: bool


@dataclass(frozen=True, slots=True)
class Turn:
    """One recipient: who, when their turn comes, why, and in which role.

    Attributes:
        person: Id in the directory.
        after: Time from submission to their turn.
        reason: In words, for coordinators. Holds nothing of the report.
        role: A role kind of the directory, or `alternate` or `cochair`.
    """

    person: str
    after: timedelta
    reason: str
    role: str


@dataclass(frozen=True, slots=True)
class Resolution:
    """Recipients in the order of their turns; empty when there is honestly nobody.

    Attributes:
        recipients: The chain.
        excluded: Ids that the exclusions kept out. For tests only: never stored, shown or
            logged, and so not in the repr. An excluded person must leave no trace.
        awaiting: Ids of those who coordinate the network: told that a report awaits an owner when the first owner's
            clock has run out, and nothing of its content. Nothing is sealed to them.
        alarm: Ids of coordinators, to be told of a gap in coverage; empty unless `recipients` is.
    """

    recipients: tuple[Turn, ...]
    excluded: tuple[str, ...] = field(default=(), repr=False)
    awaiting: tuple[str, ...] = ()
    alarm: tuple[str, ...] = ()

    @property
    def reasons(self) -> tuple[str, ...]:
        """The reasons in words, one per recipient."""
        return tuple(turn.reason for turn in self.recipients)


def resolve(directory: Directory, facts: Facts, *, exclude: frozenset[str], now: datetime) -> Resolution:
    """Find the recipients of a report.

    Args:
        directory: Who there is, with keys filled in: nobody without a key receives.
        facts: What triage knows. An entity or place that the directory lacks counts as unknown.
        exclude: Ids of people who must not receive: named, conflicted, or unwanted by the reporter.
        now: The moment, with its time zone; validity is judged by its day in UTC.

    Raises:
        ValueError: `now` has no time zone.
    """
    search = Search(directory, _day(now), exclude)
    place = directory.place(facts.station)
    entity = directory.entities.get(facts.entity or "")
    chains = [_own(search, one, facts.kind, place) for one in _concerned(search, entity)]
    if not any(chains):
        chains = [_network(search, entity, facts.kind, place)]
    first = [chain[0] for chain in chains if chain]
    if facts.child:
        first += _child_protection(search, entity, place)
    later = [link for row in zip_longest(*(chain[1:] for chain in chains)) for link in row if link]
    return Resolution(
        _turns(first, later, ACKNOWLEDGE_URGENT if facts.urgent else ACKNOWLEDGE),
        tuple(sorted(search.excluded)),
    )


def resolve_counsellor(
    directory: Directory,
    language: str,
    *,
    exclude: frozenset[str],
    now: datetime,
    tiers: tuple[Tier, ...] = TIERS,
    urgent: bool = False,
) -> Resolution:
    """Find counsellors who speak a language, in order; the language is never bargained with.

    Args:
        directory: Who there is, with keys filled in.
        language: BCP 47 tag. `fr` finds a speaker of `fr-CA` and the other way round.
        exclude: Ids of people who must not be asked.
        now: The moment, with its time zone.
        tiers: The services to ask, in this order: `gbv` serves affected people, the others personnel.
        urgent: The next counsellor is asked after an hour without an answer, not after a day.

    Raises:
        ValueError: `now` has no time zone.
    """
    search = Search(directory, _day(now), exclude)
    found = [
        person
        for person in search.holders(directory.counsellors(language), RoleKind.COUNSELLOR)
        if person.tier in tiers
    ]
    found.sort(key=lambda person: (tiers.index(person.tier or Tier.EXTERNAL), person.id))
    clock = ACKNOWLEDGE_URGENT if urgent else ACKNOWLEDGE
    return Resolution(
        tuple(
            Turn(person.id, number * clock, f"{person.tier} counsellor who speaks {language}", RoleKind.COUNSELLOR)
            for number, person in enumerate(found[:COUNSELLORS])
        ),
        tuple(sorted(search.excluded)),
    )


def _day(now: datetime) -> date:
    if now.tzinfo is None:
        raise ValueError("the moment needs a time zone")
    return now.astimezone(UTC).date()


def _turns(first: list[Link], later: list[Link], clock: timedelta) -> tuple[Turn, ...]:
    """Give everybody one turn: the first at once, then after 100 %, 150 %, 200 % … of the clock."""
    turns: dict[str, Turn] = {}
    for link in first:
        turns.setdefault(link.person.id, Turn(link.person.id, timedelta(0), link.reason, link.role))
    after = clock
    for link in later:
        if link.person.id not in turns:
            turns[link.person.id] = Turn(link.person.id, after, link.reason, link.role)
            after += clock / 2
    return tuple(turns.values())


def _concerned(search: Search, entity: Entity | None) -> list[Entity]:
    """List the accused person's entity, and those that contract it today."""
    if entity is None:
        return []
    contractors = {seat.id for seat in entity.contracted_by if holds_on(seat, search.day)}
    entities = search.directory.entities
    return [entity, *(entities[one] for one in sorted(contractors) if one in entities)]


def _role(kind: Kind) -> RoleKind:
    match kind:
        case "sea":
            return RoleKind.PSEA_FOCAL_POINT
        case "sh":
            return RoleKind.SH_FOCAL_POINT
        case _:
            assert_never(kind)


def _own(search: Search, entity: Entity, kind: Kind, place: Place) -> list[Link]:
    """Climb the ladder inside one entity."""
    role, directory = _role(kind), search.directory
    chain: list[Link] = []
    for reach in LADDER:
        people = search.holders(directory.covering(role, entity.id, reach, place.at(reach)), role)
        chain += _new(chain, search.step(people, f"{_TITLES[role]} of {entity.name}, {_REACHES[reach]}", role))
    chain += _new(chain, _oversight(search, entity))
    if not chain and place == Place():
        # Anybody of the right entity can pass it on; nobody at all cannot.
        people = search.holders(directory.covering(role, entity.id, Reach.ANYWHERE, ""), role)
        chain = search.step(people, f"{_TITLES[role]} of {entity.name}, the place being unknown", role)
    return chain


def _new(chain: list[Link], links: list[Link]) -> list[Link]:
    there = {link.person.id for link in chain}
    return [link for link in links if link.person.id not in there]


def _oversight(search: Search, entity: Entity) -> list[Link]:
    people = search.directory.covering(RoleKind.OVERSIGHT, entity.id, Reach.ANYWHERE, "")
    own = search.step(
        search.holders(people, RoleKind.OVERSIGHT), f"oversight office of {entity.name}", RoleKind.OVERSIGHT
    )
    return own or (_system(search) if entity.kind in {EntityKind.UN, EntityKind.MISSION} else [])


def _system(search: Search) -> list[Link]:
    """Ask the oversight office that serves the whole system (for an unknown UN entity, the stated one)."""
    people = [
        person
        for person in search.directory.anywhere(RoleKind.OVERSIGHT, Reach.ANYWHERE, "")
        if search.directory.entities[person.entity].kind is EntityKind.SYSTEM
    ]
    return search.step(search.holders(people, RoleKind.OVERSIGHT), "system-wide oversight office", RoleKind.OVERSIGHT)


def _network(search: Search, accused: Entity | None, kind: Kind, place: Place) -> list[Link]:
    """Ask those who own what no entity can: never anybody of the accused entity itself."""
    chain: list[Link] = []
    for network in search.directory.networks_in(place.country):
        if not holds_on(network, search.day):
            continue
        for seats, title, role in (
            (network.cochairs, "co-chair", COCHAIR),
            (network.coordinators, "coordinator", RoleKind.COORDINATOR),
        ):
            people = search.by_id(seat.id for seat in seats if holds_on(seat, search.day))
            chain += _new(chain, [Link(person, f"{title} of {network.name}", role) for person in people][:PER_STEP])
    for reach in LADDER:
        people = search.holders(
            search.directory.anywhere(RoleKind.COORDINATOR, reach, place.at(reach)), RoleKind.COORDINATOR
        )
        chain += _new(chain, search.step(people, f"coordinator, {_REACHES[reach]}", RoleKind.COORDINATOR))
    system = _system(search)
    chain = [*system, *_new(system, chain)] if kind == "sh" else [*chain, *_new(chain, system)]
    return [link for link in chain if accused is None or link.person.entity != accused.id]


def _child_protection(search: Search, entity: Entity | None, place: Place) -> list[Link]:
    """Find one person for child protection at the place: the entity's own, else one of its network's."""
    role, directory = RoleKind.CHILD_PROTECTION, search.directory
    for one in _concerned(search, entity):
        for reach in LADDER:
            people = search.holders(directory.covering(role, one.id, reach, place.at(reach)), role)
            if people:
                return search.step(people, f"child protection of {one.name}, {_REACHES[reach]}", role)[:1]
    for reach in (Reach.STATION, Reach.COUNTRY):
        people = [
            person
            for person in search.holders(directory.anywhere(role, reach, place.at(reach)), role)
            if entity is None or _together(search, entity.id, person.entity, place)
        ]
        if people:
            return search.step(people, f"child protection in the network, {_REACHES[reach]}", role)[:1]
    return []


def _together(search: Search, one: str, other: str, place: Place) -> bool:
    """Say whether two entities are members of one network of the place today."""
    for network in search.directory.networks_in(place.country):
        members = {seat.id for seat in network.members if holds_on(seat, search.day)}
        if holds_on(network, search.day) and {one, other} <= members:
            return True
    return False


_TITLES: Final = {
    RoleKind.PSEA_FOCAL_POINT: "PSEA focal point",
    RoleKind.SH_FOCAL_POINT: "SH focal point",
}
_REACHES: Final = {
    Reach.STATION: "at the duty station",
    Reach.COUNTRY: "in the country",
    Reach.REGION: "in the region",
    Reach.HEADQUARTERS: "at headquarters",
}
