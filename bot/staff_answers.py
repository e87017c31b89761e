"""Answers of the staff bot on their way out: each chat's in order, and no chat waits for another.

Telegram tells a bot to wait when one chat is answered too often. If updates were only taken once the answer before
them is out, any stranger could so stop the bot for everybody, "I have it" among them: thirty messages were enough
for five minutes. The work of an update is therefore done and committed in sequence, and its answer goes out here.
Whoever asks for more than a few answers at a time gets no more of them; nothing but an answer is ever lost by it.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError

MOST_OF_A_CHAT = 5
"""Answers that wait behind the one that is on its way."""
MOST_CHATS = 500
AT_ONCE = 8
"""Calls made at the same time, so that connections are left for alerts."""
TRIES = 3
LONGEST_PATIENCE = 5.0
"""Seconds that an answer waits when Telegram says so; told to wait longer, it is given up."""
LAST_SECONDS = 3.0
"""How long those on their way have when the bot is closed."""

Call = Callable[[], Awaitable[object]]

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Answers:
    """The answers that are not out yet, by chat."""

    _waiting: dict[int, deque[Call]] = field(default_factory=dict, repr=False)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set, repr=False)
    _lines: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE), repr=False)

    def give(self, chat: int, *calls: Call) -> None:
        """Send answers to a chat, after those that wait for it already; returns at once."""
        waiting = self._waiting.get(chat)
        if waiting is not None:
            waiting.extend(calls[: MOST_OF_A_CHAT - len(waiting)])
        elif len(self._waiting) < MOST_CHATS:
            self._waiting[chat] = deque(calls)
            task = asyncio.create_task(self._send(chat))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Wait a moment for what is on its way, and give up the rest."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=LAST_SECONDS)
        for task in (left := list(self._tasks)):
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _send(self, chat: int) -> None:
        waiting = self._waiting[chat]
        try:
            while waiting:
                await self._patiently(waiting.popleft())
        finally:
            del self._waiting[chat]

    async def _patiently(self, call: Call) -> None:
        """Make a call, again if Telegram did not take it; give up rather than fail.

        "Not modified", an answered query and a deleted message are what a repeated delivery looks like, and a person
        who gets no answer asks again.
        """
        for attempt in range(1, TRIES + 1):
            pause = 0.2 * attempt
            try:
                async with self._lines:
                    await call()
            except BadRequest:
                return
            except RetryAfter as busy:
                wait = busy.retry_after
                pause = wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
            except NetworkError:
                pass
            except TelegramError as refused:
                _log.warning("staff_answer_refused error=%s", type(refused).__name__)
                return
            except Exception as error:  # noqa: BLE001 -- nobody awaits this task; what it raised would be lost
                _log.error("staff_answer_failed error=%s", type(error).__name__)
                return
            else:
                return
            if pause > LONGEST_PATIENCE or attempt == TRIES:
                break
            await asyncio.sleep(pause)
        _log.warning("staff_answer_lost")
