"""Behind a number: who has the report, how far it has come, and answers that only its holder can read."""

from __future__ import annotations

import pytest

from cases import handing, outbox
from cases.mailbox import (
    LARGEST_MESSAGE,
    MOST_MESSAGES,
    STATUSES,
    Ended,
    Link,
    MailboxError,
    find,
    mailbox_of,
    post,
    set_status,
)
from tests.cases.rows import HOUR, a_document, migrated, write

LOOKUP = b"l" * 32
DAY = HOUR // 24
NOW = HOUR * 3600


@pytest.fixture
async def store(url):
    async with migrated(url) as store:
        report = a_document("7K3M9QX2", "amara", "bo", lookup=LOOKUP, mailbox=b"public key")
        await write(store, "sent", documents=(report,))
        yield store


async def hand(store, *people):
    """Hand the report to some people; rows of others are put back as if they had never been tried."""
    for claimed in await outbox.claim(store, NOW, 9, 60):
        if claimed.alert.recipient in people:
            await outbox.sent(store, claimed.id)
        else:
            await outbox.later(store, claimed.id, NOW, "test", counted=False)


async def answer(store, recipient, body=b"sealed", day=DAY):
    async with store.writing() as connection:
        return await post(connection, "7K3M9QX2", recipient, body, day=day)


async def say(store, recipient, status):
    async with store.writing() as connection:
        await set_status(connection, "7K3M9QX2", recipient, status, day=DAY + 1)


async def test_nothing_stands_behind_a_number_that_was_never_given(store):
    assert await find(store, b"x" * 32) is None


async def test_before_anybody_was_handed_it_there_is_no_reader(store):
    found = await find(store, LOOKUP)
    assert (found.reference, found.day, found.status, found.status_day) == ("7K3M9QX2", DAY, "received", None)
    assert (found.readers, found.messages) == ((), ())
    assert found.chain == (Link("amara", "key-amara", 0, NOW), Link("bo", "key-bo", 1, NOW))
    await hand(store, "amara")
    assert [one.due for one in (await find(store, LOOKUP)).chain] == [None, NOW]


async def test_a_reader_is_whoever_was_handed_it_and_their_hour_is_that_of_taking_charge(store):
    await hand(store, "amara")
    assert [(one.recipient, one.acknowledged_hour) for one in (await find(store, LOOKUP)).readers] == [("amara", None)]
    assert await handing.acknowledge(store, "7K3M9QX2", "amara", NOW + 3600)
    found = await find(store, LOOKUP)
    assert [(one.recipient, one.acknowledged_hour) for one in found.readers] == [("amara", HOUR + 1)]


async def test_answers_are_numbered_and_only_from_those_who_were_handed_it(store):
    with pytest.raises(MailboxError, match="not handed"):
        await answer(store, "amara")
    await hand(store, "amara", "bo")
    assert [await answer(store, "amara", b"one"), await answer(store, "bo", b"two", DAY + 2)] == [1, 2]
    with pytest.raises(MailboxError, match="not handed"):
        await answer(store, "somebody-else")
    found = await find(store, LOOKUP)
    assert [(one.number, one.recipient, one.day, one.body) for one in found.messages] == [
        (1, "amara", DAY, b"one"),
        (2, "bo", DAY + 2, b"two"),
    ]
    assert await mailbox_of(store, "7K3M9QX2") == b"public key"


async def test_an_answer_that_is_too_long_or_one_too_many_is_refused(store):
    await hand(store, "amara")
    with pytest.raises(MailboxError, match="too long"):
        await answer(store, "amara", b"x" * (LARGEST_MESSAGE + 1))
    for _ in range(MOST_MESSAGES):
        await answer(store, "amara")
    with pytest.raises(MailboxError, match="as many"):
        await answer(store, "amara")


async def test_a_referral_has_no_mailbox_and_cannot_be_answered(store):
    await write(store, "asked", 1, documents=(a_document("9Z9Z9Z9Z", "cleo", purpose="referral"),))
    await hand(store, "cleo")
    async with store.writing() as connection:
        with pytest.raises(MailboxError, match="nobody can be answered"):
            await post(connection, "9Z9Z9Z9Z", "cleo", b"sealed", day=DAY)
    assert await mailbox_of(store, "9Z9Z9Z9Z") is None


async def test_a_status_is_one_of_the_list_and_the_last_one_counts(store):
    await hand(store, "amara")
    for status in STATUSES:
        await say(store, "amara", status)
        found = await find(store, LOOKUP)
        assert (found.status, found.status_day) == (status, DAY + 1)
    for wrong in ("withdrawn", "solved"):
        with pytest.raises(MailboxError, match="one of"):
            await say(store, "amara", wrong)
    with pytest.raises(MailboxError, match="not handed"):
        await say(store, "bo", "closed")


def test_what_ended_says_no_more_than_that():
    assert Ended.__slots__ == ("day", "how")
