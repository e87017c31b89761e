"""Catalogues follow their sources, without guessing and without noise."""

from __future__ import annotations

import pytest

from locales.errors import LocaleError
from locales.extract import catalogue_paths, fresh, read_catalogue, save, template, update
from locales.po import plural_forms, read_po, write_po


def texts(po):
    return {message.context: message.string for message in po.messages()}


def test_entries_stand_in_the_order_of_the_sources_conversations_first(project):
    contexts = [message.context for message in template(project.root).messages()]
    assert contexts[:3] == ["hello", "hello/go_on", "when"]
    assert contexts[-1] == "word/page_title"


def test_there_are_no_dates_places_or_wrapped_lines(project):
    long = "A sentence of many words that would be wrapped by others, and more words, and still more of them."
    project.words.write_text(f'long:\n  text: "{long}"\n', "utf-8")
    project.extract()
    text = write_po(template(project.root)).decode()
    assert f'msgid "{long}"\n' in text
    assert "Date" not in text
    assert "#:" not in text


def test_writing_and_reading_again_changes_nothing(project):
    data = project.path("fr").read_bytes()
    assert write_po(read_po(data, "fr")) == data


def test_updating_twice_changes_nothing(project):
    old = read_catalogue(project.path("fr"))
    assert write_po(update(old, template(project.root))) == project.path("fr").read_bytes()
    assert save(old, project.path("fr")) is False


def test_a_changed_text_is_a_new_text_and_is_never_guessed(project):
    source = project.conversation.read_text("utf-8")
    project.conversation.write_text(source.replace("When did it happen?", "When did that happen?"), "utf-8")
    new = update(read_catalogue(project.path("fr")), template(project.root))
    assert texts(new)["when"] == ""
    assert texts(new)["when/yes"] == "Ces 3 derniers jours"
    assert not any(message.fuzzy for message in new.messages())
    assert b"Quand est-ce" not in write_po(new)


def test_the_header_and_a_translators_own_comment_stay(project):
    project.edit("fr", "# The words of Linnet.", "# By somebody.\n# The words of Linnet.")
    project.edit("fr", 'msgctxt "end"', '# Warm, please.\nmsgctxt "end"')
    po = update(read_catalogue(project.path("fr")), template(project.root))
    assert po.comment.startswith("By somebody.\n")
    assert "# Warm, please.\n" in write_po(po).decode()


def test_a_new_note_reaches_the_catalogue(project):
    project.conversation.write_text(project.conversation.read_text("utf-8").replace("Any time", "Each time"), "utf-8")
    po = update(read_catalogue(project.path("fr")), template(project.root))
    assert "#. Each time is fine.\n" in write_po(po).decode()


@pytest.mark.parametrize(
    ("tag", "forms", "name", "direction"),
    [
        ("ar", 6, "العربية", "rtl"),
        ("ru", 3, "Русский", "ltr"),
        ("fr", 2, "Français", "ltr"),
        ("fa-AF", 1, "فارسی", "rtl"),
    ],
)
def test_a_new_language_begins_with_a_right_header(tag, forms, name, direction):
    po = read_po(write_po(fresh(tag)), tag)
    assert po.fields["Plural-Forms"].startswith(f"nplurals={forms};")
    assert po.fields["Plural-Forms"] == plural_forms(tag)
    assert (po.tag, po.direction, po.reviewed) == (tag, direction, False)
    assert po.name.startswith(name)


def test_a_language_that_cldr_does_not_know_can_be_begun():
    po = read_po(write_po(fresh("qaa")), "qaa")
    assert (po.tag, po.name, po.direction) == ("qaa", "Qaa", "ltr")


def test_catalogues_are_found_by_their_folder(project):
    project.translate("ar", {})
    assert list(catalogue_paths(project.root)) == ["ar", "fr"]


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"no catalogue", b'msgid "a"\nmsgstr "b"\n', b'msgid "a\n'])
def test_what_is_no_catalogue_is_refused(data):
    with pytest.raises(LocaleError, match=r"^xx: "):
        read_po(data, "xx")


def test_the_digest_follows_every_text(project):
    before = read_catalogue(project.path("fr")).digest()
    project.translate("fr", {"end": "Merci !"})
    after = read_catalogue(project.path("fr")).digest()
    assert before != after
    project.translate("fr", {"end": "Merci."})
    assert read_catalogue(project.path("fr")).digest() == before
