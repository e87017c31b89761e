"""The reporter's Telegram bot: updates in, one turn each, one living message out. aiogram is the adapter.

Long polling by default (see ``bot.reporter_polling``): an update is confirmed to Telegram only after it has been dealt
with, so a process that dies gets it again. With a webhook, Telegram is answered after the turn is committed and
shown; if showing failed, it is told so, delivers again, and the turn shows the present question without doing
anything twice.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TypeVar

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    AiogramError,
    TelegramAPIError,
    TelegramUnauthorizedError,
)
from aiogram.types import BotCommand, Update
from aiohttp import web

from bot.incoming import Incoming, Notes, Open
from bot.one_by_one import OneByOne
from bot.reporter_calls import BlockedError, UnreachableError, harmless, patiently
from bot.reporter_chat import Chat, Shown
from bot.reporter_polling import ALLOWED, CALL_SECONDS, Polling, wait_after
from bot.reporter_updates import Arrived, read
from bot.turn import NotSaved, Turns
from locales.catalogues import Languages

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 -- a header's name
MENU = ("help", "language", "leave")
"""Commands shown in the app's menu; they hint at nothing."""
REMEMBERED = 5_000
"""Of how many people the door remembers ids until their next turn; of others, some are then deleted twice."""

_Ids = TypeVar("_Ids")

_log = logging.getLogger(__name__)


class ReporterBotRefusedError(Exception):
    """Telegram does not know the reporter bot's token."""

    def __init__(self) -> None:
        super().__init__("the reporter bot's token is refused by the Bot API server")


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where Telegram posts updates: the full public address, and the secret that proves that it is Telegram."""

    url: str
    secret: str = field(repr=False)


def build_bot(token: str, api: str) -> Bot:
    """Aiogram's client for a Bot API server at ``api``."""
    return Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(api), timeout=CALL_SECONDS))


class ReporterDoor:
    """Runs the reporter bot until cancelled."""

    def __init__(
        self,
        bot: Bot,
        turns: Turns,
        languages: Languages,
        *,
        clock: Callable[[], float],
        webhook: Webhook | None = None,
    ) -> None:
        """Prepare; without ``webhook`` by long polling. ``clock`` gives unix seconds."""
        self._bot = bot
        self._turns = turns
        self._languages = languages
        self._clock = clock
        self._webhook = webhook
        self._one_by_one = OneByOne()
        # Ids only, for the time until the same person's next turn: deleted for certain, sent while nothing could be
        # saved, or received then and not kept. A restart forgets them; then something is deleted twice, or stays.
        self._deleted: dict[int, frozenset[int]] = {}
        self._unsaved: dict[int, tuple[tuple[int, int], ...]] = {}
        self._unkept: dict[int, tuple[tuple[int, int], ...]] = {}

    async def run(self) -> None:
        """Start, receive until cancelled, and stop.

        Raises:
            ReporterBotRefusedError: the token is wrong. An unreachable server is waited for instead.
        """
        try:
            await self._start()
            if self._webhook is None:
                await Polling(self._bot, self.handle).run()
            else:
                await asyncio.Event().wait()
        finally:
            await self._bot.session.close()

    async def _start(self) -> None:
        while True:
            try:
                if self._webhook is None:
                    await self._bot.delete_webhook()
                else:
                    await self._bot.set_webhook(
                        self._webhook.url, secret_token=self._webhook.secret, allowed_updates=ALLOWED
                    )
                for tag in self._languages.tags:
                    menu = [BotCommand(command=n, description=self._languages.word(tag, f"button_{n}")) for n in MENU]
                    code = None if tag == self._languages.fallback else tag.partition("-")[0]
                    await self._bot.set_my_commands(menu, language_code=code)
            except TelegramUnauthorizedError:
                raise ReporterBotRefusedError from None
            except AiogramError as error:
                await wait_after(error)
            else:
                return

    async def receive(self, request: web.Request) -> web.Response:
        """Take one POST of the webhook; to be routed to the path of ``Webhook.url``.

        Answers 403 without the secret, 503 when it should be delivered again, else 200. A tap is answered inside
        the response, which spares a call.
        """
        given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")  # as aiohttp decoded it
        if self._webhook is None or not hmac.compare_digest(given, self._webhook.secret.encode()):
            return web.Response(status=403)
        try:
            update = Update.model_validate(await request.json(), context={"bot": self._bot})
        except (ValueError, LookupError, RecursionError):  # whatever JSON, its encoding or aiogram's types refuse
            _log.warning("update_unreadable")
            return web.Response()  # it would be as unreadable the next time
        arrived = read(update)
        if arrived is None:
            return web.Response()
        try:
            await self.handle(replace(arrived, callback=None))
        except UnreachableError:
            return web.Response(status=503)
        if arrived.callback is None:
            return web.Response()
        return web.json_response({"method": "answerCallbackQuery", "callback_query_id": arrived.callback})

    # --- one update ------------------------------------------------------------------------------------

    async def handle(self, arrived: Arrived) -> None:
        """Take the turn and show its screen.

        Raises:
            UnreachableError: the turn is committed, but could not be shown.
        """
        try:
            person = str(arrived.account)
            async with self._one_by_one.turn(arrived.account), self._turns.alone("telegram", person):
                await self._turn(arrived)
        except BlockedError:
            pass  # nobody is there; what they told stays until it expires
        except UnreachableError:
            _log.warning("screen_not_shown")
            raise
        except Exception as error:  # noqa: BLE001 -- one update must not stop the others; the next tap shows all again
            _log.error("update_failed error=%s", type(error).__name__)

    async def _turn(self, arrived: Arrived) -> None:
        chat = Chat(self._bot, arrived.account, int(self._clock()))
        person = str(arrived.account)
        unsaved = self._unsaved.get(arrived.account, ())
        unkept = self._unkept.get(arrived.account, ())
        deleted = self._deleted.pop(arrived.account, frozenset())

        def remember(notes: Notes, kept: bool) -> Notes:  # noqa: FBT001 -- the shape of every door's change
            mine = (arrived.message,) if arrived.message is not None else ()
            left = tuple(item for item in notes.messages if item[0] == notes.living or item[0] not in deleted)
            if kept:
                return replace(notes, messages=(*left, *unsaved, *mine), spare=(*notes.spare, *unkept))
            return replace(notes, messages=(*left, *unsaved), spare=(*notes.spare, *unkept, *mine))

        try:
            reply = await self._turns.take(
                Incoming("telegram", person, str(arrived.update), arrived.happened, arrived.language, remember)
            )
        except NotSaved as error:
            await self._say_not_saved(arrived, error.text)
            return
        except Exception as error:  # noqa: BLE001 -- whatever it was, the person gets a next step
            _log.error("turn_failed error=%s", type(error).__name__)
            language = self._languages.negotiate(arrived.language)
            await self._say_not_saved(arrived, self._languages.word(language, "not_saved"))
            return
        self._unsaved.pop(arrived.account, None)
        self._unkept.pop(arrived.account, None)
        if arrived.callback is not None:
            callback = arrived.callback
            with suppress(UnreachableError):
                await harmless(lambda: self._bot.answer_callback_query(callback))
        if reply.screen.ended:
            await chat.clear(reply.screen, reply.notes, seen=arrived.seen, tapped=arrived.tapped, repeat=reply.repeat)
            with suppress(NotSaved):
                await self._turns.gone("telegram", person)
            return
        shown = await chat.show(
            reply.screen,
            reply.notes,
            anew=isinstance(arrived.happened, Open) and (reply.notes.living or 0) < arrived.seen,
            seen=arrived.seen,
            tapped=arrived.tapped,
            doubtful=reply.repeat,
        )
        await self._note(person, arrived.account, reply.notes, shown)
        if not shown.whole:
            raise UnreachableError

    async def _note(self, person: str, account: int, before: Notes, shown: Shown) -> None:
        if not shown.sent and shown.living == before.living:
            if shown.deleted:
                _hold(self._deleted, account, shown.deleted)
            return

        def change(notes: Notes) -> Notes:
            left = tuple(item for item in notes.messages if item[0] not in shown.deleted)
            return replace(notes, living=shown.living, messages=(*left, *shown.sent))

        try:
            await self._turns.note("telegram", person, change)
        except NotSaved:  # to be cleared away by the next turn
            _hold(self._unsaved, account, (*self._unsaved.get(account, ()), *shown.sent))

    async def _say_not_saved(self, arrived: Arrived, text: str) -> None:
        """Tell the truth at once; what the person typed stays in the chat until they leave, as nothing was kept."""
        if arrived.message is not None:
            _hold(self._unkept, arrived.account, (*self._unkept.get(arrived.account, ()), arrived.message))
        try:
            if arrived.callback is not None:
                callback = arrived.callback
                await harmless(lambda: self._bot.answer_callback_query(callback, text=text, show_alert=True))
            else:
                message, _ = await patiently(lambda: self._bot.send_message(arrived.account, text))
                noted = (message.message_id, int(self._clock()))
                _hold(self._unsaved, arrived.account, (*self._unsaved.get(arrived.account, ()), noted))
        except TelegramAPIError as error:
            _log.warning("not_saved_unsaid error=%s", type(error).__name__)


def _hold(held: dict[int, _Ids], account: int, ids: _Ids) -> None:
    """Remember ids for a person; whoever has been silent for longest is forgotten when there are too many."""
    held.pop(account, None)
    held[account] = ids
    if len(held) > REMEMBERED:
        del held[next(iter(held))]
