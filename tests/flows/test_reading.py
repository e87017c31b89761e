"""Reading: every scalar a string, every value with its line, nothing lost without a word."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.errors import BookError, Fault
from flows.reading import Leaf, Listing, Mapping, Place, read


def faults(text: str) -> tuple[Fault, ...]:
    with pytest.raises(BookError) as caught:
        read("a.yaml", text)
    return caught.value.faults


@pytest.mark.parametrize("word", ["yes", "no", "on", "off", "y", "true", "null", "~", "1", "1.0", "0x1f", "2026-01-01"])
def test_no_word_is_turned_into_something_else(word):
    top = read("a.yaml", f"{word}: {word}\n")
    assert top.items == ((Leaf(Place("a.yaml", 1), word), Leaf(Place("a.yaml", 1), word)),)


def test_an_empty_value_is_an_empty_text():
    assert read("a.yaml", "to:\n").get("to") == Leaf(Place("a.yaml", 1), "")


def test_values_know_their_lines():
    top = read("a.yaml", "# words\none: 1\n\ntwo:\n  - a\n  - {b: c}\nthree: |-\n  long\n\n  text\n")
    assert top.get("one") == Leaf(Place("a.yaml", 2), "1")
    two = top.get("two")
    assert isinstance(two, Listing)
    first, second = two.items
    assert (first.place.line, second.place.line) == (5, 6)
    assert isinstance(second, Mapping)
    assert second.get("b") == Leaf(Place("a.yaml", 6), "c")
    assert top.get("three") == Leaf(Place("a.yaml", 7), "long\n\ntext")
    assert top.get("four") is None


def test_a_key_that_stands_twice_is_a_fault_where_the_second_stands():
    message = "'a' stands twice; the second would hide the first"
    assert faults("a: 1\nb: 2\na: 3\n") == (Fault("a.yaml", 3, message),)
    assert faults("x:\n  deep:\n    - {a: 1, b: 2,\n       a: 3}\n") == (Fault("a.yaml", 4, message),)


def test_both_yes_and_no_stay_beside_each_other():
    top = read("a.yaml", "yes: a\nno: b\non: c\noff: d\n")
    assert [key.text for key, _ in top.items] == ["yes", "no", "on", "off"]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, "a flow file is a mapping at the top"),
        ("- a\n", 1, "a flow file is a mapping at the top"),
        ("words\n", 1, "a flow file is a mapping at the top"),
        ("a: [1, 2\nb: 3\n", 2, "this is not YAML: "),
        ("a: 1\n  b: 2\n", 2, "this is not YAML: "),
        ("a: 1\n---\nb: 2\n", 2, "this is not YAML: "),
        ("a: \x07\n", 1, "this is not YAML"),
        ("a: b\n? [c, d]\n: e\n", 2, "a key must be a word"),
        ("a: &name 1\nb: *name\n", 2, "'*name' stands for another place; write the words again"),
        ("a: &a\n  b: [1, *a]\n", 2, "'*a' stands for another place; write the words again"),
        ("a: &name 1\nb:\n  <<: *name\n", 3, "'*name' stands for another place; write the words again"),
    ],
)
def test_what_is_not_a_flow_file_is_refused_with_its_line(text, line, message):
    (fault,) = faults(text)
    assert (fault.file, fault.line) == ("a.yaml", line)
    assert fault.message.startswith(message)


def test_a_file_nested_without_end_is_refused():
    (fault,) = faults("a: " + "[" * 600 + "]" * 600)
    assert fault.message == "this is not YAML: nested too deeply"


@given(st.text(st.characters(codec="utf-8") | st.sampled_from("{}[]:,-&*!|>'\"#%@ \n"), max_size=80))
@settings(max_examples=200)
def test_any_text_is_read_or_refused(text):
    try:
        top, found = read("a.yaml", text), ()
    except BookError as error:
        top, found = None, error.faults
    assert (top is None) == bool(found)
    assert all(fault.file == "a.yaml" and fault.line >= 1 and fault.message for fault in found)


@given(st.dictionaries(st.from_regex("[a-z]{1,8}", fullmatch=True), st.sampled_from(["yes", "off", "1"]), min_size=1))
def test_a_flat_mapping_comes_back_as_it_was_written(plain):
    top = read("a.yaml", "".join(f"{key}: {value}\n" for key, value in plain.items()))
    assert {key.text: value.text for key, value in top.items if isinstance(value, Leaf)} == plain
