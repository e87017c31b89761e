"""A small project of its own for every test: one conversation, a few words, a complete French catalogue."""

from __future__ import annotations

from pathlib import Path

import pytest

from locales.extract import catalogue_path, fresh, read_catalogue, save, template, template_path, update

CONVERSATION = """\
book: small
languages: [en, fr]
nodes:
  hello:
    say: |-
      Hello.

      Press “Leave” or write {leave}.
    note: "“Leave” is the button."
  when:
    choose: elapsed
    ask: "When did it happen?"
    note: "Any time is fine."
    options:
      yes: "In the last 3 days"
      no: {label: "Longer ago", to: end}
  who:
    choose: entity
    ask: "Who?"
  fork:
    decide:
      - {else: end}
  end:
    say: "Thank you."
    options:
      leave: {label: "Leave", to: leaving}
"""

WORDS = """\
leave_word:
  text: "LEAVE"
  note: "The stop word."
button_leave:
  text: "Leave"
button_skip:
  text: "Skip"
words_leave:
  text: "leave|stop"
words_skip:
  text: "skip|next"
page_title:
  text: "Linnet"
"""

FRENCH = {
    "hello": "Bonjour.\n\nAppuyez sur «\u00a0Quitter\u00a0» ou écrivez {leave}.",
    "hello/go_on": "Continuer",
    "when": "Quand est-ce arrivé\u00a0?",
    "when/yes": "Ces 3 derniers jours",
    "when/no": "Plus longtemps",
    "who": "Qui\u00a0?",
    "end": "Merci.",
    "end/leave": "Quitter",
    "word/leave_word": "QUITTER",
    "word/button_leave": "Quitter",
    "word/button_skip": "Passer",
    "word/words_leave": "quitter|stop",
    "word/words_skip": "passer|suivant",
    "word/page_title": "Linnet",
}


class Project:
    """A project folder whose texts can be changed one at a time."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.conversation = root / "flows" / "conversations" / "small.yaml"
        self.words = root / "locales" / "words.yaml"
        self.conversation.parent.mkdir(parents=True)
        self.words.parent.mkdir()
        self.conversation.write_text(CONVERSATION, "utf-8")
        self.words.write_text(WORDS, "utf-8")
        self.extract()
        self.translate("fr", FRENCH)

    def extract(self) -> None:
        save(template(self.root), template_path(self.root))

    def path(self, tag: str) -> Path:
        return catalogue_path(self.root, tag)

    def translate(self, tag: str, texts: dict[str, str]) -> None:
        """Give these translations; the others stay as they are."""
        old = read_catalogue(self.path(tag)) if self.path(tag).exists() else fresh(tag)
        po = update(old, template(self.root))
        for message in po.messages():
            message.string = texts.get(message.context, message.string)
        save(po, self.path(tag))

    def edit(self, tag: str, old: str, new: str) -> None:
        """Change a catalogue as somebody with a text editor would."""
        text = self.path(tag).read_text("utf-8")
        assert old in text
        self.path(tag).write_text(text.replace(old, new), "utf-8")


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)
