"""Proving to a server that one holds a recipient's private key, without a password and without showing the key.

The server seals a fresh answer to the public key that stands in the signed directory; whoever can say it holds the
private half. HPKE in base mode with X-Wing (RFC 9180, `crypto.seal.SUITE`) hides for which key a challenge was made,
so a challenge for somebody whom nobody knows looks like any other.

The `info` binds where the challenge is from, which attempt it is for, and the key. The place is the host and port
that the client called: a server of somebody else's that passes on our challenge as its own gets no answer, since its
name is another (a signature over a bare nonce could be passed on so). A challenge opens as nothing else, and no
sealed report opens as a challenge.
"""

from cryptography.exceptions import InvalidTag

from crypto.encoding import bind
from crypto.errors import OpenError, SealError
from crypto.keys import PublicKey, RecipientKey
from crypto.seal import SUITE

LOGIN_LABEL = "linnet login 1"
ANSWER_BYTES = 32
CHALLENGE_BYTES = 1120 + ANSWER_BYTES + 16
"""The encapsulation, the answer, the tag: 1,168 bytes, whoever it is for."""


def seal_challenge(answer: bytes, public: PublicKey, *, place: str, attempt: str) -> bytes:
    """Seal an answer that only the holder of the private key can say (HPKE draws its own randomness).

    Args:
        answer: 32 bytes that nobody can guess.
        public: of whoever says they are logging in.
        place: host and port of the server, as the client called it, such as "linnet.example" or "[::1]:8080".
        attempt: a name of this attempt, never used before.

    Raises:
        SealError: the answer has another length.
    """
    if len(answer) != ANSWER_BYTES:
        raise SealError("an answer has 32 bytes")
    return SUITE.encrypt(answer, public.hpke_key(), _info(place, attempt, public.key_id))


def open_challenge(challenge: bytes, key: RecipientKey, *, place: str, attempt: str) -> bytes:
    """Open a challenge; the answer is said to the server that `place` names, and to nobody else.

    Raises:
        OpenError: for another key, from another place, for another attempt, or changed.
    """
    if len(challenge) != CHALLENGE_BYTES:
        raise OpenError
    try:
        return SUITE.decrypt(challenge, key.hpke_key(), _info(place, attempt, key.public.key_id))
    except (InvalidTag, ValueError):
        raise OpenError from None


def _info(place: str, attempt: str, key_id: str) -> bytes:
    return bind(LOGIN_LABEL, place.encode("utf-8"), attempt.encode("utf-8"), key_id.encode("ascii"))
