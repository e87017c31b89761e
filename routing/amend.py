"""Changing people in the YAML of a directory, touching nothing else.

A coordinator's file holds comments, an order and a way of writing that are theirs. So only
the lines of a person whose row says something new are written anew, by a library that keeps
their comments; every other line of every file stays as it is, to the byte. A new person is
put after the last colleague of the same entity.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import StringIO
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError

from routing.cells import COLUMNS, Cell
from routing.spots import BRACKETS, Spot, spots

__all__ = ["AmendError", "Amended", "amend"]

_ORDER: Final = {name: number for number, name in enumerate(COLUMNS)}
_STYLES: Final = ((2, 4, 2), (2, 2, 0), (4, 4, 2), (4, 6, 4), (4, 2, 0), (4, 4, 0))
"""Columns by which blocks, lists, and the dash within a list are moved in. The first that writes a person as they
stand is the author's own."""
# The signs at which YAML ends a line: without all of them, lines would be counted otherwise than the parser does.
_LINE: Final = re.compile(r"[^\r\n\x85\u2028\u2029]*(?:\r\n|[\r\n\x85\u2028\u2029])|[^\r\n\x85\u2028\u2029]+\Z")
_REMARK: Final = re.compile(r"(?:^|\s)(#.*)$", re.MULTILINE)
_ENDLESS: Final = 1_000_000
"""Columns before a line is broken: never."""


class AmendError(Exception):
    """A file is written in a way in which single people cannot be changed; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Amended:
    """The texts afterwards, by file, and who was added to them and changed in them."""

    texts: Mapping[str, str]
    added: tuple[str, ...]
    changed: tuple[str, ...]


def amend(texts: Mapping[str, str], rows: Mapping[str, Mapping[str, Cell | None]]) -> Amended:
    """Write what rows say about people.

    Args:
        texts: The YAML files of a directory that has no faults, at least one.
        rows: By person id, the fields to write; None takes a field away, a field that is not named stays.

    Raises:
        AmendError: a list of people in brackets, which has no lines of its own for each of them.
    """
    there = [spot for file, text in sorted(texts.items()) for spot in spots(file, text)]
    by_id = {spot.person: spot for spot in there}
    files = {file: _LINE.findall(text) for file, text in texts.items()}
    added = {one: row for one, row in rows.items() if one not in by_id}
    behind: dict[Spot | None, list[Mapping[str, Cell | None]]] = {}
    for row in added.values():
        behind.setdefault(_neighbour(there, row), []).append(row)
    _begin_section(files, behind.pop(None, []))
    # From the end of each file, so that the lines above keep their numbers.
    for spot in reversed(there):
        lines = files[spot.file]
        if (new := behind.get(spot)) is not None:
            lines[spot.last : spot.last] = _appended(lines, spot, new)
        if spot.person in rows:
            lines[spot.first - 1 : spot.last] = _rewritten(lines, spot, rows[spot.person])
    edited = {file: "".join(lines) for file, lines in files.items()}
    return Amended(edited, tuple(added), tuple(one for one in rows if one in by_id))


def _neighbour(there: list[Spot], row: Mapping[str, Cell | None]) -> Spot | None:
    """Find after whom a new person is written: the last of their entity, else the last of all."""
    colleagues = [spot for spot in there if spot.entity == row.get("entity")]
    found = colleagues or there
    return found[-1] if found else None


def _rewritten(lines: list[str], spot: Spot, row: Mapping[str, Cell | None]) -> list[str]:
    """Write one person anew, with what is different and whatever remarks stood between the fields."""
    before = _own_text(lines, spot)
    editor = _editor(before)
    person = _loaded(editor, before)
    for name, value in row.items():
        if value is None:
            person.pop(name, None)
        elif name in person:
            person[name] = _styled(value)
        else:
            person.insert(_position(person, name), name, _styled(value))
    after = _dumped(editor, person)
    lost = [remark for remark in _REMARK.findall(before) if remark not in after]
    dashed = lines[spot.first - 1][spot.dash : spot.dash + 1] == "-"  # else it stands alone on the line before
    return _in_place(after + "".join(f"{remark}\n" for remark in lost), spot, _line_end(lines), dashed=dashed)


def _loaded(editor: YAML, text: str) -> CommentedMap:
    try:
        person: CommentedMap = editor.load(text)
    except YAMLError:
        raise AmendError("a person refers to another part of the file (&, *): write out what is meant") from None
    return person


def _appended(lines: list[str], spot: Spot, rows: Iterable[Mapping[str, Cell | None]]) -> list[str]:
    """Write people who are new, in the manner of the one before them."""
    editor = _editor(_own_text(lines, spot))
    if not lines[spot.last - 1].endswith(("\n", "\r")):
        lines[spot.last - 1] += "\n"
    return [line for row in rows for line in _in_place(_dumped(editor, _new(row)), spot, _line_end(lines))]


def _begin_section(files: dict[str, list[str]], rows: list[Mapping[str, Cell | None]]) -> None:
    """Write the very first people of a directory, below everything else in its last file."""
    if not rows:
        return
    lines = files[max(files)]
    if any(line.startswith("people:") for line in lines):
        raise AmendError("the list 'people' is there and empty: remove its line, and import again")
    if lines and not lines[-1].endswith(("\n", "\r")):
        lines[-1] += "\n"
    spot = Spot("", "", "", 0, 0, dash=2, key=4)
    editor = _plain_editor(*_STYLES[0])
    lines.append(f"people:{_line_end(lines)}")
    lines += [line for row in rows for line in _in_place(_dumped(editor, _new(row)), spot, _line_end(lines))]


def _own_text(lines: list[str], spot: Spot) -> str:
    """Cut one person out of a file, as a text of its own that begins at the left edge."""
    if spot.dash == BRACKETS:
        raise AmendError(f"the people in {spot.file} stand in brackets: write each as a block that begins with '- id:'")
    own = [line.rstrip("\r\n") for line in lines[spot.first - 1 : spot.last]]
    own[0] = " " * spot.key + own[0][spot.key :]
    return "".join(f"{line[spot.key :] if not line[: spot.key].strip() else line.lstrip()}\n" for line in own)


def _in_place(text: str, spot: Spot, line_end: str, *, dashed: bool = True) -> list[str]:
    """Put a text back to where a person stands, its dash included."""
    indented = [" " * spot.key + line if line else line for line in text.split("\n")[:-1]]
    if dashed:
        indented[0] = indented[0][: spot.dash] + "-" + indented[0][spot.dash + 1 :]
    return [line + line_end for line in indented]


def _line_end(lines: list[str]) -> str:
    return "\r\n" if lines and lines[0].endswith("\r\n") else "\n"


def _editor(sample: str) -> YAML:
    """Choose an editor that writes as the author of a sample does."""
    for style in _STYLES:
        editor = _plain_editor(*style)
        if _dumped(editor, _loaded(editor, sample)) == sample:
            return editor
    return _plain_editor(*_STYLES[0])


def _plain_editor(mapping: int, sequence: int, offset: int) -> YAML:
    editor = YAML()
    editor.preserve_quotes = True
    editor.width = _ENDLESS
    editor.indent(mapping=mapping, sequence=sequence, offset=offset)
    return editor


def _dumped(editor: YAML, person: CommentedMap) -> str:
    written = StringIO()
    editor.dump(person, written)
    return written.getvalue()


def _new(row: Mapping[str, Cell | None]) -> CommentedMap:
    person = CommentedMap()
    for name in _ORDER:
        if (value := row.get(name)) is not None:
            person[name] = _styled(value)
    return person


def _position(person: CommentedMap, name: str) -> int:
    """Find where a field belongs among those that are there."""
    before = [at for at, other in enumerate(person) if _ORDER.get(other, -1) < _ORDER[name] and other in _ORDER]
    return before[-1] + 1 if before else 0


def _styled(value: Cell) -> Any:
    """Write lists on one line in brackets: that is how a person is read at a glance."""
    if not isinstance(value, list):
        return value
    entries = CommentedSeq(_block(entry) if isinstance(entry, dict) else entry for entry in value)
    entries.fa.set_flow_style()
    return entries


def _block(entry: Mapping[str, Any]) -> CommentedMap:
    block = CommentedMap(entry)
    block.fa.set_flow_style()
    return block
