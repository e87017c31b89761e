"""A process that is killed between saving and showing: the chat comes right all the same, whatever happens next.

Linnet knows the message ids of a chat from its notes, and a message that was sent but not written down is in none.
Here it is killed at exactly these moments: the answer to a call is lost, and the next try is told to wait.
"""

import pytest

from tests.fakes.faults import DropAfter, TooManyRequests
from tests.fakes.telegram import REPORTER_TOKEN, FakeTelegram
from tests.whole.meeting import Meet, everyone, leave, line, only, quiet, to
from tests.whole.telling import Teller

pytestmark = pytest.mark.slow

WAIT = TooManyRequests(20)
"""Linnet obeys; it is killed long before."""


async def _waits(telegram: FakeTelegram, teller: Teller, method: str) -> None:
    """Wait until this person's last call was told to wait."""

    def told(_: object) -> bool:
        mine = [call for call in telegram.calls if call.params.get("chat_id") == teller.person.user_id]
        return bool(mine) and mine[-1].method == method and mine[-1].outcome.startswith("429")

    await teller.person.wait_for(told)


@pytest.mark.parametrize("method", ["editMessageText", "deleteMessages"])
async def test_right_after_leaving_was_saved(meet: Meet, method: str) -> None:
    async with meet(webhook=True) as meeting:
        tellers = {way: meeting.somebody() for way in ("tap", "command", "word", "tap without more")}
        await everyone(to(teller, "entity") for teller in tellers.values())
        for way, teller in tellers.items():
            if way != "tap without more":
                await teller.person.send_sticker()
        await quiet(tellers["tap"])
        if method == "deleteMessages":
            del tellers["tap without more"]  # there is nothing to delete
        for way, teller in tellers.items():
            meeting.telegram.inject(REPORTER_TOKEN, method, teller.person.user_id, fault=WAIT)
            await leave(teller, way.split()[0])
        await everyone(_waits(meeting.telegram, teller, method) for teller in tellers.values())
        await meeting.linnet.kill()
        await meeting.linnet.start()
        await everyone(teller.left() for teller in tellers.values())
        await quiet(tellers["tap"])
        for teller in tellers.values():
            line(teller)


@pytest.mark.parametrize("way", ["command", "word"])
async def test_leaving_without_ever_having_begun(meet: Meet, way: str) -> None:
    async with meet(webhook=True) as meeting:
        teller = meeting.somebody()
        for fault in (DropAfter(), WAIT):
            meeting.telegram.inject(REPORTER_TOKEN, "sendMessage", teller.person.user_id, fault=fault)
        await leave(teller, way)
        await _waits(meeting.telegram, teller, "sendMessage")
        await meeting.linnet.kill()
        await meeting.linnet.start()
        await teller.left()
        await quiet(teller)
        line(teller)


@pytest.mark.parametrize("again", [False, True])
async def test_between_sending_and_writing_down_what_was_sent(meet: Meet, again: bool) -> None:
    """``again``: not the first message of a conversation, but the question once more at the bottom of the chat."""
    async with meet(webhook=True) as meeting:
        tellers = {what: meeting.somebody() for what in ("tap", "text", "leave", "start", "nothing")}
        if again:
            await everyone(to(teller, "story") for teller in tellers.values())
            await quiet(tellers["tap"])
        for teller in tellers.values():
            for fault in (DropAfter(), WAIT):
                meeting.telegram.inject(REPORTER_TOKEN, "sendMessage", teller.person.user_id, fault=fault)
            await teller.person.send_command("/start")
        await everyone(_waits(meeting.telegram, teller, "sendMessage") for teller in tellers.values())
        await meeting.linnet.kill()
        for what, teller in tellers.items():
            assert len([message for message in teller.person.chat() if message.from_bot]) == 1 + again
            await _go_on(teller, what)
        await meeting.linnet.start()
        await quiet(tellers["tap"], 1.0)
        line(tellers.pop("leave"))
        for what, teller in tellers.items():
            only(teller)
            here, further = ("story", "elapsed") if again else ("language", "hello")
            assert teller.at() == (further if what == "tap" else here)
        await everyone(teller.tell("review") for teller in tellers.values())
        for teller in tellers.values():
            await leave(teller)
            await teller.left()
        await quiet(tellers["tap"])
        for teller in tellers.values():
            line(teller)


async def _go_on(teller: Teller, what: str) -> None:
    """What somebody does who sees the question and knows nothing of the process that is gone."""
    match what:
        case "tap":
            await teller.person.tap(data=teller.data("!skip" if teller.at() == "story" else "en"))
        case "text":
            await teller.person.send_text("words already")
        case "leave":
            await leave(teller)
        case "start":
            await teller.person.send_command("/start")
