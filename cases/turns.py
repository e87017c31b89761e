"""The transaction of one turn.

Everything a turn changes is gathered first (``Writes``) and written in one transaction that starts with the
delivery's mark: if the mark is there already, the delivery was done before and nothing is written. The session
is replaced only if it is still the one that was read (compare-and-swap on ``version``). Reading, thinking and
sealing happen before, outside the transaction, so that the one writer of SQLite is never kept waiting by them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from sqlalchemy import Table, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from cases import tries
from cases.outbox import Alert, insert_alerts, insert_gaps
from cases.store import Store
from cases.tables import additions, books, documents, inbox, sessions, slots, wraps
from cases.withdrawal import Withdrawal, withdraw
from crypto.entropy import Entropy


@dataclass(frozen=True, slots=True)
class Kept:
    """A session as it was read: its version, its encrypted body, its encrypted slots, and its last hour."""

    version: int
    touched_hour: int
    body: bytes = field(repr=False)
    slots: Mapping[str, bytes] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Wrapped:
    """One recipient's wrap; ``turn`` 0 is the first in the chain."""

    recipient: str
    turn: int
    key_id: str
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Document:
    """A sealed report or referral with everybody it is sealed for and the alerts that follow from it."""

    reference: str
    purpose: str
    day: int
    body: bytes = field(repr=False)
    wraps: tuple[Wrapped, ...]
    alerts: tuple[Alert, ...]
    lookup: bytes | None = field(default=None, repr=False)
    mailbox: bytes | None = field(default=None, repr=False)
    about: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Tried:
    """A number was typed: under which keyed pseudonym (32 bytes), whether it was right, and when, in unix seconds."""

    mark: bytes = field(repr=False)
    right: bool
    now: int


@dataclass(frozen=True, slots=True)
class Writes:
    """All that one turn writes.

    ``expected`` is the version that was read, ``None`` if there was no session. ``body`` ``None`` removes the
    session. ``slots`` maps a slot to its new ciphertext, or to ``None`` to remove it; ``anew`` removes every slot
    first. ``gaps`` tell coordinators that there was nobody to send something to. Hours and days count from 1970.
    """

    mark: bytes = field(repr=False)
    hour: int
    pseudonym: bytes = field(repr=False)
    expected: int | None
    body: bytes | None = field(repr=False)
    slots: Mapping[str, bytes | None] = field(default_factory=dict, repr=False)
    anew: bool = False
    documents: tuple[Document, ...] = ()
    gaps: tuple[Alert, ...] = ()
    tried: Tried | None = None
    withdrawal: Withdrawal | None = None


class Done(Enum):
    """What became of a turn's writes."""

    WRITTEN = "written"
    REPEATED = "repeated"
    OVERTAKEN = "overtaken"


async def read(store: Store, pseudonym: bytes, mark: bytes) -> tuple[Kept | None, bool]:
    """The session under a pseudonym, and whether this delivery was done before.

    Raises:
        StoreError: the database did not answer.
    """
    async with store.reading() as connection:
        done = (await connection.execute(select(inbox.c.day).where(inbox.c.mark == mark))).first() is not None
        return await _kept(connection, pseudonym), done


async def _kept(connection: AsyncConnection, pseudonym: bytes) -> Kept | None:
    # One statement sees one moment. With two, another process could commit between them, and the words of a new
    # draft would be read with the key of the old one.
    whole = select(sessions, slots.c.slot, slots.c.body.label("words"))
    joined = whole.outerjoin(slots, slots.c.pseudonym == sessions.c.pseudonym)
    found = (await connection.execute(joined.where(sessions.c.pseudonym == pseudonym))).all()
    if not found:
        return None
    drafts = {row.slot: row.words for row in found if row.slot is not None}
    return Kept(found[0].version, found[0].touched_hour, found[0].body, drafts)


class _Undo(Exception):  # noqa: N818 -- never leaves this module; it rolls the transaction back
    def __init__(self, done: Done) -> None:
        super().__init__(done.value)
        self.done = done


async def commit(store: Store, writes: Writes, *, entropy: Entropy) -> Done:
    """Write a turn, whole or not at all.

    Raises:
        StoreError: the database did not take it; nothing was kept.
    """
    try:
        # A withdrawal looks at who has been handed the report, and must not be overtaken by a hand-over.
        async with store.writing(shared=writes.withdrawal is None) as connection:
            await _delivery(connection, writes)
            await _session(connection, writes)
            for document in writes.documents:
                await _document(connection, document, entropy)
            await insert_gaps(connection, writes.gaps, entropy=entropy)
            if writes.tried is not None:
                await _tried(connection, writes.tried)
            await _withdrawn(connection, writes.withdrawal, entropy)
    except _Undo as undo:
        return undo.done
    return Done.WRITTEN


async def _delivery(connection: AsyncConnection, writes: Writes) -> None:
    if not await _new(connection, inbox, {"mark": writes.mark, "day": writes.hour // 24}):
        raise _Undo(Done.REPEATED)


async def _new(connection: AsyncConnection, table: Table, row: Mapping[str, Any]) -> bool:
    """Insert a row unless its key is there; says whether it was inserted."""
    into = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    result = await connection.execute(into(table).values(**row).on_conflict_do_nothing())
    return result.rowcount == 1


async def _session(connection: AsyncConnection, writes: Writes) -> None:
    mine = sessions.c.pseudonym == writes.pseudonym
    if writes.body is None:
        if writes.expected is not None:
            gone = await connection.execute(delete(sessions).where(mine, sessions.c.version == writes.expected))
            if gone.rowcount != 1:
                raise _Undo(Done.OVERTAKEN)
        elif (await connection.execute(select(sessions.c.version).where(mine))).first() is not None:
            raise _Undo(Done.OVERTAKEN)  # begun elsewhere since it was looked for: that must go too
        return
    row = {"version": (writes.expected or 0) + 1, "touched_hour": writes.hour, "body": writes.body}
    if writes.expected is None:
        written = await _new(connection, sessions, {"pseudonym": writes.pseudonym, **row})
    else:
        same = sessions.c.version == writes.expected
        written = (await connection.execute(update(sessions).where(mine, same).values(**row))).rowcount == 1
    if not written:
        raise _Undo(Done.OVERTAKEN)
    if writes.anew:
        await connection.execute(delete(slots).where(slots.c.pseudonym == writes.pseudonym))
    for slot, body in writes.slots.items():
        await connection.execute(delete(slots).where(slots.c.pseudonym == writes.pseudonym, slots.c.slot == slot))
        if body is not None:
            await connection.execute(insert(slots).values(pseudonym=writes.pseudonym, slot=slot, body=body))


async def _document(connection: AsyncConnection, document: Document, entropy: Entropy) -> None:
    await connection.execute(
        insert(documents).values(
            reference=document.reference,
            purpose=document.purpose,
            day=document.day,
            body=document.body,
            lookup=document.lookup,
            mailbox=document.mailbox,
        )
    )
    await connection.execute(
        insert(wraps),
        [
            {
                "reference": document.reference,
                "recipient": wrap.recipient,
                "turn": wrap.turn,
                "key_id": wrap.key_id,
                "body": wrap.body,
            }
            for wrap in document.wraps
        ],
    )
    if document.about is not None:
        await connection.execute(insert(additions).values(reference=document.reference, about=document.about))
    await insert_alerts(connection, document.alerts, entropy=entropy)


async def _withdrawn(connection: AsyncConnection, withdrawal: Withdrawal | None, entropy: Entropy) -> None:
    if withdrawal is not None and not await withdraw(connection, withdrawal, entropy=entropy):
        raise _Undo(Done.OVERTAKEN)  # it stands otherwise than the person was told: they are asked again


async def _tried(connection: AsyncConnection, tried: Tried) -> None:
    if tried.right:
        await tries.right(connection, tried.mark)
    else:
        await tries.wrong(connection, tried.mark, tried.now)


async def renote(store: Store, pseudonym: bytes, expected: int, body: bytes | None) -> bool:
    """Replace or remove a session's body outside a turn; says whether it was still the one that was read.

    Raises:
        StoreError: the database did not take it.
    """
    mine = (sessions.c.pseudonym == pseudonym, sessions.c.version == expected)
    async with store.writing(shared=True) as connection:
        if body is None:
            result = await connection.execute(delete(sessions).where(*mine))
        else:
            result = await connection.execute(update(sessions).where(*mine).values(body=body, version=expected + 1))
    return result.rowcount == 1


async def keep_book(store: Store, digest: str, body: str) -> None:
    """Keep a compiled conversation for those who begin with it.

    Raises:
        StoreError: the database did not take it.
    """
    async with store.writing(shared=True) as connection:
        await _new(connection, books, {"digest": digest, "body": body})


async def stored_book(store: Store, digest: str) -> str | None:
    """The compiled conversation with this digest.

    Raises:
        StoreError: the database did not answer.
    """
    async with store.reading() as connection:
        row = (await connection.execute(select(books.c.body).where(books.c.digest == digest))).first()
    return row.body if row else None
