"""Being away: until an hour, or until one is back; nothing is kept of it afterwards."""

import pytest
from sqlalchemy import select

from cases.duty import Away, away, away_of, back, set_away
from cases.tables import duty
from tests.cases.chains import DAY, HOUR, NOON, opened

NOOR, OMAR = "noor-haddad", "omar-said"


@pytest.fixture
async def store(url):
    async with opened(url) as store:
        yield store


async def test_nobody_is_away_at_first(store):
    assert await away(store, NOON) == frozenset()
    assert await away_of(store, NOOR, NOON) is None


async def test_whoever_is_away_until_an_hour_is_back_by_themselves(store):
    await set_away(store, NOOR, NOON + DAY)
    assert await away(store, NOON + DAY - 1) == {NOOR}
    assert await away_of(store, NOOR, NOON) == Away((NOON + DAY) // HOUR)
    assert await away(store, NOON + DAY) == frozenset()
    assert await away_of(store, NOOR, NOON + DAY) is None


async def test_a_moment_between_two_hours_counts_as_the_earlier_one(store):
    await set_away(store, NOOR, NOON + DAY + HOUR // 2)
    assert await away(store, NOON + DAY) == frozenset()


async def test_whoever_is_away_without_an_end_is_away_until_they_say_so(store):
    await set_away(store, NOOR, None)
    await set_away(store, OMAR, NOON + DAY)
    assert await away(store, NOON + 5000 * DAY) == {NOOR}
    assert await away_of(store, NOOR, NOON) == Away(None)
    assert await back(store, NOOR)
    assert not await back(store, NOOR), "a tap that comes twice changes nothing"
    assert await away(store, NOON) == {OMAR}


async def test_what_was_said_last_counts_and_nothing_before_it_is_kept(store):
    for until in (NOON + DAY, None, NOON + 2 * DAY):
        await set_away(store, NOOR, until)
    assert await away(store, NOON + 2 * DAY) == frozenset()
    await back(store, NOOR)
    async with store.reading() as connection:
        assert (await connection.execute(select(duty))).all() == []
