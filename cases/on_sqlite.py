"""SQLite, hardened in one place: the engine for one process on one machine.

WAL, synchronous=FULL (a commit that returned survives a power cut), secure_delete=ON (freed pages are overwritten
with zeroes), foreign keys, a busy time-out, and BEGIN IMMEDIATE for every writing transaction, so that two writers
queue instead of failing half-way.

The write-ahead log keeps every page as it was after every commit, until it is written over: drafts that were sent or
erased long ago, the receipt, and which session was changed together with which report. So it is emptied into the
database after every commit (wal_autocheckpoint=1) and cut when it begins anew (journal_size_limit=0): it never holds
more than the last commit, unless a reader was in the way, and then until the next one or the next sweep. That costs
two more flushes to the disk for each turn.

The file is for its owner alone from its first byte, whatever the umask; SQLite gives the log the same permissions.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

OWNER_ONLY = 0o600


def engine(url: URL, busy_ms: int) -> AsyncEngine:
    """The engine for an SQLite file; ``busy_ms`` is how long a writer waits for another process."""
    url = url.set(drivername="sqlite+aiosqlite")
    made = create_async_engine(url, hide_parameters=True, connect_args={"timeout": busy_ms / 1000})
    event.listen(made.sync_engine, "do_connect", _for_the_owner)
    event.listen(made.sync_engine, "do_connect", _openable)

    def harden(connection: Any, _record: Any) -> None:
        # The driver must not begin transactions by itself: we say BEGIN IMMEDIATE where we mean it.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "secure_delete=ON",
            "foreign_keys=ON",
            f"busy_timeout={busy_ms}",
            "wal_autocheckpoint=1",
            "journal_size_limit=0",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    event.listen(made.sync_engine, "connect", harden)
    return made


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
