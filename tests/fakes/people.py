"""A person with a phone: writes, taps, blocks, and sees exactly what the chat shows."""

import asyncio
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.fakes.bots import Answer, FakeBot, Query, private_chat
from tests.fakes.chats import Chat, Message
from tests.fakes.picture import Picture

if TYPE_CHECKING:
    from tests.fakes.telegram import FakeTelegram

_COMMAND = re.compile(r"/[A-Za-z0-9_]+(@\w+)?")
_LONGEST_MESSAGE = 4096
Predicate = Callable[["Person"], Any]


class Person:
    """One person's private chat with one bot."""

    def __init__(self, server: "FakeTelegram", bot: FakeBot, user: dict[str, Any]) -> None:
        self.server = server
        self.bot = bot
        self.user = user
        self.user_id: int = user["id"]
        self._chat: Chat = bot.chat_with(user)

    # What the person does.

    async def send_text(self, text: str) -> Message:
        """Sends a text; one beyond 4,096 code points leaves the phone in several messages.

        Returns:
            The last message sent.
        """
        for start in range(0, max(len(text), 1), _LONGEST_MESSAGE):
            piece = text[start : start + _LONGEST_MESSAGE]
            command = _COMMAND.match(piece)
            spans = ({"type": "bot_command", "offset": 0, "length": command.end()},) if command else ()
            sent = self._say(text=piece, entities=spans)
        return sent

    async def send_command(self, command: str, payload: str = "") -> Message:
        """Sends a command such as ``/start``, with the payload of a deep link after it."""
        return await self.send_text(f"{command} {payload}" if payload else command)

    async def send_sticker(self, emoji: str = "🙂") -> Message:
        """Sends a sticker."""
        file = self._file("sticker.webp", "image/webp", b"a sticker")
        shape = {"width": 512, "height": 512, "is_animated": False, "is_video": False, "type": "regular"}
        return self._say(content={"sticker": {**file, **shape, "emoji": emoji}})

    async def send_location(self, latitude: float = 0.0, longitude: float = 0.0) -> Message:
        """Sends a place."""
        return self._say(content={"location": {"latitude": latitude, "longitude": longitude}})

    async def send_contact(self, phone_number: str = "+000000000", first_name: str = "Somebody") -> Message:
        """Sends somebody's contact."""
        return self._say(content={"contact": {"phone_number": phone_number, "first_name": first_name}})

    async def send_photo(self, caption: str = "") -> Message:
        """Sends a picture, perhaps with words under it."""
        file = self._file("photo.jpg", "image/jpeg", b"a picture")
        return self._say(content={"photo": [{**file, "width": 90, "height": 90}]}, text=caption)

    async def send_voice(self, seconds: int = 1) -> Message:
        """Sends a voice message."""
        file = self._file("voice.ogg", "audio/ogg", b"a voice")
        return self._say(content={"voice": {**file, "duration": seconds, "mime_type": "audio/ogg"}})

    async def send_document(self, name: str, content: bytes, caption: str = "") -> Message:
        """Sends a file."""
        return self._say(document=self.bot.keep_file(name, "application/octet-stream", content), text=caption)

    async def edit_text(self, message_id: int, text: str) -> None:
        """Changes an own message afterwards."""
        edited = self._chat.amend(message_id, text)
        self._notify("edited_message", "message", self.bot.message(self._chat, edited))

    async def tap(
        self,
        label: str | None = None,
        *,
        data: str | None = None,
        message_id: int | None = None,
        stale: bool = False,
    ) -> Query | Message:
        """Taps a button and returns the callback query, whose `answer` arrives later.

        Args:
            label: what the button says: all of it, or a part that only one button of the message has.
                The newest visible message with such a button counts. A key of a reply keyboard is
                sent as text.
            data: raw callback data instead of a label, forged or not; goes to `message_id`, or to the
                newest visible message of the bot.
            message_id: only this message; it may be deleted.
            stale: look only at keyboards that are no longer shown (edited away or deleted).

        Raises:
            LookupError: no such button.
        """
        if data is not None:
            at = message_id or self._newest_of_bot().message_id
            return self._press(at, data)
        if label is None:
            raise ValueError("a tap needs a label or data")
        for message in reversed(self._keyboards(message_id, stale=stale)):
            if button := _button(message, label):
                if "callback_data" not in button:
                    raise LookupError(f"the button {label!r} opens something else: {button}")
                return self._press(message.message_id, button["callback_data"])
        keys = [key for row in self._chat.reply_keyboard for key in row]
        if not stale and label in keys:
            return await self.send_text(label)
        raise LookupError(f"no button {label!r} in\n{self.chat().render()}")

    async def block(self) -> None:
        """Blocks the bot: it gets a my_chat_member update, and 403 from then on."""
        self._membership("member", "kicked")
        self._chat.blocked = True

    async def unblock(self) -> None:
        """Lets the bot write again."""
        self._chat.blocked = False
        self._membership("kicked", "member")

    async def clear_history(self) -> None:
        """Deletes the whole chat for both sides."""
        self._chat.clear()
        self.server.changes.notify()

    # What the person sees.

    def chat(self) -> Picture:
        """The visible messages, in order; `.render()` draws them."""
        return Picture(f"{self.user['first_name']} ⇄ {self.bot.name}", self._chat.visible())

    def history(self) -> list[Message]:
        """Every message, deleted ones (`visible` is False) too."""
        return self._chat.history()

    def earlier(self) -> list[Message]:
        """Every state of a message that an edit has replaced, oldest first."""
        return list(self._chat.earlier)

    def documents(self) -> list[tuple[str, bytes]]:
        """Name and content of every file the bot has sent, deleted ones too."""
        sent = [message for message in self._chat.history() if message.from_bot and message.document]
        return [(message.document.name, message.document.content) for message in sent if message.document]

    def answers(self) -> list[Answer]:
        """What the taps were answered with, in the order of the taps."""
        mine = [query for query in self.bot.queries.values() if query.chat_id == self.user_id]
        return [query.answer for query in mine if query.answer]

    def chat_actions(self) -> list[str]:
        """The chat actions ("typing") shown so far."""
        return list(self._chat.actions)

    # What the person waits for.

    async def wait_for(self, predicate: Predicate | str, timeout: float = 10.0) -> Any:
        """Waits until the predicate, given this person, is true; a string waits for that text or button.

        Returns:
            What the predicate returned.

        Raises:
            TimeoutError: with a picture of the chat.
        """
        wanted = _shows(predicate) if isinstance(predicate, str) else predicate
        loop = asyncio.get_running_loop()
        until = loop.time() + timeout
        while not (found := wanted(self)):
            left = until - loop.time()
            if left <= 0:
                what = f"{predicate!r} " if isinstance(predicate, str) else ""
                raise TimeoutError(f"{what}not seen within {timeout} s:\n{self.chat().render()}")
            await self.server.changes.wait(min(left, 0.1))
        return found

    async def wait_idle(self, quiet: float = 0.3, timeout: float = 15.0) -> None:
        """Waits until the bot has taken every update, answered every tap and been quiet for a while."""
        await self.server.wait_idle(self.bot.token, quiet, timeout)

    # How it is done.

    def _say(self, **parts: Any) -> Message:
        if self._chat.blocked:
            raise RuntimeError("the person has blocked this bot")
        self._chat.started = True
        said = self._chat.add(from_bot=False, **parts)
        self._notify("message", "message", self.bot.message(self._chat, said))
        return said

    def _press(self, message_id: int, data: str) -> Query:
        message = self._chat.find(message_id)
        query = self.bot.ask(self.user_id, message_id, data)
        gone = {"chat": private_chat(self.user), "message_id": message_id, "date": 0}
        content = {
            "id": query.query_id,
            "from": self.user,
            "chat_instance": f"{self.bot.bot_id}{self.user_id}",
            "data": data,
            "message": self.bot.message(self._chat, message) if message else gone,
        }
        self._notify("callback_query", "callback", content)
        return query

    def _membership(self, old: str, new: str) -> None:
        member = {"user": self.bot.user()}
        content = {
            "chat": private_chat(self.user),
            "from": self.user,
            "date": int(self.server.clock.now()),
            "old_chat_member": {**member, "status": old} | ({"until_date": 0} if old == "kicked" else {}),
            "new_chat_member": {**member, "status": new} | ({"until_date": 0} if new == "kicked" else {}),
        }
        self._notify("my_chat_member", "member", content)

    def _notify(self, kind: str, lane: str, content: dict[str, Any]) -> None:
        self.bot.notify(kind, self.user_id, f"{lane}:{self.user_id}", content)
        self.server.changes.notify()

    def _file(self, name: str, mime: str, content: bytes) -> dict[str, Any]:
        kept = self.bot.keep_file(name, mime, content)
        return {"file_id": kept.file_id, "file_unique_id": f"u{kept.file_id}", "file_size": len(content)}

    def _newest_of_bot(self) -> Message:
        mine = [message for message in self._chat.history() if message.from_bot]
        if not mine:
            raise LookupError("the bot has written nothing to tap on")
        return mine[-1]

    def _keyboards(self, message_id: int | None, *, stale: bool) -> list[Message]:
        gone = [message for message in self._chat.history() if not message.visible]
        shown = self._chat.visible() + (gone if message_id else [])
        found = self._chat.earlier + gone if stale else shown
        return [m for m in found if m.keyboard and message_id in {None, m.message_id}]


def _button(message: Message, label: str) -> dict[str, Any] | None:
    buttons = [button for row in message.keyboard for button in row]
    exact = [button for button in buttons if button["text"] == label]
    partly = [button for button in buttons if label in button["text"]]
    if exact:
        return exact[0]
    return partly[0] if len(partly) == 1 else None


def _shows(words: str) -> Predicate:
    return lambda person: next(
        (m for m in person.chat() if m.from_bot and any(words in shown for shown in (m.text, *m.buttons))), None
    )
