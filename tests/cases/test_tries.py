"""Wrong numbers cost their own pseudonym time, and nobody else any."""

from __future__ import annotations

import pytest

from cases.retention import sweep
from cases.tries import FORGOTTEN_MINUTES, FREE, right, wait_minutes, waits, wrong
from tests.cases.rows import HOUR, migrated, rows

NOW = HOUR * 3600
ANA, BEN = b"a" * 32, b"b" * 32


@pytest.fixture
async def store(url):
    async with migrated(url) as store:
        yield store


async def guess(store, mark=ANA, now=NOW, times=1):
    for _ in range(times):
        async with store.writing() as connection:
            await wrong(connection, mark, now)


async def test_a_slip_costs_nothing_and_then_each_one_twice_as_much_up_to_an_hour(store):
    await guess(store, now=NOW + 17, times=FREE)
    assert await waits(store, ANA, NOW + 17) == 0
    seen = []
    for _ in range(9):
        await guess(store)
        seen.append(await waits(store, ANA, NOW))
    assert seen == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert await waits(store, ANA, NOW + 59 * 60) == 1
    assert await waits(store, ANA, NOW + 60 * 60) == 0


async def test_nobody_waits_for_somebody_elses_guesses(store):
    await guess(store, times=20)
    assert await waits(store, BEN, NOW) == 0


async def test_the_right_number_ends_the_count(store):
    await guess(store, times=20)
    async with store.writing() as connection:
        await right(connection, ANA)
    await guess(store, times=FREE)
    assert await waits(store, ANA, NOW) == 0


async def test_after_a_day_without_a_guess_the_count_begins_anew_and_nothing_of_it_stays(store):
    await guess(store, times=20)
    later = NOW + (60 + FORGOTTEN_MINUTES + 1) * 60
    await guess(store, now=later)
    assert await waits(store, ANA, later) == 0
    await sweep(store, hour=later // 3600 + 48, draft_hours=72)
    assert await rows(store, "tries") == []


async def test_a_count_that_still_matters_is_not_swept(store):
    await guess(store, times=20)
    await sweep(store, hour=HOUR + 2, draft_hours=72)
    assert await waits(store, ANA, NOW) == 60


async def test_ten_thousand_guesses_from_a_hundred_pseudonyms_take_days(store):
    """Each guesses as soon as it may; the clock is moved, not awaited."""
    now, guesses = NOW, 100
    for _ in range(guesses):
        now += await waits(store, ANA, now) * 60
        await guess(store, now=now)
    days = (now - NOW) / 86_400
    assert 3 < days < 5
    assert sum(wait_minutes(number) for number in range(guesses)) / 1440 == pytest.approx(days, abs=0.1)
