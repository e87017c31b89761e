"""A week by a country's own clock, and who is at work in which of its hours.

`routing.hours` is the only judge of who is at work; here it is asked about every quarter of an
hour, because a clock may stand 30 or 45 minutes off the next one (Asia/Kolkata, Asia/Kathmandu):
by all clocks of today a quarter begins on a quarter. A quarter counts only if somebody is at work
in its first minute and in its last, and an hour only has as many people as the emptiest of its
quarters: cover is never counted where it breaks off.

The week begins on any day, and its days are shown from Monday to Sunday. When clocks are put
forward an hour of that week does not exist; when they are put back, one has eight quarters.

People with the same hours are asked about once, so that ten thousand people take seconds.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from routing.hours import in_hours, on_leave
from routing.records import Hours, Leave, Person

__all__ = ["DAYS", "HOURS_A_DAY", "Clock", "Hour", "Week", "spans"]

DAYS: Final = 7
HOURS_A_DAY: Final = 24
_QUARTER: Final = timedelta(minutes=15)
_MARGIN: Final = timedelta(days=1)
"""A week somewhere begins at most 14 hours before, and ends at most 12 hours after, the same week by UTC."""
_A_DAY: Final = 96
_A_WEEK: Final = _A_DAY * DAYS
_QUARTERS: Final = _A_DAY * (DAYS + 2)
_NAMES: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of a week.

    Attributes:
        weekday: ISO weekday, 1 (Monday) to 7.
        hour: 0 to 23, by the week's clock.
        quarters: Which quarters of the `Clock` it consists of; none when clocks skip this hour.
    """

    weekday: int
    hour: int
    quarters: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days by one clock, in the order Monday 0 o'clock to Sunday 23 o'clock.

    Attributes:
        zone: IANA name of the clock; `UTC` where a country states none.
        hours: 168 of them.
    """

    zone: str
    hours: tuple[Hour, ...]


class Clock:
    """Answers who is at work in the week that begins on a day. Remembers its answers."""

    def __init__(self, first: date) -> None:
        self.first = first
        self._start = datetime.combine(first, time(), UTC) - _MARGIN
        self._rows: dict[tuple[str, tuple[Hours, ...], tuple[Leave, ...]], bytes] = {}
        self._weeks: dict[str, Week] = {}
        self._zones: dict[str, tuple[tuple[int, ...], tuple[tuple[int, ...], ...]]] = {}
        self._patterns: dict[tuple[Hours, ...], bytes] = {}

    def moment(self, quarter: int) -> datetime:
        """The beginning of a quarter."""
        return self._start + quarter * _QUARTER

    def week(self, zone: str | None) -> Week:
        """The week by a time zone's clock; by UTC for None and for names that this machine's table lacks."""
        found, name = _zone(zone)
        if name not in self._weeks:
            quarters: dict[tuple[date, int], list[int]] = {}
            for number in range(_QUARTERS):
                here = self.moment(number).astimezone(found)
                quarters.setdefault((here.date(), here.hour), []).append(number)
            days = sorted((self.first + timedelta(days=number) for number in range(DAYS)), key=date.isoweekday)
            self._weeks[name] = Week(
                name,
                tuple(
                    Hour(day.isoweekday(), hour, tuple(quarters.get((day, hour), ())))
                    for day in days
                    for hour in range(HOURS_A_DAY)
                ),
            )
        return self._weeks[name]

    def row(self, person: Person) -> bytes:
        """One byte for each quarter: 1 where the person is at work."""
        if not person.leave:
            return self._ordinary(person)
        key = (person.time_zone, person.hours, person.leave)
        if key not in self._rows:
            row = bytearray(self._ordinary(person))
            # A date begins and ends with a quarter by every clock, so one moment of it answers for all of it.
            for quarters in self._local(person.time_zone)[1]:
                if on_leave(person, self.moment(quarters[0])):
                    for quarter in quarters:
                        row[quarter] = 0
            self._rows[key] = bytes(row)
        return self._rows[key]

    def _ordinary(self, person: Person) -> bytes:
        """The row of a person without their leave, which most people with the same hours share."""
        key = (person.time_zone, person.hours, ())
        if key not in self._rows:
            if person.hours not in self._patterns:
                self._patterns[person.hours] = bytes(_all_of(person.hours, number) for number in range(_A_WEEK))
            pattern = self._patterns[person.hours]
            self._rows[key] = bytes(pattern[number] for number in self._local(person.time_zone)[0])
        return self._rows[key]

    def _local(self, zone: str) -> tuple[tuple[int, ...], tuple[tuple[int, ...], ...]]:
        """For a time zone: which quarter of its week each quarter is, and the quarters of each of its dates."""
        found, name = _zone(zone)
        if name not in self._zones:
            here = [self.moment(number).astimezone(found) for number in range(_QUARTERS)]
            dates: dict[date, list[int]] = {}
            for number, moment in enumerate(here):
                dates.setdefault(moment.date(), []).append(number)
            self._zones[name] = (
                tuple((one.isoweekday() - 1) * _A_DAY + (one.hour * 60 + one.minute) // 15 for one in here),
                tuple(map(tuple, dates.values())),
            )
        return self._zones[name]

    def counts(self, people: Iterable[Person]) -> tuple[int, ...]:
        """How many of them are at work in each quarter."""
        rows = [self.row(person) for person in people]
        return tuple(map(sum, zip(*rows, strict=True))) if rows else (0,) * _QUARTERS

    def away(self, people: Mapping[str, Person]) -> frozenset[str]:
        """Ids of those who are on leave at noon of the first day, by UTC."""
        noon = datetime.combine(self.first, time(12), UTC)
        return frozenset(one for one, person in people.items() if person.leave and on_leave(person, noon))


def _all_of(hours: tuple[Hours, ...], number: int) -> bool:
    """Say whether a quarter of the week lies in working hours, from its first minute to its last."""
    weekday, minute = number // _A_DAY + 1, number % _A_DAY * 15
    return in_hours(hours, weekday, minute) and in_hours(hours, weekday, minute + 14)


def spans(hours: Iterable[Hour]) -> str:
    """Say in words which hours of a week these are, such as "Mon-Fri 0-9, 17-24; Sat, Sun all day".

    Args:
        hours: Hours of one week, in any order.
    """
    by_day: dict[int, list[int]] = {}
    for one in sorted(hours, key=lambda one: (one.weekday, one.hour)):
        by_day.setdefault(one.weekday, []).append(one.hour)
    alike: list[tuple[list[int], str]] = []
    for weekday, several in by_day.items():
        said = _ranges(several)
        if alike and alike[-1][1] == said and alike[-1][0][-1] == weekday - 1:
            alike[-1][0].append(weekday)
        else:
            alike.append(([weekday], said))
    return "; ".join(f"{_days(days)} {said}" for days, said in alike)


def _days(days: list[int]) -> str:
    first, last = _NAMES[days[0] - 1], _NAMES[days[-1] - 1]
    return first if len(days) == 1 else f"{first}-{last}"


def _ranges(hours: list[int]) -> str:
    if len(hours) == HOURS_A_DAY:
        return "all day"
    ranges: list[list[int]] = []
    for hour in hours:
        if ranges and ranges[-1][1] == hour:
            ranges[-1][1] = hour + 1
        else:
            ranges.append([hour, hour + 1])
    return ", ".join(f"{start}-{end}" for start, end in ranges)


def _zone(name: str | None) -> tuple[tzinfo, str]:
    try:
        return ZoneInfo(name or "UTC"), name or "UTC"
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC, "UTC"
