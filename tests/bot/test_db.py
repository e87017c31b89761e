"""`linnet db move` as an operator runs it: what it says, and how it ends."""

from __future__ import annotations

import asyncio
import sqlite3

import pytest
from typer.testing import CliRunner

from bot.cli import build
from bot.commands.db import IN_USE, NOT_EMPTY
from bot.commands.terminal import UNUSABLE
from cases.store import open_store
from tests.cases.filled import ROWS, fill, told
from tests.cases.rows import migrated


def moved(*arguments):
    return CliRunner().invoke(build(), ["db", "move", *map(str, arguments)])


def in_store(url, doing):
    async def done():
        async with migrated(url) as store:
            return await doing(store)

    return asyncio.run(done())


@pytest.fixture
def old(tmp_path):
    url = f"sqlite:///{tmp_path}/old.db"
    in_store(url, fill)
    return url


def test_a_deployment_is_carried_over_and_back(old, databases, tmp_path):
    with databases.lent() as new:
        there = moved(old, new)
        assert there.exit_code == 0, there.output
        assert ["sessions", str(ROWS)] in [line.split()[:2] for line in there.stdout.splitlines()]
        assert "Set LINNET_DATABASE_URL to the new database" in there.stdout
        again = moved(new, f"sqlite:///{tmp_path}/back.db")
        assert again.exit_code == 0, again.output
        assert again.stdout == there.stdout, "the same counts and digests"
    assert in_store(f"sqlite:///{tmp_path}/back.db", told) == in_store(old, told)
    assert (tmp_path / "back.db").stat().st_mode & 0o777 == 0o600


def test_every_refusal_is_one_line_and_a_code(old, tmp_path):
    full = f"sqlite:///{tmp_path}/full.db"
    in_store(full, fill)
    new = f"sqlite:///{tmp_path}/new.db"
    for given, code, said in (
        ((old, full), NOT_EMPTY, "the database holds something already: name an empty one"),
        ((f"sqlite:///{tmp_path}/nothing.db", new), UNUSABLE, "there is no such database"),
        ((old, "mysql://linnet@db/linnet"), UNUSABLE, "mysql is not supported"),
        ((old, "postgresql://linnet:canary@127.0.0.1:1/linnet"), UNUSABLE, "the database cannot be reached"),
        ((old, f"sqlite:///{tmp_path}/nowhere/new.db"), UNUSABLE, "is its folder there"),
        (("canary", new), UNUSABLE, "cannot be read"),
    ):
        result = moved(*given)
        assert result.exit_code == code, result.output
        assert said in result.stderr
        assert result.stderr.count("\n") == 1
        assert "canary" not in result.stderr
        assert result.stdout == ""
    holder = sqlite3.connect(tmp_path / "old.db")
    holder.execute("SELECT * FROM books").fetchall()
    result = moved(old, new)
    assert (result.exit_code, result.stderr) == (IN_USE, "somebody has the database file open: stop Linnet\n")
    holder.close()
    assert not (tmp_path / "nothing.db").exists()


def test_the_same_database_is_not_moved_onto_itself(old):
    before = in_store(old, told)
    assert moved(old, old).exit_code == NOT_EMPTY
    assert in_store(old, told) == before
    asyncio.run(open_store(old).close())
