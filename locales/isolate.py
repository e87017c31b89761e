"""Putting values into translated texts so that neither braces nor writing directions spill over.

A value in another writing direction (a name, a telephone number, a person's own words) can turn the sentence around
it upside down: the bidirectional algorithm (UAX #9) sees no border between them. The isolates U+2068 and U+2069 are
that border. Three details are easily missed:

* an isolate ends with its line (UAX #9, X9 and P1), so every line of a value is wrapped by itself;
* digits have no strong direction, so in an Arabic line "0 8008 8008" is drawn as "8008 8008 0". A wrong help line is
  worse than none, so telephone and receipt numbers get an isolate of their own inside. Hours ("08:00-17:00") do
  not: readers of Arabic expect the first of the two on the right, where the algorithm puts it;
* a value that brings its own closing mark would end our isolate early, and one that brings an override would turn
  the rest of the line, so the marks that reach beyond themselves are taken out first.

What is stored stays exact; only what is shown passes through here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from string import Formatter
from typing import Literal

from locales.errors import PlaceholderError

Direction = Literal["ltr", "rtl"]

FIRST_STRONG = "\u2068"
"""Opens an isolate whose direction is that of its first letter; left to right when it has none."""

POP = "\u2069"
"""Closes an isolate."""

_REACHING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_MARKS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb]")
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_NUMBER = re.compile(r"(?<![\d:])[+(]{0,2}\d(?:[ \u00a0\u202f().\-\u2010\u2011]{0,3}\d){4,}(?!\d|:\d)")
"""Five digits or more, in groups: a number to dial or to keep, not a time of day."""


def show(text: str) -> str:
    """A person's words made fit to be shown: no control characters, no marks that turn or hide text.

    Line ends of every kind become U+000A and tabs become spaces. Joiners (U+200C, U+200D) stay: Persian, Indic
    scripts and emoji are misspelt without them.
    """
    plain = _MARKS.sub("", _LINE_ENDS.sub("\n", text).replace("\t", " "))
    return "".join(char for char in plain if char == "\n" or unicodedata.category(char) not in {"Cc", "Cs"})


def isolate(text: str, direction: Direction) -> str:
    """``text`` as a value inside a text that runs in ``direction``.

    In left-to-right text it only loses the marks that would reach beyond it; in right-to-left text every line of it
    is wrapped, and so is every long number within. Taking the isolates out again gives the same text back.
    """
    harmless = _REACHING.sub("", text)
    if direction == "ltr":
        return harmless
    return "\n".join(_wrap_line(line) for line in harmless.split("\n"))


def placeholders(template: str) -> frozenset[str]:
    """The names in braces in ``template``.

    Raises:
        PlaceholderError: a brace does not close, or a placeholder is more than a plain name.
    """
    return frozenset(name for _, name in _parts(template) if name is not None)


def fill(template: str, values: Mapping[str, str], direction: Direction) -> str:
    """``template`` with ``{name}`` replaced by the isolated value of that name.

    Values are put in as they are: braces in a person's words mean nothing. Values that the template does not ask for
    are left out. ``Languages.phrase`` hands out only templates with the placeholders of their English source, so an
    error here is a mistake of the caller and shows in tests, whatever the language.

    Raises:
        PlaceholderError: the template asks for a value that is not there, or is not well formed.
    """
    filled = []
    for literal, name in _parts(template):
        filled.append(literal)
        if name is None:
            continue
        if name not in values:
            raise PlaceholderError(f"no value for {{{name}}}")
        filled.append(isolate(values[name], direction))
    return "".join(filled)


def _wrap_line(line: str) -> str:
    if not line.strip():
        return line
    inner = _NUMBER.sub(lambda run: f"{FIRST_STRONG}{run.group()}{POP}", line)
    return f"{FIRST_STRONG}{inner}{POP}"


def _parts(template: str) -> list[tuple[str, str | None]]:
    parts = []
    try:
        for literal, name, form, conversion in Formatter().parse(template):
            if name is not None and (form or conversion or not name.isidentifier()):
                raise PlaceholderError("a placeholder is a plain name in braces")
            parts.append((literal, name))
    except ValueError as error:
        raise PlaceholderError("braces do not match") from error
    return parts
