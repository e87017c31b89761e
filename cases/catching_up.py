"""A server that slept catches up once: nobody is skipped, nobody is hurried, and no chain is told all at once.

While Linnet does not run, or has no way out, turns come due and nobody hears of them, and "I have it" is not heard
either. Going through all of it at once on waking would hand a report to its whole chain within seconds, most of them
without need. Nor may it wait as long as if nothing had happened: the person who told has waited already. So, of what
comes due late:

* The first alert of all goes out at once. If it was the server that slept, the whole plan moves by as long as it was
  late, since no clock runs for somebody who has not been told.
* The next turn waits a moment more (15 minutes unless configured otherwise). Messengers keep what was pressed for
  some time; whoever pressed "I have it" meanwhile is heard first. So do those who watch over the chain.
* The turns after it wait for each other, at least a quarter of the clock, in their order, and so does a turn that
  comes due meanwhile.
* A reminder goes out at once, unless its alert has only just gone out (``cases.reminding``).

A row is put off for being late once. However often a server sleeps, each time it wakes the first turn that waits goes
on, so everybody's turn comes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from cases.outbox import ALERT, AWAITING, COVERAGE, LATE, REMINDER, SENT, WAITING, Alert, Claimed
from cases.passing import Place, hold, places, put_off
from cases.store import Store
from cases.tables import outbox

LATE_SECONDS = 900
"""Seconds after which a row that has not been tried counts as late: nobody was draining."""
WITHIN_THE_HOUR = 3600
"""The first turn is due from the full hour before its report."""

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


@dataclass(frozen=True, slots=True)
class Pauses:
    """How long what is late waits still, in seconds: the first turn, and each one after it for the one before."""

    first: int
    between: int


async def caught_up(store: Store, claimed: Claimed, now: int, pauses: Pauses) -> Alert | None:
    """Return what a claimed row says if it may go out now; None when it has been put off.

    Args:
        store: the database.
        claimed: an alert, or a message to those who watch over a chain; anything else may always go.
        now: unix seconds.
        pauses: how long things wait.

    Raises:
        StoreError: the database did not answer, and nothing was changed.
    """
    alert = claimed.alert
    if alert.template not in {ALERT, AWAITING, COVERAGE}:
        return alert
    async with store.reading() as connection:
        chain = await places(connection, alert.reference)
    if _time(claimed, chain, now, pauses) <= now and not _moves_all(claimed, chain, now):
        return alert  # as nearly always, and nothing has to be written
    async with store.writing() as connection:
        await hold(connection, alert.reference)
        chain = await places(connection, alert.reference)
        if _moves_all(claimed, chain, now):
            hours = (now - alert.due) // 3600
            await _move_all(connection, claimed, hours)
            return replace(alert, deadline_hour=alert.deadline_hour + hours)
        due = _time(claimed, chain, now, pauses)
        if due > now:
            await put_off(connection, claimed, due, LATE)
            return None
    return alert


def _late(claimed: Claimed, now: int, slack: int = LATE_SECONDS) -> bool:
    if claimed.fault in {None, LATE}:
        return claimed.alert.due + slack < now
    return claimed.fault in CLOSED


def _time(claimed: Claimed, chain: Sequence[Place], now: int, pauses: Pauses) -> int:
    """When a row may go out; ``now`` or earlier: at once."""
    alert = claimed.alert
    late = _late(claimed, now)
    first = pauses.first if late and claimed.fault is None else 0
    coming = [place for place in chain if place.state == WAITING and place.fault in {None, LATE, *CLOSED}]
    if alert.template == AWAITING:
        return now + first
    if alert.template == COVERAGE:
        # Not before the last one has been asked and has had a while.
        return max([now + first, *(place.due + pauses.between for place in coming)])
    mine = next((place for place in chain if place.recipient == alert.recipient), None)
    if mine is None or mine.turn == 0:
        return now
    lower = [place for place in coming if place.turn < mine.turn]
    told = [place for place in chain if place.turn != mine.turn and place.state == SENT]
    wait = [place.due + pauses.between for place in lower if place.fault == LATE]
    if late:
        turns = {place.turn for place in lower} | {one.turn for one in told if one.due + pauses.between > now}
        wait.append(now + first + pauses.between * len(turns))
    elif claimed.fault == LATE:
        wait += [place.due + pauses.between for place in told if place.turn < mine.turn]
    return max(wait, default=now)


def _moves_all(claimed: Claimed, chain: Sequence[Place], now: int) -> bool:
    """Whether this is the first alert of all, and so late that all clocks have to begin later."""
    if claimed.alert.template != ALERT or claimed.fault is not None:
        return False
    told = [place.recipient for place in chain if place.turn == 0]
    # Of several in the first turn one moves the plan, once.
    return told[:1] == [claimed.alert.recipient] and _late(claimed, now, LATE_SECONDS + WITHIN_THE_HOUR)


async def _move_all(connection: AsyncConnection, claimed: Claimed, hours: int) -> None:
    """Move what was planned for later by some hours, and the deadlines of those who are told first."""
    alert = claimed.alert
    row = (outbox.c.reference == alert.reference, outbox.c.state == WAITING)
    planned = outbox.c.template.in_((ALERT, REMINDER, AWAITING, COVERAGE)) & (outbox.c.attempts == 0)
    later = {"deadline_hour": outbox.c.deadline_hour + hours}
    await connection.execute(
        update(outbox).where(*row, planned, outbox.c.due > alert.due).values(due=outbox.c.due + hours * 3600, **later)
    )
    same = (outbox.c.template == ALERT) & (outbox.c.attempts > 0)
    await connection.execute(update(outbox).where(*row, same).values(later))
    await connection.execute(update(outbox).where(outbox.c.id == claimed.id).values(fault=LATE))
