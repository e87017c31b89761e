"""`linnet flows` as a policy officer uses it, on the conversation that ships and on folders of one's own."""

from __future__ import annotations

import re

import pytest
import typer
from typer.testing import CliRunner

from bot.commands.flows import SAMPLE, register
from flows.compile import compile_book
from flows.graph import mermaid
from tests.flows.books import FILE, SMALL, changed, real_texts
from tests.flows.test_check import CASE, PROMISES

LINE = re.compile(r"(holds |BROKEN)  +([\d,]+)  (.+)")


@pytest.fixture
def run():
    app = typer.Typer()
    app.callback()(lambda: None)
    register(app)
    return lambda *arguments: CliRunner().invoke(app, ["flows", *map(str, arguments)])


@pytest.fixture
def folder(tmp_path):
    def written(text: str):
        (tmp_path / FILE).write_text(text, "utf-8")
        return tmp_path

    return written


def number(words: str) -> int:
    return int(words.replace(",", ""))


@pytest.mark.slow
def test_the_conversation_that_ships_keeps_every_promise_in_every_state_somebody_can_reach(run):
    """The one exploration of the whole book in these tests: about half a minute."""
    result = run("check")
    assert result.exit_code == 0
    *lines, last = result.output.splitlines()
    found = [LINE.fullmatch(line) for line in lines]
    assert [match and match[3] for match in found] == [*PROMISES, CASE]
    assert {match and match[1] for match in found} == {"holds "}
    assert all(match and number(match[2]) > 0 for match in found)
    counted = re.fullmatch(r"([\d,]+) states visited, ([\d,]+) steps; sending takes (\d+) actions at least\.", last)
    assert counted
    assert number(counted[1]) > 10_000
    assert number(counted[2]) > 100_000
    assert number(counted[3]) == 20


def test_a_sound_conversation_in_a_folder_is_checked(run, folder):
    result = run("check", folder(SMALL))
    assert result.exit_code == 0
    assert result.output.count("holds ") == len(PROMISES)


def test_a_broken_promise_is_named_with_its_places_and_ends_with_two(run, folder):
    result = run("check", folder(changed(("{else: young}", "{else: story}"))))
    assert result.exit_code == 2
    lines = result.output.splitlines()
    (broken,) = [i for i, line in enumerate(lines) if line.startswith("BROKEN") and "under 18" in line]
    assert lines[broken + 1].split() == ["at", "story"]
    assert lines[-1].endswith("actions at least.")


def test_faults_are_named_with_file_and_line_and_end_with_two(run, folder):
    result = run("check", folder(changed(("to: story}", "to: storry}"), ("skip: age", "skip: agee"))))
    assert result.exit_code == 2
    assert [line.rsplit(":", 1)[1] for line in result.output.splitlines()] == [
        " there is no node 'agee'",
        " there is no node 'storry'",
    ]
    assert all(re.match(rf"{FILE}:\d+: ", line) for line in result.output.splitlines())


@pytest.mark.parametrize("command", ["check", "graph"])
def test_what_is_not_a_flow_file_is_refused(run, folder, command):
    result = run(command, folder("- a\n"))
    assert (result.exit_code, result.output) == (2, f"{FILE}:1: a flow file is a mapping at the top\n")


@pytest.mark.parametrize("command", ["check", "graph"])
def test_a_folder_without_flow_files_is_refused(run, tmp_path, command):
    for folder in (tmp_path, tmp_path / "gone"):
        result = run(command, folder)
        assert result.exit_code == 2
        assert "there are no flow files (*.yaml) in it" in result.output


def test_the_drawing_is_that_of_the_compiled_book(run, folder):
    assert run("graph", folder(SMALL)).output == mermaid(compile_book({FILE: SMALL}, SAMPLE))
    assert run("graph").output == mermaid(compile_book(real_texts(), SAMPLE))
