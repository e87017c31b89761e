"""Encodings: one valid form each."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.encoding import bind, from_base64url, to_base64url, to_crockford


@given(data=st.binary(max_size=200))
def test_base64url_comes_back(data):
    assert from_base64url(to_base64url(data)) == data


@given(text=st.text(alphabet="ABCDabcd0189-_=+/ \n", max_size=12))
def test_whatever_decodes_is_the_one_spelling(text):
    try:
        data = from_base64url(text)
    except ValueError:
        return
    assert to_base64url(data) == text


@pytest.mark.parametrize("text", ["A", "AB==", "AB=", "AB", "A+/A", "AAA\n", "AA A", "é", "AAAAA"])
def test_another_spelling_is_refused_without_being_quoted(text):
    with pytest.raises(ValueError, match=r"^not base64url$"):
        from_base64url(text)


def test_crockford_leaves_out_what_can_be_misread():
    assert to_crockford(bytes(range(10))) == "000G40R40M30E209"
    assert not set(to_crockford(bytes(range(250)))) & set("ILOU")
    with pytest.raises(ValueError, match="multiples of 5"):
        to_crockford(b"1234")


def test_bind_writes_label_and_lengths():
    assert bind("x 1", b"ab", b"") == b"x 1\0\0\0\0\x02ab\0\0\0\0"


@given(
    one=st.lists(st.binary(max_size=6), max_size=4),
    other=st.lists(st.binary(max_size=6), max_size=4),
)
def test_different_fields_are_never_one_context(one, other):
    assert (bind("x", *one) == bind("x", *other)) == (one == other)
