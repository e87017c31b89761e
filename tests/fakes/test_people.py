"""What a person can do, and what their phone shows."""

import asyncio

import pytest
from aiogram.types import Update as AiogramUpdate
from telegram import Update as StaffUpdate

from tests.fakes.picture import display_width
from tests.fakes.telegram import REPORTER_TOKEN


def keyboard(*labels):
    return {"inline_keyboard": [[{"text": label, "callback_data": f"d:{label}"}] for label in labels]}


async def updates(api):
    return (await api("getUpdates"))["result"]


async def test_every_kind_of_message_is_valid_for_both_libraries(server, ana, api):
    photo = await ana.send_photo("look")
    for kind in (ana.send_sticker, ana.send_location, ana.send_contact, ana.send_voice, ana.send_photo):
        await kind()
    await ana.send_document("notes.txt", b"n", "caption")
    await ana.edit_text(1, "/start again")
    await ana.block()
    found = await updates(api)
    assert len(found) == 10
    for update in found:
        assert AiogramUpdate.model_validate(update).update_id == update["update_id"]
        assert StaffUpdate.de_json(update, None).update_id == update["update_id"]
    kinds = [AiogramUpdate.model_validate(update).event_type for update in found]
    assert kinds == ["message"] * 8 + ["edited_message", "my_chat_member"]
    assert found[1]["message"]["caption"] == "look"
    path = (await api("getFile", file_id=photo.content["photo"][0]["file_id"]))["result"]["file_path"]
    assert path.startswith("documents/")


async def test_a_command_is_marked_as_one(ana, api):
    await ana.send_command("/start", "payload")
    [_, update] = await updates(api)
    assert update["message"]["text"] == "/start payload"
    assert update["message"]["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]


async def test_a_very_long_text_leaves_in_pieces(ana):
    await ana.send_text("x" * 4097)
    assert [len(message.text) for message in ana.chat()[1:]] == [4096, 1]


async def test_a_tap_finds_the_newest_button_with_the_label(ana, api):
    await api("sendMessage", chat_id=1001, text="old", reply_markup=keyboard("Yes", "No"))
    new = (await api("sendMessage", chat_id=1001, text="new", reply_markup=keyboard("✅ Yes", "Skip")))["result"]
    assert (await ana.tap("✅ Yes")).message_id == new["message_id"]
    assert (await ana.tap("Skip")).data == "d:Skip"
    assert (await ana.tap("Yes")).message_id == new["message_id"]
    assert (await ana.tap("No")).message_id == new["message_id"] - 1
    with pytest.raises(LookupError, match="no button 'Maybe'"):
        await ana.tap("Maybe")


async def test_a_part_of_two_labels_is_no_label(ana, api):
    await api("sendMessage", chat_id=1001, text="x", reply_markup=keyboard("Yes, now", "Yes, later"))
    with pytest.raises(LookupError):
        await ana.tap("Yes")


async def test_forged_data_arrives_as_it_is(ana, api):
    with pytest.raises(LookupError):
        await ana.tap(data="x")
    sent = (await api("sendMessage", chat_id=1001, text="x"))["result"]
    await ana.tap(data="../../etc")
    update = (await updates(api))[-1]["callback_query"]
    assert (update["data"], update["message"]["message_id"]) == ("../../etc", sent["message_id"])


async def test_keyboards_that_are_gone_can_still_be_tapped(ana, api):
    sent = (await api("sendMessage", chat_id=1001, text="x", reply_markup=keyboard("One")))["result"]
    number = sent["message_id"]
    await api("editMessageText", chat_id=1001, message_id=number, text="y", reply_markup=keyboard("Two"))
    with pytest.raises(LookupError):
        await ana.tap("One")
    assert (await ana.tap("One", stale=True)).data == "d:One"
    await api("deleteMessage", chat_id=1001, message_id=number)
    with pytest.raises(LookupError):
        await ana.tap("Two")
    await ana.tap("Two", message_id=number)
    await ana.tap("Two", stale=True)
    last = (await updates(api))[-1]
    assert last["callback_query"]["message"] == {"chat": last["callback_query"]["message"]["chat"],
                                                 "message_id": number, "date": 0}  # fmt: skip
    assert AiogramUpdate.model_validate(last).callback_query.message.date == 0


async def test_a_link_button_sends_nothing(ana, api):
    link = {"inline_keyboard": [[{"text": "Site", "url": "https://example.org"}]]}
    await api("sendMessage", chat_id=1001, text="x", reply_markup=link)
    with pytest.raises(LookupError, match="opens something else"):
        await ana.tap("Site")


async def test_the_chat_shows_what_the_phone_shows(ana, api):
    await ana.send_text("my words")
    await api("sendMessage", chat_id=1001, text="When did it happen?\nAny time is fine.",
              reply_markup=keyboard("Today", "Not sure"))  # fmt: skip
    await api("deleteMessage", chat_id=1001, message_id=2)
    picture = ana.chat().render()
    assert "my words" not in picture
    assert "Ana ⇄ Bot 700000001" in picture
    assert "│ When did it happen?" in picture
    assert "│ [ Not sure ]" in picture
    assert "/start │" in picture
    assert [m.text for m in ana.history()][1] == "my words"
    assert ana.chat()[-1].rows == (("Today",), ("Not sure",))
    assert {len(line) for line in picture.splitlines()} == {66}
    await ana.clear_history()
    assert ana.chat() == []
    assert "nothing to be seen" in ana.chat().render()


async def test_a_picture_keeps_its_frame_whatever_is_in_it(ana, api):
    long = [{"text": "a rather long label " * 2, "callback_data": "y"}] * 2
    await ana.send_text("x" * 200)
    await ana.send_photo("🐦🐦 look")
    await api("sendMessage", chat_id=1001, text="时间 " * 40, reply_markup={"inline_keyboard": [long]})
    lines = ana.chat().render().splitlines()
    assert {display_width(line) for line in lines} == {66}
    assert any("(photo)" in line for line in lines)
    assert any("🐦🐦 look" in line for line in lines)


async def test_waiting_for_words_a_button_or_a_condition(ana, api):
    waiting = asyncio.create_task(ana.wait_for("Safe", 2))
    await api("sendMessage", chat_id=1001, text="Safe to write?", reply_markup=keyboard("Yes"))
    assert (await waiting).text == "Safe to write?"
    assert (await ana.wait_for("Yes")).buttons == ("Yes",)
    assert await ana.wait_for(lambda person: len(person.chat()) == 2) is True
    with pytest.raises(TimeoutError, match=r"(?s)'/start' not seen.*Safe to write"):
        await ana.wait_for("/start", 0.1)


async def test_idle_means_taken_answered_and_quiet(ana, api):
    with pytest.raises(TimeoutError, match="1 updates not taken"):
        await ana.wait_idle(timeout=0.1)
    await api("sendMessage", chat_id=1001, text="x", reply_markup=keyboard("Yes"))
    query = await ana.tap("Yes")
    await api("getUpdates", offset=3)
    with pytest.raises(TimeoutError, match="1 taps not answered"):
        await ana.wait_idle(timeout=0.1)
    await api("answerCallbackQuery", callback_query_id=query.query_id)
    await ana.wait_idle(quiet=0.1)
    assert [answer.text for answer in ana.answers()] == [""]


async def test_the_same_person_is_the_same_chat(server, ana):
    assert server.person(REPORTER_TOKEN, 1001) is ana
    with pytest.raises(KeyError):
        server.person("1:unknown", 1001)


async def test_what_a_bot_shows_while_it_works(ana, api):
    await api("sendChatAction", chat_id=1001, action="typing")
    assert ana.chat_actions() == ["typing"]
