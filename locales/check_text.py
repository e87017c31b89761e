"""What can be wrong with one translation, seen beside its source.

No program can tell a good translation. These rules find what hurts people when it slips through: a number of hours
that changed, a paragraph that was lost, a placeholder that stays on the screen, a button that is cut off, a character
that turns the line around.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

from locales.errors import PlaceholderError
from locales.isolate import placeholders

LONGEST_OPTION = 30
"""Characters of an option's label; a keyboard in a messaging app cuts off more."""

LONGEST_BUTTON = 20
"""Characters of a button that shares its row with others."""

_JOINERS = "\u200c\u200d"
_ENOUGH_WORDS = 3


def check_text(context: str, english: str, text: str) -> Iterator[str]:
    """Every fault of ``text`` as a translation of ``english``, one sentence each. English is checked as its own."""
    if not text.strip():
        yield "not translated"
        return
    if text != text.strip():
        yield "white space at the beginning or end"
    yield from _marks(text)
    yield from _placeholders(english, text)
    yield from _same_shape(english, text)
    yield from _length(context, text)


def copies(english: str, text: str) -> bool:
    """Whether a whole sentence was left in English."""
    return text.casefold() == english.casefold() and len(english.split()) >= _ENOUGH_WORDS


def _marks(text: str) -> Iterator[str]:
    found = {
        f"U+{ord(char):04X}"
        for char in text
        if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} and char not in f"\n{_JOINERS}"
    }
    if re.search(r"[\u0620-\u064a]", text) and (strays := sorted(set(re.findall("[,;?]", text)))):
        yield f"Latin punctuation in Arabic script: {' '.join(strays)} (use ، ؛ ؟)"
    if found:
        yield f"control or direction characters: {' '.join(sorted(found))}"


def _placeholders(english: str, text: str) -> Iterator[str]:
    try:
        wanted, found = placeholders(english), placeholders(text)
    except PlaceholderError as error:
        yield str(error)
        return
    if wanted != found:
        yield f"placeholders differ: {_names(found)} instead of {_names(wanted)}"


def _same_shape(english: str, text: str) -> Iterator[str]:
    wanted, found = _numbers(english), _numbers(text)
    if wanted != found:
        yield f"numbers differ: {_listed(found)} instead of {_listed(wanted)}"
    if (paragraphs := english.count("\n\n") + 1) != (have := text.count("\n\n") + 1):
        yield f"{have} paragraphs instead of {paragraphs}"
    if english.count("\n") != text.count("\n"):
        yield "the lines are divided otherwise"
    if english.count("•") != text.count("•"):
        yield f"{text.count('•')} points of a list instead of {english.count('•')}"


def _length(context: str, text: str) -> Iterator[str]:
    first, slash, second = context.partition("/")
    longest = None
    if first != "word" and slash:
        longest = LONGEST_OPTION
    elif second.startswith("button_"):
        longest = LONGEST_BUTTON
    if longest and len(text) > longest:
        yield f"{len(text)} characters on a button; at most {longest}"
    if longest and "\n" in text:
        yield "a line break on a button"


def _numbers(text: str) -> Counter[int]:
    """The numbers in a text, in digits of any script."""
    return Counter(int(run) for run in re.findall(r"\d+", text))


def _listed(numbers: Counter[int]) -> str:
    return ", ".join(map(str, sorted(numbers.elements()))) or "none"


def _names(names: frozenset[str]) -> str:
    return " ".join(f"{{{name}}}" for name in sorted(names)) or "none"
