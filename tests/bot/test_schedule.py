"""The plan of a chain: turns, reminders and deadlines by the clocks, over weekends and days of 23 or 25 hours."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.schedule import Calendar, gaps, rows
from cases.outbox import ALERT, AWAITING, COVERAGE, GAP, REMINDER
from config.clocks import Clock, Policy, shipped
from routing.directory import Country, Directory, Region, Station
from routing.records import Level, Person
from routing.resolve import Resolution, Turn

HOUR = timedelta(hours=1)
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
FRIDAY = datetime(2026, 11, 27, 18, 0, tzinfo=UTC)
LONG = Clock(24 * HOUR, HOUR, 50, 100, 50)
PAUSING = Policy(LONG, LONG, weekends_pause=True, after_a_stop=HOUR / 4, between=25)


def person(id_, zone="UTC", stations=(), countries=()):
    return Person(id_, id_, "e", (), stations, Level.COUNTRY, ("en",), zone, countries=countries)


ZONES = {"ada": "UTC", "bo": "UTC", "cleo": "Asia/Kolkata", "dana": "America/New_York", "emre": "Africa/Cairo"}


def world(**zones):
    """People by id and time zone; whose zone is Cairo works where Friday and Saturday are free."""
    zones = zones or ZONES
    countries = {
        "nile": Country("nile", "nile", {}, "r", weekend=(5, 6)),
        "west": Country("west", "west", {}, "r", weekend=(6, 7)),
    }
    stations = {one: Station(f"{one}1", one, {}, one, "r") for one in countries}
    stations = {station.id: station for station in stations.values()}
    people = {
        one: person(one, zone, ("nile1",) if zone == "Africa/Cairo" else ("west1",)) for one, zone in zones.items()
    }
    return Directory(people, {}, stations, countries, {"r": Region("r", "r", {})}, {})


def chain(*turns, awaiting=(), alarm=()):
    """A resolution of any number of (person, turn)."""
    return Resolution(tuple(Turn(one, number * HOUR, "", "") for one, number in turns), awaiting=awaiting, alarm=alarm)


def plan(found, now=MONDAY, policy=None, *, urgent=False, purpose="report", directory=None):
    """(template, person) -> (hours from now until due, hours from now until the deadline)."""
    made = rows(found, "7K3M9QX2", now, policy or shipped(), directory or world(), purpose=purpose, urgent=urgent)
    zero = now.timestamp()
    found = {
        (row.template, row.recipient): ((row.due - zero) / 3600, (row.deadline_hour * 3600 - zero) / 3600)
        for row in made
    }
    assert len(found) == len(made), "a second row of the same sort would be refused by the database"
    assert {row.reference for row in made} == {"7K3M9QX2"}
    assert {row.priority for row in made} == {"urgent" if urgent else "normal"}
    return found


FOUR = chain(("ada", 0), ("bo", 1), ("cleo", 2), ("dana", 3), awaiting=("emre",))


def test_turns_come_at_0_100_150_and_200_percent_and_each_is_reminded_at_half_of_their_own():
    assert plan(FOUR) == {
        (ALERT, "ada"): (0, 24),
        (REMINDER, "ada"): (12, 24),
        (ALERT, "bo"): (24, 48),
        (REMINDER, "bo"): (36, 48),
        (ALERT, "cleo"): (36, 60),
        (REMINDER, "cleo"): (48, 60),
        (ALERT, "dana"): (48, 72),
        (REMINDER, "dana"): (60, 72),
        (AWAITING, "emre"): (24, 24),
        (COVERAGE, "emre"): (72, 72),
    }


def test_what_is_urgent_runs_by_the_short_clock():
    found = plan(FOUR, urgent=True)
    assert [found[ALERT, one] for one in ("ada", "bo", "cleo", "dana")] == [(0, 1), (1, 2), (1.5, 3), (2, 3)]
    assert [found[REMINDER, one][0] for one in ("ada", "bo", "cleo", "dana")] == [0.5, 1.5, 2, 2.5]
    assert found[AWAITING, "emre"] == (1, 1)


def test_each_counsellor_has_the_whole_clock():
    found = plan(chain(("ada", 0), ("bo", 1), ("cleo", 2)), purpose="referral")
    assert [found[ALERT, one][0] for one in ("ada", "bo", "cleo")] == [0, 24, 48]


def test_those_who_share_a_turn_are_told_together():
    found = plan(chain(("ada", 0), ("bo", 0), ("cleo", 1)))
    assert [found[ALERT, one] for one in ("ada", "bo", "cleo")] == [(0, 24), (0, 24), (24, 48)]


def test_the_times_are_the_policys_and_the_order_is_routings():
    policy = Policy(Clock(48 * HOUR, 2 * HOUR, 25, 150, 100), LONG, False, HOUR / 4, 25)
    found = plan(FOUR, policy=policy)
    assert [found[ALERT, one] for one in ("ada", "bo", "cleo")] == [(0, 48), (72, 120), (120, 168)]
    assert found[REMINDER, "ada"][0] == 12
    assert found[AWAITING, "emre"][0] == 48


@given(st.integers(0, 3599), st.booleans())
def test_no_row_tells_the_minute_and_no_clock_runs_short(second, urgent):
    now = MONDAY + timedelta(seconds=second)
    made = rows(FOUR, "7K3M9QX2", now, shipped(), world(), purpose="report", urgent=urgent)
    first = rows(FOUR, "7K3M9QX2", MONDAY, shipped(), world(), purpose="report", urgent=urgent)
    later = rows(FOUR, "7K3M9QX2", MONDAY + HOUR, shipped(), world(), purpose="report", urgent=urgent)
    owner = [row for row in made if (row.template, row.recipient) == (ALERT, "ada")]
    assert owner[0].due == MONDAY.timestamp(), "now, and from the full hour before"
    expected = first if second == 0 else later
    assert [(row.due, row.deadline_hour) for row in made if row not in owner] == [
        (row.due, row.deadline_hour) for row in expected if (row.template, row.recipient) != (ALERT, "ada")
    ]


def test_the_alarm_rings_when_the_last_clock_has_run_out():
    assert plan(chain(("ada", 0), awaiting=("emre",)))[COVERAGE, "emre"] == (24, 24)
    assert plan(chain(("ada", 0), alarm=("bo",)))[COVERAGE, "bo"] == (24, 24)


def test_without_anybody_who_coordinates_there_are_only_turns():
    assert {template for template, _ in plan(chain(("ada", 0)))} == {ALERT, REMINDER}


# --- nobody ----------------------------------------------------------------------------------------------------


def test_a_gap_is_told_once_a_day_whatever_is_pressed():
    morning = gaps(chain(alarm=("bo", "cleo")), MONDAY)
    evening = gaps(chain(alarm=("bo",)), MONDAY + 9 * HOUR + timedelta(minutes=7))
    next_day = gaps(chain(alarm=("bo",)), MONDAY + 24 * HOUR)
    keys = [{(row.template, row.reference, row.recipient) for row in made} for made in (morning, evening, next_day)]
    assert keys[1] < keys[0]
    assert not keys[2] & keys[0]
    assert {(row.template, row.priority, len(row.reference), row.due % 3600) for row in evening} == {
        (GAP, "normal", 8, 0)
    }
    assert gaps(chain(), MONDAY) == ()


# --- weekends --------------------------------------------------------------------------------------------------


def test_a_turn_waits_over_the_weekend_but_deadline_and_watch_do_not():
    found = plan(FOUR, FRIDAY, PAUSING)
    assert found[ALERT, "ada"] == (0, 24), "the deadline is that of the plain clock: a pause hides nothing"
    assert found[AWAITING, "emre"] == (24, 24)
    assert found[ALERT, "bo"][0] == 24 + 48
    assert found[REMINDER, "ada"][0] == 12 + 48
    assert found[ALERT, "bo"][1] == 72 + 24


def test_what_is_urgent_never_pauses():
    assert plan(FOUR, FRIDAY, PAUSING, urgent=True) == plan(FOUR, FRIDAY, urgent=True)


def test_without_the_setting_nothing_pauses():
    assert plan(FOUR, FRIDAY) == plan(FOUR, MONDAY)


def test_the_weekend_is_that_of_the_recipients_country():
    thursday = FRIDAY - 24 * HOUR
    found = plan(chain(("emre", 0), ("bo", 1)), thursday, PAUSING)
    assert found[ALERT, "bo"][0] == 24 + 48, "Friday and Saturday are free"
    assert plan(chain(("ada", 0), ("bo", 1)), thursday, PAUSING)[ALERT, "bo"][0] == 24


def test_of_several_in_a_turn_one_who_works_is_enough():
    thursday = FRIDAY - 24 * HOUR
    found = plan(chain(("emre", 0), ("ada", 0), ("bo", 1)), thursday, PAUSING)
    assert found[ALERT, "bo"][0] == 24


def test_each_turns_clock_is_that_of_whoever_was_told():
    """Bo is told on Monday at 18:00 and has no weekend before cleo's turn; the weekend before was ada's."""
    found = plan(FOUR, FRIDAY, PAUSING)
    assert [found[ALERT, one][0] for one in ("ada", "bo", "cleo")] == [0, 72, 84]


def test_a_weekend_begins_and_ends_by_the_persons_own_midnight():
    """In Kolkata it begins on Friday at 18:30 UTC and ends on Sunday at 18:30 UTC."""
    calendar = Calendar(world(), pauses=True)
    assert calendar.run_out("cleo", FRIDAY, HOUR) == FRIDAY + HOUR + 48 * HOUR
    assert calendar.run_out("cleo", FRIDAY, HOUR / 2) == FRIDAY + HOUR / 2
    found = plan(chain(("cleo", 0), ("bo", 1)), FRIDAY, PAUSING)
    assert found[ALERT, "bo"][0] == 72


def test_a_report_on_a_day_of_rest_starts_its_clock_on_monday():
    saturday = FRIDAY + 20 * HOUR
    found = plan(FOUR, saturday, PAUSING)
    assert found[ALERT, "ada"] == (0, 24), "they are told at once all the same"
    assert found[ALERT, "bo"][0] == 34 + 24


def test_whoever_rests_every_day_has_a_clock_all_the_same():
    directory = world(ada="UTC")
    directory.countries["west"] = Country("west", "west", {}, "r", weekend=(1, 2, 3, 4, 5, 6, 7))
    assert plan(chain(("ada", 0), ("bo", 1)), FRIDAY, PAUSING, directory=directory)[ALERT, "bo"][0] == 24


def test_who_works_in_no_country_in_particular_rests_on_saturday_and_sunday():
    directory = Directory({"hq": person("hq")}, {}, {}, {}, {}, {})
    assert Calendar(directory, pauses=True).run_out("hq", FRIDAY, 24 * HOUR) == FRIDAY + 72 * HOUR


def test_a_further_country_counts_where_there_is_no_station():
    directory = world()
    directory.people["far"] = person("far", countries=("nile",))
    assert Calendar(directory, pauses=True).weekend(directory.people["far"]) == (5, 6)


# --- days of 23 and 25 hours -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Europe/Chisinau", datetime(2026, 3, 28, 12, tzinfo=UTC)),  # summer time begins
        ("Europe/Chisinau", datetime(2026, 10, 24, 12, tzinfo=UTC)),  # and ends
        ("America/New_York", datetime(2026, 3, 7, 12, tzinfo=UTC)),
        ("Australia/Lord_Howe", datetime(2026, 4, 4, 4, tzinfo=UTC)),  # by half an hour
    ],
)
@pytest.mark.parametrize("policy", [shipped(), PAUSING])
def test_a_day_is_24_hours_that_pass_whatever_the_clocks_on_the_wall_do(zone, day, policy):
    directory = world(ada=zone, bo="UTC")
    found = plan(chain(("ada", 0), ("bo", 1)), day, policy, directory=directory)
    assert found[ALERT, "ada"] == (0, 24)
    if policy is not PAUSING:
        assert (found[ALERT, "bo"][0], found[REMINDER, "ada"][0]) == (24, 12)


@pytest.mark.parametrize(
    ("friday", "hours"),
    [
        (datetime(2026, 3, 27, 12, tzinfo=UTC), 47),  # the night to Sunday has an hour less
        (datetime(2026, 10, 23, 12, tzinfo=UTC), 49),
        (datetime(2026, 6, 5, 12, tzinfo=UTC), 48),
    ],
)
def test_a_weekend_lasts_from_midnight_to_midnight_on_the_wall(friday, hours):
    calendar = Calendar(world(ada="Europe/Chisinau"), pauses=True)
    assert calendar.run_out("ada", friday, 24 * HOUR) == friday + (24 + hours) * HOUR


def test_a_midnight_that_does_not_exist_is_the_moment_of_the_change():
    """In Beirut summer time begins at midnight, when the clocks go from 0:00 to 1:00: here at the end of a Saturday."""
    directory = world(ada="Asia/Beirut")
    begins = datetime(2026, 3, 28, 22, tzinfo=UTC)
    assert begins.astimezone(ZoneInfo("Asia/Beirut")).hour == 1
    friday = datetime(2026, 3, 27, 12, tzinfo=UTC)
    assert Calendar(directory, pauses=True).run_out("ada", friday, 24 * HOUR) == friday + (24 + 47) * HOUR


ANY_ZONE = st.sampled_from(
    [
        "UTC",
        "Asia/Kolkata",
        "Asia/Kathmandu",
        "America/Havana",
        "Asia/Beirut",
        "Pacific/Apia",
        "Australia/Lord_Howe",
        "?",
    ]
)
QUARTER = timedelta(minutes=15)
"""Every offset from UTC since 2009 is a whole number of these."""
MOMENTS = st.integers(0, 20 * 365 * 96).map(lambda quarters: datetime(2009, 1, 1, tzinfo=UTC) + quarters * QUARTER)


@given(ANY_ZONE, MOMENTS, st.integers(1, 200), st.sets(st.integers(1, 7), max_size=6))
def test_a_clock_that_pauses_runs_exactly_on_the_other_days(zone, start, hours, weekend):
    directory = world(ada=zone)
    directory.countries["west"] = Country("west", "west", {}, "r", weekend=tuple(weekend))
    end = Calendar(directory, pauses=True).run_out("ada", start, hours * HOUR)
    tz = ZoneInfo(zone) if zone != "?" else UTC
    quarters = (start + number * QUARTER for number in range((end - start) // QUARTER))
    ran = [at for at in quarters if at.astimezone(tz).isoweekday() not in weekend]
    assert len(ran) * QUARTER == hours * HOUR
    assert ran[-1] + QUARTER == end, "it does not run out while it stands still"
