"""Practice and the real thing refuse each other at every door, in both directions, with one line that says why."""

import asyncio
import secrets
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import build
from bot.commands.terminal import UNOPENABLE
from bot.demo_directory import prepare
from bot.directory_files import read_signed, read_signer, read_unsigned, sign_folder
from bot.opening import OpeningError, open_all
from config.settings import Settings
from crypto.keyfile import write_key
from crypto.keys import PublicKey, RecipientKey
from crypto.passwords import Cost
from crypto.seal import envelope, seal
from crypto.signing import SigningKey
from crypto.vault import new_secrets
from routing.errors import DirectoryError

REFUSED = 2
PASSPHRASE = "six small words to remember"
CHEAP = Cost(memory_kib=64, passes=1, lanes=1)
TODAY = datetime.now(UTC).date()
BOTH = pytest.mark.parametrize("practice", [False, True], ids=["live", "practice"])
DATABASE = {False: "the database is a live one", True: "the database is for practice, and never for real cases"}
DIRECTORY = {False: "it is a live one", True: "it is for practice, and never for real cases"}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """A folder of each kind: a signed directory with its keys, a secret; to be copied."""
    made = {}
    for practice in (False, True):
        home = tmp_path_factory.mktemp("kind")
        prepare(home, passphrase=PASSPHRASE, entropy=secrets.token_bytes, today=TODAY, practice=practice)
        (home / "secret").touch(mode=0o600)
        (home / "secret").write_text(new_secrets(secrets.token_bytes, TODAY).render(), "utf-8")
        made[practice] = home
    return made


@pytest.fixture
def homes(prepared, tmp_path):
    return {kind: Path(shutil.copytree(home, tmp_path / str(kind))) for kind, home in prepared.items()}


def settings(home, *, practice, database=None, directory=None):
    return Settings(
        practice=practice,
        secret_file=home / "secret",
        directory=(directory or home) / "directory",
        directory_signer=str((directory or home) / "signer.key.pub"),
        database_url=f"sqlite:///{database or home}/linnet.db",
    )


async def opened(given):
    found = await open_all(given)
    await found.store.close()


def environment(monkeypatch, given):
    monkeypatch.setenv("LINNET_PRACTICE", "1" if given.practice else "0")
    monkeypatch.setenv("LINNET_SECRET_FILE", str(given.secret_file))
    monkeypatch.setenv("LINNET_DIRECTORY", str(given.directory))
    monkeypatch.setenv("LINNET_DIRECTORY_SIGNER", given.directory_signer)
    monkeypatch.setenv("LINNET_DATABASE_URL", given.database_url)


def run(*words):
    return CliRunner().invoke(build(), [str(word) for word in words])


# Starting.


@BOTH
async def test_each_kind_opens_what_is_its_own_and_again(homes, practice):
    for _ in range(2):
        await opened(settings(homes[practice], practice=practice))


@BOTH
async def test_a_database_of_the_other_kind_is_refused(homes, practice):
    await opened(settings(homes[practice], practice=practice))
    before = (homes[practice] / "linnet.db").read_bytes()
    other = settings(homes[not practice], practice=not practice, database=homes[practice])
    with pytest.raises(OpeningError, match=DATABASE[practice]):
        await open_all(other)
    assert (homes[practice] / "linnet.db").read_bytes() == before


@BOTH
async def test_a_directory_of_the_other_kind_is_refused_before_the_database_is_made(homes, practice):
    other = settings(homes[not practice], practice=not practice, directory=homes[practice])
    with pytest.raises(OpeningError, match=DIRECTORY[practice]):
        await open_all(other)
    assert not (homes[not practice] / "linnet.db").exists()


@BOTH
async def test_the_setting_alone_opens_nothing_of_the_other_kind(homes, practice):
    """LINNET_PRACTICE forgotten, or set where it has no business."""
    await opened(settings(homes[practice], practice=practice))
    with pytest.raises(OpeningError):
        await open_all(settings(homes[practice], practice=not practice))


# Commands on the server.


@BOTH
async def test_commands_refuse_a_database_of_the_other_kind(homes, practice, monkeypatch):
    await opened(settings(homes[practice], practice=practice))
    other = settings(homes[not practice], practice=not practice, database=homes[practice])
    environment(monkeypatch, other)
    for words in (("outbox",), ("audit", "verify"), ("directory", "unlink", "amara-lind")):
        result = await _in_thread(run, *words)
        assert (result.exit_code, result.stdout) == (REFUSED, ""), words
        assert DATABASE[practice] in result.stderr


@BOTH
async def test_nobody_of_the_other_kind_is_invited(homes, practice, monkeypatch):
    await opened(settings(homes[practice], practice=practice))
    environment(monkeypatch, settings(homes[practice], practice=not practice))
    result = await _in_thread(run, "directory", "invite", "amara-lind")
    assert (result.exit_code, result.stdout) == (REFUSED, "")
    assert DIRECTORY[practice] in result.stderr


async def _in_thread(work, *given):
    """Commands bring a loop of their own."""
    return await asyncio.to_thread(work, *given)


# The directory's keys.


@BOTH
def test_a_directory_holds_keys_of_its_own_kind_only(homes, practice):
    folder = homes[practice] / "directory"
    assert read_unsigned(folder)[0].practice == practice
    other = RecipientKey.generate(secrets.token_bytes, practice=not practice).public
    (folder / "keys" / "amara-lind.pub").write_text(f"{other.to_text()}\n", "ascii")
    said = "is not for practice, and this directory is for practice" if practice else "is for practice, and this"
    with pytest.raises(DirectoryError, match=said):
        read_unsigned(folder)
    with pytest.raises(DirectoryError, match=said):
        sign_folder(folder, SigningKey.generate(secrets.token_bytes))


@BOTH
def test_a_signed_directory_cannot_be_relabelled(homes, practice):
    home = homes[practice]
    file = home / "directory" / "directory.yaml"
    text = file.read_text("utf-8")
    file.write_text(text.removeprefix("use: practice\n") if practice else f"use: practice\n{text}", "utf-8")
    with pytest.raises(DirectoryError, match="not as it was signed"):
        read_signed(home / "directory", read_signer(str(home / "signer.key.pub")))


def test_two_files_of_a_directory_say_the_same(homes):
    (homes[True] / "directory" / "more.yaml").write_text("use: live\n", "utf-8")
    with pytest.raises(DirectoryError, match="another file says otherwise"):
        read_unsigned(homes[True] / "directory")


# The reader's own device.


@pytest.fixture
def desk(tmp_path):
    """A key and a file of each kind."""
    for practice in (False, True):
        name = "practice" if practice else "live"
        key = RecipientKey.generate(secrets.token_bytes, practice=practice)
        text = write_key(key, PASSPHRASE, secrets.token_bytes, person=None, cost=CHEAP)
        (tmp_path / f"{name}.key").write_text(text, "ascii")
        sealed = seal(
            b'{"format":"x","answers":[]}',
            purpose="report",
            reference="PRAC4F7K" if practice else "4F7K2M9Q",
            recipients=[key.public],
            entropy=secrets.token_bytes,
        )
        file = envelope(sealed.body, sealed.wraps[0], purpose="report", reference=sealed.reference)
        (tmp_path / f"{name}.linnet").write_bytes(file)
    (tmp_path / "passphrase").write_text(f"{PASSPHRASE}\n")
    return tmp_path


def open_with(desk, file, key, *more):
    return run("open", desk / file, "--key", desk / key, "--passphrase-file", desk / "passphrase", *more)


def test_an_invented_case_says_so_first_and_last(desk):
    result = open_with(desk, "practice.linnet", "practice.key", "--practice")
    assert result.exit_code == 0
    lines = result.stdout.rstrip("\n").split("\n")
    assert lines[0] == lines[-1] == "PRACTICE. This case is invented; nothing in it is real."
    assert "Report PRAC4F7K" in lines
    as_json = open_with(desk, "practice.linnet", "practice.key", "--practice", "--json")
    assert '"practice": "PRACTICE.' in as_json.stdout
    assert '"purpose": "practice-report"' in as_json.stdout


def test_a_real_one_does_not(desk):
    result = open_with(desk, "live.linnet", "live.key")
    assert result.exit_code == 0
    assert result.stdout.startswith("Report 4F7K2M9Q\n")
    assert "PRACTICE" not in result.stdout


def test_the_live_opener_refuses_files_for_practice(desk):
    for key in ("live.key", "practice.key"):
        result = open_with(desk, "practice.linnet", key)
        assert (result.exit_code, result.stdout) == (UNOPENABLE, "")
        assert "is an invented case, for practice" in result.stderr


def test_the_live_opener_refuses_keys_for_practice(desk):
    result = open_with(desk, "live.linnet", "practice.key")
    assert (result.exit_code, result.stdout) == (REFUSED, "")
    assert "is a key for practice" in result.stderr


def test_practising_refuses_real_files(desk):
    for key in ("live.key", "practice.key"):
        result = open_with(desk, "live.linnet", key, "--practice")
        assert (result.exit_code, result.stdout) == (UNOPENABLE, "")
        assert "it may be about somebody real" in result.stderr


def test_practising_refuses_real_keys(desk):
    result = open_with(desk, "practice.linnet", "live.key", "--practice")
    assert (result.exit_code, result.stdout) == (REFUSED, "")
    assert "is a real key" in result.stderr


@pytest.mark.parametrize(("key", "more"), [("practice.key", ()), ("live.key", ("--practice",))])
def test_nobody_logs_in_with_a_key_of_the_other_kind(desk, key, more):
    """Before anything is sent: there is no server at that address."""
    words = ("--server", "https://127.0.0.1:1", "--key", desk / key, "--passphrase-file", desk / "passphrase")
    commands = (("inbox",), ("have", "4F7K2M9Q"), ("recuse", "4F7K2M9Q", "--yes"), ("open", "4F7K2M9Q"))
    replies = (("reply", "4F7K2M9Q", "--say", "thanks"), ("status", "4F7K2M9Q", "assessment"))
    for command in commands + replies:
        result = run(*command, *words, *more)
        assert (result.exit_code, result.stdout) == (REFUSED, ""), command
        assert "is a key for practice" in result.stderr or "is a real key" in result.stderr


def test_a_key_for_practice_is_made_and_shown_as_one(tmp_path):
    (tmp_path / "passphrase").write_text(f"{PASSPHRASE}\n")
    out = tmp_path / "practice.key"
    made = run("keys", "new", "--practice", "--out", out, "--passphrase-file", tmp_path / "passphrase")
    assert made.exit_code == 0
    assert "This key is for practice." in made.stdout
    public = PublicKey.from_text((tmp_path / "practice.key.pub").read_text("ascii"))
    assert public.practice
    shown = run("keys", "show", tmp_path / "practice.key.pub").stdout
    assert "for practice" in shown
    name = public.key_id.removeprefix("practice-")
    assert f"Fingerprint: practice {name[:4]} {name[4:8]} {name[8:12]} {name[12:]}" in shown


@pytest.mark.parametrize("value", ["1", "true"])
def test_the_setting_counts_on_the_readers_device_too(desk, monkeypatch, value):
    monkeypatch.setenv("LINNET_PRACTICE", value)
    assert open_with(desk, "practice.linnet", "practice.key").exit_code == 0
    assert open_with(desk, "live.linnet", "live.key").exit_code == UNOPENABLE
