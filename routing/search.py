"""One question to the directory: who may receive on a day, and who goes first among equals.

Exclusions are applied here, before anything is chosen, so that every answer looks exactly
as if the excluded people did not exist. Whoever reports to an excluded person, directly or
through others, is excluded with them: they could be told to hand a report over.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final

from routing.directory import Directory, Person, Reach, RoleKind
from routing.hours import on_leave

LADDER: Final = (Reach.STATION, Reach.COUNTRY, Reach.REGION, Reach.HEADQUARTERS)
"""The more specific place wins."""

PER_STEP: Final = 2
"""Owner and alternate: a report is sealed to the whole chain, so no step is longer than it must be."""

ALTERNATE: Final = "alternate"


@dataclass(frozen=True, slots=True)
class Link:
    """One recipient in a chain, before the turns get their times."""

    person: Person
    reason: str
    role: str


@dataclass(slots=True)
class Search:
    """Asks for people, and remembers whom the exclusions kept out (for tests only).

    Attributes:
        directory: Who there is.
        now: The moment, with its time zone.
        exclude: Ids of people who must not receive, nor anybody who reports to them.
        alone: Ids of people who must not receive, while those who report to them may.
        away: Ids of people who said that they are away, whatever their leave in the directory. They may receive; a
            step looks past them for somebody who is there.
        day: The day by which roles and seats are judged, that of `now` in UTC.
        excluded: Whom the exclusions kept out so far.

    Raises:
        ValueError: `now` has no time zone.
    """

    directory: Directory
    now: datetime
    exclude: frozenset[str] = frozenset()
    alone: frozenset[str] = frozenset()
    away: frozenset[str] = frozenset()
    day: date = field(init=False)
    excluded: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        if self.now.tzinfo is None:
            raise ValueError("the moment needs a time zone")
        self.day = self.now.astimezone(UTC).date()

    def is_away(self, person: Person, after: timedelta = timedelta(0)) -> bool:
        """Say whether a person is away, or will be some time after now."""
        return person.id in self.away or (bool(person.leave) and on_leave(person, self.now + after))

    def free(self, people: Iterable[Person]) -> list[Person]:
        """Keep those who are not excluded."""
        if not self.exclude and not self.alone:
            return list(people)
        found = []
        for person in people:
            if person.id in self.alone or self._in_line(person):
                self.excluded.add(person.id)
            else:
                found.append(person)
        return found

    def fit(self, people: Iterable[Person]) -> list[Person]:
        """Keep those who can receive on the day and are not excluded."""
        return self.free([person for person in people if person.can_receive(self.day)])

    def holders(self, people: Iterable[Person], kind: RoleKind) -> list[Person]:
        """Keep those of them who can receive and hold a role on the day."""
        day = self.day
        return self.free([person for person in people if person.key_id is not None and person.holds(kind, day)])

    def by_id(self, ids: Iterable[str]) -> list[Person]:
        """Look up people by id, in order of id, and keep the fit ones."""
        people = self.directory.people
        return self.fit([people[one] for one in sorted(set(ids)) if one in people])

    def step(self, people: Sequence[Person], reason: str, role: str) -> list[Link]:
        """Choose at most two among people of equal right: the owner, and who stands in.

        The alternate whom the owner names comes second; without one, the next of the equals. Whoever is away now
        does not count as one of the two.
        """
        links: list[Link] = []
        there = 0
        for person in owners_first(people):
            found = [] if any(link.person is person for link in links) else [Link(person, reason, role)]
            if not links and person.alternate:
                stand_in = self.by_id([person.alternate])
                found += [Link(one, f"alternate of the {reason}", ALTERNATE) for one in stand_in if one is not person]
            links += found
            there += sum(not self.is_away(link.person) for link in found)
            if there >= PER_STEP:
                break
        return links

    def _in_line(self, person: Person) -> bool:
        """Say whether a person is excluded by id or reports to somebody who is."""
        people = self.directory.people
        at: str | None = person.id
        for _ in range(len(people) + 1):  # no line is longer; a circle, which no directory that is read has, ends too
            if at is None or at in self.exclude:
                break
            above = people.get(at)
            at = above.supervisor if above is not None else None
        return at in self.exclude


def owners_first(people: Sequence[Person]) -> list[Person]:
    """Sort equals: whoever is only the alternate of another stands behind; then by id.

    Two who name each other are equals, and only the id decides.
    """
    if len(people) < PER_STEP:
        return list(people)
    alternate_of = {person.id: person.alternate for person in people}
    behind = {
        stand_in for one, stand_in in alternate_of.items() if stand_in in alternate_of and alternate_of[stand_in] != one
    }
    return sorted(people, key=lambda person: (person.id in behind, person.id))
