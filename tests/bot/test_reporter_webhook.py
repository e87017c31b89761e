"""The reporter's webhook: only Telegram is let in, and it is told the truth about what has been dealt with."""

from __future__ import annotations

import asyncio
import json
import logging
import socket

import aiohttp
import pytest

from tests.bot.reporting import SECRET, setting
from tests.fakes.faults import Duplicate, TooManyRequests
from tests.fakes.telegram import REPORTER_TOKEN

CANARY = "canary 7f3a"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"


@pytest.fixture
async def here(tmp_path):
    async with setting(tmp_path, webhook=True) as here:
        yield here


async def post(here, body, **headers):
    """One POST to the webhook; returns status and body."""
    async with (
        aiohttp.ClientSession() as session,
        session.post(here.hook, data=body, headers={"Content-Type": "application/json"} | headers) as response,
    ):
        return response.status, await response.text()


def update(number=90_001, text=CANARY, account=1001):
    person = {"id": account, "is_bot": False, "first_name": "Ana"}
    chat = {"id": account, "type": "private"}
    return json.dumps(
        {"update_id": number, "message": {"message_id": 1, "date": 1_000, "chat": chat, "from": person, "text": text}}
    )


async def test_a_conversation_by_webhook_answers_each_tap_in_the_response(here):
    ana = here.person()
    await ana.to_story()
    await ana.write(CANARY)
    await ana.press("!done", "yes", "!enough")
    assert CANARY in ana.living.text
    await ana.press("send", "kept", "next")
    assert len(await here.world.rows("documents")) == 1
    assert {call.via for call in here.server.calls_of("answerCallbackQuery")} == {"webhook"}
    assert {attempt.status for attempt in here.server.attempts(REPORTER_TOKEN)} == {200}
    await ana.press("leave")
    assert ana.only_line()


async def test_without_the_secret_nobody_is_let_in(here, caplog):
    with caplog.at_level(logging.DEBUG):
        for secret in (None, "", "wrong", SECRET[:-1], SECRET + "x", "é" * 16):
            status, body = await post(here, update(), **({} if secret is None else {SECRET_HEADER: secret}))
            assert status == 403, secret
            assert "Linnet" not in body
    assert await here.world.rows("inbox") == []
    assert SECRET not in caplog.text


async def test_a_secret_that_is_no_text_is_refused_like_any_other(here):
    address = here.hook.removeprefix("http://").partition("/")[0]
    host, port = address.split(":")
    raw = b"POST /hook HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n" + SECRET_HEADER.encode() + b": \xff\xfe\r\n\r\n{}"

    def talk():
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(raw)
            return connection.recv(100)

    assert (await asyncio.to_thread(talk)).startswith(b"HTTP/1.1 403")


MALFORMED = {
    "nothing": b"",
    "no JSON": b"{",
    "not UTF-8": b'{"update_id": "\xff"}',
    "another encoding": update().encode("utf-16"),
    "a number": b"5",
    "a list": b"[]",
    "an object": b"{}",
    "null": b"null",
    "an update without anything": b'{"update_id": 1}',
    "a message without a date": b'{"update_id": 1, "message": {"message_id": 1}}',
    "an id that is no number": b'{"update_id": "x"}',
    "a number without end": b'{"update_id": ' + b"9" * 5_000 + b"}",
    "nested without end": b"[" * 100_000,
    "a kind that is not known": b'{"update_id": 1, "something_new": {"a": 1}}',
}


async def test_what_cannot_be_read_is_taken_and_nothing_happens(here, caplog):
    with caplog.at_level(logging.DEBUG):
        for name, body in MALFORMED.items():
            assert await post(here, body, **{SECRET_HEADER: SECRET}) == (200, ""), name
    assert await here.world.rows("inbox") == []
    assert "Traceback" not in caplog.text


async def test_an_unknown_charset_is_no_reason_to_fail(here):
    headers = {SECRET_HEADER: SECRET, "Content-Type": "application/json; charset=klingon"}
    assert await post(here, update(), **headers) == (200, "")


async def test_what_could_not_be_shown_is_delivered_again_and_then_shown(here):
    ana = here.person()
    await ana.write("/start")
    question = ana.living.text
    here.server.inject(REPORTER_TOKEN, "editMessageText", fault=TooManyRequests(retry_after=3_600), times=2)
    await ana.press("en")
    statuses = [attempt.status for attempt in here.server.attempts(REPORTER_TOKEN)]
    assert statuses[-3:] == [503, 503, 200]
    assert ana.living.text != question
    assert [row.version for row in await here.world.rows("sessions")] == [3], "start, its message's id, one answer"


async def test_a_leave_that_could_not_be_shown_is_finished_by_the_next_delivery(here):
    ana = here.person()
    await ana.to_story()
    await ana.does("send_sticker")
    here.server.inject(REPORTER_TOKEN, "deleteMessages", fault=TooManyRequests(retry_after=3_600), times=3)
    await ana.press("!leave")
    assert ana.only_line()
    assert await here.world.rows("sessions") == []


async def test_a_screen_that_is_shown_is_known_even_if_the_old_one_could_not_be_deleted(here):
    ana = here.person()
    await ana.to_story()
    await ana.does("send_sticker")
    here.server.inject(REPORTER_TOKEN, "deleteMessages", fault=TooManyRequests(retry_after=3_600), times=1)
    await ana.write("/start")
    assert len([one for one in ana.shown if one.from_bot]) == 1
    await ana.write("/leave")
    assert ana.only_line()


@pytest.mark.parametrize("at_once", [False, True])
async def test_deliveries_that_come_twice_count_once(here, at_once):
    ana = here.person()
    await ana.to_story()
    here.server.inject(REPORTER_TOKEN, fault=Duplicate(at_once=at_once), times=3)
    await ana.write("one")
    await ana.write("two")
    await ana.press("!done")
    await ana.press("yes")
    await ana.press("!enough")
    assert ana.living.text.count("one\ntwo") == 1
    assert len(ana.shown) == 1


async def test_what_arrives_in_the_wrong_order_is_kept_all_the_same(here):
    ana = here.person()
    await ana.to_story()
    for number in (90_003, 90_001, 90_002):
        assert (await post(here, update(number, f"word {number}"), **{SECRET_HEADER: SECRET}))[0] == 200
    await here.idle()
    assert "word 90003\nword 90001\nword 90002" in ana.living.text
