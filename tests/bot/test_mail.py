"""Alerts by e-mail against a real SMTP server: what a message holds, and every way in which a server says no."""

import asyncio
import logging
from datetime import date
from secrets import token_bytes

import pytest
import trustme
from pydantic import SecretStr

from bot import mail_line
from bot.alert_words import alert_text
from bot.alerts import CannotDeliver, Drain, Notice, NoWay, TryLater
from bot.mail import NOWHERE, MailStaff
from bot.mail_line import Line
from config.mail_server import MailServer, parse_mail_server
from crypto.seal import open_envelope
from crypto.vault import Vault, new_secrets
from locales.catalogues import load
from routing.records import Level, Person
from tests.bot.test_alerts import Clock
from tests.cases.chains import CHAIN, DAY, NOON, OWNER, REFERENCE, an_alert, opened, report, state_of, states
from tests.fakes.mail import PASSWORD, USER, PostOffice, Served, server_tls

WORDS = load()
SENDER = "no-reply@desk.example"
ADDRESS = "canary-mailbox-7@office.example"
SEALED = b'{"body":"sealed"}\n'
VAULT = Vault(new_secrets(token_bytes, date(2025, 11, 23)))


def person(id_=OWNER, *, languages=("en",), email=ADDRESS):
    return Person(
        id=id_,
        name="Canary Name",
        entity="canary-agency",
        roles=(),
        stations=("canary-place",),
        level=Level.COUNTRY,
        languages=languages,
        time_zone="UTC",
        email=email,
    )


def notice(whom=None, sealed=SEALED, **more):
    return Notice(an_alert(**more), whom or person(), sealed)


class Ticking:
    """Seconds, moved by tests."""

    now = 0.0

    def __call__(self):
        return self.now


def mail(port, *, protection="none", login=None, authorities=None, host="127.0.0.1", clock=None):
    server = MailServer(host, port, protection)
    line = Line(server, greeting="desk.example", login=login, authorities=authorities, clock=clock or Ticking())
    return MailStaff(line, SENDER, WORDS, VAULT, lambda: NOON + 1234.5)


@pytest.fixture
def office():
    return PostOffice()


@pytest.fixture
async def served(office):
    async with Served(office) as running:
        yield running


async def fault_of(courier, given=None):
    with pytest.raises((TryLater, CannotDeliver)) as caught:
        await courier.deliver(given or notice())
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return caught.value


async def test_a_message_holds_what_an_alert_may_hold_and_the_sealed_file(office, served):
    await mail(served.port).deliver(notice())
    [(to, letter)] = office.letters
    assert to == ADDRESS
    assert letter["Subject"] == f"Something waits for you: {REFERENCE}"
    text = letter.get_body(("plain",)).get_content()
    assert text.startswith(alert_text(WORDS, person(), an_alert()))
    [attached] = letter.iter_attachments()
    assert attached.get_content_type() == "application/octet-stream"
    assert attached.get_filename() == f"{REFERENCE}.linnet"
    assert attached.get_content() == SEALED


async def test_it_tells_neither_who_nor_where_nor_when(office, served):
    await mail(served.port).deliver(notice())
    [(_, letter)] = office.letters
    assert letter["Date"] == "Sun, 23 Nov 2025 12:00:00 -0000"
    assert sorted(set(letter.keys())) == [
        "Auto-Submitted",
        "Content-Type",
        "Date",
        "From",
        "MIME-Version",
        "Message-ID",
        "Reply-To",
        "Subject",
        "To",
        "X-Auto-Response-Suppress",
    ]
    whole = office.raw[0].decode().lower()
    for secret in ("canary name", "canary-agency", "canary-place", OWNER, "127.0.0.1", "localhost", "linnet/"):
        assert secret not in whole.replace(f"{REFERENCE.lower()}.linnet", "")
    assert office.greetings == ["desk.example"]


async def test_nothing_comes_back_to_the_operator(office, served):
    await mail(served.port).deliver(notice())
    [(_, letter)] = office.letters
    assert letter["Reply-To"] == NOWHERE
    assert NOWHERE.endswith(".invalid")
    assert letter["Auto-Submitted"] == "auto-generated"
    assert office.options == ["RET=HDRS", "NOTIFY=NEVER"]


async def test_a_server_that_knows_no_delivery_notices_is_asked_for_none():
    office = PostOffice(dsn=False)
    async with Served(office) as served:
        await mail(served.port).deliver(notice())
    assert (len(office.letters), office.options) == (1, [])


async def test_a_repeat_has_the_same_name_and_another_alert_another(office, served):
    courier = mail(served.port)
    for given in (notice(), notice(), notice(reference="9ZX2M3K7"), notice(recipient="bo-tran")):
        await courier.deliver(given)
    names = [letter["Message-ID"] for _, letter in office.letters]
    assert names[0] == names[1]
    assert len(set(names)) == 3
    assert all(name.endswith("@desk.example>") for name in names)


async def test_a_reminder_has_no_file(office, served):
    await mail(served.port).deliver(notice(sealed=None))
    [(_, letter)] = office.letters
    assert list(letter.iter_attachments()) == []
    assert "attached" not in letter.get_body(("plain",)).get_content()


@pytest.mark.parametrize(
    "template", ["staff_reminder", "awaiting_owner", "coverage_alarm", "coverage_gap", "staff_test"]
)
async def test_every_kind_of_alert_goes_out_and_names_no_day_for_a_reference(office, served, template):
    reference = "day20780" if template == "coverage_gap" else REFERENCE
    await mail(served.port).deliver(notice(sealed=None, template=template, reference=reference))
    [(_, letter)] = office.letters
    assert "day20780" not in letter["Subject"]
    assert "day20780" not in letter.get_body(("plain",)).get_content()


async def test_it_is_in_the_language_of_the_focal_point_in_seven_bits(office, served):
    recipient = person(languages=("ar",))
    await mail(served.port).deliver(notice(recipient, priority="urgent"))
    [(_, letter)] = office.letters
    assert (
        letter.get_body(("plain",)).get_content().startswith(alert_text(WORDS, recipient, an_alert(priority="urgent")))
    )
    assert letter["Importance"] == "high"
    assert max(office.raw[0]) < 128


async def test_who_has_no_address_is_reached_another_way(served):
    with pytest.raises(NoWay):
        await mail(served.port).deliver(notice(person(email=None)))


@pytest.mark.parametrize(
    "address", ["canary", "a@b@", "a b@c.example", "a@c.example\r\nRCPT TO:<x@y.example>", "ä@c.example"]
)
async def test_an_address_that_cannot_be_used_is_for_a_person_to_mend(office, served, address):
    fault = await fault_of(mail(served.port), notice(person(email=address)))
    assert (type(fault), fault.code) == (CannotDeliver, "address_unusable")
    assert office.connections == 0


async def test_a_domain_in_another_script_goes_out_in_ascii(office, served):
    await mail(served.port).deliver(notice(person(email="a@büro.example")))
    assert office.letters[0][0] == "a@xn--bro-hoa.example"


@pytest.mark.parametrize(
    ("command", "reply", "kind", "code", "counted"),
    [
        ("RCPT", "451 4.7.1 greylisted, canary-reply", TryLater, "told_to_wait", False),
        ("RCPT", "452 4.2.2 mailbox full", TryLater, "told_to_wait", False),
        ("RCPT", "550 5.1.1 no such canary-mailbox-7", CannotDeliver, "recipient_refused", None),
        ("RCPT", "530 5.7.0 log in first", TryLater, "sender_refused", False),
        ("MAIL", "421 4.3.2 closing", TryLater, "mail_busy", False),
        ("MAIL", "553 5.7.1 not your address", TryLater, "sender_refused", False),
        ("MAIL", "drop", TryLater, "mail_unreachable", False),
        ("RCPT", "drop", TryLater, "mail_unreachable", False),
        ("DATA", "drop", TryLater, "no_answer", True),
        ("DATA", "451 4.3.0 try again", TryLater, "told_to_wait", False),
        ("DATA", "554 5.7.1 looks like canary-reply", CannotDeliver, "refused", None),
    ],
)
async def test_each_no_of_the_server_has_a_meaning(office, served, command, reply, kind, code, counted):
    office.fail(command, reply)
    courier = mail(served.port)
    fault = await fault_of(courier)
    assert (type(fault), fault.code) == (kind, code)
    assert str(fault) == code
    if kind is TryLater:
        assert fault.counted is counted
    await courier.deliver(notice())
    assert office.letters[-1][0] == ADDRESS


async def test_a_server_that_hangs_is_given_up_in_time(monkeypatch):
    monkeypatch.setattr(mail_line, "CONNECT_SECONDS", 0.1)

    async def say_nothing(reader, writer):
        await reader.read()
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(say_nothing, "127.0.0.1", 0) as server:
        fault = await fault_of(mail(server.sockets[0].getsockname()[1]))
        await asyncio.sleep(0.05)
    assert (fault.code, fault.counted) == ("mail_unreachable", False)


@pytest.fixture
def authority(tmp_path):
    """A certificate authority, its certificate in ``ca.pem``."""
    made = trustme.CA()
    made.cert_pem.write_to_path(tmp_path / "ca.pem")
    return made


async def test_starttls_with_a_certificate_that_can_be_verified(office, authority, tmp_path):
    async with Served(office, tls=server_tls(authority, "localhost"), login=True) as served:
        login = (USER, SecretStr(PASSWORD))
        options = {"protection": "starttls", "host": "localhost", "login": login}
        await mail(served.port, authorities=tmp_path / "ca.pem", **options).deliver(notice())
        assert (len(office.letters), office.logins) == (1, 1)
        for refused in (
            mail(served.port, **options),
            mail(served.port, authorities=tmp_path / "ca.pem", **options | {"host": "127.0.0.1"}),
        ):
            fault = await fault_of(refused)
            assert (fault.code, fault.counted) == ("tls_failed", False)
    assert (len(office.letters), office.logins) == (1, 1)


async def test_tls_from_the_first_byte(office, authority, tmp_path):
    async with Served(office, tls=server_tls(authority, "localhost"), implicit=True) as served:
        options = {"protection": "tls", "host": "localhost"}
        await mail(served.port, authorities=tmp_path / "ca.pem", **options).deliver(notice())
        assert (await fault_of(mail(served.port, **options))).code == "tls_failed"
    assert len(office.letters) == 1


async def test_where_tls_is_wanted_nothing_goes_out_without_it(office, served):
    fault = await fault_of(mail(served.port, protection="starttls", login=(USER, SecretStr(PASSWORD))))
    assert (fault.code, fault.counted) == ("tls_not_offered", False)
    assert (office.letters, office.senders, office.logins) == ([], [], 0)


async def test_a_refused_login_is_not_tried_again_and_again(office, authority, tmp_path):
    clock = Ticking()
    more = {"protection": "starttls", "host": "localhost", "authorities": tmp_path / "ca.pem"}
    async with Served(office, tls=server_tls(authority, "localhost"), login=True) as served:
        courier = mail(served.port, login=(USER, SecretStr("wrong")), clock=clock, **more)
        faults = await asyncio.gather(*(courier.deliver(notice()) for _ in range(8)), return_exceptions=True)
        assert {(fault.code, fault.counted, fault.after_seconds) for fault in faults} == {
            ("login_refused", False, 300.0)
        }
        tried = office.logins
        assert office.connections == 1
        clock.now += 301
        await fault_of(courier)
        assert office.connections == 2
        assert office.logins > tried
    assert office.letters == []


async def test_many_messages_share_one_connection_which_is_then_closed(office, served):
    courier = mail(served.port)
    await asyncio.gather(*(courier.deliver(notice()) for _ in range(8)))
    assert (len(office.letters), office.connections, office.most_open) == (8, 1, 1)
    await asyncio.sleep(0.05)
    assert office.open_now == 0


async def test_a_connection_carries_a_bounded_number_of_messages(office, served, monkeypatch):
    monkeypatch.setattr(mail_line, "MOST_MESSAGES", 3)
    courier = mail(served.port)
    await asyncio.gather(*(courier.deliver(notice()) for _ in range(8)))
    assert (len(office.letters), office.connections, office.most_open) == (8, 3, 1)


async def test_one_refused_message_does_not_take_the_others_with_it(office, served):
    office.fail("RCPT", None, "550 5.1.1 unknown", "drop")
    courier = mail(served.port)
    results = await asyncio.gather(*(courier.deliver(notice()) for _ in range(6)), return_exceptions=True)
    assert sorted(str(fault) for fault in results if fault) == ["mail_unreachable", "recipient_refused"]
    assert len(office.letters) == 4


class Desk:
    """The outbox in front of a courier."""

    def __init__(self, store, courier):
        self.clock = Clock()
        self.drain = Drain(store, [courier], person, self.clock, lambda: 1.0, asyncio.Event())


@pytest.fixture
async def store(tmp_path):
    async with opened(tmp_path / "linnet.db") as store:
        yield store


async def test_what_arrives_opens_with_the_key_of_whom_it_is_for(store, office, served):
    keys = await report(store, CHAIN)
    await Desk(store, mail(served.port)).drain.once()
    [(_, letter)] = office.letters
    [attached] = letter.iter_attachments()
    assert open_envelope(attached.get_content(), keys[OWNER]).plaintext == b"canary words"


async def test_a_server_that_is_down_for_a_day_loses_nothing(store, office):
    await report(store, CHAIN[:1])
    served = Served(office)
    await served.start()
    await served.stop()
    ticking = Ticking()
    desk = Desk(store, mail(served.port, clock=ticking))
    for _ in range(24 * 4):
        await desk.drain.once()
        assert await state_of(store) == ("waiting", "mail_unreachable")
        desk.clock.now += DAY // 96
        ticking.now += DAY // 96
    await served.start()
    try:
        await desk.drain.once()
    finally:
        await served.stop()
    assert await states(store) == [(OWNER, "sent", 1, "late")]
    assert len(office.letters) == 1


async def test_a_lost_answer_is_asked_again_and_the_repeat_can_be_known(store, office, served):
    await report(store, CHAIN[:1])
    office.fail("DATA", "drop")
    desk = Desk(store, mail(served.port))
    await desk.drain.once()
    assert await state_of(store) == ("waiting", "no_answer")
    desk.clock.now += DAY
    await desk.drain.once()
    assert await states(store) == [(OWNER, "sent", 2, None)]
    first, second = (letter["Message-ID"] for _, letter in office.letters)
    assert first == second


async def test_nothing_of_it_is_in_the_logs(store, office, served, caplog):
    caplog.set_level(logging.DEBUG, logger="bot")
    await report(store, CHAIN)
    office.fail("RCPT", "550 5.1.1 no canary-mailbox-7 here", "451 canary-reply")
    desk = Desk(store, mail(served.port))
    for _ in range(3):
        await desk.drain.once()
        desk.clock.now += DAY
    said = "\n".join(
        record.getMessage() + str(record.exc_info) for record in caplog.records if record.name.startswith("bot")
    )
    assert "count=1" in said
    for secret in ("canary", "office.example", "desk.example", REFERENCE, OWNER, "127.0.0.1"):
        assert secret not in said


def test_the_line_shows_nothing_of_itself():
    courier = mail(1, login=(USER, SecretStr(PASSWORD)))
    assert PASSWORD not in repr(courier.line.__dict__)
    assert SENDER not in repr(courier)
    assert parse_mail_server("mx.example:25").protection == "starttls"
