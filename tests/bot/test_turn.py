"""One turn, with everything real behind it: what it keeps, what it shows, and what it never does twice."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.incoming import Command, Open, Other, Tap, Typed
from bot.turn import NotSaved
from cases.turns import read
from flows.state import Secret
from tests.bot.real_turns import real_world
from tests.bot.walking import TO_STORY, Walk, shown

CANARY = "canary 7f3a"
TO_WHERE = ("yes", "within_6_months", "go_on", "aid_worker", "civic-relief", "community", "port-lumen")
TO_REVIEW = ("!skip", "!skip", "no", "yes", "no")
"""The buttons after the story's last to the question where it was, and after that one's to the read-back."""
TABLES = ("sessions", "slots", "inbox", "documents", "wraps", "outbox")


@pytest.fixture
async def world(tmp_path):
    async with real_world(tmp_path) as world:
        yield world


async def everything(world):
    return {table: sorted(map(tuple, await world.rows(table)), key=repr) for table in TABLES}


def notes(world, key):
    return {world.languages.word(tag, f"notice_{key}") for tag in world.languages.tags}


def story(world):
    return world.book.nodes["story"].ask.english.split("\n\n")[0]


# --- the first event -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("happened", "notice"),
    [
        (Open(), None),
        (Other(), "unusable"),
        (Tap("en", 5), "stale"),
        (Tap("!back", 5), "stale"),
        (Tap("", -1), "stale"),
        (Tap("send", 0), "stale"),
        (Typed(Secret("hello, is somebody there")), "kept_aside"),
        (Typed(Secret("\u200b \n")), "choose"),
        (Command("back"), "no_back"),
        (Command("skip"), "no_skip"),
        (Command("nonsense"), None),
    ],
)
async def test_whatever_somebody_does_first_they_are_asked_for_their_language(world, happened, notice):
    walk = Walk(world)
    screen = await walk.do(happened)
    assert [button.id for button in screen.options] == list(world.book.languages)
    assert screen.notice == (world.languages.word("en", f"notice_{notice}") if notice else None)
    assert walk.reply.repeat is False
    await walk.press("fr", "go_on")
    assert screen.language == "en"
    assert walk.screen.language == "fr"


@pytest.mark.parametrize("happened", [Command("leave"), Tap("!leave", 3), Typed(Secret("EXIT")), Typed(Secret("خروج"))])
async def test_somebody_may_leave_first_and_nothing_stays_of_them(world, happened):
    walk = Walk(world)
    assert (await walk.do(happened)).ended
    kept = await everything(world)
    assert len(kept.pop("inbox")) == 1
    assert not any(kept.values())


@pytest.mark.parametrize("name", ["help", "language", "delete"])
async def test_an_aside_may_come_first_and_leads_back(world, name):
    walk = Walk(world)
    await walk.do(Command(name))
    await walk.press("!back")
    assert [button.id for button in walk.screen.options] == list(world.book.languages)


async def test_words_written_before_anything_was_asked_are_shown_at_read_back(world):
    walk = Walk(world)
    await walk.write(CANARY)
    await walk.to_review(story="the rest")
    assert CANARY in shown(walk.screen)
    assert walk.screen.told[-1].answer == CANARY


@pytest.mark.parametrize(
    ("hint", "tag"), [("ar", "ar"), ("fr-CA", "fr"), ("", "en"), ("zz-Zzzz", "en"), ("\x00", "en")]
)
async def test_before_a_language_is_chosen_the_app_s_own_is_used(world, hint, tag):
    walk = Walk(world, hint=hint)
    assert (await walk.do(Open())).language == tag


# --- the whole conversation ------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "fr", "ar", "zh"])
async def test_a_whole_conversation(world, language):
    walk = Walk(world)
    screen = await walk.to_review(language, CANARY, where="by the well")
    assert (screen.language, screen.direction) == (language, world.languages.direction(language))
    assert [walk.answer(name) for name in ("story", "where")] == [CANARY, "by the well"]
    assert await world.rows("documents") == []
    screen = await walk.press("send")
    assert [len(group) for group in screen.number.split(" ")] == [4] * 4
    assert screen.number in shown(replace(screen, number=None)).replace("\u2068", "").replace("\u2069", "")
    assert len(await world.rows("documents")) == 1
    assert await world.rows("slots") == []
    screen = await walk.press("kept")
    assert screen.number is None
    assert (await walk.press("next", "leave")).ended
    kept = await everything(world)
    assert kept["sessions"] == kept["slots"] == []
    assert len(kept["documents"]) == 1


async def test_several_messages_make_one_answer(world):
    walk = Walk(world)
    await walk.to_story()
    screen = await walk.write("one")
    assert screen.notice in notes(world, "kept")
    screen = await walk.write("two")
    assert screen.notice in notes(world, "kept_more")
    assert screen.written == "one\ntwo"
    await walk.on()
    assert walk.answer("story") == "one\ntwo"


async def test_a_repeated_delivery_changes_nothing_and_shows_the_present_question(world):
    """Every delivery of a conversation is delivered again at once, and all earlier ones with it."""
    walk = Walk(world)
    steps = [Open(), "en", *TO_STORY[:3], Typed(Secret(CANARY)), *TO_STORY[3:], Typed(Secret("a")), Typed(Secret("b"))]
    steps += ["!help", "!back", "!done", Typed(Secret("c")), "!back", "!done", *TO_WHERE, "!skip", "!back", "!skip"]
    steps += [*TO_REVIEW, "change", "review", "send", "!help", "!back", "kept"]
    for step in steps:
        present = await walk.do(walk.tap(step) if isinstance(step, str) else step)
        kept = await everything(world)
        again = [walk.deliveries[-1], walk.deliveries[0], walk.deliveries[len(walk.deliveries) // 2]]
        for delivery in again:
            reply = await world.turns.take(delivery)
            assert reply.repeat is True
            assert reply.screen == replace(present, notice=None)
        assert await everything(world) == kept
    assert len(await world.rows("documents")) == 1
    await walk.press("next", "leave")
    kept = await everything(world)
    for delivery in walk.deliveries:
        reply = await world.turns.take(delivery)
        assert (reply.repeat, reply.screen.ended) == (True, True), "what is over does not begin again by a repeat"
    assert await everything(world) == kept


async def test_the_same_delivery_many_times_at_once_is_one_turn(world):
    walk = Walk(world)
    await walk.to_story()
    delivery = walk.incoming(Typed(Secret(CANARY)))
    other = world.another()
    replies = await asyncio.gather(*((world.turns, other)[n % 2].take(delivery) for n in range(8)))
    assert sorted(reply.repeat for reply in replies) == [False] + [True] * 7
    assert {reply.screen.written for reply in replies} == {CANARY}


async def test_two_taps_at_once_one_answers_and_the_other_is_told_that_it_came_late(world):
    walk = Walk(world)
    await walk.to_review()
    seq = walk.screen.seq
    taps = [walk.incoming(Tap("send", seq)) for _ in range(3)]
    other = world.another()
    replies = await asyncio.gather(*((world.turns, other)[n % 2].take(tap) for n, tap in enumerate(taps)))
    assert len(await world.rows("documents")) == 1
    assert len({reply.screen.number for reply in replies}) == 1
    assert (
        sorted(reply.screen.notice or "" for reply in replies)
        == ["", *sorted(notes(world, "stale"))[:1] * 0] + [world.languages.word("en", "notice_stale")] * 2
    )


# --- somebody else in between ----------------------------------------------------------------------------


def between(monkeypatch, act, times=1):
    """Let ``act`` happen after a turn has read and before it commits, ``times`` times."""
    from bot import turn  # noqa: PLC0415 -- the module whose name is replaced

    real, left, within = turn.commit, times, False

    async def commit(*given, **more):
        nonlocal left, within
        if left and not within:
            left, within = left - 1, True
            await act()
            within = False
        return await real(*given, **more)

    monkeypatch.setattr(turn, "commit", commit)


async def test_a_turn_that_was_overtaken_is_done_again_on_what_is_there(world, monkeypatch):
    walk, other = Walk(world), world.another()
    await walk.to_story()
    theirs = walk.incoming(Typed(Secret("theirs")))
    between(monkeypatch, lambda: other.take(theirs))
    screen = await walk.write("mine")
    assert screen.written == "theirs\nmine"
    assert len(await world.rows("slots")) == 1


async def test_a_report_that_was_overtaken_is_sealed_again_with_what_was_added(world, monkeypatch):
    walk, other = Walk(world), world.another()
    await walk.to_review()
    theirs = walk.incoming(Typed(Secret(CANARY)))
    between(monkeypatch, lambda: other.take(theirs))
    screen = await walk.press("send")
    assert screen.notice in notes(world, "stale"), "the person had not seen all of what would be sent"
    assert await world.rows("documents") == []
    assert screen.told[-1].answer == CANARY


async def test_the_same_delivery_done_elsewhere_in_between_is_a_repeat(world, monkeypatch):
    walk, other = Walk(world), world.another()
    await walk.to_review()
    delivery = walk.incoming(walk.tap("send"))
    replies = []

    async def first():
        replies.append(await other.take(delivery))

    between(monkeypatch, first)
    await walk.deliver(delivery)
    assert (walk.reply.repeat, replies[0].repeat) == (True, False)
    assert walk.screen == replies[0].screen
    assert len(await world.rows("documents")) == 1


async def test_leaving_wins_over_a_turn_in_between(world, monkeypatch):
    """Whoever leaves first in one process while another has just begun their session leaves nothing behind."""
    walk, other = Walk(world), world.another()
    begun = walk.incoming(Typed(Secret(CANARY)))
    between(monkeypatch, lambda: other.take(begun))
    assert (await walk.do(Command("leave"))).ended
    assert await world.rows("sessions") == await world.rows("slots") == []


async def test_a_person_who_is_always_overtaken_is_asked_to_try_again(world, monkeypatch):
    walk, other = Walk(world), world.another()
    await walk.to_story("fr")
    between(monkeypatch, lambda: other.take(walk.incoming(Typed(Secret("x")))), times=100)
    with pytest.raises(NotSaved) as caught:
        await walk.write(CANARY)
    assert caught.value.text == world.languages.word("fr", "not_saved")
    monkeypatch.undo()
    assert (await walk.write("at last")).written.count(CANARY) == 0


# --- death -----------------------------------------------------------------------------------------------


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_process_that_dies_around_any_commit_loses_and_repeats_nothing(world, monkeypatch, when):
    from bot import turn  # noqa: PLC0415 -- the module whose name is replaced

    real = turn.commit

    async def commit(*given, **more):
        if when == "after":
            await real(*given, **more)
        raise Killed

    walk = Walk(world)
    steps = [Open(), "en", *TO_STORY, Typed(Secret("one")), Typed(Secret("two")), "!done"]
    steps += [*TO_WHERE, "!skip", *TO_REVIEW, "send", "kept"]
    for step in steps:
        delivery = walk.incoming(walk.tap(step) if isinstance(step, str) else step)
        monkeypatch.setattr(turn, "commit", commit)
        kept = await everything(world)
        with pytest.raises(Killed):
            await walk.turns.take(delivery)
        if when == "before":
            assert await everything(world) == kept
        monkeypatch.setattr(turn, "commit", real)
        walk.turns = world.another()  # started anew: nothing of it was in memory
        await walk.deliver(delivery)
        assert walk.reply.repeat is (when == "after")
        if step == "send":
            assert walk.screen.number
    assert len(await world.rows("documents")) == 1
    [(report, _)] = await world.opened_by("report")
    assert [one["text"] for one in report["answers"] if one["node"] == "story"] == ["one\ntwo"]


@pytest.mark.parametrize("forgets", ["erasing", "sending"])
async def test_what_is_forgotten_takes_its_key_along(world, forgets):
    """A backup may still hold the words; the key that opens them must not live on in the session."""
    walk = Walk(world)
    pseudonym = world.vault.pseudonym(walk.channel, walk.person)

    async def key():
        return world.turns.sessions.opened(pseudonym, (await read(world.store, pseudonym, b""))[0]).key

    await walk.to_review(story=CANARY)
    before = await key()
    await walk.press(*(("send",) if forgets == "sending" else ("!delete", "erase")))
    assert await key() != before
    assert await world.rows("slots") == []


async def test_nothing_is_remembered_of_people_once_their_turns_are_done(world):
    await asyncio.gather(*(Walk(world, f"{n}").to_story() for n in range(5)))
    assert world.turns._one_by_one._queues == {}
