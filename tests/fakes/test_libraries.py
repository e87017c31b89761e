"""The two real client libraries work against the fake: send, edit, delete, poll, documents, webhooks."""

import asyncio

import aiogram
import pytest
import pytest_asyncio
import telegram
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramBadRequest, TelegramRetryAfter
from aiogram.types import BufferedInputFile, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.ext import ApplicationBuilder, CallbackQueryHandler, CommandHandler

from tests.fakes.faults import TooManyRequests
from tests.fakes.telegram import REPORTER_TOKEN, STAFF_TOKEN

KEYBOARD = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Yes", callback_data="y")]])


@pytest_asyncio.fixture
async def reporter(server):
    session = AiohttpSession(api=TelegramAPIServer.from_base(server.url))
    async with aiogram.Bot(REPORTER_TOKEN, session=session) as bot:
        yield bot


@pytest_asyncio.fixture
async def staff(server):
    bot = telegram.Bot(STAFF_TOKEN, base_url=server.url + "/bot", base_file_url=server.url + "/file/bot")
    async with bot:
        yield bot


async def test_aiogram_sends_edits_deletes_and_polls(server, ana, reporter):
    [start] = await reporter.get_updates(offset=0, timeout=1)
    assert start.message.text == "/start"
    assert start.message.from_user.language_code == "fr"
    sent = await reporter.send_message(ana.user_id, "Safe to write?", reply_markup=KEYBOARD)
    assert ana.chat()[-1].buttons == ("Yes",)
    await ana.tap("Yes")
    [tap] = await reporter.get_updates(offset=start.update_id + 1, timeout=1)
    assert tap.callback_query.data == "y"
    await reporter.answer_callback_query(tap.callback_query.id)
    await reporter.edit_message_text("Thank you", chat_id=ana.user_id, message_id=sent.message_id)
    assert (ana.chat()[-1].text, ana.chat()[-1].buttons) == ("Thank you", ())
    await reporter.delete_messages(ana.user_id, [sent.message_id, start.message.message_id])
    assert ana.chat() == []
    assert server.violations == []
    assert server.unanswered_callbacks() == []


async def test_aiogram_sends_a_document_and_fetches_it_back(server, ana, reporter):
    sent = await reporter.send_document(ana.user_id, BufferedInputFile(b"sealed", "report.linnet"), caption="c")
    assert ana.documents() == [("report.linnet", b"sealed")]
    assert ana.chat()[-1].text == "c"
    assert (await reporter.download(sent.document.file_id)).read() == b"sealed"
    assert server.violations == []


async def test_aiogram_reads_refusals(server, ana, reporter):
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await reporter.send_message(999, "hello")
    server.inject(method="sendMessage", fault=TooManyRequests(7))
    with pytest.raises(TelegramRetryAfter) as caught:
        await reporter.send_message(ana.user_id, "hello")
    assert caught.value.retry_after == 7
    await reporter.send_message(ana.user_id, "hello")
    assert server.violations == []


async def test_python_telegram_bot_sends_edits_deletes_and_documents(server, staff):
    focal = server.person(STAFF_TOKEN, 2002, "Noor")
    await focal.send_command("/start", "code")
    [start] = await staff.get_updates(timeout=1)
    assert start.message.text == "/start code"
    keyboard = telegram.InlineKeyboardMarkup([[telegram.InlineKeyboardButton("I have it", callback_data="a")]])
    sent = await staff.send_document(2002, b"sealed", filename="r.linnet", caption="New", reply_markup=keyboard)
    assert focal.documents() == [("r.linnet", b"sealed")]
    await focal.tap("I have it")
    [tap] = await staff.get_updates(offset=start.update_id + 1, timeout=1)
    await tap.callback_query.answer("Noted")
    assert focal.answers()[0].text == "Noted"
    await staff.edit_message_reply_markup(2002, sent.message_id)
    note = await staff.send_message(2002, "note")
    await staff.edit_message_text("changed", 2002, note.message_id)
    with pytest.raises(telegram.error.BadRequest, match="not modified"):
        await staff.edit_message_text("changed", 2002, note.message_id)
    await staff.delete_message(2002, note.message_id)
    with pytest.raises(telegram.error.BadRequest, match="to delete not found"):
        await staff.delete_message(2002, note.message_id)
    assert bytes(await (await staff.get_file(sent.document.file_id)).download_as_bytearray()) == b"sealed"
    assert server.violations == []


async def test_python_telegram_bot_hears_of_a_block(server, staff):
    focal = server.person(STAFF_TOKEN, 2002, "Noor")
    await focal.send_command("/start")
    await focal.block()
    with pytest.raises(telegram.error.Forbidden, match="blocked by the user"):
        await staff.send_message(2002, "hello")
    updates = await staff.get_updates(timeout=1)
    assert updates[-1].my_chat_member.new_chat_member.status == "kicked"


async def test_a_polling_aiogram_dispatcher_holds_a_conversation(server, ana, reporter):
    dispatcher = aiogram.Dispatcher()

    @dispatcher.message()
    async def ask(message):
        await message.answer("Safe?", reply_markup=KEYBOARD)

    @dispatcher.callback_query()
    async def thank(query):
        await query.answer()
        await query.message.edit_text("Thank you")

    polling = asyncio.create_task(dispatcher.start_polling(reporter, handle_signals=False, polling_timeout=5))
    await ana.wait_for("Safe?")
    await ana.tap("Yes")
    await ana.wait_for("Thank you")
    await ana.wait_idle()
    await dispatcher.stop_polling()
    await polling
    assert server.violations == []


async def test_a_polling_python_telegram_bot_application_holds_a_conversation(server):
    async def ask(update, _):
        keyboard = telegram.InlineKeyboardMarkup([[telegram.InlineKeyboardButton("Yes", callback_data="y")]])
        await update.message.reply_text("Safe?", reply_markup=keyboard)

    async def thank(update, _):
        await update.callback_query.answer()
        await update.callback_query.edit_message_text("Thank you")

    builder = ApplicationBuilder().token(STAFF_TOKEN)
    application = builder.base_url(server.url + "/bot").base_file_url(server.url + "/file/bot").build()
    application.add_handler(CommandHandler("start", ask))
    application.add_handler(CallbackQueryHandler(thank))
    focal = server.person(STAFF_TOKEN, 2002, "Noor")
    await focal.send_command("/start")
    async with application:
        await application.start()
        await application.updater.start_polling()
        await focal.wait_for("Safe?")
        await focal.tap("Yes")
        await focal.wait_for("Thank you")
        await focal.wait_idle()
        await application.updater.stop()
        await application.stop()
    assert server.violations == []
    assert server.unanswered_callbacks() == []
