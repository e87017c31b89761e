"""Randomness for tests: a recorded stream, the same on every run."""

import hashlib
from collections.abc import Callable


def stream(name: str = "linnet tests") -> Callable[[int], bytes]:
    """Return an entropy source that gives SHAKE256(name), read on and on."""
    taken = 0

    def entropy(length: int) -> bytes:
        nonlocal taken
        taken += length
        return hashlib.shake_256(name.encode()).digest(taken)[-length:] if length else b""

    return entropy
