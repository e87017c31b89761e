"""Whatever Telegram does, a person has one living message with the present question, and every answer is kept."""

import asyncio

import pytest

from tests.fakes.faults import (
    AnyFault,
    BadGateway,
    Delay,
    DropAfter,
    DropBefore,
    Duplicate,
    Forbidden,
    Reorder,
    TooManyRequests,
)
from tests.fakes.telegram import REPORTER_TOKEN
from tests.whole.meeting import Meet, everyone, leave, line, only, quiet, read_back, settled, to
from tests.whole.telling import label

pytestmark = pytest.mark.slow

FAULTS: tuple[AnyFault, ...] = (
    TooManyRequests(1),
    BadGateway(),
    BadGateway(html=True),
    DropBefore(),
    DropAfter(),
    Delay(0.4),
)
CALLS = ("sendMessage", "editMessageText", "deleteMessages", "answerCallbackQuery")


@pytest.mark.parametrize(("webhook", "times", "faults"), [(False, 1, FAULTS[::2]), (True, 2, FAULTS)])
async def test_each_fault_at_each_call_costs_nobody_an_answer(
    meet: Meet, webhook: bool, times: int, faults: tuple[AnyFault, ...]
) -> None:
    async with meet(webhook=webhook) as meeting:
        telegram = meeting.telegram

        async def one(method: str, fault: AnyFault) -> None:
            teller = meeting.somebody()

            def inject() -> None:
                telegram.inject(REPORTER_TOKEN, method, teller.person.user_id, fault=fault, times=times)

            inject()  # at the first message of all
            await to(teller, "safe")
            inject()  # at a tap
            await teller.tell("story")
            inject()  # at words
            await teller.tell("review")
            await settled(meeting, teller)
            only(teller)
            for words in ("First <b>this</b> & that.\nThen that", "Here.", "Port Lumen"):
                assert words in read_back(teller)
            inject()  # at leaving
            await leave(teller)
            await teller.left()
            await settled(meeting, teller)
            line(teller)

        await everyone(one(method, fault) for method in CALLS for fault in faults)
        hit = [call for call in telegram.calls if call.outcome != "ok"]
        assert len(hit) > len(CALLS) * len(faults)  # faults did happen
        # In a webhook's response, an answer to a tap is sent once, and what becomes of it nobody hears.
        assert webhook or telegram.unanswered_callbacks() == []


async def test_somebody_who_blocks_and_comes_back_finds_every_answer(meet: Meet) -> None:
    async with meet() as meeting:
        teller = meeting.somebody()
        await to(teller, "works")
        meeting.telegram.inject(REPORTER_TOKEN, "editMessageText", teller.person.user_id, fault=Forbidden())
        await teller.person.tap(data=teller.data("staff"))
        await quiet(teller)
        assert teller.at() == "works"
        await teller.person.block()
        await teller.person.unblock()
        await teller.person.send_command("/start")
        await teller.person.wait_for(lambda _: teller.at() == "at_work")
        await teller.tell("review")
        await quiet(teller)
        only(teller)
        assert label("works", "staff") in read_back(teller)


async def test_updates_that_come_twice_count_once(meet: Meet) -> None:
    async with meet(webhook=True) as meeting:
        tellers = [meeting.somebody(), meeting.somebody()]
        for teller, at_once in zip(tellers, (False, True), strict=True):
            fault = Duplicate(at_once=at_once)
            meeting.telegram.inject(REPORTER_TOKEN, chat=teller.person.user_id, fault=fault, times=1_000)
        await everyone(to(teller, "review") for teller in tellers)
        for teller in tellers:
            await quiet(teller)
            only(teller)
            text = read_back(teller)
            assert [text.count(words) for words in ("First", "Then", "Here.")] == [1, 1, 1]
            await leave(teller)
        await everyone(teller.left() for teller in tellers)
        await quiet(tellers[0])
        for teller in tellers:
            line(teller)


@pytest.mark.parametrize("webhook", [False, True])
async def test_updates_in_the_wrong_order_lose_nothing(meet: Meet, webhook: bool) -> None:
    async with meet(webhook=webhook) as meeting:
        teller = meeting.somebody()
        await to(teller, "story")
        held = Reorder(2.0)
        meeting.telegram.inject(REPORTER_TOKEN, chat=teller.person.user_id, fault=held)
        await teller.person.send_text("sent first, came second")
        await teller.person.send_text("sent second, came first")
        await teller.person.wait_for(lambda _: "sent first" in teller.text())
        await quiet(teller)
        assert "sent second, came first\nsent first, came second" in only(teller).text
        # A tap overtakes the words before it: what comes too late for its question is kept all the same.
        meeting.telegram.inject(REPORTER_TOKEN, chat=teller.person.user_id, fault=held)
        await teller.person.send_text("came late")
        await teller.person.tap(data=teller.data("!done"))
        await quiet(teller, 0.6)
        assert teller.at() == "story_ok"
        await teller.tell("review")
        assert "came late" in read_back(teller)


async def test_two_taps_at_once_are_one_answer(meet: Meet) -> None:
    async with meet(webhook=True) as meeting:
        meeting.telegram.pace.ordering = "none"
        teller = meeting.somebody()
        await teller.begin()
        pairs = {
            "safe": ("yes", "no"),
            "under_18": ("no", "yes"),
            "works": ("staff", "community"),
            "review": ("send",) * 2,
        }
        for node, (first, second) in pairs.items():
            await teller.tell(node)
            taps, before = [teller.data(first), teller.data(second)], teller.seq()
            await asyncio.gather(*(teller.person.tap(data=data) for data in taps))
            await quiet(teller)
            steps = 2 if node == "review" else 1  # sending takes a second one, of its own accord
            assert teller.seq() == (before or 0) + steps
            only(teller)
        assert teller.at() == "receipt"
        assert meeting.telegram.unanswered_callbacks() == []


async def test_several_people_press_send_at_the_same_moment(meet: Meet) -> None:
    async with meet(webhook=True) as meeting:
        tellers = [meeting.somebody() for _ in range(6)]
        await everyone(to(teller, "review") for teller in tellers)
        await asyncio.gather(*(teller.act("review") for teller in tellers))
        assert len({teller.receipt for teller in tellers} - {None}) == len(tellers)


async def test_slow_answers_and_an_impatient_person(meet: Meet) -> None:
    async with meet(webhook=True) as meeting:
        teller = meeting.somebody()
        await to(teller, "under_18")
        meeting.telegram.inject(REPORTER_TOKEN, "editMessageText", teller.person.user_id, fault=Delay(0.5), times=4)
        for _ in range(5):
            await teller.person.tap(data=teller.data("no"))
            await teller.person.send_text("hello?")
        await quiet(teller, 0.8)
        only(teller)
        assert teller.at() in ("under_18", "about")  # words that came first make a tap stale, and it is asked again
        await teller.tell("review")
        assert read_back(teller).count("hello?") == 5
