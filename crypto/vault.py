"""What the server keeps for itself: keyed names, and drafts it can still read.

Three things come out of the secrets:

* *Pseudonyms and marks*: HMAC-SHA256 under keys derived from the root. A thief of the
  database cannot test "is it this account?" without the secret file, although accounts
  are few enough to try them all against a plain hash.
* *Drafts*: AES-256-GCM under the newest numbered key, bound to the key's number and to
  the place the ciphertext stands in ("sessions/…"), so that a row copied over another
  does not decrypt there. When the numbered key is destroyed, so are they.
* *Lasting values*, such as a staff member's chat address: the same, under a key derived
  from the root, because they must outlive every rotation.

A ciphertext is: version 1, the key's number in 4 bytes (0 for lasting), 12 bytes of
nonce, AES-256-GCM ciphertext and tag. Nonces are random: one key may encrypt 2^32 times
(NIST SP 800-38D), which at ten turns a second is thirteen years of one numbered key.

The vault does not pad; whoever knows what is being hidden pads it (`crypto.padding`).
"""

from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

from crypto.derive import derive
from crypto.encoding import bind
from crypto.entropy import Entropy, draw
from crypto.errors import VaultError, VaultKeyGoneError
from crypto.secret_file import Secrets, VaultKey, new_secrets, parse_secrets

__all__ = ["Secrets", "Vault", "VaultKey", "new_secrets", "parse_secrets"]

VERSION = b"\x01"
LASTING_NUMBER = 0
NONCE_BYTES = 12
TAG_BYTES = 16
_PREFIX_BYTES = 1 + 4 + NONCE_BYTES

VAULT_LABEL = "linnet vault 1"
LASTING_LABEL = "linnet lasting 1"
PSEUDONYM_LABEL = "linnet pseudonym 1"
MARK_LABEL = "linnet mark 1"
PEPPER_LABEL = "linnet receipt pepper 1"


@dataclass(frozen=True, slots=True)
class Vault:
    """The server's keys at work. Holds no state and changes nothing."""

    secrets: Secrets = field(repr=False)

    def pseudonym(self, channel: str, user: str) -> bytes:
        """Name a person in a channel, 32 bytes: the same person in two channels has two names.

        Args:
            channel: the door, such as "telegram".
            user: the channel's own id of the person, as text. It is not kept anywhere.
        """
        key = derive(self.secrets.root, PSEUDONYM_LABEL)
        return _hmac(key, bind(PSEUDONYM_LABEL, channel.encode(), user.encode()))

    def mark(self, label: str, value: str) -> bytes:
        """Mark a value so that it can be recognised again and not read, 32 bytes.

        Args:
            label: what kind of value, such as "inbox"; each kind has a key of its own.
            value: what is to be recognised, such as an update id.
        """
        key = derive(self.secrets.root, MARK_LABEL, label.encode())
        return _hmac(key, value.encode())

    def encrypt(self, plaintext: bytes, *, place: str, entropy: Entropy) -> bytes:
        """Encrypt under the newest numbered key, for one place (33 bytes longer).

        Args:
            plaintext: what is to be kept; its length shows, so pad first.
            place: table and row where the result will stand, such as "sessions/<hex>".
            entropy: 12 bytes are drawn.
        """
        newest = self.secrets.vault_keys[-1]
        context = _context(VAULT_LABEL, newest.number, place)
        return _encrypt(newest.key, newest.number, plaintext, context, entropy)

    def decrypt(self, data: bytes, *, place: str) -> bytes:
        """Decrypt what `encrypt` made for this place.

        Raises:
            VaultKeyGoneError: its key was destroyed; treat the value as expired.
            VaultError: changed, moved from another place, or not the vault's.
        """
        number = _number(data)
        for key in self.secrets.vault_keys:
            if key.number == number:
                return _decrypt(key.key, data, _context(VAULT_LABEL, number, place))
        if 0 < number < self.secrets.vault_keys[-1].number:
            raise VaultKeyGoneError("the key that kept this was destroyed")
        raise VaultError("this was not encrypted by this vault for this place")

    def encrypt_lasting(self, plaintext: bytes, *, place: str, entropy: Entropy) -> bytes:
        """Encrypt what must outlive every rotation, such as a staff address; as `encrypt`."""
        context = _context(LASTING_LABEL, LASTING_NUMBER, place)
        return _encrypt(self._lasting(), LASTING_NUMBER, plaintext, context, entropy)

    def decrypt_lasting(self, data: bytes, *, place: str) -> bytes:
        """Decrypt what `encrypt_lasting` made for this place.

        Raises:
            VaultError: changed, moved from another place, or not the vault's.
        """
        if _number(data) != LASTING_NUMBER:
            raise VaultError("this was not encrypted by this vault for this place")
        return _decrypt(self._lasting(), data, _context(LASTING_LABEL, LASTING_NUMBER, place))

    @property
    def receipt_pepper(self) -> bytes:
        """The 32 bytes that make receipts unguessable for a thief of the database alone."""
        return derive(self.secrets.root, PEPPER_LABEL)

    def _lasting(self) -> bytes:
        return derive(self.secrets.root, LASTING_LABEL)


def _hmac(key: bytes, message: bytes) -> bytes:
    mac = HMAC(key, SHA256())
    mac.update(message)
    return mac.finalize()


def _number(data: bytes) -> int:
    if len(data) < _PREFIX_BYTES + TAG_BYTES or data[:1] != VERSION:
        raise VaultError("this was not encrypted by this vault for this place")
    return int.from_bytes(data[1:5], "big")


def _context(label: str, number: int, place: str) -> bytes:
    return bind(label, number.to_bytes(4, "big"), place.encode())


def _encrypt(key: bytes, number: int, plaintext: bytes, context: bytes, entropy: Entropy) -> bytes:
    nonce = draw(entropy, NONCE_BYTES)
    return VERSION + number.to_bytes(4, "big") + nonce + AESGCM(key).encrypt(nonce, plaintext, context)


def _decrypt(key: bytes, data: bytes, context: bytes) -> bytes:
    nonce, sealed = data[5:_PREFIX_BYTES], data[_PREFIX_BYTES:]
    try:
        return AESGCM(key).decrypt(nonce, sealed, context)
    except InvalidTag:
        raise VaultError("this was not encrypted by this vault for this place") from None
