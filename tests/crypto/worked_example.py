"""The worked example of docs/sealed-format.md, computed by the code.

Run as `python -m tests.crypto.worked_example` it prints the block that stands in the page.
"""

import hashlib
from datetime import date

from crypto.draft import seal_slot
from crypto.keyfile import write_key
from crypto.keys import RecipientKey
from crypto.passwords import Cost
from crypto.receipt import derive, grouped, new_receipt
from crypto.reference import new_reference
from crypto.seal import body_context, seal, wrap_context
from crypto.signing import SigningKey
from crypto.vault import Secrets, Vault, VaultKey

SEED = bytes(range(32))
CONTENT_KEY = bytes([0x11] * 32)
NONCE = bytes([0x22] * 12)
PLAINTEXT = b'{"answers":[],"format":"linnet report 1","language":"en"}'
SALT = bytes([0x33] * 16)
ROOT = bytes([0x44] * 32)
VAULT_KEY = bytes([0x55] * 32)
DRAFT_KEY = bytes([0x66] * 32)


def given(*chunks: bytes):
    """Return an entropy source that gives these, in this order."""
    left = list(chunks)

    def entropy(length: int) -> bytes:
        chunk = left.pop(0)
        assert len(chunk) == length
        return chunk

    return entropy


def key_file() -> str:
    """Return the key file shown in the page, at a cost chosen for reading, not for safety."""
    key = RecipientKey.from_seed(SEED)
    cost = Cost(memory_kib=64, passes=1, lanes=1)
    return write_key(key, "correct horse", given(SALT, NONCE), person="fp-north", cost=cost)


def secret_file() -> Secrets:
    """Return the secrets whose file is shown in the page."""
    return Secrets(ROOT, (VaultKey(7, date(2031, 5, 2), VAULT_KEY),))


def worked() -> dict[str, str]:
    """Compute every named value of the page."""
    key = RecipientKey.from_seed(SEED)
    reference = new_reference(given(bytes.fromhex("23cf3152f6")))
    sealed = seal(
        PLAINTEXT,
        purpose="report",
        reference=reference,
        recipients=[key.public],
        entropy=given(CONTENT_KEY, NONCE),
    )
    digest = hashlib.sha256(sealed.body).digest()
    vault = Vault(secret_file())
    receipt = new_receipt(given((10**16 + 1234567890123456).to_bytes(8, "big")))
    receipt_keys = derive(receipt, pepper=vault.receipt_pepper)
    signer = SigningKey(SEED)
    line = key.public.to_text()
    return {
        "public-key-sha256": hashlib.sha256(key.public.raw).hexdigest(),
        "key-id": key.public.key_id,
        "public-line-start": line[:40],
        "public-line-end": line[-12:],
        "reference": reference,
        "body-aad": body_context("report", reference).hex(),
        "body-length": str(len(sealed.body)),
        "body-start": sealed.body[:32].hex(),
        "body-end": sealed.body[-16:].hex(),
        "body-sha256": digest.hex(),
        "wrap-info": wrap_context("report", reference, key.public.key_id, digest).hex(),
        "wrap-length": str(len(sealed.wraps[0].wrap)),
        "pseudonym": vault.pseudonym("telegram", "123456").hex(),
        "mark": vault.mark("inbox", "telegram:42").hex(),
        "receipt-pepper": vault.receipt_pepper.hex(),
        "vault": vault.encrypt(b"words", place="sessions/00ff", entropy=given(NONCE)).hex(),
        "lasting": vault.encrypt_lasting(b"words", place="staff/1", entropy=given(NONCE)).hex(),
        "draft-sha256": hashlib.sha256(
            seal_slot(DRAFT_KEY, b"words", place="slots/00ff/story", entropy=given(NONCE))
        ).hexdigest(),
        "receipt": grouped(receipt),
        "receipt-lookup": receipt_keys.lookup_id.hex(),
        "receipt-mailbox-seed": receipt_keys.mailbox.seed.hex(),
        "receipt-mailbox-key-id": receipt_keys.mailbox.public.key_id,
        "verify-line": signer.verify_key.to_text(),
        "verify-key-id": signer.verify_key.key_id,
        "signature": signer.sign(b"{}").hex(),
    }


if __name__ == "__main__":
    for name, value in worked().items():
        print(f"{name} = {value}")  # noqa: T201 - this is what it is for
    print(key_file())  # noqa: T201 - likewise
    print(secret_file().render())  # noqa: T201 - likewise
