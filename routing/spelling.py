"""One way of writing for the many ways in which a name is written: what is left when it does not matter how.

Folded away are: case, accents and other marks (NFKD, category M), letters that differ only in script tradition (`ł`,
`ø`, `ß`; the forms of alef, yeh, heh and kaf in Arabic, Persian and Urdu), apostrophes, invisible signs, and digits in
other widths. Not folded are scripts: a name in Cyrillic is found by a Latin text only if the directory has both
(`spellings`), because letter by letter transliteration finds too much and misses as much.

Scripts that put no space between words (Chinese, Japanese, Korean with its particles, Thai, Khmer, Burmese) come as
runs, in which a name can stand anywhere. All others come as words. A word may wear endings or prefixes that are no
part of a name: cases in Russian and Ukrainian, and in Arabic the article and the one-letter words written onto the
next. So a word has several forms, and each is looked up.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

__all__ = ["Word", "fold", "forms", "runs", "stem", "words"]

_UNSPACED: Final = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\u2fff\u3005-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
_RUN: Final = re.compile(f"[{_UNSPACED}]+")
_BETWEEN: Final = re.compile(r"[\s·・•‧]+")
_QUOTES: Final = "'’‘ʼʻ`´"
_WORD: Final = re.compile(rf"[^\W\d_]+(?:[{_QUOTES}][^\W\d_]+)*")
_QUOTE: Final = re.compile(f"[{_QUOTES}]")
_BREAK: Final = re.compile(r"[.!?؟。!?\n;；]")

_LETTERS: Final = str.maketrans("łøđðıħəґєٱىیېئکګھہەةۃ", "loddihaгеاييييككههههه", "ъءـ") | {
    ord(one): two for one, two in (("þ", "th"), ("æ", "ae"), ("œ", "oe"), ("ŋ", "ng"))
}
"""Letters that no decomposition brings together, and what stands for them."""

_ARABIC: Final = re.compile("[\u0600-\u06ff]")
_CYRILLIC: Final = re.compile("[\u0400-\u04ff]")
_ONTO_ARABIC: Final = "وفبلك"
"""And, so, with, for, like: written onto the word that follows."""

_SHORTEST_STEM: Final = 3
_LONGEST_ENDING: Final = 3
_BEFORE_LATIN_ARTICLE: Final = 7


def _endings() -> frozenset[str]:
    russian = "а я у ю е ы и ой ей ою ею ом ем ым им ого его ому ему ам ям ами ями ах ях ов ев ь й"
    ukrainian = "і ї о ові еві єві єю єм"
    return frozenset(fold(one) for one in f"{russian} {ukrainian}".split())


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text. It is somebody's words, and so its repr is empty.

    Attributes:
        forms: What it may be a form of, folded; the word as it stands first.
        at: Its place among the words; the end of a sentence counts as several.
        capital: Written like a name: with a capital, or in a script that has none.
    """

    forms: tuple[str, ...]
    at: int
    capital: bool

    def __repr__(self) -> str:
        return "Word()"


def fold(text: str) -> str:
    """Write a text the one way, apostrophes and spaces left as they are."""
    return _marks_off(text).casefold().translate(_LETTERS)


def words(text: str) -> list[Word]:
    """Split a text into the words of scripts that have words."""
    plain = text if text.isascii() else _RUN.sub(" ", _marks_off(text))
    found: list[Word] = []
    at, before = 0, 0
    for match in _WORD.finditer(plain):
        at += 4 if _BREAK.search(plain, before, match.start()) else 1
        before = match.end()
        raw = match.group()
        found.append(Word(forms(raw), at, raw != raw.lower() or raw.lower() == raw.upper()))
    return found


def runs(text: str) -> list[str]:
    """Split a text into the runs of scripts that put no space between words."""
    if text.isascii():
        return []
    plain = _RUN.findall(_BETWEEN.sub("", _marks_off(text)))
    return [unicodedata.normalize("NFC", run) for run in plain]


def forms(raw: str) -> tuple[str, ...]:
    """List what a word may be a form of, folded: as it stands first, then without what may have been added to it."""
    if raw.isascii() and raw.isalpha():
        one = raw.lower()
        return (one, one[2:]) if len(one) >= _BEFORE_LATIN_ARTICLE and one[:2] in {"al", "el"} else (one,)
    parts = [part for part in _QUOTE.split(raw.casefold().translate(_LETTERS)) if part]
    if len(parts) > 1 and parts[-1] == "s":
        parts = parts[:-1]
    found = dict.fromkeys(["".join(parts), *(part for part in parts if len(part) >= _SHORTEST_STEM)])
    for one in list(found):
        if _ARABIC.search(one):
            found |= dict.fromkeys(_without_arabic(one))
        elif len(one) >= _BEFORE_LATIN_ARTICLE and one[:2] in {"al", "el"}:
            found[one[2:]] = None
    return tuple(found)


def stem(word: str) -> tuple[str, ...]:
    """List what is left of a folded Russian or Ukrainian word without an ending of case; empty in other scripts."""
    if not _CYRILLIC.search(word):
        return ()
    cut = [
        word[:-size]
        for size in range(1, _LONGEST_ENDING + 1)
        if len(word) - size >= _SHORTEST_STEM and word[-size:] in _ENDINGS
    ]
    return (word, *cut)


def _without_arabic(word: str) -> list[str]:
    found = [word]
    if word[0] in _ONTO_ARABIC:
        found.append(word[1:])
    if word.startswith("لل"):
        found.append(word[2:])
    found += [one[2:] for one in found if one.startswith("ال")]
    return [one for one in found if len(one) >= _SHORTEST_STEM]


def _marks_off(text: str) -> str:
    if text.isascii():
        return text
    return "".join(one for one in unicodedata.normalize("NFKD", text) if unicodedata.category(one) not in _NO_LETTERS)


_NO_LETTERS: Final = frozenset({"Mn", "Mc", "Me", "Cf"})
_ENDINGS: Final = _endings()
