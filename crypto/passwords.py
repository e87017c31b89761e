"""Argon2id (RFC 9106): what turns a short secret into a key, slowly.

Two secrets here are short enough to try one after another: a receipt's sixteen digits
and a recipient's passphrase. Argon2id makes every try cost memory as well as time, so
that a rack of graphics cards gains little.

With more than one lane, only one derivation may run in a process at a time. OpenSSL (4.0, as `cryptography` 50
brings it) takes its threads from a limit that each derivation sets for the whole process and resets at its end;
a second one at the same moment fails with `MemoryError`, or waits for ever. Callers see to it: a lock here would
be a thread's business, and this package knows of none.
"""

from dataclasses import dataclass

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id


@dataclass(frozen=True, slots=True)
class Cost:
    """What one try costs."""

    memory_kib: int
    passes: int
    lanes: int


def argon2id(
    password: bytes,
    *,
    salt: bytes,
    cost: Cost,
    length: int,
    secret: bytes | None = None,
    associated: bytes | None = None,
) -> bytes:
    """Argon2id version 1.3.

    Args:
        password: the short secret.
        salt: at least 8 bytes.
        cost: memory, passes and lanes.
        length: bytes of output.
        secret: Argon2's own keyed input ("pepper"), kept apart from what it protects.
        associated: Argon2's associated data.
    """
    kdf = Argon2id(
        salt=salt,
        length=length,
        iterations=cost.passes,
        lanes=cost.lanes,
        memory_cost=cost.memory_kib,
        ad=associated,
        secret=secret,
    )
    return kdf.derive(password)
