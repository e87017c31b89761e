"""Coverage says what `resolve` would do, and nothing kinder."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from routing.coverage import KINDS, Service, cover, fluency
from routing.directory import (
    Entity,
    EntityKind,
    Fluency,
    Hours,
    Level,
    Network,
    Office,
    Person,
    Role,
    RoleKind,
    Seat,
    Tier,
)
from routing.hours import at_work
from routing.matching import COUNSELLORS, Wish, match_counsellors
from routing.resolve import Facts, resolve
from routing.triage_table import Route
from tests.routing.covering import somebody, spoken, working_worlds
from tests.routing.worlds import COUNTRIES, STATIONS, TODAY, directory_of, worlds

NOON = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC)


class TestAgreesWithResolve:
    """For random directories."""

    @settings(deadline=None)
    @given(working_worlds())
    def test_every_desk_has_the_chain_that_a_report_would_get(self, directory):
        for covered in cover(directory, TODAY).countries:
            for desk in covered.desks:
                route = Route.CONDUCT_AND_DISCIPLINE if desk.peacekeepers else None
                facts = Facts(desk.kind, desk.entity, covered.country.id, child=False, urgent=False, route=route)
                chain = resolve(directory, facts, exclude=frozenset(), now=NOON).recipients
                assert desk.turns == chain
                assert [*desk.now, *([desk.next] if desk.next else [])] == list(chain[: len(desk.now) + 1])

    @settings(deadline=None)
    @given(working_worlds())
    def test_there_is_a_desk_for_whoever_works_there_and_for_both_kinds(self, directory):
        for covered in cover(directory, TODAY).countries:
            desks = [(desk.entity, desk.kind) for desk in covered.desks if not desk.peacekeepers]
            assert len(set(desks)) == len(desks)
            assert {kind for entity, kind in desks if entity is None} == set(KINDS)
            here = {
                person.entity
                for person in directory.people.values()
                if person.level is Level.COUNTRY
                and covered.country.id in {STATIONS[one].country for one in person.stations}
                and person.can_receive(TODAY)
                and person.entity != "system"
            }
            assert here <= {entity for entity, _ in desks}

    @settings(deadline=None)
    @given(working_worlds())
    def test_the_counsellors_are_those_who_would_be_asked(self, directory):
        for covered in cover(directory, TODAY).countries:
            for one in covered.counselling:
                wish = Wish(one.language, one.service.group, station=covered.country.id)
                asked = match_counsellors(directory, wish, exclude=frozenset(), now=NOON, busy={}).recipients
                ids = [turn.person for turn in asked]
                assert [person.id for person in one.counsellors if person.id in ids] == ids
                whole_days = {person.id for person in one.counsellors if not person.leave and not person.hours}
                assert len(ids) >= min(len(whole_days), COUNSELLORS)

    @settings(deadline=None)
    @given(working_worlds(), st.data())
    def test_an_hour_has_as_many_as_are_at_work_in_every_minute_of_it(self, directory, data):
        coverage = cover(directory, TODAY)
        for covered in coverage.countries:
            number = data.draw(st.integers(0, 167))
            hour = covered.week.hours[number]
            moments = [
                coverage.clock.moment(quarter) + timedelta(minutes=minute)
                for quarter in hour.quarters
                for minute in range(15)
            ]
            for one in covered.counselling:
                fewest = min(sum(at_work(person, moment) for person in one.counsellors) for moment in moments)
                # A quarter in which somebody comes or goes does not count for them.
                assert 0 <= one.at_work[number] <= fewest
                first = coverage.first_at_work(one, hour)
                assert (first is None) <= (one.at_work[number] == 0)
                assert first is None or any(at_work(first, moment) for moment in moments)

    @settings(deadline=None)
    @given(worlds())
    def test_an_answer_for_one_country_is_the_same_as_in_the_answer_for_all(self, directory):
        directory = spoken(directory)
        every = {covered.country.id: covered for covered in cover(directory, TODAY).countries}
        for one in COUNTRIES:
            assert cover(directory, TODAY, [one]).countries == (every[one],)


class TestPresence:
    """Which entities have a desk in a country."""

    def test_an_entity_without_people_is_there_by_its_seat_in_a_network(self):
        network = Network("n", "n", {}, ("ada",), (Seat("ngo"), Seat("partner", None, date(2026, 1, 1))), ())
        coverage = cover(directory_of([somebody("a")], (network,)), TODAY, ["ada"])
        assert sorted({desk.entity or "" for desk in coverage.countries[0].desks}) == ["", "ngo", "un"]

    def test_or_by_its_office(self):
        office = Office("ngo-ada2", "Office", {}, "ngo", "ada2")
        directory = replace(directory_of([somebody("a")]), offices={office.id: office})
        assert "ngo" in {desk.entity for desk in cover(directory, TODAY, ["ada"]).countries[0].desks}
        closed = replace(office, valid_to=date(2026, 1, 1))
        directory = replace(directory, offices={office.id: closed})
        assert "ngo" not in {desk.entity for desk in cover(directory, TODAY, ["ada"]).countries[0].desks}

    def test_a_regional_desk_is_no_presence_in_the_country_it_stands_in(self):
        coverage = cover(directory_of([somebody("a", level=Level.REGIONAL, regions=("north",))]), TODAY, ["ada"])
        assert {desk.entity for desk in coverage.countries[0].desks} == {None}

    def test_neither_is_an_entity_that_has_ended_nor_the_systems_own(self):
        directory = directory_of([somebody("a"), somebody("b", entity="system")])
        ended = Entity("un", "un", {}, EntityKind.UN, valid_to=date(2026, 1, 1))
        directory = replace(directory, entities={**directory.entities, "un": ended})
        assert {desk.entity for desk in cover(directory, TODAY, ["ada"]).countries[0].desks} == {None}

    def test_where_a_mission_is_peacekeepers_have_a_desk(self):
        directory = directory_of([somebody("a"), somebody("b", stations=("bel1",))])
        mission = Entity("un", "un", {}, EntityKind.MISSION)
        with_mission = replace(directory, entities={**directory.entities, "un": mission})
        for world, wanted in ((directory, []), (with_mission, ["sea"])):
            (covered,) = cover(world, TODAY, ["ada"]).countries
            assert [desk.kind for desk in covered.desks if desk.peacekeepers] == wanted

    def test_a_country_that_the_directory_lacks_is_left_out(self):
        assert cover(directory_of([]), TODAY, ["atlantis"]).countries == ()


class TestCounselling:
    """Who counsels whom."""

    def counsellors(self, *people: Person):
        directory = spoken(directory_of(list(people)))
        (covered,) = cover(directory, TODAY, ["ada"]).countries
        return {(one.language, one.service): [each.id for each in one.counsellors] for one in covered.counselling}

    def test_affected_people_and_personnel_have_services_of_their_own(self):
        roles = (Role(RoleKind.COUNSELLOR),)
        found = self.counsellors(
            somebody("a", roles=roles, tier=Tier.EXTERNAL),
            somebody("b", roles=roles, tier=Tier.GBV),
            somebody("c", roles=roles, tier=Tier.STAFF),
            somebody("d", roles=roles, tier=Tier.UN_WIDE),
        )
        assert found["en", Service.AFFECTED] == ["b"]
        assert found["en", Service.PERSONNEL] == ["c", "d", "a"]

    def test_a_basic_speaker_does_not_counsel(self):
        person = somebody("a", roles=(Role(RoleKind.COUNSELLOR),), tier=Tier.GBV, fluency={"ar": Fluency.BASIC})
        found = self.counsellors(person)
        assert found["en", Service.AFFECTED] == ["a"]
        assert found["ar", Service.AFFECTED] == []

    def test_more_are_counted_than_one_request_is_sealed_to(self):
        people = [somebody(f"p{n}", roles=(Role(RoleKind.COUNSELLOR),), tier=Tier.GBV) for n in range(9)]
        assert len(self.counsellors(*people)["en", Service.AFFECTED]) == 9


class TestFluency:
    """How well somebody speaks a language."""

    def test_is_that_of_the_best_tag_that_meets(self):
        person = somebody("a", languages=("fr", "fr-CA"), fluency={"fr": Fluency.BASIC, "fr-CA": Fluency.NATIVE})
        assert fluency(person, "fr") is Fluency.NATIVE
        assert fluency(person, "fr-CA") is Fluency.NATIVE
        assert fluency(person, "fr-BE") is Fluency.BASIC
        assert fluency(person, "en") is None

    def test_not_listed_is_fluent(self):
        assert fluency(somebody("a"), "en") is Fluency.FLUENT


class TestFocalPoints:
    """Who is counted at work among those who receive."""

    def test_are_those_whose_turn_is_now_or_next(self):
        day = Hours(frozenset(range(1, 8)), 8 * 60, 16 * 60)
        owner = somebody("a", alternate="b", hours=(day,))
        directory = directory_of([owner, somebody("b", hours=(day,)), somebody("c", hours=(day,))])
        (covered,) = cover(directory, TODAY, ["ada"]).countries
        assert set(covered.focal_points) == {0, 2}
        assert covered.focal_points[8:16] == (2,) * 8
