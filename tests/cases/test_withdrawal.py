"""Taking a report back: nothing is left before anybody had it, and nothing more happens with it after."""

from __future__ import annotations

import pytest

from cases import handing, outbox
from cases.mailbox import Ended, MailboxError, find, post
from cases.outbox import Alert
from cases.turns import Done
from cases.withdrawal import Withdrawal
from tests.cases.rows import HOUR, a_document, migrated, rows, write

LOOKUP = b"l" * 32
DAY = HOUR // 24
NOW = HOUR * 3600


@pytest.fixture
async def store(url):
    async with migrated(url) as store:
        report = a_document("7K3M9QX2", "amara", "bo", lookup=LOOKUP, mailbox=b"public key")
        added = a_document("8H8H8H8H", "amara", "bo", purpose="addition", about="7K3M9QX2")
        await write(store, "sent", documents=(report, added, a_document("0THER000", "amara", lookup=b"o" * 32)))
        yield store


def taken_back(*readers: str, notices=()) -> Withdrawal:
    return Withdrawal("7K3M9QX2", LOOKUP, DAY + 1, frozenset(readers), tuple(notices))


async def hand(store, reference="7K3M9QX2", recipient="amara"):
    """Claim everything that is due, and put all but one recipient's row back as if it had never been tried."""
    for claimed in await outbox.claim(store, NOW, 9, 60):
        if (claimed.alert.reference, claimed.alert.recipient) == (reference, recipient):
            await outbox.sent(store, claimed.id)
        else:
            await outbox.later(store, claimed.id, NOW, "test", counted=False)


async def test_before_anybody_was_handed_it_nothing_is_left_but_that_it_ended(store):
    assert await write(store, "back", 1, withdrawal=taken_back()) is Done.WRITTEN
    assert await find(store, LOOKUP) == Ended(DAY + 1, "withdrawn")
    for table in ("documents", "wraps", "outbox"):
        assert {row.reference for row in await rows(store, table)} == {"0THER000"}
    assert await rows(store, "additions") == []
    [grave] = await rows(store, "tombstones")
    assert tuple(grave) == (LOOKUP, DAY + 1, "withdrawn")


async def test_after_it_was_handed_over_the_words_go_and_its_readers_are_told(store):
    await hand(store)
    notice = Alert("staff_withdrawn", "7K3M9QX2", "amara", "normal", HOUR + 24, NOW)
    assert await write(store, "back", 1, withdrawal=taken_back("amara", notices=[notice])) is Done.WRITTEN
    found = await find(store, LOOKUP)
    assert (found.status, found.status_day) == ("withdrawn", DAY + 1)
    assert [one.recipient for one in found.readers] == ["amara"]
    [report] = [row for row in await rows(store, "documents") if row.reference == "7K3M9QX2"]
    assert report.body == b""
    assert [(row.recipient, row.body) for row in await rows(store, "wraps") if row.reference == "7K3M9QX2"] == [
        ("amara", b"")
    ]
    assert await handing.handed(store, "7K3M9QX2", "amara") is None
    assert [row.template for row in await rows(store, "outbox") if row.reference == "7K3M9QX2"] == ["staff_withdrawn"]
    assert "8H8H8H8H" not in {row.reference for row in await rows(store, "documents")}
    async with store.writing() as connection:
        with pytest.raises(MailboxError, match="withdrawn"):
            await post(connection, "7K3M9QX2", "amara", b"sealed", day=DAY)


async def test_if_somebody_was_handed_it_meanwhile_nothing_changes_and_the_turn_is_done_anew(store):
    await hand(store)
    before = {table: await rows(store, table) for table in ("documents", "wraps", "outbox", "sessions", "inbox")}
    assert await write(store, "back", 1, withdrawal=taken_back()) is Done.OVERTAKEN
    assert {table: await rows(store, table) for table in before} == before


async def test_twice_is_once(store):
    await hand(store)
    notice = Alert("staff_withdrawn", "7K3M9QX2", "amara", "normal", HOUR + 24, NOW)
    for expected, name in enumerate(("back", "again"), start=1):
        given = taken_back("amara", notices=[notice])
        assert await write(store, name, expected, withdrawal=given) is Done.WRITTEN
    assert len([row for row in await rows(store, "outbox") if row.template == "staff_withdrawn"]) == 1


async def test_what_is_gone_already_cannot_be_taken_back_again(store):
    assert await write(store, "back", 1, withdrawal=taken_back()) is Done.WRITTEN
    assert await write(store, "again", 2, withdrawal=taken_back()) is Done.OVERTAKEN


async def test_nobody_elses_report_is_touched(store):
    others = [row for row in await rows(store, "documents") if row.reference == "0THER000"]
    await write(store, "back", 1, withdrawal=taken_back())
    assert [row for row in await rows(store, "documents") if row.reference == "0THER000"] == others
