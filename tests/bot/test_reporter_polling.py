"""Long polling: what is under way is not confirmed, what is slow holds nobody up, and nothing is handed on twice."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

import bot.reporter_polling as module
from bot.reporter import build_bot
from bot.reporter_calls import UnreachableError
from bot.reporter_polling import Polling
from tests.fakes.telegram import REPORTER_TOKEN, FakeTelegram


class Desk:
    """Takes updates, and lets a test hold some of them up or refuse them."""

    def __init__(self, server: FakeTelegram) -> None:
        self.server = server
        self.taken: list[tuple[int, str]] = []
        self.begun: list[tuple[int, str]] = []
        self.slow: dict[int, asyncio.Event] = {}
        self.refused: dict[int, int] = {}
        self.running: asyncio.Task[None] | None = None
        self.bot = build_bot(REPORTER_TOKEN, server.url)

    async def handle(self, arrived):
        words = arrived.happened.words.reveal()
        self.begun.append((arrived.account, words))
        if arrived.account in self.slow:
            await self.slow[arrived.account].wait()
        if self.refused.get(arrived.account, 0):
            self.refused[arrived.account] -= 1
            raise UnreachableError
        self.taken.append((arrived.account, words))

    def start(self):
        self.running = asyncio.create_task(Polling(self.bot, self.handle).run())

    async def stop(self):
        self.running.cancel()
        with suppress(asyncio.CancelledError):
            await self.running

    async def until(self, condition):
        async with asyncio.timeout(5):
            while not condition():
                await asyncio.sleep(0.005)

    async def say(self, account, *words):
        for one in words:
            await self.server.person(REPORTER_TOKEN, account).send_text(one)

    @property
    def unconfirmed(self):
        return self.server.bots[REPORTER_TOKEN].queue.unconfirmed


@pytest.fixture
async def desk(monkeypatch):
    monkeypatch.setattr(module, "GRACE_SECONDS", 0.02)
    monkeypatch.setattr(module, "AGAIN_SECONDS", (0.01, 0.02, 0.04, 0.08))
    async with FakeTelegram() as server:
        desk = Desk(server)
        desk.start()
        yield desk
        await desk.stop()
        await desk.bot.session.close()


async def test_what_was_dealt_with_is_confirmed_and_handed_on_once(desk):
    await desk.say(1, "a", "b")
    await desk.say(2, "c")
    await desk.until(lambda: len(desk.taken) == 3 and desk.unconfirmed == 0)
    assert sorted(desk.taken) == [(1, "a"), (1, "b"), (2, "c")]
    assert desk.begun == desk.taken


async def test_whoever_is_slow_holds_nobody_up(desk):
    desk.slow[1] = asyncio.Event()
    await desk.say(1, "slow")
    for words in "abcde":
        await desk.say(2, words)
        await desk.until(lambda words=words: (2, words) in desk.taken)
    assert (1, "slow") not in desk.taken
    desk.slow[1].set()
    await desk.until(lambda: desk.unconfirmed == 0)
    assert sorted(desk.begun) == sorted(desk.taken), "each was handed on once, however often it came meanwhile"


async def test_what_is_under_way_when_the_process_dies_comes_again(desk):
    desk.slow[1] = asyncio.Event()
    await desk.say(1, "slow")
    await desk.say(2, "quick")
    await desk.until(lambda: desk.taken == [(2, "quick")])
    await desk.stop()
    desk.begun.clear()
    desk.slow.clear()
    desk.start()
    await desk.until(lambda: desk.unconfirmed == 0)
    assert (1, "slow") in desk.taken


async def test_more_than_an_answer_of_newer_ones_gets_past_those_under_way(desk):
    desk.slow[1] = asyncio.Event()
    await desk.say(1, "slow")
    await desk.say(2, *(f"{number}" for number in range(250)))
    await desk.until(lambda: len(desk.taken) == 250)
    assert [words for _, words in desk.taken] == [f"{number}" for number in range(250)]
    desk.slow[1].set()
    await desk.until(lambda: (1, "slow") in desk.taken)
    assert len(desk.begun) == 251


async def test_what_could_not_be_shown_is_tried_again_and_then_given_up(desk, caplog):
    desk.refused = {1: 3, 2: 100}
    await desk.say(1, "a")
    await desk.say(2, "b")
    await desk.until(lambda: desk.taken == [(1, "a")] and desk.unconfirmed == 0)
    assert [account for account, _ in desk.begun].count(1) == 4
    assert [account for account, _ in desk.begun].count(2) == len(module.AGAIN_SECONDS)
    assert "screen_given_up" in caplog.text


async def test_nothing_is_remembered_of_what_is_done(desk):
    polling = Polling(desk.bot, desk.handle)
    await desk.stop()
    desk.running = asyncio.create_task(polling.run())
    for number in range(30):
        await desk.say(number + 1, "x")
        await desk.until(lambda number=number: len(desk.taken) == number + 1)
    await desk.until(lambda: desk.unconfirmed == 0)
    assert (polling._tasks, polling._held) == (set(), {})
    assert len(polling._begun) <= 1
