"""`linnet inbox`, `open --server`, `have` and `recuse`: against a real server, and against servers of somebody else."""

import json
import re
from contextlib import contextmanager

import httpx
import pytest
import typer
from typer.testing import CliRunner

from bot.commands import inbox
from bot.commands import open as opening
from bot.staff_client import StaffClient, StaffClientError
from crypto.encoding import to_base64url
from crypto.keyfile import write_key
from crypto.keys import RecipientKey
from crypto.passwords import Cost
from tests.bot.staff_http import served
from tests.cases.chains import NOON, OWNER, REFERENCE
from tests.cases.rows import rows

CHEAP = Cost(memory_kib=64, passes=1, lanes=1)
PASSPHRASE = "four small birds sing"
KEY = RecipientKey.from_seed(bytes([1] * 32))


@pytest.fixture
def desk(tmp_path):
    with served(tmp_path / "linnet.db") as desk:
        yield desk


@pytest.fixture
def app():
    program = typer.Typer()
    program.callback()(lambda: None)
    opening.register(program)
    inbox.register(program)
    return program


@pytest.fixture
def run(app, tmp_path, desk):
    (tmp_path / "passphrase").write_text(PASSPHRASE + "\n")
    for person, key in desk.keys.items():
        text = write_key(key, PASSPHRASE, bytes, person=person, cost=CHEAP)
        (tmp_path / f"{person}.key").write_text(text)

    def run(*args, who=OWNER, server=None, **more):
        access = ["--key", tmp_path / f"{who}.key", "--passphrase-file", tmp_path / "passphrase"]
        words = [*args, "--server", server or desk.url, *access]
        return CliRunner().invoke(app, [str(word) for word in words], **more)

    return run


def test_a_visit_from_beginning_to_end(run, desk, tmp_path):
    first = run("inbox")
    assert (first.exit_code, first.stderr) == (0, "")
    assert re.match(rf"{REFERENCE}  report +normal  by \S+ \S+ \(.+\)  not taken up\n", first.stdout)
    read = run("open", REFERENCE.lower())
    assert (read.exit_code, read.stderr) == (0, "")
    assert read.stdout == f"Report {REFERENCE}\n\n    canary words\n"
    assert run("have", f"{REFERENCE[:4]} {REFERENCE[4:]}").stdout == f"Noted: you have {REFERENCE}.\n"
    assert "you have it" in run("inbox").stdout
    given_up = run("recuse", REFERENCE, "--yes")
    assert given_up.exit_code == 0
    assert run("inbox").stdout == "Nothing waits for you.\n"
    again = run("open", REFERENCE)
    assert (again.exit_code, again.stdout) == (1, "")
    assert again.stderr == f"{desk.url}: nothing of this reference waits for you (any more)\n"
    acts = [row.act for row in desk.run(rows(desk.store, "audit")) if row.reference]
    assert acts == ["opened", "acknowledged", "recused"]
    assert sorted(path.name for path in tmp_path.iterdir() if not path.name.startswith("linnet.db")) == sorted(
        [*(f"{who}.key" for who in desk.keys), "passphrase"]
    ), "nothing was kept on this device"


def test_every_session_is_ended_on_the_way_out(run, desk):
    run("inbox")
    run("open", "9ZX2M3K7")
    assert {row.expires_minute for row in desk.run(rows(desk.store, "logins"))} == {NOON // 60}


def test_giving_up_is_asked_for_first(run, desk):
    asked = run("recuse", REFERENCE, input="n\n")
    assert asked.exit_code == 1
    assert "cannot be undone" in asked.stdout
    assert desk.run(rows(desk.store, "logins")) == []


def test_a_test_alert_is_answered_with_have(run, desk):
    with StaffClient(desk.url, desk.keys[OWNER]) as client:
        client._ask("POST", "/tests")
    [trial] = desk.run(rows(desk.store, "trials"))
    assert run("have", trial.reference).exit_code == 0
    assert desk.run(rows(desk.store, "trials"))[0].answered_day == NOON // 86400


def test_a_key_that_the_server_does_not_know_is_told_so(run, desk, tmp_path):
    (tmp_path / "stranger.key").write_text(write_key(KEY, PASSPHRASE, bytes, person=None, cost=CHEAP))
    refused = run("inbox", who="stranger")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert KEY.public.key_id in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_a_wrong_passphrase_is_one_line_and_nobody_is_asked(run, desk, tmp_path):
    (tmp_path / "passphrase").write_text("another one altogether\n")
    refused = run("inbox")
    assert (refused.exit_code, refused.stderr.count("\n")) == (2, 1)
    assert desk.run(rows(desk.store, "logins")) == []


@pytest.mark.parametrize(
    "server",
    [
        "http://desk.example",
        "desk.example",
        "ftp://desk.example",
        "https://user:word@desk.example",
        "https://desk.example/path",
        "http://localhost.evil.example",
        "",
    ],
)
def test_an_address_that_would_not_be_safe_is_refused_before_anything_is_said(server):
    with pytest.raises(StaffClientError):
        StaffClient(server, KEY)


def test_a_server_that_is_not_there_is_one_line(run):
    refused = run("inbox", server="http://127.0.0.1:9")
    assert (refused.exit_code, refused.stderr) == (
        4,
        "http://127.0.0.1:9: the server cannot be reached (ConnectError)\n",
    )


@contextmanager
def pretending(answer):
    """A client before a server of somebody else's."""
    with StaffClient("https://desk.example", KEY, transport=httpx.MockTransport(answer)) as client:
        yield client


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, text="<h1>canary</h1>"),
        httpx.Response(200, json=[]),
        httpx.Response(200, json={"attempt": 1}),
        httpx.Response(200, json={"attempt": "a", "challenge": 5}),
        httpx.Response(200, json={"attempt": "a", "challenge": "!"}),
        httpx.Response(200, json={"attempt": "a", "challenge": to_base64url(bytes(1168))}),
        httpx.Response(302, headers={"Location": "https://evil.example/"}),
        httpx.Response(404, text="canary"),
        httpx.Response(500, json={"code": "canary\x1b[2J", "title": "canary"}),
        httpx.Response(500, text="[" * 100_000),
        httpx.Response(200, text="[" * 100_000),
    ],
)
def test_whatever_another_server_says_never_reaches_the_person(answer):
    asked = []

    def one(request):
        asked.append(request)
        return answer

    with pytest.raises(StaffClientError) as refused, pretending(one):
        pass
    assert "canary" not in str(refused.value)
    assert [str(request.url) for request in asked] == ["https://desk.example/staff/v1/logins"]
    assert json.loads(asked[0].content) == {"key_id": KEY.public.key_id}, "no answer was said to it"


def test_a_server_that_passes_on_the_challenge_of_another_gets_no_answer(desk):
    """The person believes to speak with desk.example; it asks the real server, which has another address."""
    key = desk.keys[OWNER]

    def pass_on(request):
        return httpx.post(
            f"{desk.url}{request.url.path}", content=request.content, headers={"Content-Type": "application/json"}
        )

    asked = httpx.MockTransport(pass_on)
    with (
        pytest.raises(StaffClientError, match="another address"),
        StaffClient("https://desk.example", key, transport=asked),
    ):
        pass
    assert desk.run(rows(desk.store, "logins")) == []


def test_a_server_that_gives_another_report_than_was_asked_for_is_found_out(run, monkeypatch):
    fetch = StaffClient.fetch
    monkeypatch.setattr(StaffClient, "fetch", lambda client, _reference: fetch(client, REFERENCE))
    refused = run("open", "9ZX2M3K7")
    assert (refused.exit_code, refused.stdout) == (3, "")
