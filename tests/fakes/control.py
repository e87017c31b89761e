"""The same control over HTTP, for tests whose bots and fake run as processes of their own.

All bodies are JSON objects. A wrong request is a 400 with ``{"error": …}``.
"""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict, is_dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.fakes import faults
from tests.fakes.bots import Query
from tests.fakes.chats import Message
from tests.fakes.methods import Upload
from tests.fakes.people import Person

if TYPE_CHECKING:
    from tests.fakes.telegram import FakeTelegram

ACTIONS = (
    "send_text", "send_command", "send_sticker", "send_location", "send_contact", "send_photo", "send_voice",
    "send_document", "edit_text", "tap", "block", "unblock", "clear_history", "wait_idle",
)  # fmt: skip
Answer = Callable[[web.Request], Awaitable[web.Response]]


def routes(server: "FakeTelegram") -> list[web.RouteDef]:
    """The routes under /control."""
    person = "/control/person/{token}/{user_id}"
    table: list[tuple[str, str, Callable[[Control, web.Request], Awaitable[object]]]] = [
        ("POST", "/control/bot", Control.add_bot),
        ("POST", "/control/person", Control.add_person),
        ("POST", person + "/wait_for", Control.wait_for),
        ("POST", person + "/{action}", Control.act),
        ("GET", person + "/{view}", Control.view),
        ("POST", "/control/inject", Control.inject),
        ("POST", "/control/clock", Control.clock),
        ("POST", "/control/settings", Control.settings),
        ("GET", "/control/{record}", Control.record),
    ]
    control = Control(server)
    return [web.route(verb, path, _answering(control, answer)) for verb, path, answer in table]


class Control:
    """One method for each route; what it returns is the JSON answer."""

    def __init__(self, server: "FakeTelegram") -> None:
        self.server = server

    async def add_bot(self, request: web.Request) -> object:
        """Adds a token: {token, username?, name?}."""
        body = await request.json()
        return self.server.add_bot(**body).user()

    async def add_person(self, request: web.Request) -> object:
        """Adds a person: {bot_token, user_id, first_name?, username?, language_code?}."""
        body = await request.json()
        return self.server.person(**body).user

    async def act(self, request: web.Request) -> object:
        """Lets a person do something: the arguments of the method of that name."""
        if request.match_info["action"] not in ACTIONS:
            raise LookupError("no such action")
        body = await request.json() if request.can_read_body else {}
        if "content" in body:
            body["content"] = base64.b64decode(body["content"])
        return plain(await getattr(self._person(request), request.match_info["action"])(**body))

    async def wait_for(self, request: web.Request) -> object:
        """Waits for a text or button: {shows} or {gone}, {timeout?}; answers with the visible chat."""
        body = await request.json()
        person, timeout = self._person(request), float(body.get("timeout", 10.0))
        if "shows" in body:
            await person.wait_for(body["shows"], timeout)
        else:
            gone = body["gone"]
            await person.wait_for(lambda p: not any(gone in m.text or gone in m.buttons for m in p.chat()), timeout)
        return plain(person.chat())

    async def view(self, request: web.Request) -> object:
        """What a person sees: chat, history, earlier, documents, answers, chat_actions or render."""
        person, view = self._person(request), request.match_info["view"]
        if view == "render":
            return {"render": person.chat().render()}
        if view not in {"chat", "history", "earlier", "documents", "answers", "chat_actions"}:
            raise LookupError("no such view")
        return plain(getattr(person, view)())

    async def inject(self, request: web.Request) -> object:
        """Plans a fault: {fault: NAME, token?, method?, chat?, times?, …the fault's own fields}."""
        body = await request.json()
        kind = faults.BY_NAME[body.pop("fault")]
        where = {key: body.pop(key) for key in ("token", "method", "chat", "times") if key in body}
        self.server.inject(fault=kind(**body), **where)
        return {"left": self.server.faults.left()}

    async def clock(self, request: web.Request) -> object:
        """Moves the clock: {hours?, minutes?, seconds?}."""
        self.server.clock.advance(**await request.json())
        return {"now": self.server.clock.now()}

    async def settings(self, request: web.Request) -> object:
        """Sets {ordering?, first_delay?, longest_delay?, answer_within?, callback_seconds?, upload_limit?}."""
        for name, value in (await request.json()).items():
            owner = self.server.pace if hasattr(self.server.pace, name) else self.server.world
            if not hasattr(owner, name):
                raise LookupError(f"no setting {name!r}")
            setattr(owner, name, value)
        return {}

    async def record(self, request: web.Request) -> object:
        """What happened: calls, violations, unanswered_callbacks, deliveries, attempts."""
        match request.match_info["record"]:
            case "calls":
                return plain(self.server.calls)
            case "violations":
                return plain(self.server.violations)
            case "unanswered_callbacks":
                return plain(self.server.unanswered_callbacks())
            case "deliveries":
                return {token: plain(bot.queue.delivered) for token, bot in self.server.bots.items()}
            case "attempts":
                return {token: plain(bot.queue.attempts) for token, bot in self.server.bots.items()}
            case _:
                raise LookupError("no such record")

    def _person(self, request: web.Request) -> Person:
        return self.server.person(request.match_info["token"], int(request.match_info["user_id"]))


def plain(value: Any) -> Any:
    """Turns the server's objects into JSON values; file contents become base64."""
    match value:
        case Message():
            shown = asdict(value)
            return {**plain(shown), "buttons": list(value.buttons), "visible": value.visible}
        case Query() | Upload():
            return plain(asdict(value))
        case bytes():
            return base64.b64encode(value).decode()
        case dict():
            return {key: plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
        case _:
            return plain(asdict(value)) if is_dataclass(value) and not isinstance(value, type) else value


def _answering(control: Control, answer: Callable[[Control, web.Request], Awaitable[object]]) -> Answer:
    async def respond(request: web.Request) -> web.Response:
        try:
            result = await answer(control, request)
        except asyncio.CancelledError:
            raise
        except (LookupError, ValueError, TypeError, RuntimeError, TimeoutError) as error:
            return web.json_response({"error": f"{type(error).__name__}: {error}"}, status=400)
        return web.Response(text=json.dumps(result, ensure_ascii=False), content_type="application/json")

    return respond
