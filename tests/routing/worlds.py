"""Random directories for property tests: small worlds with people of every sort in them."""

from datetime import UTC, date, datetime

from hypothesis import strategies as st

from routing.directory import (
    Country,
    Directory,
    Entity,
    EntityKind,
    Level,
    Network,
    Person,
    Region,
    Role,
    RoleKind,
    Seat,
    Station,
    Tier,
)
from routing.resolve import Facts

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
TODAY = NOW.date()
REGIONS = {one: Region(one, one, {}) for one in ("north", "south")}
COUNTRIES = {
    one: Country(one, one, {}, region) for one, region in (("ada", "north"), ("bel", "north"), ("cor", "south"))
}
STATIONS = {
    f"{country}{number}": Station(f"{country}{number}", country, {}, country, COUNTRIES[country].region)
    for country in COUNTRIES
    for number in (1, 2)
}
ENTITIES = {
    "un": Entity("un", "un", {}, EntityKind.UN),
    "ngo": Entity("ngo", "ngo", {}, EntityKind.NGO),
    "partner": Entity("partner", "partner", {}, EntityKind.PARTNER, (Seat("un"),)),
    "system": Entity("system", "system", {}, EntityKind.SYSTEM),
}

PAST, NEAR_PAST, FUTURE = date(2020, 1, 1), date(2026, 11, 22), date(2030, 1, 1)
# Mostly valid today, so that answers are mostly long; each edge day is still drawn often.
starts = st.sampled_from([None, None, None, None, PAST, TODAY, FUTURE])
ends = st.sampled_from([None, None, None, None, FUTURE, TODAY, NEAR_PAST])
FOCAL_POINTS = [RoleKind.PSEA_FOCAL_POINT, RoleKind.SH_FOCAL_POINT]
roles = st.builds(Role, st.sampled_from([*FOCAL_POINTS, *FOCAL_POINTS, *RoleKind]), starts, ends)
IDS = tuple(f"p{number:02}" for number in range(10))


@st.composite
def people(draw, one: str) -> Person:
    level = draw(st.sampled_from(Level))
    return Person(
        id=one,
        name=one.upper(),
        entity=draw(st.sampled_from(["un", "un", "ngo", "partner", "system"])),
        roles=tuple(draw(st.lists(roles, min_size=1, max_size=3))),
        stations=tuple(draw(st.lists(st.sampled_from(sorted(STATIONS)), min_size=1, max_size=2, unique=True))),
        level=level,
        languages=tuple(draw(st.lists(st.sampled_from(["en", "fr", "fr-CA", "ar"]), min_size=1, unique=True))),
        time_zone="UTC",
        alternate=draw(st.none() | st.sampled_from([other for other in IDS if other != one])),
        key_id=draw(st.sampled_from([f"key-{one}"] * 5 + [None])),
        valid_from=draw(starts),
        valid_to=draw(ends),
        tier=draw(st.sampled_from(Tier)),
    )


def directory_of(folk: list[Person], networks: tuple[Network, ...] = ()) -> Directory:
    return Directory(
        people={person.id: person for person in folk},
        entities=ENTITIES,
        stations=STATIONS,
        countries=COUNTRIES,
        regions=REGIONS,
        networks={network.id: network for network in networks},
    )


@st.composite
def networks(draw, ids: list[str]) -> tuple[Network, ...]:
    def seats(of: list[str], **bounds: int) -> tuple[Seat, ...]:
        chosen = draw(st.lists(st.sampled_from(of), unique=True, **bounds)) if of else []
        return tuple(Seat(one, draw(starts), draw(ends)) for one in chosen)

    return tuple(
        Network(
            id=f"network-{number}",
            name=f"network-{number}",
            names={},
            countries=tuple(draw(st.lists(st.sampled_from(sorted(COUNTRIES)), min_size=1, unique=True))),
            members=seats(sorted(ENTITIES)),
            cochairs=seats(ids, max_size=2),
            coordinators=seats(ids, max_size=1),
        )
        for number in range(draw(st.integers(0, 2)))
    )


@st.composite
def worlds(draw) -> Directory:
    ids = draw(st.lists(st.sampled_from(IDS), unique=True, min_size=2))
    return directory_of([draw(people(one)) for one in ids], draw(networks(ids)))


facts = st.builds(
    Facts,
    kind=st.sampled_from(["sea", "sh"]),
    entity=st.sampled_from(["un", "un", "ngo", "partner", "system", "nowhere", None]),
    station=st.sampled_from([*sorted(STATIONS), *sorted(STATIONS), *sorted(COUNTRIES), "nowhere", None]),
    child=st.booleans(),
    urgent=st.booleans(),
)
exclusions = st.frozensets(st.sampled_from(IDS), max_size=4)
