"""Lengths say things: padding hides how much a person wrote.

A ciphertext is as long as what it hides, and the database keeps every ciphertext. "One
line" against "three pages" tells a thief something about a report, so text is padded to
the next of a few sizes before it is encrypted.

The form is ISO/IEC 7816-4: the data, one byte 0x80, then zero bytes up to the bucket.
Padding stands *inside* the encryption, so nobody can probe it from outside; it is read
strictly all the same, because one plaintext should have one padded form.
"""

from collections.abc import Callable
from typing import TypeAlias

from crypto.errors import PaddingError

Bucket: TypeAlias = Callable[[int], int]
"""Takes a length in bytes, marker byte included; returns the padded length, not less."""

KIB = 1024
REPORT_BUCKETS = (4 * KIB, 8 * KIB, 16 * KIB, 32 * KIB, 64 * KIB)
REPORT_STEP = 64 * KIB
DRAFT_STEP = KIB


def report_bucket(length: int) -> int:
    """4, 8, 16, 32 or 64 KiB, then multiples of 64 KiB: five sizes cover nearly all."""
    for bucket in REPORT_BUCKETS:
        if length <= bucket:
            return bucket
    return -(-length // REPORT_STEP) * REPORT_STEP


def draft_bucket(length: int) -> int:
    """Multiples of 1,024 bytes: drafts are many, short, and gone within days."""
    return max(1, -(-length // DRAFT_STEP)) * DRAFT_STEP


def pad(data: bytes, bucket: Bucket) -> bytes:
    """Pad `data` to the size that `bucket` names for it and its marker byte."""
    size = bucket(len(data) + 1)
    return (data + b"\x80").ljust(size, b"\0")


def unpad(padded: bytes, bucket: Bucket) -> bytes:
    """Take the padding off again.

    Raises:
        PaddingError: not exactly what `pad` makes with this `bucket`: no marker, a
            marker followed by something else, or another size than the data's own.
    """
    body = padded.rstrip(b"\0")
    if not body.endswith(b"\x80") or bucket(len(body)) != len(padded):
        raise PaddingError("the padding is not of the one valid form")
    return body[:-1]
