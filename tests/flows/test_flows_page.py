"""The page for policy officers says what is true: its examples compile and pass, its promises are the checker's."""

from __future__ import annotations

import re
from pathlib import Path

from flows.book import Call, Choose, Decide, Do, Say, Text
from flows.check import prove
from flows.compile import compile_book
from tests.flows.books import VOCABULARY
from tests.flows.test_check import CASE, PROMISES

PAGE = (Path(__file__).parents[2] / "docs" / "flows.md").read_text("utf-8")


def test_the_examples_together_are_a_conversation_that_passes_the_check():
    text = "\n".join(re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))
    book = compile_book({"page.yaml": text}, VOCABULARY)
    assert {type(node) for node in book.nodes.values()} == {Choose, Text, Say, Decide, Call, Do}
    proofs = prove(book)
    assert [proof for proof in proofs.proofs if not proof.holds] == []


def test_every_promise_is_explained_in_the_order_of_the_check():
    rows = re.findall(r"^\| ([a-z][^|]+) \|", PAGE, re.MULTILINE)
    assert len(rows) == len((*PROMISES, CASE))
    for row, promise in zip(rows, (*PROMISES, CASE), strict=True):
        assert promise.startswith(row[:30]), row


def test_only_commands_that_exist_are_named():
    assert set(re.findall(r"linnet (\w+ \w+)", PAGE)) == {"flows check", "flows graph", "locales check"}
