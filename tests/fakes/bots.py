"""One bot as the server knows it: its chats, files, open button presses, profile and updates."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.chats import Chat, Document, Message
from tests.fakes.clock import Clock
from tests.fakes.errors import QUERY_TOO_OLD, bad, blocked
from tests.fakes.faults import Faults
from tests.fakes.updates import UpdateQueue
from tests.fakes.webhook import Pace, Webhook


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person sees after a tap: a short text, perhaps as an alert."""

    text: str
    show_alert: bool


@dataclass(slots=True)
class Query:
    """One tap on a button, and what became of it."""

    query_id: str
    chat_id: int
    message_id: int
    data: str
    asked_at: float
    answer: Answer | None = None
    tried_late: bool = False


@dataclass(slots=True)
class World:
    """What all bots of one server share."""

    clock: Clock
    faults: Faults
    pace: Pace
    changed: Callable[[], None]
    callback_seconds: float = 15.0
    upload_limit: int = 50 * 1024 * 1024
    file_ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))


class FakeBot:
    """The server's side of one token."""

    def __init__(self, token: str, username: str, name: str, world: World) -> None:
        self.token = token
        self.world = world
        self.bot_id = int(token.split(":", maxsplit=1)[0])
        self.username = username
        self.name = name
        self.queue = UpdateQueue(world.changed, world.clock.now)
        self.webhook: Webhook | None = None
        self.chats: dict[int, Chat] = {}
        self.people: dict[int, dict[str, Any]] = {}
        self.queries: dict[str, Query] = {}
        self.files: dict[str, Document] = {}
        self.profile: dict[tuple[str, ...], Any] = {}
        self.logged_out = False
        self._numbers = itertools.count(1)
        self._query_ids = itertools.count(1)

    def user(self) -> dict[str, Any]:
        """The bot as a User."""
        return {"id": self.bot_id, "is_bot": True, "first_name": self.name, "username": self.username}

    def chat_with(self, user: dict[str, Any]) -> Chat:
        """The private chat with a person, made on first use."""
        self.people[user["id"]] = user
        if user["id"] not in self.chats:
            chat = Chat(user["id"], lambda: next(self._numbers), self.world.clock.now)
            self.chats[user["id"]] = chat
        return self.chats[user["id"]]

    def find_chat(self, chat_id: object) -> Chat:
        """A chat the person has started; raises the 400 of an unknown one."""
        chat = self.chats.get(chat_id) if isinstance(chat_id, int) else None
        if chat is None or not chat.started:
            raise bad("chat not found")
        return chat

    def open_chat(self, chat_id: object) -> Chat:
        """A chat the bot may write to; raises the 403 of a person who has blocked it."""
        chat = self.find_chat(chat_id)
        if chat.blocked:
            raise blocked()
        return chat

    def keep_file(self, name: str, mime: str, content: bytes) -> Document:
        """Stores a file under a new id."""
        document = Document(f"file-{self.bot_id}-{next(self.world.file_ids)}", name, mime, content)
        self.files[document.file_id] = document
        return document

    def notify(self, kind: str, chat_id: int, lane: str, content: dict[str, Any]) -> int:
        """Queues an update for the bot; 0 where the bot did not ask for this kind."""
        fault = self.world.faults.for_update(self.token, chat_id)
        return self.queue.add(kind, chat_id, lane, content, fault)

    def ask(self, chat_id: int, message_id: int, data: str) -> Query:
        """A new callback query that waits for its answer."""
        now = self.world.clock.now()
        number = next(self._query_ids)
        query = Query(f"{self.bot_id}{number:08}", chat_id, message_id, data, now)
        self.queries[query.query_id] = query
        return query

    def answer(self, query_id: str, answer: Answer) -> None:
        """Answers a tap; raises a 400 for a second, late or unknown one."""
        query = self.queries.get(query_id)
        if query is None or query.answer is not None:
            raise bad(QUERY_TOO_OLD)
        if self.world.clock.now() - query.asked_at > self.world.callback_seconds:
            query.tried_late = True
            raise bad(QUERY_TOO_OLD)
        query.answer = answer

    def message(self, chat: Chat, message: Message) -> dict[str, Any]:
        """A message as the Bot API writes it."""
        person = self.people[chat.chat_id]
        body: dict[str, Any] = {
            "message_id": message.message_id,
            "date": int(message.sent_at),
            "chat": private_chat(person),
            "from": self.user() if message.from_bot else person,
            **message.content,
        }
        if message.edited_at is not None:
            body["edit_date"] = int(message.edited_at)
        if message.document:
            body["document"] = document_json(message.document)
        captioned = message.document or message.content
        words, spans = ("caption", "caption_entities") if captioned else ("text", "entities")
        if message.text:
            body[words] = message.text
        if message.entities:
            body[spans] = list(message.entities)
        if message.keyboard:
            body["reply_markup"] = {"inline_keyboard": [list(row) for row in message.keyboard]}
        replied = chat.find(message.reply_to) if message.reply_to else None
        if replied:
            body["reply_to_message"] = self.message(chat, replied)
        return body


def private_chat(person: dict[str, Any]) -> dict[str, Any]:
    """The Chat of a private conversation."""
    shown: dict[str, Any] = {key: person[key] for key in ("first_name", "last_name", "username") if key in person}
    return {"id": person["id"], "type": "private", **shown}


def document_json(document: Document) -> dict[str, Any]:
    """A Document."""
    return {
        "file_id": document.file_id,
        "file_unique_id": f"u{document.file_id}",
        "file_name": document.name,
        "mime_type": document.mime,
        "file_size": len(document.content),
    }
