"""Everything that must be true before a language ships: the check behind ``linnet locales check``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Message

from locales.catalogues import FALLBACK
from locales.check_text import check_text, copies
from locales.check_words import check_lists, check_options, check_quotes
from locales.errors import LocaleError
from locales.extract import catalogue_paths, offered, read_catalogue, template, template_path, update
from locales.faults import Fault
from locales.po import DIRECTION, NAME, REVIEWED, Po, plural_forms, write_po

PROPER_NAMES = frozenset({"word/page_title"})
"""Texts that may stay as they are in every language."""


def check(root: Path) -> list[Fault]:
    """Every fault in the sources, the template and the catalogues under the project folder ``root``, sorted."""
    try:
        new = template(root)
    except LocaleError as error:
        return [Fault(FALLBACK, "", str(error))]
    faults = list(_template(root, new))
    english = {str(message.context): str(message.id) for message in new.messages()}
    languages = {FALLBACK: english}
    for folder, path in catalogue_paths(root).items():
        try:
            po = read_catalogue(path)
        except LocaleError as error:
            faults.append(Fault(folder, "", str(error).removeprefix(f"{folder}: ")))
            continue
        tag = folder.replace("_", "-")
        faults += _catalogue(tag, po, new, path.read_bytes())
        languages[tag] = {
            str(message.context): str(message.string)
            for message in po.messages()
            if message.string and english.get(str(message.context)) == message.id
        }
    for tag, texts in languages.items():
        for context, text in texts.items():
            faults += (Fault(tag, context, message) for message in check_text(context, english[context], text))
        faults += check_options(tag, texts)
        faults += check_quotes(tag, english, texts)
    for tag in offered(root) - languages.keys():
        faults.append(Fault(tag, "", "a conversation offers this language, but it has no catalogue that can be read"))
    faults += check_lists(languages)
    return sorted(faults)


def _template(root: Path, new: Po) -> Iterator[Fault]:
    path = template_path(root)
    if not path.exists() or path.read_bytes() != write_po(new):
        yield Fault(FALLBACK, "", f"{path.name} is not up to date: run `linnet locales extract`")


def _catalogue(tag: str, po: Po, new: Po, data: bytes) -> Iterator[Fault]:
    yield from _header(tag, po)
    wanted = {(message.context, message.id) for message in new.messages()}
    found = {(message.context, message.id): message for message in po.messages()}
    for context, english in sorted(wanted - found.keys()):
        yield Fault(tag, str(context), f"missing: {_opening(english)}")
    for context, english in sorted(found.keys() - wanted):
        yield Fault(tag, str(context), f"no such text any more: {_opening(english)}")
    for message in po.catalog.obsolete.values():
        yield Fault(tag, str(message.context), f"obsolete: {_opening(message.id)}")
    for message in found.values():
        yield from _state(tag, message)
    if data != write_po(update(po, new)):
        yield Fault(tag, "", "not up to date: run `linnet locales update`")


def _header(tag: str, po: Po) -> Iterator[Fault]:
    if po.tag != tag:
        yield Fault(tag, "", f"the header says Language: {po.tag or 'nothing'}")
    if (right := plural_forms(tag)) and po.fields.get("Plural-Forms") != right:
        yield Fault(tag, "", f"wrong plural forms in the header; right is: {right}")
    if not po.fields.get(NAME):
        yield Fault(tag, "", f"{NAME} is missing in the header")
    if po.fields.get(DIRECTION) not in {"ltr", "rtl"}:
        yield Fault(tag, "", f"{DIRECTION} in the header must be ltr or rtl")
    if not po.reviewed and po.fields.get(REVIEWED) != "no":
        yield Fault(
            tag, "", f"{REVIEWED} must be: no (or, once a native speaker signed these texts: yes, {po.digest()})"
        )


def _state(tag: str, message: Message) -> Iterator[Fault]:
    context, english, text = str(message.context), str(message.id), str(message.string or "")
    if not text.strip():
        yield Fault(tag, context, f"empty: {_opening(english)}")
    elif context not in PROPER_NAMES and copies(english, text):
        yield Fault(tag, context, "still in English")
    if message.fuzzy:
        yield Fault(tag, context, "marked as fuzzy: look at it and take the mark away")


def _opening(english: object) -> str:
    """The first words of a text, on one line."""
    line = " ".join(str(english).split())
    return line if len(line) <= 40 else f"{line[:40]}…"  # noqa: PLR2004 -- enough to find it
