"""An answer from staff to the person who told: its plain form, and how it is sealed to the mailbox of their receipt.

Sealed on the staff member's own device with the public key that the server hands out, opened here for as long as the
person looks at it. The plain form is canonical JSON:

    {"format": "linnet reply 1", "language": "sw", "text": "…"}

``language`` is a BCP 47 tag, "" where it is not known; ``text`` has at most 10,000 characters.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field

from crypto.encoding import to_base64url
from crypto.entropy import Entropy
from crypto.errors import CryptoError
from crypto.keys import PublicKey, RecipientKey
from crypto.seal import envelope, open_envelope, seal

PURPOSE = "reply"
FORMAT = "linnet reply 1"
LONGEST = 10_000


class ReplyError(Exception):
    """This is no answer, or it cannot be opened; the message says which, and nothing of it."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What somebody in charge wrote."""

    language: str
    text: str = field(repr=False)


def fingerprint(mailbox: PublicKey) -> str:
    """Name a mailbox key for good: base64url of the SHA-256 of its public key, as a sealed report holds it."""
    return to_base64url(hashlib.sha256(mailbox.raw).digest())


def seal_reply(reply: Reply, reference: str, mailbox: bytes, *, entropy: Entropy) -> bytes:
    """Seal an answer to a mailbox.

    Args:
        reply: the answer.
        reference: the report it is about; an answer moved to another report does not open.
        mailbox: the mailbox's public key, raw.
        entropy: for the content key and the encapsulation.

    Raises:
        ReplyError: there is nothing in it, or too much.
    """
    if not reply.text.strip() or len(reply.text) > LONGEST:
        raise ReplyError(f"an answer has 1 to {LONGEST:,} characters")
    plain = {"format": FORMAT, "language": reply.language, "text": reply.text}
    data = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    sealed = seal(data, purpose=PURPOSE, reference=reference, recipients=[PublicKey(mailbox)], entropy=entropy)
    return envelope(sealed.body, sealed.wraps[0], purpose=PURPOSE, reference=reference)


def open_reply(data: bytes, reference: str, key: RecipientKey) -> Reply:
    """Open an answer with the key that the receipt gives.

    Raises:
        ReplyError: it was sealed for another mailbox, about another report, changed, or is no answer.
    """
    try:
        opened = open_envelope(data, key)
        plain = json.loads(opened.plaintext)
        if opened.purpose != PURPOSE or opened.reference != reference or plain["format"] != FORMAT:
            raise ReplyError("this is not an answer to this report")
        return Reply(str(plain["language"]), str(plain["text"]))
    except (CryptoError, ValueError, KeyError, TypeError):
        raise ReplyError("this answer cannot be opened") from None
