"""Moving from any engine to any: everything arrives, equal, or nothing does; and nobody else may be there."""

from __future__ import annotations

import pytest
from sqlalchemy import event, insert, text

from cases import moving, records
from cases import store as module
from cases.migrate import upgrade
from cases.moving import DifferentError, InUseError, NotEmptyError, move
from cases.records import RecordsError, from_line, to_line
from cases.store import StoreError, open_store
from cases.tables import books, metadata
from tests.cases.filled import ROWS, fill, told
from tests.cases.rows import migrated, rows, write


@pytest.fixture(params=["sqlite", "postgresql"])
def source_url(request, tmp_path):
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/source.db"
    else:
        with request.getfixturevalue("databases").lent() as url:
            yield url


@pytest.fixture
async def source(source_url):
    """A store with something in every table, nobody else in it."""
    async with migrated(source_url) as store:
        await fill(store)
        yield store


@pytest.fixture
async def target(empty_url):
    store = open_store(empty_url)
    yield store
    await store.close()


async def test_everything_arrives_from_any_engine_on_any(source, target):
    before = await told(source)
    assert {name: count for name, (count, _) in before.items()} == dict.fromkeys(metadata.tables, ROWS)
    assert (await move(source, target)).tables == before
    assert await told(target) == before
    for name in metadata.tables:
        found = {source: await rows(source, name), target: await rows(target, name)}
        assert {tuple(row) for row in found[source]} == {tuple(row) for row in found[target]}, name
    assert await told(source) == before, "the source is only read"


async def test_more_rows_than_are_held_in_memory(target, tmp_path, monkeypatch):
    monkeypatch.setattr(records, "AT_ONCE", 3)
    monkeypatch.setattr(moving, "AT_ONCE", 3)
    async with migrated(tmp_path / "many.db") as source:
        await fill(source, rows=20)
        await move(source, target)
        assert await told(target) == await told(source)


async def test_an_empty_deployment_can_be_moved_too(target, tmp_path):
    async with migrated(tmp_path / "empty.db") as source:
        assert (await move(source, target)).tables == {}
    assert await told(target) == {}


async def test_a_moved_database_goes_on(source, target):
    await move(source, target)
    assert (await write(target, "fresh", None, pseudonym=b"fresh" + b"." * 27)).value == "written"


async def test_a_target_that_holds_anything_is_refused_and_left_alone(source, target):
    await upgrade(target)
    async with target.writing() as connection:
        await connection.execute(insert(books).values(digest="d", body="mine"))
    before = await told(target)
    with pytest.raises(NotEmptyError):
        await move(source, target)
    assert await told(target) == before


async def test_a_database_in_use_is_neither_source_nor_target(source, target, source_url, empty_url):
    for url in (source_url, empty_url):
        other = open_store(url)
        await upgrade(other)
        with pytest.raises(InUseError):
            await move(source, target)
        await other.close()
    await move(source, target)


async def test_nobody_can_write_to_the_source_meanwhile(source, target, source_url, monkeypatch):
    monkeypatch.setattr(module, "BUSY_MS", 100)
    monkeypatch.setattr(module, "STUCK_SECONDS", 0.5)
    other, real, refused = open_store(source_url), moving.tally_of, []

    async def meanwhile(*given):
        """At the end of the move, before the target is compared."""
        try:
            await write(other, "late", None, pseudonym=b"late" + b"." * 28)
        except StoreError as error:
            refused.append(error)
        return await real(*given)

    monkeypatch.setattr(moving, "tally_of", meanwhile)
    before = await told(source)
    await move(source, target)
    assert len(refused) == 1
    assert await told(target) == before == await told(source)
    await other.close()


async def test_what_arrives_otherwise_is_not_kept(source, target):
    def spoil(_connection, _cursor, statement, parameters, *_):
        if statement.startswith("INSERT INTO slots"):
            _cursor.execute("UPDATE sessions SET version = 7")

    await upgrade(target)
    event.listen(target.engine.sync_engine, "before_cursor_execute", spoil)
    with pytest.raises(DifferentError):
        await move(source, target)
    event.remove(target.engine.sync_engine, "before_cursor_execute", spoil)
    assert await told(target) == {}
    await move(source, target)


async def test_a_move_that_is_cut_off_leaves_nothing_and_can_be_done_again(source, target):
    def cut(_connection, _cursor, statement, *_):
        if statement.startswith("INSERT INTO wraps"):
            raise KeyboardInterrupt

    await upgrade(target)
    event.listen(target.engine.sync_engine, "before_cursor_execute", cut)
    with pytest.raises(KeyboardInterrupt):
        await move(source, target)
    event.remove(target.engine.sync_engine, "before_cursor_execute", cut)
    assert await told(target) == {}
    await move(source, target)
    assert await told(target) == await told(source)


async def test_a_source_of_another_version_is_refused(source, target):
    async with source.writing() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    with pytest.raises(StoreError, match="not of this version"):
        await move(source, target)


async def test_a_file_that_is_no_database_is_one_clear_error(target, tmp_path):
    (tmp_path / "odd.db").write_bytes(b"this is not a database" * 100)
    source = open_store(f"sqlite:///{tmp_path}/odd.db")
    with pytest.raises(StoreError, match=r"^the database refused: DatabaseError$"):
        await move(source, target)
    await source.close()


def test_a_line_is_read_as_it_was_written():
    row = {"body": b"\x00\xff", "empty": b"", "day": -1, "none": None, "text": 'é"\n'}
    line = to_line("slots", row)
    assert line == '{"row":{"body":["AP8"],"day":-1,"empty":[""],"none":null,"text":"\\u00e9\\"\\n"},"table":"slots"}\n'
    assert from_line(line) == ("slots", row)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "{}\n",
        "[]\n",
        "nothing\n",
        '{"row":{},"table":7}\n',
        '{"row":[],"table":"slots"}\n',
        '{"row":{"a":{"b":1}},"table":"slots"}\n',
        '{"row":{"a":["!"]},"table":"slots"}\n',
        '{"row":{"a":1.5},"table":"slots"}\n',
        '{"row":{"a":1},"table":"slots"}',
        '{"row":{"a": 1},"table":"slots"}\n',
        '{"row":{"a":1},"table":"slots","x":1}\n',
        "[" * 100_000,
    ],
)
def test_any_other_line_is_refused(line):
    with pytest.raises(RecordsError, match="cannot be read"):
        from_line(line)


async def test_rows_of_unknown_tables_and_columns_are_refused(target):
    await upgrade(target)
    for unknown in (("nothing", {"a": 1}), ("books", {"digest": "d", "body": "b", "x": 1})):
        with pytest.raises(RecordsError, match="no such table or column"):
            async with target.writing() as connection:
                await records.write_rows(connection, metadata, [unknown])
