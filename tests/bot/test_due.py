"""Whose turn it is when somebody is away, gone or cannot be reached, and what a server does that has slept."""

import itertools
from datetime import timedelta

import pytest

from bot.alerts import CannotDeliver, NoWay, TryLater
from cases.handing import again
from cases.outbox import unsent
from tests.bot.watch import BEGIN, Watch
from tests.cases.chains import opened

ALERT, REMINDER, REMINDERS, AWAITING, COVERAGE = (
    "staff_alert",
    "staff_reminder",
    "staff_reminders",
    "awaiting_owner",
    "coverage_alarm",
)
TODAY = BEGIN.date()
DAY = timedelta(days=1)


@pytest.fixture
async def watch(tmp_path):
    async with opened(tmp_path / "linnet.db") as store:
        yield Watch(store)


def whose(told, template=ALERT):
    return [(hours, who) for hours, who, words in told if words == template]


# --- nobody answers --------------------------------------------------------------------------------------------


async def test_everybodys_turn_comes_and_then_the_alarm(watch):
    await watch.report("ada", "bo", "cleo", awaiting=["emre"])
    assert await watch.drain() == [("ada", ALERT)]
    assert (
        await watch.until(100)
        == [
            (12, "ada", REMINDER),
            (24, "bo", ALERT),
            (24, "emre", AWAITING),
            (36, "bo", REMINDER),
            (36, "cleo", ALERT),
            (48, "cleo", REMINDER),
            (60, "emre", COVERAGE),
        ]
        or sorted(watch.told, key=lambda one: one.hours) is None
    )
    assert [one.deadline for one in watch.told if one.template == ALERT] == [24, 48, 60]


async def test_an_answer_ends_all_of_it(watch):
    await watch.report("ada", "bo", awaiting=["emre"])
    await watch.drain()
    assert await watch.takes("ada")
    assert await watch.until(100) == []


async def test_urgent_things_go_round_in_hours(watch):
    await watch.report("ada", "bo", "cleo", awaiting=["emre"], urgent=True)
    await watch.drain()
    told = await watch.until(10)
    assert whose(told) == [(1, "bo"), (1.5, "cleo")]
    assert whose(told, REMINDER) == [(0.5, "ada"), (1.5, "bo"), (2, "cleo")]
    assert whose(told, AWAITING) == [(1, "emre")]


# --- reminders -------------------------------------------------------------------------------------------------


async def test_nobody_is_reminded_of_what_they_were_not_told(watch):
    await watch.report("ada")
    watch.faults["ada"] = NoWay("not_linked")
    assert await watch.until(20) == []
    watch.faults.clear()
    told = await watch.until(40)
    assert whose(told) == [(21, "ada")]
    assert whose(told, REMINDER) == [(27, "ada")], "not together with the alert, which says the same"


async def test_of_several_reminders_at_once_one_goes_out_and_says_so(watch):
    for number in range(3):
        await watch.report("ada", reference=f"7K3M9QX{number}", urgent=number == 1)
    await watch.drain()
    told = await watch.until(13)
    assert whose(told, REMINDER) == [(0.5, "ada")], "the urgent one has a clock of its own"
    assert whose(told, REMINDERS) == [(12, "ada")]
    assert await unsent(watch.store) == []


async def test_the_most_urgent_and_then_the_soonest_is_named(watch):
    await watch.report("ada", reference="00000001")
    await watch.drain()
    watch.now += timedelta(hours=1)
    await watch.report("ada", reference="00000002")
    await watch.drain()
    assert await watch.at(15) == [("ada", REMINDERS)]
    assert watch.told[-1].reference == "00000001"


async def test_two_people_are_each_reminded(watch):
    await watch.report(("ada", "bo"))
    await watch.drain()
    assert sorted(await watch.at(12)) == [("ada", REMINDER), ("bo", REMINDER)]


# --- away ------------------------------------------------------------------------------------------------------


async def test_while_somebody_is_on_leave_their_alternate_is_told_at_once(watch):
    watch.person("ada", alternate="cleo")
    watch.on_leave("ada", TODAY, TODAY + DAY)
    await watch.report("ada", "bo", "cleo")
    assert await watch.drain() == [("cleo", ALERT)]
    assert watch.told[0].deadline == 24, "a whole clock from now"
    told = await watch.until(60)
    assert whose(told) == [(24, "bo"), (38, "ada")], "bo in turn, and ada when she is back"
    assert watch.told[-1].deadline >= 38 + 12


async def test_who_says_in_the_bot_that_they_are_away_is_passed_over_too(watch):
    watch.person("ada", alternate="bo")
    await watch.away("ada")
    await watch.report("ada", "bo")
    assert await watch.drain() == [("bo", ALERT)]
    assert await watch.until(2) == []
    await watch.back("ada")
    assert whose(await watch.until(4)) == [(3, "ada")]


async def test_an_answer_from_who_stands_in_is_an_answer(watch):
    watch.person("ada", alternate="bo")
    watch.on_leave("ada", TODAY, TODAY)
    await watch.report("ada", "bo", awaiting=["emre"])
    await watch.drain()
    assert await watch.takes("bo")
    assert await watch.until(100) == []


async def test_without_an_alternate_in_the_chain_the_next_one_there_is_told(watch):
    watch.person("ada", alternate="somebody-else")
    watch.person("bo")
    for one in ("ada", "bo"):
        watch.on_leave(one, TODAY, TODAY + 9 * DAY)
    await watch.report("ada", "bo", "cleo", "dana")
    assert await watch.drain() == [("cleo", ALERT)]
    assert whose(await watch.until(60)) == [(24, "dana")], "in bo's turn, who is away as well"


async def test_an_alternate_of_an_alternate(watch):
    watch.person("ada", alternate="bo")
    watch.person("bo", alternate="ada")
    for one in ("ada", "bo"):
        watch.on_leave(one, TODAY, TODAY)
    await watch.report("ada", "bo", "cleo")
    assert await watch.drain() == [("cleo", ALERT)]


async def test_when_everybody_is_away_it_is_delivered_all_the_same(watch):
    for one, other in (("ada", "bo"), ("bo", "ada")):
        watch.person(one, alternate=other)
        watch.on_leave(one, TODAY, TODAY + 9 * DAY)
    await watch.report("ada", "bo")
    assert await watch.drain() == [("ada", ALERT)]
    assert whose(await watch.until(30)) == [(24, "bo")]


async def test_who_waits_is_told_once_those_in_their_place_are_away_too(watch):
    watch.person("ada", alternate="bo")
    watch.on_leave("ada", TODAY, TODAY + 9 * DAY)
    await watch.report("ada", "bo")
    assert await watch.drain() == [("bo", ALERT)]
    await watch.away("bo")
    assert whose(await watch.until(5)) == [(0, "ada")]


async def test_who_shares_the_turn_is_enough(watch):
    watch.person("ada")
    watch.on_leave("ada", TODAY, TODAY + 9 * DAY)
    await watch.report(("ada", "bo"), "cleo")
    assert await watch.drain() == [("bo", ALERT)]
    assert whose(await watch.until(25)) == [(24, "cleo")]


async def test_each_hour_of_an_absence_asks_nobody_else(watch):
    watch.person("ada", alternate="bo")
    watch.on_leave("ada", TODAY, TODAY + 3 * DAY)
    await watch.report("ada", "bo", "cleo", "dana")
    await watch.drain()
    assert whose(await watch.until(23)) == []


async def test_an_absence_is_nothing_that_somebody_has_to_look_into(watch):
    watch.person("ada", alternate="bo")
    watch.on_leave("ada", TODAY, TODAY)
    await watch.report("ada", "bo")
    await watch.drain()
    now = int(watch.now.timestamp())
    assert "away" in {row.fault for row in await unsent(watch.store) if row.alert.recipient == "ada"}
    assert not any(row.stuck(now) for row in await unsent(watch.store))


# --- what is added later ---------------------------------------------------------------------------------------


def about(watch, reference):
    return [(one.hours, one.recipient) for one in watch.told if one.reference == reference]


async def test_an_addition_goes_to_whoever_has_the_report_and_with_it_to_those_who_come_later(watch):
    await watch.report("ada", "bo", "cleo")
    await watch.drain()
    await watch.at(2)
    await watch.add("00000001")
    await watch.until(25)
    assert about(watch, "00000001") == [(2.5, "ada"), (24, "bo")]


@pytest.mark.parametrize("what", ["away", "late", "gone"])
async def test_an_addition_never_comes_before_its_report(watch, what):
    watch.person("ada", alternate="bo")
    await watch.report("ada", "bo", "cleo")
    if what == "away":
        watch.on_leave("ada", TODAY, TODAY + DAY)
    if what == "gone":
        ada = watch.people.pop("ada")
    if what != "late":
        await watch.drain()
    await watch.add("00000001")
    await watch.until(40 if what == "late" else 30)
    if what == "gone":
        watch.people["ada"] = ada
    await watch.until(100)
    reports, added = about(watch, "7K3M9QX2"), about(watch, "00000001")
    first = {who: min(hours for hours, one in reports if one == who) for _, who in reports}
    assert {who for _, who in added} == set(first) == {"ada", "bo", "cleo"}
    assert all(0 <= hours - first[who] <= 0.5 for hours, who in added)


async def test_an_addition_moves_with_a_turn_that_passes_on(watch):
    await watch.report("ada", "bo", "cleo")
    await watch.drain()
    await watch.add("00000001")
    await watch.drain()
    await watch.gives_up("ada")
    await watch.drain()
    await watch.drain()
    assert [who for _, who in about(watch, "00000001")] == ["ada", "bo"]


async def test_what_was_added_goes_no_further_than_the_report_and_on_with_it_when_it_is_given_up(watch):
    await watch.report("ada", "bo")
    await watch.drain()
    await watch.takes("ada")
    await watch.add("00000001")
    await watch.until(50)
    assert [who for _, who in about(watch, "00000001")] == ["ada"]
    await watch.gives_up("ada")
    await watch.until(60)
    assert [who for _, who in about(watch, "00000001")] == ["ada", "bo"]


async def test_a_file_that_is_asked_for_again_comes_at_once_at_any_minute(watch):
    await watch.report("ada", "bo")
    await watch.drain()
    await watch.at(24)
    await watch.at(30)
    watch.now += timedelta(minutes=59)
    watch.on_leave("bo", TODAY, TODAY + 3 * DAY)
    assert await again(watch.store, "7K3M9QX2", "bo", int(watch.now.timestamp()))
    assert await watch.drain() == [("bo", ALERT)]


async def test_whoever_answers_has_it_even_if_the_answer_to_sending_never_came(watch):
    await watch.report("ada")
    watch.faults["ada"] = TryLater(None, "no_answer")
    await watch.drain()
    watch.faults.clear()
    assert await watch.takes("ada")
    assert await watch.until(30) == []


# --- gone ------------------------------------------------------------------------------------------------------


async def test_who_left_the_directory_passes_their_turn_on_at_once(watch):
    await watch.report("ada", "bo", "cleo")
    del watch.people["ada"]
    assert await watch.drain() == [("bo", ALERT)]
    assert whose(await watch.until(40)) == [(24, "cleo")], "and no other for each hour they stay away"


async def test_who_was_taken_out_by_mistake_is_told_when_they_are_back(watch):
    await watch.report("ada", "bo")
    ada = watch.people.pop("ada")
    await watch.drain()
    await watch.until(3)
    watch.people["ada"] = ada
    assert whose(await watch.until(5)) == [(4, "ada")]


async def test_when_nobody_is_left_the_alarm_rings_at_once(watch):
    await watch.report("ada", "bo", awaiting=["emre"])
    await watch.drain()
    del watch.people["ada"], watch.people["bo"]
    assert await watch.gives_up("ada")
    assert await watch.drain() == [("emre", COVERAGE)]


async def test_somebody_who_was_told_and_is_silent_is_somebody_left(watch):
    await watch.report("ada", "bo", awaiting=["emre"])
    await watch.drain()
    del watch.people["bo"]
    assert (24, "emre", AWAITING) in await watch.until(30)
    assert "coverage_alarm" not in {one.template for one in watch.told}


async def test_who_cannot_be_reached_by_any_way_passes_their_turn_on(watch):
    await watch.report("ada", "bo", awaiting=["emre"])
    watch.faults["ada"] = CannotDeliver("blocked")
    assert await watch.drain() == [("bo", ALERT)]
    watch.faults["bo"] = CannotDeliver("blocked")
    assert await watch.gives_up("bo")
    assert await watch.drain() == [("emre", COVERAGE)]


# --- a server that slept ---------------------------------------------------------------------------------------


async def test_after_a_long_sleep_one_is_reminded_and_the_others_come_one_by_one(watch):
    await watch.report("ada", "bo", "cleo", "dana", awaiting=["emre"])
    await watch.drain()
    assert await watch.at(72) == [("ada", REMINDER)]
    assert [(hours - 72, who, words) for hours, who, words in await watch.until(120)] == [
        (0.5, "bo", ALERT),
        (0.5, "emre", AWAITING),
        (6.5, "cleo", ALERT),
        (12.5, "bo", REMINDER),
        (12.5, "dana", ALERT),
        (18.5, "cleo", REMINDER),
        (18.5, "emre", COVERAGE),
        (24.5, "dana", REMINDER),
    ]


async def test_i_have_it_that_was_pressed_meanwhile_is_heard_before_the_next_is_told(watch):
    await watch.report("ada", "bo", awaiting=["emre"])
    await watch.drain()
    await watch.at(30)
    assert await watch.takes("ada")
    assert whose(await watch.until(100)) == []


async def test_a_plan_whose_first_alert_is_late_begins_late(watch):
    await watch.report("ada", "bo", awaiting=["emre"])
    assert await watch.at(50) == [("ada", ALERT)]
    assert watch.told[0].deadline == 74
    told = await watch.until(120)
    assert whose(told) == [(74, "bo")]
    assert whose(told, REMINDER) == [(62, "ada"), (86, "bo")]
    assert whose(told, AWAITING) == [(74, "emre")]


async def test_sleeping_again_and_again_keeps_nobody_from_their_turn(watch):
    await watch.report("ada", "bo", "cleo", "dana", awaiting=["emre"])
    await watch.drain()
    told = []
    for day in range(2, 20):
        told += await watch.at(24 * day)  # a moment each day
    assert [who for who, words in told if words == ALERT] == ["bo", "cleo", "dana"]
    assert [who for who, words in told if words == COVERAGE] == ["emre"]


async def test_a_moment_of_sleep_changes_nothing(watch):
    await watch.report("ada", "bo")
    await watch.drain()
    assert await watch.at(24.2) == [("ada", REMINDER), ("bo", ALERT)]


@pytest.mark.parametrize("fault", ["unreachable", "mail_unreachable"])
async def test_when_the_way_out_was_closed_the_chain_is_not_told_all_at_once(watch, fault):
    await watch.report("ada", "bo", "cleo")
    watch.faults["everybody"] = TryLater(None, fault, counted=False)
    assert await watch.until(40) == []
    watch.faults.clear()
    told = whose(await watch.until(100))
    assert [who for _, who in told] == ["ada", "bo", "cleo"]
    assert told[0][0] <= 41
    assert all(later - earlier >= 5 for (earlier, _), (later, _) in itertools.pairwise(told))
