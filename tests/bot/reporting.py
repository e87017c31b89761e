"""The reporter's door in this process, between the real turn and the strict server that stands in for Telegram."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web

from bot.reporter import ReporterDoor, Webhook, build_bot
from tests.bot.real_turns import World, real_world
from tests.bot.walking import Walk
from tests.fakes.chats import Message
from tests.fakes.people import Person
from tests.fakes.telegram import REPORTER_TOKEN, FakeTelegram

SECRET = "a-secret-of-at-least-16"
LINE = "Have a good day!"
ODD = ("send_sticker", "send_location", "send_contact", "send_photo", "send_voice")
"""What a person can send that cannot be kept."""
QUIET = 0.04
"""Seconds without a call after which the door counts as done; it runs in this very process."""


@dataclass
class Setting:
    """All that takes part in a test."""

    server: FakeTelegram
    world: World
    door: ReporterDoor
    hook: str = ""

    def person(self, number: int = 1001, language: str | None = "en") -> Talker:
        ana = self.server.person(REPORTER_TOKEN, number, "Ana", username=f"ana{number}", language_code=language)
        return Talker(self, ana)

    async def idle(self) -> None:
        await self.server.wait_idle(REPORTER_TOKEN, quiet=QUIET)


@dataclass
class Talker:
    """One person and their phone. Everything they do is waited for, unless they are ``hasty``."""

    setting: Setting
    phone: Person

    async def does(self, action: str, *given: object, **more: object) -> Message:
        done = await getattr(self.phone, action)(*given, **more)
        await self.setting.idle()
        return done

    async def write(self, words: str) -> Message:
        return await self.does("send_text", words)

    async def press(self, *buttons: str) -> None:
        for button in buttons:
            await self.phone.tap(data=self.data(button), message_id=self.living.message_id)
            await self.setting.idle()

    async def to_story(self, language: str = "en") -> None:
        """To the question for the story: on a short cut to its state, and then into the chat."""
        await Walk(self.setting.world, str(self.phone.user_id)).to_story(language)
        await self.write("/start")

    @property
    def shown(self) -> list[Message]:
        return list(self.phone.chat())

    @property
    def mine(self) -> list[Message]:
        return [message for message in self.shown if not message.from_bot]

    @property
    def living(self) -> Message:
        """The one message with buttons."""
        [found] = [message for message in self.shown if message.keyboard]
        return found

    def data(self, button: str) -> str:
        """The data of a button of the living message, by its id."""
        data = [one["callback_data"] for row in self.living.keyboard for one in row]
        return next(one for one in data if one.split(":", 1)[1] == button)

    def only_line(self) -> bool:
        """Whether the phone shows one ordinary line and nothing else."""
        return [(message.text, message.keyboard, message.from_bot) for message in self.shown] == [(LINE, (), True)]


@asynccontextmanager
async def setting(folder: Path, *, webhook: bool = False) -> AsyncIterator[Setting]:
    """Everything running; with a webhook, or by polling."""
    async with FakeTelegram() as server, real_world(folder) as world:
        world.turns.clock = lambda: datetime.fromtimestamp(server.clock.now(), UTC)
        app, hook, doors = web.Application(), None, []

        async def receive(request: web.Request) -> web.Response:
            return await doors[0].receive(request)  # made below: it is told the address

        runner = web.AppRunner(app, access_log=None)
        if webhook:
            app.router.add_post("/hook", receive)
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            hook = Webhook(f"http://127.0.0.1:{runner.addresses[0][1]}/hook", SECRET)
        bot = build_bot(REPORTER_TOKEN, server.url)
        door = ReporterDoor(bot, world.turns, world.languages, clock=server.clock.now, webhook=hook)
        doors.append(door)
        running = asyncio.create_task(door.run())
        while not server.calls_of("setMyCommands"):
            await asyncio.sleep(0.005)
        made = Setting(server, world, door, hook.url if hook else "")
        await made.idle()
        try:
            yield made
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
            await runner.cleanup()
        assert server.violations == []
        assert server.unanswered_callbacks() == []
