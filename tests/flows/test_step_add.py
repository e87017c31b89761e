"""Adding something at the read-back joins what was told; it never takes its place."""

from flows.path import here
from flows.state import Interrupt, Pick, Seal, Secret, Words
from flows.step import begin, step
from tests.flows.books import real


def test_words_that_are_added_join_the_story() -> None:
    book = real()
    state = begin(book, "en", 1)
    for button in ("en", "go_on", "yes", "no", "go_on", "report", "me", "no", "sexual"):
        state = step(book, state, Pick(button)).state
    state = step(book, state, Words(Secret("first"))).state
    for event in (Interrupt("done"), Pick("yes"), Interrupt("enough"), Pick("add")):
        state = step(book, state, event).state
    assert here(book, state) == "story"
    added = step(book, state, Words(Secret("then")))
    assert added.effects == (Seal("story", Secret("then"), append=True),)
    assert added.state.kept("story") == len("first\nthen")
    # Changing what was told is another wish: then the new words are all there is.
    for event in (Interrupt("done"), Pick("change"), Pick("story")):
        state = step(book, added.state if event == Interrupt("done") else state, event).state
    assert step(book, state, Words(Secret("other"))).effects == (Seal("story", Secret("other"), append=False),)
