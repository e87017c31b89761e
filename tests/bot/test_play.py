"""Playing the conversation in the terminal: to its end in any language, and nothing is kept."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner, Result

from bot.cli import build
from bot.commands.play import RECEIPT
from crypto.receipt import grouped
from locales.catalogues import load
from tests.bot.real_turns import distress_lists

CANARY = "canary 7f3a"
TO_STORY = ("1", "1", "2", "1", "1", "1", "1", "1")
"""Numbers of the first choices, from the greeting to the story: safe, in no danger, to report, for oneself, adult."""
LANGUAGES = load()


@pytest.fixture(autouse=True)
def _compiled_once(monkeypatch):
    """The lists take seconds to compile; they are the same for every play."""
    monkeypatch.setattr("bot.commands.play.compile_lists", lambda _texts: distress_lists())


def played(*lines: str, lang: str = "en") -> Result:
    """One play with these lines typed; the input then ends, as by Ctrl-D."""
    return CliRunner().invoke(build(), ["flows", "play", "--lang", lang], input="".join(f"{one}\n" for one in lines))


def way_to_the_end(tag: str) -> tuple[str, ...]:
    word = LANGUAGES.word
    skip, done = word(tag, "button_skip"), word(tag, "button_done")
    number = str(1 + ("en", "fr", "es", "ar", "ru", "zh", "uk", "ro", "pt", "sw").index(tag))
    story = (CANARY, done, "1", "4", "1", "1", "1", "2", "1")
    return (number, *TO_STORY, *story, skip, skip, "1", "3", "1", "2", "1", "sent", "1", "3", "1")


@pytest.mark.parametrize("tag", ["en", "ar"])
def test_it_goes_to_the_end_in_the_language_that_was_chosen(tag, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = played(*way_to_the_end(tag))
    assert result.exit_code == 0, result.output
    assert result.exception is None
    assert result.output.rstrip().endswith(LANGUAGES.word(tag, "leave_line"))
    assert grouped(RECEIPT) in result.output, "the number that belongs to nothing"
    assert "[submit]" in result.output
    read_back = result.output.rsplit("[submit]", 1)[0].rsplit("─" * 60, 1)[1]
    assert CANARY in read_back
    assert list(tmp_path.rglob("*")) == [], "nothing is kept"


def test_after_sending_nothing_of_the_words_is_left_on_the_screen():
    result = played(*way_to_the_end("en"))
    assert CANARY not in result.output.rsplit("[submit]", 1)[1]


def test_when_nobody_is_there_the_answers_are_still_there():
    way = way_to_the_end("en")
    result = played(*way[: way.index("sent")], "nobody", "1")
    last = result.output.rsplit("[submit]", 1)[1]
    assert "nobody here who could receive" in last
    assert CANARY in last.rsplit("─" * 60, 1)[1]


@pytest.mark.parametrize("lines", [(), ("1", "1")])
def test_the_end_of_the_input_ends_it_quietly(lines):
    result = played(*lines)
    assert result.exit_code == 0
    assert "Traceback" not in result.output
    assert LANGUAGES.word("en", "leave_line") not in result.output


def test_the_end_of_the_input_also_ends_it_at_the_question_how_a_call_went():
    way = way_to_the_end("en")
    result = played(*way[: way.index("sent")])
    assert result.exit_code == 0, result.output
    assert "Aborted" not in result.output


def test_a_word_leaves_and_distress_leads_aside():
    result = played("1", "I want to kill myself", "leave")
    assert "You are not alone with it." in result.output
    assert result.output.rstrip().endswith(LANGUAGES.word("en", "leave_line"))


def test_a_language_that_is_not_there_is_refused_in_one_line():
    result = played(lang="xx")
    assert result.exit_code != 0
    assert "there is no 'xx'" in result.output
