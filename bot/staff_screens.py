"""What the staff bot shows: a text and its buttons, from the present state; nothing is sent and nothing is read here.

A screen may light up before strangers like an alert: it holds references, priorities and deadlines, days of absence,
and at most the name of a colleague who stands in. That somebody is a counsellor shows in no word of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot import staff_taps as taps
from bot.alert_words import alert_text, deadline_text
from bot.staff_taps import Tap
from bot.staff_voice import Voice
from cases import outbox, trials
from cases.duty import Away
from cases.handing import Waiting
from cases.outbox import Alert
from routing.directory import Person
from routing.hours import back_on

REFERRAL = "referral"
"""The purpose of a notice to a counsellor, who is asked whether they can help."""
MOST_SHOWN = 10
DAYS_AWAY = (1, 2, 3, 7, 14)
"""After how many days one can be back, to choose from."""
LONGEST_AWAY = 31
"""Days; longer leave belongs into the directory, and an old button must not reach far into the future."""


@dataclass(frozen=True, slots=True)
class Button:
    """A label and what tapping it means."""

    label: str
    tap: Tap


@dataclass(frozen=True, slots=True)
class Screen:
    """A text and rows of buttons below it."""

    text: str = field(repr=False)
    rows: tuple[tuple[Button, ...], ...] = field(default=(), repr=False)

    @property
    def keyboard(self) -> InlineKeyboardMarkup | None:
        """The buttons as Telegram takes them; None without any."""
        if not self.rows:
            return None
        return InlineKeyboardMarkup(
            [[InlineKeyboardButton(one.label, callback_data=taps.write(one.tap)) for one in row] for row in self.rows]
        )


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether somebody is on duty.

    Attributes:
        today: by their own calendar.
        away: what they said themselves; None: on duty.
        away_until: the day on which they are back, if they said one.
        stand_in: the alternate that the directory names.
    """

    today: date
    away: Away | None
    away_until: date | None = None
    stand_in: Person | None = field(default=None, repr=False)


def menu(voice: Voice, standing: Standing, waiting: int, before: str = "") -> Screen:
    """The menu: whether they are on duty, how many things wait, and the ways on; ``before`` is said first."""
    waits = voice.say("staff_waiting_count", count=str(waiting)) if waiting else voice.say("staff_nothing")
    said = [before, _standing(voice, standing), waits]
    rows = tuple(
        (Button(voice.say(key), tap),)
        for key, tap in (
            ("staff_waiting", taps.Waiting()),
            ("staff_duty", taps.Duty()),
            ("staff_test_me", taps.Test()),
        )
    )
    return Screen("\n\n".join(text for text in said if text), rows)


def waiting(voice: Voice, items: Sequence[Waiting]) -> Screen:
    """What waits: reference, priority and deadline of each, and nothing else."""
    shown = items[:MOST_SHOWN]
    lines = [_line(voice, item) for item in shown] or [voice.say("staff_nothing")]
    if len(items) > len(shown):
        lines.append(voice.say("staff_waiting_more", count=str(len(items) - len(shown))))
    buttons = [Button(item.reference, taps.One(item.reference)) for item in shown]
    pairs = tuple(tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2))
    return Screen("\n".join(lines), (*pairs, (_menu(voice),)))


def one(voice: Voice, item: Waiting, *, with_file: bool) -> Screen:
    """One of the things that wait. ``with_file``: it stands below its file, which need not be asked for then."""
    if item.taken:
        text = voice.say("staff_waiting_yours", reference=item.reference)
    else:
        alert = Alert(outbox.ALERT, item.reference, voice.person.id, item.priority, item.deadline_hour, 0)
        text = alert_text(voice.words, voice.person, alert)
    rows = [] if item.taken else [take(voice, item.reference, item.purpose)]
    if item.taken:
        rows.append((Button(voice.say(_refusing(item.purpose)), taps.NotMe(item.reference)),))
    if not with_file:
        rows.append((Button(voice.say("staff_again"), taps.Again(item.reference)),))
    return Screen(text, (*rows, (_menu(voice),)))


def take(voice: Voice, reference: str, purpose: str | None) -> tuple[Button, ...]:
    """The two answers to an alert."""
    taking = "staff_can_help" if purpose == REFERRAL else "staff_have_it"
    return (
        Button(voice.say(taking), taps.Have(reference)),
        Button(voice.say(_refusing(purpose)), taps.NotMe(reference)),
    )


def alert(voice: Voice, about: Alert, purpose: str | None) -> Screen:
    """An alert, with the buttons that go with its words.

    Raises:
        KeyError: there are no words for it.
    """
    rows: tuple[tuple[Button, ...], ...]
    match about.template:
        case outbox.ALERT | outbox.REMINDER:
            rows = (take(voice, about.reference, purpose), (_menu(voice),))
        case outbox.REMINDERS:
            rows = ((Button(voice.say("staff_waiting"), taps.Waiting()),),)
        case trials.TEMPLATE:
            rows = ((Button(voice.say("staff_test_got"), taps.Seen(about.reference)),),)
        case _:
            rows = ()  # a menu would take the place of words that stand nowhere else
    return Screen(alert_text(voice.words, voice.person, about), rows)


def sure(voice: Voice, reference: str) -> Screen:
    """Ask once, because it cannot be undone."""
    yes = Button(voice.say("staff_give_up"), taps.GiveUp(reference))
    no = Button(voice.say("staff_keep"), taps.One(reference))
    return Screen(voice.say("staff_give_up_sure", reference=reference), ((yes,), (no,)))


def done(voice: Voice, text: str) -> Screen:
    """What has just been done, and the way to the menu."""
    return Screen(text, ((_menu(voice),),))


def duty(voice: Voice, standing: Standing) -> Screen:
    """Who is asked while they are away, and the ways to be away or back."""
    rows: list[tuple[Button, ...]] = []
    if standing.away is not None:
        rows.append((Button(voice.say("staff_back"), taps.Back()),))
    days = [standing.today + timedelta(days=days) for days in DAYS_AWAY]
    rows += [(Button(voice.say("staff_back_on", day=voice.day(day)), taps.Away(day)),) for day in days]
    rows.append((Button(voice.say("staff_back_open"), taps.Away(None)),))
    place = (
        voice.say("staff_stand_in_next")
        if standing.stand_in is None
        else voice.say("staff_stand_in", name=standing.stand_in.name)
    )
    return Screen(f"{_standing(voice, standing)}\n\n{place}", (*rows, (_menu(voice),)))


def _standing(voice: Voice, standing: Standing) -> str:
    if standing.away is not None and standing.away_until is not None:
        return voice.say("staff_away_until", day=voice.day(standing.away_until))
    if standing.away is not None:
        return voice.say("staff_away_open")
    leave = back_on(voice.person, standing.today)
    return voice.say("staff_on_leave", day=voice.day(leave)) if leave else voice.say("staff_on_duty")


def _line(voice: Voice, item: Waiting) -> str:
    if item.taken:
        return voice.say("staff_waiting_yours", reference=item.reference)
    return voice.say(
        "staff_waiting_line",
        reference=item.reference,
        priority=voice.say(f"staff_priority_{item.priority}"),
        deadline=deadline_text(item.deadline_hour, voice.person.time_zone, voice.language),
    )


def _refusing(purpose: str | None) -> str:
    return "staff_cannot" if purpose == REFERRAL else "staff_not_me"


def _menu(voice: Voice) -> Button:
    return Button(voice.say("staff_menu"), taps.Menu())
