"""What must hold of every answer, over random directories."""

from dataclasses import replace

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from routing.directory import Level, Person, Role, RoleKind, holds_on
from routing.resolve import ACKNOWLEDGE, ACKNOWLEDGE_URGENT, TIERS, resolve, resolve_counsellor
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


@settings(deadline=None)
@given(worlds(), facts, exclusions)
def test_nobody_excluded_ever_receives(directory, asked, exclude):
    resolution = resolve(directory, asked, exclude=exclude, now=NOW)
    assert not exclude & set(ids(resolution))
    assert set(resolution.excluded) <= exclude


@settings(deadline=None)
@given(worlds(), facts, exclusions)
def test_the_answer_is_as_if_the_excluded_did_not_exist(directory, asked, exclude):
    """No gap in the times, no word in a reason: nothing shows that somebody was left out."""
    gone = {one: person for one, person in directory.people.items() if one not in exclude}
    strangers = {
        one: replace(person, alternate=None if person.alternate in exclude else person.alternate)
        for one, person in gone.items()
    }
    networks = {
        one: replace(
            network,
            cochairs=tuple(seat for seat in network.cochairs if seat.id not in exclude),
            coordinators=tuple(seat for seat in network.coordinators if seat.id not in exclude),
        )
        for one, network in directory.networks.items()
    }
    without = replace(directory, people=strangers, networks=networks)
    with_exclusion = resolve(directory, asked, exclude=exclude, now=NOW).recipients
    assert with_exclusion == resolve(without, asked, exclude=frozenset(), now=NOW).recipients


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
@given(worlds(), facts, exclusions)
def test_everybody_named_is_valid_today_has_a_key_and_stands_once(directory, asked, exclude):
    named = ids(resolve(directory, asked, exclude=exclude, now=NOW))
    assert len(named) == len(set(named))
    for one in named:
        person = directory.people[one]
        assert person.key_id is not None
        assert holds_on(person, TODAY)


@settings(deadline=None)
@given(worlds(), facts, exclusions)
def test_roles_are_held_today_by_those_named_for_them(directory, asked, exclude):
    for turn in resolve(directory, asked, exclude=exclude, now=NOW).recipients:
        person = directory.people[turn.person]
        if turn.role in {FOCAL[asked.kind], RoleKind.OVERSIGHT, RoleKind.CHILD_PROTECTION}:
            assert person.holds(RoleKind(turn.role), TODAY)
        else:
            assert turn.role in {"alternate", "cochair", RoleKind.COORDINATOR}


@settings(deadline=None)
@given(worlds(), facts, exclusions)
def test_turns_start_at_once_and_follow_the_clock(directory, asked, exclude):
    clock = ACKNOWLEDGE_URGENT if asked.urgent else ACKNOWLEDGE
    afters = [turn.after for turn in resolve(directory, asked, exclude=exclude, now=NOW).recipients]
    later = [after for after in afters if after]
    assert afters == sorted(afters)
    assert not afters or not afters[0]
    assert later == [clock + number * (clock / 2) for number in range(len(later))]


@settings(deadline=None)
@given(worlds(), facts, exclusions, st.sampled_from(["un", "ngo", "partner"]), st.sampled_from(sorted(STATIONS)))
def test_nobody_of_another_agency_receives_what_has_an_owner(directory, asked, exclude, entity, station):
    """Single-agency tenants never see others' cases; child protection joins from the network only."""
    asked = replace(asked, entity=entity, station=station)
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
    for turn in resolve(directory, asked, exclude=exclude, now=NOW).recipients:
        if turn.role in {"cochair", RoleKind.COORDINATOR}:
            assert directory.people[turn.person].entity != asked.entity


@settings(deadline=None)
@given(worlds(), facts, exclusions, st.data())
def test_adding_somebody_elsewhere_changes_nothing_here(directory, asked, exclude, data):
    asked = replace(asked, station=data.draw(st.sampled_from([*sorted(STATIONS), *sorted(COUNTRIES)])))
    here = directory.place(asked.station)
    elsewhere = [station for station in STATIONS.values() if station.region != here.region]
    newcomer = data.draw(people("p99"))
    newcomer = replace(
        newcomer,
        stations=(data.draw(st.sampled_from(elsewhere)).id,),
        level=data.draw(st.sampled_from([Level.COUNTRY, Level.REGIONAL])),
        # An oversight office serves its entity wherever it sits.
        roles=tuple(role for role in newcomer.roles if role.kind is not RoleKind.OVERSIGHT),
    )
    before = resolve(directory, asked, exclude=exclude, now=NOW)
    larger = replace(directory, people={**directory.people, "p99": newcomer})
    assert resolve(larger, asked, exclude=exclude, now=NOW) == before


@settings(deadline=None)
@given(worlds(), facts, st.data())
def test_the_more_specific_place_wins(directory, asked, data):
    """A newly appointed focal point at the very station comes before all who serve it from farther away."""
    station = data.draw(st.sampled_from(sorted(STATIONS)))
    entity = data.draw(st.sampled_from(["un", "ngo"]))
    asked = replace(asked, station=station, entity=entity)
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
    """Without alternates, the entity's focal points stand from country to headquarters."""
    station = data.draw(st.sampled_from(sorted(STATIONS)))
    asked = replace(asked, entity=data.draw(st.sampled_from(["un", "ngo"])), station=station, child=False)
    plain = {one: replace(person, alternate=None) for one, person in directory.people.items()}
    turns = resolve(replace(directory, people=plain), asked, exclude=frozenset(), now=NOW).recipients
    levels = [LEVELS.index(directory.people[turn.person].level) for turn in turns if turn.role == FOCAL[asked.kind]]
    assert levels == sorted(levels)


@settings(deadline=None)
@given(worlds(), facts, exclusions)
def test_nobody_is_said_only_when_there_is_nobody(directory, asked, exclude):
    assume(not resolve(directory, asked, exclude=exclude, now=NOW).recipients)
    place = directory.place(asked.station)
    for person in directory.people.values():
        if person.id in exclude or not person.can_receive(TODAY) or person.entity != asked.entity:
            continue
        assert not person.holds(RoleKind.OVERSIGHT, TODAY)
        if person.holds(FOCAL[asked.kind], TODAY):
            assert person.level is not Level.HEADQUARTERS
            assert place.country is not None
            regions = {STATIONS[station].region for station in person.stations}
            countries = {STATIONS[station].country for station in person.stations}
            covered = place.region in regions if person.level is Level.REGIONAL else place.country in countries
            assert not covered


@settings(deadline=None)
@given(worlds(), st.sampled_from(["en", "fr", "fr-CA", "fr-CH", "ar", "so"]), exclusions, st.booleans())
def test_counsellors_speak_the_language_and_come_by_tier(directory, language, exclude, urgent):
    resolution = resolve_counsellor(directory, language, exclude=exclude, now=NOW, urgent=urgent)
    found = [directory.people[one] for one in ids(resolution)]
    assert not exclude & set(ids(resolution))
    for person in found:
        assert person.holds(RoleKind.COUNSELLOR, TODAY)
        assert person.key_id is not None
        assert any(tag == language or tag.partition("-")[0] == language.partition("-")[0] for tag in person.languages)
    order = [(TIERS.index(person.tier), person.id) for person in found]
    assert order == sorted(order)
    step = ACKNOWLEDGE_URGENT if urgent else ACKNOWLEDGE
    assert [turn.after for turn in resolution.recipients] == [number * step for number in range(len(found))]


@settings(deadline=None)
@given(worlds(), st.sampled_from(["en", "fr", "ar"]), exclusions)
def test_no_counsellor_means_that_nobody_fits(directory, language, exclude):
    fitting = [
        person
        for person in directory.people.values()
        if person.can_receive(TODAY)
        and person.holds(RoleKind.COUNSELLOR, TODAY)
        and person.id not in exclude
        and any(tag.partition("-")[0] == language for tag in person.languages)
    ]
    resolution = resolve_counsellor(directory, language, exclude=exclude, now=NOW)
    assert bool(resolution.recipients) == bool(fitting)


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
