"""Which counsellors are asked, by example: each rule that is hard, and each that only orders."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from routing.directory import (
    Country,
    Fluency,
    Gender,
    Hours,
    Leave,
    Level,
    Modality,
    Network,
    Person,
    Role,
    RoleKind,
    Seat,
    Tier,
)
from routing.matching import COUNSELLORS, Wish, match_counsellors, safe_hours
from tests.routing.worlds import COUNTRIES, FUTURE, NEAR_PAST, NOW, TODAY, directory_of

EVERY_DAY = frozenset(range(1, 8))
DAY, NIGHT = (Hours(EVERY_DAY, 8 * 60, 17 * 60),), (Hours(EVERY_DAY, 22 * 60, 6 * 60),)


def person(one: str, **more) -> Person:
    made = Person(
        id=one,
        name=one,
        entity="ngo",
        roles=(Role(RoleKind.COUNSELLOR),),
        stations=("ada1",),
        level=Level.COUNTRY,
        languages=("en",),
        time_zone="UTC",
        key_id=f"key-{one}",
        tier=Tier.GBV,
    )
    return replace(made, **more)


def asked(*folk: Person, wish: Wish | None = None, **more) -> list[str]:
    more = {"exclude": frozenset(), "now": NOW, "busy": {}} | more
    found = match_counsellors(directory_of(list(folk)), wish or Wish("en"), **more)
    return [turn.person for turn in found.recipients]


# What is hard.


@pytest.mark.parametrize(
    ("group", "found"),
    [("staff", "staff wide external"), ("community", "gbv"), ("unsure", "gbv staff wide external")],
)
def test_each_group_has_its_own_services_in_order(group, found):
    folk = [
        person("external", tier=Tier.EXTERNAL),
        person("gbv"),
        person("staff", tier=Tier.STAFF),
        person("wide", tier=Tier.UN_WIDE),
    ]
    assert asked(*folk, wish=Wish("en", group)) == found.split()


@pytest.mark.parametrize(
    ("tags", "fluency", "language", "found"),
    [
        (("fr",), {}, "fr", True),
        (("fr",), {"fr": Fluency.FLUENT}, "fr", True),
        (("en", "fr"), {"fr": Fluency.BASIC}, "fr", False),
        (("en", "fr"), {"fr": Fluency.BASIC}, "en", True),
        (("fr", "fr-CA"), {"fr": Fluency.BASIC}, "fr", True),
        (("fr-CA",), {}, "fr", True),
        (("fr",), {}, "fr-CA", True),
        (("fr-CA",), {}, "fr-CH", False),
        (("zh-Hans",), {}, "zh", True),
        (("zh-Hans",), {}, "zh-Hant", False),
        (("ar",), {}, "en", False),
    ],
)
def test_the_language_is_never_bargained_with_and_basic_is_not_enough(tags, fluency, language, found):
    assert bool(asked(person("a", languages=tags, fluency=fluency), wish=Wish(language))) is found


@pytest.mark.parametrize(
    ("wish", "found"),
    [
        ("any", "a-man b-woman c-other d-unsaid"),
        ("woman", "b-woman a-man c-other d-unsaid"),
        ("man", "a-man b-woman c-other d-unsaid"),
        ("woman_only", "b-woman"),
        ("man_only", "a-man"),
    ],
)
def test_only_means_only_and_a_preference_orders(wish, found):
    folk = [
        person("a-man", gender=Gender.MAN),
        person("b-woman", gender=Gender.WOMAN),
        person("c-other", gender=Gender.OTHER),
        person("d-unsaid"),
    ]
    assert asked(*folk, wish=Wish("en", gender=wish)) == found.split()


def test_nobody_is_asked_to_speak_in_a_way_they_do_not():
    writer, caller = person("a"), person("b", modalities=(Modality.PHONE, Modality.VIDEO))
    assert asked(writer, caller, wish=Wish("en", mode="phone")) == ["b"]
    assert asked(writer, caller, wish=Wish("en", mode="text")) == ["a"]
    assert asked(writer, caller) == ["a", "b"]
    assert asked(writer, wish=Wish("en", mode="video")) == []


@pytest.mark.parametrize(
    "change",
    [
        {"key_id": None},
        {"valid_to": NEAR_PAST},
        {"valid_from": FUTURE},
        {"roles": (Role(RoleKind.COUNSELLOR, FUTURE),)},
        {"roles": (Role(RoleKind.COORDINATOR),)},
    ],
)
def test_who_is_not_valid_today_or_has_no_key_is_not_asked(change):
    assert asked(person("a", **change), person("b")) == ["b"]


def test_excluded_people_and_those_who_report_to_them_are_not_asked():
    folk = [person("a"), person("b", supervisor="a"), person("c", supervisor="b"), person("d")]
    assert asked(*folk, exclude=frozenset({"a"})) == ["d"]
    assert asked(*folk, alone=frozenset({"a"})) == ["b", "c", "d"]


# The two clocks. NOW is a Monday, half past nine in UTC; ada keeps UTC, bel is six hours ahead, cor does not say.


@pytest.mark.parametrize(
    ("hours", "zone", "station", "when", "found"),
    [
        (DAY, "UTC", "ada1", "morning", True),
        (DAY, "UTC", "ada1", "evening", False),
        (DAY, "UTC", "ada1", "night", False),
        (NIGHT, "UTC", "ada1", "night", True),
        (NIGHT, "UTC", "ada1", "afternoon", False),
        (DAY, "UTC", "bel1", "evening", True),  # 18 to 22 in Dhaka is 12 to 16 in UTC
        (DAY, "UTC", "bel1", "morning", False),  # midnight to six in UTC
        (DAY, "Asia/Dhaka", "bel1", "morning", True),
        (DAY, "Asia/Dhaka", "cor1", "morning", True),  # no time zone for the country: the counsellor's own
        (DAY, "Asia/Dhaka", None, "evening", False),
        (DAY, "America/Lima", "ada1", "evening", True),  # 13 to 22 in UTC
        ((), "UTC", "ada1", "afternoon", True),  # hours not stated are office hours
        ((), "UTC", "ada1", "evening", False),
        ((Hours(frozenset({6}), 480, 720),), "UTC", "ada1", "morning", True),  # next Saturday
        ((Hours(EVERY_DAY, 480, 18 * 60 + 29),), "UTC", "ada1", "evening", False),  # too short to speak in
        ((Hours(EVERY_DAY, 480, 18 * 60 + 30),), "UTC", "ada1", "evening", True),
    ],
)
def test_safe_hours_and_working_hours_must_meet(hours, zone, station, when, found):
    one = person("a", hours=hours, time_zone=zone)
    assert bool(asked(one, wish=Wish("en", when=when, station=station))) is found


def test_what_is_over_today_does_not_count():
    """At half past nine on a Monday, who works on Mondays until ten, and is then away, has half an hour left."""
    one = person(
        "a", hours=(Hours(frozenset({1}), 8 * 60, 10 * 60),), leave=(Leave(TODAY + timedelta(days=1), FUTURE),)
    )
    assert asked(one) == ["a"]
    assert asked(one, now=NOW + timedelta(minutes=1)) == []


def test_leave_all_week_is_no_time_at_all_and_leave_today_comes_last():
    assert asked(person("a", leave=(Leave(TODAY, TODAY + timedelta(days=9)),))) == []
    assert asked(person("a", leave=(Leave(TODAY, TODAY),)), person("b")) == ["b", "a"]
    assert asked(person("a"), person("b"), away=frozenset({"a"})) == ["b", "a"]


def test_a_day_on_which_the_clocks_change_is_counted_by_the_wall():
    """In Vienna, 29 March 2026, 10 to 17 is 8 to 15 in UTC; the day before it is 9 to 16."""
    now = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)
    country = Country("ada", "ada", {}, "north", time_zone="Europe/Vienna")
    world = replace(directory_of([]), countries={**COUNTRIES, "ada": country})
    wish = Wish("en", when="evening", station="ada1")
    assert safe_hours(world, wish, datetime(2026, 3, 27, 12, tzinfo=UTC)) == (
        time(17, tzinfo=UTC),
        time(21, tzinfo=UTC),
    )
    assert safe_hours(world, wish, now) == (time(16, tzinfo=UTC), time(20, tzinfo=UTC))


def test_safe_hours_are_told_only_where_the_time_zone_is_known():
    world = directory_of([])
    assert safe_hours(world, Wish("en", when="evening", station="bel1"), NOW) == (
        time(12, tzinfo=UTC),
        time(16, tzinfo=UTC),
    )
    assert safe_hours(world, Wish("en", when="evening", station="cor1"), NOW) is None
    assert safe_hours(world, Wish("en", when="evening"), NOW) is None
    assert safe_hours(world, Wish("en", station="bel1"), NOW) is None


# What orders.


def test_load_then_distance_then_the_id():
    folk = [
        person("a", stations=("cor1",)),
        person("b", stations=("bel1",)),
        person("c", stations=("ada2",)),
        person("d", stations=("ada1",)),
        person("e", stations=("cor1",), countries=("ada",)),
    ]
    wish = Wish("en", station="ada1")
    assert asked(*folk, wish=wish) == ["d", "c", "e", "b", "a"]
    assert asked(*folk, wish=wish, busy={"d": 1}) == ["c", "e", "b", "a", "d"]
    assert asked(*folk) == ["a", "b", "c", "d", "e"]


def test_load_is_measured_by_capacity_and_whoever_is_full_comes_last():
    folk = [person("a", capacity=2), person("b", capacity=8), person("c", tier=Tier.STAFF), person("d")]
    assert asked(*folk, busy={"a": 1, "b": 2}) == ["d", "b", "a", "c"]
    assert asked(*folk, busy={"a": 2, "b": 2, "d": 9}) == ["b", "d", "c", "a"]


def test_when_it_is_urgent_whoever_is_at_work_comes_first_and_then_whoever_is_awake():
    folk = [
        person("a-asleep", time_zone="America/Lima"),  # half past four
        person("b-awake", time_zone="UTC", hours=(Hours(EVERY_DAY, 12 * 60, 20 * 60),)),
        person("c-works", tier=Tier.STAFF),
    ]
    assert asked(*folk) == ["a-asleep", "b-awake", "c-works"]
    assert asked(*folk, wish=Wish("en", urgent=True)) == ["c-works", "b-awake", "a-asleep"]


def test_the_next_is_asked_after_a_day_or_an_hour_and_at_most_five():
    folk = [person(f"p{number}") for number in range(9)]
    for urgent, clock in ((False, timedelta(days=1)), (True, timedelta(hours=1))):
        found = match_counsellors(
            directory_of(folk), Wish("en", urgent=urgent), exclude=frozenset({"p0"}), now=NOW, busy={}
        )
        assert [turn.person for turn in found.recipients] == [f"p{number}" for number in range(1, COUNSELLORS + 1)]
        assert [turn.after for turn in found.recipients] == [number * clock for number in range(COUNSELLORS)]


# In words.


def test_reasons_are_in_words_and_a_wish_shows_nothing():
    wish = Wish("en", "community", "woman_only", "phone", "night", "ada1", urgent=True)
    assert repr(wish) == "Wish()"
    found = match_counsellors(
        directory_of([person("a", capacity=4)]), Wish("en", station="ada2"), exclude=frozenset(), now=NOW, busy={"a": 1}
    )
    assert found.reasons == (
        "counsellor of the services for survivors who speaks en, in the country, accompanies 1 of 4",
    )


def test_nobody_is_an_honest_answer_and_a_coordinator_hears_of_it():
    network = Network("n", "N", {}, ("ada",), (), (), (Seat("c"),))
    world = directory_of([person("a"), person("c", roles=())], (network,))
    found = match_counsellors(world, Wish("so", station="ada1"), exclude=frozenset(), now=NOW, busy={})
    assert (found.recipients, found.alarm) == ((), ("c",))


def test_a_moment_without_time_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        asked(person("a"), now=NOW.replace(tzinfo=None))
