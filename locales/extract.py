"""A Babel extractor for our YAML, and the template and catalogues made with it.

``extract_yaml`` has the signature Babel asks of an extraction method, so ``pybabel`` can use it as well
(``[extractors] linnet = locales.extract:extract_yaml``). It yields every text as a ``pgettext`` call: context, text,
with the note as the translator's comment.

Updating never guesses: a changed English text is a new text (no fuzzy matching), and a translation without a source is
dropped, because git remembers it and a leftover would only be mistaken for something alive. Entries stand in the
order of the sources, so a translator reads the conversation as it runs, and a diff shows what changed and no more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract

from locales.catalogues import DOMAIN
from locales.errors import LocaleError
from locales.po import Po, fresh_fields, read_po, write_po
from locales.sources import offered_languages, read_sources

_KEYWORDS = {"pgettext": ((1, "c"), 2)}
_TEMPLATE_FIELDS = {
    "Project-Id-Version": "Linnet",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Transfer-Encoding": "8bit",
}
_TEMPLATE_COMMENT = "The words of Linnet in English, written by `linnet locales extract`. Do not change this file."
_CATALOGUE_COMMENT = "The words of Linnet. Read docs/translating.md first."


def extract_yaml(
    fileobj: IO[bytes],
    keywords: Mapping[str, Any],  # noqa: ARG001 -- Babel's signature; our files hold no function calls
    comment_tags: Collection[str],  # noqa: ARG001 -- as above: every note is for translators
    options: Mapping[str, Any],  # noqa: ARG001 -- as above
) -> Iterator[tuple[int, str, tuple[str, str], list[str]]]:
    """Line, ``pgettext``, (context, text) and notes of every text in one YAML file.

    Raises:
        LocaleError: the file is not one of ours.
    """
    for source in read_sources(fileobj.read().decode("utf-8")):
        yield source.line, "pgettext", (source.context, source.english), [source.note] if source.note else []


def sources(root: Path) -> list[Path]:
    """The YAML files under the project folder ``root`` in the order translators should read them."""
    return [*sorted((root / "flows" / "conversations").glob("*.yaml")), root / "locales" / "words.yaml"]


def template(root: Path) -> Po:
    """The catalogue of all English texts, without translations.

    Raises:
        LocaleError: a source cannot be read, or one context stands for two texts.
    """
    catalog = Catalog(charset="utf-8", fuzzy=False)
    texts: dict[str, str] = {}
    method: Any = extract_yaml  # Babel's annotation describes what `extract` gives, not what a method gives it
    for path in sources(root):
        try:
            with path.open("rb") as file:
                for _, text, notes, context in extract(method, file, keywords=_KEYWORDS):
                    _once(texts, str(context), str(text))
                    catalog.add(text, context=context, auto_comments=notes)
        except (OSError, ValueError, LocaleError) as error:
            raise LocaleError(f"{path.name}: {error}") from error
    return Po(catalog, _TEMPLATE_FIELDS, _TEMPLATE_COMMENT)


def offered(root: Path) -> set[str]:
    """The languages that the conversations offer; the sources must be readable (``template`` finds out)."""
    return {tag for path in sources(root)[:-1] for tag in offered_languages(path.read_text("utf-8"))}


def template_path(root: Path) -> Path:
    """Where the template is kept."""
    return root / "locales" / f"{DOMAIN}.pot"


def catalogue_paths(root: Path) -> dict[str, Path]:
    """The catalogues there are, by the name of their folder, in alphabetical order."""
    found = sorted((root / "locales").glob(f"*/LC_MESSAGES/{DOMAIN}.po"))
    return {path.parent.parent.name: path for path in found}


def catalogue_path(root: Path, folder: str) -> Path:
    """Where the catalogue of a language is kept; ``folder`` is its tag with ``_`` for ``-``."""
    return root / "locales" / folder / "LC_MESSAGES" / f"{DOMAIN}.po"


def fresh(tag: str) -> Po:
    """A catalogue for a new language, still without entries."""
    return Po(Catalog(charset="utf-8", fuzzy=False), fresh_fields(tag), _CATALOGUE_COMMENT)


def update(old: Po, new: Po) -> Po:
    """The catalogue ``old`` with exactly the texts of the template ``new``; header and translations stay."""
    kept = {(message.context, message.id): message for message in old.messages()}
    catalog = Catalog(charset="utf-8", fuzzy=False)
    for message in new.messages():
        before = kept.get((message.context, message.id))
        catalog.add(
            message.id,
            before.string if before else "",
            context=message.context,
            auto_comments=message.auto_comments,
            user_comments=before.user_comments if before else (),
            flags=before.flags if before else (),
        )
    return Po(catalog, old.fields, old.comment)


def read_catalogue(path: Path) -> Po:
    """The catalogue in a file.

    Raises:
        LocaleError: it cannot be read.
    """
    place = path.parent.parent.name
    try:
        return read_po(path.read_bytes(), place)
    except OSError as error:
        raise LocaleError(f"{place}: {error.strerror}") from error


def save(po: Po, path: Path) -> bool:
    """Write ``po`` to ``path`` if that changes anything; says whether it did."""
    data = write_po(po)
    if path.exists() and path.read_bytes() == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return True


def _once(texts: dict[str, str], context: str, text: str) -> None:
    if context in texts:
        raise LocaleError(f"{context} stands twice")
    texts[context] = text
