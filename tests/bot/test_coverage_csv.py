"""The hours of the week as lines for a spreadsheet."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings

from bot.coverage_csv import COLUMNS, rows
from bot.spreadsheet import guarded
from routing.coverage import cover
from routing.directory import Fluency, Hours, Role, RoleKind, Tier
from tests.routing.covering import somebody, spoken, working_worlds
from tests.routing.worlds import TODAY, directory_of

ALWAYS = (Hours(frozenset(range(1, 8)), 0, 24 * 60),)


def lines(directory, day=TODAY):
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows(directory, cover(directory, day))]


def one_country(*people, **country):
    directory = spoken(directory_of(list(people)))
    return replace(directory, countries={"ada": replace(directory.countries["ada"], **country)})


def test_a_line_says_everything_about_one_hour():
    ann = somebody("ann", alternate="bob", fluency={"ar": Fluency.BASIC}, time_zone="Asia/Kolkata")
    bob = somebody("bob")
    cat = somebody("cat", roles=(Role(RoleKind.COUNSELLOR),), tier=Tier.GBV, hours=ALWAYS)
    found = [
        line
        for line in lines(one_country(ann, bob, cat))
        if (line["entity"], line["kind"], line["language"], line["weekday"], line["hour"])
        == ("un", "sh", "ar", "1", "9")
    ]
    assert found == [
        {
            "country": "ada",
            "country_name": "ada",
            "time_zone": "Asia/Kolkata",
            "about": "entity",
            "entity": "un",
            "entity_name": "un",
            "kind": "sh",
            "language": "ar",
            "weekday": "1",
            "hour": "9",
            "utc": "2026-11-23T03:30Z",
            "now": "ann",
            "now_at_work": "yes",
            "now_speaks": "basic",
            "next": "bob",
            "next_after_hours": "24",
            "affected_people": "1",
            "affected_people_first": "cat",
            "personnel": "0",
            "personnel_first": "",
        }
    ]


def test_an_hour_that_clocks_skip_has_no_utc_and_nobody():
    found = lines(one_country(somebody("ann"), time_zone="Europe/Berlin"), date(2026, 3, 23))
    skipped = [line for line in found if not line["utc"]]
    assert {(line["weekday"], line["hour"]) for line in skipped} == {("7", "2")}
    assert {line["affected_people"] for line in skipped} == {""}
    assert {line["now_at_work"] for line in skipped} == {"no"}


def test_a_country_without_languages_still_has_its_desks():
    found = lines(one_country(somebody("ann"), languages=()))
    assert {line["language"] for line in found} == {""}
    assert {line["now"] for line in found if line["entity"] == "un"} == {"ann"}
    assert {(line["now_speaks"], line["personnel"], line["personnel_first"]) for line in found} == {("", "", "")}


@settings(deadline=None)
@given(working_worlds())
def test_there_is_a_line_for_each_combination_and_hour(directory):
    coverage = cover(directory, TODAY)
    keys = [row[:1] + row[3:5] + row[6:10] for row in rows(directory, coverage)]
    wanted = sum(len(covered.desks) * len(covered.country.languages) * 168 for covered in coverage.countries)
    assert len(keys) == len(set(keys)) == wanted


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0"])
def test_a_name_is_never_a_formula(cell):
    assert guarded(cell) == f"'{cell}"
    directory = one_country(somebody("ann"), name=cell)
    assert {line["country_name"] for line in lines(directory)} == {f"'{cell}"}


@pytest.mark.parametrize("cell", ["", "Velmora", "Côte d'Or", "فيلمورا", "1=1"])
def test_an_ordinary_name_stays_as_it_is(cell):
    assert guarded(cell) == cell
