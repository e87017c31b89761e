"""The book: a conversation in its compiled form.

A book is data. Seven small types describe its nodes; nothing in it can compute. A node either waits
for a person (``Choose``, ``Text``, ``Say``) or passes at once (``Decide``, ``Call``, ``Do``). The book's
digest names it: a session keeps the digest of the book it began with, so a change of words or questions
never moves the floor under somebody who is in the middle of a conversation.

Targets are node names, or ``@return``: back to where an aside was entered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

RETURN = "@return"
"""The target that leads out of an aside, back to the question it interrupted."""

SKIPPED = "skipped"
"""The way out of a question that was not answered; also matched by ``decide``."""

PASSED = "passed"
"""The way out of a question that was never shown, because the person went straight to the end; leads like a skip."""

KEPT = "kept"
"""The way out of a free text: what was written is kept."""

UNSURE = "unsure"
"""The option id that stands for "I am not sure" wherever it is offered."""

LANGUAGE = "language"
"""The attribute whose value is the language of the conversation."""

INTERRUPTS = ("help", "leave", "language", "delete", "self_harm", "worried", "danger")
"""Interrupts that lead to a node of the book; ``back``, ``skip``, ``done`` and ``enough`` belong to the engine.

The last three answer words of distress: about oneself, about somebody else, and of danger now.
"""

NUMBER = "number"
"""The interrupt that asks for the number of a report, and takes one typed where nobody asked for it.

A book in which nobody can come back has none.
"""

CASE = "case_"
"""What the names of nodes begin with that are shown only while the number of a report is open."""

YES = "yes"
"""The option that gives a consent."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words shown to a person: a msgid in English with its context, or proper names that are not translated."""

    context: str
    english: str
    names: tuple[tuple[str, str], ...] = ()

    def name(self, language: str) -> str | None:
        """The proper name in ``language``, where one is given; ``None`` for words that are translated."""
        if not self.names:
            return None
        names = dict(self.names)
        return names.get(language) or names.get("en") or self.names[0][1]


@dataclass(frozen=True, slots=True)
class Option:
    """One button: where it leads, and the aside or the question to ask anew on the way."""

    id: str
    label: Phrase
    to: str = ""
    via: str | None = None
    redo: str | None = None


@dataclass(frozen=True, slots=True)
class Choose:
    """A question with a closed set of answers, kept under ``attr``.

    ``consent`` says in English what a "yes" allows; ``must`` that going straight to the end does not pass over it.
    """

    name: str
    attr: str
    ask: Phrase
    options: tuple[Option, ...]
    skip: str | None = None
    every_language: bool = False
    read_back: bool = True
    consent: str | None = None
    must: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A question answered in the person's own words, sealed under ``slot``.

    ``consent`` is the attribute that must be "yes" for the words to be part of a report; words set ``apart`` never are.
    ``once``: one message is the whole answer, and "that's all" is not waited for.
    """

    name: str
    slot: str
    ask: Phrase
    to: str
    skip: str | None
    seal: bool
    consent: str | None = None
    apart: bool = False
    once: bool = False


@dataclass(frozen=True, slots=True)
class Say:
    """Words with one or more ways on; nothing of it goes into a report.

    ``passes`` is the option taken by somebody who goes straight to the end; a single option is taken anyway.
    """

    name: str
    say: Phrase
    options: tuple[Option, ...]
    read_back: bool = False
    passes: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of a ``Decide``: matches when every attribute has one of the listed values."""

    when: tuple[tuple[str, tuple[str, ...]], ...]
    to: str

    def matches(self, attrs: Mapping[str, str]) -> bool:
        """Whether ``attrs`` fits; an attribute that was never answered counts as ``skipped``."""
        return all(attrs.get(attr, SKIPPED) in values for attr, values in self.when)


@dataclass(frozen=True, slots=True)
class Decide:
    """A fork without a person: the first rule that matches leads on; the last one always matches."""

    name: str
    rules: tuple[Rule, ...]

    def leads(self, attrs: Mapping[str, str]) -> str:
        """Where the first rule that matches leads."""
        return next(rule.to for rule in self.rules if rule.matches(attrs))


@dataclass(frozen=True, slots=True)
class Call:
    """Something only the outside can do (send a report, ask for a counsellor), with every outcome named.

    ``uses`` are the slots it sends, ``wishes`` the attributes that go with them: asked for in asides, and nowhere else.
    """

    name: str
    call: str
    uses: tuple[str, ...]
    outcomes: tuple[tuple[str, str], ...]
    forgets: tuple[str, ...]
    wishes: tuple[str, ...] = ()

    def outcome(self, name: str) -> str | None:
        """The node an outcome leads to."""
        return dict(self.outcomes).get(name)


@dataclass(frozen=True, slots=True)
class Do:
    """``forget``: everything said so far is erased and the conversation begins anew at ``to``.

    ``leave``: everything is erased and the conversation ends.
    """

    name: str
    act: str
    to: str


Node = Choose | Text | Say | Decide | Call | Do
Waiting = Choose | Text | Say


@dataclass(frozen=True, slots=True)
class Book:
    """A compiled conversation."""

    digest: str
    start: str
    languages: tuple[str, ...]
    attrs: Mapping[str, tuple[str, ...]]
    interrupts: Mapping[str, str]
    loose: str
    enough: str
    nodes: Mapping[str, Node]

    def waiting(self, name: str) -> Waiting:
        """The node ``name``, which must be one that waits for a person."""
        node = self.nodes[name]
        if not isinstance(node, Choose | Text | Say):
            raise KeyError(name)
        return node

    def loose_slot(self) -> str:
        """The slot for words written where none were asked for."""
        node = self.nodes[self.loose]
        assert isinstance(node, Text)  # noqa: S101 -- the compiler refuses any other book
        return node.slot

    def wishes(self) -> frozenset[str]:
        """The attributes that are no answers of a report: they go with a call that names them, and with no other."""
        return frozenset(attr for node in self.nodes.values() if isinstance(node, Call) for attr in node.wishes)

    def sent_apart(self) -> frozenset[str]:
        """The slots whose words go with a call that names them, and into no report."""
        return frozenset(slot for node in self.nodes.values() if isinstance(node, Call) for slot in node.uses)

    def phrases(self) -> Iterator[Phrase]:
        """Every phrase that has to be translated."""
        for node in self.nodes.values():
            match node:
                case Choose(ask=phrase) | Text(ask=phrase) | Say(say=phrase):
                    yield phrase
                case _:
                    continue
            if isinstance(node, Choose | Say):
                yield from (option.label for option in node.options if not option.label.names)
