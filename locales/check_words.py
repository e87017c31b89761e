"""What can be wrong between the texts of a language, and between languages.

A word that is typed to leave, to get help or to erase must mean one thing in every language together: a person who
changed the language, or who writes in another one than the screen, must not erase where they wanted to leave. A text
that tells which button to press must name it as the button itself does.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from locales.faults import Fault, comparable

Texts = Mapping[str, str]
"""Context to text, in one language."""

_QUOTED = re.compile(r"[“«„]\s*([^”»“]+?)\s*[”»“]")
_LISTS = "word/words_"
_BUTTONS = "word/button_"


def check_options(tag: str, texts: Texts) -> Iterator[Fault]:
    """Two options of one question that read alike."""
    seen: dict[tuple[str, str], str] = {}
    for context, text in texts.items():
        node, slash, option = context.partition("/")
        if not slash or node == "word":
            continue
        other = seen.setdefault((node, comparable(text)), option)
        if other != option:
            yield Fault(tag, context, f"reads like {node}/{other}")


def check_quotes(tag: str, english: Texts, texts: Texts) -> Iterator[Fault]:
    """A text that names a button in quotation marks otherwise than the button reads."""
    for context, source in english.items():
        if not (wanted := _QUOTED.findall(source)) or context not in texts:
            continue
        quoted = _QUOTED.findall(texts[context])
        if len(quoted) != len(wanted):
            yield Fault(tag, context, f"{len(quoted)} words in quotation marks instead of {len(wanted)}")
            continue
        for name in wanted:
            labels = _labels(name, english, texts)
            if labels and not labels & set(quoted):
                yield Fault(tag, context, f"the button “{name}” reads «{min(labels)}», which is not what is quoted")


def check_lists(languages: Mapping[str, Texts]) -> Iterator[Fault]:
    """Typed words that mean two things, or that a button promises and the list lacks."""
    meanings: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for tag, texts in languages.items():
        for context, text in texts.items():
            if context.startswith(_LISTS):
                for word in text.split("|"):
                    meanings[comparable(word)][context.removeprefix(_LISTS)].append(tag)
    for tag, texts in languages.items():
        yield from _ambiguous(tag, texts, meanings)
        yield from _promised(tag, texts)
        yield from _like_an_option(tag, texts, meanings)


def _ambiguous(tag: str, texts: Texts, meanings: Mapping[str, Mapping[str, list[str]]]) -> Iterator[Fault]:
    for context, text in texts.items():
        if not context.startswith(_LISTS):
            continue
        for word in text.split("|"):
            if not comparable(word):
                yield Fault(tag, context, "an empty word")
                continue
            for meaning, tags in meanings[comparable(word)].items():
                if meaning != context.removeprefix(_LISTS):
                    yield Fault(tag, context, f"“{word.strip()}” is also in words_{meaning} ({', '.join(tags)})")


def _promised(tag: str, texts: Texts) -> Iterator[Fault]:
    """The stop word, and the label of each button that has a list of words, must be in that list."""
    promises = [("word/leave_word", "leave")]
    promises += [(context, context.removeprefix(_BUTTONS)) for context in texts if context.startswith(_BUTTONS)]
    for context, meaning in promises:
        listed, text = texts.get(_LISTS + meaning), texts.get(context)
        if listed is None or text is None:
            continue
        if comparable(text) not in {comparable(word) for word in listed.split("|")}:
            yield Fault(tag, context, f"“{text}” is missing in words_{meaning}")


def _like_an_option(tag: str, texts: Texts, meanings: Mapping[str, Mapping[str, list[str]]]) -> Iterator[Fault]:
    for context, text in texts.items():
        node, slash, option = context.partition("/")
        if not slash or node == "word":
            continue
        for meaning, tags in meanings.get(comparable(text), {}).items():
            if meaning != option:
                yield Fault(tag, context, f"“{text}” typed would mean words_{meaning} ({', '.join(tags)})")


def _labels(name: str, english: Texts, texts: Texts) -> set[str]:
    """What the button called ``name`` in English reads: the one under every question if there is such a one."""
    same = [context for context, text in english.items() if "/" in context and text == name]
    buttons = [context for context in same if context.startswith(_BUTTONS)]
    return {texts[context] for context in buttons or same if context in texts}
