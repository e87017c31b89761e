"""Coverage: who would get a report, who next and which counsellor, for every country, kind, language and hour.

Everything here is asked of `routing.resolve`, so that a coordinator sees what a person who
reports would meet, and nothing kinder:

* A `Desk` is a country, an entity that is present there, and a kind of report, with the
  chain that `resolve` gives for it. The entity None stands for "not known", which the networks
  of the country answer for. Who owns does not change by the hour, so this is asked once.
* A `Counselling` is a country, one of its languages and a service, with the counsellors who
  would be asked, and how many of them are at work in each hour of the week.

An entity is present in a country where it has a person, an office, or a seat in a network.
What is missing is found by `routing.coverage_gaps`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from routing.coverage_week import Clock, Hour, Week
from routing.directory import (
    Country,
    Directory,
    EntityKind,
    Fluency,
    Kind,
    Level,
    Person,
    RoleKind,
    holds_on,
    meet,
)
from routing.matching import TIERS, Group, Wish, order
from routing.resolve import Facts, Turn, resolve
from routing.search import Search
from routing.triage_table import Route

__all__ = ["KINDS", "Counselling", "Coverage", "Covered", "Desk", "Service", "cover", "fluency"]

KINDS: Final[tuple[Kind, ...]] = ("sea", "sh")
_NOON: Final = time(12)


class Service(StrEnum):
    """Whom counsellors serve; `routing.matching` says which services do."""

    AFFECTED = "affected people"
    PERSONNEL = "personnel"

    @property
    def group(self) -> Group:
        """The group that somebody who asks belongs to."""
        return "community" if self is Service.AFFECTED else "staff"


@dataclass(frozen=True, slots=True)
class Desk:
    """Who answers for one entity's people in one country, for one kind of report.

    Attributes:
        country: Id.
        entity: Id; None where the person who reports does not know it, and for peacekeepers.
        kind: Sexual exploitation and abuse, or sexual harassment.
        peacekeepers: The report is about a peacekeeper, whoever that is: a road of its own (`routing.triage`).
        turns: The chain; empty when there is honestly nobody.
    """

    country: str
    entity: str | None
    kind: Kind
    turns: tuple[Turn, ...]
    peacekeepers: bool = False

    @property
    def now(self) -> tuple[Turn, ...]:
        """Those who are told at once: the owner, and for a partner's people the contracting entity's too."""
        return tuple(turn for turn in self.turns if not turn.after)

    @property
    def next(self) -> Turn | None:
        """Whose turn comes when nobody has answered."""
        return next((turn for turn in self.turns if turn.after), None)


@dataclass(frozen=True, slots=True)
class Counselling:
    """Who counsels in one language of one country, in one service.

    Attributes:
        country: Id.
        language: BCP 47 tag.
        service: Whom it is for.
        counsellors: Everybody who would be asked, first choice first, at work or not.
        at_work: For each hour of the country's week, how many of them are at work in all of it; None for
            an hour that clocks skip.
        by_quarter: How many are at work in each quarter of the `Clock`.
    """

    country: str
    language: str
    service: Service
    counsellors: tuple[Person, ...] = field(repr=False)
    at_work: tuple[int | None, ...] = field(repr=False)
    by_quarter: tuple[int, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Covered:
    """One country.

    Attributes:
        week: By the country's own clock; by UTC where it states none.
        desks: By entity and kind; the unknown entity last.
        counselling: By language, as the country lists them, and service.
        focal_points: For each hour, how many of those whose turn is now or next at any desk are at work.
    """

    country: Country
    week: Week
    desks: tuple[Desk, ...]
    counselling: tuple[Counselling, ...]
    focal_points: tuple[int | None, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Coverage:
    """The answer for some countries on a day and in the week that begins with it.

    Attributes:
        day: The first day.
        clock: Who is at work, quarter by quarter.
    """

    day: date
    countries: tuple[Covered, ...]
    clock: Clock = field(repr=False)

    @property
    def now(self) -> datetime:
        """The moment at which `resolve` was asked: noon of the day, by UTC."""
        return datetime.combine(self.day, _NOON, UTC)

    @property
    def until(self) -> date:
        """The last day of the week."""
        return self.day + timedelta(days=6)

    def first_at_work(self, counselling: Counselling, hour: Hour) -> Person | None:
        """The first of the counsellors who is at work in some part of an hour."""
        if not any(counselling.by_quarter[quarter] for quarter in hour.quarters):
            return None  # the answer of most nights, without asking everybody
        for person in counselling.counsellors:
            row = self.clock.row(person)
            if any(row[quarter] for quarter in hour.quarters):
                return person
        return None


def cover(directory: Directory, day: date, countries: Iterable[str] | None = None) -> Coverage:
    """Answer for a day and its week.

    Args:
        directory: Who there is, with keys filled in: nobody without a key receives.
        day: The day by which everything is judged, and the first of the week.
        countries: Ids of the countries to answer for; by default all of them. Unknown ids are left out.
    """
    asking = _Asking(directory, day)
    wanted = sorted(directory.countries) if countries is None else sorted(set(countries) & directory.countries.keys())
    return Coverage(day, tuple(asking.country(directory.countries[one]) for one in wanted), asking.clock)


def fluency(person: Person, language: str) -> Fluency | None:
    """How well somebody speaks a language (BCP 47), by the best of their tags that meet it; None: not at all."""
    levels = [person.fluency.get(tag, Fluency.FLUENT) for tag in person.languages if meet(tag, language)]
    return min(levels, key=list(Fluency).index, default=None)


class _Asking:
    """One question to the directory, with what has been answered already."""

    def __init__(self, directory: Directory, day: date) -> None:
        self.directory, self.day, self.clock = directory, day, Clock(day)
        self.now = datetime.combine(day, _NOON, UTC)
        self.present = _present(directory, day)
        self._counselling: dict[tuple[str, Service], tuple[list[Person], tuple[int, ...]]] = {}

    def country(self, country: Country) -> Covered:
        week = self.clock.week(country.time_zone)
        entities = sorted(self.present.get(country.id, ()))
        desks = tuple(self.desk(country.id, entity, kind) for entity in (*entities, None) for kind in KINDS)
        if any(self.directory.entities[one].kind is EntityKind.MISSION for one in entities):
            desks = (*desks, self.desk(country.id, None, "sea", peacekeepers=True))
        counselling = tuple(
            self.counselling(country.id, week, language, service)
            for language in country.languages
            for service in Service
        )
        first_two = {turn.person for desk in desks for turn in (*desk.now, desk.next) if turn}
        counts = self.clock.counts(self.directory.people[one] for one in sorted(first_two))
        return Covered(country, week, desks, counselling, _by_hour(week, counts))

    def desk(self, country: str, entity: str | None, kind: Kind, *, peacekeepers: bool = False) -> Desk:
        route = Route.CONDUCT_AND_DISCIPLINE if peacekeepers else None
        facts = Facts(kind, entity, country, child=False, urgent=False, route=route)
        turns = resolve(self.directory, facts, exclude=frozenset(), now=self.now).recipients
        return Desk(country, entity, kind, turns, peacekeepers)

    def counselling(self, country: str, week: Week, language: str, service: Service) -> Counselling:
        """Everybody who would be asked in some hour, not only the first five of `match_counsellors`."""
        search = Search(self.directory, self.now)
        if (language, service) not in self._counselling:
            able = search.holders(self.directory.counsellors(language), RoleKind.COUNSELLOR)
            people = [person for person in able if person.tier in TIERS[service.group]]
            self._counselling[language, service] = people, self.clock.counts(people)
        people, counts = self._counselling[language, service]
        wish = Wish(language, service.group, station=country)
        place = self.directory.place(country)
        ordered = sorted(people, key=lambda person: order(search, person, wish, place, {}))
        return Counselling(country, language, service, tuple(ordered), _by_hour(week, counts), counts)


def _by_hour(week: Week, counts: Sequence[int]) -> tuple[int | None, ...]:
    return tuple(min((counts[quarter] for quarter in hour.quarters), default=None) for hour in week.hours)


def _present(directory: Directory, day: date) -> dict[str, set[str]]:
    """Which entities are in which country on a day: by their people, offices and seats in networks."""
    present: dict[str, set[str]] = {}
    for country, entity in _presence(directory, day):
        known = directory.entities.get(entity)
        if known is not None and holds_on(known, day) and known.kind is not EntityKind.SYSTEM:
            present.setdefault(country, set()).add(entity)
    return present


def _presence(directory: Directory, day: date) -> Iterator[tuple[str, str]]:
    stations = directory.stations
    for person in directory.people.values():
        # A region's or headquarters' desk stands somewhere, and is not the entity's presence there.
        if holds_on(person, day) and person.level is Level.COUNTRY:
            yield from ((stations[one].country, person.entity) for one in person.stations if one in stations)
            yield from ((one, person.entity) for one in person.countries)
    for office in directory.offices.values():
        if holds_on(office, day) and office.station in stations:
            yield stations[office.station].country, office.entity
    for network in directory.networks.values():
        if holds_on(network, day):
            members = [seat.id for seat in network.members if holds_on(seat, day)]
            yield from ((country, one) for country in network.countries for one in members)
