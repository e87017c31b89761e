"""Draft slots: read with the draft's key at their place, and not otherwise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.draft import new_draft_key, open_slot, seal_slot
from crypto.errors import VaultError
from tests.crypto.streams import stream

KEY = new_draft_key(stream("draft"))
PLACE = "slots/00ff/story"


@given(text=st.text(max_size=3000), place=st.text(max_size=50))
def test_a_slot_comes_back(text, place):
    kept = seal_slot(KEY, text.encode(), place=place, entropy=stream())
    assert open_slot(KEY, kept, place=place) == text.encode()
    assert (len(kept) - 28) % 1024 == 0


def test_another_key_or_place_reads_nothing():
    kept = seal_slot(KEY, b"words", place=PLACE, entropy=stream())
    with pytest.raises(VaultError):
        open_slot(new_draft_key(stream("other")), kept, place=PLACE)
    with pytest.raises(VaultError):
        open_slot(KEY, kept, place="slots/00ff/where")


def test_flipping_or_cutting_is_noticed():
    kept = seal_slot(KEY, b"words", place=PLACE, entropy=stream())
    for at in range(len(kept)):
        with pytest.raises(VaultError):
            open_slot(KEY, kept[:at] + bytes([kept[at] ^ 1]) + kept[at + 1 :], place=PLACE)
        with pytest.raises(VaultError):
            open_slot(KEY, kept[:at], place=PLACE)


def test_short_answers_look_alike():
    lengths = {len(seal_slot(KEY, text, place=PLACE, entropy=stream())) for text in (b"", b"no", b"x" * 1000)}
    assert lengths == {12 + 1024 + 16}
