"""Leaving the reporter's bot: one ordinary line stays, and of everything else what Telegram lets nobody delete."""

from __future__ import annotations

import asyncio

import pytest

from tests.bot.reporting import LINE, ODD, setting

CANARY = "canary 7f3a"


@pytest.fixture
async def here(tmp_path):
    async with setting(tmp_path) as here:
        yield here


@pytest.mark.parametrize("way", ["button", "word", "command", "Arabic word"])
async def test_leaving_empties_the_chat_but_for_one_ordinary_line(here, way):
    ana = here.person()
    await ana.to_story()
    await ana.write(CANARY)
    for action in ODD:
        await ana.does(action)
    await ana.write("/start")
    match way:
        case "button":
            await ana.press("!leave")
        case "word":
            await ana.write("Exit!")
        case "command":
            await ana.write("/leave")
        case _:
            await ana.write("خروج")
    assert ana.only_line()
    for table in ("sessions", "slots", "documents"):
        assert await here.world.rows(table) == []


async def test_leaving_takes_away_more_messages_than_one_call_may(here):
    ana = here.person()
    await ana.to_story()
    for _ in range(104):
        await ana.phone.send_sticker()
    await here.idle()
    assert len(ana.mine) == 104
    await ana.press("!leave")
    assert ana.only_line()
    batches = [len(call.params["message_ids"]) for call in here.server.calls_of("deleteMessages")[-2:]]
    assert batches == [100, 4]


async def test_two_taps_on_leave_leave_one_line(here):
    ana = here.person()
    await ana.to_story()
    data, message = ana.data("!leave"), ana.living.message_id
    await asyncio.gather(*(ana.phone.tap(data=data, message_id=message) for _ in range(2)))
    await here.idle()
    assert ana.only_line()
    assert await here.world.rows("sessions") == []


@pytest.mark.parametrize("hours", [47.99, 48.01, 49, 71])
async def test_messages_too_old_to_be_deleted_do_not_keep_the_others(here, hours):
    ana = here.person()
    await ana.to_story()
    old = await ana.does("send_sticker")
    here.server.clock.advance(hours=hours)
    await ana.does("send_voice")
    assert len(ana.mine) == 2
    await ana.press("!leave")
    left = [message.message_id for message in ana.mine]
    assert left == ([] if hours < 48 else [old.message_id]), "Telegram lets nobody delete that"
    assert [(one.text, one.keyboard) for one in ana.shown if one.from_bot] == [(LINE, ())]
    assert await here.world.rows("sessions") == []


async def test_an_expired_conversation_leaves_no_second_keyboard(here):
    ana = here.person()
    await ana.to_story()
    await ana.write(CANARY)
    here.server.clock.advance(hours=74)
    await ana.press("!done")
    assert len(ana.shown) == 1
    assert ana.living.buttons[0] == "English"
    assert CANARY not in ana.living.text


async def test_a_chat_cleared_by_the_person_gets_the_question_anew(here):
    ana = here.person()
    await ana.to_story()
    question = ana.living.text
    await ana.does("clear_history")
    assert ana.shown == []
    await ana.write(CANARY)
    assert question in ana.living.text
    assert len(ana.shown) == 1
