"""What must go out, and what became of it: rows of a template and ids, never text.

A turn puts one row for each recipient of a chain into its own transaction, due when that recipient's turn
comes. Sending only what is due is therefore all there is to escalation: the owner now, the alternate when the
acknowledgement clock has run out, and so on, until somebody acknowledges and the rest become *done*.

A row is claimed before it is sent: one transaction counts the attempt and moves ``due`` behind a lease. Whoever
dies between claiming and sending leaves a row that comes up again by itself after the lease. A message may so
go out twice; it never goes out not at all, and saying "something waits for you" twice harms nobody.

```
waiting --claim--> waiting (due after the lease) --> sent
   ^  ^                |            |
   |  +--- later ------+            +--> dead (a person sees it in `linnet outbox`)
   +------ revive -- dead
waiting, dead --somebody else acknowledged, or the document is gone--> done
```
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Row, case, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from cases.store import Store
from cases.tables import outbox
from crypto.entropy import Entropy, draw

WAITING = "waiting"
SENT = "sent"
DONE = "done"
DEAD = "dead"

ALERT = "staff_alert"
"""Tells a recipient that their turn has come, and hands them their sealed file; for reports and referrals alike."""
REMINDER = "staff_reminder"
"""Tells a recipient once more; nothing is handed over again."""
REMINDERS = "staff_reminders"
"""The words of a reminder that stands for several; no row has them."""
AWAITING = "awaiting_owner"
"""Tells those who coordinate that nobody has taken a report up in time; nothing is sealed to them."""
COVERAGE = "coverage_alarm"
"""Tells coordinators that nobody is left who could take a report up; nothing is sealed to them."""
GAP = "coverage_gap"
"""Tells coordinators that somebody wanted to send something and there was nobody to seal it to: once a day, and under
no document's reference, because none was made."""

LATE = "late"
"""The fault of a row whose time came while nobody was draining; it has been given another (``cases.catching_up``)."""
AWAY = "away"
"""The fault of an alert that waits until its recipient is back; somebody else has been asked (``cases.passing``)."""
AFTER = "after_alert"
"""The fault of a reminder that waits because the alert it reminds of has not gone out, or only just."""
AGAIN = "again"
"""The fault of an alert that goes out once more because its recipient asked for it."""
CLOSED = frozenset(
    {
        "address_unreadable",
        "database",
        "folder_unwritable",
        "login_not_offered",
        "login_refused",
        "mail_busy",
        "mail_refused",
        "mail_unreachable",
        "sender_refused",
        "tls_failed",
        "tls_not_offered",
        "token_refused",
        "unreachable",
    }
)
"""Faults that say that a way out was closed, for this alert and for all others, as if the server had slept."""
IN_ORDER = frozenset({LATE, AWAY, AFTER, AGAIN})
"""Faults that only say why something waits; nobody has to look."""

MOST_ATTEMPTS = 12
"""Attempts after which a row is dead; with the back-off below, about five hours."""
FIRST_DELAY = 30
LONGEST_DELAY = 3600
OVERDUE = 900
"""Seconds after which a row that was due and never tried counts as stuck: nobody is draining."""

_ID_BYTES = 16

FULL_HOUR = case(
    (outbox.c.attempts == 0, outbox.c.due - outbox.c.due % 1800),
    else_=outbox.c.due - outbox.c.due % 3600,
)
"""What becomes of ``due`` once a row is settled: an alert goes out within a second of its report, and the lease
behind its sending would tell that second for ever. A row whose turn had not come keeps its time, which is a full half
hour, for the case that the chain begins again."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One message to one recipient.

    Attributes:
        template: which words to use, a key of ``locales/words.yaml``: one of those above, or "staff_test".
        reference: the document it is about.
        recipient: a person's id in the directory.
        priority: "normal" or "urgent".
        deadline_hour: until when an answer is asked for, in whole hours since 1970.
        due: when the recipient's turn comes, in unix seconds; a full hour except while a row is on its way or to be
            tried again soon.
    """

    template: str
    reference: str = field(repr=False)
    recipient: str = field(repr=False)
    priority: str = field(repr=False)
    deadline_hour: int = field(repr=False)
    due: int = field(repr=False)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row that is being sent now.

    Attributes:
        id: the row's.
        alert: with the time at which it was due; the row itself is leased.
        attempts: this one included.
        fault: why it did not go out the last time; None at the first.
    """

    id: str = field(repr=False)
    alert: Alert
    attempts: int
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Unsent:
    """A row that has not gone out, for the operator's eyes."""

    alert: Alert
    state: str
    attempts: int
    fault: str | None

    def stuck(self, now: int) -> bool:
        """Say whether somebody should look at it: dead, failing, or due for long and untouched."""
        if self.state == WAITING and self.fault in IN_ORDER:
            return self.alert.due + OVERDUE < now
        return self.state == DEAD or self.fault is not None or self.alert.due + OVERDUE < now


async def insert_alerts(connection: AsyncConnection, alerts: Iterable[Alert], *, entropy: Entropy) -> None:
    """Add rows inside the caller's transaction.

    Args:
        connection: with the transaction that also writes what the alerts are about.
        alerts: any number; the database refuses a second one of the same template, reference and recipient.
        entropy: 16 bytes are drawn for each row's id, which is random so that it tells no order.
    """
    if rows := [_row(alert, entropy) for alert in alerts]:
        await connection.execute(insert(outbox), rows)


async def insert_gaps(connection: AsyncConnection, gaps: Iterable[Alert], *, entropy: Entropy) -> None:
    """Add rows inside the caller's transaction, but for those that are there: the second of a day changes nothing."""
    into = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    for gap in gaps:
        await connection.execute(into(outbox).values(_row(gap, entropy)).on_conflict_do_nothing())


def _row(alert: Alert, entropy: Entropy) -> dict[str, object]:
    return {
        "id": draw(entropy, _ID_BYTES).hex(),
        "template": alert.template,
        "reference": alert.reference,
        "recipient": alert.recipient,
        "priority": alert.priority,
        "deadline_hour": alert.deadline_hour,
        "due": alert.due,
        "attempts": 0,
        "state": WAITING,
        "fault": None,
    }


async def claim(store: Store, now: int, limit: int, lease_seconds: int) -> list[Claimed]:
    """Take up to ``limit`` rows whose time has come, the longest due first.

    Of one document only those that have been due for longest are taken: when a chain is late, what is done with its
    first row (``cases.catching_up``) decides about the others.

    Args:
        store: the database.
        now: unix seconds.
        limit: how many at most.
        lease_seconds: how long the sender has before the rows come up again.

    Raises:
        StoreError: nothing was claimed.
    """
    before = outbox.alias()
    longer = (
        select(before.c.id)
        .where(before.c.state == WAITING, before.c.due < outbox.c.due, before.c.reference == outbox.c.reference)
        .exists()
    )
    due = (
        select(outbox)
        .where(outbox.c.state == WAITING, outbox.c.due <= now, ~longer)
        .order_by(outbox.c.due, outbox.c.id)
    )
    async with store.reading() as connection:
        # Most looks find nothing. A read does not queue behind the turns, which are writing.
        if (await connection.execute(due.limit(1))).first() is None:
            return []
    async with store.writing(shared=True) as connection:
        # On PostgreSQL two machines drain side by side; SQLite has one writer and ignores the lock.
        rows = (await connection.execute(due.limit(limit).with_for_update(skip_locked=True))).all()
        await connection.execute(
            update(outbox)
            .where(outbox.c.id.in_([row.id for row in rows]))
            .values(attempts=outbox.c.attempts + 1, due=now + lease_seconds)
        )
    return [Claimed(row.id, _alert(row), row.attempts + 1, row.fault) for row in rows]


async def sent(store: Store, id_: str) -> None:
    """Note that a claimed row has gone out."""
    await _finish(store, id_, SENT, None)


async def done(store: Store, id_: str) -> None:
    """Note that a claimed row is no longer needed: what it was about is gone."""
    await _finish(store, id_, DONE, None)


async def dead(store: Store, id_: str, fault: str) -> None:
    """Give a claimed row up until a person revives it. ``fault`` is a code of at most 32 characters."""
    await _finish(store, id_, DEAD, fault)


async def later(store: Store, id_: str, due: int, fault: str, *, counted: bool = True) -> None:
    """Put a claimed row back.

    Args:
        store: the database.
        id_: the row.
        due: when to try again, unix seconds.
        fault: a code of at most 32 characters.
        counted: False when the attempt says nothing about the message, since it never left: it does not bring
            the row nearer to being dead.
    """
    attempts = outbox.c.attempts - (0 if counted else 1)
    async with store.writing(shared=True) as connection:
        await connection.execute(
            update(outbox)
            .where(outbox.c.id == id_, outbox.c.state == WAITING)
            .values(due=due, fault=fault, attempts=case((attempts < 0, 0), else_=attempts))
        )


def back_off(attempts: int, jitter: float, retry_after: float | None = None) -> int:
    """Say how many seconds to wait after a failed attempt.

    Args:
        attempts: how many have failed, this one included.
        jitter: from 0 to 1; spreads those that failed together over half of the delay.
        retry_after: what the other side asked for, in seconds; it is never undercut, even above an hour.
    """
    doubled = min(LONGEST_DELAY, FIRST_DELAY * 2 ** min(max(attempts - 1, 0), 16))
    waited = doubled / 2 + doubled / 2 * jitter
    return round(waited if retry_after is None else max(retry_after + jitter, 1))


async def unsent(store: Store) -> list[Unsent]:
    """List what has not gone out, dead ones first, then by time; rows whose turn is to come among them."""
    wanted = (
        select(outbox)
        .where(outbox.c.state.in_((WAITING, DEAD)))
        .order_by(outbox.c.state, outbox.c.due, outbox.c.reference, outbox.c.recipient)
    )
    async with store.reading() as connection:
        rows = (await connection.execute(wanted)).all()
    return [Unsent(_alert(row), row.state, row.attempts, row.fault) for row in rows]


async def next_due(store: Store) -> int | None:
    """Say when the next waiting row is due, in unix seconds; None if none waits."""
    wanted = select(func.min(outbox.c.due)).where(outbox.c.state == WAITING)
    async with store.reading() as connection:
        found: int | None = (await connection.execute(wanted)).scalar_one()
    return found


async def revive(store: Store, reference: str, now: int) -> int:
    """Put a reference's dead rows back, due now and with all attempts before them; returns how many."""
    async with store.writing() as connection:
        result = await connection.execute(
            update(outbox)
            .where(outbox.c.reference == reference, outbox.c.state == DEAD)
            .values(state=WAITING, due=now, attempts=0, fault=None)
        )
    return result.rowcount


async def bring_forward(store: Store, recipient: str, fault: str, now: int) -> None:
    """Make a recipient's rows due now that wait because of one fault, which has just been mended."""
    async with store.writing() as connection:
        await connection.execute(
            update(outbox)
            .where(outbox.c.recipient == recipient, outbox.c.fault == fault, outbox.c.state == WAITING)
            .values(due=now)
        )


async def forget(connection: AsyncConnection, references: Sequence[str]) -> None:
    """Remove every row about some documents, inside the transaction that removes the documents."""
    await connection.execute(delete(outbox).where(outbox.c.reference.in_(references)))


async def _finish(store: Store, id_: str, state: str, fault: str | None) -> None:
    # Only from *waiting*: an acknowledgement that came while this was on its way has the last word.
    async with store.writing(shared=True) as connection:
        await connection.execute(
            update(outbox)
            .where(outbox.c.id == id_, outbox.c.state == WAITING)
            .values(state=state, fault=fault, due=FULL_HOUR)
        )


def _alert(row: Row[tuple[object, ...]]) -> Alert:
    return Alert(row.template, row.reference, row.recipient, row.priority, row.deadline_hour, row.due)
