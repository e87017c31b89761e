"""`linnet practice` from the first start to a case that was told, alerted and opened; and it is never live."""

import asyncio
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from locales.catalogues import load
from tests.fakes.telegram import STAFF_TOKEN, FakeTelegram
from tests.whole.meeting import Meeting
from tests.whole.running import Linnet, Warm, by_polling

pytestmark = pytest.mark.slow

PRACTICE = Path("var/practice")
MARK = "PRACTICE. Nothing here is real, and nobody who could help reads it."
WORDS = load()
STAFF_MARKS = tuple(WORDS.word(tag, "staff_practice") for tag in WORDS.tags)
"""The staff bot speaks the language of whoever is responsible."""


def linnet(home: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    """One command, as somebody types it in that folder."""
    return subprocess.run(
        [sys.executable, "-m", "bot.cli", *words],
        cwd=home,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[2]), **env},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


async def alert_in(folder: Path) -> Path:
    """The first file that comes."""
    async with asyncio.timeout(30):
        while not (files := sorted(folder.glob("*/*.linnet"))):
            await asyncio.sleep(0.05)
    return files[0]


async def test_a_case_of_practice_from_telling_to_opening(warm: Warm, tmp_path: Path) -> None:
    async with FakeTelegram() as telegram:
        service = Linnet(warm, tmp_path, {"LINNET_HTTP": "127.0.0.1:0", **by_polling(telegram)}, ["practice"])
        try:
            await service.start()
            said = service.said()
            assert "PRACTICE: for invented cases only." in said
            [invitation] = [line.strip() for line in said.split("\n") if "directory invite" in line]
            assert invitation.startswith("LINNET_PRACTICE=1 ")

            teller = Meeting(telegram, service).somebody()
            shown: list[str] = []
            await teller.begin()
            while (node := teller.at()) != "receipt":
                shown.append(teller.text())
                await teller.act(node)
            shown.append(teller.text())
            assert [text for text in shown if not text.startswith(MARK)] == []

            file = await alert_in(tmp_path / PRACTICE / "alerts")
            owner = file.parent.name
            words = invitation.removeprefix("LINNET_PRACTICE=1 ").replace("PERSON", owner).split()[1:]
            refused = linnet(tmp_path, *words)
            assert refused.returncode == 2, "without the setting it is another installation's database"
            code = re.search(r"(\w{4}-){3}\w{4}", linnet(tmp_path, *words, LINNET_PRACTICE="1").stdout)
            assert code
            phone = telegram.person(STAFF_TOKEN, 2_002, "Somebody", language_code="en")
            await phone.send_text(code[0])
            await phone.wait_for(lambda seen: [one for one in seen.chat() if one.text.startswith(STAFF_MARKS)])
        finally:
            if service.running():
                await service.stop()
        assert telegram.violations == []

    assert re.fullmatch(r"practice-PRAC[0-9A-Z]{4}\.linnet", file.name)
    key = tmp_path / PRACTICE / "keys-private" / f"{owner}.key"
    opening = ["open", str(file), "--key", str(key), "--passphrase-file", str(PRACTICE / "passphrase")]
    opened = linnet(tmp_path, *opening, "--practice")
    assert opened.returncode == 0, opened.stderr
    assert opened.stdout.startswith("PRACTICE. This case is invented")
    assert "Report PRAC" in opened.stdout
    live = linnet(tmp_path, *opening)
    assert (live.returncode, live.stdout) == (3, "")
    assert "is an invented case, for practice" in live.stderr


async def test_a_live_run_refuses_what_practice_made(warm: Warm, tmp_path: Path) -> None:
    service = Linnet(warm, tmp_path, {"LINNET_HTTP": "127.0.0.1:0"}, ["practice"])
    try:
        await service.start()
    finally:
        if service.running():
            await service.stop()
    env = {
        "LINNET_SECRET_FILE": f"{PRACTICE}/secret",
        "LINNET_DIRECTORY": f"{PRACTICE}/directory",
        "LINNET_DIRECTORY_SIGNER": f"{PRACTICE}/signer.key.pub",
        "LINNET_DATABASE_URL": f"sqlite:///{PRACTICE}/linnet.db",
    }
    refused = linnet(tmp_path, "run", **env)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "it is for practice, and never for real cases" in refused.stderr
    assert linnet(tmp_path, "check", LINNET_PRACTICE="1", **env).returncode == 0
