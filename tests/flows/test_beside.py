"""What is asked beside the report: wishes for a counsellor and words set apart; and what is said again."""

from __future__ import annotations

from flows.book import Call, Choose, Decide, Say, Text
from flows.canonical import from_json, to_json
from flows.path import answers, walk, wished
from flows.state import Result, Secret, State, Words
from tests.flows.books import play, real

BOOK = real()
BEGIN = ("en", "go_on", "yes", "no", "go_on", "report", "me", "no", "sexual")
TO_KEEP = ("!skip", "longer", "go_on", "aid_worker", "first", "community", "here", "!skip", "!skip")


def at(*ways) -> State:
    return play(BOOK, *BEGIN, *ways).state


def words(text: str) -> Words:
    return Words(Secret(text), final=True)


# --- wishes ---


def test_wishes_are_kept_from_one_aside_to_the_next_and_never_answers():
    state = at("!help", "talk", "wishes", "staff", "woman_only", "!back")
    assert dict(state.wishes) == {"c_group": "staff", "c_gender": "woman_only"}
    assert (state.wish("c_gender"), state.wish("c_mode")) == ("woman_only", None)
    assert state.trail == at().trail
    state = play(BOOK, "!help", "talk", "wishes", "community", "!skip", state=state).state
    assert dict(state.wishes) == {"c_group": "community"}, "a new answer replaces the old one, and a skip takes it back"
    assert [one.option_id for one in wished(BOOK, state)] == ["community"]
    assert {one.node for one in answers(BOOK, state)} == {"affected", "under_18", "about"}
    assert not set(dict(walk(BOOK, state).attrs)) & BOOK.wishes()


def test_wishes_are_forgotten_once_they_have_been_sent_and_kept_while_nobody_fits():
    ways = ("!help", "talk", "wishes", "staff", "woman", "phone", "night", words("ring"))
    for outcome, left in (("sent", 0), ("nobody", 4)):
        asked = at(*ways)
        assert len(asked.wishes) == 4
        state = play(BOOK, Result(str(asked.pending), outcome), state=asked).state
        assert len(state.wishes) == left
    assert play(BOOK, "change", "!skip", "any", state=state).state.wish("c_gender") == "any"
    for way in ("!leave", "!delete"):
        gone = play(BOOK, way, *(["erase"] if way == "!delete" else []), state=state).state
        assert gone.wishes == ()


def test_a_stored_conversation_from_before_there_were_wishes_is_read():
    plain = at().to_json()
    del plain["wishes"]
    assert State.from_json(plain) == at()


# --- whom to leave out ---


def test_everybody_is_asked_whom_to_leave_out_before_the_end():
    """Nothing leads past the question: what comes after it is reached from it alone."""
    into: dict[str, set[str]] = {}
    for node in BOOK.nodes.values():
        match node:
            case Choose(options=options, skip=skip):
                ahead = {option.to for option in options} | {skip}
            case Say(options=options):
                ahead = {option.to for option in options}
            case Text(to=to, skip=skip):
                ahead = {to, skip}
            case Decide(rules=rules):
                ahead = {rule.to for rule in rules}
            case Call(outcomes=outcomes):
                ahead = {to for _, to in outcomes}
            case _:
                ahead = set()
        for to in ahead - {node.name, None}:
            into.setdefault(to, set()).add(node.name)
    assert into["help_wish"] == {"keep_place"}
    assert into["share_ok"] == {"help_wish"}
    assert into["count_ok"] == {"share_ok"}
    assert into["review"] - {"change"} == {"count_ok", "nobody"}, "and after sending failed"
    assert {"names", "name_ok", "young"} == into["keep_place"]


def test_somebody_with_nobody_to_leave_out_sees_one_screen_for_it():
    before = at(*TO_KEEP)
    for way in ("no", "!skip"):
        assert walk(BOOK, play(BOOK, way, state=before).state).stop == "help_wish"
        assert play(BOOK, way, state=before).state.aside is None


def test_words_set_apart_are_shown_as_withheld_whatever_was_chosen_later_until_they_are_erased():
    state = at(*TO_KEEP, "unsure", words("a name"), "no", "!enough")
    for way in ("no", "station"):
        state = play(BOOK, "change", "keep_place", way, state=state).state
        state = play(BOOK, "!done", state=state).state if state.aside else state
        (one,) = [one for one in answers(BOOK, state) if one.slot == "keep_from"]
        assert one.withheld
    state = play(BOOK, "change", "keep_from", "erase", state=state).state
    assert not [one for one in answers(BOOK, state) if one.slot == "keep_from"]
    assert not state.kept("keep_from")


def test_a_book_with_wishes_and_words_apart_is_stored_whole():
    again = from_json(to_json(BOOK))
    assert again == BOOK
    assert again.digest == BOOK.digest
    node = again.nodes["keep_from"]
    assert isinstance(node, Text)
    assert node.apart
    assert again.wishes() == {"c_group", "c_gender", "c_mode", "c_when"}
    assert again.sent_apart() == {"reach", "number", "addition", "check"}


# --- said again ---


def test_a_changed_time_shows_its_care_before_the_read_back_and_a_changed_name_does_not_ask_about_help_again():
    end = at("!enough")
    state = play(BOOK, "change", "elapsed", "within_24h", state=end).state
    assert walk(BOOK, state).stop == "care"
    state = play(BOOK, "go_on", state=state).state
    assert walk(BOOK, state).stop == "review"
    end = at(*TO_KEEP, "no", "no", "yes", "yes")
    state = play(BOOK, "change", "keep_place", "!skip", state=end).state
    assert walk(BOOK, state).stop == "review", "a statement with a choice of its own is not asked twice"


def test_who_went_straight_to_the_end_was_not_shown_the_questions():
    state = at("!enough")
    passed = {one.node for one in answers(BOOK, state) if one.passed}
    assert {"share_ok", "count_ok", "elapsed", "keep_place"} <= passed
    state = play(BOOK, "change", "share_ok", "!skip", state=state).state
    assert "share_ok" not in {one.node for one in answers(BOOK, state) if one.passed}
