"""A migrated store and short ways to write turns and to look at what became of them, for tests of what is kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from secrets import token_bytes
from typing import Any

from sqlalchemy import select

from cases.migrate import upgrade
from cases.outbox import Alert
from cases.store import Store, open_store
from cases.tables import metadata
from cases.turns import Document, Done, Wrapped, Writes, commit

HOUR = 490_000
"""Whole hours since 1970."""
ANA, BEN = b"a" * 32, b"b" * 32
"""Two pseudonyms."""


@asynccontextmanager
async def migrated(where: Path | str) -> AsyncIterator[Store]:
    """A store in a file or at an address, with the tables that the migrations make."""
    store = open_store(where if isinstance(where, str) else f"sqlite:///{where}")
    try:
        await upgrade(store)
        yield store
    finally:
        await store.close()


def mark(name: str) -> bytes:
    return name.encode().ljust(32, b".")


def writes(name: str, expected: int | None = None, body: bytes | None = b"body", **more: Any) -> Writes:
    """A turn of Ana's: the delivery's name, the version that was read, and what is written."""
    return Writes(mark(name), more.pop("hour", HOUR), more.pop("pseudonym", ANA), expected, body, **more)


async def write(store: Store, *given: Any, **more: Any) -> Done:
    return await commit(store, writes(*given, **more), entropy=token_bytes)


def a_document(reference: str, *recipients: str, **more: Any) -> Document:
    """A sealed thing for some people; whoever is named twice stops the transaction near its end."""
    wraps = tuple(Wrapped(one, turn, f"key-{one}", b"wrap for " + one.encode()) for turn, one in enumerate(recipients))
    alerts = tuple(Alert("staff_alert", reference, one, "normal", HOUR + 24, HOUR * 3600) for one in recipients)
    return Document(reference, more.pop("purpose", "report"), HOUR // 24, b"sealed", wraps, alerts, **more)


async def rows(store: Store, table: str) -> list[Any]:
    """Every row of a table, by its key."""
    found = metadata.tables[table]
    async with store.reading() as connection:
        return list(await connection.execute(select(found).order_by(*found.primary_key.columns)))


async def counts(store: Store) -> dict[str, int]:
    """How many rows each table of a turn holds."""
    names = ("sessions", "slots", "inbox", "documents", "wraps", "outbox")
    return {name: len(await rows(store, name)) for name in names}
