"""Hearing words of self-harm or immediate danger in what somebody typed, in every listed language at once.

The person is asked, gently, whether they want help now; nothing is decided about them. So a false alarm costs one
tap, a miss may cost far more, and every choice below leans to asking. All languages are heard together, because
people in distress write in the language they think in. There is no model, no network and no memory: the text comes
in, one of five answers goes out.

How phrases weigh against each other:

1. A phrase that lies wholly inside a longer one is explained by it: "want to die" inside "do not want to die". So
   is one that goes over into a listed idiom without a pause: "I am dying" before "dying of laughter".
2. A denial right before a phrase, with no pause between, takes it back: "I am not | suicidal", "I would never |
   kill myself". "I do not want to die" is *not* taken back: people write it who fear for their lives, so the lists
   hear it as danger. "I do not want to kill myself" is not taken back either; who writes it has thought of it.
3. Some phrases say whose life it is ("kill herself"); others do not ("suicide", "in danger"). For those the last
   word before them that names a person decides, in the same sentence; without one it is the writer.
4. What was said or done to the writer ("he threatened to kill me") is danger, unless the sentence puts it long ago
   and not now. What somebody else did long ago is not heard. The writer's own self-harm is heard however long ago:
   an earlier attempt is the strongest known sign of another.
5. Of several things heard, the writer's life comes before another's, and self-harm before danger.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from flows.distress_lists import Lists, compile_lists
from flows.distress_search import Found, find
from flows.distress_words import Row, row

__all__ = ["Heard", "Lists", "compile_lists", "hear"]

Kind = Literal["self_harm", "danger"]
Who = Literal["self", "other"]

_MARKERS = frozenset({"denials", "others", "writer", "long_ago", "now"})
_REACH = 10  # words between a person named and a phrase


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard, and whose life it is about. Never the words."""

    kind: Kind
    who: Who


_ORDER = (Heard("self_harm", "self"), Heard("danger", "self"), Heard("self_harm", "other"), Heard("danger", "other"))


def hear(lists: Lists, words: str) -> Heard | None:
    """What is heard in typed words of any length, in any mixture of languages; None if nothing is.

    Never raises, and keeps nothing.
    """
    typed = row(words, lists.letters)
    found = tuple(one for one in find(lists.net, typed) if one.section != "not_meant" or not _pauses(typed, one))
    if not found:
        return None
    told = _Told(typed, found)
    heard = {told.meant(phrase) for phrase in _outermost(one for one in found if one.section not in _MARKERS)}
    return next((one for one in _ORDER if one in heard), None)


def _pauses(typed: Row, one: Found) -> bool:
    return typed.pauses[one.start] != typed.pauses[one.end - 1]


def _outermost(found: Iterable[Found]) -> list[Found]:
    """The phrases that lie inside no longer one; ``found`` comes in the order of first words."""
    kept: list[Found] = []
    reach = start = -1
    for phrase in sorted(found, key=lambda one: (one.start, -one.end)):
        if phrase.end > reach or (phrase.end == reach and phrase.start == start):
            reach, start = phrase.end, phrase.start
            kept.append(phrase)
    return kept


class _Told:
    """What stands around the phrases of one text."""

    def __init__(self, typed: Row, found: tuple[Found, ...]) -> None:
        self._typed = typed
        self._named: dict[int, Found] = {}
        self._denied: dict[int, int] = {}
        self._idioms: set[int] = set()
        long_ago: set[int] = set()
        now: set[int] = set()
        for one in found:
            match one.section:
                case "others" | "writer":
                    self._named[one.end] = _plainest(one, self._named.get(one.end))
                case "denials":
                    self._denied[one.end] = max(one.start, self._denied.get(one.end, 0))
                case "long_ago":
                    long_ago.add(typed.sentences[one.start])
                case "now":
                    now.add(typed.sentences[one.start])
                case "not_meant":
                    self._idioms.update(range(one.start + 1, one.end))
                case _:
                    pass
        self._past = long_ago - now

    def meant(self, phrase: Found) -> Heard | None:
        """What one phrase says, with all that stands around it."""
        if phrase.section == "not_meant" or phrase.end in self._idioms or self._is_denied(phrase):
            return None
        past = self._typed.sentences[phrase.start] in self._past
        match phrase.section:
            case "self_harm self":
                return Heard("self_harm", "self")
            case "self_harm either":
                who = self._whose(phrase)
                return None if past and who == "other" else Heard("self_harm", who)
            case "self_harm other":
                return None if past else Heard("self_harm", "other")
            case "danger self":
                return Heard("danger", "self")
            case "danger either":
                return None if past else Heard("danger", self._whose(phrase))
            case "danger before":
                return None if past else Heard("danger", "self")
            case _:
                return None if past else Heard("danger", "other")

    def _is_denied(self, phrase: Found) -> bool:
        begun = self._denied.get(phrase.start)
        return begun is not None and self._typed.pauses[begun] == self._typed.pauses[phrase.start]

    def _whose(self, phrase: Found) -> Who:
        sentences = self._typed.sentences
        for end in range(phrase.start, max(phrase.start - _REACH, 0), -1):
            if sentences[end - 1] != sentences[phrase.start]:
                return "self"
            if end in self._named:
                return "other" if self._named[end].section == "others" else "self"
        return "self"


def _plainest(one: Found, other: Found | None) -> Found:
    """Of two names that end together the longer one; of two as long, the writer."""
    if other is None or one.start < other.start or (one.start == other.start and one.section == "writer"):
        return one
    return other
