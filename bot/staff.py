"""The staff bot: linking an account with a one-time code, and a small menu for whoever is linked.

Alerts and sealed files come from ``bot.couriers``; this side listens. Only private chats are heard; an account that
is not linked learns nothing but that a code is wanted, whatever it sends or taps. Updates are taken one after
another, and each is committed before it is answered (``bot.staff_answers``); a delivery that comes twice finds its
work done and says so again.

A tap goes ``bot.staff_taps`` (what it means) → ``bot.staff_work`` (what it does) → ``bot.staff_screens`` (what is
shown) → ``bot.staff_chats`` (where). Nothing that comes in is logged: not who, not what, not which report.
"""

from __future__ import annotations

import logging
import os
import re
from typing import Any, TypeAlias

from telegram import BotCommandScopeAllPrivateChats, CallbackQuery, Chat, Message, Update
from telegram.error import BadRequest
from telegram.ext import Application, BaseHandler, CallbackContext, ExtBot
from telegram.request import HTTPXRequest

from bot import staff_taps as taps
from bot.alert_words import language_of
from bot.alerts import AT_ONCE
from bot.staff_chats import Chats
from bot.staff_desk import Desk
from bot.staff_link import Linked, Linking
from bot.staff_taps import Tap
from bot.staff_voice import Voice
from bot.staff_work import carry_out, menu
from cases import staff
from cases.store import StoreError

COMMANDS: dict[str, tuple[str, Tap]] = {
    "menu": ("staff_menu", taps.Menu()),
    "waiting": ("staff_waiting", taps.Waiting()),
    "duty": ("staff_duty", taps.Duty()),
    "test": ("staff_test_me", taps.Test()),
}
"""What can be chosen from the app's menu, with the words for it; they hint at nothing."""

_START = re.compile(r"/start(?:@\w+)?(?:\s+|$)")
_COMMAND = re.compile(r"/([a-z]+)(?:@\w+)?\s*")

_log = logging.getLogger(__name__)

StaffApplication: TypeAlias = Application[ExtBot[None], Any, Any, Any, Any, Any]
_Context: TypeAlias = CallbackContext[ExtBot[None], Any, Any, Any]


class StaffBot:
    """Answers focal points. ``bot.staff_door`` brings updates in; ``application`` is python-telegram-bot's."""

    def __init__(self, token: str, api: str, desk: Desk) -> None:
        """Prepare; nothing is sent yet.

        Args:
            token: of the staff bot.
            api: root of the Bot API server, without a slash at the end.
            desk: what it works with.
        """
        self._desk = desk
        self._linking = Linking(desk)
        # Ours to close: the library closes them only if its own start succeeded.
        self._requests = (
            HTTPXRequest(connection_pool_size=2 * AT_ONCE, read_timeout=20.0, connect_timeout=10.0),
            HTTPXRequest(connection_pool_size=1, connect_timeout=10.0),
        )
        self.application = build_application(token, api, *self._requests)
        self._chats = Chats(self.application.bot)
        self.application.add_handler(_Everything(self._heard))
        self.application.add_error_handler(_failed)

    async def close(self) -> None:
        """Let go of codes that were still being slowed down, and of every connection."""
        await self._linking.close()
        await self._chats.answers.close()
        await self.application.shutdown()
        for request in self._requests:
            await request.shutdown()

    async def offer_commands(self) -> None:
        """Put the commands into the app's menu, in every language.

        Raises:
            TelegramError: not all of them are there; to be tried again.
        """
        words = self._desk.words
        for tag in words.tags:
            menu = [(name, words.word(tag, key)) for name, (key, _) in COMMANDS.items()]
            # Languages without a menu of their own have the fallback's; Telegram knows them by two letters.
            code = None if tag == words.fallback else tag.partition("-")[0]
            try:
                await self.application.bot.set_my_commands(menu, BotCommandScopeAllPrivateChats(), code)
            except BadRequest:
                _log.warning("staff_menu_refused")

    async def _heard(self, update: Update, _context: _Context) -> None:
        if update.callback_query is not None:
            await self._tapped(update.callback_query)
        elif update.message is not None and update.message.chat.type == Chat.PRIVATE:
            await self._written(update.message)

    async def _written(self, message: Message) -> None:
        words = self._desk.words
        language = words.negotiate(message.from_user.language_code if message.from_user else None)
        text = message.text or ""
        code = staff.read_code(_START.sub("", text, count=1))
        try:
            if code is not None:
                await self._linking.look(message.chat.id, code, lambda linked: self._linked(message, linked, language))
                return
            person = await self._desk.person(message.chat.id)
            if person is None:
                self._chats.say(message, words.word(language, "staff_link_ask"))
                return
            command = _COMMAND.fullmatch(text)
            _, tap = COMMANDS.get(command[1] if command else "", COMMANDS["menu"])
            done = await carry_out(self._desk, person, tap, with_file=False)
        except StoreError:
            self._chats.say(message, words.word(language, "not_saved"))
            return
        self._chats.menu(message, done.screen)

    async def _linked(self, message: Message, linked: Linked, language: str) -> None:
        words = self._desk.words
        try:
            person = await self._desk.person(message.chat.id) if linked in {Linked.YES, Linked.BEFORE} else None
            if person is not None:
                said = Voice(words, person).say("staff_linked") if linked is Linked.YES else ""
                self._chats.menu(message, await menu(self._desk, person, said))
                return
        except StoreError:
            linked = Linked.NOT_SAVED
        self._chats.say(
            message, words.word(language, "not_saved" if linked is Linked.NOT_SAVED else "staff_link_wrong")
        )

    async def _tapped(self, query: CallbackQuery) -> None:
        if query.message is None or query.message.chat.type != Chat.PRIVATE:
            return
        words = self._desk.words
        language = words.negotiate(query.from_user.language_code)
        try:
            person = await self._desk.person(query.message.chat.id)
            if person is None:
                self._chats.told(query, words.word(language, "staff_link_ask"))
                return
            language = language_of(words, person)
            tap = taps.read(query.data)
            if tap is None:
                self._chats.told(query)
                return
            with_file = isinstance(query.message, Message) and query.message.document is not None
            done = await carry_out(self._desk, person, tap, with_file=with_file)
        except StoreError:
            self._chats.told(query, words.word(language, "not_saved"))
            return
        if done.given_up and with_file:
            self._chats.given_up(query, done.screen)
        else:
            self._chats.shown(query, done.screen, done.said, about_file=with_file and isinstance(tap, taps.ABOUT_FILE))


class _Everything(BaseHandler[Update, _Context, None]):
    """Takes every update: what to do with it is one function's business, not a chain of filters'."""

    def check_update(self, update: object) -> bool:
        return isinstance(update, Update)


def build_application(token: str, api: str, sending: HTTPXRequest, polling: HTTPXRequest) -> StaffApplication:
    """Build python-telegram-bot's application: no persistence, no job queue, one update after another."""
    # Otherwise every 429 raises a deprecation warning inside the library.
    os.environ.setdefault("PTB_TIMEDELTA", "true")
    builder = Application.builder().token(token).base_url(f"{api}/bot").base_file_url(f"{api}/file/bot")
    builder = builder.request(sending).get_updates_request(polling)
    return builder.updater(None).job_queue(None).concurrent_updates(False).build()


async def _failed(_update: object, context: _Context) -> None:
    _log.error("staff_update_failed error=%s", type(context.error).__name__)
