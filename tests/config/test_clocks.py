"""Clocks: what is shipped are the agreed defaults with their reasons, and a mistake in the file is named by line."""

from datetime import timedelta
from importlib.resources import files

import pytest

from config.clocks import ClocksError, parse_clocks, shipped

TEXT = (files("config") / "clocks.yaml").read_text("utf-8")
HOUR = timedelta(hours=1)


def test_the_defaults_are_those_that_people_are_told():
    policy = shipped()
    for purpose in ("report", "referral"):
        clock = policy.clock(purpose)
        assert (clock.length(urgent=False), clock.length(urgent=True)) == (24 * HOUR, HOUR)
        assert (clock.reminder, clock.next) == (50, 100)
    assert (policy.acknowledgement.further, policy.referral.further) == (50, 100)
    assert not policy.weekends_pause, "the conversation promises a day, on any day of the week"
    assert (policy.pause(urgent=False), policy.pause(urgent=True)) == (6 * HOUR, HOUR / 4)
    assert policy.after_a_stop == HOUR / 4


def changed(old, new):
    assert old in TEXT
    return TEXT.replace(old, new, 1)


def test_every_value_can_be_changed():
    policy = parse_clocks(
        TEXT.replace("24 h", "48 h").replace("urgent: 1 h", "urgent: 2h").replace("pause: no", "pause: yes"),
        "mine.yaml",
    )
    assert policy.acknowledgement.normal == policy.referral.normal == 48 * HOUR
    assert policy.acknowledgement.urgent == 2 * HOUR
    assert policy.weekends_pause
    assert policy.pause(urgent=False) == 12 * HOUR


def line_of(text, words):
    return next(number for number, line in enumerate(text.splitlines(), 1) if words in line)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("normal: 24 h", "normal: 24", "acknowledgement: normal is a length such as 24 h or 15 min"),
        ("normal: 24 h", "normal: 90 min", "acknowledgement: normal is whole hours, 1 h to 1440 h"),
        ("normal: 24 h", "normal: 0 h", "acknowledgement: normal is whole hours, 1 h to 1440 h"),
        ("normal: 24 h", "normal: 1441 h", "acknowledgement: normal is whole hours, 1 h to 1440 h"),
        ("urgent: 1 h", "urgent: 25 h", "acknowledgement: urgent is longer than normal"),
        ("reminder: 50 %", "reminder: 100 %", "acknowledgement: reminder is a share, 1 % to 99 %"),
        ("next: 100 %", "next: 50 %", "acknowledgement: next is a share, 100 % to 999 %"),
        ("further: 50 %", "further: 0 %", "acknowledgement: further is a share, 1 % to 999 %"),
        ("further: 50 %", "further: half", "acknowledgement: further is a share, 1 % to 999 %"),
        ("further: 50 %", "forther: 50 %", "'forther' is not known in acknowledgement; because, further,"),
        ("pause: no", "pause: sometimes", "weekends: pause is yes or no"),
        ("first: 15 min", "first: 3 h", "after_a_stop: first is 1 min to 2 h"),
        ("between: 25 %", "between: 75 %", "after_a_stop: between is a share, 1 % to 50 %"),
        ("between: 25 %", "between: [25]", "after_a_stop: between is a share, 1 % to 50 %"),
        ("  reminder: 50 %", "  reminder: 50 %\n  reminder: 60 %", "acknowledgement: 'reminder' stands twice"),
    ],
)
def test_a_mistake_is_named_with_file_and_line(old, new, said):
    text = changed(old, new)
    with pytest.raises(ClocksError) as raised:
        parse_clocks(text, "mine.yaml")
    at = line_of(text, new.splitlines()[-1])
    assert str(raised.value).startswith(f"mine.yaml:{at}: {said}")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "mine.yaml:1: the file must be a block of 'field: value' lines"),
        ("- one", "mine.yaml:1: the file must be a block"),
        ("a: [", "mine.yaml:1: the clocks are not YAML"),
        ("reviewed: no", "mine.yaml:1: the file has no 'acknowledgement'"),
        ("feedback: 7 d", "mine.yaml:1: 'feedback' is not known in the file"),
        (TEXT.replace('  source: "This project\'s proposal"\n', "", 1), "mine.yaml:"),
        (TEXT.replace('because: "Each', 'because: ""\n  #', 1), "mine.yaml:"),
    ],
)
def test_what_is_no_file_of_clocks_is_refused_in_one_line(text, said):
    with pytest.raises(ClocksError) as raised:
        parse_clocks(text, "mine.yaml")
    assert str(raised.value).startswith(said)
    assert "\n" not in str(raised.value)
