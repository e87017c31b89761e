"""Bytes as text, and several fields as one: each with exactly one valid form.

Three encodings serve the whole package:

* base64url without padding (RFC 4648, section 5), read strictly: a decoder that accepts
  stray bits, padding or line breaks gives one secret many spellings, and then "the file
  was not changed" can no longer be checked by comparing bytes.
* Crockford's base32 (no i, l, o, u), for what people read aloud or type.
* `bind`, the unambiguous join of fields that every AEAD, HPKE and HKDF call here takes
  as its context. Without the lengths, ("ab", "c") and ("a", "bc") would be one context.
"""

import base64
import binascii
import re

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*")


def bind(label: str, *fields: bytes) -> bytes:
    """Join a label and fields: ASCII label, NUL, then each field after its length.

    Lengths are 4 bytes, big-endian. The label says what the bytes are for and in which
    version, so that no two uses can be mistaken for one another.
    """
    joined = [label.encode("ascii"), b"\0"]
    for field in fields:
        joined += (len(field).to_bytes(4, "big"), field)
    return b"".join(joined)


def to_base64url(data: bytes) -> str:
    """Encode as base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_base64url(text: str) -> bytes:
    """Decode base64url, accepting only what `to_base64url` writes.

    Raises:
        ValueError: any other spelling.
    """
    if _BASE64URL.fullmatch(text) is None:
        raise ValueError("not base64url")
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        # From None: the library's message quotes the input, which may be a secret.
        raise ValueError("not base64url") from None
    if to_base64url(data) != text:
        raise ValueError("not base64url")
    return data


def to_crockford(data: bytes) -> str:
    """Encode whole groups of 5 bytes as 8 upper-case Crockford base32 characters.

    Raises:
        ValueError: the length is not a multiple of 5 bytes; there is no padding here.
    """
    if len(data) % 5:
        raise ValueError("only multiples of 5 bytes have a base32 form here")
    number = int.from_bytes(data, "big")
    count = len(data) * 8 // 5
    return "".join(CROCKFORD[number >> (5 * place) & 31] for place in reversed(range(count)))
