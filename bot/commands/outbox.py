"""`linnet outbox`: what has not gone out yet, what is stuck and why, and putting it back."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Final

import typer

from bot.commands.chosen import Database, settings, with_store
from bot.commands.terminal import refuse, say
from cases.outbox import AWAITING, COVERAGE, GAP, Unsent, revive, unsent
from crypto.reference import normalise_reference

STUCK: Final = 1
"""Exit code: something waits for a person. For monitoring."""

_HEAD: Final = ("REFERENCE", "RECIPIENT", "KIND", "STATE", "ATTEMPTS", "DUE (UTC)", "FAULT")
_KINDS: Final = {AWAITING: "awaiting", COVERAGE: "alarm", GAP: "gap"}
"""A word for a template, where it is not the template's own ("staff_reminder" is a reminder)."""
_NOTES: Final = {
    "address_unreadable": "the account was linked under another secret file: link it again",
    "blocked": "the person has blocked the staff bot: ask them to unblock it, then retry",
    "chat_not_found": "the account is gone: invite the person again, then retry",
    "not_in_directory": "the person is not in the directory any more; the next in the chain was asked",
    "no_courier": "no staff bot is set up",
    "not_linked": "the person has no account in the staff bot: linnet directory invite",
    "token_refused": "the staff bot's token is not valid any more",
    "unreachable": "Telegram cannot be reached from here",
}


def register(app: typer.Typer) -> None:
    """Add the group of commands to the program."""
    group = typer.Typer(invoke_without_command=True)
    group.callback()(show)
    group.command("retry")(retry)
    app.add_typer(group, name="outbox")


def show(context: typer.Context, database: Database = None) -> None:
    """Show what has not gone out. Exits with 1 when something is stuck."""
    context.obj = database
    if context.invoked_subcommand is not None:
        return
    now = int(datetime.now(UTC).timestamp())
    rows = with_store(settings(database=database).database_url, unsent)
    if not rows:
        say("Nothing waits.")
        return
    for line in table(rows):
        say(line)
    stuck = [row for row in rows if row.stuck(now)]
    for fault in sorted({row.fault for row in stuck if row.fault}):
        if fault in _NOTES:
            say(f"{fault}: {_NOTES[fault]}")
    if stuck:
        say(f"{len(stuck)} of {len(rows)} stuck")
        raise typer.Exit(STUCK)


def retry(
    context: typer.Context,
    reference: Annotated[str, typer.Argument(help="The reference whose dead alerts are to be tried again.")],
    database: Database = None,
) -> None:
    """Put dead alerts back. A running Linnet sends them within seconds."""
    known = normalise_reference(reference)
    if known is None:
        refuse("a reference is eight letters and digits")
    now = int(datetime.now(UTC).timestamp())
    url = settings(database=database or context.obj).database_url
    count = with_store(url, lambda store: revive(store, known, now))
    if not count:
        refuse(f"nothing of {known} is dead", STUCK)
    say(f"{count} put back")


def table(rows: Sequence[Unsent]) -> list[str]:
    """Lay rows out in columns."""
    cells = [_HEAD, *(_cells(row) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return ["  ".join(map(str.ljust, line, widths)).rstrip() for line in cells]


def _cells(row: Unsent) -> tuple[str, ...]:
    due = datetime.fromtimestamp(row.alert.due, tz=UTC).strftime("%Y-%m-%d %H:%M")
    reference = "-" if row.alert.template == GAP else row.alert.reference
    kind = _KINDS.get(row.alert.template, row.alert.template.removeprefix("staff_"))
    return reference, row.alert.recipient, kind, row.state, str(row.attempts), due, row.fault or "-"
