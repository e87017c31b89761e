"""A book as a picture (SVG) that a policy officer can read: each node a card, in the order of the flow files.

A card shows what is said or asked, in English, and each answer with where it leads. Curves join the cards. Cards on
the way of somebody who may be under 18 have an orange edge, cards of time-critical care a blue one; both are found by
walking the book with the very ``step`` that serves people, not by hand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap
from xml.sax.saxutils import escape

from flows.book import RETURN, SKIPPED, UNSURE, Book, Call, Choose, Decide, Do, Node, Say, Text
from flows.path import here, option_of
from flows.state import Event, Interrupt, Pick
from flows.step import begin, step

WIDTH, GAP, LEFT, TOP = 380, 130, 30, 90
LINE, PAD = 17, 12
LETTERS = 52
YOUNG, CARE = "#c2560c", "#0b5fa5"


@dataclass(frozen=True, slots=True)
class Card:
    """One node, laid out: its place on the sheet and its lines. ``ways`` are (line number, target)."""

    name: str
    x: int
    y: int
    lines: tuple[str, ...]
    ways: tuple[tuple[int, str], ...]

    @property
    def height(self) -> int:
        """In pixels."""
        return PAD * 2 + LINE * (len(self.lines) + 1)


def svg(book: Book, parts: Mapping[str, Sequence[str]]) -> str:
    """The picture, one column for each part (title -> node names)."""
    cards: dict[str, Card] = {}
    tallest = 0
    for column, names in enumerate(parts.values()):
        y = TOP
        for name in names:
            lines, ways = _content(book.nodes[name])
            card = Card(name, LEFT + column * (WIDTH + GAP), y, lines, ways)
            cards[name] = card
            y += card.height + 24
        tallest = max(tallest, y)
    young = passed(book, {"under_18": "yes", "actor": "aid_worker"}) - passed(
        book, {"under_18": "no", "actor": "aid_worker"}
    )
    care = {name for name, node in book.nodes.items() if isinstance(node, Say) and "{care}" in node.say.english}
    width = LEFT * 2 + len(parts) * (WIDTH + GAP) - GAP
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {tallest}"',
        ' font-family="sans-serif" font-size="13">',
        f'<rect width="{width}" height="{tallest}" fill="#fbfaf7"/>',
        *(
            f'<text x="{LEFT + column * (WIDTH + GAP)}" y="36" font-size="22" font-weight="bold">{escape(title)}</text>'
            for column, title in enumerate(parts)
        ),
        f'<text x="{LEFT}" y="64" fill="{YOUNG}">orange: only when somebody may be under 18</text>',
        f'<text x="{LEFT + 320}" y="64" fill="{CARE}">blue: time-critical care</text>',
    ]
    out += [_curve(card, line, cards[to]) for card in cards.values() for line, to in card.ways if to in cards]
    for card in cards.values():
        edge = YOUNG if card.name in young else CARE if card.name in care else "#667"
        out += _drawn(card, edge, strong=edge != "#667")
    return "\n".join([*out, "</svg>"]) + "\n"


def passed(book: Book, choices: Mapping[str, str]) -> set[str]:
    """The nodes met by somebody who gives these answers, passes over the rest, and goes on to the sending."""
    state = begin(book, book.languages[0], 0)
    met: set[str] = set()
    for _ in range(4 * len(book.nodes)):
        name = here(book, state)
        node = book.nodes[name]
        if isinstance(node, Call) or state.over:
            break
        met.add(name)
        state = step(book, state, _answer(node, choices)).state
    return met


def _answer(node: Node, choices: Mapping[str, str]) -> Event:
    match node:
        case Choose(attr=attr, skip=skip, options=options):
            if attr in choices:
                return Pick(choices[attr])
            if skip is None and option_of(node, UNSURE) is None:
                return Pick(options[0].id)
            return Interrupt("skip")
        case Say(passes=passes, options=options):
            return Pick(passes or options[0].id)
        case _:
            return Interrupt("skip")


def _content(node: Node) -> tuple[tuple[str, ...], tuple[tuple[int, str], ...]]:
    """The lines of a card, and which of them lead where."""
    lines: list[str] = []
    ways: list[tuple[int, str]] = []

    def way(label: str, to: str) -> None:
        if to:
            ways.append((len(lines), to))
            lines.append(f"→ {label}: {'back' if to == RETURN else to}")

    match node:
        case Choose(ask=phrase) | Text(ask=phrase) | Say(say=phrase):
            lines += [line for part in phrase.english.split("\n") for line in wrap(part, LETTERS)]
        case Call(call=call):
            lines.append(f"(Linnet: {call})")
        case Do(act=act):
            lines.append(f"(Linnet: {act})")
        case Decide():
            lines.append("(fork)")
    match node:
        case Choose(options=options) | Say(options=options):
            for option in options:
                label = option.label.english or option.id
                way(label, option.redo or option.to)
                if option.via:
                    way(f"{label}, first", option.via)
            if isinstance(node, Choose) and node.skip:
                way(SKIPPED, node.skip)
        case Text(to=to, skip=skip):
            way("written", to)
            way(SKIPPED, skip or "")
        case Decide(rules=rules):
            for rule in rules:
                way(" and ".join(f"{attr} is {'/'.join(values)}" for attr, values in rule.when) or "else", rule.to)
        case Call(outcomes=outcomes):
            for outcome, to in outcomes:
                way(outcome, to)
        case Do(to=to):
            way("then", to)
    return tuple(lines), tuple(ways)


def _drawn(card: Card, edge: str, *, strong: bool) -> list[str]:
    stroke = 3 if strong else 1
    box = f'x="{card.x}" y="{card.y}" width="{WIDTH}" height="{card.height}" rx="8"'
    out = [f'<rect {box} fill="#fff" stroke="{edge}" stroke-width="{stroke}"/>']
    out.append(f'<text x="{card.x + PAD}" y="{card.y + PAD + 11}" fill="{edge}" font-weight="bold">{card.name}</text>')
    leads = {line for line, _ in card.ways}
    for number, line in enumerate(card.lines):
        y = card.y + PAD + 11 + LINE * (number + 1)
        colour = "#345" if number in leads else "#111"
        out.append(f'<text x="{card.x + PAD}" y="{y}" fill="{colour}">{escape(line)}</text>')
    return out


def _curve(card: Card, line: int, target: Card) -> str:
    """From the right edge of an answer's line to the left edge of the card it leads to (or round its right side)."""
    x1, y1 = card.x + WIDTH, card.y + PAD + 7 + LINE * (line + 1)
    if target.x > card.x:
        x2, bend = target.x, GAP // 2
        path = f"M{x1} {y1} C{x1 + bend} {y1} {x2 - bend} {target.y + 18} {x2} {target.y + 18}"
    else:
        x2, bend = target.x + WIDTH, 24 + min(GAP - 40, abs(target.y - card.y) // 30)
        path = f"M{x1} {y1} C{x1 + bend} {y1} {x2 + bend} {target.y + 18} {x2} {target.y + 18}"
    return f'<path d="{path}" fill="none" stroke="#9aa" stroke-width="1"/>'
