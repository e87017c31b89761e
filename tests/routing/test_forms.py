"""One way to write each thing, and what is written reads back as it was."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.forms import (
    hours_of,
    is_email,
    is_zone,
    read_clock,
    read_date,
    read_days,
    read_hours,
    tag_advice,
    write_clock,
    write_days,
    write_hours,
)
from routing.records import Hours

weekdays = st.frozensets(st.integers(1, 7), min_size=1)


@given(weekdays)
def test_days_read_back_as_written(days):
    assert read_days(write_days(days)) == days


@given(weekdays, st.integers(0, 1439), st.integers(1, 1440))
def test_hours_read_back_as_written(days, start, end):
    if start != end:
        hours = Hours(days, start, end)
        assert read_hours(write_hours(hours)) == hours


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mon", {1}),
        ("mon-fri", {1, 2, 3, 4, 5}),
        ("sun-thu", {7, 1, 2, 3, 4}),
        ("sat-sun", {6, 7}),
        ("mon, wed fri", {1, 3, 5}),
        ("mon-mon", {1}),
        ("mon-", None),
        ("-fri", None),
        ("Mon", None),
        ("mon--fri", None),
        ("", None),
        (",", None),
    ],
)
def test_days(text, days):
    assert read_days(text) == days


def test_days_are_written_as_people_write_them():
    assert [write_days(days) for days in ({1, 2, 3, 4, 5}, {6, 7}, {1, 3, 4, 5}, {7, 1, 2, 3, 4})] == [
        "mon-fri",
        "sat sun",
        "mon wed-fri",
        "sun-thu",
    ]
    assert write_days(range(1, 8)) == "mon-sun"


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("00:00", 0), ("08:05", 485), ("24:00", 1440), ("24:01", None), ("8:00", None), ("12:60", None), ("٠٨:٠٠", None)],
)
def test_clock(text, minutes):
    assert read_clock(text) == minutes
    if minutes is not None:
        assert write_clock(minutes) == text


def test_midnight_at_the_end_is_the_end_of_the_day():
    assert hours_of(frozenset({1}), 480, 0) == Hours(frozenset({1}), 480, 1440)
    assert hours_of(frozenset({1}), 480, 480) is None


@pytest.mark.parametrize("text", ["2026-1-1", "20260101", "2026-W01-1", "2026-02-30", "٢٠٢٦-٠١-٠١", " 2026-01-01"])
def test_only_one_way_to_write_a_date(text):
    assert read_date(text) is None
    assert read_date("2026-01-01") == date(2026, 1, 1)


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("focal.point@example.org", True),
        ("a+b@mail.example.org", True),
        ("a@b", False),
        ("a@b.org\nBcc: c@d.org", False),
        ("a b@c.org", False),
        ("<a@b.org>", False),
        ("a@b.org,c@d.org", False),
        (f"{'a' * 65}@b.org", False),
        (f"a@{'b' * 260}.org", False),
        ("é@b.org", False),
    ],
)
def test_one_plain_address(text, good):
    assert is_email(text) is good


def test_tags_and_zones():
    assert tag_advice("zh-Hans") is None
    assert tag_advice("ara") == "Write 'ar'"
    assert "BCP 47" in tag_advice("French")
    assert is_zone("Africa/Nairobi")
    assert not is_zone("../etc/passwd")
