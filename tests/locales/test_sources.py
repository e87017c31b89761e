"""English texts out of YAML: nothing interpreted, nothing lost."""

from __future__ import annotations

from io import BytesIO

import pytest
from babel.messages.extract import extract

from locales.errors import LocaleError
from locales.extract import extract_yaml, template
from locales.sources import read_sources
from tests.locales.conftest import CONVERSATION, WORDS


def test_a_conversation_gives_questions_options_and_the_single_way_on():
    assert [(source.context, source.english) for source in read_sources(CONVERSATION)] == [
        ("hello", "Hello.\n\nPress “Leave” or write {leave}."),
        ("hello/go_on", "Continue"),
        ("when", "When did it happen?"),
        ("when/yes", "In the last 3 days"),
        ("when/no", "Longer ago"),
        ("who", "Who?"),
        ("end", "Thank you."),
        ("end/leave", "Leave"),
    ]


def test_a_note_goes_to_the_node_and_its_options():
    notes = {source.context: source.note for source in read_sources(CONVERSATION)}
    assert notes["when"] == notes["when/no"] == "Any time is fine."
    assert notes["end"] == ""


@pytest.mark.parametrize("key", ["yes", "no", "on", "off", "null", "~", "1", "1.0", "2026-01-01"])
def test_a_key_stays_the_word_it_is(key):
    source = read_sources(f"nodes:\n  a:\n    ask: A\n    options:\n      {key}: Label\n")[1]
    assert source.context == f"a/{key}"


def test_a_text_stays_the_word_it_is():
    assert [source.english for source in read_sources("a:\n  text: no\nb:\n  text: 1.0\n")] == ["no", "1.0"]


def test_words_have_their_key_as_context():
    first = read_sources(WORDS)[0]
    assert (first.context, first.english, first.note, first.line) == ("word/leave_word", "LEAVE", "The stop word.", 2)


@pytest.mark.parametrize(
    "text",
    [
        *("a: [", "- a", "plain", "", "a: text", "a: {note: x}", "a: {text: ''}", "nodes: [a]", "nodes: {a: text}"),
        *(
            "nodes: {a: {ask: [x]}}",
            "nodes: {a: {ask: x, options: [y]}}",
            "nodes: {a: {ask: x, options: {b: {to: c}}}}",
        ),
    ],
)
def test_what_is_neither_a_conversation_nor_words_is_refused(text):
    with pytest.raises(LocaleError):
        read_sources(text)


def test_the_fault_names_the_line():
    with pytest.raises(LocaleError, match="line 3"):
        read_sources("a:\n  text: A\nb: B\n")


def test_babel_reads_our_files_with_context_notes_and_line():
    found = list(extract(extract_yaml, BytesIO(CONVERSATION.encode()), keywords={"pgettext": ((1, "c"), 2)}))
    assert (12, "When did it happen?", ["Any time is fine."], "when") in found
    assert len(found) == 8


def test_a_context_that_stands_twice_is_refused(project):
    again = project.conversation.with_name("again.yaml")
    again.write_text("nodes: {when: {ask: 'When?'}}", "utf-8")
    with pytest.raises(LocaleError, match="when stands twice"):
        template(project.root)


def test_a_key_that_stands_twice_in_one_file_is_refused(project):
    project.words.write_text(WORDS + 'page_title:\n  text: "Other"\n', "utf-8")
    with pytest.raises(LocaleError, match=r"words.yaml: word/page_title stands twice"):
        template(project.root)
