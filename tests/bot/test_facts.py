"""What routing is told of a conversation: a table of answers, routes and facts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.opening import OpeningError, fit, triage_table
from bot.told import facts_of
from flows.book import Text
from flows.path import here
from flows.path import walk as path
from flows.state import Interrupt, Pick, Secret, Words
from flows.step import begin, step
from routing.resolve import Facts
from routing.triage import triage
from tests.bot.real_turns import real_world


@pytest.fixture
async def world(tmp_path):
    async with real_world(tmp_path) as world:
        yield world


def told(book, **ways):
    """A state at the end of a conversation with these answers; "" skips."""
    usual = {"language": "en", "safe": "yes", "danger": "no", "want": "report", "affected": "me", "under_18": "no"}
    usual |= {"actor": "aid_worker", "entity": "open-well", "works": "community", "station": "salt-stairs"}
    usual |= {"elapsed": "longer", "about": "sexual", "setting_aid": "yes", "help_wish": "no", "story_ok": "yes"}
    usual |= {"keep_place": "no"}
    usual |= {"name_ok": "yes", "share_ok": "yes", "count_ok": "yes"} | ways
    state = begin(book, "en", 1)
    while (name := here(book, state)) != "review":
        node = book.nodes[name]
        way = usual.get(name, "go_on")
        if isinstance(node, Text):
            state = step(book, state, Words(Secret("x"), final=True)).state
        else:
            state = step(book, state, Pick(way) if way else Interrupt("skip")).state
    return state


@pytest.mark.parametrize(
    ("ways", "facts"),
    [
        ({}, Facts("sea", "open-well", "salt-stairs", child=False, urgent=False)),
        ({"works": "staff"}, Facts("sh", "open-well", "salt-stairs", child=False, urgent=False)),
        ({"works": "unsure"}, Facts("sea", "open-well", "salt-stairs", child=False, urgent=False)),
        ({"works": ""}, Facts("sea", "open-well", "salt-stairs", child=False, urgent=False)),
        ({"under_18": "yes"}, Facts("sea", "open-well", "salt-stairs", child=True, urgent=False)),
        ({"under_18": "unsure"}, Facts("sea", "open-well", "salt-stairs", child=True, urgent=False)),
        ({"under_18": ""}, Facts("sea", "open-well", "salt-stairs", child=True, urgent=False)),
        ({"entity": "unsure"}, Facts("sea", None, "salt-stairs", child=False, urgent=False)),
        ({"entity": ""}, Facts("sea", None, "salt-stairs", child=False, urgent=False)),
        ({"station": "unsure"}, Facts("sea", "open-well", None, child=False, urgent=False)),
        ({"station": ""}, Facts("sea", "open-well", None, child=False, urgent=False)),
        ({"actor": "unsure"}, Facts("sea", None, "salt-stairs", child=False, urgent=False)),
        ({"actor": ""}, Facts("sea", None, "salt-stairs", child=False, urgent=False)),
        ({"actor": "peacekeeper", "under_18": "yes"}, Facts("sea", None, "salt-stairs", child=True, urgent=False)),
        ({"works": "staff", "under_18": "yes"}, Facts("sea", "open-well", "salt-stairs", child=True, urgent=False)),
        ({"danger": "yes"}, Facts("sea", "open-well", "salt-stairs", child=False, urgent=True)),
        ({"danger": "unsure"}, Facts("sea", "open-well", "salt-stairs", child=False, urgent=True)),
        ({"danger": ""}, Facts("sea", "open-well", "salt-stairs", child=False, urgent=False)),
        ({"elapsed": "within_24h"}, Facts("sea", "open-well", "salt-stairs", child=False, urgent=True)),
        ({"elapsed": "within_72h"}, Facts("sea", "open-well", "salt-stairs", child=False, urgent=True)),
        ({"elapsed": "within_120h"}, Facts("sea", "open-well", "salt-stairs", child=False, urgent=False)),
        ({"elapsed": "unsure"}, Facts("sea", "open-well", "salt-stairs", child=False, urgent=False)),
        ({"elapsed": ""}, Facts("sea", "open-well", "salt-stairs", child=False, urgent=False)),
    ],
    ids=str,
)
async def test_the_facts_of_a_conversation(world, ways, facts):
    state = told(world.book, **ways)
    verdict = triage(triage_table(), dict(path(world.book, state).attrs))
    assert replace(facts_of(world.book, state, verdict), route=None) == facts


@pytest.mark.parametrize(
    ("ways", "route", "tags", "kind", "entity"),
    [
        ({}, "sea_focal_point", ["sea"], "sea", "open-well"),
        ({"about": ""}, "sea_focal_point", ["sea"], "sea", "open-well"),
        ({"under_18": "yes"}, "sea_focal_point", ["sea", "child"], "sea", "open-well"),
        ({"works": "staff"}, "sh_focal_point", ["sh"], "sh", "open-well"),
        ({"works": "unsure"}, "dual", ["sea", "sh"], "sea", "open-well"),
        ({"about": "trafficking"}, "sea_focal_point", ["sea", "trafficking"], "sea", "open-well"),
        ({"about": "retaliation"}, "sea_focal_point", ["retaliation"], "sea", "open-well"),
        ({"actor": "peacekeeper"}, "conduct_and_discipline", ["sea", "sh"], "sea", None),
        ({"actor": "other_force"}, "coordinator", [], "sea", None),
        ({"actor": "unsure"}, "coordinator", ["possible_sea"], "sea", None),
        ({"actor": "unsure", "setting_aid": ""}, "coordinator", [], "sea", None),
    ],
    ids=str,
)
async def test_each_route_decides_to_whom_a_report_goes(world, ways, route, tags, kind, entity):
    state = told(world.book, **ways)
    verdict = triage(triage_table(), dict(path(world.book, state).attrs))
    assert verdict.route.value == route
    assert {tag.value for tag in verdict.tags} == set(tags)
    facts = facts_of(world.book, state, verdict)
    assert (facts.kind, facts.entity, facts.station) == (kind, entity, "salt-stairs")
    assert facts.child is ("child" in tags)
    assert facts.route == verdict.route


# --- the table and the questions fit each other ---


async def test_the_table_that_comes_with_linnet_fits_the_conversation(world):
    fit(triage_table(), world.book)


@pytest.mark.parametrize(
    ("attr", "values", "said"),
    [
        ("works", None, "no question gives the fact 'works'"),
        ("under_18", ("no", "yes", "unsure", "older"), "the table does not know the answer 'older' to 'under_18'"),
        ("actor", ("aid_worker", "other_force", "other_person", "unsure"), "no button gives the answer 'peacekeeper'"),
    ],
)
async def test_a_question_that_no_longer_fits_the_table_is_refused_in_one_line(world, attr, values, said):
    attrs = {name: known for name, known in world.book.attrs.items() if name != attr}
    attrs |= {attr: values} if values else {}
    with pytest.raises(OpeningError, match=said) as caught:
        fit(triage_table(), replace(world.book, attrs=attrs))
    assert "\n" not in str(caught.value)
