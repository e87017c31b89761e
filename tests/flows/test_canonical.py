"""The canonical form: it comes back as it was, its digest is stable, and every change of meaning changes it."""

from __future__ import annotations

import hashlib
import json

import pytest

from flows.canonical import from_json, to_json, with_digest
from flows.compile import compile_book
from flows.errors import BookError
from tests.flows.books import FILE, SMALL, VOCABULARY, real, small


@pytest.mark.parametrize("book", [small(), real()], ids=["small", "real"])
def test_a_stored_book_comes_back_as_it_was(book):
    again = from_json(to_json(book))
    assert again == book
    assert to_json(again) == to_json(book)
    assert [type(node) for node in again.nodes.values()] == [type(book.nodes[name]) for name in again.nodes]


def test_the_form_is_canonical():
    text = to_json(small())
    plain = json.loads(text)
    assert text == json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert "digest" not in plain
    assert "Première" in text


def test_the_digest_is_sha256_of_the_form():
    assert small().digest == hashlib.sha256(to_json(small()).encode()).hexdigest()


def test_the_digest_of_a_written_down_book_never_moves():
    text = (
        '{"attrs":{"language":["en"]},"enough":"also","interrupts":{},"languages":["en"],"loose":"also","nodes":{"also":{"ask":'
        '{"context":"also","english":"More?","names":[]},"consent":null,"kind":"Text","name":"also","seal":true,"skip":"@return",'
        '"slot":"also","to":"@return"},"end":{"act":"leave","kind":"Do","name":"end","to":""}},"start":"also"}'
    )
    book = from_json(text)
    assert to_json(book) == text
    assert book.digest == hashlib.sha256(text.encode()).hexdigest()


def test_the_order_of_nodes_and_files_and_the_way_it_is_written_do_not_count():
    head, nodes = SMALL.split("nodes:\n")
    cut = nodes.index("  help_now:")
    turned = head + "nodes:\n" + nodes[cut:] + nodes[:cut]
    assert compile_book({"other.yaml": turned}, VOCABULARY).digest == small().digest
    assert small(('ask: "What happened?"', "ask: 'What happened?'  # a remark")).digest == small().digest


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("What happened?", "What happened to you?"),
        ("languages: [en, fr]", "languages: [fr, en]"),
        ('label: "Send"', 'label: "Send it"'),
        ("{else: young}", "{else: review}"),
        ('{under_18: ["no"]}', '{under_18: ["no", unsure]}'),
        ("    skip: entity", "    skip: outside"),
        ("    read_back: true\n", ""),
        ("    every_language: true\n", ""),
        ("nobody: nobody}", "nobody: review}"),
        ("via: change", "via: help_now"),
        ("redo: story", "redo: under_18"),
        ("start: limits", "start: under_18"),
        ("loose: also", "loose: story"),
        ("enough: under_18", "enough: actor"),
        ("worried: worried", "worried: hold_on"),
        ("    must: true\n", ""),
        ("    consent: name_ok\n", ""),
        ("What was written about somebody is read", "What was written is read"),
        ('say: "{care}"', 'say: "{care}"\n    passes: go_on'),
        ("help: help_now", "help: counsellor"),
        ('      "no": "No"\n      "yes": "Yes"', '      "yes": "Yes"\n      "no": "No"'),
        ('["no", "yes", unsure]', '["yes", "no", unsure]'),
    ],
)
def test_every_change_of_words_or_ways_changes_the_digest(was, now):
    assert small((was, now)).digest != small().digest


def test_names_from_outside_count_too():
    other = {**VOCABULARY, "entities": [("first", {"en": "Renamed"}), ("second", {"en": "Second"})]}
    assert compile_book({FILE: SMALL}, other).digest != small().digest
    turned = {**VOCABULARY, "entities": list(reversed(VOCABULARY["entities"]))}
    assert compile_book({FILE: SMALL}, turned).digest != small().digest


def test_naming_a_book_again_changes_nothing():
    assert with_digest(small()) == small()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        '"book"',
        "{",
        '{"nodes": []}',
        '{"nodes": {"a": 1}}',
        '{"nodes": {"a": {}}}',
        '{"nodes": {"a": {"kind": "Dance"}}}',
        to_json(small()).replace('"kind":"Say"', '"kind":"Choose"'),
        to_json(small()).replace('"skip":', '"skipp":'),
        to_json(small()).replace('"attrs":{', '"attrs":[{', 1).replace("}", "}]", 1),
        to_json(small()).replace('"loose":', '"lose":'),
        to_json(small())[:-1],
    ],
)
def test_what_is_not_a_stored_book_is_refused_with_one_clear_error(text):
    with pytest.raises(BookError, match="this is not a stored book"):
        from_json(text)
