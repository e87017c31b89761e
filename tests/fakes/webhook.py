"""Delivery to a bot's webhook: retries with back-off, lanes in order, and methods in the answer.

As in the real server's ``WebhookActor``: the first retry follows at once, the later ones with a doubling
delay, a ``Retry-After`` header is obeyed, and updates of one lane wait for each other while different lanes
go at the same time. With ``ordering="telegram"`` a person's messages and button presses are two lanes, as
at Telegram; ``"chat"`` makes one lane of a chat; ``"none"`` sends everything at once.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

import aiohttp

from tests.fakes.updates import Attempt, Update, UpdateQueue
from tests.fakes.wire import Parcel, read_answer

Ordering = Literal["telegram", "chat", "none"]
_OK = range(200, 300)
NOT_FROM_WEBHOOK = ("setWebhook", "deleteWebhook", "close", "logOut")


@dataclass(slots=True)
class Pace:
    """How deliveries are made; in seconds, fast enough for tests."""

    first_delay: float = 0.05
    longest_delay: float = 1.0
    answer_within: float = 20.0
    ordering: Ordering = "telegram"


@dataclass(frozen=True, slots=True)
class Hook:
    """What setWebhook asked for."""

    url: str
    secret: str | None
    at_once: int


class Webhook:
    """Sends the updates of one bot to its webhook until it is closed."""

    def __init__(
        self,
        hook: Hook,
        queue: UpdateQueue,
        pace: Pace,
        apply: Callable[[Parcel], Awaitable[object]],
    ) -> None:
        self.hook = hook
        self.last_error: str | None = None
        self.busy = 0
        self._queue = queue
        self._pace = pace
        self._apply = apply
        self._lanes: dict[str, deque[Update]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(hook.at_once)
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=pace.answer_within), auto_decompress=True
        )
        for update in queue.to_webhook(self.take):
            self.take(update)

    def take(self, update: Update) -> None:
        """Puts an update into its lane and sets the lane going."""
        match self._pace.ordering:
            case "telegram":
                lane = update.lane
            case "chat":
                lane = str(update.chat)
            case "none":
                lane = f"#{update.update_id}"
        if lane in self._lanes:
            self._lanes[lane].append(update)
            return
        self._lanes[lane] = deque([update])
        task = asyncio.create_task(self._run(lane))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Stops; what was not confirmed stays in the queue."""
        self._queue.to_polling()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._session.close()

    async def _run(self, lane: str) -> None:
        waiting = self._lanes[lane]
        while waiting:
            update = waiting[0]
            await self._deliver_all(update)
            self._queue.confirm(update)
            waiting.popleft()
        del self._lanes[lane]

    async def _deliver_all(self, update: Update) -> None:
        """Delivers an update, and its duplicate with it or after it."""
        if update.duplicate and update.duplicate.at_once:
            await asyncio.gather(self._deliver(update), self._deliver(update))
            return
        await self._deliver(update)
        if update.duplicate:
            await self._deliver(update)

    async def _deliver(self, update: Update) -> None:
        delay, failures = self._pace.first_delay, 0
        while not self._queue.expired(update):
            async with self._slots:
                retry_after = await self._attempt(update)
            if retry_after is None:
                return
            if retry_after:
                await asyncio.sleep(retry_after)
            elif failures:
                delay = min(delay * 2, self._pace.longest_delay)
                await asyncio.sleep(delay)
            failures += 1

    async def _attempt(self, update: Update) -> float | None:
        """Posts once; the seconds to wait before the next time, or None where it was accepted."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.hook.secret} if self.hook.secret else {}
        status, retry_after, parcel = 0, 0.0, Parcel()
        self.busy += 1
        try:
            async with self._session.post(
                self.hook.url, json=update.body, headers=headers, allow_redirects=False
            ) as response:
                status = response.status
                if status in _OK:
                    parcel = await read_answer(response)
                else:
                    self.last_error = f"Wrong response from the webhook: {status} {response.reason}"
                    with suppress(ValueError):
                        retry_after = float(response.headers.get("Retry-After", "0"))
        except (aiohttp.ClientError, TimeoutError, ConnectionError):
            self.last_error = "Webhook connection closed"
        finally:
            self._queue.attempts.append(Attempt(update.update_id, status))
            self._queue.delivered.append(update.update_id)
            self.busy -= 1
        if status not in _OK:
            return retry_after
        if parcel.params or parcel.problem:
            await self._apply(parcel)
        return None
