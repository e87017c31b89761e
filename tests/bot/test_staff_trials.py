"""Test alerts in the staff bot: marked as tests, on the way of every alert, answered by a button."""

from datetime import date

from cases.outbox import unsent
from cases.trials import answered
from tests.bot.staff_office import GONE, HAVE, WORDS
from tests.cases.chains import ALTERNATE, CHAIN, DAY, OWNER, report, state_of

TEST_ME = WORDS.word("en", "staff_test_me")
GOT = WORDS.word("en", "staff_test_got")
SENT = WORDS.word("en", "staff_test_sent")
WAITS = WORDS.word("en", "staff_test_waits")


async def asked(polling):
    """A phone that has asked for a test alert and got it; with the test's reference."""
    phone = await polling.linked()
    await phone.tap(TEST_ME)
    await phone.wait_for(SENT)
    [row] = await unsent(polling.store)
    assert await polling.drain.once() == 1
    await phone.wait_for(GOT)
    return phone, row.alert.reference


async def test_a_test_alert_comes_and_says_that_it_is_one(polling):
    phone, reference = await asked(polling)
    message = phone.chat()[-1]
    assert message.text.startswith("TEST. Nothing has happened")
    assert reference in message.text
    assert reference.startswith("TEST")
    assert message.buttons == (GOT,)
    assert phone.documents() == []


async def test_its_answer_is_noted_by_the_day(polling):
    phone, reference = await asked(polling)
    await phone.tap(GOT)
    await phone.wait_for(f"Test {reference} has reached you. Thank you.")
    assert await answered(polling.store) == {OWNER: date(2025, 11, 23)}


async def test_answering_late_and_twice_is_harmless(polling):
    phone, reference = await asked(polling)
    await phone.tap(GOT)
    await phone.tap(GOT)
    await phone.wait_idle()
    polling.clock.now += DAY
    await phone.tap(GOT, stale=True)
    await phone.wait_idle()
    assert await answered(polling.store) == {OWNER: date(2025, 11, 23)}
    assert [answer.text for answer in phone.answers()[1:]] == [f"Test {reference} has reached you. Thank you."] * 3
    assert polling.server.unanswered_callbacks() == []


async def test_asking_twice_sends_one_and_says_so(polling):
    phone, _ = await asked(polling)
    await phone.tap(TEST_ME)
    await phone.wait_for(WAITS)
    assert await polling.drain.once() == 0


async def test_nobody_answers_for_another(polling):
    _, reference = await asked(polling)
    other = await polling.linked(3003, ALTERNATE)
    await other.tap(data=f"seen:{reference}")
    await other.wait_for(GONE)
    assert await answered(polling.store) == {}


async def test_a_test_cannot_be_taken_and_a_report_cannot_be_answered_as_a_test(polling):
    phone, reference = await asked(polling)
    await report(polling.store, CHAIN)
    await polling.drain.once()
    for data in (f"have:{reference}", f"give:{reference}", f"again:{reference}", "seen:7K3M9QX2"):
        await phone.tap(data=data)
        await phone.wait_idle()
        assert phone.answers()[-1].text == GONE
    assert await state_of(polling.store, ALTERNATE) == ("waiting", None)
    assert await answered(polling.store) == {}


async def test_a_test_counts_as_nothing_that_waits(polling):
    phone, _ = await asked(polling)
    await phone.send_command("/waiting")
    await phone.wait_for("Nothing waits for you.")
    assert HAVE not in phone.chat()[-1].buttons
