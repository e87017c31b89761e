"""``linnet locales``: take the English texts out, bring catalogues up to date, compile and check them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from babel.messages.mofile import write_mo

from config.care import Care, CareError
from locales.check import check as faults_in
from locales.errors import LocaleError
from locales.extract import catalogue_path, catalogue_paths, fresh, read_catalogue, save, template, template_path
from locales.extract import update as updated
from locales.po import Po

ROOT = Path(__file__).resolve().parents[2]
"""The project's folder: sources and catalogues are changed where they are, in a working copy."""

CARE = ("config/care", "config/demo/care")
"""Where care content that comes with Linnet stands, with translations of its own."""

FAULTY = 2
"""Exit code when something has to be mended."""

Root = Annotated[Path, typer.Option("--root", help="The project's folder.", file_okay=False, hidden=True)]


def register(app: typer.Typer) -> None:
    """Add the group ``locales`` to the command line."""
    group = typer.Typer(no_args_is_help=True, help="Translations: extract, update, compile, check.")
    group.command()(extract)
    group.command()(update)
    group.command("compile")(compile_catalogues)
    group.command()(check)
    app.add_typer(group, name="locales")


def extract(root: Root = ROOT) -> None:
    """Write locales/linnet.pot from the conversations and locales/words.yaml."""
    new = _readable_template(root)
    _tell(template_path(root), root, save(new, template_path(root)))


def update(
    tags: Annotated[list[str] | None, typer.Argument(help="Languages; a new one is begun. Default: all.")] = None,
    root: Root = ROOT,
) -> None:
    """Bring the template and every catalogue up to date with the sources; nothing is guessed."""
    new = _readable_template(root)
    _tell(template_path(root), root, save(new, template_path(root)))
    folders = [tag.replace("-", "_") for tag in tags] if tags else list(catalogue_paths(root))
    for folder in folders:
        path = catalogue_path(root, folder)
        old = _readable(path) if path.exists() else fresh(folder.replace("_", "-"))
        merged = updated(old, new)
        _tell(path, root, save(merged, path))
        waiting = sum(not message.string for message in merged.messages())
        if waiting:
            print(f"{folder}: {waiting} texts wait for a translation")


def compile_catalogues(
    to: Annotated[Path, typer.Option("--to", help="Folder for the .mo files.", file_okay=False)],
    root: Root = ROOT,
) -> None:
    """Write .mo files for other programs. Linnet compiles in memory when it starts and never reads these."""
    for folder, path in catalogue_paths(root).items():
        target = to / folder / "LC_MESSAGES" / path.with_suffix(".mo").name
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            write_mo(file, _readable(path).catalog)
        print(target)


def check(root: Root = ROOT) -> None:
    """Name every fault in the sources and catalogues; exit code 2 if there is one."""
    faults = [*map(str, faults_in(root)), *_care_gaps(root)]
    for fault in faults:
        print(fault)
    if faults:
        raise typer.Exit(FAULTY)
    texts = len(list(_readable_template(root).messages()))
    print(f"{texts} texts, complete in English and: {', '.join(catalogue_paths(root)) or 'no other language'}")
    for folder, path in catalogue_paths(root).items():
        if not _readable(path).reviewed:
            print(f"{folder}: not reviewed by a native speaker")


def _care_gaps(root: Path) -> list[str]:
    """Each entry of the care content that comes with Linnet and is not there in every language with a catalogue."""
    tags = [folder.replace("_", "-") for folder in catalogue_paths(root)]
    gaps = []
    for folder in CARE:
        try:
            found = Care(root / folder).gaps(tags) if (root / folder).is_dir() else ()
        except CareError as error:
            found = (str(error),)
        gaps += [f"{folder}: {gap}" for gap in found]
    return gaps


def _readable_template(root: Path) -> Po:
    try:
        return template(root)
    except LocaleError as error:
        print(f"en: {error}")
        raise typer.Exit(FAULTY) from None


def _readable(path: Path) -> Po:
    try:
        return read_catalogue(path)
    except LocaleError as error:
        print(error)
        raise typer.Exit(FAULTY) from None


def _tell(path: Path, root: Path, changed: bool) -> None:
    print(f"{path.relative_to(root)}: {'written' if changed else 'unchanged'}")
