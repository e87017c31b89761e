"""Everything that must be right before any door opens, checked in one place, each fault in one line.

``open_all`` reads settings' files, keys, the signed directory, the book and the database, and gives back the parts
from which ``bot.service`` is made. It opens no socket.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from time import monotonic

from bot.calls import People
from bot.directory_files import other_use, read_signer, read_version
from bot.mail_line import Line
from bot.web_guard import neutral
from cases.editions import Edition, highest
from cases.migrate import upgrade
from cases.practice import OtherUseError, claim
from cases.store import Store, StoreError, open_store
from config.care import Care, CareError
from config.clocks import ClocksError, Policy, parse_clocks, shipped
from config.settings import Settings
from crypto.errors import CryptoError
from crypto.signing import VerifyKey
from crypto.vault import Vault, parse_secrets
from flows.book import Book
from flows.compile import Vocabulary, compile_book
from flows.distress import Lists, compile_lists
from flows.errors import BookError
from locales.catalogues import Languages
from locales.catalogues import load as load_languages
from locales.errors import LocaleError
from routing.directory import Directory
from routing.errors import DirectoryError
from routing.triage import SKIPPED, Table, TableFaults, parse_table


class OpeningError(Exception):
    """Something is missing or wrong; the message is the one line the operator sees."""


@dataclass(slots=True)
class Opened:
    """The parts, all checked.

    ``people``, ``edition`` and ``book`` change together when a newer directory has been signed (``bot.renewal``):
    whoever needs them asks here each time, and keeps none. The rest stays as it is until the end.
    """

    settings: Settings
    vault: Vault = field(repr=False)
    people: People
    edition: Edition
    languages: Languages
    tags: tuple[str, ...]
    care: Care
    book: Book
    lists: Lists
    table: Table
    policy: Policy
    store: Store
    mail: Line | None = field(default=None, repr=False)


def flow_texts() -> Mapping[str, str]:
    """The flow files that come with Linnet: name -> text."""
    return _texts("conversations")


def distress_texts() -> Mapping[str, str]:
    """The lists of words of distress that come with Linnet: name -> text."""
    return _texts("distress")


@cache
def distress_lists() -> Lists:
    """The lists that come with Linnet, compiled once a process: it takes seconds.

    Raises:
        BookError: they cannot be used.
    """
    return compile_lists(distress_texts())


def triage_table() -> Table:
    """The decision table that comes with Linnet.

    Raises:
        OpeningError: it cannot be used.
    """
    try:
        return parse_table((files("config") / "triage.yaml").read_text("utf-8"), "triage.yaml")
    except TableFaults as error:
        raise OpeningError(f"the triage table cannot be used: {str(error).splitlines()[0]}") from error


_HEARD = frozenset({"self_harm"})
"""Facts of the table that no question gives: they are heard in what somebody writes."""
_CALLS_FOR_NOTHING = frozenset({("about", "question")})
"""Answers of the table that no button gives: a question alone leads to no report, and so never to the table."""


def fit(table: Table, book: Book) -> None:
    """Hold the table's facts to the questions of the conversation, by their names and answers.

    A fact that no question gives any more would count as skipped for ever, and a rule would fall silent: one that
    protects a child, for example.

    Raises:
        OpeningError: one line about the first fact that does not fit.
    """
    for fact in table.facts.keys() - _HEARD:
        told, known = set(book.attrs.get(fact, ())), set(table.facts[fact]) - {SKIPPED}
        if not told:
            raise OpeningError(f"triage.yaml and the conversation do not fit: no question gives the fact '{fact}'")
        known -= {value for name, value in _CALLS_FOR_NOTHING if name == fact}
        for value in sorted(told ^ known):
            which = "the table does not know" if value in told else "no button gives"
            raise OpeningError(f"triage.yaml and the conversation do not fit: {which} the answer '{value}' to '{fact}'")


def _texts(name: str) -> Mapping[str, str]:
    folder = files("flows") / name
    return {
        item.name: item.read_text("utf-8")
        for item in sorted(folder.iterdir(), key=lambda item: item.name)
        if item.name.endswith(".yaml")
    }


def vocabulary(directory: Directory, tags: tuple[str, ...]) -> Vocabulary:
    """What the directory gives to the conversation: organisations and places by their names in each language."""
    return {
        "languages": [(tag, {}) for tag in tags],
        "entities": [(entity.id, {tag: entity.name_in(tag) for tag in tags}) for entity in directory.entities.values()],
        "stations": [
            (station.id, {tag: station.name_in(tag) for tag in tags}) for station in directory.stations.values()
        ],
    }


def conversation(directory: Directory, tags: tuple[str, ...]) -> Book:
    """Compile the conversation with the names of a directory.

    Raises:
        BookError: it cannot be used.
    """
    return compile_book(flow_texts(), vocabulary(directory, tags))


async def open_all(settings: Settings) -> Opened:
    """Check everything and open the database.

    Raises:
        OpeningError: one line that says what is wrong and, where it helps, how to mend it.
    """
    vault = _vault(settings.secret_file)
    try:
        neutral(settings.leave_to)
    except ValueError as error:
        raise OpeningError(f"LINNET_LEAVE_TO: {error}") from None
    people, edition = _people(settings)
    languages, tags = _languages(settings)
    care = Care(settings.care)
    try:
        care.lines()
        book = conversation(people.directory, tags)
        lists = distress_lists()
    except CareError as error:
        raise OpeningError(f"care content: {error}") from error
    except BookError as error:
        raise OpeningError(f"the conversation cannot be used: {str(error).splitlines()[0]}") from error
    table = triage_table()
    fit(table, book)
    mail = _mail(settings)
    policy = _policy(settings.clocks)
    store = await _store(settings)
    await _not_outdated(store, edition)
    return Opened(settings, vault, people, edition, languages, tags, care, book, lists, table, policy, store, mail)


def _vault(path: Path) -> Vault:
    try:
        if path.stat().st_mode & 0o077:
            raise OpeningError(f"the secret file {path} can be read by others: chmod 600 {path}")
        return Vault(parse_secrets(path.read_text("utf-8")))
    except FileNotFoundError:
        raise OpeningError(
            f"there is no secret file at {path}: make one with linnet keys secret --out {path}"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise OpeningError(f"the secret file {path} cannot be read") from error
    except CryptoError as error:
        raise OpeningError(f"the secret file {path} cannot be used: {error}") from error


def _people(settings: Settings) -> tuple[People, Edition]:
    if not settings.directory_signer:
        raise OpeningError("LINNET_DIRECTORY_SIGNER is not set: it says whose signature on the directory to trust")
    try:
        return read_people(settings, read_signer(settings.directory_signer))
    except DirectoryError as error:
        raise OpeningError(f"the directory is refused: {error}") from error


def read_people(settings: Settings, signer: VerifyKey) -> tuple[People, Edition]:
    """Read the signed directory, and which edition it is.

    Args:
        settings: where it is, and whether it has to be one for practice.
        signer: the trusted key.

    Raises:
        DirectoryError: it cannot be used.
    """
    version = read_version(settings.directory, signer)
    if fault := other_use(version.directory, practice=settings.practice):
        raise DirectoryError(fault)
    version.directory.names()  # made ready here: with ten thousand people somebody's turn would wait for it
    edition = Edition(version.signer, version.serial, version.digest)
    return People(version.directory, version.keys), edition


async def _not_outdated(store: Store, edition: Edition) -> None:
    """Refuse a directory that is older than one that was in use here."""
    try:
        before = await highest(store, edition.signer)
    except StoreError as error:
        await store.close()
        raise OpeningError(f"the database: {error}") from error
    if before is not None and edition.outdated(before):
        await store.close()
        raise OpeningError(
            f"the directory is refused: its serial is {edition.serial}, and {before.serial} was in use here already."
            f" Take the newer one; or, if this one is right, sign it anew with --serial {before.serial + 1}"
        )


def _languages(settings: Settings) -> tuple[Languages, tuple[str, ...]]:
    try:
        languages = load_languages()
    except LocaleError as error:
        raise OpeningError(f"the catalogues cannot be used: {error}") from error
    wanted = tuple(tag.strip() for tag in settings.languages.split(",") if tag.strip()) or languages.tags
    for tag in wanted:
        if tag not in languages.tags:
            raise OpeningError(f"LINNET_LANGUAGES names '{tag[:16]}'; there are {', '.join(languages.tags)}")
    return languages, wanted


def _mail(settings: Settings) -> Line | None:
    server = settings.mail_server
    if server is None or settings.smtp_from is None:
        return None
    login = (settings.smtp_user, settings.smtp_password) if settings.smtp_user and settings.smtp_password else None
    domain = settings.smtp_from.rpartition("@")[2]
    try:
        return Line(server, greeting=domain, login=login, authorities=settings.smtp_ca, clock=monotonic)
    except OSError:
        raise OpeningError("LINNET_SMTP_CA: the file cannot be read, or holds no certificate") from None


def _policy(path: Path | None) -> Policy:
    try:
        return shipped() if path is None else parse_clocks(path.read_text("utf-8"), path.name)
    except ClocksError as error:
        raise OpeningError(f"the clocks cannot be used: {error}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise OpeningError(f"LINNET_CLOCKS: {path} cannot be read") from error


async def _store(settings: Settings) -> Store:
    try:
        store = open_store(settings.database_url)
        try:
            await upgrade(store)
            await claim(store, practice=settings.practice)
        except StoreError:
            await store.close()
            raise
    except OtherUseError as error:
        raise OpeningError(str(error)) from None
    except StoreError as error:
        raise OpeningError(f"the database: {error}") from error
    return store


entropy = secrets.token_bytes
"""Where all randomness of a running Linnet comes from: the operating system."""
