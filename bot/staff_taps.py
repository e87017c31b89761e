"""What a button of the staff bot means, and how it is written into the 64 bytes that Telegram gives it.

A button may be tapped months later, twice, or never have been shown: whatever comes back is read again from its
text, and what it asks for is checked against the present state. Nothing in it is a secret or a proof of anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias, assert_never

_REFERENCE = re.compile(r"[0-9A-HJKMNP-TV-Z]{8}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_OPEN = "open"


@dataclass(frozen=True, slots=True)
class Menu:
    """Show the menu."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Show what waits."""


@dataclass(frozen=True, slots=True)
class One:
    """Show one of the things that wait; also the way back from being asked whether one is sure."""

    reference: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Have:
    """I have it; a counsellor's "I can help"."""

    reference: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class NotMe:
    """Ask whether they are sure to give it up."""

    reference: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Give it up."""

    reference: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Again:
    """Send the file again."""

    reference: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Duty:
    """Show who is asked when they are away, and for how long they can be."""


@dataclass(frozen=True, slots=True)
class Away:
    """Be away, and back on a day (by their own calendar); None: until they say so."""

    back_on: date | None


@dataclass(frozen=True, slots=True)
class Back:
    """Be on duty."""


@dataclass(frozen=True, slots=True)
class Test:
    """Send a test alert."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Answer a test alert."""

    reference: str = field(repr=False)


Tap: TypeAlias = Menu | Waiting | One | Have | NotMe | GiveUp | Again | Duty | Away | Back | Test | Seen
ABOUT_FILE = (One, Have, NotMe, GiveUp, Again)
"""What stays with the alert it was tapped below."""

_PLAIN: dict[str, type[Menu | Waiting | Duty | Back | Test]] = {
    "menu": Menu,
    "waiting": Waiting,
    "duty": Duty,
    "back": Back,
    "test": Test,
}
_ABOUT: dict[str, type[One | Have | NotMe | GiveUp | Again | Seen]] = {
    "one": One,
    "have": Have,
    "not": NotMe,
    "give": GiveUp,
    "again": Again,
    "seen": Seen,
}
_NAMES = {kind: name for name, kind in (*_PLAIN.items(), *_ABOUT.items())}


def write(tap: Tap) -> str:
    """The callback data of a button: a word, perhaps a colon and what it is about; at most 15 bytes."""
    match tap:
        case Menu() | Waiting() | Duty() | Back() | Test():
            return _NAMES[type(tap)]
        case One() | Have() | NotMe() | GiveUp() | Again() | Seen():
            return f"{_NAMES[type(tap)]}:{tap.reference}"
        case Away():
            return f"away:{tap.back_on.isoformat() if tap.back_on else _OPEN}"
        case _:
            assert_never(tap)


def read(data: str | None) -> Tap | None:
    """Read callback data; None for whatever ``write`` does not write."""
    word, colon, about = (data or "").partition(":")
    if not colon:
        plain = _PLAIN.get(word)
        return plain() if plain else None
    if word in _ABOUT:
        return _ABOUT[word](about) if _REFERENCE.fullmatch(about) else None
    if word != "away":
        return None
    if about == _OPEN:
        return Away(None)
    try:
        return Away(date.fromisoformat(about)) if _DAY.fullmatch(about) else None
    except ValueError:
        return None
