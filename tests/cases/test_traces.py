"""What files and row numbers of PostgreSQL still tell after a sweep, and what not; for SQLite see test_retention."""

from __future__ import annotations

import asyncio
from secrets import token_bytes

import pytest
from sqlalchemy import insert, text
from sqlalchemy.engine import make_url

from cases import traces
from cases.mailbox import post
from cases.outbox import claim
from cases.retention import Swept, sweep
from cases.tables import inbox, metadata
from tests.cases.rows import BEN, HOUR, a_document, migrated, write

DRAFT_HOURS = 72


@pytest.fixture
def url(databases):
    with databases.lent() as url:
        yield url


@pytest.fixture
async def store(url):
    async with migrated(url) as store:
        yield store


@pytest.fixture
def tables_on_disk(postgres, url):
    """Read the files of all tables, without the log."""
    database = make_url(url).database

    def read() -> bytes:
        postgres.sql(database, "CHECKPOINT")
        [number] = postgres.sql(database, "SELECT oid FROM pg_database WHERE datname = current_database()")
        folder = postgres.home / "data" / "base" / number
        return b"".join(file.read_bytes() for file in folder.iterdir() if file.is_file())

    return read


async def swept(store, hour=HOUR):
    return await sweep(store, hour=hour, draft_hours=DRAFT_HOURS)


def pieces(*written):
    return [whole[at : at + 16] for whole in written for at in (0, len(whole) // 2, len(whole) - 16)]


@pytest.mark.parametrize("how", ["leaves", "erases", "writes anew", "sends", "expires"])
@pytest.mark.parametrize("length", [40, 1_100, 30_000], ids=["in a page", "a draft's slot", "over many pages"])
async def test_what_was_removed_is_in_no_file_of_a_table_after_the_next_sweep(store, tables_on_disk, how, length):
    body, words, theirs = (token_bytes(length) for _ in range(3))
    await write(store, "1", None, body, slots={"story": words})
    await write(store, "2", None, pseudonym=BEN, hour=HOUR + 100, slots={"story": theirs})
    found = tables_on_disk()
    assert all(piece in found for piece in pieces(body, words)), "else this test proves nothing"
    hour = HOUR
    match how:
        case "leaves":
            await write(store, "3", 1, None)
        case "erases":
            await write(store, "3", 1, b"after", slots={"story": None})
        case "writes anew":
            await write(store, "3", 1, b"after", slots={"story": b"other words"})
        case "sends":
            await write(store, "3", 1, b"after", anew=True, documents=(a_document("AAAAAAAA", "p"),))
        case _:
            hour = HOUR + DRAFT_HOURS + 1
    assert (await swept(store, hour)).drafts == (how == "expires")
    found = tables_on_disk()
    assert not [piece for piece in pieces(body, words) if piece in found]
    assert theirs[:16] in found, "nobody else's is touched"


async def test_the_log_keeps_it_which_is_said_in_the_threat_model(store, url, postgres):
    """The other half of the truth: whoever mends this may change docs/threat-model.md."""
    words = token_bytes(1_100)
    await write(store, "1", None, slots={"story": words})
    await write(store, "2", 1, None)
    await swept(store)
    logs = b"".join(file.read_bytes() for file in (postgres.home / "data" / "pg_wal").iterdir() if file.is_file())
    assert words[:16] in logs


async def together(store):
    """In how many rows of each table a report bears the number of the transaction that also took a delivery."""
    found = {}
    async with store.reading() as connection:
        for table in metadata.sorted_tables:
            if table not in traces.OF_TURNS:
                same = f"SELECT count(*) FROM {table.name} WHERE xmin IN (SELECT xmin FROM inbox)"  # noqa: S608
                found[table.name] = (await connection.execute(text(same))).scalar_one()
    return {name: count for name, count in found.items() if count}


async def test_after_a_sweep_nothing_tells_which_delivery_a_report_came_from(store):
    documents = (a_document("AAAAAAAA", "p", "q", lookup=b"l" * 32, mailbox=b"m" * 1216), a_document("BBBBBBBB", "p"))
    for number, document in enumerate(documents):
        await write(store, f"{number}", pseudonym=bytes([number]) * 32, documents=(document,))
    assert await together(store) == {"documents": 2, "wraps": 3, "outbox": 3}, "else this test proves nothing"
    await swept(store)
    assert await together(store) == {}
    async with store.reading() as connection:
        kept = (await connection.execute(text("SELECT reference, body, lookup FROM documents ORDER BY 1"))).all()
        numbers = (await connection.execute(text("SELECT DISTINCT xmin FROM documents"))).all()
    assert [tuple(row) for row in kept] == [("AAAAAAAA", b"sealed", b"l" * 32), ("BBBBBBBB", b"sealed", None)]
    assert len(numbers) == 1, "all reports of one sweep share one number"


async def test_whatever_table_a_turn_writes_to_is_parted(store):
    """Tables to come, too: whatever stands in the transaction of a turn without being the person's own."""
    for number, table in enumerate(one for one in metadata.sorted_tables if not one.foreign_keys):
        if table in (*traces.OF_TURNS, *traces.APPEND_ONLY):
            continue
        row = {column.name: _some(column) for column in table.columns}
        async with store.writing() as connection:
            await connection.execute(insert(inbox).values(mark=bytes([number]) * 32, day=HOUR // 24))
            await connection.execute(insert(table).values(row))
    assert await together(store)
    await swept(store)
    assert await together(store) == {}


def _some(column):
    return {"LargeBinary": b"x", "Integer": 1, "BigInteger": 1, "Text": "x", "String": "x"}[type(column.type).__name__]


async def test_a_row_that_somebody_holds_is_passed_over_and_parted_later(store):
    await write(store, "1", documents=(a_document("AAAAAAAA", "p"),))
    async with store.writing(shared=True) as connection:
        await connection.execute(text("SELECT * FROM documents FOR UPDATE"))
        await asyncio.wait_for(swept(store), 10)
        assert set(await together(store)) == {"documents"}
    await swept(store)
    assert await together(store) == {}


async def test_staff_go_on_while_it_is_swept(store):
    await write(store, "1", documents=(a_document("AAAAAAAA", "p", mailbox=b"m"),))
    await claim(store, HOUR * 3600, 1, 60)

    async def answer(number):
        async with store.writing() as connection:
            assert await post(connection, "AAAAAAAA", "p", b"sealed", day=number) == number

    async def answers():
        for number in range(1, 21):
            await answer(number)

    await asyncio.gather(answers(), *(swept(store) for _ in range(5)))


async def test_a_table_in_use_is_left_for_the_next_sweep(store, monkeypatch):
    monkeypatch.setattr(traces, "PATIENCE_SECONDS", 1)
    words = token_bytes(1_100)
    await write(store, "1", slots={"story": words})
    async with store.writing(shared=True) as connection:
        await connection.execute(text("LOCK TABLE slots IN ACCESS SHARE MODE"))
        assert await asyncio.wait_for(swept(store, HOUR + 73), 20) == Swept(1, 0)


async def test_large_tables_are_vacuumed_without_standing_in_the_way(store, monkeypatch):
    monkeypatch.setattr(traces, "SMALL_BYTES", 0)
    await write(store, "1", slots={"story": token_bytes(1_100)})
    before = await _file(store)
    await swept(store)
    assert await _file(store) == before, "not written anew"
    monkeypatch.undo()
    await swept(store)
    assert await _file(store) != before


async def _file(store):
    async with store.reading() as connection:
        return (await connection.execute(text("SELECT pg_relation_filepath('slots')"))).scalar_one()
