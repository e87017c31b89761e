"""A strict stand-in for Telegram's Bot API server, in the test's own process or as one of its own.

In a test::

    async with FakeTelegram(TOKEN_A, TOKEN_B) as server:      # no tokens: REPORTER_TOKEN, STAFF_TOKEN
        ...                                                   # LINNET_TELEGRAM_API = server.url
        person = server.person(TOKEN_A, 1001, "Ana", username="ana", language_code="fr")
        await person.send_command("/start")
        await person.wait_for("Safe to write?")               # text or button; or a function of person
        await person.tap("Yes")
        print(person.chat().render())
        assert server.violations == [] and server.unanswered_callbacks() == []

As a process: ``python -m tests.fakes.telegram --port 0 [--token T …]`` prints one line,
``http://127.0.0.1:PORT``, and runs until it is terminated.

**Person** (all actions are coroutines): ``send_text(text)``, ``send_command(command, payload="")``,
``send_sticker()``, ``send_location()``, ``send_contact()``, ``send_photo(caption="")``, ``send_voice()``,
``send_document(name, content)``, ``edit_text(message_id, text)``,
``tap(label=None, *, data=None, message_id=None, stale=False)``, ``block()``, ``unblock()``,
``clear_history()``, ``wait_for(predicate_or_text, timeout=10)``, ``wait_idle(quiet=0.3, timeout=15)``.
Views: ``chat()`` (visible messages: ``from_bot``, ``text``, ``buttons``, ``rows``, ``document.name``, …;
``.render()``), ``history()``, ``earlier()``, ``documents()``, ``answers()``, ``chat_actions()``.

**Server**: ``url``, ``add_bot(token)``, ``person(…)``, ``calls`` (token, method, params, via, outcome),
``calls_of(method)``, ``violations``, ``unanswered_callbacks(token=None)``, ``attempts(token)`` (webhook
deliveries with status), ``wait_idle(token)``, ``clock.advance(hours=…)``, ``pace`` (webhook back-off and
``ordering`` "telegram", "chat" or "none"), ``world.callback_seconds``, ``world.upload_limit``, and
``inject(token=None, method=None, chat=None, fault=…, times=1)`` with ``TooManyRequests(retry_after)``,
``Forbidden()``, ``BadGateway(html=False)``, ``DropBefore()``, ``DropAfter()``, ``Delay(seconds)`` for calls
(getUpdates only when named) and ``Duplicate()``, ``Reorder(seconds=1)`` for updates.

**Over HTTP**, JSON in and out: ``POST /control/bot``, ``/control/person``,
``/control/person/TOKEN/ID/ACTION`` with the action's arguments, ``/control/person/TOKEN/ID/wait_for`` with
``{"shows": …}`` or ``{"gone": …}``, ``/control/inject`` with ``{"fault": "TooManyRequests",
"retry_after": 2, "method": …, "times": …}``, ``/control/clock``, ``/control/settings``;
``GET /control/person/TOKEN/ID/VIEW`` (the views above, and ``render``), ``/control/calls``,
``/control/violations``, ``/control/unanswered_callbacks``, ``/control/deliveries``, ``/control/attempts``.

Inside a test the server lives in the test's event loop: start bots with ``asyncio.create_subprocess_exec``,
never with a call that blocks the loop, or run the fake as a process too.

Stricter than Telegram: unknown parameters, methods in another case, Markdown and whatever else
``methods.yaml`` leaves out are refused. Laxer: a webhook may be plain http on this machine, rate limits come
only from `inject`, and only private chats exist. The wording of a refusal that starts with "fake server:" is
invented.
"""

import argparse
import asyncio
import json
import logging
import signal
import sys
from typing import Any, Self

from aiohttp import web

from tests.fakes import control, receiving
from tests.fakes.bots import FakeBot, Query, World
from tests.fakes.changes import Changes
from tests.fakes.clock import Clock
from tests.fakes.dispatch import Call, Dispatcher, DroppedError, GatewayError, Violation
from tests.fakes.errors import ApiError, not_found, unauthorized
from tests.fakes.faults import AnyFault, Faults
from tests.fakes.people import Person
from tests.fakes.updates import Attempt
from tests.fakes.webhook import Pace
from tests.fakes.wire import read_request

REPORTER_TOKEN = "700000001:AAreporter-fake-fake-fake-fake-fake"
STAFF_TOKEN = "700000002:AAstaff-fake-fake-fake-fake-fake-fa"
_LARGEST_BODY = 64 * 1024 * 1024
_PAGE_502 = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"


class FakeTelegram:
    """The server: bots, people, faults, and the record of what was called."""

    def __init__(self, *tokens: str) -> None:
        self.clock = Clock()
        self.faults = Faults()
        self.pace = Pace()
        self.changes = Changes()
        self.world = World(self.clock, self.faults, self.pace, self.changes.notify)
        self.url = ""
        self._dispatcher = Dispatcher(self.world)
        self._people: dict[tuple[str, int], Person] = {}
        self._runner: web.AppRunner | None = None
        for token in tokens or (REPORTER_TOKEN, STAFF_TOKEN):
            self.add_bot(token)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> str:
        """Opens the port (0: a free one) and returns the address."""
        app = web.Application(client_max_size=_LARGEST_BODY)
        app.add_routes(control.routes(self))
        app.router.add_route("*", "/bot{token:[^/]+}/{method}", self._serve_method)
        app.router.add_get("/file/bot{token:[^/]+}/{path:.+}", self._serve_file)
        app.router.add_route("*", "/{anything:.*}", self._serve_nothing)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        await site.start()
        bound = self._runner.addresses[0][1]
        self.url = f"http://{host}:{bound}"
        return self.url

    async def stop(self) -> None:
        """Ends deliveries and closes the port."""
        for bot in self.bots.values():
            bot.queue.interrupt(ApiError(500, "Internal Server Error: restart"))
            await receiving.stop_webhook(bot)
        if self._runner:
            await self._runner.cleanup()

    @property
    def bots(self) -> dict[str, FakeBot]:
        """All bots by token."""
        return self._dispatcher.bots

    @property
    def calls(self) -> list[Call]:
        """Every call so far, in order."""
        return self._dispatcher.calls

    @property
    def violations(self) -> list[Violation]:
        """Every call that broke the table or a documented limit."""
        return self._dispatcher.violations

    def calls_of(self, method: str, token: str | None = None) -> list[Call]:
        """The calls of one method."""
        return [call for call in self.calls if call.method == method and token in {None, call.token}]

    def add_bot(self, token: str, username: str | None = None, name: str | None = None) -> FakeBot:
        """Makes a token known; all others are answered 401."""
        bot_id = token.split(":", maxsplit=1)[0]
        bot = FakeBot(token, username or f"fake{bot_id}_bot", name or f"Bot {bot_id}", self.world)
        return self.bots.setdefault(token, bot)

    def person(
        self,
        bot_token: str,
        user_id: int,
        first_name: str = "Someone",
        username: str | None = None,
        language_code: str | None = "en",
    ) -> Person:
        """A person's chat with a bot; the same one for the same token and id."""
        if (bot_token, user_id) not in self._people:
            user: dict[str, Any] = {"id": user_id, "is_bot": False, "first_name": first_name}
            extra = {"username": username, "language_code": language_code}
            user |= {key: value for key, value in extra.items() if value}
            self._people[bot_token, user_id] = Person(self, self.bots[bot_token], user)
        return self._people[bot_token, user_id]

    def inject(
        self,
        token: str | None = None,
        method: str | None = None,
        chat: int | None = None,
        *,
        fault: AnyFault,
        times: int = 1,
    ) -> None:
        """Plans a fault for the next matching calls or updates."""
        self.faults.plan(fault, token, method, chat, times)

    def unanswered_callbacks(self, token: str | None = None) -> list[Query]:
        """The taps whose button still spins: never answered, not even too late."""
        bots = [bot for bot in self.bots.values() if token in {None, bot.token}]
        queries = [query for bot in bots for query in bot.queries.values()]
        return [query for query in queries if query.answer is None and not query.tried_late]

    def attempts(self, token: str) -> list[Attempt]:
        """The webhook deliveries so far, with the status each got."""
        return list(self.bots[token].queue.attempts)

    async def wait_idle(self, token: str, quiet: float = 0.3, timeout: float = 15.0) -> None:
        """Waits until a bot has taken every update, answered every tap and been quiet for a while."""
        await self.changes.wait_quiet(lambda: self._waiting(token), quiet, timeout)

    def _waiting(self, token: str) -> str | None:
        bot = self.bots[token]
        if bot.queue.unconfirmed:
            return f"{bot.queue.unconfirmed} updates not taken"
        if self._dispatcher.busy or (bot.webhook and bot.webhook.busy):
            return "a call under way"
        open_taps = [query for query in self.unanswered_callbacks(token) if not query.answer]
        return f"{len(open_taps)} taps not answered" if open_taps else None

    async def _serve_method(self, request: web.Request) -> web.Response:
        token, method = request.match_info["token"], request.match_info["method"]
        parcel = await read_request(request)
        try:
            result = await self._dispatcher.call(
                token, method, parcel, lambda: not (request.transport is None or request.transport.is_closing())
            )
        except ApiError as error:
            return _json(error.body(), error.code)
        except GatewayError as error:
            if error.html:
                return web.Response(text=_PAGE_502, status=502, content_type="text/html")
            return _json({"ok": False, "error_code": 502, "description": "Bad Gateway"}, 502)
        except DroppedError:
            if request.transport:
                request.transport.abort()
            return web.Response()
        return _json({"ok": True, "result": result}, 200)

    async def _serve_file(self, request: web.Request) -> web.Response:
        bot = self.bots.get(request.match_info["token"])
        if bot is None:
            return _json(unauthorized().body(), 401)
        document = bot.files.get(request.match_info["path"].removeprefix("documents/"))
        if document is None:
            return _json(not_found().body(), 404)
        return web.Response(body=document.content, content_type="application/octet-stream")

    async def _serve_nothing(self, _: web.Request) -> web.Response:
        return _json(not_found().body(), 404)


def _json(body: dict[str, Any], status: int) -> web.Response:
    text = json.dumps(body, ensure_ascii=False)
    return web.Response(text=text, status=status, content_type="application/json")


async def serve(host: str, port: int, tokens: list[str]) -> None:
    """Runs the server as a process until it is told to end."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    server = FakeTelegram(*tokens)
    sys.stdout.write(await server.start(host, port) + "\n")
    sys.stdout.flush()
    await ended.wait()
    await server.stop()


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description="A strict stand-in for Telegram's Bot API server.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--token", action="append", default=[], help="a bot's token; may be repeated")
    given = parser.parse_args()
    logging.basicConfig(level=logging.WARNING)
    asyncio.run(serve(given.host, given.port, given.token))


if __name__ == "__main__":
    main()
