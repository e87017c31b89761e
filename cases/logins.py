"""Open sessions of staff: which token is whose, and until when.

A token is 32 random bytes; only a keyed mark of it is kept, so a stolen database opens no session. A session lasts a
quarter of an hour. It is bound to the key that was proven: with another key in the directory it is over. The mark of
the attempt, which is kept as long, makes that an answer counts once.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from cases.audit import Act, record
from cases.store import Store
from cases.tables import logins

SESSION_MINUTES = 15
ATTEMPT_MINUTES = 2
"""How long an answer to a challenge counts."""


@dataclass(frozen=True, slots=True)
class Session:
    """Whose session it is, and the id of the key they proved to hold."""

    person: str = field(repr=False)
    key_id: str = field(repr=False)


async def begin(store: Store, session: Session, *, mark: bytes, attempt: bytes, now: int) -> bool:
    """Open a session; say whether the attempt was not used before.

    Args:
        store: the database.
        session: whose.
        mark: the token's keyed mark, 32 bytes.
        attempt: the attempt's keyed mark, 32 bytes.
        now: unix seconds.

    Raises:
        StoreError: nothing was kept.
    """
    minute = now // 60
    async with store.writing() as connection:
        await forget_old(connection, now)
        if (await connection.execute(select(logins.c.mark).where(logins.c.attempt == attempt))).first() is not None:
            return False
        row = {"mark": mark, "attempt": attempt, "person": session.person, "key_id": session.key_id}
        await connection.execute(insert(logins).values(**row, expires_minute=minute + SESSION_MINUTES))
        await record(connection, session.person, Act.LOGGED_IN, "", now)
    return True


async def session_of(store: Store, mark: bytes, now: int) -> Session | None:
    """Say whose session a token is; None for an unknown or ended one.

    Raises:
        StoreError: the database did not answer.
    """
    wanted = select(logins).where(logins.c.mark == mark, logins.c.expires_minute > now // 60)
    async with store.reading() as connection:
        row = (await connection.execute(wanted)).first()
    return None if row is None else Session(row.person, row.key_id)


async def end(store: Store, mark: bytes, now: int) -> None:
    """End a session at once."""
    async with store.writing() as connection:
        await connection.execute(update(logins).where(logins.c.mark == mark).values(expires_minute=now // 60))


async def forget_old(connection: AsyncConnection, now: int) -> None:
    """Remove sessions that are over, inside the caller's transaction."""
    # An answer may come until its attempt is over; until then its mark has to stay, whatever became of the session.
    await connection.execute(delete(logins).where(logins.c.expires_minute + ATTEMPT_MINUTES < now // 60))
