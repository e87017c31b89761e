"""The real turn over a database of its own, with the demonstration's directory and keys made on the spot."""

from __future__ import annotations

import json
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.calls import Calls, People
from bot.opening import distress_texts, flow_texts, triage_table, vocabulary
from bot.present import present
from bot.returning import Returning
from bot.show import Shower
from bot.turn import TurnTaker
from bot.understand import Understanding
from cases.migrate import upgrade
from cases.store import Store, open_store
from cases.tables import documents, metadata, wraps
from config.care import Care
from crypto.keys import RecipientKey
from crypto.seal import Wrap, envelope, open_envelope
from crypto.vault import Vault, new_secrets
from flows.book import Book
from flows.compile import compile_book
from flows.distress import Lists, compile_lists
from locales.catalogues import Languages
from locales.catalogues import load as load_languages
from routing.directory import Directory
from routing.load import load as load_directory


@cache
def distress_lists() -> Lists:
    """The words of distress, compiled once for all tests: it takes seconds."""
    return compile_lists(distress_texts())


class Clock:
    """The real time, until a test sets it or moves it on."""

    def __init__(self) -> None:
        self._set: datetime | None = None
        self._moved = timedelta()

    def __call__(self) -> datetime:
        return (self._set or datetime.now(UTC)) + self._moved

    def set(self, now: datetime) -> None:
        self._set, self._moved = now, timedelta()

    def move(self, **by: float) -> None:
        self._moved += timedelta(**by)


@dataclass
class World:
    """Everything around the turn. ``turns`` is the first process; ``another`` makes further ones."""

    folder: Path
    keys: Mapping[str, RecipientKey]
    people: People
    languages: Languages
    vault: Vault
    book: Book
    care: Care
    clock: Clock
    store: Store
    turns: TurnTaker
    stack: AsyncExitStack

    def another(self, **changes: Any) -> TurnTaker:
        """A second process over the same database; with a vault, book, entropy, … of its own if given."""
        return self._taker(self.opened(), **changes)

    def opened(self) -> Store:
        """The same database, opened once more."""
        store = open_store(f"sqlite:///{self.folder}/linnet.db")
        self.stack.push_async_callback(store.close)
        return store

    def _taker(self, store: Store, **changes: Any) -> TurnTaker:
        vault = changes.pop("vault", self.vault)
        entropy = changes.pop("entropy", secrets.token_bytes)
        committed: Callable[[], None] = changes.pop("committed", lambda: None)
        return TurnTaker(
            store,
            vault,
            changes.pop("book", self.book),
            self.languages,
            Shower(self.languages, self.care, directory=lambda: self.people.directory),
            Calls(
                lambda: self.people,
                vault,
                self.languages,
                triage_table(),
                entropy=entropy,
                present=lambda now: present(store, now),
            ),
            Returning(store, lambda: self.people, vault, entropy=entropy),
            Understanding(self.languages, distress_lists()),
            entropy=entropy,
            clock=self.clock,
            draft_hours=72,
            committed=committed,
        )

    def without(self, *gone: str) -> None:
        """From now on these people have no key, so that nothing can be sealed for them."""
        directory = self.people.directory
        people = {one: replace(it, key_id=None) if one in gone else it for one, it in directory.people.items()}
        keys = {one: key for one, key in self.people.keys.items() if one not in gone}
        self.people = People(replace(directory, people=people), keys)

    async def rows(self, table: str) -> list[Any]:
        """Every row of a table."""
        async with self.store.reading() as connection:
            return list(await connection.execute(select(metadata.tables[table])))

    async def opened_by(self, purpose: str) -> list[tuple[dict[str, Any], set[str]]]:
        """Each kept document of a purpose, as read, with everybody in the directory whose key opens it."""
        async with self.store.reading() as connection:
            kept = list(await connection.execute(select(documents).where(documents.c.purpose == purpose)))
            wrapped = list(await connection.execute(select(wraps)))
        found = []
        for document in kept:
            plain, readers = {}, set()
            mine = [wrap for wrap in wrapped if wrap.reference == document.reference]
            for wrap in mine:
                sealed = envelope(
                    document.body, Wrap(wrap.key_id, wrap.body), purpose=purpose, reference=document.reference
                )
                for one, key in self.keys.items():
                    try:
                        plain = json.loads(open_envelope(sealed, key).plaintext)
                    except Exception:  # noqa: BLE001, S112 -- most keys must not open it; the set tells which did
                        continue
                    readers.add(one)
            found.append((plain, readers))
        return found


@cache
def _same_for_all() -> tuple[Directory, Languages, Book]:
    """What never changes, and takes longest to make."""
    text = (files("config") / "demo" / "directory.yaml").read_text("utf-8")
    directory, languages = load_directory({"directory.yaml": text}), load_languages()
    return directory, languages, compile_book(flow_texts(), vocabulary(directory, languages.tags))


@asynccontextmanager
async def real_world(folder: Path) -> AsyncIterator[World]:
    """All parts, composed as the program composes them, keeping everything in ``folder``."""
    demo = files("config") / "demo"
    clock = Clock()
    directory, languages, book = _same_for_all()
    today = clock().date()
    keys = {one: RecipientKey.generate(secrets.token_bytes) for one in directory.receivers(today)}
    publics = {one: key.public for one, key in keys.items()}
    people = People(directory.with_keys({one: key.key_id for one, key in publics.items()}), publics)
    store = open_store(f"sqlite:///{folder}/linnet.db")
    async with AsyncExitStack() as stack:
        stack.push_async_callback(store.close)
        await upgrade(store)
        care = Care(stack.enter_context(as_file(demo / "care")))
        vault = Vault(new_secrets(secrets.token_bytes, today))
        parts = (folder, keys, people, languages, vault, book, care, clock, store)
        world = World(*parts, None, stack)  # type: ignore[arg-type]  # filled in below
        world.turns = world._taker(store)
        await world.turns.start()
        yield world


@asynccontextmanager
async def real_turns(folder: Path) -> AsyncIterator[TurnTaker]:
    """Turns that keep everything in ``folder``, as the program builds them."""
    async with real_world(folder) as world:
        yield world.turns
