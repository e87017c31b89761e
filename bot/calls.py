"""What the conversation asks of the outside: sealing a report for those responsible, or asking for a counsellor.

Everything here happens before the turn's transaction and only makes values: the sealed document, its wraps, the
alerts that go with it. Nothing is saved and nothing is sent until the turn commits them together.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot import schedule
from bot.present import Present
from bot.receipts import keys_of
from bot.reply import fingerprint
from bot.told import facts_of, kept_out_of, verdict_of, wish_of
from cases.outbox import Alert
from cases.turns import Document, Wrapped
from config.clocks import Policy, shipped
from crypto.entropy import Entropy
from crypto.keys import PublicKey
from crypto.receipt import new_receipt
from crypto.reference import new_reference
from crypto.seal import seal
from crypto.vault import Vault
from flows.book import YES, Book, Choose, Phrase
from flows.path import answers, wished
from flows.state import Ask, State
from locales.catalogues import Languages
from routing.directory import Directory
from routing.matching import match_counsellors, safe_hours
from routing.resolve import Resolution, resolve
from routing.triage import Table, Verdict


@dataclass(frozen=True, slots=True)
class People:
    """The signed directory as it is loaded now, with everybody's public key."""

    directory: Directory
    keys: Mapping[str, PublicKey]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a call ended, and what the turn has to save for it."""

    name: str
    document: Document | None = None
    receipt: str | None = None
    gaps: tuple[Alert, ...] = ()


class Calls:
    """Carries out calls with the people, keys and languages there are."""

    def __init__(
        self,
        people: Callable[[], People],
        vault: Vault,
        languages: Languages,
        table: Table,
        policy: Policy | None = None,
        *,
        entropy: Entropy,
        present: Callable[[datetime], Awaitable[Present]] | None = None,
    ) -> None:
        self.people = people
        self.vault = vault
        self.languages = languages
        self.table = table
        self.policy = policy or shipped()
        self.entropy = entropy
        self.present = present

    async def carry_out(self, ask: Ask, book: Book, state: State, texts: Mapping[str, str], now: datetime) -> Outcome:
        """Do what ``ask`` says; the outcome's name is one the book knows."""
        if ask.call == "submit":
            return await self._submit(book, state, texts, now)
        return await self._refer(ask, book, state, texts, now)

    async def _submit(self, book: Book, state: State, texts: Mapping[str, str], now: datetime) -> Outcome:
        people = self.people()
        verdict = verdict_of(self.table, book, state)
        facts = facts_of(book, state, verdict)
        out = kept_out_of(people.directory, facts, book, state, texts, now)
        there = await self._present(now)
        found = resolve(people.directory, facts, exclude=out.line, alone=out.alone, now=now, away=there.away)
        if not found.recipients:
            return Outcome("nobody", gaps=schedule.gaps(found, now))
        receipt = new_receipt(self.entropy)
        keys = await keys_of(receipt, self.vault.receipt_pepper)
        report = self._report(book, state, texts, verdict, now, urgent=facts.urgent)
        # Whoever answers can so hold the key that a server gives them against the one that was there at submission.
        plain = _canonical(report | {"mailbox": fingerprint(keys.mailbox.public)})
        document = self._document("report", plain, people, found, now, urgent=facts.urgent)
        return Outcome(
            "sent",
            Document(
                document.reference,
                document.purpose,
                document.day,
                document.body,
                document.wraps,
                document.alerts,
                lookup=keys.lookup_id,
                mailbox=keys.mailbox.public.raw,
            ),
            receipt,
        )

    async def _present(self, now: datetime) -> Present:
        return Present() if self.present is None else await self.present(now)

    async def _refer(self, ask: Ask, book: Book, state: State, texts: Mapping[str, str], now: datetime) -> Outcome:
        people = self.people()
        wish = wish_of(book, state)
        facts = facts_of(book, state, verdict_of(self.table, book, state))
        out = kept_out_of(people.directory, facts, book, state, texts, now)
        there = await self._present(now)
        found = match_counsellors(
            people.directory, wish, exclude=out.line, alone=out.alone, now=now, busy=there.busy, away=there.away
        )
        if not found.recipients:
            return Outcome("nobody", gaps=schedule.gaps(found, now))
        words = {slot: texts[slot] for slot in ask.uses if slot in texts}
        wishes = [
            {
                "node": wish.node,
                "question": self._both(wish.question, state.language),
                "answer": {"id": wish.option_id, **self._both(wish.option, state.language)},
            }
            for wish in wished(book, state)
            if wish.option is not None
        ]
        notice = {"format": "linnet referral 2", "language": state.language, "words": words, "wishes": wishes}
        if (hours := safe_hours(people.directory, wish, now)) is not None:
            # The part of the day in hours that a counsellor elsewhere can use. The time zone itself would name a place.
            notice["hours"] = "–".join(f"{one:%H:%M}" for one in hours) + " UTC"
        plain = _canonical(notice)
        return Outcome("sent", self._document("referral", plain, people, found, now, urgent=wish.urgent))

    def _document(
        self, purpose: str, plain: bytes, people: People, found: Resolution, now: datetime, *, urgent: bool
    ) -> Document:
        reference = new_reference(self.entropy, practice=people.directory.practice)
        publics = [people.keys[turn.person] for turn in found.recipients]
        sealed = seal(plain, purpose=purpose, reference=reference, recipients=publics, entropy=self.entropy)
        # Those whose turn comes at the same time share its number: one of them taking charge does not stop the other.
        ranks = {after: rank for rank, after in enumerate(sorted({turn.after for turn in found.recipients}))}
        wraps = tuple(
            Wrapped(turn.person, ranks[turn.after], wrap.key_id, wrap.wrap)
            for turn, wrap in zip(found.recipients, sealed.wraps, strict=True)
        )
        alerts = schedule.rows(found, reference, now, self.policy, people.directory, purpose=purpose, urgent=urgent)
        return Document(reference, purpose, int(now.timestamp()) // 86_400, sealed.body, wraps, alerts)

    def _report(
        self, book: Book, state: State, texts: Mapping[str, str], verdict: Verdict, now: datetime, *, urgent: bool
    ) -> dict[str, Any]:
        """What the person saw at read-back, and nothing else: no question they passed over, no words they withheld.

        Nor whom they named to be left out, nor anything they said for a counsellor: see ``flows.path.answers``.
        """
        told = []
        for answer in answers(book, state):
            entry: dict[str, Any] = {"node": answer.node, "question": self._both(answer.question, state.language)}
            if answer.consent is not None:
                continue
            if answer.option is not None:
                told.append(entry | {"answer": {"id": answer.option_id, **self._both(answer.option, state.language)}})
            elif answer.slot is not None and not answer.withheld:
                told.append(entry | {"text": texts.get(answer.slot, "")})
        return {
            "format": "linnet report 1",
            "form": book.digest,
            "language": state.language,
            "day": now.astimezone(UTC).date().isoformat(),
            "answers": told,
            "consents": self._consents(book, state),
            # For the reader's orientation only: rules suggested this, nobody decided it, and the person was not told.
            "suggested": {
                "route": verdict.route.value,
                "tags": [tag.value for tag in verdict.tags],
                "urgent": urgent,
                "rule": verdict.rule,
            },
        }

    def _consents(self, book: Book, state: State) -> list[dict[str, Any]]:
        """Each consent of the book: given, refused, or not asked for. The version is that of the words as read.

        Asked means that its own screen was shown: who went straight to the end neither gave nor refused anything.
        """
        shown = [answer for answer in answers(book, state) if answer.consent and not answer.passed]
        given = {answer.node: answer.option_id == YES for answer in shown}
        return [
            {
                "consent": node.name,
                "scope": node.consent,
                "given": given.get(node.name, False),
                "asked": node.name in given,
                "language": state.language,
                "words": self._both(node.ask, state.language),
                "version": hashlib.sha256(node.ask.english.encode()).hexdigest()[:12],
                "until": "the case is closed, or the person withdraws it",
            }
            for node in book.nodes.values()
            if isinstance(node, Choose) and node.consent is not None
        ]

    def _both(self, phrase: Phrase, language: str) -> dict[str, str]:
        """A phrase in English and as the person read it."""
        if phrase.names:
            return {tag: phrase.name(tag) or "" for tag in dict.fromkeys(("en", language))}
        own = self.languages.phrase(language, phrase.context, phrase.english)
        return {"en": phrase.english} | ({language: own} if own is not None else {})


def _canonical(plain: dict[str, Any]) -> bytes:
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
