"""The real turn over a database of its own, with the demonstration's directory and keys made on the spot."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from importlib.resources import as_file, files
from pathlib import Path

from bot.calls import Calls, People
from bot.show import Shower
from bot.turn import TurnTaker
from cases.migrate import upgrade
from cases.store import open_store
from config.care import Care
from crypto.keys import RecipientKey
from crypto.vault import Vault, new_secrets
from flows.compile import compile_book
from locales.catalogues import load as load_languages
from routing.load import load as load_directory


@asynccontextmanager
async def real_turns(folder: Path) -> AsyncIterator[TurnTaker]:
    """Turns that keep everything in ``folder``, as the program builds them."""
    demo = files("config") / "demo"
    now = datetime.now(UTC)
    directory = load_directory({"directory.yaml": (demo / "directory.yaml").read_text("utf-8")})
    keys = {one: RecipientKey.generate(secrets.token_bytes).public for one in directory.receivers(now.date())}
    people = People(directory.with_keys({one: key.key_id for one, key in keys.items()}), keys)
    languages = load_languages()
    vault = Vault(new_secrets(secrets.token_bytes, now.date()))
    flows = files("flows") / "conversations"
    book = compile_book(
        {"report.yaml": (flows / "report.yaml").read_text("utf-8")},
        {
            "languages": [(tag, {tag: languages.name(tag)}) for tag in languages.tags],
            "entities": [
                (one.replace("-", "_"), {"en": it.name, **it.names}) for one, it in directory.entities.items()
            ],
            "stations": [
                (one.replace("-", "_"), {"en": it.name, **it.names}) for one, it in directory.stations.items()
            ],
        },
    )
    store = open_store(f"sqlite:///{folder}/linnet.db")
    await upgrade(store)
    try:
        with as_file(demo / "care.yaml") as care:
            turns = TurnTaker(
                store,
                vault,
                book,
                languages,
                Shower(languages, Care(care)),
                Calls(lambda: people, vault, languages, entropy=secrets.token_bytes),
                entropy=secrets.token_bytes,
                clock=lambda: datetime.now(UTC),
                draft_hours=72,
            )
            await turns.start()
            yield turns
    finally:
        await store.close()
