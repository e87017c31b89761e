"""The staff bot against a strict Bot API server: linking, alerts, "I have it", and everything Telegram does wrong."""

import asyncio
import logging
from datetime import date
from secrets import token_bytes

import aiohttp
import pytest
from aiohttp import web

from bot import staff_door
from bot.alerts import Drain
from bot.couriers import TelegramStaff
from bot.logs import TALKATIVE, quiet_libraries
from bot.staff import Desk, StaffBot
from bot.staff_door import SECRET_HEADER, StaffBotRefusedError, StaffDoor, Webhook
from bot.staff_tries import Tries
from cases.staff import address_of, invite
from cases.store import StoreError
from crypto.seal import open_envelope
from crypto.vault import Vault, new_secrets
from locales.catalogues import load
from tests.bot.test_alerts import Clock, person
from tests.cases.chains import ALTERNATE, CHAIN, DAY, OWNER, REFERENCE, opened, report, state_of
from tests.fakes.faults import BadGateway, DropAfter, DropBefore, Duplicate, Forbidden, TooManyRequests
from tests.fakes.telegram import STAFF_TOKEN, FakeTelegram

WORDS = load()
ASK = WORDS.word("en", "staff_link_ask")
LINKED = WORDS.word("en", "staff_linked")
WRONG = WORDS.word("en", "staff_link_wrong")
HELLO = WORDS.word("en", "staff_hello")
GONE = WORDS.word("en", "staff_gone")
HAVE = WORDS.word("en", "staff_have_it")
THANKS = WORDS.word("en", "staff_thanks").format(reference=REFERENCE)
SECRET = "a-secret-of-the-webhook"


class Office:
    """Everything of one test: database, fake server, bot, drain."""

    def __init__(self, store, server):
        self.store = store
        self.server = server
        self.clock = Clock()
        self.vault = Vault(new_secrets(token_bytes, date(2025, 11, 23)))
        self.directory = {id_: person(id_) for id_ in (OWNER, ALTERNATE)}
        self.desk = Desk(store, self.vault, WORDS, self.directory.get, token_bytes, self.clock, asyncio.Event())
        self.bot = StaffBot(STAFF_TOKEN, server.url, self.desk)
        courier = TelegramStaff(self.bot.application.bot, store, self.vault, WORDS)
        self.drain = Drain(store, [courier], self.directory.get, self.clock, lambda: 1.0, self.desk.wake)
        self.tasks = []

    def open(self, webhook=None):
        self.door = StaffDoor(self.bot, webhook)
        self.tasks.append(asyncio.create_task(self.door.run()))

    async def close(self):
        for task in self.tasks:
            task.cancel()
        results = await asyncio.gather(*self.tasks, return_exceptions=True)
        assert all(isinstance(result, asyncio.CancelledError) for result in results), results
        await self.bot.close()

    async def code(self, id_=OWNER):
        return await invite(self.store, self.vault, id_, now=self.clock.now, entropy=token_bytes)

    def phone(self, number=2002, language="en"):
        return self.server.person(STAFF_TOKEN, number, "Noor", username="noor_at_work", language_code=language)

    async def linked(self, number=2002, id_=OWNER):
        phone = self.phone(number)
        await phone.send_text(await self.code(id_))
        await phone.wait_for(LINKED)
        return phone


@pytest.fixture
async def office(tmp_path):
    async with opened(tmp_path / "linnet.db") as store, FakeTelegram() as server:
        office = Office(store, server)
        yield office
        await office.close()
        assert server.violations == []


@pytest.fixture
async def polling(office):
    office.open()
    return office


def texts(phone):
    return [message.text for message in phone.chat() if message.from_bot]


# Linking.


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
    await phone.wait_for(HELLO)


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


# Alerts and acknowledging.


async def test_the_alert_brings_the_sealed_file_and_says_nothing_of_it(polling):
    phone = await polling.linked()
    keys = await report(polling.store, CHAIN)
    assert await polling.drain.once() == 1
    [message] = [message for message in phone.chat() if message.document]
    assert message.text.startswith(f"Something waits for you: {REFERENCE}. Priority: normal. Please answer by ")
    assert message.buttons == (HAVE,)
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
    assert (message.text, message.buttons) == (THANKS, ())
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
    polling.clock.now += DAY
    assert await polling.drain.once() == 2
    await alternate.tap(HAVE)
    await alternate.wait_for(THANKS)
    await owner.tap(HAVE)
    await owner.wait_for(GONE)
    assert [message.buttons for message in owner.chat() if message.document] == [()]


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


# What Telegram does wrong.


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
    look = StaffBot._person

    async def slow(self, account):
        entered.set()
        await proceed.wait()
        return await look(self, account)

    monkeypatch.setattr(StaffBot, "_person", slow)
    office.open()
    await phone.send_text(await office.code())
    await entered.wait()
    await office.close()
    monkeypatch.setattr(StaffBot, "_person", look)
    office.bot = StaffBot(STAFF_TOKEN, office.server.url, office.desk)
    office.tasks.clear()
    office.open()
    await phone.wait_for(LINKED)


# The webhook.


@pytest.fixture
async def hooked(office):
    """The office behind a webhook in an HTTP server like the service's."""

    async def receive(request):
        return await office.door.receive(request)

    app = web.Application()
    app.router.add_post("/staff", receive)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    office.url = f"http://127.0.0.1:{runner.addresses[0][1]}/staff"
    office.open(Webhook(office.url, SECRET))
    yield office
    await runner.cleanup()


async def test_a_focal_point_is_served_through_the_webhook(hooked):
    phone = await hooked.linked()
    await report(hooked.store, CHAIN)
    await hooked.drain.once()
    await phone.tap(HAVE)
    await phone.wait_for(THANKS)
    await phone.wait_idle()
    assert {attempt.status for attempt in hooked.server.attempts(STAFF_TOKEN)} == {200}
    assert hooked.server.unanswered_callbacks() == []


async def test_duplicated_and_crossing_deliveries_are_harmless(hooked):
    hooked.server.pace.ordering = "none"
    phone = await hooked.linked()
    await report(hooked.store, CHAIN)
    await hooked.drain.once()
    hooked.server.inject(STAFF_TOKEN, fault=Duplicate())
    await phone.tap(HAVE)
    await phone.tap(HAVE)
    await phone.wait_idle()
    assert texts(phone) == [LINKED, THANKS]
    assert hooked.server.unanswered_callbacks() == []


async def test_overlapping_deliveries_are_taken_one_after_another(hooked, monkeypatch):
    hooked.server.pace.ordering = "none"
    look, now, most = StaffBot._person, 0, 0

    async def watched(self, account):
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.02)
        now -= 1
        return await look(self, account)

    monkeypatch.setattr(StaffBot, "_person", watched)
    phones = [hooked.phone(3000 + n) for n in range(5)]
    for phone in phones:
        await phone.send_text("hello")
    for phone in phones:
        await phone.wait_for(ASK)
    assert most == 1


async def test_posts_without_the_secret_are_refused(hooked):
    phone = await hooked.linked()
    code = await hooked.code(ALTERNATE)
    chat = {"id": 666, "type": "private", "first_name": "X"}
    forged = {"update_id": 1, "message": {"message_id": 1, "date": 0, "chat": chat, "text": code}}
    async with aiohttp.ClientSession() as session:
        for headers in ({}, {SECRET_HEADER: "wrong"}, {SECRET_HEADER: "é"}):
            async with session.post(hooked.url, json=forged, headers=headers) as response:
                assert response.status == 403
        for body in (b"", b"[1]", b"{", b'"x"', b"\xff\xfe", b"{}"):
            async with session.post(hooked.url, data=body, headers={SECRET_HEADER: SECRET}) as response:
                assert response.status == 400
    assert await address_of(hooked.store, hooked.vault, ALTERNATE) is None
    assert texts(phone) == [LINKED]


async def test_groups_are_not_heard(hooked):
    await hooked.linked()
    code = await hooked.code(ALTERNATE)
    chat = {"id": -100, "type": "group", "title": "G"}
    sender = {"id": 2002, "is_bot": False, "first_name": "N"}
    message = {"message_id": 1, "date": 0, "chat": chat, "from": sender, "text": code}
    tap = {"id": "1", "from": sender, "chat_instance": "1", "data": f"have:{REFERENCE}", "message": message}
    before = len(hooked.server.calls)
    async with aiohttp.ClientSession() as session:
        for update in ({"message": message}, {"callback_query": tap}, {"edited_message": message}):
            body = {"update_id": 1, **update}
            async with session.post(hooked.url, json=body, headers={SECRET_HEADER: SECRET}) as response:
                assert response.status == 200
    assert len(hooked.server.calls) == before
    assert await address_of(hooked.store, hooked.vault, ALTERNATE) is None


# Logs.


@pytest.fixture
def quiet():
    """Quiet libraries for one test, although each of them was set to be as loud as it gets."""
    names = [*TALKATIVE, *(name for name in logging.root.manager.loggerDict if name.split(".")[0] in TALKATIVE)]
    before = [(logger, logger.level) for logger in map(logging.getLogger, names)]
    factory = logging.getLogRecordFactory()
    quiet_libraries()
    for logger, _ in before:
        logger.setLevel(logging.DEBUG)
    yield
    for logger, level in before:
        logger.setLevel(level)
    logging.setLogRecordFactory(factory)


async def test_nothing_of_a_person_is_logged_even_at_debug(quiet, caplog, capfd, polling):
    caplog.set_level(logging.DEBUG)
    phone = await polling.linked()
    await phone.send_text("a canary in a message")
    await report(polling.store, CHAIN)
    for fault in (BadGateway(html=True), DropBefore(), Forbidden()):
        polling.server.inject(STAFF_TOKEN, "sendDocument", fault=fault)
        await polling.drain.once()
        polling.clock.now += 300
    await phone.tap(data=f"have:{REFERENCE}", message_id=1)
    await phone.wait_idle()
    shown = caplog.text + "".join(capfd.readouterr())
    assert "staff_linked" in shown
    for secret in ("canary", STAFF_TOKEN, "2002", "Noor", "noor_at_work", REFERENCE, OWNER, polling.server.url):
        assert secret not in shown


def test_a_library_that_complains_is_named_and_not_quoted(quiet, caplog):
    caplog.set_level(logging.DEBUG)
    library = logging.getLogger("telegram.ext.Application")
    fault = ValueError("a canary in an exception")
    library.error("a canary in a message %s", "canary", exc_info=fault, stack_info=True)
    library.debug("a canary below")
    logging.getLogger("somebody.else").warning("a canary of a library that nobody thought of")
    names = {"telegram.ext.Application", "somebody.else"}
    assert [(record.name, record.getMessage()) for record in caplog.records if record.name in names] == [
        ("telegram.ext.Application", "library_said error=ValueError"),
        ("telegram.ext.Application", "library_said error=none"),
        ("somebody.else", "library_said error=none"),
    ]
    assert "canary" not in caplog.text


def test_our_own_events_are_kept_as_they_are(quiet, caplog):
    caplog.set_level(logging.DEBUG)
    logging.getLogger("bot.alerts").info("alerts_sent count=%d", 3)
    assert "alerts_sent count=3" in [record.getMessage() for record in caplog.records]


def test_records_that_come_from_another_process_can_still_be_made(quiet):
    record = logging.makeLogRecord({"name": "bot.alerts", "msg": "alerts_sent count=%d", "args": (2,)})
    assert record.getMessage() == "alerts_sent count=2"


def test_libraries_are_heard_from_warnings_on(quiet):
    quiet_libraries()
    assert not any(logging.getLogger(f"{name}.part").isEnabledFor(logging.INFO) for name in TALKATIVE)


def test_the_bot_keeps_its_token_out_of_reprs():
    assert SECRET not in repr(Webhook("https://example.org/staff", SECRET))


# Who floods.


async def test_a_stranger_who_is_answered_too_often_keeps_nobody_waiting(polling):
    """Telegram tells the bot to wait in one chat: others go on, and the stranger's further messages need no answer."""
    phone = await polling.linked()
    await report(polling.store, CHAIN)
    await polling.drain.once()
    stranger = polling.phone(666)
    polling.server.inject(STAFF_TOKEN, "sendMessage", chat=666, fault=TooManyRequests(3), times=1000)
    for _ in range(40):
        await stranger.send_text("hello")
    await phone.tap(HAVE)
    await phone.wait_for(THANKS, timeout=2)
    await polling.server.changes.wait_quiet(
        lambda: polling.server.bots[STAFF_TOKEN].queue.unconfirmed and "updates not taken", 0.1, 5
    )
    tried = [call for call in polling.server.calls_of("sendMessage") if call.params["chat_id"] == 666]
    assert 1 <= len(tried) <= 3, "forty messages do not make forty calls"


async def test_a_focal_point_cannot_keep_others_waiting_either(polling):
    """Somebody linked, who would rather that nobody took charge of a report, taps without end."""
    owner = await polling.linked(2002, OWNER)
    other = await polling.linked(3003, ALTERNATE)
    await report(polling.store, CHAIN)
    polling.clock.now += DAY
    await polling.drain.once()
    for method in ("answerCallbackQuery", "editMessageCaption", "sendMessage"):
        polling.server.inject(STAFF_TOKEN, method, chat=3003, fault=TooManyRequests(3), times=1000)
    for _ in range(20):
        await other.send_text("hello")
        await other.tap(data="have:00000000")
    await owner.tap(HAVE)
    await owner.wait_for(THANKS, timeout=2)


# Who would like to know whether there is a report.


async def test_a_report_of_others_and_one_that_never_was_are_answered_alike(polling):
    """Somebody linked whom a report passed over, before the turn of the next in its chain."""
    polling.directory["dana-roe"] = person("dana-roe")
    outside = await polling.linked(4004, "dana-roe")
    later = await polling.linked(3003, ALTERNATE)
    await polling.linked(2002, OWNER)
    await report(polling.store, CHAIN)
    await polling.drain.once()
    said = []
    for phone in (outside, later):
        for reference in (REFERENCE, "00000000"):
            await phone.tap(data=f"have:{reference}")
            await phone.wait_idle()
            said.append(phone.answers()[-1].text.replace(reference, "…"))
    assert len(set(said)) == 1
    assert await state_of(polling.store, ALTERNATE) == ("waiting", None)
    assert [phone.documents() for phone in (outside, later)] == [[], []]
