"""What a new version of a directory says otherwise than the old one, in sentences for a coordinator.

People first: what somebody becomes, no longer is, and from which day; then every other field
that reads differently. Then places, entities, networks and offices. Who receives what because
of it is another question, and `routing.changes_in_turn` answers it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import date, timedelta
from typing import Any, Final, TypeAlias

from routing.cells import COLUMNS
from routing.directory import Dated, Directory, Network, Person, RoleKind, Seat
from routing.forms import write_days
from routing.references import ONE_OF

__all__ = ["TITLES", "called", "listed", "record_changes"]

TITLES: Final = {
    RoleKind.PSEA_FOCAL_POINT: "PSEA focal point",
    RoleKind.SH_FOCAL_POINT: "SH focal point",
    RoleKind.CHILD_PROTECTION: "child protection",
    RoleKind.CONDUCT_AND_DISCIPLINE: "conduct and discipline",
    RoleKind.COORDINATOR: "coordinator",
    RoleKind.COUNSELLOR: "counsellor",
    RoleKind.OVERSIGHT: "oversight",
    RoleKind.VICTIMS_RIGHTS_ADVOCATE: "Victims' Rights Advocate",
}
_SEATS: Final = {"members": "member", "cochairs": "co-chair", "coordinators": "coordinator"}
_TOLD_APART: Final = frozenset({"id", "roles", "stations", "countries", "regions", "level", "valid_from", "valid_to"})
"""Columns of a person that stand in the sentences about their roles."""
_ONE_DAY: Final = timedelta(days=1)

Span: TypeAlias = tuple[date | None, date | None]


def record_changes(old: Directory, new: Directory) -> Iterator[str]:
    """Say what differs between two versions, a sentence each, without full stops; people first."""
    for one in sorted(old.people.keys() | new.people.keys()):
        yield from _person(old, new, old.people.get(one), new.people.get(one))
    for section in ("networks", "entities", "offices", "stations", "countries", "regions"):
        before, after = getattr(old, section), getattr(new, section)
        for one in sorted(before.keys() | after.keys()):
            yield from _record(old, new, section, before.get(one), after.get(one))


def called(directory: Directory, person: str) -> str:
    """Name a person with their id, which is what the directory's files and commands go by."""
    found = directory.people.get(person)
    return f"{found.name} ({person})" if found else person


# --- people -------------------------------------------------------------------------------------------------------


def _person(old: Directory, new: Directory, before: Person | None, after: Person | None) -> Iterator[str]:
    if before == after:
        return
    if after is None and before is not None:
        yield f"{called(old, before.id)} is not in the directory any more: was {_duties(old, before)}"
    elif before is None and after is not None:
        yield f"{called(new, after.id)} is added: {_duties(new, after)}"
        if after.key_id is None and after.roles:
            yield f"{called(new, after.id)} has no public key, and receives nothing until there is one"
    elif before is not None and after is not None:
        who = called(new, after.id)
        yield from _roles(old, new, before, after, who)
        yield from _fields(before, after, who)


def _roles(old: Directory, new: Directory, before: Person, after: Person, who: str) -> Iterator[str]:
    old_spans, new_spans = _spans_by_role(before), _spans_by_role(after)
    there = _where(new, after)
    for kind, title in TITLES.items():
        yield from _appointment(who, f"{title}{there}", old_spans.get(kind, ()), new_spans.get(kind, ()))
    if (before.level, _where(old, before)) != (after.level, there) and (after.roles or before.roles):
        now, was = f"{after.level} level{there}", f"{before.level} level{_where(old, before)}"
        yield f"{who} now works at {now}, before at {was}"


def _fields(before: Person, after: Person, who: str) -> Iterator[str]:
    for name, column in COLUMNS.items():
        one, other = column.write(before), column.write(after)
        if name not in _TOLD_APART and one != other:
            yield f"{who}: {name} now {other or 'nothing'}, before {one or 'nothing'}"
    if before.key_id != after.key_id:
        match before.key_id, after.key_id:
            case None, _:
                yield f"{who} has a public key now"
            case _, None:
                yield f"{who} has no public key any more, and receives nothing"
            case _:
                yield f"{who} has another public key ({after.key_id}, before {before.key_id}): ask them by voice"


def _duties(directory: Directory, person: Person) -> str:
    entity = directory.entities[person.entity].name
    spans = _spans_by_role(person).items()
    roles = ", ".join(f"{TITLES[kind]}{_when(spans)}" for kind, spans in spans) or "no role"
    return f"{roles}, {entity}{_where(directory, person)}"


def _where(directory: Directory, person: Person) -> str:
    """Say which places somebody serves: " for Port Lumen and Nualis", or nothing."""
    names = [
        *(directory.stations[one].name for one in person.stations),
        *(directory.countries[one].name for one in person.countries),
        *(directory.regions[one].name for one in person.regions),
    ]
    return f" for {listed(names)}" if names else ""


def _spans_by_role(person: Person) -> dict[RoleKind, tuple[Span, ...]]:
    """From when to when each role is really held: never longer than the person is there."""
    spans: dict[RoleKind, tuple[Span, ...]] = {}
    for role in person.roles:
        spans[role.kind] = (*spans.get(role.kind, ()), _overlap(role, person))
    return spans


def _overlap(one: Dated, other: Dated) -> Span:
    starts = [day for day in (one.valid_from, other.valid_from) if day]
    ends = [day for day in (one.valid_to, other.valid_to) if day]
    return max(starts, default=None), min(ends, default=None)


def _appointment(who: str, what: str, before: tuple[Span, ...], after: tuple[Span, ...]) -> Iterator[str]:
    """Say how an appointment begins, ends or moves."""
    if before == after:
        return
    if not before:
        yield f"{who} becomes {what}{_when(after)}"
    elif not after:
        yield f"{who} is no longer {what}"
    else:
        (was_from, was_to), (now_from, now_to) = before[-1], after[-1]
        simple = len(before) == len(after) == 1 and was_from == now_from
        if simple and now_to is not None and (was_to is None or now_to < was_to):
            yield f"{who} is no longer {what} from {now_to + _ONE_DAY}"
        elif simple and (now_to is None or (was_to is not None and now_to > was_to)):
            yield f"{who} stays {what}{f' until {now_to}' if now_to else ''}, before until {was_to}"
        else:
            yield f"{who} is {what}{_when(after)}, before{_when(before) or ' without dates'}"


def _when(spans: Iterable[Span]) -> str:
    said = []
    for start, end in spans:
        words = (f" from {start}" if start else "") + (f" to {end}" if end else "")
        said += [words] if words else []
    return " and".join(said)


# --- everything else ------------------------------------------------------------------------------------------------


def _record(old: Directory, new: Directory, section: str, before: Any, after: Any) -> Iterator[str]:
    if before == after:
        return
    what = ONE_OF[section]
    if after is None:
        yield f"the {what} {before.name} ({before.id}) is not in the directory any more"
        return
    name = f"{after.name} ({after.id})"
    if before is None:
        yield f"the {what} {name} is added"
    for field in fields(after):
        was = getattr(before, field.name) if before is not None else None
        now = getattr(after, field.name)
        if was == now or (before is None and field.name not in _SEATS):
            continue
        if isinstance(after, Network) and field.name in _SEATS:
            title = f"{_SEATS[field.name]} of {after.name}"
            yield from _seats(old, new, title, was or (), now, people=field.name != "members")
        elif field.name == "contracted_by":
            yield from _seats(old, new, f"contracting {after.name}", was or (), now, people=False)
        else:
            yield f"the {what} {name}: {field.name} now {_value(field.name, now)}, before {_value(field.name, was)}"


def _seats(
    old: Directory, new: Directory, what: str, before: tuple[Seat, ...], after: tuple[Seat, ...], *, people: bool
) -> Iterator[str]:
    was, now = _spans_by_id(before), _spans_by_id(after)
    for one in sorted(was.keys() | now.keys()):
        directory = new if one in now else old
        who = called(directory, one) if people else _entity(directory, one)
        yield from _appointment(who, what, was.get(one, ()), now.get(one, ()))


def _entity(directory: Directory, one: str) -> str:
    found = directory.entities.get(one)
    return f"{found.name} ({one})" if found else one


def _spans_by_id(seats: tuple[Seat, ...]) -> dict[str, tuple[Span, ...]]:
    spans: dict[str, tuple[Span, ...]] = {}
    for seat in seats:
        spans[seat.id] = (*spans.get(seat.id, ()), (seat.valid_from, seat.valid_to))
    return spans


def _value(name: str, value: Any) -> str:
    if name == "weekend":
        return write_days(value) or "none"
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {one}" for key, one in sorted(value.items())) or "nothing"
    if isinstance(value, tuple):
        return ", ".join(str(one) for one in value) or "nothing"
    return "nothing" if value is None else str(value)


def listed(names: list[str]) -> str:
    """Write names as "one, two and three"."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
