"""Updates on their way to a bot: numbered, filtered, and fetched by long polling.

An update leaves the queue only when the bot confirms it, by asking for a higher offset or by answering its
webhook with 2xx. What was handed out and not confirmed is handed out again: that is how a killed bot gets
its updates back.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.errors import OTHER_POLLER, WEBHOOK_ACTIVE, ApiError, conflict
from tests.fakes.faults import Duplicate, Reorder, UpdateFault

# What a bot does not get unless it asks for it by name (Bot API, getUpdates).
NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
_GLANCE_SECONDS = 0.2
MOST_UPDATES = 100


@dataclass(frozen=True, slots=True)
class Update:
    """One update; `lane` is what it is ordered by."""

    update_id: int
    chat: int
    lane: str
    body: dict[str, Any] = field(repr=False)
    copies: int = 1


class UpdateQueue:
    """The updates of one bot that are not confirmed yet."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self.pending: list[Update] = []
        self.allowed: frozenset[str] | None = None
        self.webhook_active = False
        self.conflicts = 0
        self.delivered: list[int] = []
        self.arrived: Callable[[Update], None] | None = None
        self._again: deque[Update] = deque()
        self._next_id = 1
        self._held: list[tuple[Update, asyncio.TimerHandle]] = []
        self._poller: asyncio.Future[ApiError] | None = None
        self._news = asyncio.Event()
        self._changed = changed

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
        copies = 2 if isinstance(fault, Duplicate) else 1
        update = Update(update_id, chat, lane, {"update_id": update_id, kind: content}, copies)
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
            self.conflicts += 1
            self.interrupt(conflict(OTHER_POLLER))
        me: asyncio.Future[ApiError] = asyncio.get_running_loop().create_future()
        self._poller = me
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
            if update not in kept and update.copies > 1:
                self._again.append(update)
        self.pending = kept
        self._changed()

    def _batch(self, limit: int) -> list[Update]:
        again = [self._again.popleft() for _ in range(min(limit, len(self._again)))]
        return again + self.pending[: limit - len(again)]

    def _put(self, update: Update) -> None:
        self.pending.append(update)
        self._news.set()
        if self.arrived:
            self.arrived(update)
        self._changed()

    def _release(self) -> None:
        held, self._held = self._held, []
        for update, timer in held:
            timer.cancel()
            self._put(update)
