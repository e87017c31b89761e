"""A watch over a chain, for tests of clocks: reports with a plan, a drain, a clock to move, and who was told when."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from secrets import token_bytes

from sqlalchemy import insert, select

from bot.alerts import Drain, Notice
from bot.schedule import rows
from cases import duty
from cases.handing import acknowledge, recuse
from cases.outbox import ALERT, Alert, insert_alerts
from cases.store import Store
from cases.tables import additions, documents, wraps
from config.clocks import Policy, shipped
from routing.directory import Directory
from routing.records import Leave, Level, Person
from routing.resolve import Resolution, Turn

BEGIN = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""A Monday. Reports are sent twenty minutes later, so that their clocks run from ten."""
SENT = BEGIN + timedelta(minutes=20)
HOUR = timedelta(hours=1)


@dataclass
class Told:
    """One message: to whom, which words, about what, and how many hours after ten o'clock of the first day."""

    recipient: str
    template: str
    reference: str
    hours: float
    deadline: float


@dataclass
class Watch:
    """Everything around a drain. ``fault`` makes the courier raise, for everybody or by person."""

    store: Store
    people: dict[str, Person] = field(default_factory=dict)
    policy: Policy = field(default_factory=shipped)
    now: datetime = SENT
    told: list[Told] = field(default_factory=list)
    faults: dict[str, Exception] = field(default_factory=dict)

    def person(self, one: str, **more: object) -> None:
        self.people[one] = Person(one, one, "e", (), (), Level.COUNTRY, ("en",), "UTC", **more)

    def on_leave(self, one: str, first: date, last: date) -> None:
        self.people[one] = replace(self.people[one], leave=(Leave(first, last),))

    async def away(self, one: str) -> None:
        await duty.set_away(self.store, one, None)

    async def back(self, one: str) -> None:
        await duty.back(self.store, one)

    async def report(
        self,
        *turns: str | Sequence[str],
        reference: str = "7K3M9QX2",
        awaiting: Iterable[str] = (),
        urgent: bool = False,
    ) -> None:
        """Send a report now, for one person or several in each turn, as the conversation would."""
        chain = [(turn,) if isinstance(turn, str) else tuple(turn) for turn in turns]
        for one in [one for turn in chain for one in turn] + list(awaiting):
            if one not in self.people:
                self.person(one)
        found = Resolution(
            tuple(Turn(one, number * HOUR, "", "") for number, turn in enumerate(chain) for one in turn),
            awaiting=tuple(awaiting),
        )
        directory = Directory(self.people, {}, {}, {}, {}, {})
        plan = rows(found, reference, self.now, self.policy, directory, purpose="report", urgent=urgent)
        async with self.store.writing() as connection:
            await connection.execute(
                insert(documents).values(reference=reference, purpose="report", day=20_000, body=b"sealed")
            )
            await connection.execute(
                insert(wraps),
                [
                    {"reference": reference, "recipient": one, "turn": number, "key_id": "k", "body": b"wrap"}
                    for number, turn in enumerate(chain)
                    for one in turn
                ],
            )
            await insert_alerts(connection, plan, entropy=token_bytes)

    async def add(self, reference: str, about: str = "7K3M9QX2") -> None:
        """Add something to a report, for everybody the report is sealed for; due to all of them now."""
        hour = int(self.now.timestamp()) // 3600
        async with self.store.writing() as connection:
            chain = list(await connection.execute(select(wraps).where(wraps.c.reference == about)))
            await connection.execute(
                insert(documents).values(reference=reference, purpose="addition", day=20_000, body=b"sealed")
            )
            await connection.execute(insert(additions).values(reference=reference, about=about))
            for one in chain:
                row = {"reference": reference, "recipient": one.recipient, "turn": one.turn}
                await connection.execute(insert(wraps).values(**row, key_id="k", body=b"wrap"))
            made = [Alert(ALERT, reference, one.recipient, "normal", hour + 24, hour * 3600) for one in chain]
            await insert_alerts(connection, made, entropy=token_bytes)

    async def deliver(self, notice: Notice) -> None:
        fault = self.faults.get(notice.person.id, self.faults.get("everybody"))
        if fault is not None:
            raise fault
        alert = notice.alert
        assert (notice.sealed is not None) == (alert.template == "staff_alert")
        self.told.append(
            Told(
                notice.person.id,
                alert.template,
                alert.reference,
                self.hours(),
                alert.deadline_hour - (BEGIN + HOUR).timestamp() // 3600,
            )
        )

    def hours(self) -> float:
        """Hours since the clocks of a report that was sent at ``SENT`` began."""
        return (self.now - BEGIN - HOUR) / HOUR

    async def drain(self) -> list[tuple[str, str]]:
        """Send what is due; (recipient, template) of each message, in order."""
        before = len(self.told)
        out = Drain(self.store, [self], self.people.get, self.now.timestamp, lambda: 1.0, asyncio.Event(), self.policy)
        while await out.once():
            pass
        return [(one.recipient, one.template) for one in self.told[before:]]

    async def at(self, hours: float) -> list[tuple[str, str]]:
        """Sleep until so many hours after ten o'clock, and send what is due by then."""
        self.now = BEGIN + HOUR + hours * HOUR
        return await self.drain()

    async def until(self, hours: float) -> list[tuple[float, str, str]]:
        """Look every half hour until then; (hours, recipient, template) of each message, sorted."""
        before = len(self.told)
        while self.hours() + 0.5 <= hours:
            await self.at(self.hours() // 0.5 * 0.5 + 0.5)
        return sorted((one.hours, one.recipient, one.template) for one in self.told[before:])

    async def takes(self, one: str, reference: str = "7K3M9QX2") -> bool:
        return await acknowledge(self.store, reference, one, int(self.now.timestamp()))

    async def gives_up(self, one: str, reference: str = "7K3M9QX2") -> bool:
        return await recuse(self.store, reference, one, int(self.now.timestamp()))
