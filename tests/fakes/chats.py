"""One private chat: what was said, what was changed, what is still to be seen.

Message ids are counted per bot over all its private chats, as Telegram counts them. A deleted message
stays in the history, marked, so that a test can tell "never sent" from "sent and removed".
"""

from collections.abc import Callable, Sequence
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
        there = [message for number in dict.fromkeys(message_ids) if (message := self.find(number))]
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
        self._messages[message.message_id] = replace(message, deleted_at=self._now(), deleted_by=by)
