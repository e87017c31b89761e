"""From a state to a screen: which words, in which language, with which buttons.

A screen is whole in one language. If a single phrase or help line that it shows is not translated, all of it is shown
in the fallback language: safety text is never half in one and half in another. The next screen is in the person's own
language again. A person's own words and proper names
are put in as they are, made harmless for display.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.case import Case, CaseWords
from bot.screen import Button, Screen, Told
from config.care import Care
from config.care_content import Block
from crypto.receipt import grouped
from flows.book import UNSURE, Book, Choose, Phrase, Say, Text
from flows.path import answers, here, walk, wished
from flows.state import Notice, State
from flows.step import can_go_back, may_end, offers
from locales.catalogues import Languages
from locales.isolate import fill, isolate, show
from routing.directory import Directory

ERASE = "erase"

HOURS = {
    "within_24h": 24,
    "within_72h": 72,
    "within_120h": 120,
    "within_6_months": 183 * 24,
    "longer": 183 * 24 + 1,
}
"""The most hours that an answer to "when" can mean; not answered or not sure is not here, and shows everything."""

NOTHING = {Block.MISCONDUCT: "misconduct_none", Block.CHILD_RULE: None}
"""What is said where there is no care content: these, and else to call the emergency number. ``None``: not a word."""


def _nobody() -> Directory:
    return Directory({}, {}, {}, {}, {}, {})


class Shower:
    """Knows the words and the help lines, and draws screens from states."""

    def __init__(
        self,
        languages: Languages,
        care: Care,
        country_of: Callable[[str | None], str | None] = lambda _: None,
        directory: Callable[[], Directory] = _nobody,
    ) -> None:
        """``country_of`` gives the country of a duty station, by their ids in the ``directory``.

        Where the directory is for practice, every screen says that nothing is real.
        """
        self.directory = directory
        self.languages = languages
        self.care = care
        self.country_of = country_of

    def screen(
        self,
        book: Book,
        state: State,
        texts: Mapping[str, str],
        *,
        receipt: str | None = None,
        case: Case | None = None,
        notice: Notice | str | None = None,
    ) -> Screen:
        """What the person sees now. ``texts`` holds the words of the slots, decrypted for this one moment."""
        node = book.waiting(here(book, state))
        if isinstance(node, Choose) and node.every_language:
            return self._every_language(book, state, node, notice)
        tag, values = self._values(book, state, node)
        direction = self.languages.direction(tag)
        values |= dict.fromkeys(("case", "holders", "answers"), "")
        if case is not None:
            values |= CaseWords(self.languages, tag, self.directory()).values(case)
        values |= {"leave": self.languages.word(tag, "leave_word"), "receipt": grouped(receipt) if receipt else ""}

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
                if answer.withheld:
                    told.append(Told(say(answer.title), self.languages.word(tag, "not_included")))
                elif answer.slot:
                    told.append(Told(say(answer.title), isolate(show(texts.get(answer.slot, "")), direction)))
                elif answer.option:
                    told.append(Told(say(answer.title), say(answer.option)))
        if isinstance(node, Text) and node.slot in book.sent_apart():
            wishes = " · ".join(say(option) for option in _wishes(book, state))
            told += [Told(self.languages.word(tag, "you_wish"), wishes)] if wishes else []
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
            mark=self._mark(tag),
        )

    def _values(self, book: Book, state: State, node: Choose | Text | Say) -> tuple[str, dict[str, str]]:
        """The language in which all of the screen can be said, and the care content for it.

        Help lines are those of the country where it happened, as far as that was told; health information is that of
        the time that was told. Without either, everything is shown.
        """
        phrases = _phrases(book, state, node)
        path = walk(book, state)
        country = self.country_of(path.attr("station"))
        hours = HOURS.get(path.attr("elapsed") or "")
        blocks = [block for block in Block if any(f"{{{block}}}" in phrase.english for phrase in phrases)]
        tag, _ = self.languages.whole(state.language, [(p.context, p.english) for p in phrases if not p.names])
        if self.care.whole(tag, country, blocks, hours) != tag:
            tag = self.languages.fallback

        def text(block: Block) -> str:
            instead = NOTHING.get(block, "contacts_none")
            return self.care.block(block, tag, country, hours) or (self.languages.word(tag, instead) if instead else "")

        return tag, {block.value: text(block) for block in blocks}

    def ended(self, language: str, seq: int) -> Screen:
        """The one ordinary-looking line that is left when everything else is gone."""
        line = self.languages.word(language, "leave_line")
        if mark := self._mark(language):
            line = f"{mark} {line}"
        return Screen(language, self.languages.direction(language), seq, (line,), ended=True)

    def _options(
        self, book: Book, state: State, node: Choose | Text | Say, tag: str, say: Callable[[Phrase], str]
    ) -> tuple[Button, ...]:
        word = self.languages.word
        end = (Button("!enough", word(tag, "button_enough")),) if may_end(book, state) else ()
        if isinstance(node, Text):
            if state.kept(node.slot):
                done = "button_done" if node.slot in state.adding else "button_keep"
                return (Button("!done", word(tag, done)), Button(ERASE, word(tag, "button_erase")), *end)
            return (Button("!skip", word(tag, "button_skip")), *end)
        shown = tuple(Button(option.id, say(option.label)) for option in offers(book, state, node))
        if isinstance(node, Choose) and node.skip is not None:
            shown = (*shown, Button("!skip", word(tag, "button_skip")))
        return (*shown, *end)

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
            mark=self._mark(tag),
        )

    def _mark(self, tag: str) -> str | None:
        return self.languages.word(tag, "practice_mark") if self.directory().practice else None


def _phrases(book: Book, state: State, node: Choose | Text | Say) -> list[Phrase]:
    """Every phrase this screen will need, so that its language can be settled before a word is shown."""
    found = [node.say if isinstance(node, Say) else node.ask]
    if not isinstance(node, Text):
        found += [option.label for option in offers(book, state, node)]
    if isinstance(node, Say) and node.read_back:
        for answer in answers(book, state):
            found += [answer.title, *([answer.option] if answer.option else [])]
    if isinstance(node, Text) and node.slot in book.sent_apart():
        found += _wishes(book, state)
    return found


def _wishes(book: Book, state: State) -> list[Phrase]:
    """What was chosen for a counsellor, said again before it goes out; what was left open is not said."""
    return [wish.option for wish in wished(book, state) if wish.option and wish.option_id not in (UNSURE, "any")]
