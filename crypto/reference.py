"""A report's reference: eight characters that tell nothing of order or time.

People read it on a lock screen, in a subject line, over the telephone. It is random, so
that two references do not show which came first or how many lie between them, and it is
written in Crockford's base32, where I, L, O cannot be taken for 1 and 0. It is a name and
no secret: 40 bits, and the database refuses a second report of the same name.

A test alert's reference begins with TEST, so that it is marked wherever it is read, on paper
too; no report's does.
"""

import unicodedata

from crypto.encoding import CROCKFORD, to_crockford
from crypto.entropy import Entropy, draw

LENGTH = 8
TEST = "TEST"
_BYTES = 5
_LOOKALIKES = str.maketrans("ILO", "110")


def new_reference(entropy: Entropy) -> str:
    """Draw a reference: 8 upper-case Crockford base32 characters (5 random bytes; again if it looks like a test)."""
    while is_test(drawn := to_crockford(draw(entropy, _BYTES))):
        pass
    return drawn


def new_test_reference(entropy: Entropy) -> str:
    """Draw a test alert's reference: TEST and 4 characters (5 random bytes are drawn, 20 bits used)."""
    return TEST + to_crockford(draw(entropy, _BYTES))[: LENGTH - len(TEST)]


def is_test(reference: str) -> bool:
    """Say whether a reference is a test alert's."""
    return reference.startswith(TEST)


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
