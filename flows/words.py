"""How typed words are made comparable, by one written rule, before they are matched with anything.

NFKC; format characters (category Cf: zero-width marks, direction marks) and Arabic tatweel removed; case folded;
runs of white space made one space; punctuation and symbols stripped from both ends. Digits of any script count
as digits.
"""

from __future__ import annotations

import unicodedata

_TATWEEL = "\u0640"


def normal(words: str) -> str:
    """The comparable form of typed words; may be empty."""
    kept = (
        character
        for character in unicodedata.normalize("NFKC", words)
        if unicodedata.category(character) != "Cf" and character != _TATWEEL
    )
    folded = " ".join("".join(kept).casefold().split())
    return _stripped(folded)


def number(words: str) -> int | None:
    """A whole number from 1 to 99 in digits of any script, and nothing else."""
    text = normal(words)
    if not 1 <= len(text) <= 2 or not all(unicodedata.category(character) == "Nd" for character in text):  # noqa: PLR2004
        return None
    return int("".join(str(unicodedata.decimal(character)) for character in text)) or None


def is_blank(words: str) -> bool:
    """Whether there is nothing to keep: only white space, control and format characters.

    Unassigned and private characters are words: they may be letters younger than this Python's Unicode.
    """
    return all(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zs", "Zl", "Zp"} for character in words)


def _stripped(text: str) -> str:
    start, end = 0, len(text)
    while start < end and unicodedata.category(text[start])[0] in "PSZ":
        start += 1
    while end > start and unicodedata.category(text[end - 1])[0] in "PSZ":
        end -= 1
    return text[start:end]
