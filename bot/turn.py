"""One turn: the life of one incoming event, from the door to the disk and back (being written)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from bot.incoming import Incoming, Notes, Reply


class NotSaved(Exception):  # noqa: N818 -- a sentence a person may read
    """The turn could not be committed; nothing was kept of it and nothing before it was lost.

    ``text`` is the sentence for the person, in their language where it is known.
    """

    def __init__(self, text: str) -> None:
        super().__init__("a turn could not be saved")
        self.text = text


class Turns(Protocol):
    """What every door calls."""

    async def take(self, incoming: Incoming) -> Reply:
        """Do one turn: committed before this returns.

        Raises:
            NotSaved: the database did not take it.
        """

    async def note(self, channel: str, person: str, change: Callable[[Notes], Notes]) -> None:
        """Change a door's notes outside a turn, for example once a sent message has an id."""

    async def gone(self, channel: str, person: str) -> None:
        """The door has cleared up after an ended conversation: forget its notes too."""
