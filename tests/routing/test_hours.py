"""Working hours and leave, by each person's own clock."""

from datetime import UTC, date, datetime

import pytest

from routing.hours import at_work, back_on, on_leave
from routing.records import Hours, Leave, Level, Person

WEEK = frozenset({1, 2, 3, 4, 5})


def somebody(*hours: Hours, zone: str = "Africa/Nairobi", leave: tuple[Leave, ...] = ()) -> Person:
    return Person("one", "One", "here", (), (), Level.COUNTRY, ("en",), zone, hours=hours, leave=leave)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of the week that begins on Monday, 2 November 2026."""
    return datetime(2026, 11, 1 + day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "moment", "works"),
    [
        ((Hours(WEEK, 8 * 60, 17 * 60),), at(1, 5), True),  # eight in Nairobi
        ((Hours(WEEK, 8 * 60, 17 * 60),), at(1, 4, 59), False),
        ((Hours(WEEK, 8 * 60, 17 * 60),), at(1, 14), False),  # the end is not in it
        ((Hours(WEEK, 8 * 60, 17 * 60),), at(6, 8), False),  # Saturday
        ((Hours(frozenset({5}), 22 * 60, 6 * 60),), at(6, 2), True),  # Friday's night shift, on Saturday at five
        ((Hours(frozenset({5}), 22 * 60, 6 * 60),), at(5, 2), False),  # Thursday had none
        ((Hours(frozenset({5}), 22 * 60, 6 * 60),), at(5, 20), True),
        ((), at(1, 6), True),  # not stated: office hours
        ((), at(1, 5), False),
    ],
)
def test_hours_are_those_of_the_persons_own_clock(hours, moment, works):
    assert at_work(somebody(*hours), moment) is works


def test_daylight_saving_moves_the_hours_with_the_clock():
    viennese = somebody(Hours(frozenset({1}), 9 * 60, 10 * 60), zone="Europe/Vienna")
    assert at_work(viennese, datetime(2026, 7, 6, 7, 30, tzinfo=UTC))
    assert at_work(viennese, datetime(2026, 11, 2, 8, 30, tzinfo=UTC))
    assert not at_work(viennese, datetime(2026, 11, 2, 7, 30, tzinfo=UTC))


def test_nobody_works_on_leave_and_its_days_are_the_persons_own():
    away = somebody(Hours(WEEK, 0, 24 * 60), leave=(Leave(date(2026, 11, 3), date(2026, 11, 3)),))
    assert on_leave(away, at(1, 21, 30))  # half past midnight on Tuesday in Nairobi
    assert not on_leave(away, at(2, 21, 30))
    assert not at_work(away, at(2, 9))
    assert at_work(away, at(3, 9))


def test_leaves_that_touch_end_together():
    away = somebody(leave=(Leave(date(2026, 11, 3), date(2026, 11, 5)), Leave(date(2026, 11, 6), date(2026, 11, 9))))
    assert back_on(away, date(2026, 11, 4)) == date(2026, 11, 10)
    assert back_on(away, date(2026, 11, 2)) is None


def test_a_zone_that_is_not_in_the_table_counts_as_utc():
    assert at_work(somebody(Hours(WEEK, 540, 600), zone="Nowhere/Here"), at(1, 9))
