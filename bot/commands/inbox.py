"""`linnet inbox`, `linnet have` and `linnet recuse`: what waits for a focal point, and their word about it.

They speak with the server over HTTPS and show references, never what they are about. Nothing is kept on this device.
"""

from datetime import UTC, datetime
from typing import Annotated

import typer

from bot.commands.staff_session import (
    Key,
    PassphraseFile,
    Practice,
    Reference,
    Server,
    known_reference,
    private_key,
    with_server,
)
from bot.commands.terminal import refuse, say
from bot.staff_client import Item

_HOUR = 3600


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command("inbox")(inbox)
    app.command("have")(have)
    app.command("recuse")(recuse)


def inbox(server: Server, key: Key, passphrase_file: PassphraseFile = None, practice: Practice = False) -> None:
    """List what waits for you: reference, kind, priority, until when, and whether you have taken it up."""
    waiting = with_server(server, private_key(key, passphrase_file, practice=practice), lambda client: client.inbox())
    if not waiting:
        say("Nothing waits for you.")
        return
    now = datetime.now(UTC)
    for item in waiting:
        say(_line(item, now))
    say()
    say("Read one with: linnet open --server URL --key KEY REFERENCE")


def have(
    reference: Reference, server: Server, key: Key, passphrase_file: PassphraseFile = None, practice: Practice = False
) -> None:
    """Say that you have it, so that those after you need not be told. For a test alert: that it has reached you."""
    known = known_reference(reference)
    with_server(server, private_key(key, passphrase_file, practice=practice), lambda client: client.have(known))
    say(f"Noted: you have {known}.")


def recuse(
    reference: Reference,
    server: Server,
    key: Key,
    passphrase_file: PassphraseFile = None,
    practice: Practice = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether you are sure.")] = False,
) -> None:
    """Give a report up for good, because you should not be the one to read it. Nobody asks why."""
    known = known_reference(reference)
    if not yes:
        say("You will not be able to open it any more, and the next person is told now. This cannot be undone.")
        if not typer.confirm(f"Give {known} up?", err=True):
            refuse("nothing was changed", 1)
    with_server(server, private_key(key, passphrase_file, practice=practice), lambda client: client.recuse(known))
    say(f"You have given {known} up. Please delete the file, if you saved it.")


def _line(item: Item, now: datetime) -> str:
    local = item.deadline.astimezone()
    hours = round((item.deadline - now).total_seconds() / _HOUR)
    left = f"in {hours} h" if hours > 0 else "now" if hours == 0 else f"{-hours} h late"
    taken = "you have it" if item.taken else "not taken up"
    by = local.strftime("%Y-%m-%d %H:%M")
    return f"{item.reference:8}  {item.purpose:10}  {item.priority:6}  by {by} ({left})  {taken}"
