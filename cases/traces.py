"""What is left in the files after rows were removed or joined by one transaction, and what is done about it.

SQLite: freed pages are overwritten and the log is cut (``cases.on_sqlite``); what is left to do is to empty the log
where a reader was in the way. Then nothing of what was removed stands in any file.

PostgreSQL never overwrites. A row that was changed or removed stays in its file until a vacuum, and its bytes beyond
that until the page is filled anew; the write-ahead log, its archive and every replica keep it on their own account.
So each sweep

* parts what one turn wrote: every row bears the number of its transaction (``xmin``), which would tell for as long as
  it stands which delivery, and so which person, a report came from. Rows that share it with a delivery's mark are
  written anew under one number for all of them;
* vacuums, and where drafts take up little, writes their tables anew (``VACUUM FULL``), so that no page holds a rest.

The log is not ours to cut, and the large values of a report (TOAST) keep their transaction's number, which only the
database's superuser can read. What is left of drafts there is ciphertext, unreadable once the vault key is rotated
away: rotation is what deletion rests on. docs/operating.md says which settings keep the log short.
"""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from cases import on_postgresql
from cases.store import Store, checkpoint
from cases.tables import audit, books, inbox, metadata, sessions, slots

SMALL_BYTES = 16 * 1024 * 1024
"""Up to this size the tables of drafts are written anew in each sweep: a tenth of a second, in which turns wait."""
PATIENCE_SECONDS = 2
"""How long to wait for a table that somebody uses; the next sweep comes in ten minutes."""

OF_TURNS = (sessions, slots, inbox, books)
"""Tables that may stand under the number of a turn's transaction: they know the person's pseudonym or nothing."""
APPEND_ONLY = (audit,)
"""Tables whose lines the database itself refuses to change (``cases.append_only``); no person's turn writes to them."""


async def remove_traces(store: Store, *, day: int) -> None:
    """Remove what is left of removed rows, and of which rows were written together, as far as the engine can.

    Args:
        store: the database.
        day: days since 1970; what was written since the day before is parted.

    Raises:
        StoreError: the database did not take it; the next sweep will.
    """
    if store.embedded:
        await checkpoint(store)
        return
    for table in metadata.sorted_tables:
        if table not in (*OF_TURNS, *APPEND_ONLY):
            async with store.writing(shared=True) as connection:
                # Rows that somebody is writing are passed over, so that nobody waits for anybody in a circle.
                together = f"SELECT xmin FROM {inbox.name} WHERE day >= :since"  # noqa: S608 -- our own names
                mine = f"SELECT ctid FROM {table.name} WHERE xmin IN ({together}) FOR UPDATE SKIP LOCKED"  # noqa: S608
                column = next(iter(table.primary_key)).name
                anew = f"UPDATE {table.name} SET {column} = {column} WHERE ctid IN ({mine})"  # noqa: S608
                await connection.execute(text(anew), {"since": day - 1})
    async with store.reading() as connection:
        await _vacuum(connection)


async def _vacuum(connection: AsyncConnection) -> None:
    drafts = f"{slots.name}, {sessions.name}"
    size = f"SELECT pg_total_relation_size('{slots.name}') + pg_total_relation_size('{sessions.name}')"
    await connection.exec_driver_sql(f"SET lock_timeout = '{PATIENCE_SECONDS}s'")
    try:
        every = ", ".join(table.name for table in metadata.sorted_tables)
        await connection.exec_driver_sql(f"VACUUM (SKIP_LOCKED, TRUNCATE false) {every}")
        if (await connection.exec_driver_sql(size)).scalar_one() <= SMALL_BYTES:
            await connection.exec_driver_sql(f"VACUUM (FULL, SKIP_LOCKED) {drafts}")
    except DBAPIError as error:
        if not on_postgresql.busy(error):
            raise
    finally:
        await connection.exec_driver_sql("RESET lock_timeout")
