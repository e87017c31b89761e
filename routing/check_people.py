"""What is thin about single people: dates that run out, absences, hours and ways that are not stated."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from routing.directory import Directory, Leave, Person, RoleKind, holds_on
from routing.errors import Fault

__all__ = ["SOON", "people_warnings"]

SOON: Final = timedelta(days=30)


def people_warnings(directory: Directory, today: date) -> Iterator[Fault]:
    """Find what is thin about each person who has a part to play today or later."""
    for person in directory.people.values():
        if person.valid_to is not None and person.valid_to < today:
            yield from _ended(directory, person)
        elif person.roles:
            yield from _certified(directory, person, today)
            yield from _ends(directory, person, today)
            yield from _begins(directory, person, today)
            yield from _away(directory, person, today)
            yield from _stand_in(directory, person, today)
            yield from _left_behind(directory, person, today)
            yield from _counsels(directory, person, today)
    yield from _shared_addresses(directory, today)


def _at(directory: Directory, person: Person, message: str, mend: str) -> Fault:
    mark = directory.mark("people", person.id)
    return Fault(mark.file, mark.line, message, mend)


def _ended(directory: Directory, person: Person) -> Iterator[Fault]:
    if person.key_id is not None:
        message = f"the time of '{person.id}' ended on {person.valid_to}, and their key file is still there"
        yield _at(directory, person, message, f"Remove keys/{person.id}.pub; nothing is sealed to it any more")


def _certified(directory: Directory, person: Person, today: date) -> Iterator[Fault]:
    ended = person.certified_until
    if not holds_on(person, today):
        return
    if ended is None:
        message = f"'{person.id}' has no certification"
        yield _at(directory, person, message, "Add certified_until, or let somebody certified take over")
    elif ended < today:
        message = f"the certification of '{person.id}' ended on {ended}"
        yield _at(directory, person, message, "Renew it, or let somebody else take over")
    elif ended <= today + SOON:
        yield _at(directory, person, f"the certification of '{person.id}' ends on {ended}", "Renew it in time")


def _ends(directory: Directory, person: Person, today: date) -> Iterator[Fault]:
    for end in sorted({end for end in (person.valid_to, *(role.valid_to for role in person.roles)) if end}):
        if today <= end <= today + SOON:
            message = f"the time of '{person.id}' ends on {end}"
            yield _at(directory, person, message, "Name the successor, or extend valid_to")


def _begins(directory: Directory, person: Person, today: date) -> Iterator[Fault]:
    """Warn before the day on which somebody should receive and has no key: on that day they are passed over."""
    starts = {max(start for start in (person.valid_from, role.valid_from, date.min) if start) for role in person.roles}
    coming = sorted(start for start in starts if start > today)
    if coming and person.key_id is None:
        message = f"'{person.id}' begins on {coming[0]} and has no public key"
        yield _at(directory, person, message, f"Put it into keys/{person.id}.pub and sign before that day")


def _away(directory: Directory, person: Person, today: date) -> Iterator[Fault]:
    alternate = directory.people.get(person.alternate or "")
    for leave in person.leave:
        if leave.last < today:
            continue
        away = f"'{person.id}' is away from {leave.first} to {leave.last}"
        if alternate is None:
            message, mend = f"{away} and has no alternate", "Name one who is there in that time"
            yield _at(directory, person, message, mend)
        elif not _there(alternate, leave, today):
            message = f"{away}, and so is the alternate '{alternate.id}' for a part of it"
            yield _at(directory, person, message, "Name another alternate, or know that the next in the chain is told")


def _there(alternate: Person, leave: Leave, today: date) -> bool:
    """Say whether somebody is in the directory and not on leave throughout another's leave, as far as it is ahead."""
    first = max(leave.first, today)
    return (
        holds_on(alternate, first)
        and holds_on(alternate, leave.last)
        and not any(own.first <= leave.last and first <= own.last for own in alternate.leave)
    )


def _stand_in(directory: Directory, person: Person, today: date) -> Iterator[Fault]:
    alternate = directory.people.get(person.alternate or "")
    if alternate is None or not holds_on(person, today) or person.entity == alternate.entity:
        return
    contracts = directory.entities[person.entity].contracted_by
    if not any(seat.id == alternate.entity and holds_on(seat, today) for seat in contracts):
        message = f"'{alternate.id}', the alternate of '{person.id}', is of '{alternate.entity}'"
        message += f", which does not contract '{person.entity}' today"
        yield _at(directory, person, message, "Name somebody of the same entity, or correct the dates of the contract")


def _left_behind(directory: Directory, person: Person, today: date) -> Iterator[Fault]:
    """Find who names somebody whose time is over, or ends soon."""
    for title, one in (("supervisor", person.supervisor), ("alternate", person.alternate)):
        end = directory.people[one].valid_to if one is not None else None
        if end is not None and end <= today + SOON and (person.valid_to is None or person.valid_to > end):
            tense = "ended" if end < today else "ends"
            message = f"the time of '{one}', the {title} of '{person.id}', {tense} on {end}"
            yield _at(directory, person, message, "Name their successor")


def _counsels(directory: Directory, person: Person, today: date) -> Iterator[Fault]:
    if not person.holds(RoleKind.COUNSELLOR, today):
        return
    if not person.hours:
        message = f"the counsellor '{person.id}' states no working hours, and counts as there on weekdays from 9 to 17"
        yield _at(directory, person, message, "Add 'hours: [mon-fri 08:00-17:00]'")
    if person.gender is None:
        message = f"the counsellor '{person.id}' states no gender, and is not offered to those who ask for one"
        yield _at(directory, person, message, "Add 'gender: woman' or 'gender: man', if the person agrees")


def _shared_addresses(directory: Directory, today: date) -> Iterator[Fault]:
    first: dict[str, str] = {}
    for person in directory.people.values():
        if person.email is None or not holds_on(person, today):
            continue
        address = person.email.casefold()
        if address in first:
            message = f"'{first[address]}' and '{person.id}' share one e-mail address"
            mend = "Give each an address of their own: where one of them is excluded, the other's alerts are seen there"
            yield _at(directory, person, message, mend)
        first.setdefault(address, person.id)
