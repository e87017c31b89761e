"""Where one stands follows from the answers; what is told is what lies on the path."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flows.book import Choose, Decide, Say, Text
from flows.path import answers, fits, here, leads, option_of, titles, walk
from flows.state import Secret, State, Words
from flows.step import begin
from tests.flows.books import play, real, small

BOOK = small()
STORY = ("go_on", "no", "aid_worker", "first")


def state(*trail: tuple[str, str], **more: object) -> State:
    return replace(begin(BOOK, "en", 0), trail=trail, **more)  # type: ignore[arg-type]  # fields of a state


TOLD = (("limits", "go_on"), ("under_18", "no"), ("actor", "aid_worker"), ("entity", "second"), ("story", "kept"))


# --- walking ---


def test_a_path_begins_at_the_root_and_stops_at_the_first_question_without_an_answer():
    path = walk(BOOK, state(("limits", "go_on")))
    assert (path.passed, path.stop, path.attrs) == ((("limits", "go_on"),), "under_18", ())


def test_the_order_of_answering_does_not_matter():
    assert walk(BOOK, state(*TOLD)) == walk(BOOK, state(*reversed(TOLD)))


def test_forks_are_passed_by_the_answers_on_the_path():
    path = walk(BOOK, state(*TOLD))
    assert path.stop == "review"
    assert [name for name, _ in path.passed] == ["limits", "under_18", "actor", "entity", "story"]
    assert (path.attr("under_18"), path.attr("actor"), path.attr("entity"), path.attr("none")) == (
        "no",
        "aid_worker",
        "second",
        None,
    )
    assert walk(BOOK, state(("limits", "go_on"), ("under_18", "yes"), *TOLD[2:])).stop == "young"


def test_a_question_passed_over_gives_no_attribute_but_counts_as_skipped_for_forks():
    book = small(('{under_18: ["no"]}', "{actor: [skipped]}"))
    path = walk(book, replace(state(*TOLD[:2], ("actor", "skipped"), TOLD[3]), book=book.digest))
    assert (path.stop, path.attr("actor")) == ("story", None)


def test_a_node_that_was_met_before_is_asked_again():
    again = state(*TOLD, ("review", "send"), ("send", "nobody"), ("nobody", "again"))
    path = walk(BOOK, again)
    assert path.stop == "review"
    assert path.passed[-3:] == (("review", "send"), ("send", "nobody"), ("nobody", "again"))


def test_a_root_other_than_the_start_is_where_the_path_begins():
    assert walk(BOOK, state(*TOLD, root="actor")).passed[0] == ("actor", "aid_worker")


@pytest.mark.parametrize(
    ("trail", "stop"),
    [
        ((("limits", "nonsense"),), "limits"),
        ((("limits", "go_on"), ("under_18", "skipped")), "under_18"),
        ((("limits", "skipped"),), "limits"),
        ((*TOLD[:4], ("story", "yes")), "story"),
        ((*TOLD, ("review", "send"), ("send", "lost")), "send"),
        ((*TOLD, ("review", "leave"), ("leaving", "kept")), "leaving"),
        ((("age", "kept"), ("limits", "go_on")), "under_18"),
    ],
)
def test_a_way_that_a_node_does_not_have_stops_the_path_there(trail, stop):
    assert walk(BOOK, state(*trail)).stop == stop


def test_the_path_of_a_book_that_returns_where_nothing_was_interrupted_just_stops():
    for was, now, stop in (
        ("{else: young}", '{else: "@return"}', "age"),
        ("    to: age\n", '    to: "@return"\n', "entity"),
    ):
        book = small((was, now))
        assert walk(book, state(("limits", "go_on"), ("under_18", "yes"), *TOLD[2:])).stop != "young"
        assert walk(book, state(("limits", "go_on"), ("under_18", "yes"), *TOLD[2:])).stop == stop


def test_here_is_the_aside_before_the_question_asked_anew_before_the_path():
    assert here(BOOK, state(*TOLD)) == "review"
    assert here(BOOK, state(*TOLD, redo="actor")) == "actor"
    assert here(BOOK, state(*TOLD, redo="actor", aside="help_now")) == "help_now"


@pytest.mark.parametrize(
    ("node", "way", "to"),
    [
        ("under_18", "yes", "actor"),
        ("under_18", "skipped", None),
        ("actor", "skipped", "entity"),
        ("entity", "unsure", "age"),
        ("limits", "go_on", "under_18"),
        ("limits", "skipped", None),
        ("story", "kept", "review"),
        ("story", "skipped", "review"),
        ("story", "go_on", None),
        ("send", "nobody", "nobody"),
        ("send", "kept", None),
    ],
)
def test_ways_lead_where_the_book_says(node, way, to):
    found = BOOK.nodes[node]
    assert not isinstance(found, Decide)
    assert leads(found, way) == to  # type: ignore[arg-type]  # acts are not among the nodes above


def test_options_are_found_by_their_exact_id():
    node = BOOK.nodes["actor"]
    assert isinstance(node, Choose)
    found = option_of(node, "aid_worker")
    assert found is not None
    assert found.label.english == "They do"
    assert option_of(node, "AID_WORKER") is None


# --- a state of this book ---


def test_a_state_fits_its_book_only():
    assert fits(BOOK, state(*TOLD, aside="help_now", redo="actor"))
    for wrong in (
        {"book": "x"},
        {"root": "gone"},
        {"aside": "gone"},
        {"redo": "gone"},
        {"language": "tlh"},
        {"trail": (("gone", "x"),)},
    ):
        assert not fits(BOOK, replace(state(*TOLD), **wrong))


# --- what has been told ---


def told(*ways: str | Words, book=BOOK) -> list[tuple[str, str]]:
    found = answers(book, play(book, *ways).state)
    return [(answer.node, answer.option_id or (answer.slot and f"<{answer.slot}>") or "-") for answer in found]


def test_answers_come_in_the_order_of_the_path_with_words_named_by_their_slot_only():
    assert told(*STORY, Words(Secret("w")), "!done") == [
        ("under_18", "no"),
        ("actor", "aid_worker"),
        ("entity", "first"),
        ("story", "<story>"),
    ]


def test_questions_passed_over_are_told_as_not_answered():
    assert told("go_on", "no", "!skip", "!skip", "!skip") == [
        ("under_18", "no"),
        ("actor", "-"),
        ("entity", "-"),
        ("story", "-"),
    ]


def test_loose_words_come_last():
    assert told("go_on", Words(Secret("w")), "no")[-1] == ("also", "<also>")


def test_the_choice_of_language_and_statements_are_no_answers():
    nodes = {node for node, _ in told(*STORY, "!skip", "!language", "fr")}
    assert nodes == {"under_18", "actor", "entity", "story"}


def test_a_question_that_is_not_read_back_is_no_answer():
    book = small(('ask: "Do they work in aid?"', 'ask: "Do they work in aid?"\n    read_back: false'))
    assert "actor" not in {node for node, _ in told(*STORY, book=book)}


def test_answers_off_the_path_are_not_told_and_come_back_when_the_path_returns():
    full = told(*STORY, Words(Secret("w")), "!done")
    moved = play(BOOK, *STORY, Words(Secret("w")), "!done", "change", "actor", "other_person").state
    assert here(BOOK, moved) == "outside"
    assert [answer.node for answer in answers(BOOK, moved)] == ["under_18", "actor"]
    assert moved.kept("story") == 1
    returned = play(BOOK, "change", "aid_worker", state=moved).state
    assert here(BOOK, returned) == "review"
    assert [(a.node, a.option_id or f"<{a.slot}>") for a in answers(BOOK, returned)] == full


def test_words_of_somebody_who_turns_out_to_be_under_18_are_not_told():
    moved = play(BOOK, *STORY, Words(Secret("w")), "!done", "change", "under_18", "yes", "go_on").state
    assert here(BOOK, moved) == "review"
    assert {answer.slot for answer in answers(BOOK, moved)} == {None}


def test_statements_off_the_path_are_made_again_when_it_returns():
    child = play(BOOK, "go_on", "yes", "aid_worker", "first", "go_on").state
    assert here(BOOK, child) == "review"
    adult = play(BOOK, "change", "under_18", "no", state=child).state
    assert (here(BOOK, adult), adult.has("young")) == ("story", False)
    assert here(BOOK, play(BOOK, "!skip", "change", "under_18", "yes", state=adult).state) == "young"


def test_questions_are_told_by_their_short_names_from_the_menu_and_in_full():
    assert {node: phrase.english for node, phrase in titles(BOOK).items()} == {
        "under_18": "The age",
        "actor": "Who",
        "story": "What I told",
        "also": "Other words",
    }
    found = answers(BOOK, play(BOOK, *STORY).state)
    assert [(a.title.english, a.question.english) for a in found] == [
        ("The age", "Is the person younger than 18?"),
        ("Who", "Do they work in aid?"),
        ("Which organisation?", "Which organisation?"),
    ]


def test_a_book_without_a_menu_of_changes_tells_the_questions_in_full():
    book = small(('      also: {label: "Other words", redo: also}\n', ""))
    assert titles(book) == {}


def test_every_question_of_the_book_that_ships_can_be_changed_by_a_short_name():
    book = real()
    asked = {node.name for node in book.nodes.values() if isinstance(node, Choose) and node.read_back}
    written = {node.name for node in book.nodes.values() if isinstance(node, Text)}
    written -= {"reach", "number", "case_write", "receipt_check"}  # for a counsellor, and once a report has gone out
    assert set(titles(book)) == asked | written
    assert any(isinstance(node, Say) and node.read_back for node in book.nodes.values())
