"""A person's cells say all of the person, and are taken apart only as they are written."""

from datetime import date

import pytest

from routing.cells import COLUMNS, CellError, read_cell, same_cell
from routing.load import load
from routing.records import Person
from tests.routing.test_load import FULL, GOOD


@pytest.fixture(scope="module")
def ana() -> Person:
    text = GOOD.replace("    languages: [fr, zh-Hans]\n    time_zone: Africa/Tunis\n", FULL)
    return load({"directory.yaml": text}).people["ana"]


def test_every_field_of_a_person_has_a_column():
    # The key is a file of its own; the levels of languages stand in the column of languages.
    assert set(COLUMNS) == set(Person.__dataclass_fields__) - {"key_id", "fluency"}


def test_cells_read_as_a_coordinator_would_write_them(ana):
    written = {name: column.write(ana) for name, column in COLUMNS.items()}
    assert written["roles"] == "psea_focal_point | sh_focal_point from 2026-02-01"
    assert written["languages"] == "fr | ar basic | en"
    assert written["hours"] == ("mon-thu 08:00-17:00 | sat sun 22:00-06:00 | fri 08:00-12:30 | mon-sun 18:00-24:00")
    assert written["leave"] == "2026-12-20 to 2027-01-03"
    assert written["spellings"] == "Ana | آنا | Анна"
    assert (written["capacity"], written["tier"], written["certified_until"]) == ("4", "", "2030-01-31")


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("roles", "psea_focal_point", ["psea_focal_point"]),
        ("roles", "oversight from 2026-01-01 to 2026-12-31",
         [{"role": "oversight", "valid_from": date(2026, 1, 1), "valid_to": date(2026, 12, 31)}]),
        ("roles", "oversight to 2026-12-31 | counsellor",
         [{"role": "oversight", "valid_to": date(2026, 12, 31)}, "counsellor"]),
        ("languages", "fr|ar basic |", ["fr", {"tag": "ar", "level": "basic"}]),
        ("hours", "mon,tue,wed 08:00-17:00|nonsense", ["mon-wed 08:00-17:00", "nonsense"]),
        ("leave", "2026-12-20 to 2027-01-03", [{"from": date(2026, 12, 20), "to": date(2027, 1, 3)}]),
        ("capacity", "8", 8),
        ("capacity", "eight", "eight"),
        ("valid_to", "2026-12-31", date(2026, 12, 31)),
        ("stations", "", None),
        ("name", "  Ana ", "Ana"),
    ],
)  # fmt: skip
def test_a_cell_is_taken_apart(name, text, value):
    assert read_cell(COLUMNS[name], text) == value


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("roles", "psea focal point", "'psea focal point' is no role"),
        ("roles", "oversight from 2026", "'2026' is no date"),
        ("languages", "fr very well", "'fr very well' is no language"),
        ("leave", "2026-12-20", "'2026-12-20' is no leave"),
        ("valid_to", "31.12.2026", "'31.12.2026' is no date"),
    ],
)
def test_what_is_written_otherwise_is_a_fault_with_a_remedy(name, text, says):
    with pytest.raises(CellError) as caught:
        read_cell(COLUMNS[name], text)
    assert caught.value.message == says
    assert caught.value.mend.startswith("Write ")


@pytest.mark.parametrize(
    ("name", "one", "other", "same"),
    [
        ("hours", "mon-wed 08:00-17:00", "mon, tue wed 08:00-17:00", True),
        ("languages", "fr | ar", "fr|ar", True),
        ("languages", "fr | ar", "ar | fr", False),
        ("valid_to", "soon", "", False),
        ("valid_to", "soon", "soon", True),
        ("name", "", " ", True),
    ],
)
def test_spacing_is_no_change_and_order_is(name, one, other, same):
    assert same_cell(COLUMNS[name], one, other) is same
