"""Slowing down, never shutting out: so many requests at once for each mark, then one every few seconds.

A mark is a keyed pseudonym (of a key id with a part of an address, or of a session); what it stands for is not kept.
Whoever is too fast is told how long to wait, and only they: others have marks of their own. All of it stands in
memory and is bounded. Nothing safe depends on it, since an answer to a challenge cannot be guessed; it spares the
server.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

MOST_MARKS = 10_000


@dataclass(slots=True)
class Pace:
    """A bucket of requests for each mark, which fills again with time.

    Attributes:
        burst: how many requests may come at once.
        seconds: how long until one more may come.
        clock: seconds, from any start.
    """

    burst: int
    seconds: float
    clock: Callable[[], float]
    _full_at: OrderedDict[bytes, float] = field(default_factory=OrderedDict, repr=False)

    def wait(self, mark: bytes) -> int:
        """Count a request; say how many whole seconds it is too early, 0 if it may pass."""
        now = self.clock()
        full_at = max(self._full_at.pop(mark, now), now)
        early = full_at + self.seconds - now - self.burst * self.seconds
        if early <= 0:
            full_at += self.seconds
        self._full_at[mark] = full_at
        if len(self._full_at) > MOST_MARKS:
            self._full_at.popitem(last=False)
        return max(0, math.ceil(early))
