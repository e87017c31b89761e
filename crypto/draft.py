"""A person's words while they are still writing: encrypted slot by slot, under a key of their own.

The draft key lives inside the session's encrypted state and nowhere else. Forgetting the
session, on sending, on "delete" or after its time to live, therefore forgets every slot,
even one that a backup still holds.

A slot is 12 bytes of nonce, then AES-256-GCM ciphertext and tag of the text padded to a
multiple of 1,024 bytes, bound to the place it stands in.
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from crypto.encoding import bind
from crypto.entropy import Entropy, draw
from crypto.errors import PaddingError, VaultError
from crypto.padding import draft_bucket, pad, unpad

LABEL = "linnet draft 1"
KEY_BYTES = 32
NONCE_BYTES = 12


def new_draft_key(entropy: Entropy) -> bytes:
    """Draw the 32-byte key of one draft."""
    return draw(entropy, KEY_BYTES)


def seal_slot(key: bytes, text: bytes, *, place: str, entropy: Entropy) -> bytes:
    """Encrypt one slot's text for the place it will stand in (12 bytes are drawn)."""
    nonce = draw(entropy, NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, pad(text, draft_bucket), bind(LABEL, place.encode()))


def open_slot(key: bytes, data: bytes, *, place: str) -> bytes:
    """Decrypt one slot.

    Raises:
        VaultError: another key or place, or changed.
    """
    try:
        padded = AESGCM(key).decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], bind(LABEL, place.encode()))
        return unpad(padded, draft_bucket)
    except (InvalidTag, PaddingError, ValueError):
        raise VaultError("this draft cannot be read with this key at this place") from None
