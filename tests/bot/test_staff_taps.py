"""What a button means is written into 64 bytes and read back; nothing else is read at all."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import staff_taps as taps
from crypto.encoding import CROCKFORD

MOST_BYTES = 64
references = st.text(CROCKFORD, min_size=8, max_size=8)
about = st.sampled_from([taps.One, taps.Have, taps.NotMe, taps.GiveUp, taps.Again, taps.Seen])
plain = st.sampled_from([taps.Menu(), taps.Waiting(), taps.Duty(), taps.Back(), taps.Test()])
every = (
    st.builds(lambda kind, reference: kind(reference), about, references)
    | plain
    | st.builds(taps.Away, st.none() | st.dates())
)


@given(tap=every)
def test_what_is_written_is_read_back_and_fits_a_button(tap):
    data = taps.write(tap)
    assert len(data.encode()) <= MOST_BYTES
    assert taps.read(data) == tap


@given(one=every, other=every)
def test_no_two_buttons_are_written_alike(one, other):
    assert (one == other) == (taps.write(one) == taps.write(other))


@given(data=st.text(max_size=70) | st.none())
def test_reading_never_fails_and_has_one_spelling(data):
    tap = taps.read(data)
    assert tap is None or taps.write(tap) == data


@pytest.mark.parametrize(
    "data",
    [
        *(
            "",
            ":",
            "have",
            "have:",
            "have:7k3m9qx2",
            "have:7K3M9QX2 ",
            "have:7K3M9QX",
            "have:7K3M9QXU",
            "menu:",
            "menu:x",
        ),
        *("away", "away:", "away:2025-13-01", "away:20251124", "away:2025-W48-1", "away:٢٠٢٥-11-24", "away:OPEN"),
    ],
)
def test_what_was_never_written_means_nothing(data):
    assert taps.read(data) is None


def test_a_day_is_read_as_a_day():
    assert taps.read("away:2025-11-24") == taps.Away(date(2025, 11, 24))
