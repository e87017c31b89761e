"""Pages: a ``Screen`` becomes HTML that reads well on a small phone, in a text browser and from right to left.

A page is one column: "Leave" on top and always in sight, the quieter ways out, a notice, the question, what was told
so far, and the ways on. Everything is escaped by Jinja2; nothing here marks text as safe.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import segno
from jinja2 import Environment, PackageLoader, StrictUndefined

from bot.screen import Button, Screen
from bot.web_form import DONE, LEAVE, Posted, digest, new_form
from locales.catalogues import Languages

WORDS_LIMIT = 10_000
"""Characters the box takes."""

_MARGIN = 4
"""Modules of white around a QR code (ISO/IEC 18004)."""

_BULLET = re.compile("^(\u2068?)• ")
"""How a line of a list begins; in right-to-left text a line that was filled in stands in an isolate."""

_WITHIN_NUMBER = re.compile(r"(?<=\d) (?=\d)")
_QUESTION_MARKS = ("?", "؟", "？")
_ISOLATES = dict.fromkeys((0x2066, 0x2067, 0x2068, 0x2069))


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of the question: its heading, a paragraph, a list, or the receipt's number."""

    kind: Literal["heading", "prose", "bullets", "number"]
    lines: tuple[str, ...]
    asks: bool = False


def blocks(screen: Screen) -> tuple[Block, ...]:
    """The paragraphs of a screen as the page shows them.

    Lines that begin with "•" become a list. The paragraph that is the number alone becomes the number, large and
    in groups. The heading is the last paragraph that asks something. Where nothing is asked it is the first, and the
    page shows it no larger than the rest: what is only told need not be read from across a room.
    """
    found: list[Block] = []
    for paragraph in screen.paragraphs:
        found.extend(_split(paragraph, screen.number))
    if screen.number and not any(block.kind == "number" for block in found):
        found.append(Block("number", _groups(screen.number)))
    prose = [place for place, block in enumerate(found) if block.kind == "prose"]
    asking = [place for place in prose if found[place].lines[-1].endswith(_QUESTION_MARKS)]
    for place in asking[-1:] or prose[:1]:
        found[place] = Block("heading", found[place].lines, asks=bool(asking))
    return tuple(found)


def _unbroken(line: str) -> str:
    """A line whose numbers do not break at its end: half a telephone number is read as a whole one."""
    return _WITHIN_NUMBER.sub("\u00a0", line)


def _split(paragraph: str, number: str | None) -> list[Block]:
    """One paragraph as blocks of one kind each."""
    if number and _bare(paragraph) == _bare(number):
        return [Block("number", _groups(number))]
    found: list[Block] = []
    for line in paragraph.strip("\n").split("\n"):
        kind: Literal["prose", "bullets"] = "bullets" if _BULLET.match(line) else "prose"
        text = _unbroken(_BULLET.sub(r"\1", line))
        if found and found[-1].kind == kind:
            found[-1] = Block(kind, (*found[-1].lines, text))
        else:
            found.append(Block(kind, (text,)))
    return found


def _bare(number: str) -> str:
    """A number without what only helps to read it."""
    return re.sub(r"[\s-]", "", number.translate(_ISOLATES))


def _groups(number: str) -> tuple[str, ...]:
    """A number in the groups it comes in, or in fours."""
    plain = number.translate(_ISOLATES)
    parts = re.split(r"[\s-]+", plain.strip())
    return tuple(parts) if len(parts) > 1 else tuple(re.findall(r".{1,4}", plain))


@dataclass(frozen=True, slots=True)
class Picture:
    """A QR code as one SVG path: ``size`` modules wide and high, its quiet margin included."""

    size: int
    path: str


def _picture(number: str) -> Picture:
    """The number's digits, and nothing else, as a QR code; high error correction, since screens get photographed."""
    code = segno.make(_bare(number), error="h", micro=False)
    rows = list(code.matrix_iter(border=_MARGIN))
    dots = [f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark]
    return Picture(len(rows), "".join(dots))


class Pages:
    """Draws every page of the web door."""

    def __init__(self, languages: Languages, *, practice: bool = False) -> None:
        """Prepare; ``practice``: say on every page that nothing is real."""
        self._languages = languages
        self._practice = practice
        self._templates = Environment(
            loader=PackageLoader("bot", "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def screen(self, screen: Screen, session: str) -> str:
        """One question with everything around it."""
        # A form sends its words whole, so "that is all" and "keep" are what Continue does.
        options = [option for option in screen.options if not (screen.writes and option.id == DONE)]
        named = {aside.id: aside.label for aside in screen.asides}
        return self._draw(
            "question.html",
            screen.language,
            direction=screen.direction,
            leave=named.get(LEAVE),
            hidden={
                "session": session,
                "seq": str(screen.seq),
                "form": new_form(),
                "was": digest(screen.written),
                "language": screen.language,
            },
            screen=screen,
            blocks=blocks(screen),
            asides=[aside for aside in screen.asides if aside.id != LEAVE],
            options=options,
            tags=self._languages.tags,
            mixed=bool(options) and all(option.id in self._languages.tags for option in options),
            only=len([option for option in options if not option.id.startswith("!")]) == 1 and not screen.writes,
            limit=WORDS_LIMIT,
            picture=_picture(screen.number) if screen.number else None,
            picture_show=self._languages.word(screen.language, "page_picture"),
            picture_risk=self._languages.word(screen.language, "page_picture_risk"),
        )

    def start(self, tag: str, notice: str | None = None) -> str:
        """The page before any session: one button a language. ``notice`` is a key of the words."""
        languages = self._languages
        return self._draw(
            "start.html",
            tag,
            hidden={"language": tag},
            notice=languages.word(tag, notice) if notice else None,
            options=[Button(each, languages.name(each)) for each in languages.tags],
            tags=languages.tags,
            only=False,
        )

    def again(self, posted: Posted, tag: str, notice: str) -> str:
        """After a turn that failed: the same form once more, with every word that was typed still in it."""
        return self._draw(
            "again.html",
            tag,
            hidden={
                "session": posted.session or "",
                "seq": str(posted.seq),
                "form": posted.form,
                "was": posted.was,
                "language": tag,
            },
            notice=notice,
            button=posted.button,
            words=posted.words,
            limit=WORDS_LIMIT,
        )

    def away(self, tag: str, leave_to: str) -> str:
        """What is seen for a moment after leaving: one ordinary line, which leads to the neutral site too."""
        return self._draw("away.html", tag, line=self._languages.word(tag, "leave_line"), leave_to=leave_to)

    def _draw(self, template: str, tag: str, **values: object) -> str:
        languages = self._languages
        leave = values.pop("leave", None) or languages.word(tag, "button_leave")
        direction = values.pop("direction", None) or languages.direction(tag)
        return self._templates.get_template(template).render(
            tag=tag,
            direction=direction,
            leave=leave,
            title=languages.word(tag, "page_title"),
            go_on=languages.word(tag, "button_continue"),
            write_below=languages.word(tag, "write_below"),
            mark=languages.word(tag, "practice_mark") if self._practice else None,
            **values,
        )
