"""Fetching a document oneself, and the lines that the audit gets from what recipients do."""

import pytest
from sqlalchemy import insert, update

from cases import outbox
from cases.audit import about, verify
from cases.handing import acknowledge, again, fetch, purpose_of, recuse
from cases.mailbox import told
from cases.outbox import claim
from cases.store import StoreError
from cases.tables import audit, documents
from crypto.seal import Wrap, envelope, open_envelope
from tests.cases.chains import ALTERNATE, CHAIN, HOUR, NOON, OWNER, REFERENCE, report, state_of
from tests.cases.rows import rows


async def acts(store):
    return [(line.person, line.act) for line in await about(store, REFERENCE)]


async def handed_out(store, now=NOON):
    return await claim(store, now, 10, 120)


async def test_what_is_fetched_opens_and_leaves_a_line_each_time(store):
    keys = await report(store, CHAIN)
    await handed_out(store)
    for _ in range(2):
        found = await fetch(store, REFERENCE, OWNER, NOON)
        wrap = Wrap(found.key_id, found.wrap)
        sealed = envelope(found.body, wrap, purpose=found.purpose, reference=REFERENCE)
        assert open_envelope(sealed, keys[OWNER]).plaintext == b"canary words"
    assert await acts(store) == [(OWNER, "opened")] * 2


async def test_before_their_turn_and_for_others_there_is_nothing_and_no_line(store):
    await report(store, CHAIN)
    assert await fetch(store, REFERENCE, OWNER, NOON) is None
    await handed_out(store)
    for person, reference in ((ALTERNATE, REFERENCE), ("somebody-else", REFERENCE), (OWNER, "9ZX2M3K7")):
        assert await fetch(store, reference, person, NOON) is None
        assert not await acknowledge(store, reference, person, NOON)
        assert not await recuse(store, reference, person, NOON)
    assert await rows(store, "audit") == []


async def test_an_alert_that_could_not_be_delivered_counts_as_handed_over_once_it_is_fetched(store):
    """Else somebody would be told that nobody has read their report, which is not so."""
    await report(store, CHAIN)
    [claimed] = await handed_out(store)
    await outbox.dead(store, claimed.id, "recipient_refused")
    async with store.reading() as connection:
        assert await told(connection, REFERENCE) == frozenset()
    assert await fetch(store, REFERENCE, OWNER, NOON) is not None
    assert await state_of(store) == ("sent", None)
    async with store.reading() as connection:
        assert await told(connection, REFERENCE) == {OWNER}


async def test_taking_it_up_and_giving_it_up_are_one_line_each_however_often(store):
    await report(store, CHAIN)
    await handed_out(store)
    for _ in range(2):
        assert await acknowledge(store, REFERENCE, OWNER, NOON)
    for _ in range(2):
        assert await recuse(store, REFERENCE, OWNER, NOON + HOUR)
    assert await acts(store) == [(OWNER, "acknowledged"), (OWNER, "recused")]
    assert (await verify(store)).number == 2
    assert await fetch(store, REFERENCE, OWNER, NOON + HOUR) is None


async def test_what_cannot_be_noted_is_not_handed_over(store):
    await report(store, CHAIN)
    await handed_out(store)
    row = {"number": 1, "hour": 1, "person": "x", "act": "opened", "reference": "", "digest": bytes(32)}
    async with store.writing() as connection:
        await connection.execute(insert(audit).values(row))  # stands where the next line would
    for act in (fetch, acknowledge, recuse):
        with pytest.raises(StoreError):
            await act(store, REFERENCE, OWNER, NOON)
    assert await state_of(store) == ("waiting", None)


async def test_of_a_withdrawn_report_nothing_is_left_to_fetch(store):
    await report(store, CHAIN)
    await handed_out(store)
    async with store.writing() as connection:
        await connection.execute(update(documents).values(body=b""))
    assert (await fetch(store, REFERENCE, OWNER, NOON)).body == b""


async def test_what_is_asked_for_again_comes_again_once(store):
    await report(store, CHAIN)
    assert not await again(store, REFERENCE, OWNER, NOON), "not before their turn"
    [claimed] = await handed_out(store)
    await outbox.sent(store, claimed.id)
    for _ in range(2):
        assert await again(store, REFERENCE, OWNER, NOON + 90)
    [second] = await handed_out(store, NOON + 90)
    assert second.alert.recipient == OWNER
    assert await handed_out(store, NOON + 90) == []
    assert not await again(store, REFERENCE, ALTERNATE, NOON + 90)


async def test_what_was_given_up_does_not_come_again(store):
    await report(store, CHAIN)
    await handed_out(store)
    await recuse(store, REFERENCE, OWNER, NOON)
    assert not await again(store, REFERENCE, OWNER, NOON)


async def test_what_a_document_is(store):
    await report(store, CHAIN, purpose="referral")
    assert await purpose_of(store, REFERENCE) == "referral"
    assert await purpose_of(store, "00000000") is None
