"""`linnet open`: the right key shows the report, readably and harmlessly; anything else one line."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from bot.commands import open as opening
from bot.commands.terminal import printable
from crypto.keyfile import write_key
from crypto.keys import RecipientKey
from crypto.passwords import Cost
from crypto.seal import envelope, seal
from crypto.signing import SigningKey, write_signing_key

CHEAP = Cost(memory_kib=64, passes=1, lanes=1)
KEY = RecipientKey.from_seed(bytes([1] * 32))
OTHER = RecipientKey.from_seed(bytes([2] * 32))
PASSPHRASE = "four small birds sing"
REPORT = {
    "format": "linnet report 1",
    "language": "ar",
    "form": "0f3a",
    "answers": [
        {
            "node": "when",
            "question": {"en": "When did it happen?", "ar": "متى حدث ذلك؟"},
            "answer": {"id": "within_24h", "en": "Today or yesterday", "ar": "اليوم أو أمس"},
        },
        {
            "node": "story",
            "question": {"en": "Tell as much or as little as you want.", "ar": "احكي بقدر ما تريدين."},
            "text": "كان ينتظر عند المضخة\nHe said nothing.",
        },
    ],
}


def entropy(length):
    return bytes(range(length))


@pytest.fixture
def app():
    program = typer.Typer()
    program.callback()(lambda: None)
    opening.register(program)
    return program


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "north.key").write_text(write_key(KEY, PASSPHRASE, entropy, person="fp-north", cost=CHEAP))
    (tmp_path / "other.key").write_text(write_key(OTHER, PASSPHRASE, entropy, person=None, cost=CHEAP))
    (tmp_path / "passphrase").write_text(PASSPHRASE + "\n")
    return tmp_path


def sealed_file(folder, content, *, purpose="report"):
    words = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode()
    report = seal(words, purpose=purpose, reference="4F7K2M9Q", recipients=[KEY.public], entropy=entropy)
    path = folder / "report.linnet"
    path.write_bytes(envelope(report.body, report.wraps[0], purpose=purpose, reference="4F7K2M9Q"))
    return path


def run(app, folder, path, *more, key="north.key", passphrase="passphrase"):  # noqa: S107 - a file's name
    args = ["open", str(path), "--key", str(folder / key), "--passphrase-file", str(folder / passphrase), *more]
    return CliRunner().invoke(app, args)


def test_the_right_key_shows_every_question_and_answer_in_both_languages(app, folder):
    result = run(app, folder, sealed_file(folder, REPORT))
    assert result.exit_code == 0
    assert result.stderr == ""
    assert result.stdout.split("\n") == [
        "Report 4F7K2M9Q",
        "",
        "When did it happen?",
        "متى حدث ذلك؟",
        "    Today or yesterday",
        "    اليوم أو أمس",
        "",
        "Tell as much or as little as you want.",
        "احكي بقدر ما تريدين.",
        "    كان ينتظر عند المضخة",
        "    He said nothing.",
        "",
        "language: ar",
        "form: 0f3a",
        "",
    ]


def test_the_passphrase_is_asked_for_and_not_shown(app, folder):
    path = sealed_file(folder, REPORT)
    result = CliRunner().invoke(app, ["open", str(path), "--key", str(folder / "north.key")], input=PASSPHRASE + "\n")
    assert result.exit_code == 0
    assert "Today or yesterday" in result.stdout
    assert PASSPHRASE not in result.output
    assert "Passphrase" not in result.stdout


def test_without_a_terminal_nothing_is_asked(folder):
    # A process of its own, in a session without a terminal, as a cron job or a service has it.
    program = (
        "import typer; from bot.commands import open as o; app = typer.Typer(); app.callback()(lambda: None); "
        "o.register(app); app()"
    )
    command = [sys.executable, "-c", program, "open", str(sealed_file(folder, REPORT)), "--key", "north.key"]
    result = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        input=PASSPHRASE,
        capture_output=True,
        text=True,
        start_new_session=True,
        check=False,
    )
    assert result.returncode == 2
    assert result.stdout == ""
    assert "--passphrase-file" in result.stderr
    assert "Traceback" not in result.stderr


def test_what_a_newer_report_holds_is_shown_too(app, folder):
    report = REPORT | {
        "answers": [
            {"node": "odd", "question": {"en": "Odd?"}, "text": "yes", "heard": {"by": "ear"}},
            {"node": "many", "question": {"en": "Which?", "fr": "Quels ?"}, "answer": [{"en": "A"}, {"id": "b"}]},
            {"node": "bare", "answer": {"id": "b", "en": "B", "weight": 3}},
            "not even an object",
        ],
        "consent": {"statistics": True},
        "note": "two\nlines",
    }
    shown = run(app, folder, sealed_file(folder, report)).stdout
    for expected in (
        '    heard: {"by": "ear"}',
        "Which?\nQuels ?\n    A\n    b\n",
        "bare\n    B\n    weight: 3\n",
        '    "not even an object"',
        'consent: {"statistics": true}',
        "note:\n    two\n    lines\n",
    ):
        assert expected in shown


@pytest.mark.parametrize("content", [b"plain words", b'{"a":1}', b"[1]", b"\xff\xfe", b"", b"[" * 50_000])
def test_what_is_not_a_report_is_shown_as_it_is(app, folder, content):
    result = run(app, folder, sealed_file(folder, content, purpose="referral"))
    assert result.exit_code == 0
    assert result.stdout.startswith("Referral 4F7K2M9Q\n")


def test_nothing_a_terminal_obeys_is_printed(app, folder):
    nasty = "\x1b[2J\x1b]0;title\x07 a\x00b\x7fc\x9b31m \u202eevil\u2066 \r hidden \ud800"
    report = {
        "answers": [{"question": {"en": nasty}, "answer": {"en": nasty}, nasty: nasty}, {"text": nasty}],
        nasty: {nasty: nasty},
    }
    words = json.dumps(report).encode()
    for more in ((), ("--json",)):
        result = run(app, folder, sealed_file(folder, words), *more)
        assert result.exit_code == 0
        assert "evil" in result.stdout
        assert re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", result.stdout) is None


def test_a_persons_lines_cannot_pass_for_ours(app, folder):
    story = "fine\n\nWhen did it happen?\n    Long ago\nlanguage: xx\u2028form: forged\x85end"
    report = {"answers": [{"question": {"en": "Story?"}, "text": story, "odd": {"a": story}}]}
    shown = run(app, folder, sealed_file(folder, report)).stdout.split("\n")
    outer = [line for line in shown if line and not line.startswith("    ")]
    assert outer == ["Report 4F7K2M9Q", "Story?"]


def test_json_is_for_programs(app, folder):
    result = run(app, folder, sealed_file(folder, REPORT), "--json")
    assert result.stdout.isascii()
    assert json.loads(result.stdout) == {"purpose": "report", "reference": "4F7K2M9Q", "content": REPORT}


def assert_one_line(result, code):
    assert result.exit_code == code
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert "Traceback" not in result.stderr


def test_a_report_for_another_key_says_which_key_it_needs(app, folder):
    result = run(app, folder, sealed_file(folder, REPORT), key="other.key")
    assert_one_line(result, 3)
    assert KEY.public.key_id in result.stderr


def test_a_changed_or_cut_file_is_not_opened(app, folder):
    path = sealed_file(folder, REPORT)
    whole = path.read_bytes()
    for changed in (whole[:-1], whole.replace(b'"body":"', b'"body":"AAAA'), b"", b"%PDF-1.7", whole + b"\n"):
        path.write_bytes(changed)
        assert_one_line(run(app, folder, path), 3)


def test_files_that_cannot_be_used_are_named(app, folder):
    path = sealed_file(folder, REPORT)
    (folder / "garbage.key").write_bytes(b"\xff\xfe")
    (folder / "word.key").write_text("hello\n")
    signer = SigningKey(bytes([1] * 32))
    (folder / "signing.key").write_text(write_signing_key(signer, PASSPHRASE, entropy, person=None, cost=CHEAP))
    (folder / "wrong").write_text("five small birds sing\n")
    (folder / "empty").write_text("\n")
    for changed in (
        {"key": "missing.key"},
        {"key": "garbage.key"},
        {"key": "word.key"},
        {"key": "signing.key"},
        {"key": "."},
        {"passphrase": "missing"},
        {"passphrase": "wrong"},
        {"passphrase": "empty"},
    ):
        assert_one_line(run(app, folder, path, **changed), 2)
    assert_one_line(run(app, folder, folder / "missing.linnet"), 2)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\r\nb", "a\nb"),
        ("a\rb", "ab"),
        ("a\tb", "a    b"),
        ("\x1b[31mred", "[31mred"),
        ("\u202eabc\u202c", "abc"),
        ("\u2067abc\u2069", "abc"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\u200fعربي", "\u200fعربي"),
        ("👩\u200d👧", "👩\u200d👧"),
        ("\ud83d", "\ufffd"),
        ("a\u2028b\u2029c\x85d", "a\nb\nc\nd"),
    ],
)
def test_printable_takes_only_what_a_terminal_obeys(text, shown):
    assert printable(text) == shown
