"""Key files: opened by the passphrase, bound to their header, bounded in what they may ask for."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.errors import KeyFileError
from crypto.keyfile import COST, RECIPIENT_HEADER, ProtectedKey, parse, protect, read_key, write_key
from crypto.keys import RecipientKey
from crypto.passwords import Cost
from crypto.signing import SIGNING_HEADER, SigningKey, read_signing_key, write_signing_key
from tests.crypto.streams import stream

CHEAP = Cost(memory_kib=64, passes=1, lanes=1)
KEY = RecipientKey.from_seed(bytes(range(32)))
PASSPHRASE = "four small birds sing"


def written(**changed):
    given_ = {"person": "fp-north", "cost": CHEAP} | changed
    return write_key(KEY, PASSPHRASE, stream("file"), **given_)


TEXT = written()


def test_the_passphrase_opens_the_file_at_the_products_own_cost():
    text = write_key(KEY, PASSPHRASE, stream("file"), person=None)
    assert f"argon2id {COST.memory_kib} {COST.passes} {COST.lanes} " in text
    assert read_key(text, PASSPHRASE) == KEY


def test_another_passphrase_does_not():
    for wrong in ("", "four small birds sang", PASSPHRASE + " ", PASSPHRASE.upper()):
        with pytest.raises(KeyFileError, match="wrong passphrase"):
            read_key(TEXT, wrong)


@settings(max_examples=50, deadline=None)
@given(passphrase=st.text(min_size=1, max_size=60).filter(lambda text: text.isprintable()))
def test_any_passphrase_will_do(passphrase):
    text = write_key(KEY, passphrase, stream(), person=None, cost=CHEAP)
    assert read_key(text, passphrase) == KEY


def test_an_accent_is_the_same_on_every_keyboard():
    text = write_key(KEY, "caf\u00e9 noir", stream(), person=None, cost=CHEAP)
    assert read_key(text, "cafe\u0301 noir") == KEY


def test_an_empty_passphrase_is_refused():
    with pytest.raises(KeyFileError):
        write_key(KEY, "", stream(), person=None)


def test_the_file_says_whose_it_is_and_which_key():
    lines = TEXT.splitlines()
    assert lines[:3] == ["linnet private key 1", "person fp-north", f"key-id {KEY.public.key_id}"]
    assert "person" not in written(person=None)
    assert KEY.seed.hex() not in TEXT


def test_line_ends_and_a_byte_order_mark_do_no_harm():
    assert read_key("\ufeff" + TEXT.replace("\n", "\r\n") + "\r\n", PASSPHRASE) == KEY


@pytest.mark.parametrize("at", range(len(TEXT) - 1))
def test_changing_any_character_is_noticed(at):
    swapped = "1" if TEXT[at] != "1" else "2"
    with pytest.raises(KeyFileError):
        read_key(TEXT[:at] + swapped + TEXT[at + 1 :], PASSPHRASE)


def test_cutting_the_file_is_noticed():
    for length in range(len(TEXT) - 1):
        with pytest.raises(KeyFileError):
            read_key(TEXT[:length], PASSPHRASE)


@pytest.mark.parametrize(
    "cost",
    [
        "1073741824 3 4",
        "1048577 3 4",
        "65536 17 4",
        "65536 99 4",
        "65536 3 17",
        "65536 0 4",
        "0 3 4",
        "31 3 4",
        "065536 3 4",
        "-1 3 4",
    ],
)
def test_a_file_may_not_ask_for_the_machine(cost):
    with pytest.raises(KeyFileError):
        parse(TEXT.replace("64 1 1", cost), header="linnet private key 1")


@pytest.mark.parametrize("cost", [Cost(1, 1, 1), Cost(2**21, 1, 1), Cost(64, 0, 1), Cost(64, 1, 32)])
def test_no_file_is_written_that_could_not_be_read(cost):
    with pytest.raises(KeyFileError):
        written(cost=cost)


@pytest.mark.parametrize("person", ["", "a\nb", "a" * 65, " a", "a ", "é", "a\x1b[2J"])
def test_a_person_is_a_plain_word(person):
    with pytest.raises(KeyFileError):
        written(person=person)


@pytest.mark.parametrize(
    "text",
    ["", "linnet private key 1\n", TEXT * 2, TEXT + "more\n", TEXT.replace("key-id", "keyid"), "x" * 100_000],
)
def test_anything_else_is_not_a_key_file(text):
    with pytest.raises(KeyFileError):
        read_key(text, PASSPHRASE)


def test_a_signing_key_is_not_a_private_key_whatever_its_header_says():
    signer = SigningKey(KEY.seed)
    text = write_signing_key(signer, PASSPHRASE, stream(), person=None, cost=CHEAP)
    assert read_signing_key(text, PASSPHRASE) == signer
    with pytest.raises(KeyFileError):
        read_key(text, PASSPHRASE)
    with pytest.raises(KeyFileError):
        read_key(text.replace("linnet signing key 1", "linnet private key 1"), PASSPHRASE)
    with pytest.raises(KeyFileError):
        read_signing_key(TEXT, PASSPHRASE)


def test_a_file_that_names_another_key_than_it_holds_is_refused():
    for header, read in ((RECIPIENT_HEADER, read_key), (SIGNING_HEADER, read_signing_key)):
        text = protect(
            KEY.seed, PASSPHRASE, stream(), header=header, key_id="0123456789abcdef", person=None, cost=CHEAP
        )
        with pytest.raises(KeyFileError, match="another key"):
            read(text, PASSPHRASE)


def test_a_parsed_file_writes_itself_again():
    protected = parse(TEXT, header="linnet private key 1")
    assert isinstance(protected, ProtectedKey)
    assert protected.text() == TEXT
    assert protected.person == "fp-north"
