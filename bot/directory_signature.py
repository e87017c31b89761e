"""What is signed when a directory is signed: the hash of every file, and a number that only grows.

    linnet directory signature 2
    signer 0123456789abcdef
    serial 7
    <64 hex digits> directory.yaml
    <64 hex digits> keys/amara-lind.pub
    signature <base64url>

The Ed25519 signature is over all lines before the last. The list stands in the clear so that a
refusal can name the file that differs. The serial is one more than that of the version before,
so that whoever can write into the folder cannot bring back an older one, with people in it who
have been taken out: a running Linnet remembers the highest it has seen (`cases.editions`).

Version 1 of the format had no serial. It is read as serial 0, and refused once a higher one has
been in use.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from crypto.encoding import from_base64url, to_base64url
from crypto.errors import SignatureError
from crypto.signing import SigningKey, VerifyKey

__all__ = ["LARGEST_SERIAL", "Listing", "NotASignatureError", "OtherSignerError", "SpoiltError", "read", "write"]

LARGEST_SERIAL: Final = 999_999_999
_FIRST_HEADER: Final = "linnet directory signature 1"
_HEADER: Final = "linnet directory signature 2"
_LINE: Final = re.compile(r"([0-9a-f]{64}) ([^\n]+)")
_SERIAL: Final = re.compile(r"serial ([1-9][0-9]{0,8})", re.ASCII)
_SIGNATURE: Final = re.compile(r"(?P<list>.*\n)signature (?P<signature>[A-Za-z0-9_-]+)\n", re.DOTALL)


class NotASignatureError(Exception):
    """The text is of another form."""


class OtherSignerError(Exception):
    """The text names another signer than the trusted key."""


class SpoiltError(Exception):
    """The signature does not fit: it or the list was changed."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What is signed: every file's SHA-256 (64 hex digits) by name, and the serial; 0 in version 1 of the format."""

    serial: int
    hashes: Mapping[str, str]

    def text(self, signer: VerifyKey) -> str:
        """Write the lines that the signature is over."""
        head = [_HEADER, f"signer {signer.key_id}", f"serial {self.serial}"]
        if not self.serial:
            head = [_FIRST_HEADER, f"signer {signer.key_id}"]
        return "\n".join([*head, *(f"{digest} {name}" for name, digest in sorted(self.hashes.items())), ""])

    def digest(self, signer: VerifyKey) -> str:
        """Name exactly this version: 64 hex digits."""
        return hashlib.sha256(self.text(signer).encode()).hexdigest()


def write(listing: Listing, key: SigningKey) -> str:
    """Sign a list; the same list gives the same text."""
    text = listing.text(key.verify_key)
    return f"{text}signature {to_base64url(key.sign(text.encode()))}\n"


def read(text: str, signer: VerifyKey) -> Listing:
    """Read a signed list, once the signature over it fits.

    Raises:
        NotASignatureError: it is no signed list.
        OtherSignerError: it is somebody else's.
        SpoiltError: the signature does not fit.
    """
    parts = _SIGNATURE.fullmatch(text)
    if parts is None:
        raise NotASignatureError
    lines = parts["list"].split("\n")[:-1]
    serial = 0
    match lines:
        case [head, named, counted, *rest] if head == _HEADER and (found := _SERIAL.fullmatch(counted)):
            serial = int(found[1])
        case [head, named, *rest] if head == _FIRST_HEADER:
            pass
        case _:
            raise NotASignatureError
    entries = [_LINE.fullmatch(line) for line in rest]
    if None in entries:
        raise NotASignatureError
    if named != f"signer {signer.key_id}":
        raise OtherSignerError
    try:
        signer.verify(from_base64url(parts["signature"]), parts["list"].encode())
    except (SignatureError, ValueError):
        raise SpoiltError from None
    return Listing(serial, {entry[2]: entry[1] for entry in entries if entry})
