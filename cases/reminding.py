"""Reminders: one message to one person, however much is due to them at a time.

A reminder is of use only to somebody who has the alert. While the alert has not gone out (it may be dead, until
somebody mends what kept it), it waits; when the alert
has only just gone out, because it was late, it waits a while as well: one message about one thing is enough. Of
several reminders to one person that are due together, the most urgent goes out and says that there is more, and the
others are done with.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Update, and_, case, select, update

from cases.outbox import AFTER, ALERT, DONE, FULL_HOUR, REMINDER, SENT, WAITING, Claimed
from cases.passing import put_off
from cases.store import Store
from cases.tables import outbox

TOGETHER = 300
"""Seconds: what is due to one person within so long is due together. More than the lease of one that is on its way."""


async def remind(store: Store, claimed: Claimed, now: int, pause: int) -> int | None:
    """Say how many reminders this one stands for, itself included; None when it does not go out now.

    Args:
        store: the database.
        claimed: a reminder.
        now: unix seconds.
        pause: least seconds between an alert and its reminder.

    Raises:
        StoreError: the database did not answer, and nothing was changed.
    """
    alerts = outbox.alias()
    theirs = and_(alerts.c.template == ALERT, alerts.c.recipient == outbox.c.recipient)
    of_one = and_(theirs, alerts.c.reference == outbox.c.reference)
    async with store.writing() as connection:
        mine = (
            await connection.execute(
                select(alerts.c.state, alerts.c.due)
                .join(outbox, of_one)
                .where(outbox.c.id == claimed.id, outbox.c.state == WAITING)
            )
        ).first()
        if mine is None or mine.state == DONE:
            await connection.execute(_done(outbox.c.id == claimed.id))
            return None
        ready = now + pause if mine.state != SENT else mine.due + pause
        if ready > now:
            await put_off(connection, claimed, ready, AFTER, with_deadline=False)
            return None
        due = (
            select(outbox.c.id)
            .join(alerts, of_one)
            .where(
                outbox.c.template == REMINDER,
                outbox.c.recipient == claimed.alert.recipient,
                outbox.c.state == WAITING,
                outbox.c.due <= now + TOGETHER,
                alerts.c.state == SENT,
                alerts.c.due + pause <= now,
            )
            .order_by(case((outbox.c.priority == "urgent", 0), else_=1), outbox.c.deadline_hour, outbox.c.id)
        )
        together = list((await connection.execute(due)).scalars())
        if together[0] != claimed.id:
            return None  # it is left to the first of them; should that one fail, this comes up again after its lease
        if together[1:]:
            await connection.execute(_done(outbox.c.id.in_(together[1:])))
    return len(together)


def _done(which: ColumnElement[bool]) -> Update:
    return update(outbox).where(which, outbox.c.state == WAITING).values(state=DONE, due=FULL_HOUR)
