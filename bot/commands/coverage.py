"""`linnet directory coverage`: who would receive and counsel where and when, and what is missing."""

import csv
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from bot import coverage_csv
from bot.commands.terminal import refuse, say
from bot.coverage_picture import picture
from bot.coverage_table import table
from bot.directory_files import read_signed, read_signer, read_unsigned
from routing.coverage import cover
from routing.coverage_gaps import gaps
from routing.directory import Directory
from routing.errors import DirectoryError

__all__ = ["Day", "Folder", "Signer", "coverage", "day_of", "directory_in"]

GAPS: Final = 1
"""Exit code with --strict: something is missing. For monitoring."""

Folder = Annotated[
    Path,
    typer.Argument(envvar="LINNET_DIRECTORY", help="The directory folder.", show_default=False),
]
Day = Annotated[
    str | None,
    typer.Option("--day", metavar="DATE", help="Judge by this day, as in 2026-03-31; today if not given."),
]
Signer = Annotated[
    str | None,
    typer.Option(envvar="LINNET_DIRECTORY_SIGNER", help="Verify the signature with this key (path or text)."),
]


def coverage(
    folder: Folder,
    country: Annotated[list[str] | None, typer.Option("--country", help="Only this one; may be repeated.")] = None,
    csv_file: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write every hour there.")] = None,
    picture_file: Annotated[
        Path | None, typer.Option("--picture", metavar="FILE.svg", help="Draw the hours of the week there.")
    ] = None,
    day: Day = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 if anything is missing.")] = False,
    signer: Signer = None,
) -> None:
    """Show who would receive a report and who counsels, by country, language and hour, and what is missing."""
    today = day_of(day)
    found = directory_in(folder, signer, today)
    for one in country or ():
        if one not in found.countries:
            refuse(f"there is no country {one!r}; there are: {', '.join(sorted(found.countries))}")
    answer = cover(found, today, country)
    missing = gaps(found, answer)
    for line in table(answer, missing):
        say(line)
    if csv_file is not None or picture_file is not None:
        say()
    if csv_file is not None:
        _write_csv(csv_file, coverage_csv.rows(found, answer))
    if picture_file is not None:
        _write(picture_file, picture(answer))
    if missing and strict:
        raise typer.Exit(GAPS)


def day_of(day: str | None) -> date:
    """The day that was asked for, or today in UTC, or refuse."""
    if day is None:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(day)
    except ValueError:
        refuse(f"a day is written as in 2026-03-31, not {day!r}")


def directory_in(folder: Path, signer: str | None, today: date) -> Directory:
    """Read a directory, verified where a key is given, or refuse."""
    try:
        if signer is None:
            return read_unsigned(folder, today=today)[0]
        return read_signed(folder, read_signer(signer))[0]
    except DirectoryError as error:
        refuse(str(error))


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        refuse(f"{path}: cannot be written ({error.strerror})")
    say(f"Written: {path}")


def _write_csv(path: Path, rows: Iterable[tuple[str, ...]]) -> None:
    """Write line by line, for there may be millions; with the mark by which spreadsheets know UTF-8."""
    try:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(coverage_csv.COLUMNS)
            writer.writerows(rows)
    except OSError as error:
        refuse(f"{path}: cannot be written ({error.strerror})")
    say(f"Written: {path}")
