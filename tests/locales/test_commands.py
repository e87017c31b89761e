"""`linnet locales` as a translator uses it."""

from __future__ import annotations

import gettext

import pytest
import typer
from typer.testing import CliRunner

from bot.commands.locales import register
from tests.locales.conftest import FRENCH


@pytest.fixture
def run(project):
    app = typer.Typer()
    app.callback()(lambda: None)
    register(app)
    return lambda *arguments: CliRunner().invoke(app, ["locales", *arguments, "--root", str(project.root)])


def test_check_is_content_with_a_complete_project(run):
    result = run("check")
    assert result.exit_code == 0
    assert result.output.splitlines() == [
        "14 texts, complete in English and: fr",
        "fr: not reviewed by a native speaker",
    ]


def test_check_names_each_fault_on_a_line_and_exits_with_two(run, project):
    project.translate("fr", {"who": "", "when/yes": "Ces 5 derniers jours"})
    result = run("check")
    assert result.exit_code == 2
    assert result.output.splitlines() == [
        "fr: when/yes: numbers differ: 5 instead of 3",
        "fr: who: empty: Who?",
    ]


def test_check_names_care_content_that_lacks_a_language(run, project):
    folder = project.root / "config" / "care"
    folder.mkdir(parents=True)
    line = '{name: {en: Lantern}, reach: "0", hours: {en: always}, source: x, verified: never, reviewed: no}'
    (folder / "general.yaml").write_text(f"lines: [{line}]\n", "utf-8")
    result = run("check")
    assert result.exit_code == 2
    assert "config/care: general: “Lantern” is not there in fr" in result.output.splitlines()
    (folder / "general.yaml").write_text("lines: 5\n", "utf-8")
    assert run("check").output.startswith("config/care: general.yaml:")


def test_extract_writes_the_template_and_says_whether_it_changed(run, project):
    assert run("extract").output == "locales/linnet.pot: unchanged\n"
    project.words.write_text('one:\n  text: "One"\n', "utf-8")
    assert run("extract").output == "locales/linnet.pot: written\n"
    assert 'msgctxt "word/one"' in (project.root / "locales" / "linnet.pot").read_text("utf-8")


def test_update_brings_the_template_and_all_catalogues_up_to_date(run, project):
    words = project.words.read_text("utf-8")
    project.words.write_text(f'{words}one:\n  text: "One"\n', "utf-8")
    result = run("update")
    assert result.exit_code == 0
    assert "fr: 1 texts wait for a translation" in result.output
    project.translate("fr", {"word/one": "Un"})
    assert run("check").exit_code == 0


def test_update_begins_a_new_language(run, project):
    result = run("update", "zh-Hans")
    assert "locales/zh_Hans/LC_MESSAGES/linnet.po: written" in result.output
    assert f"zh_Hans: {len(FRENCH)} texts wait for a translation" in result.output
    assert '"Language: zh-Hans\\n"' in project.path("zh_Hans").read_text("utf-8")


def test_compile_writes_files_that_gettext_reads(run, project, tmp_path):
    result = run("compile", "--to", str(tmp_path / "out"))
    assert result.exit_code == 0
    translations = gettext.translation("linnet", tmp_path / "out", ["fr"])
    assert translations.pgettext("end", "Thank you.") == "Merci."


@pytest.mark.parametrize("command", ["extract", "update"])
def test_an_unreadable_source_is_one_clear_line(run, project, command):
    project.words.write_text("a: [", "utf-8")
    result = run(command)
    assert result.exit_code == 2
    assert result.output == "en: words.yaml: not a readable YAML file\n"


def test_an_unreadable_catalogue_is_one_clear_line(run, project, tmp_path):
    project.path("fr").write_text("nothing", "utf-8")
    for arguments in (["update"], ["compile", "--to", str(tmp_path / "out")]):
        result = run(*arguments)
        assert result.exit_code == 2
        assert result.output.splitlines()[-1] == "fr: this is not a readable catalogue"
