"""The reporter's bot: one living message, and nothing of the person left beside it."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from aiogram.types import Update

import bot.reporter
from bot.reporter import ReporterBotRefusedError, ReporterDoor, build_bot
from bot.reporter_updates import read
from locales.catalogues import load
from tests.bot.reporting import ODD, setting
from tests.bot.walking import TO_STORY
from tests.fakes.telegram import FakeTelegram

CANARY = "canary 7f3a"


@pytest.fixture
async def here(tmp_path):
    async with setting(tmp_path) as here:
        yield here


def said(here, tag, key):
    return here.world.languages.word(tag, key)


async def test_the_first_thing_somebody_sees_is_the_choice_of_a_language(here):
    ana = here.person(language="fr")
    await ana.write("/start")
    [message] = ana.shown
    assert message.buttons[0] == "English"
    assert {"Français", "العربية", "中文", "Kiswahili"} <= set(message.buttons)
    assert "Choose your language." in message.text
    assert "Choisissez" in message.text
    await ana.press("ar")
    assert ana.living.message_id == message.message_id
    assert "Hello" not in ana.living.text


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
async def test_a_conversation_is_one_message_from_the_first_tap_to_the_last(here, language):
    ana = here.person(language=language)
    await ana.write("/start")
    await ana.press(language, *TO_STORY)
    await ana.write(CANARY)
    await ana.press("!done", "yes", "!skip", "go_on", "!skip", "!skip", "!skip")
    await ana.write("by the <b>well</b> & more")
    await ana.press("!done", "!enough")
    assert CANARY in ana.living.text
    assert "by the <b>well</b> & more" in ana.living.text
    await ana.press("send")
    assert re.search(r"\b\d{4} \d{4} \d{4} \d{4}\b", ana.living.text)
    assert len(await here.world.rows("documents")) == 1
    await ana.press("kept", "next")
    assert len(ana.shown) == 1, "all of it was one message"
    assert len([message for message in ana.phone.history() if message.from_bot]) == 1
    await ana.press("leave")
    assert [(one.text, one.keyboard) for one in ana.shown] == [(said(here, language, "leave_line"), ())]
    assert await here.world.rows("sessions") == []


async def test_what_is_typed_goes_from_the_chat_once_it_is_kept(here):
    ana = here.person()
    await ana.to_story()
    for number in range(3):
        message = await ana.write(f"{CANARY} {number}")
        assert ana.mine == []
        deleted = next(one for one in ana.phone.history() if one.message_id == message.message_id)
        assert deleted.deleted_by == "bot"
    assert ana.living.text.count(CANARY) == 3
    assert here.server.calls_of("sendMessage")[1:] == []


async def test_a_message_goes_only_after_its_words_are_on_the_disk(here):
    """Between keeping and deleting, never the other way round: at each deletion the words are in the database."""
    ana = here.person()
    await ana.to_story()
    slots, times = await here.world.rows("slots"), []
    commit = here.world.turns.store.writing

    def writing(**how):
        times.append(len(here.server.calls_of("deleteMessages")))
        return commit(**how)

    here.world.turns.store.writing = writing
    await ana.write(CANARY)
    assert (slots, len(await here.world.rows("slots"))) == ([], 1)
    assert times == [times[0]]
    assert len(here.server.calls_of("deleteMessages")) == times[0] + 1


@pytest.mark.parametrize("action", ODD)
async def test_what_cannot_be_kept_is_said_and_stays_until_leaving(here, action):
    ana = here.person()
    await ana.to_story()
    question = ana.living.text
    sent = await ana.does(action)
    assert said(here, "en", "notice_unusable") in ana.living.text
    assert question in ana.living.text
    await ana.write(CANARY)
    assert [message.message_id for message in ana.mine] == [sent.message_id], "it said: still in this chat"
    await ana.press("!leave")
    assert ana.only_line()


async def test_the_words_under_a_photo_were_not_kept_either(here):
    ana = here.person()
    await ana.to_story()
    await ana.does("send_photo", caption=CANARY)
    assert said(here, "en", "notice_unusable") in ana.living.text
    assert CANARY not in ana.living.text
    assert await here.world.rows("slots") == []
    assert len(ana.mine) == 1


async def test_more_than_can_be_kept_is_said_and_stays_in_the_chat(here):
    ana = here.person()
    await ana.to_story()
    for _ in range(2):
        await ana.write("x" * 4_096)
    assert ana.mine == []
    sent = await ana.write("y" * 4_000)
    notices = [message for message in ana.shown if said(here, "en", "notice_full") in message.text]
    assert len(notices) == 1
    assert [message.message_id for message in ana.mine] == [sent.message_id]


async def test_a_long_read_back_comes_in_parts_that_are_all_readable_and_go_with_the_next_screen(here):
    ana = here.person()
    await ana.to_story()
    numbered = [f"line {number} of the story" for number in range(330)]
    for start in range(0, 330, 110):
        await ana.write("\n".join(numbered[start : start + 110]))
    await ana.press("!done", "yes", "!enough")
    parts = ana.shown
    assert len(parts) > 1
    assert all(len(part.text) <= 4_096 for part in parts)
    assert [line for part in parts for line in part.text.split("\n") if line.startswith("line ")] == numbered
    assert [bool(part.keyboard) for part in parts] == [False] * (len(parts) - 1) + [True]
    await ana.press("!help")
    assert len(ana.shown) == 1
    await ana.press("back")
    assert len(ana.shown) == len(parts)
    await ana.press("!leave")
    assert ana.only_line()


async def test_words_without_a_single_space_are_shown_whole_too(here):
    ana = here.person()
    await ana.to_story()
    for letter in "ab":
        await ana.write(letter * 4_096)
    parts = ana.shown
    assert "".join(part.text for part in parts).count("a") >= 4_096
    assert "".join(part.text for part in parts).count("b") >= 4_096


async def test_edited_messages_are_left_alone(here):
    ana = here.person()
    await ana.to_story()
    sticker = await ana.does("send_sticker")
    before, calls = ana.living, len(here.server.calls)
    await ana.does("edit_text", sticker.message_id, CANARY)
    assert ana.living == before
    assert await here.world.rows("slots") == []
    assert {call.method for call in here.server.calls[calls:]} <= {"getUpdates"}


def update(**content):
    return Update.model_validate({"update_id": 1, **content})


def message(chat="private", **more):
    sender = {"id": 5, "is_bot": False, "first_name": "Ana"}
    found = {"message_id": 7, "date": 1_000, "chat": {"id": 5, "type": chat}, "from": sender, "text": CANARY}
    return found | more


@pytest.mark.parametrize("chat", ["group", "supergroup", "channel"])
def test_groups_are_left_alone(chat):
    assert read(update(message=message())) is not None
    assert read(update(message=message(chat))) is None
    tap = {"id": "1", "from": message()["from"], "chat_instance": "1", "data": "1:en"}
    assert read(update(callback_query=tap | {"message": message()})) is not None
    assert read(update(callback_query=tap | {"message": message(chat)})) is None


def test_other_bots_and_service_messages_are_left_alone():
    assert read(update(message=message() | {"from": {"id": 6, "is_bot": True, "first_name": "B"}})) is None
    assert read(update(message=message() | {"text": None, "pinned_message": message()})) is None
    assert read(update(edited_message=message())) is None


def test_what_arrived_shows_nothing_of_anybody():
    arrived = read(update(message=message()))
    assert repr(arrived) == "Arrived()"


async def test_start_shows_the_present_question_at_the_bottom(here):
    ana = here.person()
    await ana.to_story()
    question = ana.living.text
    await ana.does("send_voice")
    old = ana.living
    await ana.write("/start")
    assert ana.living.message_id > ana.mine[-1].message_id > old.message_id
    assert ana.living.text == question
    assert len(ana.shown) == 2, "the voice message, and the question"
    await ana.write("/start payload-from-a-link")
    assert len(ana.shown) == 2


async def test_buttons_of_earlier_screens_answer_nothing(here):
    ana = here.person()
    await ana.write("/start")
    seen = [ana.data("en")]
    for button in ("en", "go_on", "yes"):
        await ana.press(button)
        seen.append(ana.data("!skip") if "!skip" in str(ana.living.keyboard) else ana.data("!back"))
    present = ana.living.text
    for data in seen[:-1]:
        await ana.does("tap", data=data)
        assert ana.living.text == f"{said(here, 'en', 'notice_stale')}\n\n{present}"


FORGED = [
    "",
    " ",
    "x",
    ":",
    "1:",
    "999999999999:send",
    "-1:en",
    "1:!!leave",
    "1:send\n",
    "١:en",
    "1:" + "a" * 62,
    "0:😀",
]


async def test_forged_buttons_answer_nothing(here):
    ana = here.person()
    await ana.write("/start")
    for data in FORGED:
        await ana.does("tap", data=data)
        assert said(here, "en", "notice_stale") in ana.living.text, data
        assert ana.living.buttons[0] == "English", data
    assert len(ana.shown) == 1


async def test_a_forged_send_sends_nothing(here):
    ana = here.person()
    await ana.to_story()
    seq = ana.data("!skip").split(":")[0]
    for button in ("send", "kept", "erase", "en", "nowhere"):
        await ana.does("tap", data=f"{seq}:{button}")
    assert await here.world.rows("documents") == []
    assert ana.living.text.startswith(said(here, "en", "notice_choose"))


# --- many ------------------------------------------------------------------------------------------------------


async def test_people_are_served_side_by_side_and_each_in_order(here):
    people = [here.person(number) for number in range(1001, 1004)]
    for one in people:
        await one.to_story()
    for word in ("one", "two", "three", "four"):
        for one in people:
            await one.phone.send_text(f"{word} {one.phone.user_id}")
    await here.idle()
    for one in people:
        words = [f"{word} {one.phone.user_id}" for word in ("one", "two", "three", "four")]
        assert "\n".join(words) in one.living.text
        assert len(one.shown) == 1
        await one.press("!leave")
        assert one.only_line()


async def test_the_door_remembers_nobody_who_has_gone_and_few_who_have_not(here):
    people = [here.person(number) for number in range(1001, 1004)]
    for one in people:
        await one.write("/start")
        await one.write(CANARY)
    assert here.door._one_by_one._queues == {}
    for one in people:
        await one.press("!leave")
    for held in (here.door._deleted, here.door._unsaved):
        assert len(held) == 0


async def test_the_menu_hints_at_nothing_and_speaks_every_language(here):
    calls = here.server.calls_of("setMyCommands")
    assert [call.params.get("language_code") for call in calls] == [
        None,
        "ar",
        "es",
        "fr",
        "pt",
        "ro",
        "ru",
        "sw",
        "uk",
        "zh",
    ]
    for call in calls:
        assert [command["command"] for command in call.params["commands"]] == ["help", "language", "leave"]


async def test_a_wrong_token_ends_the_door(tmp_path):
    async with FakeTelegram() as server:
        bot_ = build_bot("700000009:AAnobody-knows-this-token-at-all", server.url)
        door = ReporterDoor(bot_, None, load(), clock=server.clock.now)
        with pytest.raises(ReporterBotRefusedError) as caught:
            await asyncio.wait_for(door.run(), 5)
        assert "AAnobody" not in str(caught.value)


def test_the_session_is_the_only_state():
    """No storage of aiogram's: it would be keyed by the account and stand outside the turn's transaction."""
    for path in Path(bot.reporter.__file__).parent.glob("reporter*.py"):
        source = path.read_text("utf-8")
        assert not re.search(r"fsm|Dispatcher|MemoryStorage|Router\(", source), path.name
