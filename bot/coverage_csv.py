"""Coverage as CSV: one line for each country, entity, kind of report, language and hour of the week.

The columns, in this order:

    country, country_name           as in the directory
    time_zone                       by which weekday and hour are counted
    about                           entity, unknown (the person who reports does not know it) or peacekeepers
    entity, entity_name             empty but for an entity
    kind                            sea or sh
    language                        one of the country's, as a BCP 47 tag; empty where it states none
    weekday                         1 (Monday) to 7
    hour                            0 to 23
    utc                             when this hour begins by UTC; empty: clocks skip it that week
    now                             ids of those who are told at once, with "; " between them; empty: nobody
    now_at_work                     yes or no: whether one of them is at work in this hour
    now_speaks                      native, fluent, basic or no: the best of them, in this language
    next, next_after_hours          who is told when they have not answered, and when
    affected_people                 how many counsellors for affected people are at work in all of this hour
    affected_people_first           the first of them in some part of it
    personnel, personnel_first      the same for personnel

A spreadsheet runs a cell that begins with =, +, - or @ as a formula, so such a name gets an apostrophe before it.
"""

from collections.abc import Iterator
from typing import Final

from bot.spreadsheet import guarded
from routing.coverage import Counselling, Coverage, Covered, Desk, Service, fluency
from routing.coverage_week import Hour
from routing.directory import Directory, Fluency

__all__ = ["COLUMNS", "rows"]

COLUMNS: Final = (
    "country",
    "country_name",
    "time_zone",
    "about",
    "entity",
    "entity_name",
    "kind",
    "language",
    "weekday",
    "hour",
    "utc",
    "now",
    "now_at_work",
    "now_speaks",
    "next",
    "next_after_hours",
    "affected_people",
    "affected_people_first",
    "personnel",
    "personnel_first",
)


def rows(directory: Directory, coverage: Coverage) -> Iterator[tuple[str, ...]]:
    """List the lines below the heads of the columns."""
    for covered in coverage.countries:
        when = [_hour(coverage, hour) for hour in covered.week.hours]
        for language in covered.country.languages or ("",):
            counsellors = _counsellors(coverage, covered, language)
            for desk in covered.desks:
                start = _desk(directory, covered, desk, language)
                now, speaks, later = _turns(directory, desk, language)
                at_work = _at_work(directory, coverage, covered, desk)
                for number, hour in enumerate(when):
                    yield (*start, *hour, now, at_work[number], speaks, *later, *counsellors[number])


def _desk(directory: Directory, covered: Covered, desk: Desk, language: str) -> tuple[str, ...]:
    country, entity = covered.country, directory.entities.get(desk.entity or "")
    return (
        country.id,
        guarded(country.name),
        covered.week.zone,
        "peacekeepers" if desk.peacekeepers else "entity" if entity else "unknown",
        entity.id if entity else "",
        guarded(entity.name) if entity else "",
        desk.kind,
        language,
    )


def _hour(coverage: Coverage, hour: Hour) -> tuple[str, ...]:
    begins = coverage.clock.moment(hour.quarters[0]).strftime("%Y-%m-%dT%H:%MZ") if hour.quarters else ""
    return str(hour.weekday), str(hour.hour), begins


def _turns(directory: Directory, desk: Desk, language: str) -> tuple[str, str, tuple[str, str]]:
    """Who is told at once, how well they speak the language, and who is next and when."""
    levels = [level for turn in desk.now if (level := fluency(directory.people[turn.person], language))]
    speaks = min(levels, key=list(Fluency).index, default="no") if language else ""
    later = (desk.next.person, f"{desk.next.after.total_seconds() / 3600:g}") if desk.next else ("", "")
    return "; ".join(turn.person for turn in desk.now), speaks, later


def _at_work(directory: Directory, coverage: Coverage, covered: Covered, desk: Desk) -> list[str]:
    theirs = [coverage.clock.row(directory.people[turn.person]) for turn in desk.now]
    return [
        "yes" if any(row[quarter] for row in theirs for quarter in hour.quarters) else "no"
        for hour in covered.week.hours
    ]


def _counsellors(coverage: Coverage, covered: Covered, language: str) -> list[tuple[str, ...]]:
    """For each hour, how many counsellors and which first, in one service after the other."""
    columns: list[list[str]] = []
    for service in Service:
        found = [one for one in covered.counselling if (one.language, one.service) == (language, service)]
        columns.append([_number(one.at_work[number]) for one in found for number in range(len(covered.week.hours))])
        columns.append([_first(coverage, one, hour) for one in found for hour in covered.week.hours])
    empty = [""] * len(covered.week.hours)
    return list(zip(*(column or empty for column in columns), strict=True))


def _number(number: int | None) -> str:
    return "" if number is None else str(number)


def _first(coverage: Coverage, one: Counselling, hour: Hour) -> str:
    person = coverage.first_at_work(one, hour)
    return person.id if person else ""
