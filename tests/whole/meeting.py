"""People, the fake server and a Linnet process together, and what a chat must look like at rest."""

import asyncio
from collections.abc import Awaitable, Iterable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from tests.fakes.chats import Message
from tests.fakes.telegram import REPORTER_TOKEN, FakeTelegram
from tests.whole.running import Linnet
from tests.whole.telling import Plan, Teller

STORY = ("First <b>this</b> & that.", "Then \u202ethat\u202c.")


@dataclass
class Meeting:
    """The fake server and Linnet at it."""

    telegram: FakeTelegram
    linnet: Linnet
    met: int = 0

    def somebody(self, plan: Plan | None = None) -> Teller:
        """One person more, who speaks English and has not written yet."""
        self.met += 1
        person = self.telegram.person(REPORTER_TOKEN, 1_000 + self.met, "Somebody", language_code="en")
        return Teller(person, plan or Plan(words={"story": STORY, "where": ("Here.",)}))


class Meet(Protocol):
    """The fixture of the same name."""

    def __call__(self, *, webhook: bool = ...) -> AbstractAsyncContextManager[Meeting]:
        """Start both, and check at the end that nobody broke a rule."""
        ...


def only(teller: Teller) -> Message:
    """The one message that the chat shows, with the present question."""
    shown = teller.person.chat()
    assert [(m.from_bot, bool(m.keyboard)) for m in shown] == [(True, True)], shown.render()
    return shown[0]


def line(teller: Teller) -> Message:
    """The one ordinary line that is left of a chat."""
    shown = teller.person.chat()
    assert [(m.from_bot, m.keyboard, len(m.text.split("\n"))) for m in shown] == [(True, (), 1)], shown.render()
    return shown[0]


def read_back(teller: Teller) -> str:
    """What the bot shows, in however many messages."""
    return "\n\n".join(message.text for message in teller.person.chat() if message.from_bot)


async def quiet(teller: Teller, seconds: float = 0.4) -> None:
    """Wait until the bot has dealt with everything, and has been quiet for so long."""
    await teller.person.wait_idle(quiet=seconds, timeout=40)


async def settled(meeting: Meeting, teller: Teller) -> None:
    """Wait until nothing is under way for this one person and the chat holds one message; at most a minute."""

    def at_rest() -> bool:
        mine = [call for call in meeting.telegram.calls if call.params.get("chat_id") == teller.person.user_id]
        return len(teller.person.chat()) == 1 and not [call for call in mine if call.outcome == "pending"]

    for _ in range(1200):
        if at_rest():
            await asyncio.sleep(0.3)
            if at_rest():
                return
        await asyncio.sleep(0.05)


async def everyone(doing: Iterable[Awaitable[object]]) -> None:
    """All of it at once; the first failure ends the rest."""

    async def one(what: Awaitable[object]) -> None:
        await what

    async with asyncio.TaskGroup() as group:
        for what in doing:
            group.create_task(one(what))


async def leave(teller: Teller, way: str = "tap") -> None:
    """Ask to leave, by "tap", "command" or "word", without waiting."""
    match way:
        case "tap":
            await teller.person.tap(data=teller.data("!leave"))
        case "command":
            await teller.person.send_command("/leave")
        case _:
            await teller.person.send_text("leave")


async def to(teller: Teller, node: str) -> None:
    """Begin, and tell until this screen."""
    await teller.begin()
    await teller.tell(node)
