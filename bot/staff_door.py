"""How updates reach the staff bot: long polling, or a webhook inside the service's own HTTP server.

Polling here is a loop of our own, for one reason: an update is confirmed to Telegram by asking for the next one,
and that must not happen before it has been dealt with. A process killed in between is given it again. The webhook
answers after the work for the same reason; the lock keeps updates in sequence where deliveries overlap.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TypeVar

from aiohttp import web
from telegram import Update
from telegram.error import InvalidToken, RetryAfter, TelegramError

from bot.staff import StaffBot

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 -- a header's name
ALLOWED = (Update.MESSAGE, Update.CALLBACK_QUERY)
POLL_SECONDS = 30
_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 60.0

_Result = TypeVar("_Result")

_log = logging.getLogger(__name__)


class StaffBotRefusedError(Exception):
    """Telegram does not know the staff bot's token."""

    def __init__(self) -> None:
        super().__init__("the staff bot's token is refused by the Bot API server")


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where Telegram posts updates: the full public URL, and the secret that proves that it is Telegram."""

    url: str
    secret: str = field(repr=False)


class StaffDoor:
    """Runs a staff bot until cancelled."""

    def __init__(self, bot: StaffBot, webhook: Webhook | None = None) -> None:
        """Prepare; without ``webhook`` by long polling."""
        self._bot = bot
        self._webhook = webhook
        self._turn = asyncio.Lock()
        self._ready = False

    async def run(self) -> None:
        """Start, receive until cancelled, and stop.

        Raises:
            StaffBotRefusedError: the token is wrong. An unreachable server is waited for instead.
        """
        application = self._bot.application
        try:
            await _insist(application.initialize)
            await _insist(self._bot.offer_commands)
            self._ready = True
            if self._webhook is None:
                await self._poll()
            else:
                await self._await_posts(self._webhook)
        finally:
            self._ready = False
            await self._bot.close()

    async def receive(self, request: web.Request) -> web.Response:
        """Take one POST of the webhook; to be routed to the path of ``Webhook.url``.

        Answers 403 without the secret, 503 before the start is done, 400 for what is no update (Telegram then
        keeps it), 200 once the update has been dealt with.
        """
        given = request.headers.get(SECRET_HEADER, "")
        if self._webhook is None or not hmac.compare_digest(given.encode(), self._webhook.secret.encode()):
            return web.Response(status=403)
        if not self._ready:
            return web.Response(status=503)
        try:
            update = Update.de_json(await request.json(), self._bot.application.bot)
        except (ValueError, TypeError, KeyError, AttributeError):
            return web.Response(status=400)
        async with self._turn:
            await self._bot.application.process_update(update)
        return web.Response()

    async def _poll(self) -> None:
        bot = self._bot.application.bot
        await _insist(bot.delete_webhook)
        offset: int | None = None
        while True:
            fetch = partial(bot.get_updates, offset=offset, timeout=POLL_SECONDS, allowed_updates=ALLOWED)
            for update in await _insist(fetch, started=True):
                await self._bot.application.process_update(update)
                offset = update.update_id + 1

    async def _await_posts(self, webhook: Webhook) -> None:
        set_webhook = self._bot.application.bot.set_webhook
        await _insist(partial(set_webhook, webhook.url, secret_token=webhook.secret, allowed_updates=ALLOWED))
        await asyncio.Event().wait()


async def _insist(call: Callable[[], Awaitable[_Result]], *, started: bool = False) -> _Result:
    """Call until Telegram answers, with growing pauses; each run of failures is logged once.

    Raises:
        StaffBotRefusedError: the token is wrong, at the start. Later on it may be a change under way, and giving
            up would leave a service that looks alive and hears nobody.
    """
    pause = 0.0
    while True:
        try:
            return await call()
        except TelegramError as error:
            if isinstance(error, InvalidToken) and not started:
                # From None: the library's message quotes the token.
                raise StaffBotRefusedError from None
            if not pause:
                _log.warning("staff_bot_waiting error=%s", type(error).__name__)
            pause = min(_LONGEST_PAUSE, 2 * pause or _FIRST_PAUSE)
            await asyncio.sleep(max(pause, _asked_for(error)))


def _asked_for(error: TelegramError) -> float:
    """How long the server asked to be left alone, in seconds."""
    if not isinstance(error, RetryAfter):
        return 0.0
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
