"""Every fault the check must find, planted one at a time."""

from __future__ import annotations

import pytest

from locales.check import check
from locales.faults import Fault, comparable


def faults(project):
    return [str(fault) for fault in check(project.root)]


def reword(project, old, new):
    """Change an English text and bring the template and the catalogue up to date."""
    for path in (project.conversation, project.words):
        path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    project.extract()
    project.translate("fr", {})


def test_a_complete_project_has_no_faults(project):
    assert faults(project) == []


def test_a_fault_is_one_line_with_language_and_place():
    assert str(Fault("fr", "safe/no", "not translated")) == "fr: safe/no: not translated"
    assert str(Fault("fr", "", "no header")) == "fr: no header"


# --- files -------------------------------------------------------------------------------------------


def test_a_template_that_is_not_up_to_date(project):
    project.words.write_text(project.words.read_text("utf-8").replace("The stop word.", "A stop word."), "utf-8")
    assert faults(project) == [
        "en: linnet.pot is not up to date: run `linnet locales extract`",
        "fr: not up to date: run `linnet locales update`",
    ]


def test_a_source_that_cannot_be_read(project):
    project.words.write_text("a: [", "utf-8")
    assert faults(project) == ["en: words.yaml: not a readable YAML file"]


def test_a_missing_source(project):
    project.words.unlink()
    assert len(faults(project)) == 1
    assert "words.yaml" in faults(project)[0]


def test_a_catalogue_that_cannot_be_read(project):
    project.path("fr").write_text("nothing", "utf-8")
    assert "fr: this is not a readable catalogue" in faults(project)


def test_a_language_that_is_offered_but_was_never_begun(project):
    project.conversation.write_text(
        project.conversation.read_text("utf-8").replace("[en, fr]", "[en, fr, ro]"), "utf-8"
    )
    assert faults(project) == ["ro: a conversation offers this language, but it has no catalogue that can be read"]


def test_a_changed_source_text(project):
    reworded = project.conversation.read_text("utf-8").replace("Who?", "Who is it?")
    project.conversation.write_text(reworded, "utf-8")
    project.extract()
    assert "fr: who: missing: Who is it?" in faults(project)
    assert "fr: who: no such text any more: Who?" in faults(project)


def test_an_empty_entry(project):
    project.translate("fr", {"who": ""})
    assert faults(project) == ["fr: who: empty: Who?"]


def test_an_entry_of_blanks(project):
    project.translate("fr", {"who": " "})
    assert "fr: who: empty: Who?" in faults(project)


def test_a_fuzzy_entry(project):
    project.edit("fr", 'msgctxt "who"', '#, fuzzy\nmsgctxt "who"')
    assert faults(project) == ["fr: who: marked as fuzzy: look at it and take the mark away"]


def test_an_obsolete_entry(project):
    path = project.path("fr")
    path.write_text(path.read_text("utf-8") + '\n#~ msgctxt "old"\n#~ msgid "Old"\n#~ msgstr "Vieux"\n', "utf-8")
    assert "fr: old: obsolete: Old" in faults(project)


def test_a_sentence_left_in_english(project):
    project.translate("fr", {"when": "When did it happen?"})
    assert faults(project) == ["fr: when: still in English"]


def test_a_catalogue_formatted_by_another_tool(project):
    project.edit("fr", 'msgctxt "who"', '#: a.yaml:3\nmsgctxt "who"')
    assert faults(project) == ["fr: not up to date: run `linnet locales update`"]


# --- header ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("Language: fr", "Language: de", "the header says Language: de"),
        ("nplurals=2; plural=(n > 1);", "nplurals=2; plural=(n != 1);", "wrong plural forms in the header"),
        ("X-Language-Name: Français", "X-Language-Name:", "X-Language-Name is missing"),
        ("X-Direction: ltr", "X-Direction: down", "X-Direction in the header must be ltr or rtl"),
        ("Speaker: no", "Speaker: yes", "X-Reviewed-By-Native-Speaker must be: no"),
        ("Speaker: no", "Speaker: yes, 0123456789abcdef", "X-Reviewed-By-Native-Speaker must be: no"),
    ],
)
def test_a_wrong_header(project, old, new, told):
    project.edit("fr", old, new)
    assert any(fault.startswith(f"fr: {told}") for fault in faults(project))


def test_arabic_has_six_plural_forms(project):
    project.translate("ar", {})
    project.edit("ar", "nplurals=6", "nplurals=2")
    assert any(fault.startswith("ar: wrong plural forms") for fault in faults(project))


# --- one text ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("context", "text", "told"),
    [
        ("hello", "Bonjour.\n\n«\u00a0Quitter\u00a0» ou {nome}.", "placeholders differ: {nome} instead of {leave}"),
        ("hello", "Bonjour.\n\n«\u00a0Quitter\u00a0» ou rien.", "placeholders differ: none instead of {leave}"),
        ("hello", "Bonjour.\n\n«\u00a0Quitter\u00a0» ou {leave.", "braces do not match"),
        ("end", "Merci {leave}.", "placeholders differ: {leave} instead of none"),
        ("when/yes", "Ces 5 derniers jours", "numbers differ: 5 instead of 3"),
        ("when/yes", "Ces trois derniers jours", "numbers differ: none instead of 3"),
        ("end", "Merci 3 fois.", "numbers differ: 3 instead of none"),
        ("hello", "Bonjour. «\u00a0Quitter\u00a0» ou {leave}.", "1 paragraphs instead of 2"),
        ("end", "Merci\nbeaucoup.", "the lines are divided otherwise"),
        ("end", "• Merci.", "1 points of a list instead of 0"),
        ("end", "Merci.\u200f", "control or direction characters: U+200F"),
        ("end", "\u202eMerci.\u202c", "control or direction characters: U+202C U+202E"),
        ("end", "Mer\u0007ci.", "control or direction characters: U+0007"),
        ("end", "Mer\u00adci.", "control or direction characters: U+00AD"),
        ("end", "شكرًا, إلى اللقاء", "Latin punctuation in Arabic script: , (use ، ؛ ؟)"),
        ("end", "Merci. ", "white space at the beginning or end"),
        ("when/no", "Il y a vraiment plus longtemps.", "31 characters on a button; at most 30"),
        ("when/no", "Plus\nlongtemps", "a line break on a button"),
        ("word/button_skip", "Passer cette question", "21 characters on a button; at most 20"),
    ],
)
def test_a_text_that_does_not_fit_its_source(project, context, text, told):
    project.translate("fr", {context: text})
    assert f"fr: {context}: {told}" in faults(project)


def test_native_digits_are_the_same_numbers(project):
    project.translate("fr", {"when/yes": "Ces ٣ derniers jours"})
    assert faults(project) == []


def test_a_label_may_be_as_long_as_the_narrowest_channel_shows(project):
    project.translate("fr", {"when/no": "Il y a vraiment plus longtemps"})
    assert faults(project) == []


def test_english_labels_must_fit_as_well(project):
    reword(project, "Longer ago", "A long, long, long, long time ago")
    project.translate("fr", {"when/no": "Plus longtemps"})
    assert faults(project) == ["en: when/no: 33 characters on a button; at most 30"]


# --- between texts -----------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["Ces 3 derniers jours", "ces 3 derniers jours.", "Ces  3 derniers\u00a0jours"])
def test_two_options_that_read_alike(project, text):
    project.translate("fr", {"when/no": text})
    assert "fr: when/no: reads like when/yes" in faults(project)


def test_options_of_different_questions_may_read_alike(project):
    project.translate("fr", {"end/leave": "Plus longtemps"})
    assert not [fault for fault in faults(project) if "reads like" in fault]


def test_a_text_that_names_a_button_otherwise_than_the_button_reads(project):
    project.translate("fr", {"hello": "Bonjour.\n\nAppuyez sur «\u00a0Sortir\u00a0» ou écrivez {leave}."})
    assert faults(project) == ["fr: hello: the button “Leave” reads «Quitter», which is not what is quoted"]


def test_a_button_that_is_renamed_without_the_texts_that_name_it(project):
    project.translate("fr", {"word/button_leave": "Sortir", "word/words_leave": "sortir|quitter|stop"})
    assert faults(project) == ["fr: hello: the button “Leave” reads «Sortir», which is not what is quoted"]


def test_a_text_that_names_no_button_where_english_does(project):
    project.translate("fr", {"hello": "Bonjour.\n\nAppuyez ou écrivez {leave}."})
    assert faults(project) == ["fr: hello: 0 words in quotation marks instead of 1"]


def test_a_word_that_means_two_things_in_one_language(project):
    project.translate("fr", {"word/words_skip": "passer|Stop!"})
    assert "fr: word/words_skip: “Stop!” is also in words_leave (en, fr)" in faults(project)
    assert "fr: word/words_leave: “stop” is also in words_skip (fr)" in faults(project)


def test_a_word_that_means_two_things_in_two_languages(project):
    project.translate("fr", {"word/words_skip": "passer|leave"})
    assert "en: word/words_leave: “leave” is also in words_skip (fr)" in faults(project)
    assert "fr: word/words_skip: “leave” is also in words_leave (en)" in faults(project)


def test_the_same_word_with_the_same_meaning_in_two_languages(project):
    project.translate("fr", {"word/words_skip": "passer|skip"})
    assert faults(project) == []


@pytest.mark.parametrize("words", ["quitter||stop", "quitter|stop|", "quitter|!|stop"])
def test_an_empty_word_in_a_list(project, words):
    project.translate("fr", {"word/words_leave": words})
    assert "fr: word/words_leave: an empty word" in faults(project)


def test_a_stop_word_that_would_not_stop(project):
    project.translate("fr", {"word/leave_word": "SORTIR"})
    assert faults(project) == ["fr: word/leave_word: “SORTIR” is missing in words_leave"]


def test_a_button_whose_label_typed_would_not_work(project):
    project.translate("fr", {"word/button_skip": "Sauter"})
    assert faults(project) == ["fr: word/button_skip: “Sauter” is missing in words_skip"]


def test_an_option_whose_label_typed_would_do_something_else(project):
    project.translate("fr", {"when/no": "Suivant"})
    assert faults(project) == ["fr: when/no: “Suivant” typed would mean words_skip (fr)"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("LEAVE", " leave. "),
        ("« Quitter »", "quitter"),
        ("خـروج", "خروج"),
        ("خروج\u200f", "خروج؟"),
        ("c’est  tout", "C’est\u00a0tout"),
        ("ＳＴＯＰ", "stop"),
        ("Straße", "STRASSE"),
    ],
)
def test_texts_that_read_alike_are_compared_alike(one, other):
    assert comparable(one) == comparable(other)


@pytest.mark.parametrize("text", ["", " ", "…!", "\u200f"])
def test_nothing_is_left_of_marks_alone(text):
    assert comparable(text) == ""
