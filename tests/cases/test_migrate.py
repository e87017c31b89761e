"""Migrations lead to the tables the program speaks of, and no half of one is ever left behind."""

from __future__ import annotations

import asyncio
import sqlite3
import sys

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import event, text

from cases.migrate import _config, upgrade
from cases.store import StoreError, open_store
from cases.tables import metadata


@pytest.fixture
async def store(tmp_path):
    store = open_store(f"sqlite:///{tmp_path}/linnet.db")
    yield store
    await store.close()


async def in_sync(store, call):
    """What ``call`` says about a connection of the ordinary kind, committed."""
    async with store.engine.connect() as connection:
        said = await connection.run_sync(call)
        await connection.commit()
        return said


class CutOffError(Exception):
    """The process ends here."""


def schema(path):
    """The statements that made every table and index, without Alembic's own."""
    connection = sqlite3.connect(path)
    found = connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()
    connection.close()
    return {name: " ".join(sql.split()) for name, sql in found if sql and name != "alembic_version"}


def differences(connection):
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return compare_metadata(context, metadata)


async def test_the_migrations_make_the_tables_of_the_program(store, tmp_path):
    await upgrade(store)
    assert await in_sync(store, differences) == []
    made = open_store(f"sqlite:///{tmp_path}/made.db")
    await in_sync(made, metadata.create_all)
    await made.close()
    migrated, written = schema(tmp_path / "linnet.db"), schema(tmp_path / "made.db")
    assert migrated.keys() == written.keys()
    for name, statement in written.items():
        # What the comparison above does not see: no rowid, foreign keys with their cascade, unique columns.
        for words in ("WITHOUT ROWID", "ON DELETE CASCADE", "UNIQUE", "NOT NULL"):
            assert migrated[name].count(words) == statement.count(words), (name, words)


async def test_a_difference_would_be_noticed(store):
    await upgrade(store)
    async with store.engine.connect() as connection:
        await connection.execute(text("ALTER TABLE sessions ADD COLUMN name TEXT"))
        await connection.commit()
    [found] = await in_sync(store, differences)
    assert found[0] == "remove_column"


async def test_upgrading_again_changes_nothing(store, tmp_path):
    await upgrade(store)
    async with store.engine.connect() as connection:
        await connection.execute(text("INSERT INTO books VALUES ('digest', 'body')"))
        await connection.commit()
    before = schema(tmp_path / "linnet.db")
    await upgrade(store)
    assert schema(tmp_path / "linnet.db") == before
    async with store.reading() as connection:
        assert (await connection.execute(text("SELECT * FROM books"))).all() == [("digest", "body")]


async def test_the_way_back_leads_to_an_empty_database_and_forward_again(store, tmp_path):
    await upgrade(store)
    whole = schema(tmp_path / "linnet.db")
    await in_sync(store, lambda connection: command.downgrade(_config(connection), "base"))
    assert schema(tmp_path / "linnet.db") == {}
    await upgrade(store)
    assert schema(tmp_path / "linnet.db") == whole


async def test_there_is_one_newest_migration(store):
    script = await in_sync(store, lambda connection: ScriptDirectory.from_config(_config(connection)))
    assert len(script.get_heads()) == 1


async def test_a_database_of_a_newer_version_is_refused_and_left_alone(store, tmp_path):
    await upgrade(store)
    async with store.engine.connect() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        await connection.execute(text("DROP TABLE invites"))
        await connection.commit()
    before = schema(tmp_path / "linnet.db")
    with pytest.raises(StoreError, match="made by another version"):
        await upgrade(store)
    assert schema(tmp_path / "linnet.db") == before


async def test_a_migration_that_is_cut_off_leaves_nothing_and_can_be_done_again(store, tmp_path):
    """A first start may be killed between two CREATE TABLE; the next one must find no half of a schema."""
    left = 0

    def cut(_connection, _cursor, statement, *_):
        nonlocal left
        left -= statement.lstrip().startswith("CREATE")
        if left < 0:
            raise CutOffError

    event.listen(store.engine.sync_engine, "before_cursor_execute", cut)
    cuts = 0
    while True:
        left = cuts
        try:
            await upgrade(store)
            break
        except CutOffError:
            assert schema(tmp_path / "linnet.db") == {}, cuts
        cuts += 1
    assert cuts > len(metadata.tables)
    left = 1_000
    assert await in_sync(store, differences) == []


async def test_processes_that_start_at_once_share_the_work(tmp_path):
    program = "import asyncio; from cases.store import open_store; from cases.migrate import upgrade\n"
    program += f"asyncio.run(upgrade(open_store('sqlite:///{tmp_path}/linnet.db')))\nimport os; os._exit(0)"
    started = [await asyncio.create_subprocess_exec(sys.executable, "-c", program) for _ in range(3)]
    assert [await process.wait() for process in started] == [0, 0, 0]
    store = open_store(f"sqlite:///{tmp_path}/linnet.db")
    assert await in_sync(store, differences) == []
    await store.close()


async def test_a_folder_that_is_not_there_is_one_clear_error(tmp_path):
    store = open_store(f"sqlite:///{tmp_path}/nowhere/linnet.db")
    with pytest.raises(StoreError, match="is its folder there"):
        await upgrade(store)
    assert list(tmp_path.iterdir()) == []
    await store.close()
