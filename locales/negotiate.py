"""From whatever an app or a browser says about languages to one that Linnet speaks.

Hints come from outside in every shape: empty, ``en_US``, ``zh-hans``, ``ar-EG``, ``fr_FR.UTF-8``, a whole
``Accept-Language`` header. The rule is the look-up of RFC 4647, section 3.4: the most specific tag first, then
shorter ones. A language that is not there is never guessed from its script or its neighbours: Dari (``prs``) is not
Arabic. What cannot be read leads to the fallback, and the person can change the language at once.
"""

from __future__ import annotations

import re
from collections.abc import Collection

LONGEST_HINT = 300
"""Characters of a hint that are looked at; headers come from strangers."""

_SUBTAGS = re.compile(r"[a-z]{2,8}(?:-[a-z0-9]{1,8})*")

_SAME = {
    # ISO 639-2 codes, both the bibliographic and the terminological ones.
    **dict.fromkeys(("ara", "arb"), "ar"),
    **dict.fromkeys(("fra", "fre"), "fr"),
    "eng": "en",
    # Members of the macrolanguage "ara" in ISO 639-3. Their speakers read Standard Arabic where they read Arabic.
    **dict.fromkeys(
        (
            *("aao", "abh", "abv", "acm", "acq", "acw", "acx", "acy", "adf", "aeb", "aec", "afb", "ajp", "apc", "apd"),
            *("arq", "ars", "ary", "arz", "auz", "avl", "ayh", "ayl", "ayn", "ayp", "pga", "shu", "ssh"),
        ),
        "ar",
    ),
}


def negotiate(hint: object, tags: Collection[str], fallback: str) -> str:
    """The tag among ``tags`` that suits ``hint`` best, else ``fallback``. Never raises, whatever the hint is."""
    if not isinstance(hint, str):
        return fallback
    known = {tag.lower(): tag for tag in tags}
    for wish in _wishes(hint[:LONGEST_HINT]):
        parts = wish.split("-")
        parts[0] = _SAME.get(parts[0], parts[0])
        while parts:
            if found := known.get("-".join(parts)):
                return found
            parts.pop()
            if parts and len(parts[-1]) == 1:  # RFC 4647: a single letter only introduces what followed it
                parts.pop()
    return fallback


def _wishes(hint: str) -> list[str]:
    """The language tags in a hint, lower case, best first."""
    weighed = []
    for item in hint.lower().split(","):
        tag, *parameters = item.split(";")
        tag = re.split(r"[.@]", tag.strip().replace("_", "-"), maxsplit=1)[0]
        weight = _weight(parameters)
        if weight > 0 and _SUBTAGS.fullmatch(tag):
            weighed.append((weight, tag))
    return [tag for _, tag in sorted(weighed, key=lambda pair: -pair[0])]


def _weight(parameters: list[str]) -> float:
    """The ``q`` of one item of an Accept-Language header, 1 where none is given, 0 where it cannot be read."""
    for parameter in parameters:
        name, _, value = parameter.strip().partition("=")
        if name.strip() == "q":
            return float(value) if re.fullmatch(r"[01](\.[0-9]{0,3})?", value.strip()) else 0.0
    return 1.0
