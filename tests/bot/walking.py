"""A person who goes through a conversation turn by turn, without any channel: what they do, and what they then see."""

from __future__ import annotations

from collections.abc import Callable

from bot.incoming import Happened, Incoming, Notes, Open, Reply, Tap, Typed, nothing
from bot.screen import Screen
from bot.turn import TurnTaker
from flows.state import Secret
from tests.bot.real_turns import World

TO_STORY = (
    "go_on", "yes", "no", "go_on", "report", "me", "no", "aid_worker", "civic-relief", "community", "port-lumen",
    "within_6_months", "go_on",
)  # fmt: skip
"""The buttons from after the choice of a language to the question for the story."""

Remember = Callable[[Notes, bool], Notes]


class Walk:
    """One person. ``turns`` may be changed on the way: another process, or the same one after a restart."""

    def __init__(self, world: World, person: str = "1001", *, hint: str = "en", channel: str = "telegram") -> None:
        self.world = world
        self.turns: TurnTaker = world.turns
        self.person = person
        self.hint = hint
        self.channel = channel
        self.deliveries: list[Incoming] = []
        self.reply: Reply | None = None

    @property
    def screen(self) -> Screen:
        assert self.reply is not None
        return self.reply.screen

    def incoming(self, happened: Happened, remember: Remember = nothing) -> Incoming:
        """A delivery that has not been made before."""
        delivery = f"{self.person}:{len(self.deliveries)}"
        made = Incoming(self.channel, self.person, delivery, happened, self.hint, remember)
        self.deliveries.append(made)
        return made

    async def deliver(self, incoming: Incoming) -> Screen:
        self.reply = await self.turns.take(incoming)
        return self.reply.screen

    async def do(self, happened: Happened, remember: Remember = nothing) -> Screen:
        return await self.deliver(self.incoming(happened, remember))

    async def press(self, *buttons: str) -> Screen:
        """Buttons of the present screen, one after the other; each must be there."""
        for button in buttons:
            await self.do(self.tap(button))
        return self.screen

    def tap(self, button: str) -> Tap:
        there = [one.id for one in (*self.screen.options, *self.screen.asides)]
        assert button in there, (button, there, self.screen.paragraphs)
        return Tap(button, self.screen.seq)

    async def write(self, words: str) -> Screen:
        return await self.do(Typed(Secret(words)))

    async def to_story(self, language: str = "en", **ways: str) -> Screen:
        """From the beginning to the question for the story; ``ways`` replace an answer: ``entity="open-well"``."""
        await self.do(Open())
        await self.press(language)
        usual = dict(zip(("under_18", "actor", "entity", "works", "station", "elapsed"), TO_STORY[6:12], strict=True))
        await self.press(*TO_STORY[:6], *(ways.get(name, way) for name, way in usual.items()), "go_on")
        return self.screen

    async def to_review(self, language: str = "en", story: str = "words", where: str = "", **ways: str) -> Screen:
        await self.to_story(language, **ways)
        if self.screen.writes:
            await self.write(story)
            await self.press("!done")
            if where:
                await self.write(where)
            await self.press("!done" if where else "!skip")
        else:
            await self.press("go_on")
        return self.screen

    async def to_receipt(self, language: str = "en", story: str = "words", **ways: str) -> Screen:
        await self.to_review(language, story, **ways)
        return await self.press("send")


def shown(screen: Screen) -> str:
    """Every word on a screen."""
    told = [text for one in screen.told for text in (one.question, one.answer)]
    buttons = [one.label for one in (*screen.options, *screen.asides)]
    parts = [screen.notice, *screen.paragraphs, *told, screen.written, screen.number, *buttons]
    return "\n".join(part for part in parts if part)
