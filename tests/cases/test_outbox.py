"""The outbox: turns come one after another, nothing is lost, and an acknowledgement ends the chain."""

import asyncio
import itertools
from secrets import token_bytes

import pytest
from sqlalchemy import delete, select

from cases import outbox
from cases.handing import acknowledge, handed
from cases.outbox import back_off, claim, insert_alerts, later, unsent
from cases.store import StoreError
from cases.tables import documents, wraps
from cases.tables import outbox as table
from crypto.seal import Wrap, envelope, open_envelope
from tests.cases.chains import (
    ALTERNATE,
    CHAIN,
    DAY,
    HOUR,
    NOON,
    OWNER,
    PARTNER,
    REFERENCE,
    an_alert,
    opened,
    report,
    state_of,
    states,
)


@pytest.fixture
async def store(url):
    async with opened(url) as store:
        yield store


async def take(store, now):
    """Claim all that is due; of one document, those longest due come first and by themselves."""
    taken = []
    while claimed := await claim(store, now, 10, 120):
        taken += claimed
    return taken


async def recipients(store, now):
    return [claimed.alert.recipient for claimed in await take(store, now)]


async def test_each_turn_comes_when_it_is_due(store):
    await report(store, CHAIN)
    assert await recipients(store, NOON - 1) == []
    assert await recipients(store, NOON) == [OWNER]
    assert await recipients(store, NOON + DAY) == [OWNER, ALTERNATE]


async def test_a_claim_carries_the_row_and_counts_the_attempt(store):
    await report(store, CHAIN)
    [claimed] = await claim(store, NOON, 10, 120)
    assert claimed.alert == an_alert(OWNER)
    assert (claimed.attempts, claimed.fault) == (1, None)
    await later(store, claimed.id, NOON + 30, "no_answer")
    [again] = await claim(store, NOON + 30, 10, 120)
    assert (again.attempts, again.fault) == (2, "no_answer")


async def test_who_dies_after_claiming_leaves_a_row_that_comes_again(store):
    await report(store, CHAIN)
    assert await recipients(store, NOON) == [OWNER]
    assert await recipients(store, NOON + 119) == []
    [again] = await claim(store, NOON + 120, 10, 120)
    assert (again.alert.recipient, again.attempts) == (OWNER, 2)


async def test_the_longest_due_go_first_and_no_more_than_asked_for(store):
    async with store.writing() as connection:
        due = {"p1": NOON + 2, "p2": NOON, "p3": NOON + 1}
        rows = [an_alert(who, at, reference=f"000000{who}") for who, at in due.items()]
        await insert_alerts(connection, rows, entropy=token_bytes)
    for expected in (["p2", "p3"], ["p1"]):
        assert [claimed.alert.recipient for claimed in await claim(store, NOON + 5, 2, 120)] == expected


async def test_of_one_document_only_what_is_longest_due_is_taken_at_a_time(store):
    async with store.writing() as connection:
        due = {"p1": NOON, "p2": NOON + 1, "p3": NOON, "p4": NOON + 2}
        await insert_alerts(connection, [an_alert(who, at) for who, at in due.items()], entropy=token_bytes)
    for expected in (["p1", "p3"], ["p2"], ["p4"], []):
        assert sorted(claimed.alert.recipient for claimed in await claim(store, NOON + 5, 10, 120)) == expected


async def test_two_who_drain_at_once_share_the_rows(store):
    async with store.writing() as connection:
        await insert_alerts(connection, [an_alert(f"p{n}") for n in range(20)], entropy=token_bytes)
    taken = await asyncio.gather(*(claim(store, NOON, 5, 120) for _ in range(4)))
    assert sorted(one.alert.recipient for one in itertools.chain(*taken)) == sorted(f"p{n}" for n in range(20))


async def test_one_message_is_one_row(store):
    async with store.writing() as connection:
        await insert_alerts(connection, [an_alert()], entropy=token_bytes)

    async def again():
        async with store.writing() as connection:
            await insert_alerts(connection, [an_alert()], entropy=token_bytes)

    with pytest.raises(StoreError):
        await again()
    assert len(await states(store)) == 1


async def test_rows_vanish_with_the_transaction_that_wrote_them(store):
    async def a_turn():
        async with store.writing() as connection:
            await insert_alerts(connection, [an_alert()], entropy=token_bytes)
            raise ValueError("the turn failed")

    with pytest.raises(ValueError, match="the turn failed"):
        await a_turn()
    assert await states(store) == []


async def test_ids_come_from_the_given_entropy(store):
    async with store.writing() as connection:
        await insert_alerts(connection, [an_alert()], entropy=lambda length: b"\x07" * length)
    async with store.reading() as connection:
        assert (await connection.execute(select(table.c.id))).scalar_one() == "07" * 16


async def test_a_wrap_is_handed_out_only_when_its_turn_has_come(store):
    keys = await report(store, CHAIN)
    assert await handed(store, REFERENCE, OWNER) is None
    await claim(store, NOON, 10, 120)
    got = await handed(store, REFERENCE, OWNER)
    assert await handed(store, REFERENCE, ALTERNATE) is None
    assert await handed(store, REFERENCE, PARTNER) is None
    file = envelope(got.body, Wrap(got.key_id, got.wrap), purpose=got.purpose, reference=REFERENCE)
    assert open_envelope(file, keys[OWNER]).plaintext == b"canary words"


async def test_nothing_is_handed_out_of_a_document_that_is_gone(store):
    await report(store, CHAIN)
    await claim(store, NOON, 10, 120)
    async with store.writing() as connection:
        await connection.execute(delete(documents))
    assert await handed(store, REFERENCE, OWNER) is None


async def test_what_was_sent_does_not_come_again(store):
    await report(store, CHAIN)
    [claimed] = await claim(store, NOON, 10, 120)
    await outbox.sent(store, claimed.id)
    assert await recipients(store, NOON + DAY - 1) == []
    assert await state_of(store) == ("sent", None)


async def test_what_failed_comes_again_at_its_time_with_its_fault(store):
    await report(store, CHAIN)
    [claimed] = await claim(store, NOON, 10, 120)
    await later(store, claimed.id, NOON + 30, "no_answer")
    assert await recipients(store, NOON + 29) == []
    [again] = await claim(store, NOON + 30, 10, 120)
    assert again.attempts == 2
    assert await state_of(store) == ("waiting", "no_answer")


async def test_an_attempt_that_never_left_is_not_counted(store):
    await report(store, CHAIN)
    for hour in range(30):
        [claimed] = await claim(store, NOON + hour * 100, 1, 10)
        assert claimed.attempts == 1
        await later(store, claimed.id, NOON + hour * 100 + 50, "not_linked", counted=False)


async def test_a_dead_row_stays_and_can_be_revived(store):
    await report(store, CHAIN)
    [claimed] = await claim(store, NOON, 10, 120)
    await outbox.dead(store, claimed.id, "blocked")
    assert await recipients(store, NOON + DAY - 1) == []
    assert [(row.state, row.fault) for row in await unsent(store)] == [("dead", "blocked"), ("waiting", None)]
    assert await outbox.revive(store, REFERENCE, NOON + HOUR) == 1
    assert await outbox.revive(store, REFERENCE, NOON + HOUR) == 0
    [again] = await claim(store, NOON + HOUR, 10, 120)
    assert (again.alert.recipient, again.attempts) == (OWNER, 1)


async def test_unsent_rows_say_whether_somebody_should_look(store):
    await report(store, CHAIN)
    fresh, to_come = await unsent(store)
    assert (fresh.stuck(NOON), to_come.stuck(NOON)) == (False, False)
    assert fresh.stuck(NOON + outbox.OVERDUE + 1), "nobody drains"
    [claimed] = await claim(store, NOON, 10, 120)
    await later(store, claimed.id, NOON + 3600, "not_linked", counted=False)
    assert (await unsent(store))[0].stuck(NOON)


async def test_a_mended_fault_brings_only_its_own_rows_forward(store):
    await report(store, CHAIN)
    await report(store, ((OWNER, 0, NOON), (ALTERNATE, 0, NOON)), reference="00000002")
    for claimed in await claim(store, NOON, 10, 120):
        fault = "not_linked" if claimed.alert.reference == REFERENCE else "no_answer"
        await later(store, claimed.id, NOON + 3600, fault)
    await outbox.bring_forward(store, OWNER, "not_linked", NOON + 10)
    [claimed] = await claim(store, NOON + 10, 10, 120)
    assert (claimed.alert.reference, claimed.alert.recipient) == (REFERENCE, OWNER)


async def acknowledged_hours(store):
    async with store.reading() as connection:
        rows = await connection.execute(select(wraps.c.recipient, wraps.c.acknowledged_hour))
        return {row.recipient: row.acknowledged_hour for row in rows}


async def test_acknowledging_stops_the_chain(store):
    await report(store, CHAIN)
    [claimed] = await claim(store, NOON, 10, 120)
    await outbox.sent(store, claimed.id)
    assert await acknowledge(store, REFERENCE, OWNER, NOON + HOUR)
    assert await recipients(store, NOON + 10 * DAY) == []
    assert await state_of(store, ALTERNATE) == ("done", None)
    assert await handed(store, REFERENCE, ALTERNATE) is None


async def test_the_first_hour_stays_however_often_it_is_acknowledged(store):
    await report(store, CHAIN)
    await claim(store, NOON, 10, 120)
    assert await acknowledge(store, REFERENCE, OWNER, NOON + HOUR)
    assert await acknowledge(store, REFERENCE, OWNER, NOON + 5 * HOUR)
    assert await acknowledged_hours(store) == {OWNER: NOON // HOUR + 1, ALTERNATE: None}


async def test_before_their_turn_nobody_can_stop_the_chain(store):
    await report(store, CHAIN)
    assert not await acknowledge(store, REFERENCE, ALTERNATE, NOON)
    assert not await acknowledge(store, REFERENCE, "nobody", NOON)
    assert not await acknowledge(store, "00000000", OWNER, NOON)
    assert await recipients(store, NOON + DAY) == [OWNER, ALTERNATE]


async def test_who_comes_second_learns_that_it_is_in_other_hands(store):
    await report(store, CHAIN)
    for claimed in await take(store, NOON + DAY):
        await outbox.sent(store, claimed.id)
    assert await acknowledge(store, REFERENCE, ALTERNATE, NOON + DAY)
    assert not await acknowledge(store, REFERENCE, OWNER, NOON + DAY)
    assert (await acknowledged_hours(store))[OWNER] is None


@pytest.mark.parametrize("fault", ["not_linked", "blocked"])
async def test_an_owner_who_was_never_reached_is_not_told_any_more(store, fault):
    await report(store, CHAIN)
    [claimed] = await claim(store, NOON, 10, 120)
    if fault == "blocked":
        await outbox.dead(store, claimed.id, fault)
    else:
        await later(store, claimed.id, NOON + 2 * DAY, fault, counted=False)
    await take(store, NOON + DAY)
    assert await acknowledge(store, REFERENCE, ALTERNATE, NOON + DAY)
    assert await state_of(store, OWNER) == ("done", fault)
    assert await recipients(store, NOON + 10 * DAY) == []


async def test_two_of_the_same_turn_are_each_asked(store):
    await report(store, ((OWNER, 0, NOON), (PARTNER, 0, NOON), (ALTERNATE, 1, NOON + DAY)))
    claimed = {row.alert.recipient: row for row in await claim(store, NOON, 10, 120)}
    await later(store, claimed[PARTNER].id, NOON + 30, "no_answer")
    assert await acknowledge(store, REFERENCE, OWNER, NOON)
    assert await recipients(store, NOON + 200) == [PARTNER]
    assert await acknowledge(store, REFERENCE, PARTNER, NOON + HOUR)
    assert await state_of(store, ALTERNATE) == ("done", None)


async def test_an_acknowledgement_while_sending_has_the_last_word(store):
    await report(store, CHAIN)
    claimed = {row.alert.recipient: row for row in await take(store, NOON + DAY)}
    await acknowledge(store, REFERENCE, OWNER, NOON + DAY)
    await later(store, claimed[ALTERNATE].id, NOON + DAY + 30, "no_answer")
    await outbox.dead(store, claimed[ALTERNATE].id, "blocked")
    assert await state_of(store, ALTERNATE) == ("done", None)


async def test_forgetting_a_document_forgets_its_rows(store):
    await report(store, CHAIN)
    await report(store, CHAIN, reference="00000002")
    async with store.writing() as connection:
        await outbox.forget(connection, [REFERENCE])
    assert {row.alert.reference for row in await unsent(store)} == {"00000002"}


async def test_the_next_due_time_is_known(store):
    assert await outbox.next_due(store) is None
    await report(store, CHAIN)
    assert await outbox.next_due(store) == NOON


def test_the_back_off_doubles_up_to_an_hour():
    assert [back_off(n, 1.0) for n in range(1, 10)] == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
    assert back_off(10_000, 1.0) == 3600


def test_jitter_spreads_over_half_of_the_delay():
    assert (back_off(3, 0.0), back_off(3, 1.0)) == (60, 120)


def test_a_wish_to_be_left_alone_is_never_undercut():
    assert back_off(1, 0.0, retry_after=7) == 7
    assert back_off(1, 1.0, retry_after=7200) >= 7200
    assert back_off(5, 0.0, retry_after=0) == 1


def test_reprs_name_nobody():
    claimed = outbox.Claimed("id", an_alert(), 1)
    for shown in (repr(an_alert()), repr(claimed), repr(outbox.Unsent(an_alert(), "dead", 1, "blocked"))):
        assert OWNER not in shown
        assert REFERENCE not in shown
