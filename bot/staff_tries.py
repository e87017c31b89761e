"""Wrong codes cost time: a slow-down for each keyed mark, never a lock.

The first wrong codes are free, since people mistype; each further one doubles the wait before the next is even
looked at. All of it stands in memory, by keyed mark, and is bounded: whoever comes from many accounts to make it
forget them still faces 80 random bits.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

FREE = 3
"""Wrong codes without a wait."""
LONGEST_SECONDS = 60
MOST_MARKS = 10_000


@dataclass(slots=True)
class Tries:
    """How often each mark was wrong in a row."""

    _wrong: OrderedDict[bytes, int] = field(default_factory=OrderedDict, repr=False)

    def wait(self, mark: bytes) -> int:
        """Say how many seconds the next code of this mark has to wait."""
        wrong = self._wrong.get(mark, 0)
        return 0 if wrong < FREE else min(LONGEST_SECONDS, 2 ** (wrong - FREE))

    def wrong(self, mark: bytes) -> None:
        """Count a wrong code; the mark unseen for longest is forgotten when there are too many."""
        self._wrong[mark] = self._wrong.pop(mark, 0) + 1
        if len(self._wrong) > MOST_MARKS:
            self._wrong.popitem(last=False)

    def right(self, mark: bytes) -> None:
        """Forget a mark."""
        self._wrong.pop(mark, None)
