"""What a person sees after a turn, the same for every channel.

A door turns a ``Screen`` into messages or a page and adds nothing of its own: every word is here already,
in one language. ``Button.id`` goes back to the turn as it is; ids that begin with ``!`` are interrupts
(``!help``, ``!leave``, ``!language``, ``!back``, ``!skip``, ``!delete``, ``!done``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Button:
    """One way on: what comes back when it is chosen, and what it reads."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the read-back: a question and what was answered, both ready to show."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Screen:
    """One screen, translated and filled in; never kept, never logged.

    ``paragraphs`` are plain text; a paragraph may hold line breaks. ``options`` answer the question (at a free
    text they are "that is all", "keep", "skip"). ``asides`` are the buttons under every question, ``!leave``
    among them. ``writes`` says that free text is the expected answer; ``written`` is what is kept for it so far
    (a form shows it in the box; a chat shows it above the question). ``seq`` must come back with every answer.
    ``mark`` is said before everything else: that all of it is practice.
    ``ended`` means that the conversation is over and everything of it is to disappear; ``paragraphs`` then holds
    one ordinary-looking line and there are no buttons.
    """

    language: str
    direction: Literal["ltr", "rtl"]
    seq: int
    paragraphs: tuple[str, ...]
    notice: str | None = None
    told: tuple[Told, ...] = ()
    options: tuple[Button, ...] = ()
    asides: tuple[Button, ...] = ()
    writes: bool = False
    written: str | None = None
    number: str | None = None
    mark: str | None = None
    ended: bool = False

    def __repr__(self) -> str:
        """Tells nothing: a screen can hold a person's words."""
        return f"Screen(seq={self.seq})"
