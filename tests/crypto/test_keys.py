"""Recipients' keys: made from entropy alone, written as one checked line, never shown."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.encoding import to_base64url
from crypto.errors import EntropyError, KeyFileError
from crypto.keys import PUBLIC_PREFIX, PublicKey, RecipientKey, line_of
from tests.crypto.streams import stream

KEY = RecipientKey.generate(stream("key"))
LINE = KEY.public.to_text()


def test_a_key_is_its_entropy():
    assert RecipientKey.generate(stream("key")) == KEY
    assert RecipientKey.from_seed(stream("key")(32)) == KEY
    assert RecipientKey.generate(stream("other")).public != KEY.public


def test_a_short_draw_makes_no_key():
    with pytest.raises(EntropyError):
        RecipientKey.generate(lambda length: bytes(length - 1))


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_a_seed_of_another_length_is_refused(length):
    with pytest.raises(KeyFileError):
        RecipientKey.from_seed(bytes(length))


def test_a_key_id_is_sixteen_base32_characters_of_the_public_key():
    assert len(KEY.public.key_id) == 16
    assert set(KEY.public.key_id) <= set("0123456789abcdefghjkmnpqrstvwxyz")


def test_the_public_line_comes_back():
    assert LINE.startswith("linnet-pub-1 ")
    assert "\n" not in LINE
    for line in (LINE, LINE + "\n", LINE + "\r\n"):
        assert PublicKey.from_text(line) == KEY.public


@settings(max_examples=200, deadline=None)
@given(at=st.integers(0, len(LINE) - 1), char=st.characters(codec="utf-8"))
def test_a_slip_in_the_line_is_noticed(at, char):
    changed = LINE[:at] + char + LINE[at + 1 :]
    if changed == LINE:
        return
    with pytest.raises(KeyFileError):
        PublicKey.from_text(changed)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "linnet-pub-1",
        "linnet-pub-1 ",
        "linnet-pub-1 AAAAAA",
        LINE[:-1],
        LINE + "A",
        LINE + "\n\n",
        " " + LINE,
        LINE.replace(" ", "  "),
        LINE.replace("linnet-pub-1", "linnet-pub-2"),
        LINE + "=",
        line_of("linnet-verify-1", KEY.public.raw),
        line_of(PUBLIC_PREFIX, KEY.public.raw[:-1]),
        f"linnet-pub-1 {to_base64url(KEY.public.raw)}",
    ],
)
def test_any_other_line_is_refused(line):
    with pytest.raises(KeyFileError):
        PublicKey.from_text(line)


@pytest.mark.parametrize(
    "raw",
    [
        bytes(1215),
        bytes(1217),
        b"\xff" * 1184 + KEY.public.raw[1184:],  # coefficients beyond ML-KEM's modulus
        KEY.public.raw[:1184] + bytes(32),  # X25519's point of low order: every seal would fail
        KEY.public.raw[:1184] + b"\x01" + bytes(31),
    ],
)
def test_bytes_that_no_seal_could_use_are_no_key(raw):
    with pytest.raises(KeyFileError):
        PublicKey(raw)


def test_a_private_key_shows_nothing_of_itself():
    for shown in (repr(KEY), str(KEY), f"{[KEY]}"):
        assert KEY.seed.hex() not in shown
        assert repr(KEY.seed) not in shown
    assert repr(KEY.public) == f"PublicKey({KEY.public.key_id})"
