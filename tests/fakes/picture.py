"""A chat drawn for the terminal, as people look at it when a test fails or a demonstration runs."""

import textwrap
import unicodedata
from collections.abc import Iterator, Sequence

from tests.fakes.chats import Message

_INVISIBLE = {"Mn", "Me", "Cf"}


class Picture(list[Message]):
    """The visible messages of a chat, which can also be drawn."""

    def __init__(self, title: str, messages: Sequence[Message]) -> None:
        super().__init__(messages)
        self.title = title

    def render(self, width: int = 64) -> str:
        """Draws the chat: the bot on the left, the person on the right, buttons in brackets.

        Args:
            width: of the inside of the frame, in terminal columns.
        """
        lines = []
        for message in self:
            drawn = [line for part in _parts(message) for line in _wrapped(part, width - 10)]
            lines += [_placed(line, width, left=message.from_bot) for line in drawn]
            lines.append(_placed("", width, left=True))
        if not self:
            lines.append(_placed("(nothing to be seen)", width, left=True))
        top = f"┌─ {self.title} "
        return "\n".join([top + "─" * (width + 1 - display_width(top)) + "┐", *lines, "└" + "─" * width + "┘"])


def display_width(text: str) -> int:
    """How many columns a terminal gives the text."""
    return sum(
        0 if unicodedata.category(sign) in _INVISIBLE else 2 if unicodedata.east_asian_width(sign) in {"W", "F"} else 1
        for sign in text
    )


def _placed(line: str, width: int, *, left: bool) -> str:
    space = " " * (width - 2 - display_width(line))
    return f"│ {line}{space} │" if left else f"│ {space}{line} │"


def _parts(message: Message) -> Iterator[str]:
    for kind in message.content:
        yield f"({kind})"
    if message.document:
        yield f"📎 {message.document.name} ({len(message.document.content)} bytes)"
    if message.text:
        yield from message.text.split("\n")
    for row in message.rows:
        yield "  ".join(f"[\N{NO-BREAK SPACE}{label}\N{NO-BREAK SPACE}]" for label in row)


def _wrapped(part: str, width: int) -> Iterator[str]:
    # Wide signs take two columns: a line of at most half as many of them fits as well.
    wide = any(unicodedata.east_asian_width(sign) in {"W", "F"} for sign in part)
    for line in textwrap.wrap(part, width // 2 if wide and display_width(part) > width else width) or [""]:
        yield line.replace("\N{NO-BREAK SPACE}", " ")
