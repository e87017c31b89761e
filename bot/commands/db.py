"""`linnet db`: carrying a deployment from one database to another."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Annotated, Final

import typer

from bot.commands.chosen import existing
from bot.commands.terminal import UNUSABLE, refuse, say
from cases.moving import DifferentError, InUseError, Moved, NotEmptyError, move
from cases.store import StoreError, open_store

IN_USE: Final = 4
"""Exit code: somebody else is connected to one of the databases. Nothing was changed."""
NOT_EMPTY: Final = 5
"""Exit code: the target holds something. Nothing was changed."""
DIFFERENT: Final = 6
"""Exit code: what arrived was not what was sent. Nothing was kept."""

_CODES: Final = {InUseError: IN_USE, NotEmptyError: NOT_EMPTY, DifferentError: DIFFERENT}


def register(app: typer.Typer) -> None:
    """Add the group of commands to the program."""
    group = typer.Typer(no_args_is_help=True, help="Carry a deployment from one database to another.")
    group.callback()(lambda: None)
    group.command("move")(move_all)
    app.add_typer(group, name="db")


def move_all(
    source: Annotated[str, typer.Argument(metavar="FROM_URL", help="The database that is left; it is only read.")],
    target: Annotated[str, typer.Argument(metavar="TO_URL", help="An empty one; it is given its tables.")],
) -> None:
    """Carry everything over and compare both sides row by row. Linnet must be stopped.

    Exits with 2 if a database cannot be used, 4 if somebody uses it, 5 if the target is not empty, 6 if what arrived
    differs; in all of these nothing was kept in the target.
    """

    async def moved() -> Moved:
        existing(source)
        here, there = open_store(source), open_store(target)
        try:
            return await move(here, there)
        finally:
            await here.close()
            await there.close()

    try:
        found = asyncio.run(moved())
    except StoreError as error:
        refuse(str(error), next((code for kind, code in _CODES.items() if isinstance(error, kind)), UNUSABLE))
    for line in table(found.tables):
        say(line)
    say("Everything arrived and is equal. Set LINNET_DATABASE_URL to the new database, then start Linnet.")
    say("The old database is as it was. Destroy it once the new one has been seen to work.")


def table(tables: Mapping[str, tuple[int, str]]) -> list[str]:
    """Lay out how many rows each table has, and the beginning of their digest."""
    if not tables:
        return ["There was nothing in it."]
    names, counts = max(map(len, tables)), max(len(f"{count}") for count, _ in tables.values())
    return [f"{name:{names}}  {count:{counts}}  {digest[:16]}" for name, (count, digest) in tables.items()]
