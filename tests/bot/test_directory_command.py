"""`linnet directory` as a coordinator meets it."""

import secrets
import shutil
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from bot.commands.directory import register
from bot.directory_files import read_signed, read_signer
from crypto.passwords import Cost
from crypto.signing import write_signing_key
from tests.bot.directory_folders import SignedFolder, public_line, signed_folder
from tests.routing.test_load import GOOD, line_in_good

PASSPHRASE = "six small words to remember"
CHEAP = Cost(memory_kib=8 * 1024, passes=1, lanes=1)


@pytest.fixture
def signed(tmp_path: Path) -> SignedFolder:
    return signed_folder(tmp_path)


@pytest.fixture
def linnet():
    app = typer.Typer()
    register(app)
    app.command("other")(lambda: None)  # as in the real program, `directory` is one group among others
    runner = CliRunner()

    def run(*words: object, **environment: str) -> Result:
        return runner.invoke(app, ["directory", *map(str, words)], env={"COLUMNS": "200", **environment})

    return run


@pytest.fixture
def passphrase(tmp_path: Path) -> Path:
    file = tmp_path / "passphrase"
    file.write_text(f"{PASSPHRASE}\n")
    return file


@pytest.fixture
def signing_file(signed, tmp_path: Path) -> Path:
    file = tmp_path / "signer.key"
    file.write_text(write_signing_key(signed.signing_key, PASSPHRASE, secrets.token_bytes, person=None, cost=CHEAP))
    return file


def test_check_counts_what_is_there_and_says_what_is_thin(linnet, signed):
    result = linnet("check", signed.path)
    assert result.exit_code == 0
    assert f"warning: directory.yaml:{line_in_good('id: works')}: 'works' has no PSEA focal point." in result.stdout
    assert "2 people, 2 who receive today, 2 entities, 1 station, 1 country, 1 network" in result.stdout
    assert "2 of the 2 who receive have no e-mail address: they are told by the staff bot alone" in result.stdout
    assert "2 keys, no faults" in result.stdout


def test_check_names_every_fault_with_file_and_line(linnet, signed):
    text = GOOD.replace("Africa/Tunis", "Mars").replace("    supervisor: ben", "    supervisor: zoe")
    (signed.path / "directory.yaml").write_text(text, "utf-8")
    (signed.path / "keys" / "ana.pub").write_text("nonsense")
    result = linnet("check", signed.path)
    assert result.exit_code == 2
    lines = result.stdout.splitlines()
    assert lines[0].startswith(f"directory.yaml:{line_in_good('Africa/Tunis')}: 'Mars' is no time zone.")
    assert lines[1].startswith(f"directory.yaml:{line_in_good('supervisor: ben')}: 'supervisor' names the person 'zoe'")
    assert lines[2].startswith("keys/ana.pub:1: the key of 'ana' is malformed")
    assert lines[3] == "3 faults"


def test_check_mentions_a_file_that_is_not_read(linnet, signed):
    (signed.path / "more.yml").write_text("people: []\n")
    assert "more.yml is not read. Rename it to more.yaml" in linnet("check", signed.path).stdout


def test_check_takes_the_folder_from_the_settings(linnet, signed):
    assert linnet("check", LINNET_DIRECTORY=str(signed.path)).exit_code == 0


def test_check_of_no_folder_is_one_line(linnet, tmp_path):
    result = linnet("check", tmp_path / "nowhere")
    assert result.exit_code == 2
    assert result.stderr == f"there is no directory folder at {tmp_path / 'nowhere'}\n"


def test_sign_makes_a_changed_directory_good_again(linnet, signed, signing_file, passphrase):
    (signed.path / "directory.yaml").write_text(GOOD + "# changed\n", "utf-8")
    result = linnet("sign", signed.path, "--key", signing_file, "--passphrase-file", passphrase)
    assert result.exit_code == 0, result.stderr
    _, _, digest = read_signed(signed.path, signed.signing_key.verify_key)
    assert f"Digest: {digest}" in result.stdout
    assert "Serial: 2\n" in result.stdout


def test_sign_says_when_the_number_of_the_last_one_is_not_known(linnet, signed, signing_file, passphrase):
    (signed.path / "directory.sig").unlink()
    asked = ("sign", signed.path, "--key", signing_file, "--passphrase-file", passphrase)
    assert "Serial: 1, since no earlier signature by this key is here." in linnet(*asked).stdout
    assert "Serial: 5\n" in linnet(*asked, "--serial", "5").stdout


def test_sign_refuses_faults_and_writes_nothing(linnet, signed, signing_file, passphrase):
    before = (signed.path / "directory.sig").read_bytes()
    (signed.path / "keys" / "eve.pub").write_text(public_line())
    result = linnet("sign", signed.path, "--key", signing_file, "--passphrase-file", passphrase)
    assert result.exit_code == 2
    assert result.stderr.startswith("not signed, 1 fault; the first: keys/eve.pub:1: nobody has the id 'eve'")
    assert (signed.path / "directory.sig").read_bytes() == before


def test_sign_with_the_wrong_passphrase_is_one_line(linnet, signed, signing_file, passphrase):
    passphrase.write_text("something else entirely\n")
    result = linnet("sign", signed.path, "--key", signing_file, "--passphrase-file", passphrase)
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
    assert "entirely" not in result.stderr


def test_a_new_signer_signs_and_its_public_half_verifies(linnet, signed, tmp_path, passphrase):
    out = tmp_path / "offline.key"
    assert linnet("new-signer", "--out", out, "--passphrase-file", passphrase).exit_code == 0
    assert out.stat().st_mode & 0o077 == 0
    assert linnet("sign", signed.path, "--key", out, "--passphrase-file", passphrase).exit_code == 0
    directory, _, _ = read_signed(signed.path, read_signer(f"{out}.pub"))
    assert directory.people.keys() == {"ana", "ben"}


def test_a_signing_key_is_never_overwritten(linnet, signing_file, passphrase):
    before = signing_file.read_bytes()
    result = linnet("new-signer", "--out", signing_file, "--passphrase-file", passphrase)
    assert result.exit_code == 2
    assert signing_file.read_bytes() == before


def test_who_shows_the_chain_with_reasons(linnet, signed):
    result = linnet("who", signed.path, "--entity", "relief", "--station", "port", "--kind", "sea")
    assert result.exit_code == 0
    first, second = result.stdout.splitlines()
    assert first.startswith("at once ")
    assert " ana " in first
    assert first.endswith("Ana: PSEA focal point of Relief, at the duty station")
    assert second.startswith("after 24 h")
    assert "alternate of the PSEA focal point" in second


def test_who_follows_the_short_clock_and_leaves_people_out(linnet, signed):
    asked = ("who", signed.path, "--entity", "relief", "--station", "port", "--kind", "sea")
    assert "after 1 h" in linnet(*asked, "--urgent").stdout
    without = linnet(*asked, "--without", "ana")
    assert "ana" not in without.stdout


def test_who_shows_what_a_name_keeps_out(linnet, signed):
    asked = ("who", signed.path, "--entity", "relief", "--station", "port", "--kind", "sea")
    named = linnet(*asked, "--not", "ana").stdout.splitlines()
    assert named[-1].startswith("kept out: Ana (ana)")
    assert not [line for line in named[:-1] if "ana" in line]
    assert "kept out" not in linnet(*asked).stdout
    everywhere = linnet(*asked, "--not-at", "port").stdout.splitlines()
    assert "ana" in everywhere[-1]
    assert not [line for line in everywhere[:-1] if "ana" in line]


def test_who_shows_who_stands_in_for_somebody_away(linnet, signed):
    asked = ("who", signed.path, "--entity", "relief", "--station", "port", "--kind", "sea")
    first, *_, last = linnet(*asked, "--away", "ana").stdout.splitlines()
    assert first.endswith("stands in for the PSEA focal point of Relief, at the duty station, who is away")
    assert last.endswith(", away now")


def test_who_says_nobody_honestly(linnet, signed):
    result = linnet("who", signed.path, "--entity", "relief", "--station", "port", "--kind", "sh", "--without", "ana")
    assert result.exit_code == 0
    assert result.stdout.startswith("Nobody.")


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("--entity", "releif", "there is no entity 'releif'; there are: relief, unknown, works"),
        ("--station", "quay", "there is no station or country 'quay'; there are: port, unknown, velmora"),
        ("--without", "zoe", "there is no person 'zoe'; there are: ana, ben"),
        ("--kind", "other", "the kind is one of sea, sh, both, mission, not 'other'"),
        ("--not", "zoe", "there is no person 'zoe'; there are: ana, ben"),
        ("--away", "zoe", "there is no person 'zoe'; there are: ana, ben"),
        ("--not-at", "quay", "there is no station or country 'quay'; there are: port, velmora"),
    ],
)
def test_who_names_what_it_does_not_know(linnet, signed, option, value, says):
    kind = () if option == "--kind" else ("--kind", "sea")
    result = linnet("who", signed.path, *kind, option, value)
    assert (result.exit_code, result.stderr) == (2, f"{says}\n")


def test_who_verifies_the_signature_when_it_knows_the_signer(linnet, signed):
    signer = signed.signing_key.verify_key.to_text()
    asked = ("who", signed.path, "--kind", "sea")
    assert linnet(*asked, LINNET_DIRECTORY_SIGNER=signer).exit_code == 0
    (signed.path / "keys" / "ana.pub").write_text(public_line())
    result = linnet(*asked, LINNET_DIRECTORY_SIGNER=signer)
    assert result.exit_code == 2
    assert "changed: keys/ana.pub" in result.stderr


def test_diff_says_what_changes_for_whom_and_from_when(linnet, signed, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(signed.path, other)
    result = linnet("diff", signed.path, other)
    assert (result.exit_code, result.stdout) == (0, "Nothing changes.\n")
    text = GOOD.replace("time_zone: Africa/Tunis\n", "time_zone: Africa/Tunis\n    valid_to: 2051-12-31\n")
    (other / "directory.yaml").write_text(text, "utf-8")
    (other / "keys" / "ben.pub").write_text(public_line())
    result = linnet("diff", signed.path, other)
    assert result.exit_code == 1
    first, *lines = result.stdout.splitlines()
    assert first == "In the records:"
    assert "  Ana (ana) is no longer PSEA focal point for Port from 2052-01-01." in lines
    assert any(line.startswith("  Ben (ben) has another public key (") for line in lines)
    assert "So that:" in lines
    assert lines[-1].startswith("  From 2052-01-01, reports of SEA and SH about ")


def test_diff_of_what_cannot_be_read_is_one_line(linnet, signed, tmp_path):
    result = linnet("diff", signed.path, tmp_path / "nowhere")
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
