"""`linnet reply`, `linnet status` and `linnet close`: a focal point answers the person who told.

An answer is sealed here, on the focal point's device, to a key whose private half exists only while the person types
their number; the server cannot read it. Which key that is, the sealed report itself says: a server that gives another
one is found out before anything is sealed to it.

Ready-made sentences come in the person's language, so that whoever does not speak it can acknowledge kindly; what they
mean is shown in English before it is sent. Own words go as a message of their own, marked with their language.
"""

import json
import re
import secrets
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer

from bot.commands.staff_session import (
    Key,
    PassphraseFile,
    Practice,
    Reference,
    Server,
    known_reference,
    private_key,
    with_server,
)
from bot.commands.terminal import UNOPENABLE, printable, read_text, refuse, say
from bot.reply import LONGEST, Reply, ReplyError, fingerprint, seal_reply
from bot.staff_client import Mailbox, StaffClient
from cases.mailbox import STATUSES
from crypto.errors import OpenError
from crypto.keys import RecipientKey
from crypto.seal import open_envelope
from locales.catalogues import Languages
from locales.catalogues import load as load_languages

TEMPLATES = ("thanks", "proof", "safe", "help", "next", "passed", "closed")
"""Ready-made sentences, ``answer_…`` in ``locales/words.yaml``, in the order in which they make sense."""

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", re.ASCII)
_INDENT = "    "

Templates: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--say",
        metavar="NAME",
        help=f"A ready-made sentence in the person's language: {', '.join(TEMPLATES)}. May be given several times.",
    ),
]
Words: TypeAlias = Annotated[
    Path | None, typer.Option("--file", metavar="F", help="Your own words, UTF-8 text; - reads them from the input.")
]
Language: TypeAlias = Annotated[str, typer.Option(metavar="TAG", help="The language of your own words, such as sw.")]
Yes: TypeAlias = Annotated[bool, typer.Option("--yes", help="Do not ask whether you are sure.")]


@dataclass(frozen=True, slots=True)
class Addressee:
    """A report to be answered: the language its person chose, and the key that answers are sealed to."""

    language: str
    mailbox: Mailbox = field(repr=False)


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command("reply")(reply)
    app.command("status")(status)
    app.command("close")(close)


def reply(
    reference: Reference,
    server: Server,
    key: Key,
    sentences: Templates = None,
    words: Words = None,
    language: Language = "en",
    passphrase_file: PassphraseFile = None,
    practice: Practice = False,
    yes: Yes = False,
) -> None:
    """Answer the person. Without --say and --file you write on the terminal and end with a line that is only a dot."""
    known, names = known_reference(reference), _known_templates(sentences)
    own = _own_words(words, wanted=not names)
    if not names and not own:
        refuse("there is nothing to send")
    _send(
        known,
        server,
        private_key(key, passphrase_file, practice=practice),
        names,
        _marked(own, language),
        None,
        yes=yes,
    )


def status(
    reference: Reference,
    word: Annotated[str, typer.Argument(metavar="STATUS", help=f"One of {', '.join(STATUSES)}.")],
    server: Server,
    key: Key,
    passphrase_file: PassphraseFile = None,
    practice: Practice = False,
) -> None:
    """Say how far a report has come. The person sees it when they come back with their number."""
    known = known_reference(reference)
    if word not in STATUSES:
        refuse(f"a status is one of {', '.join(STATUSES)}")
    if word == "closed":
        refuse("a report is closed with an explanation: linnet close")
    with_server(
        server, private_key(key, passphrase_file, practice=practice), lambda client: client.say_status(known, word)
    )
    say(f"Noted: {known} is at {word}.")


def close(
    reference: Reference,
    server: Server,
    key: Key,
    words: Words = None,
    language: Language = "en",
    passphrase_file: PassphraseFile = None,
    practice: Practice = False,
    yes: Yes = False,
) -> None:
    """Close a report, with an explanation in your own words after a sentence in the person's language."""
    known = known_reference(reference)
    own = _own_words(words, wanted=True)
    if not own:
        refuse("a report is closed with an explanation, and there is none")
    _send(
        known,
        server,
        private_key(key, passphrase_file, practice=practice),
        ("closed",),
        _marked(own, language),
        "closed",
        yes=yes,
    )


def _send(
    reference: str,
    server: str,
    private: RecipientKey,
    names: tuple[str, ...],
    own: Reply,
    then: str | None,
    *,
    yes: bool,
) -> None:
    """Show what will be sent, ask, seal, and hand it in."""
    languages = load_languages()

    def work(client: StaffClient) -> int:
        to = _addressee(client, reference, private)
        replies = composed(languages, to.language, names, own)
        _preview(languages, replies, names)
        if not yes and not typer.confirm("Send this?", err=True):
            refuse("nothing was sent", 1)
        try:
            sealed = [seal_reply(one, reference, to.mailbox.key.raw, entropy=secrets.token_bytes) for one in replies]
        except ReplyError as error:
            refuse(str(error))
        for one in sealed:
            client.answer(reference, one)
        if then is not None:
            client.say_status(reference, then)
        return len(sealed)

    count = with_server(server, private, work)
    say(f"Sent to the person behind {reference}: {count} {'message' if count == 1 else 'messages'}.")
    if then is not None:
        say(f"{reference} is {then}.")


def composed(languages: Languages, tag: str, names: tuple[str, ...], own: Reply) -> tuple[Reply, ...]:
    """The messages: ready-made sentences in the person's language, own words in theirs; one if it is the same.

    Args:
        languages: the catalogues.
        tag: the person's language.
        names: of ``TEMPLATES``.
        own: own words, maybe none.
    """
    english = [(f"word/answer_{name}", languages.word(languages.fallback, f"answer_{name}")) for name in names]
    spoken, sentences = languages.whole(languages.negotiate(tag), english)
    said = "\n\n".join(sentences)
    if said and own.text and own.language == spoken:
        return (Reply(spoken, f"{said}\n\n{own.text}"),)
    return tuple(one for one in (Reply(spoken, said), own) if one.text)


def _addressee(client: StaffClient, reference: str, private: RecipientKey) -> Addressee:
    """Fetch and open the report, and hold the key that the server gives against the report's own word."""
    try:
        opened = open_envelope(client.fetch(reference), private)
    except OpenError as error:
        refuse(f"{reference}: {error}", UNOPENABLE)
    if opened.reference != reference:
        refuse(f"{reference}: the server gave another report than this one", UNOPENABLE)
    content: Any = {}
    try:
        content = json.loads(opened.plaintext)
    except (ValueError, RecursionError):
        refuse(f"{reference}: this is no report that could be answered", UNOPENABLE)
    mailbox = client.mailbox(reference)
    named = content.get("mailbox") if isinstance(content, dict) else None
    if named != fingerprint(mailbox.key):
        refuse(
            f"{reference}: the report does not name the key that the server gives for answers. Nothing was sent."
            " Somebody else might read them: tell your coordinator",
            UNOPENABLE,
        )
    language = content.get("language")
    return Addressee(language if isinstance(language, str) else "en", mailbox)


def _preview(languages: Languages, replies: tuple[Reply, ...], names: tuple[str, ...]) -> None:
    for one in replies:
        say(f"In {languages.name(one.language) if one.language in languages.tags else one.language}:")
        say(_indented(one.text))
        say()
    if names and replies[0].language != "en":
        say("The ready-made sentences mean:")
        say(_indented("\n\n".join(languages.word("en", f"answer_{name}") for name in names)))
        say()


def _indented(text: str) -> str:
    return "\n".join(f"{_INDENT}{line}".rstrip() for line in printable(text).split("\n"))


def _known_templates(sentences: list[str] | None) -> tuple[str, ...]:
    asked = sentences or []
    for name in asked:
        if name not in TEMPLATES:
            refuse(f"--say takes {', '.join(TEMPLATES)}")
    return tuple(dict.fromkeys(asked))


def _marked(text: str, language: str) -> Reply:
    if _LANGUAGE.fullmatch(language) is None:
        refuse("a language is a tag such as en, sw or pt-BR")
    if len(text) > LONGEST:
        refuse(f"an answer has at most {LONGEST:,} characters")
    return Reply(language, text)


def _own_words(path: Path | None, *, wanted: bool) -> str:
    """Read own words from a file, the input, or line by line from the terminal; "" for none."""
    if path is not None and str(path) != "-":
        return read_text(path).strip()
    if path is None and not wanted:
        return ""
    if path is None:
        say("Write your answer. End with a line that is only a dot.")
    lines = []
    for line in sys.stdin:
        if path is None and line.strip() == ".":
            break
        lines.append(line.rstrip("\r\n"))
    return "\n".join(lines).strip()
