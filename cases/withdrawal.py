"""A person takes their report back.

Before anybody was handed it, it is destroyed: the words, every wrap, every alert, and what was added later; a
tombstone says to whoever has the number that something ended, and nothing else is left. After, the server destroys
its copy of the words and every wrap that nobody was handed; those who have the report are told that it was withdrawn,
and can neither answer nor hand it on through here. What they have on their own devices is out of reach, and the
person is told so.

Which of the two it is gets decided in the transaction that does it: a report could be handed over while the person
was still reading the question.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from cases.ending import destroy
from cases.mailbox import WITHDRAWN, told, write_status
from cases.outbox import Alert, insert_alerts
from cases.tables import additions, documents, messages, outbox, statuses, tombstones, wraps
from crypto.entropy import Entropy


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What the person was told would happen: ``readers`` are those who had been handed the report by then.

    ``notices`` are the content-free rows for them.
    """

    reference: str = field(repr=False)
    lookup: bytes = field(repr=False)
    day: int
    readers: frozenset[str] = field(repr=False)
    notices: tuple[Alert, ...] = field(default=(), repr=False)


async def withdraw(connection: AsyncConnection, given: Withdrawal, *, entropy: Entropy) -> bool:
    """Take a report back, inside the caller's transaction.

    Returns:
        False, with nothing changed, when somebody was handed it meanwhile or it is gone: the person must be asked
        again, since what they were told is not so any more.
    """
    status = select(statuses.c.status).where(statuses.c.reference == given.reference)
    kept = select(documents.c.reference).where(documents.c.reference == given.reference).with_for_update()
    if (await connection.execute(kept)).first() is None:
        return False
    if (await connection.execute(status)).scalar_one_or_none() == WITHDRAWN:
        return True  # twice is once
    # Drained rows are claimed under a lock of their own on PostgreSQL; taking them here keeps both from passing.
    await connection.execute(select(outbox.c.id).where(outbox.c.reference == given.reference).with_for_update())
    if await told(connection, given.reference) != given.readers:
        return False
    if not given.readers:
        await destroy(connection, [given.reference])
        await connection.execute(insert(tombstones).values(lookup=given.lookup, day=given.day, ended=WITHDRAWN))
        return True
    added = select(additions.c.reference).where(additions.c.about == given.reference)
    await destroy(connection, (await connection.execute(added)).scalars())
    await connection.execute(
        delete(wraps).where(wraps.c.reference == given.reference, wraps.c.recipient.not_in(given.readers))
    )
    await connection.execute(delete(outbox).where(outbox.c.reference == given.reference))
    await connection.execute(delete(messages).where(messages.c.reference == given.reference))
    await connection.execute(update(wraps).where(wraps.c.reference == given.reference).values(body=b""))
    await connection.execute(update(documents).where(documents.c.reference == given.reference).values(body=b""))
    await write_status(connection, given.reference, WITHDRAWN, given.day)
    await insert_alerts(connection, given.notices, entropy=entropy)
    return True
