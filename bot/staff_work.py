"""What a tap in the staff bot does: it is saved first, then there is something to say and a screen to show.

Each of them may come twice, late, or about something that is not waiting any more. Nothing is logged but that
somebody took charge; who gives something up, and that it was given up, stands in no log.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import assert_never

from bot import staff_screens as screens
from bot import staff_taps as taps
from bot.staff_desk import Desk
from bot.staff_screens import Screen, Standing
from bot.staff_taps import Tap
from bot.staff_voice import Voice
from cases import duty, handing, trials
from cases.handing import Waiting
from routing.directory import Person
from routing.hours import local

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a tap.

    Attributes:
        screen: to be shown.
        said: shown over the chat for a moment; None: nothing.
        given_up: the file must leave the chat.
    """

    screen: Screen
    said: str | None = field(default=None, repr=False)
    given_up: bool = False


async def carry_out(desk: Desk, person: Person, tap: Tap, *, with_file: bool) -> Done:
    """Do what a button says.

    Args:
        desk: what the bot works with.
        person: whose account it is.
        tap: what the button means.
        with_file: the button stands below a sealed file.

    Raises:
        StoreError: nothing was saved.
    """
    done = await _done(desk, person, tap, with_file=with_file)
    return replace(done, screen=_marked(desk, person, done.screen))


async def menu(desk: Desk, person: Person, before: str = "") -> Screen:
    """The menu as it stands now, after ``before``.

    Raises:
        StoreError: the database did not answer.
    """
    return _marked(desk, person, await _menu(desk, person, before))


def _marked(desk: Desk, person: Person, screen: Screen) -> Screen:
    """In practice, the screen with the word for it; an alert about an invented case says so itself."""
    mark = Voice(desk.words, person).say("staff_practice")
    if not desk.practice or screen.text.startswith(mark):
        return screen
    return replace(screen, text=f"{mark}\n\n{screen.text}")


async def _done(desk: Desk, person: Person, tap: Tap, *, with_file: bool) -> Done:
    voice = Voice(desk.words, person)
    match tap:
        case taps.Menu():
            return Done(await _menu(desk, person))
        case taps.Waiting():
            return Done(screens.waiting(voice, await handing.waiting_for(desk.store, person.id)))
        case taps.One() | taps.NotMe() | taps.Again():
            return await _about(desk, person, tap, with_file=with_file)
        case taps.Have():
            return await _have(desk, person, tap.reference)
        case taps.GiveUp():
            return await _give_up(desk, person, tap.reference)
        case taps.Duty():
            return Done(screens.duty(voice, await _standing(desk, person)))
        case taps.Away():
            await _leave(desk, person, tap.back_on)
            return Done(screens.duty(voice, await _standing(desk, person)))
        case taps.Back():
            await duty.back(desk.store, person.id)
            return Done(screens.duty(voice, await _standing(desk, person)))
        case taps.Test():
            return await _test(desk, person)
        case taps.Seen():
            known = await trials.answer(desk.store, tap.reference, person.id, int(desk.clock()))
            said = voice.say("staff_test_thanks", reference=tap.reference) if known else voice.say("staff_gone")
            return Done(screens.done(voice, said), said)
        case _:
            assert_never(tap)


async def _menu(desk: Desk, person: Person, before: str = "") -> Screen:
    waiting = [one for one in await handing.waiting_for(desk.store, person.id) if not one.taken]
    return screens.menu(Voice(desk.words, person), await _standing(desk, person), len(waiting), before)


async def _about(desk: Desk, person: Person, tap: taps.One | taps.NotMe | taps.Again, *, with_file: bool) -> Done:
    """Something that waits, or that somebody has taken, as long as it is theirs."""
    voice = Voice(desk.words, person)
    item = await _waiting(desk, person, tap.reference)
    if item is None:
        return _gone(voice)
    match tap:
        case taps.One():
            return Done(screens.one(voice, item, with_file=with_file))
        case taps.NotMe():
            return Done(screens.sure(voice, item.reference))
        case taps.Again():
            await handing.again(desk.store, item.reference, person.id, int(desk.clock()))
            desk.wake.set()
            said = voice.say("staff_again_sent", reference=item.reference)
            return Done(screens.one(voice, item, with_file=with_file), said)
        case _:
            assert_never(tap)


async def _have(desk: Desk, person: Person, reference: str) -> Done:
    voice = Voice(desk.words, person)
    theirs = await handing.acknowledge(desk.store, reference, person.id, int(desk.clock()))
    _log.info("staff_acknowledged" if theirs else "staff_acknowledged_late")
    if not theirs:
        return _gone(voice)
    said = voice.say("staff_thanks", reference=reference)
    return Done(screens.done(voice, said), said)


async def _give_up(desk: Desk, person: Person, reference: str) -> Done:
    voice = Voice(desk.words, person)
    if not await handing.recuse(desk.store, reference, person.id, int(desk.clock())):
        return _gone(voice)
    desk.wake.set()
    return Done(screens.done(voice, voice.say("staff_given_up", reference=reference)), given_up=True)


async def _test(desk: Desk, person: Person) -> Done:
    fresh = await trials.send(desk.store, person.id, now=int(desk.clock()), entropy=desk.entropy)
    desk.wake.set()
    said = Voice(desk.words, person).say("staff_test_sent" if fresh else "staff_test_waits")
    return Done(await _menu(desk, person, said), said)


async def _leave(desk: Desk, person: Person, back_on: date | None) -> None:
    """Note an absence; a button of long ago, whose day has come, changes nothing."""
    if back_on is None:
        await duty.set_away(desk.store, person.id, None)
        return
    today = _today(desk, person)
    if today < back_on <= today + timedelta(days=screens.LONGEST_AWAY):
        here = local(person, datetime.fromtimestamp(desk.clock(), tz=UTC)).tzinfo
        await duty.set_away(desk.store, person.id, int(datetime.combine(back_on, time(), here).timestamp()))


async def _standing(desk: Desk, person: Person) -> Standing:
    away = await duty.away_of(desk.store, person.id, int(desk.clock()))
    until = None
    if away is not None and away.until_hour is not None:
        # The first moment of a day may lie within the hour that was noted: where clocks differ by half an hour.
        last = datetime.fromtimestamp((away.until_hour + 1) * 3600 - 1, tz=UTC)
        until = local(person, last).date()
    return Standing(_today(desk, person), away, until, desk.stand_in(person))


async def _waiting(desk: Desk, person: Person, reference: str) -> Waiting | None:
    found = await handing.waiting_for(desk.store, person.id)
    return next((item for item in found if item.reference == reference), None)


def _gone(voice: Voice) -> Done:
    said = voice.say("staff_gone")
    return Done(screens.done(voice, said), said)


def _today(desk: Desk, person: Person) -> date:
    return local(person, datetime.fromtimestamp(desk.clock(), tz=UTC)).date()
