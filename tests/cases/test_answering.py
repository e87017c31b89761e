"""Answering and saying how far a report has come: only for whoever was handed it, and each with its line."""

import pytest
from sqlalchemy import update

from cases.answering import answer, mailbox, say_status
from cases.audit import about
from cases.handing import recuse
from cases.mailbox import LARGEST_MESSAGE, MailboxError
from cases.outbox import claim
from cases.tables import documents
from tests.cases.chains import ALTERNATE, CHAIN, NOON, OWNER, REFERENCE, report
from tests.cases.rows import rows

KEY = b"k" * 1216


@pytest.fixture
async def handed(store):
    await report(store, CHAIN)
    async with store.writing() as connection:
        await connection.execute(update(documents).values(mailbox=KEY))
    await claim(store, NOON, 10, 120)
    return store


async def refusal(call):
    with pytest.raises(MailboxError) as refused:
        await call
    return refused.value.code


async def test_an_answer_is_kept_and_leaves_a_line(handed):
    assert [await answer(handed, REFERENCE, OWNER, body, NOON) for body in (b"one", b"two")] == [1, 2]
    found = await mailbox(handed, REFERENCE, OWNER)
    assert (found.key, found.status, found.answers) == (KEY, "received", 2)
    assert [(line.person, line.act) for line in await about(handed, REFERENCE)] == [(OWNER, "answered")] * 2


async def test_the_last_status_counts_and_each_leaves_a_line(handed):
    for status in ("being_read", "closed"):
        await say_status(handed, REFERENCE, OWNER, status, NOON)
    assert (await mailbox(handed, REFERENCE, OWNER)).status == "closed"
    assert [line.act for line in await about(handed, REFERENCE)] == ["status"] * 2


@pytest.mark.parametrize("who", [ALTERNATE, "somebody-else"])
async def test_whoever_was_not_handed_it_can_do_nothing_and_leaves_no_line(handed, who):
    for call in (
        mailbox(handed, REFERENCE, who),
        answer(handed, REFERENCE, who, b"words", NOON),
        say_status(handed, REFERENCE, who, "closed", NOON),
        answer(handed, "9ZX2M3K7", who, b"words", NOON),
    ):
        assert await refusal(call) == "not_waiting"
    assert await rows(handed, "audit") == await rows(handed, "messages") == []


async def test_whoever_gave_it_up_cannot_answer_any_more(handed):
    await recuse(handed, REFERENCE, OWNER, NOON)
    assert await refusal(answer(handed, REFERENCE, OWNER, b"words", NOON)) == "not_waiting"


async def test_what_is_refused_leaves_neither_answer_nor_line(handed):
    assert await refusal(answer(handed, REFERENCE, OWNER, b"x" * (LARGEST_MESSAGE + 1), NOON)) == "too_large"
    assert await refusal(say_status(handed, REFERENCE, OWNER, "withdrawn", NOON)) == "no_status"
    async with handed.writing() as connection:
        await connection.execute(update(documents).values(mailbox=None))
    assert await refusal(answer(handed, REFERENCE, OWNER, b"words", NOON)) == "no_mailbox"
    assert await refusal(mailbox(handed, REFERENCE, OWNER)) == "no_mailbox"
    assert await rows(handed, "audit") == await rows(handed, "messages") == []
