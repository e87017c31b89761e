"""One person's turns wait for each other, also for one that comes while the lock changes hands."""

import asyncio

from bot.one_by_one import OneByOne


async def test_never_two_at_once_for_one_key_and_nothing_is_remembered():
    queue, inside, most = OneByOne(), 0, 0

    async def work(pauses: int) -> None:
        nonlocal inside, most
        for _ in range(pauses):
            await asyncio.sleep(0)
        async with queue.turn("somebody"):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            inside -= 1

    # Every offset between one's leaving and another's coming is among these.
    await asyncio.gather(*(work(pauses) for pauses in range(40)), *(work(pauses // 3) for pauses in range(40)))
    assert most == 1
    assert queue._queues == {}


async def test_others_do_not_wait():
    queue, held = OneByOne(), asyncio.Event()

    async def hold() -> None:
        async with queue.turn("one"):
            await held.wait()

    holding = asyncio.create_task(hold())
    await asyncio.sleep(0)
    async with asyncio.timeout(1), queue.turn("another"):
        held.set()
    await holding


async def test_whoever_gives_up_waiting_leaves_the_queue():
    queue, held = OneByOne(), asyncio.Event()

    async def hold() -> None:
        async with queue.turn("one"):
            await held.wait()

    first, second = asyncio.create_task(hold()), asyncio.create_task(hold())
    await asyncio.sleep(0)
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)
    held.set()
    await first
    assert queue._queues == {}
