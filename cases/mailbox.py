"""A report's mailbox: what staff have answered, how far it has come, and what the person finds behind their number.

Answers are sealed to the mailbox key, whose private half exists only while somebody types the sixteen digits
(``crypto.receipt``). The server can add a sealed answer and count them; it reads none. Who may write is asked in the
transaction that writes: only somebody who has been handed the report, and only while it has not been withdrawn.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from cases.outbox import SENT, WAITING
from cases.store import Store
from cases.tables import documents, messages, outbox, statuses, tombstones, wraps

ALERT = "staff_alert"
"""The template of the alert that comes with a report."""
RECEIVED = "received"
CLOSED = "closed"
WITHDRAWN = "withdrawn"
STATUSES = (
    RECEIVED,
    "being_read",
    "help_offered",
    "sent_on",
    "assessment",
    "investigation",
    CLOSED,
)
"""How far a report can have come, as staff say it. "withdrawn" is the person's own word and ends all others."""

MOST_MESSAGES = 200
"""Answers one report can hold: a flood must not fill the disk, and nobody reads more on a telephone."""
LARGEST_MESSAGE = 64 * 1024
"""Bytes of one sealed answer."""


class MailboxError(Exception):
    """This cannot be written; the message says why in one line, without a name or a reference.

    Attributes:
        code: the same for programs: "not_waiting", "withdrawn", "no_mailbox", "too_large", "full" or "no_status".
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who has been handed the report, and since when they have been in charge of it, if they are."""

    recipient: str = field(repr=False)
    acknowledged_hour: int | None


@dataclass(frozen=True, slots=True)
class Message:
    """One sealed answer: who wrote it, on which day (days since 1970), and the envelope."""

    number: int
    recipient: str = field(repr=False)
    day: int
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Link:
    """One of those the report is sealed for: the name of their key, their turn, and when it comes.

    ``due`` is in unix seconds, None where their turn has come or will not come any more.
    """

    recipient: str = field(repr=False)
    key_id: str = field(repr=False)
    turn: int
    due: int | None


@dataclass(frozen=True, slots=True)
class Behind:
    """What stands behind a number: the report, who has it, how far it has come, what was answered.

    Attributes:
        day: when it was sent, in days since 1970.
        status: one of ``STATUSES``, or "withdrawn".
        status_day: when that was said; None for "received".
        chain: everybody it is sealed for, whether told yet or not, by turn.
    """

    reference: str = field(repr=False)
    day: int
    status: str
    status_day: int | None
    readers: tuple[Reader, ...]
    messages: tuple[Message, ...] = field(repr=False)
    chain: tuple[Link, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Ended:
    """A report that is gone: on which day, and whether it was withdrawn or its time was over."""

    day: int
    how: str


async def find(store: Store, lookup: bytes) -> Behind | Ended | None:
    """Read what stands behind a receipt's look-up id (32 bytes); None where there is nothing.

    Raises:
        StoreError: the database did not answer.
    """
    wanted = select(documents.c.reference, documents.c.day, statuses.c.status, statuses.c.day.label("status_day"))
    wanted = wanted.outerjoin(statuses, statuses.c.reference == documents.c.reference)
    async with store.reading() as connection:
        row = (await connection.execute(wanted.where(documents.c.lookup == lookup))).first()
        if row is None:
            grave = (await connection.execute(select(tombstones).where(tombstones.c.lookup == lookup))).first()
            return None if grave is None else Ended(grave.day, grave.ended)
        readers = await told(connection, row.reference)
        chain = (await connection.execute(_chain(row.reference))).all()
        answers = (
            await connection.execute(
                select(messages).where(messages.c.reference == row.reference).order_by(messages.c.number)
            )
        ).all()
    return Behind(
        row.reference,
        row.day,
        row.status or RECEIVED,
        row.status_day,
        tuple(Reader(one.recipient, one.acknowledged_hour) for one in chain if one.recipient in readers),
        tuple(Message(one.number, one.recipient, one.day, one.body) for one in answers),
        tuple(Link(one.recipient, one.key_id, one.turn, one.due) for one in chain),
    )


def _chain(reference: str) -> Select[tuple[Any, ...]]:
    """Every wrap of a report, by turn, with the moment at which its recipient's turn comes if it is still to come."""
    waiting = (
        (outbox.c.reference == wraps.c.reference)
        & (outbox.c.recipient == wraps.c.recipient)
        & (outbox.c.template == ALERT)
        & (outbox.c.state == WAITING)
        & (outbox.c.attempts == 0)
    )
    return (
        select(wraps.c.recipient, wraps.c.key_id, wraps.c.turn, wraps.c.acknowledged_hour, outbox.c.due)
        .outerjoin(outbox, waiting)
        .where(wraps.c.reference == reference)
        .order_by(wraps.c.turn, wraps.c.recipient)
    )


async def mailbox_of(store: Store, reference: str) -> bytes | None:
    """Return the public key that answers about a report are sealed to; None if there is none (any more)."""
    wanted = select(documents.c.mailbox).where(documents.c.reference == reference)
    async with store.reading() as connection:
        found: bytes | None = (await connection.execute(wanted)).scalar_one_or_none()
    return found


async def post(connection: AsyncConnection, reference: str, recipient: str, body: bytes, *, day: int) -> int:
    """Add a sealed answer, inside the caller's transaction; returns its number, from 1.

    Args:
        connection: with the transaction that also writes what else follows from the answer.
        reference: the report.
        recipient: who answers; they must have been handed the report.
        body: an envelope for the mailbox key, at most 64 KiB.
        day: days since 1970.

    Raises:
        MailboxError: they have not been handed it, it was withdrawn, or there is no more room.
    """
    await _may_write(connection, reference, recipient)
    if len(body) > LARGEST_MESSAGE:
        raise MailboxError("too_large", "the answer is too long")
    last = select(func.max(messages.c.number)).where(messages.c.reference == reference)
    number = ((await connection.execute(last)).scalar_one() or 0) + 1
    if number > MOST_MESSAGES:
        raise MailboxError("full", "this report holds as many answers as it can")
    row = {"reference": reference, "number": number, "recipient": recipient, "day": day, "body": body}
    await connection.execute(insert(messages).values(row))
    return number


async def set_status(connection: AsyncConnection, reference: str, recipient: str, status: str, *, day: int) -> None:
    """Say how far a report has come, inside the caller's transaction.

    Raises:
        MailboxError: as ``post``, or the status is none of ``STATUSES``.
    """
    if status not in STATUSES:
        raise MailboxError("no_status", f"the status is one of {', '.join(STATUSES)}")
    await _may_write(connection, reference, recipient)
    await write_status(connection, reference, status, day)


async def write_status(connection: AsyncConnection, reference: str, status: str, day: int) -> None:
    """Put a status in place of the one before, whoever asked for it."""
    await connection.execute(statuses.delete().where(statuses.c.reference == reference))
    await connection.execute(insert(statuses).values(reference=reference, status=status, day=day))


async def _may_write(connection: AsyncConnection, reference: str, recipient: str) -> None:
    if recipient not in await told(connection, reference):
        raise MailboxError("not_waiting", "this report was not handed to you")
    status = select(statuses.c.status).where(statuses.c.reference == reference)
    if (await connection.execute(status)).scalar_one_or_none() == WITHDRAWN:
        raise MailboxError("withdrawn", "the person has withdrawn this report")
    kept = select(documents.c.mailbox).where(documents.c.reference == reference)
    if (await connection.execute(kept)).scalar_one_or_none() is None:
        raise MailboxError("no_mailbox", "nobody can be answered here")


async def told(connection: AsyncConnection, reference: str) -> frozenset[str]:
    """Everybody who may have been handed a report: they have a wrap, and a row of theirs was claimed.

    Of a report that was withdrawn only their wraps are left (``cases.withdrawal``).
    """
    withdrawn = select(statuses.c.status).where(statuses.c.reference == reference, statuses.c.status == WITHDRAWN)
    if (await connection.execute(withdrawn)).first() is not None:
        left = select(wraps.c.recipient).where(wraps.c.reference == reference)
        return frozenset((await connection.execute(left)).scalars())
    wanted = (
        select(wraps.c.recipient)
        .join(outbox, (outbox.c.reference == wraps.c.reference) & (outbox.c.recipient == wraps.c.recipient))
        .where(
            wraps.c.reference == reference,
            (outbox.c.attempts > 0) & outbox.c.state.in_((WAITING, SENT)) | wraps.c.acknowledged_hour.is_not(None),
        )
    )
    return frozenset((await connection.execute(wanted)).scalars())
