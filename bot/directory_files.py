"""The directory on disk: a folder of YAML and public keys that only a signature makes valid.

    directory.yaml, or several *.yaml
    keys/<person id>.pub        one public key a file
    directory.sig               what was signed, and the signature

Whoever can swap a public key reads every report from then on, and whoever can add a person
receives some. So the signature covers every file: `directory.sig` lists each with its
SHA-256, and the Ed25519 signature is over that list.

    linnet directory signature 1
    signer 0123456789abcdef
    <64 hex digits> directory.yaml
    <64 hex digits> keys/amara-lind.pub
    signature <base64url>

The list stands in the clear so that a refusal can name the file that differs. The key that
verifies it is given at installation and never read from this folder. Each file is read once,
and the bytes that were hashed are the bytes that are used.
"""

import gc
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from crypto.encoding import from_base64url, to_base64url
from crypto.errors import KeyFileError, SignatureError
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
    "other_use",
    "read_for_comparing",
    "read_signed",
    "read_signer",
    "read_texts",
    "read_unsigned",
    "replace_file",
    "sign_folder",
    "write_texts",
]

SIGNATURE_FILE: Final = "directory.sig"
KEYS: Final = "keys"
_IN_KEYS: Final = f"{KEYS}/"
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_HEADER: Final = "linnet directory signature 1"
_LINE: Final = re.compile(r"([0-9a-f]{64}) ([^\n]+)")
_SIGNATURE: Final = re.compile(r"(?P<list>.*\n)signature (?P<signature>[A-Za-z0-9_-]+)\n", re.DOTALL)
_NAMED = 3
LARGEST: Final = 16 * 1024 * 1024
"""Bytes of one file; ten thousand people take four million."""


class UnsignedDirectoryError(DirectoryError):
    """There is no signature, or none that the trusted key made."""


class ChangedDirectoryError(DirectoryError):
    """Files were added, removed or changed after signing; the message names them."""


class SignerError(DirectoryError):
    """The key that should verify the directory cannot be read."""


def read_signed(folder: Path, signer: VerifyKey) -> tuple[Directory, Mapping[str, PublicKey], str]:
    """Read a directory that the trusted key has signed, and refuse any other.

    A day that passes refuses nothing: somebody whose time has begun and who has no key is passed over, and a key
    whose owner's time has ended is of no use to anybody. A service must not stay closed on a first of January.

    Args:
        folder: The directory folder.
        signer: The trusted key, from outside that folder.

    Returns:
        The directory with key ids filled in, the public keys by person id, and the digest:
        64 hex digits that name exactly this content.

    Raises:
        DirectoryError: with one clear line. Nothing of a refused folder is used.
    """
    files = _snapshot(folder)
    listed = _verified(folder, signer)
    found = {name: _sha256(data) for name, data in files.items()}
    if listed != found:
        raise ChangedDirectoryError(_difference(folder, listed, found))
    directory, keys = _read(files, None)
    return directory, keys, _sha256(_list_of(signer, found).encode())


def read_for_comparing(folder: Path) -> Directory:
    """Read a directory of any day, whoever wrote it: keys that are missing today are no fault then. Never for running.

    Raises:
        DirectoryFaults: with every other fault.
        DirectoryError: the folder cannot be read.
    """
    return _read(_snapshot(folder), None)[0]


def read_unsigned(folder: Path, *, today: date | None = None) -> tuple[Directory, Mapping[str, PublicKey]]:
    """Read a directory for editing and checking, whoever wrote it. Never for running.

    Raises:
        DirectoryFaults: with every fault.
        DirectoryError: the folder cannot be read.
    """
    return _read(_snapshot(folder), today or datetime.now(UTC).date())


def read_texts(folder: Path) -> dict[str, str]:
    """Read the YAML files of a directory as texts by name, for changing them.

    Raises:
        DirectoryError: the folder or a file cannot be read, or is not UTF-8.
    """
    files = {name: data for name, data in _snapshot(folder).items() if not name.startswith(_IN_KEYS)}
    try:
        return {name: data.decode("utf-8") for name, data in files.items()}
    except UnicodeDecodeError:
        raise DirectoryError(f"a file in {folder} is not UTF-8 text: 'linnet directory check' says which") from None


def write_texts(folder: Path, texts: Mapping[str, str]) -> None:
    """Write YAML files of a directory, each whole or not at all; a signature no longer fits after that.

    Raises:
        DirectoryError: one cannot be written. Those before it are.
    """
    for name, text in texts.items():
        replace_file(folder / name, text.encode(), mode=0o644)


def sign_folder(folder: Path, key: SigningKey, *, today: date | None = None) -> str:
    """Check a folder and sign it; what cannot be used is not signed.

    Returns:
        The digest, as `read_signed` returns it.

    Raises:
        DirectoryError: as `read_unsigned`, or the signature cannot be written.
    """
    files = _snapshot(folder)
    _read(files, today or datetime.now(UTC).date())
    text = _list_of(key.verify_key, {name: _sha256(data) for name, data in files.items()})
    signature = to_base64url(key.sign(text.encode()))
    replace_file(folder / SIGNATURE_FILE, f"{text}signature {signature}\n".encode(), mode=0o644)
    return _sha256(text.encode())


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


def _snapshot(folder: Path) -> dict[str, bytes]:
    """Read every file that counts, once. Hidden files and other kinds are never read."""
    if not folder.is_dir():
        raise DirectoryError(f"there is no directory folder at {folder}")
    try:
        paths = [*folder.glob("*.yaml"), *(folder / KEYS).glob("*.pub")]
        paths = [path for path in sorted(paths) if not path.name.startswith(".")]
        for path in paths:
            # A line end in a name could forge a line of the signed list.
            if _NAME.fullmatch(path.name) is None:
                raise DirectoryError(f"{path.name!r} in {folder} needs a plain name: letters, digits, '.', '_', '-'")
            # A pipe would keep the reader waiting for ever, a device would fill its memory.
            if not path.is_file() or path.stat().st_size > LARGEST:
                raise DirectoryError(f"{path.name!r} in {folder} is not an ordinary file of a sensible size")
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    except OSError as error:
        raise DirectoryError(f"the directory in {folder} cannot be read: {error.strerror}") from None


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
    for name in [name for name in texts if name.startswith(_IN_KEYS)]:
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
            faults.append(Fault(f"{KEYS}/{one}.pub", 1, message, "Ask the person for a key of the other kind"))
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
    return name.removeprefix(_IN_KEYS).removesuffix(".pub")


def _list_of(signer: VerifyKey, hashes: Mapping[str, str]) -> str:
    lines = [f"{digest} {name}" for name, digest in sorted(hashes.items())]
    return "\n".join([_HEADER, f"signer {signer.key_id}", *lines, ""])


def _verified(folder: Path, signer: VerifyKey) -> dict[str, str]:
    """Return the signed list of files, once the signature over it fits."""
    path = folder / SIGNATURE_FILE
    try:
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise UnsignedDirectoryError(
            f"the directory in {folder} is not signed: sign it with 'linnet directory sign {folder} --key KEY'"
        ) from None
    except (OSError, UnicodeDecodeError):
        raise UnsignedDirectoryError(f"{path} cannot be read") from None
    parts = _SIGNATURE.fullmatch(text)
    lines = parts["list"].split("\n")[:-1] if parts else []
    entries = [_LINE.fullmatch(line) for line in lines[2:]]
    if parts is None or lines[:1] != [_HEADER] or None in entries:
        raise UnsignedDirectoryError(f"{path} is not a directory signature: sign the directory anew")
    if lines[1] != f"signer {signer.key_id}":
        raise UnsignedDirectoryError(
            f"the directory in {folder} is signed by another key than the trusted one, which is {signer.key_id}"
        )
    try:
        signer.verify(from_base64url(parts["signature"]), parts["list"].encode())
    except (SignatureError, ValueError):
        raise UnsignedDirectoryError(f"the signature in {path} does not fit: it or its list was changed") from None
    return {entry[2]: entry[1] for entry in entries if entry}


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


def replace_file(path: Path, data: bytes, *, mode: int) -> None:
    """Write a file whole or not at all.

    Raises:
        DirectoryError: it cannot be written.
    """
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(mode)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise DirectoryError(f"{path} cannot be written: {error.strerror}") from None
