"""Values in texts: nothing of them is read as a template, and no direction spills over."""

from __future__ import annotations

import re
import string
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locales.errors import PlaceholderError
from locales.isolate import FIRST_STRONG, POP, fill, isolate, placeholders, show

REACHING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
WORDS = st.text(st.one_of(st.characters(), st.sampled_from(f"{REACHING}\u200e\u200f\u061c{{}}\n 0123456789+-")))


def bare(text):
    return text.translate(dict.fromkeys(map(ord, REACHING)))


def test_a_value_in_right_to_left_text_is_wrapped():
    assert fill("اكتب {leave}.", {"leave": "STOP"}, "rtl") == f"اكتب {FIRST_STRONG}STOP{POP}."


def test_a_value_in_left_to_right_text_stays_as_it_is():
    assert fill("Write {leave}.", {"leave": "خروج"}, "ltr") == "Write خروج."


def test_every_line_is_wrapped_by_itself_because_an_isolate_ends_with_its_line():
    lines = isolate("Anna\n\nBen", "rtl").split("\n")
    assert lines == [f"{FIRST_STRONG}Anna{POP}", "", f"{FIRST_STRONG}Ben{POP}"]


@pytest.mark.parametrize("number", ["0 8008 8008", "+373 22 123-456", "116 111", "1234 5678 9012 3456", "٠ ٨٠٠٨ ٨٠٠٨"])
def test_a_telephone_number_keeps_its_order_in_an_arabic_line(number):
    assert f"{FIRST_STRONG}{number}{POP}" in isolate(f"خط الثقة: {number} مجاني", "rtl")


@pytest.mark.parametrize("hours", ["08:00-17:00", "24/7", "8-17", "2026"])
def test_hours_are_left_to_the_algorithm(hours):
    assert isolate(f"كل يوم {hours}", "rtl") == f"{FIRST_STRONG}كل يوم {hours}{POP}"


def test_braces_in_words_mean_nothing():
    words = "{leave} {0} {x!r} }{"
    assert fill("You wrote: {words}", {"words": words}, "ltr") == f"You wrote: {words}"


def test_what_the_text_does_not_ask_for_is_left_out():
    assert fill("Plain.", {"leave": "STOP"}, "rtl") == "Plain."


@pytest.mark.parametrize("template", ["{nome}", "{", "}", "{}", "{0}", "{a.b}", "{a!r}", "{a:>9}", "{a[0]}"])
def test_a_text_that_asks_for_what_nobody_gave_is_an_error(template):
    with pytest.raises(PlaceholderError):
        fill(template, {"a": "secret"}, "ltr")


def test_the_error_tells_nothing_of_the_values():
    with pytest.raises(PlaceholderError) as caught:
        fill("{b}", {"a": "canary"}, "ltr")
    assert "canary" not in str(caught.value)


def test_doubled_braces_are_braces():
    assert placeholders("{{x}} {y}") == {"y"}
    assert fill("{{x}} {y}", {"y": "1"}, "ltr") == "{x} 1"


@given(WORDS)
def test_isolates_are_balanced_on_every_line_and_hide_nothing(words):
    wrapped = isolate(words, "rtl")
    assert bare(wrapped) == bare(words)
    for line in wrapped.split("\n"):
        depth = 0
        for char in line:
            depth += (char == FIRST_STRONG) - (char == POP)
            assert depth >= 0
        assert depth == 0
        assert not set(line) & (set(REACHING) - {FIRST_STRONG, POP})
        assert not line.strip() or (line[0], line[-1]) == (FIRST_STRONG, POP)


@given(WORDS)
def test_in_left_to_right_text_nothing_reaches_beyond_the_value(words):
    assert isolate(words, "ltr") == bare(words)


@given(WORDS, WORDS, st.sampled_from(["ltr", "rtl"]))
def test_filling_puts_in_each_value_once_and_exactly(first, second, direction):
    filled = fill("<{a}|{b}|{a}>", {"a": first, "b": second}, direction)
    parts = [isolate(value, direction) for value in (first, second, first)]
    assert filled == f"<{parts[0]}|{parts[1]}|{parts[2]}>"


@given(st.text())
def test_filling_any_template_works_or_fails_with_one_error(template):
    try:
        wanted = placeholders(template)
    except PlaceholderError:
        with pytest.raises(PlaceholderError):
            fill(template, {}, "ltr")
        return
    assert wanted == {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}
    fill(template, dict.fromkeys(wanted, "x"), "rtl")


def test_what_turns_or_hides_text_is_not_shown():
    assert show("a\u202eb\u2066c\u200fd\x00e\ufefff\ud800g") == "abcdefg"


def test_line_ends_become_one_kind_and_tabs_become_spaces():
    assert show("a\r\nb\rc\u2028d\te\x0bf") == "a\nb\nc\nd e\nf"


@pytest.mark.parametrize("words", ["می‌خواهم", "👩‍👧", "क्‍ष", "é ü ç", "خروج؟"])
def test_words_that_need_joiners_stay_whole(words):
    assert show(words) == words


@given(WORDS)
def test_shown_words_hold_no_controls_and_showing_twice_changes_nothing(words):
    shown = show(words)
    assert all(char == "\n" or unicodedata.category(char) not in {"Cc", "Cs"} for char in shown)
    assert not re.search("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f]", shown)
    assert show(shown) == shown
