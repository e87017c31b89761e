"""What is over is destroyed after its time, and nothing else is."""

from __future__ import annotations

from secrets import token_bytes

import pytest

from cases import outbox
from cases.ending import KEEP_DAYS, WARN_DAYS, end
from cases.mailbox import Ended, find, post, set_status
from tests.cases.rows import HOUR, a_document, migrated, rows, write

LOOKUP = b"l" * 32
DAY = HOUR // 24
NOW = HOUR * 3600
REFERENCE = "7K3M9QX2"


@pytest.fixture
async def store(tmp_path):
    async with migrated(tmp_path / "linnet.db") as store:
        report = a_document(REFERENCE, "amara", "bo", lookup=LOOKUP, mailbox=b"public key")
        open_one = a_document("0THER000", "amara", lookup=b"o" * 32, mailbox=b"public key")
        await write(store, "sent", documents=(report, open_one))
        for claimed in await outbox.claim(store, NOW, 9, 60):
            if claimed.alert.recipient == "amara":
                await outbox.sent(store, claimed.id)
            else:
                await outbox.later(store, claimed.id, NOW, "test", counted=False)
        yield store


async def closed(store, day=DAY):
    async with store.writing() as connection:
        await set_status(connection, REFERENCE, "amara", "closed", day=day)


async def at(store, day):
    return await end(store, hour=day * 24, keep_days=KEEP_DAYS, entropy=token_bytes)


async def test_a_closed_report_is_destroyed_after_its_time_and_not_a_day_before(store):
    await closed(store)
    assert (await at(store, DAY + KEEP_DAYS - 1)).destroyed == 0
    assert (await at(store, DAY + KEEP_DAYS)).destroyed == 1
    assert await find(store, LOOKUP) == Ended(DAY + KEEP_DAYS, "expired")
    for table in ("documents", "wraps", "outbox"):
        assert {row.reference for row in await rows(store, table)} == {"0THER000"}
    assert (await at(store, DAY + KEEP_DAYS)).destroyed == 0


async def test_a_report_that_was_never_closed_stays(store):
    assert (await at(store, DAY + 9999)).destroyed == 0
    assert len(await rows(store, "documents")) == 2


async def test_while_people_still_write_to_each_other_nothing_is_destroyed(store):
    await closed(store)
    async with store.writing() as connection:
        await post(connection, REFERENCE, "amara", b"sealed", day=DAY + 50)
    await write(store, "later", 1, documents=(a_document("8H8H8H8H", "amara", purpose="addition", about=REFERENCE),))
    assert (await at(store, DAY + KEEP_DAYS + 49)).destroyed == 0
    assert (await at(store, DAY + KEEP_DAYS + 50)).destroyed == 1
    assert {row.reference for row in await rows(store, "documents")} == {"0THER000"}
    assert await rows(store, "additions") == []
    assert await rows(store, "messages") == []


async def test_something_added_later_keeps_it_too(store):
    await closed(store, DAY - 30)
    await write(store, "later", 1, documents=(a_document("8H8H8H8H", "amara", purpose="addition", about=REFERENCE),))
    assert (await at(store, DAY + KEEP_DAYS - 1)).destroyed == 0
    assert (await at(store, DAY + KEEP_DAYS)).destroyed == 1


async def test_those_who_have_it_are_warned_once(store):
    await closed(store)
    first = DAY + KEEP_DAYS - WARN_DAYS
    assert (await at(store, first - 1)).warned == 0
    assert (await at(store, first)).warned == 1
    assert (await at(store, first + 1)).warned == 0
    [notice] = [row for row in await rows(store, "outbox") if row.template == "staff_ending"]
    assert (notice.reference, notice.recipient, notice.state) == (REFERENCE, "amara", "waiting")
    assert notice.deadline_hour == (first + WARN_DAYS) * 24


async def test_a_referral_goes_after_its_time_without_anybody_closing_it(store):
    await write(store, "asked", 1, documents=(a_document("9Z9Z9Z9Z", "cleo", purpose="referral"),))
    await at(store, DAY + KEEP_DAYS)
    assert "9Z9Z9Z9Z" not in {row.reference for row in await rows(store, "documents")}
