"""A coordinator's list goes out to a spreadsheet and comes back, as they meet it."""

import csv
import io
import stat
from importlib.resources import files
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from bot.commands.directory import register
from bot.directory_import import plan
from bot.spreadsheet import read_rows, write_rows
from routing.load import load
from tests.bot.directory_folders import SignedFolder, signed_folder
from tests.routing.test_load import GOOD

DEMO = (files("config") / "demo" / "directory.yaml").read_text("utf-8")
NEW = {
    "id": "eva", "name": "Eva", "entity": "relief", "level": "country", "stations": "port", "roles": "counsellor",
    "tier": "gbv", "languages": "fr | ar basic", "time_zone": "Africa/Tunis", "hours": "sun-thu 08:00-16:00",
}  # fmt: skip


@pytest.fixture
def signed(tmp_path: Path) -> SignedFolder:
    return signed_folder(tmp_path)


@pytest.fixture
def linnet(signed, tmp_path):
    app = typer.Typer()
    register(app)
    app.command("other")(lambda: None)

    def run(*words: object) -> Result:
        file = tmp_path / "people.csv"
        return CliRunner().invoke(app, ["directory", str(words[0]), str(signed.path), "--csv", str(file), *words[1:]])

    return run


@pytest.fixture
def given(tmp_path):
    def write(*rows: dict[str, str], delimiter: str = ",") -> None:
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
        (tmp_path / "people.csv").write_bytes(text.getvalue().encode())

    return write


def test_there_and_back_says_nothing_new(linnet, signed):
    before = (signed.path / "directory.yaml").read_bytes()
    assert linnet("export").exit_code == 0
    result = linnet("import")
    assert result.stdout.splitlines() == ["2 rows say nothing new", "Nothing changes."]
    assert (signed.path / "directory.yaml").read_bytes() == before


def test_a_whole_list_survives_the_way_through_a_spreadsheet():
    """Everybody of the demo, written out, put into a directory that has nobody, and the same people as before."""
    directory = load({"directory.yaml": DEMO})
    head = DEMO[: DEMO.index("people:\n")]
    nobody = head.replace("    cochairs:\n", "").replace("    coordinators: [runa-teff]\n", "")
    nobody = "".join(line for line in nobody.splitlines(True) if "mirel-tasso" not in line and "odile-varn" not in line)
    after = plan({"directory.yaml": nobody}, read_rows(write_rows(directory.people.values()))).after
    assert dict(after.people) == dict(directory.people)


def test_an_export_is_for_its_owner_alone_and_replaces_nothing_unasked(linnet, tmp_path):
    assert "2 people written" in linnet("export").stdout
    file = tmp_path / "people.csv"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.write_text("mine")
    result = linnet("export")
    assert (result.exit_code, file.read_text()) == (2, "mine")
    assert "--force" in result.stderr
    assert linnet("export", "--force").exit_code == 0


def test_a_line_adds_somebody_and_another_changes_somebody(linnet, signed, given):
    ben = {"id": "ben", "name": "Ben", "entity": "relief", "level": "regional", "roles": "counsellor", "tier": "staff"}
    given(NEW, {**dict.fromkeys(NEW, ""), **ben, "languages": "en | fr", "time_zone": "UTC"}, delimiter=";")
    result = linnet("import")
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == [
        "added    eva",
        "changed  ben: languages",
        "1 of the directory have no row, and stay as they are",
        f"Written. Next: linnet directory check {signed.path}, then sign it.",
    ]
    text = (signed.path / "directory.yaml").read_text("utf-8")
    people = load({"directory.yaml": text}).people
    assert people["ben"].languages == ("en", "fr")
    assert (people["eva"].languages, people["eva"].fluency) == (("fr", "ar"), {"ar": "basic"})
    assert text.startswith(GOOD[: GOOD.index("    languages: [en]\n")])


def test_a_column_that_is_not_there_leaves_the_field_and_an_empty_cell_takes_it_away(linnet, signed, given):
    given({"id": "ana", "alternate": ""})
    assert "changed  ana: alternate" in linnet("import").stdout
    assert (signed.path / "directory.yaml").read_text("utf-8") == GOOD.replace("    alternate: ben\n", "")


def test_a_dry_run_writes_nothing(linnet, signed, given):
    given(NEW)
    result = linnet("import", "--dry-run")
    assert "added    eva" in result.stdout
    assert "Nothing is written yet" in result.stdout
    assert (signed.path / "directory.yaml").read_text("utf-8") == GOOD


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"time_zone": "Africa/Tuna"}, "people.csv, row 2, column time_zone: 'Africa/Tuna' is no time zone. Write an"),
        ({"alternate": "bem"}, "row 2, column alternate: 'alternate' names the person 'bem', which is not in the"),
        ({"hours": "8-5"}, "row 2, column hours: '8-5' states no working hours. Write days and times"),
        ({"alternate": "eva"}, "row 2, column alternate: 'eva' is their own alternate. Name somebody else"),
        ({"roles": "focal point"}, "row 2, column roles: 'focal point' is no role. Write a role"),
        ({"roles": "focal_point"}, "row 2, column roles: 'focal_point' is not known here. Use one of"),
        ({"valid_to": "1/2/2027"}, "row 2, column valid_to: '1/2/2027' is no date. Write year-month-day"),
        ({"capacity": "many"}, "row 2, column capacity: 'capacity' is 'many', which is no number of people."),
        ({"languages": ""}, "row 2, column languages: the cell is empty. Write at least one language"),
        ({"stations": ""}, "row 2: 'eva' works at country level and covers no place. Add"),
        ({"id": "Eva"}, "row 2, column id: 'Eva' cannot be an id. Use up to 40 small letters"),
        ({"supervisor": "ana", "id": "ben", "level": "regional"}, "the supervisors go in a circle: ana → ben → ana."),
    ],
)  # fmt: skip
def test_each_fault_is_brought_back_to_its_cell_and_nothing_is_written(linnet, signed, given, cells, says):
    given({**NEW, **cells})
    result = linnet("import")
    assert result.exit_code == 2
    assert says in result.stdout, result.stdout
    assert "nothing is written" in result.stdout.splitlines()[-1]
    assert (signed.path / "directory.yaml").read_text("utf-8") == GOOD
    assert not [path for path in signed.path.iterdir() if path.name.startswith(".")]


def test_somebody_must_not_be_left_without_what_everybody_needs(linnet, given):
    given({"id": "ana", "time_zone": ""})
    assert "row 2, column time_zone: the cell is empty. Write the time zone" in linnet("import").stdout


def test_faults_of_the_directory_come_first(linnet, signed, given):
    given(NEW)
    (signed.path / "directory.yaml").write_text(GOOD.replace("Africa/Tunis", "Mars"), "utf-8")
    result = linnet("import")
    assert result.exit_code == 2
    assert result.stderr.startswith("not imported, the directory itself has faults; the first: directory.yaml:32:")


def test_no_file_is_one_line(linnet, signed):
    result = linnet("import")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "people.csv cannot be read" in result.stderr


def test_people_spread_over_files_are_changed_where_they_stand(linnet, signed, given):
    head, people = GOOD.split("people:\n")
    (signed.path / "directory.yaml").write_bytes(head.encode())
    (signed.path / "people.yaml").write_bytes(b"\xef\xbb\xbf" + f"people:\n{people}".replace("\n", "\r\n").encode())
    given({"id": "ben", "name": "Bert"}, {"id": "ana", "name": "Ana"})
    assert linnet("import").exit_code == 0
    after = (signed.path / "people.yaml").read_bytes()
    assert (
        after
        == b"\xef\xbb\xbf" + f"people:\n{people}".replace("name: Ben", "name: Bert").replace("\n", "\r\n").encode()
    )
    assert (signed.path / "directory.yaml").read_bytes() == head.encode()
