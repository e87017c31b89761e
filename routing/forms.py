"""How dates, weekdays, hours, language tags, time zones and addresses are written: one way for each.

The same forms serve the YAML of a directory and the columns of its CSV. Each reader answers
None to what is not written so, and whoever asked says where it stands and how to mend it.
The same few values stand in thousands of records, so the readers remember what they read.
"""

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from routing.records import Hours

DATE_AS: Final = "Write year-month-day with two digits each for month and day, such as 2026-03-31"
DAYS_AS: Final = "Write days as mon, tue, wed, thu, fri, sat, sun, or from one to another as mon-fri"
HOURS_AS: Final = "Write days and times such as 'mon-fri 08:00-17:00'; hours that end before they begin end next day"
ZONE_AS: Final = "Write an IANA name such as Europe/Chisinau, Africa/Nairobi or UTC"
EMAIL_AS: Final = "Write one address such as focal.point@example.org, and nothing else"
TAG_AS: Final = "Write a BCP 47 tag such as en, fr, ar, prs or zh-Hans"

WEEK: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WHOLE_DAY: Final = 24 * 60

_ISO_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_CLOCK: Final = re.compile(r"([01]\d|2[0-4]):([0-5]\d)", re.ASCII)
_HOURS: Final = re.compile(r"(?P<days>[a-z, -]+) (?P<start>\d\d:\d\d) ?[-–] ?(?P<end>\d\d:\d\d)", re.ASCII)
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?", re.ASCII)
_ZONE: Final = re.compile(r"UTC|[A-Z][A-Za-z_]+(/[A-Z][A-Za-z0-9_+-]+){1,2}", re.ASCII)
# Narrower than the standard on purpose: what is left out here can end or split a header of a mail.
_EMAIL: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", re.ASCII)
_LONGEST_EMAIL = 254
# BCP 47 wants the shortest code; with both spellings about, a speaker would not be found.
_SHORTER: Final = {
    "ara": "ar", "chi": "zh", "deu": "de", "eng": "en", "fra": "fr", "fre": "fr", "ger": "de", "hin": "hi",
    "ita": "it", "por": "pt", "ron": "ro", "rum": "ro", "rus": "ru", "spa": "es", "swa": "sw", "ukr": "uk",
    "urd": "ur", "zho": "zh",
}  # fmt: skip
_REMEMBERED: Final = 4096


@lru_cache(_REMEMBERED)
def read_date(text: str) -> date | None:
    """Read YYYY-MM-DD, and no other way of writing a date."""
    # The form is checked too: fromisoformat alone also takes 20260331 and 2026-W13-2.
    if _ISO_DATE.fullmatch(text):
        with suppress(ValueError):
            return date.fromisoformat(text)
    return None


@lru_cache(_REMEMBERED)
def read_days(text: str) -> frozenset[int] | None:
    """Read weekdays, such as `mon`, `mon-fri`, `sun-thu` or `mon wed, sat`, as ISO numbers."""
    days: set[int] = set()
    parts = text.replace(",", " ").split()
    for part in parts:
        first, dash, last = part.partition("-")
        if first not in WEEK or (dash and last not in WEEK):
            return None
        start = WEEK.index(first)
        length = (WEEK.index(last) - start) % len(WEEK) + 1 if dash else 1
        days |= {(start + step) % len(WEEK) + 1 for step in range(length)}
    return frozenset(days) or None


@lru_cache(_REMEMBERED)
def read_clock(text: str) -> int | None:
    """Read HH:MM, up to 24:00, as minutes from midnight."""
    found = _CLOCK.fullmatch(text)
    minutes = int(found[1]) * 60 + int(found[2]) if found else WHOLE_DAY + 1
    return minutes if minutes <= WHOLE_DAY else None


@lru_cache(_REMEMBERED)
def read_hours(text: str) -> Hours | None:
    """Read the short form of hours, such as `mon-fri 08:00-17:00`."""
    found = _HOURS.fullmatch(text)
    if found is None:
        return None
    days, start, end = read_days(found["days"]), read_clock(found["start"]), read_clock(found["end"])
    return None if days is None or start is None or end is None else hours_of(days, start, end)


def hours_of(days: frozenset[int], start: int, end: int) -> Hours | None:
    """Make hours of days and two times; None for hours of no length. Midnight at the end is that of the next day."""
    if start in {end, WHOLE_DAY}:
        return None
    return Hours(days, start, end or WHOLE_DAY)


@lru_cache(_REMEMBERED)
def tag_advice(text: str) -> str | None:
    """Say how a language tag should be written; None when it is well written."""
    shorter = _SHORTER.get(text)
    if shorter is not None:
        return f"Write '{shorter}'"
    return None if _LANGUAGE.fullmatch(text) else TAG_AS


@lru_cache(_REMEMBERED)
def is_zone(text: str) -> bool:
    """Ask the time zone table that comes with the system: reference data, like a list of languages."""
    # A bare container has no table at all and knows not even UTC; then only the form counts.
    return _ZONE.fullmatch(text) is not None and (_in_table(text) or not _in_table("UTC"))


def is_email(text: str) -> bool:
    """Say whether a text is one plain address, without a name, quotes or anything that could end a header."""
    return len(text) <= _LONGEST_EMAIL and _EMAIL.fullmatch(text) is not None


def write_days(days: Iterable[int]) -> str:
    """Write weekdays as `read_days` reads them, runs of three and more as from-to, around the end of the week too."""
    left = set(days)
    if len(left) == len(WEEK):
        return f"{WEEK[0]}-{WEEK[-1]}"
    parts: list[str] = []
    for first in sorted(day for day in left if (day - 2) % len(WEEK) + 1 not in left):
        run = [first]
        while (after := run[-1] % len(WEEK) + 1) in left:
            run.append(after)
        names = [WEEK[day - 1] for day in run]
        parts += [f"{names[0]}-{names[-1]}"] if len(names) > 2 else names  # noqa: PLR2004 -- two are two names
    return " ".join(parts)


def write_clock(minutes: int) -> str:
    """Write minutes from midnight as HH:MM."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def write_hours(hours: Hours) -> str:
    """Write hours as `read_hours` reads them."""
    return f"{write_days(hours.days)} {write_clock(hours.start)}-{write_clock(hours.end)}"


def _in_table(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
