"""What commands share that speak with a server for one person: where it is, the key, the passphrase asked once."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeAlias, TypeVar

import typer

from bot.commands.terminal import known_passphrase, read_text, refuse
from bot.staff_client import StaffClient, StaffClientError
from crypto.errors import KeyFileError
from crypto.keyfile import PRACTICE_HEADER, RECIPIENT_HEADER, ProtectedKey, header_of, parse, read_key
from crypto.keys import RecipientKey
from crypto.reference import normalise_reference

UNREACHED = 4
"""Exit code: the server was not reached, or it is none of Linnet's."""
SAID_NO = 1
"""Exit code: the server said no, such as to a reference that does not wait for this person."""

Result = TypeVar("Result")

Server: TypeAlias = Annotated[
    str,
    typer.Option(metavar="URL", envvar="LINNET_SERVER", help="The server, as your coordinator gave it."),
]
Key: TypeAlias = Annotated[
    Path,
    typer.Option(metavar="KEY", envvar="LINNET_KEY", help="Your private key file."),
]
PassphraseFile: TypeAlias = Annotated[
    Path | None,
    typer.Option(metavar="F", help="File whose first line is the passphrase; without it you are asked."),
]
Practice: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--practice", envvar="LINNET_PRACTICE", help="Practise: a practice key and practice files; others are refused."
    ),
]
Reference: TypeAlias = Annotated[str, typer.Argument(metavar="REFERENCE", help="The eight characters of the alert.")]


def private_key(path: Path, passphrase_file: Path | None, *, practice: bool = False) -> RecipientKey:
    """Unlock a private key, asking for the passphrase once, or refuse; also a key of the other kind."""
    text = read_text(path)
    holder(path, text, practice=practice)
    try:
        passphrase = known_passphrase(passphrase_file, prompt=f"Passphrase of {path}")
        return read_key(text, passphrase, practice=practice)
    except KeyFileError as error:
        refuse(f"{path}: {error}")


def holder(path: Path, text: str, *, practice: bool) -> ProtectedKey:
    """Read a private key's file without opening it, or refuse; also a key of the other kind."""
    try:
        return parse(text, header=header_of(practice=practice))
    except KeyFileError as error:
        if text.startswith(PRACTICE_HEADER) and not practice:
            refuse(f"{path}: is a key for practice, and opens nothing real; with --practice it opens what is invented")
        if text.startswith(RECIPIENT_HEADER) and practice:
            refuse(f"{path}: is a real key; practise with one of your own for it: linnet keys new --practice")
        refuse(f"{path}: {error}")


def known_reference(text: str) -> str:
    """Read a reference as people type it, or refuse."""
    found = normalise_reference(text)
    if found is None:
        refuse("a reference has eight letters and digits, such as 7K3M9QZX")
    return found


def with_server(server: str, key: RecipientKey, work: Callable[[StaffClient], Result]) -> Result:
    """Log in, do some work, log out; refuse with one line whatever the server does not take."""
    try:
        with StaffClient(server, key) as client:
            return work(client)
    except StaffClientError as error:
        refuse(f"{server}: {error}", SAID_NO if error.answered else UNREACHED)
