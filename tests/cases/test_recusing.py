"""Giving a document up: the wrap is destroyed, the next turn comes now, and nothing comes back."""

import asyncio

import pytest
from sqlalchemy import insert, select

from cases import outbox
from cases.handing import Waiting, acknowledge, handed, recuse, waiting_for
from cases.outbox import AWAITING, COVERAGE, REMINDER, claim, insert_alerts, later
from cases.tables import additions, wraps
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
    report,
    state_of,
    states,
)

THIRD = "dana-okoro"
THREE = (*CHAIN, (THIRD, 2, NOON + 36 * HOUR))


async def put(store, *alerts):
    async with store.writing() as connection:
        await insert_alerts(connection, alerts, entropy=lambda length: next(IDS).to_bytes(length, "big"))


IDS = iter(range(1, 1000))


async def told(store, now):
    """Claim what is due and note it as sent; whose it was."""
    told = []
    while claimed := await claim(store, now, 10, 120):
        for one in claimed:
            await outbox.sent(store, one.id)
            told.append(one.alert.recipient)
    return told


async def sealed_for(store, reference=REFERENCE):
    async with store.reading() as connection:
        wanted = select(wraps.c.recipient).where(wraps.c.reference == reference)
        return set((await connection.execute(wanted)).scalars())


async def test_the_next_turn_comes_now_and_only_the_next(store):
    await report(store, THREE)
    assert await told(store, NOON) == [OWNER]
    assert await recuse(store, REFERENCE, OWNER, NOON + HOUR)
    assert await told(store, NOON + HOUR) == [ALTERNATE]
    assert await told(store, NOON + DAY - 1) == []


async def test_the_wrap_is_gone_and_nothing_is_handed_over_any_more(store):
    await report(store, THREE)
    await told(store, NOON)
    await recuse(store, REFERENCE, OWNER, NOON)
    assert await sealed_for(store) == {ALTERNATE, THIRD}
    assert await handed(store, REFERENCE, OWNER) is None
    assert not await acknowledge(store, REFERENCE, OWNER, NOON)
    assert await state_of(store) == ("done", "recused")


async def test_what_was_added_later_is_given_up_with_it(store):
    await report(store, CHAIN)
    await report(store, CHAIN, reference="00000002")
    async with store.writing() as connection:
        await connection.execute(insert(additions).values(reference="00000002", about=REFERENCE))
    await told(store, NOON)
    await recuse(store, REFERENCE, OWNER, NOON)
    assert await sealed_for(store, "00000002") == {ALTERNATE}


async def test_twice_is_once(store):
    await report(store, THREE)
    await told(store, NOON)
    assert await recuse(store, REFERENCE, OWNER, NOON)
    assert await recuse(store, REFERENCE, OWNER, NOON)
    assert await told(store, NOON) == [ALTERNATE]


async def test_who_was_not_told_has_nothing_to_give_up(store):
    await report(store, CHAIN)
    assert not await recuse(store, REFERENCE, OWNER, NOON)
    await told(store, NOON)
    for reference, who in ((REFERENCE, ALTERNATE), (REFERENCE, "nobody"), ("00000000", OWNER)):
        assert not await recuse(store, reference, who, NOON)
    assert await sealed_for(store) == {OWNER, ALTERNATE}
    assert await told(store, NOON + DAY - 1) == []


async def test_the_last_one_raises_the_alarm_at_once(store):
    await report(store, CHAIN)
    await put(store, an_alert("coordinator", NOON + 3 * DAY, template=COVERAGE))
    await told(store, NOON)
    await recuse(store, REFERENCE, OWNER, NOON)
    assert await told(store, NOON) == [ALTERNATE]
    await recuse(store, REFERENCE, ALTERNATE, NOON + HOUR)
    assert await told(store, NOON + HOUR) == ["coordinator"]
    assert await sealed_for(store) == set()


async def test_reminders_end_with_it(store):
    await report(store, CHAIN)
    await put(store, an_alert(OWNER, NOON + 12 * HOUR, template=REMINDER))
    await told(store, NOON)
    await recuse(store, REFERENCE, OWNER, NOON)
    assert {state for who, state, _, _ in await states(store) if who == OWNER} == {"done"}


async def test_a_recusal_while_sending_has_the_last_word(store):
    await report(store, CHAIN)
    [claimed] = await claim(store, NOON, 10, 120)
    assert await recuse(store, REFERENCE, OWNER, NOON)
    await outbox.sent(store, claimed.id)
    await later(store, claimed.id, NOON, "no_answer")
    assert await state_of(store) == ("done", "recused")


@pytest.mark.parametrize("first", ["acknowledge", "recuse"])
async def test_of_both_buttons_at_once_one_decides(store, first):
    await report(store, CHAIN)
    await told(store, NOON)
    calls = [acknowledge(store, REFERENCE, OWNER, NOON), recuse(store, REFERENCE, OWNER, NOON)]
    if first == "recuse":
        calls.reverse()
    results = await asyncio.gather(*calls)
    assert results == ([True, True] if first == "acknowledge" else [True, False])
    assert await sealed_for(store) == {ALTERNATE}
    assert await told(store, NOON) == [ALTERNATE]


async def test_giving_up_what_one_had_taken_begins_the_chain_again(store):
    await report(store, THREE)
    await put(
        store, an_alert(ALTERNATE, NOON + 36 * HOUR, template=REMINDER), an_alert("c", NOON + DAY, template=AWAITING)
    )
    await told(store, NOON)
    await acknowledge(store, REFERENCE, OWNER, NOON)
    later = NOON + 5 * DAY
    assert await told(store, later) == []
    await recuse(store, REFERENCE, OWNER, later)
    assert await told(store, later) == [ALTERNATE]
    assert await told(store, later + 12 * HOUR - 1) == []
    assert sorted(await told(store, later + DAY)) == sorted([ALTERNATE, THIRD, "c"])


async def test_who_had_been_told_before_is_asked_again(store):
    await report(store, THREE)
    await told(store, NOON)
    await told(store, NOON + DAY)
    await acknowledge(store, REFERENCE, OWNER, NOON + DAY)
    await recuse(store, REFERENCE, OWNER, NOON + 2 * DAY)
    assert await told(store, NOON + 2 * DAY) == [ALTERNATE]
    assert await told(store, NOON + 3 * DAY - 1) == []
    assert await acknowledge(store, REFERENCE, ALTERNATE, NOON + 3 * DAY)
    assert await told(store, NOON + 9 * DAY) == []


async def test_an_alert_that_was_on_its_way_when_the_chain_ended_begins_again_too(store):
    await report(store, THREE)
    await told(store, NOON)
    await told(store, NOON + DAY)
    [claimed] = await claim(store, NOON + 36 * HOUR, 10, 120)
    await later(store, claimed.id, NOON + 36 * HOUR + 30, "no_answer")
    await acknowledge(store, REFERENCE, OWNER, NOON + 36 * HOUR + 10)
    await recuse(store, REFERENCE, OWNER, NOON + 40 * HOUR)
    assert await told(store, NOON + 40 * HOUR) == [ALTERNATE]
    assert await told(store, NOON + 90 * HOUR) == [THIRD]


async def test_it_does_not_begin_again_while_somebody_of_the_same_turn_has_it(store):
    await report(store, ((OWNER, 0, NOON), (PARTNER, 0, NOON), (ALTERNATE, 1, NOON + DAY)))
    await told(store, NOON)
    for who in (OWNER, PARTNER):
        await acknowledge(store, REFERENCE, who, NOON)
    await recuse(store, REFERENCE, OWNER, NOON)
    assert await told(store, NOON + 9 * DAY) == []


async def test_who_gives_up_after_the_next_was_asked_hurries_nobody(store):
    await report(store, THREE)
    await told(store, NOON)
    await told(store, NOON + DAY)
    await recuse(store, REFERENCE, OWNER, NOON + DAY)
    assert await told(store, NOON + 36 * HOUR - 1) == []
    assert await told(store, NOON + 36 * HOUR) == [THIRD]


@pytest.mark.parametrize(("hours", "third"), [(0, 24), (2, 24), (12, 24), (20, 32), (24, 36)])
async def test_those_after_move_up_but_nobody_is_hurried(store, hours, third):
    await report(store, THREE)
    await told(store, NOON)
    await recuse(store, REFERENCE, OWNER, NOON + hours * HOUR)
    assert await told(store, NOON + hours * HOUR) == [ALTERNATE]
    assert await told(store, NOON + third * HOUR - 1) == []
    assert await told(store, NOON + third * HOUR) == [THIRD]


async def test_deadline_and_reminder_move_with_their_turn(store):
    await report(store, CHAIN, alerts=False)
    await put(
        store,
        an_alert(),
        outbox.Alert("staff_alert", REFERENCE, ALTERNATE, "normal", NOON // HOUR + 48, NOON + DAY),
        outbox.Alert(REMINDER, REFERENCE, ALTERNATE, "normal", NOON // HOUR + 48, NOON + 36 * HOUR),
    )
    await told(store, NOON)
    await recuse(store, REFERENCE, OWNER, NOON + 2 * HOUR + 1)
    assert await told(store, NOON + 2 * HOUR + 1) == [ALTERNATE]
    [waits] = await waiting_for(store, ALTERNATE)
    assert waits.deadline_hour == NOON // HOUR + 27, "a whole clock to answer, rounded up to an hour"
    assert await told(store, NOON + 14 * HOUR) == []
    assert await told(store, NOON + 14 * HOUR + 1) == [ALTERNATE]


async def test_what_waits_for_somebody_is_listed_until_another_takes_it(store):
    await report(store, CHAIN)
    assert await waiting_for(store, OWNER) == ()
    await told(store, NOON)
    [mine] = await waiting_for(store, OWNER)
    assert (mine.reference, mine.purpose, mine.priority, mine.taken) == (REFERENCE, "report", "normal", False)
    assert mine.deadline_hour == (NOON + DAY) // HOUR
    assert await waiting_for(store, ALTERNATE) == ()
    await told(store, NOON + DAY)
    await acknowledge(store, REFERENCE, ALTERNATE, NOON + DAY)
    assert await waiting_for(store, OWNER) == ()
    assert [one.taken for one in await waiting_for(store, ALTERNATE)] == [True]


async def test_two_of_the_same_turn_each_see_it_waiting(store):
    await report(store, ((OWNER, 0, NOON), (PARTNER, 0, NOON)))
    await told(store, NOON)
    await acknowledge(store, REFERENCE, OWNER, NOON)
    assert [one.taken for one in await waiting_for(store, PARTNER)] == [False]


async def test_the_most_urgent_come_first_then_the_soonest(store):
    for number, (priority, due) in enumerate([("normal", 0), ("urgent", 2), ("urgent", 1)]):
        reference = f"0000000{number}"
        await report(store, CHAIN, reference=reference, alerts=False)
        await put(store, outbox.Alert("staff_alert", reference, OWNER, priority, NOON // HOUR + due, NOON))
    await told(store, NOON)
    assert [one.reference for one in await waiting_for(store, OWNER)] == ["00000002", "00000001", "00000000"]


async def test_a_reminder_hands_nothing_over(store):
    await report(store, CHAIN, alerts=False)
    await put(store, an_alert(ALTERNATE, NOON, template=REMINDER))
    await told(store, NOON)
    assert await handed(store, REFERENCE, ALTERNATE) is None
    assert not await acknowledge(store, REFERENCE, ALTERNATE, NOON)


async def test_an_acknowledgement_ends_reminders_and_what_those_who_coordinate_would_hear(store):
    await report(store, ((OWNER, 0, NOON), (PARTNER, 0, NOON), (ALTERNATE, 1, NOON + DAY)))
    await put(
        store,
        *(an_alert(who, NOON + 12 * HOUR, template=REMINDER) for who in (OWNER, PARTNER, ALTERNATE)),
        an_alert("cochair", NOON + DAY, template="awaiting_owner"),
        an_alert("coordinator", NOON + DAY, template=COVERAGE),
    )
    await told(store, NOON)
    await acknowledge(store, REFERENCE, OWNER, NOON)
    assert await told(store, NOON + 10 * DAY) == [PARTNER], "who is asked too is still reminded"


def test_reprs_name_nothing():
    assert REFERENCE not in repr(Waiting(REFERENCE, "report", "urgent", 1, taken=False))
