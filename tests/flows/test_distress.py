"""What distress lists hear: thresholds on the invented sentences, rules, totality, linear time, faults."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows import distress, distress_lists, distress_net, distress_search, distress_spelling, distress_words
from flows.distress import Heard, Lists, compile_lists, hear
from flows.distress_spelling import one_slip
from flows.distress_words import row
from flows.errors import BookError
from tests.flows.measure_distress import HALVES, Figures, figures, sentences, shipped

LISTS = shipped()
LANGUAGES = ("ar", "en", "es", "fr", "pt", "ro", "ru", "sw", "uk", "zh")
SELF, OTHER = Heard("self_harm", "self"), Heard("self_harm", "other")
DANGER, DANGER_OTHER = Heard("danger", "self"), Heard("danger", "other")
SMALL = """
language: en
reviewed: no
sets:
  want: [want to, wish to]
self_harm:
  self: [$want die, (really) =dying .. alone]
  either: [suicide]
  other: [kill herself]
danger:
  self: [will kill me]
  before: [tried to kill me]
not_meant: [dying to know, die laughing]
denials: [would never]
others: [she, my sister]
writer: [i]
long_ago: [last year]
now: [again]
well_spelt: [suicides]
"""


def small(text: str = SMALL) -> Lists:
    return compile_lists({"distress/en.yaml": text})


# The sentences


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_tuning_sentence_comes_out_as_it_should(language: str) -> None:
    missed = [
        one.text
        for one in sentences()
        if one.language == language and one.half == "tuning" and hear(LISTS, one.text) != one.expected
    ]
    assert missed == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_held_out_sentences_are_heard_about_as_often_as_published(language: str) -> None:
    measured = figures(LISTS, language, "held_out")
    assert measured.recall >= 0.89  # measured 0.95 to 1; one sentence is 0.05
    assert measured.accuracy >= 0.84  # measured 0.89 to 1
    assert measured.false_alarms <= 0.23  # measured 0 to 0.11; one sentence is 0.11


def test_held_out_sentences_of_all_languages_together() -> None:
    measured = figures(LISTS, "", "held_out")
    assert measured.recall >= 0.97
    assert measured.accuracy >= 0.95
    assert measured.false_alarms <= 0.09


@pytest.mark.parametrize("language", LANGUAGES)
def test_later_sentences_are_heard_about_as_often_as_published(language: str) -> None:
    measured = figures(LISTS, language, "later")
    assert measured.recall >= 0.75  # measured 0.81 to 1; one sentence is 0.06
    assert measured.false_alarms <= 0.2  # measured 0 to 0.2; one sentence is 0.2


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_enough_sentences_and_no_half_repeats_the_other(language: str) -> None:
    texts = {half: [one.text for one in sentences() if (one.language, one.half) == (language, half)] for half in HALVES}
    assert min(len(texts[half]) for half in ("tuning", "held_out")) >= 25
    assert len(texts["later"]) >= 20
    assert sum(map(len, texts.values())) >= 40
    assert len({text for both in texts.values() for text in both}) == sum(map(len, texts.values()))


def test_no_specialist_has_signed_any_list() -> None:
    assert LISTS.unreviewed == LANGUAGES


def test_figures_count_what_is_heard_and_what_is_right() -> None:
    assert Figures(10, 9, 8, 4, 1).recall == 0.9
    assert Figures(10, 9, 8, 4, 1).accuracy == 0.8
    assert Figures(10, 9, 8, 4, 1).false_alarms == 0.25


# The rules


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", None),
        ("…", None),
        ("I WANT TO DIE", SELF),
        ("i  want\tto\u200b   die!!!", SELF),
        ("I. Want. To. Die.", SELF),
        ("i want to diiiiie", SELF),
        ("i want to d*e then k*ll myself", SELF),
        ("Je veux mourir", SELF),
        ("je veux mourir".upper(), SELF),
        ("j\u2019ai envie de mourir", SELF),
        ("jai envie de mourir", SELF),
        ("ХОЧУ УМЕРЕТЬ", SELF),
        ("вон он, у него нож", DANGER),
        ("أُرِيدُ أَنْ أَمُوتَ", SELF),
        ("وأريد أن أموت", SELF),
        ("我　想　死", SELF),
        ("我想自殺", SELF),
        ("hello. my name is nobody. i just cannot go on", SELF),
        ("I would never hurt anyone. I want to die", SELF),
        ("I never told anybody, I want to die", SELF),
        ("no, quiero matarme", SELF),
        ("I do not want to kill myself", SELF),
        ("I do not want to die", DANGER),
        ("I am not suicidal", None),
        ("My sister wants to kill herself and I want to die", SELF),
        ("because of my sister I think about suicide", SELF),
        ("my sister thinks about suicide", OTHER),
        ("he tried to kill me last year", None),
        ("he tried to kill me last year and again today", DANGER),
        ("last year was bad. he tried to kill me", DANGER),
        ("I tried to kill myself ten years ago", SELF),
        ("she tried to kill herself ten years ago", None),
        ("he will kill my mother. I want to die", SELF),
        ("he will kill my mother and he will kill me", DANGER),
        ("he will kill my mother", DANGER_OTHER),
        ("I am dying of laughter", None),
        ("I am dying, of laughter they have none, I want to die", SELF),
    ],
)
def test_what_is_heard(words: str, expected: Heard | None) -> None:
    assert hear(LISTS, words) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("want to die", SELF),
        ("wish to die", SELF),
        ("want to dye", None),  # a short word is never a misspelling
        ("suiicide", SELF),
        ("suicied", SELF),
        ("suicides", None),
        ("xuicide", None),  # the first letter must be right
        ("dying here quite alone", SELF),
        ("really dying alone", SELF),
        ("dyling alone", None),  # to be spelt exactly
        ("dying a b c d alone", None),  # a gap holds three words
        ("yes dying. So she is alone", None),  # and ends with the sentence
        ("want to die laughing", None),
        ("want to die, laughing", SELF),
        ("would never suicide", None),
        ("would never, suicide", SELF),
        ("she says suicide", OTHER),
        ("my sister says suicide", OTHER),
        ("she says i suicide", SELF),
        ("she left. suicide", SELF),
        ("she one two three four five six seven eight nine ten suicide", SELF),
        ("tried to kill me", DANGER),
        ("tried to kill me last year", None),
        ("tried to kill me last year, again", DANGER),
        ("last year she would kill herself", None),
        ("last year i thought suicide", SELF),
    ],
)
def test_each_rule_on_a_small_list(words: str, expected: Heard | None) -> None:
    assert hear(small(), words) == expected


def test_words_in_other_languages_are_heard_whatever_was_chosen() -> None:
    assert {hear(LISTS, text) for text in ("ich weiß nicht, quiero morir", "bonjour, nataka kufa", "hi 我想死")} == {
        SELF
    }


def test_a_slip_is_one_letter_and_never_the_first_alone() -> None:
    assert one_slip("suicide", "sucide")
    assert one_slip("suicide", "suiccide")
    assert one_slip("suicide", "suicida")
    assert one_slip("suicide", "usicide")
    assert not one_slip("suicide", "suicide")
    assert not one_slip("suicide", "zuicide")
    assert not one_slip("suicide", "uicide")
    assert not one_slip("suicide", "scide")
    assert not one_slip("suicide", "suciide"[::-1])


# Total, linear, forgetful


@given(st.text(max_size=400))
@settings(max_examples=400, deadline=None)
def test_any_text_gets_an_answer(words: str) -> None:
    assert hear(LISTS, words) in {None, SELF, OTHER, DANGER, DANGER_OTHER}


WORDS = {word for one in sentences() for word in one.text.split()}
PIECES = sorted(WORDS | {",", ".", "\n", "…", "\u202e", "😂", "我", "死"})


@given(st.lists(st.sampled_from(PIECES), max_size=40).map(" ".join), st.sampled_from([" ", "\n", "  \u200f "]))
@settings(max_examples=300, deadline=None)
def test_white_space_and_case_change_nothing_and_nothing_raises(words: str, space: str) -> None:
    heard = hear(LISTS, words)
    assert hear(LISTS, f"{space}{words}{space}") == heard
    assert heard in {None, SELF, OTHER, DANGER, DANGER_OTHER}


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_a_row_is_three_equally_long_tuples_that_only_grow(words: str) -> None:
    found = row(words, LISTS.letters)
    assert len(found.words) == len(found.sentences) == len(found.pauses)
    assert list(found.sentences) == sorted(found.sentences)
    assert list(found.pauses) == sorted(found.pauses)


@pytest.mark.parametrize(
    "piece", ["he said he will ", "i want to ", "我想", "kill me ", "не хочу ", "suicid ", "aaaa", "! ", "k*"]
)
def test_time_grows_with_the_length_only(piece: str) -> None:
    """Counted in calls, since clocks differ between machines: twice the text costs at most a little over twice."""
    once, twice = (_calls(lambda: hear(LISTS, (piece * size)[:size])) for size in (2_000, 4_000))  # noqa: B023
    assert twice <= 2.2 * once + 500


def test_ten_thousand_characters_take_a_moment() -> None:
    """About 10 ms of ordinary prose on one core; the margin is for a busy one and for sentences full of phrases."""
    text = " ".join(one.text for one in sentences() if one.language == "en" and one.expected is None)
    text = (text * 20)[:10_000]
    best = min(_seconds(lambda: hear(LISTS, text)) for _ in range(5))
    assert best < 0.1


def test_the_modules_can_keep_nothing() -> None:
    for module in (distress, distress_lists, distress_net, distress_search, distress_spelling, distress_words):
        source = inspect.getsource(module)
        assert "lru_cache" not in source
        assert "functools" not in source
        assert "print(" not in source
        assert "global " not in source


def test_nothing_heard_stays_in_the_lists() -> None:
    before = repr(LISTS.net.__reduce_ex__(2))
    hear(LISTS, "canary-word-qzx I want to die")
    assert repr(LISTS.net.__reduce_ex__(2)) == before
    assert "canary" not in before
    assert "canary" not in repr(LISTS)
    assert "canary" not in repr(hear(LISTS, "canary I want to die"))


def _seconds(run: Callable[[], object]) -> float:
    begun = time.perf_counter()
    run()
    return time.perf_counter() - begun


def _calls(run: Callable[[], object]) -> int:
    import cProfile  # noqa: PLC0415 -- only here
    import pstats  # noqa: PLC0415

    profile = cProfile.Profile()
    profile.runcall(run)
    return int(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]


# Faults


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("language: en", "language: ''", 2, "say which language"),
        ("reviewed: no", "reviewed: perhaps", 3, "reviewed: no"),
        ("reviewed: no", "reviwed: no", 3, "there is no section 'reviwed'"),
        ("self: [$want die, ", "self: [$wants die, ", 7, "there is no set '$wants'"),
        ("either: [suicide]", "ether: [suicide]", 8, "'self_harm' holds only"),
        ("either: [suicide]", "either: suicide", 8, "is a list"),
        ("either: [suicide]", "either: [[suicide]]", 8, "one line of text"),
        ("either: [suicide]", "either: ['.. suicide']", 8, "begins and ends with a word"),
        ("either: [suicide]", "either: ['']", 8, "begins and ends with a word"),
        ("either: [suicide]", "either: ['!?']", 8, "is not a word"),
        ("either: [suicide]", "either: [a .. b .. c .. d]", 8, "at most"),
        ("either: [suicide]", "either: [(a) (b) (c) (d) (e) (f) (g) h]", 8, "at most"),
        ("either: [suicide]", "either: [suicide (]", 8, "is not a word"),
        ("either: [suicide]", "either: [a / b]", 8, "is not a word"),
        ("  other: [kill herself]", "  other: [suicide]", 9, "stands under 'self_harm either' already"),
        ("sets:\n", "sets: [a]\nmore:\n", 4, "'sets' holds named lists"),
        ("danger:\n", "denger:\n", 10, "there is no section 'denger'"),
        ("well_spelt: [suicides]", "letters: [abc]", 19, "write two letters"),
        ("well_spelt: [suicides]", "letters: a", 19, "list of pairs"),
        ("well_spelt: [suicides]", "language: fr", 19, "stands twice"),
    ],
)
def test_every_fault_has_its_place(old: str, new: str, line: int, said: str) -> None:
    assert old in SMALL
    with pytest.raises(BookError) as caught:
        small(SMALL.replace(old, new, 1))
    assert any(fault.line == line and said in fault.message for fault in caught.value.faults), caught.value
    assert all(fault.file == "distress/en.yaml" for fault in caught.value.faults)


def test_a_language_has_one_file_and_all_faults_come_at_once() -> None:
    with pytest.raises(BookError) as caught:
        compile_lists({"a.yaml": SMALL, "b.yaml": SMALL.replace("$want", "$wont"), "c.yaml": "- a"})
    told = str(caught.value)
    assert "b.yaml:2: the language 'en' has a file already" in told
    assert "b.yaml:7: there is no set '$wont'" in told
    assert "c.yaml:1: " in told


def test_a_signed_list_is_no_longer_named_as_unreviewed() -> None:
    assert small().unreviewed == ("en",)
    assert small(SMALL.replace("reviewed: no", "reviewed: yes, a clinical psychologist, 2026-02")).unreviewed == ()


def test_without_lists_nothing_is_heard() -> None:
    assert hear(compile_lists({}), "I want to die") is None
