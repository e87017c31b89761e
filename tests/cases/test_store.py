"""The database, hardened: what is promised about it is really on, and its complaints tell nothing."""

from __future__ import annotations

import asyncio
import sqlite3

import pytest
from sqlalchemy import event, insert, select, text

from cases import store as module
from cases.store import StoreError, checkpoint, open_store
from cases.tables import sessions, slots
from tests.cases.rows import ANA, HOUR, migrated, rows

CANARY = "canary-7f3a"


def a_session(pseudonym=ANA, body=b"body"):
    return insert(sessions).values(pseudonym=pseudonym, version=1, touched_hour=HOUR, body=body)


async def begin(store):
    async with store.writing() as connection:
        await connection.execute(a_session())


@pytest.mark.parametrize("kind", ["reading", "writing"])
async def test_every_connection_is_hardened(embedded, kind):
    wanted = {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "foreign_keys": 1, "busy_timeout": 10_000}
    opened = [getattr(embedded, kind)() for _ in range(3 if kind == "reading" else 1)]
    for one in opened:
        connection = await one.__aenter__()
        found = {name: (await connection.execute(text(f"PRAGMA {name}"))).scalar_one() for name in wanted}
        assert found == wanted
    for one in opened:
        await one.__aexit__(None, None, None)


async def test_a_writer_takes_its_place_before_it_looks(embedded):
    """BEGIN IMMEDIATE is the first statement: two writers queue, and neither fails half-way."""
    statements = []
    event.listen(embedded.engine.sync_engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    await begin(embedded)
    assert statements[0] == "BEGIN IMMEDIATE"
    assert len(statements) == 2
    inside, looked = asyncio.Event(), []

    async def one():
        async with embedded.writing() as connection:
            inside.set()
            await asyncio.sleep(0.1)
            await connection.execute(sessions.update().values(version=2))

    async def other():
        await inside.wait()
        async with embedded.writing() as connection:
            looked.append((await connection.execute(select(sessions.c.version))).scalar_one())

    await asyncio.gather(one(), other())
    assert looked == [2]


async def test_readers_do_not_wait_for_a_writer_and_see_nothing_unfinished(store):
    async with store.writing() as connection:
        await connection.execute(a_session())
        assert await asyncio.wait_for(rows(store, "sessions"), 1) == []
    assert len(await rows(store, "sessions")) == 1


@pytest.mark.parametrize("fault", [ValueError, asyncio.CancelledError, KeyboardInterrupt])
async def test_whatever_breaks_a_transaction_leaves_nothing_of_it(store, fault):
    async def broken():
        async with store.writing() as connection:
            await connection.execute(a_session())
            raise fault

    with pytest.raises(fault):
        await broken()
    assert await rows(store, "sessions") == []
    await begin(store)


async def test_a_writer_that_is_cancelled_while_it_waits_leaves_the_way_free(embedded, tmp_path):
    holder = sqlite3.connect(tmp_path / "linnet.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    waiting = asyncio.create_task(begin(embedded))
    await asyncio.sleep(0.1)
    waiting.cancel()
    await asyncio.sleep(0.05)
    holder.execute("ROLLBACK")
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await asyncio.wait_for(begin(embedded), 2)
    assert len(await rows(embedded, "sessions")) == 1
    holder.close()


async def test_slots_cannot_stand_without_their_session(store):
    async def alone():
        async with store.writing() as connection:
            await connection.execute(insert(slots).values(pseudonym=ANA, slot="story", body=b"x"))

    with pytest.raises(StoreError, match=r"IntegrityError|ForeignKeyViolationError"):
        await alone()


def told(error):
    """Everything a log could print of an error, whoever caused it."""
    found = []
    while error is not None:
        found += [str(error), repr(error), *map(repr, error.args)]
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n".join(found)


async def test_a_refusal_tells_no_value_and_no_statement(store):
    async def twice():
        async with store.writing() as connection:
            await connection.execute(a_session(CANARY.encode(), CANARY.encode()))
            await connection.execute(a_session(CANARY.encode(), CANARY.encode()))

    async def nowhere():
        async with store.reading() as connection:
            await connection.execute(text(f"SELECT * FROM nowhere WHERE name = '{CANARY}'"))  # noqa: S608 -- a value to be kept out of the error

    for refused in (twice, nowhere):
        with pytest.raises(StoreError) as caught:
            await refused()
        assert CANARY not in told(caught.value)
        assert "INSERT" not in told(caught.value)
        assert "SELECT" not in told(caught.value)
        assert str(caught.value).startswith("the database refused: ")


async def test_a_database_that_stays_busy_is_one_error_and_can_be_asked_again(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "BUSY_MS", 50)
    async with migrated(tmp_path / "linnet.db") as store:
        holder = sqlite3.connect(tmp_path / "linnet.db", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match=r"^the database refused: OperationalError$"):
            await begin(store)
        assert await rows(store, "sessions") == [], "reading goes on"
        holder.execute("ROLLBACK")
        holder.close()
        await begin(store)


async def test_a_file_that_is_no_database_is_an_error(tmp_path):
    path = tmp_path / "linnet.db"
    path.write_bytes(b"this is not a database, whatever its name says" * 50)
    store = open_store(f"sqlite:///{path}")
    with pytest.raises(StoreError, match="DatabaseError"):
        await begin(store)
    await store.close()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (f"mysql://linnet:{CANARY}@db/linnet", "mysql is not supported"),
        (f"postgresql://linnet:{CANARY}@db:{CANARY}/linnet", "cannot be read"),
        (CANARY, "cannot be read"),
        ("", "cannot be read"),
    ],
)
def test_another_engine_or_a_malformed_address_is_refused_without_its_password(url, said):
    with pytest.raises(StoreError, match=said) as caught:
        open_store(url)
    assert CANARY not in told(caught.value)


@pytest.mark.parametrize("scheme", ["sqlite", "sqlite+aiosqlite", "sqlite+pysqlite"])
async def test_every_way_to_write_an_sqlite_address_is_understood(tmp_path, scheme):
    store = open_store(f"{scheme}:///{tmp_path}/linnet.db")
    async with store.reading() as connection:
        assert (await connection.execute(text("SELECT 1"))).scalar_one() == 1
    await store.close()


async def test_a_checkpoint_empties_the_log(embedded, tmp_path):
    await begin(embedded)
    log = tmp_path / "linnet.db-wal"
    assert log.stat().st_size > 0
    await checkpoint(embedded)
    assert log.stat().st_size == 0
    assert len(await rows(embedded, "sessions")) == 1


async def test_a_commit_is_there_for_the_next_process(url):
    async with migrated(url) as store:
        await begin(store)
        async with migrated(url) as other:
            assert len(await rows(other, "sessions")) == 1
