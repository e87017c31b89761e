"""A newly signed directory takes effect while Linnet runs; a bad one is refused, and the old one stays.

The folder is looked at every few seconds, and at once on SIGHUP. When its signature has changed and nothing in it has
moved for two looks (somebody may be half-way through copying it), the whole is read and verified, the conversation is
compiled with its names of organisations and places, and the edition is remembered. Then people and conversation are
replaced between two turns, so that no turn sees one without the other.

Conversations under way go on with the questions they began with. What they choose there and the directory no longer
has counts as not known, and the report goes where such reports go. Somebody who has been taken out is sealed to no
more, and what they were told and have not taken up passes on to the next (``cases.leaving``).

A refusal is said once, as an error, for each state of the folder. It names no file and no person, since logs do not:
``linnet directory check`` and ``linnet check`` say what is wrong.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, TypeAlias

from bot.calls import People
from bot.directory_files import SIGNATURE_FILE, read_signer, signed_digest
from bot.opening import Opened, conversation, read_people, vocabulary
from bot.turn import TurnTaker
from cases.editions import Edition, remember
from cases.leaving import let_go
from cases.store import StoreError
from cases.turns import keep_book
from flows.book import Book
from flows.canonical import to_json
from flows.errors import BookError
from routing.errors import DirectoryError

LOOK_SECONDS: Final = 3.0

Stamp: TypeAlias = tuple[tuple[str, int, int, int], ...]
"""Name, time of change, size and number of each file, by which one can see that something moved."""

_log = logging.getLogger(__name__)


class OutdatedError(DirectoryError):
    """A higher edition was in use already."""


class Renewal:
    """Looks for a newer directory, and lets it take effect."""

    def __init__(
        self,
        opened: Opened,
        turns: TurnTaker,
        present: Callable[[str], bool],
        clock: Callable[[], float],
        wake: asyncio.Event,
    ) -> None:
        """Compose; nothing is read yet.

        Args:
            opened: whose people, edition and conversation are replaced.
            turns: who begin new conversations.
            present: says of an id whether somebody is in the directory today.
            clock: unix seconds.
            wake: set when something may be due in the outbox.
        """
        self.opened = opened
        self.turns = turns
        self.present = present
        self.clock = clock
        self.wake = wake
        self.folder = opened.settings.directory
        # The trusted key is the one of the start: whoever could replace its file now must not choose it.
        self.signer = read_signer(opened.settings.directory_signer or "")
        self._asked = asyncio.Event()
        self._used: Stamp | None = None
        self._before: Stamp | None = None
        self._refused: Stamp | None = None

    async def start(self) -> None:
        """Remember the edition that is in use, and let go of those who have left since the last time.

        Raises:
            StoreError: the database did not take it.
        """
        await remember(self.opened.store, self.opened.edition)
        await let_go(self.opened.store, self.present, int(self.clock()))

    def look_now(self) -> None:
        """Look at once, and try even what was refused before."""
        self._asked.set()

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._asked.wait()
            asked = self._asked.is_set()
            self._asked.clear()
            try:
                await self.look(asked=asked)
            except Exception as error:  # noqa: BLE001 -- whatever is wrong with a new directory, the old one serves
                _log.error("renewal_failed error=%s", type(error).__name__)

    async def look(self, *, asked: bool = False) -> None:
        """Look once; ``asked`` by somebody, who wants an answer whatever was seen before."""
        signature = await asyncio.to_thread(_signature, self.folder)
        if not asked and (signature == self._used or await asyncio.to_thread(self._is_in_use)):
            self._used = signature
            return
        everything = await asyncio.to_thread(_everything, self.folder)
        settled = everything == self._before
        self._before = everything
        if asked or (settled and everything != self._refused):
            await self._try(signature, everything)

    def _is_in_use(self) -> bool:
        """Whether the signature is that of the edition in use: nothing has changed, or it has been changed back."""
        with suppress(DirectoryError):
            return signed_digest(self.folder, self.signer) == self.opened.edition.digest
        return False

    async def _try(self, signature: Stamp, everything: Stamp) -> None:
        try:
            people, edition = await asyncio.to_thread(read_people, self.opened.settings, self.signer)
            if edition == self.opened.edition:
                _log.info("directory_unchanged serial=%d", edition.serial)
            else:
                await self._renew(people, edition)
        except (DirectoryError, BookError) as error:
            kind, serial = type(error).__name__, self.opened.edition.serial
            _log.error("directory_refused error=%s still_in_use=%d", kind, serial)
            self._refused = everything
        except StoreError:
            _log.warning("directory_waits error=StoreError")
        else:
            self._used, self._refused = signature, None

    async def _renew(self, people: People, edition: Edition) -> None:
        """Let it take effect.

        Raises:
            BookError: the conversation cannot be had with its names.
            OutdatedError: it is older than what was in use.
            StoreError: the database did not take it.
        """
        opened = self.opened
        book = opened.book
        if vocabulary(people.directory, opened.tags) != vocabulary(opened.people.directory, opened.tags):
            book = await asyncio.to_thread(conversation, people.directory, opened.tags)
            await keep_book(opened.store, book.digest, to_json(book))
        if not await remember(opened.store, edition):
            raise OutdatedError("a higher edition was in use already")
        self._replace(people, edition, book)
        counts = (edition.serial, len(people.directory.people), len(people.keys))
        _log.info("directory_renewed serial=%d people=%d keys=%d", *counts)
        try:
            if await let_go(opened.store, self.present, int(self.clock())):
                self.wake.set()
        except StoreError:  # then their turns pass on when the clocks have run out, or at the next start
            _log.warning("letting_go_failed")

    def _replace(self, people: People, edition: Edition, book: Book) -> None:
        """Replace everything at once: nothing here waits, so no turn comes in between."""
        self.opened.people, self.opened.edition, self.opened.book = people, edition, book
        if book is not self.turns.book:
            self.turns.renew(book)


def _signature(folder: Path) -> Stamp:
    return _stamp(folder, [folder / SIGNATURE_FILE])


def _everything(folder: Path) -> Stamp:
    return _stamp(folder, [folder / SIGNATURE_FILE, *folder.glob("*.yaml"), *folder.glob("keys/*.pub")])


def _stamp(folder: Path, paths: list[Path]) -> Stamp:
    found = []
    for path in sorted(paths):
        with suppress(OSError):
            state = path.stat()
            found.append((path.relative_to(folder).as_posix(), state.st_mtime_ns, state.st_size, state.st_ino))
    return tuple(found)
