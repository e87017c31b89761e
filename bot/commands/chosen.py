"""What commands that work on a running installation share: where its database, secret and directory are.

An option wins over the environment, and that over the settings file, as everywhere in Linnet.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeAlias, TypeVar

import typer
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bot.commands.terminal import read_text, refuse
from bot.directory_files import other_use, read_signed, read_signer, read_unsigned
from cases.practice import check
from cases.store import Store, StoreError, open_store
from config.settings import Settings, SettingsError, load
from crypto.errors import SecretFileError
from crypto.vault import Vault, parse_secrets
from routing.directory import Directory
from routing.errors import DirectoryError

Result = TypeVar("Result")

Database: TypeAlias = Annotated[
    str | None,
    typer.Option("--database", metavar="URL", help="The database (else LINNET_DATABASE_URL).", show_default=False),
]
Secret: TypeAlias = Annotated[
    Path | None,
    typer.Option("--secret", metavar="FILE", help="The server's secret file (else LINNET_SECRET_FILE)."),
]
Folder: TypeAlias = Annotated[
    Path | None,
    typer.Option("--directory", metavar="FOLDER", help="The directory (else LINNET_DIRECTORY)."),
]


def settings(*, database: str | None = None, secret: Path | None = None, directory: Path | None = None) -> Settings:
    """Read the settings with the given options above all, or refuse."""
    given = {"database_url": database, "secret_file": secret, "directory": directory}
    try:
        return load(**{name: value for name, value in given.items() if value is not None})
    except SettingsError as error:
        refuse(str(error))


def with_store(url: str, work: Callable[[Store], Awaitable[Result]]) -> Result:
    """Do some work on a database that exists, close it, and refuse whatever it does not take."""

    async def done() -> Result:
        store = open_store(url)
        try:
            await check(store, practice=settings().practice)
            return await work(store)
        finally:
            await store.close()

    existing(url)
    try:
        return asyncio.run(done())
    except StoreError as error:
        refuse(str(error))


def existing(url: str) -> None:
    """Refuse a file that is not there: opening it would make an empty one, and an empty outbox looks like good news."""
    try:
        address = make_url(url)
        file = address.database if address.get_backend_name() == "sqlite" else None
    except (ArgumentError, ValueError):
        refuse("the database address cannot be read")
    if file and not Path(file).exists():
        refuse(f"{file}: there is no such database")


def vault_at(path: Path) -> Vault:
    """Read the server's secret file, or refuse."""
    try:
        return Vault(parse_secrets(read_text(path)))
    except SecretFileError as error:
        refuse(f"{path}: {error}")


def directory_of(chosen: Settings) -> Directory:
    """Read the directory, verified where the settings name the key that signs it, or refuse."""
    try:
        if chosen.directory_signer:
            directory = read_signed(chosen.directory, read_signer(chosen.directory_signer))[0]
        else:
            directory = read_unsigned(chosen.directory)[0]
    except DirectoryError as error:
        refuse(str(error))
    if fault := other_use(directory, practice=chosen.practice):
        refuse(f"the directory: {fault}")
    return directory
