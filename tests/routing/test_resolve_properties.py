"""What must hold of every answer, over random directories."""

from dataclasses import replace

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from routing.directory import Directory, Level, Person, Role, RoleKind, holds_on
from routing.hours import on_leave
from routing.resolve import ACKNOWLEDGE, ACKNOWLEDGE_URGENT, resolve
from routing.triage_table import Route
from tests.routing.worlds import (
    COUNTRIES,
    NOW,
    STATIONS,
    TODAY,
    directory_of,
    exclusions,
    facts,
    people,
    worlds,
)

FOCAL = {"sea": RoleKind.PSEA_FOCAL_POINT, "sh": RoleKind.SH_FOCAL_POINT}
LEVELS = [Level.COUNTRY, Level.REGIONAL, Level.HEADQUARTERS]


def ids(resolution) -> list[str]:
    return [turn.person for turn in resolution.recipients]


def everybody(resolution) -> set[str]:
    return {*ids(resolution), *resolution.awaiting, *resolution.alarm}


def in_line(directory: Directory, one: str | None, exclude: frozenset[str]) -> bool:
    """Whether somebody is excluded or reports, through anybody, to somebody who is."""
    seen = set()
    while one is not None and one in directory.people and one not in seen:
        if one in exclude:
            return True
        seen.add(one)
        one = directory.people[one].supervisor
    return one in exclude


@settings(deadline=None)
@given(worlds(), facts, exclusions, exclusions)
def test_nobody_excluded_and_nobody_who_reports_to_them_is_ever_told(directory, asked, exclude, alone):
    resolution = resolve(directory, asked, exclude=exclude, alone=alone, now=NOW)
    assert not [one for one in everybody(resolution) if in_line(directory, one, exclude)]
    assert not alone & everybody(resolution)
    assert all(one in alone or in_line(directory, one, exclude) for one in resolution.excluded)


@settings(deadline=None)
@given(worlds(), facts, exclusions, exclusions, exclusions)
def test_the_answer_is_as_if_the_excluded_did_not_exist(directory, asked, exclude, alone, away):
    """No gap in the times, no word in a reason: nothing shows that somebody was left out."""
    out = {one for one in directory.people if one in alone or in_line(directory, one, exclude)}

    def kept(one: str | None) -> str | None:
        return None if one in out else one

    strangers = {
        one: replace(person, alternate=kept(person.alternate), supervisor=kept(person.supervisor))
        for one, person in directory.people.items()
        if one not in out
    }
    networks = {
        one: replace(
            network,
            cochairs=tuple(seat for seat in network.cochairs if seat.id not in out),
            coordinators=tuple(seat for seat in network.coordinators if seat.id not in out),
        )
        for one, network in directory.networks.items()
    }
    without = replace(directory, people=strangers, networks=networks)
    found = resolve(directory, asked, exclude=exclude, alone=alone, now=NOW, away=away)
    other = resolve(without, asked, exclude=frozenset(), now=NOW, away=away)
    assert (found.recipients, found.awaiting, found.alarm) == (other.recipients, other.awaiting, other.alarm)


@settings(deadline=None)
@given(worlds(), facts, exclusions, st.randoms(use_true_random=False))
def test_the_order_of_lines_in_a_file_decides_nothing(directory, asked, exclude, random):
    def shuffled(records):
        items = list(records.items())
        random.shuffle(items)
        return dict(items)

    again = replace(
        directory,
        people=shuffled(directory.people),
        networks=shuffled(directory.networks),
        entities=shuffled(directory.entities),
    )
    first = resolve(directory, asked, exclude=exclude, now=NOW)
    assert resolve(again, asked, exclude=exclude, now=NOW) == first


@settings(deadline=None)
@given(worlds(), facts, exclusions, exclusions)
def test_everybody_named_is_valid_today_has_a_key_and_stands_once(directory, asked, exclude, away):
    resolution = resolve(directory, asked, exclude=exclude, now=NOW, away=away)
    named = ids(resolution)
    assert len(named) == len(set(named))
    for one in named:
        assert directory.people[one].key_id is not None
    for one in everybody(resolution):
        assert holds_on(directory.people[one], TODAY)


@settings(deadline=None)
@given(worlds(), facts, exclusions)
def test_roles_are_held_today_by_those_named_for_them(directory, asked, exclude):
    for turn in resolve(directory, asked, exclude=exclude, now=NOW).recipients:
        if turn.role in {"alternate", "cochair"}:
            continue
        seats = [seat for one in directory.networks.values() for seat in one.coordinators]
        assert directory.people[turn.person].holds(RoleKind(turn.role), TODAY) or (
            turn.role == RoleKind.COORDINATOR and turn.person in {seat.id for seat in seats if holds_on(seat, TODAY)}
        )


@settings(deadline=None)
@given(worlds(), facts, exclusions, exclusions)
def test_turns_start_at_once_and_follow_the_clock(directory, asked, exclude, away):
    clock = ACKNOWLEDGE_URGENT if asked.urgent else ACKNOWLEDGE
    afters = [turn.after for turn in resolve(directory, asked, exclude=exclude, now=NOW, away=away).recipients]
    later = [after for after in afters if after]
    assert afters == sorted(afters)
    assert not afters or not afters[0]
    assert later == [clock + number * (clock / 2) for number in range(len(later))]


@settings(deadline=None)
@given(worlds(), facts, exclusions, exclusions)
def test_whoever_is_away_changes_the_order_and_drops_nobody(directory, asked, exclude, away):
    """Nobody who would be asked is lost, and whoever is away is told after all who are there."""
    directory = replace(directory, people={one: replace(it, leave=()) for one, it in directory.people.items()})
    without = resolve(directory, asked, exclude=exclude, now=NOW)
    found = ids(resolve(directory, asked, exclude=exclude, now=NOW, away=away))
    assert {turn.person for turn in without.recipients if not turn.after} <= set(found)
    assert bool(found) == bool(without.recipients)
    if not set(found) <= away:
        gone = [one in away for one in found]
        assert gone == sorted(gone)


@settings(deadline=None)
@given(worlds(), facts, exclusions, exclusions)
def test_whoever_is_away_is_never_told_at_once_while_somebody_can(directory, asked, exclude, away):
    found = resolve(directory, asked, exclude=exclude, now=NOW, away=away).recipients

    def is_away(one: str) -> bool:
        return one in away or on_leave(directory.people[one], NOW)

    first = [turn.person for turn in found if not turn.after]
    if any(is_away(one) for one in first):
        assert all(is_away(one) for one in first)
        for one in first:
            alternate = directory.people[one].alternate
            fit = alternate in directory.people and directory.people[alternate].can_receive(TODAY)
            assert not fit or is_away(alternate) or in_line(directory, alternate, exclude)


@settings(deadline=None)
@given(worlds(), facts, exclusions, st.sampled_from(["un", "ngo", "partner"]), st.sampled_from(sorted(STATIONS)))
def test_nobody_of_another_agency_receives_what_has_an_owner(directory, asked, exclude, entity, station):
    """Single-agency tenants never see others' cases; child protection joins from the network only."""
    asked = replace(asked, entity=entity, station=station, route=None)
    owner = local(FOCAL[asked.kind], entity, station)
    world = replace(directory, people={**directory.people, owner.id: owner})
    own = {entity, "un"} if entity == "partner" else {entity}
    for turn in resolve(world, asked, exclude=exclude, now=NOW).recipients:
        assert turn.role not in {"cochair", RoleKind.COORDINATOR}
        if turn.role not in {"alternate", RoleKind.CHILD_PROTECTION}:
            allowed = own | {"system"} if turn.role == RoleKind.OVERSIGHT else own
            assert world.people[turn.person].entity in allowed


@settings(deadline=None)
@given(worlds(), facts, exclusions)
def test_the_accused_entity_never_owns_through_the_network(directory, asked, exclude):
    resolution = resolve(directory, asked, exclude=exclude, now=NOW)
    for turn in resolution.recipients:
        if turn.role in {"cochair", RoleKind.COORDINATOR}:
            assert directory.people[turn.person].entity != asked.entity
    assert asked.entity not in {directory.people[one].entity for one in resolution.awaiting}


@settings(deadline=None)
@given(worlds(), facts, exclusions)
def test_those_who_await_an_owner_are_told_of_nothing_else(directory, asked, exclude):
    resolution = resolve(directory, asked, exclude=exclude, now=NOW)
    assert not set(resolution.awaiting) & set(ids(resolution))
    seats = [seat for one in directory.networks.values() for seat in (*one.cochairs, *one.coordinators)]
    assert set(resolution.awaiting) <= {seat.id for seat in seats}
    assert not (resolution.awaiting and resolution.alarm)


@settings(deadline=None)
@given(worlds(), facts, exclusions, exclusions, st.data())
def test_adding_somebody_elsewhere_changes_nothing_here(directory, asked, exclude, away, data):
    asked = replace(asked, station=data.draw(st.sampled_from([*sorted(STATIONS), *sorted(COUNTRIES)])))
    here = directory.place(asked.station)
    elsewhere = [station for station in STATIONS.values() if station.region != here.region]
    newcomer = data.draw(people("p99"))
    newcomer = replace(
        newcomer,
        stations=(data.draw(st.sampled_from(elsewhere)).id,),
        level=data.draw(st.sampled_from([Level.COUNTRY, Level.REGIONAL])),
        # An oversight office serves its entity wherever it sits, and an alarm finds a coordinator anywhere.
        roles=tuple(role for role in newcomer.roles if role.kind not in {RoleKind.OVERSIGHT, RoleKind.COORDINATOR}),
    )
    before = resolve(directory, asked, exclude=exclude, now=NOW, away=away)
    larger = replace(directory, people={**directory.people, "p99": newcomer})
    assert resolve(larger, asked, exclude=exclude, now=NOW, away=away) == before


@settings(deadline=None)
@given(worlds(), facts, st.data())
def test_the_more_specific_place_wins(directory, asked, data):
    """A newly appointed focal point at the very station comes before all who serve it from farther away."""
    station = data.draw(st.sampled_from(sorted(STATIONS)))
    entity = data.draw(st.sampled_from(["un", "ngo"]))
    asked = replace(asked, station=station, entity=entity, route=None)
    role = FOCAL[asked.kind]
    farther = [
        person
        for person in directory.people.values()
        if not (person.level is Level.COUNTRY and station in person.stations)
    ]
    world = directory_of([*farther, local(role, entity, station)])
    assert ids(resolve(world, asked, exclude=frozenset(), now=NOW))[0] == "zz-local"


@settings(deadline=None)
@given(worlds(), facts, st.data())
def test_levels_come_in_order(directory, asked, data):
    """Without alternates, and nobody away, the entity's focal points stand from country to headquarters."""
    station = data.draw(st.sampled_from(sorted(STATIONS)))
    entity = data.draw(st.sampled_from(["un", "ngo"]))
    asked = replace(asked, entity=entity, station=station, child=False, route=None)
    plain = {one: replace(person, alternate=None, leave=()) for one, person in directory.people.items()}
    turns = resolve(replace(directory, people=plain), asked, exclude=frozenset(), now=NOW).recipients
    levels = [LEVELS.index(directory.people[turn.person].level) for turn in turns if turn.role == FOCAL[asked.kind]]
    assert levels == sorted(levels)


@settings(deadline=None)
@given(worlds(), facts, exclusions)
def test_a_copy_for_harassment_goes_to_the_same_entity_at_once_and_moves_nobody_else(directory, asked, exclude):
    directory = replace(directory, people={one: replace(it, leave=()) for one, it in directory.people.items()})
    asked = replace(asked, kind="sea", route=Route.DUAL)
    alone = resolve(directory, replace(asked, route=None), exclude=exclude, now=NOW).recipients
    both = resolve(directory, asked, exclude=exclude, now=NOW).recipients
    copied = [turn for turn in both if turn.role == RoleKind.SH_FOCAL_POINT]
    assert {directory.people[turn.person].entity for turn in copied} <= {asked.entity}
    if any(turn.role == RoleKind.PSEA_FOCAL_POINT for turn in alone):
        assert all(not turn.after for turn in copied)
        assert len(copied) <= 1
        assert {turn.person for turn in alone} <= {turn.person for turn in both}


@settings(deadline=None)
@given(worlds(), facts, exclusions)
def test_nobody_is_said_only_when_there_is_nobody(directory, asked, exclude):
    asked = replace(asked, route=None)
    resolution = resolve(directory, asked, exclude=exclude, now=NOW)
    assume(not resolution.recipients)
    place = directory.place(asked.station)
    for person in directory.people.values():
        free = not in_line(directory, person.id, exclude)
        if free and person.holds(RoleKind.COORDINATOR, TODAY):
            assert resolution.alarm, "somebody is there to be told of the gap"
        if not free or not person.can_receive(TODAY) or person.entity != asked.entity:
            continue
        assert not person.holds(RoleKind.OVERSIGHT, TODAY)
        if person.holds(FOCAL[asked.kind], TODAY):
            assert person.level is not Level.HEADQUARTERS
            assert place.country is not None
            regions = {STATIONS[station].region for station in person.stations}
            countries = {STATIONS[station].country for station in person.stations}
            covered = place.region in regions if person.level is Level.REGIONAL else place.country in countries
            assert not covered


def local(role: RoleKind, entity: str, station: str) -> Person:
    """Somebody whose id sorts last, so that no tie is won by it."""
    return Person(
        id="zz-local",
        name="Local",
        entity=entity,
        roles=(Role(role),),
        stations=(station,),
        level=Level.COUNTRY,
        languages=("en",),
        time_zone="UTC",
        key_id="key-local",
    )
