"""Where each person stands in a file of a directory: from which line to which, and each field."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

__all__ = ["BRACKETS", "Spot", "spots"]

BRACKETS: Final = -1
"""Instead of a column: the list of people stands in brackets, and its entries have no lines of their own."""

_LOADER: Final[Any] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a person stands: lines counted from 1, the last included, without the comments around.

    Attributes:
        dash: Column of the dash, counted from 0, or `BRACKETS`.
        key: Column in which the person's fields begin.
        fields: First and last line of each field.
    """

    file: str
    person: str
    entity: str
    first: int
    last: int
    dash: int
    key: int
    fields: Mapping[str, tuple[int, int]] = field(default_factory=dict, compare=False)

    def field_at(self, line: int) -> str | None:
        """Name the field on a line; None when there are several, or none."""
        found = [name for name, (first, last) in self.fields.items() if first <= line <= last]
        return found[0] if len(found) == 1 else None


def spots(file: str, text: str) -> Iterator[Spot]:
    """Find where each person stands in a file that the loader takes."""
    document = yaml.compose(text, Loader=_LOADER)
    for key, people in document.value if isinstance(document, yaml.MappingNode) else ():
        if key.value == "people" and isinstance(people, yaml.SequenceNode):
            yield from (_spot(file, item, people) for item in people.value if isinstance(item, yaml.MappingNode))


def _spot(file: str, item: yaml.MappingNode, people: yaml.SequenceNode) -> Spot:
    texts = {key.value: str(value.value) for key, value in item.value if isinstance(value, yaml.ScalarNode)}
    return Spot(
        file=file,
        person=texts.get("id", "").strip(),
        entity=texts.get("entity", "").strip(),
        first=item.start_mark.line + 1,
        last=_last_line(item),
        dash=BRACKETS if people.flow_style else people.start_mark.column,
        key=item.start_mark.column,
        fields={key.value: (key.start_mark.line + 1, _last_line(value)) for key, value in item.value},
    )


def _last_line(node: yaml.Node) -> int:
    """Return the last line that a node itself takes: a block's own end mark stands behind the comments after it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _last_line(last[1] if isinstance(last, tuple) else last)
    # Behind a text that is written as a block the mark stands at the beginning of the next line.
    block = isinstance(node, yaml.ScalarNode) and node.style in {"|", ">"}
    return int(node.end_mark.line) + (0 if block else 1)
