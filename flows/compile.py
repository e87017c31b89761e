"""From flow files to a book: every shape checked, every target and option known, one canonical digest.

The compiler finds what can be seen by looking at each line (a misspelt target, an option missing from its
closed set, a question that cannot be skipped, free text that is not sealed). What needs walking the whole
conversation is the checker's (``flows.check``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping as Dict
from collections.abc import Sequence

from flows.book import INTERRUPTS, KEPT, LANGUAGE, NUMBER, PASSED, RETURN, SKIPPED, UNSURE, Book, Choose, Node, Text
from flows.canonical import with_digest
from flows.errors import BookError
from flows.kinds import Kinds
from flows.reading import Branch, Leaf, Mapping, Place, read

Vocabulary = Dict[str, Sequence[tuple[str, Dict[str, str]]]]
"""Closed sets that come from outside the flow files: name -> (id, {language: proper name}), in order."""

_OUTSIDE_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,47}\Z")
"""An id from outside must fit into a button's data: 64 bytes in Telegram, with a number of 10 digits before it."""
_RESERVED = {KEPT, PASSED, SKIPPED, UNSURE, "erase"}
_PARTS = ("start", "languages", "attrs", "interrupts", "loose", "enough")


def compile_book(texts: Dict[str, str], vocabulary: Vocabulary) -> Book:
    """Compile flow files (name -> YAML text) with outside vocabularies into one book.

    Raises:
        BookError: with every fault found, each with file and line.
    """
    if not texts:
        raise BookError("there are no flow files")
    return _Compiler(vocabulary).book([read(file, text) for file, text in texts.items()])


class _Compiler(Kinds):
    """The whole of a book; collects faults on the way, so that an author sees all of them at once."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        super().__init__()
        self.vocabulary = vocabulary
        self.asked_for: list[tuple[Place, str]] = []

    def book(self, tops: Sequence[Mapping]) -> Book:
        parts, items = self.merged(tops)
        for name in _PARTS:
            if name not in parts:
                self.fault(tops[0].place, f"'{name}' is missing")
        if any(name not in parts for name in _PARTS):
            raise self.error()

        written = tuple(leaf.text for leaf in self.leaves(parts["languages"]))
        # A deployment may offer fewer languages than the files are written for, never more.
        offered = [tag for tag, _ in self.vocabulary.get("languages", ())]
        languages = tuple(tag for tag in written if tag in offered) if offered else written
        if not languages:
            self.fault(parts["languages"].place, "none of these languages is offered")
        self.read_attrs(parts["attrs"], languages)
        nodes = self.nodes(items)
        start = self.target(parts["start"], back=False)
        loose = self.target(parts["loose"], back=False)
        enough = self.target(parts["enough"], back=False)
        interrupts = self.read_interrupts(parts["interrupts"])
        self.look_up(nodes)
        if loose in nodes and not isinstance(nodes[loose], Text):
            self.fault(parts["loose"].place, "'loose' must be a text node")
        self.check_consents(nodes, parts["attrs"].place)
        again = nodes.get(interrupts.get("language", ""))
        if again is not None and not (isinstance(again, Choose) and again.attr == LANGUAGE):
            self.fault(parts["interrupts"].place, f"'language' must lead to a question that asks for '{LANGUAGE}'")
        if self.faults:
            raise self.error()
        return with_digest(Book("", start, languages, self.attrs, interrupts, loose, enough, nodes))

    def check_consents(self, nodes: Dict[str, Node], place: Place) -> None:
        """Words that need a consent must have a question that asks for it."""
        asked = {node.attr for node in nodes.values() if isinstance(node, Choose) and node.consent}
        for node in nodes.values():
            if isinstance(node, Text) and node.consent is not None and node.consent not in asked:
                self.fault(place, f"nobody asks for the consent '{node.consent}' of '{node.name}'")

    def merged(self, tops: Sequence[Mapping]) -> tuple[dict[str, Branch], list[tuple[Leaf, Branch]]]:
        """The parts of all files together, and all nodes in their order."""
        parts: dict[str, Branch] = {}
        items: list[tuple[Leaf, Branch]] = []
        for top in tops:
            for key, value in top.items:
                if key.text == "nodes":
                    items += self.mapping(value)
                elif key.text in {"book", *_PARTS}:
                    if key.text in parts:
                        self.fault(key.place, f"'{key.text}' is already given in another file")
                    parts[key.text] = value
                else:
                    self.fault(key.place, f"'{key.text}' is not part of a flow file")
        return parts, items

    def error(self) -> BookError:
        """All faults, in the order of the files' lines."""
        faults = [place.fault(message) for place, message in self.faults]
        return BookError(tuple(sorted(faults, key=lambda fault: (fault.file, fault.line))))

    # --- closed sets and interrupts ---

    def read_attrs(self, branch: Branch, languages: tuple[str, ...]) -> None:
        for key, value in self.mapping(branch):
            attr = self.id(key)
            self.asked_for.append((key.place, attr))
            if isinstance(value, Mapping):
                self.attrs[attr] = self.from_outside(attr, value, languages)
            else:
                self.attrs[attr] = tuple(self.id(leaf) for leaf in self.leaves(value))
            if len(set(self.attrs[attr])) != len(self.attrs[attr]):
                self.fault(key.place, f"'{attr}' has a value twice")

    def from_outside(self, attr: str, source: Mapping, languages: tuple[str, ...]) -> tuple[str, ...]:
        """A closed set taken from a vocabulary, with more values of the book's own after it."""
        for key, _ in source.items:
            if key.text not in {"from", "and"}:
                self.fault(key.place, f"'{attr}' is taken 'from' a vocabulary 'and' has more values; not '{key.text}'")
        more = tuple(self.id(leaf) for leaf in self.leaves(source.get("and")))
        leaf = self.leaf(source, "from", source.place)
        name = leaf.text if leaf else ""
        if name == "languages":
            self.names[attr] = {tag: {} for tag in languages}
            return (*languages, *more)
        if name not in self.vocabulary:
            self.fault(source.place, f"there is no vocabulary '{name}' to take '{attr}' from")
            return more
        self.names[attr] = dict(self.vocabulary[name])
        for entry in self.names[attr]:
            if not _OUTSIDE_ID.match(entry) or entry in _RESERVED:
                self.fault(source.place, f"'{entry[:64]}' from {name} cannot be an option's id")
        return (*self.names[attr], *more)

    def read_interrupts(self, branch: Branch) -> dict[str, str]:
        found = {key.text: self.target(value, back=False) for key, value in self.mapping(branch)}
        for name in sorted(set(found) - {NUMBER} ^ set(INTERRUPTS)):
            self.fault(branch.place, f"the interrupts are {', '.join(INTERRUPTS)}; look at '{name}'")
        return found

    # --- what needs all nodes ---

    def look_up(self, nodes: Dict[str, Node]) -> None:
        """Whether there is everything that is spoken of."""
        for place, name in self.targets:
            if name != RETURN and name not in nodes:
                self.fault(place, f"there is no node '{name}'")
        for place, name in self.anew:
            if name in nodes and not isinstance(nodes[name], Choose | Text):
                self.fault(place, f"'{name}' is no question; only a question can be asked anew")
        for place, slot in self.uses:
            if slot not in self.slots:
                self.fault(place, f"no words are ever kept under '{slot}'")
        asked = {node.attr for node in nodes.values() if isinstance(node, Choose)}
        for place, attr in self.asked_for:
            if attr not in asked:
                self.fault(place, f"nobody asks for the attribute '{attr}'")
        for place, attr in self.wishes:
            if attr not in asked:
                self.fault(place, f"nobody asks for the wish '{attr}'")
