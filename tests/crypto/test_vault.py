"""What the server keeps: readable only with its secrets, and only where it was put."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.errors import VaultError, VaultKeyGoneError
from crypto.vault import Vault, new_secrets
from tests.crypto.streams import stream

SECRETS = new_secrets(stream("secrets"), date(2031, 5, 2))
VAULT = Vault(SECRETS)
OTHER = Vault(new_secrets(stream("other secrets"), date(2031, 5, 2)))
PLACE = "sessions/00ff"


def test_one_person_has_one_name_in_a_channel_and_another_in_the_next():
    name = VAULT.pseudonym("telegram", "123456")
    assert len(name) == 32
    assert VAULT.pseudonym("telegram", "123456") == name
    assert VAULT.pseudonym("web", "123456") != name
    assert VAULT.pseudonym("telegram", "123457") != name
    assert OTHER.pseudonym("telegram", "123456") != name


def test_channel_and_user_cannot_run_into_one_another():
    assert VAULT.pseudonym("web1", "23") != VAULT.pseudonym("web", "123")


def test_names_and_marks_outlive_rotation():
    rotated = Vault(SECRETS.rotate(stream("next"), date(2031, 6, 1)).retire(date(2031, 7, 1), 3))
    assert rotated.pseudonym("telegram", "1") == VAULT.pseudonym("telegram", "1")
    assert rotated.mark("inbox", "1") == VAULT.mark("inbox", "1")
    assert rotated.receipt_pepper == VAULT.receipt_pepper


def test_marks_of_different_kinds_share_nothing():
    marks = {VAULT.mark("inbox", "1"), VAULT.mark("outbox", "1"), VAULT.mark("inbox", "2")}
    assert len(marks) == 3
    assert all(len(mark) == 32 for mark in marks)
    assert VAULT.mark("inbox", "1") in marks


def test_every_derived_secret_is_different():
    assert len({VAULT.receipt_pepper, SECRETS.root, VAULT.mark("x", ""), VAULT.pseudonym("x", "")}) == 4
    assert len(VAULT.receipt_pepper) == 32


@given(words=st.binary(max_size=2000), place=st.text(max_size=80))
def test_what_is_encrypted_comes_back_at_its_place(words, place):
    for encrypt, decrypt in (
        (VAULT.encrypt, VAULT.decrypt),
        (VAULT.encrypt_lasting, VAULT.decrypt_lasting),
    ):
        kept = encrypt(words, place=place, entropy=stream())
        assert decrypt(kept, place=place) == words
        assert len(kept) == len(words) + 33


def test_a_row_copied_to_another_place_does_not_decrypt():
    kept = VAULT.encrypt(b"words", place=PLACE, entropy=stream())
    lasting = VAULT.encrypt_lasting(b"words", place=PLACE, entropy=stream())
    with pytest.raises(VaultError):
        VAULT.decrypt(kept, place="sessions/00fe")
    with pytest.raises(VaultError):
        VAULT.decrypt_lasting(lasting, place="sessions/00fe")


def test_flipping_or_cutting_anything_is_noticed():
    for encrypt, decrypt in (
        (VAULT.encrypt, VAULT.decrypt),
        (VAULT.encrypt_lasting, VAULT.decrypt_lasting),
    ):
        kept = encrypt(b"words", place=PLACE, entropy=stream())
        for at in range(len(kept)):
            with pytest.raises(VaultError):
                decrypt(kept[:at] + bytes([kept[at] ^ 1]) + kept[at + 1 :], place=PLACE)
            with pytest.raises(VaultError):
                decrypt(kept[:at], place=PLACE)
        with pytest.raises(VaultError):
            decrypt(kept + b"\0", place=PLACE)


def test_another_server_reads_nothing():
    with pytest.raises(VaultError):
        OTHER.decrypt(VAULT.encrypt(b"words", place=PLACE, entropy=stream()), place=PLACE)
    with pytest.raises(VaultError):
        OTHER.decrypt_lasting(VAULT.encrypt_lasting(b"words", place=PLACE, entropy=stream()), place=PLACE)


def test_lasting_and_passing_do_not_mix():
    with pytest.raises(VaultError):
        VAULT.decrypt_lasting(VAULT.encrypt(b"words", place=PLACE, entropy=stream()), place=PLACE)
    with pytest.raises(VaultError):
        VAULT.decrypt(VAULT.encrypt_lasting(b"words", place=PLACE, entropy=stream()), place=PLACE)


def test_after_rotation_old_drafts_are_still_read_and_new_ones_use_the_new_key():
    kept = VAULT.encrypt(b"words", place=PLACE, entropy=stream())
    rotated = Vault(SECRETS.rotate(stream("next"), date(2031, 5, 9)))
    assert rotated.decrypt(kept, place=PLACE) == b"words"
    fresh = rotated.encrypt(b"words", place=PLACE, entropy=stream())
    assert fresh[1:5] == (2).to_bytes(4, "big")
    with pytest.raises(VaultError) as refused:
        VAULT.decrypt(fresh, place=PLACE)
    assert not isinstance(refused.value, VaultKeyGoneError)


def test_a_destroyed_key_takes_its_drafts_along_and_spares_the_lasting():
    kept = VAULT.encrypt(b"words", place=PLACE, entropy=stream())
    lasting = VAULT.encrypt_lasting(b"address", place=PLACE, entropy=stream())
    later = Vault(SECRETS.rotate(stream("next"), date(2031, 5, 9)).retire(date(2031, 5, 13), 3))
    with pytest.raises(VaultKeyGoneError):
        later.decrypt(kept, place=PLACE)
    assert later.decrypt_lasting(lasting, place=PLACE) == b"address"


def test_the_remaining_secrets_cannot_give_back_a_destroyed_key():
    # Each numbered key is its own draw: keeping root and successor says nothing about it.
    rotated = SECRETS.rotate(stream("next"), date(2031, 5, 9))
    regrown = replace(rotated, vault_keys=rotated.vault_keys[1:]).rotate(stream("guess"), date(2031, 5, 10))
    kept = VAULT.encrypt(b"words", place=PLACE, entropy=stream())
    with pytest.raises(VaultKeyGoneError):
        Vault(regrown).decrypt(kept, place=PLACE)
    assert SECRETS.vault_keys[0].key not in {key.key for key in regrown.vault_keys}


def test_a_vault_shows_nothing_of_itself():
    shown = repr((VAULT, SECRETS))
    for secret in (SECRETS.root, SECRETS.vault_keys[0].key):
        assert repr(secret) not in shown
        assert secret.hex() not in shown
