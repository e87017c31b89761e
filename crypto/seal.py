"""One report, sealed once for several readers, handed to each of them alone.

The words are padded and encrypted once (AES-256-GCM) under a content key that exists
only for this report and is forgotten with it. The content key is then wrapped for each
recipient by HPKE (RFC 9180; X-Wing, HKDF-SHA256, AES-256-GCM). From then on the server
holds nothing that opens it.

Recipients are fixed at the moment of sealing, since the server cannot wrap again later:
owner, alternate and the steps of escalation all get a wrap, and a wrap leaves the server
only when its reader's turn comes. `envelope` therefore puts exactly one wrap in a file;
the others' key ids would tell a reader who else is in the chain.

Every part is bound to the others. The body's AEAD covers version, purpose and reference;
a wrap's `info` covers these, the recipient's key id and the SHA-256 of the body. A part
moved to another report, purpose or reader does not open, and neither does a body that
somebody re-encrypted under a known content key.

What is sealed to keys for practice is labelled: its purpose begins with `practice-`, and so
do body and wraps say. A seal is for keys of one kind, and neither kind opens the other's.

What this does not give: proof of who sealed. Anybody with the public key can seal, as
anybody can put a letter in a letter box.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from crypto.encoding import bind, from_base64url, to_base64url
from crypto.entropy import Entropy, draw
from crypto.errors import OpenError, PaddingError, SealError
from crypto.keys import PublicKey, RecipientKey, is_practice
from crypto.padding import pad, report_bucket, unpad

VERSION = 1
FORMAT = "linnet sealed 1"
EXTENSION = ".linnet"

BODY_LABEL = "linnet body 1"
WRAP_LABEL = "linnet wrap 1"

PRACTICE = "practice-"
"""How the purpose of everything begins that is sealed for practice."""

CONTENT_KEY_BYTES = 32
NONCE_BYTES = 12
SUITE = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)

_PURPOSE = re.compile(r"[a-z][a-z0-9-]{0,31}")
_REFERENCE = re.compile(r"[A-Za-z0-9._:-]{1,64}")

# The whole file, byte for byte: JSON with sorted members, no spaces and one line end.
# Matching it whole leaves no second spelling and puts no JSON parser before a stranger's file.
_ENVELOPE = re.compile(
    rb'\{"body":"([A-Za-z0-9_-]+)","format":"linnet sealed 1","key_id":"((?:practice-)?[0-9a-hjkmnp-tv-z]{16})",'
    rb'"purpose":"([a-z][a-z0-9-]{0,31})","reference":"([A-Za-z0-9._:-]{1,64})",'
    rb'"wrap":"([A-Za-z0-9_-]+)"\}\n'
)


@dataclass(frozen=True, slots=True)
class Wrap:
    """The content key, wrapped for one recipient."""

    key_id: str
    """`PublicKey.key_id` of the recipient."""
    wrap: bytes = field(repr=False)
    """HPKE output: 1,120 bytes of encapsulation, 32 of content key, 16 of tag."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed report as the server keeps it: one body, a wrap for each recipient."""

    version: int
    purpose: str
    reference: str = field(repr=False)
    body: bytes = field(repr=False)
    """12 bytes of nonce, then AES-256-GCM ciphertext and tag of the padded plaintext."""
    wraps: tuple[Wrap, ...]
    """In the order in which the recipients were given."""


@dataclass(frozen=True, slots=True)
class Address:
    """What an envelope says on its outside. Not proven until it opens."""

    key_id: str
    purpose: str
    reference: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Opened:
    """What a recipient reads: words, and the purpose and reference they were sealed under."""

    purpose: str
    reference: str = field(repr=False)
    plaintext: bytes = field(repr=False)


def seal(
    plaintext: bytes, *, purpose: str, reference: str, recipients: Sequence[PublicKey], entropy: Entropy
) -> Sealed:
    """Seal `plaintext` so that each of `recipients`, and nobody else, can open it.

    Args:
        plaintext: any bytes; a report is canonical JSON.
        purpose: what kind of thing this is: "report", "referral", … (lower case, digits,
            hyphens; at most 32). A referral never opens as a report. For keys for practice
            the label is put before it.
        reference: the case's name, 1 to 64 of `A-Z a-z 0-9 . _ : -`.
        recipients: at least one, each once.
        entropy: 44 bytes are drawn; HPKE draws its own besides (see `crypto.entropy`).

    Raises:
        SealError: nobody to seal to, somebody twice, keys for practice among others, or a purpose
            or reference of another form.
    """
    key_ids = [recipient.key_id for recipient in recipients]
    purpose = _labelled(purpose, key_ids)
    _check_names(purpose, reference)
    if not key_ids:
        raise SealError("a seal needs at least one recipient")
    if len(set(key_ids)) != len(key_ids):
        raise SealError("a recipient is named twice")
    content_key = draw(entropy, CONTENT_KEY_BYTES)
    nonce = draw(entropy, NONCE_BYTES)
    body = nonce + AESGCM(content_key).encrypt(nonce, pad(plaintext, report_bucket), body_context(purpose, reference))
    digest = hashlib.sha256(body).digest()
    wraps = tuple(
        Wrap(name, SUITE.encrypt(content_key, key.hpke_key(), wrap_context(purpose, reference, name, digest)))
        for name, key in zip(key_ids, recipients, strict=True)
    )
    return Sealed(VERSION, purpose, reference, body, wraps)


def envelope(sealed_body: bytes, wrap: Wrap, *, purpose: str, reference: str) -> bytes:
    """Make the `.linnet` file that one recipient is handed: the body and their wrap only.

    Raises:
        SealError: a purpose or reference that no seal has.
    """
    purpose = _labelled(purpose, [wrap.key_id])
    _check_names(purpose, reference)
    return (
        f'{{"body":"{to_base64url(sealed_body)}","format":"{FORMAT}",'
        f'"key_id":"{wrap.key_id}","purpose":"{purpose}","reference":"{reference}",'
        f'"wrap":"{to_base64url(wrap.wrap)}"}}\n'
    ).encode("ascii")


def read_address(data: bytes) -> Address:
    """Read the outside of an envelope, to say whose it is. Nothing in it is proven.

    Raises:
        OpenError: not an envelope.
    """
    return _parse(data)[0]


def open_envelope(data: bytes, key: RecipientKey) -> Opened:
    """Open a `.linnet` file with the private key it was sealed for.

    Raises:
        OpenError: for anything that stands in the way, always the same.
    """
    address, body, wrapped = _parse(data)
    purpose, reference = address.purpose, address.reference
    if address.key_id != key.public.key_id or purpose.startswith(PRACTICE) != key.practice:
        raise OpenError
    info = wrap_context(purpose, reference, address.key_id, hashlib.sha256(body).digest())
    try:
        content_key = SUITE.decrypt(wrapped, key.hpke_key(), info)
        padded = AESGCM(content_key).decrypt(body[:NONCE_BYTES], body[NONCE_BYTES:], body_context(purpose, reference))
        plaintext = unpad(padded, report_bucket)
    except (InvalidTag, PaddingError, ValueError):
        raise OpenError from None
    return Opened(purpose, reference, plaintext)


def body_context(purpose: str, reference: str) -> bytes:
    """Build the associated data of the body."""
    return bind(BODY_LABEL, purpose.encode("ascii"), reference.encode("ascii"))


def wrap_context(purpose: str, reference: str, key_id: str, body_sha256: bytes) -> bytes:
    """Build the HPKE `info` of one recipient's wrap."""
    names = (purpose.encode("ascii"), reference.encode("ascii"), key_id.encode("ascii"))
    return bind(WRAP_LABEL, *names, body_sha256)


def _labelled(purpose: str, key_ids: Sequence[str]) -> str:
    """Return the purpose as it is sealed for keys of these names."""
    kinds = {is_practice(name) for name in key_ids}
    if len(kinds) > 1:
        raise SealError("keys for practice and others do not go together")
    labelled = purpose.startswith(PRACTICE)
    if kinds == {True}:
        return purpose if labelled else PRACTICE + purpose
    if labelled:
        raise SealError("what is for practice is sealed to keys for practice only")
    return purpose


def _check_names(purpose: str, reference: str) -> None:
    if _PURPOSE.fullmatch(purpose) is None:
        raise SealError("a purpose is 1 to 32 lower-case letters, digits or hyphens")
    if _REFERENCE.fullmatch(reference) is None:
        raise SealError("a reference is 1 to 64 letters, digits or any of . _ : -")


def _parse(data: bytes) -> tuple[Address, bytes, bytes]:
    found = _ENVELOPE.fullmatch(data)
    if found is None:
        raise OpenError
    body, key_id, purpose, reference, wrap = (part.decode("ascii") for part in found.groups())
    try:
        return Address(key_id, purpose, reference), from_base64url(body), from_base64url(wrap)
    except ValueError:
        raise OpenError from None
