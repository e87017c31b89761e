"""What a recipient is handed when their turn comes, and that they took charge of it.

The wraps of a whole chain are made at submission, because the server cannot wrap again later; each leaves the
database only after a row of the outbox was claimed for its recipient. Whoever says "I have it" ends the chain.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, select, update

from cases.outbox import DEAD, DONE, FULL_HOUR, SENT, WAITING
from cases.store import Store
from cases.tables import documents, outbox, wraps


@dataclass(frozen=True, slots=True)
class Handed:
    """A sealed document with the one wrap of the recipient whose turn has come."""

    purpose: str
    body: bytes = field(repr=False)
    key_id: str = field(repr=False)
    wrap: bytes = field(repr=False)


async def handed(store: Store, reference: str, recipient: str) -> Handed | None:
    """Read what a recipient is to be given; None before their turn, after it, or if there is no such document.

    The turn has come once a row of theirs was claimed; before that no wrap leaves the database.
    """
    wanted = (
        select(documents.c.purpose, documents.c.body, wraps.c.key_id, wraps.c.body.label("wrap"))
        .join(wraps, wraps.c.reference == documents.c.reference)
        .where(
            documents.c.reference == reference,
            wraps.c.recipient == recipient,
            _told(reference, recipient, WAITING, SENT),
        )
    )
    async with store.reading() as connection:
        row = (await connection.execute(wanted)).first()
    return None if row is None else Handed(row.purpose, row.body, row.key_id, row.wrap)


async def kept(store: Store, reference: str) -> bool:
    """Say whether a document is still there."""
    wanted = select(documents.c.reference).where(documents.c.reference == reference)
    async with store.reading() as connection:
        return (await connection.execute(wanted)).first() is not None


async def acknowledge(store: Store, reference: str, recipient: str, now: int) -> bool:
    """Note that a recipient takes charge, and stop the chain.

    The first hour stays, however often this is called. Rows of the same reference that have not gone out to
    people of another turn become *done*, earlier turns too: nobody is handed a report without need. People of the
    same turn (a partner's focal point and the contracting entity's) are each asked, whatever the other did.

    Returns:
        Whether it was still theirs: they have been handed it, and nobody of another turn was first.
    """
    async with store.writing() as connection:
        wanted = select(wraps.c.turn, wraps.c.acknowledged_hour).where(
            wraps.c.reference == reference,
            wraps.c.recipient == recipient,
            _told(reference, recipient, WAITING, SENT, DEAD),
        )
        mine = (await connection.execute(wanted)).first()
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
        await connection.execute(
            update(outbox)
            .where(
                outbox.c.reference == reference,
                outbox.c.recipient.in_(others),
                outbox.c.state.in_((WAITING, DEAD)),
            )
            .values(state=DONE, due=FULL_HOUR)
        )
    return True


def _told(reference: str, recipient: str, *states: str) -> ColumnElement[bool]:
    """Whether a row of theirs was ever claimed and is in one of some states."""
    return (
        select(outbox.c.id)
        .where(
            outbox.c.reference == reference,
            outbox.c.recipient == recipient,
            outbox.c.attempts > 0,
            outbox.c.state.in_(states),
        )
        .exists()
    )
