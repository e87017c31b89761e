"""What a database holds in the end, read by somebody who has everybody's private keys."""

import json
import secrets
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bot.commands.demo import PASSPHRASE
from crypto.errors import OpenError
from crypto.keyfile import read_key
from crypto.keys import RecipientKey
from crypto.seal import Wrap, envelope, open_envelope
from tests.whole.running import DEMO


@dataclass(frozen=True)
class Kept:
    """One document, as each of its recipients opens it."""

    reference: str
    purpose: str
    plain: Mapping[str, Any]
    recipients: frozenset[str]


def rows(home: Path, query: str, *values: object) -> list[tuple[Any, ...]]:
    """Read an installation's database without being able to change it."""
    with closing(sqlite3.connect(f"file:{home / DEMO / 'linnet.db'}?mode=ro", uri=True)) as database:
        return database.execute(query, values).fetchall()


def opened(home: Path) -> list[Kept]:
    """Every document, opened by every recipient with the very same words for each, and by nobody else."""
    private, stranger = keys(home / DEMO / "keys-private"), RecipientKey.generate(secrets.token_bytes)
    found = []
    for reference, purpose, body in rows(home, "SELECT reference, purpose, body FROM documents"):
        plains, recipients = set(), set()
        for recipient, key_id, wrap in rows(
            home, "SELECT recipient, key_id, body FROM wraps WHERE reference = ?", reference
        ):
            file = envelope(body, Wrap(key_id, wrap), purpose=purpose, reference=reference)
            plains.add(open_envelope(file, private[recipient]).plaintext)
            recipients.add(recipient)
            with pytest.raises(OpenError):
                open_envelope(file, stranger)
        [plain] = plains
        found.append(Kept(reference, purpose, json.loads(plain), frozenset(recipients)))
    return found


@cache
def keys(folder: Path) -> Mapping[str, RecipientKey]:
    """The demonstration's private keys, by person."""
    return {file.stem: read_key(file.read_text("ascii"), PASSPHRASE) for file in sorted(folder.glob("*.key"))}
