"""The yearly attestation of an office, as facts: who receives reports about its people, and what is open.

A manager signs what the directory says, so nothing here comes from a report: no content, no count, not even whether
there was one. Who would receive is asked of `routing.resolve` for the office's own duty station.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from routing.check_people import SOON
from routing.coverage import KINDS, Counselling, Coverage, Covered, Service, fluency
from routing.directory import Directory, Fluency, Kind, Level, Office, Person, RoleKind, Station, holds_on
from routing.resolve import Facts, Turn, resolve

__all__ = ["Attested", "Open", "OpenPoint", "Whereabouts", "attested", "offices"]

A_YEAR: Final = timedelta(days=365)
_ROLES: Final[Mapping[Kind, RoleKind]] = {"sea": RoleKind.PSEA_FOCAL_POINT, "sh": RoleKind.SH_FOCAL_POINT}


class Open(StrEnum):
    """What is open at an office, in the order in which it is told."""

    NOBODY = "nobody"
    ELSEWHERE = "elsewhere"
    NO_ALTERNATE = "no_alternate"
    NOT_CERTIFIED = "not_certified"
    CERTIFICATION_ENDED = "certification_ended"
    CERTIFICATION_ENDS = "certification_ends"
    NO_TRAINING = "no_training"
    NO_TEST = "no_test"
    LANGUAGE = "language"
    NO_COUNSELLOR = "no_counsellor"


@dataclass(frozen=True, slots=True)
class OpenPoint:
    """One thing that is open, with what its sentence needs; the rest is None.

    Attributes:
        kind: The kind of report it is about.
        person: The one it is about.
        day: A certification's last day.
        language: BCP 47 tag.
        service: The counsellors it is about.
    """

    what: Open
    kind: Kind | None = None
    person: Person | None = None
    day: date | None = None
    language: str | None = None
    service: Service | None = None


class Whereabouts(StrEnum):
    """Where somebody is, seen from the office."""

    HERE = "here"
    COUNTRY = "country"
    REGIONAL = "regional"
    HEADQUARTERS = "headquarters"


@dataclass(frozen=True, slots=True)
class Post:
    """One person in the line of those who would be told.

    Attributes:
        turn: Why, and when their turn comes.
        since: First day of the role for this kind, or of their time; None: not stated, or they have no such role.
        where: Seen from the office.
        alternate: Whom they name to stand in, if that person can receive.
    """

    person: Person
    turn: Turn
    since: date | None
    where: Whereabouts
    alternate: Person | None


@dataclass(frozen=True, slots=True)
class Attested:
    """What one office's attestation says.

    Attributes:
        posts: By kind of report: those told at once, and whoever is next.
        languages: Each of the country's, with how well each person in the posts speaks it.
        counselling: Of the country.
        open: In the order in which it is told.
    """

    office: Office
    station: Station
    covered: Covered
    posts: Mapping[Kind, tuple[Post, ...]]
    languages: Mapping[str, tuple[tuple[Person, Fluency], ...]]
    counselling: tuple[Counselling, ...]
    open: tuple[OpenPoint, ...]


def offices(directory: Directory, day: date) -> tuple[Office, ...]:
    """List the offices that attest, by id.

    They are those of the directory's section `offices`. Without such a section there is one wherever somebody of an
    entity sits, with the id `<entity>.<station>`; a dot cannot be in an id, so no two are alike.
    """
    if directory.offices:
        known = (office for _, office in sorted(directory.offices.items()) if holds_on(office, day))
        return tuple(office for office in known if office.station in directory.stations)
    seats = {
        (person.entity, station)
        for person in directory.people.values()
        if holds_on(person, day)
        for station in person.stations
        if station in directory.stations
    }
    found = []
    for entity, station in sorted(seats):
        name = f"{directory.entities[entity].name}, {directory.stations[station].name}"
        found.append(Office(f"{entity}.{station}", name, {}, entity, station))
    return tuple(found)


def attested(
    directory: Directory, coverage: Coverage, office: Office, tests: Mapping[str, date] | None = None
) -> Attested:
    """Gather the facts of one office.

    Args:
        directory: Who there is.
        coverage: Of the office's country at least, on the day of the attestation.
        office: One of `offices`.
        tests: The day on which each person last answered a test alert, by id; None: not known.
    """
    station = directory.stations[office.station]
    covered = next(one for one in coverage.countries if one.country.id == station.country)
    posts = {kind: tuple(_posts(directory, coverage, office, kind)) for kind in KINDS}
    people = {post.person.id: post.person for several in posts.values() for post in several}
    languages = {
        language: tuple(
            (person, level) for _, person in sorted(people.items()) if (level := fluency(person, language)) is not None
        )
        for language in covered.country.languages
    }
    return Attested(
        office,
        station,
        covered,
        posts,
        languages,
        covered.counselling,
        (
            *_open_posts(office, posts),
            *_open_people(people.values(), coverage.day, tests),
            *(OpenPoint(Open.LANGUAGE, language=one) for one, speakers in languages.items() if not speakers),
            *(
                OpenPoint(Open.NO_COUNSELLOR, language=one.language, service=one.service)
                for one in covered.counselling
                if not one.counsellors
            ),
        ),
    )


def _posts(directory: Directory, coverage: Coverage, office: Office, kind: Kind) -> Iterator[Post]:
    facts = Facts(kind, office.entity, office.station, child=False, urgent=False)
    turns = resolve(directory, facts, exclude=frozenset(), now=coverage.now).recipients
    first = [turn for turn in turns if not turn.after]
    for turn in turns[: len(first) + 1]:
        person = directory.people[turn.person]
        since = [
            role.valid_from or person.valid_from
            for role in person.roles
            if role.kind is _ROLES[kind] and holds_on(role, coverage.day)
        ]
        alternate = directory.people.get(person.alternate or "")
        there = alternate is not None and alternate.can_receive(coverage.day)
        yield Post(person, turn, next(iter(since), None), _where(person, office), alternate if there else None)


def _where(person: Person, office: Office) -> Whereabouts:
    match person.level:
        case Level.REGIONAL:
            return Whereabouts.REGIONAL
        case Level.HEADQUARTERS:
            return Whereabouts.HEADQUARTERS
        case _:
            return Whereabouts.HERE if office.station in person.stations else Whereabouts.COUNTRY


def _open_posts(office: Office, posts: Mapping[Kind, tuple[Post, ...]]) -> Iterator[OpenPoint]:
    for kind, several in posts.items():
        own = [
            post
            for post in several
            if post.person.entity == office.entity and post.where in {Whereabouts.HERE, Whereabouts.COUNTRY}
        ]
        if not several:
            yield OpenPoint(Open.NOBODY, kind)
        elif not own:
            yield OpenPoint(Open.ELSEWHERE, kind, several[0].person)
        elif len(own) == 1 and own[0].alternate is None:
            yield OpenPoint(Open.NO_ALTERNATE, kind, own[0].person)


def _open_people(people: Iterable[Person], day: date, tests: Mapping[str, date] | None) -> Iterator[OpenPoint]:
    for person in sorted(people, key=lambda one: one.id):
        ended = person.certified_until
        if ended is None:
            yield OpenPoint(Open.NOT_CERTIFIED, person=person)
        elif ended < day:
            yield OpenPoint(Open.CERTIFICATION_ENDED, person=person, day=ended)
        elif ended <= day + SOON:
            yield OpenPoint(Open.CERTIFICATION_ENDS, person=person, day=ended)
        if person.trained_on is None:
            yield OpenPoint(Open.NO_TRAINING, person=person)
        if tests is not None and (person.id not in tests or tests[person.id] < day - A_YEAR):
            yield OpenPoint(Open.NO_TEST, person=person)
