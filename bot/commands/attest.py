"""`linnet directory attest`: the yearly attestation of an office, filled in and ready to sign."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from bot.attestation import Attestation, languages_of
from bot.commands.chosen import Database, with_store
from bot.commands.coverage import Day, Folder, Signer, day_of, directory_in
from bot.commands.terminal import refuse, say
from cases.trials import answered
from locales.catalogues import load
from routing.coverage import cover
from routing.directory import Directory, Office
from routing.offices import attested, offices

__all__ = ["attest"]


def attest(
    folder: Folder,
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Where the pages go; made if absent.")],
    office: Annotated[list[str] | None, typer.Option("--office", help="Id of an office; may be repeated.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All offices.")] = False,
    day: Day = None,
    database: Database = None,
    signer: Signer = None,
) -> None:
    """Write the yearly attestation of offices as pages to print, in English and the office's language.

    With --database each page says when test alerts were answered; without it, that this is not known.
    """
    if every == bool(office):
        refuse("name offices with --office, or ask for --all")
    today = day_of(day)
    found = directory_in(folder, signer, today)
    chosen = _chosen(found, today, office)
    tests: Mapping[str, date] | None = with_store(database, answered) if database else None
    languages = load()
    coverage = cover(found, today, {found.stations[one.station].country for one in chosen})
    pages = Attestation(found, languages, today, tests)
    for one in chosen:
        facts = attested(found, coverage, one, tests)
        for tag in languages_of(languages, facts):
            name = f"{one.id}.html" if tag == languages.fallback else f"{one.id}.{tag}.html"
            _write(out / name, pages.page(facts, tag))


def _chosen(directory: Directory, today: date, wanted: list[str] | None) -> list[Office]:
    known = {office.id: office for office in offices(directory, today)}
    if not known:
        refuse("there is no office in this directory on that day")
    for one in wanted or ():
        if one not in known:
            refuse(f"there is no office {one!r}; there are: {', '.join(known)}")
    return [known[one] for one in wanted or known]


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    except OSError as error:
        refuse(f"{path}: cannot be written ({error.strerror})")
    say(f"Written: {path}")
