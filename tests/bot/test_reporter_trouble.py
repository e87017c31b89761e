"""The reporter's bot in trouble, Telegram's or the database's: nothing is claimed, nothing lost, nobody else waits."""

from __future__ import annotations

import asyncio
import logging

import pytest
from sqlalchemy import text

import bot.reporter
import bot.reporter_calls
import bot.reporter_polling
from bot.incoming import Notes
from bot.turn import NotSaved
from tests.bot.reporting import LINE, setting
from tests.fakes.faults import BadGateway, DropAfter, DropBefore, Forbidden, TooManyRequests
from tests.fakes.telegram import REPORTER_TOKEN

CANARY = "canary 7f3a"
LONG = TooManyRequests(retry_after=3_600)
"""Longer than the door waits within a turn."""


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(bot.reporter_calls, "FIRST_PAUSE", 0.001)
    monkeypatch.setattr(bot.reporter_polling, "PAUSE_SECONDS", 0.05)
    monkeypatch.setattr(bot.reporter_polling, "AGAIN_SECONDS", (0.02, 0.04, 0.08, 0.16, 0.32))


@pytest.fixture
async def here(tmp_path):
    async with setting(tmp_path) as here:
        yield here


async def broken(here, *, really=True):
    """Let every commit fail, or work again."""
    old, new = ("inbox", "elsewhere") if really else ("elsewhere", "inbox")
    async with here.world.store.writing() as connection:
        await connection.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))


def not_saved(here, tag="en"):
    return here.world.languages.word(tag, "not_saved")


# --- the database ----------------------------------------------------------------------------------------------


async def test_words_that_could_not_be_saved_stay_in_the_chat_and_that_is_said(here):
    ana = here.person()
    await ana.to_story()
    await broken(here)
    sent = await ana.write(CANARY)
    assert [message.message_id for message in ana.mine] == [sent.message_id]
    assert ana.shown[-1].text == not_saved(here)
    assert CANARY not in ana.living.text
    await broken(here, really=False)
    await ana.write(CANARY)
    assert ana.living.text.count(CANARY) == 1
    assert [message.text for message in ana.shown if message.from_bot] == [ana.living.text], "the excuse is gone"
    assert [message.message_id for message in ana.mine] == [sent.message_id], "it may be all there is of these words"
    await ana.press("!leave")
    assert ana.only_line()


async def test_a_tap_that_could_not_be_saved_is_answered_so_and_can_be_made_again(here):
    ana = here.person()
    await ana.to_story("fr")
    await ana.write(CANARY)
    await ana.press("!done", "yes")
    before = ana.living
    await broken(here)
    await ana.press("!enough")
    [*_, answer] = ana.phone.answers()
    assert (answer.text, answer.show_alert) == (not_saved(here, "en"), True), "nothing could even be read"
    assert ana.living == before
    await broken(here, really=False)
    await ana.press("!enough")
    assert CANARY in ana.living.text


async def test_leaving_that_could_not_be_saved_is_not_said_to_be_done(here):
    ana = here.person()
    await ana.to_story()
    await broken(here)
    await ana.press("!leave")
    assert LINE not in [message.text for message in ana.shown]
    assert ana.phone.answers()[-1].text == not_saved(here)
    await broken(here, really=False)
    await ana.press("!leave")
    assert ana.only_line()


async def test_a_message_whose_id_could_not_be_noted_goes_with_the_next_screen(here, monkeypatch):
    ana = here.person()
    await ana.to_story()

    async def fail(*_given):
        raise NotSaved("")

    monkeypatch.setattr(here.world.turns, "note", fail)
    await ana.write("/start")
    monkeypatch.undo()
    await ana.write(CANARY)
    assert len(ana.shown) == 1
    await ana.press("!leave")
    assert ana.only_line()


async def test_an_error_nobody_thought_of_still_answers_the_tap(here, monkeypatch, caplog):
    ana = here.person()
    await ana.to_story()

    async def fail(_incoming):
        raise RuntimeError(CANARY)

    monkeypatch.setattr(here.world.turns, "take", fail)
    with caplog.at_level(logging.DEBUG):
        await ana.press("!skip")
        await ana.write("words")
    assert ana.phone.answers()[-1].text == not_saved(here)
    assert ana.shown[-1].text == not_saved(here)
    assert CANARY not in caplog.text
    assert "RuntimeError" in caplog.text


# --- Telegram --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["editMessageText", "deleteMessages", "answerCallbackQuery"])
@pytest.mark.parametrize("fault", [BadGateway(), BadGateway(html=True), DropBefore(), DropAfter(), TooManyRequests(0)])
async def test_a_passing_fault_is_waited_out(here, method, fault):
    ana = here.person()
    await ana.to_story()
    await ana.write("one")
    here.server.inject(REPORTER_TOKEN, method, fault=fault, times=2)
    await ana.write("two")
    await ana.press("!done")
    await ana.press("yes")
    await ana.press("!enough")
    assert "one\ntwo" in ana.living.text
    assert len(ana.shown) == 1


async def test_a_sending_answered_by_silence_leaves_no_second_message(here):
    ana = here.person()
    here.server.inject(REPORTER_TOKEN, "sendMessage", fault=DropAfter(), times=2)
    await ana.write("/start")
    assert len([message for message in ana.phone.history() if message.from_bot]) == 3
    assert len(ana.shown) == 1
    assert ana.living.buttons[0] == "English"


async def test_a_screen_that_could_not_be_shown_is_shown_as_soon_as_it_can_be(here):
    """By polling too: Telegram has been told that the update is dealt with, so nobody else will bring it again."""
    ana = here.person()
    await ana.to_story()
    question = ana.living.text
    here.server.inject(REPORTER_TOKEN, "editMessageText", chat=1001, fault=LONG, times=2)
    await ana.press("!skip")
    await ana.phone.wait_for(lambda _: ana.living.text != question)
    assert ana.phone.answers() != []


async def test_leaving_is_finished_as_soon_as_telegram_can_be_reached(here):
    """'Leave' promises an empty chat. The line is down for longer than one turn waits."""
    ana = here.person()
    await ana.to_story()
    await ana.does("send_sticker")
    here.server.inject(REPORTER_TOKEN, "editMessageText", chat=1001, fault=LONG, times=2)
    here.server.inject(REPORTER_TOKEN, "deleteMessages", chat=1001, fault=LONG, times=2)
    await ana.press("!leave")
    await ana.phone.wait_for(lambda _: ana.only_line())
    await here.idle()
    assert await here.world.rows("sessions") == []


async def test_what_could_not_be_shown_is_not_tried_for_ever(here):
    ana, ben = here.person(1001), here.person(1002)
    await ana.to_story()
    here.server.inject(REPORTER_TOKEN, "editMessageText", chat=1001, fault=LONG, times=100_000)
    await ana.press("!skip")
    await asyncio.sleep(0.3)
    tried = len(here.server.calls_of("editMessageText"))
    assert 1 < tried < 40, "with pauses in between"
    await ben.write("/start")
    assert ben.living.buttons[0] == "English"
    here.server.faults.clear()


async def test_a_screen_that_was_sent_is_known_even_if_the_old_one_could_not_be_deleted(here):
    ana = here.person()
    await ana.to_story()
    here.server.inject(REPORTER_TOKEN, "deleteMessages", chat=1001, fault=LONG, times=1)
    await ana.write("/start")
    await ana.phone.wait_for(lambda _: len(ana.shown) == 1)
    await ana.write(CANARY)
    await ana.press("!leave")
    assert ana.only_line()


async def test_parts_that_were_sent_go_even_if_the_last_one_could_not_be(here):
    ana = here.person()
    await ana.to_story()
    for letter in "€¥":
        await ana.write(letter * 4_096)
    await ana.press("!help")
    real, sent = here.server.faults.for_call, []

    def second_sending_fails(token, method, chat):
        if method == "sendMessage":
            sent.append(method)
        return LONG if method == "sendMessage" and len(sent) == 2 else real(token, method, chat)

    here.server.faults.for_call = second_sending_fails

    def whole(_):
        everything = "".join(message.text for message in ana.shown)
        return ana.shown[-1].keyboard and [everything.count(letter) for letter in "€¥"] == [4_096, 4_096]

    await ana.press("back")
    await ana.phone.wait_for(whole)
    assert len(sent) > 3, "one failed, and was sent again"
    await ana.press("!leave")
    assert ana.only_line()


async def test_one_person_s_trouble_is_nobody_else_s(here):
    """Whoever floods their own chat must not silence the channel: the others are answered meanwhile."""
    ana, ben = here.person(1001), here.person(1002)
    for one in (ana, ben):
        await one.to_story()
    here.server.inject(REPORTER_TOKEN, "editMessageText", chat=1001, fault=TooManyRequests(3), times=1)
    await ana.phone.send_text(CANARY)
    await asyncio.sleep(0.2)
    loop = asyncio.get_running_loop()
    begun = loop.time()
    for number in range(3):
        await ben.phone.send_text(f"{CANARY} {number}")
        await ben.phone.wait_for(f"{CANARY} {number}", timeout=10)
    assert loop.time() - begun < 2
    await ana.phone.wait_for(CANARY)
    await here.idle()
    assert len(ana.shown) == len(ben.shown) == 1


async def test_somebody_who_blocks_the_bot_is_left_alone_and_welcome_again(here):
    ana = here.person()
    await ana.to_story()
    await ana.write(CANARY)
    here.server.inject(REPORTER_TOKEN, "editMessageText", fault=Forbidden(), times=1)
    await ana.write("more")
    await ana.phone.block()
    await here.idle()
    await ana.phone.unblock()
    await ana.write("/start")
    assert f"{CANARY}\nmore" in ana.living.text


async def test_two_pollers_make_neither_stop(here, caplog):
    other = bot.reporter.build_bot(REPORTER_TOKEN, here.server.url)
    async with other.context():
        await other.get_updates(timeout=0)
    ana = here.person()
    await ana.write("/start")
    await ana.phone.wait_for("English")


# --- what the door remembers -------------------------------------------------------------------------------------


async def test_the_door_remembers_no_more_than_so_many_people(here, monkeypatch):
    """Ids of accounts are in memory only; still they must not pile up there with everybody who ever wrote."""
    monkeypatch.setattr(bot.reporter, "REMEMBERED", 3)
    await broken(here)
    for number in range(1001, 1009):
        await here.person(number).write(CANARY)
    await broken(here, really=False)
    for number in range(1011, 1019):
        person = here.person(number)
        await person.write("/start")
        await person.write(CANARY)
    held = [value for name, value in vars(here.door).items() if isinstance(value, dict) and name != "_one_by_one"]
    assert held
    assert all(len(value) <= 3 for value in held)
    person = here.person(1011)
    await person.write("again")
    assert len(person.shown) == 1


async def test_notes_do_not_grow_with_the_conversation(here):
    ana = here.person()
    await ana.to_story()
    noted = []

    def look(notes):
        noted.append(notes)
        return notes

    for number in range(5):
        await ana.write(f"{number}")
    await here.world.turns.note("telegram", "1001", look)
    assert len(noted[0].messages) <= 2
    assert noted[0] != Notes()
