"""Opening the database, hardened in one place.

SQLite: WAL, synchronous=FULL (a commit that returned survives a power cut), secure_delete=ON (freed pages are
overwritten with zeroes), foreign keys, a busy time-out, and BEGIN IMMEDIATE for every writing transaction, so
that two writers queue instead of failing half-way. PostgreSQL needs none of this.

The write-ahead log keeps every page as it was after every commit, until it is written over: drafts that were sent or
erased long ago, the receipt, and which session was changed together with which report. So it is emptied into the
database after every commit (wal_autocheckpoint=1) and cut when it begins anew (journal_size_limit=0): it never holds
more than the last commit, unless a reader was in the way, and then until the next one or the next sweep. That costs
two more flushes to the disk for each turn.

The file is for its owner alone from its first byte, whatever the umask; SQLite gives the log the same permissions.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext, suppress
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

BUSY_MS = 10_000
"""How long a writer waits for another one, in milliseconds."""
OWNER_ONLY = 0o600


class StoreError(Exception):
    """The database cannot be used; the message names no row and no value."""


class Store:
    """The database: short reads, and writing transactions that commit whole or not at all."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        # SQLite has one writer. Those of this process queue here, in their order, and not in SQLite's busy time-out,
        # where each tries again now and then: under load some would be unlucky until their time is over.
        self._writer = asyncio.Lock()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection for reading.

        Raises:
            StoreError: the database did not answer.
        """
        try:
            async with self.engine.connect() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise StoreError(_fault(error)) from None

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """One transaction, committed when the block ends without an error.

        Raises:
            StoreError: the database did not take it; nothing of it was kept.
        """
        one_writer = self.engine.dialect.name == "sqlite"
        async with self._my_turn() if one_writer else nullcontext():
            try:
                async with self.engine.connect() as connection:
                    if one_writer:
                        await connection.exec_driver_sql("BEGIN IMMEDIATE")
                    async with _committed(connection):
                        yield connection
            except SQLAlchemyError as error:
                raise StoreError(_fault(error)) from None

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
    """The store at an SQLAlchemy URL (``sqlite+aiosqlite:///var/linnet.db``); plain ``sqlite:///`` works too.

    Raises:
        StoreError: the URL is malformed or names an engine that is not supported.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # from None: the library quotes the address, and a password stands in it
        raise StoreError("the database address cannot be read") from None
    if parsed.get_backend_name() != "sqlite":
        raise StoreError(f"this version keeps its data in SQLite; {parsed.get_backend_name()} is not supported yet")
    parsed = parsed.set(drivername="sqlite+aiosqlite")
    engine = create_async_engine(parsed, hide_parameters=True, connect_args={"timeout": BUSY_MS / 1000})
    event.listen(engine.sync_engine, "do_connect", _for_the_owner)
    event.listen(engine.sync_engine, "do_connect", _openable)
    event.listen(engine.sync_engine, "connect", _harden)
    return Store(engine)


def _for_the_owner(_dialect: Any, _record: Any, arguments: Any, _named: Any) -> None:
    """Make the file before SQLite does, with permissions of our own; where it cannot be made, SQLite says so."""
    if arguments[0].startswith((":", "file:")):
        return
    with suppress(OSError):
        os.close(os.open(arguments[0], os.O_RDWR | os.O_CREAT | os.O_EXCL, OWNER_ONLY))


def _openable(_dialect: Any, _record: Any, arguments: Any, _named: Any) -> None:
    """Try the plain driver first: where aiosqlite fails to open, it leaves a thread that speaks up after the end."""
    if not arguments[0].startswith((":", "file:")):
        sqlite3.connect(arguments[0]).close()


def _harden(connection: Any, _record: Any) -> None:
    # The driver must not begin transactions by itself: we say BEGIN IMMEDIATE where we mean it.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "secure_delete=ON",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_MS}",
        "wal_autocheckpoint=1",
        "journal_size_limit=0",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


async def checkpoint(store: Store) -> None:
    """Move the WAL into the database and empty it, so that freed words do not linger there."""
    async with store.reading() as connection:
        await connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))


def _fault(error: SQLAlchemyError) -> str:
    """A driver's complaint without statement and values."""
    if isinstance(error, DBAPIError) and error.orig is not None:
        return f"the database refused: {type(error.orig).__name__}"
    return f"the database refused: {type(error).__name__}"
