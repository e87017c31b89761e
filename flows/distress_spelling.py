"""Small misspellings: words one slip away from a listed word, found without comparing against every word.

A slip is one letter left out, put in, or replaced, or two neighbours changed over. Only words of five letters or
more may be misspelt, on both sides, and the first letter must be right (or changed over with the second): in short
words, and in the first letters of languages that mark the person there, one letter makes another word.

Words one slip apart always have a form in common once at most one letter is left out of each (Garbe, "Symmetric
Delete"), so every listed word is filed under its forms, and a typed word looks up its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

SHORTEST = 5


def forms(word: str) -> set[str]:
    """The word, and the word with any one letter left out."""
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}


def filed(words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Listed words of five letters or more, filed under their forms."""
    found: dict[str, list[str]] = {}
    for word in sorted({word for word in words if len(word) >= SHORTEST}):
        for form in forms(word):
            found.setdefault(form, []).append(word)
    return {form: tuple(listed) for form, listed in found.items()}


def near(typed: str, files: Mapping[str, tuple[str, ...]], longest: int) -> set[str]:
    """The listed words one slip away from ``typed``; ``longest`` is the length of the longest listed word."""
    if not SHORTEST <= len(typed) <= longest + 1:
        return set()
    found: set[str] = set()
    for form in forms(typed):
        if form in files:
            found.update(files[form])
    return {word for word in found if one_slip(typed, word)}


def one_slip(one: str, other: str) -> bool:
    """Whether exactly one slip, not touching the first letter alone, makes one word the other."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    rest, other_rest = one[start:], other[start:]
    if rest[:2] == other_rest[1::-1] and len(rest) > 1 and rest[2:] == other_rest[2:]:
        return True
    if start == 0:
        return False
    return rest[1:] == other_rest[1:] or rest[1:] == other_rest or rest == other_rest[1:]
