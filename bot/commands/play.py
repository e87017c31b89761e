"""`linnet flows play`: go through the conversation in the terminal, in any language, without saving or sending a thing.

For translators and policy officers. The same step, the same screens and the same understanding of typed words as
behind the doors; only that nothing is kept. A call for the outside (sending, asking for a counsellor) is answered by
whoever plays: "sent" or "nobody".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

import typer

from bot.commands.terminal import refuse, say
from bot.incoming import Typed
from bot.opening import distress_texts
from bot.screen import Screen
from bot.show import Shower
from bot.understand import Understanding
from config.care import Care
from flows.book import Book
from flows.distress import compile_lists
from flows.state import Ask, Forget, Result, Seal, Secret, State, Stepped
from flows.step import begin, step
from locales.catalogues import load

Language = Annotated[str, typer.Option("--lang", help="The language to begin in.")]

RECEIPT = "0000000000000000"
"""Shown where a real report gives a number; it belongs to nothing."""


@dataclass(slots=True)
class Game:
    """One play: the state and the words typed so far, in memory only."""

    book: Book
    state: State
    texts: dict[str, str] = field(default_factory=dict, repr=False)
    notice: str | None = None

    def take(self, done: Stepped) -> Ask | None:
        """Apply a step; gives back what it asks of the outside."""
        self.state, self.notice = done.state, done.notice
        asked = None
        for effect in done.effects:
            match effect:
                case Seal(slot=slot, words=words, append=append):
                    before = self.texts.get(slot)
                    self.texts[slot] = f"{before}\n{words.reveal()}" if append and before else words.reveal()
                case Forget(slots=slots):
                    for slot in self.texts.keys() if slots is None else slots:
                        self.texts = {one: text for one, text in self.texts.items() if one != slot}
                case Ask():
                    asked = effect
                case _:
                    continue
        return asked


def play(book: Book, language: str) -> None:
    """Play until the end of the conversation or of the input."""
    languages = load()
    if language not in book.languages:
        refuse(f"there is no '{language}'; there are: {', '.join(book.languages)}")
    shower = Shower(languages, Care(None))
    understanding = Understanding(languages, compile_lists(distress_texts()))
    game = Game(book, begin(book, language, 0))
    say("Nothing is kept and nothing is sent. Type a number, a label, or words; Ctrl-D ends it.")
    while not game.state.over:
        screen = shower.screen(book, game.state, game.texts, receipt=RECEIPT, notice=game.notice)
        _print(screen)
        try:
            line = typer.prompt("", prompt_suffix="> ", default="", show_default=False)
            asked = game.take(step(book, game.state, understanding.event(Typed(Secret(line)), screen)))
            while asked is not None:
                outcome = typer.prompt(f"[{asked.call}] sent or nobody", default="sent")
                name = outcome if outcome in {"sent", "nobody"} else "nobody"
                asked = game.take(step(book, game.state, Result(asked.key, name)))
        except typer.Abort:
            say()
            return
    say(shower.ended(game.state.language, 0).paragraphs[0])


def _print(screen: Screen) -> None:
    say("\n" + "─" * 60)
    for told in screen.told:
        say(f"  {told.question}: {told.answer}")
    for piece in (screen.notice, screen.written, *screen.paragraphs):
        if piece:
            say(f"{piece}\n")
    for number, option in enumerate(screen.options, 1):
        say(f"  {number}. {option.label}")
    say("  " + " · ".join(aside.label for aside in screen.asides))
