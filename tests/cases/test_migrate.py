"""Migrations lead to the tables the program speaks of, and no half of one is ever left behind."""

from __future__ import annotations

import asyncio
import sys

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import event, inspect, text

from cases.migrate import _config, upgrade
from cases.store import StoreError, StoreLostError, open_store
from cases.tables import metadata


@pytest.fixture
async def store(empty_url):
    store = open_store(empty_url)
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


def described(connection):
    """Every table as the database itself describes it, without Alembic's own."""
    inspector = inspect(connection)
    return {
        name: {
            "columns": [(c["name"], str(c["type"]), c["nullable"]) for c in inspector.get_columns(name)],
            "key": inspector.get_pk_constraint(name)["constrained_columns"],
            "references": sorted(
                (k["constrained_columns"], k["referred_table"], k["referred_columns"], k["options"].get("ondelete"))
                for k in inspector.get_foreign_keys(name)
            ),
            "unique": sorted(k["column_names"] for k in inspector.get_unique_constraints(name)),
            "indexes": sorted(
                (k["name"], k["column_names"])
                for k in inspector.get_indexes(name)
                if not k.get("duplicates_constraint")
            ),
            "options": {key: value for key, value in inspector.get_table_options(name).items() if value},
        }
        for name in inspector.get_table_names()
        if name != "alembic_version"
    }


async def schema(store):
    return await in_sync(store, described)


def differences(connection):
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return compare_metadata(context, metadata)


async def test_the_migrations_make_the_tables_of_the_program(store):
    await upgrade(store)
    assert await in_sync(store, differences) == []
    migrated = await schema(store)
    await in_sync(store, metadata.drop_all)
    assert await schema(store) == {}
    await in_sync(store, metadata.create_all)
    # Deeper than the comparison above: no rowid, foreign keys with their cascade, unique columns.
    assert migrated == await schema(store)
    assert migrated.keys() == metadata.tables.keys()


async def test_both_engines_are_given_the_same_tables(store):
    """What is written for one serves the other: names, keys, references and indexes are equal, types correspond."""
    await upgrade(store)
    found = await schema(store)
    types = {"BLOB": "bytes", "BYTEA": "bytes", "INTEGER": "whole", "BIGINT": "large", "TEXT": "text"}
    for name, table in metadata.tables.items():
        told = [(c, types.get(t, t.partition("(")[0]), n) for c, t, n in found[name]["columns"]]
        wanted = {
            "LargeBinary": "bytes",
            "Integer": "whole",
            "BigInteger": "large",
            "Text": "text",
            "String": "VARCHAR",
        }
        assert told == [(c.name, wanted[type(c.type).__name__], c.nullable) for c in table.columns], name
        assert found[name]["key"] == [column.name for column in table.primary_key]
        assert [(c, t, r, d) for c, t, r, d in found[name]["references"]] == sorted(
            ([one.parent.name], one.column.table.name, [one.column.name], one.ondelete) for one in table.foreign_keys
        )
        assert {one for one, _ in found[name]["indexes"]} == {index.name for index in table.indexes}


async def test_a_difference_would_be_noticed(store):
    await upgrade(store)
    async with store.engine.connect() as connection:
        await connection.execute(text("ALTER TABLE sessions ADD COLUMN name TEXT"))
        await connection.commit()
    [found] = await in_sync(store, differences)
    assert found[0] == "remove_column"


async def test_upgrading_again_changes_nothing(store):
    await upgrade(store)
    async with store.engine.connect() as connection:
        await connection.execute(text("INSERT INTO books VALUES ('digest', 'body')"))
        await connection.commit()
    before = await schema(store)
    await upgrade(store)
    assert await schema(store) == before
    async with store.reading() as connection:
        assert (await connection.execute(text("SELECT * FROM books"))).all() == [("digest", "body")]


async def test_the_way_back_leads_to_an_empty_database_and_forward_again(store):
    await upgrade(store)
    whole = await schema(store)
    await in_sync(store, lambda connection: command.downgrade(_config(connection), "base"))
    assert await schema(store) == {}
    await upgrade(store)
    assert await schema(store) == whole


async def test_there_is_one_newest_migration(store):
    script = await in_sync(store, lambda connection: ScriptDirectory.from_config(_config(connection)))
    assert len(script.get_heads()) == 1


async def test_a_database_of_a_newer_version_is_refused_and_left_alone(store):
    await upgrade(store)
    async with store.engine.connect() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        await connection.execute(text("DROP TABLE invites"))
        await connection.commit()
    before = await schema(store)
    with pytest.raises(StoreError, match="made by another version"):
        await upgrade(store)
    assert await schema(store) == before


async def test_a_migration_that_is_cut_off_leaves_nothing_and_can_be_done_again(store):
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
            left = 1_000
            assert await schema(store) == {}, cuts
        cuts += 1
    assert cuts > len(metadata.tables)
    left = 1_000
    assert await in_sync(store, differences) == []


async def test_processes_that_start_at_once_share_the_work(store, empty_url):
    program = "import asyncio; from cases.store import open_store; from cases.migrate import upgrade\n"
    program += f"asyncio.run(upgrade(open_store('{empty_url}')))\nimport os; os._exit(0)"
    started = [await asyncio.create_subprocess_exec(sys.executable, "-c", program) for _ in range(3)]
    assert [await process.wait() for process in started] == [0, 0, 0]
    assert await in_sync(store, differences) == []


async def test_a_folder_that_is_not_there_is_one_clear_error(tmp_path):
    store = open_store(f"sqlite:///{tmp_path}/nowhere/linnet.db")
    with pytest.raises(StoreError, match="is its folder there"):
        await upgrade(store)
    assert list(tmp_path.iterdir()) == []
    await store.close()


async def test_a_server_that_is_not_there_is_one_clear_error():
    store = open_store("postgresql://linnet:canary-7f3a@127.0.0.1:1/linnet")
    with pytest.raises(StoreLostError, match=r"^the database cannot be reached: ConnectionRefusedError$") as caught:
        await upgrade(store)
    assert caught.value.__cause__ is None
    await store.close()
