"""Who receives, by example: the demo directory's people and each rule of the ladder."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from importlib.resources import files

import pytest

from routing.directory import Entity, EntityKind, Level, Network, Person, Role, RoleKind, Seat
from routing.load import load
from routing.resolve import Facts, resolve
from tests.routing.worlds import ENTITIES, FUTURE, NEAR_PAST, NOW, TODAY, directory_of

PSEA, SH = RoleKind.PSEA_FOCAL_POINT, RoleKind.SH_FOCAL_POINT


@pytest.fixture(scope="module")
def demo():
    directory = load({"directory.yaml": (files("config") / "demo" / "directory.yaml").read_text("utf-8")})
    return directory.with_keys({one: f"key-{one}" for one in directory.people})


def asked(entity: str | None = None, station: str | None = None, kind: str = "sea", **more: bool) -> Facts:
    return Facts(
        kind=kind, entity=entity, station=station, child=more.get("child", False), urgent=more.get("urgent", False)
    )


def chain(directory, question: Facts, *excluded: str):
    turns = resolve(directory, question, exclude=frozenset(excluded), now=NOW).recipients
    return [(turn.person, turn.after / timedelta(hours=1), turn.role) for turn in turns]


def names(directory, question: Facts, *excluded: str) -> list[str]:
    return [name for name, _, _ in chain(directory, question, *excluded)]


def person(one: str, *roles: RoleKind | Role, **more) -> Person:
    made = Person(
        id=one,
        name=one,
        entity="un",
        roles=tuple(role if isinstance(role, Role) else Role(role) for role in roles),
        stations=("ada1",),
        level=Level.COUNTRY,
        languages=("en",),
        time_zone="UTC",
        key_id=f"key-{one}",
    )
    return replace(made, **more)


# The demo directory.


def test_owner_alternate_region_headquarters_oversight(demo):
    assert chain(demo, asked("civic-relief", "port-lumen")) == [
        ("amara-lind", 0, "psea_focal_point"),
        ("josen-pell", 24, "alternate"),
        ("mirel-tasso", 36, "psea_focal_point"),
        ("ilka-brandis", 48, "alternate"),
        ("teodor-quay", 60, "oversight"),
    ]


def test_the_duty_station_decides_who_owns(demo):
    assert names(demo, asked("civic-relief", "salt-stairs"))[:2] == ["josen-pell", "amara-lind"]
    assert names(demo, asked("civic-relief", "dune-crossing"))[0] == "nour-hadey"


def test_the_kind_decides_who_owns(demo):
    assert names(demo, asked("civic-relief", "port-lumen", "sh"))[0] == "josen-pell"


def test_urgent_turns_follow_the_hour(demo):
    turns = chain(demo, asked("civic-relief", "port-lumen", urgent=True))
    assert [after for _, after, _ in turns] == [0, 1, 1.5, 2, 2.5]


def test_a_country_alone_serves_as_a_place(demo):
    assert names(demo, asked("civic-relief", "nualis"))[0] == "nour-hadey"


def test_without_a_place_headquarters_owns(demo):
    assert names(demo, asked("civic-relief"))[0] == "ilka-brandis"


def test_without_a_place_or_headquarters_anybody_of_the_entity_owns(demo):
    assert names(demo, asked("open-well")) == ["pia-sunder"]


def test_a_partner_and_its_contractor_are_told_at_once(demo):
    turns = chain(demo, asked("lantern-works", "dune-crossing"))
    assert turns[:2] == [("dario-menk", 0, "psea_focal_point"), ("nour-hadey", 0, "psea_focal_point")]
    assert turns[2][1] == 24


def test_a_contract_that_has_ended_tells_nobody(demo):
    partner = demo.entities["lantern-works"]
    ended = replace(partner, contracted_by=(Seat("civic-relief", None, NEAR_PAST),))
    past = replace(demo, entities={**demo.entities, "lantern-works": ended})
    # The alternate stays; she is named by the focal point himself.
    assert names(past, asked("lantern-works", "dune-crossing")) == ["dario-menk", "nour-hadey"]
    assert chain(past, asked("lantern-works", "dune-crossing"))[1] == ("nour-hadey", 24, "alternate")


def test_when_the_entity_is_unknown_the_network_owns(demo):
    for station in ("port-lumen", "nualis", None):
        assert chain(demo, asked(None, station)) == [
            ("mirel-tasso", 0, "cochair"),
            ("odile-varn", 24, "cochair"),
            ("runa-teff", 36, "coordinator"),
        ]


def test_an_entity_without_anybody_left_goes_to_the_other_cochair(demo):
    everybody = [one.id for one in demo.people.values() if one.entity == "harbour-fund" and one.id != "odile-varn"]
    assert names(demo, asked("harbour-fund", "port-lumen"), *everybody, "odile-varn") == ["mirel-tasso"]


def test_a_child_brings_in_child_protection_of_the_place_at_once(demo):
    assert ("sefa-okum", 0, "child_protection") in chain(demo, asked("civic-relief", "dune-crossing", child=True))
    assert "sefa-okum" not in names(demo, asked("civic-relief", "port-lumen", child=True))


def test_child_protection_of_another_member_joins_through_the_network(demo):
    assert ("sefa-okum", 0, "child_protection") in chain(demo, asked("open-well", "benhale", child=True))
    alone = replace(demo, networks={})
    assert "sefa-okum" not in names(alone, asked("open-well", "benhale", child=True))


def test_child_protection_does_not_join_for_an_entity_outside_the_network(demo):
    network = demo.networks["velmora-nualis"]
    smaller = replace(network, members=(Seat("civic-relief"), Seat("open-well", None, NEAR_PAST)))
    world = replace(demo, networks={network.id: smaller})
    assert "sefa-okum" not in names(world, asked("open-well", "benhale", child=True))


def test_nobody_left_is_an_empty_answer(demo):
    resolution = resolve(demo, asked("open-well", "salt-stairs"), exclude=frozenset(demo.people), now=NOW)
    assert resolution.recipients == ()
    assert "pia-sunder" in resolution.excluded


def test_what_was_excluded_is_in_no_repr(demo):
    resolution = resolve(demo, asked("civic-relief", "port-lumen"), exclude=frozenset({"amara-lind"}), now=NOW)
    assert resolution.excluded == ("amara-lind",)
    assert "amara-lind" not in repr(resolution)


def test_every_reason_is_in_words(demo):
    resolution = resolve(demo, asked("civic-relief", "port-lumen"), exclude=frozenset(), now=NOW)
    assert resolution.reasons[0] == "PSEA focal point of Civic Relief Agency (fictional), at the duty station"
    assert resolution.reasons[1].startswith("alternate of the PSEA focal point of Civic Relief Agency")


# Validity and keys.


@pytest.mark.parametrize(
    "change",
    [
        {"key_id": None},
        {"valid_to": NEAR_PAST},
        {"valid_from": FUTURE},
        {"roles": (Role(PSEA, FUTURE, None),)},
        {"roles": (Role(PSEA, None, NEAR_PAST),)},
        {"roles": (Role(SH),)},
    ],
)
def test_who_is_not_valid_today_or_has_no_key_does_not_receive(change):
    world = directory_of([person("a", PSEA, **change), person("b", PSEA)])
    assert names(world, asked("un", "ada1")) == ["b"]


def test_first_and_last_day_count():
    world = directory_of([person("a", Role(PSEA, TODAY, TODAY), valid_from=TODAY, valid_to=TODAY)])
    assert names(world, asked("un", "ada1")) == ["a"]


def test_an_expired_certification_excludes_nobody():
    world = directory_of([person("a", PSEA, certified_until=NEAR_PAST)])
    assert names(world, asked("un", "ada1")) == ["a"]


def test_the_day_is_that_of_utc():
    world = directory_of([person("a", PSEA, valid_to=TODAY)])
    late = datetime(2026, 11, 24, 1, 0, tzinfo=timezone(timedelta(hours=3)))
    assert resolve(world, asked("un", "ada1"), exclude=frozenset(), now=late).recipients
    assert not resolve(
        world, asked("un", "ada1"), exclude=frozenset(), now=late.astimezone(UTC).replace(day=24)
    ).recipients


def test_a_moment_without_time_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        resolve(directory_of([]), asked(), exclude=frozenset(), now=NOW.replace(tzinfo=None))


# Who is first among equals.


def test_equals_are_in_order_of_id():
    world = directory_of([person("c", PSEA), person("a", PSEA), person("b", PSEA)])
    assert names(world, asked("un", "ada1")) == ["a", "b"]


def test_whoever_only_stands_in_comes_second():
    world = directory_of([person("a", PSEA), person("b", PSEA, alternate="a")])
    assert names(world, asked("un", "ada1")) == ["b", "a"]


def test_two_who_name_each_other_are_in_order_of_id():
    world = directory_of([person("a", PSEA, alternate="b"), person("b", PSEA, alternate="a")])
    assert names(world, asked("un", "ada1")) == ["a", "b"]


def test_two_who_name_each_other_are_not_behind_a_third():
    pair = [person("a", PSEA, alternate="b"), person("b", PSEA, alternate="a")]
    assert names(directory_of([*pair, person("c", PSEA)]), asked("un", "ada1")) == ["a", "b"]


def test_an_alternate_needs_no_role_but_a_key():
    world = directory_of([person("a", PSEA, alternate="z"), person("z")])
    assert chain(world, asked("un", "ada1"))[1] == ("z", 24, "alternate")
    keyless = directory_of([person("a", PSEA, alternate="z"), person("z", key_id=None)])
    assert names(keyless, asked("un", "ada1")) == ["a"]


def test_an_excluded_owner_is_replaced_by_the_next_at_once():
    world = directory_of([person("a", PSEA, alternate="b"), person("b", PSEA)])
    assert chain(world, asked("un", "ada1"), "a") == [("b", 0, PSEA)]


def test_no_step_is_longer_than_two():
    crowd = [person(f"p{number}", PSEA) for number in range(6)]
    assert len(names(directory_of(crowd), asked("un", "ada1"))) == 2


# Oversight and the system-wide office.


def test_a_un_entity_without_oversight_falls_back_on_the_system_office():
    office = person("o", RoleKind.OVERSIGHT, entity="system", level=Level.HEADQUARTERS)
    assert names(directory_of([person("a", PSEA), office]), asked("un", "ada1")) == ["a", "o"]
    ngo = directory_of([person("a", PSEA, entity="ngo"), office])
    assert names(ngo, asked("ngo", "ada1")) == ["a"]


def test_harassment_by_an_unknown_entity_goes_to_the_system_office_first():
    office = person("o", RoleKind.OVERSIGHT, entity="system", level=Level.HEADQUARTERS)
    chair = person("c", PSEA, entity="ngo")
    network = Network("n", "N", {}, ("ada",), (), (Seat("c"),))
    world = directory_of([office, chair], (network,))
    assert names(world, asked(None, "ada1", "sh")) == ["o", "c"]
    assert names(world, asked(None, "ada1", "sea")) == ["c", "o"]


def test_a_coordinator_of_the_country_owns_when_there_is_no_network():
    world = directory_of([person("c", RoleKind.COORDINATOR), person("d", RoleKind.COORDINATOR, stations=("cor1",))])
    assert names(world, asked(None, "ada2")) == ["c"]
    assert names(world, asked(None, "bel1")) == []


def test_a_network_or_seat_that_has_ended_owns_nothing():
    folk = [person("c", PSEA), person("d", PSEA, entity="ngo")]
    seats = (Seat("c", None, NEAR_PAST), Seat("d"))
    world = directory_of(folk, (Network("n", "N", {}, ("ada",), (), seats),))
    assert names(world, asked(None, "ada1")) == ["d"]
    ended = directory_of(folk, (Network("n", "N", {}, ("ada",), (), seats, valid_to=NEAR_PAST),))
    assert names(ended, asked(None, "ada1")) == []


def test_a_mission_counts_as_part_of_the_system():
    world = replace(
        directory_of([person("o", RoleKind.OVERSIGHT, entity="system")]),
        entities={**ENTITIES, "force": Entity("force", "Force", {}, EntityKind.MISSION)},
    )
    assert names(world, asked("force", "ada1")) == ["o"]
