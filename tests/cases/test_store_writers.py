"""Writers of one process take turns, in their order, and none of them is turned away for being one of many."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import func, insert, select, text

from cases import store as module
from cases.store import Store, StoreError, open_store
from cases.tables import tries
from tests.cases.rows import migrated, rows

WRITERS = 25


async def write(store: Store, seconds: float, done: list[int], number: int) -> None:
    async with store.writing() as connection:
        await connection.execute(text("SELECT count(*) FROM sessions"))
        await asyncio.sleep(seconds)
    done.append(number)


async def test_many_writers_at_once_all_come_to_their_turn_in_order(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "BUSY_MS", 2_000)
    async with migrated(tmp_path / "linnet.db") as store:
        done: list[int] = []
        await asyncio.gather(*(write(store, 0.01, done, number) for number in range(WRITERS)))
    assert done == list(range(WRITERS))


async def test_a_writer_waits_no_longer_than_for_the_database_itself(tmp_path, monkeypatch):
    async with migrated(tmp_path / "linnet.db") as store:
        monkeypatch.setattr(module, "BUSY_MS", 50)
        done: list[int] = []
        slow = asyncio.create_task(write(store, 0.4, done, 1))
        await asyncio.sleep(0.1)
        with pytest.raises(StoreError, match="busy"):
            await write(store, 0.0, done, 2)
        await slow
        await write(store, 0.0, done, 3)
    assert done == [1, 3]


async def test_whoever_fails_or_gives_up_lets_the_next_one_in(tmp_path):
    async with migrated(tmp_path / "linnet.db") as store:
        with pytest.raises(StoreError):
            async with store.writing() as connection:
                await connection.execute(text("SELECT * FROM nothing"))
        slow = asyncio.create_task(write(store, 5.0, [], 1))
        waiting = asyncio.create_task(write(store, 0.0, [], 2))
        await asyncio.sleep(0.05)
        waiting.cancel()
        slow.cancel()
        await asyncio.gather(slow, waiting, return_exceptions=True)
        done: list[int] = []
        async with asyncio.timeout(2):
            await write(store, 0.0, done, 3)
        assert done == [3]


async def test_another_process_is_still_waited_for(tmp_path):
    async with migrated(tmp_path / "linnet.db") as store:
        other = open_store(f"sqlite:///{tmp_path}/linnet.db")
        done: list[int] = []
        await asyncio.gather(write(store, 0.2, done, 1), write(other, 0.2, done, 2))
        await other.close()
    assert sorted(done) == [1, 2]


async def test_one_writer_at_a_time_over_all_processes(url):
    """What a transaction looked at is still so when it writes: nothing is counted twice, and nothing is lost."""
    async with migrated(url) as store, migrated(url) as other:

        async def count(which: Store) -> None:
            async with which.writing() as connection:
                found = (await connection.execute(select(func.max(tries.c.wrong)))).scalar_one() or 0
                await asyncio.sleep(0.01)
                await connection.execute(insert(tries).values(mark=b"%032d" % found, wrong=found + 1, until_minute=0))

        await asyncio.gather(*(count((store, other)[number % 2]) for number in range(10)))
        assert [row.wrong for row in await rows(store, "tries")] == list(range(1, 11))


async def test_shared_writers_run_side_by_side_where_the_engine_can(url):
    async with migrated(url) as store:
        at_once = most = 0

        async def write_shared() -> None:
            nonlocal at_once, most
            async with store.writing(shared=True):
                at_once += 1
                most = max(most, at_once)
                await asyncio.sleep(0.05)
                at_once -= 1

        await asyncio.gather(*(write_shared() for _ in range(5)))
        assert most == (1 if store.embedded else 5)
