"""Webhook delivery: the secret, retries, order, duplicates, and methods in the answer."""

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise

import aiogram
import aiohttp
import pytest
import pytest_asyncio
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web

from tests.fakes.faults import BadGateway, DropAfter, Duplicate, Reorder, TooManyRequests
from tests.fakes.telegram import REPORTER_TOKEN


@dataclass
class Hook:
    """A webhook that answers from a list, then 200."""

    url: str = ""
    answers: list = field(default_factory=list)
    bodies: list = field(default_factory=list)
    secrets: list = field(default_factory=list)
    times: list = field(default_factory=list)
    hold: asyncio.Event | None = None
    at_once: int = 0
    most_at_once: int = 0

    async def serve(self, request):
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            self.bodies.append(await request.json())
            self.times.append(asyncio.get_running_loop().time())
            self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
            if self.hold:
                await self.hold.wait()
            answer = self.answers.pop(0) if self.answers else web.Response()
            if answer == "drop":
                request.transport.abort()
                return web.Response()
            return answer
        finally:
            self.at_once -= 1

    @property
    def ids(self):
        return [body["update_id"] for body in self.bodies]

    @property
    def texts(self):
        return [body["message"]["text"] for body in self.bodies if "message" in body]


@asynccontextmanager
async def serving(handler):
    app = web.Application()
    app.router.add_post("/hook", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    finally:
        await runner.cleanup()


@pytest_asyncio.fixture
async def hook(server):
    made = Hook()
    async with serving(made.serve) as made.url:
        yield made


async def test_updates_arrive_with_the_secret_and_are_then_gone(server, ana, api, hook):
    assert (await api("setWebhook", url=hook.url, secret_token="s3cret_-"))["ok"]
    await ana.send_text("hello")
    await ana.wait_idle()
    assert hook.texts == ["/start", "hello"]
    assert hook.secrets == ["s3cret_-"] * 2
    info = (await api("getWebhookInfo"))["result"]
    assert (info["url"], info["pending_update_count"]) == (hook.url, 0)
    assert server.violations == []


@pytest.mark.parametrize(
    "params",
    [{"url": "http://example.org/"}, {"url": "ftp://127.0.0.1"}, {"url": "https://e.org", "secret_token": "a b"},
     {"url": "https://e.org", "max_connections": 101}, {}],
)  # fmt: skip
async def test_a_bad_webhook_is_refused(server, api, params):
    assert not (await api("setWebhook", **params))["ok"]
    assert len(server.violations) == 1


async def test_a_failing_webhook_is_retried_with_longer_and_longer_pauses(server, ana, api, hook):
    server.pace.first_delay = 0.02
    hook.answers = [web.Response(status=500), "drop", web.Response(status=404), web.Response(status=301)]
    await api("setWebhook", url=hook.url)
    await ana.wait_idle()
    assert hook.ids == [1] * 5
    pauses = [after - before for before, after in pairwise(hook.times)]
    assert [pause > wait for pause, wait in zip(pauses, (0.0, 0.04, 0.08, 0.16), strict=True)] == [True] * 4
    assert pauses[0] < pauses[3]
    assert [attempt.status for attempt in server.attempts(REPORTER_TOKEN)] == [500, 0, 404, 301, 200]


async def test_nobody_there_means_that_the_update_waits(server, ana, api):
    await api("setWebhook", url="http://127.0.0.1:1/")
    await asyncio.sleep(0.1)
    with pytest.raises(TimeoutError, match="1 updates not taken"):
        await ana.wait_idle(timeout=0.2)
    info = (await api("getWebhookInfo"))["result"]
    assert info["pending_update_count"] == 1
    assert "last_error_message" in info
    assert (await api("deleteWebhook"))["ok"]
    assert len((await api("getUpdates"))["result"]) == 1


async def test_retry_after_is_obeyed(server, ana, api, hook):
    hook.answers = [web.Response(status=503, headers={"Retry-After": "1"})]
    await api("setWebhook", url=hook.url)
    await asyncio.sleep(0.5)
    assert hook.ids == [1]
    await ana.wait_idle()
    assert hook.ids == [1, 1]


@pytest.mark.parametrize(("ordering", "at_once"), [("telegram", 2), ("chat", 1), ("none", 3)])
async def test_what_waits_for_what_is_a_matter_of_configuration(server, ana, api, hook, ordering, at_once):
    server.pace.ordering = ordering
    keyboard = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}
    await api("sendMessage", chat_id=1001, text="Safe?", reply_markup=keyboard)
    hook.hold = asyncio.Event()
    await api("setWebhook", url=hook.url)
    await ana.send_text("one")
    await ana.tap("Yes")
    await asyncio.sleep(0.2)
    assert hook.most_at_once == at_once
    hook.hold.set()
    await ana.wait_for(lambda _: len(hook.bodies) == 3)


async def test_two_people_do_not_wait_for_each_other(server, ana, api, hook):
    hook.hold = asyncio.Event()
    await server.person(REPORTER_TOKEN, 5, "Bo").send_command("/start")
    await api("setWebhook", url=hook.url)
    await asyncio.sleep(0.2)
    assert hook.most_at_once == 2
    hook.hold.set()
    await ana.wait_idle()


@pytest.mark.parametrize(("at_once", "most"), [(False, 1), (True, 2)])
async def test_duplicates_come_after_or_at_once(server, ana, api, hook, at_once, most):
    await api("setWebhook", url=hook.url)
    await ana.wait_idle(quiet=0.05)
    server.inject(token=REPORTER_TOKEN, fault=Duplicate(at_once=at_once))
    hook.hold = asyncio.Event()
    await ana.send_text("twice")
    await asyncio.sleep(0.2)
    assert hook.most_at_once == most
    hook.hold.set()
    await ana.wait_idle()
    assert hook.texts == ["/start", "twice", "twice"]
    assert hook.ids == [1, 2, 2]


async def test_reordered_updates_change_places(server, ana, api, hook):
    await api("setWebhook", url=hook.url)
    server.inject(fault=Reorder())
    await ana.send_text("first")
    await ana.send_text("second")
    await ana.wait_idle()
    assert hook.texts == ["/start", "second", "first"]


JSON = {"method": "sendMessage", "chat_id": 1001, "text": "in the answer"}


@pytest.mark.parametrize(
    "answer",
    [
        lambda: web.json_response(JSON),
        lambda: web.Response(
            text="method=sendMessage&chat_id=1001&text=in+the+answer",
            content_type="application/x-www-form-urlencoded",
        ),
    ],
)
async def test_a_method_in_the_answer_is_applied(server, ana, api, hook, answer):
    hook.answers = [answer()]
    await api("setWebhook", url=hook.url)
    await ana.wait_for("in the answer")
    [call] = server.calls_of("sendMessage")
    assert (call.via, call.outcome) == ("webhook", "ok")
    assert server.violations == []


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ({**JSON, "colour": "red"}, "colour: unknown"),
        ({**JSON, "text": ""}, "Bad Request: message text is empty"),
        ({"method": "getMe"}, "not a method to send in a webhook's answer"),
        ({"method": "deleteWebhook"}, "not a method to send in a webhook's answer"),
        ({"method": "sendmessage"}, "unknown method"),
    ],
)
async def test_a_wrong_method_in_the_answer_is_a_violation(server, ana, api, hook, answer, why):
    hook.answers = [web.json_response(answer)]
    await api("setWebhook", url=hook.url)
    await ana.wait_idle()
    assert [violation.why for violation in server.violations] == [why]
    assert [message.text for message in ana.chat()] == ["/start"]


async def test_an_answer_without_a_method_means_nothing(server, ana, api, hook):
    hook.answers = [web.json_response({}), web.Response(text="ok")]
    await api("setWebhook", url=hook.url)
    await ana.send_text("more")
    await ana.wait_idle()
    assert server.violations == []
    assert len(ana.chat()) == 2


@pytest.mark.parametrize(
    ("fault", "shown", "outcome"),
    [(TooManyRequests(3), False, "429"), (BadGateway(), False, "BadGateway"), (DropAfter(), True, "DropAfter")],
)
async def test_faults_reach_methods_in_answers_too(server, ana, api, hook, fault, shown, outcome):
    hook.answers = [web.json_response(JSON)]
    server.inject(method="sendMessage", fault=fault)
    await api("setWebhook", url=hook.url)
    await ana.wait_idle()
    assert (len(ana.chat()) == 2) is shown
    assert server.calls_of("sendMessage")[0].outcome.startswith(outcome)


async def test_aiograms_own_webhook_answers_are_understood(server, ana, api):
    dispatcher = aiogram.Dispatcher()
    keyboard = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Yes", callback_data="y")]])

    @dispatcher.message()
    async def ask(message):
        return aiogram.methods.SendMessage(chat_id=message.chat.id, text="Safe? é", reply_markup=keyboard)

    @dispatcher.callback_query()
    async def thank(query):
        return query.answer()

    session = AiohttpSession(api=TelegramAPIServer.from_base(server.url))
    async with AsyncExitStack() as stack:
        bot = await stack.enter_async_context(aiogram.Bot(REPORTER_TOKEN, session=session))
        handler = SimpleRequestHandler(dispatcher, bot, handle_in_background=False, secret_token="right")
        url = await stack.enter_async_context(serving(handler.handle))
        await bot.set_webhook(url, secret_token="right")
        await ana.wait_for("Safe? é")
        await ana.tap("Yes")
        await ana.wait_idle()
        assert server.violations == []
        assert server.unanswered_callbacks() == []
        assert {call.via for call in server.calls_of("sendMessage")} == {"webhook"}
        await bot.set_webhook(url, secret_token="wrong")
        await ana.send_text("refused")
        await ana.wait_for(lambda _: server.attempts(REPORTER_TOKEN)[-1].status == 401)
        await bot.delete_webhook()


async def test_a_new_webhook_takes_over_what_waits(server, ana, api, hook):
    await api("setWebhook", url="http://127.0.0.1:1/")
    await asyncio.sleep(0.1)
    await api("setWebhook", url=hook.url)
    await ana.wait_idle()
    assert hook.texts == ["/start"]
    await api("setWebhook", url="")
    await ana.send_text("waits")
    assert [u["message"]["text"] for u in (await api("getUpdates"))["result"]] == ["waits"]


async def test_the_server_stops_while_a_delivery_is_under_way(hook):
    from tests.fakes.telegram import FakeTelegram  # noqa: PLC0415  # only this test starts its own

    hook.hold = asyncio.Event()
    async with FakeTelegram() as server, aiohttp.ClientSession() as session:
        await server.person(REPORTER_TOKEN, 5, "Bo").send_command("/start")
        await session.post(f"{server.url}/bot{REPORTER_TOKEN}/setWebhook", json={"url": hook.url})
        await asyncio.sleep(0.05)
    assert hook.ids == [1]
    hook.hold.set()
