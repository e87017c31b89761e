"""When each turn of a chain comes: a pure function of the chain, the clocks, the calendar and the moment.

The whole plan is made at submission and stands in the outbox from then on, as rows of a template and ids. So it needs
no timer and no scheduler: it is as durable as the report itself, and who may not be told of it, which is known at
submission and nowhere kept, can never be told later. An acknowledgement ends the rows; ``cases.passing`` moves them.

For each turn, in the order in which ``routing.resolve`` gives them (those with the same ``after`` share one):

* ``staff_alert`` when the turn comes: the first at once, the next when its share of the first one's clock has run out
  (100 % unless configured otherwise), and one more after each further share (50 %, that is at 150 %, 200 %, …);
* ``staff_reminder`` when half of the recipient's own clock has run out;
* ``awaiting_owner`` to those who coordinate, when the first one's whole clock has run out;
* ``coverage_alarm`` to the same, when the last one's has and nobody has answered at all.

**Hours.** A clock counts hours that pass, not hours on a wall: 24 h are 24 h on the day that summer time begins or
ends too, so that nobody has less time than somebody else because of where they live.

**Weekends.** If the clocks pause for them, a recipient's clock stands still on the days that are the weekend of their
country, from midnight to midnight by their own time, which makes 47 or 49 hours when summer time begins or ends then.
Turns and reminders wait; what is urgent never does. A pause must not hide that nobody has answered, so two things go
by plain hours all the same: the deadline that is told to the recipient, and ``awaiting_owner``.

**Full hours.** No row tells the minute of a report. Whoever comes first is due from the full hour before, that is,
now. All clocks run from the full hour after: one that ran from the hour before could hand a report on a minute after
it was sent, long before the deadline that its owner was given. Whatever does not fall on a half hour is put off to
the next one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import groupby
from typing import Final

from cases.outbox import ALERT, AWAITING, COVERAGE, GAP, REMINDER, Alert
from config.clocks import Policy
from routing.directory import Directory
from routing.hours import local
from routing.records import Person
from routing.resolve import Resolution

HOUR: Final = timedelta(hours=1)
HALF_HOUR: Final = timedelta(minutes=30)
WEEKEND: Final = (6, 7)
"""Of somebody who works in no country in particular: Saturday and Sunday."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_WEEK: Final = frozenset(range(1, 8))


@dataclass(frozen=True, slots=True)
class Calendar:
    """Whose clock stands still when.

    Attributes:
        directory: For the country of each person, and its weekend.
        pauses: Whether clocks stand still at all.
    """

    directory: Directory
    pauses: bool

    def run_out(self, person: str, start: datetime, length: timedelta) -> datetime:
        """Return the moment at which a person's clock has run for a length of time.

        Args:
            person: Id in the directory; the clock of anybody else never pauses.
            start: When it begins, with its time zone.
            length: How long it runs.
        """
        found = self.directory.people.get(person)
        weekend = frozenset(self.weekend(found)) if found is not None and self.pauses else frozenset()
        if found is None or not weekend or weekend >= _WEEK:
            return start + length
        at = start.astimezone(UTC)
        while True:
            here = local(found, at)
            midnight = datetime.combine(here.date() + timedelta(days=1), time(), here.tzinfo).astimezone(UTC)
            if here.isoweekday() not in weekend:
                if at + length <= midnight:
                    return at + length
                length -= midnight - at
            at = midnight

    def weekend(self, person: Person) -> tuple[int, ...]:
        """Return the ISO weekdays on which a person's country rests: that of their first duty station."""
        stations, countries = self.directory.stations, self.directory.countries
        of = [stations[one].country for one in person.stations if one in stations] + list(person.countries)
        return next((countries[one].weekend for one in of if one in countries), WEEKEND)


def rows(
    found: Resolution,
    reference: str,
    now: datetime,
    policy: Policy,
    directory: Directory,
    *,
    purpose: str,
    urgent: bool,
) -> tuple[Alert, ...]:
    """Make the rows of the outbox that belong to a document.

    Args:
        found: The chain, with at least one recipient, and those who are told without being handed anything.
        reference: The document.
        now: The moment of submission, with its time zone.
        policy: The clocks.
        directory: For the calendar.
        purpose: "report" or "referral".
        urgent: Whether the short clock runs.
    """
    clock = policy.clock(purpose)
    length = clock.length(urgent=urgent)
    calendar = Calendar(directory, pauses=policy.weekends_pause and not urgent)
    priority = "urgent" if urgent else "normal"
    begun = start = _full(now, HOUR)
    made: list[Alert] = []

    def row(template: str, person: str, due: datetime, deadline: datetime) -> Alert:
        return Alert(template, reference, person, priority, _seconds(_full(deadline, HOUR)) // 3600, _seconds(due))

    for number, people in enumerate(_turns(found)):
        deadline = start + length
        for person in people:
            made.append(row(ALERT, person, start if number else _full(now, HOUR, down=True), deadline))
            reminded = calendar.run_out(person, start, length * clock.reminder / 100)
            made.append(row(REMINDER, person, _full(reminded, HALF_HOUR), deadline))
        share = length * (clock.further if number else clock.next) / 100
        # Of several in one turn the first whose clock has run out is enough: the person who told should not wait
        # longer because one of them has a weekend.
        start = _full(min(calendar.run_out(person, start, share) for person in people), HALF_HOUR)
    made += [row(AWAITING, one, begun + length, begun + length) for one in found.awaiting]
    over = max(start, deadline)
    made += [row(COVERAGE, one, over, over) for one in dict.fromkeys((*found.alarm, *found.awaiting))]
    return tuple(made)


def gaps(found: Resolution, now: datetime) -> tuple[Alert, ...]:
    """Make the rows that tell coordinators, once a day, that there was nobody to send something to.

    They stand under the day instead of a reference ("day20780", counted from 1970): nothing was kept, and whoever
    presses "Send" again and again must not be able to call coordinators again and again.
    """
    hour = _full(now, HOUR, down=True)
    day = f"day{_seconds(now) // 86_400}"
    return tuple(Alert(GAP, day, one, "normal", _seconds(hour) // 3600, _seconds(hour)) for one in found.alarm)


def _turns(found: Resolution) -> Iterator[tuple[str, ...]]:
    """Group recipients by turn, in order."""
    ordered = sorted(found.recipients, key=lambda turn: turn.after)
    for _, together in groupby(ordered, key=lambda turn: turn.after):
        yield tuple(turn.person for turn in together)


def _full(moment: datetime, step: timedelta, *, down: bool = False) -> datetime:
    """Round up (or down) to a whole number of steps since 1970."""
    since = moment - _EPOCH
    return _EPOCH + (since // step if down else -(-since // step)) * step


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
