"""The languages there are, and texts that are whole or in the fallback language."""

from __future__ import annotations

import pytest

from locales.catalogues import load
from locales.errors import LocaleError
from locales.extract import read_catalogue, save


def test_english_needs_no_catalogue_and_comes_first(project):
    languages = load(project.words.parent)
    assert languages.tags == ("en", "fr")
    assert languages.fallback == "en"


def test_a_language_says_its_name_and_direction(project):
    project.translate("ar", {})
    languages = load(project.words.parent)
    assert [languages.name(tag) for tag in languages.tags] == ["English", "العربية", "Français"]
    assert [languages.direction(tag) for tag in languages.tags] == ["ltr", "rtl", "ltr"]


def test_a_tag_that_is_not_there_gives_the_fallback(project):
    languages = load(project.words.parent)
    assert languages.name("xx") == "English"
    assert languages.word("xx", "button_skip") == "Skip"
    assert languages.phrase("xx", "end", "Thank you.") == "Thank you."
    assert languages.whole("xx", [("end", "Thank you.")]) == ("en", ["Thank you."])


def test_words_and_lists(project):
    languages = load(project.words.parent)
    assert languages.word("fr", "button_skip") == "Passer"
    assert languages.words("fr", "words_leave") == ("quitter", "stop")
    assert languages.words("en", "words_leave") == ("leave", "stop")


def test_a_word_that_does_not_exist_is_a_mistake_of_the_caller(project):
    with pytest.raises(KeyError):
        load(project.words.parent).word("fr", "no_such_word")


def test_a_missing_word_is_in_english(project):
    project.translate("fr", {"word/button_skip": ""})
    assert load(project.words.parent).word("fr", "button_skip") == "Skip"


def test_a_phrase_is_found_by_its_context(project):
    languages = load(project.words.parent)
    assert languages.phrase("fr", "end", "Thank you.") == "Merci."
    assert languages.phrase("fr", "elsewhere", "Thank you.") is None
    assert languages.phrase("fr", "end", "Thanks.") is None
    assert languages.phrase("en", "elsewhere", "Thanks.") == "Thanks."


def test_a_translation_that_equals_its_source_is_a_translation(project):
    assert load(project.words.parent).phrase("fr", "word/page_title", "Linnet") == "Linnet"


def test_a_group_of_words_is_complete_or_not(project):
    assert load(project.words.parent).complete("en", "button_")
    assert load(project.words.parent).complete("fr", "button_")
    assert not load(project.words.parent).complete("xx", "button_")
    project.translate("fr", {"word/button_skip": ""})
    assert not load(project.words.parent).complete("fr", "button_")
    assert load(project.words.parent).complete("fr", "words_")


PAIRS = [("end", "Thank you."), ("end/leave", "Leave"), ("when/no", "Longer ago")]


def test_what_belongs_together_comes_in_one_language(project):
    assert load(project.words.parent).whole("fr", PAIRS) == ("fr", ["Merci.", "Quitter", "Plus longtemps"])
    assert load(project.words.parent).whole("en", PAIRS) == ("en", [english for _, english in PAIRS])


@pytest.mark.parametrize("lost", ["end", "end/leave", "when/no"])
def test_one_missing_piece_brings_all_of_it_in_english(project, lost):
    project.translate("fr", {lost: ""})
    assert load(project.words.parent).whole("fr", PAIRS) == ("en", [english for _, english in PAIRS])


def test_a_fuzzy_entry_counts_as_missing(project):
    project.edit("fr", 'msgctxt "end"', '#, fuzzy\nmsgctxt "end"')
    assert load(project.words.parent).phrase("fr", "end", "Thank you.") is None


@pytest.mark.parametrize("broken", ["{nome}", "{leave", "", "{leave} {leave.x}"])
def test_a_translation_with_other_placeholders_counts_as_missing(project, broken):
    project.translate("fr", {"hello": f"Bonjour. Écrivez {broken}"})
    english = "Hello.\n\nPress “Leave” or write {leave}."
    languages = load(project.words.parent)
    assert languages.phrase("fr", "hello", english) is None
    assert languages.whole("fr", [("end", "Thank you."), ("hello", english)]) == ("en", ["Thank you.", english])


def test_a_change_of_the_file_shows_at_the_next_start_without_compiling(project):
    project.translate("fr", {"end": "Merci beaucoup."})
    assert load(project.words.parent).phrase("fr", "end", "Thank you.") == "Merci beaucoup."


def test_nothing_is_reviewed_until_a_native_speaker_signs_these_very_texts(project):
    assert not load(project.words.parent).reviewed("fr")
    assert load(project.words.parent).reviewed("en")
    po = read_catalogue(project.path("fr"))
    project.edit("fr", "Speaker: no", f"Speaker: yes, {po.digest()}")
    assert load(project.words.parent).reviewed("fr")
    project.translate("fr", {"end": "Merci bien."})
    assert not load(project.words.parent).reviewed("fr")


@pytest.mark.parametrize("claim", ["yes", "yes, ", "Yes, 0123456789abcdef", "true"])
def test_a_signature_without_the_digest_is_none(project, claim):
    project.edit("fr", "Speaker: no", f"Speaker: {claim}")
    assert not load(project.words.parent).reviewed("fr")


def test_a_catalogue_that_cannot_be_read_stops_the_start(project):
    project.path("fr").write_text("this is not a catalogue", "utf-8")
    with pytest.raises(LocaleError, match=r"^fr: "):
        load(project.words.parent)


def test_a_catalogue_in_the_folder_of_another_language_stops_the_start(project):
    save(read_catalogue(project.path("fr")), project.path("ar"))
    with pytest.raises(LocaleError, match=r"^ar: the header says Language: fr$"):
        load(project.words.parent)


def test_unreadable_words_stop_the_start(project):
    project.words.write_text("a: [", "utf-8")
    with pytest.raises(LocaleError, match=r"words\.yaml"):
        load(project.words.parent)


def test_negotiation_knows_the_languages_there_are(project):
    languages = load(project.words.parent)
    assert languages.negotiate("fr_FR.UTF-8") == "fr"
    assert languages.negotiate("ar-EG") == "en"
    assert languages.negotiate(None) == "en"
