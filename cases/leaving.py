"""What was told to people who have left the directory since: their turns pass on, and nobody waits for them.

An alert that is yet to go out finds out by itself (``cases.passing.gone``). This is for those that have gone out to
somebody who is not there any more and has not said that they have it: without it, the next in the chain would hear
when the clock has run out. Nothing is taken back. Who left, and when, is not noted; a row only says that its recipient
is not in the directory.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import and_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from cases.outbox import ALERT, SENT, WAITING
from cases.passing import GONE, hold, pass_on, places
from cases.store import Store
from cases.tables import outbox, wraps


async def let_go(store: Store, present: Callable[[str], bool], now: int) -> int:
    """Let the turns of people who have been told and are not there any more pass on.

    Args:
        store: the database.
        present: says of an id whether somebody is in the directory today.
        now: unix seconds.

    Returns:
        How many alerts were concerned.

    Raises:
        StoreError: the database did not take one; those before it stay done.
    """
    wanted = (
        select(outbox.c.reference, outbox.c.recipient)
        .join(wraps, and_(wraps.c.reference == outbox.c.reference, wraps.c.recipient == outbox.c.recipient))
        .where(
            outbox.c.template == ALERT,
            outbox.c.attempts > 0,
            outbox.c.state.in_((WAITING, SENT)),
            outbox.c.fault.is_distinct_from(GONE),
            wraps.c.acknowledged_hour.is_(None),
        )
        .order_by(outbox.c.reference, outbox.c.recipient)
    )
    async with store.reading() as connection:
        told = (await connection.execute(wanted)).all()
    left = [(row.reference, row.recipient) for row in told if not present(row.recipient)]
    count = 0
    for reference, recipient in left:
        async with store.writing() as connection:
            count += await _pass(connection, reference, recipient, now)
    return count


async def _pass(connection: AsyncConnection, reference: str, recipient: str, now: int) -> bool:
    """Mark one alert as that of somebody who left, and let its turn pass on, unless somebody has it by now."""
    await hold(connection, reference)
    chain = await places(connection, reference)
    mine = next((place for place in chain if place.recipient == recipient), None)
    if mine is None or not mine.asked or any(place.taken for place in chain):
        return False
    row = (outbox.c.template == ALERT, outbox.c.reference == reference, outbox.c.recipient == recipient)
    await connection.execute(update(outbox).where(*row).values(fault=GONE))
    await pass_on(connection, reference, mine.turn, now)
    return True
