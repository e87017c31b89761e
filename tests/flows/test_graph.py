"""The drawing shows every node and every way, and nothing else."""

from __future__ import annotations

import re

from flows.book import RETURN, Call, Choose, Decide, Do, Say, Text
from flows.graph import mermaid
from tests.flows.books import real, small

ARROW = re.compile(r'^  (\w+) (-->|-\.->)(?:\|"([^"]*)"\|)? (\w+)$')
NODE = re.compile(r'^  (\w+)(\(\["|\[/"|\["|\{"|\[\["|\(\(")(.*?)("\]\)|"/\]|"\]|"\}|"\]\]|"\)\))$')


def arrows(text: str) -> set[tuple[str, str]]:
    return {(found[1], found[4]) for line in text.splitlines() if (found := ARROW.match(line))}


def ways(book) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for name, node in book.nodes.items():
        match node:
            case Choose(options=options, skip=skip):
                to = [skip, *(way for option in options for way in (option.to, option.via, option.redo))]
            case Say(options=options):
                to = [way for option in options for way in (option.to, option.via, option.redo)]
            case Text():
                to = [node.to, node.skip]
            case Decide(rules=rules):
                to = [rule.to for rule in rules]
            case Call(outcomes=outcomes):
                to = [outcome for _, outcome in outcomes]
            case Do():
                to = [node.to]
        found |= {(name, way) for way in to if way and way not in {RETURN, name}}
    return found


def test_every_line_is_a_node_or_an_arrow():
    for book in (small(), real()):
        first, *lines = mermaid(book).splitlines()
        assert first == "flowchart TD"
        for line in lines:
            assert NODE.match(line) or ARROW.match(line) or line.startswith("  any(any question) -. "), line


def test_every_node_stands_once_in_the_shape_of_its_kind():
    text = mermaid(small())
    drawn = [found[1] for line in text.splitlines() if (found := NODE.match(line))]
    assert drawn == list(small().nodes)
    for line in (
        '  actor(["Do they work in aid?"])',
        '  story[/"What happened?"/]',
        '  young["You do not need to tell the story."]',
        '  age{"age"}',
        '  send[["submit"]]',
        '  leaving(("leave"))',
    ):
        assert line in text.splitlines()


def test_every_way_is_an_arrow_and_every_arrow_a_way():
    for book in (small(), real()):
        assert arrows(mermaid(book)) == ways(book)


def test_ways_are_named_where_there_are_several():
    lines = mermaid(small()).splitlines()
    assert '  actor -->|"aid_worker"| entity' in lines
    assert "  under_18 --> actor" in lines
    assert '  age -->|"under_18: no"| story' in lines
    assert '  age -->|"else"| young' in lines
    assert '  send -->|"nobody"| nobody' in lines
    assert '  review -.->|"change"| change' in lines
    assert '  change -.->|"actor"| actor' in lines


def test_interrupts_come_from_any_question():
    assert "  any(any question) -. help .-> help_now" in mermaid(small()).splitlines()


def test_words_cannot_break_out_of_their_box():
    text = mermaid(
        small(
            (
                'say: "Nobody is here."',
                "say: 'A \"quoted\" word, {contacts}, a [box] and a very long line of words indeed.'",
            )
        )
    )
    (line,) = [line for line in text.splitlines() if line.startswith('  nobody["')]
    assert line == "  nobody[\"A 'quoted' word, contacts, a [box] and a very long …\"]"


def test_a_name_that_mermaid_keeps_for_itself_does_not_break_the_drawing():
    book = small(
        ("nobody: nobody}", "nobody: end}"),
        ('  nobody:\n    say: "Nobody', '  end:\n    say: "Nobody'),
    )
    lines = mermaid(book).splitlines()
    assert '  end_["Nobody is here."]' in lines
    assert '  send -->|"nobody"| end_' in lines
    assert '  end_ -->|"again"| review' in lines
    assert not any(re.search(r"\bend\b", line) for line in lines)
