"""How typed words are made comparable, by one written rule, before they are matched with anything.

NFKC; format characters (category Cf: zero-width marks, direction marks) and Arabic tatweel removed; case folded;
runs of white space made one space; punctuation and symbols stripped from both ends. Digits of any script count
as digits.

What a keyboard decides and not the person is made one: the signs used as an apostrophe, Arabic vowel signs (removed),
and the forms of alef, which many people write without hamza or madda. Nothing further is folded in Arabic: ة and ه,
or ى and ي, tell words apart.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_TATWEEL = "\u0640"
_ONE: Final = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201b\u02bc\u02bb\u02b9\u02c8\u2032\u0060\u00b4\u055a\ua78c\uff07", "'")
    | dict.fromkeys("\u0622\u0623\u0625\u0671\u0672\u0673\u0675", "\u0627")
)
"""Apostrophes (’ ‘ ‛ ʼ ʻ ʹ ˈ ′ ` ´ and rarer ones) to ', and the forms of alef to the bare one."""
_VOWELS: Final = re.compile(
    "[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u08d3-\u08ff]"
)
"""Arabic signs above and below letters."""


def normal(words: str) -> str:
    """The comparable form of typed words; may be empty."""
    # Folded before NFKC, which would take the acute accent (´) apart into a space and a mark; and again after it.
    whole = _VOWELS.sub("", unicodedata.normalize("NFKC", words.translate(_ONE)).translate(_ONE))
    kept = (character for character in whole if unicodedata.category(character) != "Cf" and character != _TATWEEL)
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
