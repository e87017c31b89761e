"""Published vectors: the parts compute what their standards say.

Sources are named in tests/crypto/vectors/README.md and beside each short vector.
"""

import hashlib
import hmac

import pytest
from cryptography.hazmat.bindings._rust import openssl as rust_openssl
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from crypto.derive import hkdf
from crypto.keys import RecipientKey
from crypto.passwords import Cost, argon2id
from crypto.seal import SUITE
from tests.crypto.vector_files import load

XWING = load("xwing.json")
HPKE = load("hpke.json")
AEADS = {2: hpke.AEAD.AES_256_GCM, 3: hpke.AEAD.CHACHA20_POLY1305}


def extract(salt: bytes, ikm: bytes) -> bytes:
    return hmac.digest(salt or bytes(32), ikm, "sha256")


def expand(prk: bytes, info: bytes, length: int) -> bytes:
    out, block, count = b"", b"", 1
    while len(out) < length:
        block = hmac.digest(prk, block + info + bytes([count]), "sha256")
        out, count = out + block, count + 1
    return out[:length]


def key_schedule(kem_id: int, aead_id: int, shared_secret: bytes, info: bytes) -> tuple[bytes, bytes]:
    """RFC 9180, section 5.1, base mode with HKDF-SHA256: the AEAD's key and base nonce."""
    suite = b"HPKE" + b"".join(number.to_bytes(2, "big") for number in (kem_id, 1, aead_id))

    def labeled_extract(salt: bytes, label: bytes, ikm: bytes) -> bytes:
        return extract(salt, b"HPKE-v1" + suite + label + ikm)

    def labeled_expand(prk: bytes, label: bytes, context: bytes, length: int) -> bytes:
        return expand(prk, length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + context, length)

    context = b"\0" + labeled_extract(b"", b"psk_id_hash", b"") + labeled_extract(b"", b"info_hash", info)
    secret = labeled_extract(shared_secret, b"secret", b"")
    return labeled_expand(secret, b"key", context, 32), labeled_expand(secret, b"base_nonce", context, 12)


@pytest.mark.parametrize("vector", XWING, ids=["first", "second", "third"])
def test_a_seed_gives_the_public_key_of_the_x_wing_draft(vector):
    key = RecipientKey.from_seed(bytes.fromhex(vector["seed"]))
    assert key.public.raw.hex() == vector["pk"]


@pytest.mark.parametrize(
    ("at", "digest"),
    [
        (0, "17cd532d657e44c897ca6583e548a5424fc70bf54f99515a4d2bcf99e3469f33"),
        (1, "1661ea86d608a1924ba30840cb0a65f13ae051e3aec9cf0f064efc0bc92f2154"),
        (2, "d3ca5578500344b5896cffc4fd740c9311946b82951df155e6fd86a7966b43c6"),
    ],
)
def test_the_encapsulations_are_those_of_the_x_wing_draft(at, digest):
    assert hashlib.sha256(bytes.fromhex(XWING[at]["ct"])).hexdigest() == digest


@pytest.mark.parametrize("vector", XWING, ids=["first", "second", "third"])
def test_our_suite_opens_what_the_x_wing_drafts_shared_secret_seals(vector):
    # The library shows no shared secret, so the test seals with the published one, by an HPKE
    # key schedule of its own, and the suite must open it with the seed alone.
    info = b"linnet test"
    key, nonce = key_schedule(0x647A, 2, bytes.fromhex(vector["ss"]), info)
    message = bytes.fromhex(vector["ct"]) + AESGCM(key).encrypt(nonce, b"words", b"")
    recipient = RecipientKey.from_seed(bytes.fromhex(vector["seed"]))
    assert SUITE.decrypt(message, recipient.hpke_key(), info) == b"words"


@pytest.mark.parametrize("vector", HPKE, ids=["x-wing", "rfc-9180"])
def test_hpke_opens_the_published_encryptions(vector):
    # The published messages carry associated data, which the public call does not take.
    open_with_aad = rust_openssl.hpke._decrypt_with_aad
    seed = bytes.fromhex(vector["skRm"])
    if vector["kem_id"] == 0x647A:
        recipient = RecipientKey.from_seed(seed)
        assert recipient.public.raw.hex() == vector["pkRm"]
        kem, key = hpke.KEM.MLKEM768_X25519, recipient.hpke_key()
    else:
        kem, key = hpke.KEM.X25519, X25519PrivateKey.from_private_bytes(seed)
    suite = hpke.Suite(kem, hpke.KDF.HKDF_SHA256, AEADS[vector["aead_id"]])
    for sent in vector["encryptions"]:
        message = bytes.fromhex(vector["enc"] + sent["ct"])
        info, aad = bytes.fromhex(vector["info"]), bytes.fromhex(sent["aad"])
        assert open_with_aad(suite, message, key, info, aad).hex() == sent["pt"]


@pytest.mark.parametrize("vector", HPKE, ids=["x-wing", "rfc-9180"])
def test_the_key_schedule_of_these_tests_is_the_published_one(vector):
    shared, info = bytes.fromhex(vector["shared_secret"]), bytes.fromhex(vector["info"])
    key, nonce = key_schedule(vector["kem_id"], vector["aead_id"], shared, info)
    assert (key.hex(), nonce.hex()) == (vector["key"], vector["base_nonce"])


def test_argon2id_gives_the_tag_of_rfc_9106_section_5_3():
    tag = argon2id(
        bytes([1] * 32),
        salt=bytes([2] * 16),
        cost=Cost(memory_kib=32, passes=3, lanes=4),
        length=32,
        secret=bytes([3] * 8),
        associated=bytes([4] * 12),
    )
    assert tag.hex() == "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659"


@pytest.mark.parametrize(
    ("ikm", "salt", "info", "okm"),
    [
        # RFC 5869, A.1, A.2 and A.3.
        (
            bytes([0x0B] * 22),
            bytes(range(13)),
            bytes(range(0xF0, 0xFA)),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
        ),
        (
            bytes(range(0x50)),
            bytes(range(0x60, 0xB0)),
            bytes(range(0xB0, 0x100)),
            (
                "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09"
                "da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"
            ),
        ),
        (
            bytes([0x0B] * 22),
            None,
            b"",
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
        ),
    ],
    ids=["A.1", "A.2", "A.3"],
)
def test_hkdf_gives_the_output_of_rfc_5869(ikm, salt, info, okm):
    assert hkdf(ikm, info, length=len(okm) // 2, salt=salt).hex() == okm
