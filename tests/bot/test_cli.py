"""The command line starts without what it does not need, and names everything all the same."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import bot.commands
from bot.cli import GROUPS, build

HEAVY = {"aiogram", "telegram", "aiohttp", "sqlalchemy", "alembic", "asyncpg", "babel"}
"""What takes long to import. Whoever asks for help, or for a command that does without, does not wait for it."""

PROBE = """
import json, sys
from bot.cli import build
build({words!r})
print(json.dumps(sorted(name for name in sys.modules if "." not in name)))
"""


def loaded(*words: str) -> set[str]:
    """The top-level modules of a fresh process after the command line was made for these words."""
    code = PROBE.format(words=list(words))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    return set(json.loads(done.stdout))


def shown(*words: str, everything: bool) -> str:
    result = CliRunner().invoke(build(None if everything else words), list(words), env={"COLUMNS": "120"})
    assert result.exit_code in {0, 2}
    return result.output


@pytest.mark.parametrize("words", [(), ("--help",), ("no-such-command",)])
def test_asking_for_help_loads_no_heavy_library(words):
    assert not loaded(*words) & HEAVY


@pytest.mark.parametrize("words", [("keys", "new"), ("open", "file"), ("inbox",), ("have",), ("locales",)])
def test_what_staff_use_on_their_own_computers_loads_neither_bots_nor_database(words):
    assert not loaded(*words) & {"aiogram", "telegram", "sqlalchemy", "alembic", "asyncpg"}


@pytest.mark.parametrize("words", [("directory", "check"), ("flows", "check"), ("outbox",), ("audit",), ("db",)])
def test_only_the_service_loads_the_bot_libraries(words):
    assert not loaded(*words) & {"aiogram", "telegram"}


def test_the_service_does():
    assert {"aiogram", "telegram", "sqlalchemy"} <= loaded("run")


@pytest.mark.parametrize("words", [("--help",), (), ("no-such-command",)])
def test_help_is_the_same_as_when_everything_is_loaded(words):
    assert shown(*words, everything=False) == shown(*words, everything=True)


@pytest.mark.parametrize("name", [name for group in GROUPS for name in group.commands])
def test_each_command_is_found(name):
    output = shown(name, "--help", everything=False)
    assert f"Usage: root {name}" in output
    assert output == shown(name, "--help", everything=True)


def test_no_group_of_commands_is_forgotten():
    folder = Path(bot.commands.__file__).parent
    registering = {path.stem for path in folder.glob("*.py") if "def register(" in path.read_text("utf-8")}
    assert registering == {module for group in GROUPS for module in group.modules}
