"""Each transcript told three times, bare, in Telegram and at the page: the same report for the same people, or none."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import yaml

from bot.reporter import ReporterDoor, build_bot
from tests.bot.browsing import Browser, door
from tests.bot.real_turns import World, real_world
from tests.fakes.telegram import REPORTER_TOKEN, FakeTelegram
from tests.transcripts.tellers import AtThePage, Bare, InTelegram, Opened, Step, Telling, kept
from tests.whole.telling import Plan, Teller

Transcript = Mapping[str, Any]

ALL: list[Transcript] = [
    one for file in sorted(Path(__file__).parent.glob("*.yaml")) for one in yaml.safe_load(file.read_text("utf-8"))
]


def test_there_are_enough_of_them() -> None:
    names = [one["id"] for one in ALL]
    assert len(names) == len(set(names)) >= 20
    assert len({one["language"] for one in ALL}) >= 6


async def test_every_door_gives_the_same(tmp_path: Path) -> None:
    async with real_world(tmp_path) as world, _telegram(world) as telegram, door(world.turns) as client:
        for number, transcript in enumerate(ALL):
            person = telegram.person(REPORTER_TOKEN, 1001 + number, "Somebody", language_code="en")
            teller = Teller(person, Plan())
            try:
                expected = await _bare(world, transcript)
                _as_written(transcript, expected)
                await teller.begin()
                assert await _told(world, InTelegram(teller), transcript) == expected
                await teller.person.wait_idle(quiet=0.04)
                assert await _told(world, AtThePage(Browser(client)), transcript) == expected
                assert (await world.rows("sessions"), await world.rows("slots")) == ([], [])
            except BaseException as error:
                error.add_note(f"in the transcript {transcript['id']!r}")
                raise
        assert telegram.violations == []
        assert telegram.unanswered_callbacks() == []


async def _bare(world: World, transcript: Transcript) -> list[Opened]:
    bare = Bare(world, secrets.token_bytes)
    for number, one in enumerate(_steps(transcript), 1):
        await bare.does(one)
        if number == transcript.get("sent_within"):
            assert bare.made
    assert await bare.over()
    return _ordered(bare.opened())


@asynccontextmanager
async def _telegram(world: World) -> AsyncIterator[FakeTelegram]:
    """The strict server, and the reporter's door at it in this very process."""
    async with FakeTelegram() as telegram:
        bot = build_bot(REPORTER_TOKEN, telegram.url)
        running = asyncio.create_task(ReporterDoor(bot, world.turns, world.languages, clock=telegram.clock.now).run())
        try:
            yield telegram
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running


def _steps(transcript: Transcript) -> list[Step]:
    return [one for part in transcript["steps"] for one in part]


async def _told(world: World, telling: Telling, transcript: Transcript) -> list[Opened]:
    """Tell it, and open what the database holds more than before."""
    before = await kept(world)
    for one in _steps(transcript):
        await telling.does(one)
    assert await telling.over(), telling
    after = await kept(world)
    return _ordered([after[reference] for reference in after.keys() - before.keys()])


def _ordered(made: list[Opened]) -> list[Opened]:
    """By what they are for; their references tell nothing of the order."""
    return sorted(made, key=lambda one: one.purpose)


def _as_written(transcript: Transcript, made: list[Opened]) -> None:
    """What the transcript says of the outcome."""
    found = {one.purpose: one.plain for one in made}
    assert len(found) == len(made)
    assert set(found) == {purpose for purpose in ("report", "referral") if purpose in transcript}
    if "referral" in transcript:
        referral = dict(found["referral"])
        assert referral.pop("format")
        wishes = {one["node"]: one["answer"]["id"] for one in referral.pop("wishes")}
        assert referral | {"wishes": wishes} == transcript["referral"]
    if "report" in transcript:
        report, expected = found["report"], transcript["report"]
        answers = report["answers"]
        assert report["language"] == transcript["language"]
        assert {one["node"]: one["answer"]["id"] for one in answers if "answer" in one} == expected["answers"]
        assert {one["node"]: one["text"] for one in answers if "text" in one} == expected.get("words", {})
        asked = {one["consent"]: one["given"] for one in report["consents"] if one["asked"]}
        assert asked == expected.get("consents", {})
        suggested = report["suggested"]
        assert (suggested["route"], sorted(suggested["tags"])) == (expected["route"], sorted(expected["tags"]))
        assert suggested["urgent"] == expected.get("urgent", False)
