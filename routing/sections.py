"""The records around people, read from their fields: places, entities, networks, offices."""

from routing.directory import Country, Entity, EntityKind, Network, Office, Region, Seat, Station
from routing.draft import Draft, many, needed, refer
from routing.forms import DAYS_AS, ZONE_AS, is_zone, read_days
from routing.reading import Fields
from routing.tree import Value, shown

__all__ = ["read_country", "read_entity", "read_network", "read_office", "read_region", "read_station", "read_zone"]

_WEEKEND = (6, 7)


def read_region(draft: Draft, fields: Fields, one: str) -> Region:
    """Read a region."""
    del draft  # a region refers to nothing
    return Region(one, fields.required("name"), fields.names())


def read_country(draft: Draft, fields: Fields, one: str) -> Country:
    """Read a country."""
    return Country(
        one,
        fields.required("name"),
        fields.names(),
        region=needed(draft, fields, "region", "regions"),
        languages=fields.languages("languages"),
        time_zone=read_zone(fields, fields.value("time_zone")),
        weekend=_weekend(fields),
    )


def read_station(draft: Draft, fields: Fields, one: str) -> Station:
    """Read a duty station. Its region is its country's, filled in when all is read."""
    name, names = fields.required("name"), fields.names()
    country = needed(draft, fields, "country", "countries")
    return Station(one, name, names, country, "", *fields.span())


def read_entity(draft: Draft, fields: Fields, one: str) -> Entity:
    """Read an entity."""
    name, names = fields.required("name"), fields.names()
    kind = fields.choice("kind", EntityKind)
    contracted_by = _seats(draft, fields, "contracted_by", "entities")
    return Entity(one, name, names, kind, contracted_by, *fields.span())


def read_network(draft: Draft, fields: Fields, one: str) -> Network:
    """Read a network."""
    name, names = fields.required("name"), fields.names()
    countries = many(draft, fields, "countries", "countries", must=True)
    members = _seats(draft, fields, "members", "entities")
    cochairs = _seats(draft, fields, "cochairs", "people")
    coordinators = _seats(draft, fields, "coordinators", "people")
    return Network(one, name, names, countries, members, cochairs, coordinators, *fields.span())


def read_office(draft: Draft, fields: Fields, one: str) -> Office:
    """Read an office."""
    name, names = fields.required("name"), fields.names()
    entity = needed(draft, fields, "entity", "entities")
    station = needed(draft, fields, "station", "stations")
    return Office(one, name, names, entity, station, fields.optional("head"), *fields.span())


def read_zone(fields: Fields, value: Value | None) -> str | None:
    """Check a time zone, noting a bad one."""
    if value is None:
        return None
    if not is_zone(value.text):
        fields.sheet.fault(value.line, f"{shown(value.text)} is no time zone", ZONE_AS)
    return value.text


def _weekend(fields: Fields) -> tuple[int, ...]:
    """Read `weekend`, a list of days; an empty one says that offices never close."""
    if fields.take("weekend") is None:
        return _WEEKEND
    days: set[int] = set()
    for value in fields.values("weekend"):
        found = read_days(value.text)
        if found is None:
            fields.sheet.fault(value.line, f"{shown(value.text)} is no day of the week", DAYS_AS)
        days |= found or set()
    return tuple(sorted(days))


def _seats(draft: Draft, fields: Fields, name: str, section: str) -> tuple[Seat, ...]:
    """Read a list whose items are an id, or a block with `id`, `valid_from` and `valid_to`."""
    seats = []
    for node in fields.items(name):
        if isinstance(node, Value):
            value = fields.scalar(node, name)
            if value is not None:
                seats.append(Seat(refer(draft, fields, name, section, value)))
            continue
        inner = Fields.of(fields.sheet, node, f"entry of '{name}'")
        one = needed(draft, inner, "id", section, called=name)
        seats.append(Seat(one, *inner.span()))
        inner.finish()
    return tuple(seats)
