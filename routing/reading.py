"""Reading YAML with its line numbers, every scalar a string, and no fault left unsaid.

The usual YAML loaders turn `no` into False and `2026-01-01` into a date, keep the last of
two equal keys without a word, and forget on which line anything stood. So the text is only
composed into nodes here, and each record takes its fields from them: what is wrong becomes
a `Fault` and reading goes on with a harmless stand-in, so that one look finds every fault.
A directory is built only when there was none.
"""

import re
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from enum import StrEnum
from typing import Final, TypeVar

import yaml

from routing.errors import Fault

ID_FORM: Final = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,38}[a-z0-9])?")
"""Ids name files (`keys/<id>.pub`) and buttons, so they are short and cannot hold a path."""

_ISO_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?")
# BCP 47 wants the shortest code; with both spellings about, a speaker would not be found.
_SHORTER: Final = {
    "ara": "ar", "chi": "zh", "deu": "de", "eng": "en", "fra": "fr", "fre": "fr", "ger": "de", "hin": "hi",
    "ita": "it", "por": "pt", "ron": "ro", "rum": "ro", "rus": "ru", "spa": "es", "swa": "sw", "ukr": "uk",
    "urd": "ur", "zho": "zh",
}  # fmt: skip
_SHOWN = 40
_DEEPEST = 32

# The C parser reads ten thousand people in the time the other takes for five hundred.
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

Choice = TypeVar("Choice", bound=StrEnum)


def shown(value: str) -> str:
    """Quote a value for a message, cut to a readable length."""
    return repr(value if len(value) <= _SHOWN else value[:_SHOWN] + "…")


@dataclass(slots=True)
class Sheet:
    """One file being read, and the faults found in it so far."""

    file: str
    faults: list[Fault]

    def fault(self, line: int, message: str, mend: str) -> None:
        """Note one fault."""
        self.faults.append(Fault(self.file, line, message, mend))


def compose(sheet: Sheet, text: str) -> yaml.Node | None:
    """Parse one file into nodes; None when its syntax is broken (noted) or it is empty (noted)."""
    try:
        deep = _too_deep(text)
        node: yaml.Node | None = None if deep else yaml.compose(text, Loader=_LOADER)
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
    if deep:
        sheet.fault(deep, "lists and blocks are nested too deeply for a directory", "Look for a stray bracket or dash")
        return None
    if node is None:
        sheet.fault(1, "the file is empty", "Write its records into it, or remove the file")
    return node


def _too_deep(text: str) -> int:
    """Say on which line a text is nested more deeply than any directory is; 0 if nowhere.

    The C parser composes by recursion on the machine's stack: ten thousand brackets end the process without a word.
    """
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > _DEEPEST:
                return int(event.start_mark.line) + 1 if event.start_mark else 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return 0


def _line_of_odd_character(text: str) -> int:
    odd = yaml.reader.Reader.NON_PRINTABLE.search(text)
    return text.count("\n", 0, odd.start()) + 1 if odd else 1


def line_of(node: yaml.Node) -> int:
    """Return a node's line, counted from 1."""
    return int(node.start_mark.line) + 1


@dataclass(slots=True)
class Value:
    """A scalar with its line."""

    text: str
    line: int


@dataclass(slots=True)
class Fields:
    """The fields of one mapping. Each is taken once by name; `finish` refuses what nobody took."""

    sheet: Sheet
    line: int
    what: str
    _nodes: dict[str, yaml.Node] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, sheet: Sheet, node: yaml.Node, what: str) -> "Fields":
        """Read a mapping's keys; `what` names the record in messages, such as "person"."""
        fields = cls(sheet, line_of(node), what)
        if not isinstance(node, yaml.MappingNode):
            sheet.fault(fields.line, f"a {what} must be a block of 'field: value' lines", "Write it as one")
            return fields
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else ""
            if not name:
                sheet.fault(line_of(key), "a field needs a name", "Write 'name: value'")
            elif name in fields._nodes:
                first = line_of(fields._nodes[name])
                sheet.fault(line_of(key), f"'{name}' is given twice (first on line {first})", "Keep one of the two")
            else:
                fields._nodes[name] = value
        return fields

    def fault(self, name: str, message: str, mend: str) -> None:
        """Note a fault on the line of a field, or of the record when the field is absent."""
        self.sheet.fault(self.line_of(name), message, mend)

    def given(self) -> list[str]:
        """List the names of all fields that are there, in their order."""
        return list(self._nodes)

    def line_of(self, name: str) -> int:
        """Return the line of a field's value, or of the record."""
        return line_of(self._nodes[name]) if name in self._nodes else self.line

    def take(self, name: str) -> yaml.Node | None:
        """Take a field's node; None when absent."""
        self._taken.add(name)
        return self._nodes.get(name)

    def value(self, name: str) -> Value | None:
        """Take an optional scalar; None when absent or (noted) empty or not a scalar."""
        node = self.take(name)
        return None if node is None else self.scalar(node, name)

    def scalar(self, node: yaml.Node, name: str) -> Value | None:
        """Read a node as one value; None after noting that it is empty or something else."""
        if not isinstance(node, yaml.ScalarNode):
            self.sheet.fault(line_of(node), f"'{name}' must be one value", "Write it on one line, no list")
            return None
        text = node.value.strip()
        if not text:
            self.sheet.fault(line_of(node), f"'{name}' has no value", "Write one, or remove the line")
            return None
        return Value(text, line_of(node))

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

    def day(self, name: str) -> date | None:
        """Take an optional date, written YYYY-MM-DD and in no other way."""
        value = self.value(name)
        if value is None:
            return None
        # The form is checked too: fromisoformat alone also takes 20260331 and 2026-W13-2.
        with suppress(ValueError):
            if _ISO_DATE.fullmatch(value.text):
                return date.fromisoformat(value.text)
        self.sheet.fault(
            value.line,
            f"'{name}' is {shown(value.text)}, which is no date",
            "Write year-month-day with two digits each for month and day, such as 2026-03-31",
        )
        return None

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

    def items(self, name: str, *, needed: bool = False) -> list[yaml.Node]:
        """Take a list's nodes; a single scalar is refused, to keep one form for one thing."""
        node = self.take(name)
        if node is None:
            if needed:
                self.sheet.fault(self.line, f"this {self.what} has no '{name}'", f"Add '{name}: […]'")
            return []
        if not isinstance(node, yaml.SequenceNode):
            self.sheet.fault(line_of(node), f"'{name}' must be a list", f"Write it as '{name}: [a, b]'")
            return []
        if needed and not node.value:
            self.sheet.fault(line_of(node), f"'{name}' is empty", "Write at least one entry")
        return list(node.value)

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

    def languages(self, name: str, *, needed: bool = False) -> tuple[str, ...]:
        """Take a list of language tags."""
        values = self.values(name, needed=needed)
        return tuple(value.text for value in values if self.is_language(value))

    def is_language(self, value: Value) -> bool:
        """Check a language tag, noting a bad one."""
        shorter = _SHORTER.get(value.text)
        if shorter is None and _LANGUAGE.fullmatch(value.text) is not None:
            return True
        advice = f"Write '{shorter}'" if shorter else "Write a BCP 47 tag such as en, fr, ar, prs or zh-Hans"
        self.sheet.fault(value.line, f"{shown(value.text)} is no language tag", advice)
        return False

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
        for name in self._nodes.keys() - self._taken:
            near = get_close_matches(name, self._taken, n=1)
            known = ", ".join(sorted(self._taken))
            self.fault(
                name,
                f"a {self.what} has no field '{name}'",
                f"Did you mean '{near[0]}'? If not, remove it" if near else f"Remove it; the fields are: {known}",
            )
