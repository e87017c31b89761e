"""Coming back with the number: only it opens anything, and what is done then is what the person was told."""

from __future__ import annotations

import secrets

import pytest

from bot.case import OPEN_SECONDS
from bot.incoming import Open
from bot.reply import Reply, seal_reply
from cases import handing, outbox
from cases.mailbox import mailbox_of, post, set_status
from cases.turns import read
from tests.bot.real_turns import real_world
from tests.bot.walking import Walk, shown

OWNER = "amara-lind"
CANARY = "canary 7f3a"
TO_NUMBER = ("en", "go_on", "yes", "no", "go_on", "number")
WRONG = "1234 5678 9012 3456"


@pytest.fixture
async def world(tmp_path):
    async with real_world(tmp_path) as world:
        yield world


async def reported(world, person="1001"):
    """Somebody who has sent a report and gone; returns the number."""
    walk = Walk(world, person)
    await walk.to_review()
    await walk.press("send")
    number = walk.screen.number
    await walk.press("kept", "next", "leave")
    return number


async def back(world, number, person="2002"):
    """Somebody, on whatever telephone, who types a number first of all."""
    walk = Walk(world, person)
    await walk.do(Open())
    await walk.write(number)
    return walk


async def handed(world, *people):
    """The report's alerts go out to these people, as the drain does it; returns the reference."""
    reference = ""
    for claimed in await outbox.claim(world.store, int(world.clock().timestamp()), 99, 60):
        if claimed.alert.recipient in people:
            await outbox.sent(world.store, claimed.id)
            reference = claimed.alert.reference
        else:
            await outbox.later(world.store, claimed.id, claimed.alert.due, "test", counted=False)
    return reference


async def answered(world, reference, text=CANARY, status=None, language="en"):
    key = await mailbox_of(world.store, reference)
    body = seal_reply(Reply(language, text), reference, key, entropy=secrets.token_bytes)
    async with world.store.writing() as connection:
        await post(connection, reference, OWNER, body, day=20_000)
        if status:
            await set_status(connection, reference, OWNER, status, day=20_001)


async def session(world, walk):
    """What is kept of a conversation."""
    pseudonym = world.vault.pseudonym(walk.channel, walk.person)
    kept, _ = await read(world.store, pseudonym, b"")
    return world.turns.sessions.opened(pseudonym, kept)


def here(walk):
    return shown(walk.screen)


# --- opening -------------------------------------------------------------------------------------------------


async def test_a_number_typed_at_once_opens_the_report(world):
    walk = await back(world, await reported(world))
    assert "Nobody has been given your report yet." in here(walk)
    assert [button.id for button in walk.screen.options] == ["answers", "write", "choices", "back_out", "talk", "close"]


async def test_a_number_can_be_asked_for_and_written_in_any_shape(world):
    number = await reported(world)
    walk = Walk(world, "2002")
    await walk.do(Open())
    await walk.press(*TO_NUMBER)
    arabic = "".join(chr(0x660 + int(char)) for char in number if char.isdigit())
    await walk.write(f" {arabic[:7]}-{arabic[7:]} ")
    assert "Your report was sent on" in here(walk)


@pytest.mark.parametrize("typed", [WRONG, "12345", "no idea"])
async def test_what_fits_nothing_is_answered_alike_and_nothing_of_it_is_kept(world, typed):
    walk = Walk(world, "2002")
    await walk.do(Open())
    await walk.press(*TO_NUMBER)
    await walk.write(typed)
    assert "We found nothing for this number." in here(walk)
    assert await world.rows("slots") == []


async def test_after_some_wrong_numbers_even_the_right_one_waits_and_only_for_whoever_guessed(world):
    number = await reported(world)
    guesser = Walk(world, "6666")
    await guesser.do(Open())
    for _ in range(4):
        await guesser.write(WRONG)
        assert "We found nothing" in here(guesser)
        await guesser.press("back")
    for typed in (WRONG, number):
        await guesser.write(typed)
        assert "Several numbers did not fit." in here(guesser)
        await guesser.press("back")
    assert "Your report was sent on" in here(await back(world, number))
    world.clock.move(minutes=2)
    await guesser.write(number)
    assert "Your report was sent on" in here(guesser)
    assert await world.rows("tries") == []


async def test_a_slip_that_is_no_number_costs_nothing(world):
    number = await reported(world)
    walk = Walk(world, "2002")
    await walk.do(Open())
    await walk.press(*TO_NUMBER)
    for _ in range(9):
        await walk.write("12345")
        await walk.press("again")
    await walk.write(number)
    assert "Your report was sent on" in here(walk)


# --- what is shown only while it is open ---------------------------------------------------------------------


@pytest.mark.parametrize("way", ["close", "!back", "!help", "!language", "talk"])
async def test_every_way_out_closes_it(world, way):
    walk = await back(world, await reported(world))
    await walk.press(way)
    assert "Your report was sent on" not in here(walk)
    assert (await session(world, walk)).case is None


async def test_after_half_an_hour_it_is_closed_and_a_tap_answers_nothing_else(world):
    walk = await back(world, await reported(world))
    world.clock.move(seconds=OPEN_SECONDS + 1)
    await walk.press("talk")
    assert "Your report was sent on" not in here(walk)
    assert world.languages.word("en", "notice_stale") in (walk.screen.notice or "")
    assert (await session(world, walk)).case is None


async def test_whoever_opens_the_chat_later_sees_no_report(world):
    number = await reported(world)
    walk = await back(world, number)
    world.clock.move(seconds=OPEN_SECONDS + 1)
    await walk.do(Open())
    assert "report was sent" not in here(walk)


# --- what can be done ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "said"), [("fr", "Français"), ("xx", "xx"), ("en", None), ("en-GB", None), ("", None)]
)
async def test_an_answer_in_another_language_says_so(world, language, said):
    number = await reported(world)
    await answered(world, await handed(world, OWNER), language=language)
    walk = await back(world, number)
    await walk.press("answers")
    assert CANARY in here(walk)
    assert ("This answer is in another language" in here(walk)) is (said is not None)
    assert said is None or said in here(walk)


async def test_answers_and_the_state_of_things_are_read(world):
    number = await reported(world)
    reference = await handed(world, OWNER)
    await answered(world, reference, status="being_read")
    walk = await back(world, number)
    text = here(walk)
    assert "given to them" in text
    assert "your report is being read" in text
    assert "There are answers for you: 1." in text
    assert CANARY not in text
    await walk.press("answers")
    assert CANARY in here(walk)
    assert "Civic Relief Agency" in here(walk)


async def test_taking_charge_is_told_by_its_day(world):
    number = await reported(world)
    reference = await handed(world, OWNER)
    assert await handing.acknowledge(world.store, reference, OWNER, int(world.clock().timestamp()))
    assert "they have had your report since" in here(await back(world, number))


async def test_what_is_added_reaches_those_of_the_report_and_nobody_sooner_than_it(world):
    number = await reported(world)
    reference = await handed(world, OWNER)
    dues = {row.recipient: row.due for row in await world.rows("outbox") if row[1:3] == ("staff_alert", reference)}
    walk = await back(world, number)
    await walk.press("write")
    await walk.write(CANARY)
    await walk.press("!done")
    assert "saved and locked" in here(walk)
    [(plain, readers)] = await world.opened_by("addition")
    assert (plain["about"], plain["words"]) == (reference, CANARY)
    [(_, reports)] = await world.opened_by("report")
    assert readers == reports
    added = [row for row in await world.rows("outbox") if row.reference != reference]
    assert {row.recipient for row in added} == readers
    now = int(world.clock().timestamp())
    for row in added:
        assert row.due <= now if row.recipient == OWNER else row.due >= dues[row.recipient]
    assert await world.rows("slots") == []


async def test_once_somebody_has_taken_the_report_up_what_was_added_goes_to_nobody_else(world):
    number = await reported(world)
    reference = await handed(world, OWNER)
    walk = await back(world, number)
    await walk.press("write")
    await walk.write(CANARY)
    await walk.press("!done")
    assert await handing.acknowledge(world.store, reference, OWNER, int(world.clock().timestamp()))
    waiting = {row.recipient for row in await world.rows("outbox") if row.state == "waiting"}
    assert waiting == {OWNER}


@pytest.mark.parametrize(
    ("option", "consent", "given"),
    [
        ("share_no", "share_ok", False),
        ("share_yes", "share_ok", True),
        ("count_no", "count_ok", False),
        ("count_yes", "count_ok", True),
        ("contact_no", "contact_ok", False),
    ],
)
async def test_a_changed_choice_is_sealed_for_those_who_have_the_report(world, option, consent, given):
    walk = await back(world, await reported(world))
    await walk.press("choices")
    await walk.press(option)
    assert "Your new choice is saved." in here(walk)
    [(plain, _)] = await world.opened_by("addition")
    [choice] = plain["consents"]
    assert (choice["consent"], choice["given"]) == (consent, given)


async def test_before_anybody_had_it_taking_it_back_leaves_nothing(world):
    number = await reported(world)
    walk = await back(world, number)
    await walk.press("back_out")
    assert "Nobody has been given your report yet." in here(walk)
    await walk.press("withdraw")
    assert "Your report is destroyed." in here(walk)
    for table in ("documents", "wraps", "outbox", "additions"):
        assert await world.rows(table) == []
    assert "no longer kept here" in here(await back(world, number, "3003"))


async def test_after_it_was_read_the_person_is_told_who_has_it_and_they_are_told_too(world):
    number = await reported(world)
    reference = await handed(world, OWNER)
    walk = await back(world, number)
    await walk.press("back_out")
    assert "Civic Relief Agency" in here(walk)
    assert "What they have read, they know." in here(walk)
    await walk.press("withdraw")
    assert "Your report is taken back." in here(walk)
    [notice] = await world.rows("outbox")
    assert (notice.template, notice.recipient, notice.reference) == ("staff_withdrawn", OWNER, reference)
    again = await back(world, number, "3003")
    assert "you took your report back" in here(again)
    await again.press("write")
    await again.write(CANARY)
    await again.press("!done")
    assert "has not been sent" in here(again)


async def test_if_it_is_handed_out_while_the_person_thinks_they_are_asked_again(world):
    walk = await back(world, await reported(world))
    await walk.press("back_out")
    await handed(world, OWNER)
    await walk.press("withdraw")
    assert "These people have been given your report" in here(walk)
    assert len(await world.rows("documents")) == 1


# --- the number itself ---------------------------------------------------------------------------------------


async def test_the_last_four_digits_are_checked_gently(world):
    walk = Walk(world)
    await walk.to_review()
    await walk.press("send")
    number = walk.screen.number
    await walk.press("check")
    assert (await session(world, walk)).receipt is not None
    wrong = "0000" if not number.endswith("0000") else "1111"
    await walk.write(wrong)
    assert walk.screen.number == number
    await walk.press("check")
    await walk.write(number[-4:])
    assert "What happens next" in here(walk)
    assert (await session(world, walk)).receipt is None


async def test_the_check_can_be_passed_over_and_the_number_is_still_there(world):
    walk = Walk(world)
    await walk.to_review()
    await walk.press("send")
    number = walk.screen.number
    await walk.press("check", "!skip")
    assert walk.screen.number == number
