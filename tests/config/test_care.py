"""Care content: every entry is whole, and a mistake in the file never takes the numbers away from somebody."""

from __future__ import annotations

import os
from datetime import date
from importlib.resources import as_file, files

import pytest

from config.care import Care, CareError, HelpLine, parse

ONE = """
lines:
  - name: {en: Harbour, fr: Port}
    reach: "0 000 111"
    hours: {en: day and night, fr: jour et nuit}
    source: invented
    verified: 2026-11-01
    reviewed: no
"""
TWO = (
    ONE
    + """
  - name: {en: Lantern}
    reach: "0 000 222"
    hours: {en: daytime}
    source: invented
    verified: 2026-11-02
    reviewed: yes
"""
)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "care.yaml"
    path.write_text(ONE, "utf-8")
    return path


def change(path, text):
    """Write, and make sure that the time stamp is another one, however fast the test is."""
    before = path.stat().st_mtime_ns
    path.write_text(text, "utf-8")
    os.utime(path, ns=(before + 1_000_000, before + 1_000_000))


def test_an_entry_is_read_whole_and_words_stay_words():
    assert parse(TWO) == (
        HelpLine(
            {"en": "Harbour", "fr": "Port"},
            "0 000 111",
            {"en": "day and night", "fr": "jour et nuit"},
            "invented",
            date(2026, 11, 1),
            reviewed=False,
        ),
        HelpLine({"en": "Lantern"}, "0 000 222", {"en": "daytime"}, "invented", date(2026, 11, 2), reviewed=True),
    )
    [line] = parse(ONE.replace('"0 000 111"', "0123"))
    assert line.reach == "0123", "a number to dial is no number to reckon with"


def test_what_one_line_lacks_comes_whole_in_english(file):
    change(file, TWO)
    care = Care(file)
    assert care.contacts("en") == "• Harbour: 0 000 111 (day and night)\n• Lantern: 0 000 222 (daytime)"
    assert care.contacts("fr") == care.contacts("ar") == care.contacts("en")
    change(file, ONE)
    assert care.contacts("fr") == "• Port: 0 000 111 (jour et nuit)"


def test_without_a_file_there_are_no_lines():
    care = Care(None)
    assert care.lines() == ()
    assert care.contacts("en") is None


BAD = {
    "not YAML": ("lines: [", "not YAML"),
    "empty": ("", "no list"),
    "a list": ("- a", "no list"),
    "no lines": ("other: []", "no list"),
    "lines a mapping": ("lines: {}", "no list"),
    "an entry that is a word": ("lines: [x]", "help line 1"),
    "a field missing": (ONE.replace("    source: invented\n", ""), "help line 1"),
    "a field too many": (f"{ONE}    phone: x\n", "help line 1"),
    "no source": (ONE.replace("source: invented", 'source: ""'), "help line 1"),
    "no number": (ONE.replace('"0 000 111"', '""'), "help line 1"),
    "a number that is a list": (ONE.replace('"0 000 111"', "[1]"), "help line 1"),
    "no date": (ONE.replace("2026-11-01", "soon"), "verified"),
    "a date that is a list": (ONE.replace("2026-11-01", "[2026]"), "verified"),
    "a date that never was": (ONE.replace("2026-11-01", "2026-02-30"), "verified"),
    "reviewed perhaps": (ONE.replace("reviewed: no", "reviewed: maybe"), "reviewed"),
    "reviewed a list": (ONE.replace("reviewed: no", "reviewed: [no]"), "reviewed"),
    "a name for nobody": (ONE.replace("{en: Harbour, fr: Port}", "Harbour"), "name"),
    "a name that is a list": (ONE.replace("en: Harbour", "en: [Harbour]"), "name"),
    "hours that are a mapping": (ONE.replace("en: day and night", "en: {a: b}"), "hours"),
    "the second entry": (TWO.replace("2026-11-02", "x"), "help line 2"),
    "nested without end": ("lines: " + "[" * 1_200, "not YAML"),
}


@pytest.mark.parametrize(("text", "said"), BAD.values(), ids=BAD.keys())
def test_a_file_that_cannot_be_used_is_refused_at_the_start(file, text, said):
    change(file, text)
    with pytest.raises(CareError, match=said) as caught:
        Care(file).lines()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", [text for text, _ in BAD.values()], ids=BAD.keys())
def test_a_mistake_made_later_leaves_the_last_good_lines_in_place(file, text):
    care = Care(file)
    good = care.contacts("en")
    change(file, text)
    assert care.contacts("en") == good
    change(file, ONE.replace("0 000 111", "0 000 999"))
    assert care.contacts("en") == "• Harbour: 0 000 999 (day and night)"


def test_a_corrected_number_shows_at_once(file):
    care = Care(file)
    assert "0 000 111" in care.contacts("en")
    change(file, ONE.replace("0 000 111", "0 000 112"))
    assert "0 000 112" in care.contacts("en")


def test_a_file_that_goes_away_or_turns_into_noise_leaves_the_last_good_lines(file):
    care = Care(file)
    good = care.lines()
    file.write_bytes(b"\xff\xfe\x00")
    assert care.lines() == good
    file.unlink()
    assert care.lines() == good
    with pytest.raises(CareError, match="the care file cannot be read"):
        Care(file).lines()


def test_the_demonstration_speaks_every_language_and_claims_nothing():
    with as_file(files("config") / "demo" / "care") as path:
        care = Care(path)
        for tag in ("en", "fr", "es", "ar", "ru", "zh", "uk", "ro", "pt", "sw"):
            assert care.contacts(tag).count("•") == len(care.lines()) - 1 == 7, "all that help; one is for other wrongs"
            assert care.whole(tag) == tag
        assert not any(line.reviewed for line in care.lines())
        assert all("invented" in line.name["en"] for line in care.lines())
