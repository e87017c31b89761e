"""Randomness comes in as an argument, so that nothing here draws it by stealth.

Callers pass `secrets.token_bytes`; tests pass a recorded stream. One exception is not
ours to route: HPKE draws its ephemeral keys inside the `cryptography` package, which
offers no way to pass them in. A sealed wrap is therefore never reproducible.
"""

from collections.abc import Callable
from typing import TypeAlias

from crypto.errors import EntropyError

Entropy: TypeAlias = Callable[[int], bytes]
"""Takes a number of bytes, returns that many fresh, uniformly random ones."""


def draw(entropy: Entropy, length: int) -> bytes:
    """Draw exactly `length` bytes.

    Raises:
        EntropyError: the source returned another number of bytes. A short key is
            the kind of fault that otherwise shows only to an attacker.
    """
    drawn = entropy(length)
    if len(drawn) != length:
        raise EntropyError("the source of randomness returned the wrong number of bytes")
    return drawn
