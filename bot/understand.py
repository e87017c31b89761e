"""From what arrived to an event: buttons by their ids, typed words by exact match, everything else as words.

Only exact matches act here (by the rule in ``flows.words``): an option's label or number, or one of the words for
leaving, help and so on, in any of the languages, because somebody in distress may not write in the language they
chose. At a free text neither numbers nor labels count, so that no answer is mistaken for a button. A message that is
almost one of our words is marked, and asked about. Words of distress are marked in whatever is typed: they interrupt,
and nothing of what was typed is lost by it.
"""

from __future__ import annotations

from typing import Literal, assert_never

from bot.incoming import Command, Happened, Open, Other, Tap, Typed
from bot.screen import Screen
from crypto.receipt import normalise
from flows.distress import Heard, Lists, hear
from flows.distress_spelling import one_slip
from flows.state import Event, Interrupt, Look, Pick, Unusable, Words
from flows.words import normal, number
from locales.catalogues import Languages

INTERRUPTS = ("help", "leave", "language", "back", "skip", "delete", "done", "enough")


NEAR = (4, 24)
"""Lengths between which a message can be a misspelt word of ours."""

Alarm = Literal["self_harm", "worried", "danger"]


class Understanding:
    """The words for interrupts, in all languages, made ready once."""

    def __init__(self, languages: Languages, lists: Lists) -> None:
        self.lists = lists
        self.words = {
            normal(word): name
            for name in INTERRUPTS
            for tag in languages.tags
            for word in (*languages.words(tag, f"words_{name}"), *_button(languages, tag, name))
        }

    def event(self, happened: Happened, screen: Screen) -> Event:
        """The event, given the screen that the person is answering."""
        match happened:
            case Open():
                return Look()
            case Other():
                return Unusable()
            case Command(name=name):
                return Interrupt(name) if name in INTERRUPTS else Look()  # type: ignore[arg-type]  # just checked
            case Tap(button=button, seq=seq):
                name = button.removeprefix("!")
                if button.startswith("!") and name in INTERRUPTS:
                    return Interrupt(name, seq)  # type: ignore[arg-type]  # just checked
                return Pick(button, seq)
            case Typed():
                return self._typed(happened, screen)
            case _:
                assert_never(happened)

    def _typed(self, typed: Typed, screen: Screen) -> Event:
        text = typed.words.reveal()
        plain = normal(text)
        if plain in self.words:
            return Interrupt(self.words[plain], typed.seq)  # type: ignore[arg-type]  # only such names are in it
        if not screen.writes:
            index = number(text)
            if index is not None and index <= len(screen.options):
                return self._button(screen.options[index - 1].id, typed.seq)
            for option in screen.options:
                if normal(option.label) == plain:
                    return self._button(option.id, typed.seq)
        is_number = normalise(text) is not None
        return Words(typed.words, typed.seq, typed.final, self._alarm(text), self._near(plain), is_number)

    def _near(self, plain: str) -> bool:
        """Whether the whole message is one slip away from a word that would have acted."""
        return NEAR[0] <= len(plain) <= NEAR[1] and any(one_slip(plain, word) for word in self.words)

    def _alarm(self, text: str) -> Alarm | None:
        """Words of self-harm or danger; see ``flows.distress``."""
        match hear(self.lists, text):
            case Heard(kind="danger"):
                return "danger"
            case Heard(who="other"):
                return "worried"
            case Heard():
                return "self_harm"
            case None:
                return None

    def _button(self, button: str, seq: int | None) -> Event:
        if button.startswith("!"):
            return Interrupt(button.removeprefix("!"), seq)  # type: ignore[arg-type]  # screens hold no other names
        return Pick(button, seq)


def _button(languages: Languages, tag: str, name: str) -> tuple[str, ...]:
    return (languages.word(tag, f"button_{name}"),)
