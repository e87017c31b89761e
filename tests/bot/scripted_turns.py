"""A short conversation with the real data types, for tests of a door: the turn's contract without its database.

Like the real turn it answers a repeated delivery with the present screen, answers a stale tap with a notice,
keeps words, and forgets everything on leaving. ``fail`` makes the next turns fail.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field, replace

from bot.incoming import Command, Incoming, Notes, Open, Reply, Tap, Typed
from bot.screen import Button, Screen, Told

ASIDES = (
    Button("!help", "Help now"),
    Button("!leave", "Leave"),
    Button("!language", "Language"),
    Button("!back", "Back"),
    Button("!delete", "Erase all"),
)
NUMBER = "4821 9930 1175 6042"


@dataclass
class Talk:
    """One session."""

    language: str = "en"
    place: str = "language"
    seq: int = 1
    story: str | None = None
    seen: set[str] = field(default_factory=set)
    aside: bool = False


class ScriptedTurns:
    """Turns over a dictionary."""

    def __init__(self) -> None:
        self.talks: dict[str, Talk] = {}
        self.taken: list[Incoming] = []
        self.gone_for: list[str] = []
        self.fail: list[Exception] = []

    def alone(self, _channel: str, _person: str) -> AbstractAsyncContextManager[None]:
        return nullcontext()

    async def take(self, incoming: Incoming) -> Reply:
        if self.fail:
            raise self.fail.pop(0)
        self.taken.append(incoming)
        talk = self.talks.setdefault(incoming.person, Talk())
        if incoming.delivery in talk.seen:
            return Reply(self.draw(talk), Notes(), repeat=True)
        talk.seen.add(incoming.delivery)
        notice = None
        match incoming.happened:
            case Open():
                pass
            case Command("leave") | Tap("!leave" | "leave"):
                del self.talks[incoming.person]
                return Reply(Screen("en", "ltr", talk.seq + 1, ("Have a good day!",), ended=True), Notes())
            case Tap(seq=seq) | Typed(seq=seq) if seq != talk.seq:
                notice = "That was an earlier question. You are here now."
            case Typed(words=words, final=final):
                talk.story = words.reveal()
                talk.seq += 1
                if final:
                    talk.place = "review"
            case Tap(button):
                talk.seq += 1
                self.tapped(talk, button)
        return Reply(replace(self.draw(talk), notice=notice), Notes())

    def tapped(self, talk: Talk, button: str) -> None:
        match talk.place, button:
            case _, "!help":
                talk.aside = True
            case _, "back":
                talk.aside = False
            case "language", "en" | "fr" | "ar":
                talk.language, talk.place = button, "story"
            case "story", "!done" | "!skip":
                talk.place = "review"
            case "story", "erase":
                talk.story, talk.place = None, "review"
            case "review", "change":
                talk.place = "story"
            case "review", "send":
                talk.place = "receipt"

    def draw(self, talk: Talk) -> Screen:
        direction = "rtl" if talk.language == "ar" else "ltr"
        bare = Screen(talk.language, direction, talk.seq, ("",), asides=ASIDES)
        if talk.aside:
            lines = "• Trust line: 0 8008 8008\n• Health post, block 4"
            return replace(bare, paragraphs=("You can get help now:", lines), options=(Button("back", "Back"),))
        match talk.place:
            case "language":
                options = (Button("en", "English"), Button("fr", "Français"), Button("ar", "العربية"))
                return replace(bare, paragraphs=("Choose your language.",), options=options)
            case "story":
                kept = (Button("!done", "Keep what I wrote"), Button("erase", "Erase what I wrote"))
                options = kept if talk.story else (Button("!skip", "Skip"),)
                ask = ("What would you like to tell?", "You do not need to give names.")
                return replace(bare, paragraphs=ask, writes=True, written=talk.story, options=options)
            case "review":
                return replace(
                    bare,
                    paragraphs=("This is what you have told. Nothing has been sent yet.",),
                    told=(Told("What would you like to tell?", talk.story or "(no answer)"),),
                    options=(
                        Button("send", "Send"),
                        Button("change", "Change something"),
                        Button("leave", "Leave without sending"),
                    ),
                )
            case _:
                return replace(
                    bare,
                    paragraphs=("Thank you.", "This is your number:", NUMBER),
                    number=NUMBER,
                    options=(Button("kept", "I have kept it"),),
                )

    async def note(self, _channel: str, _person: str, _change: Callable[[Notes], Notes]) -> None:
        raise AssertionError("a page has nothing to remember")

    async def gone(self, _channel: str, person: str) -> None:
        self.gone_for.append(person)
