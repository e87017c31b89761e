"""The triage table: its records, and reading them from YAML with every fault named by line.

A table is proved while it is read. Each combination of answers is one bit of a large integer, so a rule is the
set of combinations it fits, and "does anything reach this rule" is one `&`. That is cheap enough to refuse, at
every reading, a rule that can never have a say and a case that nothing decides.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import prod
from types import MappingProxyType
from typing import Final

from routing.errors import Fault, TableFaults
from routing.reading import ID_FORM, Fields, Sheet, shown
from routing.tree import grow

__all__ = ["COMBINATIONS", "SKIPPED", "Route", "Rule", "Table", "Tag", "parse_table", "reach"]

SKIPPED: Final = "skipped"
"""An answer that every question has: it was not given, or not asked."""

COMBINATIONS: Final = 200_000
"""A table with more combinations of answers is refused: it would be slow to prove, and nobody could read it."""

_FACT_FORM: Final = re.compile(r"[a-z](?:[a-z0-9_]{0,38}[a-z0-9])?")


class Route(StrEnum):
    """Where a report goes. Closed, because each is carried out by code."""

    SEA_FOCAL_POINT = "sea_focal_point"
    SH_FOCAL_POINT = "sh_focal_point"
    DUAL = "dual"
    CONDUCT_AND_DISCIPLINE = "conduct_and_discipline"
    COORDINATOR = "coordinator"
    OTHER_MISCONDUCT = "other_misconduct"
    REFERRAL_ONLY = "referral_only"
    NONE = "none"


class Tag(StrEnum):
    """What a report may be, as a suggestion to its reader; in the order in which tags are listed."""

    SEA = "sea"
    SH = "sh"
    POSSIBLE_SEA = "possible_sea"
    CHILD = "child"
    TRAFFICKING = "trafficking"
    RETALIATION = "retaliation"
    OTHER_GBV = "other_gbv"
    OTHER_MISCONDUCT = "other_misconduct"


class _YesNo(StrEnum):
    NO = "no"
    YES = "yes"


@dataclass(frozen=True, slots=True)
class Rule:
    """One row.

    Attributes:
        id: Its name, stored with what it decided.
        when: Answers that fit, by fact; a fact that is not named does not matter.
        route: Where it sends the report; None: it only adds, and reading goes on.
        tags: What it adds.
        urgent: Whether it makes the case urgent.
        because: The reason in words, for policy officers and readers of the record; never for the person.
        source: Where the reason comes from.
        line: Where it stands in its file.
    """

    id: str
    when: Mapping[str, frozenset[str]]
    route: Route | None
    tags: frozenset[Tag]
    urgent: bool
    because: str
    source: str
    line: int

    def fits(self, facts: Mapping[str, str]) -> bool:
        """Say whether the rule fits; `facts` holds every fact the rule names."""
        return all(facts[name] in values for name, values in self.when.items())


@dataclass(frozen=True, slots=True)
class Table:
    """A proved table: some rule always decides, and none is dead.

    Attributes:
        facts: The closed set of answers to each question, `skipped` last.
        rules: In their order.
        reviewed: Whether specialists have signed it.
    """

    facts: Mapping[str, tuple[str, ...]]
    rules: tuple[Rule, ...]
    reviewed: bool


def parse_table(text: str, file: str) -> Table:
    """Read and prove a table.

    Args:
        text: YAML.
        file: Its name, for faults.

    Raises:
        TableFaults: with every fault, each with file, line and how to mend it.
    """
    sheet = Sheet(file, [])
    node = grow(sheet, text)
    if node is None:
        raise TableFaults(tuple(sheet.faults))
    top = Fields.of(sheet, node, "triage table")
    reviewed = top.choice("reviewed", _YesNo) is _YesNo.YES
    facts = _facts(top)
    rules = _rules(top, facts)
    top.finish()
    if not sheet.faults:
        sheet.faults += _unproved(facts, rules, file)
    if sheet.faults:
        raise TableFaults(tuple(sheet.faults))
    return Table(MappingProxyType(facts), tuple(rules), reviewed)


def _facts(top: Fields) -> dict[str, tuple[str, ...]]:
    node = top.take("facts")
    if node is None:
        top.sheet.fault(top.line, "the table has no 'facts'", "Add the questions and their possible answers")
        return {}
    fields = Fields.of(top.sheet, node, "block of facts")
    facts = {}
    for name in fields.given():
        values = fields.values(name, needed=True)
        for value in values:
            if value.text == SKIPPED:
                mend = "Remove it: every question may be skipped"
                top.sheet.fault(value.line, f"'{SKIPPED}' need not be listed", mend)
        if _FACT_FORM.fullmatch(name) is None:
            fields.fault(name, f"{shown(name)} cannot be a fact", "Use small letters, digits and '_'")
        facts[name] = (*(value.text for value in values), SKIPPED)
    if prod(map(len, facts.values())) > COMBINATIONS:
        message = f"there are more than {COMBINATIONS} combinations of answers"
        top.fault("facts", message, "Take a question or some answers away")
    return facts


def _rules(top: Fields, facts: Mapping[str, tuple[str, ...]]) -> list[Rule]:
    rules: dict[str, Rule] = {}
    for node in top.items("rules", needed=True):
        fields = Fields.of(top.sheet, node, "rule")
        rule = _rule(fields, facts)
        fields.finish()
        if rule.id in rules:
            fields.fault("id", f"there is a rule '{rule.id}' already, on line {rules[rule.id].line}", "Rename one")
        if rule.id:
            rules[rule.id] = rule
    return list(rules.values())


def _rule(fields: Fields, facts: Mapping[str, tuple[str, ...]]) -> Rule:
    one = fields.required("id")
    if one and ID_FORM.fullmatch(one) is None:
        fields.fault("id", f"{shown(one)} cannot be an id", "Use up to 40 small letters, digits, '-' or '_'")
    route = fields.optional_choice("route", Route)
    tags = frozenset(fields.one_of(value, Tag) for value in fields.values("tags"))
    urgent = fields.optional_choice("urgent", _YesNo) is _YesNo.YES
    if route is None and not tags and not urgent:
        fields.sheet.fault(fields.line, "this rule does nothing", "Give it a route, tags, or 'urgent: yes'")
    return Rule(
        id=one,
        when=MappingProxyType(_when(fields, facts)),
        route=route,
        tags=tags,
        urgent=urgent,
        because=fields.required("because"),
        source=fields.required("source"),
        line=fields.line,
    )


def _when(rule: Fields, facts: Mapping[str, tuple[str, ...]]) -> dict[str, frozenset[str]]:
    node = rule.take("when")
    if node is None:
        return {}
    fields = Fields.of(rule.sheet, node, "condition")
    when: dict[str, frozenset[str]] = {}
    for name in fields.given():
        values = fields.values(name, needed=True)
        known = facts.get(name)
        if known is None:
            fields.fault(name, f"there is no fact {shown(name)}", f"Use one of: {', '.join(facts)}")
            continue
        for value in values:
            if value.text not in known:
                message = f"{shown(value.text)} is no answer to '{name}'"
                fields.sheet.fault(value.line, message, f"Use: {', '.join(known)}")
        when[name] = frozenset(value.text for value in values)
        if when[name] >= set(known):
            fields.fault(name, f"every answer to '{name}' is listed", "Remove it: what is not named does not matter")
    if not when:
        rule.sheet.fault(node.line, "this condition is empty", "Remove 'when', or name an answer")
    return when


@dataclass(frozen=True, slots=True)
class _Grid:
    """All combinations of answers, each one a bit; the last fact turns fastest, as in `itertools.product`."""

    facts: Mapping[str, tuple[str, ...]]

    @property
    def everything(self) -> int:
        return (1 << prod(map(len, self.facts.values()))) - 1

    def fitting(self, when: Mapping[str, frozenset[str]]) -> int:
        """The combinations that a condition fits."""
        found = self.everything
        stride = 1
        for name, values in reversed(list(self.facts.items())):
            period = stride * len(values)
            if name in when:
                block = sum(((1 << stride) - 1) << (at * stride) for at, one in enumerate(values) if one in when[name])
                # everything / (2^period - 1) has one bit set at the start of each period, and so repeats the block.
                found &= block * (self.everything // ((1 << period) - 1))
            stride = period
        return found

    def first_of(self, combinations: int) -> dict[str, str]:
        """One of the combinations, for a message."""
        at = (combinations & -combinations).bit_length() - 1
        chosen = {}
        for name, values in reversed(list(self.facts.items())):
            at, here = divmod(at, len(values))
            chosen[name] = values[here]
        return dict(reversed(chosen.items()))


def reach(table: Table) -> dict[str, int]:
    """In how many combinations each rule has a say: decides, if it has a route; adds something, if not."""
    return {rule.id: said.bit_count() for rule, said, _ in _reading(_Grid(table.facts), table.rules)}


def _reading(grid: _Grid, rules: tuple[Rule, ...] | list[Rule]) -> Iterator[tuple[Rule, int, int]]:
    """Walk through the rules with all combinations at once: where each has a say, and what is undecided after it."""
    undecided = grid.everything
    tagged = dict.fromkeys(Tag, 0)
    hurried = 0
    for rule in rules:
        fitting = grid.fitting(rule.when) & undecided
        if rule.route is not None:
            undecided &= ~fitting
            yield rule, fitting, undecided
            continue
        new = 0
        for tag in rule.tags:
            new |= fitting & ~tagged[tag]
            tagged[tag] |= fitting
        if rule.urgent:
            new |= fitting & ~hurried
            hurried |= fitting
        yield rule, new, undecided


def _unproved(facts: Mapping[str, tuple[str, ...]], rules: list[Rule], file: str) -> Iterator[Fault]:
    grid = _Grid(facts)
    undecided = grid.everything
    for rule, said, left in _reading(grid, rules):
        undecided = left
        if not said:
            message = f"the rule '{rule.id}' never has a say: rules above it have taken all its cases"
            yield Fault(file, rule.line, message, "Move it up, change its condition, or remove it")
    if undecided:
        case = ", ".join(f"{name} {value}" for name, value in grid.first_of(undecided).items())
        message = f"nothing decides {undecided.bit_count()} combinations, such as {case}"
        yield Fault(file, rules[-1].line, message, "End the table with a rule that has a route and no 'when'")
