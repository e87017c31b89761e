"""Worlds for the tests of coverage: people with hours, leave and clocks, in countries with languages."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import strategies as st

from routing.directory import Directory, Fluency, Hours, Leave, Level, Person, Role, RoleKind
from tests.routing.worlds import TODAY, worlds

SPOKEN = {"ada": ("en", "ar"), "bel": ("fr",), "cor": ("fr-CA", "sw")}
CLOCKS = {"ada": "Asia/Kolkata", "bel": "America/New_York", "cor": None}


def somebody(one: str, **fields) -> Person:
    given = {
        "id": one,
        "name": one.upper(),
        "entity": "un",
        "roles": (Role(RoleKind.PSEA_FOCAL_POINT), Role(RoleKind.SH_FOCAL_POINT)),
        "stations": ("ada1",),
        "level": Level.COUNTRY,
        "languages": ("en", "ar"),
        "time_zone": "UTC",
        "key_id": f"key-{one}",
        "certified_until": date(2030, 1, 1),
    }
    return Person(**(given | fields))


def spoken(directory: Directory) -> Directory:
    """The same world, whose countries have languages and time zones."""
    return replace(
        directory,
        countries={
            one: replace(country, languages=SPOKEN[one], time_zone=CLOCKS[one])
            for one, country in directory.countries.items()
        },
    )


@st.composite
def working_worlds(draw) -> Directory:
    """Worlds whose people have hours, leave, time zones and levels of language."""
    directory = spoken(draw(worlds()))
    hours = st.builds(Hours, st.frozensets(st.integers(1, 7), min_size=1), st.integers(0, 1439), st.integers(1, 1440))
    leave = st.integers(-5, 5).map(lambda days: Leave(TODAY + timedelta(days), TODAY + timedelta(days + 2)))
    people = {
        one: replace(
            person,
            hours=tuple(draw(st.lists(hours, max_size=2))),
            leave=tuple(draw(st.lists(leave, max_size=2))),
            time_zone=draw(st.sampled_from(["UTC", "Asia/Kathmandu", "America/New_York"])),
            fluency=draw(st.dictionaries(st.sampled_from(person.languages), st.sampled_from(Fluency))),
        )
        for one, person in directory.people.items()
    }
    return replace(directory, people=people)
