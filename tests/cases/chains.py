"""A store with sealed documents and the chains of people they go to, for tests of outbox, alerts and staff bot."""

from contextlib import asynccontextmanager
from secrets import token_bytes

from sqlalchemy import insert, select

from cases.outbox import Alert, insert_alerts
from cases.store import open_store
from cases.tables import documents, metadata, outbox, wraps
from crypto.keys import RecipientKey
from crypto.seal import seal

NOON = 1_763_899_200
"""Unix seconds of a full hour."""
REFERENCE = "7K3M9QX2"
OWNER, ALTERNATE, PARTNER = "amara-lind", "bo-tran", "cleo-diaz"
HOUR = 3600
DAY = 24 * HOUR


@asynccontextmanager
async def opened(where):
    """An empty store in a new file, or at an address."""
    store = open_store(where if isinstance(where, str) else f"sqlite:///{where}")
    async with store.engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    try:
        yield store
    finally:
        await store.close()


def an_alert(recipient=OWNER, due=NOON, reference=REFERENCE, priority="normal", template="staff_alert"):
    return Alert(template, reference, recipient, priority, (due + DAY) // HOUR, due)


async def report(store, chain, *, reference=REFERENCE, words=b"canary words", alerts=True, purpose="report"):
    """Seal a report for a chain of (person, turn, due) and put its alerts out; returns the keys by person."""
    keys = {person: RecipientKey.generate(token_bytes) for person, _, _ in chain}
    recipients = [key.public for key in keys.values()]
    sealed = seal(words, purpose=purpose, reference=reference, recipients=recipients, entropy=token_bytes)
    async with store.writing() as connection:
        await connection.execute(
            insert(documents).values(reference=reference, purpose=purpose, day=NOON // DAY, body=sealed.body)
        )
        for (person, turn, _), wrap in zip(chain, sealed.wraps, strict=True):
            row = {"reference": reference, "recipient": person, "turn": turn}
            await connection.execute(insert(wraps).values(**row, key_id=wrap.key_id, body=wrap.wrap))
        if alerts:
            rows = [an_alert(person, due, reference) for person, _, due in chain]
            await insert_alerts(connection, rows, entropy=token_bytes)
    return keys


CHAIN = ((OWNER, 0, NOON), (ALTERNATE, 1, NOON + DAY))


async def states(store):
    """(recipient, state, attempts, fault) of every row, by recipient."""
    wanted = select(outbox.c.recipient, outbox.c.state, outbox.c.attempts, outbox.c.fault)
    async with store.reading() as connection:
        return [tuple(row) for row in await connection.execute(wanted.order_by(outbox.c.recipient))]


async def state_of(store, recipient=OWNER):
    """(state, fault) of one recipient's only row."""
    [found] = [(state, fault) for person, state, _, fault in await states(store) if person == recipient]
    return found
