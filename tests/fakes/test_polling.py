"""getUpdates: confirmation, waiting, filters, conflicts, and what survives a killed poller."""

import asyncio

import aiohttp
import pytest

from tests.fakes.faults import Duplicate, Reorder
from tests.fakes.telegram import REPORTER_TOKEN


async def texts(api, **params):
    updates = (await api("getUpdates", **params))["result"]
    return [update["message"]["text"] for update in updates]


async def test_updates_stay_until_they_are_confirmed(ana, api):
    await ana.send_text("one")
    assert await texts(api) == ["/start", "one"]
    assert await texts(api) == ["/start", "one"]
    assert await texts(api, limit=1) == ["/start"]
    assert await texts(api, offset=2) == ["one"]
    assert await texts(api, offset=1) == ["one"]
    assert await texts(api, offset=3) == []


async def test_a_negative_offset_counts_from_the_end(ana, api):
    await ana.send_text("one")
    await ana.send_text("two")
    assert await texts(api, offset=-1) == ["two"]


async def test_a_poll_waits_for_news_but_not_for_ever(ana, api):
    assert await texts(api, offset=2, timeout=0) == []
    waiting = asyncio.create_task(texts(api, offset=2, timeout=5))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    await ana.send_text("news")
    assert await asyncio.wait_for(waiting, 1) == ["news"]
    assert await texts(api, offset=3, timeout=1) == []


async def test_only_the_kinds_asked_for_arrive_and_the_choice_is_kept(ana, api):
    await texts(api, offset=2, allowed_updates=["callback_query"])
    await ana.send_text("dropped")
    assert await texts(api) == []
    await texts(api, allowed_updates=[])
    await ana.send_text("kept")
    assert await texts(api) == ["kept"]


async def test_the_older_of_two_pollers_is_turned_away(server, ana, api):
    older = asyncio.create_task(api("getUpdates", offset=2, timeout=5))
    await asyncio.sleep(0.05)
    newer = asyncio.create_task(api("getUpdates", offset=2, timeout=5))
    answer = await asyncio.wait_for(older, 1)
    assert answer["error_code"] == 409
    assert "terminated by other getUpdates request" in answer["description"]
    assert not newer.done()
    await ana.send_text("news")
    assert len((await newer)["result"]) == 1
    assert server.bots[REPORTER_TOKEN].queue.conflicts == 1


async def test_a_killed_poller_takes_nothing_with_it_and_is_no_conflict(server, ana, api):
    session = aiohttp.ClientSession()
    url = f"{server.url}/bot{REPORTER_TOKEN}/getUpdates"
    dead = asyncio.create_task(session.post(url, json={"offset": 2, "timeout": 50}).__aenter__())
    await asyncio.sleep(0.05)
    dead.cancel()
    await session.close()
    await asyncio.sleep(0.05)
    assert await texts(api, offset=2) == []
    await ana.send_text("news")
    assert await texts(api, offset=2, timeout=1) == ["news"]
    assert server.bots[REPORTER_TOKEN].queue.conflicts == 0


async def test_a_webhook_and_polling_exclude_each_other(api):
    waiting = asyncio.create_task(api("getUpdates", timeout=5))
    await asyncio.sleep(0.05)
    assert (await api("setWebhook", url="http://127.0.0.1:1/"))["ok"]
    assert "terminated by setWebhook" in (await waiting)["description"]
    answer = await api("getUpdates")
    assert answer["error_code"] == 409
    assert "webhook is active" in answer["description"]
    assert (await api("deleteWebhook"))["ok"]
    assert (await api("getUpdates"))["ok"]


async def test_a_duplicate_comes_once_more_after_it_was_confirmed(server, ana, api):
    server.inject(fault=Duplicate())
    await ana.send_text("twice")
    assert await texts(api, offset=2) == ["twice"]
    assert await texts(api, offset=3) == ["twice"]
    assert await texts(api, offset=3) == []


async def test_a_held_update_is_overtaken_or_let_go(server, ana, api):
    server.inject(chat=1001, fault=Reorder(seconds=0.2))
    await ana.send_text("first")
    await ana.send_text("second")
    assert await texts(api, offset=2) == ["second", "first"]
    await texts(api, offset=4)
    server.inject(fault=Reorder(seconds=0.1))
    await ana.send_text("alone")
    assert await texts(api) == []
    assert await texts(api, timeout=2) == ["alone"]


async def test_a_press_waits_150_seconds_and_a_message_a_day(server, ana, api):
    keyboard = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}
    await api("sendMessage", chat_id=1001, text="Safe?", reply_markup=keyboard)
    await ana.tap("Yes")
    server.clock.advance(seconds=151)
    assert await texts(api) == ["/start"]
    server.clock.advance(hours=24)
    assert await texts(api) == []


@pytest.mark.parametrize("drop", [True, False])
async def test_pending_updates_are_dropped_on_request(ana, api, drop):
    assert (await api("deleteWebhook", drop_pending_updates=drop))["ok"]
    assert await texts(api) == ([] if drop else ["/start"])
