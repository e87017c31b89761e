"""What a person added later goes where their report goes: never sooner, and not long after.

An addition is a sealed document with rows of its own, but it has no turns: whoever has been sent the report gets it
at once, whoever waits for their turn gets it right after the report, whenever that turn comes, and whoever the report
will not come to any more does not get it either. So its rows are not planned and moved beside those of the report;
each looks at the report's at the moment of sending.
"""

from __future__ import annotations

from sqlalchemy import and_, case, or_, select, update

from cases.outbox import AFTER, ALERT, CLOSED, DONE, FULL_HOUR, LATE, SENT, WAITING, Claimed
from cases.passing import RECUSED, put_off
from cases.store import Store
from cases.tables import additions, outbox

SOON = 60
"""Seconds until an addition looks again at a report that is on its way."""


async def about(store: Store, claimed: Claimed) -> str | None:
    """Return the report that a claimed alert adds something to; None when it is no addition.

    Raises:
        StoreError: the database did not answer.
    """
    wanted = select(additions.c.about).where(additions.c.reference == claimed.alert.reference)
    async with store.reading() as connection:
        found: str | None = (await connection.execute(wanted)).scalar_one_or_none()
    return found


async def follows(store: Store, claimed: Claimed, report: str, now: int) -> bool:
    """Say whether an addition may go out, its report being sent; if not, it waits for it or is done with.

    Raises:
        StoreError: the database did not answer, and nothing was changed.
    """
    theirs = (outbox.c.template == ALERT, outbox.c.reference == report)
    wanted = select(outbox.c.state, outbox.c.due).where(*theirs, outbox.c.recipient == claimed.alert.recipient)
    async with store.writing() as connection:
        found = (await connection.execute(wanted)).first()
        if found is not None and found.state == SENT:
            return True
        if found is None or found.state == DONE:
            row = (outbox.c.id == claimed.id, outbox.c.state == WAITING)
            await connection.execute(update(outbox).where(*row).values(state=DONE, due=FULL_HOUR, attempts=0))
        else:
            await put_off(connection, claimed, max(found.due, now + SOON), AFTER)
    return False


async def sent(store: Store, claimed: Claimed, now: int) -> None:
    """Note that an alert has gone out, and let what was added to its report go out after it.

    That it was late stays with it: the turns after it keep their distance (``cases.catching_up``).

    Raises:
        StoreError: it comes up again after its lease.
    """
    alert = claimed.alert
    late = case((outbox.c.fault.in_((LATE, *CLOSED)), LATE), else_=None)
    added = select(additions.c.reference).where(additions.c.about == alert.reference)
    waits = or_(
        and_(outbox.c.state == WAITING, outbox.c.due > now),
        and_(outbox.c.state == DONE, outbox.c.fault.is_distinct_from(RECUSED)),
    )
    async with store.writing() as connection:
        await connection.execute(
            update(outbox)
            .where(outbox.c.id == claimed.id, outbox.c.state == WAITING)
            .values(state=SENT, fault=late, due=FULL_HOUR)
        )
        await connection.execute(
            update(outbox)
            .where(
                outbox.c.template == ALERT,
                outbox.c.reference.in_(added),
                outbox.c.recipient == alert.recipient,
                outbox.c.attempts == 0,
                waits,
            )
            .values(state=WAITING, fault=None, due=now)
        )
