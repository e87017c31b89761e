"""From Telegram's updates to what the turn understands; everything else is left alone.

Only private chats count: a bot for survivors says nothing in a group, whatever is said to it there. Nothing of an
update is logged.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from aiogram.enums import ChatType, ContentType
from aiogram.types import CallbackQuery, Message, Update, User

from bot.incoming import Command, Happened, Open, Other, Tap, Typed
from bot.screen import Button
from flows.state import Secret

COMMANDS = ("help", "leave", "language", "back", "skip", "delete")

_DATA = re.compile(r"([0-9]{1,10}):(![a-z]{1,16}|[a-z0-9][a-z0-9_-]{0,47})\Z")
_FORGED = Tap("", -1)
"""A tap that no keyboard of ours can have made; the turn takes it for a stale one."""

_CONTENT = {
    ContentType.ANIMATION,
    ContentType.AUDIO,
    ContentType.CONTACT,
    ContentType.DICE,
    ContentType.DOCUMENT,
    ContentType.GAME,
    ContentType.LOCATION,
    ContentType.PHOTO,
    ContentType.POLL,
    ContentType.STICKER,
    ContentType.STORY,
    ContentType.VENUE,
    ContentType.VIDEO,
    ContentType.VIDEO_NOTE,
    ContentType.VOICE,
}
"""What a person can send that is not text; anything else without text is Telegram's own service message."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """One update that belongs to a conversation.

    ``account`` is the person's id, which in a private chat is also the chat's. ``message`` is the id and time of the
    message they sent, ``callback`` the id of the tap to be answered, ``seen`` the newest message id known from it.
    """

    update: int = field(repr=False)
    account: int = field(repr=False)
    language: str = field(repr=False)
    happened: Happened = field(repr=False)
    message: tuple[int, int] | None = field(default=None, repr=False)
    callback: str | None = field(default=None, repr=False)
    seen: int = field(default=0, repr=False)

    @property
    def tapped(self) -> int | None:
        """The message whose button was tapped."""
        return self.seen or None if self.message is None else None


def read(update: Update) -> Arrived | None:
    """What arrived, or ``None`` for what is none of our business."""
    if update.message is not None and update.message.from_user is not None:
        return _message(update.update_id, update.message, update.message.from_user)
    if update.callback_query is not None:
        return _tap(update.update_id, update.callback_query)
    return None


def data(button: Button, seq: int) -> str:
    """The callback data of a button: at most 64 bytes."""
    return f"{seq}:{button.id}"


def _message(update: int, message: Message, sender: User) -> Arrived | None:
    if message.chat.type != ChatType.PRIVATE or sender.is_bot:
        return None
    happened: Happened
    if message.text is not None:
        happened = _text(message.text)
    elif message.content_type in _CONTENT:
        happened = Other()
    else:
        return None
    sent = (message.message_id, int(message.date.timestamp()))
    return Arrived(update, sender.id, sender.language_code or "", happened, message=sent, seen=message.message_id)


def _text(text: str) -> Happened:
    if not text.startswith("/"):
        return Typed(Secret(text))
    name = text[1:].split(maxsplit=1)[0].partition("@")[0].casefold() if text[1:].strip() else ""
    if name in COMMANDS:
        return Command(name)
    # Only /start and unknown commands without anything behind them are a mere look; other words are kept as words.
    return Open() if len(text.split()) == 1 or name == "start" else Typed(Secret(text))


def _tap(update: int, query: CallbackQuery) -> Arrived | None:
    if query.message is not None and query.message.chat.type != ChatType.PRIVATE:
        return None
    found = _DATA.match(query.data or "")
    happened = Tap(found[2], int(found[1])) if found else _FORGED
    seen = query.message.message_id if query.message is not None else 0
    return Arrived(
        update, query.from_user.id, query.from_user.language_code or "", happened, callback=query.id, seen=seen
    )
