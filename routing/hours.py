"""When people work: working hours in their own time zone, leave, and where the two leave a gap.

Hours not stated are taken as ordinary office hours, Monday to Friday from 9 to 17, so that coverage is never
counted where nobody promised it; `linnet directory check` asks for them.
"""

from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from routing.records import Hours, Person

OFFICE_HOURS: Final = Hours(frozenset({1, 2, 3, 4, 5}), 9 * 60, 17 * 60)


def local(person: Person, moment: datetime) -> datetime:
    """Return a moment by a person's own clock; UTC where the time zone is not in this machine's table."""
    return moment.astimezone(zone(person.time_zone))


def on_leave(person: Person, moment: datetime) -> bool:
    """Say whether a person is on leave, by their own date."""
    today = local(person, moment).date()
    return any(leave.first <= today <= leave.last for leave in person.leave)


def at_work(person: Person, moment: datetime) -> bool:
    """Say whether a moment lies in a person's working hours, and not in their leave."""
    here = local(person, moment)
    return in_hours(person.hours, here.isoweekday(), here.hour * 60 + here.minute) and not on_leave(person, moment)


def in_hours(several: tuple[Hours, ...], weekday: int, minute: int) -> bool:
    """Say whether a minute of the week lies in working hours.

    Args:
        several: The hours; none are office hours.
        weekday: ISO weekday, 1 to 7, by the clock of whoever works.
        minute: From midnight, 0 to 1439, by the same clock.
    """
    for hours in several or (OFFICE_HOURS,):
        if hours.end > hours.start:
            if weekday in hours.days and hours.start <= minute < hours.end:
                return True
        elif (weekday in hours.days and minute >= hours.start) or (
            (weekday - 2) % 7 + 1 in hours.days and minute < hours.end
        ):
            return True
    return False


def back_on(person: Person, today: date) -> date | None:
    """Return the first day after the leave that a day lies in, leaves that touch taken together; None: no leave."""
    day, away = today, False
    while any(leave.first <= day <= leave.last for leave in person.leave):
        away = True
        day = max(leave.last for leave in person.leave if leave.first <= day <= leave.last) + timedelta(days=1)
    return day if away else None


@cache
def zone(name: str) -> tzinfo:
    """Return a time zone by its IANA name; UTC where it is not in this machine's table."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
