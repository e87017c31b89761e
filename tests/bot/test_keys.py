"""`linnet keys`: files are private from their first byte, never overwritten, rotated whole."""

import os
import stat
from datetime import UTC, date, datetime, timedelta

import pytest
import typer
from typer.testing import CliRunner

from bot.commands import keys, private_file
from crypto.keyfile import read_key
from crypto.keys import PublicKey
from crypto.signing import VerifyKey, read_signing_key
from crypto.vault import new_secrets, parse_secrets

PASSPHRASE = "four small birds sing"


@pytest.fixture
def app():
    program = typer.Typer()
    program.callback()(lambda: None)
    keys.register(program)
    return program


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "passphrase").write_text(PASSPHRASE + "\n")
    return tmp_path


def run(app, *args, **more):
    return CliRunner().invoke(app, ["keys", *(str(arg) for arg in args)], **more)


def make(app, folder, command="new", *more):
    out = folder / "north.key"
    return run(app, command, "--out", out, "--passphrase-file", folder / "passphrase", *more), out


def entropy(length):
    return os.urandom(length)


def test_a_new_key_is_private_and_its_public_line_matches(app, folder):
    result, out = make(app, folder, "new", "--person", "fp-north")
    assert result.exit_code == 0
    public = PublicKey.from_text((folder / "north.key.pub").read_text())
    assert read_key(out.read_text(), PASSPHRASE).public == public
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert "person fp-north" in out.read_text()
    assert PASSPHRASE not in result.output


def test_the_fingerprint_shown_is_the_one_made(app, folder):
    result, _ = make(app, folder)
    public = PublicKey.from_text((folder / "north.key.pub").read_text())
    shown = run(app, "show", folder / "north.key.pub")
    assert shown.exit_code == 0
    assert public.key_id in shown.stdout
    fingerprint = shown.stdout.split("Fingerprint: ")[1].split("\n")[0]
    assert fingerprint.replace(" ", "") == public.key_id
    assert fingerprint in result.stdout


def test_two_keys_are_never_the_same(app, folder):
    make(app, folder)
    first = (folder / "north.key.pub").read_text()
    (folder / "north.key").unlink()
    (folder / "north.key.pub").unlink()
    make(app, folder)
    assert (folder / "north.key.pub").read_text() != first


@pytest.mark.parametrize("existing", ["north.key", "north.key.pub"])
def test_nothing_is_overwritten(app, folder, existing):
    (folder / existing).write_text("precious")
    result, _ = make(app, folder)
    assert result.exit_code == 2
    assert (folder / existing).read_text() == "precious"
    assert len(list(folder.iterdir())) == 2


def test_a_passphrase_is_asked_for_twice(app, folder):
    out = folder / "north.key"
    result = run(app, "new", "--out", out, input=f"{PASSPHRASE}\n{PASSPHRASE}\n")
    assert result.exit_code == 0
    assert read_key(out.read_text(), PASSPHRASE)
    assert PASSPHRASE not in result.output


def test_a_short_passphrase_makes_no_key(app, folder):
    (folder / "passphrase").write_text("short\n")
    result, out = make(app, folder)
    assert result.exit_code == 2
    assert not out.exists()


@pytest.mark.parametrize("person", ["a\nb", "", "x" * 80])
def test_a_person_is_a_plain_word(app, folder, person):
    result, out = make(app, folder, "new", "--person", person)
    assert result.exit_code == 2
    assert not out.exists()


def test_a_folder_that_is_not_there_is_named(app, folder):
    result = run(app, "new", "--out", folder / "no" / "key", "--passphrase-file", folder / "passphrase")
    assert result.exit_code == 2
    assert str(folder / "no" / "key") in result.stderr
    assert "Traceback" not in result.output


def test_a_signing_key_signs_for_its_public_line(app, folder):
    result, out = make(app, folder, "signing")
    assert result.exit_code == 0
    verify = VerifyKey.from_text((folder / "north.key.pub").read_text())
    key = read_signing_key(out.read_text(), PASSPHRASE)
    assert verify.verify(key.sign(b"x"), b"x") is None
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    shown = run(app, "show", folder / "north.key.pub")
    assert verify.key_id in shown.stdout
    assert "directory" in shown.stdout


@pytest.mark.parametrize("text", ["", "hello", "linnet-pub-1 AAAA", "linnet-verify-1 AAAA"])
def test_any_other_line_has_no_fingerprint(app, folder, text):
    (folder / "line").write_text(text)
    result = run(app, "show", folder / "line")
    assert result.exit_code == 2
    assert result.stdout == ""


def test_a_secret_file_is_made_once_and_private(app, folder):
    out = folder / "secrets"
    assert run(app, "secret", "--out", out).exit_code == 0
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    made = out.read_text()
    assert [key.number for key in parse_secrets(made).vault_keys] == [1]
    assert run(app, "secret", "--out", out).exit_code == 2
    assert out.read_text() == made


def test_a_lax_umask_opens_nothing(app, folder):
    before = os.umask(0)
    try:
        run(app, "secret", "--out", folder / "secrets")
    finally:
        os.umask(before)
    assert stat.S_IMODE((folder / "secrets").stat().st_mode) == 0o600


def dated(folder, *days_ago):
    today = datetime.now(UTC).date()
    first, *rest = (today - timedelta(days=days) for days in days_ago)
    held = new_secrets(entropy, first)
    for day in rest:
        held = held.rotate(entropy, day)
    path = folder / "secrets"
    path.write_text(held.render())
    path.chmod(0o600)
    return path, held


def test_rotation_adds_a_key_and_destroys_what_has_expired(app, folder):
    path, held = dated(folder, 30, 10, 2)
    result = run(app, "rotate", "--secret", path)
    assert result.exit_code == 0
    rotated = parse_secrets(path.read_text())
    assert rotated.root == held.root
    assert [key.number for key in rotated.vault_keys] == [2, 3, 4]
    assert rotated.vault_keys[0] == held.vault_keys[1]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sorted(file.name for file in folder.iterdir()) == ["passphrase", "secrets"]
    assert "Destroyed: 1." in result.stdout


def test_keys_can_be_kept_for_longer(app, folder):
    path, _ = dated(folder, 30, 10, 2)
    run(app, "rotate", "--secret", path, "--keep-days", "20")
    assert [key.number for key in parse_secrets(path.read_text()).vault_keys] == [1, 2, 3, 4]


def test_rotation_follows_a_link_and_leaves_it_a_link(app, folder):
    path, _ = dated(folder, 3)
    link = folder / "link"
    link.symlink_to(path)
    assert run(app, "rotate", "--secret", link).exit_code == 0
    assert link.is_symlink()
    assert len(parse_secrets(path.read_text()).vault_keys) == 2


def test_a_failed_replacement_leaves_the_file_as_it_was(app, folder, monkeypatch):
    path, _ = dated(folder, 3)
    before = path.read_text()

    def full(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(private_file.os, "fsync", full)
    result = run(app, "rotate", "--secret", path)
    assert result.exit_code == 2
    assert path.read_text() == before
    assert sorted(file.name for file in folder.iterdir()) == ["passphrase", "secrets"]


@pytest.mark.parametrize("text", ["", "hello\n", "linnet secrets 1\nroot AAAA\n"])
def test_a_malformed_secret_file_is_left_alone(app, folder, text):
    path = folder / "secrets"
    path.write_text(text)
    result = run(app, "rotate", "--secret", path)
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
    assert path.read_text() == text


def test_a_clock_behind_the_newest_key_stops_rotation(app, folder):
    path = folder / "secrets"
    path.write_text(new_secrets(entropy, date(2999, 1, 1)).render())
    assert run(app, "rotate", "--secret", path).exit_code == 2


def test_a_missing_secret_file_is_named(app, folder):
    result = run(app, "rotate", "--secret", folder / "nowhere")
    assert result.exit_code == 2
    assert "nowhere" in result.stderr
