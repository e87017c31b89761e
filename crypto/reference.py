"""A report's reference: eight characters that tell nothing of order or time.

People read it on a lock screen, in a subject line, over the telephone. It is random, so
that two references do not show which came first or how many lie between them, and it is
written in Crockford's base32, where I, L, O cannot be taken for 1 and 0. It is a name and
no secret: 40 bits, and the database refuses a second report of the same name.

A test alert's reference begins with TEST and that of an invented case with PRAC, so that they
are marked wherever they are read, on paper too; no other reference does.
"""

import unicodedata

from crypto.encoding import CROCKFORD, to_crockford
from crypto.entropy import Entropy, draw

LENGTH = 8
TEST = "TEST"
PRACTICE = "PRAC"
_BYTES = 5
_LOOKALIKES = str.maketrans("ILO", "110")


def new_reference(entropy: Entropy, *, practice: bool = False) -> str:
    """Draw a reference: 8 upper-case Crockford base32 characters.

    Args:
        entropy: 5 bytes are drawn, and 5 others as long as they look like a marked reference.
        practice: for an invented case; then the mark takes the place of the first 20 bits.
    """
    if practice:
        return _marked(PRACTICE, entropy)
    while (drawn := to_crockford(draw(entropy, _BYTES))).startswith((TEST, PRACTICE)):
        pass
    return drawn


def new_test_reference(entropy: Entropy) -> str:
    """Draw a test alert's reference: TEST and 4 characters (5 random bytes are drawn, 20 bits used)."""
    return _marked(TEST, entropy)


def is_practice(reference: str) -> bool:
    """Say whether a reference is that of an invented case."""
    return reference.startswith(PRACTICE)


def is_test(reference: str) -> bool:
    """Say whether a reference is a test alert's."""
    return reference.startswith(TEST)


def _marked(mark: str, entropy: Entropy) -> str:
    return mark + to_crockford(draw(entropy, _BYTES))[: LENGTH - len(mark)]


def normalise_reference(text: str) -> str | None:
    """Read a reference as people type it, or None if it is not one.

    Case does not matter; spaces and hyphens are passed over; I and L are read as 1 and O
    as 0, as Crockford's base32 asks of a decoder.
    """
    plain = unicodedata.normalize("NFKC", text).upper().translate(_LOOKALIKES)
    kept = "".join(char for char in plain if not char.isspace() and unicodedata.category(char) not in {"Pd", "Cf"})
    if len(kept) != LENGTH or any(char not in CROCKFORD for char in kept):
        return None
    return kept
