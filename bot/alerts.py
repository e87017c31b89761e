"""Draining the outbox: what is due goes to a courier, and what became of it is written down.

A courier knows one way to reach a person, and somebody may have several: each is tried, all at the same time, and a
message is out when at least one of them took it. Trying again for the sake of the others would repeat it to those
that did. Whatever happens to a courier, the row is left in a state from which it comes up again or shows in ``linnet
outbox``; the lease in ``cases.outbox`` covers even the death of this process. Nothing is logged but event names and
counts.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.due import Gate, Ready
from cases import following, handing, outbox, passing
from cases.outbox import Alert, Claimed
from cases.store import Store, StoreError
from config.clocks import Policy, shipped
from crypto.reference import is_practice
from crypto.seal import EXTENSION, PRACTICE, Wrap, envelope
from routing.directory import Person

AT_ONCE = 8
"""How many alerts are on their way at the same time."""
DELIVERY_SECONDS = 60
"""How long a courier may take with one alert."""
LEASE_SECONDS = 2 * DELIVERY_SECONDS
LOOK_SECONDS = 5.0
"""How often to look without being woken."""
UNREACHED_SECONDS = 3600
"""How long to wait before looking again whether somebody can be reached at all."""

_log = logging.getLogger(__name__)


class TryLater(Exception):  # noqa: N818 -- says what to do, not what went wrong
    """A courier could not deliver now.

    Attributes:
        after_seconds: how long the other side asked to be left alone; None for the usual back-off.
        code: the fault, at most 32 characters.
        counted: False when nothing was sent, so that trying again for days is right: the line is down, or the
            other side is busy. Otherwise the attempts run out, since each may have reached the person.
    """

    def __init__(self, after_seconds: float | None, code: str, *, counted: bool = True) -> None:
        super().__init__(code)
        self.after_seconds = after_seconds
        self.code = code
        self.counted = counted


class CannotDeliver(Exception):  # noqa: N818 -- as above
    """A courier will never deliver this; a person has to look."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NoWay(Exception):  # noqa: N818 -- as above
    """This courier does not know how to reach the person; another one may."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Notice:
    """What a courier carries.

    Attributes:
        alert: which words, about what, how urgent.
        person: whom it is for.
        sealed: the file that only they can open; None with words that hand nothing over, such as a reminder.
        purpose: what the document is, "report" or "referral"; None for words about no document, such as a test.
    """

    alert: Alert
    person: Person = field(repr=False)
    sealed: bytes | None = field(repr=False)
    purpose: str | None = None

    @property
    def file_name(self) -> str:
        """``<reference>.linnet``, for an invented case ``practice-<reference>.linnet``."""
        reference = self.alert.reference
        return f"{PRACTICE if is_practice(reference) else ''}{reference}{EXTENSION}"


class Courier(Protocol):
    """One way to reach people."""

    async def deliver(self, notice: Notice) -> None:
        """Deliver; whoever returns has delivered. A repeat must be harmless.

        Raises:
            NoWay: the person cannot be reached this way.
            TryLater: not now.
            CannotDeliver: never.
        """


@dataclass(frozen=True, slots=True)
class Drain:
    """The outbox's way out.

    Attributes:
        store: the database.
        couriers: every way there is. Where nobody can be reached by any, the first one's reason is noted.
        people: a person of the present directory by id; None when they are no longer in it. Asked for every alert,
            so that a directory loaded anew holds at once.
        clock: unix seconds.
        jitter: a number from 0 to 1, another one each time.
        wake: set after every commit that may have put something into the outbox.
        policy: the clocks; those that come with Linnet unless given.
    """

    store: Store
    couriers: Sequence[Courier]
    people: Callable[[str], Person | None]
    clock: Callable[[], float]
    jitter: Callable[[], float]
    wake: asyncio.Event
    policy: Policy = field(default_factory=shipped)

    async def run(self) -> None:
        """Drain until cancelled, whatever fails in between."""
        failing = False
        while True:
            self.wake.clear()
            try:
                while await self.once():
                    pass  # what was done with one row may have made another one due
                failing = False
            except Exception as error:  # noqa: BLE001 -- an alert that waits for a restart is an alert lost
                if not failing:
                    _log.error("outbox_unavailable error=%s", type(error).__name__)
                failing = True
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    await self.wake.wait()
            except TimeoutError:
                continue

    async def once(self) -> int:
        """Take what is due, at most ``AT_ONCE`` rows, and see each through; returns how many were taken.

        Raises:
            StoreError: the database did not answer; what was claimed comes up again after its lease.
        """
        now = int(self.clock())
        claimed = await outbox.claim(self.store, now, AT_ONCE, LEASE_SECONDS)
        if not claimed:
            return 0
        gate = Gate(self.store, self.people, self.policy)
        away = await gate.away(now)
        results = await asyncio.gather(
            *(self._see_through(gate, row, now, away) for row in claimed), return_exceptions=True
        )
        counts = Counter(result for result in results if isinstance(result, str))
        for event, count in sorted(counts.items()):
            # Of what went well nothing unless asked for: the line's time would be that of a report, to the second.
            _log.log(logging.WARNING if event == "dead" else logging.DEBUG, "alerts_%s count=%d", event, count)
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return len(claimed)

    async def _see_through(self, gate: Gate, claimed: Claimed, now: int, away: frozenset[str]) -> str:
        """Deliver one row and write down what became of it."""
        try:
            found = await gate.look(claimed, now, away)
            return found if isinstance(found, str) else await self._deliver(claimed, found)
        except CannotDeliver as fault:
            return await self._dead(claimed, fault.code)
        except TryLater as fault:
            return await self._put_back(claimed, fault)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 -- one bad row must not stop the others
            _log.error("alert_failed error=%s", type(error).__name__)
            return await self._put_back(claimed, TryLater(None, "failed"))

    async def _deliver(self, claimed: Claimed, ready: Ready) -> str:
        sealed = await self._sealed(ready.alert) if ready.alert.template == outbox.ALERT else None
        await self._by_every_way(Notice(ready.alert, ready.person, sealed, ready.purpose))
        if ready.alert.template == outbox.ALERT:
            await following.sent(self.store, claimed, int(self.clock()))
        else:
            await outbox.sent(self.store, claimed.id)
        return "sent"

    async def _sealed(self, alert: Alert) -> bytes:
        handed = await handing.handed(self.store, alert.reference, alert.recipient)
        if handed is None:
            # Either somebody acknowledged just now, and this changes nothing any more; or there is an alert
            # without anything sealed to its recipient, which must not pass for done.
            raise CannotDeliver("nothing_sealed")
        wrap = Wrap(handed.key_id, handed.wrap)
        return envelope(handed.body, wrap, purpose=handed.purpose, reference=alert.reference)

    async def _by_every_way(self, notice: Notice) -> None:
        """Deliver by each courier; whoever returns has delivered by at least one.

        Raises:
            TryLater: by none, and one of them asks for another try; the longest wait of those that do.
            CannotDeliver: by none, and none of them ever will.
        """
        faults = await asyncio.gather(*(_fault(courier, notice) for courier in self.couriers))
        if faults and None in faults:
            short = sum(1 for fault in faults if isinstance(fault, TryLater | CannotDeliver))
            if short:
                _log.warning("alerts_not_by_every_way count=%d", short)
            return
        if again := [fault for fault in faults if isinstance(fault, TryLater)]:
            asked = [fault.after_seconds for fault in again if fault.after_seconds is not None]
            counted = any(fault.counted for fault in again)
            raise TryLater(max(asked, default=None), again[0].code, counted=counted)
        if never := [fault for fault in faults if isinstance(fault, CannotDeliver)]:
            raise never[0]
        reasons = [fault.code for fault in faults if isinstance(fault, NoWay)]
        raise TryLater(UNREACHED_SECONDS, reasons[0] if reasons else "no_courier", counted=False)

    async def _put_back(self, claimed: Claimed, fault: TryLater) -> str:
        if fault.counted and claimed.attempts >= outbox.MOST_ATTEMPTS:
            return await self._dead(claimed, fault.code)
        wait = outbox.back_off(claimed.attempts, self.jitter(), fault.after_seconds)
        due = int(self.clock()) + wait
        if fault.after_seconds == UNREACHED_SECONDS:
            due -= due % 3600  # else the row would tell the second of its report for as long as it waits
        await outbox.later(self.store, claimed.id, due, fault.code, counted=fault.counted)
        return "put_back"

    async def _dead(self, claimed: Claimed, fault: str) -> str:
        if claimed.alert.template == outbox.ALERT:
            await passing.give_up(self.store, claimed, fault, int(self.clock()))
        else:
            await outbox.dead(self.store, claimed.id, fault)
        return "dead"


async def _fault(courier: Courier, notice: Notice) -> TryLater | CannotDeliver | NoWay | None:
    """Deliver by one courier, in its own time; None when it did."""
    try:
        async with asyncio.timeout(DELIVERY_SECONDS):
            await courier.deliver(notice)
    except (TryLater, CannotDeliver, NoWay) as fault:
        return fault
    except TimeoutError:
        return TryLater(None, "too_slow")
    except StoreError:
        # It could not look up the address. Another way may have worked, and if none did, this was nobody's fault.
        return TryLater(None, "database", counted=False)
    except Exception as error:  # noqa: BLE001 -- one bad courier must not stop the others
        _log.error("courier_failed error=%s", type(error).__name__)
        return TryLater(None, "courier_failed")
    return None
