"""`linnet directory invite` and `unlink`: who may be told in the staff bot, by a code that works once."""

import secrets
from datetime import UTC, datetime
from typing import Annotated, TypeAlias

import typer

from bot.commands.chosen import Database, Folder, Secret, directory_of, settings, vault_at, with_store
from bot.commands.terminal import refuse, say
from cases import staff

Id: TypeAlias = Annotated[str, typer.Argument(metavar="ID", help="The person's id in the directory.")]

NOT_LINKED = 1
"""Exit code of ``unlink`` when there was nothing to unlink."""


def register(app: typer.Typer) -> None:
    """Add both commands to the `directory` group, which must have been added to the program before.

    Raises:
        LookupError: there is no such group.
    """
    for group in app.registered_groups:
        if group.name == "directory" and group.typer_instance is not None:
            attach(group.typer_instance)
            return
    raise LookupError("the directory commands come first")


def attach(group: typer.Typer) -> None:
    """Add both commands to a group."""
    group.command("invite")(invite)
    group.command("unlink")(unlink)


def invite(id_: Id, database: Database = None, secret: Secret = None, directory: Folder = None) -> None:
    """Make a one-time code that links a person's account in the staff bot. It ends any code made before."""
    chosen = settings(database=database, secret=secret, directory=directory)
    people = directory_of(chosen).people
    if id_ not in people:
        refuse(f"there is no person {id_!r}; there are: {', '.join(sorted(people))}")
    vault = vault_at(chosen.secret_file)
    now = int(datetime.now(UTC).timestamp())
    code = with_store(
        chosen.database_url,
        lambda store: staff.invite(store, vault, id_, now=now, entropy=secrets.token_bytes),
    )
    until = datetime.fromtimestamp(staff.expiry(now), tz=UTC)
    say(f"Code for {id_}: {code}")
    say(f"It works once, until {until:%Y-%m-%d %H:%M} UTC, and cannot be shown again.")
    say("Give it to them in person or by voice. They send it to the staff bot from the account to be linked.")


def unlink(id_: Id, database: Database = None) -> None:
    """Forget a person's account in the staff bot, and any code that is still open."""
    if not with_store(settings(database=database).database_url, lambda store: staff.unlink(store, id_)):
        refuse(f"{id_} has no account linked and no open code", NOT_LINKED)
    say(f"{id_} is not told in the staff bot any more.")
