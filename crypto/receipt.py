"""Sixteen digits that a person can keep: the way back to their report.

The digits are all there is: no account, no name. From them come, by Argon2id and then
two separate labels, a look-up id under which the case can be found and the key pair of a
mailbox to which answers are sealed. The server keeps the look-up id and the mailbox's
public key; it cannot read an answer it has sealed until the digits are typed again.

Sixteen digits are 53 bits. What stands between them and a guesser:

* at the door, wrong codes cost time (not this module's business);
* for a thief of the database, the pepper, which is not in it: without the secret file no
  guess can even be tested;
* for a thief of both, Argon2id: 10^16 tries at 64 MiB each.

The salt is fixed, and must be: a receipt is looked up by its digits alone, so there is no
name under which a salt of its own could be found first. A salt prevents one table from
serving many databases; here the pepper, different on every server, does that.
"""

import unicodedata
from dataclasses import dataclass, field

from crypto.derive import derive as derive_key
from crypto.entropy import Entropy, draw
from crypto.errors import EntropyError
from crypto.keys import RecipientKey
from crypto.passwords import Cost, argon2id

DIGITS = 16
COST = Cost(memory_kib=64 * 1024, passes=3, lanes=4)
"""RFC 9106's second recommended choice, for servers without 2 GiB to spare."""

SALT = b"linnet receipt 1"
LOOKUP_LABEL = "linnet receipt lookup 1"
MAILBOX_LABEL = "linnet receipt mailbox 1"

_CODES = 10**DIGITS
_DRAWN_BYTES = 8
_LIMIT = 2 ** (8 * _DRAWN_BYTES) // _CODES * _CODES
_MAX_DRAWS = 64
_SEPARATORS = frozenset({"Zs", "Zl", "Zp", "Pd", "Cf"})


@dataclass(frozen=True, slots=True)
class ReceiptKeys:
    """What a receipt's digits give."""

    lookup_id: bytes = field(repr=False)
    """32 bytes under which the case is kept."""
    mailbox: RecipientKey = field(repr=False)
    """The key pair to which answers are sealed."""


def new_receipt(entropy: Entropy) -> str:
    """Draw 16 uniformly random digits, as one string without spaces.

    Raises:
        EntropyError: the source of randomness is broken.
    """
    # Draws above the last whole multiple of 10^16 are thrown away (1 in 9,000), since a
    # plain remainder would make low codes likelier. 64 such draws in a row are no chance.
    for _ in range(_MAX_DRAWS):
        number = int.from_bytes(draw(entropy, _DRAWN_BYTES), "big")
        if number < _LIMIT:
            return f"{number % _CODES:0{DIGITS}d}"
    raise EntropyError("the source of randomness repeats itself")


def grouped(receipt: str) -> str:
    """Write a receipt as people read it: four groups of four, ASCII digits and spaces."""
    return " ".join(receipt[at : at + 4] for at in range(0, DIGITS, 4))


def normalise(typed: str) -> str | None:
    """Read a receipt as people type it, or None if it is not sixteen digits.

    Spaces, line breaks, dashes and invisible format characters (the direction marks that
    phones paste) are passed over; digits of any script count as what they mean.
    """
    digits = []
    for char in typed:
        if (value := unicodedata.decimal(char, None)) is not None:
            digits.append(str(value))
        elif not char.isspace() and unicodedata.category(char) not in _SEPARATORS and char != "\u2212":
            return None
    return "".join(digits) if len(digits) == DIGITS else None


def derive(receipt: str, *, pepper: bytes) -> ReceiptKeys:
    """Derive a receipt's keys. Slow (about 0.15 s, 64 MiB): run it in a bounded worker thread.

    Args:
        receipt: 16 ASCII digits, as `new_receipt` and `normalise` return them.
        pepper: `Vault.receipt_pepper`.

    Raises:
        ValueError: not 16 ASCII digits.
    """
    if len(receipt) != DIGITS or not (receipt.isascii() and receipt.isdigit()):
        raise ValueError("a receipt is 16 digits; normalise it first")
    master = argon2id(receipt.encode("ascii"), salt=SALT, cost=COST, length=32, secret=pepper)
    return ReceiptKeys(
        lookup_id=derive_key(master, LOOKUP_LABEL),
        mailbox=RecipientKey.from_seed(derive_key(master, MAILBOX_LABEL)),
    )
