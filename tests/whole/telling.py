"""A person in Telegram who tells what they planned to, screen by screen, whatever Linnet goes through meanwhile.

A screen is recognised by its English words, taken from the book itself, and answered by the id of a button, so that
nobody has to change a test when a label changes. The person does one thing and then waits until the living message
shows a screen of another number (``seq``): from that moment on, what they did counts as confirmed.
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from bot.opening import flow_texts, vocabulary
from flows.book import Book, Choose, Say, Text
from flows.compile import compile_book
from locales.catalogues import load as load_languages
from routing.load import load as load_directory
from tests.fakes.chats import Message
from tests.fakes.people import Person

PATIENCE = 90.0
"""Seconds for one screen; Linnet may be down for a while in between."""

_NUMBER = re.compile(r"\b\d{4}([ -]\d{4}){3}\b")

PLAIN: Mapping[str, str] = {
    "language": "en", "hello": "go_on", "safe": "yes", "not_safe": "go_on", "danger": "no", "danger_now": "go_on",
    "limits": "go_on", "want": "report", "more": "report",
    "affected": "me", "someone_else": "go_on", "under_18": "no", "about": "sexual", "speaking_up": "go_on",
    "story_ok": "yes", "elapsed": "within_72h", "care": "go_on", "actor": "aid_worker", "setting_aid": "yes",
    "entity": "civic-relief", "works": "community", "at_work": "go_on", "station": "port-lumen", "young": "go_on",
    "name_ok": "yes", "keep_place": "no", "help_wish": "no", "share_ok": "yes", "count_ok": "no", "review": "send",
    "receipt": "kept", "after": "next", "traces": "leave", "help_now": "talk", "counsellor": "any",
    "counsellor_asked": "go_on",
}  # fmt: skip
"""The button at each screen, for somebody who makes a report without detours."""


@dataclass(frozen=True)
class Plan:
    """What somebody means to tell.

    ``ways``: the button at a screen where it is not that of ``PLAIN``. ``words``: the messages at a free text, skipped
    where there are none. ``loose``: words typed at a screen that wants a button. ``counsellor_at``: the screen from
    which they ask for a counsellor first.
    """

    ways: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Sequence[str]] = field(default_factory=dict)
    loose: Mapping[str, str] = field(default_factory=dict)
    counsellor_at: str | None = None

    def way(self, node: str) -> str:
        return self.ways.get(node) or PLAIN[node]


class Teller:
    """Follows a plan. ``receipt`` is the number as soon as it was seen; ``steps`` counts confirmed acts."""

    def __init__(self, person: Person, plan: Plan) -> None:
        self.person = person
        self.plan = plan
        self.receipt: str | None = None
        self.steps = 0
        self.sending = asyncio.Event()
        self._said: set[str] = set()

    async def begin(self) -> None:
        """Press Start and wait for the first question."""
        await self.person.send_command("/start")
        await self.person.wait_for(lambda _: self.living() is not None, PATIENCE)

    async def tell(self, *until: str) -> str:
        """Go on until one of these screens, or until the end of it all; returns where that is ("" at the end)."""
        while (node := self.at()) not in until:
            if await self.act(node) == "leave":
                return ""
        return node

    async def act(self, node: str) -> str:
        """Do what the plan says at this screen, wait for the next, and return the button that was pressed."""
        plan = self.plan
        if node in plan.loose and f"loose {node}" not in self._said:
            self._said.add(f"loose {node}")
            await self.confirmed(self.person.send_text(plan.loose[node]))
        if node == plan.counsellor_at and "counsellor" not in self._said:
            self._said.add("counsellor")
            way = "!help"
        elif node in texts():
            for words in plan.words.get(texts()[node], ()):
                await self.confirmed(self.person.send_text(words))
            way = "!done" if plan.words.get(texts()[node]) else "!skip"
        else:
            way = plan.way(node)
        if node == "review" and way == "send":
            self.sending.set()
        if way == "leave":
            await self.person.tap(data=self.data(way))
            await self.left()
        else:
            await self.confirmed(self.person.tap(data=self.data(way)))
        if found := _NUMBER.search(self.text()):
            self.receipt = found[0]
        return way

    async def confirmed(self, doing: object) -> None:
        """Do something and wait until another screen is shown."""
        before = self.seq()
        await doing  # type: ignore[misc]  # an action of the person's, whatever it returns
        await self.person.wait_for(lambda _: self.living() is not None and self.seq() != before, PATIENCE)
        self.steps += 1

    async def left(self) -> None:
        """Wait until the chat is empty but for one line without buttons."""
        await self.person.wait_for(lambda p: [m.keyboard for m in p.chat() if m.from_bot] == [()], PATIENCE)
        self.steps += 1

    # --- what the chat shows ---------------------------------------------------------------------------

    def living(self) -> Message | None:
        """The newest message with buttons."""
        shown = [message for message in self.person.chat() if message.from_bot and message.keyboard]
        return shown[-1] if shown else None

    def text(self) -> str:
        living = self.living()
        return living.text if living else ""

    def buttons(self) -> dict[str, str]:
        """The callback data of the living message, by the id of the button."""
        living = self.living()
        assert living is not None, self.person.chat().render()
        every = [button["callback_data"] for row in living.keyboard for button in row]
        return {data.partition(":")[2]: data for data in every}

    def data(self, button: str) -> str:
        """The callback data of one button."""
        assert button in self.buttons(), (button, self.person.chat().render())
        return self.buttons()[button]

    def seq(self) -> int | None:
        """The number of the screen that is shown."""
        living = self.living()
        return int(living.keyboard[0][0]["callback_data"].partition(":")[0]) if living else None

    def at(self) -> str:
        """Which screen it is."""
        return screen(self.text(), self.buttons().keys())


def screen(text: str, buttons: AbstractSet[str]) -> str:
    """Which screen shows these words, however they are broken into lines, and these buttons."""
    bare = _bare(text)
    fitting = {
        node: sum(map(len, paragraphs))
        for node, (paragraphs, options) in screens().items()
        if all(paragraph in bare for paragraph in paragraphs) and options <= buttons
    }
    assert fitting, text
    return max(fitting, key=lambda node: fitting[node])


def _bare(text: str) -> str:
    return re.sub(r"[\s•]", "", text)


@cache
def book() -> Book:
    """The conversation as the demonstration has it."""
    demo = files("config") / "demo"
    directory = load_directory({"directory.yaml": (demo / "directory.yaml").read_text("utf-8")})
    return compile_book(flow_texts(), vocabulary(directory, load_languages().tags))


@cache
def screens() -> dict[str, tuple[list[str], set[str]]]:
    """Each screen's unchanging paragraphs, and its buttons that are always there."""
    found = {}
    for node in book().nodes.values():
        if isinstance(node, Choose | Say | Text):
            phrase = node.say if isinstance(node, Say) else node.ask
            paragraphs = [_bare(part) for part in phrase.english.split("\n\n") if "{" not in part]
            options = () if isinstance(node, Text) else node.options
            found[node.name] = (paragraphs, {option.id for option in options if option.redo is None})
    return found


def label(node: str, option: str) -> str:
    """The English label of a button, as it is read back."""
    asked = book().nodes[node]
    assert isinstance(asked, Choose | Say), node
    [found] = [one.label for one in asked.options if one.id == option]
    return found.name("en") or found.english


@cache
def texts() -> dict[str, str]:
    """The slot of each free text."""
    return {node.name: node.slot for node in book().nodes.values() if isinstance(node, Text)}
