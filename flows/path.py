"""Where somebody stands, as it follows from what they answered.

The path begins at the state's root and follows the trail: each answered question leads on by the way that
was taken, a fork by the answers passed on this path, until a node that has not been answered yet. That node
is the present one. Changing an early answer therefore moves everything after it; answers that still lie on
the path are not asked again, and answers off the path are neither shown nor sent.

A node met twice on one path is asked again: somebody came back to it on purpose.
"""

from __future__ import annotations

from dataclasses import dataclass

from flows.book import KEPT, PASSED, SKIPPED, YES, Book, Call, Choose, Decide, Do, Option, Phrase, Say, Text
from flows.state import State


@dataclass(frozen=True, slots=True)
class Path:
    """The nodes passed, with the way out of each; the node where it stops; the attributes met on it."""

    passed: tuple[tuple[str, str], ...]
    stop: str
    attrs: tuple[tuple[str, str], ...]

    def attr(self, name: str) -> str | None:
        """The value of an attribute on this path; ``None`` when it was not asked or was skipped."""
        return dict(self.attrs).get(name)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer on the path, with its question in short and in full: an option, or a slot of words, or neither.

    ``withheld``: there are words, but they are no part of the report: the person has not agreed to it, or they were
    set apart. ``consent``: what a "yes" here allows. ``passed``: it was never shown, because the person went straight
    to the end.
    """

    node: str
    title: Phrase
    question: Phrase
    option: Phrase | None = None
    option_id: str | None = None
    slot: str | None = None
    withheld: bool = False
    consent: str | None = None
    passed: bool = False


def walk(book: Book, state: State) -> Path:
    """The path of a conversation. Total: any state of this book has one."""
    ways = state.ways()
    passed: list[tuple[str, str]] = []
    attrs: dict[str, str] = {}
    met: set[str] = set()
    name = state.root
    while name not in met:
        met.add(name)
        node = book.nodes[name]
        if isinstance(node, Decide):
            to = node.leads(attrs)
            if to not in book.nodes:  # only out of an aside; the checker refuses it on a path
                break
            name = to
            continue
        way = ways.get(name)
        onward = None if way is None or isinstance(node, Do) else leads(node, way)
        if way is None or onward is None or onward not in book.nodes:
            break
        passed.append((name, way))
        if isinstance(node, Choose) and way not in (SKIPPED, PASSED):
            attrs[node.attr] = way
        name = onward
    return Path(tuple(passed), name, tuple(attrs.items()))


def leads(node: Choose | Text | Say | Call, way: str) -> str | None:
    """Where a way leads; ``None`` for a way that this node does not have."""
    match node:
        case Choose() | Say():
            if way in (SKIPPED, PASSED):
                return node.skip if isinstance(node, Choose) else None
            option = option_of(node, way)
            return option.to if option else None
        case Text():
            return {KEPT: node.to, SKIPPED: node.skip, PASSED: node.skip}.get(way)
        case Call():
            return node.outcome(way)


def option_of(node: Choose | Say, option_id: str) -> Option | None:
    """The option with this id."""
    for option in node.options:
        if option.id == option_id:
            return option
    return None


def fits(book: Book, state: State) -> bool:
    """Whether a stored state belongs to this book, so that nothing below can meet an unknown name."""
    places = (state.root, state.aside or state.root, state.redo or state.root)
    known = all(place in book.nodes for place in places) and state.ways().keys() <= book.nodes.keys()
    return state.book == book.digest and known and state.language in book.languages


def here(book: Book, state: State) -> str:
    """The node that the person is looking at (or that waits to be carried out)."""
    return state.aside or state.redo or walk(book, state).stop


def titles(book: Book) -> dict[str, Phrase]:
    """Short names of the questions: how the menu of changes calls them (the one menu that offers the loose words)."""
    for node in book.nodes.values():
        if isinstance(node, Say) and any(option.redo == book.loose for option in node.options):
            return {option.redo: option.label for option in node.options if option.redo is not None}
    return {}


def answers(book: Book, state: State) -> tuple[Answer, ...]:
    """What has been told on the present path, in its order; then words set apart, and loose words last.

    This is what would be sent, but for what is withheld.
    """
    short = titles(book)
    path = walk(book, state)
    found: list[Answer] = []
    for name, way in path.passed:
        node = book.nodes[name]
        if isinstance(node, Choose) and node.read_back:
            option = option_of(node, way)
            label, chosen = (option.label, way) if option else (None, None)
            title, passed = short.get(name, node.ask), way == PASSED
            found.append(Answer(name, title, node.ask, label, chosen, consent=node.consent, passed=passed))
        elif isinstance(node, Text):
            slot = node.slot if way == KEPT and state.kept(node.slot) else None
            withheld = slot is not None and node.consent is not None and path.attr(node.consent) != YES
            found.append(Answer(name, short.get(name, node.ask), node.ask, slot=slot, withheld=withheld))
    found += [
        Answer(node.name, short.get(node.name, node.ask), node.ask, slot=node.slot, withheld=True)
        for node in book.nodes.values()
        if isinstance(node, Text) and node.apart and state.kept(node.slot)
    ]
    loose = book.nodes[book.loose]
    if isinstance(loose, Text) and state.kept(loose.slot):
        found.append(Answer(loose.name, short.get(loose.name, loose.ask), loose.ask, slot=loose.slot))
    return tuple(found)


def wished(book: Book, state: State) -> tuple[Answer, ...]:
    """What was chosen for a counsellor, in the order of the questions. It goes with that request and with no report."""
    found: list[Answer] = []
    for node in book.nodes.values():
        if isinstance(node, Choose) and node.attr in book.wishes():
            option = option_of(node, state.wish(node.attr) or "")
            if option is not None:
                found.append(Answer(node.name, node.ask, node.ask, option.label, option.id))
    return tuple(found)
