"""`linnet directory diff`: what a new version of the directory changes, in words, for whom, and from when."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from bot.commands.terminal import refuse, say
from bot.directory_files import read_for_comparing
from routing.changes import record_changes
from routing.changes_in_turn import sentences
from routing.directory import Directory
from routing.errors import DirectoryError

__all__ = ["diff"]

_DIFFERENT: Final = 1


def diff(
    old: Annotated[Path, typer.Argument(help="The folder as it is.")],
    new: Annotated[Path, typer.Argument(help="The folder as it is to be.")],
) -> None:
    """Say what a new version changes, for whom, and from when. Exits with 0 when nothing, 1 when something."""
    before, after = _read(old), _read(new)
    today = datetime.now(UTC).date()
    told = False
    for title, lines in (
        ("In the records:", list(record_changes(before, after))),
        ("So that:", list(sentences(before, after, today))),
    ):
        if lines:
            say(f"{'' if not told else chr(10)}{title}")
            told = True
        for line in lines:
            say(f"  {line[0].upper()}{line[1:]}.")
    if not told:
        say("Nothing changes.")
        return
    raise typer.Exit(_DIFFERENT)


def _read(folder: Path) -> Directory:
    try:
        return read_for_comparing(folder)
    except DirectoryError as error:
        refuse(f"{folder}: {error}")
