"""Reading records from a file's tree, with no fault left unsaid.

Each record takes its fields by name: what is wrong becomes a `Fault` and reading goes on
with a harmless stand-in, so that one look finds every fault. A directory is built only when
there was none.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from enum import StrEnum
from typing import Final, TypeVar

from routing.forms import DATE_AS, read_date, tag_advice
from routing.tree import Block, Many, Node, Sheet, Value, shown

__all__ = ["ID_FORM", "Fields", "Sheet", "Value", "shown"]

ID_FORM: Final = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,38}[a-z0-9])?")
"""Ids name files (`keys/<id>.pub`) and buttons, so they are short and cannot hold a path."""

Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(slots=True)
class Fields:
    """The fields of one mapping. Each is taken once by name; `finish` refuses what nobody took."""

    sheet: Sheet
    line: int
    what: str
    _nodes: dict[str, Node] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, sheet: Sheet, node: Node, what: str) -> "Fields":
        """Read a mapping's keys; `what` names the record in messages, such as "person"."""
        fields = cls(sheet, node.line, what)
        if not isinstance(node, Block):
            sheet.fault(fields.line, f"a {what} must be a block of 'field: value' lines", "Write it as one")
            return fields
        nodes = fields._nodes
        turns = iter(node.items)
        for key, value in zip(turns, turns, strict=True):
            name = key.text if isinstance(key, Value) else ""
            if not name:
                sheet.fault(key.line, "a field needs a name", "Write 'name: value'")
            elif name in nodes:
                first = nodes[name].line
                sheet.fault(key.line, f"'{name}' is given twice (first on line {first})", "Keep one of the two")
            else:
                nodes[name] = value
        return fields

    def fault(self, name: str, message: str, mend: str) -> None:
        """Note a fault on the line of a field, or of the record when the field is absent."""
        self.sheet.fault(self.line_of(name), message, mend)

    def given(self) -> list[str]:
        """List the names of all fields that are there, in their order."""
        return list(self._nodes)

    def line_of(self, name: str) -> int:
        """Return the line of a field's value, or of the record."""
        node = self._nodes.get(name)
        return self.line if node is None else node.line

    def take(self, name: str) -> Node | None:
        """Take a field's node; None when absent."""
        self._taken.add(name)
        return self._nodes.get(name)

    def value(self, name: str) -> Value | None:
        """Take an optional scalar; None when absent or (noted) empty or not a scalar."""
        self._taken.add(name)
        node = self._nodes.get(name)
        return None if node is None else self.scalar(node, name)

    def scalar(self, node: Node, name: str) -> Value | None:
        """Read a node as one value; None after noting that it is empty or something else."""
        if not isinstance(node, Value):
            self.sheet.fault(node.line, f"'{name}' must be one value", "Write it on one line, no list")
            return None
        if not node.text:
            self.sheet.fault(node.line, f"'{name}' has no value", "Write one, or remove the line")
            return None
        return node

    def optional(self, name: str) -> str | None:
        """Take an optional text."""
        value = self.value(name)
        return value.text if value else None

    def required(self, name: str) -> str:
        """Take a text that must be there; "" after noting its absence."""
        if name not in self._nodes:
            self._taken.add(name)
            self.sheet.fault(self.line, f"this {self.what} has no '{name}'", f"Add a line '{name}: …'")
            return ""
        return self.optional(name) or ""

    def identifier(self) -> str | None:
        """Take `id`; None after noting that it is absent or malformed."""
        text = self.required("id")
        if text and ID_FORM.fullmatch(text) is None:
            self.fault(
                "id",
                f"{shown(text)} cannot be an id",
                "Use up to 40 small letters a-z and digits, with '-' or '_' between them",
            )
            return None
        return text or None

    def day(self, name: str, *, needed: bool = False) -> date | None:
        """Take a date, written YYYY-MM-DD and in no other way."""
        if needed and name not in self._nodes:
            self.required(name)
        value = self.value(name)
        if value is None:
            return None
        found = read_date(value.text)
        if found is None:
            self.sheet.fault(value.line, f"'{name}' is {shown(value.text)}, which is no date", DATE_AS)
        return found

    def span(self) -> tuple[date | None, date | None]:
        """Take `valid_from` and `valid_to`."""
        start, end = self.day("valid_from"), self.day("valid_to")
        if start and end and end < start:
            self.fault("valid_to", f"valid_to {end} is before valid_from {start}", "Correct one of the two")
        return start, end

    def choice(self, name: str, choices: type[Choice]) -> Choice:
        """Take one of a closed set, which must be there."""
        text = self.required(name)
        return self.one_of(Value(text, self.line_of(name)), choices) if text else next(iter(choices))

    def optional_choice(self, name: str, choices: type[Choice]) -> Choice | None:
        """Take one of a closed set; None when absent."""
        value = self.value(name)
        return self.one_of(value, choices) if value else None

    def one_of(self, value: Value, choices: type[Choice]) -> Choice:
        """Read one of a closed set; the first of them after noting a fault."""
        try:
            return choices(value.text)
        except ValueError:
            known = ", ".join(choices)
            self.sheet.fault(value.line, f"{shown(value.text)} is not known here", f"Use one of: {known}")
            return next(iter(choices))

    def items(self, name: str, *, needed: bool = False) -> list[Node]:
        """Take a list's nodes; a single scalar is refused, to keep one form for one thing."""
        node = self.take(name)
        if node is None:
            if needed:
                self.sheet.fault(self.line, f"this {self.what} has no '{name}'", f"Add '{name}: […]'")
            return []
        if not isinstance(node, Many):
            self.sheet.fault(node.line, f"'{name}' must be a list", f"Write it as '{name}: [a, b]'")
            return []
        if needed and not node.items:
            self.sheet.fault(node.line, f"'{name}' is empty", "Write at least one entry")
        return node.items

    def values(self, name: str, *, needed: bool = False) -> list[Value]:
        """Take a list of texts, none of them twice."""
        found: dict[str, Value] = {}
        for node in self.items(name, needed=needed):
            value = self.scalar(node, name)
            if value is None:
                continue
            if value.text in found:
                self.sheet.fault(value.line, f"{shown(value.text)} stands twice in '{name}'", "Keep one of the two")
            found.setdefault(value.text, value)
        return list(found.values())

    def languages(self, name: str) -> tuple[str, ...]:
        """Take a list of language tags."""
        return tuple(value.text for value in self.values(name) if self.is_language(value))

    def is_language(self, value: Value) -> bool:
        """Check a language tag, noting a bad one."""
        advice = tag_advice(value.text)
        if advice is not None:
            self.sheet.fault(value.line, f"{shown(value.text)} is no language tag", advice)
        return advice is None

    def names(self) -> dict[str, str]:
        """Take `names`, an optional mapping from language tag to text."""
        node = self.take("names")
        if node is None:
            return {}
        inner = Fields.of(self.sheet, node, "block of names")
        tags = [tag for tag in inner.given() if inner.is_language(Value(tag, inner.line_of(tag)))]
        return {tag: inner.required(tag) for tag in tags}

    def finish(self) -> None:
        """Refuse every field that nobody took."""
        if self._nodes.keys() <= self._taken:
            return
        for name in self._nodes.keys() - self._taken:
            near = get_close_matches(name, self._taken, n=1)
            known = ", ".join(sorted(self._taken))
            self.fault(
                name,
                f"a {self.what} has no field '{name}'",
                f"Did you mean '{near[0]}'? If not, remove it" if near else f"Remove it; the fields are: {known}",
            )
