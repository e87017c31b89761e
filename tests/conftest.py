"""What tests of several packages share: a PostgreSQL server, started once and only if it is asked for."""

import asyncio
from collections.abc import Iterator

import pytest

from cases.migrate import newest, upgrade
from cases.store import open_store
from cases.tables import metadata
from tests.postgres import CannotStartError, Databases, Postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A running server."""
    try:
        server = Postgres.start_new()
    except CannotStartError as error:
        pytest.skip(str(error))
    yield server
    server.remove()


@pytest.fixture(scope="session")
def databases(postgres: Postgres) -> Databases:
    """Databases on it that have our tables."""

    async def migrate(url: str) -> None:
        store = open_store(url)
        await upgrade(store)
        await store.close()

    name = postgres.create()
    asyncio.run(migrate(postgres.url(name)))
    return Databases(postgres, name, [table.name for table in metadata.sorted_tables], newest())
