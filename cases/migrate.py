"""Bringing a database to the present schema, with Alembic, before any door opens."""

from __future__ import annotations

from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from cases import on_postgresql
from cases.store import Store, StoreError, refusal

_FOLDER = str(files("cases") / "migrations")
_LOCK = 0x4C696E6E6574
"""The advisory lock of whoever migrates."""


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", _FOLDER)
    config.attributes["connection"] = connection
    return config


def newest() -> str:
    """The newest migration there is."""
    config = Config()
    config.set_main_option("script_location", _FOLDER)
    return str(ScriptDirectory.from_config(config).get_current_head())


async def revision(store: Store) -> str | None:
    """The newest migration that a database has; None if it has none.

    Raises:
        StoreError: the database does not answer.
    """
    async with store.reading() as connection:
        return await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())


async def upgrade(store: Store, to: str = "head") -> None:
    """Apply every migration that is missing, up to the newest or an older one.

    All migrations are one transaction: a start that is killed between two tables leaves neither, and a second process
    waits until the first one is done.

    Raises:
        StoreLostError: there is nobody at the address.
        StoreError: the database cannot be opened, or is newer than this program.
    """
    try:
        async with store.engine.connect() as connection:
            await _alone(store, connection)
            await connection.run_sync(lambda sync: command.upgrade(_config(sync), to))
            await connection.commit()
    except CommandError as error:
        raise StoreError("the database was made by another version of Linnet") from error
    except (SQLAlchemyError, *on_postgresql.FAULTS) as error:
        if not store.embedded:
            raise refusal(error) from None
        raise StoreError("the database cannot be opened; is its folder there and may it be written to?") from error


async def _alone(store: Store, connection: AsyncConnection) -> None:
    if store.embedded:
        await connection.exec_driver_sql("BEGIN IMMEDIATE")  # the driver begins nothing by itself
        return
    await on_postgresql.without_limits(connection)  # rebuilding a large table takes longer than any turn may
    await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
