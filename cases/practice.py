"""What a database is for: the real thing, or practice with invented cases. Never both.

The mark is set when a database is used for the first time and holds for good. A mistake in one setting would
otherwise put invented cases among real ones, or real words where people practise; so each side refuses the other's
database, and whoever means it makes a new one.
"""

from __future__ import annotations

from sqlalchemy import insert, inspect, select
from sqlalchemy.ext.asyncio import AsyncConnection

from cases.store import Store, StoreError
from cases.tables import documents, inbox, installation, invites, sessions, staff

LIVE = "live"
PRACTICE = "practice"

_USED = (documents, inbox, invites, sessions, staff)
"""Tables that hold something as soon as anybody has used a database."""


class OtherUseError(StoreError):
    """The database is for practice and this is not, or the other way round."""


async def claim(store: Store, *, practice: bool) -> None:
    """Mark a new database as for practice or not; one that is marked must say the same.

    A database without a mark that holds something is from before there were marks, and so a live one.

    Raises:
        OtherUseError: it is for the other use; nothing was changed.
        StoreError: the database did not answer.
    """
    wanted = PRACTICE if practice else LIVE
    async with store.writing() as connection:
        found = await _use(connection)
        if found is None:
            if practice and await _held(connection):
                raise _other(practice=practice)
            await connection.execute(insert(installation).values(use=wanted))
        elif found != wanted:
            raise _other(practice=practice)


async def check(store: Store, *, practice: bool) -> None:
    """Refuse a database of the other use; one without a mark, or older than marks, is a live one.

    Raises:
        OtherUseError: it is for the other use.
        StoreError: the database did not answer.
    """
    async with store.reading() as connection:
        marked = await connection.run_sync(lambda sync: inspect(sync).has_table(installation.name))
        found = await _use(connection) if marked else None
    if (found or LIVE) != (PRACTICE if practice else LIVE):
        raise _other(practice=practice)


async def _use(connection: AsyncConnection) -> str | None:
    found: str | None = (await connection.execute(select(installation.c.use))).scalar_one_or_none()
    return found


async def _held(connection: AsyncConnection) -> bool:
    for table in _USED:
        if (await connection.execute(select(table.primary_key.columns[0]).limit(1))).first() is not None:
            return True
    return False


def _other(*, practice: bool) -> OtherUseError:
    if practice:
        return OtherUseError(
            "the database is a live one, and is never used for practice: name another (LINNET_DATABASE_URL)"
        )
    return OtherUseError(
        "the database is for practice, and never for real cases: set LINNET_PRACTICE=1, or name another"
    )
