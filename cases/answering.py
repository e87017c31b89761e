"""What somebody who has been handed a report does for its person: answers, and says how far it has come.

Each is one transaction that holds the report, asks whether they may (``cases.mailbox``), and leaves a line in the
audit. Answers come sealed; nothing of them can be read here.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import select

from cases.audit import Act, record
from cases.mailbox import RECEIVED, WITHDRAWN, MailboxError, post, set_status, told
from cases.passing import hold
from cases.store import Store
from cases.tables import documents, messages, statuses

DAY = 86_400


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Where answers about a report go.

    Attributes:
        key: the public key, raw.
        status: one of ``cases.mailbox.STATUSES``.
        answers: how many there are.
    """

    key: bytes = field(repr=False)
    status: str
    answers: int


async def mailbox(store: Store, reference: str, recipient: str) -> Mailbox:
    """Read where somebody who has been handed a report can answer.

    Raises:
        MailboxError: they have not been handed it, it was withdrawn, or nobody can be answered.
        StoreError: the database did not answer.
    """
    async with store.reading() as connection:
        if recipient not in await told(connection, reference):
            raise MailboxError("not_waiting", "this report was not handed to you")
        status = (
            await connection.execute(select(statuses.c.status).where(statuses.c.reference == reference))
        ).scalar_one_or_none()
        if status == WITHDRAWN:
            raise MailboxError("withdrawn", "the person has withdrawn this report")
        key: bytes | None = (
            await connection.execute(select(documents.c.mailbox).where(documents.c.reference == reference))
        ).scalar_one_or_none()
        if key is None:
            raise MailboxError("no_mailbox", "nobody can be answered here")
        found = await connection.execute(select(messages.c.number).where(messages.c.reference == reference))
        return Mailbox(key, status or RECEIVED, len(found.all()))


async def answer(store: Store, reference: str, recipient: str, body: bytes, now: int) -> int:
    """Add a sealed answer; returns its number.

    Raises:
        MailboxError: as ``cases.mailbox.post``; nothing was kept.
        StoreError: nothing was kept.
    """
    async with store.writing() as connection:
        await hold(connection, reference)
        number = await post(connection, reference, recipient, body, day=now // DAY)
        await record(connection, recipient, Act.ANSWERED, reference, now)
    return number


async def say_status(store: Store, reference: str, recipient: str, status: str, now: int) -> None:
    """Say how far a report has come.

    Raises:
        MailboxError: as ``cases.mailbox.set_status``; nothing was kept.
        StoreError: nothing was kept.
    """
    async with store.writing() as connection:
        await hold(connection, reference)
        await set_status(connection, reference, recipient, status, day=now // DAY)
        await record(connection, recipient, Act.STATUS, reference, now)
