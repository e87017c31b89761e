"""Ten thousand invented people in 200 countries, with ordinary names: for measuring what routing does in a large world.

Fifty people a country, of twelve entities, at five stations. Each entity has a head in the country to whom its people
there report, and the heads report to one person a region. Every number follows from the place in the list, so that a
figure that changes means that the code did.
"""

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Final

import yaml

from routing.directory import (
    Country,
    Directory,
    Entity,
    EntityKind,
    Gender,
    Hours,
    Level,
    Modality,
    Network,
    Person,
    Region,
    Role,
    RoleKind,
    Seat,
    Station,
    Tier,
)

NOW: Final = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
PEOPLE, COUNTRIES, STATIONS, ENTITIES, REGIONS = 10_000, 200, 5, 12, 10
TONGUES: Final = ("en", "fr", "es", "ar", "ru", "zh", "uk", "ro", "pt", "sw")
ZONES: Final = ("Africa/Nairobi", "Europe/Chisinau", "Asia/Bangkok", "America/Bogota", "Africa/Tunis")
_OFFICE: Final = (Hours(frozenset({1, 2, 3, 4, 5}), 8 * 60, 17 * 60),)
_FOCAL: Final = (Role(RoleKind.PSEA_FOCAL_POINT), Role(RoleKind.SH_FOCAL_POINT))


@cache
def _lists() -> dict[str, tuple[list[str], list[str]]]:
    plain = yaml.safe_load((Path(__file__).parent / "crowd_names.yaml").read_text("utf-8"))
    return {tag: (lists["given"].split(), lists["family"].split()) for tag, lists in plain.items()}


def name_of(one: int) -> tuple[str, tuple[str, ...]]:
    """A name by chance, the Latin one first, and its spelling in its own script."""
    given, family = _lists()[TONGUES[one // 50 % 10]]
    # A fixed scatter (Knuth's multiplicative hashing): neighbours in the list have nothing in common.
    chance = one * 2_654_435_761 % 2**32
    first, last = given[chance % len(given)], family[chance // 97 % len(family)]
    pairs = [part.partition("=") for part in (first, last)]
    latin = f"{pairs[0][0]} {pairs[1][0]}"
    if not pairs[0][1]:
        return latin, ()
    own = f"{pairs[1][2]}{pairs[0][2]}" if TONGUES[one // 50 % 10] == "zh" else f"{pairs[0][2]} {pairs[1][2]}"
    return latin, (own,)


def _person(one: int) -> Person:
    country, place = divmod(one, 50)
    entity = place % ENTITIES
    name, spellings = name_of(one)
    made = Person(
        id=f"p{one:05}",
        name=name,
        spellings=spellings,
        entity=f"e{entity:02}",
        roles=_FOCAL,
        stations=(f"s{country:03}-{place % STATIONS}",),
        level=Level.COUNTRY,
        languages=(TONGUES[country % 10], "en"),
        time_zone=ZONES[country % 5],
        hours=_OFFICE,
        gender=Gender.WOMAN if one % 3 else Gender.MAN,
        key_id=f"key-{one}",
        supervisor=f"p{country * 50 + entity:05}",
        alternate=f"p{country * 50 + (place + ENTITIES) % 48:05}",
    )
    if place < ENTITIES:  # the head of the entity in the country: no focal point
        return replace(made, roles=(), supervisor=f"p{country % REGIONS * 50 + 49:05}", alternate=None)
    if place == 48:
        tier = tuple(Tier)[country % 4]
        return replace(made, roles=(Role(RoleKind.COUNSELLOR),), tier=tier, modalities=tuple(Modality))
    if place == 49:
        level, roles = (Level.REGIONAL, _FOCAL) if country < REGIONS * ENTITIES else (Level.HEADQUARTERS, _FOCAL)
        if country >= 150:
            roles = (Role(RoleKind.OVERSIGHT),)
        entity = country // REGIONS % ENTITIES
        return replace(made, entity=f"e{entity:02}", level=level, roles=roles, supervisor=None)
    return made


@cache
def crowd() -> Directory:
    """The directory, with keys."""
    regions = {f"r{one}": Region(f"r{one}", f"Region {one}", {}) for one in range(REGIONS)}
    countries = {
        f"c{one:03}": Country(f"c{one:03}", f"Country {one}", {}, f"r{one % REGIONS}", time_zone=ZONES[one % 5])
        for one in range(COUNTRIES)
    }
    stations = {
        f"s{country:03}-{one}": Station(
            f"s{country:03}-{one}", f"Station {country}-{one}", {}, f"c{country:03}", f"r{country % REGIONS}"
        )
        for country in range(COUNTRIES)
        for one in range(STATIONS)
    }
    entities = {f"e{one:02}": Entity(f"e{one:02}", f"Entity {one}", {}, EntityKind.UN) for one in range(ENTITIES)}
    entities["e11"] = replace(entities["e11"], kind=EntityKind.PARTNER, contracted_by=(Seat("e00"),))
    networks = {
        f"n{one:03}": Network(
            id=f"n{one:03}",
            name=f"Network {one}",
            names={},
            countries=(f"c{one:03}",),
            members=tuple(Seat(entity) for entity in entities),
            cochairs=(Seat(f"p{one * 50 + 12:05}"), Seat(f"p{one * 50 + 13:05}")),
            coordinators=(Seat(f"p{one * 50 + 14:05}"),),
        )
        for one in range(COUNTRIES)
    }
    people = {person.id: person for person in map(_person, range(PEOPLE))}
    return Directory(people, entities, stations, countries, regions, networks)
