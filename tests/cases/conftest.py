"""Each test that asks for an address of a database runs once on SQLite and once on PostgreSQL."""

import re
import sqlite3
from contextlib import closing

import pytest
from sqlalchemy.engine import make_url

from tests.cases.rows import migrated

ENGINES = ("sqlite", "postgresql")


@pytest.fixture(params=ENGINES)
def url(request, tmp_path):
    """The address of a database with nothing in it; with tables on PostgreSQL, which ``migrated`` finds in place."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/linnet.db"
    else:
        with request.getfixturevalue("databases").lent() as address:
            yield address


@pytest.fixture(params=ENGINES)
def empty_url(request, tmp_path):
    """The address of a database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/linnet.db"
        return
    server = request.getfixturevalue("postgres")
    name = server.create()
    yield server.url(name)
    server.drop(name)


@pytest.fixture
async def store(url):
    """A migrated store on each engine."""
    async with migrated(url) as store:
        yield store


@pytest.fixture
async def embedded(tmp_path):
    """A migrated store in an SQLite file, for what only a file can show."""
    async with migrated(tmp_path / "linnet.db") as store:
        yield store


@pytest.fixture
def by_hand(request, url, tmp_path):
    """Do one statement in another session, committed at once; bytes are written as X'00ff'."""

    def do(statement):
        if url.startswith("sqlite"):
            with closing(sqlite3.connect(tmp_path / "linnet.db", isolation_level=None)) as connection:
                connection.execute(statement)
        else:
            request.getfixturevalue("postgres").sql(_database(url), re.sub(r"X'(\w+)'", r"'\\x\1'::bytea", statement))

    return do


@pytest.fixture
def on_disk(request, url, tmp_path):
    """Read every byte of the database's files, logs among them."""

    def read():
        if url.startswith("sqlite"):
            return b"".join(file.read_bytes() for file in tmp_path.iterdir())
        server = request.getfixturevalue("postgres")
        server.sql(_database(url), "CHECKPOINT")
        [number] = server.sql(_database(url), "SELECT oid FROM pg_database WHERE datname = current_database()")
        folders = (server.home / "data" / "base" / number, server.home / "data" / "pg_wal")
        return b"".join(file.read_bytes() for folder in folders for file in folder.iterdir() if file.is_file())

    return read


def _database(url):
    return make_url(url).database
