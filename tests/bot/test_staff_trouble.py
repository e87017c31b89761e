"""What Telegram does wrong, and how the staff bot goes on."""

import asyncio

import pytest

from bot import staff_door
from bot.alerts import Drain
from bot.couriers import TelegramStaff
from bot.staff import StaffBot
from bot.staff_desk import Desk
from bot.staff_door import StaffBotRefusedError, StaffDoor
from tests.bot.staff_office import ASK, HAVE, LINKED, THANKS, WORDS, Office, texts
from tests.cases.chains import ALTERNATE, CHAIN, opened, report, state_of
from tests.fakes.faults import BadGateway, DropAfter, DropBefore, Forbidden, TooManyRequests
from tests.fakes.telegram import STAFF_TOKEN, FakeTelegram


async def test_flood_control_is_obeyed_to_the_second(polling):
    phone = await polling.linked()
    await report(polling.store, CHAIN)
    polling.server.inject(STAFF_TOKEN, "sendDocument", fault=TooManyRequests(retry_after=90))
    await polling.drain.once()
    assert await state_of(polling.store) == ("waiting", "told_to_wait")
    polling.clock.now += 90
    assert await polling.drain.once() == 0
    polling.clock.now += 1
    await polling.drain.once()
    assert len(phone.documents()) == 1


async def test_whoever_blocks_the_bot_shows_as_dead(polling):
    phone = await polling.linked()
    await phone.block()
    await report(polling.store, CHAIN)
    await polling.drain.once()
    assert await state_of(polling.store) == ("dead", "blocked")


async def test_one_refusal_is_dead_too(polling):
    await polling.linked()
    await report(polling.store, CHAIN)
    polling.server.inject(STAFF_TOKEN, "sendDocument", fault=Forbidden())
    await polling.drain.once()
    assert await state_of(polling.store) == ("dead", "blocked")


@pytest.mark.parametrize(
    ("fault", "files"),
    [(BadGateway(), 1), (BadGateway(html=True), 1), (DropBefore(), 1), (DropAfter(), 2)],
    ids=["502", "502 page", "dropped before", "dropped after"],
)
async def test_a_send_without_an_answer_is_repeated(polling, fault, files):
    phone = await polling.linked()
    await report(polling.store, CHAIN)
    polling.server.inject(STAFF_TOKEN, "sendDocument", fault=fault)
    await polling.drain.once()
    assert await state_of(polling.store) == ("waiting", "no_answer")
    polling.clock.now += 60
    await polling.drain.once()
    assert await state_of(polling.store) == ("sent", None)
    assert len(phone.documents()) == files
    assert len(set(phone.documents())) == 1, "a repeat is the same file"


async def test_while_the_server_cannot_be_reached_no_attempt_is_counted(tmp_path):
    async with opened(tmp_path / "linnet.db") as store:
        async with FakeTelegram() as server:
            office = Office(store, server)
            office.open()
            await office.linked()
            await office.close()
        office.bot = StaffBot(STAFF_TOKEN, server.url, office.desk)
        courier = TelegramStaff(office.bot.application.bot, store, office.vault, WORDS)
        drain = Drain(store, [courier], office.directory.get, office.clock, lambda: 1.0, asyncio.Event())
        await report(store, CHAIN)
        for _ in range(20):
            assert await drain.once() == 1
            office.clock.now += 60
        await office.bot.close()
        assert await state_of(store) == ("waiting", "unreachable")


async def test_an_address_telegram_does_not_know_shows_as_dead(office):
    office.open()
    phone = office.phone()
    await phone.send_text(await office.code())
    await phone.wait_for(LINKED)
    await report(office.store, CHAIN)
    office.server.bots[STAFF_TOKEN].chats.clear()
    await office.drain.once()
    assert await state_of(office.store) == ("dead", "chat_not_found")


@pytest.mark.parametrize(
    "fault",
    [TooManyRequests(1), BadGateway(), DropBefore(), DropAfter()],
    ids=["429", "502", "dropped before", "dropped after"],
)
@pytest.mark.parametrize("method", ["answerCallbackQuery", "editMessageCaption"])
async def test_a_tap_is_answered_in_spite_of_faults(polling, fault, method):
    phone = await polling.linked()
    await report(polling.store, CHAIN)
    await polling.drain.once()
    polling.server.inject(STAFF_TOKEN, method, fault=fault)
    await phone.tap(HAVE)
    await phone.wait_for(THANKS)
    await phone.wait_idle()
    assert polling.server.unanswered_callbacks() == []
    assert await state_of(polling.store, ALTERNATE) == ("done", None)


async def test_the_bot_goes_on_when_answers_are_refused(polling):
    phone = polling.phone()
    polling.server.inject(STAFF_TOKEN, "sendMessage", fault=Forbidden())
    polling.server.inject(STAFF_TOKEN, "sendMessage", fault=TooManyRequests(600))
    await phone.send_text("one")
    await phone.send_text("two")
    await phone.send_text("three")
    await phone.wait_for(ASK)
    assert texts(phone) == [ASK]


@pytest.mark.parametrize("fault", [BadGateway(), DropBefore(), TooManyRequests(1)])
async def test_receiving_starts_and_goes_on_in_spite_of_faults(office, monkeypatch, fault):
    monkeypatch.setattr(staff_door, "_FIRST_PAUSE", 0.01)
    for method in ("getMe", "deleteWebhook", "getUpdates"):
        office.server.inject(STAFF_TOKEN, method, fault=fault, times=1)
    office.open()
    await office.linked()


async def test_a_wrong_token_ends_the_start_with_one_clear_error(office):
    office.bot = StaffBot("999:wrong", office.server.url, office.desk)
    with pytest.raises(StaffBotRefusedError) as caught:
        await StaffDoor(office.bot).run()
    assert "999" not in str(caught.value)
    assert caught.value.__suppress_context__


async def test_an_update_is_confirmed_only_after_it_was_dealt_with(office, monkeypatch):
    phone = office.phone()
    entered, proceed = asyncio.Event(), asyncio.Event()
    look = Desk.person

    async def slow(self, account):
        entered.set()
        await proceed.wait()
        return await look(self, account)

    monkeypatch.setattr(Desk, "person", slow)
    office.open()
    await phone.send_text(await office.code())
    await entered.wait()
    await office.close()
    monkeypatch.setattr(Desk, "person", look)
    office.bot = StaffBot(STAFF_TOKEN, office.server.url, office.desk)
    office.tasks.clear()
    office.open()
    await phone.wait_for(LINKED)
