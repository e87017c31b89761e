"""Where the staff bot shows its screens: one living menu in each chat, and the captions of alerts.

The menu is edited in place. When somebody writes, a new one comes to the end of the chat, where they look, and the
one before goes. Which message it is stands in memory only: after a restart an old menu may stay, and works.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass, field

from telegram import Bot, CallbackQuery, Message
from telegram.error import BadRequest

from bot.staff_answers import Answers, Call
from bot.staff_screens import Screen

MOST_MENUS = 10_000
MOST_SAID = 200
"""Characters that Telegram shows over a chat."""


@dataclass(slots=True)
class Chats:
    """The chats of the staff bot, and the answers that go there."""

    bot: Bot = field(repr=False)
    answers: Answers = field(default_factory=Answers)
    _menus: OrderedDict[int, int] = field(default_factory=OrderedDict, repr=False)

    def say(self, message: Message, text: str) -> None:
        """Answer a message in words."""
        self.answers.give(message.chat.id, lambda: message.chat.send_message(text))

    def menu(self, message: Message, screen: Screen) -> None:
        """Answer a message with a screen in place of the menu before it, and take the message itself away.

        Whatever a focal point writes here may be about somebody, and does not belong into a chat.
        """
        chat = message.chat.id
        self.answers.give(chat, *self._menu_at(chat, None, screen), message.delete)

    def told(self, query: CallbackQuery, said: str | None = None) -> None:
        """Answer a tap, and show nothing new."""
        if query.message is not None:
            self.answers.give(query.message.chat.id, lambda: _answer(query, said))

    def shown(self, query: CallbackQuery, screen: Screen, said: str | None, *, about_file: bool) -> None:
        """Answer a tap and show its screen.

        Args:
            query: the tap.
            screen: what to show.
            said: shown over the chat for a moment.
            about_file: below a file, the screen belongs there; any other goes to the end of the chat.
        """
        message = query.message
        if message is None:
            return
        after: Iterable[Call]
        if isinstance(message, Message) and message.text:
            after = self._menu_at(message.chat.id, message.message_id, screen)
        elif isinstance(message, Message) and about_file:
            after = [lambda: query.edit_message_caption(screen.text, reply_markup=screen.keyboard)]
        else:
            after = self._menu_at(message.chat.id, None, screen)
        self.answers.give(message.chat.id, lambda: _answer(query, said), *after)

    def given_up(self, query: CallbackQuery, screen: Screen) -> None:
        """Answer a tap, take the file that it stands below out of the chat, and show a screen at its end."""
        message = query.message
        if message is None:
            return

        async def remove() -> None:
            try:
                await query.delete_message()
            except BadRequest:  # after two days Telegram leaves it; the text asks the person to delete the file
                await query.edit_message_caption(screen.text)

        self.answers.give(
            message.chat.id, lambda: _answer(query, None), remove, *self._menu_at(message.chat.id, None, screen)
        )

    def _menu_at(self, chat: int, message_id: int | None, screen: Screen) -> tuple[Call, Call]:
        """The calls that show a screen in a message, or at the end of the chat, and remove the menu before it."""
        removed: list[int] = []

        async def show() -> None:
            at = message_id if message_id is not None and await self._edited(chat, message_id, screen) else None
            if at is None:
                at = (await self.bot.send_message(chat, screen.text, reply_markup=screen.keyboard)).message_id
            before = self._menus.pop(chat, at)
            self._menus[chat] = at
            if len(self._menus) > MOST_MENUS:
                self._menus.popitem(last=False)
            removed.extend({before} - {at})

        async def tidy() -> None:
            for one in removed:
                await self.bot.delete_message(chat, one)

        return show, tidy

    async def _edited(self, chat: int, message_id: int, screen: Screen) -> bool:
        """Show a screen in a message; False if it is not there any more, since a newer menu has taken its place."""
        try:
            await self.bot.edit_message_text(screen.text, chat, message_id, reply_markup=screen.keyboard)
        except BadRequest as refused:
            return "not modified" in refused.message.lower()
        return True


def _answer(query: CallbackQuery, said: str | None) -> Awaitable[object]:
    return query.answer(said[:MOST_SAID] if said else None)
