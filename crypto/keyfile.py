"""A private key at rest: a small text file that a passphrase opens.

    linnet private key 1
    person fp-north
    key-id 0123456789abcdef
    argon2id 262144 3 4 <base64url of a 16-byte salt>
    sealed <base64url of nonce, ciphertext and tag>

A key for practice has another first line, `linnet practice private key 1`.

Argon2id turns the passphrase into an AES-256-GCM key; everything above the last line is
its associated data, so that a changed header does not open. The costs stand in the file,
because devices and advice change, and are bounded on reading: a hostile file must not be
able to ask for a terabyte or a week.

The format is strict but for line ends: a file that passed through a mail program or a
Windows editor is still the holder's only key, and it is read all the same.
"""

import re
import unicodedata
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from crypto.derive import derive
from crypto.encoding import from_base64url, to_base64url
from crypto.entropy import Entropy, draw
from crypto.errors import KeyFileError
from crypto.keys import RecipientKey
from crypto.passwords import Cost, argon2id

RECIPIENT_HEADER = "linnet private key 1"
PRACTICE_HEADER = "linnet practice private key 1"
COST = Cost(memory_kib=256 * 1024, passes=3, lanes=4)
"""Four times a receipt's: people choose passphrases, and a stolen file can be tried for ever."""

MAX_MEMORY_KIB = 1024 * 1024
MAX_PASSES = 16
MAX_LANES = 16
MAX_FILE_CHARS = 4096
SALT_BYTES = 16
NONCE_BYTES = 12

_FILE = re.compile(
    r"(?P<header>[a-z0-9 ]+)\n"
    r"(?:person (?P<person>[^\n]+)\n)?"
    r"key-id (?P<key_id>(?:practice-)?[0-9a-hjkmnp-tv-z]{16})\n"
    r"argon2id (?P<memory>[1-9][0-9]{0,8}) (?P<passes>[1-9][0-9]?) (?P<lanes>[1-9][0-9]?) "
    r"(?P<salt>[A-Za-z0-9_-]{22})\n"
    r"sealed (?P<sealed>[A-Za-z0-9_-]+)\n"
)
_PERSON = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._@ -]{0,62}[A-Za-z0-9])?")


@dataclass(frozen=True, slots=True)
class ProtectedKey:
    """A key file that is not yet opened."""

    header: str
    person: str | None
    key_id: str
    cost: Cost
    salt: bytes = field(repr=False)
    sealed: bytes = field(repr=False)

    def text(self) -> str:
        """Write the file."""
        return f"{self.outside()}sealed {to_base64url(self.sealed)}\n"

    def outside(self) -> str:
        """Everything above the last line: what the encryption covers as associated data."""
        person = f"person {self.person}\n" if self.person is not None else ""
        cost = f"{self.cost.memory_kib} {self.cost.passes} {self.cost.lanes}"
        return f"{self.header}\n{person}key-id {self.key_id}\nargon2id {cost} {to_base64url(self.salt)}\n"


def write_key(key: RecipientKey, passphrase: str, entropy: Entropy, *, person: str | None, cost: Cost = COST) -> str:
    """Write a recipient's private key as a passphrase-protected file.

    Args:
        key: the key to keep.
        passphrase: not empty; how good it must be is the caller's to say.
        entropy: 28 bytes are drawn.
        person: the holder's id in the directory, to tell files apart, or None. It stands
            in the clear: 1 to 64 of ASCII letters, digits, space and `. _ @ -`.
        cost: what one try of a passphrase costs.

    Raises:
        KeyFileError: an empty passphrase, or a person or cost the format does not allow.
    """
    return protect(
        key.seed,
        passphrase,
        entropy,
        header=header_of(practice=key.practice),
        key_id=key.public.key_id,
        person=person,
        cost=cost,
    )


def header_of(*, practice: bool) -> str:
    """Return the first line of a recipient's key file."""
    return PRACTICE_HEADER if practice else RECIPIENT_HEADER


def read_key(text: str, passphrase: str, *, practice: bool = False) -> RecipientKey:
    """Open a recipient's private key file. Takes the time and memory the file asks for.

    Args:
        text: the file.
        passphrase: as it was given when the file was made.
        practice: whether a key for practice is expected; the other kind is refused, and a first line that was
            exchanged does not open, since the encryption covers it.

    Raises:
        KeyFileError: malformed, of another kind, asking for too much, or another passphrase.
    """
    protected = parse(text, header=header_of(practice=practice))
    key = RecipientKey.from_seed(unprotect(protected, passphrase), practice=practice)
    if key.public.key_id != protected.key_id:
        raise KeyFileError("the key file holds another key than it says")
    return key


def protect(
    secret: bytes,
    passphrase: str,
    entropy: Entropy,
    *,
    header: str,
    key_id: str,
    person: str | None,
    cost: Cost,
) -> str:
    """Write a 32-byte secret as a key file of the kind `header` names; as `write_key`."""
    if person is not None and _PERSON.fullmatch(person) is None:
        raise KeyFileError("a person's id in a key file is 1 to 64 letters, digits or any of . _ @ -")
    if not passphrase:
        raise KeyFileError("a key file needs a passphrase")
    _check_cost(cost)
    salt, nonce = draw(entropy, SALT_BYTES), draw(entropy, NONCE_BYTES)
    blank = ProtectedKey(header, person, key_id, cost, salt, b"")
    sealed = nonce + _cipher(blank, passphrase).encrypt(nonce, secret, blank.outside().encode("ascii"))
    return ProtectedKey(header, person, key_id, cost, salt, sealed).text()


def parse(text: str, *, header: str) -> ProtectedKey:
    """Read a key file's text without opening it.

    Raises:
        KeyFileError: malformed, of another kind than `header`, or costs out of bounds.
    """
    plain = text.replace("\r\n", "\n").strip("\ufeff\n ") + "\n"
    found = _FILE.fullmatch(plain) if len(plain) <= MAX_FILE_CHARS else None
    if found is None:
        raise KeyFileError("this is not a key file, or it is damaged")
    if found["header"] != header:
        raise KeyFileError(f"this is not a “{header}” file")
    if found["person"] is not None and _PERSON.fullmatch(found["person"]) is None:
        raise KeyFileError("this is not a key file, or it is damaged")
    cost = Cost(int(found["memory"]), int(found["passes"]), int(found["lanes"]))
    _check_cost(cost)
    try:
        salt, sealed = from_base64url(found["salt"]), from_base64url(found["sealed"])
    except ValueError:
        raise KeyFileError("this is not a key file, or it is damaged") from None
    return ProtectedKey(header, found["person"], found["key_id"], cost, salt, sealed)


def unprotect(protected: ProtectedKey, passphrase: str) -> bytes:
    """Open a parsed key file and return the secret.

    Raises:
        KeyFileError: another passphrase, or a changed file; the two cannot be told apart.
    """
    nonce, sealed = protected.sealed[:NONCE_BYTES], protected.sealed[NONCE_BYTES:]
    try:
        return _cipher(protected, passphrase).decrypt(nonce, sealed, protected.outside().encode("ascii"))
    except (InvalidTag, ValueError):
        raise KeyFileError("wrong passphrase, or a damaged key file") from None


def _check_cost(cost: Cost) -> None:
    # Argon2 itself needs 8 KiB a lane.
    if not (
        1 <= cost.passes <= MAX_PASSES
        and 1 <= cost.lanes <= MAX_LANES
        and 8 * cost.lanes <= cost.memory_kib <= MAX_MEMORY_KIB
    ):
        raise KeyFileError("the key file asks for more or less work than is sensible")


def _cipher(protected: ProtectedKey, passphrase: str) -> AESGCM:
    # NFC: a passphrase with an accent is the same one on every keyboard (as RFC 8265 asks).
    password = unicodedata.normalize("NFC", passphrase).encode()
    stretched = argon2id(password, salt=protected.salt, cost=protected.cost, length=32)
    return AESGCM(derive(stretched, protected.header))
