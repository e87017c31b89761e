"""Between a command and the person at the terminal: what is printed, asked and refused.

A report is written by a stranger, and a terminal obeys what is printed on it: escape
sequences can hide lines, retitle windows or, in old terminals, type for the reader, and
direction overrides can make a sentence read as another. So everything from outside goes
through `printable` first.
"""

import getpass
import sys
import unicodedata
import warnings
from pathlib import Path
from typing import NoReturn

import typer

UNUSABLE = 2
"""Exit code: a file is missing, malformed, or its passphrase wrong."""
UNOPENABLE = 3
"""Exit code: a sealed file that this key does not open."""

MAX_TEXT_BYTES = 1024 * 1024
MIN_PASSPHRASE = 12

_BREAKS = {"\u2028": "\n", "\u2029": "\n", "\u0085": "\n", "\t": "    "}
# Embeddings, overrides and isolates; the plain marks U+200E, U+200F and U+061C stay, as do
# the joiners that Persian and many Indic words are spelt with.
_DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def printable(text: str) -> str:
    """Take out of a text everything that a terminal would obey rather than show.

    Control characters (C0, C1, delete) other than line ends, direction overrides and
    isolates go; tabs become spaces; what no encoding can carry becomes U+FFFD.
    """
    kept = []
    for char in text.replace("\r\n", "\n"):
        if char in _BREAKS:
            kept.append(_BREAKS[char])
        elif char == "\n":
            kept.append(char)
        elif unicodedata.category(char) == "Cs":
            kept.append("\ufffd")
        elif unicodedata.category(char) != "Cc" and char not in _DIRECTIONS:
            kept.append(char)
    return "".join(kept)


def say(text: str = "") -> None:
    """Print a text from outside, made printable, whatever the terminal's encoding."""
    encoding = sys.stdout.encoding or "utf-8"
    typer.echo(printable(text).encode(encoding, errors="replace").decode(encoding))


def refuse(sentence: str, code: int = UNUSABLE) -> NoReturn:
    """Say one line on the error stream and end the command."""
    typer.echo(printable(sentence).replace("\n", " "), err=True)
    raise typer.Exit(code)


def read_bytes(path: Path, *, limit: int) -> bytes:
    """Read a whole file of at most `limit` bytes, or refuse."""
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        refuse(f"{path}: cannot be read ({error.strerror})")
    if len(data) > limit:
        refuse(f"{path}: too large for what it should be")
    return data


def read_text(path: Path) -> str:
    """Read a small UTF-8 text file, or refuse."""
    try:
        return read_bytes(path, limit=MAX_TEXT_BYTES).decode("utf-8")
    except UnicodeDecodeError:
        refuse(f"{path}: is not a text file")


def known_passphrase(file: Path | None, *, prompt: str = "Passphrase") -> str:
    """Get the passphrase of a key that exists: from a file's first line, or by asking.

    Never from an argument or the environment: other people of the machine can read those.
    """
    if file is None:
        return _ask(prompt, twice=False)
    return _first_line(file)


def new_passphrase(file: Path | None) -> str:
    """Get a passphrase for a new key: from a file's first line, or by asking twice."""
    if file is not None:
        passphrase = _first_line(file)
    else:
        typer.echo("Choose a passphrase. Five or six random words are strong and can be remembered.", err=True)
        passphrase = _ask("Passphrase", twice=True)
    if len(passphrase) < MIN_PASSPHRASE:
        refuse(f"a passphrase has at least {MIN_PASSPHRASE} characters; five or six random words are best")
    return passphrase


def _ask(prompt: str, *, twice: bool) -> str:
    # Without a terminal the library would warn and then read, and perhaps show, what is typed.
    with warnings.catch_warnings():
        warnings.simplefilter("error", getpass.GetPassWarning)
        try:
            return str(typer.prompt(prompt, hide_input=True, confirmation_prompt=twice, err=True))
        except getpass.GetPassWarning:
            typer.echo(err=True)  # the prompt already stands on this line
            refuse("there is no terminal to ask for the passphrase; name a file with --passphrase-file")


def _first_line(file: Path) -> str:
    line = read_text(file).removeprefix("\ufeff").split("\n", 1)[0].removesuffix("\r")
    if not line:
        refuse(f"{file}: the first line should be the passphrase, and is empty")
    return line
