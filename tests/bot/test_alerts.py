"""Draining: whatever a courier does, the row is sent, comes again, or shows; and the folder of the demo."""

import asyncio
import logging
import stat
from random import Random  # noqa: TID251 -- a die with a seed, so that a failure can be repeated
from secrets import token_bytes

import httpx
import pytest
from sqlalchemy import delete
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter, TimedOut

from bot import alerts
from bot.alert_words import alert_text, deadline_text
from bot.alerts import CannotDeliver, Drain, NoWay, TryLater
from bot.couriers import Folder, delivery_fault
from cases import following, outbox
from cases.handing import acknowledge
from cases.store import StoreError
from cases.tables import documents
from crypto.seal import open_envelope
from locales.catalogues import load
from routing.records import Level, Person
from tests.cases.chains import (
    ALTERNATE,
    CHAIN,
    DAY,
    NOON,
    OWNER,
    PARTNER,
    REFERENCE,
    an_alert,
    opened,
    report,
    state_of,
    states,
)

WORDS = load()


def person(id_, *, languages=("en",), zone="UTC"):
    return Person(
        id=id_,
        name="Somebody",
        entity="e",
        roles=(),
        stations=(),
        level=Level.COUNTRY,
        languages=languages,
        time_zone=zone,
    )


class Recorder:
    """A courier that does what it is told, once for each alert, and then delivers."""

    def __init__(self, *faults):
        self.faults = list(faults)
        self.delivered = []

    async def deliver(self, notice):
        if self.faults:
            raise self.faults.pop(0)
        self.delivered.append(notice)


class Clock:
    """A clock that tests move."""

    def __init__(self, now=NOON):
        self.now = now

    def __call__(self):
        return self.now + 0.5


@pytest.fixture
async def store(tmp_path):
    async with opened(tmp_path / "linnet.db") as store:
        yield store


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def drain(store, clock):
    def made(*couriers, people=person):
        return Drain(store, couriers, people, clock, lambda: 1.0, asyncio.Event())

    return made


async def test_the_owner_is_told_at_once_and_the_alternate_a_day_later(store, clock, drain):
    keys = await report(store, CHAIN)
    courier = Recorder()
    draining = drain(courier)
    assert [await draining.once(), await draining.once()] == [1, 0]
    clock.now += DAY
    assert [await draining.once(), await draining.once()] == [1, 0]
    assert [notice.person.id for notice in courier.delivered] == [OWNER, ALTERNATE]
    assert await states(store) == [(OWNER, "sent", 1, None), (ALTERNATE, "sent", 1, None)]
    for notice in courier.delivered:
        assert notice.file_name == f"{REFERENCE}.linnet"
        assert open_envelope(notice.sealed, keys[notice.person.id]).plaintext == b"canary words"


async def test_nobody_else_is_told_once_it_is_acknowledged(store, clock, drain):
    await report(store, CHAIN)
    courier = Recorder()
    await drain(courier).once()
    await acknowledge(store, REFERENCE, OWNER, NOON)
    clock.now += 10 * DAY
    assert await drain(courier).once() == 0
    assert [notice.person.id for notice in courier.delivered] == [OWNER]


@pytest.mark.parametrize(
    ("fault", "wait", "code"),
    [
        (TryLater(None, "no_answer"), 30, "no_answer"),
        (TryLater(77, "told_to_wait", counted=False), 78, "told_to_wait"),
        (TryLater(7200, "told_to_wait", counted=False), 7201, "told_to_wait"),
        (NoWay("not_linked"), 3600, "not_linked"),
        (RuntimeError("a canary in an exception"), 30, "courier_failed"),
    ],
)
async def test_what_fails_comes_again_when_its_time_has_come(store, clock, drain, fault, wait, code):
    await report(store, CHAIN)
    courier = Recorder(fault)
    await drain(courier).once()
    assert await state_of(store) == ("waiting", code)
    clock.now += wait - 1
    assert await drain(courier).once() == 0
    clock.now += 1
    assert await drain(courier).once() == 1
    assert await state_of(store) == ("sent", None)


async def test_a_permanent_fault_is_dead_until_somebody_revives_it(store, clock, drain):
    await report(store, CHAIN[:1])
    courier = Recorder(CannotDeliver("blocked"))
    await drain(courier).once()
    assert await state_of(store) == ("dead", "blocked")
    assert await drain(courier).once() == 0
    await outbox.revive(store, REFERENCE, NOON)
    await drain(courier).once()
    assert await state_of(store) == ("sent", None)


async def test_twelve_attempts_that_may_have_arrived_are_enough(store, clock, drain):
    await report(store, CHAIN[:1])
    courier = Recorder(*[TryLater(None, "no_answer")] * 100)
    tried = 0
    while (await state_of(store))[0] == "waiting":
        tried += await drain(courier).once()
        clock.now += 600
        assert clock.now < NOON + DAY
    assert (tried, await state_of(store)) == (12, ("dead", "no_answer"))


async def test_what_never_left_is_tried_for_as_long_as_it_takes(store, clock, drain):
    await report(store, CHAIN[:1])
    courier = Recorder(*[TryLater(None, "unreachable", counted=False)] * 100)
    while courier.faults:
        await drain(courier).once()
        clock.now += 3600
    await drain(courier).once()
    assert await state_of(store) == ("sent", "late")


async def test_a_busy_telegram_is_not_what_makes_the_last_attempt_fail(store, clock, drain):
    await report(store, CHAIN[:1])
    courier = Recorder(*[TryLater(None, "no_answer")] * 11, TryLater(5, "told_to_wait", counted=False))
    while courier.faults:
        await drain(courier).once()
        clock.now += 3600
    assert await state_of(store) == ("waiting", "told_to_wait")
    await drain(courier).once()
    assert await state_of(store) == ("sent", None)


async def test_every_way_a_person_has_is_used(store, drain):
    await report(store, CHAIN)
    first, second, third = Recorder(NoWay("not_linked")), Recorder(), Recorder()
    await drain(first, second, third).once()
    assert [len(courier.delivered) for courier in (first, second, third)] == [0, 1, 1]
    assert await state_of(store) == ("sent", None)


@pytest.mark.parametrize(
    "fault", [TryLater(None, "no_answer"), CannotDeliver("blocked"), ValueError(), StoreError("x")]
)
async def test_it_is_out_when_one_way_took_it_and_nobody_is_told_twice_for_the_others(
    store, clock, drain, fault, caplog
):
    await report(store, CHAIN[:1])
    took = Recorder()
    draining = drain(Recorder(fault), took)
    await draining.once()
    assert await state_of(store) == ("sent", None)
    clock.now += DAY
    assert await draining.once() == 0
    assert len(took.delivered) == 1
    assert "alerts_not_by_every_way count=1" in caplog.text


@pytest.mark.parametrize(
    ("faults", "after"),
    [
        ((NoWay("not_linked"), NoWay("no_address")), ("waiting", "not_linked", 3600)),
        ((NoWay("not_linked"), CannotDeliver("blocked")), ("dead", "blocked", None)),
        ((CannotDeliver("blocked"), TryLater(None, "no_answer")), ("waiting", "no_answer", 30)),
        ((TryLater(None, "no_answer"), TryLater(300, "told_to_wait", counted=False)), ("waiting", "no_answer", 301)),
    ],
)
async def test_when_no_way_took_it_the_one_with_hope_decides(store, clock, drain, faults, after):
    state, fault, wait = after
    await report(store, CHAIN[:1])
    draining = drain(*map(Recorder, faults))
    await draining.once()
    assert await state_of(store) == (state, fault)
    if wait is not None:
        clock.now += wait - 1
        assert await draining.once() == 0
        clock.now += 1
        assert await draining.once() == 1


async def test_a_way_that_hangs_does_not_keep_the_others(store, drain, monkeypatch):
    await report(store, CHAIN[:1])
    monkeypatch.setattr(alerts, "DELIVERY_SECONDS", 0.02)

    class Hangs:
        async def deliver(self, _notice):
            await asyncio.Event().wait()

    took = Recorder()
    await drain(Hangs(), took).once()
    assert (len(took.delivered), await state_of(store)) == (1, ("sent", None))


@pytest.mark.parametrize("template", ["awaiting_owner", "coverage_alarm", "staff_test"])
async def test_words_that_hand_nothing_over_carry_no_file(store, drain, template):
    await report(store, CHAIN, alerts=False)
    async with store.writing() as connection:
        await outbox.insert_alerts(connection, [an_alert(template=template)], entropy=token_bytes)
    courier = Recorder()
    await drain(courier).once()
    [notice] = courier.delivered
    assert (notice.alert.template, notice.sealed) == (template, None)


@pytest.mark.parametrize(("template", "told"), [("staff_reminder", 0), ("awaiting_owner", 0), ("coverage_alarm", 1)])
async def test_of_a_document_that_is_gone_nobody_is_reminded_but_a_gap_is_still_told(store, drain, template, told):
    async with store.writing() as connection:
        await outbox.insert_alerts(connection, [an_alert(template=template)], entropy=token_bytes)
    courier = Recorder()
    await drain(courier).once()
    assert len(courier.delivered) == told
    assert await state_of(store) == ("sent" if told else "done", None)


async def test_without_any_courier_it_waits_and_shows(store, drain):
    await report(store, CHAIN)
    await drain().once()
    assert await state_of(store) == ("waiting", "no_courier")


async def test_who_left_the_directory_is_not_told_and_who_returns_is(store, clock, drain):
    await report(store, CHAIN[:1])
    courier = Recorder()
    present = {}
    draining = drain(courier, people=present.get)
    await draining.once()
    assert await state_of(store) == ("waiting", "not_in_directory")
    present[OWNER] = person(OWNER)
    clock.now += 3601
    await draining.once()
    assert [notice.person.id for notice in courier.delivered] == [OWNER]


async def test_what_is_gone_is_not_announced(store, drain):
    await report(store, CHAIN)
    async with store.writing() as connection:
        await connection.execute(delete(documents))
    courier = Recorder()
    await drain(courier).once()
    assert courier.delivered == []
    assert await state_of(store) == ("done", None)


async def test_an_alert_without_anything_sealed_to_its_recipient_shows(store, drain):
    await report(store, CHAIN)
    async with store.writing() as connection:
        await outbox.insert_alerts(connection, [an_alert("somebody-else")], entropy=token_bytes)
    await drain(Recorder()).once()
    assert await state_of(store, "somebody-else") == ("dead", "nothing_sealed")
    assert await state_of(store) == ("sent", None)


async def test_an_acknowledgement_between_claim_and_sending_is_no_fault(store, clock, drain, monkeypatch):
    await report(store, CHAIN)
    await drain(Recorder()).once()
    claim = outbox.claim

    async def just_before(*given):
        claimed = await claim(*given)
        assert await acknowledge(store, REFERENCE, OWNER, NOON)
        return claimed

    monkeypatch.setattr(outbox, "claim", just_before)
    clock.now += DAY
    courier = Recorder()
    assert await drain(courier).once() == 1
    assert courier.delivered == []
    assert await state_of(store, ALTERNATE) == ("done", None)


@pytest.mark.parametrize("seed", range(12))
async def test_whatever_fails_in_whatever_order_everybody_is_told_or_it_shows(store, clock, drain, seed):
    dice = Random(seed)  # noqa: S311 -- as above
    faults = [
        lambda: TryLater(None, "no_answer"),
        lambda: TryLater(dice.randrange(10_000), "told_to_wait", counted=False),
        lambda: NoWay("not_linked"),
        lambda: RuntimeError("bad"),
        lambda: CannotDeliver("blocked"),
    ]
    await report(store, tuple((f"p{n}", 0, NOON + dice.randrange(3) * DAY) for n in range(6)))
    delivered = set()

    class Unsure:
        async def deliver(self, notice):
            if dice.random() < 0.6:
                fault = dice.choice(faults)
                raise fault()
            delivered.add(notice.person.id)

    while any(state == "waiting" for _, state, _, _ in await states(store)):
        while await drain(Unsure()).once():
            pass
        clock.now += dice.randrange(1, 6 * 3600)
        assert clock.now < NOON + 1000 * DAY
    for who, state, _, fault in await states(store):
        assert (state, fault) == ("sent", None) if who in delivered else (state == "dead" and fault)


async def test_one_bad_row_does_not_stop_the_others(store, drain):
    await report(store, ((OWNER, 0, NOON), (PARTNER, 0, NOON + 0), (ALTERNATE, 0, NOON)))
    courier = Recorder(ValueError("bad"))
    await drain(courier).once()
    assert sorted(state for _, state, _, _ in await states(store)) == ["sent", "sent", "waiting"]


async def test_no_more_than_a_few_are_on_their_way_at_once(store, drain):
    await report(store, tuple((f"p{n}", 0, NOON) for n in range(20)))

    class Slow:
        now = most = 0

        async def deliver(self, _notice):
            self.now += 1
            self.most = max(self.most, self.now)
            await asyncio.sleep(0.1)
            self.now -= 1

    slow = Slow()
    draining = drain(slow)
    assert [await draining.once() for _ in range(4)] == [8, 8, 4, 0]
    assert slow.most == alerts.AT_ONCE


async def test_a_courier_that_hangs_is_left_behind(store, drain, monkeypatch):
    await report(store, CHAIN)
    monkeypatch.setattr(alerts, "DELIVERY_SECONDS", 0.02)

    class Hangs:
        async def deliver(self, _notice):
            await asyncio.Event().wait()

    await drain(Hangs()).once()
    assert await state_of(store) == ("waiting", "too_slow")


async def eventually(true):
    async with asyncio.timeout(5):
        while not await true():
            await asyncio.sleep(0.01)


@pytest.fixture
async def running():
    tasks = []
    yield lambda draining: tasks.append(asyncio.create_task(draining.run()))
    for task in tasks:
        task.cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(result, asyncio.CancelledError) for result in results)


async def test_a_wake_is_enough_to_send(store, drain, running):
    courier = Recorder()
    draining = drain(courier)
    running(draining)
    await asyncio.sleep(0.05)
    await report(store, CHAIN)
    draining.wake.set()

    async def sent():
        return await state_of(store) == ("sent", None)

    await eventually(sent)
    assert len(courier.delivered) == 1


async def test_without_a_wake_it_looks_by_itself(store, drain, running, monkeypatch):
    monkeypatch.setattr(alerts, "LOOK_SECONDS", 0.02)
    running(drain(courier := Recorder()))
    await asyncio.sleep(0.05)
    await report(store, CHAIN)

    async def sent():
        return len(courier.delivered) == 1

    await eventually(sent)


async def test_it_outlives_a_database_that_is_away_for_a_while(store, drain, running, monkeypatch, caplog):
    monkeypatch.setattr(alerts, "LOOK_SECONDS", 0.01)
    claim, failures = outbox.claim, 5

    async def unsure(*given):
        nonlocal failures
        failures -= 1
        if failures >= 0:
            raise StoreError("the database refused: OperationalError")
        return await claim(*given)

    monkeypatch.setattr(outbox, "claim", unsure)
    await report(store, CHAIN)
    running(drain(courier := Recorder()))

    async def sent():
        return len(courier.delivered) == 1

    await eventually(sent)
    assert caplog.text.count("outbox_unavailable") == 1


async def test_a_result_that_cannot_be_written_down_leads_to_a_repeat(store, clock, drain, monkeypatch):
    await report(store, CHAIN)
    sent = following.sent

    async def away(*_):
        raise StoreError("the database refused: OperationalError")

    monkeypatch.setattr(following, "sent", away)
    courier = Recorder()
    with pytest.raises(StoreError):
        await drain(courier).once()
    monkeypatch.setattr(following, "sent", sent)
    clock.now += alerts.LEASE_SECONDS
    await drain(courier).once()
    assert len(courier.delivered) == 2
    assert await state_of(store) == ("sent", None)


async def test_logs_tell_events_and_counts_only(store, drain, caplog):
    caplog.set_level(logging.DEBUG, logger="bot")
    await report(store, ((OWNER, 0, NOON), (PARTNER, 0, NOON)))
    await drain(Recorder(RuntimeError("a canary in an exception"))).once()
    ours = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("bot"))
    assert "alerts_sent count=1" in ours
    assert "courier_failed error=RuntimeError" in ours
    for secret in (OWNER, PARTNER, REFERENCE, "canary", "Somebody"):
        assert secret not in caplog.text


# The words.


def test_an_alert_tells_reference_priority_and_deadline_in_the_persons_time_zone():
    text = alert_text(WORDS, person(OWNER, zone="Asia/Kabul"), an_alert(priority="urgent"))
    assert text == (
        f"Something waits for you: {REFERENCE}. Priority: urgent. Please answer by Mon, Nov 24, 16:30 (GMT+04:30)."
    )


@pytest.mark.parametrize(
    ("languages", "begins"),
    [
        (("fr", "en"), WORDS.word("fr", "staff_alert")[:5]),
        (("xx", "fr-CA", "en"), WORDS.word("fr", "staff_alert")[:5]),
        (("en", "fr"), "Something"),
        (("xx",), "Something"),
        ((), "Something"),
    ],
)
def test_it_comes_in_the_persons_first_supported_language(languages, begins):
    assert alert_text(WORDS, person(OWNER, languages=languages), an_alert()).startswith(begins)


def test_in_arabic_the_values_do_not_turn_the_sentence():
    text = alert_text(WORDS, person(OWNER, languages=("ar",)), an_alert())
    assert f"\u2068{REFERENCE}\u2069" in text


def test_an_unknown_time_zone_is_read_as_gmt_and_says_so():
    assert deadline_text(NOON // 3600, "No/Where", "en") == "Sun, Nov 23, 12:00 (GMT+00:00)"


# What Telegram's faults mean.


def caused(error, cause):
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "code", "counted"),
    [
        (TimedOut(), "no_answer", True),
        (NetworkError("Bad Gateway"), "no_answer", True),
        (caused(NetworkError("httpx.ReadError: "), httpx.ReadError("")), "no_answer", True),
        (caused(NetworkError("httpx.ConnectError: "), httpx.ConnectError("")), "unreachable", False),
        (caused(TimedOut(), httpx.ConnectTimeout("")), "unreachable", False),
        (InvalidToken(), "token_refused", False),
    ],
)
def test_passing_faults_of_telegram_are_tried_again(error, code, counted):
    fault = delivery_fault(error)
    assert (type(fault), fault.code, fault.counted) == (TryLater, code, counted)


def test_telegram_is_left_alone_for_as_long_as_it_asks(monkeypatch):
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    fault = delivery_fault(RetryAfter(41))
    assert (fault.after_seconds, fault.counted) == (41, False)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Forbidden("Forbidden: bot was blocked by the user"), "blocked"),
        (BadRequest("Chat not found"), "chat_not_found"),
        (BadRequest("Bad Request: something else"), "refused"),
        (ChatMigrated(1), "refused"),
    ],
)
def test_lasting_faults_of_telegram_need_a_person(error, code):
    fault = delivery_fault(error)
    assert (type(fault), fault.code) == (CannotDeliver, code)


# The folder.


def a_folder(root, said):
    return Folder(root, WORDS, lambda who, path: f"linnet open {path} --key {who.id}.key", said.append)


async def test_the_folder_gets_a_file_that_only_its_reader_opens_and_the_terminal_the_command(store, drain, tmp_path):
    keys = await report(store, ((OWNER, 0, NOON), (PARTNER, 0, NOON)))
    said = []
    root = tmp_path / "out" / "alerts"
    await drain(a_folder(root, said)).once()
    for who in (OWNER, PARTNER):
        path = root / who / f"{REFERENCE}.linnet"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert open_envelope(path.read_bytes(), keys[who]).plaintext == b"canary words"
        assert [line for line in said if f"linnet open {path} --key {who}.key" in line]
    assert stat.S_IMODE(root.stat().st_mode) == 0o700
    assert len(list(root.rglob("*"))) == 4, "no draft is left behind"
    assert len(said) == 2
    assert all(line.startswith(f"Something waits for you: {REFERENCE}.") for line in said)
    assert "canary" not in "".join(said)


async def test_a_repeat_replaces_the_file_by_itself(store, drain, tmp_path):
    await report(store, CHAIN[:1])
    folder = a_folder(tmp_path / "out", [])
    await drain(folder).once()
    path = tmp_path / "out" / OWNER / f"{REFERENCE}.linnet"
    before = path.read_bytes()
    async with store.writing() as connection:
        await connection.execute(outbox.outbox.update().values(state="waiting", due=NOON))
    await drain(folder).once()
    assert path.read_bytes() == before


async def test_a_folder_that_cannot_be_written_is_tried_again(store, drain, tmp_path):
    await report(store, CHAIN)
    (tmp_path / "out").write_text("a file stands where the folder should be")
    said = []
    await drain(a_folder(tmp_path / "out", said)).once()
    assert await state_of(store) == ("waiting", "folder_unwritable")
    assert said == []


async def test_an_alert_without_words_is_dead_at_once(store, drain, tmp_path):
    await report(store, CHAIN, alerts=False)
    async with store.writing() as connection:
        await outbox.insert_alerts(connection, [an_alert(template="no_such_words")], entropy=token_bytes)
    await drain(a_folder(tmp_path / "out", [])).once()
    assert await state_of(store) == ("dead", "no_words")
