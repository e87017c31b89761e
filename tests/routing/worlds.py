"""Random directories for property tests: small worlds with people of every sort in them."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from routing.directory import (
    Country,
    Directory,
    Entity,
    EntityKind,
    Fluency,
    Gender,
    Hours,
    Leave,
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
from routing.matching import Wish
from routing.resolve import Facts
from routing.triage_table import Route

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
TODAY = NOW.date()
REGIONS = {one: Region(one, one, {}) for one in ("north", "south")}
COUNTRIES = {
    one: Country(one, one, {}, region, time_zone=time_zone)
    for one, region, time_zone in (("ada", "north", "UTC"), ("bel", "north", "Asia/Dhaka"), ("cor", "south", None))
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
# Days on which chains run: some are away now, some only when their turn comes.
leaves = st.builds(
    lambda start, days: Leave(TODAY + timedelta(days=start), TODAY + timedelta(days=start + days)),
    st.integers(-3, 4),
    st.integers(0, 9),
)
hours = st.builds(
    Hours,
    st.frozensets(st.integers(1, 7), min_size=1),
    st.sampled_from([0, 360, 540, 1320]),
    st.sampled_from([60, 720, 1020, 1440]),
)


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
        supervisor=draw(st.sampled_from([None, None, *IDS[: IDS.index(one)]] if one in IDS else [None])),
        alternate=draw(st.none() | st.sampled_from([other for other in IDS if other != one])),
        key_id=draw(st.sampled_from([f"key-{one}"] * 5 + [None])),
        valid_from=draw(starts),
        valid_to=draw(ends),
        tier=draw(st.sampled_from(Tier)),
        fluency={tag: draw(st.sampled_from(Fluency)) for tag in draw(st.sets(st.sampled_from(["en", "fr"])))},
        gender=draw(st.none() | st.sampled_from(Gender)),
        hours=tuple(draw(st.lists(hours, max_size=2))),
        leave=tuple(draw(st.lists(leaves, max_size=1))) if draw(st.booleans()) else (),
        modalities=tuple(draw(st.sets(st.sampled_from(Modality), min_size=1))),
        capacity=draw(st.none() | st.integers(1, 3)),
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
    route=st.sampled_from([None, None, Route.DUAL, Route.CONDUCT_AND_DISCIPLINE]),
)
wishes = st.builds(
    Wish,
    language=st.sampled_from(["en", "fr", "fr-CA", "fr-CH", "ar", "so"]),
    group=st.sampled_from(["staff", "community", "unsure"]),
    gender=st.sampled_from(["any", "woman", "woman_only", "man", "man_only"]),
    mode=st.sampled_from(["any", "text", "phone", "video"]),
    when=st.sampled_from(["any", "morning", "afternoon", "evening", "night"]),
    station=st.sampled_from([*sorted(STATIONS), *sorted(COUNTRIES), "nowhere", None]),
    urgent=st.booleans(),
)
loads = st.dictionaries(st.sampled_from(IDS), st.integers(0, 4))
exclusions = st.frozensets(st.sampled_from(IDS), max_size=4)
