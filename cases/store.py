"""The database: short reads, and writing transactions that commit whole or not at all.

Two engines serve the same statements. SQLite (``cases.on_sqlite``) is for one process on one machine; PostgreSQL
(``cases.on_postgresql``) is for several. What they promise differs in what a thief of their files finds, and is said
in both modules and in docs/threat-model.md.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext

from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from cases import on_postgresql, on_sqlite
from cases.persons import Persons

BUSY_MS = 10_000
"""How long a writer waits for another one, in milliseconds."""
ONE_WRITER = 0x6F6E65
"""PostgreSQL's advisory lock of a transaction that wants to be the only one."""
STUCK_SECONDS = 30.0
"""After so long without an answer over the network, PostgreSQL counts as gone."""


class StoreError(Exception):
    """The database cannot be used; the message names no row and no value."""


class StoreLostError(StoreError):
    """The database could not be reached, or was lost on the way: a commit may have been kept all the same."""


class Store:
    """An open database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.embedded = engine.dialect.name == "sqlite"
        """Whether it is a file of this machine, with one writer at a time."""
        # SQLite has one writer. Those of this process queue here, in their order, and not in SQLite's busy time-out,
        # where each tries again now and then: under load some would be unlucky until their time is over.
        self._writer = asyncio.Lock()
        # One statement is one moment, on both engines; and PostgreSQL is spared a BEGIN and a ROLLBACK for each.
        self._persons = None if self.embedded else Persons(engine)
        self._reader = engine if self.embedded else engine.execution_options(isolation_level="AUTOCOMMIT")

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection for reading.

        Raises:
            StoreError: the database did not answer.
        """
        async with self._answering(), self._reader.connect() as connection:
            yield connection

    @asynccontextmanager
    async def writing(self, *, shared: bool = False) -> AsyncIterator[AsyncConnection]:
        """One transaction, committed when the block ends without an error.

        There is one at a time, on PostgreSQL too and over all processes, so that what was looked at in it is still so
        when it writes. With ``shared`` PostgreSQL lets it run beside others, and what it read may be overtaken: that is
        for the many small ones of turns and of the outbox, each of which compares in the very statement that writes,
        or locks the rows it reads. (SQLite has one writer in any case.)

        Raises:
            StoreLostError: the database was lost; nothing was kept, unless it was lost during the commit itself.
            StoreError: the database did not take it; nothing of it was kept.
        """
        my_turn = self._my_turn() if self.embedded else nullcontext()
        async with my_turn, self._answering(), self.engine.connect() as connection:
            if self.embedded:
                await connection.exec_driver_sql("BEGIN IMMEDIATE")
            async with _committed(connection):
                if not self.embedded and not shared:
                    await connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({ONE_WRITER})")
                yield connection

    def alone(self, pseudonym: bytes) -> AbstractAsyncContextManager[None]:
        """Deal with one person in no other process at the same time (``cases.persons``)."""
        return nullcontext() if self._persons is None else self._persons.alone(pseudonym)

    @asynccontextmanager
    async def _answering(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(None if self.embedded else STUCK_SECONDS):
                yield
        except (SQLAlchemyError, *on_postgresql.FAULTS) as error:
            raise refusal(error) from None

    @asynccontextmanager
    async def _my_turn(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(BUSY_MS / 1000):
                await self._writer.acquire()
        except TimeoutError:
            raise StoreError("the database refused: it was busy for too long") from None
        try:
            yield
        finally:
            self._writer.release()

    async def close(self) -> None:
        """Let go of every connection."""
        if self._persons is not None:
            await self._persons.close()
        await self.engine.dispose()


@asynccontextmanager
async def _committed(connection: AsyncConnection) -> AsyncIterator[None]:
    try:
        yield
    except BaseException:
        await connection.rollback()
        raise
    await connection.commit()


def open_store(url: str) -> Store:
    """The store at an address: ``sqlite:///var/linnet.db`` or ``postgresql://linnet@db.example/linnet``.

    Nothing is opened yet. The names of drivers (``sqlite+aiosqlite``) are understood and passed over.

    Raises:
        StoreError: the address is malformed or names an engine that is not supported.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # from None: the library quotes the address, and a password stands in it
        raise StoreError("the database address cannot be read") from None
    match parsed.get_backend_name():
        case "sqlite":
            return Store(on_sqlite.engine(parsed, BUSY_MS))
        case "postgresql":
            return Store(on_postgresql.engine(parsed, BUSY_MS))
        case other:
            raise StoreError(f"data is kept in SQLite or PostgreSQL; {other} is not supported")


async def checkpoint(store: Store) -> None:
    """Move SQLite's log into the database and empty it, so that freed words do not linger there.

    On PostgreSQL nothing corresponds to this; see ``cases.retention``.
    """
    if store.embedded:
        async with store.reading() as connection:
            await connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))


def refusal(error: BaseException) -> StoreError:
    """A driver's complaint without statement, values, address or password."""
    origin = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    kind = type(origin.__cause__ or origin).__name__  # SQLAlchemy puts a class of its own before asyncpg's
    if on_postgresql.lost(error):
        return StoreLostError(f"the database cannot be reached: {kind}")
    return StoreError(f"the database refused: {kind}")
