"""Injected faults: who they hit, how often, and whether the call took effect."""

import aiogram
import pytest
import telegram
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import ClientDecodeError, TelegramNetworkError, TelegramServerError

from tests.fakes.faults import BadGateway, Delay, DropAfter, DropBefore, Forbidden, TooManyRequests
from tests.fakes.telegram import REPORTER_TOKEN, STAFF_TOKEN


async def test_flood_control_says_how_long_to_wait(server, ana, api):
    server.inject(fault=TooManyRequests(5), times=2)
    for _ in range(2):
        answer = await api("sendMessage", chat_id=1001, text="x")
        assert (answer["error_code"], answer["parameters"]) == (429, {"retry_after": 5})
        assert answer["description"] == "Too Many Requests: retry after 5"
    assert (await api("sendMessage", chat_id=1001, text="x"))["ok"]
    assert len(ana.chat()) == 2
    assert server.violations == []


async def test_a_fault_finds_its_bot_method_and_chat(server, ana, api):
    await server.person(REPORTER_TOKEN, 5, "Bo").send_command("/start")
    server.inject(token=STAFF_TOKEN, fault=Forbidden())
    server.inject(method="deleteMessage", fault=Forbidden())
    server.inject(chat=5, fault=Forbidden())
    assert (await api("sendMessage", chat_id=1001, text="x"))["ok"]
    assert (await api("getUpdates"))["ok"]
    assert (await api("sendMessage", chat_id=5, text="x"))["error_code"] == 403
    assert (await api("sendMessage", chat_id=5, text="x"))["ok"]
    assert server.faults.left() == 2
    server.faults.clear()
    assert server.faults.left() == 0


async def test_a_fault_finds_the_answer_to_a_tap_by_its_chat(server, ana, api):
    keyboard = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}
    await api("sendMessage", chat_id=1001, text="x", reply_markup=keyboard)
    query = await ana.tap("Yes")
    server.inject(chat=1001, method="answerCallbackQuery", fault=TooManyRequests())
    assert (await api("answerCallbackQuery", callback_query_id=query.query_id))["error_code"] == 429
    assert server.unanswered_callbacks() == [query]


async def test_a_broken_call_does_not_use_up_a_fault(server, ana, api):
    server.inject(method="sendMessage", fault=Forbidden())
    assert (await api("sendMessage", chat_id=1001, text="x", colour="red"))["error_code"] == 400
    assert server.faults.left() == 1


async def test_a_delayed_call_still_arrives(server, ana, api):
    server.inject(method="sendMessage", fault=Delay(0.1))
    assert (await api("sendMessage", chat_id=1001, text="x"))["ok"]


@pytest.mark.parametrize(
    ("fault", "error", "shown"),
    [
        (DropBefore(), TelegramNetworkError, 1),
        (DropAfter(), TelegramNetworkError, 2),
        (BadGateway(), TelegramServerError, 1),
        (BadGateway(html=True), ClientDecodeError, 1),
    ],
)
async def test_aiogram_sees_lost_connections_and_gateways(server, ana, fault, error, shown):
    server.inject(fault=fault)
    session = AiohttpSession(api=TelegramAPIServer.from_base(server.url))
    async with aiogram.Bot(REPORTER_TOKEN, session=session) as bot:
        with pytest.raises(error):
            await bot.send_message(1001, "x")
    assert len(ana.chat()) == shown
    assert server.calls_of("sendMessage")[0].outcome == type(fault).__name__


@pytest.mark.parametrize(
    ("fault", "shown"), [(DropBefore(), 1), (DropAfter(), 2), (BadGateway(), 1), (BadGateway(html=True), 1)]
)
async def test_python_telegram_bot_sees_them_too(server, fault, shown):
    focal = server.person(STAFF_TOKEN, 7, "Noor")
    await focal.send_command("/start")
    async with telegram.Bot(STAFF_TOKEN, base_url=server.url + "/bot") as bot:
        server.inject(fault=fault)
        with pytest.raises(telegram.error.NetworkError):
            await bot.send_message(7, "x")
    assert len(focal.chat()) == shown


async def test_a_fault_on_polling_must_be_named(server, ana, api):
    server.inject(fault=BadGateway())
    assert len((await api("getUpdates"))["result"]) == 1
    server.faults.clear()
    server.inject(method="getUpdates", fault=BadGateway())
    assert (await api("getUpdates"))["error_code"] == 502
