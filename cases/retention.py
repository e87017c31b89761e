"""What is removed when its time is over: drafts nobody came back to, marks of deliveries, wrong numbers, old sessions.

A draft lives for a number of hours without an event (72 unless set otherwise). Its slots go with it. Every sweep also
removes what is left in the files of what was removed (``cases.traces``), whether it removed anything itself or not:
people leave, erase and send between sweeps too, and a log would keep the draft, with the session that holds its key,
for whoever has the server's secret.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete

from cases import logins
from cases.store import Store
from cases.tables import inbox, sessions
from cases.traces import remove_traces
from cases.tries import forget_old

MARK_DAYS = 7
"""How long a delivery's mark is kept; Telegram gives up on a delivery after a day."""


@dataclass(frozen=True, slots=True)
class Swept:
    """How many drafts and marks were removed."""

    drafts: int
    marks: int


async def sweep(store: Store, *, hour: int, draft_hours: int) -> Swept:
    """Remove what has expired by ``hour`` (whole hours since 1970).

    Raises:
        StoreError: the database did not take it; the next sweep will.
    """
    async with store.writing(shared=True) as connection:
        drafts = await connection.execute(delete(sessions).where(sessions.c.touched_hour < hour - draft_hours))
        await forget_old(connection, hour * 3600)
        await logins.forget_old(connection, hour * 3600)
        marks = await connection.execute(delete(inbox).where(inbox.c.day < hour // 24 - MARK_DAYS))
    await remove_traces(store, day=hour // 24)
    return Swept(drafts.rowcount, marks.rowcount)
