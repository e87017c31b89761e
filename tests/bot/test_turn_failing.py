"""When something is wrong with what is kept, or with the database: nothing is lost in silence, nothing is doubled."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from dataclasses import replace
from datetime import date
from secrets import token_bytes

import pytest
from sqlalchemy import text

from bot.incoming import Command, Notes, Open, Other, Tap, Typed
from bot.turn import NotSaved
from cases.retention import sweep
from crypto.vault import Secrets, Vault, new_secrets
from flows.canonical import from_json, to_json
from flows.state import Secret
from tests.bot.real_turns import real_world
from tests.bot.walking import Walk, shown

CANARY = "canary 7f3a"


@pytest.fixture
async def world(tmp_path):
    async with real_world(tmp_path) as world:
        yield world


async def run(world, statement, **values):
    async with world.store.writing() as connection:
        await connection.execute(text(statement), values)


async def counted(world, *tables):
    return [len(await world.rows(table)) for table in tables]


def word(world, tag, key):
    return world.languages.word(tag, key)


# --- what cannot be read any more ------------------------------------------------------------------------


async def damage(world, how):
    [row] = await world.rows("sessions")
    if how == "session":
        await run(world, "UPDATE sessions SET body = :body", body=row.body[:-1] + bytes([row.body[-1] ^ 1]))
    elif how == "slot":
        [slot] = await world.rows("slots")
        await run(
            world, "UPDATE slots SET body = :body", body=slot.body[:20] + bytes([slot.body[20] ^ 1]) + slot.body[21:]
        )
    elif how == "cut off":
        await run(world, "UPDATE sessions SET body = :body", body=b"")
    else:  # the row of somebody else
        other = Walk(world, "1002")
        await other.to_story()
        [theirs] = [one for one in await world.rows("sessions") if one.pseudonym != row.pseudonym]
        await run(world, "DELETE FROM sessions WHERE pseudonym = :one", one=theirs.pseudonym)
        await run(world, "UPDATE sessions SET body = :body", body=theirs.body)


HAPPENED = [Tap("!done", 0), Open(), Typed(Secret("what I write now")), Other(), Command("back"), Command("help")]


@pytest.mark.parametrize("how", ["session", "slot", "cut off", "another's"])
async def test_a_damaged_conversation_begins_anew_and_says_so(world, how):
    walk = Walk(world)
    await walk.to_story()
    if how != "another's":  # with words, the other one's key would not fit anyway
        await walk.write(CANARY)
    await damage(world, how)
    screen = await walk.do(Open())
    assert screen.notice == word(world, "en", "notice_lost")
    assert [button.id for button in screen.options] == list(world.book.languages)
    assert await counted(world, "sessions", "slots", "documents") == [1, 0, 0]
    await walk.to_review(story="told again")
    assert CANARY not in shown(walk.screen)
    await walk.press("send")
    assert await counted(world, "documents") == [1]


@pytest.mark.parametrize("happened", HAPPENED)
async def test_whatever_the_person_does_they_are_told_first_that_it_is_lost(world, happened):
    walk, told = Walk(world), []

    def remember(notes, kept):
        told.append(kept)
        return notes

    await walk.to_story()
    await walk.write(CANARY)
    await damage(world, "session")
    if isinstance(happened, Tap):
        happened = walk.tap(happened.button)
    screen = await walk.do(happened, remember)
    assert screen.notice == word(world, "en", "notice_lost")
    assert told == [not isinstance(happened, Other)], "a sticker was not kept, whatever else there is to say"
    assert await counted(world, "documents") == [0]
    if isinstance(happened, Typed):
        await walk.to_review(story="x")
        assert walk.screen.told[-1].answer == "what I write now"


async def test_leaving_needs_no_readable_conversation(world):
    walk = Walk(world)
    await walk.to_story()
    await walk.write(CANARY)
    await damage(world, "session")
    assert (await walk.do(Command("leave"))).ended
    assert await counted(world, "sessions", "slots") == [0, 0]


async def test_a_send_that_meets_a_damaged_draft_sends_nothing(world):
    walk = Walk(world)
    await walk.to_review(story=CANARY)
    await damage(world, "slot")
    screen = await walk.press("send")
    assert screen.notice == word(world, "en", "notice_lost")
    assert await counted(world, "documents", "outbox", "slots") == [0, 0, 0]


async def test_a_repeat_of_what_cannot_be_read_touches_nothing(world):
    walk = Walk(world)
    await walk.to_story()
    await damage(world, "cut off")
    reply = await world.turns.take(walk.deliveries[-1])
    assert (reply.repeat, reply.notes) == (True, Notes())
    await world.turns.note("telegram", walk.person, lambda _: Notes(5))
    await world.turns.gone("telegram", walk.person)
    assert await counted(world, "sessions") == [1], "the next turn begins anew and says so"


async def test_a_destroyed_key_is_the_end_of_its_drafts_and_nothing_else(world):
    old, new = world.vault.secrets, new_secrets(token_bytes, date(2100, 1, 1))
    newest = replace(new.vault_keys[-1], number=old.vault_keys[-1].number + 1)
    walk = Walk(world)
    await walk.to_story()
    await walk.write(CANARY)
    both = world.another(vault=Vault(Secrets(old.root, (*old.vault_keys, newest))))
    walk.turns = both
    assert CANARY in (await walk.do(Open())).written, "an older key that is still there is used"
    other = Walk(world, "1002")
    await other.to_story()
    retired = world.another(vault=Vault(Secrets(old.root, (newest,))))
    walk.turns = other.turns = retired
    assert CANARY in (await walk.do(Open())).written, "every turn writes under the newest key"
    assert (await other.do(Open())).notice == word(world, "en", "notice_lost")


# --- what has expired --------------------------------------------------------------------------------------


@pytest.mark.parametrize("swept", [False, True])
async def test_an_expired_draft_is_not_shown_whether_it_was_swept_or_not(world, swept):
    walk = Walk(world)
    await walk.to_story()
    await walk.write(CANARY)
    world.clock.set(world.clock().replace(minute=59, second=59))
    world.clock.move(hours=72)
    assert (await walk.do(Open())).written == CANARY, "to the last second of the hour"
    world.clock.move(hours=72, seconds=1)
    if swept:
        await sweep(world.store, hour=int(world.clock().timestamp()) // 3600, draft_hours=72)
        assert await counted(world, "sessions", "slots") == [0, 0]
    screen = await walk.do(Open())
    assert [button.id for button in screen.options] == list(world.book.languages)
    assert await counted(world, "slots") == [0]
    await walk.to_review(story="x")
    assert CANARY not in shown(walk.screen)


async def test_a_button_of_an_expired_draft_answers_nothing(world):
    walk = Walk(world)
    await walk.to_review(story=CANARY)
    world.clock.move(hours=74)
    screen = await walk.press("send")
    assert CANARY not in shown(screen)
    assert await counted(world, "documents") == [0]


# --- the database does not take it ---------------------------------------------------------------------------


@pytest.fixture
def refusing(world, tmp_path):
    """A table whose absence makes every commit fail while reading works, put back on request."""

    async def refuse(*, really=True):
        old, new = ("documents", "elsewhere") if really else ("elsewhere", "documents")
        await run(world, f"ALTER TABLE {old} RENAME TO {new}")

    return refuse


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
async def test_what_cannot_be_saved_is_said_in_the_language_of_the_person(world, refusing, language):
    walk = Walk(world, hint="en")
    await walk.to_review(language, CANARY)
    before, screen = await counted(world, "sessions", "slots", "inbox"), walk.screen
    tap = walk.incoming(walk.tap("send"))
    await refusing()
    with pytest.raises(NotSaved) as caught:
        await walk.deliver(tap)
    assert caught.value.text == word(world, language, "not_saved")
    assert len(caught.value.text) <= 200, "it must fit into the answer to a tap"
    for told in (str(caught.value), repr(caught.value.__cause__), repr(caught.value.__context__)):
        assert CANARY not in told
        assert "documents" not in told
    await refusing(really=False)
    assert await counted(world, "sessions", "slots", "inbox", "documents") == [*before, 0]
    await walk.deliver(tap)
    assert walk.reply.repeat is False
    assert walk.screen.number
    assert walk.screen.seq > screen.seq
    assert await counted(world, "documents") == [1]


async def test_words_that_could_not_be_saved_are_there_once_after_trying_again(world, tmp_path, monkeypatch):
    walk = Walk(world)
    await walk.to_story("fr")
    await walk.write("one")
    holder = sqlite3.connect(tmp_path / "linnet.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    from cases import store  # noqa: PLC0415 -- the module whose constant is replaced

    monkeypatch.setattr(store, "BUSY_MS", 50)
    walk.turns = world.another()
    delivery = walk.incoming(Typed(Secret("two")))
    for _ in range(2):
        with pytest.raises(NotSaved) as caught:
            await walk.deliver(delivery)
        assert caught.value.text == word(world, "fr", "not_saved")
    holder.execute("ROLLBACK")
    holder.close()
    assert (await walk.deliver(delivery)).written == "one\ntwo"
    assert (await walk.deliver(delivery)).written == "one\ntwo"


async def test_when_nothing_can_be_read_the_language_of_the_app_is_used(world):
    walk = Walk(world, hint="fr-FR")
    await walk.to_story("ar")
    await run(world, "ALTER TABLE inbox RENAME TO elsewhere")
    with pytest.raises(NotSaved) as caught:
        await walk.write(CANARY)
    assert caught.value.text == word(world, "fr", "not_saved")
    for call in (world.turns.gone("telegram", walk.person), world.turns.note("telegram", walk.person, lambda n: n)):
        with pytest.raises(NotSaved):
            await call


@pytest.mark.parametrize("broken", ["drawing", "sealing"])
async def test_whatever_else_goes_wrong_nothing_is_kept_and_the_person_is_told(world, monkeypatch, caplog, broken):
    """A turn that cannot be drawn or sealed is not committed: the person never stands before nothing."""
    walk = Walk(world)
    await walk.to_review("fr", CANARY)
    before = await counted(world, "sessions", "slots", "inbox")
    tap = walk.incoming(walk.tap("send"))

    def fail(*_given, **_more):
        raise RuntimeError(CANARY)

    if broken == "sealing":
        monkeypatch.setattr("bot.calls.seal", fail)
    else:
        monkeypatch.setattr("bot.show.grouped", fail)
    with caplog.at_level(logging.DEBUG, logger="bot"), pytest.raises(NotSaved) as caught:
        await walk.deliver(tap)
    assert caught.value.text == word(world, "fr", "not_saved")
    assert "RuntimeError" in caplog.text
    assert CANARY not in caplog.text
    assert await counted(world, "sessions", "slots", "inbox", "documents") == [*before, 0]
    monkeypatch.undo()
    assert (await walk.deliver(tap)).number


async def test_a_turn_that_is_cancelled_lets_the_next_one_through(world):
    walk = Walk(world)
    await walk.to_story()
    delivery = walk.incoming(Typed(Secret(CANARY)))
    for pause in (0, 0.0005, 0.001, 0.002, 0.004):
        task = asyncio.create_task(world.turns.take(delivery))
        await asyncio.sleep(pause)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert (await asyncio.wait_for(walk.deliver(delivery), 5)).written == CANARY
    assert world.turns._one_by_one._queues == {}


async def test_words_that_are_no_text_are_kept_as_far_as_they_can_be(world):
    walk = Walk(world)
    await walk.to_story()
    screen = await walk.write("half \ud83d a sign")
    assert screen.written.startswith("half ")
    await walk.on()
    await walk.press("send")
    [(report, _)] = await world.opened_by("report")
    assert [one["text"] for one in report["answers"] if "text" in one] == ["half \ufffd a sign"]


# --- the conversation itself has changed -----------------------------------------------------------------------


def changed(book):
    """The same conversation with other words, as a new version of the program would bring it."""
    return from_json(to_json(book).replace("What would you like to tell?", "What do you want to say?"))


async def test_a_conversation_goes_on_as_it_began_and_the_next_one_is_new(world):
    book = changed(world.book)
    assert book.digest != world.book.digest
    walk = Walk(world)
    await walk.to_story()
    await walk.write(CANARY)
    walk.turns = world.another(book=book)
    await walk.turns.start()
    screen = await walk.do(Open())
    assert screen.written == CANARY
    assert screen.paragraphs[0].startswith("What would you like to tell?")
    await walk.on()
    await walk.press("send")
    [(report, _)] = await world.opened_by("report")
    assert report["form"] == world.book.digest
    await walk.press("kept", "next", "leave")
    await walk.to_story()
    assert walk.screen.paragraphs[0].startswith("What do you want to say?")
    assert await counted(world, "books") == [2]


@pytest.mark.parametrize("stored", ["missing", "another", "noise"])
async def test_a_book_that_is_gone_or_was_changed_ends_its_conversations_and_says_so(world, stored):
    walk = Walk(world)
    await walk.to_story()
    await walk.write(CANARY)
    match stored:
        case "missing":
            await run(world, "DELETE FROM books")
        case "another":
            await run(world, "UPDATE books SET body = :body", body=to_json(changed(world.book)))
        case _:
            await run(world, "UPDATE books SET body = '[]'")
    walk.turns = world.another(book=changed(changed(world.book)))
    screen = await walk.do(Open())
    assert screen.notice == word(world, "en", "notice_lost")
    assert [button.id for button in screen.options] == list(world.book.languages)
    assert await counted(world, "slots") == [0]
    await walk.to_story()
    assert walk.screen.paragraphs[0].startswith("What do you want to say?")


# --- what could be seen by chance ------------------------------------------------------------------------------


async def test_nothing_shows_in_a_repr(world):
    walk = Walk(world, "canary-account")
    await walk.to_story(under_18="no")
    await walk.do(Typed(Secret(CANARY)), lambda notes, _: replace(notes, living=424_242))
    kept = (await world.rows("sessions"))[0]
    pseudonym = world.vault.pseudonym("telegram", walk.person)
    from cases.turns import read  # noqa: PLC0415 -- used once

    row, _ = await read(world.store, pseudonym, b"")
    session = world.turns.sessions.opened(pseudonym, row)
    assert kept.pseudonym == pseudonym
    for one in (session, walk.reply, walk.reply.notes, walk.deliveries[-1], row, walk.screen):
        for secret in ("canary", "under_18", "civic-relief", "424242", repr(session.key)):
            assert secret not in repr(one), type(one)
