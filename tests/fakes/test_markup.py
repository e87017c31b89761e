"""Text cleaning and HTML entities."""

import pytest

from tests.fakes.errors import BreachError
from tests.fakes.markup import clean, parse_caption, parse_text


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("  hello \n", "hello"),
        ("a\x00b", "a b"),
        ("a\u202eb\u202cc", "abc"),
        ("\u2068name\u2069", "\u2068name\u2069"),
        ("a\r\nb", "a\nb"),
        ("\u200b\u2800 ", ""),
        ("a\u200bb", "a\u200bb"),
    ],
)
def test_text_is_cleaned_as_telegram_cleans_it(sent, kept):
    assert clean(sent) == kept


def test_without_a_parse_mode_markup_is_only_text():
    text = parse_text({"text": "<b>1 & 2</b> <i"})
    assert (text.value, text.entities) == ("<b>1 & 2</b> <i", ())


def test_html_becomes_entities_counted_in_utf16():
    text = parse_text({"text": " 🐦 <b>bold <i>both</i></b> &lt;3 &amp; &copy;", "parse_mode": "HTML"})
    assert text.value == "🐦 bold both <3 & &copy;"
    assert text.entities == (
        {"type": "bold", "offset": 3, "length": 9},
        {"type": "italic", "offset": 8, "length": 4},
    )


def test_a_link_keeps_its_address():
    text = parse_text({"text": '<a href="https://example.org/a">here</a>', "parse_mode": "HTML"})
    assert text.entities[0]["url"] == "https://example.org/a"


@pytest.mark.parametrize("broken", ["a < b", "<b>open", "</b>", "<b><i></b></i>", "<blink>x</blink>", "<3", "x <"])
def test_unparsable_html_is_refused(broken):
    with pytest.raises(BreachError, match="can't parse entities"):
        parse_text({"text": broken, "parse_mode": "HTML"})


def test_length_is_counted_after_parsing_in_code_points():
    assert len(parse_text({"text": "🐦" * 4096}).value) == 4096
    tagged = {"text": "<b>" + "x" * 4096 + "</b>", "parse_mode": "HTML"}
    assert len(parse_text(tagged).value) == 4096
    with pytest.raises(BreachError, match="too long"):
        parse_text({"text": "x" * 4097})
    with pytest.raises(BreachError, match="caption is too long"):
        parse_caption({"caption": "x" * 1025})


@pytest.mark.parametrize("blank", ["", "   ", "\n", "\u200b"])
def test_a_blank_text_is_refused(blank):
    with pytest.raises(BreachError, match="empty"):
        parse_text({"text": blank})


def test_an_entity_stays_within_its_text():
    with pytest.raises(BreachError, match="beyond the end"):
        parse_text({"text": "ab", "entities": [{"type": "bold", "offset": 1, "length": 2}]})
