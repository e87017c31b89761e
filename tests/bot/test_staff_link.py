"""Linking an account: a code works once, wrong ones cost time, and strangers learn nothing."""

import pytest

from bot.staff_tries import Tries
from cases.staff import address_of
from tests.bot.staff_office import ASK, LINKED, NOTHING, WORDS, WRONG, texts
from tests.bot.test_alerts import person
from tests.cases.chains import ALTERNATE, DAY, OWNER
from tests.fakes.faults import Duplicate
from tests.fakes.telegram import STAFF_TOKEN


@pytest.mark.parametrize("said", ["/start", "hello", "please let me in", "x" * 4096, "🙂"])
async def test_an_unlinked_account_is_asked_for_its_code_whatever_it_says(polling, said):
    phone = polling.phone()
    await phone.send_text(said)
    await phone.wait_for(ASK)
    assert texts(phone) == [ASK]


async def test_an_unlinked_account_is_asked_in_its_own_language(polling):
    phone = polling.phone(language="fr-CA")
    await phone.send_command("/start")
    await phone.wait_for(WORDS.word("fr", "staff_link_ask"))


async def test_stickers_places_and_contacts_of_the_unlinked_are_answered_alike(polling):
    phone = polling.phone()
    for send in (phone.send_sticker, phone.send_location, phone.send_contact, phone.send_photo):
        await send()
    await phone.wait_idle()
    assert texts(phone) == [ASK] * 4


async def test_a_code_links_the_account(polling):
    phone = await polling.linked()
    assert await address_of(polling.store, polling.vault, OWNER) == 2002
    await phone.send_text("hello")
    await phone.wait_for(NOTHING)


async def test_a_code_in_the_start_link_works_too(polling):
    phone = polling.phone()
    await phone.send_command("/start", await polling.code())
    await phone.wait_for(LINKED)


async def test_the_linked_are_answered_in_the_language_of_the_directory(polling):
    polling.directory[OWNER] = person(OWNER, languages=("fr",))
    phone = polling.phone()
    await phone.send_text(await polling.code())
    await phone.wait_for(WORDS.word("fr", "staff_linked"))


async def test_wrong_used_and_expired_codes_are_answered_alike(polling):
    await polling.linked(2002)
    old = await polling.code(ALTERNATE)
    polling.clock.now += 3 * DAY
    for number, code in enumerate(["0000-0000-0000-0000", old], 3000):
        phone = polling.phone(number)
        await phone.send_text(code)
        await phone.wait_for(WRONG)
        assert texts(phone) == [WRONG]


async def test_wrong_codes_cost_time_and_a_right_one_after_them_still_works(polling, monkeypatch):
    monkeypatch.setattr("bot.staff_tries.LONGEST_SECONDS", 0.2)
    phone = polling.phone()
    for _ in range(3):
        await phone.send_text("0000-0000-0000-0000")
    await phone.wait_idle()
    assert texts(phone) == [WRONG] * 3
    for _ in range(5):
        await phone.send_text("0000-0000-0000-0000")
    await phone.wait_for(lambda seen: len(texts(seen)) == 4)
    await phone.wait_idle()
    assert texts(phone) == [WRONG] * 4, "what comes during the wait is not looked at"
    await phone.send_text(await polling.code())
    await phone.wait_for(LINKED)


async def test_somebody_elses_wrong_codes_slow_nobody_down(polling, monkeypatch):
    monkeypatch.setattr("bot.staff_tries.LONGEST_SECONDS", 3600)
    guesser = polling.phone(666)
    for _ in range(20):
        await guesser.send_text("0000-0000-0000-0000")
    await polling.linked()


def test_each_wrong_code_after_the_third_doubles_the_wait():
    tries = Tries()
    waits = []
    for _ in range(11):
        waits.append(tries.wait(b"mark"))
        tries.wrong(b"mark")
    assert waits == [0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60]
    tries.right(b"mark")
    assert tries.wait(b"mark") == 0


def test_the_memory_of_wrong_codes_is_bounded(monkeypatch):
    monkeypatch.setattr("bot.staff_tries.MOST_MARKS", 3)
    tries = Tries()
    for mark in (b"a", b"b", b"c", b"a", b"d"):
        for _ in range(5):
            tries.wrong(mark)
    assert [tries.wait(mark) > 0 for mark in (b"a", b"b", b"c", b"d")] == [True, False, True, True]


async def test_a_code_for_somebody_who_left_the_directory_is_wrong(polling):
    phone = polling.phone()
    code = await polling.code("left-us")
    await phone.send_text(code)
    await phone.wait_for(WRONG)


async def test_a_delivery_that_comes_twice_links_once_and_confuses_nobody(polling):
    polling.server.inject(STAFF_TOKEN, fault=Duplicate())
    phone = await polling.linked()
    await phone.wait_idle()
    assert WRONG not in texts(phone)
    assert await address_of(polling.store, polling.vault, OWNER) == 2002


async def test_a_new_telephone_replaces_the_old_one(polling):
    old = await polling.linked(2002)
    await polling.linked(3003)
    await old.send_text("hello")
    await old.wait_for(ASK)


async def test_who_left_the_directory_is_a_stranger(polling):
    phone = await polling.linked()
    del polling.directory[OWNER]
    await phone.send_text("hello")
    await phone.wait_for(ASK)
