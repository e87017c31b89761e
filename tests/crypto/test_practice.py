"""Practice and the real thing never open for one another, whatever is exchanged on the outside."""

import hashlib

import pytest

from crypto.errors import KeyFileError, OpenError, SealError
from crypto.keyfile import PRACTICE_HEADER, RECIPIENT_HEADER, read_key, write_key
from crypto.keys import PRACTICE_PREFIX, PUBLIC_PREFIX, PublicKey, RecipientKey, is_practice
from crypto.passwords import Cost
from crypto.reference import is_practice as is_practice_reference
from crypto.reference import new_reference, normalise_reference
from crypto.seal import SUITE, envelope, open_envelope, read_address, seal, wrap_context
from tests.crypto.streams import stream

SEED = bytes([7] * 32)
LIVE, PRACTICE = RecipientKey.from_seed(SEED), RecipientKey.from_seed(SEED, practice=True)
"""Of one seed: everything that keeps them apart is the label."""
WORDS = b"an invented case"
CHEAP = Cost(memory_kib=64, passes=1, lanes=1)
REFERENCE = "4F7K2M9Q"


def file_for(key, reference=REFERENCE):
    sealed = seal(WORDS, purpose="report", reference=reference, recipients=[key.public], entropy=stream("seal"))
    return envelope(sealed.body, sealed.wraps[0], purpose="report", reference=reference)


def key_file(key):
    return write_key(key, "passphrase", stream("file"), person="noor-haddad", cost=CHEAP)


def test_each_kind_opens_its_own_and_says_what_it_is():
    for key, purpose in ((LIVE, "report"), (PRACTICE, "practice-report")):
        opened = open_envelope(file_for(key), key)
        assert (opened.purpose, opened.plaintext) == (purpose, WORDS)
        assert read_address(file_for(key)).purpose == purpose


@pytest.mark.parametrize(("sealed_for", "opened_with"), [(LIVE, PRACTICE), (PRACTICE, LIVE)])
def test_neither_kind_opens_the_others_file(sealed_for, opened_with):
    with pytest.raises(OpenError):
        open_envelope(file_for(sealed_for), opened_with)


@pytest.mark.parametrize(("sealed_for", "opened_with"), [(LIVE, PRACTICE), (PRACTICE, LIVE)])
def test_a_file_relabelled_by_hand_does_not_open_either(sealed_for, opened_with):
    """Every label on the outside is exchanged; what was sealed still says what it is."""
    file = file_for(sealed_for)
    for old, new in (
        (sealed_for.public.key_id, opened_with.public.key_id),
        (read_address(file).purpose, read_address(file_for(opened_with)).purpose),
    ):
        file = file.replace(f'"{old}"'.encode(), f'"{new}"'.encode())
    assert read_address(file) == read_address(file_for(opened_with))
    with pytest.raises(OpenError):
        open_envelope(file, opened_with)


def test_the_label_stands_in_the_info_of_the_wrap_itself():
    """With the private key in hand and no program of ours in between."""
    sealed = seal(WORDS, purpose="report", reference=REFERENCE, recipients=[PRACTICE.public], entropy=stream("seal"))
    [wrap] = sealed.wraps
    digest = hashlib.sha256(sealed.body).digest()
    name = PRACTICE.public.key_id
    assert SUITE.decrypt(wrap.wrap, LIVE.hpke_key(), wrap_context("practice-report", REFERENCE, name, digest))
    for purpose, key_id in (("report", name), ("practice-report", LIVE.public.key_id), ("report", LIVE.public.key_id)):
        with pytest.raises(Exception, match=r"^$"):
            SUITE.decrypt(wrap.wrap, LIVE.hpke_key(), wrap_context(purpose, REFERENCE, key_id, digest))


def test_nothing_is_sealed_to_both_kinds():
    with pytest.raises(SealError, match="do not go together"):
        seal(WORDS, purpose="report", reference="R", recipients=[LIVE.public, PRACTICE.public], entropy=stream("s"))
    with pytest.raises(SealError, match="keys for practice only"):
        seal(WORDS, purpose="practice-report", reference="R", recipients=[LIVE.public], entropy=stream("s"))


def test_keys_carry_their_label_wherever_they_are_seen():
    assert PRACTICE.public.to_text().startswith(f"{PRACTICE_PREFIX} ")
    assert PRACTICE.public.key_id == f"practice-{LIVE.public.key_id}"
    assert [is_practice(key.public.key_id) for key in (LIVE, PRACTICE)] == [False, True]
    assert key_file(PRACTICE).startswith(f"{PRACTICE_HEADER}\n")


def test_a_line_says_which_kind_it_is():
    for key in (LIVE, PRACTICE):
        assert PublicKey.from_text(key.public.to_text()) == key.public
    assert LIVE.public != PRACTICE.public


@pytest.mark.parametrize(
    ("key", "old", "new"), [(LIVE, PUBLIC_PREFIX, PRACTICE_PREFIX), (PRACTICE, PRACTICE_PREFIX, PUBLIC_PREFIX)]
)
def test_a_relabelled_line_is_a_damaged_one(key, old, new):
    with pytest.raises(KeyFileError, match="damaged"):
        PublicKey.from_text(key.public.to_text().replace(old, new))


@pytest.mark.parametrize("key", [LIVE, PRACTICE])
def test_a_key_file_of_the_other_kind_is_refused(key):
    assert read_key(key_file(key), "passphrase", practice=key.practice) == key
    with pytest.raises(KeyFileError, match="this is not a"):
        read_key(key_file(key), "passphrase", practice=not key.practice)


@pytest.mark.parametrize(
    ("key", "old", "new"), [(LIVE, RECIPIENT_HEADER, PRACTICE_HEADER), (PRACTICE, PRACTICE_HEADER, RECIPIENT_HEADER)]
)
def test_a_relabelled_key_file_does_not_open(key, old, new):
    other = RecipientKey.from_seed(SEED, practice=not key.practice)
    text = key_file(key).replace(old, new).replace(f"key-id {key.public.key_id}", f"key-id {other.public.key_id}")
    with pytest.raises(KeyFileError, match="wrong passphrase"):
        read_key(text, "passphrase", practice=other.practice)


def test_references_of_practice_are_known_by_their_name():
    drawn = {new_reference(stream(str(n)), practice=True) for n in range(50)}
    assert len(drawn) == 50
    assert all(is_practice_reference(one) and normalise_reference(one.lower()) == one for one in drawn)


def test_no_report_is_named_like_one_of_practice():
    number = 0
    for char in "PRAC7K3M":
        number = number * 32 + "0123456789ABCDEFGHJKMNPQRSTVWXYZ".index(char)
    draws = iter([number.to_bytes(5, "big"), bytes(5)])
    assert new_reference(lambda _: next(draws)) == "00000000"
