"""Coverage as a picture: the hours of the week across, countries and their languages down, in shades of grey.

One SVG file that needs nothing from outside, reads on a grey printer, and says everything in text as well: a title, a
description, and words for every row and shade, which browsers show and screen readers read. Nobody at all is not
white but hatched, so that it is seen at once. As everywhere in coverage, an hour counts by its emptiest quarter.

Names from outside stand in isolates of their own, so that one written from right to left cannot turn its line around.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from locales.isolate import FIRST_STRONG, POP, show
from routing.coverage import Coverage, Covered
from routing.coverage_week import DAYS, HOURS_A_DAY, Week, spans

__all__ = ["picture"]

TITLE: Final = "Who is at work, by country and hour of the week"

_HOUR: Final = 5
_ROW: Final = 13
_STRIP: Final = 11
_LINE: Final = 16
_BETWEEN: Final = 12
_HEAD: Final = 78
_LEFT: Final = 190
_MARGIN: Final = 12
_WIDE: Final = DAYS * HOURS_A_DAY * _HOUR
_WIDTH: Final = _LEFT + _WIDE + _MARGIN
_LABEL: Final = 120
"""Characters of a country's name and time zone that fit above its strips."""
_SHADES: Final = (
    (1, "n1", "#c4c4c4", "1"),
    (2, "n2", "#949494", "2"),
    (3, "n3", "#5e5e5e", "3 or 4"),
    (5, "n5", "#1a1a1a", "5 or more"),
)
"""From so many people on: class, shade, and words. The shades are far enough apart for a grey printer."""
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_NOON: Final = 12
_STYLE: Final = (
    "text{font:11px sans-serif;fill:#000}.title{font-size:17px;font-weight:bold}.country{font-weight:bold}"
    ".small{font-size:9px}.n0{fill:url(#hatch)}.skipped{fill:#fff}.frame{fill:none;stroke:#000;stroke-width:.6}"
    ".day{stroke:#000;stroke-width:.6}.noon{stroke:#000;stroke-width:.4;stroke-dasharray:1 2}"
    + "".join(f".{name}{{fill:{shade}}}" for _, name, shade, _ in _SHADES)
)


def picture(coverage: Coverage) -> str:
    """Draw a coverage as the text of an SVG file."""
    heights = [_height(covered) for covered in coverage.countries]
    height = _HEAD + sum(heights) + _MARGIN
    root = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "width": str(_WIDTH),
            "height": str(height),
            "viewBox": f"0 0 {_WIDTH} {height}",
            "role": "graphics-document document",
            "aria-labelledby": "title description",
            "direction": "ltr",
        },
    )
    _text_of(root, "title", TITLE, id="title")
    _text_of(root, "desc", _description(coverage), id="description")
    _text_of(root, "style", _STYLE)
    _hatch(root)
    SubElement(root, "rect", {"width": "100%", "height": "100%", "fill": "#fff"})
    _text_of(root, "text", TITLE, x=str(_MARGIN), y="26", **{"class": "title"})
    _text_of(root, "text", _subtitle(coverage), x=str(_MARGIN), y="44")
    _legend(root)
    top = _HEAD
    for covered, tall in zip(coverage.countries, heights, strict=True):
        _country(root, covered, top)
        top += tall
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _subtitle(coverage: Coverage) -> str:
    return (
        f"From {coverage.day} to {coverage.until}, by each country's own clock. "
        "An hour counts by its emptiest quarter; hours that nobody stated count as Monday to Friday, 9 to 17."
    )


def _description(coverage: Coverage) -> str:
    named = ", ".join(covered.country.id for covered in coverage.countries)
    return (
        f"{_subtitle(coverage)} For each country one strip shows how many focal points are at work, those who would be "
        "told of a report now or next, and two strips for each language how many counsellors are, for affected people "
        f"and for personnel. Countries: {named or 'none'}."
    )


def _hatch(root: Element) -> None:
    defs = SubElement(root, "defs")
    size = {"width": "6", "height": "6", "patternUnits": "userSpaceOnUse"}
    pattern = SubElement(defs, "pattern", {"id": "hatch", **size})
    SubElement(pattern, "rect", {"width": "6", "height": "6", "fill": "#fff"})
    SubElement(pattern, "path", {"d": "M-1 1l2-2M0 6l6-6M5 7l2-2", "stroke": "#777", "stroke-width": ".5"})


def _legend(root: Element) -> None:
    group = SubElement(root, "g", {"role": "img", "aria-label": "Legend: people at work, by shade"})
    _text_of(group, "text", "At work:", x=str(_MARGIN), y="65")
    left = _MARGIN + 56
    for name, said in (("n0", "nobody"), *((name, said) for _, name, _, said in _SHADES)):
        box = {"x": str(left), "y": "55", "width": "22", "height": str(_STRIP)}
        SubElement(group, "rect", {**box, "class": name})
        SubElement(group, "rect", {**box, "class": "frame"})
        _text_of(group, "text", said, x=str(left + 28), y="65")
        left += 50 + 6 * len(said)


def _height(covered: Covered) -> int:
    return _LINE * 2 + _ROW * (1 + len(covered.counselling)) + _BETWEEN


def _country(root: Element, covered: Covered, top: int) -> None:
    country = covered.country
    stated = covered.week.zone if country.time_zone == covered.week.zone else f"{covered.week.zone}: none is stated"
    name = show(country.name).replace("\n", " ")
    label = f"{country.id}: {FIRST_STRONG}{name}{POP} ({stated})"
    if len(label) > _LABEL:
        label = f"{country.id} ({stated})"
    group = SubElement(root, "g", {"role": "group", "aria-label": f"{country.id}: {FIRST_STRONG}{name}{POP}"})
    _text_of(group, "text", label, x=str(_MARGIN), y=str(top + _LINE - 4), **{"class": "country"})
    strips = top + _LINE * 2
    for number, day in enumerate(_DAYS):
        left = _LEFT + number * HOURS_A_DAY * _HOUR
        _text_of(group, "text", day, x=str(left + 2), y=str(strips - 4), **{"class": "small"})
        noon = {"x": str(left + _NOON * _HOUR), "y": str(strips - 4), "class": "small", "text-anchor": "middle"}
        _text_of(group, "text", str(_NOON), **noon)
    rows = [("focal points", covered.focal_points)]
    rows += [(f"{one.language}, {one.service}", one.at_work) for one in covered.counselling]
    for number, (said, counts) in enumerate(rows):
        _strip(group, covered.week, f"{country.id}, {said}", said, counts, strips + number * _ROW)
    _rulers(group, strips, strips + len(rows) * _ROW - (_ROW - _STRIP))


def _strip(group: Element, week: Week, title: str, said: str, counts: Sequence[int | None], top: int) -> None:
    strip = SubElement(group, "g", {"role": "img"})
    empty = [hour for hour, count in zip(week.hours, counts, strict=True) if count == 0]
    _text_of(strip, "title", f"{title}: {f'nobody {spans(empty)}' if empty else 'somebody in every hour'}")
    _text_of(strip, "text", said, x=str(_MARGIN), y=str(top + _STRIP - 2))
    place = {"y": str(top), "height": str(_STRIP)}
    for start, end, count in _runs(counts):
        shape = {**place, "x": str(_LEFT + start * _HOUR), "width": str((end - start) * _HOUR)}
        rect = SubElement(strip, "rect", {**shape, "class": _class(count)})
        words = "this hour is skipped" if count is None else f"{count or 'nobody'} at work"
        _text_of(rect, "title", f"{title}, {spans(week.hours[start:end])}: {words}")
    SubElement(strip, "rect", {**place, "x": str(_LEFT), "width": str(_WIDE), "class": "frame"})


def _runs(counts: Sequence[int | None]) -> Iterator[tuple[int, int, int | None]]:
    """Hours in a row with the same number: from, until (exclusive), and the number."""
    start = 0
    for count, several in groupby(counts):
        end = start + len(list(several))
        yield start, end, count
        start = end


def _class(count: int | None) -> str:
    if count is None:
        return "skipped"
    return next((name for least, name, _, _ in reversed(_SHADES) if count >= least), "n0")


def _rulers(group: Element, top: int, bottom: int) -> None:
    for number in range(1, DAYS):
        _ruler(group, number * HOURS_A_DAY, top - _LINE + 4, bottom, "day")
    for number in range(DAYS):
        _ruler(group, number * HOURS_A_DAY + _NOON, top, bottom, "noon")


def _ruler(group: Element, hour: int, top: int, bottom: int, kind: str) -> None:
    left = str(_LEFT + hour * _HOUR)
    SubElement(group, "line", {"x1": left, "x2": left, "y1": str(top), "y2": str(bottom), "class": kind})


def _text_of(parent: Element, tag: str, text: str, **attributes: str) -> None:
    SubElement(parent, tag, attributes).text = text
