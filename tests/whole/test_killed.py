"""Exactly once: many conversations, and a process that is killed again and again in the middle of them.

Telegram (the fake one) posts updates to the webhook, or is polled for them, and delivers again what was not
confirmed; every few updates it delivers one twice besides. The Linnet process is ended with SIGKILL at random
moments, every third time shortly after somebody has pressed Send, and started again. In the end every report that a
person sent is in the database once, opens with the keys of those it was sealed for, and holds every answer that had
been confirmed.

It ends after 40 kills and 30 conversations by webhook, and after fewer by polling. For a longer run::

    LINNET_SOAK_SECONDS=1800 pytest tests/whole/test_killed.py -s

``LINNET_SOAK_SEED`` repeats one run's choices (the moments of the kills depend on the machine all the same).
"""

import asyncio
import os
import random  # noqa: TID251 -- a test that can be repeated
import secrets
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.faults import Duplicate
from tests.fakes.telegram import REPORTER_TOKEN, FakeTelegram
from tests.whole.kept import opened, rows
from tests.whole.running import Linnet, Warm, by_polling, by_webhook, running
from tests.whole.telling import Plan, Teller, book

SECONDS = float(os.environ.get("LINNET_SOAK_SECONDS", "0"))
SEED = int(os.environ.get("LINNET_SOAK_SEED", "0")) or secrets.randbelow(2**31)
AT_ONCE = 6
ENOUGH = {"webhook": (40, 30), "polling": (12, 8)}
"""Kills and conversations."""

CHOICES = {
    "affected": ("me",),
    "under_18": ("no",),
    "about": ("sexual", "retaliation", "unsure"),
    "actor": ("aid_worker", "peacekeeper", "unsure"),
    "setting_aid": ("yes", "unsure"),
    "name_ok": ("yes", "no"),
    "keep_place": ("no", "unsure"),
    "share_ok": ("yes", "no"),
    "count_ok": ("yes", "no"),
    "entity": ("civic-relief", "harbour-fund", "open-well", "lantern-works", "unsure"),
    "works": ("staff", "community", "unsure"),
    "station": ("port-lumen", "salt-stairs", "benhale", "dune-crossing", "unsure"),
    "elapsed": ("within_24h", "within_72h", "within_120h", "within_6_months", "longer", "unsure"),
    "review": ("send", "send", "send", "leave"),
}
"""What people answer, each drawn at random."""


class Storm:
    """People who tell, and somebody who kills."""

    def __init__(self, telegram: FakeTelegram, linnet: Linnet, chance: random.Random, enough: tuple[int, int]) -> None:
        self.telegram = telegram
        self.linnet = linnet
        self.chance = chance
        self.enough = enough
        self.tellers: list[Teller] = []
        self.kills = 0
        self.kills_at_send = 0
        self._sending = asyncio.Event()

    async def rage(self, until: float) -> None:
        """New people come until then, or until it was enough; the kills go on until the last of them has finished."""
        killer = asyncio.create_task(self._kill_for_ever())
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(AT_ONCE):
                    group.create_task(self._people(until))
        finally:
            killer.cancel()
            await asyncio.gather(killer, return_exceptions=True)
        if not self.linnet.running():
            await self.linnet.start()

    async def _people(self, until: float) -> None:
        while time.monotonic() < until or self.kills < self.enough[0] or len(self.tellers) < self.enough[1]:
            number = len(self.tellers)
            person = self.telegram.person(REPORTER_TOKEN, 5_000_000_000 + number, "Somebody", language_code="en")
            teller = Teller(person, self._plan(number))
            self.tellers.append(teller)
            watch = asyncio.create_task(self._watch(teller))
            await teller.begin()
            while await teller.act(teller.at()) != "leave":
                if self.chance.random() < 0.15:
                    both = self.chance.random() < 0.5
                    self.telegram.inject(REPORTER_TOKEN, chat=person.user_id, fault=Duplicate(at_once=both))
            watch.cancel()

    def _plan(self, number: int) -> Plan:
        ways = {node: self.chance.choice(options) for node, options in CHOICES.items()}
        words = {
            slot: [f"{slot}-{number}-{turn}-end" for turn in range(self.chance.randint(1, 2))]
            for slot in ("story", "where", "names", "keep_from", "reach")
        }
        nodes = ("hello", "limits", "under_18", "elapsed", "actor", "share_ok")
        loose = {node: f"loose-{number}-{node}-end" for node in nodes if self.chance.random() < 0.15}
        asks = self.chance.choice(["actor", "station", "review", None, None])
        return Plan(ways, words, loose, asks)

    async def _watch(self, teller: Teller) -> None:
        await teller.sending.wait()
        self._sending.set()

    async def _kill_for_ever(self) -> None:
        while True:
            await self.linnet.start()
            self._sending.clear()
            if self.kills % 3 == 2:
                # A receipt's derivation takes a good part of this; the transaction comes at its end.
                try:
                    await asyncio.wait_for(self._sending.wait(), 2.0)
                    await asyncio.sleep(self.chance.uniform(0.0, 0.6))
                    self.kills_at_send += 1
                except TimeoutError:
                    pass
            else:
                # Mostly soon, now and then late, so that something gets done in between.
                await asyncio.sleep(self.chance.choice([0.4, 0.8, 2.0]) * self.chance.random())
            await self.linnet.kill()
            self.kills += 1


@pytest.mark.slow
@pytest.mark.parametrize("way", ENOUGH)
async def test_every_confirmed_report_is_there_once_however_often_the_process_is_killed(
    warm: Warm, prepared: Path, tmp_path: Path, way: str
) -> None:
    started, enough = time.monotonic(), ENOUGH[way]
    async with FakeTelegram() as telegram, AsyncExitStack() as stack:
        env = by_webhook(telegram) if way == "webhook" else by_polling(telegram)
        linnet = await stack.enter_async_context(running(warm, prepared, tmp_path, command=("demo",), **env))
        storm = Storm(telegram, linnet, random.Random(SEED), enough)  # noqa: S311 -- a test that can be repeated
        await storm.rage(started + SECONDS)
        await telegram.wait_idle(REPORTER_TOKEN, timeout=60)
        assert await linnet.stop() == 0
        assert telegram.violations == []
        deliveries = len(telegram.bots[REPORTER_TOKEN].queue.delivered)
    tellers = storm.tellers
    senders = [teller for teller in tellers if teller.sending.is_set()]
    askers = [teller for teller in tellers if teller.plan.counsellor_at]
    print(  # noqa: T201 -- the figures
        f"\nby {way}: killed {storm.kills} times ({storm.kills_at_send} of them after somebody pressed Send), "
        f"{len(tellers)} conversations, {sum(teller.steps for teller in tellers)} confirmed acts "
        f"in {deliveries} deliveries, "
        f"{len(senders)} reports, {len(askers)} referrals, {time.monotonic() - started:.0f} s, seed {SEED}"
    )
    assert storm.kills >= enough[0]
    assert len(tellers) >= enough[1]

    kept = opened(tmp_path)
    left_over = {table: len(rows(tmp_path, f"SELECT * FROM {table}")) for table in ("sessions", "slots")}  # noqa: S608 -- our own names
    alerts = Counter(rows(tmp_path, "SELECT template, reference, recipient FROM outbox"))

    reports = {_story(one.plain): one for one in kept if one.purpose == "report"}
    assert set(reports) == {"\n".join(teller.plan.words["story"]) for teller in senders}
    assert len([one for one in kept if one.purpose == "report"]) == len(senders)
    for teller in senders:
        assert teller.receipt is not None
        report = reports["\n".join(teller.plan.words["story"])].plain
        assert report["answers"] == told(teller.plan)
        assert {one["consent"]: one["given"] for one in report["consents"]} == {
            name: teller.plan.way(name) == "yes" for name in ("story_ok", "name_ok", "share_ok", "count_ok")
        }
    referrals = Counter(one.plain["words"]["reach"] for one in kept if one.purpose == "referral")
    assert referrals == Counter("\n".join(teller.plan.words["reach"]) for teller in askers)
    assert left_over == {"sessions": 0, "slots": 0}
    assert set(alerts.values()) <= {1}
    assert {(reference, person) for kind, reference, person in alerts if kind == "staff_alert"} == {
        (one.reference, person) for one in kept for person in one.recipients
    }
    for teller in tellers:
        assert [(m.from_bot, m.keyboard) for m in teller.person.chat()] == [(True, ())], teller.person.chat().render()


def told(plan: Plan) -> list[dict[str, Any]]:
    """The answers of a report as this plan makes them."""
    nodes = book().nodes
    found: list[dict[str, Any]] = []
    by_actor = {"aid_worker": ("entity", "works"), "unsure": ("setting_aid",), "peacekeeper": ()}[plan.way("actor")]
    first, last = ("affected", "under_18", "about", "story", "elapsed", "actor"), ("where", "names", "keep_place")
    for name in (*first, *by_actor, "station", *last):
        node: Any = nodes[name]
        question = {"node": name, "question": {"en": node.ask.english}}
        if name in plan.words:
            if name != "names" or plan.way("name_ok") == "yes":
                found.append(question | {"text": "\n".join(plan.words[name])})
            continue
        chosen = next(option.label for option in node.options if option.id == plan.way(name))
        english = chosen.name("en") if chosen.names else chosen.english
        found.append(question | {"answer": {"id": plan.way(name), "en": english}})
    if plan.loose:
        # In the order of the screens, which is the order of the plan.
        also: Any = nodes["also"]
        found.append({"node": "also", "question": {"en": also.ask.english}, "text": "\n".join(plan.loose.values())})
    return found


def _story(plain: Mapping[str, Any]) -> str:
    [words] = [answer["text"] for answer in plain["answers"] if answer["node"] == "story"]
    return str(words)
