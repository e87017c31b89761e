"""What a check reports: one fault, in one line, with the language and the place."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

_TATWEEL = "\u0640"


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing that must be mended before a language ships. ``context`` is empty when it concerns a whole file."""

    tag: str
    context: str
    message: str

    def __str__(self) -> str:
        """One line: ``fr: safe/no: what is wrong``."""
        return ": ".join(part for part in (self.tag, self.context, self.message) if part)


def comparable(text: str) -> str:
    """The form in which typed words are compared with labels and words; two texts with the same form read alike.

    NFKC, no format characters or tatweel, case folded, white space made one, punctuation stripped from both ends:
    the rule by which typed words are matched (docs/flows.md).
    """
    normal = unicodedata.normalize("NFKC", text)
    kept = "".join(char for char in normal if unicodedata.category(char) != "Cf" and char != _TATWEEL)
    edges = {char for char in kept if unicodedata.category(char)[0] in "PSZ"}
    return " ".join(kept.casefold().split()).strip("".join(edges))
