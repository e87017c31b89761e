"""A person who goes through a conversation turn by turn, without any channel: what they do, and what they then see."""

from __future__ import annotations

from collections.abc import Callable

from bot.incoming import Happened, Incoming, Notes, Open, Reply, Tap, Typed, nothing
from bot.screen import Screen
from bot.turn import TurnTaker
from flows.book import Choose, Phrase, Say, Text
from flows.path import titles
from flows.state import Secret
from tests.bot.real_turns import World

TO_STORY = ("go_on", "yes", "no", "go_on", "report", "me", "no", "sexual")
"""The buttons from after the choice of a language to the question for the story."""

USUAL = {
    "affected": "me",
    "under_18": "no",
    "about": "sexual",
    "story_ok": "yes",
    "elapsed": "within_6_months",
    "actor": "aid_worker",
    "setting_aid": "yes",
    "entity": "civic-relief",
    "works": "community",
    "station": "port-lumen",
    "name_ok": "yes",
    "keep_place": "no",
    "help_wish": "no",
    "share_ok": "yes",
    "count_ok": "no",
}
"""What is answered on the way from there to the read-back, unless a test says otherwise."""

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
        self.ways: dict[str, str] = {}

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
        """From the beginning to the question for the story, or past it where nobody is asked for one.

        ``ways`` replace an answer, now or later on the way: ``entity="open-well"``; "" skips the question.
        """
        self.ways = ways
        await self.do(Open())
        await self.press(language, *TO_STORY[:5])
        for name in ("affected", "under_18", "about"):
            assert self.asked() == name
            await self.press(ways.get(name, USUAL[name]) or "!skip")
        return self.screen

    async def on(self, **words: str) -> Screen:
        """From any question of the path to the read-back; ``words`` are written where they are asked for."""
        while "send" not in [one.id for one in self.screen.options]:
            name = self.asked()
            if self.screen.writes:
                if words.get(name):
                    await self.write(words[name])
                await self.press("!done" if words.get(name) or self.screen.written else "!skip")
            elif name in USUAL:
                await self.press(self.ways.get(name, USUAL[name]) or "!skip")
            else:
                [only] = self.screen.options
                await self.press(only.id)
        return self.screen

    async def to_review(self, language: str = "en", story: str = "words", where: str = "", **ways: str) -> Screen:
        await self.to_story(language, **ways)
        return await self.on(story=story, where=where)

    async def to_receipt(self, language: str = "en", story: str = "words", **ways: str) -> Screen:
        await self.to_review(language, story, **ways)
        return await self.press("send")

    def asked(self) -> str:
        """The node that is on the screen, known by its words; empty for words with something filled in."""
        said = "\n\n".join(self.screen.paragraphs)
        for name, node in self.world.book.nodes.items():
            if isinstance(node, Choose | Text | Say):
                phrase = node.say if isinstance(node, Say) else node.ask
                if self._said(phrase) == said:
                    return name
        return ""

    def answer(self, name: str) -> str | None:
        """What is read back as the answer to a question, without marks of direction; ``None`` if it is not there."""
        title = self._said(titles(self.world.book)[name])
        found = [one.answer.strip("\u2068\u2069") for one in self.screen.told if one.question == title]
        assert len(found) < 2, found
        return found[0] if found else None

    def _said(self, phrase: Phrase) -> str:
        own = self.world.languages.phrase(self.screen.language, phrase.context, phrase.english)
        return own or phrase.english


def shown(screen: Screen) -> str:
    """Every word on a screen."""
    told = [text for one in screen.told for text in (one.question, one.answer)]
    buttons = [one.label for one in (*screen.options, *screen.asides)]
    parts = [screen.notice, *screen.paragraphs, *told, screen.written, screen.number, *buttons]
    return "\n".join(part for part in parts if part)
