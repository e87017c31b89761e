"""The demo's directory: fictional people, with real keys made on the spot.

    <target>/directory/            directory.yaml, keys/*.pub, directory.sig
    <target>/keys-private/<id>.key the private keys, which nobody but the demo may hold together
    <target>/signer.key            the key that signs the directory, and signer.key.pub

In a real installation every private key is made on its owner's device and the signing key
is kept offline. Here they lie side by side so that one person can play all the parts; the
passphrase is printed, so it protects nothing and is given a cheap derivation.

The signature is written last. A start that was cut off before goes on where it stopped, and
a folder that is signed is verified and never mended: a changed demo is refused like any other.
"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Final

from bot.commands.private_file import write_new
from bot.directory_files import SIGNATURE_FILE, read_signed, read_signer, sign_folder
from crypto.entropy import Entropy
from crypto.errors import KeyFileError
from crypto.keyfile import read_key, write_key
from crypto.keys import RecipientKey
from crypto.passwords import Cost
from crypto.signing import SigningKey, read_signing_key, write_signing_key
from routing.errors import DirectoryError
from routing.load import load

__all__ = ["DemoDirectory", "prepare"]

DEMO_COST: Final = Cost(memory_kib=8 * 1024, passes=1, lanes=1)
"""A stranger who starts the demo should not wait for thirty derivations that protect nothing."""
_THREADS = 2


@dataclass(frozen=True, slots=True)
class DemoDirectory:
    """Where the demo's directory and keys are.

    Attributes:
        folder: The signed directory folder.
        keys: Private key files by person id.
        signer_path: File with the public key that verifies the directory.
    """

    folder: Path
    keys: Mapping[str, Path]
    signer_path: Path


def prepare(target: Path, *, passphrase: str, entropy: Entropy, today: date, practice: bool = False) -> DemoDirectory:
    """Make the demo's directory, or verify the one made before.

    Args:
        target: A folder for all of it; made if absent.
        passphrase: Opens every private key.
        entropy: Makes the keys.
        today: The day by which the directory is judged.
        practice: Mark the directory and its keys as for practice.

    Raises:
        DirectoryError: what is there was changed, or cannot be written.
    """
    folder, private, signer = target / "directory", target / "keys-private", target / "signer.key"
    signer_path = signer.with_name(f"{signer.name}.pub")
    try:
        if not (folder / SIGNATURE_FILE).is_file():
            text = (files("config") / "demo" / "directory.yaml").read_text("utf-8")
            if practice:
                text = f"use: practice\n\n{text}"
            _make(folder, private, signer, text, passphrase=passphrase, entropy=entropy, today=today)
    except OSError as error:
        raise DirectoryError(f"the demo directory cannot be made in {target}: {error.strerror}") from None
    except KeyFileError as error:
        raise DirectoryError(f"a key in {target} cannot be used ({error}): remove {target} and start again") from None
    _, keys, _ = read_signed(folder, read_signer(str(signer_path)))
    paths = {one: private / f"{one}.key" for one in sorted(keys)}
    missing = [one for one, path in paths.items() if not path.is_file()]
    if missing:
        raise DirectoryError(f"the demo's private key of '{missing[0]}' is gone: remove {target} and start again")
    return DemoDirectory(folder, paths, signer_path)


def _make(
    folder: Path, private: Path, signer: Path, text: str, *, passphrase: str, entropy: Entropy, today: date
) -> None:
    (folder / "keys").mkdir(parents=True, exist_ok=True)
    private.mkdir(mode=0o700, exist_ok=True)
    (folder / "directory.yaml").write_text(text, "utf-8")
    directory = load({"directory.yaml": text})
    receivers = sorted(directory.receivers(today))

    def make_key(one: str) -> None:
        path = private / f"{one}.key"
        if path.is_file():
            key = read_key(path.read_text("ascii"), passphrase, practice=directory.practice)
        else:
            key = RecipientKey.generate(entropy, practice=directory.practice)
            _write_private(path, write_key(key, passphrase, entropy, person=one, cost=DEMO_COST))
        (folder / "keys" / f"{one}.pub").write_text(f"{key.public.to_text()}\n", "ascii")

    # Argon2id lets go of the interpreter lock. More threads would only ask for more memory.
    with ThreadPoolExecutor(_THREADS) as pool:
        list(pool.map(make_key, receivers))
    if signer.is_file():
        signing_key = read_signing_key(signer.read_text("ascii"), passphrase)
    else:
        signing_key = SigningKey.generate(entropy)
        _write_private(signer, write_signing_key(signing_key, passphrase, entropy, person=None, cost=DEMO_COST))
    signer.with_name(f"{signer.name}.pub").write_text(f"{signing_key.verify_key.to_text()}\n", "ascii")
    sign_folder(folder, signing_key, today=today)


def _write_private(path: Path, text: str) -> None:
    """Write a file for its owner alone, whole or not at all: a start may be cut off at any moment."""
    unfinished = path.with_name(f".{path.name}")
    unfinished.unlink(missing_ok=True)
    write_new(unfinished, text)
    unfinished.rename(path)
