"""`linnet directory who`: who would receive a report now, when, and why; and who would be kept out of it."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from bot.commands.terminal import refuse, say
from bot.directory_files import read_signed, read_signer, read_unsigned
from routing.conflicts import around, everybody
from routing.directory import Directory, Kind
from routing.errors import DirectoryError
from routing.resolve import Facts, Turn, resolve
from routing.triage_table import Route

__all__ = ["who"]

_KINDS: Final[dict[str, tuple[Kind, Route | None]]] = {
    "sea": ("sea", None),
    "sh": ("sh", None),
    "both": ("sea", Route.DUAL),
    "mission": ("sea", Route.CONDUCT_AND_DISCIPLINE),
}
_UNKNOWN: Final = "unknown"


def who(
    folder: Annotated[
        Path, typer.Argument(envvar="LINNET_DIRECTORY", help="The directory folder.", show_default=False)
    ],
    kind: Annotated[str, typer.Option("--kind", help="sea, sh, both (not clear which) or mission (peacekeepers).")],
    entity: Annotated[str, typer.Option("--entity", help="Id of the alleged person's entity.")] = _UNKNOWN,
    station: Annotated[str, typer.Option("--station", help="Id of the duty station or country.")] = _UNKNOWN,
    child: Annotated[bool, typer.Option("--child", help="A child is concerned.")] = False,
    urgent: Annotated[bool, typer.Option("--urgent", help="The short clock applies.")] = False,
    named: Annotated[
        list[str] | None,
        typer.Option("--not", metavar="PERSON", help="Id of a person who is named: they, their line and their desk."),
    ] = None,
    places: Annotated[
        list[str] | None, typer.Option("--not-at", metavar="PLACE", help="Id of a station or country to keep out.")
    ] = None,
    without: Annotated[
        list[str] | None, typer.Option("--without", help="Id of a person to exclude, with those who report to them.")
    ] = None,
    away: Annotated[list[str] | None, typer.Option("--away", help="Id of a person who is away now.")] = None,
    signer: Annotated[
        str | None,
        typer.Option(envvar="LINNET_DIRECTORY_SIGNER", help="Verify the signature with this key (path or text)."),
    ] = None,
) -> None:
    """Show who would receive a report now, in which order, and why."""
    now = datetime.now(UTC)
    try:
        if signer is None:
            found, _ = read_unsigned(folder, today=now.date())
        else:
            found, _, _ = read_signed(folder, read_signer(signer))
    except DirectoryError as error:
        refuse(str(error))
    if kind not in _KINDS:
        refuse(f"the kind is one of {', '.join(_KINDS)}, not {kind!r}")
    _known(entity, [*found.entities, _UNKNOWN], "entity")
    _known(station, [*found.stations, *found.countries, _UNKNOWN], "station or country")
    for one in (*(named or ()), *(without or ()), *(away or ())):
        _known(one, found.people, "person")
    for place in places or ():
        _known(place, [*found.stations, *found.countries], "station or country")
    which, route = _KINDS[kind]
    facts = Facts(
        kind=which,
        entity=None if entity == _UNKNOWN else entity,
        station=None if station == _UNKNOWN else station,
        child=child,
        urgent=urgent,
        route=route,
    )
    out = around(found, frozenset(named or ()), frozenset(places or ()))
    resolution = resolve(
        found,
        facts,
        exclude=out.line | frozenset(without or ()),
        alone=out.alone,
        now=now,
        away=frozenset(away or ()),
    )
    for turn in resolution.recipients:
        say(_turn(found, turn))
    if not resolution.recipients:
        say("Nobody. The person would be told so, and offered help and other channels.")
    _also(found, "told that there is a gap in coverage", resolution.alarm)
    _also(found, "told only that a report awaits an owner, if the first does not answer", resolution.awaiting)
    _also(found, "kept out", sorted(everybody(found, out)))


def _turn(found: Directory, turn: Turn) -> str:
    hours = turn.after.total_seconds() / 3600
    when = "at once" if not turn.after else f"after {hours:g} h"
    return f"{when:<12} {turn.person:<20} {found.people[turn.person].name}: {turn.reason}"


def _also(found: Directory, what: str, people: Iterable[str]) -> None:
    names = [f"{found.people[one].name} ({one})" for one in people if one in found.people]
    if names:
        say(f"{what}: {', '.join(names)}")


def _known(one: str, known: Iterable[str], what: str) -> None:
    if one not in known:
        refuse(f"there is no {what} {one!r}; there are: {', '.join(sorted(known))}")
