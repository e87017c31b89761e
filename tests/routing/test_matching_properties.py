"""What must hold of every request for a counsellor, over random directories."""

from dataclasses import replace

from hypothesis import given, settings

from routing.directory import Fluency, Gender, Modality, RoleKind
from routing.matching import COUNSELLORS, TIERS, match_counsellors
from routing.resolve import ACKNOWLEDGE, ACKNOWLEDGE_URGENT
from tests.routing.test_resolve_properties import everybody, ids, in_line
from tests.routing.worlds import NOW, TODAY, directory_of, exclusions, loads, people, wishes, worlds


def speaks(person, language: str) -> bool:
    base = language.partition("-")[0]
    return any(
        tag.partition("-")[0] == base and person.fluency.get(tag) is not Fluency.BASIC for tag in person.languages
    )


@settings(deadline=None)
@given(worlds(), wishes, exclusions, exclusions, exclusions, loads)
def test_nobody_excluded_and_nobody_who_reports_to_them_is_asked(directory, wish, exclude, alone, away, busy):
    found = match_counsellors(directory, wish, exclude=exclude, alone=alone, away=away, now=NOW, busy=busy)
    assert not [one for one in everybody(found) if one in alone or in_line(directory, one, exclude)]


@settings(deadline=None)
@given(worlds(), wishes, exclusions, loads)
def test_what_is_hard_holds_for_everybody_asked(directory, wish, exclude, busy):
    found = match_counsellors(directory, wish, exclude=exclude, now=NOW, busy=busy)
    assert len(found.recipients) <= COUNSELLORS
    assert len(set(ids(found))) == len(ids(found))
    for one in ids(found):
        person = directory.people[one]
        assert person.holds(RoleKind.COUNSELLOR, TODAY)
        assert person.key_id is not None
        assert person.tier in TIERS[wish.group]
        assert speaks(person, wish.language)
        assert wish.gender != "woman_only" or person.gender is Gender.WOMAN
        assert wish.gender != "man_only" or person.gender is Gender.MAN
        assert wish.mode == "any" or Modality(wish.mode) in person.modalities


@settings(deadline=None)
@given(worlds(), wishes, exclusions, exclusions, loads)
def test_turns_start_at_once_and_whoever_is_away_comes_last(directory, wish, exclude, away, busy):
    wish = replace(wish, urgent=False)
    directory = replace(directory, people={one: replace(it, leave=()) for one, it in directory.people.items()})
    found = match_counsellors(directory, wish, exclude=exclude, away=away, now=NOW, busy=busy)
    assert [turn.after for turn in found.recipients] == [
        number * ACKNOWLEDGE for number in range(len(found.recipients))
    ]
    gone = [one in away for one in ids(found)]
    assert gone == sorted(gone)
    urgent = match_counsellors(directory, replace(wish, urgent=True), exclude=exclude, away=away, now=NOW, busy=busy)
    assert [turn.after for turn in urgent.recipients] == [n * ACKNOWLEDGE_URGENT for n in range(len(urgent.recipients))]
    assert len(urgent.recipients) == len(found.recipients)


@settings(deadline=None)
@given(worlds(), wishes, exclusions, loads)
def test_the_order_of_lines_in_a_file_decides_nothing(directory, wish, exclude, busy):
    again = replace(directory, people=dict(reversed(directory.people.items())))
    first = match_counsellors(directory, wish, exclude=exclude, now=NOW, busy=busy)
    assert match_counsellors(again, wish, exclude=exclude, now=NOW, busy=busy) == first


@settings(deadline=None)
@given(worlds(), wishes, exclusions, loads, people("p99"))
def test_adding_somebody_who_does_not_fit_changes_nothing(directory, wish, exclude, busy, newcomer):
    newcomer = replace(newcomer, languages=("sw",), roles=tuple(r for r in newcomer.roles if r.kind != "coordinator"))
    before = match_counsellors(directory, wish, exclude=exclude, now=NOW, busy=busy)
    larger = replace(directory, people={**directory.people, "p99": newcomer})
    assert match_counsellors(larger, wish, exclude=exclude, now=NOW, busy=busy) == before


@settings(deadline=None)
@given(worlds(), wishes, exclusions, loads)
def test_a_lighter_wish_finds_everybody_a_stricter_one_does(directory, wish, exclude, busy):
    """Nobody is said only when nobody fits: taking a condition away never loses somebody."""
    strict = match_counsellors(directory, wish, exclude=exclude, now=NOW, busy=busy)
    for lighter in ({"gender": "any"}, {"mode": "any"}, {"when": "any"}):
        light = match_counsellors(directory, replace(wish, **lighter), exclude=exclude, now=NOW, busy=busy)
        assert len(light.recipients) >= len(strict.recipients)
    alone = directory_of([person for one, person in directory.people.items() if one in ids(strict)])
    found = match_counsellors(alone, wish, exclude=exclude, now=NOW, busy=busy)
    assert set(ids(found)) == set(ids(strict))
