"""Who has said in the staff bot that they are away: only the present state, and nothing of days gone by.

Leave that is known beforehand stands in the directory (``routing.hours``); this is for the rest. Whoever is away is
passed over for their alternate when a chain is made and when an alert comes due. An hour that has come ends it by
itself, so that nobody stays passed over because they forgot to come back.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, insert, or_, select

from cases.store import Store
from cases.tables import duty


@dataclass(frozen=True, slots=True)
class Away:
    """Somebody is away: until an hour since 1970, or until they say that they are back (None)."""

    until_hour: int | None


async def away(store: Store, now: int) -> frozenset[str]:
    """List the people who are away at ``now`` (unix seconds).

    Raises:
        StoreError: the database did not answer.
    """
    async with store.reading() as connection:
        return frozenset((await connection.execute(select(duty.c.person).where(_lasts(now)))).scalars())


async def away_of(store: Store, person: str, now: int) -> Away | None:
    """Say whether one person is away at ``now`` (unix seconds), and until when; None: on duty."""
    wanted = select(duty.c.until_hour).where(duty.c.person == person, _lasts(now))
    async with store.reading() as connection:
        found = (await connection.execute(wanted)).first()
    return None if found is None else Away(found.until_hour)


async def set_away(store: Store, person: str, until: int | None) -> None:
    """Note that a person is away; what was noted before is replaced.

    Args:
        store: the database.
        person: an id in the directory.
        until: the moment of being back in unix seconds, counted down to a whole hour: rather half an hour early in
            a time zone between two hours than an alert that nobody gets. None: until ``back``.
    """
    async with store.writing() as connection:
        await connection.execute(delete(duty).where(duty.c.person == person))
        await connection.execute(
            insert(duty).values(person=person, until_hour=None if until is None else until // 3600)
        )


async def back(store: Store, person: str) -> bool:
    """Note that a person is on duty; say whether they had been noted as away."""
    async with store.writing() as connection:
        return (await connection.execute(delete(duty).where(duty.c.person == person))).rowcount > 0


def _lasts(now: int) -> ColumnElement[bool]:
    return or_(duty.c.until_hour.is_(None), duty.c.until_hour > now // 3600)
