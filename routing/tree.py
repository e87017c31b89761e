"""One YAML file as a tree of values with their lines.

The usual YAML loaders turn `no` into False and `2026-01-01` into a date, keep the last of
two equal keys without a word, and forget on which line anything stood. So the tree is built
here, straight from the parser's events: every scalar a string, every key kept, and never
deeper than a directory is. PyYAML's own composer makes the same tree with ten times the
objects, and by recursion on the machine's stack: ten thousand brackets end the process
without a word.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import yaml

from routing.errors import Fault

_DEEPEST: Final = 32
_SHOWN: Final = 40

# The C parser reads ten thousand people in the time the other takes for five hundred.
_LOADER: Final[Any] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def shown(value: str) -> str:
    """Quote a value for a message, cut to a readable length."""
    return repr(value if len(value) <= _SHOWN else value[:_SHOWN] + "…")


@dataclass(slots=True)
class Value:
    """A scalar: its text without the space around it, and its line, counted from 1."""

    text: str
    line: int


@dataclass(slots=True)
class Many:
    """A list."""

    items: list["Node"]
    line: int


@dataclass(slots=True)
class Block:
    """A mapping: keys and values in turn, as they stand in the file, equal keys and all."""

    items: list["Node"]
    line: int


Node: TypeAlias = Value | Many | Block


@dataclass(slots=True)
class Sheet:
    """One file being read, and the faults found in it so far."""

    file: str
    faults: list[Fault]

    def fault(self, line: int, message: str, mend: str) -> None:
        """Note one fault."""
        self.faults.append(Fault(self.file, line, message, mend))


class _UnfitError(Exception):
    """The text is YAML, and still not what a directory may be."""

    def __init__(self, line: int, message: str, mend: str) -> None:
        super().__init__(message)
        self.line, self.message, self.mend = line, message, mend


def grow(sheet: Sheet, text: str) -> Node | None:
    """Read one file; None when its syntax is broken (noted) or it is empty (noted)."""
    try:
        node = _grown(text)
    except _UnfitError as error:
        sheet.fault(error.line, error.message, error.mend)
        return None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        sheet.fault(
            mark.line + 1 if mark else 1,
            f"this is not YAML: {error.problem or error.context}",
            "Look at this line and the one before: indentation, a missing colon, quote or bracket",
        )
        return None
    except yaml.YAMLError:
        sheet.fault(_line_of_odd_character(text), "a character that YAML does not allow", "Type this line anew")
        return None
    if node is None:
        sheet.fault(1, "the file is empty", "Write its records into it, or remove the file")
    return node


def _events(text: str) -> Iterator[Any]:
    """Parse: as `yaml.parse`, without asking before each event whether there is one."""
    loader = _LOADER(text)
    try:
        while (event := loader.get_event()) is not None:
            yield event
    finally:
        loader.dispose()


def _grown(text: str) -> Node | None:
    top: list[Node] = []
    open_lists = [top]
    named: dict[str, Node] = {}
    documents = 0
    node: Node
    for event in _events(text):
        kind = type(event)
        if kind is yaml.ScalarEvent:
            node = Value(event.value.strip(), event.start_mark.line + 1)
            open_lists[-1].append(node)
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            line = event.start_mark.line + 1
            if len(open_lists) > _DEEPEST:
                message = "lists and blocks are nested too deeply for a directory"
                raise _UnfitError(line, message, "Look for a stray bracket or dash")
            node = Block([], line) if kind is yaml.MappingStartEvent else Many([], line)
            open_lists[-1].append(node)
            open_lists.append(node.items)
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            open_lists.pop()
            continue
        elif kind is yaml.AliasEvent:
            if event.anchor not in named:
                message = f"'*{event.anchor}' stands for nothing"
                raise _UnfitError(event.start_mark.line + 1, message, "Write out what is meant")
            open_lists[-1].append(named[event.anchor])
            continue
        else:
            documents += kind is yaml.DocumentStartEvent
            if documents > 1:
                message = "a second document begins here"
                raise _UnfitError(event.start_mark.line + 1, message, "Remove the line '---', or write two files")
            continue
        if event.anchor is not None:
            named[event.anchor] = node
    return top[0] if top else None


def _line_of_odd_character(text: str) -> int:
    odd = yaml.reader.Reader.NON_PRINTABLE.search(text)
    return text.count("\n", 0, odd.start()) + 1 if odd else 1
