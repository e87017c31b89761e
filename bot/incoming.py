"""What a door hands to the turn: who, through which channel, which delivery, and what happened.

Outside input is converted here once. A door never looks into the conversation, and the turn never sees a
library's types.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.screen import Screen
from flows.state import Secret


@dataclass(frozen=True, slots=True)
class Tap:
    """A button: the ``Button.id`` and the ``Screen.seq`` it was drawn with."""

    button: str
    seq: int


@dataclass(frozen=True, slots=True)
class Typed:
    """Words. ``seq`` is known for forms only. ``final``: a whole answer sent by a form, not one of several messages."""

    words: Secret
    seq: int | None = None
    final: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    """A command of the channel without its slash: help, leave, language, back, skip, delete."""

    name: str


@dataclass(frozen=True, slots=True)
class Open:
    """The person only wants to see where they are: ``/start``, a page opened anew."""


@dataclass(frozen=True, slots=True)
class Other:
    """A sticker, a photo, a voice note: something that cannot be kept."""


Happened = Tap | Typed | Command | Open | Other


@dataclass(frozen=True, slots=True)
class Notes:
    """What a door must remember to clear up after itself; lives in the encrypted session.

    ``living`` is the id of the one message that is edited. ``messages`` are (id, unix seconds) of everything that
    may still be visible and has no reason to be, and of the living one. ``spare`` are messages of the person that
    hold something Linnet did not keep, so that they stay until the person leaves.
    """

    living: int | None = field(default=None, repr=False)
    messages: tuple[tuple[int, int], ...] = field(default=(), repr=False)
    spare: tuple[tuple[int, int], ...] = field(default=(), repr=False)


def nothing(notes: Notes, kept: bool) -> Notes:  # noqa: ARG001, FBT001 -- the shape of every door's change
    """The change of a door that has nothing to remember."""
    return notes


@dataclass(frozen=True, slots=True)
class Incoming:
    """One delivery from a channel.

    ``channel``: "telegram" or "web". ``person``: the channel's own id of the person, used for the keyed pseudonym
    and never kept. ``delivery``: the channel's id of this delivery, for which a repeat must change nothing.
    ``hint``: a language tag the channel offers, in any shape, or "". ``remember`` changes the door's notes inside
    the turn's transaction; it is told whether what arrived was dealt with, so that its trace may go, or not kept.
    """

    channel: str
    person: str = field(repr=False)
    delivery: str = field(repr=False)
    happened: Happened = field(repr=False)
    hint: str = ""
    remember: Callable[[Notes, bool], Notes] = nothing


@dataclass(frozen=True, slots=True)
class Reply:
    """The turn's answer to a door. ``repeat``: this delivery had been done before; the screen is the present one."""

    screen: Screen
    notes: Notes
    repeat: bool = False
