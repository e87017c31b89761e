"""The triage table as Markdown, for the page that a policy officer reads (docs/triage.md)."""

from math import prod

from routing.triage_table import Rule, Table, Tag, reach

__all__ = ["markdown"]

_ABSENT = "–"


def markdown(table: Table) -> str:
    """Draw the table: first the questions, then the rules in their order, then where each reason comes from.

    The last column of the rules counts the combinations of answers in which a rule has a say.
    """
    said = reach(table)
    sources: dict[str, list[str]] = {}
    for number, rule in enumerate(table.rules, 1):
        sources.setdefault(rule.source, []).append(str(number))
    signed = "yes" if table.reviewed else "no"
    return "\n".join(
        [
            _row("Question", "Answers"),
            "|---|---|",
            *(_row(f"`{name}`", ", ".join(values)) for name, values in table.facts.items()),
            "",
            f"Reviewed by specialists: **{signed}**. Combinations of answers: {prod(map(len, table.facts.values()))}.",
            "",
            _row("", "Rule", "When", "Route", "Adds", "Because", "Cases"),
            "|--:|---|---|---|---|---|--:|",
            *(_rule(number, rule, table, said[rule.id]) for number, rule in enumerate(table.rules, 1)),
            "",
            *(
                f"- {'Rules' if numbers[1:] else 'Rule'} {', '.join(numbers)}: {one}"
                for one, numbers in sources.items()
            ),
        ]
    )


def _row(*cells: str) -> str:
    # A bar in somebody's reason must not open a new column.
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def _rule(number: int, rule: Rule, table: Table, said: int) -> str:
    when = [
        f"{name}: {' or '.join(one for one in values if one in rule.when[name])}"
        for name, values in table.facts.items()
        if name in rule.when
    ]
    added = [str(tag) for tag in Tag if tag in rule.tags] + (["*urgent*"] if rule.urgent else [])
    return _row(
        str(number),
        f"`{rule.id}`",
        "; ".join(when) or "always",
        f"**{rule.route}**" if rule.route is not None else _ABSENT,
        ", ".join(added) or _ABSENT,
        rule.because,
        str(said),
    )
