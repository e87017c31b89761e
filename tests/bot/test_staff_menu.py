"""The staff bot's menu: one living message, what waits for somebody, and the file once more."""

import pytest

from bot.staff import COMMANDS
from cases.handing import handed
from cases.store import StoreError
from crypto.seal import open_envelope
from tests.bot.staff_office import GONE, HAVE, LINKED, MENU, NOT_ME, NOTHING, THANKS, WORDS, person, texts
from tests.cases.chains import ALTERNATE, CHAIN, DAY, NOON, OWNER, REFERENCE, report, state_of
from tests.fakes.faults import Duplicate
from tests.fakes.telegram import STAFF_TOKEN

WAITING = WORDS.word("en", "staff_waiting")
AGAIN = WORDS.word("en", "staff_again")
BUTTONS = (WAITING, WORDS.word("en", "staff_duty"), WORDS.word("en", "staff_test_me"))
OTHER = "0A1B2C3D"


def menus(phone):
    """The visible messages that are a menu."""
    return [message for message in phone.chat() if message.from_bot and message.buttons == BUTTONS]


async def test_linking_shows_the_menu(polling):
    phone = await polling.linked()
    [menu] = menus(phone)
    assert menu.text.split("\n\n") == [LINKED, "You are on duty.", NOTHING]


@pytest.mark.parametrize("said", ["/start", "/menu", "/menu@linnet_staff_bot", "hello", "/unknown"])
async def test_whatever_is_written_brings_the_menu_to_the_end_and_leaves_one(polling, said):
    phone = await polling.linked()
    for _ in range(3):
        await phone.send_text(said)
    await phone.wait_idle()
    assert len(menus(phone)) == 1
    assert [message.text for message in phone.chat() if not message.from_bot] == [], "what was typed is taken away"
    assert phone.chat()[-1].buttons == BUTTONS


async def test_a_message_that_comes_twice_leaves_one_menu(polling):
    phone = await polling.linked()
    polling.server.inject(STAFF_TOKEN, fault=Duplicate())
    await phone.send_text("hello")
    await phone.wait_idle()
    assert len(menus(phone)) == 1


async def test_every_command_is_offered_in_every_language_and_does_something(polling):
    phone = await polling.linked()
    await phone.wait_idle()
    calls = polling.server.calls_of("setMyCommands", STAFF_TOKEN)
    assert [call.params.get("language_code") for call in calls] == [None, *(tag[:2] for tag in WORDS.tags[1:])]
    assert {call.params["scope"]["type"] for call in calls} == {"all_private_chats"}
    for call, tag in zip(calls, WORDS.tags, strict=True):
        assert [one["description"] for one in call.params["commands"]] == [
            WORDS.word(tag, key) for key, _ in COMMANDS.values()
        ]
    for name in COMMANDS:
        await phone.send_command(f"/{name}")
        await phone.wait_idle()
    assert len([message for message in phone.chat() if message.from_bot]) == 1


async def test_what_waits_is_listed_with_reference_priority_and_deadline_only(polling):
    phone = await polling.linked()
    await report(polling.store, CHAIN)
    await report(polling.store, ((OWNER, 0, NOON),), reference=OTHER)
    await polling.drain.once()
    await phone.send_command("/waiting")
    await phone.wait_idle()
    assert phone.chat()[-1].text.split("\n") == [
        f"{OTHER}: normal. Please answer by Mon, Nov 24, 12:00 (GMT+00:00).",
        f"{REFERENCE}: normal. Please answer by Mon, Nov 24, 12:00 (GMT+00:00).",
    ]
    assert phone.chat()[-1].rows == ((OTHER, REFERENCE), (MENU,))


async def test_one_of_them_can_be_taken_from_the_list(polling):
    phone = await polling.linked()
    await report(polling.store, CHAIN)
    await polling.drain.once()
    await phone.send_command("/waiting")
    await phone.wait_for(lambda seen: seen.chat()[-1].buttons == (REFERENCE, MENU))
    await phone.tap(REFERENCE)
    await phone.wait_for(AGAIN)
    assert phone.chat()[-1].rows == ((HAVE, NOT_ME), (AGAIN,), (MENU,))
    await phone.tap(HAVE, message_id=phone.chat()[-1].message_id)
    await phone.wait_for(THANKS)
    assert await state_of(polling.store, ALTERNATE) == ("done", None)
    await phone.tap(MENU, message_id=phone.chat()[-1].message_id)
    await phone.wait_for(NOTHING)
    await phone.tap(WAITING)
    await phone.wait_for(f"{REFERENCE}: you have it.")


async def test_the_menu_says_how_many_wait_and_not_what_others_have(polling):
    phone = await polling.linked()
    alternate = await polling.linked(3003, ALTERNATE)
    await report(polling.store, CHAIN)
    await polling.drain.once()
    await phone.send_text("hello")
    await phone.wait_for("Waiting for you: 1.")
    await alternate.send_text("hello")
    await alternate.wait_idle()
    assert texts(alternate) == ["You are on duty."]
    assert NOTHING in alternate.chat()[-1].text, "before their turn there is nothing"


async def test_the_menu_below_an_alert_comes_to_the_end_of_the_chat(polling):
    phone = await polling.linked()
    await report(polling.store, CHAIN)
    await polling.drain.once()
    await phone.tap(MENU)
    await phone.wait_for("Waiting for you: 1.")
    await phone.wait_idle()
    [alert] = [message for message in phone.chat() if message.document]
    assert alert.rows == ((HAVE, NOT_ME), (MENU,)), "the alert stays as it is"
    assert len(menus(phone)) == 1


async def test_a_file_that_is_asked_for_again_comes_again(polling):
    phone = await polling.linked()
    keys = await report(polling.store, CHAIN)
    await polling.drain.once()
    await phone.tap(data=f"again:{REFERENCE}")
    await phone.tap(data=f"again:{REFERENCE}")
    await phone.wait_idle()
    assert polling.desk.wake.is_set()
    assert await polling.drain.once() == 1, "asked for twice, it comes once"
    [first, second] = phone.documents()
    assert first == second
    assert open_envelope(second[1], keys[OWNER]).plaintext == b"canary words"
    assert [answer.text for answer in phone.answers()] == [f"The file is on its way: {REFERENCE}."] * 2


async def test_a_file_comes_again_to_whoever_has_taken_charge_and_to_nobody_else(polling):
    phone = await polling.linked()
    alternate = await polling.linked(3003, ALTERNATE)
    await report(polling.store, CHAIN)
    await polling.drain.once()
    polling.clock.now += DAY
    await polling.drain.once()
    await phone.tap(HAVE)
    await phone.wait_for(THANKS)
    for one in (phone, alternate):
        await one.tap(data=f"again:{REFERENCE}")
        await one.wait_idle()
    await polling.drain.once()
    assert [len(one.documents()) for one in (phone, alternate)] == [2, 1]
    assert alternate.answers()[-1].text == GONE


async def test_asking_again_does_not_take_back_what_was_handed(polling):
    phone = await polling.linked()
    await report(polling.store, CHAIN)
    await polling.drain.once()
    await phone.tap(data=f"again:{REFERENCE}")
    await phone.wait_idle()
    assert await handed(polling.store, REFERENCE, OWNER) is not None


async def test_a_long_list_is_cut_and_says_so(polling):
    phone = await polling.linked()
    for number in range(13):
        await report(polling.store, ((OWNER, 0, NOON),), reference=f"0000000{'0123456789ABC'[number]}")
    while await polling.drain.once():
        pass
    await phone.send_command("/waiting")
    await phone.wait_for("And more: 3.")
    await phone.wait_idle()
    assert len(phone.chat()[-1].buttons) == 11


@pytest.mark.parametrize("tag", WORDS.tags)
async def test_the_menu_speaks_the_language_of_the_directory(polling, tag):
    polling.directory[OWNER] = person(OWNER, languages=(tag, "en"))
    phone = polling.phone(language="en")
    await phone.send_text(await polling.code())
    await phone.wait_for(WORDS.word(tag, "staff_nothing"))


async def test_a_menu_from_before_a_restart_still_works(polling):
    phone = await polling.linked()
    await phone.send_text("hello")
    await phone.wait_idle()
    [menu] = menus(phone)
    polling.bot._chats._menus.clear()
    await phone.tap(WAITING, message_id=menu.message_id)
    await phone.wait_for(lambda seen: seen.chat()[-1].text == NOTHING)
    await phone.send_text("hello")
    await phone.wait_idle()
    assert len(phone.chat()) == 1


async def test_when_the_database_is_away_the_menu_says_so(polling, monkeypatch):
    phone = await polling.linked()

    async def refuse(*_):
        raise StoreError("busy")

    monkeypatch.setattr("bot.staff_work.handing.waiting_for", refuse)
    await phone.tap(WAITING)
    await phone.send_text("hello")
    await phone.wait_for(WORDS.word("en", "not_saved"))
    await phone.wait_idle()
    assert [answer.text for answer in phone.answers()] == [WORDS.word("en", "not_saved")]


async def test_a_tap_on_the_old_menu_while_a_new_one_comes_leaves_one(polling):
    phone = await polling.linked()
    await phone.wait_idle()
    old = phone.chat()[-1].message_id
    for _ in range(3):
        await phone.send_text("hello")
        await phone.tap(data="menu", message_id=old)
        await phone.wait_idle()
        assert len(menus(phone)) == 1
