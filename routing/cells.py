"""A person as the cells of one row of a spreadsheet, and a cell as what stands in the YAML.

The columns have the names of the fields, and keep them: other people's spreadsheets depend on
it. Where a field is a list, its entries stand in one cell with ` | ` between them:

    roles       psea_focal_point | sh_focal_point from 2026-02-01 to 2027-12-31
    languages   fr | ar basic
    hours       mon-thu 08:00-17:00 | fri 08:00-12:30
    leave       2026-12-20 to 2027-01-03

A cell is only taken apart here; whether an id is known or a zone exists, the loader says.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias

from routing.forms import DATE_AS, read_date, read_hours, write_hours
from routing.records import Modality, Person, Role
from routing.tree import shown

__all__ = ["COLUMNS", "Cell", "CellError", "Column", "Entry", "read_cell", "same_cell"]

Entry: TypeAlias = str | dict[str, str | date]
Cell: TypeAlias = str | int | date | list[Entry]
"""What a field holds in the YAML: a text, a number, a day, or a list of texts and blocks."""

BETWEEN: Final = " | "
_ROLE: Final = re.compile(r"(?P<role>\S+)(?: from (?P<valid_from>\S+))?(?: to (?P<valid_to>\S+))?")
_LANGUAGE: Final = re.compile(r"(?P<tag>\S+)(?: (?P<level>\S+))?")
_LEAVE: Final = re.compile(r"(?P<first>\S+) to (?P<last>\S+)")
_IN_EXCEL: Final = f"{DATE_AS}; a spreadsheet rewrites dates unless the column is formatted as text"


class CellError(Exception):
    """A cell that cannot be taken apart, with what to do about it."""

    def __init__(self, message: str, mend: str) -> None:
        super().__init__(message)
        self.message, self.mend = message, mend


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, how a person's field is written into it, and how its cells are read."""

    name: str
    write: Callable[[Person], str]
    read: Callable[[str], Cell]


def read_cell(column: Column, text: str) -> Cell | None:
    """Take a cell apart; None for an empty one.

    Raises:
        CellError: it is not written as the column asks.
    """
    text = text.strip()
    return column.read(text) if text else None


def same_cell(column: Column, one: str, other: str) -> bool:
    """Say whether two cells say the same, however they are spaced and ordered in days."""
    return _tidy(column, one) == _tidy(column, other)


def _tidy(column: Column, text: str) -> object:
    try:
        return read_cell(column, text)
    except CellError:
        return text


def _text(text: str) -> Cell:
    return text


def _number(text: str) -> Cell:
    return int(text) if text.isascii() and text.isdigit() else text


def _date(text: str) -> date:
    found = read_date(text)
    if found is None:
        raise CellError(f"{shown(text)} is no date", _IN_EXCEL)
    return found


def _entries(text: str) -> list[str]:
    return [entry for entry in (part.strip() for part in text.split("|")) if entry]


def _list(text: str) -> Cell:
    return list(_entries(text))


def _roles(text: str) -> Cell:
    read: list[Entry] = []
    for entry in _entries(text):
        found = _ROLE.fullmatch(entry)
        if found is None:
            mend = "Write a role, or one with dates: sh_focal_point from 2026-02-01 to 2027-12-31"
            raise CellError(f"{shown(entry)} is no role", mend)
        dates = {name: _date(day) for name, day in found.groupdict().items() if name != "role" and day}
        read.append({"role": found["role"], **dates} if dates else found["role"])
    return read


def _languages(text: str) -> Cell:
    read: list[Entry] = []
    for entry in _entries(text):
        found = _LANGUAGE.fullmatch(entry)
        if found is None:
            mend = "Write a language tag, and after it native, fluent or basic where it matters: fr | ar basic"
            raise CellError(f"{shown(entry)} is no language", mend)
        read.append({"tag": found["tag"], "level": found["level"]} if found["level"] else found["tag"])
    return read


def _hours(text: str) -> Cell:
    # What cannot be read stays as it is: the loader says what is wrong with it.
    return [write_hours(hours) if (hours := read_hours(entry)) else entry for entry in _entries(text)]


def _leave(text: str) -> Cell:
    read: list[Entry] = []
    for entry in _entries(text):
        found = _LEAVE.fullmatch(entry)
        if found is None:
            raise CellError(f"{shown(entry)} is no leave", "Write the first and the last day: 2026-12-20 to 2027-01-03")
        read.append({"from": _date(found["first"]), "to": _date(found["last"])})
    return read


def _plain(name: str) -> Callable[[Person], str]:
    def write(person: Person) -> str:
        value = getattr(person, name)
        return "" if value is None else str(value)

    return write


def _joined(name: str) -> Callable[[Person], str]:
    return lambda person: BETWEEN.join(getattr(person, name))


def _write_role(role: Role) -> str:
    start = f" from {role.valid_from}" if role.valid_from else ""
    return f"{role.kind}{start}{f' to {role.valid_to}' if role.valid_to else ''}"


def _write_roles(person: Person) -> str:
    return BETWEEN.join(_write_role(role) for role in person.roles)


def _write_languages(person: Person) -> str:
    levels = {tag: f" {level}" for tag, level in person.fluency.items()}
    return BETWEEN.join(f"{tag}{levels.get(tag, '')}" for tag in person.languages)


def _write_hours(person: Person) -> str:
    return BETWEEN.join(write_hours(hours) for hours in person.hours)


def _write_leave(person: Person) -> str:
    return BETWEEN.join(f"{leave.first} to {leave.last}" for leave in person.leave)


def _write_modalities(person: Person) -> str:
    # Text is what everybody offers who says nothing; on a focal point it would only look odd.
    unsaid = person.tier is None and person.modalities == (Modality.TEXT,)
    return "" if unsaid else BETWEEN.join(person.modalities)


COLUMNS: Final = {
    column.name: column
    for column in (
        Column("id", _plain("id"), _text),
        Column("name", _plain("name"), _text),
        Column("spellings", _joined("spellings"), _list),
        Column("entity", _plain("entity"), _text),
        Column("level", _plain("level"), _text),
        Column("stations", _joined("stations"), _list),
        Column("countries", _joined("countries"), _list),
        Column("regions", _joined("regions"), _list),
        Column("roles", _write_roles, _roles),
        Column("tier", _plain("tier"), _text),
        Column("languages", _write_languages, _languages),
        Column("gender", _plain("gender"), _text),
        Column("time_zone", _plain("time_zone"), _text),
        Column("hours", _write_hours, _hours),
        Column("leave", _write_leave, _leave),
        Column("email", _plain("email"), _text),
        Column("modalities", _write_modalities, _list),
        Column("capacity", _plain("capacity"), _number),
        Column("supervisor", _plain("supervisor"), _text),
        Column("alternate", _plain("alternate"), _text),
        Column("certified_until", _plain("certified_until"), _date),
        Column("trained_on", _plain("trained_on"), _date),
        Column("valid_from", _plain("valid_from"), _date),
        Column("valid_to", _plain("valid_to"), _date),
    )
}
"""Every column, in the order in which they are exported and in which new fields are written into the YAML."""
