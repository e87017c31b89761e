"""How many people each counsellor accompanies now, as far as the database can tell.

A request that somebody accepted counts for thirty days. When an accompaniment ends is nobody's business but that of
the two, and so nothing is kept of it. The number only orders whom to ask: see ``routing.matching``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy import func, select

from cases.store import Store
from cases.tables import documents, wraps

COUNTS_FOR_HOURS: Final = 30 * 24


async def busy(store: Store, now: int) -> Mapping[str, int]:
    """Count the requests that each counsellor has accepted lately, by id; who has accepted none is not in it.

    Args:
        store: the database.
        now: unix seconds.

    Raises:
        StoreError: the database did not answer.
    """
    wanted = (
        select(wraps.c.recipient, func.count().label("people"))
        .join(documents, documents.c.reference == wraps.c.reference)
        .where(documents.c.purpose == "referral", wraps.c.acknowledged_hour > now // 3600 - COUNTS_FOR_HOURS)
        .group_by(wraps.c.recipient)
    )
    async with store.reading() as connection:
        return {row.recipient: row.people for row in await connection.execute(wanted)}
