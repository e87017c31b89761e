"""Turns: from chains of people to the moment at which each one is told.

The heads of all chains are told at once, the others one after the other: the first when the
acknowledgement clock has run out (100 %), each further one half a clock later (150 %, 200 %, …).

Whoever is away when their turn comes does not hold it up. Their alternate takes the turn at the
same moment; without one who is there, the next in the chain does. The person who is away is not
dropped but comes last, after everybody who is there, so that they can still open it once they are
back. Only when nobody at all is there does the order stay as it was.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import zip_longest

from routing.directory import Person
from routing.search import ALTERNATE, Link, Search


@dataclass(frozen=True, slots=True)
class Turn:
    """One recipient: who, when their turn comes, why, and in which role.

    Attributes:
        person: Id in the directory.
        after: Time from submission to their turn, by the plain clock.
        reason: In words, for coordinators. Holds nothing of the report.
        role: A role kind of the directory, or `alternate` or `cochair`.
    """

    person: str
    after: timedelta
    reason: str
    role: str


@dataclass(slots=True)
class Turns:
    """Gives everybody one turn.

    Attributes:
        search: Knows who is away, and finds alternates: exclusions hold for them too.
        clock: How long somebody has to acknowledge.
    """

    search: Search
    clock: timedelta
    _given: dict[str, Turn] = field(default_factory=dict)
    _put_off: dict[str, Link] = field(default_factory=dict)
    _after: timedelta = timedelta(0)

    def give(self, chains: Sequence[Sequence[Link]], joining: Sequence[Sequence[Link]] = ()) -> tuple[Turn, ...]:
        """Order chains into turns.

        Args:
            chains: Each with its owner first. All owners are told at once.
            joining: Of each of these, one person is told at once as well, and no other.
        """
        rests = [self._head(chain) for chain in chains]
        for chain in joining:
            self._head(chain)
        if not self._given:
            return self._as_they_stand(chains, joining)
        self._after = self.clock
        for link in _interleaved(rests):
            before = len(self._given)
            self._take(link)
            self._after += self.clock / 2 * (len(self._given) - before)
        for link in self._put_off.values():
            self._add_away(link)
        return tuple(self._given.values())

    def _head(self, chain: Sequence[Link]) -> Sequence[Link]:
        """Tell the first of a chain who is there, and return those after them."""
        for number, link in enumerate(chain):
            if self._take(link):
                return chain[number + 1 :]
        return ()

    def _take(self, link: Link) -> bool:
        """Give the present turn to a person, or to whoever stands in for them; say whether somebody has it now."""
        person = link.person
        if person.id in self._given:
            return True
        if not self.search.is_away(person, self._after):
            self._add(person, link.reason, link.role)
            return True
        self._put_off.setdefault(person.id, link)
        stand_in = self._stand_in(person)
        if stand_in is None:
            return False
        if stand_in.id not in self._given:
            self._add(stand_in, f"stands in for the {link.reason}, who is away", ALTERNATE)
        return True

    def _add(self, person: Person, reason: str, role: str) -> None:
        self._given[person.id] = Turn(person.id, self._after, reason, role)

    def _add_away(self, link: Link) -> None:
        if link.person.id not in self._given:
            self._add(link.person, f"{link.reason}, away now", link.role)
            self._after += self.clock / 2

    def _stand_in(self, person: Person) -> Person | None:
        """Find the alternate who is there now, or the alternate's own."""
        seen = {person.id}
        while person.alternate is not None and person.alternate not in seen:
            found = self.search.by_id([person.alternate])
            if not found:
                return None
            person = found[0]
            if not self.search.is_away(person, self._after):
                return person
            seen.add(person.id)
        return None

    def _as_they_stand(self, chains: Sequence[Sequence[Link]], joining: Sequence[Sequence[Link]]) -> tuple[Turn, ...]:
        """Everybody is away: nobody is a better owner than those who would be."""
        for chain in (*chains, *joining):
            for link in chain[:1]:
                self._add_away(link)
                self._after = timedelta(0)
        self._after = self.clock
        for link in _interleaved([chain[1:] for chain in chains]):
            self._add_away(link)
        return tuple(self._given.values())


def _interleaved(chains: Iterable[Sequence[Link]]) -> list[Link]:
    """The seconds of all chains, then the thirds, and so on."""
    return [link for row in zip_longest(*chains) for link in row if link]
