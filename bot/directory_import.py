"""What the rows of a spreadsheet would change in a directory, worked out in full before a byte is written.

What a cell may say, the loader decides, as for every directory: the rows are written into the
texts, the texts are read, and each fault found is brought back to the cell it comes from. And
what the rows did not name must read exactly as before, or nothing is written at all.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Final

from bot.spreadsheet import CellFault, Row, SheetFaults
from routing.amend import amend
from routing.cells import COLUMNS, Cell, CellError, read_cell, same_cell
from routing.directory import Directory, Person
from routing.errors import DirectoryError, DirectoryFaults, Fault
from routing.load import load
from routing.spots import Spot, spots

__all__ = ["Plan", "plan"]

_REQUIRED: Final = {
    "name": "Write the person's name",
    "entity": "Write the id of the entity they work for",
    "level": "Write country, regional or headquarters",
    "languages": "Write at least one language, such as fr | en",
    "time_zone": "Write the time zone they work in, such as Africa/Nairobi",
}
_WITH: Final = {"languages": "fluency"}
"""Fields that are written in the column of another."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be written, and what becomes of whom.

    Attributes:
        texts: Every YAML file of the directory, by name, as it would be.
        before: The directory as it is.
        after: The directory as it would be.
        added: Ids.
        changed: For each id, the columns that say something new.
        same: How many rows say nothing new.
        left: How many people of the directory have no row; they stay as they are.
    """

    texts: Mapping[str, str]
    before: Directory
    after: Directory
    added: tuple[str, ...]
    changed: Mapping[str, tuple[str, ...]]
    same: int
    left: int


def plan(texts: Mapping[str, str], rows: Iterable[Row]) -> Plan:
    """Work out what rows change.

    Args:
        texts: The YAML files of the directory, by name.
        rows: As they stand in the spreadsheet.

    Raises:
        DirectoryFaults: the directory itself has faults, which come first.
        SheetFaults: with a fault for each cell that will not do.
        AmendError: the people stand in a form that cannot be changed one by one.
        DirectoryError: the rows would change what they do not name.
    """
    before = load(texts)
    by_id = {row.cells["id"]: row for row in rows}
    faults: list[CellFault] = []
    edits: dict[str, dict[str, Cell | None]] = {}
    for one, row in by_id.items():
        if edit := _edit(before.people.get(one), row, faults):
            edits[one] = edit
    if faults:
        raise SheetFaults(faults)
    amended = amend(texts, edits)
    try:
        after = load(amended.texts)
    except DirectoryFaults as error:
        raise SheetFaults(_brought_back(error.faults, amended.texts, edits, by_id)) from None
    _nothing_else(before, after, edits)
    return Plan(
        texts=amended.texts,
        before=before,
        after=after,
        added=amended.added,
        changed={one: tuple(edits[one]) for one in amended.changed},
        same=len(by_id) - len(edits),
        left=len(before.people.keys() - by_id.keys()),
    )


def _edit(person: Person | None, row: Row, faults: list[CellFault]) -> dict[str, Cell | None]:
    """List what a row says anew; for somebody new, everything it says."""
    edit: dict[str, Cell | None] = {}
    for name, cell in row.cells.items():
        column = COLUMNS[name]
        if same_cell(column, cell, "" if person is None else column.write(person)):
            continue
        try:
            edit[name] = read_cell(column, cell)
        except CellError as error:
            faults.append(CellFault(row.number, name, error.message, error.mend))
            continue
        if edit[name] is None and name in _REQUIRED:
            faults.append(CellFault(row.number, name, "the cell is empty", _REQUIRED[name]))
    if person is None:
        missing = [name for name in _REQUIRED if not row.cells.get(name)]
        faults += [CellFault(row.number, name, "the cell is empty", _REQUIRED[name]) for name in missing]
    return edit


def _brought_back(
    faults: Iterable[Fault], texts: Mapping[str, str], edits: Mapping[str, object], rows: Mapping[str, Row]
) -> Iterator[CellFault]:
    """Find the cell behind each fault of the texts as they would be."""
    there: list[Spot] = [spot for file, text in texts.items() for spot in spots(file, text)]
    for fault in faults:
        found = [spot for spot in there if spot.file == fault.file and spot.first <= fault.line <= spot.last]
        if len(found) == 1 and found[0].person in edits:
            column = found[0].field_at(fault.line) or ""
            # What is wrong with a whole record stands on the line of its id.
            column = "" if column == "id" and "an id" not in fault.message else column
            yield CellFault(rows[found[0].person].number, column, fault.message, fault.mend)
        else:
            yield CellFault(0, "", f"with these rows, {fault.message}", fault.mend)


def _nothing_else(before: Directory, after: Directory, edits: Mapping[str, Mapping[str, object]]) -> None:
    """Make sure that nothing changed but what the rows name.

    Raises:
        DirectoryError: it did. No file is touched then.
    """
    for section in ("entities", "stations", "countries", "regions", "networks", "offices"):
        if getattr(before, section) != getattr(after, section):
            raise DirectoryError(f"the import would change the {section}, which it must not: nothing is written")
    for one in before.people.keys() | edits.keys():
        named = edits.get(one, {})
        may = {*named, *(_WITH[name] for name in named if name in _WITH)}
        old, new = before.people.get(one), after.people.get(one)
        if new is None or any(
            getattr(old, field.name) != getattr(new, field.name)
            for field in fields(Person)
            if old is not None and field.name not in may
        ):
            raise DirectoryError(f"the import would change more of '{one}' than their row says: nothing is written")
