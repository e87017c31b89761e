"""Every fault of the compiler, planted in the small book: each must be named with its file and line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from flows.book import Choose, Say, Text
from flows.compile import Vocabulary, compile_book
from flows.errors import BookError
from tests.flows.books import FILE, SMALL, VOCABULARY, changed, real, small


def faults(text: str, vocabulary: Vocabulary = VOCABULARY) -> list[str]:
    with pytest.raises(BookError) as caught:
        compile_book({FILE: text}, vocabulary)
    assert str(caught.value).splitlines() == [str(fault) for fault in caught.value.faults]
    return [str(fault) for fault in caught.value.faults]


def line(text: str, where: str) -> int:
    """The line that is ``where``, or else the only one in which it stands."""
    lines = text.splitlines()
    (found,) = [i for i, words in enumerate(lines, 1) if words == where or (where in words and where not in lines)]
    return found


PLANTED = yaml.load((Path(__file__).parent / "faults.yaml").read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506


@pytest.mark.parametrize("fault", PLANTED, ids=[fault["says"] for fault in PLANTED])
def test_a_planted_fault_is_named_with_its_file_and_line(fault):
    text = changed((fault["was"], fault["now"]))
    assert f"{FILE}:{line(text, fault['at'])}: {fault['says']}" in faults(text)


def test_the_small_book_itself_has_no_fault():
    assert small().start == "limits"
    assert compile_book({FILE: SMALL}, VOCABULARY) == small()


def test_all_faults_are_named_at_once_in_the_order_of_lines():
    found = faults(
        changed(("start: limits", "start: limts"), ("via: change", "via: chnage"), ("skip: age", "skip: agee"))
    )
    assert [words.split(": ", 1)[1] for words in found] == [
        "there is no node 'limts'",
        "there is no node 'agee'",
        "there is no node 'chnage'",
    ]


def test_no_flow_files_are_no_book():
    with pytest.raises(BookError, match="there are no flow files"):
        compile_book({}, VOCABULARY)


# --- yes, no, on and off ---


def test_yes_and_no_stay_words_and_both_answers_stay():
    node = small().nodes["under_18"]
    assert isinstance(node, Choose)
    assert [option.id for option in node.options] == ["no", "yes", "unsure"]
    unquoted = compile_book({FILE: SMALL.replace('"no"', "no").replace('"yes"', "yes")}, VOCABULARY)
    assert unquoted == small()


def test_on_and_off_are_names_like_others():
    book = small(
        ("[aid_worker, other_person, unsure]", "[on, off, unsure]"),
        ("      aid_worker: {", "      on: {"),
        ("      other_person: {", "      off: {"),
    )
    assert book.attrs["actor"] == ("on", "off", "unsure")


# --- several files ---


def test_files_are_put_together_and_each_fault_names_its_own_file():
    head, nodes = SMALL.split("nodes:\n")
    cut = nodes.index("  help_now:")
    parts = {"a.yaml": head + "nodes:\n" + nodes[:cut], "b.yaml": "nodes:\n" + nodes[cut:]}
    assert compile_book(parts, VOCABULARY).digest == small().digest
    parts["b.yaml"] = parts["b.yaml"].replace("to: counsellor", "to: councilor")
    with pytest.raises(BookError) as caught:
        compile_book(parts, VOCABULARY)
    assert str(caught.value) == "b.yaml:5: there is no node 'councilor'"


def test_two_files_cannot_give_the_same_node_or_part():
    other = "start: young\nnodes:\n  limits:\n    say: x\n    to: young\n"
    with pytest.raises(BookError) as caught:
        compile_book({"a.yaml": SMALL, "b.yaml": other}, VOCABULARY)
    assert str(caught.value).splitlines() == [
        "b.yaml:1: 'start' is already given in another file",
        "b.yaml:3: there are two nodes 'limits'",
    ]


# --- words from outside ---


def test_options_from_outside_come_first_with_their_names():
    node = small().nodes["entity"]
    assert isinstance(node, Choose)
    assert [option.id for option in node.options] == ["first", "second", "unsure"]
    assert node.options[0].label.name("fr") == "Première"
    assert node.options[1].label.name("fr") == "Second", "a name that is not given comes in English"
    assert node.options[2].label.name("fr") is None
    assert {option.to for option in node.options} == {"age"}


def test_names_from_outside_are_not_asked_of_translators():
    assert "Première" not in {phrase.english for phrase in small().phrases()}
    assert all(phrase.english for phrase in small().phrases())


def test_a_deployment_offers_fewer_languages_never_more():
    book = compile_book({FILE: SMALL}, {**VOCABULARY, "languages": [("fr", {}), ("ro", {})]})
    assert book.languages == book.attrs["language"] == ("fr",)
    (found,) = faults(SMALL, {**VOCABULARY, "languages": [("ro", {})]})
    assert found.endswith("none of these languages is offered")


@pytest.mark.parametrize(
    "entry", ["", "Upper", "a b", "x" * 49, "skipped", "kept", "erase", "unsure", "a:b", "@return"]
)
def test_an_id_from_outside_that_cannot_be_a_button_is_refused(entry):
    found = faults(SMALL, {**VOCABULARY, "entities": [(entry, {"en": "Somebody"})]})
    assert f"{FILE}:{line(SMALL, 'from: entities')}: '{entry}' from entities cannot be an option's id" in found


# --- the book that ships ---


def test_the_book_that_ships_compiles_and_says_what_it_must():
    book = real()
    assert book.languages[0] == "en"
    assert {node.seal for node in book.nodes.values() if isinstance(node, Text)} == {True}
    danger = book.nodes["danger"]
    assert isinstance(danger, Choose)
    assert [option.id for option in danger.options] == ["yes", "no", "unsure"]


def test_every_phrase_of_the_book_stands_once_with_its_context():
    contexts = [phrase.context for phrase in real().phrases()]
    assert len(contexts) == len(set(contexts)) > 100


def test_a_statement_with_one_way_on_gets_a_button_to_continue():
    node = small().nodes["limits"]
    assert isinstance(node, Say)
    assert [(option.id, option.label.context, option.to) for option in node.options] == [
        ("go_on", "limits/go_on", "under_18")
    ]


def test_a_node_is_found_only_if_it_waits():
    book = small()
    assert book.waiting("story") is book.nodes["story"]
    for name in ("age", "send", "leaving", "gone"):
        with pytest.raises(KeyError):
            book.waiting(name)


def test_loose_words_have_a_slot():
    assert small().loose_slot() == "also"
    assert replace(small(), loose="story").loose_slot() == "story"


def test_notes_are_for_translators_only_and_do_not_change_the_book():
    assert small(('say: "Nobody is here."', 'say: "Nobody is here."\n    note: "Kindly."')).digest == small().digest
