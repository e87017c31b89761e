"""Logging in without a password: whoever can open a challenge holds the key that stands in the signed directory.

Nothing is kept of an attempt until it succeeds: the answer is a keyed mark of the attempt's name, made again when it
is given back. A key id that nobody has is answered alike, with a challenge to a key whose private half was never
kept, by the same steps and in the same time; so nobody learns here who is in the directory.

Answers are bound to the address that people know this server by (``crypto.login``). It has to be set: what a request
says in its ``Host`` is written by whoever sends it.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.calls import People
from cases import logins
from cases.logins import ATTEMPT_MINUTES, Session
from cases.store import Store
from crypto.encoding import from_base64url, to_base64url
from crypto.entropy import Entropy, draw
from crypto.keys import PublicKey, RecipientKey
from crypto.login import ANSWER_BYTES, seal_challenge
from crypto.vault import Vault
from routing.directory import Person, holds_on

_ANSWER, _ATTEMPT, _TOKEN = "staff login answer", "staff login attempt", "staff session"
_NAME_BYTES, _TOKEN_BYTES = 16, 32
_ATTEMPT_FORM = re.compile(r"(\d{1,12})\.[A-Za-z0-9_-]{22}", re.ASCII)
_TOKEN_FORM = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Offer:
    """A challenge and the name of the attempt it is for."""

    attempt: str
    challenge: bytes = field(repr=False)


@dataclass(slots=True)
class Logins:
    """Offers challenges, takes answers, and knows whose session a token is.

    Attributes:
        store: the database.
        vault: makes marks.
        people: the directory as it is now.
        entropy: for attempts and tokens.
        clock: unix seconds.
        decoy: what challenges for unknown key ids are sealed to.
    """

    store: Store
    vault: Vault = field(repr=False)
    people: Callable[[], People] = field(repr=False)
    entropy: Entropy = field(repr=False)
    clock: Callable[[], float]
    decoy: PublicKey
    _known: tuple[People, Mapping[str, str]] | None = field(default=None, init=False, repr=False)

    def offer(self, key_id: str, place: str) -> Offer:
        """Make a challenge for a key id, known or not.

        Args:
            key_id: 16 base32 characters, as a request says.
            place: our address, from ``bot.staff_place``.
        """
        minute = int(self.clock()) // 60 + ATTEMPT_MINUTES
        attempt = f"{minute}.{to_base64url(draw(self.entropy, _NAME_BYTES))}"
        holder = self._holder(key_id)
        public = self.decoy if holder is None else self.people().keys[holder.id]
        answer = self._answer(key_id, attempt, place)
        # The decoy's challenge is made for its own key id; neither can be told from the other without a private key.
        return Offer(attempt, seal_challenge(answer, public, place=place, attempt=attempt))

    async def redeem(self, key_id: str, attempt: str, answer: str, place: str) -> str | None:
        """Open a session for whoever says the right answer, in time and for the first time; the token, or None.

        Raises:
            StoreError: no session was opened.
        """
        now = int(self.clock())
        form = _ATTEMPT_FORM.fullmatch(attempt)
        if form is None or not now // 60 <= int(form[1]) <= now // 60 + ATTEMPT_MINUTES:
            return None
        try:
            given = from_base64url(answer)
        except ValueError:
            return None
        if not hmac.compare_digest(given, self._answer(key_id, attempt, place)):
            return None
        holder = self._holder(key_id)
        if holder is None:
            return None
        token = to_base64url(draw(self.entropy, _TOKEN_BYTES))
        begun = await logins.begin(
            self.store,
            Session(holder.id, key_id),
            mark=self.vault.mark(_TOKEN, token),
            attempt=self.vault.mark(_ATTEMPT, attempt),
            now=now,
        )
        return token if begun else None

    async def person(self, token: str) -> Person | None:
        """Say whose session a token is; None when it is over, or the key or the person is not in the directory.

        Raises:
            StoreError: the database did not answer.
        """
        if _TOKEN_FORM.fullmatch(token) is None:
            return None
        session = await logins.session_of(self.store, self.vault.mark(_TOKEN, token), int(self.clock()))
        holder = None if session is None else self._holder(session.key_id)
        return holder if session is not None and holder is not None and holder.id == session.person else None

    async def end(self, token: str) -> None:
        """End a session.

        Raises:
            StoreError: it goes on until its time is over.
        """
        await logins.end(self.store, self.vault.mark(_TOKEN, token), int(self.clock()))

    def mark(self, token: str) -> bytes:
        """Name a session for ``bot.staff_pace``."""
        return self.vault.mark(_TOKEN, token)

    def _answer(self, key_id: str, attempt: str, place: str) -> bytes:
        return self.vault.mark(_ANSWER, f"{place}\n{key_id}\n{attempt}")[:ANSWER_BYTES]

    def _holder(self, key_id: str) -> Person | None:
        """Whoever has this key today."""
        people = self.people()
        if self._known is None or self._known[0] is not people:
            everybody = people.directory.people.values()
            self._known = (people, {one.key_id: one.id for one in everybody if one.key_id is not None})
        found = people.directory.people.get(self._known[1].get(key_id, ""))
        today = datetime.fromtimestamp(self.clock(), UTC).date()
        return found if found is not None and holds_on(found, today) and found.id in people.keys else None


def decoy(entropy: Entropy) -> PublicKey:
    """A public key whose private half is forgotten at once."""
    return RecipientKey.generate(entropy).public
