"""What the conversation asks of the outside after a report was sent: opening its number, adding to it, taking it back.

As in ``bot.calls``, everything here happens before the turn's transaction and only makes values. Nothing is told of a
report before its number was opened. A number that fits nothing, one of somebody else's guess and one that is missing
a digit take the same way through this code, and cost whoever typed them the same time.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bot.calls import People
from bot.case import OPEN_SECONDS, CaseKey
from bot.receipts import keys_of
from bot.session import Session
from cases import tries
from cases.mailbox import WITHDRAWN, Behind, Ended, find
from cases.outbox import ALERT, Alert
from cases.store import Store
from cases.turns import Document, Tried, Wrapped
from cases.withdrawal import Withdrawal
from crypto.entropy import Entropy
from crypto.receipt import normalise
from crypto.reference import new_reference
from crypto.seal import seal
from crypto.vault import Vault
from flows.state import Ask

WITHDRAWN_ALERT = "staff_withdrawn"
ADDITION = "addition"
CHOICES: Mapping[str, tuple[str, bool]] = {
    "allow_sharing": ("share_ok", True),
    "stop_sharing": ("share_ok", False),
    "allow_counting": ("count_ok", True),
    "stop_counting": ("count_ok", False),
    "stop_contact": ("contact_ok", False),
}
"""Calls that change a consent: which one, and to what."""

CALLS = frozenset({"check_number", "open_number", "add", "look_before_withdrawing", *CHOICES}) | {
    "withdraw_unread",
    "withdraw_read",
}
CHECKED_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Returned:
    """How a call ended, and what the turn has to keep and to save for it."""

    name: str
    case: CaseKey | None = field(default=None, repr=False)
    document: Document | None = None
    tried: Tried | None = None
    withdrawal: Withdrawal | None = None


class Returning:
    """Carries out what somebody asks for who has a number."""

    def __init__(self, store: Store, people: Callable[[], People], vault: Vault, *, entropy: Entropy) -> None:
        self.store = store
        self.people = people
        self.vault = vault
        self.entropy = entropy

    async def carry_out(self, ask: Ask, session: Session, pseudonym: bytes, now: datetime) -> Returned:
        """Do what ``ask`` says; the outcome's name is one the book knows.

        Raises:
            StoreError: the database did not answer.
        """
        words = session.texts.get(ask.uses[0], "") if ask.uses else ""
        match ask.call:
            case "check_number":
                return Returned("right" if _same_end(words, session.receipt) else "wrong")
            case "open_number":
                return await self._open(words, pseudonym, now)
        found = await self._found(session)
        if found is None:  # gone meanwhile: another turn took it back, or its time was over
            return Returned(_NOTHING_THERE[ask.call])
        match ask.call:
            case "add":
                return self._add(found, {"language": session.state.language, "words": words}, now)
            case "look_before_withdrawing":
                return Returned("read" if found.readers else "unread")
            case "withdraw_unread" if found.readers:
                return Returned("changed")
            case "withdraw_unread" | "withdraw_read":
                return self._withdraw(found, session, now)
            case _:
                consent, given = CHOICES[ask.call]
                choice = {"consent": consent, "given": given, "day": _date(now)}
                return self._add(found, {"language": session.state.language, "consents": [choice]}, now)

    async def _found(self, session: Session) -> Behind | None:
        if session.case is None:
            return None
        found = await find(self.store, session.case.lookup)
        return found if isinstance(found, Behind) else None

    async def _open(self, words: str, pseudonym: bytes, now: datetime) -> Returned:
        seconds = int(now.timestamp())
        mark = self.vault.mark("tries", pseudonym.hex())
        if await tries.waits(self.store, mark, seconds):
            return Returned("wait")  # not even looked up: the answer could not tell a right number from a wrong one
        number = normalise(words)
        if number is None:
            return Returned("wrong")  # not sixteen digits: a slip, and nothing that could be a guess
        keys = await keys_of(number, self.vault.receipt_pepper)
        match await find(self.store, keys.lookup_id):
            case None:
                return Returned("wrong", tried=Tried(mark, right=False, now=seconds))
            case Ended():
                return Returned("ended", tried=Tried(mark, right=True, now=seconds))
            case Behind():
                case = CaseKey(keys.lookup_id, keys.mailbox.seed, seconds + OPEN_SECONDS)
                return Returned("opened", case, tried=Tried(mark, right=True, now=seconds))

    def _add(self, found: Behind, content: dict[str, Any], now: datetime) -> Returned:
        """Seal something for everybody the report is sealed for, to be handed out no sooner than the report is."""
        people = self.people()
        told = {reader.recipient for reader in found.readers}
        chain = [
            link
            for link in found.chain
            if (key := people.keys.get(link.recipient)) is not None
            and key.key_id == link.key_id
            and (link.recipient in told or link.due is not None)
        ]
        if found.status == WITHDRAWN or not chain:
            return Returned("nobody")
        plain = {"format": "linnet addition 1", "about": found.reference, "day": _date(now), **content}
        data = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        reference = new_reference(self.entropy, practice=people.directory.practice)
        publics = [people.keys[link.recipient] for link in chain]
        sealed = seal(data, purpose=ADDITION, reference=reference, recipients=publics, entropy=self.entropy)
        wraps = tuple(
            Wrapped(link.recipient, link.turn, wrap.key_id, wrap.wrap)
            for link, wrap in zip(chain, sealed.wraps, strict=True)
        )
        hour = int(now.timestamp()) // 3600
        alerts = tuple(
            Alert(ALERT, reference, link.recipient, "normal", _deadline(link.due, hour), _due(link.due, hour))
            for link in chain
        )
        document = Document(reference, ADDITION, hour // 24, sealed.body, wraps, alerts, about=found.reference)
        return Returned("sent", document=document)

    def _withdraw(self, found: Behind, session: Session, now: datetime) -> Returned:
        assert session.case is not None  # noqa: S101 -- without it nothing was found
        hour = int(now.timestamp()) // 3600
        readers = frozenset(reader.recipient for reader in found.readers)
        notices = tuple(
            Alert(WITHDRAWN_ALERT, found.reference, reader, "normal", hour + 24, hour * 3600)
            for reader in sorted(readers)
        )
        withdrawal = Withdrawal(found.reference, session.case.lookup, hour // 24, readers, notices)
        return Returned("done", withdrawal=withdrawal)


_NOTHING_THERE = {
    "add": "nobody",
    "look_before_withdrawing": "read",
    "withdraw_unread": "done",
    "withdraw_read": "done",
    **dict.fromkeys(CHOICES, "nobody"),
}
"""What is said when there is nothing behind an open number any more; the next screen is outside of the case."""


def _same_end(words: str, receipt: str | None) -> bool:
    """Whether somebody wrote the last four digits of their number, in any script and with anything around them."""
    digits = "".join(char for char in words if char.isdecimal())
    end = "".join(str(int(char)) for char in digits)[-CHECKED_DIGITS:]
    return receipt is not None and hmac.compare_digest(end, receipt[-CHECKED_DIGITS:])


def _date(now: datetime) -> str:
    return now.astimezone(UTC).date().isoformat()


def _due(due: int | None, hour: int) -> int:
    """At once for whoever has the report, with the report for everybody whose turn is to come."""
    return hour * 3600 if due is None else max(due, hour * 3600)


def _deadline(due: int | None, hour: int) -> int:
    return _due(due, hour) // 3600 + 24
