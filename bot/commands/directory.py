"""`linnet directory`: check it, sign it, make the key that signs, ask who would receive a report."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from bot.commands.attest import attest
from bot.commands.coverage import coverage
from bot.commands.directory_csv import export_csv, import_csv
from bot.commands.directory_diff import diff
from bot.commands.keys import signing
from bot.commands.terminal import UNUSABLE, known_passphrase, read_text, refuse, say
from bot.commands.who import who
from bot.directory_files import read_unsigned, sign_folder
from crypto.errors import KeyFileError
from crypto.signing import read_signing_key
from routing.check import warnings
from routing.directory import Directory
from routing.errors import DirectoryError, DirectoryFaults

__all__ = ["register"]

_FIRST: Final = (
    ", since no earlier signature by this key is here. If there was one, the server will refuse this, and"
    " 'linnet check' there names the serial to give with --serial"
)
_FIRST_LINE: Final = "File whose first line is the passphrase; without it you are asked."

Folder = Annotated[
    Path,
    typer.Argument(envvar="LINNET_DIRECTORY", help="The directory folder.", show_default=False),
]


def register(app: typer.Typer) -> None:
    """Add the group of commands to the program."""
    group = typer.Typer(no_args_is_help=True, help="The people who receive reports: check, sign, ask.")
    group.command("check")(check)
    group.command("sign")(sign)
    group.command("new-signer")(signing)
    group.command("who")(who)
    group.command("coverage")(coverage)
    group.command("diff")(diff)
    group.command("export")(export_csv)
    group.command("import")(import_csv)
    group.command("attest")(attest)
    app.add_typer(group, name="directory")


def check(folder: Folder) -> None:
    """Find every fault, with file and line, and say what is thin. Exits with 2 on faults."""
    today = datetime.now(UTC).date()
    try:
        found, keys = read_unsigned(folder, today=today)
    except DirectoryFaults as error:
        for fault in error.faults:
            say(str(fault))
        say(_count(len(error.faults), "fault"))
        raise typer.Exit(UNUSABLE) from None
    except DirectoryError as error:
        refuse(str(error))
    thin = warnings(found, today)
    for warning in thin:
        say(f"warning: {warning}")
    for path in sorted(folder.glob("*.yml")):
        say(f"warning: {path.name} is not read. Rename it to {path.stem}.yaml if it belongs here")
    say(_summary(found, today))
    receivers = [found.people[one] for one in found.receivers(today)]
    if silent := sum(person.email is None for person in receivers):
        say(
            f"{silent} of the {len(receivers)} who receive have no e-mail address: they are told by the staff bot alone"
        )
    say(f"{_count(len(keys), 'key')}, no faults, {_count(len(thin), 'warning')}")


def sign(
    folder: Folder,
    key: Annotated[Path, typer.Option("--key", metavar="FILE", help="The signing key file, made by new-signer.")],
    passphrase_file: Annotated[Path | None, typer.Option(metavar="F", help=_FIRST_LINE)] = None,
    serial: Annotated[
        int | None,
        typer.Option(min=1, help="Number of this version, where the last signature is not in the folder.", metavar="N"),
    ] = None,
) -> None:
    """Check the directory and sign it as it stands. Best done on a machine that is offline."""
    text = read_text(key)
    try:
        signing_key = read_signing_key(text, known_passphrase(passphrase_file))
        signed = sign_folder(folder, signing_key, serial=serial)
    except KeyFileError as error:
        refuse(f"{key}: {error}")
    except DirectoryFaults as error:
        refuse(f"not signed, {_count(len(error.faults), 'fault')}; the first: {error.faults[0]}")
    except DirectoryError as error:
        refuse(str(error))
    say(f"Signed {folder} with key {signed.signer}.")
    say(f"Serial: {signed.serial}{_FIRST if signed.serial == 1 and serial is None else ''}")
    say(f"Digest: {signed.digest}")


def _summary(found: Directory, today: date) -> str:
    counts = (
        _count(len(found.people), "person", "people"),
        f"{len(found.receivers(today))} who receive today",
        _count(len(found.entities), "entity", "entities"),
        _count(len(found.stations), "station"),
        _count(len(found.countries), "country", "countries"),
        _count(len(found.networks), "network"),
    )
    return ", ".join(counts)


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number} {one if number == 1 else many or f'{one}s'}"
