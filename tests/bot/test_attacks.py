"""What a thief, an intruder, a flooder and a forger can do: each test is an attack that once worked, or might.

docs/threat-model.md says who they are. Here they have what it gives them: files, a connection to the database, the
public door.
"""

from __future__ import annotations

import asyncio
import logging
import os
from datetime import UTC, datetime

import pytest

from bot.alerts import Drain, NoWay
from bot.logs import OURS
from tests.bot.real_turns import real_world
from tests.bot.walking import Walk


@pytest.fixture
async def world(tmp_path):
    async with real_world(tmp_path) as world:
        yield world


def files(folder):
    """Every byte of the database, its log among them."""
    return b"".join(path.read_bytes() for path in sorted(folder.glob("linnet.db*")))


async def ciphertexts(world):
    """The bytes that are kept of somebody's words: the key of a draft stands in the session's body."""
    rows = [*await world.rows("sessions"), *await world.rows("slots")]
    return [row.body[-200:] for row in rows]


class TestThief:
    """Somebody with the database file, its log, and the server's secret too."""

    @pytest.mark.parametrize("ending", ["send", "!leave", "!delete"])
    async def test_what_was_sent_left_or_erased_is_in_no_file_at_once(self, world, tmp_path, ending):
        """The log keeps every page ever written until it is overwritten: with the secret, the whole draft again."""
        walk = Walk(world)
        await walk.to_review(story="what happened", where="where it happened")
        before = await ciphertexts(world)
        assert len(before) == 3
        assert all(body in files(tmp_path) for body in before)
        await walk.press(ending)
        if ending == "!delete":
            await walk.press("erase")
        assert [body for body in before if body in files(tmp_path)] == []

    async def test_the_log_does_not_show_which_session_a_report_came_from(self, world, tmp_path):
        walk = Walk(world)
        await walk.to_review()
        await walk.press("send", "kept")
        log = (tmp_path / "linnet.db-wal").read_bytes()
        reference = (await world.rows("documents"))[0].reference
        assert reference.encode() in files(tmp_path)
        assert reference.encode() not in log

    async def test_the_database_and_its_log_are_for_their_owner_alone(self, tmp_path):
        before = os.umask(0o022)
        try:
            async with real_world(tmp_path) as world:
                await Walk(world).to_story()
                modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.glob("linnet.db*")}
        finally:
            os.umask(before)
        assert modes == {"linnet.db": 0o600, "linnet.db-wal": 0o600, "linnet.db-shm": 0o600}

    async def test_nothing_in_the_database_tells_the_minute_of_a_report(self, world):
        """Alerts go out within a second of their report, so the time of sending is the time of writing."""
        world.clock.set(datetime(2026, 3, 4, 15, 47, 13, tzinfo=UTC))
        walk = Walk(world)
        await walk.to_receipt()
        for courier in (Away(), Carried(), Away(), Carried()):
            people = world.people.directory.people
            drain = Drain(world.store, [courier], people.get, now_of(world), lambda: 0.5, asyncio.Event())
            while await drain.once():
                pass
            assert {row.due % 3600 for row in await world.rows("outbox")} == {0}, courier
            world.clock.move(hours=1, minutes=7, seconds=3)


def now_of(world):
    return lambda: world.clock().timestamp()


class Carried:
    """A courier whose alerts arrive."""

    async def deliver(self, _notice):
        pass


class Away:
    """A courier who knows no way."""

    async def deliver(self, _notice):
        raise NoWay("not_linked")


async def test_the_log_as_it_is_usually_set_does_not_tell_when_a_report_came(world, caplog):
    caplog.set_level(logging.INFO)
    walk = Walk(world)
    await walk.to_receipt()
    people = world.people.directory.people
    drain = Drain(world.store, [Carried()], people.get, now_of(world), lambda: 0.5, asyncio.Event())
    assert await drain.once() > 0
    await walk.press("kept", "next", "leave")
    assert [record.name for record in caplog.records if record.name.split(".")[0] in OURS] == []
