"""The picture: every node a card, every way a line on it, the two colours where they belong, and sound XML."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from bot.commands.flows import SAMPLE
from flows.book import Book
from flows.compile import compile_book
from flows.picture import CARE, GAP, WIDTH, YOUNG, passed, svg
from flows.reading import Mapping, read
from tests.flows.books import FILE, SMALL, real_texts, small
from tests.flows.test_graph import ways

SVG = "{http://www.w3.org/2000/svg}"
DRAWN = Path(__file__).parents[2] / "docs" / "conversation.svg"


def parts(texts: dict[str, str]) -> dict[str, list[str]]:
    """The nodes of each file in order, under the title that stands over their column."""
    found = {}
    for file, text in texts.items():
        nodes = read(file, text).get("nodes")
        assert isinstance(nodes, Mapping)
        title = file.removesuffix(".yaml").lstrip("0123456789-").capitalize()
        found[title] = [leaf.text for leaf, _ in nodes.items]
    return found


def drawn(book: Book, texts: dict[str, str]) -> ET.Element:
    return ET.fromstring(svg(book, parts(texts)))  # noqa: S314 -- our own picture


SMALL_PICTURE = drawn(small(), {FILE: SMALL})
REAL = compile_book(real_texts(), SAMPLE)
REAL_PICTURE = drawn(REAL, real_texts())


def cards(picture: ET.Element) -> dict[str, str]:
    """The cards by their names, with the colour of the edge."""
    edges = [rect.attrib["stroke"] for rect in picture.iter(f"{SVG}rect") if "stroke" in rect.attrib]
    names = [text for text in picture.iter(f"{SVG}text") if text.get("font-weight") == "bold" and "fill" in text.attrib]
    assert [name.attrib["fill"] for name in names] == edges
    assert len(names) == len({name.text for name in names})
    return {str(name.text): edge for name, edge in zip(names, edges, strict=True)}


@pytest.mark.parametrize(("book", "picture"), [(small(), SMALL_PICTURE), (REAL, REAL_PICTURE)], ids=["small", "real"])
def test_every_node_is_one_card(book, picture):
    assert sorted(cards(picture)) == sorted(book.nodes)


def test_cards_on_the_way_of_somebody_young_are_orange_and_care_is_blue():
    for picture in (SMALL_PICTURE, REAL_PICTURE):
        assert {name for name, edge in cards(picture).items() if edge == YOUNG} == {"young"}
    assert {name for name, edge in cards(SMALL_PICTURE).items() if edge == CARE} == {"care"}
    assert {name for name, edge in cards(REAL_PICTURE).items() if edge == CARE} == {"care", "care_all"}


def test_the_colours_follow_the_book_and_not_the_names():
    words = 'say: "Nobody is here."'
    book = small(("{else: young}", "{else: gentle}"), ("  young:\n", "  gentle:\n"), (words, 'say: "{care}"'))
    found = cards(drawn(book, {FILE: SMALL.replace("young", "gentle")}))
    assert {name for name, edge in found.items() if edge == YOUNG} == {"gentle"}
    assert {name for name, edge in found.items() if edge == CARE} == {"care", "nobody"}


def test_whoever_is_walked_through_passes_what_they_were_not_asked_for():
    met = passed(small(), {"under_18": "yes", "actor": "aid_worker"})
    assert met == {"limits", "under_18", "actor", "entity", "young", "review"}
    grown = passed(small(), {"under_18": "no", "actor": "unsure"})
    assert grown == {
        *("limits", "under_18", "actor", "setting_aid", "about", "elapsed"),
        *("care", "names", "entity", "story", "review"),
    }


@pytest.mark.parametrize(("book", "picture"), [(small(), SMALL_PICTURE), (REAL, REAL_PICTURE)], ids=["small", "real"])
def test_every_way_from_node_to_node_is_a_curve(book, picture):
    curves = list(picture.iter(f"{SVG}path"))
    assert len(curves) >= len(ways(book))
    places = {}
    boxes = [rect.attrib for rect in picture.iter(f"{SVG}rect") if "stroke" in rect.attrib]
    for name, box in zip(cards(picture), boxes, strict=True):
        places[int(box["x"]), int(box["y"])] = (name, int(box["height"]))
    joined = set()
    for curve in curves:
        numbers = curve.attrib["d"].replace("M", "").replace("C", "").split()
        (x1, y1), (x2, y2) = map(int, numbers[:2]), map(int, numbers[-2:])
        (source,) = [n for (x, y), (n, h) in places.items() if x + WIDTH == x1 and y <= y1 <= y + h]
        (target,) = [n for (x, y), (n, _) in places.items() if x2 in {x, x + WIDTH} and y + 18 == y2]
        joined.add((source, target))
    assert {(a, b) for a, b in joined if a != b} == ways(book)


def test_cards_of_a_column_do_not_lie_on_each_other_and_lie_on_the_sheet():
    _, _, width, height = map(int, REAL_PICTURE.attrib["viewBox"].split())
    boxes = [rect.attrib for rect in REAL_PICTURE.iter(f"{SVG}rect") if "stroke" in rect.attrib]
    spans = [(int(box["x"]), int(box["y"]), int(box["y"]) + int(box["height"])) for box in boxes]
    for (x, _, end), (next_x, y, _) in pairwise(spans):
        assert next_x == x + WIDTH + GAP or (next_x == x and y > end)
    assert all(x + WIDTH <= width and end <= height for x, _, end in spans)


def test_words_cannot_break_out_of_the_picture():
    book = small(('say: "Nobody is here."', 'say: "a </text><script>x</script> & b"'))
    picture = drawn(book, {FILE: SMALL})
    assert not list(picture.iter(f"{SVG}script"))
    assert "a </text><script>x</script> & b" in {text.text for text in picture.iter(f"{SVG}text")}


def test_the_picture_in_the_documents_is_that_of_the_conversation_that_ships():
    """After a change of the conversation: ``linnet flows graph --svg docs/conversation.svg``."""
    assert DRAWN.read_text("utf-8") == svg(REAL, parts(real_texts()))
