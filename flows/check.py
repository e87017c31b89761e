"""Proofs about a book, over every state somebody can reach (``flows.explore``).

Each proof says what it promises in a sentence, counts the cases it looked at, and names the places where it
fails. A proof that looked at nothing fails too: a promise about a question that nobody asks is no promise.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from flows.book import CASE, LANGUAGE, NUMBER, RETURN, Book, Call, Choose, Decide, Do, Node, Say, Text
from flows.explore import STORY, Edge, Reach, explore

MOST_ACTIONS = 8
"""From the first screen to a report sent, for somebody who cannot stay long."""

MAY_ASK = frozenset(
    {"language", "safe", "danger", "want", "affected", "under_18", "about", "elapsed", "actor", "setting_aid"}
    | {"entity", "works", "station", "story", "where", "names", "reach", "also"}
    | {"number", "addition", "check"}
    | {"story_ok", "name_ok", "share_ok", "count_ok"}
    | {"keep_place", "keep_from", "c_group", "c_gender", "c_mode", "c_when"}
)
"""What may be asked at all. Never: the reporter's name, number, telephone (but to a counsellor, freely), address or
place on a map; nationality, ethnicity, religion, marital or migration status; bodily details, sexual history,
clothing, alcohol; why; proof; health status; an employee number. A new question needs a new entry here, in review.

``keep_…`` asks whom to leave out, ``c_…`` what kind of counsellor somebody would like; neither asks who they are.
"""

_OUTSIDE = {("actor", "other_person"), ("setting_aid", "no"), ("about", "other_misconduct")}
_NOT_OWN = {"!leave", "!help", "!language", "!delete", "!back", "words", "!self_harm", "!worried", "!danger"}
"""What can be done everywhere; a question's own buttons are the rest."""
_NO_WAY_ON = {"words", "number", "look", "unusable", "erase"}


@dataclass(frozen=True, slots=True)
class Proof:
    """One promise: what it says, in how many cases it was seen to hold, and where it does not."""

    promise: str
    cases: int
    broken: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether it held in every case, and there was one."""
        return not self.broken and self.cases > 0


@dataclass(frozen=True, slots=True)
class Proofs:
    """Everything checked about one book."""

    states: int
    steps: int
    proofs: tuple[Proof, ...]
    shortest: int

    @property
    def hold(self) -> bool:
        """Whether every promise holds."""
        return all(proof.holds for proof in self.proofs)


def prove(book: Book) -> Proofs:
    """Explore the whole book and check every promise."""
    reach = explore(book)
    checker = _Checker(book, reach)
    proofs = tuple(check() for check in checker.checks())
    return Proofs(len(reach.states), len(reach.edges), proofs, checker.shortest)


class _Checker:
    def __init__(self, book: Book, reach: Reach) -> None:
        self.book = book
        self.reach = reach
        self.leaving = reach.leaving()
        self.wishes = book.wishes()
        self.used = book.sent_apart()
        self.shortest = 0
        self.nearest = 0

    def checks(self) -> tuple[Callable[[], Proof], ...]:
        return (
            self.help_everywhere,
            self.leave_everywhere,
            self.somebody_is_waited_for,
            self.nothing_orphaned,
            self.buttons_lead_on,
            self.answers_are_kept,
            self.no_dead_end,
            self.every_question_can_be_passed,
            self.sending_without_answers,
            self.loops_wait,
            self.words_are_sealed,
            self.young_are_not_asked,
            self.outside_is_not_sent,
            self.referral_is_free,
            self.private_is_not_told,
            self.limits_come_first,
            self.care_comes_at_once,
            self.distress_is_answered,
            self.sending_is_near,
            self.nothing_forbidden_is_asked,
            *([self.cases_stay_closed] if self.comes_back() else []),
        )

    def comes_back(self) -> bool:
        """Whether this is a book in which somebody can come back with a number."""
        return NUMBER in self.book.interrupts or any(name.startswith(CASE) for name in self.book.nodes)

    # --- small views ---------------------------------------------------------------------------------

    def node(self, number: int) -> Node | None:
        place = self.reach.places[number]
        return self.book.nodes[place] if place else None

    def waits(self) -> Iterator[int]:
        """The states in which a person is being waited for."""
        for number in range(len(self.reach.states)):
            if isinstance(self.node(number), Choose | Text | Say):
                yield number

    def named(self, numbers: Iterable[int]) -> tuple[str, ...]:
        return tuple(sorted({self.reach.places[number] for number in numbers}))

    def proof(self, promise: str, cases: int, broken: Iterable[int]) -> Proof:
        return Proof(promise, cases, self.named(broken))

    def calls(self, call: str) -> set[int]:
        return {
            number
            for number in range(len(self.reach.states))
            if isinstance(node := self.node(number), Call) and node.call == call
        }

    # --- the promises ----------------------------------------------------------------------------------

    def help_everywhere(self) -> Proof:
        waits = list(self.waits())
        home = self.book.interrupts["help"]
        lost = [
            n
            for n in waits
            if not _waits(self.book.nodes[home])
            or not any(self.reach.places[e.target] == home for e in self.by(n, "!help"))
        ]
        return self.proof("help is one action away from every state", len(waits), lost)

    def leave_everywhere(self) -> Proof:
        waits = list(self.waits())
        lost = [n for n in waits if not any(self.reach.states[e.target].over for e in self.by(n, "!leave"))]
        return self.proof("leaving, with everything erased, is one action away from every state", len(waits), lost)

    def by(self, number: int, label: str) -> list[Edge]:
        return [edge for edge in self.leaving[number] if edge.label == label]

    def somebody_is_waited_for(self) -> Proof:
        """At rest a conversation waits for a person, for the outcome of a call, or is over."""
        rest = [number for number, state in enumerate(self.reach.states) if not state.over]
        asked = {number for number in rest if isinstance(self.node(number), Call)}
        lost = [n for n in rest if not _waits(self.node(n)) and not (n in asked and self.reach.states[n].pending)]
        return self.proof("nobody is left where nothing waits for them", len(rest), lost)

    def nothing_orphaned(self) -> Proof:
        met = set(self.reach.places) | _passed_without_waiting(self.book, set(self.reach.places))
        orphans = tuple(sorted(name for name in self.book.nodes if name not in met))
        return Proof("every node is reached by somebody", len(self.book.nodes), orphans)

    def buttons_lead_on(self) -> Proof:
        picks = [edge for edge in self.reach.edges if not edge.label.startswith("!") and edge.label not in _NO_WAY_ON]
        idle = [e.source for e in picks if self.reach.places[e.source] == self.reach.places[e.target]]
        idle += [n for n in self.waits() if self.reach.states[n].aside and _goes_round(self.node(n))]
        return self.proof("every button offered, and every outcome of a call, leads somewhere else", len(picks), idle)

    def answers_are_kept(self) -> Proof:
        """What is chosen in an aside is no answer; only the language and wishes for a counsellor are kept apart."""
        asked = [n for n in self.waits() if isinstance(node := self.node(n), Choose) and node.attr != LANGUAGE]
        lost = [n for n in asked if self.aside(n) and not self.private(n)]
        return self.proof("every answer that is asked for is kept", len(asked), lost)

    def no_dead_end(self) -> Proof:
        """From every question to an end, and from every aside back out, by their own buttons alone.

        Asides are explored once for all the places they are entered from, so the way through one is not counted here
        as a way from one question to another.
        """
        own = [e for e in self.reach.edges if e.label not in _NOT_OWN]
        ends = [number for number, state in enumerate(self.reach.states) if state.over]
        path = [e for e in own if not self.aside(e.source) and not self.aside(e.target)]
        safe = self.backwards(ends, path)
        outside = [number for number in range(len(self.reach.states)) if not self.aside(number)]
        out = self.backwards(outside, [e for e in own if self.aside(e.source)])
        waits = list(self.waits())
        stuck = [number for number in waits if number not in (out if self.aside(number) else safe)]
        return self.proof("no dead end: its own buttons lead from every state to an end", len(waits), stuck)

    def aside(self, number: int) -> bool:
        return self.reach.states[number].aside is not None

    def backwards(self, goals: Iterable[int], edges: Iterable[Edge]) -> set[int]:
        into: dict[int, list[int]] = {}
        for edge in edges:
            into.setdefault(edge.target, []).append(edge.source)
        seen = set(goals)
        queue = deque(seen)
        while queue:
            for source in into.get(queue.popleft(), ()):
                if source not in seen:
                    seen.add(source)
                    queue.append(source)
        return seen

    def every_question_can_be_passed(self) -> Proof:
        asked = [
            n
            for n in self.waits()
            if isinstance(node := self.node(n), Text) or (isinstance(node, Choose) and node.attr != LANGUAGE)
        ]
        stuck = [n for n in asked if not any(e.target != n for e in self.by(n, "!skip"))]
        return self.proof("every question can be passed without an answer", len(asked), stuck)

    def sending_without_answers(self) -> Proof:
        """Breadth first over statements and skips only (the language must be chosen)."""
        distance = {0: 0}
        queue = deque([0])
        goals = self.calls("submit")
        while queue:
            number = queue.popleft()
            if number in goals:
                self.shortest = distance[number]
                return Proof("sending is reachable with every optional question passed over", self.shortest, ())
            for edge in self.leaving[number]:
                if edge.target not in distance and self.no_answer(number, edge):
                    distance[edge.target] = distance[number] + 1
                    queue.append(edge.target)
        return Proof("sending is reachable with every optional question passed over", len(distance), (self.book.start,))

    def no_answer(self, number: int, edge: Edge) -> bool:
        node = self.node(number)
        if isinstance(node, Say) or (isinstance(node, Choose) and node.attr == LANGUAGE):
            return not edge.label.startswith("!") and edge.label != "words"
        return edge.label == "!skip"

    def loops_wait(self) -> Proof:
        """No circle of nodes that pass at once; looked for in the book itself, where a walk would only stop short."""
        instant = {name: _onward(node) for name, node in self.book.nodes.items() if not _waits(node)}
        circles = tuple(sorted(name for name in instant if _returns(name, instant)))
        return Proof("every loop waits for a person", len(self.book.nodes), circles)

    def words_are_sealed(self) -> Proof:
        texts = [node for node in self.book.nodes.values() if isinstance(node, Text)]
        return Proof("every free text is sealed", len(texts), tuple(node.name for node in texts if not node.seal))

    def young_are_not_asked(self) -> Proof:
        asked = [n for n in self.waits() if isinstance(node := self.node(n), Text) and node.slot == STORY]
        wrong = [n for n in asked if self.reach.attrs[n].get("under_18") != "no"]
        promise = "a person under 18, or whose age is not known, is never asked for the story"
        return self.proof(promise, len(asked), wrong)

    def outside_is_not_sent(self) -> Proof:
        sent = self.calls("submit")
        told = {pair for attrs in self.reach.attrs for pair in _OUTSIDE if attrs.get(pair[0]) == pair[1]}
        wrong = [n for n in sent if any(self.reach.attrs[n].get(attr) == value for attr, value in _OUTSIDE)]
        promise = "what is not about people in aid, or not sexual, never reaches a focal point"
        return self.proof(promise, len(sent) if told == _OUTSIDE else 0, wrong)

    def referral_is_free(self) -> Proof:
        submits = self.calls("submit")
        edges = [e for e in self.reach.edges if e.source not in submits and e.target not in submits]
        free = self.backwards(self.calls("refer"), edges)
        waits = list(self.waits())
        return self.proof("asking for a counsellor never depends on reporting", len(waits), set(waits) - free)

    def private_is_not_told(self) -> Proof:
        """Wishes and the words for a counsellor, and words set apart, are asked for beside the path of the report."""
        asked = [n for n in self.waits() if self.private(n)]
        path = [n for n in asked if not self.aside(n) and self.reach.states[n].redo is None]
        wrong = [n for n in path if not self.reach.states[n].sent]  # after it was sent nothing is part of it any more
        promise = "what is meant for a counsellor, or to leave somebody out, is never part of a report"
        return self.proof(promise, len(asked), wrong)

    def private(self, number: int) -> bool:
        """Whether what is asked for here must not be part of a report."""
        match self.node(number):
            case Choose(attr=attr):
                return attr in self.wishes
            case Text(slot=slot, apart=apart):
                return apart or slot in self.used
            case _:
                return False

    def limits_come_first(self) -> Proof:
        """Asides speak for themselves; whoever erased everything has been through the limits before."""
        asked = [n for n in self.waits() if isinstance(self.node(n), Text) and self.reach.states[n].aside is None]
        sent = [*asked, *self.calls("submit")]
        wrong = [
            n for n in sent if self.reach.states[n].root == self.book.start and "limits" not in self.reach.passed[n]
        ]
        return self.proof("the limits of confidentiality are told before anything is asked for", len(sent), wrong)

    def care_comes_at_once(self) -> Proof:
        """The next thing after "when" is the health information, also when it is answered anew at the read-back."""
        answers = [
            edge
            for n in self.waits()
            if self.reach.places[n] == "elapsed"
            for edge in self.leaving[n]
            if edge.label == "!skip" or edge.label in self.book.attrs.get("elapsed", ())
        ]
        wrong = [edge.source for edge in answers if self.reach.places[edge.target] != "care"]
        promise = "health information is shown at once when the time is told or not known"
        return self.proof(promise, len(answers), wrong)

    def distress_is_answered(self) -> Proof:
        waits = list(self.waits())
        labels = ("self_harm", "worried", "danger")
        wrong = [
            n
            for n in waits
            for label in labels
            if not any(self.reach.places[e.target] == self.book.interrupts[label] for e in self.by(n, f"!{label}"))
        ]
        return self.proof("words of distress are answered from every state", len(waits) * len(labels), wrong)

    def sending_is_near(self) -> Proof:
        distance = {0: 0}
        queue = deque([0])
        goals = self.calls("submit")
        while queue:
            number = queue.popleft()
            if number in goals:
                self.nearest = distance[number]
                break
            for edge in self.leaving[number]:
                if edge.target not in distance and not self.aside(edge.target):
                    distance[edge.target] = distance[number] + 1
                    queue.append(edge.target)
        far = () if 0 < self.nearest <= MOST_ACTIONS else (self.book.start,)
        return Proof(f"a report can be sent within {MOST_ACTIONS} actions", self.nearest, far)

    def nothing_forbidden_is_asked(self) -> Proof:
        asked = {node.attr for node in self.book.nodes.values() if isinstance(node, Choose)}
        asked |= {node.slot for node in self.book.nodes.values() if isinstance(node, Text)}
        return Proof("nothing is asked but what may be asked", len(asked), tuple(sorted(asked - MAY_ASK)))

    def cases_stay_closed(self) -> Proof:
        """The one way in is the outcome of opening a number; from there on only within."""
        into = [edge for edge in self.reach.edges if self.reach.places[edge.target].startswith(CASE)]
        wrong = [
            edge.source
            for edge in into
            if not self.reach.places[edge.source].startswith(CASE)
            and not (isinstance(node := self.node(edge.source), Call) and node.call == "open_number")
        ]
        return self.proof("nothing of a report is shown before its number was opened", len(into), wrong)


def _waits(node: Node | None) -> bool:
    return isinstance(node, Choose | Text | Say)


def _goes_round(node: Node | None) -> bool:
    """Whether an option of it leads through an aside; from within one, that way would be passed over."""
    return isinstance(node, Choose | Say) and any(option.via for option in node.options)


def _onward(node: Node) -> tuple[str, ...]:
    match node:
        case Decide(rules=rules):
            return tuple(rule.to for rule in rules)
        case Call(outcomes=outcomes):
            return tuple(to for _, to in outcomes)
        case Do(to=to):
            return (to,) if to else ()
        case Text(to=to, skip=skip):
            return (to, skip or to)
        case Choose(options=options, skip=skip):
            return (*(way for option in options for way in (option.to, option.via or RETURN)), skip or RETURN)
        case Say(options=options):
            return tuple(way for option in options for way in (option.to, option.via or RETURN))


def _returns(start: str, instant: dict[str, tuple[str, ...]]) -> bool:
    seen: set[str] = set()
    queue = deque(instant[start])
    while queue:
        name = queue.popleft()
        if name == start:
            return True
        if name in instant and name not in seen:
            seen.add(name)
            queue.extend(instant[name])
    return False


def _passed_without_waiting(book: Book, met: set[str]) -> set[str]:
    """Forks and acts that lie directly behind a place that was met; they are passed and never stood in."""
    found: set[str] = set()
    queue = deque(name for name in (*met, *book.interrupts.values()) if name)
    while queue:
        name = queue.popleft()
        node = book.nodes[name]
        ahead = _onward(node) if name in met or not _waits(node) else ()
        for to in (*ahead, *([name] if not _waits(node) else [])):
            if to in book.nodes and not _waits(book.nodes[to]) and to not in found:
                found.add(to)
                queue.append(to)
    return found
