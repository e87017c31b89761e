"""The bytes of a CSV file of people, as spreadsheet programs write and read them.

Written: UTF-8 with a byte order mark, without which Excel takes it for something older; commas;
a row for each person, with the columns of `routing.cells` in their order. Read: the same, also
without the mark, with semicolons or tabs, in any order of columns, and with some left out.

A cell that begins with `=`, `+`, `-` or `@` is a formula to a spreadsheet, and a name in a list
can be one on purpose. Such cells are written with an apostrophe before them, which spreadsheets
take for "this is text", and lose it again when they are read.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from routing.cells import COLUMNS
from routing.records import Person

__all__ = ["CellFault", "Row", "SheetFaults", "guarded", "read_rows", "write_rows"]

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_DELIMITERS: Final = ",;\t"
_LONGEST_CELL: Final = 10_000


@dataclass(frozen=True, slots=True, order=True)
class CellFault:
    """One thing to mend in a spreadsheet. `row` counts as the spreadsheet does, the header being 1; 0 is the file."""

    row: int
    column: str
    message: str
    mend: str

    def said(self, file: str) -> str:
        """Say it in one line."""
        where = f"{file}, row {self.row}" if self.row else file
        return f"{where}{f', column {self.column}' if self.column else ''}: {self.message}. {self.mend}"


class SheetFaults(Exception):  # noqa: N818 -- the faults are what it carries
    """A spreadsheet that cannot be used; every fault is in `faults`, in order of row."""

    def __init__(self, faults: Iterable[CellFault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__(f"{len(self.faults)} faults")


@dataclass(frozen=True, slots=True)
class Row:
    """One person's row: its number in the spreadsheet, and its cells by column."""

    number: int
    cells: Mapping[str, str]


def write_rows(people: Iterable[Person]) -> bytes:
    """Write people as a CSV file."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for person in people:
        writer.writerow([guarded(column.write(person)) for column in COLUMNS.values()])
    return text.getvalue().encode("utf-8-sig")


def read_rows(data: bytes) -> tuple[Row, ...]:
    """Read a CSV file of people.

    Raises:
        SheetFaults: with every fault of the form; what the cells say is not looked at yet.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        mend = "In Excel choose 'CSV UTF-8 (comma delimited)' when saving, so that no name is damaged"
        raise SheetFaults([CellFault(0, "", "this is not UTF-8 text", mend)]) from None
    try:
        table = _table(text)
    except csv.Error:
        mend = "Save it from the spreadsheet as CSV; a quotation mark may be open"
        raise SheetFaults([CellFault(0, "", "this is no CSV file", mend)]) from None
    while table and not any(table[0][1]):
        table = table[1:]
    if not table:
        mend = "Begin with a row of column names; export shows them"
        raise SheetFaults([CellFault(0, "", "there is nothing in it", mend)])
    (number, header), *body = table
    while header and not header[-1]:
        header.pop()
    faults = list(_faults_of_header(number, header))
    rows: dict[str, Row] = {}
    for number, cells in body if not faults else ():
        row = Row(number, dict(zip(header, cells, strict=False)))
        if not any(cells):
            continue
        one = row.cells.get("id", "")
        if len(cells) > len(header) and any(cells[len(header) :]):
            mend = "Look for a separator in a cell: such a cell needs quotation marks around it"
            faults.append(CellFault(number, "", "there are more cells than columns", mend))
        elif not one:
            faults.append(CellFault(number, "id", "the cell is empty", "Give the person an id, such as amara-lind"))
        elif one in rows:
            message = f"'{one}' has a row already, {rows[one].number}"
            faults.append(CellFault(number, "id", message, "Keep one of the two"))
        else:
            rows[one] = row
    if faults:
        raise SheetFaults(faults)
    return tuple(rows.values())


def _table(text: str) -> list[tuple[int, list[str]]]:
    """Split a text into numbered rows of plain cells."""
    first, _, rest = text.partition("\n")
    skipped = 0
    if first.strip().casefold() in {f"sep={delimiter}" for delimiter in _DELIMITERS}:  # Excel's own first line
        first, text, skipped = rest.partition("\n")[0], rest, 1
    delimiter = max(_DELIMITERS, key=first.count)
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    return [(skipped + number, [_unguarded(cell.strip()) for cell in cells]) for number, cells in enumerate(reader, 1)]


def _faults_of_header(number: int, header: Sequence[str]) -> Iterable[CellFault]:
    if "id" not in header:
        yield CellFault(number, "", "there is no column 'id'", "Name the columns in the first row; export shows how")
    for at, name in enumerate(header):
        if not name:
            yield CellFault(number, "", f"column {at + 1} has no name", "Name it, or remove the column")
        elif name in header[:at]:
            yield CellFault(number, name, "this column is there twice", "Keep one of the two")
        elif name not in COLUMNS:
            near = get_close_matches(name.casefold().replace(" ", "_"), COLUMNS, n=1)
            mend = f"Did you mean '{near[0]}'?" if near else f"Remove it; the columns are: {', '.join(COLUMNS)}"
            yield CellFault(number, name, "there is no such column", mend)


def guarded(cell: str) -> str:
    """Keep a spreadsheet from running a cell as a formula."""
    return f"'{cell}" if cell.lstrip("'").startswith(_FORMULA) else cell


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(_FORMULA) else cell
