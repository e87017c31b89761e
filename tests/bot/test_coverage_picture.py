"""The picture of coverage: complete, in shades that print, and the same in words."""

import re
from dataclasses import replace
from datetime import date
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from bot.coverage_picture import picture
from routing.coverage import cover
from routing.directory import Hours, Role, RoleKind, Tier
from tests.routing.covering import somebody, spoken
from tests.routing.worlds import TODAY, directory_of

SVG = "{http://www.w3.org/2000/svg}"
ALWAYS = (Hours(frozenset(range(1, 8)), 0, 24 * 60),)


def counsellors(number: int, **fields):
    given = {"roles": (Role(RoleKind.COUNSELLOR),), "tier": Tier.GBV, "hours": ALWAYS} | fields
    return [somebody(f"c{one}", **given) for one in range(number)]


def parsed(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 -- our own picture


def drawn(people, day=TODAY, **country) -> ET.Element:
    directory = spoken(directory_of(people))
    directory = replace(directory, countries={"ada": replace(directory.countries["ada"], **country)})
    return parsed(picture(cover(directory, day)))


def strips(root: ET.Element) -> dict[str, list[ET.Element]]:
    """The rectangles that stand for hours, by the label of their strip."""
    found = {}
    for group in root.iter(f"{SVG}g"):
        label, title = group.find(f"{SVG}text"), group.find(f"{SVG}title")
        if group.get("role") == "img" and label is not None and title is not None:
            found[label.text] = [rect for rect in group.iter(f"{SVG}rect") if rect.get("class") != "frame"]
    return found


def said(rect: ET.Element) -> str:
    return rect.find(f"{SVG}title").text


def test_there_is_a_strip_for_focal_points_and_two_for_each_language():
    assert list(strips(drawn([somebody("ann")]))) == [
        "focal points",
        "en, affected people",
        "en, personnel",
        "ar, affected people",
        "ar, personnel",
    ]


def test_every_strip_fills_the_week_without_a_hole():
    people = [somebody("ann"), *counsellors(2, hours=(), time_zone="Asia/Kathmandu")]
    for rects in strips(drawn(people)).values():
        edges = [(int(rect.get("x")), int(rect.get("width"))) for rect in rects]
        assert all(left + wide == following for (left, wide), (following, _) in pairwise(edges))
        assert sum(wide for _, wide in edges) == 168 * 5


@pytest.mark.parametrize(
    ("number", "shade"), [(0, "n0"), (1, "n1"), (2, "n2"), (3, "n3"), (4, "n3"), (5, "n5"), (9, "n5")]
)
def test_more_people_are_darker(number, shade):
    (rect,) = strips(drawn(counsellors(number)))["en, affected people"]
    assert rect.get("class") == shade
    assert said(rect) == f"ada, en, affected people, Mon-Sun all day: {number or 'nobody'} at work"


def test_shades_can_be_told_apart_in_grey_print():
    text = picture(cover(directory_of([]), TODAY))
    levels = [int(shade, 16) for shade in re.findall(r"\.n\d\{fill:#(..)\1\1\}", text)]
    assert len(levels) == 4
    assert all(lighter - darker >= 40 for lighter, darker in pairwise([255, *levels]))


def test_the_legend_explains_every_shade():
    root = drawn([somebody("ann")])
    (legend,) = [group for group in root.iter(f"{SVG}g") if "Legend" in group.get("aria-label", "")]
    classes = [rect.get("class") for rect in legend.iter(f"{SVG}rect") if rect.get("class") != "frame"]
    assert classes == ["n0", "n1", "n2", "n3", "n5"]
    assert [text.text for text in legend.iter(f"{SVG}text")] == ["At work:", "nobody", "1", "2", "3 or 4", "5 or more"]


def test_it_is_told_in_words_as_well():
    root = drawn([somebody("ann")])
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert "Countries: ada." in description.text
    assert all(said(rect) for rects in strips(root).values() for rect in rects)


def test_an_hour_that_clocks_skip_is_neither_empty_nor_staffed():
    root = drawn(counsellors(1), date(2026, 3, 23), time_zone="Europe/Berlin")
    skipped = [rect for rect in strips(root)["en, affected people"] if rect.get("class") == "skipped"]
    assert [said(rect) for rect in skipped] == ["ada, en, affected people, Sun 2-3: this hour is skipped"]


def test_a_name_from_right_to_left_stands_in_an_isolate():
    root = drawn([somebody("ann")], name="فيلمورا")
    labels = [text.text for text in root.iter(f"{SVG}text") if "ada:" in (text.text or "")]
    assert labels == ["ada: \u2068فيلمورا\u2069 (Asia/Kolkata)"]


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "a & b", "\u202eoverride\u0000\u001b[2J", 'x" onload="y']
)
def test_a_name_cannot_break_out(name):
    root = drawn([somebody("ann")], name=name)  # parsed again: well formed
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
        *("svg", "title", "desc", "style", "defs", "pattern", "path", "rect", "text", "g", "line")
    }
    assert not any(attribute.startswith("on") for element in root.iter() for attribute in element.attrib)
    assert not set("\u202e\u0000\u001b") & set(ET.tostring(root, "unicode"))


def test_nothing_comes_from_outside():
    text = picture(cover(spoken(directory_of([somebody("ann")])), TODAY))
    assert re.findall(r"https?://[^\"' ]+", text) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"<script|<image|href=|@import|@font-face|<foreignObject", text)


def test_no_countries_is_a_picture_too():
    directory = replace(directory_of([]), countries={})
    assert "Countries: none." in parsed(picture(cover(directory, TODAY))).find(f"{SVG}desc").text
