"""Whom a report must not reach, from what was written and chosen; all names are invented."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.conflicts import KeptOut, excluded, kept_out
from routing.directory import Level, Person, Role, RoleKind
from routing.resolve import Facts, resolve
from tests.routing.test_resolve_properties import everybody
from tests.routing.worlds import IDS, NOW, STATIONS, directory_of, facts, worlds

HERE = Facts("sea", "un", "ada1", child=False, urgent=False)
FOLK = {
    # id: name, entity, stations, supervisor
    "top": ("Odran Velk", "un", (), None),
    "chief": ("Selma Quist", "un", ("bel1",), "top"),
    "boss": ("Ivo Brandt", "un", ("ada1",), "chief"),
    "named": ("Tamsin Rook", "un", ("ada1",), "boss"),
    "under": ("Pelle Vint", "un", ("ada2",), "named"),
    "deeper": ("Runa Holt", "un", ("bel1",), "under"),
    "sibling": ("Marit Losk", "un", ("ada2",), "boss"),
    "desk": ("Bela Tarn", "un", ("ada1",), "chief"),
    "under-desk": ("Jory Fenn", "un", ("bel2",), "desk"),
    "other-desk": ("Nils Aker", "ngo", ("ada1",), None),
    "cousin": ("Greta Moss", "un", ("bel1",), "chief"),
    "far": ("Tamsin Ebb", "un", ("cor1",), None),
    "stranger": ("Tamsin Oke", "ngo", ("cor1",), None),
    "serving": ("Lotte Pahl", "ngo", ("bel1",), None),
}


def person(one: str, name: str, entity: str, stations: tuple[str, ...], boss: str | None) -> Person:
    return Person(
        id=one,
        name=name,
        entity=entity,
        roles=(Role(RoleKind.PSEA_FOCAL_POINT),),
        stations=stations,
        level=Level.COUNTRY if stations else Level.HEADQUARTERS,
        languages=("en",),
        time_zone="UTC",
        supervisor=boss,
        key_id=f"key-{one}",
        countries=("ada",) if one == "serving" else (),
    )


WORLD = directory_of([person(one, *rest) for one, rest in FOLK.items()])


def out(*names: str, places: str = "", told: tuple[str, ...] = (), asked: Facts = HERE) -> set[str]:
    return set(excluded(WORLD, asked, names=names, places=frozenset(places.split()), told=told, now=NOW))


def test_the_named_their_line_and_their_desk():
    kept = kept_out(WORLD, HERE, names=("it was tamsin rook",), places=frozenset(), now=NOW)
    assert kept == KeptOut(frozenset({"named", "boss"}), frozenset({"chief", "top", "desk"}))
    team, above, same_desk = {"named", "under", "deeper", "boss", "sibling"}, {"chief", "top"}, {"desk"}
    assert out("it was tamsin rook") == team | above | same_desk
    # Of the same entity elsewhere, of another entity at the same station, or below somebody further up: may receive.
    assert not out("it was tamsin rook") & {"cousin", "under-desk", "other-desk", "far", "serving"}


def test_nobody_kept_out_is_in_the_chain_and_the_chain_is_not_empty():
    kept = kept_out(WORLD, HERE, names=("Tamsin Rook",), places=frozenset(), now=NOW)
    asked = replace(HERE, station="bel1")
    found = resolve(WORLD, asked, exclude=kept.line, alone=kept.alone, now=NOW)
    assert [turn.person for turn in found.recipients] == ["cousin", "under-desk"]


@pytest.mark.parametrize(
    ("places", "kept"),
    [
        ("ada2", {"under", "deeper", "sibling"}),
        ("ada1", {"boss", "named", "desk", "under", "deeper", "sibling", "under-desk", "other-desk"}),
        ("ada", {"boss", "named", "desk", "under", "deeper", "sibling", "under-desk", "other-desk", "serving"}),
        ("cor", {"far", "stranger"}),
        ("nowhere", set()),
    ],
)
def test_an_excluded_place_keeps_out_whoever_works_there_or_for_it_and_all_below_them(places, kept):
    assert out(places=places) == kept


def test_a_single_word_means_whom_the_report_may_concern():
    assert {"named", "far"} <= out("Tamsin")
    assert "stranger" not in out("Tamsin")
    assert "stranger" in out("Tamsin", asked=replace(HERE, entity=None, station=None))
    assert "stranger" in out("Tamsin", asked=replace(HERE, entity="ngo"))


def test_a_word_that_many_bear_keeps_them_out_and_nobody_with_them():
    crowd = [person(f"t{number}", f"Tamsin Rook{number}", "un", ("ada1",), "boss") for number in range(4)]
    world = directory_of([*crowd, person("boss", "Ivo Brandt", "un", ("ada1",), None)])
    kept = kept_out(world, HERE, names=("Tamsin",), places=frozenset(), now=NOW)
    assert kept == KeptOut(frozenset(), frozenset(f"t{number}" for number in range(4)))


def test_of_many_who_bear_a_word_those_who_are_near_are_meant():
    crowd = [person(f"t{number}", f"Tamsin Rook{number}", "un", ("cor1",), None) for number in range(4)]
    world = directory_of([*crowd, *WORLD.people.values()])
    kept = kept_out(world, HERE, names=("Tamsin",), places=frozenset(), now=NOW)
    assert {"named", "boss"} <= kept.line
    assert {"t0", "t1", "t2", "t3", "far"} <= kept.alone


def test_in_a_story_only_whole_names_count():
    assert out(told=("I spoke with Tamsin about it",)) == set()
    assert "named" in out(told=("Then Tamsin Rook came and closed the door",))


def test_the_contractors_people_are_concerned_and_those_of_an_ended_contract_are_not():
    asked = replace(HERE, entity="partner", station="cor2")
    assert "named" in out("Tamsin", asked=asked), "the partner's contract is with un"
    ended = replace(WORLD.entities["partner"], contracted_by=())
    world = replace(WORLD, entities={**WORLD.entities, "partner": ended})
    assert "named" not in excluded(world, asked, names=("Tamsin",), places=frozenset(), now=NOW)


def test_nothing_written_and_nothing_chosen_keeps_nobody_out():
    assert out("", "  ", "\n", told=("",)) == set()


def test_nothing_is_shown():
    assert repr(kept_out(WORLD, HERE, names=("Tamsin Rook",), places=frozenset(), now=NOW)) == "KeptOut()"


words = st.lists(st.sampled_from([*(one.upper() for one in IDS), "and", "the", "P0", "x"]), max_size=4).map(" ".join)


@settings(deadline=None)
@given(worlds(), facts, st.lists(words, max_size=2), st.frozensets(st.sampled_from([*STATIONS, "ada"]), max_size=2))
def test_what_is_listed_is_what_resolving_leaves_out(directory, asked, names, places):
    kept = kept_out(directory, asked, names=tuple(names), places=places, now=NOW)
    listed = excluded(directory, asked, names=tuple(names), places=places, now=NOW)
    assert listed <= directory.people.keys() | {one.supervisor for one in directory.people.values()}
    found = resolve(directory, asked, exclude=kept.line, alone=kept.alone, now=NOW)
    assert not listed & everybody(found)
    assert set(found.excluded) <= listed
    again = replace(directory, people=dict(reversed(directory.people.items())))
    assert kept_out(again, asked, names=tuple(names), places=places, now=NOW) == kept


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_at_all_can_be_read(text):
    assert excluded(WORLD, HERE, names=(text,), places=frozenset(), told=(text,), now=NOW) <= set(FOLK)
