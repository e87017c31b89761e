"""The command line: one program, one file a group of commands.

A command loads what it needs and no other command's libraries: the two bot libraries alone take seconds of processor
time, which nobody should wait for who asks for help or checks a directory. So the names of all commands stand here
with the words that help shows; a test holds them to what the commands themselves say.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Final

import typer

__all__ = ["GROUPS", "Group", "build", "main"]


@dataclass(frozen=True, slots=True)
class Group:
    """Commands that are loaded together.

    Attributes:
        modules: In `bot.commands`, in the order in which they register.
        commands: What help says of each, by name.
    """

    modules: tuple[str, ...]
    commands: Mapping[str, str]


GROUPS: Final = (
    Group(
        ("run",),
        {
            "run": "Run Linnet with the settings of the environment or linnet.toml. Exits with 2 if something is not "
            "right.",
            "check": "Check everything that `run` would need, open no door, and say what a newcomer should know.",
        },
    ),
    Group(
        ("demo",),
        {
            "demo": "Run Linnet on a database of its own with invented people; made on the first start under var/demo.",
            "practice": "Run Linnet for practice with invented people; made on the first start under var/practice. "
            "Nothing is real.",
        },
    ),
    Group(
        ("open",),
        {"open": "Open a sealed report with your private key and print it. Nothing is written to disk."},
    ),
    Group(
        ("inbox",),
        {
            "inbox": "List what waits for you: reference, kind, priority, until when, and whether you have taken it "
            "up.",
            "have": "Say that you have it, so that those after you need not be told. For a test alert: that it has "
            "reached you.",
            "recuse": "Give a report up for good, because you should not be the one to read it. Nobody asks why.",
        },
    ),
    Group(
        ("reply",),
        {
            "reply": "Answer the person. Without --say and --file you write on the terminal and end with a line that "
            "is only a dot.",
            "status": "Say how far a report has come. The person sees it when they come back with their number.",
            "close": "Close a report, with an explanation in your own words after a sentence in the person's language.",
        },
    ),
    Group(("keys",), {"keys": "Make and look at keys; keep the server's secret file."}),
    Group(("directory", "invite"), {"directory": "The people who receive reports: check, sign, ask."}),
    Group(("outbox",), {"outbox": "Show what has not gone out. Exits with 1 when something is stuck."}),
    Group(("audit",), {"audit": "The record of who opened, took up or gave up what."}),
    Group(("db",), {"db": "Carry a deployment from one database to another."}),
    Group(("flows",), {"flows": "The conversation: check it, draw it."}),
    Group(("locales",), {"locales": "Translations: extract, update, compile, check."}),
)


def build(words: Sequence[str] | None = None) -> typer.Typer:
    """The program.

    Args:
        words: What stands behind `linnet`: only the command it names is loaded, of the others only the names. None
            loads all.
    """
    app = typer.Typer(
        no_args_is_help=True,
        pretty_exceptions_enable=False,  # its tracebacks show local variables
        help="Linnet: anonymous, survivor-centred reporting.",
    )
    wanted = next((word for word in words or () if not word.startswith("-")), None)
    for group in GROUPS:
        if words is None or wanted in group.commands:
            for module in group.modules:
                import_module(f"bot.commands.{module}").register(app)
        else:
            for name, said in group.commands.items():
                app.command(name, help=said)(_elsewhere)
    return app


def main() -> None:
    """Run the program."""
    # A shell that completes a line says so in the environment, and may ask about any command.
    completing = any(name.startswith("_") and name.endswith("_COMPLETE") for name in os.environ)
    build(None if completing else sys.argv[1:])()


def _elsewhere() -> None:
    """Stand for a command that the line does not name; never called."""


if __name__ == "__main__":
    main()
