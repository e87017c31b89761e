"""Triage: from closed answers to a suggested route. Pure: the table comes in, a verdict goes out.

The rules stand in `config/triage.yaml`, so that a policy officer can read and change them. They are read from the
top: a rule without a route adds its tags and reading goes on; the first with a route decides and ends it. The
table is proved when it is read (`parse_table`): some rule always decides, and no rule is dead.

What triage is, and is not:

* It stores facts and suggests. The reader of a report decides what it is; a category must never be announced to the
  person who tells. A verdict holds no words that could be shown, and none of it is in its repr.
* It never rejects. An answer that was skipped, is missing, or is not known here counts as `skipped`, and the last
  rule leaves what is unclear to a human.
* It does not find people: `routing.resolve` does, from route, entity and place. What a route means there:

  ======================  ==========================================================================
  sea_focal_point         the PSEA focal point of the concerned entity
  sh_focal_point          its SH focal point; an unknown UN entity falls to the system-wide office
  dual                    the PSEA focal point owns; the SH focal point of the same entity is told at once too
  conduct_and_discipline  the mission's conduct and discipline team; the coordinator's chain where there is none
  coordinator             the country's PSEA coordinator, minimal record
  other_misconduct        nothing is sent; the person is shown the entity's channel for other misconduct
  referral_only           help and services; no report, nothing to any focal point
  none                    a question: no case is made
  ======================  ==========================================================================
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from routing.errors import TableFaults
from routing.triage_table import SKIPPED, Route, Rule, Table, Tag, parse_table, reach

__all__ = ["SKIPPED", "Route", "Rule", "Table", "TableFaults", "Tag", "Verdict", "parse_table", "reach", "triage"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A suggestion to the reader of a report. It is about a person, and so its repr is empty.

    Attributes:
        route: Where the report should go.
        tags: What it may be, in the order of `Tag`, none twice.
        urgent: Whether the short clock applies.
        rule: Id of the rule that decided the route.
        rules: Ids of all rules that had a part, in their order; the last is `rule`.
    """

    route: Route = field(repr=False)
    tags: tuple[Tag, ...] = field(repr=False)
    urgent: bool = field(repr=False)
    rule: str = field(repr=False)
    rules: tuple[str, ...] = field(repr=False)


def triage(table: Table, facts: Mapping[str, str]) -> Verdict:
    """Suggest a route.

    Args:
        table: From `parse_table`.
        facts: Answers by question. What is missing or not in the table's closed sets counts as `skipped`;
            questions that the table does not know do not matter, so all of a conversation's attributes may be given.
    """
    known = {
        name: value if (value := facts.get(name, SKIPPED)) in values else SKIPPED
        for name, values in table.facts.items()
    }
    tags: set[Tag] = set()
    urgent = False
    applied: list[str] = []
    for rule in table.rules:
        if not rule.fits(known):
            continue
        applied.append(rule.id)
        tags |= rule.tags
        urgent = urgent or rule.urgent
        if rule.route is not None:
            return Verdict(rule.route, tuple(tag for tag in Tag if tag in tags), urgent, rule.id, tuple(applied))
    raise AssertionError("a table without a last rule passed parse_table")  # pragma: no cover -- proved when read
