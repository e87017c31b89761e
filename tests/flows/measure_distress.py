# ruff: noqa: T201 -- a script that prints
"""How well the distress lists hear the invented sentences: ``python -m tests.flows.measure_distress``.

Prints one line a language and part. *Heard*: of the sentences that should be heard, how many are, as anything at all.
*Right*: of the same, how many as exactly what they are. *False alarms*: of the others, how many are heard.
``--misses tuning`` names the sentences of the tuning half that come out otherwise; the held-out half is for
measuring, so looking into it (``--misses held_out``) spends it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from flows.distress import Heard, Lists, compile_lists, hear

HERE = Path(__file__).parent / "distress"
SHIPPED = Path(__file__).parents[2] / "flows" / "distress"
HALVES = ("tuning", "held_out", "later")


@dataclass(frozen=True, slots=True)
class Sentence:
    """An invented sentence with what should be heard in it."""

    language: str
    half: str
    text: str
    expected: Heard | None


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts over the sentences of one language and half."""

    calling: int
    heard: int
    right: int
    quiet: int
    alarms: int

    @property
    def recall(self) -> float:
        """The share heard as anything at all, of those that should be."""
        return self.heard / self.calling

    @property
    def accuracy(self) -> float:
        """The share heard as exactly what they are, of those that should be heard."""
        return self.right / self.calling

    @property
    def false_alarms(self) -> float:
        """The share heard of those that should not be."""
        return self.alarms / self.quiet


def shipped() -> Lists:
    """The lists as they are shipped."""
    return compile_lists({f"distress/{path.name}": path.read_text("utf-8") for path in sorted(SHIPPED.glob("*.yaml"))})


def sentences() -> Iterator[Sentence]:
    """Every invented sentence of every language."""
    for path in sorted(HERE.glob("*.yaml")):
        for half, outcomes in yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader).items():  # noqa: S506 -- base
            for outcome, texts in outcomes.items():
                expected = None if outcome == "nothing" else Heard(*outcome.split())
                yield from (Sentence(path.stem, half, text, expected) for text in texts)


def figures(lists: Lists, language: str, half: str) -> Figures:
    """The counts for one language and half; for all languages together if ``language`` is empty."""
    chosen = [one for one in sentences() if one.half == half and language in ("", one.language)]
    outcomes = [(one.expected, hear(lists, one.text)) for one in chosen]
    calling = [(expected, heard) for expected, heard in outcomes if expected]
    quiet = [heard for expected, heard in outcomes if not expected]
    return Figures(
        len(calling),
        sum(heard is not None for _, heard in calling),
        sum(expected == heard for expected, heard in calling),
        len(quiet),
        sum(heard is not None for heard in quiet),
    )


def main(arguments: list[str]) -> None:
    """Print the table, or the sentences that come out otherwise than they should."""
    lists = shipped()
    if arguments[:1] == ["--misses"]:
        for one in sentences():
            if one.half == arguments[1] and (heard := hear(lists, one.text)) != one.expected:
                print(f"{one.language}  {one.text}\n    should be {one.expected}, is {heard}")
        return
    print("| Language | Half | Heard | Right | False alarms |\n|---|---|---|---|---|")
    halves = [half for half in HALVES if arguments in ([], [half])]
    for language in [*sorted(path.stem for path in HERE.glob("*.yaml")), ""]:
        for half in halves:
            counted = figures(lists, language, half)
            print(
                f"| {language or 'all'} | {half.replace('_', '-')} "
                f"| {counted.heard} of {counted.calling} ({counted.recall:.0%}) "
                f"| {counted.right} of {counted.calling} ({counted.accuracy:.0%}) "
                f"| {counted.alarms} of {counted.quiet} ({counted.false_alarms:.0%}) |"
            )


if __name__ == "__main__":
    main(sys.argv[1:])
