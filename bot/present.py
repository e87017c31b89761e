"""Who is there now: what the choice of recipients needs to know beyond the directory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cases import counselling, duty
from cases.store import Store


@dataclass(frozen=True, slots=True)
class Present:
    """The state of a moment.

    Attributes:
        away: ids of people who said that they are away, besides those on leave by the directory.
        busy: how many people each counsellor accompanies, by id.
    """

    away: frozenset[str] = frozenset()
    busy: Mapping[str, int] = field(default_factory=dict)


async def present(store: Store, now: datetime) -> Present:
    """Ask the database.

    Raises:
        StoreError: it did not answer.
    """
    seconds = int(now.timestamp())
    return Present(await duty.away(store, seconds), await counselling.busy(store, seconds))
