"""Hours of a week by one clock, with people who work by others."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.coverage_week import Clock, Hour, spans
from routing.hours import at_work
from routing.records import Hours, Leave, Level, Person

MONDAY = date(2026, 11, 23)
WORKDAYS = frozenset({1, 2, 3, 4, 5})
ZONES = ["UTC", "Asia/Kolkata", "Asia/Kathmandu", "America/New_York", "Pacific/Kiritimati", "Pacific/Pago_Pago"]


def person(zone: str = "UTC", *hours: Hours, leave: tuple[Leave, ...] = ()) -> Person:
    return Person(
        id="p",
        name="P",
        entity="e",
        roles=(),
        stations=(),
        level=Level.COUNTRY,
        languages=("en",),
        time_zone=zone,
        hours=hours,
        leave=leave,
    )


def covered(clock: Clock, zone: str, *people: Person) -> list[Hour]:
    """The hours of the week in all of which at least one of them is at work."""
    counts = clock.counts(people)
    return [hour for hour in clock.week(zone).hours if min((counts[one] for one in hour.quarters), default=0)]


def said(zone: str, *people: Person, first: date = MONDAY) -> str:
    return spans(covered(Clock(first), zone, *people))


class TestAWeek:
    """Which quarters of an hour make up an hour."""

    def test_is_shown_from_monday_on_whatever_day_it_begins(self):
        week = Clock(date(2026, 11, 26)).week("Africa/Nairobi")
        assert [(hour.weekday, hour.hour) for hour in week.hours] == [
            (day, hour) for day in range(1, 8) for hour in range(24)
        ]

    def test_that_begins_on_a_thursday_has_the_monday_after_it(self):
        clock = Clock(date(2026, 11, 26))
        monday, thursday = clock.week("UTC").hours[0], clock.week("UTC").hours[72]
        assert clock.moment(monday.quarters[0]) == datetime(2026, 11, 30, tzinfo=UTC)
        assert clock.moment(thursday.quarters[0]) == datetime(2026, 11, 26, tzinfo=UTC)

    @pytest.mark.parametrize("zone", ZONES)
    def test_has_every_hour_of_an_ordinary_week_once(self, zone):
        week = Clock(MONDAY).week(zone)
        quarters = [quarter for hour in week.hours for quarter in hour.quarters]
        assert [len(hour.quarters) for hour in week.hours] == [4] * 168
        assert quarters == list(range(quarters[0], quarters[0] + 672))

    def test_lacks_the_hour_that_is_skipped_in_spring(self):
        week = Clock(date(2026, 3, 23)).week("Europe/Berlin")
        odd = {(hour.weekday, hour.hour): len(hour.quarters) for hour in week.hours if len(hour.quarters) != 4}
        assert odd == {(7, 2): 0}

    def test_has_a_long_hour_in_autumn(self):
        week = Clock(date(2026, 10, 19)).week("Europe/Berlin")
        odd = {(hour.weekday, hour.hour): len(hour.quarters) for hour in week.hours if len(hour.quarters) != 4}
        assert odd == {(7, 2): 8}

    def test_can_be_put_forward_by_half_an_hour(self):
        week = Clock(date(2026, 9, 28)).week("Australia/Lord_Howe")
        odd = {(hour.weekday, hour.hour): len(hour.quarters) for hour in week.hours if len(hour.quarters) != 4}
        assert odd == {(7, 2): 2}

    @pytest.mark.parametrize("zone", [None, "Nowhere/Atall", "../etc/passwd", ""])
    def test_is_by_utc_where_no_time_zone_is_known(self, zone):
        assert Clock(MONDAY).week(zone).zone == "UTC"


class TestWhoIsAtWork:
    """Which hours of a week somebody covers."""

    def test_office_hours_are_seen_by_the_countrys_clock(self):
        assert said("UTC", person("Africa/Nairobi")) == "Mon-Fri 6-14"

    def test_hours_not_stated_are_office_hours(self):
        assert said("UTC", person("UTC")) == "Mon-Fri 9-17"

    def test_a_night_shift_goes_on_into_the_next_day(self):
        night = Hours(frozenset({5, 6}), 22 * 60, 6 * 60)
        assert said("UTC", person("UTC", night)) == "Fri 22-24; Sat 0-6, 22-24; Sun 0-6"

    def test_a_night_shift_goes_on_from_sunday_into_monday(self):
        night = Hours(frozenset({7}), 22 * 60, 6 * 60)
        assert said("UTC", person("UTC", night)) == "Mon 0-6; Sun 22-24"

    def test_an_hour_that_is_half_covered_does_not_count(self):
        # 9 to 17 in Kolkata is 3:30 to 11:30 by UTC.
        assert said("UTC", person("Asia/Kolkata")) == "Mon-Fri 4-11"
        assert said("Asia/Kolkata", person("Asia/Kolkata")) == "Mon-Fri 9-17"

    def test_three_quarters_of_an_hour_do_not_count(self):
        # 9 to 17 in Kathmandu is 3:15 to 11:15 by UTC.
        assert said("UTC", person("Asia/Kathmandu")) == "Mon-Fri 4-11"
        assert said("Asia/Kathmandu", person("UTC")) == "Mon-Fri 15-22"

    def test_two_who_follow_each_other_within_an_hour_cover_it(self):
        early, late = Hours(WORKDAYS, 8 * 60, 10 * 60 + 30), Hours(WORKDAYS, 10 * 60 + 30, 12 * 60)
        assert said("UTC", person("UTC", early), person("UTC", late)) == "Mon-Fri 8-12"

    def test_two_with_a_gap_of_a_quarter_do_not(self):
        early, late = Hours(WORKDAYS, 8 * 60, 10 * 60 + 30), Hours(WORKDAYS, 10 * 60 + 45, 12 * 60)
        assert said("UTC", person("UTC", early), person("UTC", late)) == "Mon-Fri 8-10, 11-12"

    def test_hours_that_end_within_a_quarter_lose_all_of_it(self):
        odd = Hours(WORKDAYS, 9 * 60 + 5, 16 * 60 + 50)
        assert said("UTC", person("UTC", odd)) == "Mon-Fri 10-16"

    def test_leave_is_by_the_persons_own_date(self):
        # Wednesday in Auckland begins on Tuesday at 11 by UTC.
        all_day = Hours(frozenset(range(1, 8)), 0, 24 * 60)
        away = person("Pacific/Auckland", all_day, leave=(Leave(date(2026, 11, 25), date(2026, 11, 25)),))
        empty = [hour for hour in Clock(MONDAY).week("UTC").hours if hour not in covered(Clock(MONDAY), "UTC", away)]
        assert spans(empty) == "Tue 11-24; Wed 0-11"

    def test_the_clock_put_forward_shifts_only_what_comes_after(self):
        # From the last Sunday of March on, 9 to 17 in Berlin is 7 to 15 by UTC.
        assert said("UTC", person("Europe/Berlin"), first=date(2026, 3, 26)) == "Mon-Wed 7-15; Thu-Fri 8-16"

    def test_somebody_who_works_through_a_repeated_hour_covers_it(self):
        night = Hours(frozenset({6}), 22 * 60, 6 * 60)
        assert said("Europe/Berlin", person("Europe/Berlin", night), first=date(2026, 10, 19)) == ("Sat 22-24; Sun 0-6")

    def test_a_repeated_hour_counts_only_if_all_of_it_is_covered(self):
        # 2 to 3 in Berlin lasts from 0 to 2 by UTC on this Sunday, and this person leaves at 1.
        night = Hours(frozenset({7}), 0, 60)
        assert said("Europe/Berlin", person("UTC", night), first=date(2026, 10, 19)) == ""

    leaves = st.builds(
        lambda start, days: Leave(MONDAY + timedelta(days=start), MONDAY + timedelta(days=start + days)),
        st.integers(-20, 20),
        st.integers(0, 12),
    )
    shifts = st.builds(
        Hours,
        st.frozensets(st.integers(1, 7), min_size=1),
        st.integers(0, 1439),
        st.integers(1, 1440),
    )

    @settings(deadline=None)
    @given(
        st.sampled_from(ZONES),
        st.lists(shifts, max_size=3),
        st.lists(leaves, max_size=3),
        st.integers(0, 863),
        st.integers(0, 400),
    )
    def test_a_quarter_counts_exactly_when_its_ends_do(self, zone, hours, leave, quarter, shift):
        one = person(zone, *hours, leave=tuple(leave))
        clock = Clock(MONDAY + timedelta(days=shift - 200))
        moment = clock.moment(quarter)
        wanted = at_work(one, moment) and at_work(one, moment + timedelta(minutes=14))
        # Asked about first with another leave: what is remembered must not mix the two up.
        clock.row(replace(one, leave=()))
        assert clock.row(one)[quarter] == wanted


class TestWords:
    """Hours said in words."""

    def test_no_hours_are_no_words(self):
        assert spans([]) == ""

    def test_days_alike_that_follow_each_other_are_said_together(self):
        week = Clock(MONDAY).week("UTC").hours
        assert spans(week) == "Mon-Sun all day"
        assert spans([hour for hour in week if hour.weekday != 3 and hour.hour == 5]) == "Mon-Tue 5-6; Thu-Sun 5-6"
        assert spans([hour for hour in week if hour.weekday == 2 and hour.hour in {1, 2, 5}]) == "Tue 1-3, 5-6"
