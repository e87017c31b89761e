"""A running Linnet: the doors, the outbox and the sweeper around one turn, in one process.

The HTTP address is bound first: if it is taken, nothing has been opened yet. Then each part runs as a task; when one
ends with an error, all of them stop and the error is the program's.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import signal
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from bot.alerts import Courier, Drain
from bot.calls import Calls
from bot.couriers import TelegramStaff
from bot.mail import MailStaff
from bot.opening import Opened, OpeningError, entropy
from bot.present import present
from bot.renewal import Renewal
from bot.reporter import ReporterDoor, Webhook, build_bot
from bot.returning import Returning
from bot.show import Shower
from bot.staff import StaffBot
from bot.staff_api import ATTEMPTS, REQUESTS, StaffApi
from bot.staff_desk import Desk
from bot.staff_door import StaffDoor
from bot.staff_door import Webhook as StaffWebhook
from bot.staff_login import Logins, decoy
from bot.staff_pace import Pace
from bot.turn import TurnTaker
from bot.understand import Understanding
from bot.web import WebDoor
from cases.ending import end
from cases.retention import sweep
from cases.store import StoreError
from routing.directory import Person, holds_on

SWEEP_SECONDS = 600
LARGEST_POST = 256 * 1024
"""Bytes in one request; a page's form is far smaller, and so is an update."""

_log = logging.getLogger(__name__)


class Service:
    """All parts of one process, composed."""

    def __init__(self, opened: Opened, couriers: Sequence[Courier] = ()) -> None:
        """Compose; nothing is opened yet. ``couriers`` come after the staff bot, if there is one."""
        self.opened = opened
        self.wake = asyncio.Event()
        settings = opened.settings
        self.turns = TurnTaker(
            opened.store,
            opened.vault,
            opened.book,
            opened.languages,
            Shower(opened.languages, opened.care, self._country, lambda: opened.people.directory),
            Calls(
                lambda: opened.people,
                opened.vault,
                opened.languages,
                opened.table,
                opened.policy,
                entropy=entropy,
                present=lambda now: present(opened.store, now),
            ),
            Returning(opened.store, lambda: opened.people, opened.vault, entropy=entropy),
            Understanding(opened.languages, opened.lists),
            entropy=entropy,
            clock=_now,
            draft_hours=settings.draft_hours,
            committed=self.wake.set,
        )
        self.app = web.Application(client_max_size=LARGEST_POST)
        self.app.router.add_get("/health", self._health)
        self.parts: list[Coroutine[Any, Any, None]] = []
        WebDoor(
            self.turns,
            opened.languages,
            leave_to=settings.leave_to,
            public_origin=settings.public_origin,
            secure=(settings.public_origin or "").startswith("https:"),
            practice=settings.practice,
        ).add_routes(self.app)
        self._staff_api()
        self._reporter()
        own = [*self._staff(), *self._mail()]
        self.drain = Drain(
            opened.store, [*own, *couriers], self._person, lambda: _now().timestamp(), _jitter, self.wake, opened.policy
        )
        self.renewal = Renewal(
            opened, self.turns, lambda one: self._person(one) is not None, lambda: _now().timestamp(), self.wake
        )
        self.parts += [self.drain.run(), self._sweep(), self.renewal.run()]

    def _reporter(self) -> None:
        settings = self.opened.settings
        if settings.reporter_token is None:
            return
        webhook = None
        if settings.webhook_url and settings.webhook_secret:
            webhook = Webhook(f"{settings.webhook_url}/reporter", settings.webhook_secret.get_secret_value())
        bot = build_bot(settings.reporter_token.get_secret_value(), settings.telegram_api)
        door = ReporterDoor(bot, self.turns, self.opened.languages, clock=lambda: _now().timestamp(), webhook=webhook)
        if webhook is not None:
            self.app.router.add_post(urlsplit(webhook.url).path, door.receive)
        self.parts.append(door.run())

    def _staff(self) -> list[Courier]:
        settings, opened = self.opened.settings, self.opened
        if settings.staff_token is None:
            return []
        desk = Desk(
            opened.store,
            opened.vault,
            opened.languages,
            self._person,
            entropy,
            lambda: _now().timestamp(),
            self.wake,
            practice=settings.practice,
        )
        bot = StaffBot(settings.staff_token.get_secret_value(), settings.telegram_api, desk)
        webhook = None
        if settings.webhook_url and settings.webhook_secret:
            webhook = StaffWebhook(f"{settings.webhook_url}/staff", settings.webhook_secret.get_secret_value())
        door = StaffDoor(bot, webhook)
        if webhook is not None:
            self.app.router.add_post(urlsplit(webhook.url).path, door.receive)
        self.parts.append(door.run())
        return [TelegramStaff(bot.application.bot, opened.store, opened.vault, opened.languages)]

    def _staff_api(self) -> None:
        opened = self.opened

        def clock() -> float:
            return _now().timestamp()

        known = Logins(opened.store, opened.vault, lambda: opened.people, entropy, clock, decoy(entropy))
        paces = (Pace(*ATTEMPTS, monotonic), Pace(*REQUESTS, monotonic))
        origin = opened.settings.public_origin
        StaffApi(opened.store, opened.vault, known, entropy, clock, *paces, self.wake, origin).add_to(self.app)

    def _mail(self) -> list[Courier]:
        opened, sender = self.opened, self.opened.settings.smtp_from
        if opened.mail is None or sender is None:
            return []
        return [MailStaff(opened.mail, sender, opened.languages, opened.vault, lambda: _now().timestamp())]

    def _person(self, person: str) -> Person | None:
        """Somebody who is in the directory today; an alert to anybody else waits where the operator sees it."""
        found = self.opened.people.directory.people.get(person)
        return found if found is not None and holds_on(found, _now().date()) else None

    def _country(self, station: str | None) -> str | None:
        """The country of a duty station in the directory."""
        return self.opened.people.directory.place(station).country

    async def _health(self, _request: web.Request) -> web.Response:
        return web.Response(status=204)

    async def _sweep(self) -> None:
        while True:
            try:
                hour = int(_now().timestamp()) // 3600
                swept = await sweep(self.opened.store, hour=hour, draft_hours=self.opened.settings.draft_hours)
                if swept.drafts:
                    _log.info("drafts_expired count=%d", swept.drafts)
                keep_days = self.opened.settings.keep_days
                ended = await end(self.opened.store, hour=hour, keep_days=keep_days, entropy=entropy)
                if ended.destroyed:
                    _log.info("cases_ended count=%d", ended.destroyed)
                if ended.warned:
                    self.wake.set()
            except StoreError:
                _log.warning("sweep_failed")
            await asyncio.sleep(SWEEP_SECONDS)

    async def run(self, ready: Callable[[str], None]) -> None:
        """Open the doors and run until stopped by a signal; ``ready`` is told the address.

        Raises:
            OpeningError: the HTTP address cannot be used; no door was opened.
        """
        settings = self.opened.settings
        runner = web.AppRunner(self.app, access_log=None, handle_signals=False)
        await runner.setup()
        try:
            site = web.TCPSite(runner, settings.host, settings.port)
            try:
                await site.start()
            except OSError as error:
                self._drop()
                raise OpeningError(f"LINNET_HTTP: {settings.http} cannot be used: it is taken or not ours") from error
            await self.turns.start()
            await self.renewal.start()
            stop = _stopped_by_signals()  # before anybody is told that we run, and may tell us to stop
            asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self.renewal.look_now)
            port = runner.addresses[0][1]
            ready(f"http://{settings.host if ':' not in settings.host else f'[{settings.host}]'}:{port}/")
            await self._all(stop)
        finally:
            await runner.cleanup()
            await self.opened.store.close()

    def _drop(self) -> None:
        for part in self.parts:
            part.close()

    async def _all(self, stop: asyncio.Event) -> None:
        tasks = [asyncio.create_task(part) for part in self.parts]
        stopper = asyncio.create_task(stop.wait())
        try:
            done, _ = await asyncio.wait([stopper, *tasks], return_when=asyncio.FIRST_COMPLETED)
            for task in done - {stopper}:
                task.result()
        finally:
            for task in (stopper, *tasks):
                task.cancel()
                with suppress(asyncio.CancelledError, Exception):
                    await task


def _stopped_by_signals() -> asyncio.Event:
    """Set when somebody asks the process to stop."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


def _now() -> datetime:
    return datetime.now(UTC)


def _jitter() -> float:
    return secrets.randbelow(1_000) / 1_000
