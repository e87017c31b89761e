"""Every state a conversation can reach, by running the very ``step`` that serves people.

Two states are the same here when nothing that ``step`` decides can tell them apart. What it looks at is: where
the path begins, the way taken at each answered question as far as it changes the path (its target, and which
rules of which forks it satisfies), the aside, the question asked anew, a call under way, and whether a slot holds
words. It never looks at the language, the words, the order of answering, the wishes for a counsellor, or the distress
that was heard. Merging by exactly that keeps the exploration exhaustive and finite. Slots are not even told apart: from
every state, everything is tried twice, with all slots holding words and with none, which can only add states, never
hide one. A test compares the outcome with a search over whole states.

Answers that lie off the present path only wait for it to return, and are then passed by the way they were given:
which is where the person's own tap at that question would have led. So a state with such answers can reach nothing
that the same state without them cannot, and they are left out.

An aside never changes the path below it (``flows.step._go`` returns before it looks at the trail, and a test holds
it to that). What happens inside one is therefore the same wherever it was entered from, unless something in it looks
at the path: the menu of changes, a fork, or what a promise about the answers speaks of (the story, the sending). So
each other aside is entered from every state, explored once, and left again from every state it was entered from.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from flows.book import PASSED, SKIPPED, Book, Call, Choose, Decide, Do, Node, Say, Text
from flows.path import here, leads, walk
from flows.state import Event, Interrupt, Look, Pick, Result, Secret, State, Unusable, Words
from flows.step import begin, offers, step

Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Edge:
    """One event: from, what happened in a word, to."""

    source: int
    label: str
    target: int


@dataclass(slots=True)
class Reach:
    """Everything reachable: a representative of each state, where it stands, what was met there, and the edges."""

    states: list[State] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    attrs: list[dict[str, str]] = field(default_factory=list)
    passed: list[frozenset[str]] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)

    def leaving(self) -> list[list[Edge]]:
        """The edges that leave each state."""
        found: list[list[Edge]] = [[] for _ in self.states]
        for edge in self.edges:
            found[edge.source].append(edge)
        return found


def explore(book: Book) -> Reach:
    """All states reachable from the first screen, breadth first, so that paths found are shortest."""
    merge = Merge(book)
    first = begin(book, book.languages[0], 0)
    reach = Reach()
    index: dict[Key, int] = {}
    ways_back: set[tuple[int, Key]] = set()
    numbers: dict[Key, int] = {}

    def known(state: State) -> int:
        seen = (state.root, state.trail, state.aside, state.redo, state.pending, state.sent, state.over)
        if seen not in numbers:
            numbers[seen] = number_of(state)
        return numbers[seen]

    def number_of(state: State) -> int:
        path = walk(book, state)
        state = replace(state, trail=path.passed)
        key = merge.key(state)
        number = index.setdefault(key, len(reach.states))
        if number == len(reach.states):
            reach.states.append(state)
            reach.places.append("" if state.over else state.aside or state.redo or path.stop)
            reach.attrs.append(dict(path.attrs))
            reach.passed.append(frozenset(name for name, _ in path.passed))
            waiting.append(number)
        if merge.apart(state) and state.pending is None:
            below = step(book, state, Interrupt("back")).state
            way_back = (number, merge.key(below))
            if way_back not in ways_back:
                ways_back.add(way_back)
                reach.edges.append(Edge(number, "!back", known(below)))
        return number

    waiting: deque[int] = deque()
    known(first)
    while waiting:
        number = waiting.popleft()
        state = reach.states[number]
        if state.over:
            continue
        for variant in merge.variants(state, reach.places[number]):
            for label, event in events(book, variant):
                after = step(book, variant, event).state
                reach.edges.append(Edge(number, label, number if after is variant else known(after)))
    return reach


def events(book: Book, state: State) -> Iterator[tuple[str, Event]]:
    """Everything that can happen in a state, with a word for each."""
    node = book.nodes[here(book, state)]
    if state.pending is not None and isinstance(node, Call):
        for outcome, _ in node.outcomes:
            yield f"={outcome}", Result(state.pending, outcome)
        return
    if isinstance(node, Choose | Say):
        for option in offers(book, state, node):
            yield option.id, Pick(option.id, state.seq)
    if isinstance(node, Text):
        yield "erase", Pick("erase", state.seq)
        yield "!done", Interrupt("done", state.seq)
        yield "form", Words(_WORD, final=True)
    yield "words", Words(_WORD)
    yield "number", Words(_WORD, number=True)
    yield "!self_harm", Words(_WORD, alarm="self_harm")
    yield "!worried", Words(_WORD, alarm="worried")
    yield "!danger", Words(_WORD, alarm="danger")
    yield "!enough", Interrupt("enough", state.seq)
    yield "look", Look()
    yield "unusable", Unusable()
    yield "!back", Interrupt("back", state.seq)
    yield "!skip", Interrupt("skip", state.seq)
    yield "!help", Interrupt("help")
    yield "!leave", Interrupt("leave")
    yield "!language", Interrupt("language")
    yield "!delete", Interrupt("delete")


_WORD = Secret("word")


class Merge:
    """The part of a state that decides what can happen next."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.numbers: dict[object, int] = {}
        self.classes: dict[tuple[str, str], int] = {}
        self.tests: dict[str, list[tuple[str, ...]]] = {}
        self.askers = Counter(node.attr for node in book.nodes.values() if isinstance(node, Choose))
        for node in book.nodes.values():
            if isinstance(node, Decide):
                for rule in node.rules:
                    for attr, values in rule.when:
                        self.tests.setdefault(attr, []).append(values)
        self.looking = _leading_to(book, {name for name, node in book.nodes.items() if _looks(node)})

    def key(self, state: State) -> Key:
        """Everything that decides what can happen next; equal for states that are merged."""
        if state.over:
            return ("over",)
        if self.apart(state):
            return ("aside", state.aside, state.pending is not None, state.sent)
        return (
            state.root,
            state.aside,
            state.redo,
            state.pending is not None,
            state.sent,
            frozenset([self.classes.get(item) or self.way(*item) for item in state.trail]),
        )

    def apart(self, state: State) -> bool:
        """Whether the state is in an aside in which nothing that can follow looks at the path below it."""
        return not state.over and state.aside is not None and state.aside not in self.looking

    def variants(self, state: State, place: str) -> tuple[State, ...]:
        """The state with every slot full and with every slot empty, where that can make a difference."""
        node = self.book.nodes[place]
        menu = isinstance(node, Say) and any(option.redo == self.book.loose for option in node.options)
        if not isinstance(node, Text) and not menu:
            return (state,)
        slots = sorted(other.slot for other in self.book.nodes.values() if isinstance(other, Text))
        return replace(state, sealed=()), replace(state, sealed=tuple((slot, 1) for slot in slots))

    def way(self, name: str, way: str) -> int:
        """A number for everything that a way taken at a node decides; equal for ways that decide the same."""
        node = self.book.nodes[name]
        way = SKIPPED if way == PASSED else way  # who saw the question matters to the report, and to no step
        attr = node.attr if isinstance(node, Choose) else ""
        to = leads(node, way) if isinstance(node, Choose | Text | Say | Call) else None
        marks = tuple(way in values for values in self.tests.get(attr, ()))
        # Passing over a question leaves the attribute to whoever asked for it before on the path.
        passed = way == SKIPPED and self.askers[attr] > 1
        known = (name, to, marks, passed, (attr, way) in WATCHED)
        number = self.numbers.setdefault(known, len(self.numbers) + 1)
        self.classes[name, way] = number
        return number


def _looks(node: Node) -> bool:
    """Whether a node does something else for another path, or a promise asks what was answered before it."""
    match node:
        case Say(options=options):
            return any(option.redo for option in options)
        case Text(slot=slot):
            return slot == STORY
        case Call(call=call):
            return call == "submit"
        case _:
            return isinstance(node, Decide)


def _leading_to(book: Book, goals: set[str]) -> set[str]:
    """The nodes from which one of ``goals`` can be reached within an aside, where ``via`` has no meaning."""
    found = set(goals)
    while more := {name for name, node in book.nodes.items() if name not in found and found & _ahead(node)}:
        found |= more
    return found


def _ahead(node: Node) -> set[str]:
    match node:
        case Choose(options=options, skip=skip):
            return {skip or "", *(option.to for option in options)}
        case Say(options=options):
            return {option.to for option in options}
        case Text(to=to, skip=skip):
            return {to, skip or ""}
        case Decide(rules=rules):
            return {rule.to for rule in rules}
        case Call(outcomes=outcomes):
            return {to for _, to in outcomes}
        case Do():  # everything is forgotten, and what follows is no aside any more
            return set()


STORY = "story"
"""The slot of the story, which somebody under 18 is never asked for."""

WATCHED = frozenset(
    {("under_18", "no"), ("actor", "other_person"), ("setting_aid", "no"), ("about", "other_misconduct")}
)
"""Answers the promises speak of; whether one was given is kept apart even where no fork looks at it."""
