"""A directory that is signed anew takes effect in a running Linnet; any other is refused, and the old one stays."""

import asyncio
import os
import secrets
import shutil
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.commands.demo import PASSPHRASE
from bot.directory_files import sign_folder
from crypto.keys import RecipientKey
from crypto.signing import read_signing_key
from tests.whole.browsing import at_the_page
from tests.whole.kept import rows
from tests.whole.running import DEMO, Linnet, Warm, running
from tests.whole.telling import Plan

FOLDER = DEMO / "directory"
NEW = """\
  - id: aaro-new
    name: Aaro Newlinnen
    entity: civic-relief
    level: country
    stations: [port-lumen]
    roles: [psea_focal_point]
    languages: [fr]
    time_zone: Africa/Tunis
    certified_until: 2041-06-30
"""
PLACE = "  - {id: reed-landing, name: Reed Landing, country: velmora}\n"


@pytest.fixture
async def linnet(warm: Warm, prepared: Path, tmp_path: Path) -> AsyncIterator[Linnet]:
    async with running(warm, prepared, tmp_path, command=("demo",)) as linnet:  # where alerts are put into a folder
        await linnet.start()
        yield linnet
        assert "Traceback" not in linnet.said()
        for person in ("Aaro", "aaro-new", "Amara", "amara-lind"):
            assert person not in linnet.said("err"), "no name and no id of anybody in a log"


def edit(home: Path, *changes: tuple[str, str]) -> None:
    path = home / FOLDER / "directory.yaml"
    text = path.read_text("utf-8")
    for old, new in changes:
        assert text.count(old) == 1
        text = text.replace(old, new)
    path.write_text(text, "utf-8")


def sign(home: Path, serial: int | None = None) -> None:
    key = read_signing_key((home / DEMO / "signer.key").read_text("ascii"), PASSPHRASE)
    sign_folder(home / FOLDER, key, serial=serial)


def add_somebody(home: Path) -> None:
    """Somebody new whose id comes first among equals, and a new place."""
    edit(
        home,
        ("people:\n", f"people:\n{NEW}"),
        ("stations:\n  - id: port-lumen\n", f"stations:\n{PLACE}  - id: port-lumen\n"),
    )
    line = RecipientKey.generate(secrets.token_bytes).public.to_text()
    (home / FOLDER / "keys" / "aaro-new.pub").write_text(f"{line}\n", "ascii")


async def says(linnet: Linnet, event: str, count: int = 1) -> None:
    """Wait until an event stands in the log so many times."""
    for _ in range(1_200):
        if linnet.said("err").count(event) >= count:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(linnet.said("err"))


def hang_up(linnet: Linnet) -> None:
    assert linnet._pid is not None
    os.kill(linnet._pid, signal.SIGHUP)


def chain(home: Path) -> list[str]:
    """Recipients of the only report, the first ones first."""
    return [one for one, _ in rows(home, "SELECT recipient, turn FROM wraps ORDER BY turn, recipient")]


async def test_somebody_new_receives_and_a_conversation_under_way_goes_on(linnet: Linnet) -> None:
    async with at_the_page(linnet.address, Plan()) as early, at_the_page(linnet.address, Plan()) as late:
        await early.tell("station")
        assert "Reed Landing" not in early.browser.page.text()
        add_somebody(linnet.home)
        await asyncio.sleep(4)
        assert "directory_" not in linnet.said("err"), "nothing happens before it is signed"
        sign(linnet.home)
        await says(linnet, "directory_renewed serial=2 people=34 keys=34")
        assert "Reed Landing" not in early.browser.page.text()
        await early.tell("receipt")
        assert chain(linnet.home)[0] == "aaro-new"
        await late.tell("station")
        assert "Reed Landing" in str(late.browser.page.main.buttons)


async def test_whoever_is_taken_out_is_passed_over_and_what_they_were_told_passes_on(linnet: Linnet) -> None:
    async with at_the_page(linnet.address, Plan()) as teller:
        await teller.tell("receipt")
    query = "SELECT recipient, attempts, state, fault FROM outbox WHERE template = 'staff_alert'"
    async with asyncio.timeout(30):
        while {row[0]: row[1:] for row in rows(linnet.home, query)}["amara-lind"][1] != "sent":
            await asyncio.sleep(0.05)
    edit(linnet.home, ("  - id: amara-lind\n", "  - id: amara-lind\n    valid_to: 2020-12-31\n"))
    sign(linnet.home)
    await says(linnet, "directory_renewed")
    async with asyncio.timeout(30):
        while (after := {row[0]: row[1:] for row in rows(linnet.home, query)})["josen-pell"][1] != "sent":
            await asyncio.sleep(0.05)
    assert after["amara-lind"][1:3] == ("sent", "not_in_directory")
    async with at_the_page(linnet.address, Plan()) as teller:
        await teller.tell("receipt")
    assert chain(linnet.home).count("amara-lind") == 1


async def test_a_bad_one_is_refused_once_and_loudly_and_mending_it_is_enough(linnet: Linnet) -> None:
    signature = linnet.home / FOLDER / "directory.sig"
    good = signature.read_bytes()
    add_somebody(linnet.home)
    signature.write_bytes(good.replace(b"serial 1", b"serial 2"))
    await says(linnet, "ERROR bot.renewal directory_refused error=UnsignedDirectoryError still_in_use=1")
    await asyncio.sleep(10)
    assert linnet.said("err").count("directory_refused") == 1
    hang_up(linnet)
    await says(linnet, "directory_refused", 2)
    async with at_the_page(linnet.address, Plan()) as teller:
        await teller.tell("receipt")
    assert chain(linnet.home)[0] == "amara-lind"
    sign(linnet.home, serial=2)  # what was written over the signature has taken the number of the last one with it
    await says(linnet, "directory_renewed serial=2")


async def test_half_a_copy_is_waited_for(linnet: Linnet, tmp_path: Path) -> None:
    """The new signature comes first and the files after it, one now and then, as over a slow line."""
    add_somebody(linnet.home)
    whole, folder = tmp_path / "whole", linnet.home / FOLDER
    (key,) = (folder / "keys").glob("aaro*")
    shutil.move(key, tmp_path / key.name)
    shutil.copytree(folder, whole)
    shutil.copy(tmp_path / key.name, whole / "keys")
    signer = read_signing_key((linnet.home / DEMO / "signer.key").read_text("ascii"), PASSPHRASE)
    sign_folder(whole, signer)
    shutil.copy(whole / "directory.sig", folder)
    for at in range(5):
        (folder / "keys" / "note.txt").write_text(str(at))
        (folder / "directory.yaml").touch()
        await asyncio.sleep(1)
    shutil.copy(tmp_path / key.name, folder / "keys")
    await says(linnet, "directory_renewed serial=2")
    assert "directory_refused" not in linnet.said("err")


async def test_an_older_one_cannot_come_back_not_even_by_a_restart(linnet: Linnet, tmp_path: Path) -> None:
    folder, kept = linnet.home / FOLDER, tmp_path / "kept"
    shutil.copytree(folder, kept)
    edit(linnet.home, ("  - id: amara-lind\n", "  - id: amara-lind\n    valid_to: 2020-12-31\n"))
    sign(linnet.home)
    await says(linnet, "directory_renewed serial=2")
    shutil.rmtree(folder)
    shutil.copytree(kept, folder)
    await says(linnet, "directory_refused error=OutdatedError still_in_use=2")
    await linnet.stop()
    await linnet.begin()
    assert await linnet.ended() == 2
    message = linnet.said("err", 2)
    assert "its serial is 1, and 2 was in use here already" in message
    assert "--serial 3" in message
    key = read_signing_key((linnet.home / DEMO / "signer.key").read_text("ascii"), PASSPHRASE)
    sign_folder(folder, key, serial=3)
    await linnet.start()


async def test_asking_changes_nothing_when_nothing_has_changed(linnet: Linnet) -> None:
    hang_up(linnet)
    await says(linnet, "directory_unchanged serial=1")
    (linnet.home / FOLDER / "directory.sig").touch()
    await asyncio.sleep(8)
    assert linnet.said("err").count("directory_") == 1
