"""Leaving, and what a door notes to clear up after itself: it stays until it was cleared up, and nothing else does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.incoming import Command, Notes, Open, Other, Typed
from bot.turn import NotSaved
from flows.state import Secret
from tests.bot.real_turns import real_world
from tests.bot.walking import Walk, shown

CANARY = "canary 7f3a"


@pytest.fixture
async def world(tmp_path):
    async with real_world(tmp_path) as world:
        yield world


def remembers(*ids):
    return lambda notes, _kept: replace(notes, messages=(*notes.messages, *((one, 1_000) for one in ids)))


async def test_with_notes_of_a_door_they_alone_stay_until_it_has_cleared_up(world):
    walk = Walk(world)
    await walk.to_story()
    await walk.do(Typed(Secret(CANARY)), remembers(7))
    assert walk.reply.notes == Notes(None, ((7, 1_000),))
    await walk.do(Command("leave"), remembers(8))
    assert walk.screen.ended
    assert walk.reply.notes.messages == ((7, 1_000), (8, 1_000))
    assert await world.rows("slots") == []
    assert len(await world.rows("sessions")) == 1
    repeat = await world.turns.take(walk.deliveries[-1])
    assert (repeat.repeat, repeat.screen.ended, repeat.notes) == (True, True, walk.reply.notes)
    await world.turns.gone("telegram", walk.person)
    assert await world.rows("sessions") == []
    repeat = await world.turns.take(walk.deliveries[-1])
    assert (repeat.repeat, repeat.screen.ended, repeat.notes) == (True, True, Notes())


async def test_whoever_comes_back_before_the_door_has_cleared_up_begins_anew_and_stays(world):
    walk = Walk(world)
    await walk.to_story()
    await walk.do(Typed(Secret(CANARY)), remembers(7))
    await walk.do(Command("leave"))
    screen = await walk.do(Open())
    assert [button.id for button in screen.options] == list(world.book.languages)
    assert walk.reply.notes.messages == ((7, 1_000),), "the door still knows what is to go"
    assert CANARY not in shown(screen)
    await world.turns.gone("telegram", walk.person)
    assert len(await world.rows("sessions")) == 1
    await walk.press("en")


async def test_gone_and_notes_for_nobody_do_nothing(world):
    await world.turns.gone("telegram", "nobody")
    await world.turns.note("telegram", "nobody", lambda _: Notes(5))
    assert await world.rows("sessions") == []


async def test_a_note_is_kept_even_if_a_turn_comes_in_between(world, monkeypatch):
    from bot import turn  # noqa: PLC0415 -- the module whose name is replaced

    walk, other = Walk(world), world.another()
    await walk.to_story()
    real, left = turn.renote, [2]

    async def renote(*given):
        if left[0]:
            left[0] -= 1
            await other.take(walk.incoming(Typed(Secret("x"))))
        return await real(*given)

    monkeypatch.setattr(turn, "renote", renote)
    await world.turns.note("telegram", walk.person, lambda notes: replace(notes, living=41))
    await walk.do(Open())
    assert walk.reply.notes.living == 41
    assert walk.screen.written == "x\nx"


async def test_a_note_that_is_always_overtaken_is_not_said_to_be_kept(world, monkeypatch):
    from bot import turn  # noqa: PLC0415 -- the module whose name is replaced

    walk, other = Walk(world), world.another()
    await walk.to_story()
    real = turn.renote

    async def renote(*given):
        await other.take(walk.incoming(Open()))
        return await real(*given)

    monkeypatch.setattr(turn, "renote", renote)
    with pytest.raises(NotSaved):
        await world.turns.note("telegram", walk.person, lambda notes: replace(notes, living=41))


async def test_what_was_not_kept_is_not_deleted_with_what_was(world):
    """A door learns whether the trace of what arrived may go."""
    walk, told = Walk(world), []

    def remember(notes, kept):
        told.append(kept)
        return notes

    await walk.to_story()
    for happened in (Typed(Secret("x")), Other(), Typed(Secret("y" * 10_001)), Open(), Command("back")):
        await walk.do(happened, remember)
    assert told == [True, False, False, True, True]
