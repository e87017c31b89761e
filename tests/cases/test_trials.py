"""Test alerts: one at a time, marked in their reference, and answered on a day."""

from datetime import date
from secrets import token_bytes

import pytest

from cases.outbox import claim, sent, unsent
from cases.trials import KEEP_DAYS, TEMPLATE, answer, answered, send
from cases.trials import sent as sent_days
from crypto.reference import is_test
from tests.cases.chains import CHAIN, DAY, HOUR, NOON, REFERENCE, opened, report
from tests.cases.rows import rows
from tests.crypto.streams import stream

NOOR, OMAR = "noor-haddad", "omar-said"
TODAY = date(2025, 11, 23)


@pytest.fixture
async def store(url):
    async with opened(url) as store:
        yield store


async def tried(store, person=NOOR, now=NOON, entropy=token_bytes):
    return await send(store, person, now=now, entropy=entropy)


async def reference_of(store, person=NOOR):
    return [row.reference for row in await rows(store, "trials") if row.person == person][-1]


async def test_a_test_is_an_alert_that_is_due_at_once(store):
    assert await tried(store, now=NOON + 90)
    [row] = await unsent(store)
    assert (row.alert.template, row.alert.recipient, row.alert.priority) == (TEMPLATE, NOOR, "normal")
    assert is_test(row.alert.reference)
    assert (row.alert.due, row.alert.deadline_hour) == (NOON, NOON // HOUR + 1 + 24)
    assert [claimed.alert for claimed in await claim(store, NOON + 90, 8, 60)] == [row.alert]


async def test_a_tap_that_comes_twice_sends_one(store):
    assert [await tried(store), await tried(store)] == [True, False]
    assert await tried(store, OMAR)
    assert len(await unsent(store)) == 2


async def test_an_answer_is_a_day_and_ends_the_row_in_the_outbox(store):
    await tried(store)
    reference = await reference_of(store)
    assert await answered(store) == {}
    assert await answer(store, reference, NOOR, NOON)
    assert await answer(store, reference, NOOR, NOON + 3 * DAY), "late and double taps are harmless"
    assert await answered(store) == {NOOR: TODAY}
    assert await sent_days(store) == {NOOR: TODAY}
    assert await unsent(store) == []


async def test_nobody_answers_for_another_and_nothing_else_is_answered(store):
    await report(store, CHAIN)
    await tried(store)
    reference = await reference_of(store)
    assert not await answer(store, reference, OMAR, NOON)
    assert not await answer(store, REFERENCE, NOOR, NOON)
    assert await answered(store) == {}
    assert len(await unsent(store)) == 3


async def test_after_the_answer_or_the_next_day_another_one_can_be_sent(store):
    await tried(store)
    await answer(store, await reference_of(store), NOOR, NOON)
    assert await tried(store, now=NOON + HOUR)
    assert await tried(store, now=NOON + DAY)
    assert len(await unsent(store)) == 1, "the one that nobody answered does not go out any more"
    assert await answered(store) == {NOOR: TODAY}
    assert await sent_days(store) == {NOOR: date(2025, 11, 24)}


async def test_the_last_answer_counts(store):
    for day in range(3):
        await tried(store, now=NOON + day * DAY)
    for row in await rows(store, "trials"):
        await answer(store, row.reference, NOOR, NOON + 2 * DAY)
    assert await answered(store) == {NOOR: date(2025, 11, 25)}


async def test_tests_of_long_ago_are_forgotten(store):
    await tried(store)
    [claimed] = await claim(store, NOON, 8, 60)
    await sent(store, claimed.id)
    await answer(store, claimed.alert.reference, NOOR, NOON)
    await tried(store, now=NOON + (KEEP_DAYS + 1) * DAY)
    assert len(await rows(store, "trials")) == 1
    assert len(await rows(store, "outbox")) == 1


async def test_a_reference_that_is_taken_is_drawn_again(store):
    await tried(store, entropy=stream("one"))
    await tried(store, OMAR, entropy=stream("one"))
    assert len({row.reference for row in await rows(store, "trials")}) == 2
