"""Bringing a database to the present schema, with Alembic, before any door opens."""

from __future__ import annotations

from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from cases.store import Store, StoreError


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("cases") / "migrations"))
    config.attributes["connection"] = connection
    return config


async def upgrade(store: Store) -> None:
    """Apply every migration that is missing.

    Raises:
        StoreError: the database cannot be reached, or is newer than this program.
    """
    try:
        async with store.engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                # The driver begins nothing by itself. All migrations are one transaction: a start that is killed
                # between two tables leaves neither, and a second process waits until the first one is done.
                await connection.exec_driver_sql("BEGIN IMMEDIATE")
            await connection.run_sync(lambda sync: command.upgrade(_config(sync), "head"))
            await connection.commit()
    except CommandError as error:
        raise StoreError("the database was made by another version of Linnet") from error
    except (SQLAlchemyError, OSError) as error:
        raise StoreError("the database cannot be opened; is its folder there and may it be written to?") from error
