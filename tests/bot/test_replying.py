"""`linnet reply`, `status` and `close`: from a focal point's words to what opens with the person's number."""

import json
from secrets import token_bytes

import pytest
import typer
from sqlalchemy import update
from typer.testing import CliRunner

from bot.commands import reply as replying
from bot.commands.reply import TEMPLATES, composed
from bot.reply import Reply, fingerprint, open_reply, seal_reply
from bot.staff_client import StaffClient
from cases.tables import documents, statuses
from crypto.encoding import to_base64url
from crypto.keyfile import write_key
from crypto.keys import RecipientKey
from crypto.passwords import Cost
from crypto.seal import envelope, seal
from locales.catalogues import load
from tests.bot.staff_http import served
from tests.cases.chains import ALTERNATE, CHAIN, OWNER, REFERENCE, report
from tests.cases.rows import rows

CHEAP = Cost(memory_kib=64, passes=1, lanes=1)
PASSPHRASE = "four small birds sing"
MAILBOX, FALSE = (RecipientKey.from_seed(bytes([number]) * 32) for number in (7, 8))
WORDS = load()


def told(language="sw", mailbox=MAILBOX):
    plain = {"format": "linnet report 1", "language": language, "answers": []}
    return json.dumps(plain | ({"mailbox": fingerprint(mailbox.public)} if mailbox else {})).encode()


async def a_report(store, words, key=MAILBOX):
    keys = await report(store, CHAIN, words=words)
    async with store.writing() as connection:
        await connection.execute(update(documents).values(mailbox=key.public.raw))
    return keys


@pytest.fixture
def app():
    program = typer.Typer()
    program.callback()(lambda: None)
    replying.register(program)
    return program


@pytest.fixture
def visit(app, tmp_path):
    """Run a command before a server with one report; what it says, and the answers that were kept."""

    def visit(*args, words=None, key=MAILBOX, who=OWNER, input=None, then=None):  # noqa: A002 -- as the runner names it
        with served(
            tmp_path / "linnet.db", making=lambda store: a_report(store, told() if words is None else words, key)
        ) as desk:
            (tmp_path / "passphrase").write_text(PASSPHRASE + "\n")
            text = write_key(desk.keys[who], PASSPHRASE, bytes, person=who, cost=CHEAP)
            (tmp_path / "my.key").write_text(text)
            access = ["--server", desk.url, "--key", tmp_path / "my.key", "--passphrase-file", tmp_path / "passphrase"]
            if then is not None:
                then(desk)
            result = CliRunner().invoke(app, [str(word) for word in (*args, *access)], input=input)
            result.kept = desk.run(rows(desk.store, "messages"))
            result.statuses = [row.status for row in desk.run(rows(desk.store, "statuses"))]
            result.acts = [row.act for row in desk.run(rows(desk.store, "audit")) if row.reference]
            return result

    return visit


def opened(result):
    return [open_reply(row.body, REFERENCE, MAILBOX) for row in result.kept]


def test_what_is_written_opens_with_the_number_and_with_nothing_else(visit, tmp_path):
    (tmp_path / "words").write_text("We will call the clinic.\n")
    result = visit("reply", REFERENCE, "--file", tmp_path / "words", "--yes")
    assert (result.exit_code, result.stderr) == (0, "")
    assert opened(result) == [Reply("en", "We will call the clinic.")]
    assert result.acts == ["opened", "answered"]
    assert "clinic" not in repr(result.kept)


def test_ready_made_sentences_are_in_the_persons_language_and_shown_in_english(visit):
    result = visit("reply", REFERENCE, "--say", "thanks", "--say", "next", "--yes", words=told("en"))
    [sent] = opened(result)
    assert sent == Reply("en", "\n\n".join(WORDS.word("en", f"answer_{name}") for name in ("thanks", "next")))
    assert "In English:" in result.stdout


def test_own_words_in_another_language_are_a_message_of_their_own():
    own = Reply("fr", "Bonjour")
    both = composed(WORDS, "en", ("thanks",), own)
    assert [one.language for one in both] == ["en", "fr"]
    assert [one.language for one in composed(WORDS, "fr", (), own)] == ["fr"]
    [one] = composed(WORDS, "en", ("thanks",), Reply("en", "Hello"))
    assert one.text.endswith("\n\nHello")
    assert composed(WORDS, "en", ("thanks",), Reply("en", ""))[0].language == "en"


class Whole:
    """Catalogues in which one sentence is not translated yet."""

    fallback = "en"
    tags = ("en", "sw")

    def negotiate(self, _hint):
        return "sw"

    def word(self, _tag, key):
        return key

    def whole(self, _tag, phrases):
        return "en", [english for _, english in phrases]


def test_a_sentence_that_is_not_translated_is_not_marked_as_if_it_were():
    assert composed(Whole(), "sw", ("thanks",), Reply("en", "")) == (Reply("en", "answer_thanks"),)


@pytest.mark.parametrize("name", TEMPLATES)
def test_each_ready_made_sentence_is_there(name):
    assert WORDS.word("en", f"answer_{name}")


def test_nothing_is_sent_without_a_yes(visit):
    result = visit("reply", REFERENCE, "--say", "thanks", input="n\n")
    assert result.exit_code == 1
    assert (result.kept, result.acts) == ([], ["opened"])


def test_words_can_be_typed_and_end_with_a_dot(visit):
    result = visit("reply", REFERENCE, "--yes", input="First line\nSecond line\n.\nnot this\n")
    assert [one.text for one in opened(result)] == ["First line\nSecond line"]


@pytest.mark.parametrize(
    "args",
    [
        ("reply", REFERENCE, "--say", "canary"),
        ("reply", REFERENCE, "--say", "thanks", "--language", "not a tag"),
        ("reply", REFERENCE, "--yes", "--file", "/nowhere/at/all"),
        ("reply", "seven77", "--say", "thanks"),
        ("status", REFERENCE, "withdrawn"),
        ("status", REFERENCE, "closed"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_one_line_and_nobody_is_asked(visit, args):
    result = visit(*args)
    assert (result.exit_code, result.stderr.count("\n"), result.acts) == (2, 1, [])


def test_nothing_to_say_is_not_sent(visit):
    result = visit("reply", REFERENCE, "--yes", input=".\n")
    assert (result.exit_code, result.kept) == (2, [])


@pytest.mark.parametrize(
    ("words", "key"),
    [
        (told(), FALSE),
        (told(mailbox=FALSE), MAILBOX),
        (told(mailbox=None), MAILBOX),
        (b"[]", MAILBOX),
        (b"no json", MAILBOX),
    ],
)
def test_a_server_that_gives_another_key_for_answers_gets_none(visit, words, key):
    result = visit("reply", REFERENCE, "--say", "thanks", "--yes", words=words, key=key)
    assert (result.exit_code, result.kept) == (3, [])
    assert result.stderr.count("\n") == 1


def test_how_far_it_has_come_is_said(visit):
    result = visit("status", REFERENCE, "being_read")
    assert (result.exit_code, result.statuses, result.acts) == (0, ["being_read"], ["status"])


def test_a_report_is_closed_with_an_explanation(visit, tmp_path):
    (tmp_path / "words").write_text("He was dismissed.\n")
    result = visit("close", REFERENCE, "--file", tmp_path / "words", "--yes", words=told("en"))
    assert result.exit_code == 0
    [sent] = opened(result)
    assert sent.text.endswith("\n\nHe was dismissed.")
    assert (result.statuses, result.acts) == (["closed"], ["opened", "answered", "status"])


def test_a_report_is_not_closed_without_one(visit):
    result = visit("close", REFERENCE, "--yes", input=".\n")
    assert (result.exit_code, result.statuses, result.acts) == (2, [], [])


def test_whoever_was_not_handed_it_cannot_answer(visit):
    result = visit("reply", REFERENCE, "--say", "thanks", "--yes", who=ALTERNATE)
    assert (result.exit_code, result.kept, result.acts) == (1, [], [])
    assert "nothing of this reference waits" in result.stderr


def test_a_withdrawn_report_is_answered_no_more(visit):
    def withdraw(desk):
        async def do():
            async with desk.store.writing() as connection:
                await connection.execute(update(documents).values(body=b""))
                row = {"reference": REFERENCE, "status": "withdrawn", "day": 1}
                await connection.execute(statuses.insert().values(row))

        desk.run(do())

    result = visit("reply", REFERENCE, "--say", "thanks", "--yes", then=withdraw)
    assert (result.exit_code, result.kept) == (1, [])
    assert "withdrawn" in result.stderr


def test_the_server_takes_only_what_is_sealed_to_this_mailbox_about_this_report(tmp_path):
    words = Reply("en", "words")
    other = seal(b"x", purpose="report", reference=REFERENCE, recipients=[MAILBOX.public], entropy=token_bytes)
    sealed = [
        seal_reply(words, REFERENCE, FALSE.public.raw, entropy=token_bytes),
        seal_reply(words, "9ZX2M3K7", MAILBOX.public.raw, entropy=token_bytes),
        envelope(other.body, other.wraps[0], purpose="report", reference=REFERENCE),
        b"words in the clear",
        b"",
    ]
    with (
        served(tmp_path / "linnet.db", making=lambda store: a_report(store, told())) as desk,
        StaffClient(desk.url, desk.keys[OWNER]) as client,
    ):
        for one in sealed:
            with pytest.raises(Exception, match="status 400"):
                client.answer(REFERENCE, one)
        assert desk.run(rows(desk.store, "messages")) == []
        client.answer(REFERENCE, seal_reply(words, REFERENCE, MAILBOX.public.raw, entropy=token_bytes))
        assert client.mailbox(REFERENCE).answers == 1


def test_a_fingerprint_is_of_the_whole_key():
    assert len(fingerprint(MAILBOX.public)) == len(to_base64url(bytes(32)))
    assert fingerprint(MAILBOX.public) != fingerprint(FALSE.public)
