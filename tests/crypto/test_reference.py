"""References: random, and read however people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.reference import is_test, new_reference, new_test_reference, normalise_reference
from tests.crypto.streams import stream

ALPHABET = set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")


def test_a_reference_is_forty_random_bits():
    assert new_reference(bytes) == "00000000"
    assert new_reference(lambda length: b"\xff" * length) == "ZZZZZZZZ"
    assert new_reference(lambda _: bytes.fromhex("0123456789")) == "04HMASW9"


def test_references_do_not_repeat():
    entropy = stream("references")
    drawn = [new_reference(entropy) for _ in range(500)]
    assert len(set(drawn)) == 500
    assert set("".join(drawn)) == ALPHABET


@given(drawn=st.binary(min_size=5, max_size=5))
def test_what_is_drawn_can_be_typed_back(drawn):
    reference = new_reference(lambda _: drawn)
    assert set(reference) <= ALPHABET
    for typed in (reference, reference.lower(), f" {reference[:4]}-{reference[4:]}\n"):
        assert normalise_reference(typed) == reference


def test_no_report_is_named_like_a_test():
    number = 0
    for char in "TEST7K3M":
        number = number * 32 + "0123456789ABCDEFGHJKMNPQRSTVWXYZ".index(char)
    draws = iter([number.to_bytes(5, "big"), b"\xff" * 5])
    assert new_reference(lambda _: next(draws)) == "ZZZZZZZZ"


@given(drawn=st.binary(min_size=5, max_size=5))
def test_a_test_is_known_by_its_name_however_it_is_typed(drawn):
    reference = new_test_reference(lambda _: drawn)
    assert is_test(reference)
    assert normalise_reference(reference.lower()) == reference


def test_lookalikes_are_read_as_what_they_look_like():
    assert normalise_reference("oOiIlL77") == "00111177"


@pytest.mark.parametrize("typed", ["", "4F7K2M9", "4F7K2M9QQ", "4F7K2M9U", "4F7K2M9é", "4F7K_2M9Q"])
def test_anything_else_is_not_a_reference(typed):
    assert normalise_reference(typed) is None


@given(typed=st.text(max_size=20))
def test_reading_never_fails(typed):
    read = normalise_reference(typed)
    assert read is None or (len(read) == 8 and set(read) <= ALPHABET)
