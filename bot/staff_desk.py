"""What the staff bot works with."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.alert_words import Words
from cases import staff
from cases.store import Store
from crypto.entropy import Entropy
from crypto.vault import Vault
from routing.directory import Person


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that outlives an update.

    Attributes:
        store: the database.
        vault: recognises accounts.
        words: for every language that is supported.
        people: a person of the present directory by id; None when they are no longer in it.
        entropy: for addresses and test alerts.
        clock: unix seconds.
        wake: set when an alert can go out now that could not before.
        practice: say on every screen that nothing is real.
    """

    store: Store
    vault: Vault = field(repr=False)
    words: Words = field(repr=False)
    people: Callable[[str], Person | None] = field(repr=False)
    entropy: Entropy = field(repr=False)
    clock: Callable[[], float]
    wake: asyncio.Event
    practice: bool = False

    async def person(self, account: int) -> Person | None:
        """Say whose account this is, as long as they are in the directory.

        Raises:
            StoreError: the database did not answer.
        """
        person = await staff.person_of(self.store, self.vault, account)
        return None if person is None else self.people(person)

    def stand_in(self, person: Person) -> Person | None:
        """Whom the directory names as a person's alternate, as long as they are in it."""
        return self.people(person.alternate) if person.alternate else None
