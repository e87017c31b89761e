"""One question to the directory: who may receive on a day, and who goes first among equals.

Exclusions are applied here, before anything is chosen, so that every answer looks exactly
as if the excluded people did not exist.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from routing.directory import Directory, Person, Reach, RoleKind

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
    """Asks for people, and remembers whom the exclusions kept out (for tests only)."""

    directory: Directory
    day: date
    exclude: frozenset[str]
    excluded: set[str] = field(default_factory=set)

    def fit(self, people: Iterable[Person]) -> list[Person]:
        """Keep those who can receive on the day and are not excluded."""
        found = []
        for person in people:
            if person.can_receive(self.day):
                if person.id in self.exclude:
                    self.excluded.add(person.id)
                else:
                    found.append(person)
        return found

    def holders(self, people: Iterable[Person], kind: RoleKind) -> list[Person]:
        """Keep those of them who hold a role on the day."""
        return self.fit(person for person in people if person.holds(kind, self.day))

    def by_id(self, ids: Iterable[str]) -> list[Person]:
        """Look up people by id, in order of id, and keep the fit ones."""
        people = self.directory.people
        return self.fit(people[one] for one in sorted(set(ids)) if one in people)

    def step(self, people: Sequence[Person], reason: str, role: str) -> list[Link]:
        """Choose at most two among people of equal right: the owner, and who stands in.

        The alternate whom the owner names comes second; without one, the next of the equals.
        """
        ordered = owners_first(people)
        if not ordered:
            return []
        owner = ordered[0]
        links = [Link(owner, reason, role)]
        stand_in = self.by_id([owner.alternate] if owner.alternate else [])
        if stand_in and stand_in[0] is not owner:
            links.append(Link(stand_in[0], f"alternate of the {reason}", ALTERNATE))
        links += [Link(person, reason, role) for person in ordered[1:] if person not in stand_in]
        return links[:PER_STEP]


def owners_first(people: Sequence[Person]) -> list[Person]:
    """Sort equals: whoever is only the alternate of another stands behind; then by id.

    Two who name each other are equals, and only the id decides.
    """
    alternate_of = {person.id: person.alternate for person in people}
    behind = {
        stand_in for one, stand_in in alternate_of.items() if stand_in in alternate_of and alternate_of[stand_in] != one
    }
    return sorted(people, key=lambda person: (person.id in behind, person.id))
