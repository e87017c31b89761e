"""The ways to a focal point: their account in the staff bot, or a folder on this machine (demo).

What python-telegram-bot raises says less than it seems: a bad request is a kind of network error there, and a
time-out may come before or after the message went out. ``delivery_fault`` reads it once, for one question: has
the message perhaps arrived, may it be sent again, or never?
"""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx
from telegram import Bot, InputFile
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.alert_words import Words, alert_text
from bot.alerts import CannotDeliver, Notice, NoWay, TryLater
from bot.staff_screens import alert
from bot.staff_voice import Voice
from cases.staff import address_of
from cases.store import Store
from crypto.errors import VaultError
from crypto.vault import Vault
from routing.directory import Person

REFUSED_TOKEN_SECONDS = 300

_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


@dataclass(frozen=True, slots=True)
class TelegramStaff:
    """Sends the sealed file to the person's linked account, the alert as its caption, with its buttons below.

    Where nothing is handed over, the words go out alone, with theirs.
    """

    bot: Bot
    store: Store
    vault: Vault = field(repr=False)
    words: Words = field(repr=False)

    async def deliver(self, notice: Notice) -> None:
        """Send one alert; see ``bot.alerts.Courier``."""
        try:
            address = await address_of(self.store, self.vault, notice.person.id)
        except VaultError:
            # Another secret file than the one it was kept under: nothing the message could help.
            raise TryLater(REFUSED_TOKEN_SECONDS, "address_unreadable", counted=False) from None
        if address is None:
            raise NoWay("not_linked")
        try:
            screen = alert(Voice(self.words, notice.person), notice.alert, notice.purpose)
        except KeyError:
            raise CannotDeliver("no_words") from None
        try:
            if notice.sealed is None:
                await self.bot.send_message(address, screen.text, reply_markup=screen.keyboard)
                return
            await self.bot.send_document(
                address,
                InputFile(notice.sealed, filename=notice.file_name),
                caption=screen.text,
                reply_markup=screen.keyboard,
                disable_content_type_detection=True,
            )
        except TelegramError as error:
            # From None: the library's messages quote addresses, which hold the token.
            raise delivery_fault(error) from None


def delivery_fault(error: TelegramError) -> TryLater | CannotDeliver:
    """Say what a failed send means for the message."""
    match error:
        case RetryAfter():
            wait = error.retry_after
            return TryLater(
                wait.total_seconds() if isinstance(wait, timedelta) else wait, "told_to_wait", counted=False
            )
        case Forbidden():
            return CannotDeliver("blocked")
        case BadRequest() if "chat not found" in error.message.lower():
            return CannotDeliver("chat_not_found")
        case BadRequest() | ChatMigrated():
            return CannotDeliver("refused")
        case InvalidToken():
            return TryLater(REFUSED_TOKEN_SECONDS, "token_refused", counted=False)
        case NetworkError() if isinstance(error.__cause__, _NEVER_LEFT):
            return TryLater(None, "unreachable", counted=False)
        case _:
            return TryLater(None, "no_answer")


@dataclass(frozen=True, slots=True)
class Folder:
    """Puts sealed files into a folder and says so on the terminal: the demo's way without a staff bot.

    Attributes:
        root: the folder; each person has one below it, so that two recipients of one report do not overwrite
            each other's file. Made with mode 0700, files with 0600.
        words: for the alert.
        command_for: the exact command that opens a person's file.
        say: writes a line for the person at the terminal.
    """

    root: Path
    words: Words = field(repr=False)
    command_for: Callable[[Person, Path], str]
    say: Callable[[str], None]

    async def deliver(self, notice: Notice) -> None:
        """Write one file; see ``bot.alerts.Courier``. A repeat replaces it by the same."""
        try:
            text = alert_text(self.words, notice.person, notice.alert)
        except KeyError:
            raise CannotDeliver("no_words") from None
        if notice.sealed is None:
            self.say(f"{text}\n    (for {notice.person.id})")
            return
        path = self.root / notice.person.id / notice.file_name
        try:
            await asyncio.to_thread(write_whole, path, notice.sealed)
        except OSError:
            raise TryLater(None, "folder_unwritable") from None
        self.say(f"{text}\n    {self.command_for(notice.person, path)}")


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that is there whole or not at all, readable by its owner only (0600).

    Raises:
        OSError: it could not be written; nothing was left behind.
    """
    for folder in (path.parent.parent, path.parent):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
