"""The demo's directory is made once, verified ever after, and never mended behind anybody's back."""

import secrets
import shutil
import stat
from pathlib import Path

import pytest

from bot.demo_directory import DemoDirectory, prepare
from bot.directory_files import ChangedDirectoryError, read_signed, read_signer
from crypto.errors import KeyFileError
from crypto.keyfile import read_key
from routing.errors import DirectoryError
from tests.bot.directory_folders import TODAY

PASSPHRASE = "six small words to remember"


def made(target: Path) -> DemoDirectory:
    return prepare(target, passphrase=PASSPHRASE, entropy=secrets.token_bytes, today=TODAY)


@pytest.fixture(scope="module")
def first_start(tmp_path_factory) -> Path:
    """The keys of some thirty people take two seconds; each test works on a copy of one first start."""
    target = tmp_path_factory.mktemp("first") / "var" / "demo"
    made(target)
    return target


@pytest.fixture
def target(first_start, tmp_path: Path) -> Path:
    shutil.copytree(first_start, tmp_path / "demo")
    return tmp_path / "demo"


def everything_in(target: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in target.rglob("*") if path.is_file()}


def test_everybody_who_receives_has_a_key_that_opens(target):
    demo = made(target)
    directory, keys, _ = read_signed(demo.folder, read_signer(str(demo.signer_path)))
    assert demo.keys.keys() == keys.keys() == directory.receivers(TODAY)
    one, path = next(iter(demo.keys.items()))
    assert read_key(path.read_text("ascii"), PASSPHRASE).public == keys[one]
    with pytest.raises(KeyFileError):
        read_key(path.read_text("ascii"), "another passphrase")


def test_private_files_are_for_their_owner_alone(target):
    demo = made(target)
    for path in (*demo.keys.values(), target / "signer.key"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((target / "keys-private").stat().st_mode) == 0o700
    assert demo.folder not in demo.signer_path.parents


def test_a_second_start_changes_nothing(target):
    first = made(target)
    before = everything_in(target)
    assert made(target) == first
    assert everything_in(target) == before


def test_a_start_that_was_cut_off_goes_on_with_the_same_keys(target):
    demo = made(target)
    before = everything_in(target)
    (demo.folder / "directory.sig").unlink()
    lost = demo.keys["amara-lind"]
    lost.unlink()
    (lost.parent / f".{lost.name}").write_text("half")
    made(target)
    after = everything_in(target)
    assert {path for path in before if after[path] != before[path]} == {
        lost,
        demo.folder / "keys" / "amara-lind.pub",
        demo.folder / "directory.sig",
    }
    assert after.keys() == before.keys()


def test_a_changed_demo_is_refused(target):
    demo = made(target)
    with (demo.folder / "directory.yaml").open("a") as file:
        file.write("# changed\n")
    with pytest.raises(ChangedDirectoryError):
        made(target)


def test_a_lost_private_key_is_said_at_the_start(target):
    made(target).keys["amara-lind"].unlink()
    with pytest.raises(DirectoryError, match="private key of 'amara-lind' is gone"):
        made(target)


def test_a_folder_that_cannot_be_made_is_one_clear_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DirectoryError, match="cannot be made"):
        made(tmp_path / "file")
