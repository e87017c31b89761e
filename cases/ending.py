"""When a case is over: closed or withdrawn reports are destroyed after their time, and referrals after theirs.

Ninety days, unless set otherwise, after the last thing that happened: the closing, an answer, something the person
added. A report that was never closed stays, however old: silence is no reason to lose somebody's words. Two weeks
before, whoever has the report is told, so that they can keep on their own device what they must.

Keys go first: the wraps, without which the sealed words are noise, then what was added, then the rows. All of it is
one transaction, and SQLite overwrites what it frees (``secure_delete``). What is left is a tombstone that says to the
holder of the number that something ended, not what.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from cases.mailbox import CLOSED, WITHDRAWN, told
from cases.outbox import Alert, insert_alerts
from cases.store import Store, checkpoint
from cases.tables import additions, documents, messages, outbox, statuses, tombstones, wraps
from crypto.entropy import Entropy

KEEP_DAYS = 90
WARN_DAYS = 14
ENDING = "staff_ending"
"""The template of the warning."""
EXPIRED = "expired"

_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Ended:
    """How many cases were destroyed, and about how many their holders were warned."""

    destroyed: int
    warned: int


async def end(store: Store, *, hour: int, keep_days: int, entropy: Entropy) -> Ended:
    """Destroy what is over and warn about what soon will be.

    Args:
        store: the database.
        hour: whole hours since 1970.
        keep_days: after the last thing that happened.
        entropy: for the rows of the warnings.

    Raises:
        StoreError: the database did not take it; the next time will.
    """
    today = hour // 24
    async with store.writing() as connection:
        over = list((await connection.execute(_quiet_until(today - keep_days))).all())
        await destroy(connection, [row.reference for row in over])
        graves = [{"lookup": row.lookup, "day": today, "ended": EXPIRED} for row in over if row.lookup is not None]
        if graves:
            await connection.execute(insert(tombstones), graves)
        warned = await _warn(connection, hour, keep_days, entropy)
    if over:
        await checkpoint(store)
    return Ended(len(over), warned)


async def destroy(connection: AsyncConnection, references: Iterable[str]) -> None:
    """Remove documents with all that belongs to them, inside the caller's transaction; the keys first."""
    gone = list(references)
    if not gone:
        return
    added = select(additions.c.reference).where(additions.c.about.in_(gone))
    gone += (await connection.execute(added)).scalars()
    await connection.execute(delete(wraps).where(wraps.c.reference.in_(gone)))
    await connection.execute(delete(outbox).where(outbox.c.reference.in_(gone)))
    await connection.execute(delete(documents).where(documents.c.reference.in_(gone)))


def _quiet_until(day: int) -> Select[tuple[str, bytes | None]]:
    """Cases that are over and about which nothing has happened since a day, at most a batch."""
    later = documents.alias()
    answered = select(messages.c.reference).where(messages.c.reference == documents.c.reference, messages.c.day > day)
    added = (
        select(additions.c.reference)
        .join(later, later.c.reference == additions.c.reference)
        .where(additions.c.about == documents.c.reference, later.c.day > day)
    )
    return (
        select(documents.c.reference, documents.c.lookup)
        .outerjoin(statuses, statuses.c.reference == documents.c.reference)
        .where(_over(day), ~answered.exists(), ~added.exists())
        .limit(_AT_ONCE)
    )


def _over(day: int) -> ColumnElement[bool]:
    ended = statuses.c.status.in_((CLOSED, WITHDRAWN)) & (statuses.c.day <= day)
    return ended | (documents.c.purpose == "referral") & (documents.c.day <= day)


async def _warn(connection: AsyncConnection, hour: int, keep_days: int, entropy: Entropy) -> int:
    """Tell those who have a closed report, once, that it will be destroyed."""
    known = select(outbox.c.id).where(outbox.c.reference == documents.c.reference, outbox.c.template == ENDING)
    soon = _quiet_until(hour // 24 - keep_days + WARN_DAYS).where(statuses.c.status == CLOSED, ~known.exists())
    references = [row.reference for row in (await connection.execute(soon)).all()]
    rows = [
        Alert(ENDING, reference, reader, "normal", hour + WARN_DAYS * 24, hour * 3600)
        for reference in references
        for reader in sorted(await told(connection, reference))
    ]
    await insert_alerts(connection, rows, entropy=entropy)
    return len(references)
