"""Alerts in the staff bot, and "I have it"."""

import asyncio

import pytest

from cases.store import StoreError
from crypto.seal import open_envelope
from tests.bot.staff_office import ASK, GONE, HAVE, MENU, NOT_ME, THANKS, WORDS
from tests.cases.chains import ALTERNATE, CHAIN, DAY, OWNER, REFERENCE, report, state_of


async def test_the_alert_brings_the_sealed_file_and_says_nothing_of_it(polling):
    phone = await polling.linked()
    keys = await report(polling.store, CHAIN)
    assert await polling.drain.once() == 1
    [message] = [message for message in phone.chat() if message.document]
    assert message.text.startswith(f"Something waits for you: {REFERENCE}. Priority: normal. Please answer by ")
    assert message.rows == ((HAVE, NOT_ME), (MENU,))
    [(name, content)] = phone.documents()
    assert name == f"{REFERENCE}.linnet"
    assert open_envelope(content, keys[OWNER]).plaintext == b"canary words"
    assert await state_of(polling.store) == ("sent", None)


async def test_i_have_it_acknowledges_answers_and_takes_the_button_away(polling):
    phone = await polling.linked()
    await report(polling.store, CHAIN)
    await polling.drain.once()
    await phone.tap(HAVE)
    await phone.wait_for(THANKS)
    await phone.wait_idle()
    assert [answer.text for answer in phone.answers()] == [THANKS]
    [message] = [message for message in phone.chat() if message.document]
    assert (message.text, message.buttons) == (THANKS, (MENU,))
    assert await state_of(polling.store, ALTERNATE) == ("done", None)
    assert polling.server.unanswered_callbacks() == []


async def test_two_taps_at_once_and_a_late_one_are_one(polling):
    phone = await polling.linked()
    await report(polling.store, CHAIN)
    await polling.drain.once()
    await phone.tap(HAVE)
    await phone.tap(HAVE)
    await phone.wait_for(THANKS)
    await phone.tap(HAVE, stale=True)
    await phone.wait_idle()
    assert [answer.text for answer in phone.answers()] == [THANKS] * 3
    assert polling.server.unanswered_callbacks() == []


async def test_who_comes_second_learns_that_it_is_in_other_hands(polling):
    owner = await polling.linked(2002, OWNER)
    alternate = await polling.linked(3003, ALTERNATE)
    await report(polling.store, CHAIN)
    assert await polling.drain.once() == 1
    polling.clock.now += DAY
    assert await polling.drain.once() == 1
    await alternate.tap(HAVE)
    await alternate.wait_for(THANKS)
    await owner.tap(HAVE)
    await owner.wait_for(GONE)
    assert [message.buttons for message in owner.chat() if message.document] == [(MENU,)]


@pytest.mark.parametrize("data", ["have:", "have:nope", "have:00000000", "something", "have:" + "7" * 59])
async def test_forged_taps_change_nothing_and_are_answered(polling, data):
    phone = await polling.linked()
    await report(polling.store, CHAIN)
    await polling.drain.once()
    await phone.tap(data=data)
    await phone.wait_idle()
    assert polling.server.unanswered_callbacks() == []
    assert await state_of(polling.store, ALTERNATE) == ("waiting", None)


async def test_a_stranger_cannot_acknowledge(polling):
    await polling.linked()
    await report(polling.store, CHAIN)
    await polling.drain.once()
    stranger = polling.phone(666)
    await stranger.send_command("/start")
    await stranger.wait_for(ASK)
    await stranger.tap(data=f"have:{REFERENCE}")
    await stranger.wait_idle()
    assert [answer.text for answer in stranger.answers()] == [ASK]
    assert await state_of(polling.store, ALTERNATE) == ("waiting", None)


async def test_an_alert_that_waited_for_the_link_goes_out_at_once(polling):
    await report(polling.store, CHAIN)
    await polling.drain.once()
    assert await state_of(polling.store) == ("waiting", "not_linked")
    polling.tasks.append(asyncio.create_task(polling.drain.run()))
    phone = await polling.linked()
    await phone.wait_for(HAVE)


async def test_a_tap_when_the_database_is_away_can_be_repeated(polling, monkeypatch):
    phone = await polling.linked()
    await report(polling.store, CHAIN)
    await polling.drain.once()

    async def away(*_):
        raise StoreError("the database refused: OperationalError")

    with monkeypatch.context() as broken:
        broken.setattr("cases.handing.acknowledge", away)
        await phone.tap(HAVE)
        await phone.wait_idle()
    assert [answer.text for answer in phone.answers()] == [WORDS.word("en", "not_saved")]
    await phone.tap(HAVE)
    await phone.wait_for(THANKS)
