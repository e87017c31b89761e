"""Care content as it stands now: read from files, and anew when one of them changes.

A corrected number shows at once, also to people in the middle of a conversation. A mistake never takes the numbers
away from somebody: the last good content of a file stays in use while the file is broken, and ``fault`` says what is
wrong with it. Only a start without any good content is refused.

What is true anywhere (health advice) comes with Linnet, in ``config/care/general.yaml``. An operator's folder adds
help lines and a file for each country, and may put its own sections in the place of the general ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Final

from config.care_content import HELP, Block, Content, Country, General, HelpLine, Kind, Window, window
from config.care_reading import CareError, parse_file

__all__ = ["Care", "CareError", "Content", "HelpLine", "Kind", "Standing", "Window", "parse", "window"]

GENERAL: Final = "general.yaml"
BUILT_IN: Final = Path(str(files("config") / "care" / GENERAL))


def parse(text: str) -> tuple[HelpLine, ...]:
    """Read the help lines of a single care file.

    Raises:
        CareError: not YAML, a field missing or unknown, a bad date.
    """
    return parse_file("care.yaml", text).lines


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the content can be trusted: of how many entries, how many were reviewed, and ever verified."""

    entries: int
    reviewed: int
    verified: int
    oldest: date | None


@dataclass(slots=True)
class _File:
    """One file: its last good content, and what is wrong with it now."""

    path: Path
    seen: tuple[int, int, int] | None = None
    good: General | Country | None = None
    fault: str | None = None

    def look(self, *, in_folder: bool) -> bool:
        """Read it if it has changed. Says whether its good content is another one now."""
        name = self.path.name
        try:
            stat = self.path.stat()
            # The inode tells a file that was replaced by another of the same size within one tick of the clock.
            seen = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
            if seen == self.seen:
                return False
            good = _read(self.path, in_folder=in_folder)
        except (OSError, UnicodeDecodeError):
            self.seen, self.fault = None, f"{name}: the care file cannot be read"
            return False
        except CareError as error:
            self.seen, self.fault = seen, str(error)
            return False
        self.seen, self.good, self.fault = seen, good, None
        return True


def _read(path: Path, *, in_folder: bool) -> General | Country:
    found = parse_file(path.name, path.read_text("utf-8"))
    if in_folder and isinstance(found, General) and path.name != GENERAL:
        raise CareError(f"{path.name}:1: only {GENERAL} may leave out 'country'")
    return found


@dataclass(slots=True)
class Care:
    """Care content from ``path``: a folder, a single file of help lines, or ``None`` for what comes with Linnet."""

    path: Path | None
    _files: dict[Path, _File] = field(default_factory=dict, repr=False)
    _content: Content | None = field(default=None, repr=False)
    _stale: bool = field(default=False, repr=False)
    _folder: bool = field(default=False, repr=False)
    _missing: str | None = field(default=None, repr=False)

    def content(self) -> Content:
        """Everything, as it is now; the last good of what has become unreadable.

        Raises:
            CareError: at the start, before all of it was good once.
        """
        self._look()
        faults = self._faults()
        if self._content is None and faults:
            raise CareError(faults[0])
        if self._content is None or self._stale:
            self._content, self._stale = self._merged(), False
        return self._content

    @property
    def fault(self) -> str | None:
        """What is wrong with the files now, in one line; ``None`` if they are as they are used."""
        self._look()
        faults = self._faults()
        more = len(faults) - 1
        return None if not faults else faults[0] if more < 1 else f"{faults[0]} (and {more} more)"

    def lines(self) -> tuple[HelpLine, ...]:
        """All help lines, of every country and general.

        Raises:
            CareError: see ``content``.
        """
        return self.content().all_lines()

    def contacts(self, language: str, country: str | None = None, kinds: frozenset[Kind] = HELP) -> str | None:
        """The help lines as one text in one language; ``None`` when there are none.

        Args:
            language: BCP 47 tag. If one line is not there in it, all of them come in English.
            country: The directory's id: its lines first, then the general ones. Without a country the general ones,
                then each country's under its name, unless there are more than a few.
            kinds: Which lines; by default all that help.
        """
        return self.content().contacts(language, country, kinds)

    def health(self, language: str, hours: int | None) -> str | None:
        """The health advice for a time as one text in one language, with points as bullets.

        Args:
            language: BCP 47 tag. If one piece is not there in it, all of it comes in English.
            hours: Whole hours since it happened, at most; ``None`` if unknown, which shows everything.
        """
        return self.content().advice(language, window(hours))

    def child_note(self, language: str, country: str | None = None) -> str | None:
        """Who must be told when somebody under 18 is hurt, with the lines for children, in one language.

        A country without rules of its own, or none, gets the general note.
        """
        return self.content().child_note(language, country)

    def block(self, block: Block, language: str, country: str | None, hours: int | None) -> str | None:
        """The text for a placeholder; ``None`` when there is nothing to say. The arguments are those of the others."""
        return self.content().block(block, language, country, window(hours))

    def whole(
        self, language: str, country: str | None = None, blocks: Iterable[Block] = Block, hours: int | None = None
    ) -> str:
        """The language in which a screen with these blocks can be whole: ``language``, or English.

        Texts fall back one by one; a screen that shows two of them, or one between words of its own, asks here first.
        Entries that the screen does not show do not matter.
        """
        return self.content().whole(language, country, blocks, window(hours))

    def gaps(self, languages: Iterable[str]) -> tuple[str, ...]:
        """Each entry that is missing in one of these languages, in a line; such an entry turns its screen English."""
        return tuple(self.content().gaps(languages))

    def standing(self) -> Standing:
        """How far the content can be trusted."""
        entries = list(self.content().entries())
        days = [one.verified for one in entries if one.verified is not None]
        return Standing(len(entries), sum(one.reviewed for one in entries), len(days), min(days, default=None))

    def _look(self) -> None:
        """Look at every file, and note whether the good content of any is another one, or a file has gone."""
        wanted = self._paths()
        if wanted is None:
            return
        gone = self._files.keys() - set(wanted)
        self._files = {path: self._files.get(path) or _File(path) for path in wanted}
        # Every file is looked at, also after one that has changed: `any` over a generator would stop there.
        changed = [one for one in self._files.values() if one.look(in_folder=self._folder)]
        self._stale = self._stale or bool(changed or gone)

    def _paths(self) -> list[Path] | None:
        """The files there are, the general one that comes with Linnet first; ``None`` if the folder has vanished."""
        if self.path is None:
            return [BUILT_IN]
        self._folder = self._folder or self.path.is_dir()
        if not self._folder:
            return [BUILT_IN, self.path]
        try:
            names = sorted(path for path in self.path.iterdir() if not path.name.startswith("."))
        except OSError:
            self._missing = "the care folder cannot be read"
            return None
        misnamed = [path.name for path in names if path.suffix == ".yml"]
        self._missing = f"{misnamed[0]}: this file is not read; rename it to .yaml" if misnamed else None
        found = [path for path in names if path.suffix == ".yaml"]
        same = any(path.name == GENERAL and path.resolve() == BUILT_IN.resolve() for path in found)
        return found if same else [BUILT_IN, *found]

    def _faults(self) -> list[str]:
        return [*([self._missing] if self._missing else []), *(one.fault for one in self._files.values() if one.fault)]

    def _merged(self) -> Content:
        lines: tuple[HelpLine, ...] = ()
        health, children = Content().health, Content().children
        countries: dict[str, Country] = {}
        for one in self._files.values():
            match one.good:
                case General():
                    lines += one.good.lines
                    health = one.good.health if one.good.health is not None else health
                    children = one.good.children if one.good.children is not None else children
                case Country():
                    countries[one.good.id] = one.good
                case None:
                    pass
        return Content(lines, health, children, MappingProxyType(countries))
