"""The words are plain: short sentences, common words, and labels that fit a button.

The Automated Readability Index (Senter and Smith, "Automated Readability Index", AMRL-TR-66-220, 1967) says for how
many years of school an English text is: 4.71 characters a word + 0.5 words a sentence - 21.43, where characters are
letters and digits. Whole screens are judged, because a few words alone have no meaningful index.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from locales.catalogues import load
from locales.extract import template

ROOT = Path(__file__).resolve().parents[2]
HIGHEST, LONGEST_SENTENCE, LONGEST_LABEL, SHORT_LABEL = 6.0, 22, 30, 20
ENOUGH_WORDS = 20
"""Texts with fewer words are too short for an index."""

# What affected people read. Messages to staff are for trained people, and words to type are no text.
TEXTS = [
    (one.context, one.id)
    for one in template(ROOT).messages()
    if not one.context.startswith(("word/staff_", "word/words_"))
]
LABELS = [
    one for one in TEXTS if one[0].startswith("word/button_") or ("/" in one[0] and not one[0].startswith("word/"))
]
LANGUAGES = load()


def sentences(text: str) -> list[list[str]]:
    """The words of each sentence; a sentence also ends at a colon and at a blank line."""
    parts = re.split(r"[.!?:]+(?=[\s”\"')]|$)|\n\s*\n", text)
    found = [[word for word in part.split() if re.search(r"\w", word)] for part in parts if part]
    return [words for words in found if words]


def index(text: str) -> float:
    """The Automated Readability Index."""
    told = sentences(text)
    words = [word for one in told for word in one]
    characters = sum(sign.isalnum() for word in words for sign in word)
    return 4.71 * characters / len(words) + 0.5 * len(words) / len(told) - 21.43


def test_the_index_is_that_of_senter_and_smith():
    assert index("The cat sat on the mat. It was happy.") == pytest.approx(4.71 * 27 / 9 + 0.5 * 9 / 2 - 21.43)
    assert sentences("One: two three\n\nfour. Five?") == [["One"], ["two", "three"], ["four"], ["Five"]]
    hard = "Notwithstanding institutional confidentiality considerations, investigations necessitate documentation. "
    assert index(hard * 3) > HIGHEST


@pytest.mark.parametrize(
    ("context", "text"),
    [one for one in TEXTS if sum(map(len, sentences(one[1]))) >= ENOUGH_WORDS],
    ids=lambda one: one[:20],
)
def test_a_text_needs_six_years_of_school_at_most(context, text):
    assert index(text) <= HIGHEST, (context, round(index(text), 1))


def test_no_sentence_is_long():
    long = [
        (context, " ".join(one)) for context, text in TEXTS for one in sentences(text) if len(one) > LONGEST_SENTENCE
    ]
    assert long == []


@pytest.mark.parametrize("tag", LANGUAGES.tags)
def test_labels_fit_a_button(tag, capsys):
    labels = {(context, english): LANGUAGES.phrase(tag, context, english) or "" for context, english in LABELS}
    assert len(labels) > 80
    assert all(labels.values())
    short = sum(len(label) <= SHORT_LABEL for label in labels.values())
    with capsys.disabled():
        print(f"\n{tag}: {short} of {len(labels)} labels have at most {SHORT_LABEL} characters", end="")  # noqa: T201 -- counted for translators
    assert {context: label for (context, _), label in labels.items() if len(label) > LONGEST_LABEL} == {}
