"""One turn: the life of one incoming event, from the door to the disk and back.

::

    door ─ Incoming ─> take ─> read the session          cases.turns
                            ─> understand the event      bot.understand
                            ─> step                      flows.step (pure)
                            ─> carry out calls           bot.calls (seals; saves nothing)
                            ─> commit everything at once cases.turns
                            ─> draw the screen           bot.show
    door <─ Reply ─────────

Nothing is shown before the commit, and nothing is committed that cannot be drawn. A delivery that arrives twice
changes nothing and shows the present question. If somebody else's turn for the same person came in between (another
process), the whole turn is done again on what is there now; if the database was lost, it is done again a little later.
One person's turns within a process wait for each other.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol, TypeVar

from bot.calls import Calls
from bot.case import Case, look
from bot.incoming import Incoming, Notes, Reply
from bot.one_by_one import OneByOne
from bot.returning import CALLS as CALLS_ON_RETURN
from bot.returning import Returning
from bot.screen import Screen
from bot.session import LostError, Session, Sessions
from bot.show import Shower
from bot.understand import Understanding
from cases.outbox import Alert
from cases.store import Store, StoreError, StoreLostError
from cases.turns import Document, Done, Tried, Writes, commit, keep_book, read, renote, stored_book
from cases.withdrawal import Withdrawal
from crypto.entropy import Entropy
from crypto.vault import Vault
from flows.book import CASE, Book, Call, Choose, Say, Text
from flows.canonical import from_json, to_json
from flows.errors import BookError
from flows.path import here, walk
from flows.state import Ask, End, Event, Forget, Notice, Result, Seal, State
from flows.step import begin, step
from locales.catalogues import Languages

AGAIN = 5
"""How often a turn is done anew when another one came in between, before the person is asked to try again."""

LOST_SECONDS = (0.1, 0.4, 1.5, 3.0)
"""Pauses before trying again when the database was lost: it may only be restarting, or another one taking its place."""

CALLS = 3
"""The most calls in one turn; the book's own limit is one."""

NOT_KEPT = ("unusable", "not_kept", "full")
"""Notices that tell the person that what they sent was not kept."""

_Found = TypeVar("_Found")

_log = logging.getLogger(__name__)


class NotSaved(Exception):  # noqa: N818 -- a sentence a person may read
    """The turn could not be committed; nothing was kept of it and nothing before it was lost.

    ``text`` is the sentence for the person, in their language where it is known.
    """

    def __init__(self, text: str) -> None:
        super().__init__("a turn could not be saved")
        self.text = text


class Turns(Protocol):
    """What every door calls."""

    async def take(self, incoming: Incoming) -> Reply:
        """Do one turn: committed before this returns.

        Raises:
            NotSaved: the database did not take it.
        """

    def alone(self, channel: str, person: str) -> AbstractAsyncContextManager[None]:
        """Keep other processes from dealing with a person, for a door that shows what came of a turn by itself."""

    async def note(self, channel: str, person: str, change: Callable[[Notes], Notes]) -> None:
        """Change a door's notes outside a turn, for example once a sent message has an id.

        Raises:
            NotSaved: the database did not take it.
        """

    async def gone(self, channel: str, person: str) -> None:
        """The door has cleared up after an ended conversation: forget its notes too.

        Raises:
            NotSaved: the database did not take it.
        """


@dataclass(slots=True, repr=False)
class _Work:
    """What one turn has found and gathered so far.

    ``version`` is that of the stored session, ``known`` whether it could be used, ``lost`` whether it should have
    been and could not, ``repeated`` whether this delivery was done before.
    """

    book: Book
    session: Session
    version: int | None = None
    known: bool = False
    lost: bool = False
    repeated: bool = False
    slots: dict[str, bytes | None] = field(default_factory=dict)
    anew: bool = False
    documents: list[Document] = field(default_factory=list)
    gaps: list[Alert] = field(default_factory=list)
    tried: Tried | None = None
    withdrawal: Withdrawal | None = None
    notice: Notice | None = None
    over: bool = False


class TurnTaker:
    """The one turn behind every door."""

    def __init__(
        self,
        store: Store,
        vault: Vault,
        book: Book,
        languages: Languages,
        shower: Shower,
        calls: Calls,
        returning: Returning,
        understanding: Understanding,
        *,
        entropy: Entropy,
        clock: Callable[[], datetime],
        draft_hours: int,
        committed: Callable[[], None] = lambda: None,
    ) -> None:
        self.store = store
        self.vault = vault
        self.book = book
        self.books = {book.digest: book}
        self.languages = languages
        self.shower = shower
        self.calls = calls
        self.returning = returning
        self.understanding = understanding
        self.sessions = Sessions(vault, entropy)
        self.entropy = entropy
        self.clock = clock
        self.draft_hours = draft_hours
        self.committed = committed
        self._one_by_one = OneByOne()

    async def start(self) -> None:
        """Keep the present book for those who will still be in the middle of it when it has changed.

        Raises:
            StoreError: the database did not take it.
        """
        await keep_book(self.store, self.book.digest, to_json(self.book))

    def renew(self, book: Book) -> None:
        """Begin new conversations with another book, which is kept already; those under way go on with their own."""
        self.books = {self.book.digest: self.book, book.digest: book}  # whoever needs an older one finds it kept
        self.book = book

    # --- what the doors call ---------------------------------------------------------------------------

    async def take(self, incoming: Incoming) -> Reply:
        """See ``Turns.take``."""
        pseudonym = self.vault.pseudonym(incoming.channel, incoming.person)
        mark = self.vault.mark("inbox", f"{incoming.channel}\n{incoming.delivery}")
        work: _Work | None = None
        async with self._one_by_one.turn(pseudonym):

            async def attempt() -> Reply | None:
                nonlocal work
                work = await self._found(incoming, pseudonym, mark)
                return await self._done(work, incoming, pseudonym, mark)

            try:
                if (reply := await _patiently(attempt)) is not None:
                    return reply
            except Exception as error:  # noqa: BLE001 -- whatever it was, nothing was committed, and a person waits
                _log.error("turn_not_saved error=%s", type(error).__name__)
        language = work.session.state.language if work is not None else self.languages.negotiate(incoming.hint)
        raise NotSaved(self.languages.word(language, "not_saved"))

    def alone(self, channel: str, person: str) -> AbstractAsyncContextManager[None]:
        """See ``Turns.alone``."""
        return self.store.alone(self.vault.pseudonym(channel, person))

    async def note(self, channel: str, person: str, change: Callable[[Notes], Notes]) -> None:
        """See ``Turns.note``."""
        await self._renote(channel, person, lambda session: replace(session, notes=change(session.notes)))

    async def gone(self, channel: str, person: str) -> None:
        """See ``Turns.gone``. A conversation that has begun anew in between stays."""
        await self._renote(channel, person, lambda session: None if session.state.over else session)

    # --- one attempt --------------------------------------------------------------------------------------

    async def _found(self, incoming: Incoming, pseudonym: bytes, mark: bytes) -> _Work:
        """What is there: the person's conversation, or the beginning of one."""
        kept, repeated = await read(self.store, pseudonym, mark)
        work = _Work(self.book, self._begin(incoming), repeated=repeated, anew=True)
        if kept is None:
            return work
        work.version = kept.version
        if kept.touched_hour < self._hour() - self.draft_hours:
            return work  # expired, and not swept yet
        try:
            session = self.sessions.opened(pseudonym, kept)
            work.book, work.session = await self._book(session.state.book), session
        except LostError:
            work.lost = True
        else:
            work.known, work.anew = True, False
            await self._close_case(work)
        return work

    async def _close_case(self, work: _Work) -> None:
        """Lead out of a case whose time is over or that is gone: no screen of it without what it shows."""
        if not _in_case(work.book, work.session.state):
            return
        key = work.session.case
        if key is None or key.until < self.clock().timestamp() or await self._case(work) is None:
            state = work.session.state
            # With another number, so that a tap on the case's screen cannot answer the question below it.
            work.session = replace(work.session, state=replace(state, aside=None, seq=state.seq + 1), case=None)

    async def _done(self, work: _Work, incoming: Incoming, pseudonym: bytes, mark: bytes) -> Reply | None:
        """One try; ``None`` when somebody else was faster and it must be done on what is there now."""
        if work.repeated:
            return await self._repeat(work)
        if work.session.state.over:  # left, and the door is still clearing up: this is the beginning of a new one
            work.book, work.anew = self.book, True
            work.session = replace(self._begin(incoming), notes=work.session.notes)
        await self._step(work, incoming, pseudonym)
        notes = incoming.remember(work.session.notes, work.notice not in NOT_KEPT)
        work.session = replace(work.session, notes=notes)
        reply = Reply(await self._screen(work), notes)
        done = await commit(
            self.store,
            Writes(
                mark,
                self._hour(),
                pseudonym,
                work.version,
                self._body(work, pseudonym),
                work.slots,
                work.anew or work.over,
                tuple(work.documents),
                gaps=tuple(work.gaps),
                tried=work.tried,
                withdrawal=work.withdrawal,
            ),
            entropy=self.entropy,
        )
        if done is not Done.WRITTEN:
            return None  # look again: either the delivery is done by now, or the session has moved on
        if work.documents or work.gaps or work.withdrawal is not None:
            self.committed()
        return reply

    def _hour(self) -> int:
        return int(self.clock().timestamp()) // 3600

    def _begin(self, incoming: Incoming) -> Session:
        seq = int.from_bytes(self.entropy(4), "big") >> 1
        return self.sessions.new(begin(self.book, self.languages.negotiate(incoming.hint), seq), Notes())

    async def _book(self, digest: str) -> Book:
        """The book a conversation began with.

        Raises:
            LostError: it is not there any more.
        """
        if digest not in self.books:
            body = await stored_book(self.store, digest)
            if body is None:
                raise LostError
            try:
                book = from_json(body)
            except BookError as error:
                raise LostError from error
            if book.digest != digest:  # somebody changed it, or it was written down in another form
                raise LostError
            self.books[digest] = book
        return self.books[digest]

    async def _repeat(self, work: _Work) -> Reply:
        """A delivery that was done before: the present question, or nothing at all if the conversation is over."""
        if not work.known or work.session.state.over:
            ended = self.shower.ended(work.session.state.language, work.session.state.seq)
            return Reply(ended, work.session.notes, repeat=True)
        return Reply(await self._screen(work), work.session.notes, repeat=True)

    async def _step(self, work: _Work, incoming: Incoming, pseudonym: bytes) -> None:
        """Step, and carry out what the conversation asks for, until it waits for the person again."""
        event: Event = self.understanding.event(incoming.happened, await self._screen(work))
        for _ in range(CALLS):
            stepped = step(work.book, work.session.state, event)
            work.session = replace(work.session, state=stepped.state)
            work.notice = stepped.notice or work.notice
            asked: Ask | None = None
            for effect in stepped.effects:
                match effect:
                    case Seal(slot=slot, words=words, append=append):
                        self._seal(work, pseudonym, slot, words.reveal(), append=append)
                    case Forget(slots=slots):
                        self._forget(work, slots)
                    case Ask():
                        asked = effect
                    case End():
                        work.over = True
            if asked is None:
                break
            if asked.call in CALLS_ON_RETURN:
                event = Result(asked.key, await self._returned(work, asked, pseudonym))
                continue
            outcome = await self.calls.carry_out(asked, work.book, work.session.state, work.session.texts, self.clock())
            if outcome.document is not None:
                work.documents.append(outcome.document)
            work.gaps.extend(outcome.gaps)
            if outcome.receipt is not None:
                work.session = replace(work.session, receipt=outcome.receipt)
            event = Result(asked.key, outcome.name)
        if work.session.receipt and not _needs_receipt(work.book, work.session.state):
            work.session = replace(work.session, receipt=None)
        if work.session.case and not _in_case(work.book, work.session.state):
            work.session = replace(work.session, case=None)

    async def _returned(self, work: _Work, asked: Ask, pseudonym: bytes) -> str:
        """Carry out what somebody with a number asks for, and gather what has to be saved for it."""
        returned = await self.returning.carry_out(asked, work.session, pseudonym, self.clock())
        if returned.case is not None:
            work.session = replace(work.session, case=returned.case)
        if returned.document is not None:
            work.documents.append(returned.document)
        work.tried = returned.tried or work.tried
        work.withdrawal = returned.withdrawal or work.withdrawal
        return returned.name

    def _seal(self, work: _Work, pseudonym: bytes, slot: str, words: str, *, append: bool) -> None:
        words = words.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # half a sign cannot be written
        before = work.session.texts.get(slot)
        text = f"{before}\n{words}" if append and before else words
        work.session = replace(work.session, texts={**work.session.texts, slot: text})
        work.slots[slot] = self.sessions.sealed(pseudonym, work.session, slot, text)

    def _forget(self, work: _Work, slots: tuple[str, ...] | None) -> None:
        if slots is None:
            work.anew = True
            work.slots.clear()
            fresh = self.sessions.new(work.session.state, work.session.notes)
            work.session = replace(fresh, receipt=work.session.receipt)
            return
        work.slots.update(dict.fromkeys(slots))
        work.session = replace(
            work.session, texts={slot: text for slot, text in work.session.texts.items() if slot not in slots}
        )

    def _body(self, work: _Work, pseudonym: bytes) -> bytes | None:
        """What is stored: nothing once a conversation is over, unless the door still has messages to clear away."""
        if not work.over:
            return self.sessions.closed(pseudonym, work.session)
        if work.session.notes == Notes():
            return None
        state = State(work.book.digest, work.session.state.language, work.session.state.seq, work.book.start, over=True)
        return self.sessions.closed(pseudonym, self.sessions.new(state, work.session.notes))

    async def _screen(self, work: _Work) -> Screen:
        state = work.session.state
        if work.over or state.over:
            return self.shower.ended(state.language, state.seq)
        case = await self._case(work)
        return self.shower.screen(
            work.book,
            state,
            work.session.texts,
            receipt=work.session.receipt,
            case=case,
            notice="lost" if work.lost else work.notice,
        )

    async def _case(self, work: _Work) -> Case | None:
        """The report that the person is looking at."""
        key = work.session.case
        if key is None or not _in_case(work.book, work.session.state):
            return None
        return await look(self.store, key, self.returning.people().directory)

    # --- notes ---------------------------------------------------------------------------------------------

    async def _renote(self, channel: str, person: str, change: Callable[[Session], Session | None]) -> None:
        pseudonym = self.vault.pseudonym(channel, person)
        async with self._one_by_one.turn(pseudonym):

            async def attempt() -> bool | None:
                kept, _done = await read(self.store, pseudonym, b"")
                if kept is None:
                    return True
                session = self.sessions.opened(pseudonym, kept)
                after = change(session)
                if after == session:
                    return True
                body = None if after is None else self.sessions.closed(pseudonym, after)
                return await renote(self.store, pseudonym, kept.version, body) or None

            try:
                if await _patiently(attempt):
                    return
            except LostError:
                return  # the next turn begins anew
            except StoreError as error:
                _log.error("notes_not_saved error=%s", type(error).__name__)
        raise NotSaved(self.languages.word(self.languages.fallback, "not_saved"))


async def _patiently(attempt: Callable[[], Awaitable[_Found | None]]) -> _Found | None:
    """Try until something comes of it: at once when somebody else was faster, after a pause when the database was lost.

    What was lost in the very moment of its commit may have been kept; the next attempt finds its mark and knows.
    """
    pauses = list(LOST_SECONDS)
    for _ in range(AGAIN + len(pauses)):
        try:
            if (found := await attempt()) is not None:
                return found
        except StoreLostError:
            if not pauses:
                raise
            await asyncio.sleep(pauses.pop(0))
    return None


def _in_case(book: Book, state: State) -> bool:
    """Whether the person looks at a screen that may be shown only while their number is open."""
    return not state.over and here(book, state).startswith(CASE)


def _needs_receipt(book: Book, state: State) -> bool:
    """Whether the conversation still stands at the number, or at the question whether it was kept right."""
    if state.over:
        return False
    match book.nodes[walk(book, state).stop]:
        case Say(say=phrase) | Choose(ask=phrase):
            return "{receipt}" in phrase.english
        case Text(to=to):
            onward = book.nodes[to]
            return isinstance(onward, Call) and onward.call == "check_number"
        case _:
            return False
