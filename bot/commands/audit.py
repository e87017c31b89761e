"""`linnet audit verify`: whether the record of who did what is whole."""

from typing import Annotated

import typer

from bot.commands.chosen import Database, settings, with_store
from bot.commands.terminal import refuse, say
from cases.audit import BrokenChainError, End, parse_end, verify
from cases.store import Store

BROKEN = 1
"""Exit code: the chain was changed."""

_NOTED = "An end that was printed earlier, NUMBER:DIGEST; the record must still go through it."


def register(app: typer.Typer) -> None:
    """Add the group ``audit`` to the program."""
    group = typer.Typer(no_args_is_help=True, help="The record of who opened, took up or gave up what.")
    group.callback()(lambda: None)
    group.command("verify")(verify_chain)
    app.add_typer(group, name="audit")


def verify_chain(
    database: Database = None,
    noted: Annotated[str | None, typer.Option("--noted", metavar="END", help=_NOTED)] = None,
) -> None:
    """Check that no line was changed, removed or put in. Exits with 1 if one was.

    Print the end on paper, or keep it on another machine: whoever may write to the database could make the whole
    record anew, but not one that goes through an end that you have noted.
    """
    through = None if noted is None else parse_end(noted)
    if noted is not None and through is None:
        refuse("an end looks like 17:4f0a…, as this command printed it")

    async def look(store: Store) -> End:
        return await verify(store, through)

    try:
        end = with_store(settings(database=database).database_url, look)
    except BrokenChainError as error:
        refuse(f"the record was changed: {error}", BROKEN)
    say(f"{end.number} lines, whole. Note this end, apart from the server:")
    say(f"    {end}")
