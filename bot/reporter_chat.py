"""What stands in a person's chat, and how it is kept to one message.

Each screen is an edit of one living message. What the person typed is deleted once it has been dealt with. A screen
too long for one message is sent in parts, which go with the next screen. On leaving, the living message becomes one
ordinary line, and everything else that can be deleted is.

Telegram refuses a whole ``deleteMessages`` when one message in it is older than 48 hours, so old ones are left out
and those near the limit are tried one by one.

A message may stand in the chat without our knowing its id: its sending was answered by silence, or the process ended
before the id was written down. Two things bring it to light. Message ids grow, so the ids after the last known one
and before the new one are deleted too (ids that are not in this chat are passed over by Telegram). And a tap tells
which message it was made on: it becomes the living one if none is known, and goes if another one is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.incoming import Notes
from bot.reporter_calls import UnreachableError, harmless, patiently
from bot.reporter_updates import data
from bot.screen import Button, Screen

LONGEST = 4_000
"""Characters in one message; Telegram's limit is 4,096."""
DELETABLE_SECONDS = 48 * 3600
MARGIN_SECONDS = 600
BATCH = 100
GAP = 50
"""How many unknown ids are deleted after the last known one, and before the new one."""
IN_A_ROW = 3


@dataclass(frozen=True, slots=True)
class Shown:
    """What a display changed: the living message, what is in the chat anew, and what has certainly been deleted.

    ``whole`` is False when Telegram could not be reached before all was done; the rest is to be done again.
    """

    living: int | None
    sent: tuple[tuple[int, int], ...] = ()
    deleted: frozenset[int] = field(default_factory=frozenset)
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Chat:
    """One person's private chat, for the length of one update. ``now`` is in unix seconds."""

    bot: Bot
    account: int = field(repr=False)
    now: int

    async def show(
        self, screen: Screen, notes: Notes, *, anew: bool, seen: int, tapped: int | None, doubtful: bool
    ) -> Shown:
        """Make ``screen`` what the person sees.

        Args:
            screen: what to show.
            notes: what is in the chat as far as known.
            anew: at the bottom of the chat, even if the living message could be edited.
            seen: the newest message id known so far.
            tapped: the message whose button was tapped.
            doubtful: an earlier try may have left a message whose id nobody knows.
        """
        parts = _parts(_text(screen))
        keyboard = _keyboard(screen)
        living = notes.living or tapped
        old = [*notes.messages, *self._found(tapped)]
        if living is not None and not anew and len(parts) == 1 and await self._edit(living, parts[0], keyboard):
            if doubtful and tapped is None:
                old += self._unknown(seen, None, notes)
            found = () if living == notes.living else ((living, self.now),)
            return await self._shown(living, found, _but(old, living))
        sent: list[tuple[int, int]] = []
        for part in parts:
            last = len(sent) == len(parts) - 1
            try:
                number, uncertain = await self._send(part, keyboard if last else None)
            except UnreachableError:
                if not sent:
                    raise
                return Shown(notes.living, tuple(sent), whole=False)  # what was sent is known, and goes next time
            sent.append((number, self.now))
            doubtful = doubtful or uncertain
        if doubtful:
            old += self._unknown(seen, [number for number, _ in sent], notes)
        return await self._shown(sent[-1][0], tuple(sent), old)

    async def _shown(self, living: int, sent: tuple[tuple[int, int], ...], old: list[tuple[int, int]]) -> Shown:
        """The screen stands; delete what is old, and lose no knowledge of the screen if that fails."""
        try:
            return Shown(living, sent, await self.delete(old))
        except UnreachableError:
            return Shown(living, sent, whole=False)

    async def clear(self, screen: Screen, notes: Notes, *, seen: int, tapped: int | None, repeat: bool) -> None:
        """Empty the chat: one ordinary line stays, in the place of the living message."""
        line = screen.paragraphs[0]
        living = notes.living or tapped
        old = [*notes.messages, *notes.spare, *self._found(tapped)]
        if living is not None and not await self._edit(living, line, None):
            living = None
        if living is None and not (repeat and notes == Notes()):
            living, uncertain = await self._send(line, None)
            if uncertain or repeat:
                old += self._unknown(seen, [living], notes)
        await self.delete([item for item in old if item[0] != living])

    def _found(self, tapped: int | None) -> list[tuple[int, int]]:
        return [] if tapped is None else [(tapped, self.now)]

    def _unknown(self, seen: int, sent: list[int] | None, notes: Notes) -> list[tuple[int, int]]:
        """Ids that an unknown message of ours may have: shortly after the last known one, or shortly before ours.

        What the person sent since, and is known, is not among them: it may have a reason to stay.
        """
        if not seen:
            return []
        if sent is None:
            found = set(range(seen + 1, seen + 1 + GAP))
        else:
            low, high = seen + 1, max(sent)
            found = {*range(low, min(low + GAP, high)), *range(max(low, min(sent) - GAP), high)} - {*sent}
        known = {number for number, _ in (*notes.messages, *notes.spare)}
        return [(number, self.now) for number in sorted(found - known)]

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
    pieces = [text for text in (screen.mark, screen.notice) if text]
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
