"""Who comes first under a new version, where and from when: said before it happens."""

from datetime import date

import pytest

from routing.changes_in_turn import handovers, sentences
from routing.resolve import Facts, resolve
from tests.routing.test_changes import DEMO, read
from tests.routing.worlds import NOW

TODAY = date(2026, 11, 23)


def said(new: str, old: str = DEMO, today: date = TODAY) -> list[str]:
    return list(sentences(read(old), read(new), today))


def changed(old: str, new: str) -> str:
    assert DEMO.count(old) == 1
    return DEMO.replace(old, new)


def test_of_the_same_nothing_is_said():
    assert said(DEMO) == []


def test_whoever_leaves_in_january_is_said_in_november():
    text = changed("    trained_on: 2026-03-12\n  - id: josen", "    valid_to: 2026-12-31\n  - id: josen")
    relief = "reports of SEA about Civic Relief Agency (fictional) at Port Lumen and Velmora"
    to, instead = "go first to Josen Pellaru (josen-pell)", "not to Amara Lindovai (amara-lind)"
    assert f"from 2027-01-01, {relief} {to}, and {instead}" in said(text)
    assert f"from today, {relief} {to}, and {instead}" in said(text, today=date(2027, 1, 1))
    assert all("SH" not in one for one in said(text)), "she was never the one for harassment"


def test_the_january_list_with_a_new_cochair():
    text = changed(
        "      - {id: mirel-tasso, valid_from: 2026-01-15}",
        "      - {id: mirel-tasso, valid_from: 2026-01-15, valid_to: 2026-12-31}\n"
        "      - {id: nour-hadey, valid_from: 2027-01-01}",
    )
    assert (
        "from 2027-01-01, reports of SEA and SH about an organisation that is not known at Nualis and Velmora go first"
        " to Nour Hadeyin (nour-hadey), and not to Mirel Tassovan (mirel-tasso)"
    ) in said(text)


def test_when_nobody_is_left_that_is_said():
    start, end = DEMO.index("  # Open Well: one"), DEMO.index("  # Lantern Works, contracted by the Civic")
    network = DEMO[DEMO.index("networks:\n") : DEMO.index("offices:\n")]
    old, new = DEMO.replace(network, ""), (DEMO[:start] + DEMO[end:]).replace(network, "")
    (sentence,) = [one for one in said(new, old) if "Salt Stairs" in one]
    assert "reports of SEA and SH about Open Well (fictional) at " in sentence
    assert "go first to nobody (the person would be told so), and not to Pia Sunderholm-Eze (pia-sunder)" in sentence


def test_a_change_that_is_undone_is_said_once_for_each_day_it_changes():
    text = changed(
        "    alternate: josen-pell\n", "    alternate: josen-pell\n    leave: [{from: 2026-12-01, to: 2026-12-31}]\n"
    )
    found = [one for one in handovers(read(DEMO), read(text), TODAY) if one.entity == "civic-relief"]
    assert {one.day for one in found} == {date(2026, 12, 1)}
    assert {(one.before, one.after) for one in found} == {(("amara-lind",), ("josen-pell",))}


@pytest.mark.parametrize("kind", ["sea", "sh"])
def test_what_is_said_is_what_happens(kind):
    """Each sentence holds against the resolver itself, and no difference of today goes unsaid."""
    old = read(DEMO)
    new = read(changed("  - id: odile-varn\n    name", "  - id: odile-varn\n    valid_to: 2026-11-22\n    name"))
    told = {(one.entity, one.place): one for one in handovers(old, new, NOW.date()) if one.kind == kind}
    for entity in ("", *old.entities):
        for place in (*old.countries, *old.stations):
            facts = Facts(kind, entity or None, place, child=False, urgent=False)
            before, after = (
                tuple(turn.person for turn in found.recipients if not turn.after)
                for found in (resolve(one, facts, exclude=frozenset(), now=NOW) for one in (old, new))
            )
            one = told.get((entity, place))
            if one is not None:
                assert (one.before, one.after) == (before, after)
            elif place in old.countries or any(
                person.entity == entity and place in person.stations for person in old.people.values()
            ):
                assert before == after
