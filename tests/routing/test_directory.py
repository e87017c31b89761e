"""The look-ups: what covers a place, in order of id, whatever the order of the file."""

from dataclasses import FrozenInstanceError, replace

import pytest

from routing.directory import Level, Network, Place, Reach, Role, RoleKind, Seat, holds_on
from routing.errors import DirectoryFaults, Fault
from tests.routing.test_resolve import person
from tests.routing.worlds import ENTITIES, FUTURE, NEAR_PAST, PAST, TODAY, directory_of

PSEA = RoleKind.PSEA_FOCAL_POINT


def covering(world, reach: Reach, place: str | None) -> list[str]:
    return [found.id for found in world.covering(PSEA, "un", reach, place)]


def test_people_are_listed_by_id_whatever_the_order_of_the_file():
    world = directory_of([person("b", PSEA), person("c", PSEA), person("a", PSEA)])
    assert covering(world, Reach.STATION, "ada1") == ["a", "b", "c"]
    assert [found.id for found in world.anywhere(PSEA, Reach.COUNTRY, "ada")] == ["a", "b", "c"]


def test_a_level_says_how_far_somebody_reaches():
    world = directory_of(
        [
            person("country", PSEA, stations=("ada1", "ada2"), countries=("cor",)),
            person("headquarters", PSEA, level=Level.HEADQUARTERS),
            person("regional", PSEA, level=Level.REGIONAL, regions=("south",)),
        ]
    )
    assert covering(world, Reach.STATION, "ada2") == ["country"]
    assert covering(world, Reach.COUNTRY, "ada") == ["country"]
    assert covering(world, Reach.COUNTRY, "cor") == ["country"]
    assert covering(world, Reach.COUNTRY, "bel") == []
    assert covering(world, Reach.REGION, "north") == ["regional"]
    assert covering(world, Reach.REGION, "south") == ["regional"]
    assert covering(world, Reach.HEADQUARTERS, "") == ["headquarters"]
    assert covering(world, Reach.ANYWHERE, "") == ["country", "headquarters", "regional"]
    assert covering(world, Reach.STATION, None) == []


def test_a_place_is_a_station_or_a_country():
    world = directory_of([])
    assert world.place("cor1") == Place("cor1", "cor", "south")
    assert world.place("cor") == Place(None, "cor", "south")
    assert world.place("nowhere") == world.place(None) == Place()


def test_the_only_network_serves_an_unknown_country_and_one_of_two_does_not():
    one, two = (Network(name, name, {}, ("ada",), (), ()) for name in ("one", "two"))
    assert directory_of([], (one,)).networks_in(None) == (one,)
    assert directory_of([], (one,)).networks_in("cor") == ()
    assert directory_of([], (two, one)).networks_in(None) == ()
    assert directory_of([], (two, one)).networks_in("ada") == (one, two)


def test_receivers_are_holders_seats_and_their_alternates_of_the_day():
    folk = [
        person("ended", Role(PSEA, None, NEAR_PAST), alternate="nobodys"),
        person("gone", PSEA, valid_to=NEAR_PAST),
        person("holder", PSEA, alternate="stand-in"),
        person("later", Role(PSEA, FUTURE)),
        person("nobodys"),
        person("past-seat"),
        person("seat"),
        person("stand-in"),
    ]
    network = Network("n", "n", {}, ("ada",), (), (Seat("seat"), Seat("past-seat", PAST, NEAR_PAST)))
    assert directory_of(folk, (network,)).receivers(TODAY) == {"holder", "stand-in", "seat"}


def test_only_keys_that_were_found_count():
    world = directory_of([person("a", key_id=None), person("b", key_id="only named"), person("c", key_id="found")])
    people = world.with_keys({"a": "new", "c": "found"}).people
    assert [people[one].key_id for one in "abc"] == ["new", None, "found"]
    assert world.people["a"].key_id is None


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "holds"),
    [
        (None, None, True),
        (TODAY, TODAY, True),
        (PAST, None, True),
        (None, FUTURE, True),
        (FUTURE, None, False),
        (None, NEAR_PAST, False),
    ],
)
def test_both_ends_of_a_span_are_inclusive_and_may_be_open(valid_from, valid_to, holds):
    assert holds_on(Seat("x", valid_from, valid_to), TODAY) is holds


def test_a_name_falls_back_on_the_base_language_and_then_on_the_general_one():
    named = replace(ENTITIES["un"], name="Agency", names={"fr": "Agence"})
    assert [named.name_in(tag) for tag in ("fr", "fr-CA", "ar")] == ["Agence", "Agence", "Agency"]


def test_records_are_frozen():
    with pytest.raises(FrozenInstanceError):
        person("a").key_id = "other"


def test_a_fault_is_one_line_and_many_say_how_many():
    first, second = Fault("b.yaml", 2, "x", "y"), Fault("a.yaml", 10, "this is wrong", "Do that")
    assert str(second) == "a.yaml:10: this is wrong. Do that"
    assert str(DirectoryFaults((second,))) == str(second)
    assert str(DirectoryFaults((first, second))) == f"{second} (and 1 more)"
