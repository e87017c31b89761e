"""A conversation between two turns: what stands in the encrypted session, and how it is read and written.

One JSON object, padded and encrypted by the vault for the very row it stands in: the conversation's state, the key
of the draft's slots, the door's notes, the receipt for as long as the person has not said that they have it, and what
a receipt opens for as long as the person looks at their case.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.case import CaseKey
from bot.incoming import Notes
from cases.turns import Kept
from crypto.draft import new_draft_key, open_slot, seal_slot
from crypto.encoding import from_base64url, to_base64url
from crypto.entropy import Entropy
from crypto.errors import CryptoError
from crypto.padding import draft_bucket, pad, unpad
from crypto.vault import Vault
from flows.errors import BookError
from flows.state import State


@dataclass(frozen=True, slots=True)
class Session:
    """One conversation, decrypted for the length of a turn. ``texts`` are the slots' words. Its repr tells nothing."""

    state: State = field(repr=False)
    key: bytes = field(repr=False)
    notes: Notes = field(repr=False)
    receipt: str | None = field(default=None, repr=False)
    case: CaseKey | None = field(default=None, repr=False)
    texts: Mapping[str, str] = field(default_factory=dict, repr=False)


class LostError(Exception):
    """What was stored cannot be read any more: its key is gone, or the row is damaged."""


class Sessions:
    """Opens and closes sessions with the vault."""

    def __init__(self, vault: Vault, entropy: Entropy) -> None:
        self.vault = vault
        self.entropy = entropy

    def new(self, state: State, notes: Notes) -> Session:
        """A session that has not been stored yet."""
        return Session(state, new_draft_key(self.entropy), notes)

    def opened(self, pseudonym: bytes, kept: Kept) -> Session:
        """The session that was read.

        Raises:
            LostError: it cannot be read with the keys there are.
        """
        try:
            plain = json.loads(unpad(self.vault.decrypt(kept.body, place=_place(pseudonym)), draft_bucket))
            key = from_base64url(plain["key"])
            texts = {
                slot: open_slot(key, body, place=_place(pseudonym, slot)).decode() for slot, body in kept.slots.items()
            }
            notes = Notes(plain["living"], _pairs(plain["messages"]), _pairs(plain["spare"]))
            case = _case(plain.get("case"))
            return Session(State.from_json(plain["state"]), key, notes, plain["receipt"], case, texts)
        except (CryptoError, BookError, ValueError, KeyError, TypeError) as error:
            raise LostError from error

    def closed(self, pseudonym: bytes, session: Session) -> bytes:
        """The encrypted body of a session."""
        plain: dict[str, Any] = {
            "state": session.state.to_json(),
            "key": to_base64url(session.key),
            "living": session.notes.living,
            "messages": session.notes.messages,
            "spare": session.notes.spare,
            "receipt": session.receipt,
        }
        if session.case is not None:
            case = session.case
            plain["case"] = [to_base64url(case.lookup), to_base64url(case.seed), case.until]
        padded = pad(json.dumps(plain, separators=(",", ":")).encode(), draft_bucket)
        return self.vault.encrypt(padded, place=_place(pseudonym), entropy=self.entropy)

    def sealed(self, pseudonym: bytes, session: Session, slot: str, words: str) -> bytes:
        """One slot's words, encrypted for their place under the draft's key."""
        return seal_slot(session.key, words.encode(), place=_place(pseudonym, slot), entropy=self.entropy)


def _case(plain: list[Any] | None) -> CaseKey | None:
    return None if plain is None else CaseKey(from_base64url(plain[0]), from_base64url(plain[1]), int(plain[2]))


def _pairs(plain: list[list[int]]) -> tuple[tuple[int, int], ...]:
    return tuple((int(number), int(at)) for number, at in plain)


def _place(pseudonym: bytes, slot: str = "") -> str:
    return f"slots/{pseudonym.hex()}/{slot}" if slot else f"sessions/{pseudonym.hex()}"
