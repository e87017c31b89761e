"""One key, many uses: labelled HKDF, so that no key ever does two jobs.

HKDF-SHA256 (RFC 5869) with an empty salt and `bind(label, *fields)` as its info. The
input is always either uniformly random or the output of Argon2id, so the empty salt
costs nothing. Every label used by the package is listed in docs/sealed-format.md.
"""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from crypto.encoding import bind


def hkdf(key: bytes, info: bytes, *, length: int, salt: bytes | None = None) -> bytes:
    """HKDF-SHA256, extract then expand (RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(key)


def derive(key: bytes, label: str, *fields: bytes) -> bytes:
    """Derive the 32-byte key that serves `label` (and `fields`) and nothing else."""
    return hkdf(key, bind(label, *fields), length=32)
