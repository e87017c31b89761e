"""The secret file: written one way, read strictly, rotated without losing what is still needed."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.errors import SecretFileError
from crypto.secret_file import Secrets, VaultKey, new_secrets, parse_secrets
from tests.crypto.streams import stream

DAY = date(2031, 5, 2)
SECRETS = new_secrets(stream("secrets"), DAY)
TEXT = SECRETS.rotate(stream("next"), date(2031, 5, 9)).render()
ROOT_LINE = TEXT.splitlines()[2]
FIRST, SECOND = TEXT.splitlines()[3:5]


def numbers(secrets):
    return [key.number for key in secrets.vault_keys]


def test_what_is_rendered_comes_back():
    for secrets in (SECRETS, SECRETS.rotate(stream("next"), DAY)):
        assert parse_secrets(secrets.render()) == secrets
        assert parse_secrets(secrets.render()).render() == secrets.render()


def test_people_may_add_notes_and_windows_line_ends():
    assert parse_secrets(TEXT.replace("\n", "\r\n") + "\n# rotated by A.\n\n") == parse_secrets(TEXT)


def test_removing_a_line_removes_the_key():
    without = parse_secrets(TEXT.replace(FIRST + "\n", ""))
    assert numbers(without) == [2]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "begins with"),
        ("root AAAA\n", "begins with"),
        (TEXT.replace("linnet secrets 1", "linnet secrets 2"), "begins with"),
        (TEXT.replace(ROOT_LINE, ""), "no root key"),
        (TEXT.replace(FIRST, "").replace(SECOND, ""), "no vault key"),
        (TEXT.replace(ROOT_LINE, ROOT_LINE + "\n" + ROOT_LINE), "line 4"),
        (TEXT.replace(ROOT_LINE, ROOT_LINE[:-1]), "line 3"),
        (TEXT.replace(ROOT_LINE, ROOT_LINE + "="), "line 3"),
        (TEXT.replace(ROOT_LINE, "root AAAA"), "32 bytes"),
        (TEXT.replace(SECOND, SECOND[:-2]), "32 bytes|line 5"),
        (TEXT.replace("vault 2", "vault 1"), "order"),
        (TEXT.replace("vault 2", "vault 02"), "line 5"),
        (TEXT.replace("vault 2", "vault 9999999999"), "out of range"),
        (TEXT.replace("2031-05-09", "2031-13-09"), "line 5"),
        (TEXT.replace("2031-05-09", "2031-04-09"), "order"),
        (TEXT.replace(FIRST + "\n" + SECOND, SECOND + "\n" + FIRST), "order"),
        (TEXT + "vault\n", "line 6"),
    ],
)
def test_any_fault_is_named_by_its_line_and_nothing_secret_is_said(text, said):
    with pytest.raises(SecretFileError, match=said) as refused:
        parse_secrets(text)
    for line in (ROOT_LINE, FIRST, SECOND):
        assert line.split()[-1][:8] not in str(refused.value)


def test_rotation_adds_a_key_and_keeps_the_old():
    rotated = SECRETS.rotate(stream("next"), date(2031, 5, 9))
    assert numbers(rotated) == [1, 2]
    assert rotated.root == SECRETS.root
    assert rotated.vault_keys[0] == SECRETS.vault_keys[0]
    assert rotated.vault_keys[1].key != SECRETS.vault_keys[0].key


def test_a_clock_that_went_backwards_stops_rotation():
    with pytest.raises(SecretFileError):
        SECRETS.rotate(stream("next"), date(2031, 5, 1))


@pytest.mark.parametrize(
    ("today", "kept"),
    [
        (date(2031, 5, 9), [1, 2]),
        (date(2031, 5, 12), [1, 2]),  # less than 72 hours, if the rotation was in the evening
        (date(2031, 5, 13), [2]),
        (date(2031, 6, 1), [2]),
    ],
)
def test_an_old_key_goes_when_its_successor_has_served_long_enough(today, kept):
    rotated = SECRETS.rotate(stream("next"), date(2031, 5, 9))
    assert numbers(rotated.retire(today, keep_days=3)) == kept


def test_a_key_without_a_successor_is_never_retired():
    assert SECRETS.retire(date(2099, 1, 1), keep_days=0) == SECRETS


def test_keeping_for_less_than_no_days_is_refused():
    with pytest.raises(SecretFileError):
        SECRETS.retire(DAY, keep_days=-1)


def test_a_number_is_never_given_again():
    secrets = SECRETS
    seen = {1}
    for day in range(3, 30, 5):
        today = date(2031, 5, day)
        secrets = secrets.rotate(stream(str(day)), today).retire(today, 3)
        assert secrets.vault_keys[-1].number not in seen
        seen |= {key.number for key in secrets.vault_keys}


@given(
    steps=st.lists(st.integers(0, 40), max_size=12),
    keep_days=st.integers(0, 10),
)
def test_whatever_could_still_be_read_is_kept(steps, keep_days):
    secrets, day = SECRETS, DAY.toordinal()
    for step in steps:
        day += step
        before = secrets.vault_keys
        secrets = secrets.rotate(stream(str(day)), date.fromordinal(day)).retire(date.fromordinal(day), keep_days)
        assert secrets.vault_keys[-1].created == date.fromordinal(day)
        for old, new in pairwise(before):
            if day - new.created.toordinal() <= keep_days:
                assert old in secrets.vault_keys
            else:
                assert old not in secrets.vault_keys


def test_secrets_that_break_the_rules_cannot_be_made():
    key = SECRETS.vault_keys[0]
    for root, keys in (
        (bytes(31), (key,)),
        (SECRETS.root, ()),
        (SECRETS.root, (key, key)),
        (SECRETS.root, (VaultKey(0, DAY, key.key),)),
        (SECRETS.root, (VaultKey(1, DAY, bytes(16)),)),
    ):
        with pytest.raises(SecretFileError):
            Secrets(root, keys)
