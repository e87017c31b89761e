"""What an office's attestation says, as facts."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings

from routing.coverage import Service, cover
from routing.directory import Directory, Fluency, Level, Office, Role, RoleKind, Station, Tier
from routing.offices import Open, OpenPoint, Whereabouts, attested, offices
from tests.routing.covering import somebody, spoken, working_worlds
from tests.routing.worlds import STATIONS, TODAY, directory_of

COUNSELLOR = (Role(RoleKind.COUNSELLOR),)
TRAINED = {"trained_on": date(2026, 3, 1)}


def whole(*more, **changed) -> Directory:
    """A world in which nothing is open at the office of the UN at `ada1`; `changed` has fields by id."""
    people = {
        "ann": somebody("ann", alternate="bob", **TRAINED),
        "bob": somebody("bob", alternate="ann", **TRAINED),
        "gbv": somebody("gbv", roles=COUNSELLOR, tier=Tier.GBV),
        "staff": somebody("staff", roles=COUNSELLOR, tier=Tier.STAFF),
    }
    for one, fields in changed.items():
        people[one] = replace(people[one], **fields)
    return spoken(directory_of([*people.values(), *more]))


def facts(directory: Directory, tests=None, office: str = "un.ada1"):
    (chosen,) = [one for one in offices(directory, TODAY) if one.id == office]
    return attested(directory, cover(directory, TODAY), chosen, tests)


def is_open(directory: Directory, tests=None) -> list[OpenPoint]:
    return list(facts(directory, tests).open)


class TestOffices:
    """Which offices attest."""

    def test_are_those_of_the_directory(self):
        listed = Office("hub", "Hub", {}, "un", "ada2")
        ended = Office("old", "Old", {}, "un", "ada1", valid_to=date(2026, 1, 1))
        directory = replace(whole(), offices={"hub": listed, "old": ended})
        assert offices(directory, TODAY) == (listed,)

    def test_without_a_section_they_are_where_somebody_sits(self):
        gone = somebody("gone", stations=("cor1",), valid_to=date(2026, 1, 1))
        directory = whole(somebody("zed", entity="ngo", stations=("bel1", "ada2")), gone)
        assert [(one.id, one.name) for one in offices(directory, TODAY)] == [
            ("ngo.ada2", "ngo, ada"),
            ("ngo.bel1", "ngo, bel"),
            ("un.ada1", "un, ada"),
        ]

    def test_two_pairs_of_ids_never_make_one_office(self):
        stations = {"b-c": Station("b-c", "b-c", {}, "ada", "north"), "c": Station("c", "c", {}, "ada", "north")}
        people = [somebody("x", entity="ngo", stations=("b-c",)), somebody("y", entity="ngo-b", stations=("c",))]
        directory = whole(*people)
        entities = directory.entities | {"ngo-b": replace(directory.entities["ngo"], id="ngo-b")}
        directory = replace(directory, entities=entities, stations={**STATIONS, **stations})
        ids = [one.id for one in offices(directory, TODAY)]
        assert len(ids) == len(set(ids)) == 3


class TestPosts:
    """Who is named."""

    def test_are_those_told_at_once_and_the_next(self):
        directory = whole(somebody("cat"), somebody("dan"))
        assert [post.person.id for post in facts(directory).posts["sea"]] == ["ann", "bob"]

    def test_say_since_when_for_each_kind(self):
        roles = (Role(RoleKind.PSEA_FOCAL_POINT, date(2025, 5, 1)), Role(RoleKind.SH_FOCAL_POINT))
        directory = whole(ann={"roles": roles, "valid_from": date(2024, 1, 1)})
        posts = facts(directory).posts
        assert (posts["sea"][0].since, posts["sh"][0].since) == (date(2025, 5, 1), date(2024, 1, 1))
        assert posts["sea"][1].since is None

    def test_somebody_who_only_stands_in_has_no_day_for_it(self):
        directory = whole(bob={"roles": (Role(RoleKind.COORDINATOR, date(2025, 1, 1)),)})
        assert facts(directory).posts["sea"][1].since is None

    def test_say_where_somebody_is(self):
        away = {"stations": ("ada2",)}
        directory = whole(ann=away, bob=away | {"level": Level.REGIONAL})
        directory = replace(directory, offices={"hub": Office("hub", "Hub", {}, "un", "ada1")})
        assert [post.where for post in facts(directory, office="hub").posts["sea"]] == [
            Whereabouts.COUNTRY,
            Whereabouts.REGIONAL,
        ]

    def test_an_alternate_who_cannot_receive_is_none(self):
        assert facts(whole(bob={"key_id": None, "roles": ()})).posts["sea"][0].alternate is None

    def test_languages_are_told_by_who_speaks_them(self):
        directory = whole(bob={"languages": ("en",)}, ann={"fluency": {"ar": Fluency.BASIC}})
        spoken_by = {
            language: [(person.id, level) for person, level in several]
            for language, several in facts(directory).languages.items()
        }
        assert spoken_by == {
            "en": [("ann", Fluency.FLUENT), ("bob", Fluency.FLUENT)],
            "ar": [("ann", Fluency.BASIC)],
        }


class TestWhatIsOpen:
    """Each kind of open point, planted and found."""

    def test_nothing_in_a_whole_world(self):
        assert is_open(whole()) == []

    def test_nobody(self):
        sh = (Role(RoleKind.SH_FOCAL_POINT),)
        assert is_open(whole(ann={"roles": sh}, bob={"roles": sh})) == [OpenPoint(Open.NOBODY, "sea")]

    def test_nobody_in_the_country(self):
        abroad = {"level": Level.REGIONAL}
        directory = whole(somebody("cat", roles=()), ann=abroad, bob=abroad)
        ann = directory.people["ann"]
        assert is_open(directory) == [OpenPoint(Open.ELSEWHERE, "sea", ann), OpenPoint(Open.ELSEWHERE, "sh", ann)]

    def test_no_alternate(self):
        directory = whole(ann={"alternate": None}, bob={"roles": COUNSELLOR, "tier": Tier.GBV})
        ann = directory.people["ann"]
        assert is_open(directory) == [OpenPoint(Open.NO_ALTERNATE, kind, ann) for kind in ("sea", "sh")]

    @pytest.mark.parametrize(
        ("until", "what"),
        [
            (None, Open.NOT_CERTIFIED),
            (date(2026, 11, 22), Open.CERTIFICATION_ENDED),
            (date(2026, 11, 23), Open.CERTIFICATION_ENDS),
            (date(2026, 12, 23), Open.CERTIFICATION_ENDS),
        ],
    )
    def test_a_certification(self, until, what):
        directory = whole(bob={"certified_until": until})
        assert is_open(directory) == [OpenPoint(what, person=directory.people["bob"], day=until)]

    def test_no_training(self):
        directory = whole(bob={"trained_on": None})
        assert is_open(directory) == [OpenPoint(Open.NO_TRAINING, person=directory.people["bob"])]

    def test_a_test_alert_that_was_not_answered_in_a_year(self):
        directory = whole()
        ann, bob = directory.people["ann"], directory.people["bob"]
        tests = {"ann": date(2026, 11, 1), "bob": date(2025, 11, 23)}
        assert is_open(directory, tests) == []
        assert is_open(directory, tests | {"bob": date(2025, 11, 22)}) == [OpenPoint(Open.NO_TEST, person=bob)]
        assert is_open(directory, {}) == [OpenPoint(Open.NO_TEST, person=one) for one in (ann, bob)]

    def test_a_language_that_none_of_them_speaks(self):
        assert is_open(whole(ann={"languages": ("en",)}, bob={"languages": ("en",)})) == [
            OpenPoint(Open.LANGUAGE, language="ar")
        ]

    def test_no_counsellor(self):
        assert is_open(whole(staff={"languages": ("en",)})) == [
            OpenPoint(Open.NO_COUNSELLOR, language="ar", service=Service.PERSONNEL)
        ]


@settings(deadline=None)
@given(working_worlds())
def test_every_office_of_any_directory_can_be_attested(directory):
    coverage = cover(directory, TODAY)
    for office in offices(directory, TODAY):
        found = attested(directory, coverage, office, {})
        nobody = {point.kind for point in found.open if point.what is Open.NOBODY}
        assert nobody == {kind for kind, posts in found.posts.items() if not posts}
        named = {post.person.id for posts in found.posts.values() for post in posts}
        assert {point.person.id for point in found.open if point.person} <= named
