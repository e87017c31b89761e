"""Carrying a deployment from one database to another, whichever engines they are, and proving that it all arrived.

Nobody else may be in either database: a Linnet that goes on would take turns that stay behind. So those who are
connected are looked for, and writers are kept out of the source until the end. The target must hold nothing. Everything
is one transaction there: what is not whole and equal, row by row, is not kept at all. The source is only read.
"""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from cases import on_postgresql
from cases.migrate import newest, revision, upgrade
from cases.records import AT_ONCE, Row, Tally, from_line, read_lines, tally_of, write_rows
from cases.store import Store, StoreError, refusal
from cases.tables import metadata


class InUseError(StoreError):
    """Somebody else is connected."""


class NotEmptyError(StoreError):
    """There is something in the database already."""


class DifferentError(StoreError):
    """What arrived is not what was sent; nothing was kept."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What was carried over: of each table that has rows, their number and the digest, found equal on both sides."""

    tables: dict[str, tuple[int, str]]


async def move(source: Store, target: Store) -> Moved:
    """Carry everything from ``source`` to ``target``.

    Raises:
        InUseError: somebody else is connected to one of them.
        NotEmptyError: the target holds something.
        DifferentError: what arrived was not equal to what stands in the source.
        StoreError: one of them cannot be used, or the source is of another version.
    """
    for store in (source, target):
        await refuse_others(store)
    if await revision(source) != newest():
        raise StoreError("the source is not of this version: start this version of Linnet on it once, and stop it")
    await upgrade(target)
    tables = metadata.sorted_tables
    async with filling(target) as writer, kept_still(source) as reader:
        sent = Tally()
        rows: list[tuple[str, Row]] = []
        async for table, line in read_lines(reader, tables):
            sent.add(table, line)
            rows.append(from_line(line))
            if len(rows) >= AT_ONCE:
                await write_rows(writer, metadata, rows)
                rows.clear()
        await write_rows(writer, metadata, rows)
        if (await tally_of(writer, tables)).told() != sent.told():
            raise DifferentError("what arrived differs from what was sent; nothing was kept")
    return Moved(sent.told())


async def refuse_others(store: Store) -> None:
    """Make sure that nobody else is connected to a database.

    Raises:
        InUseError: somebody is.
        StoreError: it cannot be reached.
    """
    await store.close()  # our own pool may hold connections
    if store.embedded:
        _alone_in_file(Path(store.engine.url.database or ""))
        return
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    clients = f"{others} AND coalesce(backend_type, 'client backend') = 'client backend'"
    async with store.reading() as connection:
        count = (await connection.execute(text(clients))).scalar_one()
    if count:
        raise InUseError(
            f"{count} others are connected to the database: stop every Linnet that uses it, then try again"
        )


def _alone_in_file(file: Path) -> None:
    """Leaving WAL is allowed to the only connection; every process that has the file open keeps it from that."""
    if not file.exists():
        return
    try:
        with closing(sqlite3.connect(file, timeout=0)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE").fetchall()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            raise InUseError("somebody has the database file open: stop Linnet") from None
        raise StoreError(f"the database refused: {type(error).__name__}") from None
    except sqlite3.Error as error:
        raise StoreError(f"the database refused: {type(error).__name__}") from None


@asynccontextmanager
async def kept_still(store: Store) -> AsyncIterator[AsyncConnection]:
    """Read a database while nobody can write to it."""
    async with _long(store) as connection:
        if store.embedded:
            await connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            names = ", ".join(table.name for table in metadata.sorted_tables)
            await connection.exec_driver_sql(f"LOCK TABLE {names} IN SHARE MODE")
        yield connection
        await connection.rollback()


@asynccontextmanager
async def filling(store: Store) -> AsyncIterator[AsyncConnection]:
    """One long transaction in an empty database.

    Raises:
        NotEmptyError: it is not empty.
    """
    async with _long(store) as connection:
        if store.embedded:
            await connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            names = ", ".join(table.name for table in metadata.sorted_tables)
            await connection.exec_driver_sql(f"LOCK TABLE {names} IN EXCLUSIVE MODE")
        for table in metadata.sorted_tables:
            if (await connection.execute(select(*table.primary_key).limit(1))).first() is not None:
                raise NotEmptyError("the database holds something already: name an empty one")
        yield connection
        await connection.commit()


@asynccontextmanager
async def _long(store: Store) -> AsyncIterator[AsyncConnection]:
    try:
        async with store.engine.connect() as connection:
            if not store.embedded:
                await on_postgresql.without_limits(connection)
                await connection.exec_driver_sql("SET LOCAL lock_timeout = '10s'")
            yield connection
    except (SQLAlchemyError, *on_postgresql.FAULTS) as error:
        raise refusal(error) from None
