"""The directory on disk: a folder of YAML and public keys that only a signature makes valid.

    directory.yaml, or several *.yaml
    keys/<person id>.pub        one public key a file
    directory.sig               what was signed, and the signature

Whoever can swap a public key reads every report from then on, and whoever can add a person
receives some. So the signature covers every file (`bot.directory_signature`). The key that
verifies it is given at installation and never read from this folder. Each file is read once,
and the bytes that were hashed are the bytes that are used.
"""

import gc
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from bot import directory_signature
from bot.directory_folder import IN_KEYS, replace_file, snapshot
from bot.directory_signature import LARGEST_SERIAL, Listing, NotASignatureError, OtherSignerError, SpoiltError
from crypto.errors import KeyFileError
from crypto.keys import PublicKey
from crypto.signing import SigningKey, VerifyKey
from routing.check import key_faults, misfits
from routing.directory import Directory
from routing.errors import DirectoryError, DirectoryFaults, Fault
from routing.load import load

__all__ = [
    "ChangedDirectoryError",
    "SignerError",
    "UnsignedDirectoryError",
    "Version",
    "other_use",
    "read_for_comparing",
    "read_signed",
    "read_signer",
    "read_unsigned",
    "read_version",
    "sign_folder",
    "signed_digest",
]

SIGNATURE_FILE: Final = "directory.sig"
_NAMED = 3


class UnsignedDirectoryError(DirectoryError):
    """There is no signature, or none that the trusted key made."""


class ChangedDirectoryError(DirectoryError):
    """Files were added, removed or changed after signing; the message names them."""


class SignerError(DirectoryError):
    """The key that should verify the directory cannot be read."""


@dataclass(frozen=True, slots=True)
class Version:
    """A signed directory, verified.

    Attributes:
        directory: With key ids filled in.
        keys: Public keys by person id.
        digest: 64 hex digits that name exactly this content and serial.
        serial: The number that only grows; 0 for a signature of the first format, which had none.
        signer: Key id of the trusted key.
    """

    directory: Directory
    keys: Mapping[str, PublicKey]
    digest: str
    serial: int
    signer: str


def read_version(folder: Path, signer: VerifyKey) -> Version:
    """Read a directory that the trusted key has signed, and refuse any other.

    A day that passes refuses nothing: somebody whose time has begun and who has no key is passed over, and a key
    whose owner's time has ended is of no use to anybody. A service must not stay closed on a first of January.

    Args:
        folder: The directory folder.
        signer: The trusted key, from outside that folder.

    Raises:
        DirectoryError: with one clear line. Nothing of a refused folder is used.
    """
    files = snapshot(folder)
    listing = _verified(folder, signer)
    found = {name: _sha256(data) for name, data in files.items()}
    if listing.hashes != found:
        raise ChangedDirectoryError(_difference(folder, listing.hashes, found))
    directory, keys = _read(files, None)
    return Version(directory, keys, listing.digest(signer), listing.serial, signer.key_id)


def signed_digest(folder: Path, signer: VerifyKey) -> str:
    """Read only what the signature says it was made for: the digest of `read_version`, whatever the files hold now.

    Raises:
        DirectoryError: there is no signature by the trusted key.
    """
    return _verified(folder, signer).digest(signer)


def read_signed(folder: Path, signer: VerifyKey) -> tuple[Directory, Mapping[str, PublicKey], str]:
    """Read a signed directory as `read_version` does: the directory, the public keys by person id, the digest.

    Raises:
        DirectoryError: as there.
    """
    version = read_version(folder, signer)
    return version.directory, version.keys, version.digest


def read_for_comparing(folder: Path) -> Directory:
    """Read a directory of any day, whoever wrote it: keys that are missing today are no fault then. Never for running.

    Raises:
        DirectoryFaults: with every other fault.
        DirectoryError: the folder cannot be read.
    """
    return _read(snapshot(folder), None)[0]


def read_unsigned(folder: Path, *, today: date | None = None) -> tuple[Directory, Mapping[str, PublicKey]]:
    """Read a directory for editing and checking, whoever wrote it. Never for running.

    Raises:
        DirectoryFaults: with every fault.
        DirectoryError: the folder cannot be read.
    """
    return _read(snapshot(folder), today or datetime.now(UTC).date())


def sign_folder(folder: Path, key: SigningKey, *, today: date | None = None, serial: int | None = None) -> Version:
    """Check a folder and sign it; what cannot be used is not signed.

    Args:
        folder: The directory folder.
        key: The coordinator's signing key.
        today: The day by which it is checked; by default today's in UTC.
        serial: The number of this version, where that of the last one is not known here; by default one more than
            that of the signature in the folder, or the same for the same content.

    Returns:
        What was signed, as `read_version` returns it.

    Raises:
        DirectoryError: as `read_unsigned`, or the serial is too low, or the signature cannot be written.
    """
    files = snapshot(folder)
    directory, keys = _read(files, today or datetime.now(UTC).date())
    hashes = {name: _sha256(data) for name, data in files.items()}
    try:
        last = _verified(folder, key.verify_key)
    except UnsignedDirectoryError:
        last = Listing(0, {})
    if serial is None:
        serial = max(last.serial, 1) if last.hashes == hashes else last.serial + 1
    elif serial < last.serial or (serial == last.serial and last.hashes != hashes):
        raise DirectoryError(f"the serial must be higher than that of the last signature here, {last.serial}")
    if serial > LARGEST_SERIAL:
        raise DirectoryError(f"a serial goes up to {LARGEST_SERIAL}")
    listing = Listing(serial, hashes)
    replace_file(folder / SIGNATURE_FILE, directory_signature.write(listing, key).encode(), mode=0o644)
    return Version(directory, keys, listing.digest(key.verify_key), serial, key.verify_key.key_id)


def read_signer(setting: str) -> VerifyKey:
    """Read the trusted key: a path to its file, or its one line itself.

    Raises:
        SignerError: neither.
    """
    text = setting.strip()
    if " " not in text or Path(text).is_file():
        try:
            text = Path(text).read_text("ascii").strip()
        except (OSError, UnicodeDecodeError):
            raise SignerError(f"the directory's signer key cannot be read from {setting!r}") from None
    try:
        return VerifyKey.from_text(text)
    except KeyFileError as error:
        raise SignerError(f"the directory's signer key is of no use: {error}") from None


def other_use(directory: Directory, *, practice: bool) -> str | None:
    """What is wrong with a directory that is for practice where this is not, or the other way round."""
    if directory.practice == practice:
        return None
    if practice:
        return "it is a live one, and is never used for practice (its files say nothing of 'use: practice')"
    return "it is for practice, and never for real cases: set LINNET_PRACTICE=1, or name another (LINNET_DIRECTORY)"


def _read(files: Mapping[str, bytes], today: date | None) -> tuple[Directory, Mapping[str, PublicKey]]:
    faults: list[Fault] = []
    texts: dict[str, str] = {}
    keys: dict[str, PublicKey] = {}
    unreadable: set[str] = set()
    for name, data in files.items():
        try:
            texts[name] = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            faults.append(Fault(name, line, "this is not UTF-8 text", "Save the file as UTF-8"))
            unreadable.add(_person_of(name))
    for name in [name for name in texts if name.startswith(IN_KEYS)]:
        one = _person_of(name)
        try:
            keys[one] = PublicKey.from_text(texts.pop(name))
        except KeyFileError as error:
            unreadable.add(one)
            mend = "Ask the person for their public key file again"
            faults.append(Fault(name, 1, f"the key of '{one}' is malformed: {error}", mend))
    try:
        with _no_collection():
            directory = load(texts)
    except DirectoryFaults as error:
        raise DirectoryFaults((*faults, *error.faults)) from None
    key_ids = {one: key.key_id for one, key in keys.items()}
    for one, key in keys.items():
        if key.practice != directory.practice:
            kinds = ("for practice", "not for practice")
            said, wanted = kinds if key.practice else kinds[::-1]
            message = f"the key of '{one}' is {said}, and this directory is {wanted}"
            faults.append(Fault(f"{IN_KEYS}{one}.pub", 1, message, "Ask the person for a key of the other kind"))
    if today is None:
        faults += misfits(directory, key_ids)
    else:
        faults += key_faults(directory, key_ids, today, unreadable=frozenset(unreadable))
    if faults:
        raise DirectoryFaults(tuple(faults))
    return directory.with_keys(key_ids), keys


@contextmanager
def _no_collection() -> Iterator[None]:
    """Let nobody look for garbage meanwhile: ten thousand people are a million new things, and none of it is.

    Counting them over and over takes as long as reading them.
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def _person_of(name: str) -> str:
    return name.removeprefix(IN_KEYS).removesuffix(".pub")


def _verified(folder: Path, signer: VerifyKey) -> Listing:
    """Return the signed list of files, once the signature over it fits."""
    path = folder / SIGNATURE_FILE
    try:
        return directory_signature.read(path.read_bytes().decode("utf-8"), signer)
    except FileNotFoundError:
        message = f"the directory in {folder} is not signed: sign it with 'linnet directory sign {folder} --key KEY'"
    except (OSError, UnicodeDecodeError):
        message = f"{path} cannot be read"
    except NotASignatureError:
        message = f"{path} is not a directory signature: sign the directory anew"
    except OtherSignerError:
        message = f"the directory in {folder} is signed by another key than the trusted one, which is {signer.key_id}"
    except SpoiltError:
        message = f"the signature in {path} does not fit: it or its list was changed"
    raise UnsignedDirectoryError(message)


def _difference(folder: Path, listed: Mapping[str, str], found: Mapping[str, str]) -> str:
    said = []
    for title, names in (
        ("added", found.keys() - listed.keys()),
        ("removed", listed.keys() - found.keys()),
        ("changed", {name for name in listed.keys() & found.keys() if listed[name] != found[name]}),
    ):
        if names:
            more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
            said.append(f"{title}: {', '.join(sorted(names)[:_NAMED])}{more}")
    return f"the directory in {folder} is not as it was signed ({'; '.join(said)}): look, then sign it anew"


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
