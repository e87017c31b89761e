"""PostgreSQL, in one place: the engine for several processes, on as many machines as are wanted.

The address is libpq's (https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS), read by
asyncpg: ``postgresql://linnet@db.example/linnet?sslmode=verify-full&sslrootcert=/etc/ca.pem``, or a socket,
``postgresql:///linnet?host=/run/postgresql``. A password is better kept in ``~/.pgpass`` than in the address.

A database on another machine is spoken to over TLS with its certificate checked by name against the system's
authorities, unless the address names another ``sslmode``: whoever listens would see which conversation became which
report, and whoever answers in its place would be given all of them. (libpq's own default trusts anybody.)

Transactions are READ COMMITTED. Most are one at a time all the same (``Store.writing``), as with SQLite; those of
turns and of the outbox run side by side and are written for it. ``synchronous_commit`` is switched on where a server's
default is off, because what was said to be saved must survive a power cut.

What is deleted does not leave the files at once, as it does with SQLite: see ``cases.retention``.
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping
from typing import Any, Final

import asyncpg  # type: ignore[import-untyped]  # it comes without types
from sqlalchemy import event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

CONNECTIONS: Final = 10
"""The most connections that one process opens for its work; one more stands for its locks (``cases.persons``)."""
CONNECT_SECONDS: Final = 5.0

FAULTS: Final = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError, TimeoutError)
"""What comes through SQLAlchemy as it is, mostly while a connection is made. ``OSError``: nobody answers."""

_HERE: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_GONE: Final = ("08", "57P01", "57P02", "57P03", "57P05", "53300")
"""SQLSTATE: connection exceptions; shut down, crashed, not up yet; idle for too long; too many connections."""

_BUSY: Final = ("55P03", "57014")
"""SQLSTATE: somebody else holds the lock; it took longer than ``statement_timeout``."""

_SETTINGS: Final[Mapping[str, str]] = {
    "application_name": "linnet",
    "statement_timeout": "30s",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "60s",  # a process that hangs must not hold a person's row for ever
    "timezone": "UTC",
    # A machine that is gone without a word holds its locks until the server asks after it: two hours, by default.
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}
_DURABLE: Final = (
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
)


def engine(url: URL, busy_ms: int) -> AsyncEngine:
    """The engine for a PostgreSQL database; ``busy_ms`` is how long to wait for a free connection."""

    async def connect() -> Any:
        return await connection(url)

    made = create_async_engine(
        "postgresql+asyncpg://",
        async_creator=connect,
        hide_parameters=True,
        isolation_level="READ COMMITTED",
        pool_size=CONNECTIONS + 1,
        max_overflow=0,
        pool_timeout=busy_ms / 1000,
        pool_use_lifo=True,  # what a busy hour opened may be closed by the server's idle time-out
    )
    event.listen(made.sync_engine, "checkout", _alive)
    return made


async def connection(url: URL) -> Any:
    """One connection (``asyncpg.Connection``), set up as all of ours are."""
    dsn, context = _address(url)
    made = await asyncpg.connect(dsn, ssl=context, timeout=CONNECT_SECONDS, server_settings=dict(_SETTINGS))
    await made.execute(_DURABLE)
    return made


async def without_limits(connection: AsyncConnection) -> None:
    """Let the present transaction take as long as it needs: it is an operator's, and not a turn."""
    for setting in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
        await connection.exec_driver_sql(f"SET LOCAL {setting} = 0")


def _address(url: URL) -> tuple[str, ssl.SSLContext | None]:
    """What asyncpg is given: the address, and a TLS context where the address says nothing about TLS itself."""
    query = dict(url.query)
    context = None
    asked = query.get("sslmode") or os.environ.get("PGSSLMODE")
    if query.get("sslrootcert") == "system" or (asked is None and _elsewhere(url)):
        context = ssl.create_default_context(cafile=None)
        if asked is None and (root := query.pop("sslrootcert", None)) not in {None, "system"}:
            context = ssl.create_default_context(cafile=str(root))
        query.pop("sslmode", None)
        query.pop("sslrootcert", None)
    plain = url.set(drivername="postgresql", query=query)
    return plain.render_as_string(hide_password=False), context


def _elsewhere(url: URL) -> bool:
    """Whether the database may be on another machine."""
    named = url.query.get("host", ())
    hosts = [*([url.host] if url.host else ()), *([named] if isinstance(named, str) else named)]
    hosts = hosts or [os.environ.get("PGHOST", "")]
    return any(
        host and not host.startswith(("/", "@")) and host not in _HERE
        for several in hosts
        for host in several.split(",")
    )


def _alive(raw: Any, _record: Any, _proxy: Any) -> None:
    """Give out no connection whose other end has hung up: a restarted server shows in no turn, and costs no query."""
    if raw.driver_connection.is_closed():
        raise DisconnectionError


def lost(error: BaseException) -> bool:
    """Whether the fault is that the database cannot be reached, or was lost on the way."""
    gone = isinstance(error, DBAPIError) and error.connection_invalidated
    return gone or _state(error).startswith(_GONE) or isinstance(_origin(error), OSError | TimeoutError)


def busy(error: BaseException) -> bool:
    """Whether the fault is that a statement, or a lock it needs, took too long."""
    return _state(error) in _BUSY


def _origin(error: BaseException) -> BaseException:
    return error.orig if isinstance(error, DBAPIError) and error.orig is not None else error


def _state(error: BaseException) -> str:
    return str(getattr(_origin(error), "sqlstate", None) or "")
