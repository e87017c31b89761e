"""The languages Linnet speaks, and their words.

English is the source: it stands in the YAML files and needs no catalogue. Every other language is a ``.po`` file in
this package. The files are compiled in memory when the process starts, so there is no compiled copy that could be
older than its source; ``linnet locales compile`` exists for whoever wants ``.mo`` files for another purpose.

Safety text is never half in one language and half in another. What belongs together on a screen is asked for
together (``whole``): if one piece is missing, all of it comes in the fallback language. A translation whose
placeholders differ from its source counts as missing, so that filling in values cannot fail in one language only.
"""

from __future__ import annotations

import gettext
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from io import BytesIO

from babel.messages.mofile import write_mo

from locales.errors import LocaleError, PlaceholderError
from locales.isolate import Direction, placeholders
from locales.negotiate import negotiate
from locales.po import Po, read_po
from locales.sources import read_sources

FALLBACK = "en"
"""The language of the sources, and of everything that is missing elsewhere."""

DOMAIN = "linnet"
"""The name of the catalogues."""


class _Absent(gettext.NullTranslations):
    """Answers for a catalogue that lacks a text: with nothing, where gettext would answer in English."""

    def pgettext(self, context: str, message: str) -> str:  # noqa: ARG002 -- gettext's signature
        """No words."""
        return ""


@dataclass(frozen=True, slots=True)
class Language:
    """One language: its tag (BCP 47), its own name, the way it is written, and whether a native speaker signed it."""

    tag: str
    name: str
    direction: Direction
    reviewed: bool


class Languages:
    """All languages, made by ``load``. Asking for a tag that is not there gives the fallback; nothing here raises."""

    fallback = FALLBACK

    def __init__(
        self, english: Mapping[str, str], catalogues: Mapping[str, tuple[Language, gettext.GNUTranslations]]
    ) -> None:
        self._english = dict(english)
        self._translations = {tag: translations for tag, (_, translations) in catalogues.items()}
        source = Language(FALLBACK, "English", "ltr", reviewed=True)
        self._languages = {FALLBACK: source} | {tag: language for tag, (language, _) in catalogues.items()}

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags of all languages: the fallback first, then in alphabetical order."""
        return tuple(self._languages)

    def negotiate(self, hint: object) -> str:
        """One of ``tags`` for whatever an app or a browser says; never raises (see ``locales.negotiate``)."""
        return negotiate(hint, self.tags, self.fallback)

    def direction(self, tag: str) -> Direction:
        """``rtl`` for languages written from right to left."""
        return self._language(tag).direction

    def name(self, tag: str) -> str:
        """What the language calls itself, for the list a person chooses from."""
        return self._language(tag).name

    def reviewed(self, tag: str) -> bool:
        """Whether a native speaker has signed these very texts; English is the source and counts as signed."""
        return self._language(tag).reviewed

    def word(self, tag: str, key: str) -> str:
        """The text of ``key`` in ``words.yaml``; in the fallback language where the translation is missing.

        Raises:
            KeyError: ``words.yaml`` has no such key; a mistake of the caller.
        """
        english = self._english[key]
        return self.phrase(tag, f"word/{key}", english) or english

    def words(self, tag: str, key: str) -> tuple[str, ...]:
        """The words of a list such as ``words_leave``, in the order of the catalogue."""
        return tuple(word for piece in self.word(tag, key).split("|") if (word := piece.strip()))

    def phrase(self, tag: str, context: str, english: str) -> str | None:
        """The translation of ``english`` in its context; ``None`` if there is none that can be used.

        In English, and for a tag that is not there, it is ``english`` itself.
        """
        translations = self._translations.get(tag)
        if translations is None:
            return english
        text = translations.pgettext(context, english)
        return text if text and _same_placeholders(text, english) else None

    def whole(self, tag: str, phrases: Iterable[tuple[str, str]]) -> tuple[str, list[str]]:
        """All ``(context, english)`` in the language, or all in the fallback if one is missing; with the tag used."""
        asked = list(phrases)
        found = [self.phrase(tag, context, english) for context, english in asked]
        texts = [text for text in found if text is not None]
        if tag in self._translations and len(texts) == len(asked):
            return tag, texts
        return self.fallback, [english for _, english in asked]

    def complete(self, tag: str, prefix: str) -> bool:
        """Whether every text of ``words.yaml`` whose key begins with ``prefix`` is there in this very language."""
        texts = [(key, english) for key, english in self._english.items() if key.startswith(prefix)]
        return tag in self._languages and all(self.phrase(tag, f"word/{key}", english) for key, english in texts)

    def _language(self, tag: str) -> Language:
        return self._languages.get(tag) or self._languages[self.fallback]


def load(package: Traversable | None = None) -> Languages:
    """Read every catalogue and the English words.

    Args:
        package: the folder with ``words.yaml`` and ``<tag>/LC_MESSAGES/linnet.po``; by default this package.

    Raises:
        LocaleError: a file cannot be read or a catalogue says it is another language's. To be called at start.
    """
    folder = package if package is not None else resources.files("locales")
    catalogues = {}
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        source = entry / "LC_MESSAGES" / f"{DOMAIN}.po"
        if source.is_file():
            po = read_po(source.read_bytes(), entry.name)
            if po.tag != entry.name.replace("_", "-"):
                raise LocaleError(f"{entry.name}: the header says Language: {po.tag or 'nothing'}")
            catalogues[po.tag] = (Language(po.tag, po.name, po.direction, po.reviewed), _compiled(po))
    return Languages(_english_words(folder), catalogues)


def _english_words(folder: Traversable) -> dict[str, str]:
    try:
        sources = read_sources((folder / "words.yaml").read_text("utf-8"))
    except (OSError, ValueError, LocaleError) as error:
        raise LocaleError(f"words.yaml cannot be read: {error}") from error
    return {source.context.removeprefix("word/"): source.english for source in sources}


def _compiled(po: Po) -> gettext.GNUTranslations:
    buffer = BytesIO()
    write_mo(buffer, po.catalog)
    buffer.seek(0)
    translations = gettext.GNUTranslations(buffer)
    translations.add_fallback(_Absent())
    return translations


def _same_placeholders(text: str, english: str) -> bool:
    try:
        return placeholders(text) == placeholders(english)
    except PlaceholderError:
        return False
