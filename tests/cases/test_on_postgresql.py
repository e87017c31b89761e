"""PostgreSQL as we use it: durable, over TLS unless it is this machine, and a restart of it costs nobody a turn."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
import trustme
from sqlalchemy import select, text
from sqlalchemy.engine import make_url

from cases import on_postgresql
from cases import store as module
from cases.store import Store, StoreError, StoreLostError, open_store
from cases.tables import sessions
from cases.turns import Done
from tests.cases.rows import BEN, migrated, rows, write
from tests.cases.test_store import CANARY, told
from tests.postgres import Postgres

SSL_REQUEST = bytes.fromhex("0000000804d2162f")
"""How a client asks for TLS (PostgreSQL's protocol, message formats)."""


@pytest.fixture
def server(postgres):
    """The server for a test that stops it."""
    yield postgres
    if not postgres.running():
        postgres.start()


@pytest.fixture
def there(databases):
    """The address of an empty database on it."""
    with databases.lent() as url:
        yield url


async def one(store: Store, statement: str) -> str:
    async with store.reading() as connection:
        found: str = (await connection.execute(text(statement))).scalar_one()
        return found


async def test_every_connection_is_set_up(there):
    async with migrated(there) as store:
        assert await one(store, "SHOW synchronous_commit") == "on"
        assert await one(store, "SHOW statement_timeout") == "30s"
        assert await one(store, "SHOW lock_timeout") == "10s"
        assert await one(store, "SHOW idle_in_transaction_session_timeout") == "1min"
        async with store.writing() as connection:
            level = (await connection.execute(text("SHOW transaction_isolation"))).scalar_one()
        assert level == "read committed"


async def test_a_commit_is_on_the_disk_even_where_the_server_would_not_wait_for_it(there, postgres):
    database = make_url(there).database
    for default, wanted in (("off", "on"), ("remote_apply", "remote_apply"), ("local", "local")):
        postgres.sql(database, f"ALTER DATABASE {database} SET synchronous_commit = '{default}'")
        async with migrated(there) as store:
            assert await one(store, "SHOW synchronous_commit") == wanted
    postgres.sql(database, f"ALTER DATABASE {database} RESET ALL")


@pytest.mark.parametrize("how", ["fast", "immediate"])
async def test_a_restart_between_two_turns_is_not_noticed(server, there, how):
    async with migrated(there) as store:
        await asyncio.gather(*(rows(store, "sessions") for _ in range(5)))
        await write(store, "1")
        await asyncio.to_thread(server.stop, how)  # in a thread: a process has time to hear the line go dead
        server.start()
        assert len(await rows(store, "sessions")) == 1, "what was committed is there"
        assert await write(store, "2", 1) is Done.WRITTEN
        await asyncio.gather(*(rows(store, "sessions") for _ in range(5)))


async def test_a_database_that_is_down_is_one_clear_error_and_comes_back(server, there):
    async with migrated(there) as store:
        server.stop()
        for doing in (rows(store, "sessions"), write(store, "1")):
            with pytest.raises(StoreLostError, match=r"^the database cannot be reached: \w+$") as caught:
                await doing
            assert str(server.home) not in told(caught.value)
        server.start()
        assert await write(store, "1") is Done.WRITTEN


async def test_a_connection_that_is_cut_in_mid_transaction_keeps_nothing(there, postgres):
    async with migrated(there) as store:

        async def half() -> None:
            async with store.writing() as connection:
                await connection.execute(
                    sessions.insert().values(pseudonym=BEN, version=1, touched_hour=1, body=CANARY.encode())
                )
                cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE state LIKE 'idle in %'"
                assert postgres.sql("postgres", cut) == ["1"]
                await connection.execute(select(sessions))

        with pytest.raises(StoreLostError):
            await half()
        assert await rows(store, "sessions") == []


async def test_a_server_that_hangs_does_not_keep_anybody_for_ever(there, monkeypatch):
    async with migrated(there) as store:
        await rows(store, "sessions")
        monkeypatch.setattr(module, "STUCK_SECONDS", 0.3)
        with pytest.raises(StoreLostError):
            await one(store, "SELECT pg_sleep(20)")
        assert await rows(store, "sessions") == []


async def test_more_work_than_connections_waits_for_its_turn(there):
    async with migrated(there) as store:
        many = on_postgresql.CONNECTIONS * 5
        people = [bytes([number]) * 32 for number in range(many)]
        done = await asyncio.gather(*(write(store, f"{n}", pseudonym=one) for n, one in enumerate(people)))
        assert set(done) == {Done.WRITTEN}
        counted = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        assert await one(store, counted) <= on_postgresql.CONNECTIONS + 1


async def test_a_refused_password_or_database_is_told_without_either(there):
    store = open_store(there.replace(f"/{make_url(there).database}?", f"/{CANARY}?"))
    with pytest.raises(StoreError, match="InvalidCatalogNameError") as caught:
        await rows(store, "sessions")
    assert CANARY not in told(caught.value)
    await store.close()


# --- on another machine ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


class Gate:
    """Another machine's port before the server's socket, speaking TLS as PostgreSQL does; it counts who came how."""

    def __init__(self, server: Postgres, context: ssl.SSLContext) -> None:
        self.came: list[str] = []
        self.port = 0
        self._socket = server.home / ".s.PGSQL.5432"
        self._context = context

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Gate]:
        listening = await asyncio.start_server(self._visitor, "127.0.0.1", 0)
        self.port = listening.sockets[0].getsockname()[1]
        async with listening:
            yield self

    async def _visitor(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = await reader.readexactly(8)
        if first == SSL_REQUEST:
            writer.write(b"S")
            try:
                await writer.start_tls(self._context)
            except (OSError, EOFError):
                self.came.append("left")  # the certificate did not please
                return
            self.came.append("tls")
            first = b""
        else:
            self.came.append("plain")
        inner, onward = await asyncio.open_unix_connection(self._socket)
        onward.write(first)
        await asyncio.gather(self._carry(reader, onward), self._carry(inner, writer))

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while piece := await reader.read(65_536):
                writer.write(piece)
                await writer.drain()
        writer.close()


@pytest.fixture
async def gate(postgres, authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    async with Gate(postgres, context).opened() as gate:
        yield gate


async def came(gate: Gate, address: str) -> str:
    """How a connection to this address came, if it came."""
    store = open_store(address)
    try:
        await one(store, "SELECT 1")
    finally:
        await store.close()
    return gate.came[-1]


async def test_a_database_elsewhere_is_spoken_to_only_if_its_certificate_holds(gate, authority, tmp_path, monkeypatch):
    monkeypatch.setattr(on_postgresql, "_HERE", frozenset())  # as if this machine were another one
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    address = f"postgresql://linnet@127.0.0.1:{gate.port}/postgres"
    for refused in (
        address,
        f"{address}?sslrootcert=system",
        f"{address.replace('127.0.0.1', 'localhost')}?sslrootcert={tmp_path}/ca.pem",
    ):
        with pytest.raises(StoreLostError, match=r"SSLCertVerificationError|CertificateError"):
            await came(gate, refused)
    assert "plain" not in gate.came
    assert await came(gate, f"{address}?sslrootcert={tmp_path}/ca.pem") == "tls"
    assert await came(gate, f"{address}?sslmode=verify-full&sslrootcert={tmp_path}/ca.pem") == "tls"
    assert await came(gate, f"{address}?sslmode=require") == "tls", "whoever asks for less gets it"
    assert await came(gate, f"{address}?sslmode=disable") == "plain"


async def test_the_environment_may_say_how_as_for_every_client(gate, authority, tmp_path, monkeypatch):
    monkeypatch.setattr(on_postgresql, "_HERE", frozenset())
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("PGSSLMODE", "verify-full")
    monkeypatch.setenv("PGSSLROOTCERT", str(tmp_path / "ca.pem"))
    assert await came(gate, f"postgresql://linnet@127.0.0.1:{gate.port}/postgres") == "tls"


@pytest.mark.parametrize(
    ("address", "checked"),
    [
        ("postgresql://db.example/linnet", True),
        ("postgresql://10.0.0.7/linnet", True),
        ("postgresql://db.example:5433/linnet", True),
        ("postgresql:///linnet?host=db.example", True),
        ("postgresql://localhost/linnet?host=/run/x,db.example", True),
        ("postgresql://localhost.example/linnet", True),
        ("postgresql://localhost/linnet", False),
        ("postgresql://[::1]:5433/linnet", False),
        ("postgresql:///linnet?host=/run/postgresql", False),
        ("postgresql:///linnet", False),
        ("postgresql://db.example/linnet?sslmode=disable", False),
    ],
)
def test_where_a_certificate_is_asked_for(address, checked, monkeypatch):
    for name in ("PGSSLMODE", "PGHOST"):
        monkeypatch.delenv(name, raising=False)
    _, context = on_postgresql._address(make_url(address))
    assert (context is not None) is checked
    assert context is None or (context.check_hostname and context.verify_mode.name == "CERT_REQUIRED")


def test_an_address_goes_to_the_driver_as_it_was_written(monkeypatch):
    monkeypatch.delenv("PGSSLMODE", raising=False)
    dsn, _ = on_postgresql._address(make_url("postgresql+asyncpg://li%40n:p%2Fw@[::1]:5/x?sslmode=require&passfile=/f"))
    assert dsn == "postgresql://li%40n:p%2Fw@[::1]:5/x?passfile=%2Ff&sslmode=require"
