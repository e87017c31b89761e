"""Reading care files: YAML in which every scalar is a word, and a fault that names its file and line.

Three forms. ``general.yaml`` (or a single file) holds what is true anywhere; a country's file is named after the
country's id and says so in ``country``. Both have ``lines``, which may be empty. See docs/care.md.
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeVar

import yaml

from config.care_content import FALLBACK, Advice, Country, General, HelpLine, Kind, Passage, Topic, Window

_LINE: Final = {"name", "reach", "hours", "source", "verified", "reviewed"}
_PASSAGE: Final = {"text", "source", "verified", "reviewed"}
_TAG: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
NEVER: Final = "never"

Choice = TypeVar("Choice", bound=StrEnum)


class CareError(Exception):
    """Care content that cannot be used; one line with file and line."""


def parse_file(file: str, text: str) -> General | Country:
    """Read one care file.

    Args:
        file: Its name, for faults. A country's file is named after its id.
        text: YAML.

    Raises:
        CareError: not YAML, a field missing or unknown, a bad date, no English, advice that leaves somebody without.
    """
    try:
        root = yaml.compose(text, Loader=yaml.BaseLoader)
        return _Reader(file).read(root)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise CareError(f"{file}:{line}: the care file is not YAML") from None
    except (yaml.YAMLError, RecursionError):
        raise CareError(f"{file}:1: the care file is not YAML") from None


class _Reader:
    """Takes one file apart; the first fault ends it."""

    def __init__(self, file: str) -> None:
        self.file = file

    def read(self, root: yaml.Node | None) -> General | Country:
        top = self.mapping(root, "the care file") if isinstance(root, yaml.MappingNode) else {}
        lines = top.get("lines")
        if not isinstance(lines, yaml.SequenceNode):
            raise self.fault(lines or root, "the care file has no list 'lines'")
        country = "country" in top
        known = {"country", "name", "lines", "children"} if country else {"lines", "health", "children"}
        unknown = [key for key in top if key not in known]
        if unknown:
            raise self.fault(top[unknown[0]], f"'{unknown[0][:40]}' is not known here; {', '.join(sorted(known))} are")
        helping = tuple(self.line(number, node) for number, node in enumerate(lines.value, 1))
        children = tuple(
            self.passage(f"rule on children {number}", node)
            for number, node in enumerate(self.items(top, "children"), 1)
        )
        if not country:
            health = self.health(top["health"]) if "health" in top else None
            return General(helping, health, children if "children" in top else None)
        one = self.words(top["country"], "the country")
        if self.file.rsplit(".", 1)[0] != one:
            raise self.fault(top["country"], f"the file of '{one[:40]}' must be named after it")
        if "name" not in top:
            raise self.fault(root, "a country needs a name, given by language")
        return Country(one, self.by_language(top["name"], "the country", "name"), helping, children)

    def line(self, number: int, node: yaml.Node) -> HelpLine:
        what = f"help line {number}"
        fields = self.mapping(node, what)
        if set(fields) - {"kind"} != _LINE:
            raise self.fault(node, f"{what} must have exactly {', '.join(sorted(_LINE))}, and kind if you like")
        source, verified, reviewed = self.trust(fields, what)
        return HelpLine(
            self.by_language(fields["name"], what, "name"),
            self.words(fields["reach"], f"{what}: reach"),
            self.by_language(fields["hours"], what, "hours"),
            source,
            verified,
            reviewed,
            self.one_of(fields["kind"], Kind, f"{what}: kind") if "kind" in fields else Kind.ANY,
        )

    def passage(self, what: str, node: yaml.Node) -> Passage:
        fields = self.mapping(node, what)
        if set(fields) != _PASSAGE:
            raise self.fault(node, f"{what} must have exactly {', '.join(sorted(_PASSAGE))}")
        return Passage(self.by_language(fields["text"], what, "text"), *self.trust(fields, what))

    def health(self, section: yaml.Node) -> tuple[Advice, ...]:
        if not isinstance(section, yaml.SequenceNode):
            raise self.fault(section, "'health' must be a list")
        found = tuple(self.advice(f"health advice {number}", node) for number, node in enumerate(section.value, 1))
        for at in Window:
            if not any(one.topic is None and at in one.windows for one in found):
                raise self.fault(section, f"there is no health advice for '{at}'")
        missing = [one.topic for one in found if one.topic] if found else []
        for topic in dict.fromkeys(missing):
            if not any(one.topic is topic and Window.UNKNOWN in one.windows for one in found):
                raise self.fault(section, f"unknown time must show everything, and leaves out '{topic}'")
        return found

    def advice(self, what: str, node: yaml.Node) -> Advice:
        fields = self.mapping(node, what)
        if set(fields) - {"topic"} != _PASSAGE | {"windows"}:
            raise self.fault(
                node, f"{what} must have exactly {', '.join(sorted(_PASSAGE))}, windows, and topic if it is a point"
            )
        windows = self.items(fields, "windows")
        if not windows:
            raise self.fault(fields["windows"], f"{what} names no window")
        return Advice(
            frozenset(self.one_of(one, Window, f"{what}: windows") for one in windows),
            self.one_of(fields["topic"], Topic, f"{what}: topic") if "topic" in fields else None,
            self.by_language(fields["text"], what, "text"),
            *self.trust(fields, what),
        )

    def trust(self, fields: dict[str, yaml.Node], what: str) -> tuple[str, date | None, bool]:
        """Source, day of verification, and whether it was reviewed."""
        source = self.words(fields["source"], f"{what}: source")
        reviewed = self.words(fields["reviewed"], f"{what}: reviewed")
        if reviewed not in {"yes", "no"}:
            raise self.fault(fields["reviewed"], f"{what}: reviewed is yes or no")
        verified = self.words(fields["verified"], f"{what}: verified")
        if verified == NEVER:
            return source, None, reviewed == "yes"
        try:
            return source, date.fromisoformat(verified), reviewed == "yes"
        except ValueError:
            message = f"{what}: verified must be a date like 2026-01-31, or {NEVER}"
            raise self.fault(fields["verified"], message) from None

    def by_language(self, node: yaml.Node, what: str, key: str) -> MappingProxyType[str, str]:
        if not isinstance(node, yaml.MappingNode):
            raise self.fault(node, f"{what}: {key} is given by language")
        fields = self.mapping(node, what)
        for tag in fields:
            if _TAG.fullmatch(tag) is None:
                raise self.fault(fields[tag], f"{what}: {key} is given by language, such as en, fr or zh-Hans")
        if FALLBACK not in fields:
            raise self.fault(node, f"{what}: {key} has no '{FALLBACK}', which every other language falls back to")
        return MappingProxyType({tag: self.words(text, f"{what}: {key}") for tag, text in fields.items()})

    def mapping(self, node: yaml.Node | None, what: str) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            raise self.fault(node, f"{what} must be a block of 'field: value' lines")
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise self.fault(key, f"{what}: a field's name is one word")
            if key.value in found:
                raise self.fault(key, f"{what}: '{key.value[:40]}' stands twice")
            found[key.value] = value
        return found

    def items(self, fields: dict[str, yaml.Node], name: str) -> list[yaml.Node]:
        node = fields.get(name)
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            raise self.fault(node, f"'{name}' must be a list")
        return list(node.value)

    def words(self, node: yaml.Node, what: str) -> str:
        if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
            raise self.fault(node, f"{what} must be words")
        return str(node.value).strip()

    def one_of(self, node: yaml.Node, choices: type[Choice], what: str) -> Choice:
        text = self.words(node, what)
        try:
            return choices(text)
        except ValueError:
            raise self.fault(node, f"{what} is one of: {', '.join(choices)}") from None

    def fault(self, node: yaml.Node | None, message: str) -> CareError:
        return CareError(f"{self.file}:{node.start_mark.line + 1 if node else 1}: {message}")
