"""What routing is told of a conversation: a table of answers and facts."""

from __future__ import annotations

import pytest

from bot.calls import facts_of
from flows.book import Text
from flows.path import here
from flows.state import Interrupt, Pick, Secret, Words
from flows.step import begin, step
from routing.resolve import Facts
from tests.bot.real_turns import real_world


@pytest.fixture
async def world(tmp_path):
    async with real_world(tmp_path) as world:
        yield world


def told(book, **ways):
    """A state at the end of a conversation with these answers; "" skips."""
    usual = {"language": "en", "safe": "yes", "danger": "no", "want": "report", "affected": "me", "under_18": "no"}
    usual |= {"actor": "aid_worker", "entity": "open-well", "works": "community", "station": "sarrin"}
    usual |= {"elapsed": "longer"} | ways
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
        ({}, Facts("sea", "open-well", "sarrin", child=False, urgent=False)),
        ({"works": "staff"}, Facts("sh", "open-well", "sarrin", child=False, urgent=False)),
        ({"works": "unsure"}, Facts("sea", "open-well", "sarrin", child=False, urgent=False)),
        ({"works": ""}, Facts("sea", "open-well", "sarrin", child=False, urgent=False)),
        ({"under_18": "yes"}, Facts("sea", "open-well", "sarrin", child=True, urgent=False)),
        ({"under_18": "unsure"}, Facts("sea", "open-well", "sarrin", child=True, urgent=False)),
        ({"under_18": ""}, Facts("sea", "open-well", "sarrin", child=True, urgent=False)),
        ({"entity": "unsure"}, Facts("sea", None, "sarrin", child=False, urgent=False)),
        ({"entity": ""}, Facts("sea", None, "sarrin", child=False, urgent=False)),
        ({"station": "unsure"}, Facts("sea", "open-well", None, child=False, urgent=False)),
        ({"station": ""}, Facts("sea", "open-well", None, child=False, urgent=False)),
        ({"actor": "unsure"}, Facts("sea", "open-well", "sarrin", child=False, urgent=False)),
        ({"danger": "yes"}, Facts("sea", "open-well", "sarrin", child=False, urgent=True)),
        ({"danger": "unsure"}, Facts("sea", "open-well", "sarrin", child=False, urgent=False)),
        ({"danger": ""}, Facts("sea", "open-well", "sarrin", child=False, urgent=False)),
        ({"elapsed": "within_24h"}, Facts("sea", "open-well", "sarrin", child=False, urgent=True)),
        ({"elapsed": "within_72h"}, Facts("sea", "open-well", "sarrin", child=False, urgent=True)),
        ({"elapsed": "within_120h"}, Facts("sea", "open-well", "sarrin", child=False, urgent=False)),
        ({"elapsed": "unsure"}, Facts("sea", "open-well", "sarrin", child=False, urgent=False)),
        ({"elapsed": ""}, Facts("sea", "open-well", "sarrin", child=False, urgent=False)),
    ],
    ids=str,
)
async def test_the_facts_of_a_conversation(world, ways, facts):
    assert facts_of(world.book, told(world.book, **ways)) == facts
