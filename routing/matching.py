"""Which counsellors to ask: a pure function of directory, wish, load and moment.

Hard, in this order: somebody consented to (the caller's business), the eligible group, the language, the gender where
it was said to be the only one, the way of speaking, and an overlap of the person's safe part of the day with working
hours in the coming week. What is hard is never bargained with: somebody who asked for a woman only, and is sent a man,
has been harmed. So nobody is an honest answer, which the person is told with other services.

Soft, and so only an order: there and with room before away or full; the tier (personnel: their own service, then the
one of the whole system, then the external one); the gender wished for; the load; the distance from the duty station.
When it is urgent, whoever is at work now comes before whoever is awake, and they before the rest.

The wish holds nothing of a story, and the reasons hold nothing of the person.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Final, Literal, TypeAlias

from routing import chains
from routing.directory import Directory, Gender, Modality, Person, Place, RoleKind, Tier
from routing.hours import OFFICE_HOURS, at_work, local, on_leave, zone
from routing.resolve import ACKNOWLEDGE, ACKNOWLEDGE_URGENT, Resolution, Turn
from routing.search import Search

__all__ = ["COUNSELLORS", "TIERS", "Group", "Wish", "match_counsellors", "order", "safe_hours"]

Group: TypeAlias = Literal["staff", "community", "unsure"]
WishedGender: TypeAlias = Literal["any", "woman", "woman_only", "man", "man_only"]
Mode: TypeAlias = Literal["any", "text", "phone", "video"]
PartOfDay: TypeAlias = Literal["any", "morning", "afternoon", "evening", "night"]
Spell: TypeAlias = tuple[datetime, datetime]

TIERS: Final[Mapping[Group, tuple[Tier, ...]]] = {
    "staff": (Tier.STAFF, Tier.UN_WIDE, Tier.EXTERNAL),
    "community": (Tier.GBV,),
    "unsure": (Tier.GBV, Tier.STAFF, Tier.UN_WIDE, Tier.EXTERNAL),
}
"""Staff counsellors serve personnel, services for survivors serve affected people; where it was not said, any."""

COUNSELLORS: Final = 5
"""The most counsellors that one request is sealed to."""

AHEAD: Final = timedelta(days=7)
LEAST: Final = timedelta(minutes=30)
"""A shorter overlap is no time to speak in."""

_HOUR: Final = 60
_PARTS: Final[Mapping[PartOfDay, tuple[int, int]]] = {
    "morning": (6 * _HOUR, 12 * _HOUR),
    "afternoon": (12 * _HOUR, 18 * _HOUR),
    "evening": (18 * _HOUR, 22 * _HOUR),
    "night": (22 * _HOUR, 30 * _HOUR),
}
"""Minutes from midnight; the night ends on the next day."""
_DAY: Final = 24 * _HOUR
_AWAKE: Final = (7, 22)
_ROOM_UNSTATED: Final = 10
"""How many people count as a full load where no capacity is stated. Only an order follows from it."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody said about the counsellor they would like. It is about a person, and so its repr is empty.

    Attributes:
        language: BCP 47 tag.
        group: Whom the person belongs to: personnel, or the people who receive aid.
        gender: A preference, or the only one.
        mode: How they want to speak.
        when: The part of the day that is safe.
        station: Id of the duty station or country, for time zone and distance; None when unknown.
        urgent: The next counsellor is asked after an hour without an answer, not after a day.
    """

    language: str
    group: Group = "unsure"
    gender: WishedGender = "any"
    mode: Mode = "any"
    when: PartOfDay = "any"
    station: str | None = None
    urgent: bool = False

    def __repr__(self) -> str:
        return "Wish()"


def match_counsellors(
    directory: Directory,
    wish: Wish,
    *,
    exclude: frozenset[str],
    now: datetime,
    busy: Mapping[str, int],
    away: frozenset[str] = frozenset(),
    alone: frozenset[str] = frozenset(),
) -> Resolution:
    """Find the counsellors to ask, in order: the first at once, each further one when the one before was silent.

    Args:
        directory: Who there is, with keys filled in: nobody without a key is asked.
        wish: What the person said.
        exclude: Ids of people who must not be asked, nor anybody who reports to them.
        now: The moment, with its time zone.
        busy: How many people each counsellor accompanies now, by id.
        away: Ids of people who are away, besides those on leave by the directory.
        alone: Ids of people who must not be asked either, while those who report to them may.

    Raises:
        ValueError: `now` has no time zone.
    """
    search = Search(directory, now, exclude, alone, away)
    place = directory.place(wish.station)
    tiers = TIERS[wish.group]
    able = [
        person
        for person in search.holders(directory.counsellors(wish.language), RoleKind.COUNSELLOR)
        if person.tier in tiers and _suits(person, wish)
    ]
    able.sort(key=lambda person: order(search, person, wish, place, busy))
    safe = _safe(directory, wish, place, now)
    clock = ACKNOWLEDGE_URGENT if wish.urgent else ACKNOWLEDGE
    turns: list[Turn] = []
    for person in able:
        if len(turns) == COUNSELLORS:
            break
        if _meets(person, wish, safe, now):
            reason = _reason(directory, person, wish, place, busy)
            turns.append(Turn(person.id, len(turns) * clock, reason, RoleKind.COUNSELLOR))
    gap = () if turns else tuple(dict.fromkeys(person.id for person in chains.coordinators(search, place)))
    return Resolution(tuple(turns), tuple(sorted(search.excluded)), alarm=gap)


def safe_hours(directory: Directory, wish: Wish, now: datetime) -> tuple[time, time] | None:
    """Say between which times in UTC the wished part of the day lies; None for any time, or an unknown time zone.

    Args:
        directory: For the country's time zone.
        wish: With the part of the day and the place.
        now: The day whose offset counts: it may change within the week.
    """
    own = _zone(directory, directory.place(wish.station))
    if wish.when == "any" or own is None:
        return None
    first, last = next(_spells(own, _PARTS[wish.when], now))
    return first.timetz(), last.timetz()


def _suits(person: Person, wish: Wish) -> bool:
    match wish.gender:
        case "woman_only" if person.gender is not Gender.WOMAN:
            return False
        case "man_only" if person.gender is not Gender.MAN:
            return False
        case _:
            return wish.mode == "any" or Modality(wish.mode) in person.modalities


def order(
    search: Search, person: Person, wish: Wish, place: Place, busy: Mapping[str, int]
) -> tuple[int, bool, bool, int, bool, float, int, str]:
    """Say how soon somebody is asked: the less, the sooner. The id is last, so that no tie is left to chance."""
    return (
        _awake(person, search.now) if wish.urgent else 0,
        search.is_away(person),
        _full(person, busy),
        TIERS[wish.group].index(person.tier or Tier.EXTERNAL),
        wish.gender in {"woman", "man"} and person.gender != wish.gender,
        busy.get(person.id, 0) / (person.capacity or _ROOM_UNSTATED),
        _distance(search.directory, person, place),
        person.id,
    )


def _awake(person: Person, now: datetime) -> int:
    if at_work(person, now):
        return 0
    return 1 if _AWAKE[0] <= local(person, now).hour < _AWAKE[1] else 2


def _full(person: Person, busy: Mapping[str, int]) -> bool:
    return person.capacity is not None and busy.get(person.id, 0) >= person.capacity


def _distance(directory: Directory, person: Person, place: Place) -> int:
    """0 at the duty station, 1 in the country, 2 in the region, 3 elsewhere; 0 for all where it is not known."""
    if place == Place() or (place.station is not None and place.station in person.stations):
        return 0
    stations = [directory.stations[one] for one in person.stations if one in directory.stations]
    if place.country in person.countries or any(one.country == place.country for one in stations):
        return 1
    return 2 if place.region in person.regions or any(one.region == place.region for one in stations) else 3


# --- the two clocks ----------------------------------------------------------------------------------------------


def _zone(directory: Directory, place: Place) -> tzinfo | None:
    country = directory.countries.get(place.country or "")
    return zone(country.time_zone) if country is not None and country.time_zone is not None else None


def _safe(directory: Directory, wish: Wish, place: Place, now: datetime) -> list[Spell] | None:
    """The safe spells of the coming week; None where each counsellor's own time zone must serve."""
    if wish.when == "any":
        return [(now.astimezone(UTC), now.astimezone(UTC) + AHEAD)]
    own = _zone(directory, place)
    return None if own is None else list(_spells(own, _PARTS[wish.when], now))


def _meets(person: Person, wish: Wish, safe: list[Spell] | None, now: datetime) -> bool:
    """Say whether somebody works at a time that is safe for the person, in the coming week."""
    if safe is None:
        safe = list(_spells(zone(person.time_zone), _PARTS[wish.when], now))
    return any(
        min(end, until) - max(begin, start, now) >= LEAST
        for begin, end in _working(person, now)
        for start, until in safe
    )


def _working(person: Person, now: datetime) -> Iterator[Spell]:
    for hours in person.hours or (OFFICE_HOURS,):
        end = hours.end if hours.end > hours.start else hours.end + _DAY
        for begin, until in _spells(zone(person.time_zone), (hours.start, end), now):
            if local(person, begin).isoweekday() in hours.days and not on_leave(person, begin):
                yield begin, until


def _spells(own: tzinfo, minutes: tuple[int, int], now: datetime) -> Iterator[Spell]:
    """The same minutes of each day of the coming week, in UTC, as far as they are still to come.

    Args:
        own: Whose days.
        minutes: From and to, from midnight; beyond 1440 is the next day.
        now: The first moment that counts.
    """
    first, last = now.astimezone(UTC), now.astimezone(UTC) + AHEAD
    today = now.astimezone(own).date()
    for number in range(-1, AHEAD.days + 1):
        # Added by the wall clock, and only then turned to UTC: a day on which the clocks change is right as well.
        midnight = datetime.combine(today + timedelta(days=number), time(), own)
        begin, until = ((midnight + timedelta(minutes=one)).astimezone(UTC) for one in minutes)
        if until > first and begin < last:
            yield begin, until


# --- in words ----------------------------------------------------------------------------------------------------

_TIER_WORDS: Final = {
    Tier.GBV: "counsellor of the services for survivors",
    Tier.STAFF: "staff counsellor",
    Tier.UN_WIDE: "counsellor of the system-wide stress service",
    Tier.EXTERNAL: "external counsellor",
}
_DISTANCE_WORDS: Final = ("at the duty station", "in the country", "in the region", "elsewhere")


def _reason(directory: Directory, person: Person, wish: Wish, place: Place, busy: Mapping[str, int]) -> str:
    said = [f"{_TIER_WORDS[person.tier or Tier.EXTERNAL]} who speaks {wish.language}"]
    if place != Place():
        said.append(_DISTANCE_WORDS[_distance(directory, person, place)])
    if person.capacity is not None:
        said.append(f"accompanies {busy.get(person.id, 0)} of {person.capacity}")
    return ", ".join(said)
