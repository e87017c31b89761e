"""What routing is told of a conversation: the facts of a report, and the wish for a counsellor.

The closed answers alone, and of those only what routing needs.
"""

from __future__ import annotations

from typing import cast, get_args

from flows.book import UNSURE, Book
from flows.path import Path, walk
from flows.state import State
from routing.matching import Group, Mode, PartOfDay, Wish, WishedGender
from routing.resolve import Facts
from routing.triage import Route, Tag, Verdict

_ENTITY = (Route.SEA_FOCAL_POINT, Route.SH_FOCAL_POINT, Route.DUAL)
"""Routes that lead to the focal point of the entity that was named; every other one leads elsewhere."""


def facts_of(book: Book, state: State, verdict: Verdict) -> Facts:
    """What routing needs: the suggested route, and the organisation and place that were told.

    Whatever the table did not foresee goes to the coordinator's chain and is never turned away. The short clock runs
    for what the table calls urgent, and for the last three days, when care is a matter of hours.
    """
    path = walk(book, state)
    return Facts(
        kind="sh" if verdict.route is Route.SH_FOCAL_POINT else "sea",
        entity=_known(path, "entity") if verdict.route in _ENTITY else None,
        station=_known(path, "station"),
        child=Tag.CHILD in verdict.tags,
        urgent=verdict.urgent or path.attr("elapsed") in {"within_24h", "within_72h"},
        route=verdict.route,
    )


def wish_of(book: Book, state: State) -> Wish:
    """What was said about the counsellor; whatever was not asked or not answered leaves the choice open.

    Somebody who told about themselves has said whether they work in aid; of somebody else's answers nothing follows.
    It is urgent when somebody was said to be in danger, or not surely out of it.
    """
    path = walk(book, state)
    works = path.attr("works") if path.attr("affected") == "me" else None
    return Wish(
        language=state.language,
        group=cast("Group", _one_of(Group, state.wish("c_group")) or _one_of(Group, works) or "unsure"),
        gender=cast("WishedGender", _one_of(WishedGender, state.wish("c_gender")) or "any"),
        mode=cast("Mode", _one_of(Mode, state.wish("c_mode")) or "any"),
        when=cast("PartOfDay", _one_of(PartOfDay, state.wish("c_when")) or "any"),
        station=_known(path, "station"),
        urgent=path.attr("danger") in {"yes", UNSURE},
    )


def _known(path: Path, attr: str) -> str | None:
    value = path.attr(attr)
    return None if value == UNSURE else value


def _one_of(values: object, value: str | None) -> str | None:
    return value if value in get_args(values) else None
