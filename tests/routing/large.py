"""A large directory as text: an institution that is everywhere, with everything said about everybody."""

from typing import Final

PEOPLE: Final = 10_000
COUNTRIES: Final = 200
STATIONS: Final = 5
ENTITIES: Final = 40
REGIONS: Final = 10
_PAIRS: Final = 2
_ZONES: Final = ("Africa/Nairobi", "Europe/Chisinau", "Asia/Bangkok", "America/Bogota", "Africa/Tunis")
_TONGUES: Final = ("fr", "ar", "es", "ru", "sw", "zh", "uk", "ro", "pt")


def large_directory(people: int = PEOPLE, countries: int = COUNTRIES) -> str:
    """Write one YAML file with that many people, spread evenly."""
    lines = ["regions:"]
    lines += [f"  - {{id: region-{one}, name: Region {one}}}" for one in range(REGIONS)]
    lines.append("countries:")
    for one in range(countries):
        lines.append(f"  - {{id: country-{one}, name: Country {one}, region: region-{one % REGIONS},")
        lines.append(f"     languages: [en, {_TONGUES[one % 9]}], time_zone: {_ZONES[one % 5]}}}")
    lines.append("stations:")
    for one in range(countries * STATIONS):
        lines.append(f"  - {{id: station-{one}, name: Station {one}, country: country-{one % countries}}}")
    lines.append("entities:")
    lines += [f"  - {{id: entity-{one}, name: Entity {one}, kind: un}}" for one in range(ENTITIES)]
    lines.append("people:")
    for one in range(people):
        lines += _person(one, people, countries)
    return "\n".join(lines) + "\n"


def _person(one: int, people: int, countries: int) -> list[str]:
    # Colleagues of one entity at one station name each other; every tenth is somebody's supervisor.
    entity, station = one // _PAIRS % ENTITIES, one // _PAIRS % (countries * STATIONS)
    lines = [
        f"  - id: person-{one}",
        f"    name: Person Number {one}",
        f"    entity: entity-{entity}",
        "    level: country",
        f"    stations: [station-{station}]",
        "    roles: [counsellor]" if one % 10 == 9 else "    roles: [psea_focal_point, sh_focal_point]",
        f"    languages: [en, {{tag: {_TONGUES[one % 9]}, level: fluent}}]",
        f"    gender: {'woman' if one % 3 else 'man'}",
        f"    time_zone: {_ZONES[one % 5]}",
        "    hours: [mon-thu 08:00-17:00, fri 08:00-12:30]",
        f"    email: person.{one}@entity-{entity}.example",
        f"    certified_until: 20{41 + one % 9}-06-30",
        "    trained_on: 2026-03-12",
        f"    valid_from: 2026-01-{1 + one % 28:02}",
    ]
    lines += [f"    alternate: person-{one ^ 1}"] if one ^ 1 < people else []
    lines += [f"    supervisor: person-{one // 10}"] if one >= 10 else []
    lines += ["    tier: staff", "    modalities: [text, phone]"] if one % 10 == 9 else []
    return lines
