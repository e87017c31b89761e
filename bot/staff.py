"""The staff bot: linking an account with a one-time code, and "I have it".

What a focal point can do here is little on purpose. Alerts and sealed files come from ``bot.couriers``; this side
listens. Only private chats are heard; an account that is not linked learns nothing but that a code is wanted,
whatever it sends or taps. Updates are taken one after another, and each is committed before it is answered
(``bot.staff_answers``); a delivery that comes twice finds its work done and says so again.

Nothing that comes in is logged: not who, not what, not which report.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from telegram import CallbackQuery, Chat, Message, Update
from telegram.ext import Application, BaseHandler, CallbackContext, ExtBot
from telegram.request import HTTPXRequest

from bot.alert_words import Words, language_of
from bot.alerts import AT_ONCE
from bot.couriers import HAVE
from bot.staff_answers import Answers
from bot.staff_tries import Tries
from cases import handing, outbox, staff
from cases.store import Store, StoreError
from crypto.entropy import Entropy
from crypto.vault import Vault
from locales.isolate import fill
from routing.directory import Person

_REFERENCE = re.compile(r"[0-9A-HJKMNP-TV-Z]{8}")
_START = re.compile(r"/start(?:@\w+)?(?:\s+|$)")

_log = logging.getLogger(__name__)

StaffApplication: TypeAlias = Application[ExtBot[None], Any, Any, Any, Any, Any]
_Context: TypeAlias = CallbackContext[ExtBot[None], Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Desk:
    """What the staff bot works with.

    Attributes:
        store: the database.
        vault: recognises accounts.
        words: for every language that is supported.
        people: a person of the present directory by id; None when they are no longer in it.
        entropy: for addresses.
        clock: unix seconds.
        wake: set when an alert that was waiting for a link can go out now.
    """

    store: Store
    vault: Vault = field(repr=False)
    words: Words = field(repr=False)
    people: Callable[[str], Person | None] = field(repr=False)
    entropy: Entropy = field(repr=False)
    clock: Callable[[], float]
    wake: asyncio.Event


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
        self._tries = Tries()
        self._answers = Answers()
        self._waiting: dict[bytes, asyncio.Task[None]] = {}
        # Ours to close: the library closes them only if its own start succeeded.
        self._requests = (
            HTTPXRequest(connection_pool_size=2 * AT_ONCE, read_timeout=20.0, connect_timeout=10.0),
            HTTPXRequest(connection_pool_size=1, connect_timeout=10.0),
        )
        self.application = build_application(token, api, *self._requests)
        self.application.add_handler(_Everything(self._heard))
        self.application.add_error_handler(_failed)

    async def close(self) -> None:
        """Let go of codes that were still being slowed down, and of every connection."""
        waiting = list(self._waiting.values())
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        await self._answers.close()
        await self.application.shutdown()
        for request in self._requests:
            await request.shutdown()

    async def _heard(self, update: Update, _context: _Context) -> None:
        if update.callback_query is not None:
            await self._tapped(update.callback_query)
        elif update.message is not None and update.message.chat.type == Chat.PRIVATE:
            await self._written(update.message)

    async def _written(self, message: Message) -> None:
        hint = message.from_user.language_code if message.from_user else None
        language = self._desk.words.negotiate(hint)
        code = staff.read_code(_START.sub("", message.text or "", count=1))
        if code is not None:
            await self._try(message, code, language)
            return
        try:
            person = await self._person(message.chat.id)
        except StoreError:
            self._say(message, language, "not_saved")
            return
        if person is None:
            self._say(message, language, "staff_link_ask")
        else:
            self._say(message, language_of(self._desk.words, person), "staff_hello")

    async def _try(self, message: Message, code: str, language: str) -> None:
        """Look at a code: at once, or after the wait that wrong ones before it have earned."""
        mark = staff.account_mark(self._desk.vault, message.chat.id)
        if mark in self._waiting:
            return  # one at a time: what comes meanwhile is not looked at
        wait = self._tries.wait(mark)
        if not wait:
            await self._look(message, code, language, mark)
            return

        async def look_later() -> None:
            try:
                await asyncio.sleep(wait)
                await self._look(message, code, language, mark)
            except Exception as error:  # noqa: BLE001 -- nobody awaits this task; what it raised would be lost
                _log.error("staff_update_failed error=%s", type(error).__name__)
            finally:
                self._waiting.pop(mark, None)

        self._waiting[mark] = asyncio.create_task(look_later())

    async def _look(self, message: Message, code: str, language: str, mark: bytes) -> None:
        desk = self._desk
        now = int(desk.clock())
        try:
            before = await self._person(message.chat.id)
            linked = await staff.link(desk.store, desk.vault, message.chat.id, code, now=now, entropy=desk.entropy)
            if linked is not None:
                await outbox.bring_forward(desk.store, linked, "not_linked", now)
        except StoreError:
            self._say(message, language, "not_saved")
            return
        person = None if linked is None else desk.people(linked)
        if person is not None:
            self._tries.right(mark)
            desk.wake.set()
            _log.info("staff_linked")
            self._say(message, language_of(desk.words, person), "staff_linked")
            return
        self._tries.wrong(mark)
        if before is not None:
            # Most likely the same delivery again, whose code was used up by the first.
            self._say(message, language_of(desk.words, before), "staff_hello")
        else:
            self._say(message, language, "staff_link_wrong")

    async def _tapped(self, query: CallbackQuery) -> None:
        if query.message is None or query.message.chat.type != Chat.PRIVATE:
            return
        desk, chat = self._desk, query.message.chat.id
        language = desk.words.negotiate(query.from_user.language_code)
        try:
            person = await self._person(chat)
            if person is None:
                self._answers.give(chat, lambda: query.answer(desk.words.word(language, "staff_link_ask")))
                return
            language = language_of(desk.words, person)
            reference = (query.data or "").removeprefix(HAVE)
            if _REFERENCE.fullmatch(reference) is None:
                self._answers.give(chat, query.answer)
                return
            theirs = await handing.acknowledge(desk.store, reference, person.id, int(desk.clock()))
        except StoreError:
            self._answers.give(chat, lambda: query.answer(desk.words.word(language, "not_saved")))
            return
        _log.info("staff_acknowledged" if theirs else "staff_acknowledged_late")
        word = desk.words.word(language, "staff_thanks" if theirs else "staff_gone")
        said = fill(word, {"reference": reference}, desk.words.direction(language))
        # Without a keyboard the edit takes the button away. The file stays where it is.
        self._answers.give(chat, lambda: query.answer(said), lambda: query.edit_message_caption(said))

    async def _person(self, account: int) -> Person | None:
        """Say whose account this is, as long as they are in the directory."""
        person = await staff.person_of(self._desk.store, self._desk.vault, account)
        return None if person is None else self._desk.people(person)

    def _say(self, message: Message, language: str, key: str) -> None:
        text = self._desk.words.word(language, key)
        self._answers.give(message.chat.id, lambda: message.chat.send_message(text))


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
