"""Who floods the staff bot, and who would like to know whether there is a report."""

from tests.bot.staff_office import HAVE, THANKS
from tests.bot.test_alerts import person
from tests.cases.chains import ALTERNATE, CHAIN, DAY, OWNER, REFERENCE, report, state_of
from tests.fakes.faults import TooManyRequests
from tests.fakes.telegram import STAFF_TOKEN


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
