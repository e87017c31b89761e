"""Long polling in which nobody waits for somebody else, and nothing is confirmed before it has been dealt with.

Telegram hands out again what was not confirmed, and confirming goes by number: everything below an offset. So the
offset stands at the oldest update that is still under way, and a process that dies gets it again. Meanwhile newer
ones are fetched and begun: whoever floods their own chat until Telegram refuses to show them anything must not
silence the others. Only when a whole answer holds nothing new are those under way confirmed too, to get past them.

What could not be shown is tried again, with growing pauses; the turn is done only once, and shows what is present.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramRetryAfter
from aiogram.types import Update

from bot.reporter_calls import UnreachableError
from bot.reporter_updates import Arrived, read

ALLOWED = ["message", "callback_query"]
POLL_SECONDS = 25
CALL_SECONDS = 15
PAUSE_SECONDS = 3.0
GRACE_SECONDS = 0.5
"""How long to wait for those under way before looking for newer ones."""
MOST = 100
"""Updates in one answer, as Telegram has it unless asked otherwise."""
AGAIN_SECONDS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
"""Pauses before showing again what could not be shown."""

_log = logging.getLogger(__name__)


async def wait_after(error: AiogramError) -> None:
    """Wait as long as Telegram asks for after a call that failed, or a moment."""
    _log.warning("reporter_bot_waiting error=%s", type(error).__name__)
    await asyncio.sleep(error.retry_after if isinstance(error, TelegramRetryAfter) else PAUSE_SECONDS)


class Polling:
    """Receives updates and hands them on until cancelled.

    ``handle`` takes one update, in the order in which it is called for one person, and raises ``UnreachableError``
    if what came of it could not be shown.
    """

    def __init__(self, bot: Bot, handle: Callable[[Arrived], Awaitable[None]]) -> None:
        self._bot = bot
        self._handle = handle
        self._tasks: set[asyncio.Task[None]] = set()
        self._held: dict[int, asyncio.Task[None]] = {}  # under way, and to be handed out again if we die
        self._begun: set[int] = set()  # everything that may be handed out once more while we live
        self._next: int | None = None

    async def run(self) -> None:
        """Poll until cancelled."""
        try:
            while True:
                await self._round()
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _round(self) -> None:
        offset = min(self._held, default=self._next)
        try:
            updates = await self._bot.get_updates(
                offset=offset,
                timeout=0 if self._held else POLL_SECONDS,
                allowed_updates=ALLOWED,
                request_timeout=POLL_SECONDS + CALL_SECONDS,
            )
        except AiogramError as error:
            await wait_after(error)
            return
        if offset == self._next:
            self._begun.clear()  # all of it was confirmed by this very call
        fresh = [update for update in updates if update.update_id not in self._begun]
        for update in fresh:
            self._begin(update)
        if fresh:
            self._next = fresh[-1].update_id + 1
        elif len(updates) >= MOST:
            self._held.clear()
        if self._held:
            until = asyncio.ALL_COMPLETED if fresh else asyncio.FIRST_COMPLETED
            await asyncio.wait(self._held.values(), timeout=GRACE_SECONDS, return_when=until)

    def _begin(self, update: Update) -> None:
        number = update.update_id
        self._begun.add(number)
        arrived = read(update)
        if arrived is None:
            return
        task = asyncio.create_task(self._see_through(arrived))
        self._tasks.add(task)
        self._held[number] = task
        task.add_done_callback(lambda done: self._end(number, done))

    def _end(self, number: int, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if self._held.get(number) is task:
            del self._held[number]

    async def _see_through(self, arrived: Arrived) -> None:
        for pause in AGAIN_SECONDS:
            try:
                return await self._handle(arrived)
            except UnreachableError:
                await asyncio.sleep(pause)
        _log.warning("screen_given_up")
        return None
