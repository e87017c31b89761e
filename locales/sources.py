"""The English texts and the notes for translators, read from the two kinds of YAML they stand in.

A conversation (``flows/conversations/*.yaml``) has a mapping ``nodes``. A question or statement has its node's name as
context, an option ``node/option``. A ``say`` without options has one way on, ``node/go_on``, which reads "Continue".
``words.yaml`` holds everything else: key, text, note; the context is ``word/key``.

The files are read as a tree of scalars that are never interpreted, so ``yes``, ``no`` and ``on`` stay the words they
are, and a key that stands twice is seen instead of silently winning.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from locales.errors import LocaleError

GO_ON = "go_on"
"""The option id of the single way on of a statement without options."""

CONTINUE = "Continue"
"""What that way on reads in English."""


@dataclass(frozen=True, slots=True)
class Source:
    """One English text: where it stands, what it reads, what translators should know."""

    context: str
    english: str
    note: str
    line: int


def read_sources(text: str) -> tuple[Source, ...]:
    """Every text to be translated in one YAML file, in its order.

    Raises:
        LocaleError: the file is neither a conversation nor a list of words; says which line.
    """
    try:
        root = yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.YAMLError as error:
        raise LocaleError("not a readable YAML file") from error
    if not isinstance(root, MappingNode):
        raise LocaleError("line 1: a mapping is expected")
    nodes = _get(root, "nodes")
    if nodes is None:
        return tuple(_words(root))
    return tuple(source for name, node in _items(nodes) for source in _of_node(name, _mapping(node)))


def offered_languages(text: str) -> tuple[str, ...]:
    """The tags that a conversation offers to a person; none for any other file that ``read_sources`` can read."""
    root = yaml.compose(text, Loader=yaml.BaseLoader)
    languages = _get(root, "languages") if isinstance(root, MappingNode) else None
    return tuple(_text(tag, tag) for tag in languages.value) if isinstance(languages, SequenceNode) else ()


def _words(root: MappingNode) -> Iterator[Source]:
    for key, node in _items(root):
        item = _mapping(node)
        yield Source(f"word/{key}", _text(_get(item, "text"), item), _note(item), item.start_mark.line + 1)


def _of_node(name: str, node: MappingNode) -> Iterator[Source]:
    asked, said, options = _get(node, "ask"), _get(node, "say"), _get(node, "options")
    words = asked or said
    if words is None:
        return
    note = _note(node)
    yield Source(name, _text(words, node), note, words.start_mark.line + 1)
    if options is not None:
        for option, value in _items(options):
            label = _get(value, "label") if isinstance(value, MappingNode) else value
            yield Source(f"{name}/{option}", _text(label, value), note, value.start_mark.line + 1)
    elif said is not None:
        yield Source(f"{name}/{GO_ON}", CONTINUE, note, said.start_mark.line + 1)


def _get(node: MappingNode, key: str) -> Node | None:
    return next((value for name, value in node.value if isinstance(name, ScalarNode) and name.value == key), None)


def _items(node: Node) -> Iterator[tuple[str, Node]]:
    for name, value in _mapping(node).value:
        yield _text(name, name), value


def _mapping(node: Node) -> MappingNode:
    if not isinstance(node, MappingNode):
        raise LocaleError(f"line {node.start_mark.line + 1}: a mapping is expected")
    return node


def _text(node: Node | None, place: Node) -> str:
    if not isinstance(node, ScalarNode) or not str(node.value).strip():
        raise LocaleError(f"line {place.start_mark.line + 1}: a text is expected")
    return str(node.value)


def _note(node: MappingNode) -> str:
    note = _get(node, "note")
    return "" if note is None else " ".join(_text(note, node).split())
