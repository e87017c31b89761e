"""`linnet directory export` and `import`: the people as a spreadsheet, and back."""

from pathlib import Path
from typing import Annotated

import typer

from bot.commands.terminal import UNUSABLE, refuse, say
from bot.directory_folder import read_texts, replace_file, write_texts
from bot.directory_import import Plan, plan
from bot.spreadsheet import SheetFaults, read_rows, write_rows
from routing.amend import AmendError
from routing.errors import DirectoryError, DirectoryFaults
from routing.load import load

__all__ = ["export_csv", "import_csv"]

Folder = Annotated[
    Path,
    typer.Argument(envvar="LINNET_DIRECTORY", help="The directory folder.", show_default=False),
]


def export_csv(
    folder: Folder,
    csv: Annotated[Path, typer.Option("--csv", metavar="FILE", help="Where to write the people.")],
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")] = False,
) -> None:
    """Write the people of the directory as a CSV file, for a spreadsheet. Guard it: it names everybody."""
    if csv.exists() and not force:
        refuse(f"{csv} is there already: name another file, or say --force to replace it")
    try:
        found = load(read_texts(folder))
        replace_file(csv, write_rows(found.people.values()), mode=0o600)
    except DirectoryFaults as error:
        refuse(f"not exported, the directory has faults; the first: {error.faults[0]}")
    except DirectoryError as error:
        refuse(str(error))
    say(f"{len(found.people)} people written to {csv}.")


def import_csv(
    folder: Folder,
    csv: Annotated[Path, typer.Option("--csv", metavar="FILE", help="The people to add or change.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and write nothing.")] = False,
) -> None:
    """Add and change people from a CSV file. Nobody is removed; what is not in the file stays. Exits with 2 on faults.

    A column that is not there leaves the field as it is, an empty cell takes it away.
    """
    try:
        rows = read_rows(csv.read_bytes())
        texts = read_texts(folder)
        planned = plan(texts, rows)
        if not dry_run:
            write_texts(folder, {name: text for name, text in planned.texts.items() if text != texts[name]})
    except SheetFaults as error:
        for fault in error.faults:
            say(fault.said(csv.name))
        say(f"{len(error.faults)} {'fault' if len(error.faults) == 1 else 'faults'}, and nothing is written")
        raise typer.Exit(UNUSABLE) from None
    except DirectoryFaults as error:
        refuse(f"not imported, the directory itself has faults; the first: {error.faults[0]}")
    except (DirectoryError, AmendError) as error:
        refuse(str(error))
    except OSError as error:
        refuse(f"{csv} cannot be read ({error.strerror})")
    _tell(planned, folder, dry_run=dry_run)


def _tell(planned: Plan, folder: Path, *, dry_run: bool) -> None:
    for one in planned.added:
        say(f"added    {one}")
    for one, columns in planned.changed.items():
        say(f"changed  {one}: {', '.join(columns)}")
    if planned.same:
        say(f"{planned.same} {'row says' if planned.same == 1 else 'rows say'} nothing new")
    if planned.left:
        say(f"{planned.left} of the directory have no row, and stay as they are")
    if not planned.added and not planned.changed:
        say("Nothing changes.")
    elif dry_run:
        say("Nothing is written yet: leave out --dry-run to do it.")
    else:
        say(f"Written. Next: linnet directory check {folder}, then sign it.")
