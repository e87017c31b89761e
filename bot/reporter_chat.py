"""What stands in a person's chat, and how it is kept to one message.

Each screen is an edit of one living message. What the person typed is deleted once it has been dealt with. A screen
too long for one message is sent in parts, which go with the next screen. On leaving, the living message becomes one
ordinary line, and everything else that can be deleted is.

Telegram refuses a whole ``deleteMessages`` when one message in it is older than 48 hours, so old ones are left out
and those near the limit are tried one by one. A message whose sending was answered by silence may stand in the chat
without our knowing its id; message ids grow, so the ids between the last known and the new one are deleted too
(ids that are not in this chat are passed over by Telegram).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.incoming import Notes
from bot.reporter_calls import harmless, patiently
from bot.reporter_updates import data
from bot.screen import Button, Screen

LONGEST = 4_000
"""Characters in one message; Telegram's limit is 4,096."""
DELETABLE_SECONDS = 48 * 3600
MARGIN_SECONDS = 600
BATCH = 100
GAP = 50
"""The most unknown ids that are deleted between two known ones."""
IN_A_ROW = 3


@dataclass(frozen=True, slots=True)
class Shown:
    """What a display changed: the living message, what was sent anew, and what has certainly been deleted."""

    living: int | None
    sent: tuple[tuple[int, int], ...] = ()
    deleted: frozenset[int] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Chat:
    """One person's private chat, for the length of one update. ``now`` is in unix seconds."""

    bot: Bot
    account: int = field(repr=False)
    now: int

    async def show(self, screen: Screen, notes: Notes, *, anew: bool, seen: int, doubtful: bool) -> Shown:
        """Make ``screen`` what the person sees.

        Args:
            screen: what to show.
            notes: what is in the chat as far as known.
            anew: at the bottom of the chat, even if the living message could be edited.
            seen: the newest message id known so far.
            doubtful: an earlier try may have left a message whose id nobody knows.
        """
        parts = _parts(_text(screen))
        keyboard = _keyboard(screen)
        living = notes.living
        if living is not None and not anew and len(parts) == 1 and await self._edit(living, parts[0], keyboard):
            deleted = await self.delete(_but(notes.messages, living))
            return Shown(living, (), deleted)
        sent: list[tuple[int, int]] = []
        for part in parts:
            last = len(sent) == len(parts) - 1
            number, uncertain = await self._send(part, keyboard if last else None)
            sent.append((number, self.now))
            doubtful = doubtful or uncertain
        old = list(notes.messages)
        if doubtful:
            old += _between(seen, [number for number, _ in sent], {number for number, _ in old}, self.now)
        return Shown(sent[-1][0], tuple(sent), await self.delete(old))

    async def clear(self, screen: Screen, notes: Notes, *, repeat: bool) -> None:
        """Empty the chat: one ordinary line stays, in the place of the living message."""
        line = screen.paragraphs[0]
        living = notes.living
        if living is not None and not await self._edit(living, line, None):
            living = None
        if living is None and not (repeat and notes == Notes()):
            number, _ = await self._send(line, None)
            living = number
        await self.delete([item for item in (*notes.messages, *notes.spare) if item[0] != living])

    async def delete(self, messages: Iterable[tuple[int, int]]) -> frozenset[int]:
        """Delete what can be deleted; says which are gone for certain, or can never be deleted any more."""
        gone: set[int] = set()
        young, near = [], []
        for number, at in dict(messages).items():
            age = self.now - at
            if age >= DELETABLE_SECONDS + MARGIN_SECONDS:
                gone.add(number)  # out of reach; asking again would never help
            elif age >= DELETABLE_SECONDS - MARGIN_SECONDS:
                near.append(number)
            else:
                young.append(number)
        for start in range(0, len(young), BATCH):
            batch = young[start : start + BATCH]
            if await harmless(partial(self.bot.delete_messages, self.account, batch)):
                gone.update(batch)
            else:
                near += batch
        for number in near:
            await harmless(partial(self.bot.delete_message, self.account, number))
            gone.add(number)
        return frozenset(gone)

    async def _edit(self, number: int, text: str, keyboard: InlineKeyboardMarkup | None) -> bool:
        try:
            await patiently(
                lambda: self.bot.edit_message_text(text, chat_id=self.account, message_id=number, reply_markup=keyboard)
            )
        except TelegramBadRequest as error:
            return "message is not modified" in error.message
        return True

    async def _send(self, text: str, keyboard: InlineKeyboardMarkup | None) -> tuple[int, bool]:
        message, called = await patiently(
            lambda: self.bot.send_message(self.account, text, reply_markup=keyboard, disable_notification=True)
        )
        return message.message_id, called.uncertain


def _text(screen: Screen) -> str:
    """One screen as plain text; no markup, so nothing a person wrote can break it."""
    pieces = [screen.notice] if screen.notice else []
    pieces += [f"{told.question}\n{told.answer}" for told in screen.told]
    if screen.written:
        pieces.append(screen.written)
    return "\n\n".join([*pieces, *screen.paragraphs])


def _parts(text: str) -> list[str]:
    """The text in pieces of at most ``LONGEST`` characters, cut at paragraphs, lines or spaces where there are any."""
    parts = []
    while len(text) > LONGEST:
        cut = max(text.rfind("\n\n", 0, LONGEST), 0) or max(text.rfind("\n", 0, LONGEST), 0)
        cut = cut or max(text.rfind(" ", 0, LONGEST), 0) or LONGEST
        if text[:cut].strip():
            parts.append(text[:cut])
        text = text[cut:].lstrip("\n ")
    return [*parts, text] if text.strip() or not parts else parts


def _keyboard(screen: Screen) -> InlineKeyboardMarkup | None:
    def button(one: Button) -> InlineKeyboardButton:
        return InlineKeyboardButton(text=one.label, callback_data=data(one, screen.seq))

    rows = [[button(one)] for one in screen.options]
    asides = [button(one) for one in screen.asides]
    rows += [asides[start : start + IN_A_ROW] for start in range(0, len(asides), IN_A_ROW)]
    return InlineKeyboardMarkup(inline_keyboard=rows) if rows else None


def _but(messages: Iterable[tuple[int, int]], living: int) -> list[tuple[int, int]]:
    return [item for item in messages if item[0] != living]


def _between(seen: int, sent: list[int], known: set[int], now: int) -> list[tuple[int, int]]:
    low, high = max(seen + 1, min(sent) - GAP), max(sent)
    return [(number, now) for number in range(low, high) if number not in known and number not in sent] if seen else []
