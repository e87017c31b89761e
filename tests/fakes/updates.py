"""Updates on their way to a bot: numbered, filtered, and fetched by long polling.

An update leaves the queue only when the bot confirms it, by asking for a higher offset or by answering its
webhook with 2xx. What was handed out and not confirmed is handed out again: that is how a killed bot gets
its updates back. A button press waits 150 seconds for its bot, everything else a day; then it is dropped.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from tests.fakes.errors import OTHER_POLLER, WEBHOOK_ACTIVE, WEBHOOK_SET, ApiError, conflict
from tests.fakes.faults import Duplicate, Reorder, UpdateFault

# What a bot does not get unless it asks for it by name (Bot API, getUpdates).
NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
_GLANCE_SECONDS = 0.2
MOST_UPDATES = 100
PRESS_SECONDS = 150
OTHER_SECONDS = 24 * 3600
"""How long updates wait, as in the Bot API server's ``add_update`` calls."""


@dataclass(frozen=True, slots=True)
class Update:
    """One update; `lane` is what it is ordered by."""

    update_id: int
    chat: int
    lane: str
    body: dict[str, Any] = field(repr=False)
    expires_at: float
    duplicate: Duplicate | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One delivery to a webhook: its update and the status, or 0 where nobody answered."""

    update_id: int
    status: int


class UpdateQueue:
    """The updates of one bot that are not confirmed yet."""

    def __init__(self, changed: Callable[[], None], now: Callable[[], float]) -> None:
        self.pending: list[Update] = []
        self.allowed: frozenset[str] | None = None
        self.webhook_active = False
        self.conflicts = 0
        self.delivered: list[int] = []
        self.attempts: list[Attempt] = []
        self._arrived: Callable[[Update], None] | None = None
        self._again: deque[Update] = deque()
        self._next_id = 1
        self._held: list[tuple[Update, asyncio.TimerHandle]] = []
        self._poller: asyncio.Future[ApiError] | None = None
        self._news = asyncio.Event()
        self._poller_alive: Callable[[], bool] = lambda: False
        self._changed = changed
        self._now = now

    @property
    def unconfirmed(self) -> int:
        """How many updates are still on their way, held and repeated ones too."""
        return len(self.pending) + len(self._held) + len(self._again)

    def add(self, kind: str, chat: int, lane: str, content: dict[str, Any], fault: UpdateFault | None) -> int:
        """Queues an update, or drops it where the bot did not ask for its kind.

        Returns:
            The update id, or 0 for a dropped one.
        """
        asked = kind in self.allowed if self.allowed else kind not in NOT_BY_DEFAULT
        if not asked:
            return 0
        update_id, self._next_id = self._next_id, self._next_id + 1
        body = {"update_id": update_id, kind: content}
        expires_at = self._now() + (PRESS_SECONDS if kind == "callback_query" else OTHER_SECONDS)
        duplicate = fault if isinstance(fault, Duplicate) else None
        update = Update(update_id, chat, lane, body, expires_at, duplicate)
        if isinstance(fault, Reorder):
            timer = asyncio.get_running_loop().call_later(fault.seconds, self._release)
            self._held.append((update, timer))
        else:
            self._put(update)
            self._release()
        return update_id

    def drop_all(self) -> None:
        """Forgets every update (`drop_pending_updates`)."""
        for _, timer in self._held:
            timer.cancel()
        self._held.clear()
        self.pending.clear()
        self._again.clear()
        self._changed()

    def confirm(self, update: Update) -> None:
        """The bot's webhook has taken this update."""
        self.pending = [waiting for waiting in self.pending if waiting.update_id != update.update_id]
        self._changed()

    def expired(self, update: Update) -> bool:
        """Whether it has waited too long to be delivered still."""
        return update.expires_at <= self._now()

    def to_webhook(self, arrived: Callable[[Update], None]) -> list[Update]:
        """Sends what comes from now on to a webhook, and returns what waits already."""
        self.webhook_active = True
        self.interrupt(conflict(WEBHOOK_SET))
        self._arrived = arrived
        self.pending[:0] = self._again
        self._again.clear()
        return list(self.pending)

    def to_polling(self) -> None:
        """Keeps what comes from now on for getUpdates."""
        self.webhook_active = False
        self._arrived = None

    def interrupt(self, why: ApiError) -> None:
        """Ends a waiting getUpdates with an error."""
        if self._poller and not self._poller.done():
            self._poller.set_result(why)

    async def poll(
        self, offset: int | None, limit: int, seconds: float, alive: Callable[[], bool]
    ) -> list[dict[str, Any]]:
        """Serves getUpdates.

        Args:
            offset: everything below is confirmed; a negative one counts back from the end.
            limit: of updates in one answer.
            seconds: to wait where there is nothing yet.
            alive: whether the caller is still connected.

        Raises:
            ApiError: 409 where a webhook is active or another poll arrives while this one waits.
        """
        if self.webhook_active:
            raise conflict(WEBHOOK_ACTIVE)
        if self._poller is not None and not self._poller.done():
            # A killed process leaves its poll behind for a moment; that is no conflict.
            self.conflicts += self._poller_alive()
            self.interrupt(conflict(OTHER_POLLER))
        me: asyncio.Future[ApiError] = asyncio.get_running_loop().create_future()
        self._poller, self._poller_alive = me, alive
        self._confirm_below(offset)
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        try:
            while not me.done() and alive():
                if batch := self._batch(limit):
                    self.delivered += [update.update_id for update in batch]
                    return [update.body for update in batch]
                left = until - loop.time()
                if left <= 0:
                    return []
                self._news.clear()
                bell = asyncio.ensure_future(self._news.wait())
                waiters: set[asyncio.Future[Any]] = {bell, me}
                await asyncio.wait(waiters, timeout=min(left, _GLANCE_SECONDS), return_when=asyncio.FIRST_COMPLETED)
                bell.cancel()
            if me.done():
                raise me.result()
            return []
        finally:
            if self._poller is me:
                self._poller = None

    def _confirm_below(self, offset: int | None) -> None:
        if not offset:
            return
        if offset < 0:
            kept = self.pending[offset:]
        else:
            kept = [update for update in self.pending if update.update_id >= offset]
        for update in self.pending:
            if update not in kept and update.duplicate:
                self._again.append(replace(update, duplicate=None))
        self.pending = kept
        self._changed()

    def _batch(self, limit: int) -> list[Update]:
        self.pending = [update for update in self.pending if not self.expired(update)]
        again = [self._again.popleft() for _ in range(min(limit, len(self._again)))]
        return again + self.pending[: limit - len(again)]

    def _put(self, update: Update) -> None:
        self.pending.append(update)
        self._news.set()
        if self._arrived:
            self._arrived(update)
        self._changed()

    def _release(self) -> None:
        held, self._held = self._held, []
        for update, timer in held:
            timer.cancel()
            self._put(update)
