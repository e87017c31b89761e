"""Spreadsheets as Excel, LibreOffice and people write them; and no formula in either direction."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.spreadsheet import SheetFaults, _unguarded, guarded, read_rows, write_rows
from routing.cells import COLUMNS
from routing.load import load
from tests.routing.test_load import GOOD

PEOPLE = load({"directory.yaml": GOOD}).people
MARK = b"\xef\xbb\xbf"


def faults_of(data: str | bytes) -> list[str]:
    with pytest.raises(SheetFaults) as caught:
        read_rows(data.encode() if isinstance(data, str) else data)
    return [fault.said("p.csv") for fault in caught.value.faults]


def test_what_is_written_begins_with_the_mark_and_the_columns():
    written = write_rows(PEOPLE.values())
    assert written.startswith(MARK + b"id,name,spellings,entity,level,stations,")
    assert written.count(b"\r\n") == 3


def test_what_is_written_reads_back():
    rows = read_rows(write_rows(PEOPLE.values()))
    assert [row.number for row in rows] == [2, 3]
    for row, person in zip(rows, PEOPLE.values(), strict=True):
        assert row.cells == {name: column.write(person) for name, column in COLUMNS.items()}


@pytest.mark.parametrize(
    "data",
    [
        b"id,name\r\nana,Ana\r\n",
        MARK + b"id;name\nana;Ana\n",
        b"sep=;\r\nid;name\r\nana;Ana\r\n",
        b"name\tid\nAna\tana",
        b'"id","name"\n"ana","Ana"\n',
        b"id,name,,\n ana , Ana ,,\n,,,\n",
        b"\n\nid,name\n\nana,Ana\n",
    ],
)
def test_each_programs_own_way_is_read(data):
    (row,) = read_rows(data)
    assert dict(row.cells) == {"id": "ana", "name": "Ana"}


def test_a_row_has_the_number_that_the_spreadsheet_shows():
    assert [row.number for row in read_rows(b'id,name\nana,"Ana\nof two lines"\n\nben,Ben\n')] == [2, 4]
    assert [row.number for row in read_rows(b"sep=,\nid,name\nana,Ana\n")] == [3]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("", "p.csv: there is nothing in it. Begin with a row of column names"),
        ("name\nAna\n", "p.csv, row 1: there is no column 'id'."),
        ("id,id\na,b\n", "p.csv, row 1, column id: this column is there twice."),
        ("id,,name\na,b,c\n", "p.csv, row 1: column 2 has no name."),
        ("id,Time Zone\na,UTC\n", "p.csv, row 1, column Time Zone: there is no such column. Did you mean 'time_zone'?"),
        ("id,phone\na,1\n", "p.csv, row 1, column phone: there is no such column. Remove it; the columns are: id, "),
        ("id,name\na,A\na,B\n", "p.csv, row 3, column id: 'a' has a row already, 2."),
        ("id,name\n,A\n", "p.csv, row 2, column id: the cell is empty."),
        ("id,name\na,A,B\n", "p.csv, row 2: there are more cells than columns."),
        ('id,name\na,"A\n', "p.csv: this is no CSV file."),
        ("id,name\na," + "A" * 20_000, "p.csv: this is no CSV file."),
        ("id,name\na,Zoë\n".encode("cp1252"), "p.csv: this is not UTF-8 text. In Excel choose 'CSV UTF-8"),
        ("id,name\na,Zoë\n".encode("utf-16"), "p.csv: this is not UTF-8 text."),
    ],
)
def test_each_fault_is_said_with_its_place(data, says):
    (said,) = faults_of(data)
    assert said.startswith(says)


def test_all_faults_are_said_at_once():
    assert len(faults_of("id,name\n,A\nb,B,C\nd,D\nd,E\n")) == 3


@pytest.mark.parametrize("name", ["=1+1", "+41 22", "-x", "@SUM(A1)", "'=1+1", "''-2"])
def test_no_cell_begins_as_a_formula_and_none_is_changed_by_that(name):
    assert not guarded(name).startswith(("=", "+", "-", "@"))
    assert _unguarded(guarded(name)) == name


@given(st.text(alphabet="'=+-@a\t", max_size=6))
def test_the_guard_is_undone_exactly(cell):
    assert _unguarded(guarded(cell)) == cell
