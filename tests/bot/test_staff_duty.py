"""On duty or away in the staff bot: until a day by one's own calendar, or until one says so."""

from dataclasses import replace
from datetime import date

import pytest

from bot.staff_screens import DAYS_AWAY
from cases.duty import Away, away, away_of
from routing.records import Leave
from tests.bot.staff_office import MENU, WORDS, person
from tests.cases.chains import ALTERNATE, DAY, HOUR, NOON, OWNER

DUTY = WORDS.word("en", "staff_duty")
BACK = WORDS.word("en", "staff_back")
OPEN = WORDS.word("en", "staff_back_open")
ON_DUTY = WORDS.word("en", "staff_on_duty")
NEXT = WORDS.word("en", "staff_stand_in_next")
TUESDAY = "Away, back on Tue, Nov 25"
"""The tests' clock stands at noon, UTC, on Sunday 23 November 2025."""


async def opened(polling):
    phone = await polling.linked()
    await phone.tap(DUTY)
    await phone.wait_for(OPEN)
    return phone


async def test_whoever_is_on_duty_can_choose_how_long_they_are_away(polling):
    phone = await opened(polling)
    [message] = phone.chat()
    assert message.text == f"{ON_DUTY}\n\n{NEXT}"
    assert len(message.buttons) == len(DAYS_AWAY) + 2
    assert message.buttons[0] == "Away, back on Mon, Nov 24"
    assert message.buttons[-2:] == (OPEN, MENU)


async def test_away_until_a_day_ends_at_its_first_moment(polling):
    phone = await opened(polling)
    await phone.tap(TUESDAY)
    await phone.wait_for("You are away. Back on Tue, Nov 25.")
    midnight = NOON + 36 * HOUR
    assert await away(polling.store, midnight - 1) == {OWNER}
    assert await away(polling.store, midnight) == frozenset()
    polling.clock.now = midnight
    await phone.send_text("hello")
    await phone.wait_for(ON_DUTY)


@pytest.mark.parametrize(
    ("zone", "until"),
    [("Asia/Kolkata", 24 + 6), ("America/New_York", 36 + 5), ("Pacific/Kiritimati", 36 - 14), ("Asia/Kathmandu", 30)],
)
async def test_the_day_is_that_of_their_own_clock(polling, zone, until):
    polling.directory[OWNER] = person(OWNER, zone=zone)
    phone = await opened(polling)
    await phone.tap("Away, back on Tue, Nov 25")
    await phone.wait_for("You are away. Back on Tue, Nov 25.")
    assert await away_of(polling.store, OWNER, NOON) == Away(NOON // HOUR + until)


async def test_away_without_an_end_lasts_until_they_are_back(polling):
    phone = await opened(polling)
    await phone.tap(OPEN)
    await phone.wait_for("You are away until you say that you are back.")
    polling.clock.now += 300 * DAY
    await phone.send_text("hello")
    await phone.wait_idle()
    assert "You are away until you say that you are back." in phone.chat()[-1].text
    await phone.tap(DUTY)
    await phone.wait_idle()
    await phone.tap(BACK)
    await phone.wait_for(lambda seen: ON_DUTY in seen.chat()[-1].text)
    await phone.wait_idle()
    assert BACK not in phone.chat()[-1].buttons
    assert await away(polling.store, polling.clock.now) == frozenset()


async def test_the_alternate_is_named_as_long_as_there_is_one(polling):
    polling.directory[OWNER] = replace(person(OWNER), alternate=ALTERNATE)
    polling.directory[ALTERNATE] = replace(person(ALTERNATE), name="Bo Tran")
    phone = await opened(polling)
    assert phone.chat()[-1].text == f"{ON_DUTY}\n\nWhile you are away, Bo Tran is asked in your place."
    del polling.directory[ALTERNATE]
    await phone.tap(MENU)
    await phone.wait_for(DUTY)
    await phone.tap(DUTY)
    await phone.wait_for(NEXT)


async def test_leave_in_the_directory_is_said(polling):
    leave = (Leave(date(2025, 11, 20), date(2025, 11, 26)),)
    polling.directory[OWNER] = replace(person(OWNER), leave=leave)
    phone = await polling.linked()
    await phone.wait_for("In the directory you are on leave. Back on Thu, Nov 27.")


@pytest.mark.parametrize("back_on", ["2025-11-23", "2025-11-22", "2025-12-25", "9999-12-31", "0001-01-01"])
async def test_a_button_of_long_ago_or_a_forged_one_changes_nothing(polling, back_on):
    phone = await opened(polling)
    await phone.tap(data=f"away:{back_on}")
    await phone.wait_idle()
    assert await away(polling.store, NOON) == frozenset()
    assert ON_DUTY in phone.chat()[-1].text
    assert polling.server.unanswered_callbacks() == []


async def test_a_tap_that_comes_twice_is_one(polling):
    phone = await opened(polling)
    for _ in range(2):
        await phone.tap(TUESDAY)
    await phone.wait_idle()
    assert await away(polling.store, NOON) == {OWNER}
    assert polling.server.unanswered_callbacks() == []


@pytest.mark.parametrize("tag", WORDS.tags)
async def test_days_are_written_in_every_language(polling, tag):
    polling.directory[OWNER] = person(OWNER, languages=(tag,))
    phone = polling.phone()
    await phone.send_text(await polling.code())
    await phone.wait_for(WORDS.word(tag, "staff_duty"))
    await phone.tap(data="duty")
    await phone.wait_for(WORDS.word(tag, "staff_back_open"))
    days = phone.chat()[-1].buttons[: len(DAYS_AWAY)]
    assert len(set(days)) == len(DAYS_AWAY)
    assert all("24" in day or "٢٤" in day for day in days[:1])
    await phone.tap(data="away:2025-11-25")
    await phone.wait_for(WORDS.word(tag, "staff_back"))
    assert ".." not in phone.chat()[-1].text, "after an abbreviated month"
