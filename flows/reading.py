"""Reading flow files: YAML in which every scalar is a string and every value knows its line.

The usual safe loader turns ``yes``, ``no``, ``on`` and ``off`` into booleans, and an answer vanishes without
a word. Here nothing is converted at all, and a key that stands twice is a fault instead of a silent loss.
"""

from __future__ import annotations

from dataclasses import dataclass

import yaml

from flows.errors import BookError, Fault


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands in its file; lines count from 1."""

    file: str
    line: int

    def fault(self, message: str) -> Fault:
        """A fault at this place."""
        return Fault(self.file, self.line, message)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A scalar, always a string."""

    place: Place
    text: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A sequence."""

    place: Place
    items: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping with string keys, in the order of the file."""

    place: Place
    items: tuple[tuple[Leaf, Branch], ...]

    def get(self, key: str) -> Branch | None:
        """The value under ``key``."""
        return next((value for leaf, value in self.items if leaf.text == key), None)


Branch = Leaf | Listing | Mapping


def read(file: str, text: str) -> Mapping:
    """The top mapping of a YAML text.

    Raises:
        BookError: not YAML, not a mapping at the top, a key twice, or an alias (which would hide a line).
    """
    try:
        aliases = [event for event in yaml.parse(text, Loader=yaml.BaseLoader) if isinstance(event, yaml.AliasEvent)]
        root = None if aliases else yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BookError((Fault(file, line, f"this is not YAML: {error.problem}"),)) from error
    except yaml.YAMLError as error:
        raise BookError((Fault(file, 1, "this is not YAML"),)) from error
    except RecursionError:
        raise BookError((Fault(file, 1, "this is not YAML: nested too deeply"),)) from None
    if aliases:
        raise BookError(tuple(_hidden(file, alias) for alias in aliases))
    if not isinstance(root, yaml.MappingNode):
        raise BookError((Fault(file, 1, "a flow file is a mapping at the top"),))
    faults: list[Fault] = []
    top = _branch(file, root, faults)
    if faults:
        raise BookError(tuple(faults))
    assert isinstance(top, Mapping)  # noqa: S101 -- just checked
    return top


def _hidden(file: str, alias: yaml.AliasEvent) -> Fault:
    line = alias.start_mark.line + 1 if alias.start_mark else 1
    return Fault(file, line, f"'*{alias.anchor}' stands for another place; write the words again")


def _branch(file: str, node: yaml.Node, faults: list[Fault]) -> Branch:
    place = Place(file, node.start_mark.line + 1)
    if isinstance(node, yaml.ScalarNode):
        return Leaf(place, node.value)
    if isinstance(node, yaml.SequenceNode):
        return Listing(place, tuple(_branch(file, item, faults) for item in node.value))
    items: list[tuple[Leaf, Branch]] = []
    for key, value in node.value:
        leaf = _branch(file, key, faults)
        if not isinstance(leaf, Leaf):
            faults.append(leaf.place.fault("a key must be a word"))
            continue
        if any(leaf.text == other.text for other, _ in items):
            faults.append(leaf.place.fault(f"'{leaf.text}' stands twice; the second would hide the first"))
        items.append((leaf, _branch(file, value, faults)))
    return Mapping(place, tuple(items))
