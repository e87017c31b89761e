"""Wrong numbers cost time: whoever guesses waits longer each time, and nobody else waits with them.

What is kept is a keyed pseudonym of whoever typed, how often it was wrong, and until which minute they wait. The wait
doubles from one minute up to an hour. A person who mistypes three times does not notice; ten thousand guesses from a
hundred pseudonyms take four days. The right number ends the wait of its own pseudonym only. While somebody waits
nothing is looked up, so that the answer to a right number and to a wrong one cannot differ.
"""

from __future__ import annotations

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from cases.store import Store
from cases.tables import tries

FREE = 3
"""Wrong numbers without a wait."""
LONGEST_MINUTES = 60
FORGOTTEN_MINUTES = 24 * 60
"""How long after the end of a wait the count begins anew."""


def wait_minutes(wrong: int) -> int:
    """Return the wait after so many wrong numbers in a row, in minutes: 0, 0, 0, 1, 2, 4 … 60."""
    return 0 if wrong <= FREE else min(LONGEST_MINUTES, 2 ** min(wrong - FREE - 1, 16))


async def waits(store: Store, mark: bytes, now: int) -> int:
    """Return how many minutes somebody still has to wait, rounded up; 0: they may try.

    Args:
        store: the database.
        mark: the keyed pseudonym, 32 bytes.
        now: unix seconds.

    Raises:
        StoreError: the database did not answer.
    """
    async with store.reading() as connection:
        until = (
            await connection.execute(select(tries.c.until_minute).where(tries.c.mark == mark))
        ).scalar_one_or_none()
    return 0 if until is None else max(0, until - now // 60)


async def wrong(connection: AsyncConnection, mark: bytes, now: int) -> None:
    """Count a wrong number, inside the caller's transaction: an answer is only seen once its count is kept."""
    found = (await connection.execute(select(tries).where(tries.c.mark == mark))).first()
    fresh = found is None or found.until_minute + FORGOTTEN_MINUTES < now // 60
    count = 1 if fresh or found is None else found.wrong + 1
    await right(connection, mark)
    wait = wait_minutes(count)
    until = -(-now // 60) + wait if wait else now // 60
    await connection.execute(insert(tries).values(mark=mark, wrong=count, until_minute=until))


async def right(connection: AsyncConnection, mark: bytes) -> None:
    """Forget the wrong numbers of somebody who had the right one."""
    await connection.execute(delete(tries).where(tries.c.mark == mark))


async def forget_old(connection: AsyncConnection, now: int) -> None:
    """Remove counts that would begin anew."""
    await connection.execute(delete(tries).where(tries.c.until_minute + FORGOTTEN_MINUTES < now // 60))
