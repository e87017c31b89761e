"""Sending, editing, deleting and answering: the effects, and the real server's refusals."""

import asyncio

import aiohttp
import pytest

from tests.fakes.telegram import REPORTER_TOKEN, STAFF_TOKEN

YES = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}


async def say(api, text="hello", **more):
    answer = await api("sendMessage", chat_id=1001, text=text, **more)
    return answer["result"]["message_id"]


def refused(answer, code, words):
    assert answer["error_code"] == code
    assert words in answer["description"]
    return True


async def test_unknown_tokens_and_methods_are_refused(server, ana, api):
    assert await api("getMe", token="1:x") == {"ok": False, "error_code": 401, "description": "Unauthorized"}
    assert refused(await api("sendmessage", chat_id=1001, text="x"), 404, "Not Found")
    assert [(v.method, v.why) for v in server.violations] == [("sendmessage", "unknown method")]


async def test_a_broken_call_has_no_effect_and_is_a_violation(server, ana, api):
    assert refused(await api("sendMessage", chat_id=1001, text="x", colour="red"), 400, "colour: unknown")
    assert refused(await api("sendMessage", chat_id=1001, text="x" * 4097), 400, "message is too long")
    keyboard = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y" * 65}]]}
    answer = await api("sendMessage", chat_id=1001, text="x", reply_markup=keyboard)
    assert refused(answer, 400, "BUTTON_DATA_INVALID")
    assert [message.text for message in ana.chat()] == ["/start"]
    assert len(server.violations) == 3


@pytest.mark.parametrize(
    "rows",
    [
        [[{"text": "Yes"}]],
        [[{"text": "Yes", "callback_data": "y", "url": "https://example.org"}]],
        [[{"text": "Open", "url": "http://localhost:8080/"}]],
        [[{"text": str(i), "callback_data": str(i)} for i in range(9)]],
    ],
)
async def test_buttons_do_exactly_one_thing(server, ana, api, rows):
    answer = await api("sendMessage", chat_id=1001, text="x", reply_markup={"inline_keyboard": rows})
    assert refused(answer, 400, "")
    assert len(server.violations) == 1


async def test_a_bot_cannot_write_first(server, api):
    server.person(REPORTER_TOKEN, 5, "Bo")
    assert refused(await api("sendMessage", chat_id=5, text="x"), 400, "chat not found")
    assert refused(await api("sendMessage", chat_id="@bo", text="x"), 400, "chat not found")
    assert server.violations == []


async def test_message_ids_are_counted_per_bot_over_all_chats(server, ana, api):
    bo = server.person(REPORTER_TOKEN, 5, "Bo")
    noor = server.person(STAFF_TOKEN, 5, "Noor")
    first = await bo.send_command("/start")
    other = await noor.send_command("/start")
    assert (first.message_id, other.message_id) == (2, 1)
    assert await say(api) == 3


async def test_an_edit_without_a_keyboard_removes_it(ana, api):
    number = await say(api, reply_markup=YES)
    await api("editMessageText", chat_id=1001, message_id=number, text="bye")
    assert (ana.chat()[-1].text, ana.chat()[-1].buttons) == ("bye", ())


async def test_an_edit_that_changes_nothing_is_refused_and_no_violation(server, ana, api):
    number = await say(api, reply_markup=YES)
    same = await api("editMessageText", chat_id=1001, message_id=number, text=" hello ", reply_markup=YES)
    assert refused(same, 400, "message is not modified")
    markup = await api("editMessageReplyMarkup", chat_id=1001, message_id=number, reply_markup=YES)
    assert refused(markup, 400, "message is not modified")
    assert (await api("editMessageReplyMarkup", chat_id=1001, message_id=number))["ok"]
    assert server.violations == []


async def test_edits_and_deletions_of_what_is_not_there(server, ana, api):
    number = await say(api)
    assert (await api("deleteMessage", chat_id=1001, message_id=number))["result"] is True
    assert refused(
        await api("editMessageText", chat_id=1001, message_id=number, text="x"), 400, "message to edit not found"
    )
    assert refused(await api("deleteMessage", chat_id=1001, message_id=number), 400, "message to delete not found")
    assert server.violations == []


async def test_a_persons_message_can_be_deleted_but_not_edited(ana, api):
    start = ana.chat()[0].message_id
    assert refused(
        await api("editMessageText", chat_id=1001, message_id=start, text="x"), 400, "message can't be edited"
    )
    assert (await api("deleteMessage", chat_id=1001, message_id=start))["ok"]
    assert ana.chat() == []
    assert [(m.text, m.visible, m.deleted_by) for m in ana.history()] == [("/start", False, "bot")]


async def test_after_48_hours_nothing_can_be_deleted(server, ana, api):
    old = await say(api, "old")
    server.clock.advance(hours=48, seconds=1)
    assert refused(await api("deleteMessage", chat_id=1001, message_id=old), 400, "can't be deleted")
    new = await say(api, "new")
    assert refused(await api("deleteMessages", chat_id=1001, message_ids=[new, 999, old]), 400, "can't be deleted")
    assert [m.text for m in ana.chat()] == ["/start", "old", "new"]
    assert (await api("deleteMessages", chat_id=1001, message_ids=[new, 999, new]))["result"] is True
    assert [m.text for m in ana.chat()] == ["/start", "old"]
    assert (await api("editMessageText", chat_id=1001, message_id=old, text="later"))["ok"]


async def test_a_tap_is_answered_once_and_in_time(server, ana, api):
    await say(api, reply_markup=YES)
    first = await ana.tap("Yes")
    assert server.unanswered_callbacks() == [first]
    assert (await api("answerCallbackQuery", callback_query_id=first.query_id, text="ok"))["ok"]
    again = await api("answerCallbackQuery", callback_query_id=first.query_id)
    assert refused(again, 400, "query is too old and response timeout expired or query ID is invalid")
    late = await ana.tap("Yes")
    server.clock.advance(seconds=16)
    assert refused(await api("answerCallbackQuery", callback_query_id=late.query_id), 400, "query is too old")
    assert refused(await api("answerCallbackQuery", callback_query_id="1"), 400, "query is too old")
    assert server.unanswered_callbacks() == []
    assert [(a.text, a.show_alert) for a in ana.answers()] == [("ok", False)]
    assert server.violations == []


async def test_a_person_who_blocked_the_bot_gets_nothing(server, ana, api):
    number = await say(api)
    await ana.block()
    for call in (
        api("sendMessage", chat_id=1001, text="x"),
        api("sendChatAction", chat_id=1001, action="typing"),
        api("editMessageText", chat_id=1001, message_id=number, text="x"),
    ):
        assert refused(await call, 403, "Forbidden: bot was blocked by the user")
    with pytest.raises(RuntimeError, match="blocked"):
        await ana.send_text("hello?")
    await ana.unblock()
    assert (await api("sendMessage", chat_id=1001, text="x"))["ok"]


async def test_a_message_under_a_reply_keyboard_cannot_be_edited(ana, api):
    number = await say(api, reply_markup={"keyboard": [[{"text": "Help now"}]]})
    assert refused(
        await api("editMessageText", chat_id=1001, message_id=number, text="x"), 400, "message can't be edited"
    )
    await ana.tap("Help now")
    assert ana.chat()[-1].text == "Help now"
    await say(api, reply_markup={"remove_keyboard": True})
    with pytest.raises(LookupError):
        await ana.tap("Help now")


async def send_file(server, name, content, **fields):
    form = aiohttp.FormData({"chat_id": "1001", **fields}, quote_fields=False)
    form.add_field("document", content, filename=name)
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{server.url}/bot{REPORTER_TOKEN}/sendDocument", data=form) as response,
    ):
        return await response.json()


async def test_documents_have_a_name_a_size_and_a_caption(server, ana, api):
    sent = (await send_file(server, "report.linnet", b"\x00\xff", caption="New"))["result"]
    assert sent["document"]["file_name"] == "report.linnet"
    assert sent["caption"] == "New"
    again = await api("sendDocument", chat_id=1001, document=sent["document"]["file_id"])
    assert again["ok"]
    assert ana.documents() == [("report.linnet", b"\x00\xff")] * 2
    edit = await api("editMessageText", chat_id=1001, message_id=sent["message_id"], text="x")
    assert refused(edit, 400, "there is no text in the message to edit")
    edit = await api("editMessageCaption", chat_id=1001, message_id=sent["message_id"], caption="Taken")
    assert edit["result"]["caption"] == "Taken"
    assert server.violations == []


async def test_documents_beyond_the_limits_are_refused(server, ana):
    server.world.upload_limit = 10
    assert refused(await send_file(server, "r", b"x" * 11), 413, "Too Large")
    assert refused(await send_file(server, "a/b", b"x"), 400, "plain file name")
    assert refused(await send_file(server, "r", b"x", caption="x" * 1025), 400, "caption is too long")
    assert len(server.violations) == 3
    assert refused(await send_file(server, "r", b""), 400, "file must be non-empty")
    assert ana.documents() == []


async def test_a_reply_points_to_a_message_that_is_there(ana, api):
    number = await say(api)
    reply = await api("sendMessage", chat_id=1001, text="x", reply_parameters={"message_id": number})
    assert reply["result"]["reply_to_message"]["message_id"] == number
    gone = await api("sendMessage", chat_id=1001, text="x", reply_parameters={"message_id": 999})
    assert refused(gone, 400, "message to be replied not found")


async def test_the_profile_is_kept_by_language(api):
    commands = [{"command": "help", "description": "Help now"}]
    assert (await api("setMyCommands", commands=commands, language_code="fr"))["ok"]
    assert (await api("getMyCommands", language_code="fr"))["result"] == commands
    assert (await api("getMyCommands"))["result"] == []
    assert (await api("deleteMyCommands", language_code="fr"))["ok"]
    assert (await api("getMyCommands", language_code="fr"))["result"] == []
    assert (await api("setMyDescription", description="d"))["ok"]
    assert (await api("getMyDescription"))["result"] == {"description": "d"}
    assert refused(await api("setMyCommands", commands=[{"command": "Help", "description": "x"}]), 400, "command")


async def test_after_log_out_nothing_works(api):
    assert (await api("logOut"))["ok"]
    assert refused(await api("getMe"), 400, "Logged out")


@pytest.mark.parametrize(
    ("content_type", "body"),
    [("application/json", "{"), ("application/json", "[]"), ("text/plain", "x"),
     ("application/x-www-form-urlencoded", "chat_id=1&chat_id=2")],
)  # fmt: skip
async def test_bodies_that_cannot_be_read_are_violations(server, content_type, body):
    async with aiohttp.ClientSession() as session:
        url = f"{server.url}/bot{REPORTER_TOKEN}/sendMessage"
        headers = {"Content-Type": content_type}
        async with session.post(url, data=body.encode(), headers=headers) as response:
            assert response.status == 400
    assert len(server.violations) == 1


async def test_form_query_and_multipart_are_read_alike(server, ana):
    url = f"{server.url}/bot{REPORTER_TOKEN}/sendMessage"
    fields = {"chat_id": "1001", "text": "a+b & é"}
    parts = aiohttp.FormData(fields, default_to_multipart=True)
    async with aiohttp.ClientSession() as session:
        for request in (session.post(url, data=fields), session.post(url, data=parts), session.get(url, params=fields)):
            async with request as response:
                assert response.status == 200
    assert [m.text for m in ana.chat()[1:]] == ["a+b & é"] * 3
    assert server.violations == []


async def test_two_calls_at_once_are_both_recorded(server, ana, api):
    await asyncio.gather(say(api, "one"), say(api, "two"))
    assert sorted(call.params["text"] for call in server.calls_of("sendMessage")) == ["one", "two"]
    assert {call.outcome for call in server.calls} == {"ok"}
