"""No directory is used but the one that the trusted key signed, whole and unchanged."""

import base64
import hashlib
import os
import secrets
from datetime import date
from pathlib import Path

import pytest

from bot.directory_files import (
    ChangedDirectoryError,
    SignerError,
    UnsignedDirectoryError,
    read_signed,
    read_signer,
    read_unsigned,
    read_version,
    sign_folder,
)
from bot.directory_folder import LARGEST, snapshot
from bot.directory_signature import LARGEST_SERIAL
from crypto.signing import SigningKey
from routing.errors import DirectoryError, DirectoryFaults
from tests.bot.directory_folders import TODAY, SignedFolder, public_line, signed_folder
from tests.routing.test_load import GOOD


@pytest.fixture
def signed(tmp_path: Path) -> SignedFolder:
    return signed_folder(tmp_path)


def read(signed: SignedFolder):
    return read_signed(signed.path, signed.signing_key.verify_key)


def refused(signed: SignedFolder, kind: type[DirectoryError]) -> str:
    """Assert the refusal and its form: one line."""
    with pytest.raises(kind) as caught:
        read(signed)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_signed_directory_is_read_with_its_keys(signed):
    directory, keys, digest = read(signed)
    assert {one: key.raw for one, key in keys.items()} == {one: key.public.raw for one, key in signed.private.items()}
    assert directory.people["ana"].key_id == keys["ana"].key_id
    assert digest == signed.digest
    assert len(digest) == 64


def test_the_digest_names_the_content(signed):
    again = sign_folder(signed.path, signed.signing_key, today=TODAY)
    assert again.digest == signed.digest
    (signed.path / "directory.yaml").write_text(GOOD + "# a comment\n", "utf-8")
    assert sign_folder(signed.path, signed.signing_key, today=TODAY).digest != signed.digest


def test_signing_the_same_content_gives_the_same_file(signed):
    before = (signed.path / "directory.sig").read_bytes()
    sign_folder(signed.path, signed.signing_key, today=TODAY)
    assert (signed.path / "directory.sig").read_bytes() == before
    assert not [path for path in signed.path.iterdir() if path.name.startswith(".")]


# Serials.


def versioned(signed) -> tuple[int, str]:
    version = read_version(signed.path, signed.signing_key.verify_key)
    return version.serial, version.digest


def test_each_new_content_has_the_next_serial(signed):
    assert versioned(signed) == (1, signed.digest)
    for serial in (2, 3):
        (signed.path / "directory.yaml").write_text(GOOD + f"# {serial}\n", "utf-8")
        made = sign_folder(signed.path, signed.signing_key, today=TODAY)
        assert (made.serial, made.digest) == versioned(signed)
        assert made.serial == serial
        assert sign_folder(signed.path, signed.signing_key, today=TODAY).digest == made.digest


def test_a_serial_may_be_given_where_the_last_one_is_not_known_and_never_a_lower_one(signed):
    (signed.path / "directory.sig").unlink()
    assert sign_folder(signed.path, signed.signing_key, today=TODAY, serial=7).serial == 7
    (signed.path / "directory.yaml").write_text(GOOD + "# new\n", "utf-8")
    for low in (1, 6, 7):
        with pytest.raises(DirectoryError, match="must be higher than that of the last signature here, 7"):
            sign_folder(signed.path, signed.signing_key, today=TODAY, serial=low)
    assert sign_folder(signed.path, signed.signing_key, today=TODAY).serial == 8
    with pytest.raises(DirectoryError, match="goes up to"):
        sign_folder(signed.path, signed.signing_key, today=TODAY, serial=LARGEST_SERIAL + 1)


def test_another_signers_serial_does_not_count(signed):
    sign_folder(signed.path, signed.signing_key, today=TODAY, serial=7)
    assert sign_folder(signed.path, SigningKey.generate(secrets.token_bytes), today=TODAY).serial == 1


def test_a_signature_of_the_first_format_is_read_and_replaced_by_one_with_a_serial(signed):
    files = {name: hashlib.sha256(data).hexdigest() for name, data in snapshot(signed.path).items()}
    key = signed.signing_key
    lines = ["linnet directory signature 1", f"signer {key.verify_key.key_id}"]
    text = "\n".join([*lines, *(f"{digest} {name}" for name, digest in sorted(files.items())), ""])
    signature = base64.urlsafe_b64encode(key.sign(text.encode())).rstrip(b"=").decode()
    (signed.path / "directory.sig").write_text(f"{text}signature {signature}\n", "ascii")
    assert versioned(signed) == (0, hashlib.sha256(text.encode()).hexdigest())
    assert sign_folder(signed.path, key, today=TODAY).serial == 1
    assert (signed.path / "directory.sig").read_text("ascii").startswith("linnet directory signature 2\n")


@pytest.mark.parametrize("line", ["serial 0", "serial 01", "serial -1", "serial 1000000000", "serial ٣", "serial", "x"])
def test_a_serial_has_one_form(signed, line):
    path = signed.path / "directory.sig"
    path.write_text(path.read_text("utf-8").replace("serial 1", line), "utf-8")
    assert "is not a directory signature" in refused(signed, UnsignedDirectoryError)


# Tampering.


def test_a_swapped_public_key_is_refused_and_named(signed):
    (signed.path / "keys" / "ana.pub").write_text(public_line(), "ascii")
    assert "changed: keys/ana.pub" in refused(signed, ChangedDirectoryError)


def test_two_keys_swapped_between_people_are_refused(signed):
    ana, ben = signed.path / "keys" / "ana.pub", signed.path / "keys" / "ben.pub"
    first, second = ana.read_bytes(), ben.read_bytes()
    ana.write_bytes(second)
    ben.write_bytes(first)
    assert "changed: keys/ana.pub, keys/ben.pub" in refused(signed, ChangedDirectoryError)


def test_an_added_key_is_refused_and_named(signed):
    (signed.path / "keys" / "eve.pub").write_text(public_line(), "ascii")
    assert "added: keys/eve.pub" in refused(signed, ChangedDirectoryError)


def test_an_added_directory_file_is_refused_and_named(signed):
    (signed.path / "more.yaml").write_text("people: []\n", "utf-8")
    assert "added: more.yaml" in refused(signed, ChangedDirectoryError)


def test_a_removed_key_is_refused_and_named(signed):
    (signed.path / "keys" / "ben.pub").unlink()
    assert "removed: keys/ben.pub" in refused(signed, ChangedDirectoryError)


def test_a_changed_directory_is_refused_and_named(signed):
    (signed.path / "directory.yaml").write_text(GOOD.replace("name: Ana", "name: Eve"), "utf-8")
    assert "changed: directory.yaml" in refused(signed, ChangedDirectoryError)


def test_even_a_line_end_counts(signed):
    (signed.path / "directory.yaml").write_bytes(GOOD.encode() + b"\n")
    assert "changed: directory.yaml" in refused(signed, ChangedDirectoryError)


def test_a_missing_signature_is_refused_with_the_command_that_mends_it(signed):
    (signed.path / "directory.sig").unlink()
    assert f"linnet directory sign {signed.path} --key KEY" in refused(signed, UnsignedDirectoryError)


def test_a_signature_by_another_key_is_refused(signed):
    sign_folder(signed.path, SigningKey.generate(secrets.token_bytes), today=TODAY)
    message = refused(signed, UnsignedDirectoryError)
    assert "signed by another key" in message
    assert signed.signing_key.verify_key.key_id in message


def test_claiming_the_trusted_key_does_not_help(signed):
    """An attacker signs with a key of their own and writes the trusted one's name above it."""
    own = SigningKey.generate(secrets.token_bytes)
    (signed.path / "keys" / "ana.pub").write_text(public_line(), "ascii")
    sign_folder(signed.path, own, today=TODAY)
    path = signed.path / "directory.sig"
    text = path.read_text("ascii").replace(own.verify_key.key_id, signed.signing_key.verify_key.key_id)
    path.write_text(text, "ascii")
    assert "does not fit" in refused(signed, UnsignedDirectoryError)


def test_mending_the_list_by_hand_does_not_help(signed):
    """Changed file, and its new hash written into the list: the signature is over the list."""
    sig = signed.path / "directory.sig"
    honest = sig.read_text("ascii")
    (signed.path / "keys" / "ana.pub").write_text(public_line(), "ascii")
    sign_folder(signed.path, SigningKey.generate(secrets.token_bytes), today=TODAY)
    forged = sig.read_text("ascii").splitlines()
    lines = honest.splitlines()
    sig.write_text("\n".join([*lines[:2], *forged[2:-1], lines[-1], ""]), "ascii")
    assert "does not fit" in refused(signed, UnsignedDirectoryError)


def test_every_changed_byte_of_the_signature_file_is_refused(signed):
    path = signed.path / "directory.sig"
    honest = path.read_bytes()
    for at in range(len(honest)):
        path.write_bytes(honest[:at] + bytes([honest[at] ^ 1]) + honest[at + 1 :])
        refused(signed, UnsignedDirectoryError)


@pytest.mark.parametrize("cut", [0, 1, 40, 200, -1, -20])
def test_a_cut_signature_file_is_refused(signed, cut):
    path = signed.path / "directory.sig"
    path.write_bytes(path.read_bytes()[:cut])
    refused(signed, UnsignedDirectoryError)


def test_an_old_signature_does_not_fit_a_new_directory(signed):
    old = (signed.path / "directory.sig").read_bytes()
    (signed.path / "directory.yaml").write_text(GOOD + "# new\n", "utf-8")
    sign_folder(signed.path, signed.signing_key, today=TODAY)
    (signed.path / "directory.sig").write_bytes(old)
    assert "changed: directory.yaml" in refused(signed, ChangedDirectoryError)


def test_hidden_files_and_notes_do_not_count(signed):
    (signed.path / ".directory.yaml.swp").write_text("x")
    (signed.path / "._directory.yaml").write_text("x")
    (signed.path / "README.md").write_text("x")
    (signed.path / "keys" / ".ana.pub").write_text("x")
    assert read(signed)[2] == signed.digest


# Keys and people that do not fit, even when signed.


def test_what_cannot_be_used_is_not_signed(signed):
    before = (signed.path / "directory.sig").read_bytes()
    (signed.path / "keys" / "ana.pub").write_text("linnet-pub-1 nonsense", "ascii")
    with pytest.raises(DirectoryFaults, match=r"keys/ana\.pub:1: the key of 'ana' is malformed"):
        sign_folder(signed.path, signed.signing_key, today=TODAY)
    assert (signed.path / "directory.sig").read_bytes() == before


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("keys/ana.pub", "", "the key of 'ana' is malformed"),
        ("keys/ana.pub", "linnet-verify-1 AAAA", "the key of 'ana' is malformed"),
        ("keys/ana.pub", "\udcff", "this is not UTF-8 text"),
        ("keys/ghost.pub", None, "nobody has the id 'ghost'"),
        ("directory.yaml", "people: [", "this is not YAML"),
    ],
)  # fmt: skip
def test_each_fault_is_one_fault(signed, name, text, says):
    (signed.path / name).write_bytes((public_line() if text is None else text).encode("utf-8", "surrogateescape"))
    with pytest.raises(DirectoryFaults) as caught:
        read_unsigned(signed.path, today=TODAY)
    (fault,) = caught.value.faults
    assert says in fault.message
    assert fault.file == name


def test_faults_of_keys_and_of_the_directory_are_said_together(signed):
    (signed.path / "keys" / "ana.pub").write_text("nonsense", "ascii")
    (signed.path / "directory.yaml").write_text(GOOD.replace("Africa/Tunis", "Mars"), "utf-8")
    with pytest.raises(DirectoryFaults) as caught:
        read_unsigned(signed.path, today=TODAY)
    assert [fault.file for fault in caught.value.faults] == ["directory.yaml", "keys/ana.pub"]


@pytest.mark.parametrize("dates", ["valid_to: 2020-01-01", "valid_from: 2020-01-01", "valid_from: 2020-02-01"])
def test_a_day_that_has_passed_refuses_nothing(signed, dates):
    """Signed while it was right; a service that starts later must not stay closed because somebody's time began."""
    text = GOOD.replace("time_zone: UTC", f"time_zone: UTC\n    {dates}")
    (signed.path / "directory.yaml").write_text(text, "utf-8")
    (signed.path / "keys" / "ben.pub").unlink()
    sign_folder(signed.path, signed.signing_key, today=date(2019, 12, 31) if "from" in dates else TODAY)
    directory, keys, _ = read(signed)
    assert keys.keys() == {"ana"}
    assert not directory.people["ben"].can_receive(TODAY)


def test_an_expired_certification_is_no_reason_to_refuse(signed):
    (signed.path / "directory.yaml").write_text(GOOD.replace("2030-01-31", "2020-01-31"), "utf-8")
    sign_folder(signed.path, signed.signing_key, today=TODAY)
    assert read(signed)[0].people["ana"].certified_until is not None


def test_a_file_written_on_windows_is_read(signed):
    (signed.path / "directory.yaml").write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    sign_folder(signed.path, signed.signing_key, today=TODAY)
    assert read(signed)[0].people.keys() == {"ana", "ben"}


def test_a_name_that_could_forge_the_list_is_refused(signed):
    (signed.path / "a\nb.yaml").write_text("people: []\n", "utf-8")
    with pytest.raises(DirectoryError, match="plain name"):
        sign_folder(signed.path, signed.signing_key, today=TODAY)


@pytest.mark.parametrize("place", ["more.yaml", "keys/more.pub"])
def test_a_pipe_or_a_device_is_refused_instead_of_read_for_ever(signed, place):
    path = signed.path / place
    os.mkfifo(path)
    with pytest.raises(DirectoryError, match="not an ordinary file"):
        read(signed)
    path.unlink()
    path.symlink_to("/dev/zero")
    with pytest.raises(DirectoryError, match="not an ordinary file"):
        read(signed)


def test_a_file_that_is_far_too_large_is_refused_before_it_is_read(signed):
    with (signed.path / "more.yaml").open("wb") as file:
        file.truncate(LARGEST + 1)
    with pytest.raises(DirectoryError, match="of a sensible size"):
        read(signed)


def test_no_folder_is_one_clear_line(tmp_path):
    with pytest.raises(DirectoryError, match="there is no directory folder at"):
        read_unsigned(tmp_path / "nowhere", today=TODAY)


# The trusted key.


def test_the_signer_is_read_from_a_file_or_as_text(signed, tmp_path):
    key = signed.signing_key.verify_key
    path = tmp_path / "signer.pub"
    path.write_text(f"{key.to_text()}\n", "ascii")
    assert read_signer(str(path)) == key
    assert read_signer(key.to_text()) == key


@pytest.mark.parametrize("setting", ["", "/nowhere/signer.pub", "linnet-verify-1 AAAA", "linnet-pub-1 AAAA"])
def test_a_signer_of_no_use_is_one_clear_line(setting):
    with pytest.raises(SignerError, match="the directory's signer key") as caught:
        read_signer(setting)
    assert "\n" not in str(caught.value)
