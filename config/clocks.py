"""Clocks: how long people have to answer, and when the next one is told. Read from YAML, each value with its reason.

Lengths are written with their unit ("24 h", "15 min"), shares in per cent of the clock they belong to ("50 %").
See ``config/clocks.yaml``, which is used unless an operator names another file, and docs/operating.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Final

import yaml

_LENGTH: Final = re.compile(r"(\d{1,4}) ?(h|min)")
_SHARE: Final = re.compile(r"(\d{1,3}) ?%")
_REASONS: Final = frozenset({"because", "source"})
_CLOCK: Final = frozenset({"normal", "urgent", "reminder", "next", "further"}) | _REASONS
_SECTIONS: Final = frozenset({"reviewed", "acknowledgement", "referral", "weekends", "after_a_stop"})
_HOUR: Final = timedelta(hours=1)
_LONGEST: Final = timedelta(days=60)
_LONGEST_FIRST: Final = timedelta(hours=2)


class ClocksError(Exception):
    """Clocks that cannot be used; one line with file and line."""


@dataclass(frozen=True, slots=True)
class Clock:
    """How long somebody has to answer, and what happens meanwhile.

    Attributes:
        normal: The length, in whole hours.
        urgent: The same for what is urgent.
        reminder: When a recipient is reminded, in per cent of their own clock: 1 to 99.
        next: When the next one is told, in per cent of the first one's clock; at least 100.
        further: After how much more each further one is told, in per cent of the clock.
    """

    normal: timedelta
    urgent: timedelta
    reminder: int
    next: int
    further: int

    def length(self, *, urgent: bool) -> timedelta:
        """The whole clock."""
        return self.urgent if urgent else self.normal


@dataclass(frozen=True, slots=True)
class Policy:
    """All clocks.

    Attributes:
        acknowledgement: A focal point takes a report up.
        referral: A counsellor accepts a request.
        weekends_pause: Whether turns and reminders of what is not urgent wait over a recipient's weekend.
        after_a_stop: How long the first turn that came due while Linnet did not run waits still.
        between: How long those after it wait for each other, in per cent of the acknowledgement clock.
    """

    acknowledgement: Clock
    referral: Clock
    weekends_pause: bool
    after_a_stop: timedelta
    between: int

    def clock(self, purpose: str) -> Clock:
        """The clock for a document: "referral", or any other purpose."""
        return self.referral if purpose == "referral" else self.acknowledgement

    def pause(self, *, urgent: bool) -> timedelta:
        """The least time between two turns, and between two messages to one person about the same thing."""
        return self.acknowledgement.length(urgent=urgent) * self.between / 100


@cache
def shipped() -> Policy:
    """The clocks that come with Linnet."""
    return parse_clocks((files("config") / "clocks.yaml").read_text("utf-8"), "clocks.yaml")


def parse_clocks(text: str, file: str) -> Policy:
    """Read a file of clocks.

    Args:
        text: YAML.
        file: Its name, for faults.

    Raises:
        ClocksError: not YAML; a field missing, unknown or malformed; a time that cannot be kept.
    """
    try:
        root = yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ClocksError(f"{file}:{line}: the clocks are not YAML") from None
    except (yaml.YAMLError, RecursionError):
        raise ClocksError(f"{file}:1: the clocks are not YAML") from None
    return _Reader(file).read(root)


class _Reader:
    """Takes the file apart; the first fault ends it."""

    def __init__(self, file: str) -> None:
        self.file = file

    def read(self, root: yaml.Node | None) -> Policy:
        top = self.fields(root, "the file", _SECTIONS)
        self.yes(top["reviewed"], "reviewed")
        acknowledgement = self.clock(top["acknowledgement"], "acknowledgement")
        weekends = self.fields(top["weekends"], "weekends", _REASONS | {"pause"})
        stop = self.fields(top["after_a_stop"], "after_a_stop", _REASONS | {"first", "between"})
        first = self.length(stop["first"], "after_a_stop: first")
        if not timedelta(minutes=1) <= first <= _LONGEST_FIRST:
            raise self.fault(stop["first"], "after_a_stop: first is 1 min to 2 h")
        between = self.share(stop["between"], "after_a_stop: between", 1, acknowledgement.reminder)
        return Policy(
            acknowledgement,
            self.clock(top["referral"], "referral"),
            self.yes(weekends["pause"], "weekends: pause"),
            first,
            between,
        )

    def clock(self, node: yaml.Node, what: str) -> Clock:
        fields = self.fields(node, what, _CLOCK)
        lengths = {}
        for name in ("normal", "urgent"):
            lengths[name] = self.length(fields[name], f"{what}: {name}")
            if lengths[name] % _HOUR or not _HOUR <= lengths[name] <= _LONGEST:
                # Rows of the outbox keep full hours, so that none tells the minute of a report.
                raise self.fault(fields[name], f"{what}: {name} is whole hours, 1 h to 1440 h")
        if lengths["urgent"] > lengths["normal"]:
            raise self.fault(fields["urgent"], f"{what}: urgent is longer than normal")
        return Clock(
            lengths["normal"],
            lengths["urgent"],
            self.share(fields["reminder"], f"{what}: reminder", 1, 99),
            self.share(fields["next"], f"{what}: next", 100, 999),
            self.share(fields["further"], f"{what}: further", 1, 999),
        )

    def fields(self, node: yaml.Node | None, what: str, known: frozenset[str]) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            raise self.fault(node, f"{what} must be a block of 'field: value' lines")
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else ""
            if name not in known:
                raise self.fault(key, f"'{name[:40]}' is not known in {what}; {', '.join(sorted(known))} are")
            if name in found:
                raise self.fault(key, f"{what}: '{name}' stands twice")
            found[name] = value
        missing = sorted(known - set(found))
        if missing:
            raise self.fault(node, f"{what} has no '{missing[0]}'")
        for name in _REASONS & known:
            if not self.word(found[name]):
                raise self.fault(found[name], f"{what}: {name} must be words")
        return found

    def length(self, node: yaml.Node, what: str) -> timedelta:
        match = _LENGTH.fullmatch(self.word(node))
        if match is None:
            raise self.fault(node, f"{what} is a length such as 24 h or 15 min")
        return timedelta(**{{"h": "hours", "min": "minutes"}[match[2]]: int(match[1])})

    def share(self, node: yaml.Node, what: str, least: int, most: int) -> int:
        match = _SHARE.fullmatch(self.word(node))
        if match is None or not least <= int(match[1]) <= most:
            raise self.fault(node, f"{what} is a share, {least} % to {most} %")
        return int(match[1])

    def yes(self, node: yaml.Node, what: str) -> bool:
        if self.word(node) not in {"yes", "no"}:
            raise self.fault(node, f"{what} is yes or no")
        return self.word(node) == "yes"

    def word(self, node: yaml.Node) -> str:
        return str(node.value).strip() if isinstance(node, yaml.ScalarNode) else ""

    def fault(self, node: yaml.Node | None, message: str) -> ClocksError:
        return ClocksError(f"{self.file}:{node.start_mark.line + 1 if node else 1}: {message}")
