"""Test alerts: whether somebody can really be reached, for themselves and for the yearly attestation.

A test goes the way of every alert, through the outbox and by every courier the person has, under a reference that
begins with TEST. Nothing is sealed and there is no document. What is kept is a day for sending and a day for the
answer; the row in the outbox goes with the answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from sqlalchemy import Column, delete, func, insert, select, update

from cases import outbox
from cases.outbox import Alert
from cases.store import Store
from cases.tables import trials
from crypto.entropy import Entropy
from crypto.reference import new_test_reference

TEMPLATE: Final = "staff_test"
"""The words of a test alert, and the mark of its row in the outbox."""
ANSWER_HOURS: Final = 24
KEEP_DAYS: Final = 400
"""A yearly attestation asks for the last answer; older ones say nothing any more."""

_EPOCH: Final = date(1970, 1, 1)


async def send(store: Store, person: str, *, now: int, entropy: Entropy) -> bool:
    """Put a test alert to a person into the outbox.

    One at a time: while today's is unanswered there is no second, so that a tap which comes twice sends one.

    Args:
        store: the database.
        person: an id in the directory.
        now: unix seconds; the alert is due at once.
        entropy: for the reference and the row.

    Returns:
        Whether one was put there; False: today's is on its way or waits for its answer.

    Raises:
        StoreError: nothing was written.
    """
    today = now // 86_400
    theirs = trials.c.person == person
    async with store.writing() as connection:
        waits = select(trials.c.reference).where(theirs, trials.c.sent_day == today, trials.c.answered_day.is_(None))
        if (await connection.execute(waits.limit(1))).first() is not None:
            return False
        earlier = list((await connection.execute(select(trials.c.reference).where(theirs))).scalars())
        await outbox.forget(connection, earlier)
        await connection.execute(delete(trials).where(theirs, trials.c.sent_day < today - KEEP_DAYS))
        reference = new_test_reference(entropy)
        while (await connection.execute(select(trials.c.person).where(trials.c.reference == reference))).first():
            reference = new_test_reference(entropy)
        row = {"reference": reference, "person": person, "sent_day": today, "answered_day": None}
        await connection.execute(insert(trials).values(row))
        deadline = -(-now // 3600) + ANSWER_HOURS
        alert = Alert(TEMPLATE, reference, person, "normal", deadline, now - now % 3600)
        await outbox.insert_alerts(connection, [alert], entropy=entropy)
    return True


async def answer(store: Store, reference: str, person: str, now: int) -> bool:
    """Note that a person answered a test of theirs; the first day stays. Say whether there is such a test."""
    mine = (trials.c.reference == reference, trials.c.person == person)
    async with store.writing() as connection:
        if (await connection.execute(select(trials.c.person).where(*mine))).first() is None:
            return False
        await connection.execute(
            update(trials).where(*mine, trials.c.answered_day.is_(None)).values(answered_day=now // 86_400)
        )
        await outbox.forget(connection, [reference])
    return True


async def answered(store: Store) -> Mapping[str, date]:
    """The day (UTC) on which each person answered a test alert last, by their id."""
    return await _last(store, trials.c.answered_day)


async def sent(store: Store) -> Mapping[str, date]:
    """The day (UTC) on which each person was sent a test alert last, by their id, answered or not."""
    return await _last(store, trials.c.sent_day)


async def _last(store: Store, day: Column[int]) -> Mapping[str, date]:
    wanted = select(trials.c.person, func.max(day).label("day")).where(day.is_not(None)).group_by(trials.c.person)
    async with store.reading() as connection:
        rows = (await connection.execute(wanted)).all()
    return {row.person: _EPOCH + timedelta(days=row.day) for row in rows}
