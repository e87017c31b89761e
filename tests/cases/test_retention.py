"""What is over is gone: from the tables at its hour, and from the files soon after."""

from __future__ import annotations

import asyncio
import sqlite3
from secrets import token_bytes

import pytest

from cases.retention import MARK_DAYS, Swept, sweep
from cases.store import StoreError
from cases.turns import Writes, commit, renote
from tests.cases.rows import ANA, BEN, HOUR, a_document, counts, mark, rows, write

DRAFT_HOURS = 72


def found(folder, *wanted):
    """Which of these bytes stand in any file of the database."""
    files = {file.name: file.read_bytes() for file in folder.iterdir()}
    return {(name, needle[:8]) for name, content in files.items() for needle in wanted if needle in content}


async def test_a_draft_lives_for_its_hours_and_not_one_more(store):
    await write(store, "1", slots={"story": b"words"})
    assert await sweep(store, hour=HOUR + DRAFT_HOURS, draft_hours=DRAFT_HOURS) == Swept(0, 0)
    assert (await counts(store))["slots"] == 1
    assert await sweep(store, hour=HOUR + DRAFT_HOURS + 1, draft_hours=DRAFT_HOURS) == Swept(1, 0)
    assert (await counts(store))["sessions"] == 0
    assert (await counts(store))["slots"] == 0
    assert await sweep(store, hour=HOUR + DRAFT_HOURS + 1, draft_hours=DRAFT_HOURS) == Swept(0, 0)


async def test_every_event_begins_the_hours_anew_and_a_note_of_a_door_does_not(store):
    await write(store, "1")
    await write(store, "2", 1, hour=HOUR + 50)
    assert await renote(store, ANA, 2, b"noted") is True
    assert await sweep(store, hour=HOUR + 50 + DRAFT_HOURS, draft_hours=DRAFT_HOURS) == Swept(0, 0)
    assert await sweep(store, hour=HOUR + 51 + DRAFT_HOURS, draft_hours=DRAFT_HOURS) == Swept(1, 0)


async def test_only_what_has_expired_goes(store):
    await write(store, "1", pseudonym=ANA, slots={"story": b"words"})
    await write(store, "2", pseudonym=BEN, hour=HOUR + 1, slots={"story": b"words"})
    assert await sweep(store, hour=HOUR + DRAFT_HOURS + 1, draft_hours=DRAFT_HOURS) == Swept(1, 0)
    assert [row.pseudonym for row in await rows(store, "sessions")] == [BEN]
    assert [row.pseudonym for row in await rows(store, "slots")] == [BEN]


async def test_reports_and_their_alerts_are_not_drafts(store):
    await write(store, "1", documents=(a_document("AAAAAAAA", "p"),))
    await sweep(store, hour=HOUR + 24 * 365, draft_hours=DRAFT_HOURS)
    left = await counts(store)
    assert (left["documents"], left["wraps"], left["outbox"]) == (1, 1, 1)
    assert (left["sessions"], left["inbox"]) == (0, 0)


async def test_marks_of_deliveries_are_kept_for_seven_days(store):
    assert MARK_DAYS == 7
    day = HOUR // 24
    for number in range(3):
        turn = Writes(mark(f"{number}"), (day + number) * 24 + 23, ANA, None, None)
        await commit(store, turn, entropy=token_bytes)
    assert await sweep(store, hour=(day + 7) * 24 + 23, draft_hours=DRAFT_HOURS) == Swept(0, 0)
    assert await sweep(store, hour=(day + 8) * 24, draft_hours=DRAFT_HOURS) == Swept(0, 1)
    assert [row.day for row in await rows(store, "inbox")] == [day + 1, day + 2]
    assert await sweep(store, hour=(day + 10) * 24, draft_hours=DRAFT_HOURS) == Swept(0, 2)


@pytest.mark.parametrize("length", [40, 1_100, 30_000], ids=["in a page", "a draft's slot", "over many pages"])
async def test_expired_ciphertext_is_in_no_file_any_more(embedded, tmp_path, length):
    body, words, theirs = (token_bytes(length) for _ in range(3))
    await write(embedded, "1", None, body, slots={"story": words})
    await write(embedded, "2", pseudonym=BEN, hour=HOUR + 10, slots={"story": theirs})
    pieces = [whole[at : at + 16] for whole in (body, words) for at in (0, length // 2, length - 16)]
    assert found(tmp_path, *pieces), "else this test proves nothing"
    assert await sweep(embedded, hour=HOUR + DRAFT_HOURS + 1, draft_hours=DRAFT_HOURS) == Swept(1, 0)
    assert found(tmp_path, *pieces) == set()
    assert (tmp_path / "linnet.db-wal").stat().st_size == 0
    assert found(tmp_path, theirs[:16]), "nobody else's is touched"


@pytest.mark.parametrize("how", ["leaves", "erases", "writes anew", "sends"])
async def test_what_somebody_erased_is_in_no_file_after_the_next_sweep(embedded, tmp_path, how):
    """Promised on the screen: what was not sent is erased. The write-ahead log must not keep it for longer.

    Every commit cuts the log, unless a reader is in the way, as one is here.
    """
    body, words = token_bytes(1_100), token_bytes(1_100)
    await write(embedded, "1", None, body, slots={"story": words})
    reader = sqlite3.connect(tmp_path / "linnet.db", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM sessions").fetchall()
    match how:
        case "leaves":
            await write(embedded, "2", 1, None)
        case "erases":
            await write(embedded, "2", 1, b"after", slots={"story": None})
        case "writes anew":
            await write(embedded, "2", 1, b"after", slots={"story": b"other words"})
        case _:
            await write(embedded, "2", 1, b"after", anew=True, documents=(a_document("AAAAAAAA", "p"),))
    reader.execute("COMMIT")
    reader.close()
    pieces = [whole[at : at + 16] for whole in (body, words) for at in (0, 500, 1_000)]
    assert found(tmp_path, *pieces), "else this test proves nothing"
    assert await sweep(embedded, hour=HOUR, draft_hours=DRAFT_HOURS) == Swept(0, 0)
    assert found(tmp_path, *pieces) == set()


async def test_a_reader_may_hold_the_log_up_but_the_next_sweep_empties_it(embedded, tmp_path):
    await write(embedded, "1", slots={"story": b"canary words " * 100})
    reader = sqlite3.connect(tmp_path / "linnet.db", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM sessions").fetchall()
    sweeping = asyncio.create_task(sweep(embedded, hour=HOUR + DRAFT_HOURS + 1, draft_hours=DRAFT_HOURS))
    await asyncio.sleep(0.2)
    reader.execute("COMMIT")
    reader.close()
    assert await sweeping == Swept(1, 0)
    await sweep(embedded, hour=HOUR + DRAFT_HOURS + 1, draft_hours=DRAFT_HOURS)
    assert found(tmp_path, b"canary words ") == set()


async def test_a_sweep_that_fails_says_so_and_removes_nothing(store):
    await write(store, "1", slots={"story": b"words"})
    async with store.writing() as connection:
        await connection.exec_driver_sql("ALTER TABLE inbox RENAME TO elsewhere")
    with pytest.raises(StoreError):
        await sweep(store, hour=HOUR + DRAFT_HOURS + 1, draft_hours=DRAFT_HOURS)
    assert len(await rows(store, "sessions")) == 1
    assert len(await rows(store, "slots")) == 1
