"""A person, read from their fields.

Most values stand in a short form and, where more is to be said, as a block: a role or a
role with dates, a language or a language with its level, `mon-fri 08:00-17:00` or a block
of days, from and to.
"""

from functools import cache

from routing.directory import Fluency, Gender, Hours, Leave, Level, Modality, Person, Role, RoleKind, Tier
from routing.draft import Draft, colleague, many, needed
from routing.forms import (
    DAYS_AS,
    EMAIL_AS,
    HOURS_AS,
    hours_of,
    is_email,
    read_clock,
    read_days,
    read_hours,
)
from routing.reading import Fields
from routing.sections import read_zone
from routing.tree import Many, Value, shown

__all__ = ["read_person"]

_MOST = 999
"""The largest capacity that is believed."""


def read_person(draft: Draft, fields: Fields, one: str) -> Person:
    """Read one person."""
    valid_from, valid_to = fields.span()
    languages, fluency = _languages(fields)
    return Person(
        id=one,
        name=fields.required("name"),
        entity=needed(draft, fields, "entity", "entities"),
        roles=_roles(fields),
        stations=many(draft, fields, "stations", "stations"),
        countries=many(draft, fields, "countries", "countries"),
        regions=many(draft, fields, "regions", "regions"),
        level=fields.choice("level", Level),
        languages=languages,
        fluency=fluency,
        time_zone=_zone(fields),
        supervisor=colleague(draft, fields, "supervisor", one),
        alternate=colleague(draft, fields, "alternate", one),
        key_id=fields.optional("key_id"),
        certified_until=fields.day("certified_until"),
        trained_on=fields.day("trained_on"),
        valid_from=valid_from,
        valid_to=valid_to,
        tier=fields.optional_choice("tier", Tier),
        gender=fields.optional_choice("gender", Gender),
        hours=_hours(fields),
        leave=_leave(fields),
        email=_email(fields),
        spellings=_spellings(fields),
        modalities=_modalities(fields),
        capacity=_capacity(fields),
    )


@cache
def _undated(kind: RoleKind) -> Role:
    """One value for the role of thousands."""
    return Role(kind)


def _roles(fields: Fields) -> tuple[Role, ...]:
    """Read a list whose items are a role, or a block with `role`, `valid_from` and `valid_to`."""
    roles = []
    for node in fields.items("roles"):
        if isinstance(node, Value):
            value = fields.scalar(node, "roles")
            if value is not None:
                roles.append(_undated(fields.one_of(value, RoleKind)))
            continue
        inner = Fields.of(fields.sheet, node, "role")
        kind = inner.choice("role", RoleKind)
        roles.append(Role(kind, *inner.span()))
        inner.finish()
    return tuple(roles)


def _languages(fields: Fields) -> tuple[tuple[str, ...], dict[str, Fluency]]:
    """Read a list whose items are a tag, or a block with `tag` and `level`."""
    found: dict[str, None] = {}
    fluency: dict[str, Fluency] = {}
    for node in fields.items("languages", needed=True):
        level = None
        if isinstance(node, Value):
            value = fields.scalar(node, "languages")
        else:
            inner = Fields.of(fields.sheet, node, "language")
            text = inner.required("tag")
            value = Value(text, inner.line_of("tag")) if text else None
            level = inner.optional_choice("level", Fluency)
            inner.finish()
        if value is None or not fields.is_language(value):
            continue
        if value.text in found:
            fields.sheet.fault(value.line, f"{shown(value.text)} stands twice in 'languages'", "Keep one of the two")
        found[value.text] = None
        if level is not None:
            fluency[value.text] = level
    return tuple(found), fluency


def _zone(fields: Fields) -> str:
    text = fields.required("time_zone")
    return (text and read_zone(fields, Value(text, fields.line_of("time_zone")))) or ""


def _hours(fields: Fields) -> tuple[Hours, ...]:
    """Read a list whose items are `mon-fri 08:00-17:00`, or a block with `days`, `from` and `to`."""
    read = []
    for node in fields.items("hours"):
        hours: Hours | None
        if isinstance(node, Value):
            hours = read_hours(node.text)
            if hours is None and fields.scalar(node, "hours") is not None:
                fields.sheet.fault(node.line, f"{shown(node.text)} states no working hours", HOURS_AS)
        else:
            inner = Fields.of(fields.sheet, node, "entry of 'hours'")
            hours = _hours_of(inner)
            inner.finish()
        if hours is not None:
            read.append(hours)
    return tuple(read)


def _hours_of(inner: Fields) -> Hours | None:
    days = _days(inner)
    start, end = _clock(inner, "from"), _clock(inner, "to")
    if not days or start is None or end is None:
        return None
    hours = hours_of(days, start, end)
    if hours is None:
        inner.fault("to", "these hours have no length", "For day and night, write from 00:00 to 24:00")
    return hours


def _days(inner: Fields) -> frozenset[int]:
    """Read `days`, a list of days or one text such as mon-fri."""
    node = inner.take("days")
    if node is None:
        inner.required("days")
        return frozenset()
    values = inner.values("days", needed=True) if isinstance(node, Many) else [inner.scalar(node, "days")]
    days: set[int] = set()
    for value in values:
        found = None if value is None else read_days(value.text)
        if value is not None and found is None:
            inner.sheet.fault(value.line, f"{shown(value.text)} is no day of the week", DAYS_AS)
        days |= found or set()
    return frozenset(days)


def _clock(inner: Fields, name: str) -> int | None:
    text = inner.required(name)
    minutes = read_clock(text) if text else None
    if text and minutes is None:
        inner.fault(name, f"{shown(text)} is no time of day", "Write hours and minutes as 08:00, up to 24:00")
    return minutes


def _leave(fields: Fields) -> tuple[Leave, ...]:
    """Read a list of blocks with `from` and `to`, both days included."""
    read = []
    for node in fields.items("leave"):
        inner = Fields.of(fields.sheet, node, "entry of 'leave'")
        first, last = inner.day("from", needed=True), inner.day("to", needed=True)
        inner.finish()
        if first is None or last is None:
            continue
        if last < first:
            inner.fault("to", f"the leave ends on {last}, before it begins on {first}", "Correct one of the two")
        read.append(Leave(first, last))
    return tuple(read)


def _email(fields: Fields) -> str | None:
    value = fields.value("email")
    if value is None:
        return None
    if not is_email(value.text):
        fields.sheet.fault(value.line, f"{shown(value.text)} is no e-mail address", EMAIL_AS)
    return value.text


def _spellings(fields: Fields) -> tuple[str, ...]:
    values = fields.values("spellings")
    for value in values:
        if "|" in value.text:
            message = f"{shown(value.text)} holds the sign that parts entries in a spreadsheet"
            fields.sheet.fault(value.line, message, "Write each spelling as an entry of its own")
    return tuple([value.text for value in values])


def _modalities(fields: Fields) -> tuple[Modality, ...]:
    values = fields.values("modalities")
    return tuple([fields.one_of(value, Modality) for value in values]) or (Modality.TEXT,)


def _capacity(fields: Fields) -> int | None:
    value = fields.value("capacity")
    if value is None:
        return None
    number = int(value.text) if value.text.isascii() and value.text.isdigit() and len(value.text) < 4 else 0  # noqa: PLR2004 -- as many digits as _MOST has
    if not 1 <= number <= _MOST:
        message = f"'capacity' is {shown(value.text)}, which is no number of people"
        fields.sheet.fault(value.line, message, f"Write a whole number from 1 to {_MOST}, or remove the line")
    return number or None
