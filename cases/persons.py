"""One person's updates one after another, whichever of several processes they came to.

The database alone keeps a person's turns apart (``cases.turns`` compares before it writes). What a door does after the
commit is not in the database: two processes that edit the same message of a chat at once may leave the older screen
there, or a screen in a chat that the person has just left. So a door holds a lock for as long as it deals with a
person.

With SQLite there is one process, and the door's own queue is enough. With PostgreSQL it is an advisory lock, named by
the person's keyed pseudonym, held by one connection that this process keeps for all its locks: a process that dies
holds nothing, and nobody is kept waiting by a connection each. Nothing rests on the lock but what is shown. Whoever
cannot get it, because the database is away or the holder hangs, goes on without.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from cases import on_postgresql

WAIT_SECONDS = 20.0
"""How long to wait for another process: longer than it waits for Telegram, shorter than Telegram waits for us."""
LOOK_SECONDS = (0.005, 0.01, 0.02, 0.05)
"""Pauses between looking whether the lock is free; the last one again and again."""
ANSWER_SECONDS = 5.0

_TAKE = text("SELECT pg_try_advisory_lock(:key)")
_GIVE = text("SELECT pg_advisory_unlock(:key)")
_FAULTS = (SQLAlchemyError, *on_postgresql.FAULTS)


class Persons:
    """Locks by pseudonym. Within a process the caller sees to it that nobody asks for one twice."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._connection: AsyncConnection | None = None
        self._speaking = asyncio.Lock()

    @asynccontextmanager
    async def alone(self, pseudonym: bytes) -> AsyncIterator[None]:
        """Be the only process that deals with this person, if that can be had."""
        key = int.from_bytes(pseudonym[:8], "big", signed=True)
        held = await self._take(key)
        try:
            yield
        finally:
            if held is not None:
                await asyncio.shield(self._give(key, held))

    async def _take(self, key: int) -> AsyncConnection | None:
        """Take a lock; returns the connection that holds it, or None if it could not be had."""
        pauses = iter(LOOK_SECONDS)
        pause = 0.0
        with suppress(TimeoutError):
            async with asyncio.timeout(WAIT_SECONDS):
                while True:
                    held, taken = await self._ask(key)
                    if taken or held is None:
                        return held
                    pause = next(pauses, pause)
                    await asyncio.sleep(pause)
        return None

    async def _ask(self, key: int) -> tuple[AsyncConnection | None, bool]:
        async with self._speaking:
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    if self._connection is None:
                        self._connection = await self._engine.connect()
                    return self._connection, (await self._connection.execute(_TAKE, {"key": key})).scalar_one()
            except BaseException as error:
                # Cancelled in mid-sentence it may hold a lock that nobody gives back: with the line all locks go.
                await self._hang_up()
                if isinstance(error, _FAULTS):
                    return None, False
                raise

    async def _give(self, key: int, held: AsyncConnection) -> None:
        async with self._speaking:
            if held is not self._connection:
                return  # the line was lost, and the lock with it
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    await held.execute(_GIVE, {"key": key})
            except _FAULTS:
                await self._hang_up()

    async def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(*_FAULTS):
                await connection.invalidate()
            with suppress(*_FAULTS):
                await connection.close()

    async def close(self) -> None:
        """Give back every lock."""
        async with self._speaking:
            await self._hang_up()
