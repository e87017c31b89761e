"""Screens of the real conversation, drawn with the real words, over help lines of the test's own."""

from __future__ import annotations

from pathlib import Path

from bot.case import Case
from bot.screen import Screen
from bot.show import Shower
from config.care import Care
from flows.state import Interrupt, Notice, Pick, Secret, State, Words
from flows.step import begin, step
from locales.catalogues import Languages, load
from tests.flows.books import real

LINES = """\
lines:
  - name: {en: Night line, fr: Ligne de nuit, ar: خط الليل}
    reach: 0800 555 0123
    hours: {en: always, fr: toujours, ar: دائمًا}
    source: a test
    verified: "2026-01-31"
    reviewed: no
  - name: {en: Day clinic, fr: Clinique, ar: عيادة}
    reach: 0800 555 0199
    hours: {en: "08:00-17:00", fr: "08:00-17:00", ar: "08:00-17:00"}
    source: a test
    verified: "2026-01-31"
    reviewed: no
"""

BEGIN = ("en", "go_on", "!skip", "!skip", "!skip", "report")
STORY = (*BEGIN, "me", "no", "sexual")
TO_WHERE = ("within_72h", "go_on", "aid_worker", "first", "community", "here")
"""From the question when, which comes after the story, to the question where it was, in own words."""
TO_REVIEW = ("!skip", "!skip", "!skip", "no", "yes", "no")
"""From the question where to the read-back."""
REST = ("!skip", *TO_WHERE, *TO_REVIEW)
"""From the story to the read-back, without a word."""


def shower(
    folder: Path,
    *,
    languages: Languages | None = None,
    lines: str = LINES,
    care: Care | None = None,
    country: str | None = None,
) -> Shower:
    """What draws the screens; ``country`` is where the station "here" lies."""
    path = folder / "care.yaml"
    path.write_text(lines, "utf-8")
    return Shower(languages or load(), care or Care(path), lambda one: country if one == "here" else None)


class Person:
    """Somebody in the conversation: goes on by buttons, ``!name`` and words, and looks at the screen."""

    def __init__(self, shower: Shower) -> None:
        self.shower = shower
        self.book = real()
        self.state: State = begin(self.book, "en", 100)
        self.texts: dict[str, str] = {}
        self.notice: Notice | None = None

    def go(self, *ways: str) -> Screen:
        """Do all this, and see what comes then."""
        for way in ways:
            event = Interrupt(way[1:], self.state.seq) if way.startswith("!") else Pick(way, self.state.seq)  # type: ignore[arg-type]  # tests name real ones
            stepped = step(self.book, self.state, event)
            self.state, self.notice = stepped.state, stepped.notice
        return self.look()

    def write(self, words: str) -> Screen:
        """Write, and see what comes then."""
        stepped = step(self.book, self.state, Words(Secret(words)))
        for effect in stepped.effects:
            slot, append = effect.slot, effect.append  # type: ignore[union-attr]  # writing only seals
            self.texts[slot] = f"{self.texts[slot]}\n{words}" if append and slot in self.texts else words
        self.state, self.notice = stepped.state, stepped.notice
        return self.look()

    def look(self, receipt: str | None = None, case: Case | None = None) -> Screen:
        """The screen as it is now."""
        return self.shower.screen(self.book, self.state, self.texts, receipt=receipt, case=case, notice=self.notice)
