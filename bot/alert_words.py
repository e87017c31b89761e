"""What an alert says: reference, priority, deadline. It may light up on a lock screen before strangers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.dates import format_skeleton, get_datetime_format, get_timezone_gmt

from cases.outbox import Alert
from crypto.reference import is_practice
from locales.isolate import Direction, fill
from routing.directory import Person

_DAY = "MMMEd"
_TIME = "Hm"


class Words(Protocol):
    """The part of ``locales.catalogues.Languages`` that staff messages need."""

    fallback: str

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags of all languages."""

    def negotiate(self, hint: object) -> str:
        """Find the tag of a supported language."""

    def direction(self, tag: str) -> Direction:
        """Say which way it is written."""

    def word(self, tag: str, key: str) -> str:
        """Look up a text of ``words.yaml``."""


def language_of(words: Words, person: Person) -> str:
    """The first of a person's languages that is supported, else the fallback."""
    return words.negotiate(",".join(person.languages))


def alert_text(words: Words, person: Person, alert: Alert) -> str:
    """The alert in the person's language, its deadline in their time zone.

    Raises:
        KeyError: there are no words for this template or priority.
    """
    language = language_of(words, person)
    values = {
        "reference": alert.reference,
        "priority": words.word(language, f"staff_priority_{alert.priority}"),
        "deadline": deadline_text(alert.deadline_hour, person.time_zone, language),
    }
    text = fill(words.word(language, alert.template), values, words.direction(language))
    return f"{words.word(language, 'staff_practice')}\n\n{text}" if is_practice(alert.reference) else text


def deadline_text(hour: int, time_zone: str, language: str) -> str:
    """Write an hour since 1970 as day and time with the offset from GMT, such as "Thu, Apr 3, 14:00 (GMT+03:00)".

    Args:
        hour: whole hours since 1970-01-01 00:00 UTC.
        time_zone: IANA name; an unknown one is read as UTC, and the offset says so.
        language: BCP 47 tag, one of those that the words are in.
    """
    try:
        zone: ZoneInfo | None = ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        zone = None
    moment = datetime.fromtimestamp(hour * 3600, tz=zone or UTC)
    locale = language.replace("-", "_")
    day = format_skeleton(_DAY, moment, tzinfo=moment.tzinfo, locale=locale)
    time = format_skeleton(_TIME, moment, tzinfo=moment.tzinfo, locale=locale)
    both = str(get_datetime_format("medium", locale=locale)).replace("'", "").format(time, day)
    return f"{both} ({get_timezone_gmt(moment, width='long', locale=locale)})"
