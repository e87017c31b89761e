"""`linnet flows`: check the conversation over every state somebody can reach, and draw it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.commands import play as game
from bot.commands.play import Language
from bot.commands.terminal import UNUSABLE, read_text, refuse, say
from bot.opening import flow_texts
from flows import picture
from flows.book import Book
from flows.check import prove
from flows.compile import Vocabulary, compile_book
from flows.errors import BookError
from flows.graph import mermaid
from flows.reading import Mapping, read

Folder = Annotated[Path | None, typer.Argument(help="Folder with flow files; without it, those that come with Linnet.")]

SAMPLE: Vocabulary = {
    "entities": [("first", {"en": "First"}), ("second", {"en": "Second"})],
    "stations": [("here", {"en": "Here"}), ("there", {"en": "There"})],
}
"""Stands for any directory: what a conversation does never depends on which organisation or place was chosen."""


def register(app: typer.Typer) -> None:
    """Add the group of commands to the program."""
    group = typer.Typer(no_args_is_help=True, help="The conversation: check it, draw it.")
    group.command("check")(check)
    group.command("graph")(graph)
    group.command("play")(play)
    app.add_typer(group, name="flows")


def check(folder: Folder = None) -> None:
    """Prove that nobody can be stranded. Exits with 2 on a fault or a broken promise."""
    book = _book(folder)
    proofs = prove(book)
    for proof in proofs.proofs:
        say(f"{'holds ' if proof.holds else 'BROKEN'}  {proof.cases:>7,}  {proof.promise}")
        for place in proof.broken:
            say(f"                 at {place}")
    say(f"{proofs.states:,} states visited, {proofs.steps:,} steps; sending takes {proofs.shortest} actions at least.")
    if not proofs.hold:
        raise typer.Exit(UNUSABLE)


def graph(
    folder: Folder = None,
    svg: Annotated[Path | None, typer.Option(help="Write a picture to this file instead.", metavar="FILE")] = None,
) -> None:
    """Print the conversation as a Mermaid flow chart, or draw it as an SVG picture."""
    book = _book(folder)
    if svg is None:
        typer.echo(mermaid(book), nl=False)
        return
    try:
        svg.write_text(picture.svg(book, _parts(folder)), "utf-8")
    except OSError as error:
        refuse(f"{svg}: cannot be written ({error.strerror})")


def _parts(folder: Path | None) -> dict[str, list[str]]:
    """The flow files by the names people give them, with their nodes in order."""
    parts: dict[str, list[str]] = {}
    for file, text in _texts(folder).items():
        nodes = read(file, text).get("nodes")
        if isinstance(nodes, Mapping):
            title = file.removesuffix(".yaml").lstrip("0123456789-").replace("-", " ").capitalize()
            parts[title] = [leaf.text for leaf, _ in nodes.items]
    return parts


def play(lang: Language = "en", folder: Folder = None) -> None:
    """Go through the conversation in the terminal. Nothing is kept and nothing is sent."""
    game.play(_book(folder), lang)


def _book(folder: Path | None) -> Book:
    try:
        return compile_book(_texts(folder), SAMPLE)
    except BookError as error:
        for fault in error.faults:
            say(str(fault))
        if not error.faults:
            say(str(error))
        raise typer.Exit(UNUSABLE) from None


def _texts(folder: Path | None) -> dict[str, str]:
    if folder is None:
        return dict(flow_texts())
    texts = {path.name: read_text(path) for path in sorted(folder.glob("*.yaml"))}
    if not texts:
        refuse(f"{folder}: there are no flow files (*.yaml) in it")
    return texts
