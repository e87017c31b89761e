"""Padding hides lengths and has one valid form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.errors import PaddingError
from crypto.padding import draft_bucket, pad, report_bucket, unpad

KIB = 1024
BUCKETS = st.sampled_from([report_bucket, draft_bucket])


@pytest.mark.parametrize(
    ("length", "padded"),
    [
        (0, 4 * KIB),
        (4 * KIB - 1, 4 * KIB),
        (4 * KIB, 8 * KIB),
        (16 * KIB, 32 * KIB),
        (64 * KIB - 1, 64 * KIB),
        (64 * KIB, 128 * KIB),
        (128 * KIB, 192 * KIB),
    ],
)
def test_reports_come_in_few_sizes(length, padded):
    assert len(pad(bytes(length), report_bucket)) == padded


@pytest.mark.parametrize(("length", "padded"), [(0, 1024), (1023, 1024), (1024, 2048), (5000, 5120), (5119, 5120)])
def test_drafts_come_in_whole_kibibytes(length, padded):
    assert len(pad(bytes(length), draft_bucket)) == padded


@given(data=st.binary(max_size=10_000), bucket=BUCKETS)
def test_what_is_padded_comes_back(data, bucket):
    assert unpad(pad(data, bucket), bucket) == data


@given(data=st.binary(max_size=3000), zeros=st.integers(0, 5), bucket=BUCKETS)
def test_data_that_looks_like_padding_comes_back(data, zeros, bucket):
    tricky = data + b"\x80" + bytes(zeros)
    assert unpad(pad(tricky, bucket), bucket) == tricky


@given(padded=st.binary(max_size=2048), bucket=BUCKETS)
def test_whatever_unpads_was_padded_by_us(padded, bucket):
    try:
        data = unpad(padded, bucket)
    except PaddingError:
        return
    assert pad(data, bucket) == padded


@pytest.mark.parametrize("bucket", [report_bucket, draft_bucket])
@pytest.mark.parametrize(
    "padded",
    [
        b"",
        b"\x80",
        bytes(1024),
        bytes(4096),
        b"words\x80" + bytes(4091 - 6),
        b"words\x80" + bytes(8192 - 6),
        b"words\x81" + bytes(4096 - 6),
        b"words" + bytes(4096 - 5),
        b"words\x80" + bytes(4096 - 7) + b"\x01",
    ],
)
def test_anything_else_is_refused(padded, bucket):
    with pytest.raises(PaddingError):
        unpad(padded, bucket)
