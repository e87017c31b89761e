"""Stale and forged taps, things that are no answer, and stories longer than a message: nothing is lost by any."""

import re

import pytest

from tests.fakes.telegram import REPORTER_TOKEN
from tests.whole.meeting import Meet, leave, line, only, quiet, read_back, to
from tests.whole.telling import Plan, label

pytestmark = pytest.mark.slow

ALWAYS = ("!leave", "!help", "!language", "!delete")
"""Buttons that do what they say however old they are."""


async def test_stale_and_forged_taps_answer_nothing(meet: Meet) -> None:
    async with meet() as meeting:
        teller = meeting.somebody()
        await to(teller, "under_18")
        await quiet(teller)
        living, seq = only(teller).message_id, teller.seq() or 0
        old = [button["callback_data"] for was in teller.person.earlier() for row in was.keyboard for button in row]
        stale = [data for data in old if not data.endswith(ALWAYS)]
        assert len(stale) > 10
        forged = [" ", "x", ":", f"{seq}:", f"{seq}:nobody", f"{seq}:!nothing", f"{seq}:send", f"{seq + 1}:no", "-1:no"]
        forged += [f"{seq}:no\n", "٣:no", f"{'9' * 20}:no", f"{seq}:{'a' * 50}", '{"a":1}', "0:!done", f"{seq}:no:no"]
        for data in (*stale, *forged):
            await teller.person.tap(data=data, message_id=living)
        await quiet(teller)
        assert (teller.at(), teller.seq()) == ("under_18", seq)
        only(teller)
        await teller.person.tap(
            data=f"{seq}:no", message_id=living + 10_000
        )  # the right answer, on a message long gone
        await quiet(teller)
        assert teller.at() == "about"
        only(teller)
        assert meeting.telegram.unanswered_callbacks() == []
        await teller.tell("review")
        assert label("under_18", "no") in read_back(teller)


async def test_what_is_no_answer_gets_the_present_question_again(meet: Meet) -> None:
    async with meet() as meeting:
        teller = meeting.somebody()
        await to(teller, "entity")
        strange = (
            "🙂",
            "<b>bold</b> & <script>",
            "\u202e\u2066evil",
            "x" * 4096,
            "/nothing",
            "/unknown words after it",
        )
        for text in (*strange, " ", "\u200b\u2060"):
            await teller.person.send_text(text)
        await quiet(teller)
        assert teller.at() == "entity"
        only(teller)
        person = teller.person
        for send in (person.send_sticker, person.send_location, person.send_contact, person.send_voice):
            await send()
        await person.send_photo("words under a picture")
        await person.send_document("a.pdf", b"x")
        await quiet(teller)
        assert teller.at() == "entity"
        kept = [message for message in person.chat() if not message.from_bot]
        assert len(kept) == 6  # what Linnet could not keep stays until the person leaves
        await teller.tell("review")
        for words in ("🙂", "<b>bold</b> & <script>", "evil", "x" * 4000, "/unknown words after it", "x" * 90):
            assert words in read_back(teller).replace("\n\n", "")
        await leave(teller)
        await teller.left()
        await quiet(teller)
        line(teller)


async def test_a_long_story_comes_back_in_parts_that_go_again(meet: Meet) -> None:
    async with meet(webhook=True) as meeting:
        story = tuple(f"{start} {'word ' * 600}" for start in ("one", "two", "three"))
        teller = meeting.somebody(Plan(words={"story": story}))
        await to(teller, "review")
        await quiet(teller)
        parts = [message for message in teller.person.chat() if message.from_bot]
        assert len(parts) > 1
        assert re.findall("one|two|three", read_back(teller)) == ["one", "two", "three"]
        assert [bool(part.keyboard) for part in parts] == [False] * (len(parts) - 1) + [True]
        await teller.confirmed(teller.person.tap(data=teller.data("change")))
        await quiet(teller)
        only(teller)
        await teller.confirmed(teller.person.tap(data=teller.data("!back")))
        await quiet(teller)
        await leave(teller)
        await teller.left()
        await quiet(teller)
        line(teller)


async def test_more_than_can_be_kept_is_said_and_stays_in_the_chat(meet: Meet) -> None:
    async with meet() as meeting:
        teller = meeting.somebody()
        await to(teller, "story")
        for start in ("one", "two", "three"):
            await teller.person.send_text(f"{start} {'w' * 4000}")
        await quiet(teller)
        mine = [message.text[:5] for message in teller.person.chat() if not message.from_bot]
        assert mine == ["three"]
        assert teller.at() == "story"
        await leave(teller)
        await teller.left()
        await quiet(teller)
        line(teller)


async def test_leaving_takes_away_what_can_still_be_taken_away(meet: Meet) -> None:
    async with meet() as meeting:
        teller = meeting.somebody()
        await to(teller, "story")
        await teller.person.send_sticker()
        await quiet(teller)
        meeting.telegram.clock.advance(hours=49)
        for number in range(30):
            await teller.person.send_text(f"words {number}")
        await quiet(teller)
        await leave(teller, "command")
        await teller.person.wait_for(lambda p: not [m for m in p.chat() if m.keyboard])
        await quiet(teller)
        shown = teller.person.chat()
        # The sticker is two days old: Telegram lets nobody but the person delete it.
        assert [(bool(message.content), message.keyboard) for message in shown] == [(False, ()), (True, ())]
        assert not [call for call in meeting.telegram.calls_of("sendMessage", REPORTER_TOKEN) if call.outcome != "ok"]
