"""What becomes of a row that is due before anybody is called: is it still needed, is its recipient there, is it time.

A row says whom to tell and when, as it was planned when a report was sent. Since then somebody may have left, gone on
leave, or said that they are away; the server may have slept. All of that is asked here, at the moment of sending, and
never written down anywhere but in the row itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from cases import duty, following, handing, outbox, passing
from cases.catching_up import Pauses, caught_up
from cases.outbox import ALERT, AWAITING, REMINDER, REMINDERS, Alert, Claimed
from cases.reminding import remind
from cases.store import Store
from config.clocks import Policy
from routing.hours import on_leave
from routing.records import Person

_ABOUT_A_DOCUMENT: Final = frozenset({ALERT, REMINDER, AWAITING})
"""What need not be said any more once its document is gone."""


@dataclass(frozen=True, slots=True)
class Ready:
    """What may go out now, to whom, and what its document is, if there is one.

    ``alert`` may have other words than the row, or a later deadline.
    """

    alert: Alert
    person: Person
    purpose: str | None


@dataclass(frozen=True, slots=True)
class Gate:
    """Looks at each row that is due.

    Attributes:
        store: the database.
        people: a person of the present directory by id; None when they are no longer in it.
        policy: the clocks.
    """

    store: Store
    people: Callable[[str], Person | None]
    policy: Policy

    async def away(self, now: int) -> frozenset[str]:
        """List those who have said that they are away."""
        return await duty.away(self.store, now)

    async def look(self, claimed: Claimed, now: int, away: frozenset[str]) -> Ready | str:
        """Decide about one claimed row.

        Args:
            claimed: the row, as it was when it was due.
            now: unix seconds.
            away: ids of those who have said that they are away.

        Returns:
            What goes out now, or in a word what was done with the row instead.

        Raises:
            StoreError: the database did not answer; the row comes up again after its lease.
        """
        alert = claimed.alert
        purpose = await handing.purpose_of(self.store, alert.reference)
        if alert.template in _ABOUT_A_DOCUMENT and purpose is None:
            return await self._not_needed(claimed)
        person = self.people(alert.recipient)
        if person is None:
            await passing.gone(self.store, claimed, now)
            return "put_back"
        if alert.template == ALERT and (report := await following.about(self.store, claimed)) is not None:
            may = await following.follows(self.store, claimed, report, now)
            return Ready(alert, person, purpose) if may else "not_now"
        said = await caught_up(self.store, claimed, now, self._pauses(alert, purpose))
        if said is None:
            return "late"
        if alert.template == REMINDER:
            return await self._reminder(claimed, person, purpose, now)
        if alert.template == ALERT and self._is_away(person, now, away) and await self._instead(claimed, now, away):
            return "stood_in"
        return Ready(said, person, purpose)

    async def _reminder(self, claimed: Claimed, person: Person, purpose: str | None, now: int) -> Ready | str:
        several = await remind(self.store, claimed, now, self._pauses(claimed.alert, purpose).between)
        if several is None:
            return "not_now"
        words = REMINDERS if several > 1 else REMINDER
        return Ready(replace(claimed.alert, template=words), person, purpose)

    async def _instead(self, claimed: Claimed, now: int, away: frozenset[str]) -> bool:
        def present(one: str) -> bool:
            found = self.people(one)
            return found is not None and not self._is_away(found, now, away)

        person = self.people(claimed.alert.recipient)
        alternate = person.alternate if person is not None else None
        return await passing.stand_in(self.store, claimed, now, alternate=alternate, present=present)

    @staticmethod
    def _is_away(person: Person, now: int, away: frozenset[str]) -> bool:
        return person.id in away or on_leave(person, datetime.fromtimestamp(now, UTC))

    def _pauses(self, alert: Alert, purpose: str | None) -> Pauses:
        urgent = alert.priority == "urgent"
        clock = self.policy.clock(purpose or "").length(urgent=urgent)
        lengths = (self.policy.after_a_stop, self.policy.pause(urgent=urgent), clock)
        return Pauses(*(int(length.total_seconds()) for length in lengths))

    async def _not_needed(self, claimed: Claimed) -> str:
        await outbox.done(self.store, claimed.id)
        return "not_needed"
