"""Challenges: only the holder answers, only to the server that asked, only this once; and none shows whose it is."""

from secrets import token_bytes

import pytest

from crypto.errors import OpenError, SealError
from crypto.keys import RecipientKey
from crypto.login import CHALLENGE_BYTES, open_challenge, seal_challenge
from crypto.seal import SUITE, seal

HOLDER, OTHER = (RecipientKey.from_seed(bytes([number]) * 32) for number in (1, 2))
ANSWER = bytes(range(32))
HERE = {"place": "desk.example", "attempt": "attempt-1"}


def test_the_holder_of_the_key_says_the_answer():
    sealed = seal_challenge(ANSWER, HOLDER.public, **HERE)
    assert open_challenge(sealed, HOLDER, **HERE) == ANSWER


@pytest.mark.parametrize(
    ("key", "place", "attempt"),
    [
        (OTHER, "desk.example", "attempt-1"),
        (HOLDER, "evil.example", "attempt-1"),
        (HOLDER, "desk.example:8080", "attempt-1"),
        (HOLDER, "desk.example", "attempt-2"),
        (HOLDER, "desk.exampleattempt-1", ""),
    ],
)
def test_nobody_else_nowhere_else_and_for_no_other_attempt(key, place, attempt):
    sealed = seal_challenge(ANSWER, HOLDER.public, **HERE)
    with pytest.raises(OpenError):
        open_challenge(sealed, key, place=place, attempt=attempt)


def test_no_changed_or_cut_challenge_opens():
    sealed = seal_challenge(ANSWER, HOLDER.public, **HERE)
    for at in (0, 1119, 1120, len(sealed) - 1):
        changed = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
        with pytest.raises(OpenError):
            open_challenge(changed, HOLDER, **HERE)
    for cut in (b"", sealed[:-1], sealed + b"\0"):
        with pytest.raises(OpenError):
            open_challenge(cut, HOLDER, **HERE)


def test_the_wrap_of_a_report_is_no_challenge():
    """Else a server could have reports opened by people who believe they log in."""
    wrap = seal(b"words", purpose="report", reference="4F7K2MQP", recipients=[HOLDER.public], entropy=token_bytes)
    [only] = wrap.wraps
    assert len(only.wrap) == CHALLENGE_BYTES
    with pytest.raises(OpenError):
        open_challenge(only.wrap, HOLDER, **HERE)


def test_a_challenge_is_as_long_for_everybody_and_new_each_time():
    sealed = [seal_challenge(ANSWER, key.public, **HERE) for key in (HOLDER, HOLDER, OTHER)]
    assert {len(one) for one in sealed} == {CHALLENGE_BYTES}
    assert len(set(sealed)) == 3


@pytest.mark.parametrize("answer", [b"", bytes(31), bytes(33)])
def test_an_answer_has_32_bytes(answer):
    with pytest.raises(SealError):
        seal_challenge(answer, HOLDER.public, **HERE)


def test_it_is_what_the_page_says():
    """docs/sealed-format.md: HPKE in base mode, info = bind(label, place, attempt, key id)."""
    parts = [b"desk.example", b"attempt-1", HOLDER.public.key_id.encode()]
    info = b"linnet login 1\0" + b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    sealed = SUITE.encrypt(ANSWER, HOLDER.public.hpke_key(), info)
    assert open_challenge(sealed, HOLDER, **HERE) == ANSWER
