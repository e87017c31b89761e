"""One private chat: what was said, what was changed, what is still to be seen.

Message ids are counted per bot over all its private chats, as Telegram counts them. A deleted message
stays in the history, marked, so that a test can tell "never sent" from "sent and removed".
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tests.fakes.errors import NOT_MODIFIED, ApiError, bad

DELETABLE_SECONDS = 48 * 3600
"""How long a message can be deleted by a bot (Bot API, deleteMessage)."""
GONE_TOO_OLD = "message can't be deleted for everyone"


@dataclass(frozen=True, slots=True)
class Document:
    """A file in a message."""

    file_id: str
    name: str
    mime: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Message:
    """One message as the phone shows it; `content` holds what is neither text nor a document."""

    message_id: int
    from_bot: bool
    sent_at: float
    text: str = ""
    entities: tuple[dict[str, Any], ...] = ()
    keyboard: tuple[tuple[dict[str, Any], ...], ...] = ()
    reply_keyboard: bool = False
    document: Document | None = None
    content: dict[str, Any] = field(default_factory=dict)
    edited_at: float | None = None
    deleted_at: float | None = None
    deleted_by: str | None = None
    reply_to: int | None = None

    @property
    def buttons(self) -> tuple[str, ...]:
        """The labels of all buttons, row by row."""
        return tuple(button["text"] for row in self.keyboard for button in row)

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """The labels, as they stand in rows."""
        return tuple(tuple(button["text"] for button in row) for row in self.keyboard)

    @property
    def visible(self) -> bool:
        """Whether the phone still shows it."""
        return self.deleted_at is None


class Chat:
    """The messages between one bot and one person."""

    def __init__(self, chat_id: int, number: Callable[[], int], now: Callable[[], float]) -> None:
        self.chat_id = chat_id
        self.blocked = False
        self.started = False
        self.reply_keyboard: tuple[tuple[str, ...], ...] = ()
        self.actions: list[str] = []
        self._number = number
        self._now = now
        self._messages: dict[int, Message] = {}
        self.earlier: list[Message] = []
        """Every state that an edit has replaced, oldest first."""

    def history(self) -> list[Message]:
        """Every message there ever was, deleted ones too, in order."""
        return list(self._messages.values())

    def visible(self) -> list[Message]:
        """The messages the phone shows, in order."""
        return [message for message in self._messages.values() if message.visible]

    def find(self, message_id: int) -> Message | None:
        """A message that is still there."""
        message = self._messages.get(message_id)
        return message if message and message.visible else None

    def ever(self, message_id: int) -> Message | None:
        """A message, deleted or not."""
        return self._messages.get(message_id)

    def add(self, **parts: Any) -> Message:
        """Puts a new message at the end."""
        message = Message(message_id=self._number(), sent_at=self._now(), **parts)
        self._messages[message.message_id] = message
        return message

    def editable(self, message_id: int) -> Message:
        """A message that the bot may edit; raises a 400 where there is none."""
        message = self.find(message_id)
        if message is None:
            raise bad("message to edit not found")
        if not message.from_bot or message.reply_keyboard:
            raise bad("message can't be edited")
        return message

    def edit(self, message_id: int, **changes: Any) -> Message:
        """Changes a message of the bot; a change that changes nothing is a 400, as at Telegram."""
        message = self.editable(message_id)
        changed = replace(message, **changes)
        if changed == message:
            raise bad(NOT_MODIFIED)
        self.earlier.append(message)
        self._messages[message_id] = replace(changed, edited_at=self._now())
        return self._messages[message_id]

    def amend(self, message_id: int, text: str) -> Message:
        """The person changes their own message."""
        self._messages[message_id] = replace(self._messages[message_id], text=text, edited_at=self._now())
        return self._messages[message_id]

    def delete(self, message_id: int, by: str) -> None:
        """Removes one message.

        Raises:
            ApiError: 400 where it is missing or too old.
        """
        message = self.find(message_id)
        if message is None:
            raise bad("message to delete not found")
        if refusal := self._too_old(message):
            raise refusal
        self._remove(message, by)

    def delete_many(self, message_ids: Sequence[int], by: str) -> None:
        """Removes those that are there; one that is too old fails the whole call."""
        there = [message for message_id in message_ids if (message := self.find(message_id))]
        for message in there:
            if refusal := self._too_old(message):
                raise refusal
        for message in there:
            self._remove(message, by)

    def clear(self) -> None:
        """The person deletes the whole chat, on both sides."""
        for message in self.visible():
            self._remove(message, "person")

    def _too_old(self, message: Message) -> ApiError | None:
        too_old = self._now() - message.sent_at > DELETABLE_SECONDS
        return bad(GONE_TOO_OLD) if too_old else None

    def _remove(self, message: Message, by: str) -> None:
        # A message deleted twice in one call is already gone the second time.
        if message.message_id in self._messages:
            self._messages[message.message_id] = replace(message, deleted_at=self._now(), deleted_by=by)


class Picture(list[Message]):
    """The visible messages of a chat, which can also be drawn for the terminal."""

    def __init__(self, title: str, messages: Sequence[Message]) -> None:
        super().__init__(messages)
        self.title = title

    def render(self, width: int = 64) -> str:
        """Draws the chat: the bot on the left, the person on the right, buttons in brackets."""
        lines = [f"┌─ {self.title} ".ljust(width + 1, "─") + "┐"]
        for message in self:
            side = str.ljust if message.from_bot else str.rjust
            lines += [f"│ {side(line, width - 2)} │" for line in _drawn(message, width - 10)]
            lines.append(f"│{' ' * width}│")
        if not self:
            lines.append(f"│ {'(nothing to be seen)'.ljust(width - 2)} │")
        return "\n".join([*lines, "└" + "─" * width + "┘"])


def _drawn(message: Message, width: int) -> Iterator[str]:
    for paragraph in message.text.split("\n") if message.text else []:
        yield from _wrapped(paragraph, width)
    if message.document:
        yield f"📎 {message.document.name} ({len(message.document.content)} bytes)"
    for kind in message.content:
        yield f"({kind})"
    for row in message.rows:
        yield "  ".join(f"[ {label} ]" for label in row)


def _wrapped(paragraph: str, width: int) -> Iterator[str]:
    line = ""
    for word in paragraph.split(" "):
        if line and len(line) + 1 + len(word) > width:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    yield line
