"""Books for tests: the one that ships, and a small sound one that a test changes in a single place."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from flows.book import Book
from flows.compile import Vocabulary, compile_book
from flows.state import Event, Interrupt, Pick, State, Stepped
from flows.step import begin, step

VOCABULARY: Vocabulary = {
    "entities": [("first", {"en": "First", "fr": "Première"}), ("second", {"en": "Second"})],
    "stations": [("here", {"en": "Here"}), ("there", {"en": "There"})],
}

SMALL = """\
book: small
start: limits
languages: [en, fr]
attrs:
  language: {from: languages}
  under_18: ["no", "yes", unsure]
  actor: [aid_worker, other_person, unsure]
  setting_aid: ["yes", "no"]
  about: [sexual, other_misconduct]
  elapsed: [within_24h, longer]
  name_ok: ["yes", "no"]
  entity: {from: entities, and: [unsure]}
interrupts:
  help: help_now
  leave: leaving
  language: language_again
  delete: delete_sure
  self_harm: hold_on
  worried: worried
  danger: danger_heard
loose: also
enough: under_18
nodes:
  limits:
    say: "Hello. You can leave at any time: {leave}."
    to: under_18
  under_18:
    choose: under_18
    ask: "Is the person younger than 18?"
    options:
      "no": "No"
      "yes": "Yes"
      unsure: "Not sure"
    to: actor
  actor:
    choose: actor
    ask: "Do they work in aid?"
    options:
      aid_worker: {label: "They do", to: entity}
      other_person: {label: "They do not", to: outside}
      unsure: {label: "Unknown", to: setting_aid}
    skip: entity
  outside:
    say: "A report from here would reach nobody."
    options:
      change: {label: "Change my answer", redo: actor}
      leave: {label: "Leave", to: leaving}
  entity:
    choose: entity
    ask: "Which organisation?"
    options:
      unsure: "Not sure"
    to: age
    skip: age
  age:
    decide:
      - {when: {under_18: ["no"]}, to: story}
      - {else: young}
  young:
    say: "You do not need to tell the story."
    to: review
  story:
    text: story
    seal: true
    ask: "What happened?"
    to: review
    skip: review
  review:
    say: "This is what you have told."
    read_back: true
    options:
      send: {label: "Send", to: send}
      change: {label: "Change", to: review, via: change}
      leave: {label: "Leave", to: leaving}
  send:
    call: submit
    outcomes: {sent: receipt, nobody: nobody}
    forgets: [sent]
  receipt:
    say: "Your number: {receipt}"
    options:
      leave: {label: "Finish", to: leaving}
  nobody:
    say: "Nobody is here."
    options:
      again: {label: "Back to my answers", to: review}
      leave: {label: "Leave", to: leaving}
  change:
    say: "What would you like to change?"
    options:
      under_18: {label: "The age", redo: under_18}
      actor: {label: "Who", redo: actor}
      story: {label: "What I told", redo: story}
      also: {label: "Other words", redo: also}
      none: {label: "Nothing", to: "@return"}
  also:
    text: also
    seal: true
    ask: "Other things you wrote."
    to: "@return"
    skip: "@return"
  help_now:
    say: "Help: {contacts}"
    options:
      talk: {label: "Ask for a counsellor", to: counsellor}
      back: {label: "Back", to: "@return"}
  counsellor:
    text: reach
    seal: true
    ask: "How may they reach you?"
    to: ask
    skip: "@return"
  ask:
    call: refer
    uses: [reach]
    outcomes: {sent: asked, nobody: not_asked}
    forgets: [sent]
  asked:
    say: "They are being told."
    to: "@return"
  not_asked:
    say: "There is no counsellor now."
    to: "@return"
  language_again:
    choose: language
    every_language: true
    ask: "Choose your language."
    to: "@return"
  delete_sure:
    say: "Erase everything?"
    options:
      erase: {label: "Erase", to: erased}
      back: {label: "No", to: "@return"}
  erased:
    do: forget
    to: under_18
  setting_aid:
    choose: setting_aid
    ask: "Was aid part of it?"
    options:
      "yes": "It was"
      "no": {label: "It was not", to: outside}
    to: about
    skip: about
  about:
    choose: about
    ask: "What is it about?"
    options:
      sexual: "Something sexual"
      other_misconduct: {label: "Something else", to: outside}
    to: elapsed
    skip: elapsed
  elapsed:
    choose: elapsed
    ask: "When did it happen?"
    options:
      within_24h: "Today"
      longer: "Longer ago"
    to: care
    skip: care
  care:
    say: "{care}"
    to: names
  names:
    text: names
    seal: true
    consent: name_ok
    ask: "Who did it?"
    to: name_ok
    skip: then
  name_ok:
    choose: name_ok
    consent: "What was written about somebody is read"
    must: true
    ask: "May these words be sent?"
    options:
      "yes": "They may"
      "no": "They may not"
    to: then
    skip: then
  then:
    decide:
      - {else: entity}
  hold_on:
    say: "You are not alone: {contacts}"
    to: "@return"
  worried:
    say: "Thank you for caring: {contacts}"
    to: "@return"
  danger_heard:
    say: "Nobody is being sent to you."
    options:
      go_on: {label: "Go on", to: "@return"}
      leave: {label: "Leave now", to: leaving}
  leaving:
    do: leave
"""
"""Sound, with every kind of node, and small enough to explore in a blink.

Whoever does not know who did it comes through the questions about the setting, the time and the names first.
"""

FILE = "small.yaml"


def changed(*changes: tuple[str, str]) -> str:
    """The small book's text with each first string, which must stand in it exactly once, replaced by the second."""
    text = SMALL
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the small book"
        text = text.replace(old, new)
    return text


def small(*changes: tuple[str, str]) -> Book:
    """The small book, with changes."""
    return compile_book({FILE: changed(*changes)}, VOCABULARY)


def real_texts() -> dict[str, str]:
    folder = files("flows") / "conversations"
    found = {item.name: item.read_text("utf-8") for item in folder.iterdir() if item.name.endswith(".yaml")}
    return dict(sorted(found.items()))


@cache
def real() -> Book:
    """The conversation that ships, over a directory of two organisations and two places."""
    return compile_book(real_texts(), VOCABULARY)


def play(book: Book, *ways: str | Event, state: State | None = None) -> Stepped:
    """Step through ``ways``: events as they are, ``!name`` for interrupts, other words for buttons; returns the last.

    The state is written to JSON and read again before every step, as it is between two real turns.
    """
    stepped = Stepped(state if state is not None else begin(book, "en", 7))
    for way in ways:
        now = State.from_json(stepped.state.to_json())
        match way:
            case str() if way.startswith("!"):
                event: Event = Interrupt(way[1:], now.seq)  # type: ignore[arg-type]  # tests name real ones
            case str():
                event = Pick(way, now.seq)
            case _:
                event = way
        stepped = step(book, now, event)
    return stepped
