"""The command line: one program, one file a group of commands."""

from __future__ import annotations

import typer

from bot.commands import audit, db, demo, directory, flows, inbox, invite, keys, locales, outbox, reply, run
from bot.commands import open as opening


def build() -> typer.Typer:
    """The program with all its commands."""
    app = typer.Typer(
        no_args_is_help=True,
        pretty_exceptions_enable=False,  # its tracebacks show local variables
        help="Linnet: anonymous, survivor-centred reporting.",
    )
    for group in (run, demo, opening, inbox, reply, keys, directory, invite, outbox, audit, db, flows, locales):
        group.register(app)
    return app


def main() -> None:
    """Run the program."""
    build()()


if __name__ == "__main__":
    main()
