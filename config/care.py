"""Care content: local help lines, each with its source and the day somebody last rang it.

The file is read anew when it changes, so a corrected number shows at once, also to people in the middle of a
conversation. Entries say whether a specialist has reviewed them; none in the demonstration has been.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

_KEYS = {"name", "reach", "hours", "source", "verified", "reviewed"}


class CareError(Exception):
    """A care file that cannot be used; one line with the entry's number."""


@dataclass(frozen=True, slots=True)
class HelpLine:
    """One place to turn to. ``name`` and ``hours`` map languages to text; ``reach`` is a number or an address."""

    name: dict[str, str]
    reach: str
    hours: dict[str, str]
    source: str
    verified: date
    reviewed: bool

    def line(self, language: str) -> str | None:
        """One line in a language; ``None`` if it is not there in that language."""
        if language not in self.name or language not in self.hours:
            return None
        return f"{self.name[language]}: {self.reach} ({self.hours[language]})"


def parse(text: str) -> tuple[HelpLine, ...]:
    """Read a care file: a list of help lines under ``lines``.

    Raises:
        CareError: not YAML, a field missing or unknown, a bad date.
    """
    try:
        plain = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 -- BaseLoader makes nothing but strings
    except (yaml.YAMLError, RecursionError):
        raise CareError("the care file is not YAML") from None
    entries = plain.get("lines") if isinstance(plain, dict) else None
    if not isinstance(entries, list):
        raise CareError("the care file has no list 'lines'")
    return tuple(_entry(number, entry) for number, entry in enumerate(entries, 1))


def _entry(number: int, entry: Any) -> HelpLine:
    if not isinstance(entry, dict) or set(entry) != _KEYS:
        raise CareError(f"help line {number} must have exactly {', '.join(sorted(_KEYS))}")
    for key in ("name", "hours"):
        if not isinstance(entry[key], dict) or not all(map(_words, entry[key].values())):
            raise CareError(f"help line {number}: {key} is given by language")
    for key in ("reach", "source", "verified", "reviewed"):
        if not _words(entry[key]):
            raise CareError(f"help line {number}: {key} must be words")
    if entry["reviewed"] not in {"yes", "no"}:
        raise CareError(f"help line {number}: reviewed is yes or no")
    try:
        verified = date.fromisoformat(entry["verified"])
    except ValueError:
        raise CareError(f"help line {number}: verified must be a date like 2026-01-31") from None
    return HelpLine(
        entry["name"], entry["reach"], entry["hours"], entry["source"], verified, entry["reviewed"] == "yes"
    )


def _words(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


@dataclass(slots=True)
class Care:
    """The care file as it stands now; re-read when its time stamp or size changes."""

    path: Path | None
    _seen: tuple[int, int] = (0, 0)
    _lines: tuple[HelpLine, ...] = field(default=())

    def lines(self) -> tuple[HelpLine, ...]:
        """The help lines; the last good ones if the file has become unreadable.

        Raises:
            CareError: the file could never be read.
        """
        if self.path is None:
            return ()
        try:
            stat = self.path.stat()
            if (stat.st_mtime_ns, stat.st_size) != self._seen:
                self._lines = parse(self.path.read_text("utf-8"))
                self._seen = (stat.st_mtime_ns, stat.st_size)
        except (OSError, UnicodeDecodeError, CareError) as error:
            if not self._seen[0]:
                raise CareError(
                    str(error) if isinstance(error, CareError) else "the care file cannot be read"
                ) from None
        return self._lines

    def contacts(self, language: str) -> str | None:
        """The help lines as one text in a language; ``None`` when there are none in it."""
        found = [line for entry in self.lines() if (line := entry.line(language)) is not None]
        return "\n".join(f"• {line}" for line in found) or None
