"""What is thin in a directory that has no faults: it works, and somebody may wait in vain.

Warnings never stop anything. They are what a coordinator reads before signing: who has no
stand-in, whose certification runs out, which language hangs on one person.

Keys stand beside the directory in files of their own; `key_faults` joins the two.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from routing.check_people import people_warnings
from routing.directory import Directory, Entity, EntityKind, Fluency, Mark, Person, Reach, RoleKind, Station, holds_on
from routing.errors import Fault

__all__ = ["key_faults", "misfits", "warnings"]

_FOCAL: Final = ((RoleKind.PSEA_FOCAL_POINT, "PSEA focal point"), (RoleKind.SH_FOCAL_POINT, "SH focal point"))
_COCHAIRS = 2


def warnings(directory: Directory, today: date) -> tuple[Fault, ...]:
    """Find gaps and dates that run out, in order of file and line.

    Args:
        directory: A directory without faults.
        today: The day to judge by. Dates within 30 days from it count as near.
    """
    found = [
        *_focal_points(directory, today),
        *_oversight(directory, today),
        *people_warnings(directory, today),
        *_languages(directory, today),
        *_networks(directory, today),
        *_places(directory, today),
    ]
    return tuple(sorted(set(found)))


def key_faults(
    directory: Directory, key_ids: Mapping[str, str], today: date, *, unreadable: frozenset[str] = frozenset()
) -> tuple[Fault, ...]:
    """Hold the directory against the public keys found beside it.

    Args:
        directory: A directory without faults, as loaded.
        key_ids: Key id by person id, one for each file `keys/<person id>.pub`.
        today: The day to judge by.
        unreadable: Ids whose key file is there and malformed: a fault of its own, not a missing key.

    Returns:
        A fault for everybody who may receive today and has no key, and every one of `misfits`.
    """
    faults = list(misfits(directory, key_ids))
    for one in sorted(directory.receivers(today) - key_ids.keys() - unreadable):
        message = f"'{one}' receives reports or requests and has no public key"
        faults.append(_at(directory, "people", one, message, f"Put it into keys/{one}.pub, or take the roles away"))
    return tuple(sorted(faults))


def misfits(directory: Directory, key_ids: Mapping[str, str]) -> tuple[Fault, ...]:
    """Find keys of nobody, keys that are not the one the directory names, and one key under two names.

    None of these comes about by a day that passes, so a running service may refuse a directory for them. That
    somebody's time has begun or ended since it was signed must never close a door: whoever has no key is passed
    over, and what is sealed goes to no one whose time has ended.
    """
    faults = []
    holders: dict[str, str] = {}
    for one, key_id in sorted(key_ids.items()):
        file = f"keys/{one}.pub"
        person = directory.people.get(one)
        if key_id in holders:
            message = f"this is the key of '{holders[key_id]}' too"
            faults.append(Fault(file, 1, message, "Let each person make a key of their own"))
        holders.setdefault(key_id, one)
        if person is None:
            faults.append(Fault(file, 1, f"nobody has the id '{one}'", "Remove or rename the file"))
        elif person.key_id not in {None, key_id}:
            message = f"the key_id of '{one}' names another key than {file} holds"
            faults.append(_at(directory, "people", one, message, "Ask the person which of the two is theirs"))
    return tuple(sorted(faults))


def _at(directory: Directory, section: str, one: str, message: str, mend: str) -> Fault:
    mark: Mark = directory.mark(section, one)
    return Fault(mark.file, mark.line, message, mend)


def _focal_points(directory: Directory, today: date) -> Iterator[Fault]:
    desks: dict[str, set[str]] = {}
    for person in directory.people.values():
        if holds_on(person, today):
            desks.setdefault(person.entity, set()).update(person.stations)
    for office in directory.offices.values():
        if holds_on(office, today):
            desks.setdefault(office.entity, set()).add(office.station)
    for one, entity in directory.entities.items():
        if not holds_on(entity, today) or entity.kind is EntityKind.SYSTEM:
            continue
        for kind, title in _FOCAL:
            if not _valid(directory.covering(kind, one, Reach.ANYWHERE, ""), kind, today):
                mend = f"Give somebody of the entity the role {kind}"
                yield _at(directory, "entities", one, f"'{one}' has no {title}", mend)
                continue
            for station in sorted(desks.get(one, ())):
                yield from _at_station(directory, entity, directory.stations[station], kind, title, today)


def _at_station(
    directory: Directory, entity: Entity, station: Station, kind: RoleKind, title: str, today: date
) -> Iterator[Fault]:
    here = _valid(directory.covering(kind, entity.id, Reach.STATION, station.id), kind, today)
    near = _valid(directory.covering(kind, entity.id, Reach.COUNTRY, station.country), kind, today)
    people = here or near
    if not people:
        message = f"'{entity.id}' works at '{station.id}' and has no {title} there or elsewhere in the country"
        yield _at(directory, "entities", entity.id, message, "Name one, or know that reports go to the region")
    elif len(people) == 1 and not _has_stand_in(directory, people[0], today):
        mend = "Add an 'alternate' who is there today"
        # One line for a person, not one for every station they serve: `found` is a set.
        message = f"'{people[0].id}' is alone as {title} of '{entity.id}' at a place, and has no alternate"
        yield _at(directory, "people", people[0].id, message, mend)


def _has_stand_in(directory: Directory, person: Person, today: date) -> bool:
    alternate = directory.people.get(person.alternate or "")
    return alternate is not None and holds_on(alternate, today)


def _valid(people: tuple[Person, ...], kind: RoleKind, today: date) -> list[Person]:
    return [person for person in people if person.holds(kind, today)]


def _oversight(directory: Directory, today: date) -> Iterator[Fault]:
    system = any(
        directory.entities[person.entity].kind is EntityKind.SYSTEM
        for person in _valid(directory.anywhere(RoleKind.OVERSIGHT, Reach.ANYWHERE, ""), RoleKind.OVERSIGHT, today)
    )
    for one, entity in directory.entities.items():
        served = entity.kind is EntityKind.PARTNER or (system and entity.kind in {EntityKind.UN, EntityKind.MISSION})
        if not holds_on(entity, today) or entity.kind is EntityKind.SYSTEM or served:
            continue
        people = directory.covering(RoleKind.OVERSIGHT, one, Reach.ANYWHERE, "")
        if not _valid(people, RoleKind.OVERSIGHT, today):
            message = f"'{one}' has nobody for oversight, who would own when everybody else is excluded"
            yield _at(directory, "entities", one, message, "Give somebody the role oversight")


def _languages(directory: Directory, today: date) -> Iterator[Fault]:
    languages = sorted({language for country in directory.countries.values() for language in country.languages})
    speaking = {
        one: [
            person
            for person in _valid(directory.counsellors(one), RoleKind.COUNSELLOR, today)
            if _counsels_in(person, one)
        ]
        for one in languages
    }
    for one, country in directory.countries.items():
        for language in country.languages:
            speakers = speaking[language]
            if len(speakers) > 1:
                continue
            message = (
                f"only '{speakers[0].id}' counsels in '{language}', a language of '{one}'"
                if speakers
                else f"no counsellor speaks '{language}', a language of '{one}'"
            )
            yield _at(directory, "countries", one, message, "Find another, or an external service")


def _counsels_in(person: Person, language: str) -> bool:
    """Say whether somebody speaks a language well enough to counsel in it."""
    base = language.partition("-")[0]
    tags = [tag for tag in person.languages if tag.partition("-")[0] == base]
    return any(person.fluency.get(tag) is not Fluency.BASIC for tag in tags)


def _places(directory: Directory, today: date) -> Iterator[Fault]:
    for one, country in directory.countries.items():
        if country.time_zone is None:
            message = f"'{one}' has no time zone, by which its working days and hours would be counted"
            yield _at(directory, "countries", one, message, "Add 'time_zone: …', that of the capital")
    desks = {
        (person.entity, station)
        for person in directory.people.values()
        if holds_on(person, today)
        for station in person.stations
    }
    for one, office in directory.offices.items():
        if holds_on(office, today) and (office.entity, office.station) not in desks:
            message = f"nobody of '{office.entity}' is at '{office.station}', where '{one}' is"
            yield _at(directory, "offices", one, message, "Name its people, or give the office a valid_to")


def _networks(directory: Directory, today: date) -> Iterator[Fault]:
    for one, network in directory.networks.items():
        if not holds_on(network, today):
            continue
        seats = [seat.id for seat in network.cochairs if holds_on(seat, today)]
        chairs = [directory.people[seat] for seat in seats if holds_on(directory.people[seat], today)]
        if len({person.entity for person in chairs}) < _COCHAIRS:
            message = f"'{one}' has not two co-chairs of different entities"
            mend = "Name a second, who takes over when the first one's own entity is concerned"
            yield _at(directory, "networks", one, message, mend)
        members = {seat.id for seat in network.members if holds_on(seat, today)}
        for person in chairs:
            if person.entity not in members:
                message = f"the co-chair '{person.id}' is of '{person.entity}', which is no member of '{one}'"
                yield _at(directory, "networks", one, message, "Add the entity to 'members', or correct the co-chair")
