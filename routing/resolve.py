"""Who is responsible for a report, and who next: a pure function of directory, facts, exclusions and moment.

The chain is the entity's own people for this kind of report, the most specific place first: duty station, country,
region, headquarters, then its oversight office.

* A partner's report goes to the partner's own focal point and, at the same moment, to the
  entity that contracts it.
* Where it is not clear whether it is exploitation or harassment, the PSEA focal point owns
  and the SH focal point of the same entity is told at the same moment.
* Somebody of a peacekeeping mission: the mission's conduct and discipline team; where the
  directory has none, those who own what no entity can.
* When the entity is unknown, or has nobody who may receive, the network of the country owns:
  its co-chairs, but for those of the accused entity, then a coordinator, then the system-wide
  oversight office; sexual harassment in the system goes to that office before them.
* Somebody for child protection at the place joins at once when a child is concerned.
* Whoever is away has their turn taken by their alternate, and stays behind those who are there.
* Nobody left is an honest answer: an empty tuple, never a stand-in.

`routing.chains` has the rules, `routing.search` the exclusions, `routing.turns` the order in time.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from routing import chains
from routing.directory import Directory, Kind, RoleKind
from routing.search import Search
from routing.triage_table import Route
from routing.turns import Turn, Turns

__all__ = ["ACKNOWLEDGE", "ACKNOWLEDGE_URGENT", "Facts", "Resolution", "Turn", "resolve"]

ACKNOWLEDGE: Final = timedelta(hours=24)
ACKNOWLEDGE_URGENT: Final = timedelta(hours=1)

SENDS_NOTHING: Final = frozenset({Route.OTHER_MISCONDUCT, Route.REFERRAL_ONLY, Route.NONE})
"""Routes that end on the person's screen: another channel, services, an answer. No recipient, and no gap either."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What triage knows, and no more than routing needs.

    Attributes:
        kind: Sexual exploitation and abuse, or sexual harassment.
        entity: Id of the alleged person's entity; None when unknown.
        station: Id of the duty station, or of the country when that is all that is known.
        child: The affected person is under 18, or it is not sure.
        urgent: The short clock applies.
        route: The suggested route, where it decides more than the kind does; None: the kind decides.
    """

    kind: Kind
    entity: str | None
    station: str | None
    child: bool
    urgent: bool
    route: Route | None = None


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


def resolve(
    directory: Directory,
    facts: Facts,
    *,
    exclude: frozenset[str],
    now: datetime,
    away: frozenset[str] = frozenset(),
    alone: frozenset[str] = frozenset(),
) -> Resolution:
    """Find the recipients of a report.

    Args:
        directory: Who there is, with keys filled in: nobody without a key receives.
        facts: What triage knows. An entity or place that the directory lacks counts as unknown.
        exclude: Ids of people who must not receive: named, conflicted, or unwanted by the reporter. Nor does anybody
            who reports to them, directly or through others.
        now: The moment, with its time zone; validity is judged by its day in UTC.
        away: Ids of people who are away, besides those on leave by the directory.
        alone: Ids of people who must not receive either, while those who report to them may (`routing.conflicts`).

    Raises:
        ValueError: `now` has no time zone.
    """
    search = Search(directory, now, exclude, alone, away)
    if facts.route in SENDS_NOTHING:
        return Resolution(())
    place = directory.place(facts.station)
    entity = directory.entities.get(facts.entity or "")
    joining = []
    if facts.route is Route.CONDUCT_AND_DISCIPLINE:
        owning = [chains.conduct(search, entity, place)]
    else:
        role = chains.focal_role(facts.kind)
        owning = [chains.own(search, one, role, place) for one in chains.concerned(search, entity)]
    if facts.route is Route.DUAL and entity is not None:
        joining.append(chains.focal_points(search, entity, RoleKind.SH_FOCAL_POINT, place))
        if not owning[0]:
            owning[0] = chains.own(search, entity, RoleKind.SH_FOCAL_POINT, place)
    if not any(owning):
        owning = [chains.network(search, entity, facts.kind, place)]
    if facts.child:
        joining.append(chains.child_protection(search, entity, place))
    clock = ACKNOWLEDGE_URGENT if facts.urgent else ACKNOWLEDGE
    turns = Turns(search, clock).give(owning, joining)
    told = {turn.person for turn in turns}
    others = [person.id for person in chains.awaiting(search, entity, place) if person.id not in told] if turns else []
    gap = () if turns else tuple(person.id for person in chains.coordinators(search, place))
    return Resolution(turns, tuple(sorted(search.excluded)), tuple(dict.fromkeys(others)), tuple(dict.fromkeys(gap)))
