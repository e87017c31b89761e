"""The directory's signature: by this key, over these bytes, as a directory."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from crypto.errors import KeyFileError, SignatureError
from crypto.signing import SigningKey, VerifyKey
from tests.crypto.streams import stream

KEY = SigningKey.generate(stream("signer"))
MESSAGE = b'{"people":[]}'


def test_a_signature_is_recognised():
    assert KEY.verify_key.verify(KEY.sign(MESSAGE), MESSAGE) is None
    assert len(KEY.sign(MESSAGE)) == 64


def test_flipping_any_byte_of_it_or_of_the_message_is_noticed():
    signature = KEY.sign(MESSAGE)
    for at in range(len(signature)):
        with pytest.raises(SignatureError):
            KEY.verify_key.verify(signature[:at] + bytes([signature[at] ^ 1]) + signature[at + 1 :], MESSAGE)
    for at in range(len(MESSAGE)):
        with pytest.raises(SignatureError):
            KEY.verify_key.verify(signature, MESSAGE[:at] + bytes([MESSAGE[at] ^ 1]) + MESSAGE[at + 1 :])
    for cut in (b"", signature[:-1], signature + b"\0"):
        with pytest.raises(SignatureError):
            KEY.verify_key.verify(cut, MESSAGE)


def test_another_key_is_noticed():
    other = SigningKey.generate(stream("other signer"))
    with pytest.raises(SignatureError):
        other.verify_key.verify(KEY.sign(MESSAGE), MESSAGE)


def test_a_signature_made_outside_the_directory_does_not_count():
    plain = Ed25519PrivateKey.from_private_bytes(KEY.seed).sign(MESSAGE)
    with pytest.raises(SignatureError):
        KEY.verify_key.verify(plain, MESSAGE)
    bound = Ed25519PrivateKey.from_private_bytes(KEY.seed).sign(b"linnet directory 1\0" + MESSAGE)
    assert bound == KEY.sign(MESSAGE)


def test_a_verification_key_that_is_no_point_verifies_nothing():
    with pytest.raises(SignatureError):
        VerifyKey(b"\xff" * 32).verify(KEY.sign(MESSAGE), MESSAGE)


def test_the_line_comes_back_and_slips_are_noticed():
    line = KEY.verify_key.to_text()
    assert line.startswith("linnet-verify-1 ")
    assert VerifyKey.from_text(line + "\n") == KEY.verify_key
    for at in range(len(line)):
        with pytest.raises(KeyFileError):
            VerifyKey.from_text(line[:at] + ("A" if line[at] != "A" else "B") + line[at + 1 :])


def test_keys_of_another_length_are_refused():
    with pytest.raises(KeyFileError):
        VerifyKey(bytes(31))
    with pytest.raises(KeyFileError):
        SigningKey(bytes(64))


def test_a_signing_key_shows_nothing_of_itself():
    assert KEY.seed.hex() not in repr(KEY)
    assert repr(KEY.seed) not in repr(KEY)
