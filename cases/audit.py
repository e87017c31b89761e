"""Who did what with which document, in which hour: a chain of lines that is only ever added to.

Each line's digest covers the line and the digest before it, so a line that is changed, removed or put in between
breaks the chain from there on. Whoever may write to the database could make the whole chain anew; so ``linnet audit
verify`` prints its end, and a coordinator who notes that down can later ask whether the chain still goes through it.

A line holds a person of the directory, an act, a reference and an hour; never content, and nothing of the person who
told. It is written in the transaction of what it records: an act without a line is not possible, nor the reverse.
Somebody who is kept out of a report has no wrap of it, can do nothing with it, and so never stands in a line about it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from cases.store import Store
from cases.tables import audit, audit_head
from crypto.encoding import bind

LABEL = "linnet audit 1"
START = bytes(32)
"""What stands before the first line."""

_HEAD = 1
_AT_ONCE = 1000


class Act(StrEnum):
    """What somebody did; at most 16 characters."""

    LOGGED_IN = "logged_in"
    OPENED = "opened"
    ACKNOWLEDGED = "acknowledged"
    RECUSED = "recused"
    ANSWERED = "answered"
    STATUS = "status"


@dataclass(frozen=True, slots=True)
class Line:
    """One act. ``hour`` counts from 1970; ``reference`` is empty where the act is about no document."""

    number: int
    hour: int
    person: str = field(repr=False)
    act: str
    reference: str = field(repr=False)
    digest: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class End:
    """A place in the chain: after so many lines, this digest (32 bytes)."""

    number: int
    digest: bytes

    def __str__(self) -> str:
        return f"{self.number}:{self.digest.hex()}"


class BrokenChainError(Exception):
    """The chain is not what it was; ``number`` is the first line that does not fit."""

    def __init__(self, number: int, sentence: str) -> None:
        super().__init__(sentence)
        self.number = number


def parse_end(text: str) -> End | None:
    """Read what ``str(End)`` wrote, such as "17:ab…"; None for anything else."""
    number, _, digest = text.strip().partition(":")
    try:
        found = End(int(number), bytes.fromhex(digest))
    except ValueError:
        return None
    return found if len(found.digest) == len(START) and str(found) == text.strip() else None


async def record(connection: AsyncConnection, person: str, act: Act, reference: str, now: int) -> None:
    """Add a line, inside the transaction of the act.

    Args:
        connection: with a writing transaction; others that record wait until it ends.
        person: whose act, an id in the directory.
        act: what.
        reference: about which document; "" for none.
        now: unix seconds, of which the hour is kept.
    """
    head = select(audit_head).where(audit_head.c.id == _HEAD)
    before = (await connection.execute(head.with_for_update())).first()
    if before is None:
        first = {"id": _HEAD, "number": 0, "digest": START}
        await connection.execute(insert(audit_head).values(first))
    number = 1 if before is None else before.number + 1
    digest = _digest(START if before is None else before.digest, number, now // 3600, person, act, reference)
    row = {"number": number, "hour": now // 3600, "person": person, "act": str(act), "reference": reference}
    await connection.execute(insert(audit).values(**row, digest=digest))
    await connection.execute(update(audit_head).where(audit_head.c.id == _HEAD).values(number=number, digest=digest))


async def verify(store: Store, through: End | None = None) -> End:
    """Go through the whole chain and return its end.

    Args:
        store: the database.
        through: an end that was noted earlier, which the chain must still go through.

    Raises:
        BrokenChainError: a line was changed, removed or put in, or the chain does not go through ``through``.
        StoreError: the database did not answer.
    """
    end = End(0, START)
    noted = through is None or through == end
    async with store.reading() as connection:
        # First the head, then the lines: one that is added meanwhile is a line too many, which is none too few.
        head = (await connection.execute(select(audit_head).where(audit_head.c.id == _HEAD))).first()
        while lines := await _after(connection, end.number):
            for line in lines:
                end = _next(end, line)
                noted = noted or end == through
                if head is not None and end.number == head.number and end.digest != head.digest:
                    raise BrokenChainError(end.number, f"line {end.number} is not the one that was written")
    if head is None and end.number:
        raise BrokenChainError(end.number, "the note of the last line is gone")
    if head is not None and end.number < head.number:
        raise BrokenChainError(end.number + 1, f"the lines from {end.number + 1} to {head.number} are missing")
    if not noted and through is not None:
        raise BrokenChainError(
            through.number, f"the chain does not go through the line {through.number} that you noted"
        )
    return end


async def about(store: Store, reference: str) -> tuple[Line, ...]:
    """Everything that was done with one document, in its order.

    Raises:
        StoreError: the database did not answer.
    """
    async with store.reading() as connection:
        rows = await connection.execute(select(audit).where(audit.c.reference == reference).order_by(audit.c.number))
        return tuple(Line(**row._mapping) for row in rows)  # noqa: SLF001 -- SQLAlchemy's public name for a row's columns


async def _after(connection: AsyncConnection, number: int) -> tuple[Line, ...]:
    wanted = select(audit).where(audit.c.number > number).order_by(audit.c.number).limit(_AT_ONCE)
    return tuple(Line(**row._mapping) for row in await connection.execute(wanted))  # noqa: SLF001 -- as above


def _next(end: End, line: Line) -> End:
    if line.number != end.number + 1:
        raise BrokenChainError(end.number + 1, f"the lines from {end.number + 1} to {line.number - 1} are missing")
    if line.digest != _digest(end.digest, line.number, line.hour, line.person, line.act, line.reference):
        raise BrokenChainError(line.number, f"line {line.number} was changed, or one before it was put in or removed")
    return End(line.number, line.digest)


def _digest(before: bytes, number: int, hour: int, person: str, act: str, reference: str) -> bytes:
    numbers = (number.to_bytes(8, "big"), hour.to_bytes(8, "big"))
    words = (person.encode(), str(act).encode(), reference.encode())
    return hashlib.sha256(bind(LABEL, before, *numbers, *words)).digest()
