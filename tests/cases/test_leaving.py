"""Somebody leaves the directory after they were told: the next is told now, and nothing is lost."""

import pytest
from sqlalchemy import select

from cases.handing import acknowledge, handed
from cases.leaving import let_go
from cases.outbox import claim, sent
from cases.passing import GONE
from cases.tables import outbox
from tests.cases.chains import ALTERNATE, CHAIN, DAY, HOUR, NOON, OWNER, PARTNER, REFERENCE, opened, report, state_of


@pytest.fixture
async def store(url):
    async with opened(url) as store:
        yield store


async def told(store, now=NOON):
    """Send what is due."""
    for row in await claim(store, now, 8, 60):
        await sent(store, row.id)


async def due(store, recipient):
    async with store.reading() as connection:
        return (await connection.execute(select(outbox.c.due).where(outbox.c.recipient == recipient))).scalar_one()


def without(*gone):
    return lambda one: one not in gone


async def test_the_next_is_told_now_and_not_when_the_clock_has_run_out(store):
    await report(store, CHAIN)
    await told(store)
    assert await let_go(store, without(OWNER), NOON + HOUR) == 1
    assert await due(store, ALTERNATE) == NOON + HOUR
    assert await state_of(store) == ("sent", GONE)
    assert await handed(store, REFERENCE, OWNER) is not None, "nothing is taken back: a slip in the list harms nobody"


async def test_it_is_done_once(store):
    await report(store, CHAIN)
    await told(store)
    await let_go(store, without(OWNER), NOON + HOUR)
    assert await let_go(store, without(OWNER), NOON + 2 * HOUR) == 0
    assert await due(store, ALTERNATE) == NOON + HOUR


async def test_whoever_is_there_keeps_their_time(store):
    await report(store, CHAIN)
    await told(store)
    assert await let_go(store, without(), NOON + HOUR) == 0
    assert await let_go(store, without(ALTERNATE), NOON + HOUR) == 0, "not told yet: the alert itself will find out"
    assert await due(store, ALTERNATE) == NOON + DAY


async def test_what_somebody_has_taken_charge_of_stays_theirs(store):
    await report(store, CHAIN)
    await told(store)
    assert await acknowledge(store, REFERENCE, OWNER, NOON)
    assert await let_go(store, without(OWNER), NOON + HOUR) == 0
    assert (await state_of(store, ALTERNATE))[0] == "done"


async def test_one_who_shares_the_turn_is_enough_only_while_somebody_is_asked(store):
    await report(store, ((OWNER, 0, NOON), (PARTNER, 0, NOON), (ALTERNATE, 1, NOON + DAY)))
    await told(store)
    assert await let_go(store, without(OWNER, PARTNER), NOON + HOUR) == 2
    assert await due(store, ALTERNATE) == NOON + HOUR


async def test_an_alert_that_is_being_tried_again_is_let_go_too(store):
    await report(store, CHAIN)
    await claim(store, NOON, 8, 60)
    assert await let_go(store, without(OWNER), NOON + HOUR) == 1
    assert await state_of(store) == ("waiting", GONE)
    assert await due(store, ALTERNATE) == NOON + HOUR
