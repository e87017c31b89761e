"""Giving up (by "Not me" and "I cannot"): asked once, gone for good, handed on at once, and nobody is told why."""

import logging

import pytest

from cases.handing import handed
from tests.bot.staff_office import GONE, HAVE, MENU, NOT_ME, THANKS, WORDS
from tests.cases.chains import ALTERNATE, CHAIN, NOON, OWNER, REFERENCE, report, state_of
from tests.fakes.faults import BadGateway, DropAfter

SURE = WORDS.word("en", "staff_give_up_sure").format(reference=REFERENCE)
GIVE_UP = WORDS.word("en", "staff_give_up")
KEEP = WORDS.word("en", "staff_keep")
GIVEN_UP = WORDS.word("en", "staff_given_up").format(reference=REFERENCE)
CAN_HELP = WORDS.word("en", "staff_can_help")
CANNOT = WORDS.word("en", "staff_cannot")


@pytest.fixture
async def told(polling):
    """The owner's phone, with an alert."""
    phone = await polling.linked()
    await report(polling.store, CHAIN)
    await polling.drain.once()
    return phone


async def test_giving_up_is_asked_once_and_moves_on_at_once(polling, told):
    alternate = await polling.linked(3003, ALTERNATE)
    await told.tap(NOT_ME)
    await told.wait_for(SURE)
    assert await state_of(polling.store, ALTERNATE) == ("waiting", None)
    assert await polling.drain.once() == 0, "being asked changes nothing"
    await told.tap(GIVE_UP)
    await told.wait_for(GIVEN_UP)
    assert polling.desk.wake.is_set()
    assert await polling.drain.once() == 1, "without waiting for the owner's clock"
    [(name, _)] = alternate.documents()
    assert name == f"{REFERENCE}.linnet"
    assert await handed(polling.store, REFERENCE, OWNER) is None


async def test_the_file_leaves_the_chat(polling, told):
    await told.tap(NOT_ME)
    await told.wait_for(SURE)
    await told.tap(GIVE_UP)
    await told.wait_for(GIVEN_UP)
    await told.wait_idle()
    assert [message for message in told.chat() if message.document] == []
    assert told.chat()[-1].buttons == (MENU,)
    assert polling.server.unanswered_callbacks() == []


async def test_a_file_that_telegram_leaves_is_asked_to_be_deleted(polling, told):
    polling.server.clock.advance(hours=72)
    await told.tap(NOT_ME)
    await told.wait_for(SURE)
    await told.tap(GIVE_UP)
    await told.wait_for(GIVEN_UP)
    await told.wait_idle()
    [message] = [message for message in told.chat() if message.document]
    assert (message.text, message.buttons) == (GIVEN_UP, ())


async def test_whoever_is_not_sure_goes_back_to_the_alert(polling, told):
    [before] = [message for message in told.chat() if message.document]
    await told.tap(NOT_ME)
    await told.wait_for(SURE)
    await told.tap(KEEP)
    await told.wait_for(HAVE)
    await told.wait_idle()
    [after] = [message for message in told.chat() if message.document]
    assert (after.text, after.rows) == (before.text, before.rows)
    await told.tap(HAVE)
    await told.wait_for(THANKS)


async def test_afterwards_every_button_says_that_it_is_gone(polling, told):
    await told.tap(NOT_ME)
    await told.wait_for(SURE)
    await told.tap(GIVE_UP)
    await told.wait_for(GIVEN_UP)
    for data in ("have", "not", "one", "again"):
        await told.tap(data=f"{data}:{REFERENCE}")
        await told.wait_idle()
        assert told.answers()[-1].text == GONE
    await polling.drain.once()
    assert len(told.documents()) == 1, "nothing comes back"


async def test_two_taps_give_up_once(polling, told):
    await told.tap(NOT_ME)
    await told.wait_for(SURE)
    [message] = [message for message in told.chat() if message.document]
    for _ in range(2):
        await told.tap(data=f"give:{REFERENCE}", message_id=message.message_id)
    await told.wait_idle()
    assert [message.text for message in told.chat() if message.text == GONE] == []
    assert [message.text for message in told.chat()].count(GIVEN_UP) == 1


@pytest.mark.parametrize("fault", [BadGateway(), DropAfter()])
async def test_it_is_given_up_although_telegram_fails(polling, told, fault):
    await told.tap(NOT_ME)
    await told.wait_for(SURE)
    for method in ("answerCallbackQuery", "deleteMessage", "sendMessage"):
        polling.server.inject(polling.bot.application.bot.token, method, fault=fault)
    await told.tap(GIVE_UP)
    await told.wait_for(GIVEN_UP)
    await told.wait_idle()
    assert [message for message in told.chat() if message.document] == []


async def test_giving_up_from_the_menu_asks_to_delete_the_file(polling, told):
    await told.send_command("/waiting")
    await told.wait_for(lambda seen: seen.chat()[-1].buttons == (REFERENCE, MENU))
    menu = told.chat()[-1].message_id
    for label in (REFERENCE, NOT_ME, GIVE_UP):
        await told.tap(label, message_id=menu)
        await told.wait_idle()
    assert told.chat()[-1].text == GIVEN_UP
    assert told.chat()[-1].message_id == menu


async def test_a_counsellor_is_asked_whether_they_can_help(polling):
    phone = await polling.linked()
    await polling.linked(3003, ALTERNATE)
    await report(polling.store, CHAIN, purpose="referral")
    await polling.drain.once()
    [message] = [message for message in phone.chat() if message.document]
    assert message.rows == ((CAN_HELP, CANNOT), (MENU,))
    await phone.tap(CANNOT)
    await phone.wait_for(SURE)
    await phone.tap(GIVE_UP)
    await phone.wait_for(GIVEN_UP)
    assert await polling.drain.once() == 1


async def test_a_counsellor_who_can_help_ends_the_chain(polling):
    phone = await polling.linked()
    await report(polling.store, CHAIN, purpose="referral")
    await polling.drain.once()
    await phone.tap(CAN_HELP)
    await phone.wait_for(THANKS)
    assert await state_of(polling.store, ALTERNATE) == ("done", None)


async def test_whose_turn_has_not_come_has_nothing_to_give_up(polling, told):
    alternate = await polling.linked(3003, ALTERNATE)
    for data in ("not", "give"):
        await alternate.tap(data=f"{data}:{REFERENCE}")
        await alternate.wait_idle()
        assert alternate.answers()[-1].text == GONE
    assert await state_of(polling.store, ALTERNATE) == ("waiting", None)


async def test_that_somebody_gave_it_up_is_in_no_log(polling, told, caplog):
    caplog.set_level(logging.DEBUG, "bot")
    await told.tap(NOT_ME)
    await told.wait_for(SURE)
    await told.tap(GIVE_UP)
    await told.wait_for(GIVEN_UP)
    await told.wait_idle()
    assert [record.getMessage() for record in caplog.records if record.name.startswith(("bot", "cases"))] == []


async def test_the_last_in_the_chain_can_give_up_too(polling):
    phone = await polling.linked()
    await report(polling.store, ((OWNER, 0, NOON),))
    await polling.drain.once()
    await phone.tap(NOT_ME)
    await phone.wait_for(SURE)
    await phone.tap(GIVE_UP)
    await phone.wait_for(GIVEN_UP)
