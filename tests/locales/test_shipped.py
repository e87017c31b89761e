"""The catalogues that ship: complete, and every screen of theirs can be drawn."""

from __future__ import annotations

from pathlib import Path

import pytest

from locales.catalogues import load
from locales.check import check
from locales.extract import template
from locales.isolate import fill, placeholders

ROOT = Path(__file__).resolve().parents[2]
PAIRS = [(message.context, message.id) for message in template(ROOT).messages()]
VALUES = {name: f"<{name}>" for _, english in PAIRS for name in placeholders(english)}
TAGS = ("ar", "en", "es", "fr", "pt", "ro", "ru", "sw", "uk", "zh")


def test_there_are_no_faults():
    assert [str(fault) for fault in check(ROOT)] == []


def test_ten_languages_are_spoken():
    assert sorted(load().tags) == sorted(TAGS)
    assert load().direction("ar") == "rtl"


@pytest.mark.parametrize("tag", TAGS)
def test_everything_together_is_whole_in_every_language(tag):
    used, texts = load().whole(tag, PAIRS)
    assert used == tag
    assert len(texts) == len(PAIRS)


@pytest.mark.parametrize("tag", TAGS)
def test_every_text_can_be_filled(tag):
    languages = load()
    for context, english in PAIRS:
        text = fill(languages.phrase(tag, context, english), VALUES, languages.direction(tag))
        assert not placeholders(text)
        assert all(f"<{name}>" in text for name in placeholders(english))


def test_the_texts_ask_only_for_values_that_linnet_gives():
    assert set(VALUES) <= {
        "leave",
        "contacts",
        "services",
        "misconduct",
        "care",
        "child_rule",
        "receipt",
        *("case", "holders", "answers", "who", "day", "count", "language"),  # behind a number
        *("reference", "priority", "deadline", "name"),  # to staff
        *("office", "hours", "all", "kind"),  # in an office's attestation
    }


@pytest.mark.parametrize("tag", TAGS)
def test_what_the_chat_shows_after_leaving_names_nothing(tag):
    line = load().word(tag, "leave_line").casefold()
    assert "linnet" not in line
    assert len(line) < 30
