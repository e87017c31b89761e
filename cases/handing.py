"""What a recipient is handed when their turn comes, and that they took charge of it.

The wraps of a whole chain are made at submission, because the server cannot wrap again later; each leaves the
database only after an alert was claimed for its recipient. Whoever says "I have it" ends the chain; whoever says
"not me" gives their wrap up for good, and the turn passes on at once.

Everything here that changes a chain first locks its document, so that of an acknowledgement and a recusal at the same
moment one comes first and the other sees it. (SQLite has one writer and needs no lock.)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from cases.audit import Act, record
from cases.outbox import AGAIN, ALERT, AWAITING, COVERAGE, DEAD, DONE, FULL_HOUR, REMINDER, SENT, WAITING
from cases.passing import RECUSED, hold, pass_on, reopen
from cases.store import Store
from cases.tables import additions, documents, outbox, wraps


@dataclass(frozen=True, slots=True)
class Handed:
    """A sealed document with the one wrap of the recipient whose turn has come."""

    purpose: str
    body: bytes = field(repr=False)
    key_id: str = field(repr=False)
    wrap: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What one recipient has been handed and nobody else has taken up.

    Attributes:
        reference: the document.
        purpose: "report" or "referral".
        priority: "normal" or "urgent".
        deadline_hour: until when an answer is asked for, in whole hours since 1970.
        taken: they have said that they have it.
    """

    reference: str = field(repr=False)
    purpose: str
    priority: str = field(repr=False)
    deadline_hour: int = field(repr=False)
    taken: bool


async def handed(store: Store, reference: str, recipient: str) -> Handed | None:
    """Read what a recipient is to be given; None before their turn, after it, or if there is no such document.

    The turn has come once their alert was claimed; before that no wrap leaves the database.
    """
    async with store.reading() as connection:
        return await _sealed_for(connection, reference, recipient, WAITING, SENT)


async def fetch(store: Store, reference: str, recipient: str, now: int) -> Handed | None:
    """Hand a document to a recipient who asks for it themselves, and note that they did.

    Their turn must have come, as with ``handed``; an alert that could not be delivered does not stand in the way. Once
    they have it, it need not be delivered any more, and it counts as handed over to whoever asks who read it.

    Args:
        store: the database.
        reference: the document.
        recipient: who asks.
        now: unix seconds.

    Returns:
        None if it is not theirs to read. The body is empty when the person who told has withdrawn it.

    Raises:
        StoreError: nothing was noted, and nothing must be handed over.
    """
    async with store.writing() as connection:
        await hold(connection, reference)
        found = await _sealed_for(connection, reference, recipient, WAITING, SENT, DEAD)
        if found is None:
            return None
        await connection.execute(
            update(outbox)
            .where(
                outbox.c.template == ALERT,
                outbox.c.reference == reference,
                outbox.c.recipient == recipient,
                outbox.c.state.in_((WAITING, DEAD)),
            )
            .values(state=SENT, fault=None, due=FULL_HOUR)
        )
        await record(connection, recipient, Act.OPENED, reference, now)
    return found


async def purpose_of(store: Store, reference: str) -> str | None:
    """Say what a document is, "report" or "referral"; None if it is not there, or no longer."""
    wanted = select(documents.c.purpose).where(documents.c.reference == reference)
    async with store.reading() as connection:
        found: str | None = (await connection.execute(wanted)).scalar_one_or_none()
    return found


async def acknowledge(store: Store, reference: str, recipient: str, now: int) -> bool:
    """Note that a recipient takes charge, and stop the chain.

    The first hour stays, however often this is called. Rows of the same reference that have not gone out to
    people of another turn become *done*, earlier turns too: nobody is handed a report without need. So do this
    recipient's reminder, and what those who coordinate would have been told. People of the same turn (a partner's
    focal point and the contracting entity's) are each asked, whatever the other did.

    Returns:
        Whether it was still theirs: they have been handed it, and nobody of another turn was first.
    """
    async with store.writing() as connection:
        await hold(connection, reference)
        mine = await _mine(connection, reference, recipient)
        if mine is None:
            return False
        if mine.acknowledged_hour is not None:
            return True
        others = select(wraps.c.recipient).where(wraps.c.reference == reference, wraps.c.turn != mine.turn)
        taken = others.where(wraps.c.acknowledged_hour.is_not(None)).limit(1)
        if (await connection.execute(taken)).first() is not None:
            return False
        await connection.execute(
            update(wraps)
            .where(wraps.c.reference == reference, wraps.c.recipient == recipient)
            .values(acknowledged_hour=now // 3600)
        )
        no_longer = (
            outbox.c.recipient.in_(others)
            | outbox.c.template.in_((AWAITING, COVERAGE))
            | and_(outbox.c.template == REMINDER, outbox.c.recipient == recipient)
        )
        await connection.execute(
            update(outbox)
            .where(outbox.c.reference == reference, no_longer, outbox.c.state.in_((WAITING, DEAD)))
            .values(state=DONE, due=FULL_HOUR)
        )
        # Whoever answers has it, whether or not the answer to our sending ever came.
        await connection.execute(
            update(outbox)
            .where(
                outbox.c.reference == reference,
                outbox.c.recipient == recipient,
                outbox.c.template == ALERT,
                outbox.c.state.in_((WAITING, DEAD)),
                outbox.c.fault.is_distinct_from(AGAIN),
            )
            .values(state=SENT, fault=None, due=FULL_HOUR)
        )
        # What the person added later goes where the report goes, and no further.
        added = select(additions.c.reference).where(additions.c.about == reference)
        await connection.execute(
            update(outbox)
            .where(outbox.c.reference.in_(added), outbox.c.recipient.in_(others), outbox.c.state.in_((WAITING, DEAD)))
            .values(state=DONE, due=FULL_HOUR)
        )
        await record(connection, recipient, Act.ACKNOWLEDGED, reference, now)
    return True


async def recuse(store: Store, reference: str, recipient: str, now: int) -> bool:
    """Give a document up: this recipient's wrap is destroyed, and the next turn comes now.

    Why they do so is not asked and nowhere kept. Doing it twice is doing it once. It can be done after "I have it"
    too, since a conflict often shows only on reading; then the chain, which had ended, begins again.

    Args:
        store: the database.
        reference: the document.
        recipient: who gives it up; they must have been handed it.
        now: unix seconds.

    Returns:
        Whether it was theirs to give up, now or earlier.

    Raises:
        StoreError: nothing was changed.
    """
    theirs = (outbox.c.reference == reference, outbox.c.recipient == recipient)
    async with store.writing() as connection:
        await hold(connection, reference)
        mine = await _mine(connection, reference, recipient)
        if mine is None:
            before = select(outbox.c.id).where(*theirs, outbox.c.fault == RECUSED).limit(1)
            return (await connection.execute(before)).first() is not None
        # What the person added later is part of what is given up.
        added = select(additions.c.reference).where(additions.c.about == reference)
        whole = [reference, *(await connection.execute(added)).scalars()]
        await connection.execute(delete(wraps).where(wraps.c.reference.in_(whole), wraps.c.recipient == recipient))
        await connection.execute(
            update(outbox)
            .where(outbox.c.reference.in_(whole), outbox.c.recipient == recipient)
            .values(state=DONE, fault=RECUSED, due=FULL_HOUR)
        )
        if mine.acknowledged_hour is None:
            await pass_on(connection, reference, mine.turn, now)
        else:
            await reopen(connection, reference, now)
        await record(connection, recipient, Act.RECUSED, reference, now)
    return True


async def waiting_for(store: Store, recipient: str) -> tuple[Waiting, ...]:
    """List what a recipient has been handed and nobody of another turn has taken up; the most urgent first.

    Raises:
        StoreError: the database did not answer.
    """
    other = wraps.alias()
    elsewhere = (
        select(other.c.recipient)
        .where(
            other.c.reference == wraps.c.reference,
            other.c.turn != wraps.c.turn,
            other.c.acknowledged_hour.is_not(None),
        )
        .exists()
    )
    wanted = (
        select(wraps.c.reference, documents.c.purpose, outbox.c.priority, outbox.c.deadline_hour)
        .add_columns(wraps.c.acknowledged_hour.is_not(None).label("taken"))
        .join(documents, documents.c.reference == wraps.c.reference)
        .join(outbox, and_(outbox.c.reference == wraps.c.reference, outbox.c.recipient == wraps.c.recipient))
        .where(
            wraps.c.recipient == recipient,
            outbox.c.template == ALERT,
            outbox.c.attempts > 0,
            outbox.c.state.in_((WAITING, SENT, DEAD)),
            ~elsewhere,
        )
        .order_by(case((outbox.c.priority == "urgent", 0), else_=1), outbox.c.deadline_hour, wraps.c.reference)
    )
    async with store.reading() as connection:
        rows = (await connection.execute(wanted)).all()
    return tuple(Waiting(row.reference, row.purpose, row.priority, row.deadline_hour, bool(row.taken)) for row in rows)


async def again(store: Store, reference: str, recipient: str, now: int) -> bool:
    """Send a recipient what they were handed once more, by every way they have.

    Its row in the outbox waits again. Asked for twice it comes once, unless it was sent in between.

    Returns:
        Whether it is still theirs: they were handed it, and have not given it up.
    """
    async with store.writing() as connection:
        await hold(connection, reference)
        if await _mine(connection, reference, recipient) is None:
            return False
        await connection.execute(
            update(outbox)
            .where(
                outbox.c.template == ALERT,
                outbox.c.reference == reference,
                outbox.c.recipient == recipient,
                outbox.c.state.in_((SENT, DEAD)),
            )
            # One attempt stays counted: what was handed once is not taken back.
            .values(state=WAITING, due=now - now % 3600, attempts=1, fault=AGAIN)
        )
    return True


async def _sealed_for(connection: AsyncConnection, reference: str, recipient: str, *states: str) -> Handed | None:
    wanted = (
        select(documents.c.purpose, documents.c.body, wraps.c.key_id, wraps.c.body.label("wrap"))
        .join(wraps, wraps.c.reference == documents.c.reference)
        .where(
            documents.c.reference == reference,
            wraps.c.recipient == recipient,
            _told(reference, recipient, *states),
        )
    )
    row = (await connection.execute(wanted)).first()
    return None if row is None else Handed(row.purpose, row.body, row.key_id, row.wrap)


async def _mine(connection: AsyncConnection, reference: str, recipient: str) -> Row[Any, Any] | None:
    """Turn and hour of acknowledgement of somebody who has been handed a document and not given it up."""
    wanted = select(wraps.c.turn, wraps.c.acknowledged_hour).where(
        wraps.c.reference == reference,
        wraps.c.recipient == recipient,
        _told(reference, recipient, WAITING, SENT, DEAD),
    )
    return (await connection.execute(wanted)).first()


def _told(reference: str, recipient: str, *states: str) -> ColumnElement[bool]:
    """Whether an alert of theirs was ever claimed and is in one of some states; a reminder hands nothing over."""
    return (
        select(outbox.c.id)
        .where(
            outbox.c.template == ALERT,
            outbox.c.reference == reference,
            outbox.c.recipient == recipient,
            outbox.c.attempts > 0,
            outbox.c.state.in_(states),
        )
        .exists()
    )
