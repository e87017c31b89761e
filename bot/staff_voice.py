"""The staff bot's words for one person: in their language, with days and hours by their own clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from babel.dates import format_skeleton

from bot.alert_words import Words, language_of
from locales.isolate import fill
from routing.directory import Person

_DAY = "MMMEd"


@dataclass(frozen=True, slots=True)
class Voice:
    """Says the words of ``words.yaml`` to a person."""

    words: Words = field(repr=False)
    person: Person = field(repr=False)

    @property
    def language(self) -> str:
        """The first of their languages that is supported, else the fallback."""
        return language_of(self.words, self.person)

    def say(self, key: str, **values: str) -> str:
        """A text with its values put in.

        Raises:
            KeyError: there is no such text.
        """
        text = fill(self.words.word(self.language, key), values, self.words.direction(self.language))
        # A day may end in an abbreviated month, and the sentence ends with it.
        return text[:-1] if text.endswith("..") and not text.endswith("...") else text

    def day(self, day: date) -> str:
        """A day as "Thu, Apr 3"."""
        return format_skeleton(_DAY, day, locale=self.language.replace("-", "_"))
