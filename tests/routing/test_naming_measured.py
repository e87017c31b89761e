"""How often somebody is found who was not named, and how often somebody who was is missed, among ten thousand people.

The names are ordinary ones of ten languages, many of them everyday words on purpose; the texts are invented, and each
is read where the people around bear names of its language, which is the worst case. `python -m
tests.routing.test_naming_measured` prints the figures that docs/routing.md states, and each false find.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from routing.conflicts import excluded
from routing.resolve import Facts
from routing.spelling import fold, runs
from tests.routing.crowd import ENTITIES, NOW, PEOPLE, TONGUES, crowd, name_of

HERE = Path(__file__).parent
SENTENCES = HERE.parent / "flows" / "distress"
MOST_FALSE = 0.02
MOST_KEPT_OUT = 0.10
MOST_MISSED = 0.03


@dataclass(slots=True)
class Figures:
    """What was counted."""

    texts: int = 0
    found: list[tuple[str, str, int]] = field(default_factory=list)
    """Language, text, how many were kept out."""

    @property
    def share(self) -> float:
        return len(self.found) / self.texts

    @property
    def most(self) -> int:
        return max((many for _, _, many in self.found), default=0)


def sentences() -> Iterator[tuple[str, str]]:
    """The invented sentences for measuring words of distress: language and text."""
    for path in sorted(SENTENCES.glob("*.yaml")):
        for half in yaml.safe_load(path.read_text("utf-8")).values():
            yield from ((path.stem, text) for texts in half.values() for text in texts)


def answers() -> Iterator[tuple[str, str]]:
    """Invented answers to the question who did it, without a name."""
    for tag, texts in yaml.safe_load((HERE / "who_did_it.yaml").read_text("utf-8")).items():
        yield from ((tag, text) for text in texts)


def where(tag: str, number: int) -> Facts:
    """A place where people bear names of a language."""
    country = TONGUES.index(tag) + 10 * (number % 20)
    return Facts("sea", f"e{number % ENTITIES:02}", f"s{country:03}-1", child=False, urgent=False)


def false_finds(texts: Iterator[tuple[str, str]], *, told: bool = False) -> Figures:
    """Read texts that name nobody."""
    figures = Figures()
    for number, (tag, text) in enumerate(texts):
        figures.texts += 1
        places: frozenset[str] = frozenset()
        read = {"names": (), "told": (text,)} if told else {"names": (text,)}
        out = excluded(crowd(), where(tag, number), places=places, now=NOW, **read)
        if out:
            figures.found.append((tag, text, len(out)))
    return figures


def misses() -> tuple[Figures, Figures]:
    """Read names in a sentence, in small letters: as they stand, and with two letters swapped.

    The slip is in the middle of the longest word. In Chinese there is none: a name of two or three signs with a wrong
    one is another name.
    """
    right, slipped = Figures(), Figures()
    for one in range(0, PEOPLE, 7):
        person = crowd().people[f"p{one:05}"]
        if not person.roles:
            continue
        facts = Facts("sea", person.entity, person.stations[0], child=False, urgent=False)
        name = fold((name_of(one)[1] or (person.name,))[0] if one % 2 else person.name)
        longest = max(name.split(), key=len)
        at = len(longest) // 2
        slip = longest[: at - 1] + longest[at] + longest[at - 1] + longest[at + 1 :]
        for figures, spelt in ((right, name), (slipped, name.replace(longest, slip))):
            if figures is slipped and (spelt == name or runs(name)):
                continue
            figures.texts += 1
            text = f"he works at the store and people call him {spelt} or the boss"
            if person.id not in excluded(crowd(), facts, names=(text,), places=frozenset(), now=NOW):
                figures.found.append(("", spelt, 0))
    return right, slipped


def test_everyday_sentences_name_nobody():
    figures = false_finds(sentences())
    assert figures.texts > 600
    assert figures.share <= MOST_FALSE
    assert figures.most <= PEOPLE * MOST_KEPT_OUT


def test_answers_without_a_name_name_nobody():
    figures = false_finds(answers())
    assert figures.texts > 100
    assert figures.share <= 2 * MOST_FALSE
    assert figures.most <= PEOPLE * MOST_KEPT_OUT


def test_a_story_in_which_only_whole_names_count_names_nobody():
    assert not false_finds(sentences(), told=True).found
    assert not false_finds(answers(), told=True).found


def test_a_long_story_names_nobody_either():
    for tag in TONGUES:
        story = "\n".join(text for other, text in (*sentences(), *answers()) if other == tag)
        assert not false_finds(iter([(tag, story)]), told=True).found


def test_whole_names_are_found_in_small_letters_and_mostly_with_a_slip():
    right, slipped = misses()
    assert right.found == []
    assert slipped.share <= MOST_MISSED


def main() -> None:
    """Print the figures."""
    for what, figures in (
        ("everyday sentences", false_finds(sentences())),
        ("answers without a name", false_finds(answers())),
        ("the same as a story", false_finds(iter([*sentences(), *answers()]), told=True)),
    ):
        print(f"{what}: {len(figures.found)} of {figures.texts} keep somebody out, at most {figures.most} people")  # noqa: T201
        for tag, text, many in figures.found:
            print(f"    {tag}, {many} people: {text}")  # noqa: T201
    for what, figures in zip(("whole names", "with two letters swapped"), misses(), strict=True):
        print(f"{what}: {len(figures.found)} of {figures.texts} not found")  # noqa: T201
        if len(sys.argv) > 1:
            print("    " + ", ".join(text for _, text, _ in figures.found))  # noqa: T201


if __name__ == "__main__":
    main()
