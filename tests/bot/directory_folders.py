"""A small signed directory folder on disk, for tests."""

import secrets
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.directory_files import sign_folder
from crypto.keys import RecipientKey
from crypto.signing import SigningKey
from tests.routing.test_load import GOOD

TODAY = date(2026, 11, 23)


@dataclass(frozen=True)
class SignedFolder:
    """The folder, and everything that made it."""

    path: Path
    signing_key: SigningKey
    private: dict[str, RecipientKey]
    digest: str


def public_line() -> str:
    return RecipientKey.generate(secrets.token_bytes).public.to_text()


def signed_folder(target: Path) -> SignedFolder:
    """Write the good directory of the loader's tests with a key for each of its two people, and sign it."""
    folder = target / "directory"
    (folder / "keys").mkdir(parents=True)
    (folder / "directory.yaml").write_text(GOOD, "utf-8")
    private = {one: RecipientKey.generate(secrets.token_bytes) for one in ("ana", "ben")}
    for one, key in private.items():
        (folder / "keys" / f"{one}.pub").write_text(f"{key.public.to_text()}\n", "ascii")
    signing_key = SigningKey.generate(secrets.token_bytes)
    return SignedFolder(folder, signing_key, private, sign_folder(folder, signing_key, today=TODAY).digest)
