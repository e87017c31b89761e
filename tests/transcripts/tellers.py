"""Three ways of telling the same conversation: bare steps, the Telegram door, and the pages without script.

Each follows the steps of a transcript (``paths.yaml`` says how they are written) and knows nothing of the words on the
screens. A button that is not offered is a failure, whatever the door would do with it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from sqlalchemy import select

from bot.calls import Calls
from bot.opening import triage_table
from cases.tables import documents, wraps
from cases.turns import Document
from crypto.entropy import Entropy
from crypto.seal import Wrap, envelope, open_envelope
from flows.book import Choose, Text
from flows.path import here
from flows.state import Ask, Event, Forget, Interrupt, Pick, Result, Seal, Secret, State, Words
from flows.step import begin, can_go_back, may_end, offers, step
from tests.bot.browsing import Browser
from tests.bot.real_turns import World
from tests.whole.telling import Teller

Step = str | Mapping[str, str]


@dataclass(frozen=True)
class Opened:
    """One document as its recipients read it, and who they are, each with the number of their turn."""

    purpose: str
    plain: Mapping[str, Any]
    recipients: frozenset[tuple[str, int]]


class Telling(Protocol):
    """Somebody at one of the doors."""

    async def does(self, one: Step) -> None:
        """Do one step."""

    async def over(self) -> bool:
        """Whether nothing is left of the conversation."""


@dataclass
class Bare:
    """The conversation itself, without a turn or a door."""

    world: World
    entropy: Entropy
    texts: dict[str, str] = field(default_factory=dict)
    made: list[Document] = field(default_factory=list)
    state: State = field(init=False)
    calls: Calls = field(init=False)

    def __post_init__(self) -> None:
        world = self.world
        self.state = begin(world.book, "en", 100)
        self.calls = Calls(lambda: world.people, world.vault, world.languages, triage_table(), entropy=self.entropy)

    async def does(self, one: Step) -> None:
        if isinstance(one, str):
            await self._happens(self._button(one))
            return
        match dict(one):
            case {"command": name}:
                await self._happens(Interrupt(name))  # type: ignore[arg-type]  # transcripts name real ones
            case {"type": _, "means": button}:
                await self._happens(self._button(button))
            case {"done": node}:
                if here(self.world.book, self.state) == node:
                    await self._happens(Interrupt("done"))
            case {"write": words, **more} | {"add": words, **more}:
                where = here(self.world.book, self.state)
                assert isinstance(self.world.book.nodes[where], Text), where
                await self._happens(Words(Secret(words), alarm=more.get("alarm")))  # type: ignore[arg-type]  # a real one
                if here(self.world.book, self.state) == where:
                    await self._happens(Interrupt("done"))
            case other:
                raise AssertionError(other)

    async def over(self) -> bool:
        return self.state.over and not self.texts

    def _button(self, button: str) -> Event:
        book, state = self.world.book, self.state
        node = book.waiting(here(book, state))
        there = {"!leave", "!help", "!language"}
        if not isinstance(node, Text):
            there |= {option.id for option in offers(book, state, node)}
        if isinstance(node, Choose | Text) and node.skip is not None:
            there.add("!skip")
        there |= {"!enough"} if may_end(book, state) else set()
        there |= {"!back"} if can_go_back(book, state) else set()
        assert button in there, (button, node.name, there)
        if button.startswith("!"):
            return Interrupt(button.removeprefix("!"), state.seq)  # type: ignore[arg-type]  # just checked
        return Pick(button, state.seq)

    async def _happens(self, event: Event) -> None:
        stepped = step(self.world.book, self.state, event)
        assert stepped.state != self.state, (event, stepped.notice)
        self.state = stepped.state
        for effect in stepped.effects:
            match effect:
                case Seal(slot=slot, words=words, append=append):
                    before = f"{self.texts[slot]}\n" if append and slot in self.texts else ""
                    self.texts[slot] = before + words.reveal()
                case Forget(slots=slots):
                    for slot in self.texts.copy() if slots is None else slots:
                        self.texts.pop(slot, None)
                case Ask():
                    outcome = await self.calls.carry_out(
                        effect, self.world.book, self.state, self.texts, datetime.now(UTC)
                    )
                    self.made += [outcome.document] if outcome.document else []
                    await self._happens(Result(effect.key, outcome.name))

    def opened(self) -> list[Opened]:
        """What was sealed."""
        return [
            _opened(
                self.world,
                made.purpose,
                made.reference,
                made.body,
                [(one.recipient, one.turn, one.key_id, one.body) for one in made.wraps],
            )
            for made in self.made
        ]


class InTelegram:
    """Somebody in the app, at the strict server that stands in for Telegram."""

    def __init__(self, teller: Teller) -> None:
        self.teller = teller

    async def does(self, one: Step) -> None:
        teller, phone = self.teller, self.teller.person
        if isinstance(one, str):
            leaving = one in ("leave", "!leave")
            tap = phone.tap(data=teller.data(one))
            await (self._leaves(tap) if leaving else teller.confirmed(tap))
            return
        match dict(one):
            case {"command": "leave"}:
                await self._leaves(phone.send_command("/leave"))
            case {"command": name}:
                await teller.confirmed(phone.send_command(f"/{name}"))
            case {"type": words, "means": button}:
                teller.data(button)
                await teller.confirmed(phone.send_text(words))
            case {"done": _}:
                if "!done" in teller.buttons():
                    await teller.confirmed(phone.tap(data=teller.data("!done")))
            case {"write": words} | {"add": words}:
                await teller.confirmed(phone.send_text(words))
                if "!done" in teller.buttons():
                    await teller.confirmed(phone.tap(data=teller.data("!done")))
            case other:
                raise AssertionError(other)

    async def _leaves(self, doing: Any) -> None:
        await doing
        await self.teller.left()
        await self.teller.person.wait_idle(quiet=0.2)  # what the person wrote is cleared away after that

    async def over(self) -> bool:
        return [(one.from_bot, one.keyboard) for one in self.teller.person.chat()] == [(True, ())]


class AtThePage:
    """Somebody in a browser without script."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser

    async def does(self, one: Step) -> None:
        browser = self.browser
        if not browser.status:
            await browser.open()
        if isinstance(one, str):
            await self._press(one)
            return
        match dict(one):
            case {"command": name}:
                await self._press(f"!{name}")
            case {"means": button}:
                await self._press(button)
            case {"done": _}:
                assert browser.page.main.box is None  # words in a form are a whole answer
            case {"write": words}:
                assert browser.page.main.box is not None
                await browser.press(None, words)
            case {"add": words}:
                await browser.press(None, f"{browser.page.main.box}\n{words}")
            case other:
                raise AssertionError(other)

    async def _press(self, button: str) -> None:
        page = self.browser.page
        if button == "!leave":
            await self.browser.send(page.leave.fields("!leave"))
        elif button == "!skip" and page.main.box is not None:
            await self.browser.press(None, "")
        else:
            await self.browser.press(button)

    async def over(self) -> bool:
        return self.browser.status == 200 and not self.browser.page.forms  # nothing to go on with


async def kept(world: World) -> dict[str, Opened]:
    """Every document in the database, opened, by its reference."""
    async with world.store.reading() as connection:
        rows = list(await connection.execute(select(documents)))
        wrapped = list(await connection.execute(select(wraps)))
    return {
        row.reference: _opened(
            world,
            row.purpose,
            row.reference,
            row.body,
            [(one.recipient, one.turn, one.key_id, one.body) for one in wrapped if one.reference == row.reference],
        )
        for row in rows
    }


def _opened(
    world: World, purpose: str, reference: str, body: bytes, wrapped: list[tuple[str, int, str, bytes]]
) -> Opened:
    plains = {
        open_envelope(
            envelope(body, Wrap(key_id, wrap), purpose=purpose, reference=reference), world.keys[recipient]
        ).plaintext
        for recipient, _, key_id, wrap in wrapped
    }
    [plain] = plains  # the same for each of them
    told = json.loads(plain)
    told.pop("day", None)  # midnight may pass between two tellings
    told.pop("mailbox", None)  # another one for each report
    return Opened(purpose, told, frozenset((recipient, turn) for recipient, turn, _, _ in wrapped))


__all__ = ["AtThePage", "Bare", "InTelegram", "Opened", "Step", "Telling", "kept"]
