"""One person's updates one after another over several processes, and nobody kept waiting by what cannot be had."""

from __future__ import annotations

import asyncio
import sys

import pytest

from cases import persons
from cases.store import open_store
from tests.cases.rows import ANA, BEN


@pytest.fixture
def url(databases):
    with databases.lent() as url:
        yield url


@pytest.fixture
async def two(url):
    """As two processes have it."""
    stores = open_store(url), open_store(url)
    yield stores
    for store in stores:
        await store.close()


async def test_one_after_another_over_two_processes(two):
    inside = most = 0

    async def deal(store):
        nonlocal inside, most
        async with store.alone(ANA):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.01)
            inside -= 1

    # Within a process the door's own queue lets one in at a time.
    async def many(store):
        for _ in range(10):
            await deal(store)

    await asyncio.gather(*map(many, two))
    assert most == 1


async def test_different_people_do_not_wait_for_each_other(two):
    here, there = two
    async with here.alone(ANA), there.alone(BEN), here.alone(b"c" * 32):
        pass


async def test_whoever_fails_or_is_cancelled_lets_the_next_one_in(two):
    here, there = two
    with pytest.raises(ValueError, match="failed"):
        async with here.alone(ANA):
            raise ValueError("failed")

    async def stay():
        async with here.alone(ANA):
            await asyncio.sleep(60)

    staying = asyncio.create_task(stay())
    await asyncio.sleep(0.1)
    staying.cancel()
    await asyncio.gather(staying, return_exceptions=True)
    async with asyncio.timeout(2), there.alone(ANA):
        pass


async def test_whoever_gives_up_waiting_leaves_nothing_behind(two):
    here, there = two
    async with here.alone(ANA):
        waiting = asyncio.create_task(there.alone(ANA).__aenter__())
        await asyncio.sleep(0.1)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    async with asyncio.timeout(2), here.alone(ANA):
        pass


async def test_a_process_that_was_killed_holds_nobody_up(two, url):
    program = f"""
import asyncio
from cases.store import open_store
async def hold():
    async with open_store({url!r}).alone({ANA!r}):
        print("held", flush=True)
        await asyncio.sleep(60)
asyncio.run(hold())
"""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE)
    assert await process.stdout.readline() == b"held\n"
    waiting = asyncio.create_task(two[0].alone(ANA).__aenter__())
    await asyncio.sleep(0.1)
    assert not waiting.done(), "else this test proves nothing"
    process.kill()
    await asyncio.wait_for(waiting, 5)
    await process.wait()


async def test_a_holder_that_hangs_is_not_waited_for_for_ever(two, monkeypatch):
    monkeypatch.setattr(persons, "WAIT_SECONDS", 0.2)
    here, there = two
    async with here.alone(ANA):
        async with asyncio.timeout(2), there.alone(ANA):
            pass
        async with here.alone(BEN):
            pass
    monkeypatch.undo()
    async with asyncio.timeout(2), there.alone(ANA):
        pass


async def test_without_a_database_everything_goes_on_and_locks_hold_again_afterwards(two, postgres):
    here, there = two
    async with here.alone(ANA):
        await asyncio.to_thread(postgres.stop)
        async with asyncio.timeout(2), there.alone(ANA), here.alone(BEN):
            pass
        postgres.start()
        async with asyncio.timeout(2), there.alone(ANA):
            pass
    async with here.alone(ANA):
        waiting = asyncio.create_task(there.alone(ANA).__aenter__())
        await asyncio.sleep(0.1)
        assert not waiting.done()
    await asyncio.wait_for(waiting, 2)


async def test_all_locks_of_a_process_need_one_connection(two, postgres):
    here, _ = two
    entered = [here.alone(bytes([number]) * 32) for number in range(50)]
    for one in entered:
        await one.__aenter__()
    assert postgres.sql("postgres", "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == ["50"]
    assert postgres.sql("postgres", "SELECT count(DISTINCT pid) FROM pg_locks WHERE locktype = 'advisory'") == ["1"]
    for one in entered:
        await one.__aexit__(None, None, None)
    assert postgres.sql("postgres", "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == ["0"]


async def test_one_process_on_sqlite_needs_no_lock(tmp_path):
    store = open_store(f"sqlite:///{tmp_path}/linnet.db")
    async with store.alone(ANA), store.alone(ANA):
        pass
    await store.close()
