"""What is missing in a coverage, the most serious first: for whoever can still mend it in time.

A gap is said once for each thing to mend, not once for each place that suffers from it: one
certification that ends is one line, however many countries its holder serves.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Final

from routing.check_people import SOON
from routing.coverage import Coverage, Covered, Desk, Service, fluency
from routing.coverage_week import Hour, spans
from routing.directory import Directory, Kind, Level, Person, RoleKind
from routing.errors import Fault
from routing.hours import back_on
from routing.search import ALTERNATE

__all__ = ["Gap", "GapKind", "gaps"]


class GapKind(StrEnum):
    """What is missing. The order is that of seriousness."""

    NOBODY = "nobody"
    LEAVE = "leave"
    ONLY_ONE = "only one"
    NO_COUNSELLOR = "no counsellor"
    LANGUAGE = "language"
    LEAVE_HERE = "leave in the country"
    UNCERTIFIED = "uncertified"
    ELSEWHERE = "elsewhere"
    NO_ALTERNATE = "no alternate"
    EXPIRING = "expiring"
    HOURS = "hours"
    UNSTATED = "unstated"


_ORDER: Final = {kind: number for number, kind in enumerate(GapKind)}
_TITLES: Final[dict[Kind, str]] = {"sea": "SEA", "sh": "SH"}
_ROLES: Final[dict[Kind, RoleKind]] = {"sea": RoleKind.PSEA_FOCAL_POINT, "sh": RoleKind.SH_FOCAL_POINT}
_STAND_IN: Final = "Let somebody stand in on these days, or move a leave"
_NAMED: Final = 4
"""So many places or entities are named in a sentence; the rest is a number."""


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing to mend.

    Attributes:
        countries: Ids of the countries that suffer from it.
        fault: Where the record stands, what is missing, and how to mend it.
    """

    kind: GapKind
    countries: tuple[str, ...]
    fault: Fault


@dataclass(frozen=True, slots=True)
class _Seen:
    """What every search for gaps is given."""

    directory: Directory
    coverage: Coverage

    def gap(self, kind: GapKind, countries: Iterable[str], at: tuple[str, str], message: str, mend: str) -> Gap:
        mark = self.directory.mark(*at)
        return Gap(kind, tuple(countries), Fault(mark.file, mark.line, message, mend))


def gaps(directory: Directory, coverage: Coverage) -> tuple[Gap, ...]:
    """Find what is missing in a coverage of this directory, the most serious first, then by file and line."""
    seen = _Seen(directory, coverage)
    found = [
        *_of_people(seen),
        *_of_lone_counsellors(seen),
        *(
            gap
            for covered in coverage.countries
            for search in (_of_desks, _of_leave, _of_languages, _of_counselling, _of_the_country)
            for gap in search(seen, covered)
        ),
    ]
    return tuple(sorted(found, key=lambda gap: (_ORDER[gap.kind], gap.fault)))


def _of_desks(seen: _Seen, covered: Covered) -> Iterator[Gap]:
    """Look at the desks for the same people, and say once what holds for both kinds of report."""
    for desks in _alike(covered):
        thin: dict[tuple[GapKind, str, str], list[Kind]] = {}
        for desk in desks:
            for kind, person, detail in _thin(seen, desk):
                thin.setdefault((kind, person, detail), []).append(desk.kind)
        for (kind, person, detail), kinds in thin.items():
            yield _desk_gap(seen, desks[0], kinds, kind, person, detail)


def _thin(seen: _Seen, desk: Desk) -> Iterator[tuple[GapKind, str, str]]:
    """Find what is thin at one desk: the kind of gap, whom it hangs on ("" when nobody), and a detail."""
    people = [seen.directory.people[turn.person] for turn in desk.turns]
    if not people:
        yield GapKind.NOBODY, "", ""
        return
    if (days := _all_away(people, seen.coverage.day)) is not None:
        # What is on leave in the country itself is told with it.
        yield GapKind.LEAVE, people[0].id, f"from {days[0]} to {days[1]}"
    if len(people) == 1:
        yield GapKind.ONLY_ONE, people[0].id, ""
    elif desk.peacekeepers:
        if desk.turns[0].role != RoleKind.CONDUCT_AND_DISCIPLINE:
            yield GapKind.ELSEWHERE, people[0].id, people[0].level
    elif desk.entity is not None:
        own = [one for one in people if one.entity == desk.entity and _serves(seen.directory, one, desk.country)]
        if not own:
            yield GapKind.ELSEWHERE, people[0].id, people[0].level
            return
        if days is None and (here := _all_away(own, seen.coverage.day)) is not None:
            yield GapKind.LEAVE_HERE, own[0].id, f"from {here[0]} to {here[1]}"
        if len(own) == 1 and all(turn.role != ALTERNATE for turn in desk.turns[: len(desk.now) + 1]):
            yield GapKind.NO_ALTERNATE, own[0].id, ""


def _desk_gap(seen: _Seen, desk: Desk, kinds: list[Kind], kind: GapKind, person: str, detail: str) -> Gap:
    """Put what was found at the desks for some people in a country into words."""
    country, entity = desk.country, desk.entity
    titles, roles = " or ".join(_TITLES[one] for one in kinds), " and ".join(_ROLES[one] for one in kinds)
    report = f"a report of {titles} about {_whom(desk)} in '{country}'"
    at = ("people", person)
    match kind:
        case GapKind.NOBODY:
            at = ("entities", entity) if entity else ("countries", country)
            message = f"nobody would receive {report}"
            mend = (
                f"Give somebody of '{entity}' the role {roles}"
                if entity
                else f"Name co-chairs or a coordinator for a network of '{country}'"
            )
        case GapKind.LEAVE:
            message = f"{detail} everybody who would receive {report} is on leave"
            mend = _STAND_IN
        case GapKind.LEAVE_HERE:
            message = f"{detail} everybody in the country itself who would receive {report} is on leave"
            mend = _STAND_IN
        case GapKind.ONLY_ONE:
            message = f"only '{person}' would receive {report}"
            mend = "Name an alternate for them, and somebody for oversight"
        case GapKind.ELSEWHERE if desk.peacekeepers:
            at = ("countries", country)
            message = f"no conduct and discipline team would receive {report}; it goes to '{person}' ({detail} level)"
            mend = "Give somebody of the mission the role conduct_and_discipline"
        case GapKind.ELSEWHERE:
            at = ("entities", entity or "")
            message = f"'{entity}' has no focal point of its own for {titles} in '{country}'"
            message += f"; reports go to '{person}' ({detail} level)"
            mend = f"Give somebody there the role {roles}, or know that it is so"
        case _:
            message = f"'{person}' is alone for {report}, and nobody stands in"
            mend = "Add an 'alternate' who has a key and is there today"
    return seen.gap(kind, [country], at, message, mend)


def _whom(desk: Desk) -> str:
    if desk.peacekeepers:
        return "a peacekeeper"
    return f"'{desk.entity}'" if desk.entity else "somebody of an unknown entity"


def _of_leave(seen: _Seen, covered: Covered) -> Iterator[Gap]:
    country = covered.country.id
    for one in covered.counselling:
        if (days := _all_away(one.counsellors, seen.coverage.day)) is not None:
            message = (
                f"from {days[0]} to {days[1]} everybody who counsels {one.service} in '{one.language}' "
                f"in '{country}' is on leave"
            )
            yield seen.gap(GapKind.LEAVE, [country], ("people", one.counsellors[0].id), message, _STAND_IN)


def _of_languages(seen: _Seen, covered: Covered) -> Iterator[Gap]:
    country = covered.country.id
    for language in covered.country.languages:
        unheard = [
            desk
            for desk in covered.desks
            if desk.turns and not any(fluency(seen.directory.people[turn.person], language) for turn in desk.turns)
        ]
        if unheard:
            entities = sorted({desk.entity for desk in unheard if desk.entity})
            others = sorted({_whom(desk) for desk in unheard if not desk.entity}, reverse=True)
            about = [*([_some(entities)] if entities else []), *others]
            message = (
                f"nobody who would receive a report about {' or '.join(about)} in '{country}' speaks '{language}', "
                "a language of the country"
            )
            mend = "Name a focal point or an alternate who does, or correct their 'languages'"
            yield seen.gap(GapKind.LANGUAGE, [country], ("countries", country), message, mend)


def _of_counselling(seen: _Seen, covered: Covered) -> Iterator[Gap]:
    country, hours = covered.country.id, covered.week.hours
    empty: dict[tuple[Service, tuple[Hour, ...]], list[str]] = {}
    for one in covered.counselling:
        if not one.counsellors:
            message = f"nobody counsels {one.service} in '{one.language}', a language of '{country}'"
            mend = "Find a counsellor who speaks it well, or an external service"
            yield seen.gap(GapKind.NO_COUNSELLOR, [country], ("countries", country), message, mend)
        elif gone := tuple(hour for hour, number in zip(hours, one.at_work, strict=True) if number == 0):
            empty.setdefault((one.service, gone), []).append(one.language)
    for (service, gone), languages in empty.items():
        message = (
            f"in {len(gone)} of {len(hours)} hours of the week no counsellor for {service} in '{country}' "
            f"who speaks {_some(languages, 'or')} is at work: {spans(gone)} ({covered.week.zone})"
        )
        mend = "Ask for other working hours or for a counsellor in another time zone, or name a line that answers then"
        yield seen.gap(GapKind.HOURS, [country], ("countries", country), message, mend)


def _of_lone_counsellors(seen: _Seen) -> Iterator[Gap]:
    """Find who is the only one for some language, once for each of them and each service."""
    alone: dict[tuple[str, Service], tuple[set[str], set[str]]] = {}
    for covered in seen.coverage.countries:
        for one in covered.counselling:
            if len(one.counsellors) == 1:
                languages, countries = alone.setdefault((one.counsellors[0].id, one.service), (set(), set()))
                languages.add(one.language)
                countries.add(covered.country.id)
    for (person, service), (languages, countries) in sorted(alone.items()):
        message = (
            f"only '{person}' counsels {service} in {_some(sorted(languages), 'and')}, "
            f"spoken in {_some(sorted(countries), 'and')}"
        )
        mend = "Find a second who speaks it well"
        yield seen.gap(GapKind.ONLY_ONE, sorted(countries), ("people", person), message, mend)


def _of_the_country(seen: _Seen, covered: Covered) -> Iterator[Gap]:
    country = covered.country
    at = ("countries", country.id)
    if not country.languages:
        message = f"'{country.id}' states no languages, so nobody can say whether people are understood there"
        yield seen.gap(GapKind.UNSTATED, [country.id], at, message, "Add 'languages', the most spoken first")
    if country.time_zone is None:
        message = f"'{country.id}' states no time zone; its hours are counted by UTC"
        yield seen.gap(GapKind.UNSTATED, [country.id], at, message, "Add 'time_zone', such as Africa/Nairobi")


def _of_people(seen: _Seen) -> Iterator[Gap]:
    """Look at each person once, whatever the number of desks they serve."""
    serving: dict[str, set[str]] = {}
    for covered in seen.coverage.countries:
        ids = {turn.person for desk in covered.desks for turn in desk.turns}
        ids |= {person.id for one in covered.counselling for person in one.counsellors}
        for one in ids:
            serving.setdefault(one, set()).add(covered.country.id)
    day = seen.coverage.day
    for one, countries in sorted(serving.items()):
        person, at, where = seen.directory.people[one], ("people", one), sorted(countries)
        serves = f", who serves {_some(where)}"
        ended = person.certified_until
        if ended is None:
            message = f"no certification is stated for '{one}'{serves}"
            mend = "Add 'certified_until' once they are certified, or let somebody else take over"
            yield seen.gap(GapKind.UNCERTIFIED, where, at, message, mend)
        elif ended < day:
            message = f"the certification of '{one}'{serves}, ended on {ended}"
            yield seen.gap(GapKind.UNCERTIFIED, where, at, message, "Renew it, or let somebody else take over")
        elif ended <= day + SOON:
            message = f"the certification of '{one}'{serves}, ends on {ended}"
            yield seen.gap(GapKind.EXPIRING, where, at, message, "Renew it in time")
        for end in sorted({end for end in (person.valid_to, *(role.valid_to for role in person.roles)) if end}):
            if day <= end <= day + SOON:
                message = f"the time of '{one}'{serves}, ends on {end}"
                yield seen.gap(GapKind.EXPIRING, where, at, message, "Name the successor, or extend valid_to")


def _all_away(people: Sequence[Person], day: date) -> tuple[date, date] | None:
    """The first days, within 30 from a day on, on which all of some people are on leave; both inclusive."""
    if not people or not all(person.leave for person in people):
        return None
    starts = {leave.first for person in people for leave in person.leave if day < leave.first <= day + SOON}
    for first in (day, *sorted(starts)):
        returns = [back_on(person, first) for person in people]
        known = [one for one in returns if one is not None]
        if len(known) == len(people):
            return first, min(known) - timedelta(days=1)
    return None


def _serves(directory: Directory, person: Person, country: str) -> bool:
    """Say whether somebody answers for a country itself, not for its region or from headquarters."""
    at = {directory.stations[one].country for one in person.stations if one in directory.stations}
    return person.level is Level.COUNTRY and (country in at or country in person.countries)


def _alike(covered: Covered) -> Iterator[list[Desk]]:
    """Group the desks by whom a report is about."""
    for _, desks in groupby(covered.desks, key=lambda desk: (desk.entity, desk.peacekeepers)):
        yield list(desks)


def _some(ids: Sequence[str], last: str = "and") -> str:
    shown = [f"'{one}'" for one in ids[:_NAMED]]
    if len(ids) > _NAMED:
        return f"{', '.join(shown)} {last} {len(ids) - _NAMED} more"
    return ", ".join(shown[:-1]) + f" {last} {shown[-1]}" if shown[1:] else "".join(shown)
