"""Reading and writing catalogue files, with a header that says what the rest of Linnet must know.

Babel keeps only the header fields it knows and adds a date to every file it writes. Here the header is our own: no
dates and no places in the source, so that a diff shows changed words and nothing else, and three fields more:

* ``X-Language-Name``: what the language calls itself;
* ``X-Direction``: ``ltr`` or ``rtl``;
* ``X-Reviewed-By-Native-Speaker``: ``no``, or ``yes`` and the digest of the very texts that were signed. A later
  change of any text makes the signature void, because the digest no longer fits.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO

from babel import Locale, UnknownLocaleError
from babel.messages import pofile
from babel.messages.catalog import Catalog, Message
from babel.messages.plurals import get_plural

from locales.errors import LocaleError
from locales.isolate import Direction

NAME = "X-Language-Name"
DIRECTION = "X-Direction"
REVIEWED = "X-Reviewed-By-Native-Speaker"

_HEADER = re.compile(r'^msgid ""\nmsgstr ((?:"[^\n]*"(?:\n|\Z))+)', re.MULTILINE)
_SIGNED = re.compile(r"yes, ([0-9a-f]{16})")


@dataclass(frozen=True, slots=True)
class Po:
    """One catalogue: its entries, the fields of its header in order, and the comment at its top (without ``#``)."""

    catalog: Catalog
    fields: Mapping[str, str]
    comment: str

    @property
    def tag(self) -> str:
        """BCP 47 tag of the language."""
        return self.fields.get("Language", "").replace("_", "-")

    @property
    def name(self) -> str:
        """What the language calls itself."""
        return self.fields.get(NAME) or self.tag

    @property
    def direction(self) -> Direction:
        """The way the language is written."""
        return "rtl" if self.fields.get(DIRECTION) == "rtl" else "ltr"

    @property
    def reviewed(self) -> bool:
        """Whether a native speaker signed exactly these texts."""
        signed = _SIGNED.fullmatch(self.fields.get(REVIEWED, ""))
        return signed is not None and signed[1] == self.digest()

    def messages(self) -> Iterable[Message]:
        """Every entry but the header."""
        return (message for message in self.catalog if message.id)

    def digest(self) -> str:
        """16 hexadecimal digits that change with any source text or translation."""
        entries = sorted([str(message.context), str(message.id), str(message.string)] for message in self.messages())
        return hashlib.sha256(json.dumps(entries, ensure_ascii=False).encode()).hexdigest()[:16]


def read_po(data: bytes, place: str) -> Po:
    """The catalogue in ``data`` (UTF-8). ``place`` names it in errors.

    Raises:
        LocaleError: it is not a catalogue, or its header is missing.
    """
    try:
        text = data.decode("utf-8").replace("\r\n", "\n")
        catalog = pofile.read_po(BytesIO(text.encode()), abort_invalid=True)
    except (pofile.PoFileError, ValueError, LookupError) as error:
        raise LocaleError(f"{place}: this is not a readable catalogue") from error
    header = _HEADER.search(text)
    if header is None:
        raise LocaleError(f"{place}: the header is missing")
    lines = pofile.denormalize(header[1].rstrip("\n")).splitlines()
    fields = {name.strip(): value.strip() for name, colon, value in (line.partition(":") for line in lines) if colon}
    comment = [line.removeprefix("#").strip() for line in text[: header.start()].splitlines() if line.startswith("# ")]
    return Po(catalog, fields, "\n".join(comment))


def write_po(po: Po) -> bytes:
    """The file: header, then the entries in the order of the sources, no dates, no places, no wrapped lines."""
    body = BytesIO()
    pofile.write_po(body, po.catalog, width=0, no_location=True, omit_header=True)
    lines = [f"# {line}".rstrip() for line in po.comment.splitlines()]
    lines += ['msgid ""', 'msgstr ""']
    lines += [pofile.escape(f"{name}: {value}\n") for name, value in po.fields.items()]
    return ("\n".join(lines) + "\n\n").encode() + body.getvalue().strip() + b"\n"


def plural_forms(tag: str) -> str | None:
    """The ``Plural-Forms`` field that is right for a language; ``None`` for a language that CLDR does not know."""
    try:
        return get_plural(tag.replace("-", "_")).plural_forms.removesuffix(";") + ";"
    except (ValueError, UnknownLocaleError):
        return None


def fresh_fields(tag: str) -> dict[str, str]:
    """The header of a new catalogue. CLDR gives name and direction where it knows the language."""
    try:
        locale = Locale.parse(tag.replace("-", "_"))
        name, direction = locale.get_display_name() or tag, locale.text_direction
    except (ValueError, UnknownLocaleError):
        name, direction = tag, "ltr"
    return {
        "Project-Id-Version": "Linnet",
        "Language": tag,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": plural_forms(tag) or "nplurals=2; plural=(n != 1);",
        NAME: name[:1].upper() + name[1:],
        DIRECTION: direction,
        REVIEWED: "no",
    }
