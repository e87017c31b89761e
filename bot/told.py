"""What routing is told of a conversation: the facts of a report, the wish for a counsellor, and who must get nothing.

Of facts and wish the closed answers alone, and of those only what routing needs. Who must get nothing is found in the
person's own words, in memory; the answer is used once, for one document, and then forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final, cast, get_args

from flows.book import UNSURE, Book
from flows.path import Path, walk
from flows.state import State
from routing.conflicts import KeptOut, kept_out
from routing.directory import Directory
from routing.matching import Group, Mode, PartOfDay, Wish, WishedGender
from routing.resolve import Facts
from routing.triage import Route, Table, Tag, Verdict, triage

_ENTITY = (Route.SEA_FOCAL_POINT, Route.SH_FOCAL_POINT, Route.DUAL)
"""Routes that lead to the focal point of the entity that was named; every other one leads elsewhere."""

_NAMED: Final = frozenset({"names", "keep_from"})
"""Slots where a name is asked for: there a single word may be one. Elsewhere only a whole name counts."""


def verdict_of(table: Table, book: Book, state: State) -> Verdict:
    """What triage suggests, from the answers and from distress that was heard in what was written.

    Words that sound like danger now outweigh an earlier answer that there was none. They may be a false alarm; then a
    report is read sooner than it need be.
    """
    facts = dict(walk(book, state).attrs)
    if {"self_harm", "worried"} & set(state.heard):
        facts["self_harm"] = "yes"
    if "danger" in state.heard:
        facts["danger"] = "yes"
    return triage(table, facts)


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
    It is urgent when somebody was said to be in danger, or not surely out of it, and when distress was heard.
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
        urgent=path.attr("danger") in {"yes", UNSURE} or bool(state.heard),
    )


def kept_out_of(
    directory: Directory, facts: Facts, book: Book, state: State, texts: Mapping[str, str], now: datetime
) -> KeptOut:
    """Who must get nothing: whoever was named, those around them, and those at a place that was excluded.

    A name counts whether or not the person agreed that it be part of the report, and wherever it was written.

    Args:
        directory: Who there is.
        facts: What the report is about.
        book: The conversation.
        state: Where it stands.
        texts: What was written, by slot.
        now: The moment, with its time zone.
    """
    path = walk(book, state)
    station = _known(path, "station")
    country = directory.place(station).country
    chosen = {"station": station, "country": country}.get(path.attr("keep_place") or "")
    return kept_out(
        directory,
        facts,
        names=tuple(text for slot, text in texts.items() if slot in _NAMED),
        told=tuple(text for slot, text in texts.items() if slot not in _NAMED | book.sent_apart()),
        places=frozenset() if chosen is None else frozenset({chosen}),
        now=now,
    )


def _known(path: Path, attr: str) -> str | None:
    value = path.attr(attr)
    return None if value == UNSURE else value


def _one_of(values: object, value: str | None) -> str | None:
    return value if value in get_args(values) else None
