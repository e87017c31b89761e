"""The directory's signature: Ed25519, made offline by whoever answers for the directory.

Whoever can swap a public key in the directory can read every report from then on. The
server therefore takes no directory that is not signed by a key whose public half it was
given at installation, and the private half is never on the server.

What is signed is `linnet directory 1`, a NUL, then the message: a signature made for a
directory can never pass as one made for anything else.
"""

from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from crypto.entropy import Entropy, draw
from crypto.errors import KeyFileError, SignatureError
from crypto.keyfile import COST, parse, protect, unprotect
from crypto.keys import data_of, key_id, line_of
from crypto.passwords import Cost

CONTEXT = b"linnet directory 1\0"
VERIFY_PREFIX = "linnet-verify-1"
SIGNING_HEADER = "linnet signing key 1"
KEY_BYTES = 32
SIGNATURE_BYTES = 64


@dataclass(frozen=True, slots=True)
class VerifyKey:
    """The half everybody may know: it checks a directory and signs nothing.

    Raises:
        KeyFileError: not 32 bytes.
    """

    raw: bytes

    def __post_init__(self) -> None:
        if len(self.raw) != KEY_BYTES:
            raise KeyFileError("a verification key is 32 bytes long")

    @property
    def key_id(self) -> str:
        """The key's name: 16 lower-case base32 characters of its SHA-256."""
        return key_id(self.raw)

    def to_text(self) -> str:
        """Write as one line: `linnet-verify-1 <base64url of key and checksum>`, no line end."""
        return line_of(VERIFY_PREFIX, self.raw)

    @classmethod
    def from_text(cls, text: str) -> "VerifyKey":
        """Read the one-line form.

        Raises:
            KeyFileError: another kind of line, or a damaged one.
        """
        return cls(data_of(VERIFY_PREFIX, text))

    def verify(self, signature: bytes, message: bytes) -> None:
        """Return only if `signature` was made by this key's holder over `message`.

        Raises:
            SignatureError: it was not.
        """
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, CONTEXT + message)
        except (InvalidSignature, ValueError):
            raise SignatureError("the signature does not match") from None


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The half that signs: 32 bytes, kept offline in a passphrase-protected file."""

    seed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.seed) != KEY_BYTES:
            raise KeyFileError("a signing key is 32 bytes long")

    def __repr__(self) -> str:
        return "SigningKey(<redacted>)"

    @classmethod
    def generate(cls, entropy: Entropy) -> "SigningKey":
        """Make a new key from 32 random bytes."""
        return cls(draw(entropy, KEY_BYTES))

    @property
    def verify_key(self) -> VerifyKey:
        """The public half."""
        return VerifyKey(Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        """Sign a directory's bytes; 64 bytes, always the same for the same message."""
        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(CONTEXT + message)


def write_signing_key(
    key: SigningKey, passphrase: str, entropy: Entropy, *, person: str | None, cost: Cost = COST
) -> str:
    """Write a signing key as a passphrase-protected file; as `crypto.keyfile.write_key`.

    Raises:
        KeyFileError: an empty passphrase, or a person or cost the format does not allow.
    """
    name = key.verify_key.key_id
    return protect(key.seed, passphrase, entropy, header=SIGNING_HEADER, key_id=name, person=person, cost=cost)


def read_signing_key(text: str, passphrase: str) -> SigningKey:
    """Open a signing key file. Takes the time and memory the file asks for.

    Raises:
        KeyFileError: malformed, of another kind, asking for too much, or another passphrase.
    """
    protected = parse(text, header=SIGNING_HEADER)
    key = SigningKey(unprotect(protected, passphrase))
    if key.verify_key.key_id != protected.key_id:
        raise KeyFileError("the key file holds another key than it says")
    return key
