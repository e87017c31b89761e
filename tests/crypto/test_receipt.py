"""A receipt: sixteen even digits, read however they are typed, and slow to guess."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.errors import EntropyError
from crypto.receipt import derive, grouped, new_receipt, normalise
from tests.crypto.streams import stream

DIGITS = st.text(alphabet="0123456789", min_size=16, max_size=16)
ARABIC_INDIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
DEVANAGARI = str.maketrans("0123456789", "०१२३४५६७८९")


def fixed(*numbers):
    drawn = iter(numbers)
    return lambda length: next(drawn).to_bytes(length, "big")


def test_a_receipt_is_the_drawn_number_in_sixteen_digits():
    assert new_receipt(fixed(42)) == "0000000000000042"
    assert new_receipt(fixed(10**16 + 7)) == "0000000000000007"
    assert new_receipt(fixed(10**16 - 1)) == "9999999999999999"


def test_draws_that_would_favour_low_codes_are_thrown_away():
    limit = 2**64 // 10**16 * 10**16
    assert new_receipt(fixed(limit, 2**64 - 1, 5)) == "0000000000000005"
    assert new_receipt(fixed(limit - 1)) == "9999999999999999"


def test_a_source_that_only_repeats_itself_is_refused():
    with pytest.raises(EntropyError):
        new_receipt(lambda length: b"\xff" * length)


def test_every_digit_is_as_likely_as_the_next():
    entropy = stream("receipts")
    counts = dict.fromkeys("0123456789", 0)
    for _ in range(1000):
        for digit in new_receipt(entropy):
            counts[digit] += 1
    # Chi-square with 9 degrees of freedom; 27.9 is passed once in a thousand even sources,
    # and the stream is a recorded one.
    assert sum((count - 1600) ** 2 / 1600 for count in counts.values()) < 27.9


def test_a_receipt_is_shown_in_four_groups():
    assert grouped("1234567890123456") == "1234 5678 9012 3456"


@given(receipt=DIGITS)
def test_what_is_shown_can_be_typed_back_in_any_script(receipt):
    shown = grouped(receipt)
    assert normalise(shown) == receipt
    assert normalise(shown.translate(ARABIC_INDIC)) == receipt
    assert normalise(shown.translate(DEVANAGARI)) == receipt
    assert normalise(shown.replace(" ", "-")) == receipt
    assert normalise(f"\u2067{shown}\u2069\n") == receipt


@pytest.mark.parametrize(
    "typed",
    [
        "1234567890123456",
        "1234 5678 9012 3456",
        " 1234-5678–9012—3456 ",
        "1234\u00a05678\u202f9012\u20113456",
        "1234\n5678\n9012\n3456",
        "１２３４５６７８９０１２３４５６",
        "\u200e1234\u200f5678\ufeff90123456",
        "1234\u22125678\u22129012\u22123456",
    ],
)
def test_the_ways_people_type_it_are_read(typed):
    assert normalise(typed) == "1234567890123456"


@pytest.mark.parametrize(
    "typed", ["", "123456789012345", "12345678901234567", "1234 5678 9012 345x", "²234567890123456", "hello"]
)
def test_anything_else_is_not_a_receipt(typed):
    assert normalise(typed) is None


@given(typed=st.text(max_size=40))
def test_reading_never_fails(typed):
    read = normalise(typed)
    assert read is None or (len(read) == 16 and read.isascii() and read.isdigit())


def test_digits_and_pepper_give_the_keys():
    keys = derive("1234567890123456", pepper=bytes(32))
    assert derive("1234567890123456", pepper=bytes(32)) == keys
    others = [derive("1234567890123457", pepper=bytes(32)), derive("1234567890123456", pepper=bytes([1] * 32))]
    for other in others:
        assert other.lookup_id != keys.lookup_id
        assert other.mailbox != keys.mailbox
    assert len(keys.lookup_id) == 32
    assert keys.lookup_id != keys.mailbox.seed
    assert keys.lookup_id.hex() not in repr(keys)


@pytest.mark.parametrize("receipt", ["", "1234 5678 9012 3456", "123456789012345", "١٢٣٤٥٦٧٨٩٠١٢٣٤٥٦"])
def test_only_a_normalised_receipt_is_derived_from(receipt):
    with pytest.raises(ValueError, match="16 digits"):
        derive(receipt, pepper=bytes(32))
