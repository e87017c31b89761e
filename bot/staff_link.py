"""Linking an account with the one-time code from the coordinator; wrong codes cost time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from enum import Enum

from bot.staff_desk import Desk
from bot.staff_tries import Tries
from cases import outbox, staff
from cases.store import StoreError

_log = logging.getLogger(__name__)


class Linked(Enum):
    """What became of a code."""

    YES = "yes"
    BEFORE = "before"
    """Most likely the same delivery again, whose code was used up by the first."""
    WRONG = "wrong"
    NOT_SAVED = "not saved"


Told = Callable[[Linked], Awaitable[None]]


class Linking:
    """Looks at codes: at once, or after the wait that wrong ones before have earned."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._tries = Tries()
        self._waiting: dict[bytes, asyncio.Task[None]] = {}

    async def close(self) -> None:
        """Let go of codes that were still being slowed down."""
        waiting = list(self._waiting.values())
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    async def look(self, account: int, code: str, told: Told) -> None:
        """Look at a code and tell what became of it; after a wait that is later, and this returns at once."""
        mark = staff.account_mark(self._desk.vault, account)
        if mark in self._waiting:
            return  # one at a time: what comes meanwhile is not looked at
        wait = self._tries.wait(mark)
        if not wait:
            await told(await self._link(account, code, mark))
            return

        async def look_later() -> None:
            try:
                await asyncio.sleep(wait)
                await told(await self._link(account, code, mark))
            except Exception as error:  # noqa: BLE001 -- nobody awaits this task; what it raised would be lost
                _log.error("staff_update_failed error=%s", type(error).__name__)
            finally:
                self._waiting.pop(mark, None)

        self._waiting[mark] = asyncio.create_task(look_later())

    async def _link(self, account: int, code: str, mark: bytes) -> Linked:
        desk = self._desk
        now = int(desk.clock())
        try:
            before = await desk.person(account)
            linked = await staff.link(desk.store, desk.vault, account, code, now=now, entropy=desk.entropy)
            if linked is not None:
                await outbox.bring_forward(desk.store, linked, "not_linked", now)
        except StoreError:
            return Linked.NOT_SAVED
        if linked is not None and desk.people(linked) is not None:
            self._tries.right(mark)
            desk.wake.set()
            _log.info("staff_linked")
            return Linked.YES
        self._tries.wrong(mark)
        return Linked.WRONG if before is None else Linked.BEFORE
