"""The pure heart: one event in, a new state and effects out.

``step`` is total. It never raises for a state of its book, and nothing unexpected discards an answer: what
does not fit leaves the state as it is and asks again. It reads no clock, no disk and no randomness.

From an event to the next question::

    event ── _react ──> answer recorded, words sealed, aside entered or left
          ── _settle ─> forks passed, calls asked for, erasing and leaving carried out
"""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from flows.book import (
    KEPT,
    LANGUAGE,
    NUMBER,
    PASSED,
    RETURN,
    SKIPPED,
    UNSURE,
    Book,
    Call,
    Choose,
    Decide,
    Do,
    Node,
    Option,
    Say,
    Text,
)
from flows.path import fits, here, leads, option_of, walk
from flows.state import (
    Ask,
    Effect,
    End,
    Event,
    Forget,
    Interrupt,
    Look,
    Notice,
    Pick,
    Result,
    Seal,
    Secret,
    State,
    Stepped,
    Unusable,
    Words,
)
from flows.words import is_blank

LIMIT = 10_000
"""The most characters a slot holds; a sealed report then stays within its padding buckets."""

ADD = "add"
"""An option of this name that asks a text anew takes what is written then in addition to the words that are there."""


def begin(book: Book, language: str, seq: int) -> State:
    """A new conversation. ``seq`` should be hard to guess, so that buttons of an earlier one do not fit."""
    return State(book.digest, language if language in book.languages else book.languages[0], seq, book.start)


def step(book: Book, state: State, event: Event) -> Stepped:
    """One event. The new state's ``seq`` is one more than before exactly when something changed."""
    if not fits(book, state):
        fresh = Stepped(begin(book, state.language, state.seq + 1))
        if isinstance(event, Interrupt) and event.name in {"leave", "help"}:  # whatever happened, these are never lost
            fresh = step(book, fresh.state, event)
        return Stepped(fresh.state, (Forget(None), *fresh.effects))
    if state.over:
        return Stepped(state, (End(),))
    done = _react(book, state, event)
    if done.state == state:
        return done
    settled, effects = _settle(book, done.state)
    return Stepped(replace(settled, seq=state.seq + 1), (*done.effects, *effects), done.notice)


# --- events ------------------------------------------------------------------------------------------


def _react(book: Book, state: State, event: Event) -> Stepped:
    match event:
        case Look():
            return Stepped(state)
        case Unusable():
            return Stepped(state, notice="unusable")
        case Result(key=key, outcome=outcome):
            return _result(book, state, key, outcome)
        case Pick(option=option, seq=seq):
            return Stepped(state, notice="stale") if _stale(state, seq) else _pick(book, state, option)
        case Words():
            return _alarmed(book, _words(book, state, event), event)
        case Interrupt(name="help" | "leave" | "language" | "delete" as name):
            return Stepped(replace(state, aside=book.interrupts[name]))
        case Interrupt(seq=seq) if _stale(state, seq):
            return Stepped(state, notice="stale")
        case Interrupt(name="back"):
            return _back(book, state)
        case Interrupt(name="skip"):
            return _skip(book, state)
        case Interrupt(name="enough"):
            return _enough(book, state)
        case Interrupt():
            return _done(book, state)
        case _:
            assert_never(event)


def _stale(state: State, seq: int | None) -> bool:
    return seq is not None and seq != state.seq


def _pick(book: Book, state: State, option_id: str) -> Stepped:
    node = book.nodes[here(book, state)]
    if isinstance(node, Text) and option_id == "erase":
        return _erase(book, state, node)
    if not isinstance(node, Choose | Say):
        return Stepped(state, notice="choose")
    option = next((option for option in offers(book, state, node) if option.id == option_id), None)
    if option is None:
        return Stepped(state, notice="choose")
    if option.redo is not None:
        again, state = book.nodes[option.redo], replace(state, aside=None, redo=option.redo)
        if isinstance(again, Text):  # what was once begun with "add" must not join words that are told anew
            added = option.id == ADD and state.kept(again.slot) > 0
            state = state.writing(again.slot) if added else state.written(again.slot)
        return Stepped(state)
    if isinstance(node, Choose) and node.attr == LANGUAGE:
        state = replace(state, language=option.id)
    return Stepped(_go(book, state, node.name, option.id, option.to, option.via))


def offers(book: Book, state: State, node: Choose | Say) -> tuple[Option, ...]:
    """The options that make sense now: a question can be answered anew only if it was met on this path."""
    if all(option.redo is None for option in node.options):
        return node.options
    met = {name for name, _ in walk(book, state).passed}
    met |= {  # words that lie beside the path can always be changed
        node.name
        for node in book.nodes.values()
        if isinstance(node, Text) and (node.apart or node.name == book.loose) and state.kept(node.slot)
    }
    return tuple(option for option in node.options if option.redo is None or option.redo in met)


def _go(book: Book, state: State, name: str, way: str, to: str, via: str | None = None) -> State:
    """Leave node ``name`` by ``way`` towards ``to``, wherever the node stands: path, aside, or asked anew."""
    node = book.nodes[name]
    if isinstance(node, Text):
        state = state.written(node.slot)
    if state.aside is not None:
        if isinstance(node, Choose) and node.attr in book.wishes():
            state = state.wishing(node.attr, None if way == SKIPPED else way)
        return replace(state, aside=None if to == RETURN else to)
    if state.redo is not None:
        state = replace(state, redo=None, aside=via)
        return state if to == RETURN else _said_again(book, _tidy(book, state.answered(name, way)), name)
    if to != name:  # a way back to the same place is no answer
        state = _tidy(book, _again(book, state, name).answered(name, way))
    return replace(state, aside=via)


def _tidy(book: Book, state: State) -> State:
    """Statements off the present path are forgotten, so that they are made again if the path returns; answers stay."""
    passed = {name for name, _ in walk(book, state).passed}
    trail = tuple(item for item in state.trail if item[0] in passed or not isinstance(book.nodes[item[0]], Say | Call))
    return state if trail == state.trail else replace(state, trail=trail)


def _said_again(book: Book, state: State, name: str) -> State:
    """What is only said right after ``name`` may depend on its answer, as care does on the time: say it again."""
    passed = [node for node, _ in walk(book, state).passed]
    after = passed[passed.index(name) + 1 :][:1] if name in passed else []
    said = {one for one in after if isinstance(node := book.nodes[one], Say) and len(node.options) == 1}
    return replace(state, trail=tuple(item for item in state.trail if item[0] not in said)) if said else state


def _again(book: Book, state: State, name: str) -> State:
    """If ``name`` already lies on the path, somebody came round to it: the path before it stays, the rest goes."""
    passed = [node for node, _ in walk(book, state).passed]
    if name not in passed:
        return state
    gone = set(passed[passed.index(name) :])
    return replace(state, trail=tuple(item for item in state.trail if item[0] not in gone))


# --- words ---------------------------------------------------------------------------------------------


def _words(book: Book, state: State, event: Words) -> Stepped:
    asks = book.interrupts.get(NUMBER)
    if event.number and asks is not None and not isinstance(book.nodes[here(book, state)], Text):
        # Whoever comes back writes the number at once. Kept among other words it would go into the next report.
        state, event = replace(state, aside=asks), replace(event, seq=None)
    node, words, seq, final = book.nodes[here(book, state)], event.words, event.seq, event.final
    if is_blank(words.reveal()):
        return Stepped(state, notice="empty" if isinstance(node, Text) else "choose")
    if not isinstance(node, Text) and event.near and event.alarm is None:
        return Stepped(state, notice="near")
    if not isinstance(node, Text) or _stale(state, seq):
        return _loose(book, state, words)
    final = final or node.once
    append = node.slot in state.adding and seq is None and not final
    kept = _kept(state, node.slot, words, append=append)
    if kept is None:
        return Stepped(state, notice="full")
    effect = Seal(node.slot, words, append)
    if final:
        return Stepped(_go(book, kept, node.name, KEPT, node.to), (effect,))
    notice: Notice = "near" if event.near else "kept_more" if append else "kept"
    return Stepped(kept.writing(node.slot), (effect,), notice)


def _alarmed(book: Book, done: Stepped, event: Words) -> Stepped:
    """Words of distress lead aside, whatever became of them; the question waits where it was."""
    if event.alarm is None:
        return done
    heard = tuple(sorted({*done.state.heard, event.alarm}))
    return replace(done, state=replace(done.state, aside=book.interrupts[event.alarm], heard=heard), notice=None)


def _loose(book: Book, state: State, words: Secret) -> Stepped:
    """Words where none were asked for are kept too, apart, until the person sees them at read-back."""
    if state.sent:
        return Stepped(state, notice="not_kept")
    slot = book.loose_slot()
    kept = _kept(state, slot, words, append=True)
    if kept is None:
        return Stepped(state, notice="full")
    return Stepped(kept, (Seal(slot, words, append=True),), "kept_aside")


def _kept(state: State, slot: str, words: Secret, *, append: bool) -> State | None:
    """The state with the words counted, or ``None`` when the slot cannot hold them."""
    length = len(words) + (state.kept(slot) + 1 if append and state.kept(slot) else 0)
    return state.with_slot(slot, length) if length <= LIMIT else None


def _done(book: Book, state: State) -> Stepped:
    node = book.nodes[here(book, state)]
    if not isinstance(node, Text):
        return Stepped(state, notice="choose")
    if not state.kept(node.slot):
        return _skip(book, state)
    return Stepped(_go(book, state, node.name, KEPT, node.to))


def _erase(book: Book, state: State, node: Text) -> Stepped:
    if node.skip is None or not state.kept(node.slot):
        return Stepped(state, notice="choose")
    gone = state.with_slot(node.slot, 0)
    return Stepped(_go(book, gone, node.name, SKIPPED, node.skip), (Forget((node.slot,)),))


# --- back and skip -------------------------------------------------------------------------------------


def _back(book: Book, state: State) -> Stepped:
    if state.aside is not None:
        return Stepped(replace(state, aside=None))
    if state.redo is not None:
        return Stepped(replace(state, redo=None))
    last = _last(book, state)
    if last is None:
        return Stepped(state, notice="no_back")
    passed = [name for name, _ in walk(book, state).passed]
    gone = passed[passed.index(last) :]  # nothing else: answers off this path wait for it to return
    return Stepped(replace(state, trail=tuple(item for item in state.trail if item[0] not in gone)))


def can_go_back(book: Book, state: State) -> bool:
    """Whether ``back`` leads anywhere: out of an aside or an answer given anew, or to the question before."""
    return state.aside is not None or state.redo is not None or _last(book, state) is not None


def _last(book: Book, state: State) -> str | None:
    """The last thing on the path that waited for a person; once sent, nothing can be gone back over."""
    if state.sent:
        return None
    passed = reversed(walk(book, state).passed)
    return next((name for name, _ in passed if isinstance(book.nodes[name], Choose | Text | Say)), None)


def may_end(book: Book, state: State) -> bool:
    """Whether somebody can go straight to the end: they have said what they want, and are being asked."""
    if state.sent or state.aside is not None or state.redo is not None:
        return False
    path = walk(book, state)
    asked = book.nodes[path.stop]
    passable = isinstance(asked, Choose | Text) and _passing(state, asked) is not None
    return passable and any(name == book.enough for name, _ in path.passed)


def _enough(book: Book, state: State) -> Stepped:
    """Every question that was not answered counts as passed over, up to what must be asked or to the read-back."""
    if not may_end(book, state):
        return Stepped(state, notice="choose")
    for _ in book.nodes:
        node = book.nodes[walk(book, state).stop]
        way = _passing(state, node)
        if way is None or isinstance(node, Decide | Do | Call):
            break
        state = _go(book, state, node.name, way, leads(node, way) or RETURN)
    return Stepped(state)


def _passing(state: State, node: Node) -> str | None:
    """The way by which a node is passed over; ``None`` where the person must be asked. Written words are kept."""
    match node:
        case Text(slot=slot) if state.kept(slot):
            return KEPT
        case Choose(must=False, skip=str()) | Text(skip=str()):
            return PASSED
        case Choose(must=False) if option_of(node, UNSURE) is not None:
            return UNSURE
        case Say(passes=str(option)):
            return option
        case Say(options=(only,)) if only.redo is None and not node.read_back:
            return only.id
        case _:
            return None


def _skip(book: Book, state: State) -> Stepped:
    node = book.nodes[here(book, state)]
    match node:
        case Text(name=name, slot=slot, to=to, skip=skip) if state.kept(slot) and to == skip:
            return Stepped(_go(book, state, name, KEPT, to))  # skipping never erases words, and never sends them
        case Text(name=name, skip=skip) | Choose(name=name, skip=skip) if skip is not None:
            return Stepped(_go(book, state, name, SKIPPED, skip))
        case Choose() if option_of(node, UNSURE) is not None:
            return _pick(book, state, UNSURE)
        case Say(options=(only,)):
            return _pick(book, state, only.id)
        case Say(passes=str(option)):
            return _pick(book, state, option)
        case _:
            return Stepped(state, notice="no_skip")


# --- what happens without a person -----------------------------------------------------------------------


def _settle(book: Book, state: State) -> tuple[State, tuple[Effect, ...]]:
    """Pass everything that does not wait, until a person is needed, a call is asked for, or all is over."""
    effects: tuple[Effect, ...] = ()
    for _ in range(len(book.nodes) + 1):  # the compiler's graph has no loop without a person; this is the belt
        node = book.nodes[here(book, state)]
        match node:
            case Decide():  # on the path forks are passed by walking: this one is in an aside
                to = node.leads(dict(walk(book, state).attrs))
                state = replace(state, aside=None if to == RETURN else to)
            case Call(name=name, call=call, uses=uses):
                key = f"{name}.{state.seq}"
                return replace(state, pending=key), (*effects, Ask(call, key, uses))
            case Do(act="leave"):
                return replace(_anew(state, book.start), over=True), (*effects, Forget(None), End())
            case Do(to=to):
                state = _anew(state, to)
                effects = (*effects, Forget(None))
            case _:
                break
    return state, effects


def _anew(state: State, root: str) -> State:
    """Everything told so far is forgotten; the conversation goes on at ``root``."""
    return State(state.book, state.language, state.seq, root)


def _result(book: Book, state: State, key: str, outcome: str) -> Stepped:
    node = book.nodes[here(book, state)]
    if state.pending != key or not isinstance(node, Call):
        return Stepped(state, notice="stale")
    to = leads(node, outcome)
    if to is None:
        return Stepped(state, notice="choose")
    state = replace(state, pending=None)
    forgets: tuple[Effect, ...] = ()
    if outcome in node.forgets and node.uses:
        for slot in node.uses:
            state = state.with_slot(slot, 0)
        for attr in node.wishes:
            state = state.wishing(attr, None)
        forgets = (Forget(node.uses),)
    elif outcome in node.forgets:  # it used the whole conversation: the report has gone out
        return Stepped(replace(_anew(state, to), sent=True), (Forget(None),))
    return Stepped(_go(book, state, node.name, outcome, to), forgets)


__all__ = ["LIMIT", "Notice", "begin", "can_go_back", "may_end", "offers", "step"]
