"""Typed text as a row of comparable words, for lists in many scripts at once.

First `flows.words.normal` (compatibility forms, direction marks, tatweel, case), then what makes words of one
script alike that people write in more than one way:

- marks are taken off: Latin accents, Arabic vowel signs and hamza on its seat, Cyrillic ё as е and й as и;
- Arabic alef maqsura reads as ya, ta marbuta as ha, Persian and Urdu letters as the Arabic ones;
- apostrophes vanish (don't, j'ai, вб'є), hyphens part words, a masked letter stays (su*cide);
- every Han character is a word of its own, because Chinese writes no spaces.

A row also remembers where sentences end and where somebody paused, since a "no," before a pause denies nothing.
Everything here takes time in proportion to the length of the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from flows.words import normal

_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_MARKS = re.compile("[\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed]+")
_PIECES = re.compile(rf"[{_HAN}]|[^\W_{_HAN}]+(?:\*+[^\W_{_HAN}]+)*|[^\w\s]+")
_APOSTROPHES = dict.fromkeys(map(ord, "'’‘ʼʹ`´ʻ＇"))
_LETTERS = {
    **dict(zip(map(ord, "ىیےةہھکگڪ"), "يييهههككك", strict=True)),
    **dict(zip(map(ord, "ґłøđıħŧ"), "гlodiht", strict=True)),
    ord("œ"): "oe",
    ord("æ"): "ae",
}
_LINE = "\ue000"  # normal() would make a new line a space; this private character comes through it
_ENDS = frozenset(".!?؟。॥۔;؛")
_PAUSES = _ENDS | frozenset(",:،、—–()") | {_LINE}  # a hyphen is none, and neither are quotation marks
_STRETCHED = re.compile(r"(.)\1\1+")
_ARABIC_AND = frozenset("وف")  # "and", "so": written onto the next word
_SHORTEST_AFTER_AND = 3


@dataclass(frozen=True, slots=True)
class Row:
    """The words of a text in order; all three tuples are equally long.

    ``sentences`` numbers the sentence each word stands in, and ``pauses`` counts the pauses before it.
    """

    words: tuple[str, ...]
    sentences: tuple[int, ...]
    pauses: tuple[int, ...]


def is_han(word: str) -> bool:
    """Whether a word of a row is one Han character."""
    return "\u3400" <= word[0] <= "\u9fff"


def folded(text: str, letters: Mapping[int, str]) -> str:
    """The comparable form of a text; ``letters`` are further letters to read as others (traditional characters)."""
    plain = normal(text.translate(_APOSTROPHES).replace("\r", "\n").replace("\n", _LINE))
    bare = _MARKS.sub("", unicodedata.normalize("NFD", plain))
    return bare.translate({**_LETTERS, **letters})


def row(text: str, letters: Mapping[int, str]) -> Row:
    """The words of a text. More than two of the same word in a row count as two.

    A sentence of one word does not end: "I. Want. To. Die." is one sentence.
    """
    words: list[str] = []
    sentences: list[int] = []
    pauses: list[int] = []
    sentence = pause = ended = 0
    for piece in _PIECES.findall(folded(text, letters)):
        if piece[0].isalnum():
            if len(words) > 1 and piece == words[-1] == words[-2]:
                continue
            words.append(piece)
            sentences.append(sentence)
            pauses.append(pause)
            continue
        pause += not _PAUSES.isdisjoint(piece)
        ends = _LINE in piece or (".." not in piece and not _ENDS.isdisjoint(piece))
        if ends:
            sentence += len(words) - ended > 1
            ended = len(words)
    return Row(tuple(words), tuple(sentences), tuple(pauses))


def readings(word: str) -> tuple[str, ...]:
    """The word itself, and what it may stand for: without stretched letters, without an Arabic "and" before it."""
    found = [word]
    if _STRETCHED.search(word):
        found += [_STRETCHED.sub(r"\1", word), _STRETCHED.sub(r"\1\1", word)]
    if word[0] in _ARABIC_AND and len(word) > _SHORTEST_AFTER_AND:
        found.append(word[1:])
    return tuple(found)
