"""A quarter of a year in seconds: reports, answers, recusals, leave, kills, sleep and a clock that is put right.

What happens is drawn at random, with a seed that is printed when a run fails. What must hold is checked at every
message against what people did, not against how it is made:

* nobody is told before their turn, unless somebody before them fell away;
* after somebody has taken charge, nobody of another turn is told, reminded or alarmed;
* whoever has given a report up hears no more of it;
* no message comes twice, but for each kill between sending and writing it down, and for each time a chain began again;
* after a sleep the turns of a chain come one by one;
* in the end everybody's turn has come where nobody answered, and nothing waits.
"""

from __future__ import annotations

import contextlib
import heapq
import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random  # noqa: TID251 -- a die with a seed, so that a failure can be repeated

import pytest
from sqlalchemy import event, select

from bot import alerts
from bot.alerts import CannotDeliver, Notice, NoWay, TryLater
from cases import outbox
from cases.outbox import ALERT, AWAITING, COVERAGE, REMINDER, REMINDERS
from cases.tables import outbox as table
from routing.records import Leave
from tests.bot.watch import Watch
from tests.cases.chains import opened

BEGIN = datetime(2026, 9, 1, tzinfo=UTC)
"""Summer time ends in the middle of it, in Europe and in America on different days."""
DAYS = 90
REPORTS = 50
HOUR, DAY = 3600, 86_400
STEADY = ("una", "vito", "wen", "xoa")
"""Always there, so that what is told early in their chains has no excuse."""
CHANGING = tuple(f"p{number}" for number in range(8))
WATCHING = ("emre", "fay")
ZONES = ("UTC", "Europe/Chisinau", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe")


class Killed(BaseException):
    """The process ends here."""


@dataclass
class Case:
    """One report as its people see it."""

    reference: str
    turns: dict[str, int]
    urgent: bool
    planned: dict[str, float]
    told: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    taken: set[str] = field(default_factory=set)
    gave_up: set[str] = field(default_factory=set)
    fell_away: bool = False
    began_again: int = 0

    def may_take(self, one: str) -> bool:
        others = {self.turns[other] for other in self.taken} - {self.turns[one]}
        return bool(self.told[one]) and one not in self.gave_up and not others


class Quarter(Watch):
    """The world, and what must hold in it."""

    def begin(self, seed: int) -> None:
        self.chance = Random(seed)  # noqa: S311 -- as above
        self.true = BEGIN.timestamp()
        self.ahead = 0.0
        self.numbers = itertools.count()
        self.happens: list[tuple[float, int, object, tuple[object, ...]]] = []
        self.cases: dict[str, Case] = {}
        self.sent: Counter[tuple[str, str, str]] = Counter()
        self.unwritten: Counter[tuple[str, str, str]] = Counter()
        self.gone: dict[str, object] = {}
        self.reminded_of_several: set[str] = set()
        self.broken: list[str] = []
        self.asleep = False
        self.killing = ""
        for number, one in enumerate((*STEADY, *CHANGING, *WATCHING)):
            alternate = self.chance.choice(STEADY + CHANGING)
            self.person(one, alternate=alternate if alternate != one else None)
            self.people[one] = replace(self.people[one], time_zone=ZONES[number % len(ZONES)])
        for one in CHANGING:
            self.people[one] = replace(self.people[one], leave=tuple(self._leaves()))
        self._plan()

    def _leaves(self) -> Iterator[Leave]:
        for _ in range(self.chance.randrange(3)):
            first = BEGIN.date() + timedelta(days=self.chance.randrange(DAYS))
            yield Leave(first, first + timedelta(days=self.chance.randrange(14)))

    def later(self, seconds: float, what: object, *given: object) -> None:
        heapq.heappush(self.happens, (self.true + seconds, next(self.numbers), what, given))

    def _plan(self) -> None:
        chance = self.chance
        for _ in range(REPORTS):
            self.later(chance.uniform(0, DAYS * DAY), self.somebody_tells)
        for one in CHANGING:
            for _ in range(3):
                at, length = chance.uniform(0, DAYS * DAY), chance.uniform(0, 6 * DAY)
                for what, back in ((self.away, self.back), (self.leaves, self.returns), (self.blocks, self.unblocks)):
                    if chance.random() < 0.5:
                        self.later(at, what, one)
                        self.later(at + length, back, one)
        for _ in range(12):
            at = chance.uniform(0, DAYS * DAY)
            self.later(at, self.sleeps)
            self.later(at + chance.expovariate(1 / (20 * HOUR)), self.wakes)
        for _ in range(4):
            at = chance.uniform(0, DAYS * DAY)
            self.later(at, self.line, "unreachable")
            self.later(at + chance.expovariate(1 / (10 * HOUR)), self.line, "")
        for _ in range(10):
            self.later(chance.uniform(0, DAYS * DAY), self.clock_is_put_right, chance.uniform(-2 * HOUR, 2 * HOUR))
        for _ in range(60):
            where = chance.choice(["before", "after", "claimed"])
            self.later(chance.uniform(0, DAYS * DAY), self.kill_at_the_next, where)

    # --- what happens ------------------------------------------------------------------------------------------

    async def somebody_tells(self) -> None:
        chance = self.chance
        pool = list(chance.choice([STEADY, STEADY + CHANGING]))
        chance.shuffle(pool)
        turns = [[pool.pop()] for _ in range(chance.randint(1, 4))]
        if chance.random() < 0.3 and len(pool) > 1:
            turns[0].append(pool.pop())
        reference = f"{len(self.cases):08d}"
        urgent = chance.random() < 0.3
        await self.report(*turns, reference=reference, awaiting=WATCHING, urgent=urgent)
        async with self.store.reading() as connection:
            wanted = select(table.c.template, table.c.recipient, table.c.due).where(table.c.reference == reference)
            rows = list(await connection.execute(wanted))
        planned = {row.recipient: row.due for row in rows if row.template == ALERT}
        self.cases[reference] = Case(
            reference, {one: number for number, turn in enumerate(turns) for one in turn}, urgent, planned
        )

    async def answers(self, one: str, reference: str) -> None:
        case = self.cases[reference]
        expected = case.may_take(one)
        assert await self.takes(one, reference) == expected
        if expected:
            case.taken.add(one)
            if self.chance.random() < 0.1:
                self.later(self.chance.expovariate(1 / DAY), self.recuses, one, reference)

    async def recuses(self, one: str, reference: str) -> None:
        case = self.cases[reference]
        assert await self.gives_up(one, reference)
        assert await self.gives_up(one, reference), "twice is once"
        if one not in case.gave_up:
            case.gave_up.add(one)
            case.fell_away = True
            if one in case.taken:
                case.taken.discard(one)
                case.began_again += not case.taken

    async def away(self, one: str) -> None:
        await super().away(one)

    async def leaves(self, one: str) -> None:
        if one in self.people:
            self.gone[one] = self.people.pop(one)

    async def returns(self, one: str) -> None:
        if one in self.gone:
            self.people[one] = self.gone.pop(one)

    async def blocks(self, one: str) -> None:
        self.faults[one] = self.chance.choice([CannotDeliver("blocked"), NoWay("not_linked")])

    async def unblocks(self, one: str) -> None:
        self.faults.pop(one, None)
        for reference in self.cases:
            await outbox.revive(self.store, reference, int(self.now.timestamp()))
        await outbox.bring_forward(self.store, one, "not_linked", int(self.now.timestamp()))

    async def line(self, fault: str) -> None:
        if fault:
            self.faults["everybody"] = TryLater(None, fault, counted=False)
        else:
            self.faults.pop("everybody", None)

    async def sleeps(self) -> None:
        self.asleep = True

    async def wakes(self) -> None:
        self.asleep = False

    async def clock_is_put_right(self, by: float) -> None:
        self.ahead += by

    async def kill_at_the_next(self, where: str) -> None:
        self.killing = where

    # --- what people are told ----------------------------------------------------------------------------------

    async def deliver(self, notice: Notice) -> None:
        if self.killing == "before":
            self.killing = ""
            raise Killed
        if self.chance.random() < 0.03:
            raise TryLater(None, "no_answer")
        await super().deliver(notice)
        self.check(notice)
        if self.killing == "after":
            self.killing = ""
            row = REMINDER if notice.alert.template == REMINDERS else notice.alert.template
            self.unwritten[row, notice.alert.reference, notice.person.id] += 1
            raise Killed

    def must(self, true: object, otherwise: str) -> None:
        """Note what does not hold: an error here would count as one of the courier's."""
        if not true:
            self.broken.append(otherwise)

    def check(self, notice: Notice) -> None:
        alert, one, now = notice.alert, notice.person.id, self.now.timestamp()
        case = self.cases[alert.reference]
        template = REMINDER if alert.template == REMINDERS else alert.template
        if alert.template == REMINDERS:
            self.reminded_of_several.add(one)
        key = (template, alert.reference, one)
        self.sent[key] += 1
        again = case.began_again if template in {ALERT, REMINDER} else 0
        self.must(self.sent[key] <= 1 + self.unwritten[key] + again, f"{key} twice")
        if template in {AWAITING, COVERAGE}:
            self.must(one in WATCHING, f"{key} to somebody else")
            self.must(not case.taken, f"{key} after somebody took charge")
            return
        self.must(one not in case.gave_up, f"{key} after giving it up")
        peers = {case.turns[other] for other in case.taken}
        self.must(
            not peers or (peers == {case.turns[one]} and one not in case.taken), f"{key} after somebody took charge"
        )
        steady = set(case.turns) <= set(STEADY)
        if template == REMINDER:
            self.must(case.told[one], f"{key} without the alert")
            return
        if steady and not case.fell_away:
            self.must(now >= case.planned[one], f"{key} before their turn")
            if not case.urgent:
                earlier = [at for other, ats in case.told.items() if case.turns[other] != case.turns[one] for at in ats]
                self.must(all(abs(now - at) > 4 * HOUR for at in earlier), f"{key} on the heels of another")
        case.told[one].append(now)
        chance = self.chance.random()
        if chance < 0.35:
            self.later(self.chance.expovariate(1 / (9 * HOUR)), self.answers, one, alert.reference)
        elif chance < 0.6:
            self.later(self.chance.expovariate(1 / (6 * HOUR)), self.recuses, one, alert.reference)

    # --- time --------------------------------------------------------------------------------------------------

    async def live(self, until: float) -> None:
        """Go from one thing that happens to the next, and to each moment at which something is due."""
        while True:
            due = await outbox.next_due(self.store) if not self.asleep else None
            wakes = max(due - self.ahead, self.true) if due is not None else until
            at = min(self.happens[0][0] if self.happens else until, wakes)
            if at >= until:
                self.true = until
                return
            self.true = max(at, self.true)
            self.now = datetime.fromtimestamp(self.true + self.ahead, UTC)
            while self.happens and self.happens[0][0] <= self.true:
                _, _, what, given = heapq.heappop(self.happens)
                await what(*given)
                self.now = datetime.fromtimestamp(self.true + self.ahead, UTC)
            if not self.asleep:
                await self.work()

    async def work(self) -> None:
        """One look of a running Linnet; killed, it starts again and goes on."""
        with contextlib.suppress(Killed):
            await self.drain()
        assert self.broken == []
        self.true += 5
        self.now = datetime.fromtimestamp(self.true + self.ahead, UTC)


@pytest.fixture
async def quarter(tmp_path, monkeypatch):
    async with opened(tmp_path / "linnet.db") as store:
        # A power cut is not among what is tried here, and the disk would take most of the time.
        event.listen(store.engine.sync_engine, "connect", lambda one, _: one.execute("PRAGMA synchronous=OFF"))
        await store.engine.dispose()
        world = Quarter(store)
        claim = outbox.claim

        async def claimed(*given: object) -> list[outbox.Claimed]:
            found = await claim(*given)
            if found and world.killing == "claimed":
                world.killing = ""
                raise Killed
            return found

        monkeypatch.setattr(alerts.outbox, "claim", claimed)
        yield world


@pytest.mark.parametrize("seed", range(2))
async def test_a_quarter_of_a_year(quarter, seed):
    quarter.begin(seed)
    begun = quarter.true
    await quarter.live(begun + DAYS * DAY)
    # Everybody is back, and nothing disturbs any more.
    quarter.asleep, quarter.killing = False, ""
    for one in CHANGING:
        await quarter.returns(one)
        await quarter.unblocks(one)
        await quarter.back(one)
        quarter.people[one] = replace(quarter.people[one], leave=())
    quarter.faults.clear()
    quarter.happens = [one for one in quarter.happens if one[2] in {quarter.answers, quarter.recuses}]
    heapq.heapify(quarter.happens)
    await quarter.live(quarter.true + 30 * DAY)

    async with quarter.store.reading() as connection:
        rows = list(await connection.execute(select(table)))
    assert {row.state for row in rows} <= {"sent", "done"}, "nothing waits, and nothing is stuck"
    sent = {(row.template, row.reference, row.recipient) for row in rows if row.state == "sent"}
    assert sent <= set(quarter.sent), "what is written down as sent was sent"
    assert len(quarter.cases) == REPORTS
    endings: Counter[str] = Counter()
    for case in quarter.cases.values():
        left = set(case.turns) - case.gave_up
        endings["taken" if case.taken else "silence" if left else "given up by all"] += 1
        if not case.taken:
            for one in left:
                assert case.told[one], "everybody's turn comes if nobody answers"
                assert quarter.sent[REMINDER, case.reference, one] or one in quarter.reminded_of_several
            for one in WATCHING:
                assert quarter.sent[COVERAGE, case.reference, one]
        reminders = [key for key in quarter.sent if key[0] == REMINDER and key[1] == case.reference]
        assert all(case.told[who] for _, _, who in reminders)
    assert endings["taken"] >= 5, endings
    assert endings["silence"] >= 5, endings
    assert sum(quarter.sent.values()) == len(quarter.told)
    assert quarter.unwritten.total() >= 5
    assert len(quarter.told) > 3 * REPORTS
