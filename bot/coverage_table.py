"""Coverage as text for a terminal: a block for each country, then what is missing, within 100 columns.

People and places stand there by their ids, which are short and plain in every script and are what a coordinator looks
for in the YAML. Names are said once, in the heading of a country.
"""

import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from routing.coverage import Counselling, Coverage, Covered, Desk
from routing.coverage_gaps import Gap
from routing.coverage_week import spans

__all__ = ["WIDTH", "table"]

WIDTH: Final = 100
"""Columns. A terminal that is narrower wraps by itself."""
UNKNOWN: Final = "not known"
"""The entity of somebody whose organisation the person who reports does not know."""

PEACEKEEPERS: Final = "peacekeepers"

_INDENT: Final = "  "
_BETWEEN: Final = "  "
_DESKS: Final = (("ENTITY", 22), ("KIND", 6), ("NOW", 30), ("NEXT", 34))
_COUNSELLING: Final = (("LANGUAGE", 9), ("FOR", 15), ("FIRST", 20), ("OF", 4), ("HOURS", 7), ("WHEN", 33))


def table(coverage: Coverage, gaps: Sequence[Gap]) -> Iterator[str]:
    """Lay out a coverage and its gaps, line by line."""
    yield f"Coverage on {coverage.day}, and by hour until {coverage.until}, by each country's own clock"
    for covered in coverage.countries:
        yield ""
        yield from _country(covered)
    if any(
        not person.hours for covered in coverage.countries for one in covered.counselling for person in one.counsellors
    ):
        yield ""
        yield "Where a counsellor states no 'hours', Monday to Friday from 9 to 17 is counted."
    yield ""
    yield from _gaps(gaps)


def _country(covered: Covered) -> Iterator[str]:
    country = covered.country
    zone = covered.week.zone if country.time_zone == covered.week.zone else f"{covered.week.zone}: none is stated"
    yield from _wrapped(f"{country.id}: {country.name} ({zone})")
    yield ""
    yield from _rows(_DESKS, [row for desks in _desks_by_entity(covered) for row in _desk_rows(desks)])
    yield ""
    if covered.counselling:
        yield from _rows(_COUNSELLING, [_counselling_row(covered, one) for one in covered.counselling])
    else:
        yield f"{_INDENT}No languages are stated, so no counsellors can be named."


def _desks_by_entity(covered: Covered) -> Iterator[list[Desk]]:
    for _, desks in groupby(covered.desks, key=lambda desk: (desk.entity, desk.peacekeepers)):
        yield list(desks)


def _desk_rows(desks: list[Desk]) -> Iterator[tuple[str, ...]]:
    """One row for both kinds where both have the same answer."""
    answers = {desk.kind: (_now(desk), _next(desk)) for desk in desks}
    together = len(desks) > 1 and len(set(answers.values())) == 1
    entity = desks[0].entity or (PEACEKEEPERS if desks[0].peacekeepers else UNKNOWN)
    for number, (kind, answer) in enumerate(answers.items()):
        if together:
            yield (entity, "both", *answer)
            return
        yield (entity if number == 0 else "", kind, *answer)


def _now(desk: Desk) -> str:
    return ", ".join(turn.person for turn in desk.now) or "NOBODY"


def _next(desk: Desk) -> str:
    turn = desk.next
    return f"{turn.person} after {turn.after.total_seconds() / 3600:g} h" if turn else "-"


def _counselling_row(covered: Covered, one: Counselling) -> tuple[str, ...]:
    numbers = dict(zip(covered.week.hours, one.at_work, strict=True))
    staffed = [hour for hour, number in numbers.items() if number]
    first = one.counsellors[0].id if one.counsellors else "NOBODY"
    return (
        one.language,
        one.service,
        first,
        str(len(one.counsellors)),
        f"{len(staffed)}/{len(numbers) - list(numbers.values()).count(None)}",
        spans(staffed) or "-",
    )


def _gaps(gaps: Sequence[Gap]) -> Iterator[str]:
    if not gaps:
        yield "No gaps."
        return
    yield f"{len(gaps)} {'gap' if len(gaps) == 1 else 'gaps'}, the most serious first"
    for kind, several in groupby(gaps, key=lambda gap: gap.kind):
        yield ""
        yield kind.upper()
        for gap in several:
            yield from _wrapped(str(gap.fault), first=_INDENT, further=_INDENT * 3)


def _rows(columns: Sequence[tuple[str, int]], rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Lay rows out in columns as wide as they need and no wider than they may; what is longer is wrapped."""
    heads, most = [head for head, _ in columns], [width for _, width in columns]
    widths = [
        min(limit, max(map(len, column))) for limit, column in zip(most, zip(heads, *rows, strict=True), strict=True)
    ]
    for row in (heads, *rows):
        cells = [_pieces(cell, width) for cell, width in zip(row, widths, strict=True)]
        for number in range(max(map(len, cells))):
            line = (
                (cell[number] if number < len(cell) else "").ljust(width)
                for cell, width in zip(cells, widths, strict=True)
            )
            yield f"{_INDENT}{_BETWEEN.join(line)}".rstrip()


def _pieces(cell: str, width: int) -> list[str]:
    return textwrap.wrap(cell, width, break_on_hyphens=False) or [""]


def _wrapped(text: str, *, first: str = "", further: str = _INDENT) -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=first, subsequent_indent=further, break_on_hyphens=False, break_long_words=False
    )
