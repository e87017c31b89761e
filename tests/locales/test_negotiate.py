"""Hints about languages come from outside, in every shape."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locales.negotiate import LONGEST_HINT, negotiate

TAGS = ("en", "ar", "fr", "pt-BR", "zh-Hans")


@pytest.mark.parametrize(
    ("hint", "tag"),
    [
        ("", "en"),
        (" ", "en"),
        ("en_US", "en"),
        ("EN", "en"),
        ("fr", "fr"),
        ("FR_ca", "fr"),
        ("fr_FR.UTF-8", "fr"),
        ("fr@euro", "fr"),
        ("fr-x-private", "fr"),
        ("fra", "fr"),
        ("fre", "fr"),
        ("ar-EG", "ar"),
        ("ar-Arab-EG-u-nu-latn", "ar"),
        ("ara", "ar"),
        ("arz", "ar"),
        ("apc-SY", "ar"),
        ("zh-hans", "zh-Hans"),
        ("zh_Hans_CN", "zh-Hans"),
        ("zh-hant", "en"),
        ("zh", "en"),
        ("pt-br", "pt-BR"),
        ("pt", "en"),
        ("prs", "en"),
        ("fa-AF", "en"),
        ("ur", "en"),
        ("frr", "en"),
        ("arc", "en"),
        ("und", "en"),
        ("C", "en"),
        ("*", "en"),
        ("-", "en"),
        ("fr--", "en"),
        ("null", "en"),
        ("None", "en"),
        ("العربية", "en"),
        ("fr\x00", "en"),
        ("ar-EG,ar;q=0.9,en;q=0.8", "ar"),
        ("prs,fr;q=0.5,en;q=0.4", "fr"),
        ("en;q=0.2, ar;q=0.7", "ar"),
        ("fr;q=0, ar;q=0.1", "ar"),
        ("fr;q=x, ar;q=0.1", "ar"),
        ("fr;level=1;q=0.3,ar;q=0.2", "fr"),
        (",,;;,fr", "fr"),
        ("ar,fr", "ar"),
        (None, "en"),
        (7, "en"),
        (b"fr", "en"),
        (["fr"], "en"),
    ],
)
def test_the_best_language_there_is_or_the_fallback(hint, tag):
    assert negotiate(hint, TAGS, "en") == tag


def test_a_header_of_any_length_is_read_only_so_far():
    assert negotiate("xx," * LONGEST_HINT + "fr", TAGS, "en") == "en"
    assert negotiate("fr," + "xx," * 100_000, TAGS, "en") == "fr"


@given(st.one_of(st.text(), st.none(), st.binary(), st.from_regex(r"[a-zA-Z,;=_.@ q0-9-]*", fullmatch=True)))
def test_any_hint_leads_to_a_language_there_is(hint):
    assert negotiate(hint, TAGS, "en") in TAGS


@given(st.sampled_from(TAGS), st.sampled_from(["upper", "lower", "title"]), st.sampled_from("-_"))
def test_a_tag_leads_to_itself_however_it_is_written(tag, case, separator):
    assert negotiate(getattr(tag, case)().replace("-", separator), TAGS, "en") == tag
