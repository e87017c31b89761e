"""Recipients' keys: an X-Wing key pair, and its public half as one line of text.

X-Wing joins ML-KEM-768 and X25519: a report sealed today stays sealed as long as either
holds, so it survives both a quantum computer and a flaw found in a young lattice scheme.

The private key is the 32-byte seed of draft-connolly-cfrg-xwing-kem. SHAKE256 expands it
to 96 bytes: 64 are the ML-KEM-768 seed (d, then z), 32 the X25519 private key. The public
key is ML-KEM's 1,184 bytes followed by X25519's 32. It is made on the recipient's own
device and its private half never leaves it.

A key for practice is made for invented cases and carries that label wherever it is seen: in
its line, in its file, and at the beginning of its name. `crypto.seal` never mixes the two.
"""

import hashlib
import hmac
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import hashes, hpke
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from crypto.encoding import bind, from_base64url, to_base64url, to_crockford
from crypto.entropy import Entropy, draw
from crypto.errors import KeyFileError

SEED_BYTES = 32
PUBLIC_BYTES = 1216
PUBLIC_PREFIX = "linnet-pub-1"
PRACTICE_PREFIX = "linnet-practice-pub-1"
PRACTICE_NAME = "practice-"
"""How the names of keys for practice begin. No other name does: I and the hyphen are not in Crockford's base32."""
CHECK_BYTES = 4

_MLKEM_PUBLIC_BYTES = 1184
_MLKEM_SEED_BYTES = 64


def key_id(public: bytes, *, practice: bool = False) -> str:
    """Name a public key: the first 80 bits of its SHA-256, 16 lower-case base32 characters.

    For practice, `PRACTICE_NAME` stands before them.
    """
    name = to_crockford(hashlib.sha256(public).digest()[:10]).lower()
    return PRACTICE_NAME + name if practice else name


def is_practice(key_id: str) -> bool:
    """Say whether a key's name is that of a key for practice."""
    return key_id.startswith(PRACTICE_NAME)


def checksum(label: str, data: bytes) -> bytes:
    """Four bytes that catch a slip in copying a line. No protection against intent."""
    return hashlib.sha256(bind(label, data)).digest()[:CHECK_BYTES]


def line_of(prefix: str, data: bytes) -> str:
    """Write bytes as one checked line: prefix, a space, base64url of data and checksum."""
    return f"{prefix} {to_base64url(data + checksum(prefix, data))}"


def data_of(prefix: str, text: str) -> bytes:
    """Read a line that `line_of` wrote; one line end is allowed after it.

    Raises:
        KeyFileError: anything else.
    """
    head, _, body = text.removesuffix("\n").removesuffix("\r").partition(" ")
    if head != prefix:
        raise KeyFileError(f"this is not a {prefix} line")
    try:
        raw = from_base64url(body)
    except ValueError:
        raise KeyFileError(f"the {prefix} line is damaged: copy it again, whole") from None
    data, check = raw[:-CHECK_BYTES], raw[-CHECK_BYTES:]
    if len(raw) <= CHECK_BYTES or not hmac.compare_digest(check, checksum(prefix, data)):
        raise KeyFileError(f"the {prefix} line is damaged: copy it again, whole")
    return data


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The half that the server holds: it can seal to a recipient and open nothing.

    Raises:
        KeyFileError: the 1,216 bytes are not a usable public key. This is checked on
            making one, so that a bad key is found when the directory is loaded and never
            at the moment somebody sends a report.
    """

    raw: bytes = field(repr=False)
    practice: bool = False
    """Whether it is for practice only."""

    def __post_init__(self) -> None:
        if len(self.raw) != PUBLIC_BYTES:
            raise KeyFileError("a public key is 1,216 bytes long")
        try:
            self.hpke_key()
            # A low-order point would make every later seal fail; a trial exchange shows it.
            _PROBE.exchange(X25519PublicKey.from_public_bytes(self.raw[_MLKEM_PUBLIC_BYTES:]))
        except ValueError:
            raise KeyFileError("these bytes are not a usable public key") from None

    def __repr__(self) -> str:
        return f"PublicKey({self.key_id})"

    @property
    def key_id(self) -> str:
        """The key's name, as it stands in wraps, key files and the directory."""
        return key_id(self.raw, practice=self.practice)

    def hpke_key(self) -> hpke.MLKEM768X25519PublicKey:
        """Return the key as the HPKE library takes it."""
        return hpke.MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(self.raw[:_MLKEM_PUBLIC_BYTES]),
            X25519PublicKey.from_public_bytes(self.raw[_MLKEM_PUBLIC_BYTES:]),
        )

    def to_text(self) -> str:
        """Write as one line: `linnet-pub-1 <base64url of key and checksum>`, no line end.

        For practice the first word is `linnet-practice-pub-1`.
        """
        return line_of(PRACTICE_PREFIX if self.practice else PUBLIC_PREFIX, self.raw)

    @classmethod
    def from_text(cls, text: str) -> "PublicKey":
        """Read the one-line form of either kind; `practice` says which it was.

        Raises:
            KeyFileError: another kind of line, a damaged one, or no usable key.
        """
        practice = text.startswith(f"{PRACTICE_PREFIX} ")
        return cls(data_of(PRACTICE_PREFIX if practice else PUBLIC_PREFIX, text), practice)


@dataclass(frozen=True, slots=True)
class RecipientKey:
    """The private half: the 32-byte seed. Whoever holds it reads what was sealed to it."""

    seed: bytes = field(repr=False)
    practice: bool = False
    """Whether it is for practice only."""

    def __post_init__(self) -> None:
        if len(self.seed) != SEED_BYTES:
            raise KeyFileError("a private key is 32 bytes long")

    def __repr__(self) -> str:
        return "RecipientKey(<redacted>)"

    @classmethod
    def generate(cls, entropy: Entropy, *, practice: bool = False) -> "RecipientKey":
        """Make a new key from 32 random bytes."""
        return cls(draw(entropy, SEED_BYTES), practice)

    @classmethod
    def from_seed(cls, seed: bytes, *, practice: bool = False) -> "RecipientKey":
        """Take a seed made elsewhere, 32 bytes.

        Raises:
            KeyFileError: another length.
        """
        return cls(seed, practice)

    @property
    def public(self) -> PublicKey:
        """The public half, derived anew (0.1 ms)."""
        mlkem, x25519 = self._halves()
        return PublicKey(mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw(), self.practice)

    def hpke_key(self) -> hpke.MLKEM768X25519PrivateKey:
        """Return the key as the HPKE library takes it."""
        return hpke.MLKEM768X25519PrivateKey(*self._halves())

    def _halves(self) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
        shake = hashes.Hash(hashes.SHAKE256(_MLKEM_SEED_BYTES + 32))
        shake.update(self.seed)
        expanded = shake.finalize()
        return (
            MLKEM768PrivateKey.from_seed_bytes(expanded[:_MLKEM_SEED_BYTES]),
            X25519PrivateKey.from_private_bytes(expanded[_MLKEM_SEED_BYTES:]),
        )


_PROBE = X25519PrivateKey.from_private_bytes(hashlib.sha256(b"linnet low-order probe").digest())
