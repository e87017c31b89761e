"""`linnet directory coverage` as a coordinator meets it."""

import csv
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import typer
from typer.testing import CliRunner, Result

from bot.commands.directory import register
from bot.coverage_csv import COLUMNS
from tests.bot.directory_folders import SignedFolder, signed_folder
from tests.routing.test_load import line_in_good

DAY = ("--day", "2026-11-23")


@pytest.fixture
def signed(tmp_path: Path) -> SignedFolder:
    return signed_folder(tmp_path)


@pytest.fixture
def linnet():
    app = typer.Typer()
    register(app)
    app.command("other")(lambda: None)  # as in the real program, `directory` is one group among others
    runner = CliRunner()

    def run(*words: object, **environment: str) -> Result:
        return runner.invoke(app, ["directory", *map(str, words)], env={"COLUMNS": "200", **environment})

    return run


def test_it_tells_who_receives_and_what_is_missing(linnet, signed):
    result = linnet("coverage", signed.path, *DAY)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "Coverage on 2026-11-23, and by hour until 2026-11-29, by each country's own clock"
    assert "  relief     both  ana  ben after 24 h" in lines
    assert "  fr        personnel        NOBODY  0   0/168  -" in lines
    country = line_in_good("id: velmora")
    assert f"  directory.yaml:{country}: nobody counsels personnel in 'fr', a language of 'velmora'." in result.stdout
    assert "NO COUNSELLOR" in lines


def test_no_line_is_wider_than_a_hundred_columns(linnet, signed):
    assert max(map(len, linnet("coverage", signed.path, *DAY).stdout.splitlines())) <= 100


def test_gaps_end_with_one_only_when_asked_to(linnet, signed):
    assert linnet("coverage", signed.path, *DAY).exit_code == 0
    assert linnet("coverage", signed.path, *DAY, "--strict").exit_code == 1


def test_the_csv_has_every_hour(linnet, signed, tmp_path):
    file = tmp_path / "hours.csv"
    result = linnet("coverage", signed.path, *DAY, "--csv", file)
    assert result.stdout.endswith(f"Written: {file}\n")
    with file.open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert tuple(rows[0]) == COLUMNS
    # One country; relief, works and unknown; two kinds; two languages.
    assert len(rows) == 1 * 3 * 2 * 2 * 168


def test_the_picture_is_written(linnet, signed, tmp_path):
    file = tmp_path / "hours.svg"
    assert linnet("coverage", signed.path, *DAY, "--picture", file).exit_code == 0
    assert ET.parse(file).getroot().tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314 -- our own file


def test_one_country_can_be_asked_about_and_must_exist(linnet, signed):
    assert linnet("coverage", signed.path, *DAY, "--country", "velmora").exit_code == 0
    result = linnet("coverage", signed.path, *DAY, "--country", "atlantis")
    assert result.exit_code == 2
    assert result.stderr == "there is no country 'atlantis'; there are: velmora\n"


@pytest.mark.parametrize("day", ["tomorrow", "2026-02-30", ""])
def test_a_day_that_is_none_is_refused(linnet, signed, day):
    result = linnet("coverage", signed.path, "--day", day)
    assert result.exit_code == 2
    assert result.stderr == f"a day is written as in 2026-03-31, not {day!r}\n"


def test_the_day_decides(linnet, signed):
    """Ana begins on the first day of 2026, and for harassment a month later."""
    early = linnet("coverage", signed.path, "--day", "2026-01-15").stdout.splitlines()
    assert "  relief     sea   ana     ben after 24 h" in early
    assert "             sh    NOBODY  -" in early


def test_what_cannot_be_written_is_said(linnet, signed, tmp_path):
    for option in ("--csv", "--picture"):
        result = linnet("coverage", signed.path, *DAY, option, tmp_path / "nowhere" / "file")
        assert result.exit_code == 2
        assert "cannot be written (No such file or directory)" in result.stderr


def test_a_folder_that_is_none_is_refused(linnet, tmp_path):
    result = linnet("coverage", tmp_path / "nowhere")
    assert result.exit_code == 2
    assert "there is no directory folder" in result.stderr


def test_a_signature_is_verified_where_a_key_is_given(linnet, signed, tmp_path):
    key = tmp_path / "signer.pub"
    key.write_text(signed.signing_key.verify_key.to_text())
    assert linnet("coverage", signed.path, *DAY, "--signer", key).exit_code == 0
    with (signed.path / "directory.yaml").open("a") as file:
        file.write("# changed\n")
    result = linnet("coverage", signed.path, *DAY, "--signer", key)
    assert result.exit_code == 2
