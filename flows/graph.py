"""A book as a Mermaid flow chart, drawn from the compiled nodes so that it cannot drift from them."""

from __future__ import annotations

from flows.book import RETURN, SKIPPED, Book, Call, Choose, Decide, Do, Node, Say, Text

_SHAPES = {
    Choose: ('(["', '"])'),
    Text: ('[/"', '"/]'),
    Say: ('["', '"]'),
    Decide: ('{"', '"}'),
    Call: ('[["', '"]]'),
    Do: ('(("', '"))'),
}

_KEPT = {"any", "class", "classDef", "click", "default", "direction", "end", "flowchart", "graph", "style", "subgraph"}
"""Words that mean something else to Mermaid, or to this drawing."""


def mermaid(book: Book) -> str:
    """The book as Mermaid text: questions rounded, free text slanted, forks as diamonds; asides are dotted arrows."""
    lines = ["flowchart TD"]
    for name, node in book.nodes.items():
        opening, closing = _SHAPES[type(node)]
        lines.append(f"  {_id(name)}{opening}{_label(node)}{closing}")
    for name, node in book.nodes.items():
        lines += [f"  {_id(name)} {arrow}" for arrow in _arrows(node)]
    lines += [f"  any(any question) -. {word} .-> {_id(to)}" for word, to in sorted(book.interrupts.items())]
    return "\n".join(lines) + "\n"


def _label(node: Node) -> str:
    match node:
        case Choose(ask=phrase) | Text(ask=phrase) | Say(say=phrase):
            first = phrase.english.splitlines()[0]
            return _safe(first if len(first) < 60 else first[:57].rsplit(" ", 1)[0] + " …")  # noqa: PLR2004
        case Call(call=call):
            return call
        case Do(act=act):
            return act
        case Decide(name=name):
            return name.replace("_", " ")


def _arrows(node: Node) -> list[str]:
    found: list[str] = []

    def arrow(label: str, to: str, line: str = "-->") -> None:
        if to and to != RETURN:
            found.append(f'{line}|"{_safe(label)}"| {_id(to)}' if label else f"{line} {_id(to)}")

    match node:
        case Choose(options=options) | Say(options=options):
            groups: dict[str, list[str]] = {}
            for option in options:
                if option.to != node.name:
                    groups.setdefault(option.to, []).append(option.id)
                arrow(option.id, option.via or "", "-.->")
                arrow(option.id, option.redo or "", "-.->")
            for to, ids in groups.items():
                arrow("" if len(groups) == 1 else " / ".join(ids), to)
            if isinstance(node, Choose) and node.skip and node.skip not in groups:
                arrow(SKIPPED, node.skip)
        case Text(to=to, skip=skip):
            arrow("", to)
            if skip and skip != to:
                arrow(SKIPPED, skip)
        case Decide(rules=rules):
            for rule in rules:
                arrow(" and ".join(f"{attr}: {', '.join(values)}" for attr, values in rule.when) or "else", rule.to)
        case Call(outcomes=outcomes):
            for outcome, to in outcomes:
                arrow(outcome, to)
        case Do(to=to):
            arrow("", to)
    return found


def _id(name: str) -> str:
    return f"{name}_" if name in _KEPT else name


def _safe(text: str) -> str:
    return text.replace('"', "'").replace("{", "").replace("}", "")
