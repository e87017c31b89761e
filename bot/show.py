"""From a state to a screen: which words, in which language, with which buttons.

A screen is whole in one language. If a single phrase or help line of it is not translated, all of it is shown in
the fallback language: safety text is never half in one and half in another. A person's own words and proper names
are put in as they are, made harmless for display.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.screen import Button, Screen, Told
from config.care import Care
from crypto.receipt import grouped
from flows.book import Book, Choose, Phrase, Say, Text
from flows.path import answers, here
from flows.state import Notice, State
from flows.step import can_go_back, offers
from locales.catalogues import Languages
from locales.isolate import fill, isolate, show

ERASE = "erase"


class Shower:
    """Knows the words and the help lines, and draws screens from states."""

    def __init__(self, languages: Languages, care: Care) -> None:
        self.languages = languages
        self.care = care

    def screen(
        self,
        book: Book,
        state: State,
        texts: Mapping[str, str],
        *,
        receipt: str | None = None,
        notice: Notice | str | None = None,
    ) -> Screen:
        """What the person sees now. ``texts`` holds the words of the slots, decrypted for this one moment."""
        node = book.waiting(here(book, state))
        phrases = _phrases(book, state, node)
        if isinstance(node, Choose) and node.every_language:
            return self._every_language(book, state, node, notice)
        tag, _ = self.languages.whole(state.language, [(p.context, p.english) for p in phrases if not p.names])
        if any("{contacts}" in phrase.english for phrase in phrases) and self.care.whole(tag) != tag:
            tag = self.languages.fallback
        direction = self.languages.direction(tag)
        values = {
            "leave": self.languages.word(tag, "leave_word"),
            "contacts": self.care.contacts(tag) or self.languages.word(tag, "contacts_none"),
            "receipt": grouped(receipt) if receipt else "",
        }

        def say(phrase: Phrase) -> str:
            name = phrase.name(tag)
            if name is not None:
                return isolate(name, direction)
            return fill(self.languages.phrase(tag, phrase.context, phrase.english) or phrase.english, values, direction)

        ask = node.say if isinstance(node, Say) else node.ask
        written = texts.get(node.slot) if isinstance(node, Text) else None
        told = []
        if isinstance(node, Say) and node.read_back:
            for answer in answers(book, state):
                words = show(texts.get(answer.slot, "")) if answer.slot else ""
                chosen = say(answer.option) if answer.option else ""
                shown = isolate(words, direction) or chosen or self.languages.word(tag, "not_answered")
                told.append(Told(say(answer.title), shown))
        return Screen(
            language=tag,
            direction=direction,
            seq=state.seq,
            paragraphs=tuple(part for part in say(ask).split("\n\n") if part.strip()),
            notice=self._notice(tag, notice),
            told=tuple(told),
            options=self._options(book, state, node, tag, say),
            asides=self._asides(book, tag, state),
            writes=isinstance(node, Text),
            written=show(written) if written else None,
            number=grouped(receipt) if receipt and "{receipt}" in ask.english else None,
        )

    def ended(self, language: str, seq: int) -> Screen:
        """The one ordinary-looking line that is left when everything else is gone."""
        line = self.languages.word(language, "leave_line")
        return Screen(language, self.languages.direction(language), seq, (line,), ended=True)

    def _options(
        self, book: Book, state: State, node: Choose | Text | Say, tag: str, say: Callable[[Phrase], str]
    ) -> tuple[Button, ...]:
        word = self.languages.word
        if isinstance(node, Text):
            if node.slot in state.adding:
                return (Button("!done", word(tag, "button_done")), Button(ERASE, word(tag, "button_erase")))
            if state.kept(node.slot):
                return (Button("!done", word(tag, "button_keep")), Button(ERASE, word(tag, "button_erase")))
            return (Button("!skip", word(tag, "button_skip")),)
        shown = tuple(Button(option.id, say(option.label)) for option in offers(book, state, node))
        if isinstance(node, Choose) and node.skip is not None:
            return (*shown, Button("!skip", word(tag, "button_skip")))
        return shown

    def _asides(self, book: Book, tag: str, state: State) -> tuple[Button, ...]:
        names = ["leave", "help", "language"]
        if can_go_back(book, state):
            names.insert(2, "back")
        if state.trail and not state.sent:
            names.append("delete")
        return tuple(Button(f"!{name}", self.languages.word(tag, f"button_{name}")) for name in names)

    def _notice(self, tag: str, notice: str | None) -> str | None:
        return self.languages.word(tag, f"notice_{notice}") if notice else None

    def _every_language(self, book: Book, state: State, node: Choose, notice: str | None) -> Screen:
        """The choice of language: the question in each of them, each option by its own name."""
        asked = [self.languages.phrase(tag, node.ask.context, node.ask.english) for tag in book.languages]
        tag = state.language
        return Screen(
            language=tag,
            direction=self.languages.direction(tag),
            seq=state.seq,
            paragraphs=tuple(dict.fromkeys(text for text in asked if text)),
            notice=self._notice(tag, notice),
            options=tuple(Button(option.id, self.languages.name(option.id)) for option in node.options),
            asides=self._asides(book, tag, state),
        )


def _phrases(book: Book, state: State, node: Choose | Text | Say) -> list[Phrase]:
    """Every phrase this screen will need, so that its language can be settled before a word is shown."""
    found = [node.say if isinstance(node, Say) else node.ask]
    if not isinstance(node, Text):
        found += [option.label for option in offers(book, state, node)]
    if isinstance(node, Say) and node.read_back:
        for answer in answers(book, state):
            found += [answer.title, *([answer.option] if answer.option else [])]
    return found
