"""Every kind of gap, planted in a directory that has none, and found."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings

from routing.coverage import cover
from routing.coverage_gaps import GapKind, gaps
from routing.directory import Directory, EntityKind, Hours, Leave, Level, Mark, Network, Role, RoleKind, Seat, Tier
from tests.routing.covering import somebody, working_worlds
from tests.routing.worlds import TODAY, directory_of

ALWAYS = (Hours(frozenset(range(1, 8)), 0, 24 * 60),)
ALONE = "'ann' is alone for a report of SEA or SH about 'un' in 'ada', and nobody stands in"
COUNSELLOR = (Role(RoleKind.COUNSELLOR),)


def whole(**changed) -> Directory:
    """A world with one country and nothing missing; `changed` has fields by the id of a person."""
    people = {
        "ann": somebody("ann", alternate="bob"),
        "bob": somebody("bob", alternate="ann", stations=("ada2",)),
        "chief": somebody("chief", level=Level.HEADQUARTERS, roles=(Role(RoleKind.OVERSIGHT),)),
        "chair": somebody("chair", entity="ngo", alternate="other", languages=("en", "ar")),
        "other": somebody("other", entity="ngo", stations=("ada2",)),
        "gbv1": somebody("gbv1", roles=COUNSELLOR, tier=Tier.GBV, hours=ALWAYS),
        "gbv2": somebody("gbv2", roles=COUNSELLOR, tier=Tier.GBV, hours=ALWAYS),
        "staff1": somebody("staff1", roles=COUNSELLOR, tier=Tier.STAFF, hours=ALWAYS),
        "staff2": somebody("staff2", roles=COUNSELLOR, tier=Tier.EXTERNAL, hours=ALWAYS),
    }
    for one, fields in changed.items():
        if fields is None:
            del people[one]
        else:
            people[one] = replace(people[one], **fields)
    seats = tuple(Seat(one) for one in ("chair", "bob") if one in people)
    network = Network("n", "n", {}, ("ada",), (Seat("un"), Seat("ngo")), seats)
    directory = directory_of(list(people.values()), (network,))
    ada = replace(directory.countries["ada"], languages=("en", "ar"), time_zone="Asia/Kolkata")
    marks = {("people", one): Mark("directory.yaml", 10 + number) for number, one in enumerate(people)}
    marks |= {("countries", "ada"): Mark("directory.yaml", 1), ("entities", "ngo"): Mark("directory.yaml", 2)}
    return replace(directory, countries={"ada": ada}, marks=marks)


def found(directory: Directory, day: date = TODAY) -> list[tuple[GapKind, str]]:
    return [(gap.kind, gap.fault.message) for gap in gaps(directory, cover(directory, day))]


def only(directory: Directory, kind: GapKind) -> list[str]:
    """The messages of the gaps of a kind, when there is no other kind."""
    seen = found(directory)
    assert {one for one, _ in seen} == {kind}
    return [message for _, message in seen]


def test_nothing_is_missing_in_a_whole_world():
    assert found(whole()) == []


def test_nobody():
    seen = found(whole(chair={"key_id": None}, other={"key_id": None}, bob={"entity": "ngo", "key_id": None}))
    nobody = [message for kind, message in seen if kind is GapKind.NOBODY]
    assert nobody == [
        "nobody would receive a report of SEA or SH about somebody of an unknown entity in 'ada'",
        "nobody would receive a report of SEA or SH about 'ngo' in 'ada'",
    ]


def test_nobody_for_one_kind():
    only_sea = {"roles": (Role(RoleKind.PSEA_FOCAL_POINT),)}
    directory = replace(whole(ann=only_sea, bob=only_sea, chief=None), networks={})
    messages = [message for kind, message in found(directory) if kind is GapKind.NOBODY]
    assert messages == [
        "nobody would receive a report of SH about 'un' in 'ada'",
        "nobody would receive a report of SEA or SH about somebody of an unknown entity in 'ada'",
    ]


def test_only_one_recipient():
    directory = whole(ann={"alternate": None}, bob={"entity": "ngo"}, chief=None)
    messages = [message for kind, message in found(directory) if kind is GapKind.ONLY_ONE]
    assert messages == ["only 'ann' would receive a report of SEA or SH about 'un' in 'ada'"]


def test_only_one_counsellor():
    assert only(whole(gbv2=None), GapKind.ONLY_ONE) == [
        "only 'gbv1' counsels affected people in 'ar' and 'en', spoken in 'ada'"
    ]


def test_no_counsellor_for_a_language():
    directory = whole(gbv1={"languages": ("en",)}, gbv2={"languages": ("en",)})
    assert only(directory, GapKind.NO_COUNSELLOR) == ["nobody counsels affected people in 'ar', a language of 'ada'"]


def test_a_counsellor_of_the_wrong_service_does_not_fill_in():
    directory = whole(staff1={"tier": Tier.GBV}, staff2={"tier": Tier.GBV})
    assert only(directory, GapKind.NO_COUNSELLOR) == [
        "nobody counsels personnel in 'ar', a language of 'ada'",
        "nobody counsels personnel in 'en', a language of 'ada'",
    ]


def test_a_language_that_no_recipient_speaks():
    english = {"languages": ("en",)}
    directory = whole(ann=english, bob=english, chief=english)
    assert only(directory, GapKind.LANGUAGE) == [
        "nobody who would receive a report about 'un' in 'ada' speaks 'ar', a language of the country"
    ]


def test_one_recipient_who_speaks_it_is_enough():
    english = {"languages": ("en",)}
    assert found(whole(ann=english, bob=english)) == []


def test_no_certification():
    assert only(whole(ann={"certified_until": None}), GapKind.UNCERTIFIED) == [
        "no certification is stated for 'ann', who serves 'ada'"
    ]


def test_a_certification_that_has_ended():
    assert only(whole(gbv1={"certified_until": date(2026, 11, 22)}), GapKind.UNCERTIFIED) == [
        "the certification of 'gbv1', who serves 'ada', ended on 2026-11-22"
    ]


@pytest.mark.parametrize(("end", "near"), [("2026-11-23", True), ("2026-12-23", True), ("2026-12-24", False)])
def test_a_certification_that_ends_within_thirty_days(end, near):
    directory = whole(bob={"certified_until": date.fromisoformat(end)})
    messages = [f"the certification of 'bob', who serves 'ada', ends on {end}"]
    assert found(directory) == [(GapKind.EXPIRING, message) for message in messages if near]


def test_a_role_that_ends_within_thirty_days():
    roles = (Role(RoleKind.PSEA_FOCAL_POINT, None, date(2026, 12, 1)), Role(RoleKind.SH_FOCAL_POINT))
    assert only(whole(ann={"roles": roles}), GapKind.EXPIRING) == [
        "the time of 'ann', who serves 'ada', ends on 2026-12-01"
    ]


def test_no_alternate():
    directory = whole(ann={"alternate": None}, bob={"roles": (Role(RoleKind.COORDINATOR),)})
    assert only(directory, GapKind.NO_ALTERNATE) == [ALONE]


def test_an_alternate_without_a_key_is_none():
    seen = found(whole(bob={"roles": (), "key_id": None}))
    assert (GapKind.NO_ALTERNATE, ALONE) in seen


def test_two_of_equal_right_need_no_alternate():
    assert found(whole(ann={"alternate": None}, bob={"alternate": None})) == []


def test_nobody_in_the_country_itself():
    regional = {"level": Level.REGIONAL, "regions": ("north",)}
    directory = whole(ann=regional | {"stations": ("bel1",)}, bob=regional | {"stations": ("bel1",)})
    assert only(directory, GapKind.ELSEWHERE) == [
        "'un' has no focal point of its own for SEA or SH in 'ada'; reports go to 'ann' (regional level)"
    ]


def with_a_mission(directory: Directory) -> Directory:
    mission = replace(directory.entities["ngo"], kind=EntityKind.MISSION)
    return replace(directory, entities={**directory.entities, "ngo": mission})


def test_a_mission_without_a_team_for_conduct_and_discipline():
    # The co-chairs own what no team can; "bob" comes before "chair" by the alphabet.
    (message,) = only(with_a_mission(whole()), GapKind.ELSEWHERE)
    assert message == (
        "no conduct and discipline team would receive a report of SEA about a peacekeeper in 'ada'; "
        "it goes to 'bob' (country level)"
    )


def test_a_team_for_conduct_and_discipline_is_enough():
    team = {"roles": (Role(RoleKind.CONDUCT_AND_DISCIPLINE), Role(RoleKind.PSEA_FOCAL_POINT))}
    directory = with_a_mission(whole(chair=team, other=team | {"alternate": "chair"}))
    assert not [message for _, message in found(directory) if "peacekeeper" in message]


def test_hours_without_a_counsellor():
    office = {"hours": (), "time_zone": "Asia/Kolkata"}
    (message,) = only(whole(gbv1=office, gbv2=office), GapKind.HOURS)
    assert message == (
        "in 128 of 168 hours of the week no counsellor for affected people in 'ada' who speaks 'en' or 'ar' is at work:"
        " Mon-Fri 0-9, 17-24; Sat-Sun all day (Asia/Kolkata)"
    )


def test_hours_are_counted_for_each_language():
    seen = found(whole(gbv1={"languages": ("en",)}, gbv2={"hours": (), "time_zone": "Asia/Kolkata"}))
    (message,) = [message for kind, message in seen if kind is GapKind.HOURS]
    assert message == (
        "in 128 of 168 hours of the week no counsellor for affected people in 'ada' who speaks 'ar' is at work:"
        " Mon-Fri 0-9, 17-24; Sat-Sun all day (Asia/Kolkata)"
    )


def test_a_leave_in_the_week_opens_hours():
    away = {"leave": (Leave(date(2026, 11, 25), date(2026, 11, 25)),), "time_zone": "Asia/Kolkata"}
    (message,) = [message for kind, message in found(whole(gbv1=away, gbv2=away)) if kind is GapKind.HOURS]
    assert message.startswith("in 24 of 168 hours")
    assert "Wed all day" in message


def test_leave_that_leaves_nobody_to_receive():
    first, second = Leave(date(2026, 12, 20), date(2026, 12, 31)), Leave(date(2026, 12, 22), date(2027, 1, 5))
    directory = whole(ann={"leave": (first,)}, bob={"leave": (second,)}, chief={"leave": (first,)})
    days, report = "from 2026-12-22 to 2026-12-31", "a report of SEA or SH about 'un' in 'ada'"
    assert only(directory, GapKind.LEAVE) == [f"{days} everybody who would receive {report} is on leave"]


def test_leave_that_leaves_nobody_in_the_country():
    leave = {"leave": (Leave(date(2026, 12, 20), date(2026, 12, 31)),)}
    report = "a report of SEA or SH about 'un' in 'ada'"
    assert only(whole(ann=leave, bob=leave), GapKind.LEAVE_HERE) == [
        f"from 2026-12-20 to 2026-12-31 everybody in the country itself who would receive {report} is on leave"
    ]


def test_leave_that_somebody_outlasts_is_no_gap():
    leave = Leave(date(2026, 12, 20), date(2026, 12, 31))
    assert found(whole(ann={"leave": (leave,)}, chief={"leave": (leave,)})) == []


def test_leave_further_off_than_thirty_days_is_not_told_yet():
    leave = {"leave": (Leave(date(2026, 12, 24), date(2026, 12, 31)),)}
    assert found(whole(ann=leave, bob=leave, chief=leave)) == []


def test_leave_that_leaves_nobody_to_counsel():
    leave = {"leave": (Leave(date(2026, 12, 10), date(2026, 12, 11)),)}
    assert only(whole(staff1=leave, staff2=leave), GapKind.LEAVE) == [
        f"from 2026-12-10 to 2026-12-11 everybody who counsels personnel in '{language}' in 'ada' is on leave"
        for language in ("ar", "en")
    ]


def test_what_a_country_does_not_state():
    directory = whole()
    bare = replace(directory.countries["ada"], languages=(), time_zone=None)
    assert only(replace(directory, countries={"ada": bare}), GapKind.UNSTATED) == [
        "'ada' states no languages, so nobody can say whether people are understood there",
        "'ada' states no time zone; its hours are counted by UTC",
    ]


def test_a_gap_names_the_line_and_how_to_mend_it():
    directory = whole(ann={"certified_until": None})
    (gap,) = gaps(directory, cover(directory, TODAY))
    assert str(gap.fault) == (
        "directory.yaml:10: no certification is stated for 'ann', who serves 'ada'. "
        "Add 'certified_until' once they are certified, or let somebody else take over"
    )
    assert gap.countries == ("ada",)


def test_one_person_is_one_gap_however_many_countries_they_serve():
    countries = tuple(f"c{number}" for number in range(6))
    directory = whole(ann={"certified_until": None, "countries": countries})
    more = {one: replace(directory.countries["ada"], id=one) for one in countries}
    directory = replace(directory, countries=directory.countries | more)
    (gap,) = [gap for gap in gaps(directory, cover(directory, TODAY)) if gap.kind is GapKind.UNCERTIFIED]
    assert gap.countries == ("ada", *countries)
    assert gap.fault.message == ("no certification is stated for 'ann', who serves 'ada', 'c0', 'c1', 'c2' and 3 more")


def test_the_most_serious_come_first():
    directory = whole(gbv2=None, ann={"certified_until": None}, bob={"certified_until": date(2026, 12, 1)}, staff1=None)
    kinds = [kind for kind, _ in found(directory)]
    assert kinds == sorted(kinds, key=list(GapKind).index)
    assert len(set(kinds)) == 3


@settings(deadline=None)
@given(working_worlds())
def test_a_place_without_a_recipient_is_always_told(directory):
    coverage = cover(directory, TODAY)
    told = [gap for gap in gaps(directory, coverage) if gap.kind is GapKind.NOBODY]
    empty = {
        (covered.country.id, desk.entity) for covered in coverage.countries for desk in covered.desks if not desk.turns
    }
    assert len(told) == len(empty)
    assert {country for country, _ in empty} == {gap.countries[0] for gap in told}


@settings(deadline=None)
@given(working_worlds())
def test_nobody_is_called_uncertified_who_serves_nowhere(directory):
    coverage = cover(directory, TODAY)
    serving = {turn.person for covered in coverage.countries for desk in covered.desks for turn in desk.turns}
    serving |= {
        person.id for covered in coverage.countries for one in covered.counselling for person in one.counsellors
    }
    uncertified = [gap for gap in gaps(directory, coverage) if gap.kind is GapKind.UNCERTIFIED]
    assert len(uncertified) == len(serving)  # nobody in these worlds states a certification
