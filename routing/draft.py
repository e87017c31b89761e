"""A directory while it is being read: the records so far, their lines, and the ids they name."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from routing.directory import Country, Entity, Mark, Network, Office, Person, Region, Station
from routing.errors import Fault
from routing.reading import Fields
from routing.references import Reference
from routing.tree import Value

__all__ = ["Draft", "Record", "colleague", "many", "needed", "refer"]

Record = TypeVar("Record", Region, Country, Station, Entity, Network, Office, Person)


class Use(StrEnum):
    """What a directory is for; one that says nothing is for the real thing."""

    LIVE = "live"
    PRACTICE = "practice"


@dataclass(slots=True)
class Draft:
    """Everything read so far.

    Attributes:
        marks: Where each record stands, by (section, id).
        fields: Where a reference between two people stands, by (person, field).
        references: Every id that was named.
    """

    faults: list[Fault] = field(default_factory=list)
    marks: dict[tuple[str, str], Mark] = field(default_factory=dict)
    fields: dict[tuple[str, str], Mark] = field(default_factory=dict)
    references: list[Reference] = field(default_factory=list)
    regions: dict[str, Region] = field(default_factory=dict)
    countries: dict[str, Country] = field(default_factory=dict)
    stations: dict[str, Station] = field(default_factory=dict)
    entities: dict[str, Entity] = field(default_factory=dict)
    networks: dict[str, Network] = field(default_factory=dict)
    offices: dict[str, Office] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    uses: set[Use] = field(default_factory=set)


def refer(draft: Draft, fields: Fields, name: str, section: str, value: Value) -> str:
    """Take an id as it is written, and note that a section must have it."""
    draft.references.append(Reference(fields.sheet.file, value.line, name, section, value.text))
    return value.text


def needed(draft: Draft, fields: Fields, name: str, section: str, *, called: str | None = None) -> str:
    """Take an id that must be there; `called` names it in faults when `name` is only 'id'."""
    text = fields.required(name)
    return refer(draft, fields, called or name, section, Value(text, fields.line_of(name))) if text else ""


def many(draft: Draft, fields: Fields, name: str, section: str, *, must: bool = False) -> tuple[str, ...]:
    """Take a list of ids; with `must`, at least one."""
    values = fields.values(name, needed=must)
    return tuple([refer(draft, fields, name, section, value) for value in values])


def colleague(draft: Draft, fields: Fields, name: str, person: str) -> str | None:
    """Take a reference to another person, and remember its line for faults between the two."""
    value = fields.value(name)
    if value is None:
        return None
    draft.fields[person, name] = Mark(fields.sheet.file, value.line)
    return refer(draft, fields, name, "people", value)
