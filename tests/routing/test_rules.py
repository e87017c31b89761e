"""The rules of who receives, one by one: a small invented world, and for each rule who is told, and when."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from routing.directory import Entity, EntityKind, Leave, Level, Network, Person, Role, RoleKind, Seat
from routing.resolve import Facts, resolve
from routing.triage_table import Route
from tests.routing.worlds import ENTITIES, FUTURE, NEAR_PAST, NOW, TODAY, directory_of

PSEA, SH = RoleKind.PSEA_FOCAL_POINT, RoleKind.SH_FOCAL_POINT
CHILD, TEAM, OVERSIGHT = RoleKind.CHILD_PROTECTION, RoleKind.CONDUCT_AND_DISCIPLINE, RoleKind.OVERSIGHT
COORDINATOR = RoleKind.COORDINATOR
HEADQUARTERS, REGIONAL = Level.HEADQUARTERS, Level.REGIONAL


def person(one: str, *roles: RoleKind, **more) -> Person:
    made = Person(
        id=one,
        name=one,
        entity="un",
        roles=tuple(Role(role) for role in roles),
        stations=("ada1",),
        level=Level.COUNTRY,
        languages=("en",),
        time_zone="UTC",
        key_id=f"key-{one}",
    )
    return replace(made, **more)


# Whose boss is whose: local -> boss -> chief; stand-in -> boss; far -> chief.
FOLK = [
    person("local", PSEA, alternate="stand-in", supervisor="boss"),
    person("stand-in", supervisor="boss"),
    person("harass", SH, supervisor="boss"),
    person("boss", supervisor="chief", key_id=None),
    person("chief", supervisor=None, level=REGIONAL, stations=(), regions=("north",), key_id=None),
    person("far", PSEA, stations=("ada2",), supervisor="chief"),
    person("region", PSEA, SH, level=REGIONAL, stations=(), regions=("north",)),
    person("headquarters", PSEA, SH, level=HEADQUARTERS, stations=()),
    person("oversight", OVERSIGHT, level=HEADQUARTERS, stations=()),
    person("child", CHILD),
    person("partner-local", PSEA, entity="partner"),
    person("ngo-local", PSEA, entity="ngo"),
    person("chair-un", entity="un"),
    person("chair-ngo", entity="ngo"),
    person("coordinator", COORDINATOR, entity="other", stations=("ada2",)),
    person("team", TEAM, entity="mission", level=HEADQUARTERS, stations=()),
    person("team-here", TEAM, entity="mission"),
    person("inspector", OVERSIGHT, entity="system", level=HEADQUARTERS, stations=()),
]
NETWORK = Network(
    id="network",
    name="Network",
    names={},
    countries=("ada",),
    members=(Seat("un"), Seat("ngo"), Seat("partner")),
    cochairs=(Seat("chair-un"), Seat("chair-ngo")),
    coordinators=(Seat("coordinator"),),
)
ALL = frozenset(one.id for one in FOLK)
OF_UN = frozenset(one.id for one in FOLK if one.entity == "un")


def world(*, changes: dict[str, dict] | None = None, without: tuple[str, ...] = (), network=NETWORK):
    folk = [replace(one, **(changes or {}).get(one.id, {})) for one in FOLK if one.id not in without]
    made = directory_of(folk, (network,) if network else ())
    more = {
        "other": Entity("other", "other", {}, EntityKind.NGO),
        "mission": Entity("mission", "mission", {}, EntityKind.MISSION),
    }
    return replace(made, entities={**ENTITIES, **more})


@dataclass(frozen=True)
class Case:
    """One rule; ``told`` is who is told after how many hours: "a:0 b:24"."""

    rule: str
    told: str
    asked: dict = field(default_factory=dict)
    exclude: frozenset[str] = frozenset()
    alone: frozenset[str] = frozenset()
    away: frozenset[str] = frozenset()
    world: dict = field(default_factory=dict)
    awaiting: str = ""
    alarm: str = ""


def some(text: str) -> frozenset[str]:
    return frozenset(text.split())


LADDER = "local:0 stand-in:24 far:36 region:48 headquarters:60 oversight:72"
CASES = [
    # The concerned entity, the most specific place first.
    Case("the entity's own chain", LADDER, awaiting="chair-ngo coordinator"),
    Case(
        "harassment goes to its own focal points",
        "harass:0 region:24 headquarters:36 oversight:48",
        {"kind": "sh"},
        awaiting="chair-ngo coordinator",
    ),
    Case(
        "a danger runs by the short clock",
        "local:0 stand-in:1 far:1.5 region:2 headquarters:2.5 oversight:3",
        {"urgent": True},
        awaiting="chair-ngo coordinator",
    ),
    Case(
        "another station, another owner",
        "far:0 local:24 region:36 headquarters:48 oversight:60",
        {"station": "ada2"},
        awaiting="chair-ngo coordinator",
    ),
    Case(
        "another country of the region has nobody of its own",
        "region:0 headquarters:24 oversight:36",
        {"station": "bel1"},
    ),
    Case(
        "a place that is not known", "headquarters:0 oversight:24", {"station": None}, awaiting="chair-ngo coordinator"
    ),
    # Implementing partners.
    Case(
        "a partner and who contracts it, at once",
        "partner-local:0 local:0 stand-in:24 far:36 region:48 headquarters:60 oversight:72",
        {"entity": "partner"},
        awaiting="chair-un chair-ngo coordinator",
    ),
    Case(
        "a partner whose own focal point is accused",
        LADDER,
        {"entity": "partner"},
        exclude=some("partner-local"),
        awaiting="chair-un chair-ngo coordinator",
    ),
    # Networks coordinate, and own what has no owner.
    Case("unknown entity", "chair-ngo:0 chair-un:24 coordinator:36 inspector:48", {"entity": None}),
    Case(
        "harassment by nobody knows whom",
        "inspector:0 chair-ngo:24 chair-un:36 coordinator:48",
        {"entity": None, "kind": "sh"},
    ),
    Case(
        "an entity that has nobody here",
        "chair-ngo:0 chair-un:24 coordinator:36 inspector:48",
        {"entity": "mission", "kind": "sea"},
    ),
    Case(
        "no network where there is none",
        "headquarters:0 oversight:24",
        {"station": "cor1"},
    ),
    Case(
        "those outside the network are not its business",
        LADDER,
        world={"network": replace(NETWORK, members=(Seat("ngo"), Seat("un", None, NEAR_PAST)))},
    ),
    # Conflicts.
    Case(
        "the owner is accused: nobody knows that there is one",
        "far:0 region:24 headquarters:36 oversight:48",
        exclude=some("local"),
        awaiting="chair-ngo coordinator",
    ),
    Case(
        "the boss is accused, and all who report to them are kept out",
        "far:0 region:24 headquarters:36 oversight:48",
        exclude=some("boss"),
        awaiting="chair-ngo coordinator",
    ),
    Case(
        "through others as well",
        "region:0 headquarters:24 oversight:36",
        exclude=some("chief"),
        awaiting="chair-ngo coordinator",
    ),
    Case(
        "somebody alone, and not those who report to them",
        LADDER,
        alone=some("boss chief"),
        awaiting="chair-ngo coordinator",
    ),
    Case(
        "the alternate is excluded like anybody",
        "local:0 far:24 region:36 headquarters:48 oversight:60",
        exclude=some("stand-in"),
        awaiting="chair-ngo coordinator",
    ),
    Case(
        "all who are local: the next level",
        "region:0 headquarters:24 oversight:36",
        exclude=some("local stand-in far"),
        awaiting="chair-ngo coordinator",
    ),
    Case(
        "all but oversight",
        "oversight:0",
        exclude=some("local stand-in far region headquarters"),
        awaiting="chair-ngo coordinator",
    ),
    Case(
        "no oversight of its own: the office of the system stands behind",
        "local:0 stand-in:24 far:36 region:48 headquarters:60 inspector:72",
        world={"without": ("oversight",)},
        awaiting="chair-ngo coordinator",
    ),
    Case(
        "an entity all of whose people are excluded: the other co-chair, then the coordinator, then the system",
        "chair-ngo:0 coordinator:24 inspector:36",
        exclude=OF_UN - some("chair-un"),
    ),
    Case(
        "both co-chairs conflicted",
        "coordinator:0 inspector:24",
        exclude=OF_UN | some("chair-ngo"),
    ),
    Case("nobody but the system", "inspector:0", exclude=OF_UN | some("chair-ngo coordinator")),
    Case(
        "nobody at all: the coordinator hears of a gap",
        "",
        exclude=OF_UN | some("chair-ngo inspector"),
        world={"changes": {"coordinator": {"key_id": None}}},
        alarm="coordinator",
    ),
    Case("an excluded coordinator hears of no gap", "", exclude=ALL),
    Case(
        "an excluded co-chair awaits nothing",
        LADDER,
        exclude=some("chair-ngo"),
        awaiting="coordinator",
    ),
    Case(
        "three co-chairs, two of them of the accused entity",
        "chair-ngo:0 coordinator:24 inspector:36",
        exclude=OF_UN - some("chair-un"),
        world={"network": replace(NETWORK, cochairs=(Seat("boss"), Seat("chair-un"), Seat("chair-ngo")))},
    ),
    # A child.
    Case(
        "child protection joins at once",
        "local:0 child:0 stand-in:24 far:36 region:48 headquarters:60 oversight:72",
        {"child": True},
        awaiting="chair-ngo coordinator",
    ),
    Case(
        "child protection of another member",
        "ngo-local:0 child:0",
        {"child": True, "entity": "ngo"},
        awaiting="chair-un coordinator",
    ),
    # Not clear whether exploitation or harassment.
    Case(
        "both focal points at once, and the PSEA focal point's chain",
        "local:0 harass:0 stand-in:24 far:36 region:48 headquarters:60 oversight:72",
        {"route": Route.DUAL},
        awaiting="chair-ngo coordinator",
    ),
    Case(
        "without a PSEA focal point or oversight the SH focal point owns",
        "harass:0",
        {"route": Route.DUAL},
        exclude=some("local stand-in far region headquarters oversight inspector"),
        awaiting="chair-ngo coordinator",
    ),
    Case(
        "a contractor's SH focal point gets no copy",
        "partner-local:0 local:0 stand-in:24 far:36 region:48 headquarters:60 oversight:72",
        {"route": Route.DUAL, "entity": "partner"},
        awaiting="chair-un chair-ngo coordinator",
    ),
    # Peacekeepers.
    Case(
        "the mission's conduct and discipline team",
        "team-here:0 team:24 inspector:36",
        {"route": Route.CONDUCT_AND_DISCIPLINE, "entity": None},
        awaiting="chair-un chair-ngo coordinator",
    ),
    Case(
        "no such team: those who own what nobody does",
        "chair-ngo:0 chair-un:24 coordinator:36 inspector:48",
        {"route": Route.CONDUCT_AND_DISCIPLINE, "entity": None},
        world={"without": ("team", "team-here")},
    ),
    # What is no report.
    *(
        Case(f"{route} sends nothing, and is no gap", "", {"route": route})
        for route in (Route.OTHER_MISCONDUCT, Route.REFERRAL_ONLY, Route.NONE)
    ),
    # People who are away.
    Case(
        "the alternate takes the turn at the same moment",
        "stand-in:0 far:24 region:36 headquarters:48 oversight:60 local:72",
        away=some("local"),
        awaiting="chair-ngo coordinator",
    ),
    Case(
        "without an alternate the next in the chain does",
        "region:0 headquarters:24 oversight:36 harass:48",
        {"kind": "sh"},
        away=some("harass"),
        awaiting="chair-ngo coordinator",
    ),
    Case(
        "owner and alternate both away",
        "far:0 region:24 headquarters:36 oversight:48 local:60 stand-in:72",
        away=some("local stand-in"),
        awaiting="chair-ngo coordinator",
    ),
    Case(
        "an alternate who is excluded stands in for nobody",
        "far:0 region:24 headquarters:36 oversight:48 local:60",
        away=some("local"),
        exclude=some("stand-in"),
        awaiting="chair-ngo coordinator",
    ),
    Case(
        "leave counts at the moment of the turn: the owner is there today, the region is not in two days",
        "local:0 stand-in:24 far:36 headquarters:48 oversight:60 region:72",
        world={"changes": {"region": {"leave": (Leave(TODAY + timedelta(days=2), FUTURE),)}}},
        awaiting="chair-ngo coordinator",
    ),
    Case(
        "leave that is over by the turn changes nothing",
        LADDER,
        world={"changes": {"region": {"leave": (Leave(NEAR_PAST, TODAY),)}}},
        awaiting="chair-ngo coordinator",
    ),
    Case(
        "everybody away: nobody is a better owner",
        LADDER,
        away=ALL,
        awaiting="chair-ngo coordinator",
    ),
    Case(
        "child protection away: whoever stands in",
        "local:0 ngo-local:0 stand-in:24 far:36 region:48 headquarters:60 oversight:72 child:84",
        {"child": True},
        away=some("child"),
        world={"changes": {"child": {"alternate": "ngo-local"}}},
        awaiting="chair-ngo coordinator",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_rule(case):
    asked = Facts("sea", "un", "ada1", child=False, urgent=False)
    found = resolve(
        world(**case.world),
        replace(asked, **case.asked),
        exclude=case.exclude,
        alone=case.alone,
        away=case.away,
        now=NOW,
    )
    told = " ".join(f"{turn.person}:{turn.after / timedelta(hours=1):g}" for turn in found.recipients)
    assert told == case.told
    assert set(found.awaiting) == some(case.awaiting)
    assert set(found.alarm) == some(case.alarm)


def test_reasons_are_in_words_and_say_who_stands_in():
    found = resolve(
        world(), Facts("sea", "un", "ada1", child=True, urgent=False), exclude=frozenset(), now=NOW, away=some("local")
    )
    assert found.reasons[0] == "stands in for the PSEA focal point of un, at the duty station, who is away"
    assert found.reasons[1] == "child protection of un, at the duty station"
    assert found.reasons[-1] == "PSEA focal point of un, at the duty station, away now"
