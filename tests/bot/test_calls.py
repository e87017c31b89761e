"""What goes out: to whom, when, what it says, and that nobody else can read it."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256

import pytest

from bot.incoming import Command, Open, Typed
from cases.outbox import GAP
from crypto.receipt import derive
from flows.state import Secret
from tests.bot.real_turns import real_world
from tests.bot.walking import USUAL, Walk, shown

CANARY, REACH = "canary 7f3a", "ring 0 555 canary"
TIMES = [(0, 0, 0), (0, 0, 1), (29, 59, 0), (30, 0, 0), (59, 59, 999_999)]
"""Minutes, seconds, microseconds: moments within an hour."""


@pytest.fixture
async def world(tmp_path):
    async with real_world(tmp_path) as world:
        yield world


async def chain(world):
    """(recipient, hours until their turn, hours until their deadline, turn) of the only document, in order."""
    hour = int(world.clock().timestamp()) // 3600
    turns = {row.recipient: row.turn for row in await world.rows("wraps")}
    alerts = [row for row in await world.rows("outbox") if row.template == "staff_alert"]
    rows = sorted(alerts, key=lambda row: (row.due, row.recipient))
    assert set(turns) == {row.recipient for row in rows}
    return [(row.recipient, row.due / 3600 - hour, row.deadline_hour - hour, turns[row.recipient]) for row in rows]


# --- the report ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ways", "readers"),
    [
        ({}, "amara-lind josen-pell mirel-tasso ilka-brandis teodor-quay"),
        ({"works": "staff"}, "amara-lind josen-pell mirel-tasso ilka-brandis teodor-quay"),
        ({"entity": "unsure"}, "mirel-tasso odile-varn runa-teff"),
        ({"entity": "open-well", "station": "salt-stairs"}, "pia-sunder"),
        (
            {"entity": "lantern-works", "station": "dune-crossing"},
            "dario-menk nour-hadey sefa-okum mirel-tasso ilka-brandis teodor-quay",
        ),
        (
            {"under_18": "unsure", "station": "dune-crossing"},
            "sefa-okum nour-hadey mirel-tasso ilka-brandis teodor-quay",
        ),
    ],
)
async def test_a_report_opens_for_those_in_its_chain_and_for_nobody_else(world, ways, readers):
    walk = Walk(world)
    await walk.to_receipt(**ways)
    [(report, found)] = await world.opened_by("report")
    assert found == set(readers.split())
    assert len(world.keys) > len(found) + 5, "the directory holds others, whose keys did not open it"
    assert report["format"] == "linnet report 1"


async def test_the_owner_comes_first_and_depends_on_the_kind(world):
    walk = Walk(world)
    await walk.to_receipt()
    assert [one[0] for one in await chain(world)][:2] == ["amara-lind", "josen-pell"]


async def test_harassment_goes_to_another_owner(world):
    walk = Walk(world)
    await walk.to_receipt(works="staff")
    assert [one[0] for one in await chain(world)][:2] == ["josen-pell", "amara-lind"]


async def test_child_protection_joins_the_owner_at_once(world):
    walk = Walk(world)
    await walk.to_receipt(under_18="yes", station="dune-crossing")
    assert [(who, due, turn) for who, due, _, turn in await chain(world)][:2] == [
        ("nour-hadey", 0, 0),
        ("sefa-okum", 0, 0),
    ]


async def test_a_report_holds_each_question_as_it_was_asked_and_each_answer(world):
    world.clock.set(datetime(2026, 11, 23, 23, 59, tzinfo=UTC))
    walk = Walk(world)
    await walk.do(Open())
    await walk.write("written aside")
    await walk.to_review("fr", CANARY, where="au puits")
    await walk.press("send")
    [(report, _)] = await world.opened_by("report")
    assert (report["language"], report["day"], report["form"]) == ("fr", "2026-11-23", world.book.digest)
    told = {one["node"]: one for one in report["answers"]}
    assert list(told) == [
        "affected", "under_18", "about", "story", "elapsed", "actor", "entity", "works", "station", "where",
        "keep_place", "also",
    ]  # fmt: skip
    assert told["story"]["text"] == CANARY
    assert told["where"]["text"] == "au puits"
    assert told["also"]["text"] == "written aside"
    assert told["entity"]["answer"] == {
        "id": "civic-relief",
        "en": "Civic Relief Agency (fictional)",
        "fr": "Agence de secours civique (fictive)",
    }
    for name, one in told.items():
        node = world.book.nodes[name]
        assert one["question"]["en"] == node.ask.english
        assert one["question"]["fr"] == world.languages.phrase("fr", node.ask.context, node.ask.english)
    suggested = {"route": "sea_focal_point", "tags": ["sea"], "urgent": False, "rule": "aid-worker-and-community"}
    assert report["suggested"] == suggested


@pytest.mark.parametrize(("elapsed", "urgent"), [("within_72h", True), ("within_120h", False), ("", False)])
async def test_a_report_says_that_it_is_urgent_when_its_alert_was(world, elapsed, urgent):
    walk = Walk(world)
    await walk.to_receipt(elapsed=elapsed)
    [(report, _)] = await world.opened_by("report")
    assert report["suggested"]["urgent"] is urgent
    assert {row.priority for row in await world.rows("outbox")} == {"urgent" if urgent else "normal"}


async def test_whom_to_leave_out_and_what_was_said_for_a_counsellor_is_never_in_a_report(world):
    world.without("wanja-birk", "leila-amsar", "henrik-solay")  # so that words for a counsellor stay here
    walk = Walk(world)
    await walk.to_story(keep_place="station")
    await walk.press("!help", "talk", "wishes", "staff", "woman_only", "video", "night")
    await walk.write(REACH)
    await walk.press("!done", "go_on")
    await walk.write("the story")
    await walk.press("!done")
    while walk.asked() != "keep_from":
        await walk.press(
            walk.ways.get(walk.asked(), USUAL.get(walk.asked(), "!skip" if walk.screen.writes else "go_on"))
        )
    await walk.write(CANARY)
    await walk.on()
    assert walk.answer("keep_from") == "(kept out of the report)"
    await walk.press("send")
    [(report, _)] = await world.opened_by("report")
    for word in (CANARY, REACH, "c_group", "c_gender", "woman", "video", "night", "keep_from"):
        assert word not in str(report), word
    kept_place = next(one for one in report["answers"] if one["node"] == "keep_place")
    assert kept_place["answer"]["id"] == "station", "its readers are told the place, so that they keep to it"
    assert await world.rows("slots") == [], "and the words are gone from here"


async def test_words_are_sealed_as_they_were_written(world):
    words = "  two spaces\n\n\ta tab \u202eturned\u202c <b>&amp; \u0000 👩‍👩‍👧 e\u0301 "
    walk = Walk(world)
    await walk.to_receipt(story=words)
    [(report, _)] = await world.opened_by("report")
    assert next(one for one in report["answers"] if one["node"] == "story")["text"] == words


async def test_what_was_skipped_and_what_was_said_on_the_way_is_not_sent(world):
    walk = Walk(world)
    await walk.to_story()
    await walk.on()
    await walk.press("send")
    [(report, _)] = await world.opened_by("report")
    for one in report["answers"]:
        assert one.get("answer") or one.get("text"), "nothing is sent as unanswered"
    for name in ("story", "where", "names", "safe", "danger", "want", "language", "story_ok", "share_ok"):
        assert name not in {one["node"] for one in report["answers"]}, name


async def test_an_answer_that_was_changed_leaves_nothing_of_the_old_one(world):
    walk = Walk(world)
    await walk.to_review(story=CANARY)
    await walk.press("change", "story", "erase")
    assert CANARY not in shown(walk.screen)
    await walk.press("change", "under_18", "yes")
    await walk.on()
    await walk.press("send")
    [(report, _)] = await world.opened_by("report")
    assert CANARY not in str(report)
    assert "story" not in {one["node"] for one in report["answers"]}, "no story is asked for, so none is sent"


async def test_two_reports_of_one_person_have_nothing_in_common(world):
    walk = Walk(world)
    receipts = []
    for _ in range(2):
        await walk.to_receipt(story=CANARY)
        receipts.append(walk.screen.number)
        await walk.press("kept", "next", "leave")
    one, other = await world.rows("documents")
    assert len({one.reference, other.reference}) == len({one.lookup, other.lookup}) == len(set(receipts)) == 2
    assert len(one.body) == len(other.body)
    pseudonym = world.vault.pseudonym("telegram", walk.person)
    for table in ("documents", "wraps", "outbox"):
        for row in await world.rows(table):
            assert not any(pseudonym in value for value in row if isinstance(value, bytes))
    assert await world.rows("sessions") == []


async def test_the_number_leads_to_its_report_and_to_its_mailbox(world):
    walk = Walk(world)
    await walk.to_receipt()
    [row] = await world.rows("documents")
    keys = derive(walk.screen.number.replace(" ", ""), pepper=world.vault.receipt_pepper)
    assert (row.lookup, row.mailbox) == (keys.lookup_id, keys.mailbox.public.raw)


# --- when ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", TIMES)
@pytest.mark.parametrize("elapsed", ["within_6_months", "within_24h"])
async def test_turns_follow_each_other_by_the_clock_and_tell_no_minute(world, elapsed, moment):
    minute, second, microsecond = moment
    now = datetime(2026, 11, 23, 8, minute, second, microsecond, tzinfo=UTC)
    world.clock.set(now)
    walk = Walk(world)
    await walk.to_receipt(elapsed=elapsed)
    urgent = elapsed == "within_24h"
    clock = 1 if urgent else 24
    after = [0, clock, clock * 1.5, clock * 2, clock * 2.5]
    rows = await chain(world)
    begun = 0 if moment == (0, 0, 0) else 1  # the next full hour
    assert [due for _, due, _, _ in rows] == [0, *(begun + hours for hours in after[1:])]
    for (_, due, deadline, turn), hours, rank in zip(rows, after, range(5), strict=True):
        assert turn == rank
        assert due * 3600 >= hours * 3600 + (minute * 60 + second if hours else 0), "nobody's turn comes too early"
        assert deadline == -(-(begun + hours + clock) // 1), "whole hours, and a whole clock to answer"
    assert rows[1][1] == rows[0][2], "the second turn comes when the first one's deadline is over, not before"
    assert {row.priority for row in await world.rows("outbox")} == {"urgent" if urgent else "normal"}
    assert {row.day for row in await world.rows("documents")} == {int(now.timestamp()) // 86_400}


# --- nobody ----------------------------------------------------------------------------------------------------


async def test_when_nobody_can_receive_it_that_is_said_and_nothing_is_lost(world):
    whole = world.people
    world.without(*world.keys)
    walk = Walk(world)
    screen = await walk.to_receipt(story=CANARY)
    assert "there is nobody here who could receive your report safely" in shown(screen)
    assert screen.number is None
    assert [len(await world.rows(table)) for table in ("documents", "wraps")] == [0, 0]
    [gap] = await world.rows("outbox")
    day = int(world.clock().timestamp()) // 86_400
    assert (gap.template, gap.reference, gap.recipient) == (GAP, f"day{day}", "runa-teff")
    assert CANARY in shown(await walk.press("again"))
    await walk.press("send", "again")
    assert len(await world.rows("outbox")) == 1, "trying again and again calls the coordinator once a day"
    world.people = whole
    await walk.press("send")
    assert walk.screen.number
    [(report, _)] = await world.opened_by("report")
    assert CANARY in str(report)


# --- asking for a counsellor -------------------------------------------------------------------------------------


async def ask(walk, words=REACH):
    """From wherever somebody is, by way of help."""
    await walk.press("!help", "talk", "any")
    await walk.write(words)
    return await walk.press("!done")


@pytest.mark.parametrize(
    ("language", "readers"),
    [
        ("en", {"wanja-birk", "henrik-solay", "ines-calver", "paulo-verdin", "soraya-linh"}),
        ("fr", {"leila-amsar", "henrik-solay", "idris-tamal"}),
        ("ar", {"leila-amsar", "henrik-solay", "idris-tamal"}),
    ],
)
async def test_words_for_a_counsellor_open_for_counsellors_only(world, language, readers):
    walk = Walk(world)
    await walk.to_story(language)
    await walk.write(CANARY)
    await ask(walk)
    [(plain, found)] = await world.opened_by("referral")
    assert plain == {"format": "linnet referral 2", "language": language, "words": {"reach": REACH}, "wishes": []}
    assert found == readers
    await walk.press("go_on")
    assert walk.screen.writes, "back at the question that was interrupted"


async def test_wishes_go_with_the_request_in_both_languages_and_are_then_forgotten(world):
    walk = Walk(world)
    await walk.to_story("fr")
    await walk.press("!help", "talk", "wishes", "community", "woman", "!skip", "afternoon")
    await walk.write(REACH)
    await walk.press("!done")
    [(plain, _)] = await world.opened_by("referral")
    assert {one["node"]: one["answer"]["id"] for one in plain["wishes"]} == {
        "c_group": "community",
        "c_gender": "woman",
        "c_when": "afternoon",
    }
    for one in plain["wishes"]:
        node = world.book.nodes[one["node"]]
        assert one["question"]["en"] == node.ask.english
    await walk.press("go_on", "!help", "talk", "any")
    await walk.write("second way")
    await walk.press("!done")
    assert sorted(len(plain["wishes"]) for plain, _ in await world.opened_by("referral")) == [0, 3]


async def test_before_anything_was_answered_any_counsellor_who_speaks_the_language_may_be_asked(world):
    walk = Walk(world)
    await walk.do(Open())
    await walk.press("fr")
    await ask(walk)
    [(_, found)] = await world.opened_by("referral")
    assert found == {"leila-amsar", "henrik-solay", "idris-tamal"}
    assert [who for who, *_ in await chain(world)] == ["leila-amsar", "henrik-solay", "idris-tamal"]


async def test_a_report_and_a_call_for_a_counsellor_cannot_be_brought_together(world):
    walk = Walk(world)
    await walk.to_story()
    await ask(walk)
    assert await world.rows("slots") == [], "what was locked for the counsellor is not in the draft any more"
    await walk.press("go_on")
    await walk.write(CANARY)
    await walk.on()
    assert REACH not in shown(walk.screen)
    await walk.press("send")
    [(report, readers)] = await world.opened_by("report")
    [(referral, asked)] = await world.opened_by("referral")
    assert not readers & asked
    assert REACH not in str(report)
    assert CANARY not in str(referral)
    one, other = await world.rows("documents")
    named = {"report": one, "referral": other} if one.purpose == "report" else {"report": other, "referral": one}
    assert (named["referral"].lookup, named["referral"].mailbox) == (None, None), "no number leads to it"
    for value in named["report"]:
        assert value not in [value for value in named["referral"] if not isinstance(value, int)]
    assert {row.priority for row in await world.rows("outbox")} == {"normal"}


async def test_without_a_counsellor_that_is_said_and_the_words_go_nowhere(world):
    world.without(*(one for one, person in world.people.directory.people.items() if person.tier is not None))
    walk = Walk(world)
    await walk.to_story()
    screen = await ask(walk)
    assert "Nothing has been sent" in shown(screen)
    assert await world.rows("documents") == []
    await walk.press("go_on")
    await walk.on()
    assert REACH not in shown(walk.screen)
    await walk.press("send")
    [(report, _)] = await world.opened_by("report")
    assert REACH not in str(report)
    assert await world.rows("slots") == []


async def test_asking_twice_asks_twice_with_what_was_written_each_time(world):
    walk = Walk(world)
    await walk.to_story()
    for words in ("first way", "second way"):
        await ask(walk, words)
        await walk.press("go_on")
    found = sorted(str(plain["words"]["reach"]) for plain, _ in await world.opened_by("referral"))
    assert found == ["first way", "second way"]


# --- the number ----------------------------------------------------------------------------------------------------


async def kept_receipt(world, walk):
    from cases.turns import read  # noqa: PLC0415 -- used once

    pseudonym = world.vault.pseudonym(walk.channel, walk.person)
    row, _ = await read(world.store, pseudonym, b"")
    return world.turns.sessions.opened(pseudonym, row).receipt


@pytest.mark.parametrize("way_out", ["kept", "no_need"])
async def test_the_number_stays_until_the_person_has_it_and_is_then_forgotten(world, way_out):
    walk = Walk(world)
    await walk.to_receipt()
    number = walk.screen.number
    for aside in ("!help", "!language"):
        screen = await walk.press(aside)
        assert screen.number is None
        assert number not in shown(screen)
        await walk.press("en" if aside == "!language" else "back")
        assert walk.screen.number == number
    await walk.do(Command("delete"))
    assert (await walk.press("back")).number == number
    assert (await walk.write("what now?")).number == number
    walk.turns = world.another()
    assert (await walk.do(Open())).number == number
    assert await kept_receipt(world, walk) == number.replace(" ", "")
    await walk.press(way_out)
    assert await kept_receipt(world, walk) is None
    assert number not in shown(walk.screen)


async def test_nobody_is_shown_an_empty_number(world):
    """Going back to the number after it was forgotten must not show a screen that promises one."""
    walk = Walk(world)
    await walk.to_receipt()
    await walk.press("kept")
    for happened in (Command("back"), Typed(Secret("back"))):
        screen = await walk.do(happened)
        assert "This is your number" not in shown(screen)
    assert "!back" not in [one.id for one in walk.screen.asides]


async def test_erasing_everything_at_the_number_forgets_it_and_keeps_the_report(world):
    walk = Walk(world)
    await walk.to_receipt()
    number = walk.screen.number
    await walk.do(Command("delete"))
    await walk.press("erase")
    assert await kept_receipt(world, walk) is None
    assert number not in shown(walk.screen)
    assert len(await world.rows("documents")) == 1


# --- consents ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_every_consent_is_recorded_as_it_was_asked_and_answered(world, language):
    walk = Walk(world)
    await walk.to_story(language, share_ok="no", count_ok="")
    await walk.on(story=CANARY)
    await walk.press("send")
    [(report, _)] = await world.opened_by("report")
    found = {one["consent"]: one for one in report["consents"]}
    answered = {name: (one["given"], one["asked"]) for name, one in found.items()}
    assert answered == {
        "story_ok": (True, True),
        "name_ok": (False, False),
        "share_ok": (False, True),
        "count_ok": (False, True),
    }
    for name, one in found.items():
        node = world.book.nodes[name]
        assert one["scope"] == node.consent
        assert one["language"] == language
        assert one["words"]["en"] == node.ask.english
        assert one["words"][language] == world.languages.phrase(language, node.ask.context, node.ask.english)
        assert one["version"] == sha256(node.ask.english.encode()).hexdigest()[:12]
        assert one["until"]
    assert not set(found) & {one["node"] for one in report["answers"]}


async def test_a_consent_that_was_passed_over_on_the_way_to_the_end_was_not_asked_for(world):
    walk = Walk(world)
    await walk.to_story()
    await walk.write(CANARY)
    await walk.press("!enough", "yes", "!enough", "send")
    [(report, _)] = await world.opened_by("report")
    answered = {one["consent"]: (one["given"], one["asked"]) for one in report["consents"]}
    assert answered == {
        "story_ok": (True, True),
        "name_ok": (False, False),
        "share_ok": (False, False),
        "count_ok": (False, False),
    }


async def test_a_consent_that_was_passed_over_and_then_looked_at_was_asked_for(world):
    walk = Walk(world)
    await walk.to_story()
    await walk.press("!enough", "change", "share_ok", "!skip", "change", "count_ok", "yes", "send")
    [(report, _)] = await world.opened_by("report")
    answered = {one["consent"]: (one["given"], one["asked"]) for one in report["consents"]}
    assert (answered["share_ok"], answered["count_ok"]) == ((False, True), (True, True))


@pytest.mark.parametrize("way", ["no", ""])
@pytest.mark.parametrize("withheld", ["story", "names"])
async def test_words_without_consent_are_in_no_sealed_document(world, withheld, way):
    walk = Walk(world)
    await walk.to_story(**{"story_ok" if withheld == "story" else "name_ok": way})
    await ask(walk)
    await walk.press("go_on")
    await walk.on(**({"story": "the story", "names": "the name"} | {withheld: CANARY}))
    assert CANARY not in shown(walk.screen)
    await walk.press("send")
    documents = [plain for purpose in ("report", "referral") for plain, _ in await world.opened_by(purpose)]
    assert len(documents) == 2
    assert CANARY not in str(documents)
    assert ("the name" if withheld == "story" else "the story") in str(documents), "each consent is for its own words"
    assert withheld not in str([one["node"] for one in documents[0]["answers"]])
    assert await world.rows("slots") == [], "and nothing of them stays here"


async def test_words_whose_consent_is_taken_back_at_the_read_back_are_not_sent(world):
    walk = Walk(world)
    await walk.to_review(story=CANARY)
    assert CANARY in shown(walk.screen)
    await walk.press("change", "story_ok", "no", "send")
    [(report, _)] = await world.opened_by("report")
    assert CANARY not in str(report)
    assert [one["given"] for one in report["consents"] if one["consent"] == "story_ok"] == [False]
