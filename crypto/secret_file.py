"""The server's secret file: one root key, and numbered vault keys that can be destroyed.

The file stands outside the database and outside its backups. It is text:

    linnet secrets 1
    root <base64url of 32 bytes>
    vault 7 2031-05-02 <base64url of 32 bytes>
    vault 8 2031-05-09 <base64url of 32 bytes>

`root` never changes: pseudonyms, inbox marks and receipts are derived from it, and a new
one would make every session and every receipt unfindable. The vault keys encrypt drafts.
Each is drawn on its own and depends on nothing else, so that removing its line truly
destroys it: numbers derived from one master secret could always be derived again, and
"the old key is gone" would be a pretence.

Rotation re-encrypts nothing. A new key is added; what is written from then on uses it;
the old one is dropped once everything it could have encrypted has expired.

Lines that begin with `#` and empty lines are allowed, since people keep this file.
"""

import re
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import NoReturn

from crypto.encoding import from_base64url, to_base64url
from crypto.entropy import Entropy, draw
from crypto.errors import SecretFileError

HEADER = "linnet secrets 1"
KEY_BYTES = 32
MAX_NUMBER = 2**32 - 1

_ROOT = re.compile(r"root ([A-Za-z0-9_-]+)")
_VAULT = re.compile(r"vault ([1-9][0-9]{0,9}) ([0-9]{4}-[0-9]{2}-[0-9]{2}) ([A-Za-z0-9_-]+)")
_NOTE = "# Keep this file secret, and out of the database's backups. Without it nothing kept can be read."


@dataclass(frozen=True, slots=True)
class VaultKey:
    """One numbered key and the day it was made (UTC)."""

    number: int
    created: date
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Secrets:
    """Everything the server must know and must never store in its database."""

    root: bytes = field(repr=False)
    """32 bytes; never rotated."""
    vault_keys: tuple[VaultKey, ...]
    """Oldest first, numbers rising; the last one encrypts."""

    def __post_init__(self) -> None:
        keys = self.vault_keys
        if len(self.root) != KEY_BYTES or any(len(key.key) != KEY_BYTES for key in keys):
            raise SecretFileError("a key in the secret file is not 32 bytes long")
        if not keys:
            raise SecretFileError("the secret file has no vault key")
        if any(not 1 <= key.number <= MAX_NUMBER for key in keys):
            raise SecretFileError("a vault key's number is out of range")
        if any(old.number >= new.number or old.created > new.created for old, new in pairwise(keys)):
            raise SecretFileError("the vault keys are not in order of number and day")

    def render(self) -> str:
        """Write the file's text."""
        lines = [HEADER, _NOTE, f"root {to_base64url(self.root)}"]
        lines += [f"vault {key.number} {key.created.isoformat()} {to_base64url(key.key)}" for key in self.vault_keys]
        return "\n".join(lines) + "\n"

    def rotate(self, entropy: Entropy, today: date) -> "Secrets":
        """Add a new vault key, which encrypts from now on. The old ones still decrypt.

        Raises:
            SecretFileError: `today` is before the newest key's day: a clock is wrong, and
                guessing which one could destroy a key too early.
        """
        added = VaultKey(self.vault_keys[-1].number + 1, today, draw(entropy, KEY_BYTES))
        return replace(self, vault_keys=(*self.vault_keys, added))

    def retire(self, today: date, keep_days: int) -> "Secrets":
        """Drop every key whose successor has served for more than `keep_days` whole days.

        Args:
            today: the day now, UTC.
            keep_days: how long anything encrypted may still have to be read. Days have no
                hours, so a key superseded late on day D is kept through day D + keep_days:
                longer than asked by up to a day, never shorter.

        Raises:
            SecretFileError: `keep_days` is negative.
        """
        if keep_days < 0:
            raise SecretFileError("a key cannot be kept for less than no days")
        span = timedelta(days=keep_days)
        kept = [old for old, new in pairwise(self.vault_keys) if today - new.created <= span]
        return replace(self, vault_keys=(*kept, self.vault_keys[-1]))


def new_secrets(entropy: Entropy, today: date) -> Secrets:
    """Make a new root key and the first vault key."""
    root = draw(entropy, KEY_BYTES)
    return Secrets(root, (VaultKey(1, today, draw(entropy, KEY_BYTES)),))


def parse_secrets(text: str) -> Secrets:
    """Read the secret file's text.

    Raises:
        SecretFileError: malformed; the message names the line, never what it holds.
    """
    root: bytes | None = None
    keys: list[VaultKey] = []
    lines = [(at, line.strip()) for at, line in enumerate(text.split("\n"), start=1)]
    lines = [(at, line) for at, line in lines if line and not line.startswith("#")]
    if not lines or lines[0][1] != HEADER:
        raise SecretFileError(f"a secret file begins with the line “{HEADER}”")
    for at, line in lines[1:]:
        try:
            if (found := _ROOT.fullmatch(line)) and root is None:
                root = from_base64url(found[1])
            elif found := _VAULT.fullmatch(line):
                key = VaultKey(int(found[1]), date.fromisoformat(found[2]), from_base64url(found[3]))
                keys.append(key)
            else:
                _refuse(at)
        except ValueError:
            _refuse(at)
    if root is None:
        raise SecretFileError("the secret file has no root key")
    return Secrets(root, tuple(keys))


def _refuse(at: int) -> NoReturn:
    # From None: a ValueError's message may quote the line, and the line is a key.
    raise SecretFileError(f"line {at} of the secret file is malformed") from None
