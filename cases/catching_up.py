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

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from cases.outbox import ALERT, AWAITING, CLOSED, COVERAGE, LATE, REMINDER, SENT, WAITING, Alert, Claimed
from cases.passing import Place, hold, places, put_off
from cases.store import Store
from cases.tables import outbox, wraps

LATE_SECONDS = 900
"""Seconds after which a row that has not been tried counts as late: nobody was draining."""


@dataclass(frozen=True, slots=True)
class Pauses:
    """How long what is late waits still, in seconds.

    Attributes:
        first: the first turn that came due.
        between: each one after it, for the one before.
        clock: not a pause but the whole clock, from which the time at which a recipient should have been told is known.
    """

    first: int
    between: int
    clock: int


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
    if _time(claimed, chain, now, pauses) <= now and not _hours_late(claimed, chain, now, pauses):
        return alert  # as nearly always, and nothing has to be written
    async with store.writing() as connection:
        await hold(connection, alert.reference)
        chain = await places(connection, alert.reference)
        if hours := _hours_late(claimed, chain, now, pauses):
            await _move_all(connection, claimed, hours)
            return replace(alert, deadline_hour=alert.deadline_hour + hours)
        due = _time(claimed, chain, now, pauses)
        if due > now:
            await put_off(connection, claimed, due, LATE)
            return None
    return alert


def _late(claimed: Claimed, now: int) -> bool:
    if claimed.fault is None:
        # At its second try it has been here before, and was killed.
        return claimed.attempts == 1 and claimed.alert.due + LATE_SECONDS < now
    if claimed.fault == LATE:
        return claimed.alert.due + LATE_SECONDS < now
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
    else:
        # Behind whoever was told late; if this one is late itself, behind everybody who was told.
        late_too = claimed.fault == LATE
        wait += [one.due + pauses.between for one in told if one.turn < mine.turn and (late_too or one.fault == LATE)]
    return max(wait, default=now)


def _hours_late(claimed: Claimed, chain: Sequence[Place], now: int, pauses: Pauses) -> int:
    """How many hours all clocks have to begin later, because this is the first alert of all and so late; mostly 0."""
    alert = claimed.alert
    first = [place.recipient for place in chain if place.turn == 0]
    # Of several in the first turn one moves the plan, once. What kept a single person from being told moves nothing.
    if alert.template != ALERT or first[:1] != [alert.recipient] or not _late(claimed, now):
        return 0
    begun = alert.deadline_hour * 3600 - pauses.clock
    return max((now - begun) // 3600, 0)


async def _move_all(connection: AsyncConnection, claimed: Claimed, hours: int) -> None:
    """Move what was planned for later by some hours, and the deadlines of those who are told first."""
    reference = claimed.alert.reference
    after = select(wraps.c.recipient).where(wraps.c.reference == reference, wraps.c.turn > 0)
    row = (outbox.c.reference == reference, outbox.c.state == WAITING)
    alert = outbox.c.template == ALERT
    planned = outbox.c.template.in_((REMINDER, AWAITING, COVERAGE)) | (alert & outbox.c.recipient.in_(after))
    later = {"deadline_hour": outbox.c.deadline_hour + hours}
    await connection.execute(
        update(outbox).where(*row, planned, outbox.c.attempts == 0).values(due=outbox.c.due + hours * 3600, **later)
    )
    await connection.execute(update(outbox).where(*row, alert, outbox.c.recipient.not_in(after)).values(later))
