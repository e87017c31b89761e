"""Typed words are made comparable by the written rule, and by nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.words import is_blank, normal, number


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("leave", "leave"),
        ("LEAVE", "leave"),
        ("  Leave!! ", "leave"),
        ("«Leave»…", "leave"),
        ("l\u200be\u200dave", "leave"),
        ("\u202eleave\u202c", "leave"),
        ("\ufeffleave", "leave"),
        ("ｌｅａｖｅ", "leave"),
        ("le\u00adave", "leave"),
        ("help\u00a0 \n\tnow", "help now"),
        ("👋 leave 👋", "leave"),
        ("that’s all", "that's all"),
        ("Straße", "strasse"),
        ("İptal", "i̇ptal"),
        ("ÉCRIRE", "écrire"),
        ("e\u0301crire", "écrire"),
        ("خـــروج", "خروج"),
        ("خُروج", "خروج"),
        ("مُسَاعَدَةٌ", "مساعدة"),
        ("أُريد", "اريد"),
        ("إلغاء", "الغاء"),
        ("آخر", "اخر"),
        ("ٱلآن", "الان"),
        ("هذا كلُّ شيء", "هذا كل شيء"),
        ("مساعده", "مساعده"),
        ("؟خروج!", "خروج"),
        ("leave me alone", "leave me alone"),
        ("a-b", "a-b"),
        ("", ""),
        ("?!…", ""),
        ("🙏🙏", ""),
        ("\u200b", ""),
    ],
)
def test_the_written_rule(typed, plain):
    assert normal(typed) == plain


@pytest.mark.parametrize("sign", "'’‘‛ʼʻʹˈ′`´՚＇")
def test_every_sign_used_as_an_apostrophe_is_the_same(sign):
    assert normal(f"that{sign}s") == "that's"
    assert normal(f"П{sign}ЯТЬ") == "п'ять"
    assert normal(f"J{sign}ai fini") == "j'ai fini"


@given(st.text(max_size=60))
def test_making_comparable_twice_changes_nothing(typed):
    assert normal(normal(typed)) == normal(typed)


@given(st.text("abcé خر", min_size=1, max_size=20), st.text("\u200b\u200d\u200e\u202e\u2069\ufeff\u0640", max_size=4))
def test_marks_that_are_not_seen_make_no_difference(words, marks):
    woven = "".join(character + marks for character in words)
    assert normal(woven) == normal(words)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("1", 1),
        (" 2. ", 2),
        ("(3)", 3),
        ("12", 12),
        ("99", 99),
        ("٣", 3),
        ("١٢", 12),
        ("۷", 7),
        ("४", 4),
        ("５", 5),
        ("①", 1),
        ("07", 7),
        ("0", None),
        ("00", None),
        ("100", None),
        ("", None),
        ("one", None),
        ("1a", None),
        ("1 2", None),
        ("1.5", None),
        ("½", None),
        ("-", None),
        ("Ⅳ", None),
    ],
)
def test_numbers_in_digits_of_any_script(typed, found):
    assert number(typed) == found


@given(st.text(max_size=6))
def test_a_number_is_between_1_and_99_or_none(typed):
    assert number(typed) in {None, *range(1, 100)}


@pytest.mark.parametrize(
    "words", ["", " ", "\n", "\u200b\u200e", "\u202e", "\x00", "\u2028", "\ufeff", "\u00ad", "\ud800"]
)
def test_nothing_to_keep(words):
    assert is_blank(words)


@pytest.mark.parametrize("words", ["a", ".", "🙏", "\u0301", "٣", "\ue000", "\U0001fae9", "\u0378", " a ", "\u202ea"])
def test_something_to_keep(words):
    assert not is_blank(words)


@given(st.text(max_size=20), st.text(max_size=20))
def test_words_are_blank_together_only_if_each_is(one, two):
    assert is_blank(one + two) == (is_blank(one) and is_blank(two))
