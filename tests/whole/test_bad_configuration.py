"""Bad configuration stops `linnet run` and `linnet check` with one clear line and exit code 2, before any door opens.

While the process lives, the test knocks at its address all the time: nobody may ever answer. What is secret in a
case (a token, a key, a password) may not be in the line that complains about it.
"""

import asyncio
import os
import shutil
import socket
import sqlite3
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.commands.demo import PASSPHRASE
from bot.directory_files import _sha256
from bot.directory_folder import snapshot
from bot.directory_signature import Listing, write
from crypto.signing import read_signing_key
from tests.fakes.telegram import REPORTER_TOKEN, STAFF_TOKEN
from tests.whole.running import DEMO, SECRET, Linnet, Warm, free_port, running, settings

Change = Callable[[Path], object]
CANARY = "kanarienvogel"


@dataclass(frozen=True)
class Case:
    """What is wrong, a part of the line that says so, and what that line must not hold."""

    name: str
    says: str
    change: Change = lambda _: None
    env: tuple[tuple[str, str], ...] = ()
    hides: tuple[str, ...] = (CANARY,)


def bad(name: str, says: str, change: Change = lambda _: None, *, hides: tuple[str, ...] = (), **env: str) -> Case:
    return Case(name, says, change, tuple(env.items()), (CANARY, *hides))


def gone(name: str) -> Change:
    def change(home: Path) -> None:
        path = home / DEMO / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()

    return change


def written(name: str, content: str | bytes) -> Change:
    def change(home: Path) -> None:
        path = home / DEMO / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    return change


def replaced(name: str, old: str, new: str, *, sign: bool = False) -> Change:
    def change(home: Path) -> None:
        path = home / DEMO / name
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")
        if sign:
            signed(home)

    return change


def signed(home: Path) -> None:
    """Sign whatever is there: `linnet directory sign` would refuse it."""
    folder = home / DEMO / "directory"
    key = read_signing_key((home / DEMO / "signer.key").read_text("ascii"), PASSPHRASE)
    listing = Listing(1, {name: _sha256(data) for name, data in snapshot(folder).items()})
    (folder / "directory.sig").write_text(write(listing, key), "ascii")


def malformed_key(home: Path) -> None:
    path = home / DEMO / "directory" / "keys" / "amara-lind.pub"
    path.write_text(path.read_text("ascii")[:-9] + "\n", "ascii")
    signed(home)


def other_signature(home: Path) -> None:
    """The signature of another list: well formed, and of no use."""
    path = home / DEMO / "directory" / "directory.sig"
    before = path.read_text("ascii")
    (home / DEMO / "directory" / "more.yaml").write_text("people: []\n", "ascii")
    signed(home)
    after = path.read_text("ascii")
    path.write_text(before[: before.index("\nsignature ")] + after[after.index("\nsignature ") :], "ascii")


def cut_secret(home: Path) -> None:
    path = home / DEMO / "secret"
    path.write_text(path.read_text("utf-8").replace("root ", f"root {CANARY}", 1), "utf-8")


def other_version(home: Path) -> None:
    with sqlite3.connect(home / DEMO / "linnet.db") as database:
        database.execute("CREATE TABLE alembic_version (version_num TEXT)")
        database.execute("INSERT INTO alembic_version VALUES ('from_the_future')")
    database.close()


def database(path: str) -> str:
    return f"sqlite:///{path}"


CASES = [
    # the secret file
    bad("secret missing", "there is no secret file", gone("secret")),
    bad("secret readable by all", "chmod 600", lambda home: (home / DEMO / "secret").chmod(0o644)),
    bad("secret readable by the group", "chmod 600", lambda home: (home / DEMO / "secret").chmod(0o640)),
    bad("secret malformed", "secret", written("secret", CANARY)),
    bad("secret with a bad key", "not 32 bytes long", cut_secret),
    bad("secret empty", "secret", written("secret", "")),
    bad("secret not text", "secret", written("secret", bytes(range(256)))),
    bad("secret a folder", "secret", LINNET_SECRET_FILE=str(DEMO)),
    # the directory and its signature
    bad("directory missing", "no directory folder", gone("directory")),
    bad("directory a file", "no directory folder", LINNET_DIRECTORY=str(DEMO / "passphrase")),
    bad("directory unsigned", "is not signed", gone("directory/directory.sig")),
    bad("directory changed", "changed: directory.yaml", replaced("directory/directory.yaml", "Amara", "Tamara")),
    bad("directory with a file more", "added: more.yaml", written("directory/more.yaml", "people: []\n")),
    bad("directory with a key less", "removed: keys/amara-lind.pub", gone("directory/keys/amara-lind.pub")),
    bad("signature malformed", "not a directory signature", written("directory/directory.sig", f"{CANARY}\n")),
    bad("signature not text", "directory.sig", written("directory/directory.sig", b"\xff\xfe")),
    bad("signature of another list", "does not fit", other_signature),
    bad("signer not set", "LINNET_DIRECTORY_SIGNER is not set", LINNET_DIRECTORY_SIGNER=""),
    bad("signer missing", "signer key cannot be read", LINNET_DIRECTORY_SIGNER="nowhere.pub"),
    bad("signer malformed", "signer key is of no use", written("signer.key.pub", f"{CANARY}\n")),
    bad("signer a folder", "signer key cannot be read", LINNET_DIRECTORY_SIGNER="var"),
    bad("key malformed", "the key of 'amara-lind' is malformed", malformed_key),
    bad(
        "directory not YAML", "directory.yaml", replaced("directory/directory.yaml", "people:", "people: ][", sign=True)
    ),
    # languages and care content
    bad("unknown locale", "LINNET_LANGUAGES", LINNET_LANGUAGES="en,xx"),
    bad("locale malformed", "LINNET_LANGUAGES", LINNET_LANGUAGES="../../etc"),
    bad("care file missing", "care", LINNET_CARE="nowhere.yaml"),
    bad("clocks missing", "CLOCKS", LINNET_CLOCKS="nowhere.yaml"),
    bad(
        "clocks not whole",
        "clocks.yaml:1: the file has no",
        written("clocks.yaml", "reviewed: no\n"),
        LINNET_CLOCKS=str(DEMO / "clocks.yaml"),
    ),
    bad("care file not YAML", "care", written("care.yaml", "lines: ]["), LINNET_CARE=str(DEMO / "care.yaml")),
    bad("care file of another shape", "care", written("care.yaml", "- 1\n"), LINNET_CARE=str(DEMO / "care.yaml")),
    bad("care file not text", "care", written("care.yaml", b"\xff\xff"), LINNET_CARE=str(DEMO / "care.yaml")),
    # the database
    bad("database without a folder", "the database", LINNET_DATABASE_URL=database("nowhere/linnet.db")),
    bad(
        "database not a database",
        "the database",
        written("linnet.db", f"{CANARY} " * 400),
        LINNET_DATABASE_URL=database(f"{DEMO}/linnet.db"),
    ),
    bad("database a folder", "the database", LINNET_DATABASE_URL=database(str(DEMO))),
    bad("database of another version", "another version", other_version),
    bad("database of another kind", "not supported", LINNET_DATABASE_URL=f"mysql://me:{CANARY}@localhost/linnet"),
    bad("database of no kind", "the database", LINNET_DATABASE_URL=f"nosuch://me:{CANARY}@localhost/linnet"),
    bad("database address malformed", "the database", LINNET_DATABASE_URL=CANARY),
    # addresses and tokens
    bad("address malformed", "LINNET_HTTP", LINNET_HTTP="8080"),
    bad("port out of range", "LINNET_HTTP", LINNET_HTTP="127.0.0.1:70000"),
    bad("port not a number", "LINNET_HTTP", LINNET_HTTP="127.0.0.1:http"),
    bad("reporter token malformed", "LINNET_REPORTER_TOKEN", LINNET_REPORTER_TOKEN=CANARY),
    bad("staff token malformed", "LINNET_STAFF_TOKEN", LINNET_STAFF_TOKEN=f"1:{CANARY} x"),
    bad(
        "one token for both bots",
        "two different bots",
        hides=(REPORTER_TOKEN,),
        LINNET_REPORTER_TOKEN=REPORTER_TOKEN,
        LINNET_STAFF_TOKEN=REPORTER_TOKEN,
    ),
    bad("API address malformed", "LINNET_TELEGRAM_API", LINNET_TELEGRAM_API="api.telegram.org"),
    bad("webhook without a secret", "webhook_secret", LINNET_WEBHOOK_URL="https://linnet.example/hook"),
    bad(
        "webhook secret too short",
        "LINNET_WEBHOOK_SECRET",
        LINNET_WEBHOOK_URL="https://linnet.example/hook",
        LINNET_WEBHOOK_SECRET=CANARY,
    ),
    bad(
        "webhook address malformed",
        "LINNET_WEBHOOK_URL",
        LINNET_WEBHOOK_URL="linnet.example/hook",
        LINNET_WEBHOOK_SECRET=SECRET,
        hides=(SECRET,),
    ),
    bad("neutral site malformed", "LINNET_LEAVE_TO", LINNET_LEAVE_TO="wikipedia.org"),
    bad("neutral site not plain", "LINNET_LEAVE_TO", LINNET_LEAVE_TO="https://مثال.example/ä"),
    bad("public origin malformed", "LINNET_PUBLIC_ORIGIN", LINNET_PUBLIC_ORIGIN="linnet.example"),
    bad("draft lifetime of no hours", "LINNET_DRAFT_HOURS", LINNET_DRAFT_HOURS="0"),
    bad("draft lifetime not a number", "LINNET_DRAFT_HOURS", LINNET_DRAFT_HOURS="long"),
    bad("log level unknown", "LINNET_LOG_LEVEL", LINNET_LOG_LEVEL="LOUD"),
    # the settings file
    bad("settings not TOML", "settings file", lambda home: (home / "linnet.toml").write_text(f"http = {CANARY}\n")),
    bad("settings not text", "settings file", lambda home: (home / "linnet.toml").write_bytes(b"\xff\xfe\x00")),
    bad("settings a folder", "settings file", lambda home: (home / "linnet.toml").mkdir()),
    bad("settings file missing", "settings file", LINNET_CONFIG="nowhere.toml"),
    bad(
        "settings of another type",
        "LINNET_DRAFT_HOURS",
        lambda home: (home / "linnet.toml").write_text(f'draft_hours = ["{CANARY}"]\n'),
    ),
]


async def knock(port: int, answered: list[int]) -> None:
    """Try the address until cancelled."""
    while True:
        with suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            answered.append(port)
            writer.close()
        await asyncio.sleep(0.005)


async def refused(linnet: Linnet, port: int) -> str:
    """Run a command that is to refuse; returns its one line."""
    answered: list[int] = []
    knocking = asyncio.create_task(knock(port, answered))
    await linnet.begin()
    code = await linnet.ended()
    knocking.cancel()
    error = linnet.said("err", linnet.starts)
    assert (code, error.count("\n"), error.strip() != "") == (2, 1, True), (code, linnet.said())
    assert "Web page" not in linnet.said()
    assert answered == []
    return error


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_one_clear_line_and_no_door(case: Case, warm: Warm, prepared: Path, tmp_path: Path) -> None:
    port = free_port()
    async with running(warm, prepared, tmp_path) as run:
        case.change(tmp_path)
        run.env = settings(**{"LINNET_HTTP": f"127.0.0.1:{port}", **dict(case.env)})
        check = Linnet(warm, tmp_path, run.env, ["check"])
        check.starts = 100  # what it says goes to files of its own
        for error in await asyncio.gather(refused(run, port), refused(check, port)):
            assert case.says in error
            assert "Traceback" not in error
        for secret in case.hides:
            assert secret not in run.said()


@pytest.mark.parametrize("host", ["127.0.0.1", "203.0.113.1"])
async def test_a_port_that_is_taken_or_not_ours(warm: Warm, prepared: Path, tmp_path: Path, host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        async with running(warm, prepared, tmp_path, LINNET_HTTP=f"{host}:{port}") as linnet:
            await linnet.begin()
            assert await linnet.ended() == 2
            assert linnet.said("err").count("\n") == 1
            assert f"LINNET_HTTP: {host}:{port} cannot be used" in linnet.said("err")


@pytest.mark.slow
async def test_the_installed_command_says_the_same(prepared: Path, tmp_path: Path) -> None:
    """Without the warm starter: the program as it is installed, in an empty folder."""
    program = await asyncio.create_subprocess_exec(
        Path(sys.executable).with_name("linnet"),
        "run",
        cwd=tmp_path,
        env={"PATH": os.defpath, "LINNET_STAFF_TOKEN": STAFF_TOKEN},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, error = await program.communicate()
    assert (program.returncode, out) == (2, b"")
    assert error == b"there is no secret file at var/secret: make one with linnet keys secret --out var/secret\n"


async def test_the_settings_of_these_tests_are_good(warm: Warm, prepared: Path, tmp_path: Path) -> None:
    """Else every case above could be refused for another reason than its own."""
    async with running(warm, prepared, tmp_path) as linnet:
        linnet.command = ["check"]
        await linnet.begin()
        assert await linnet.ended() == 0
        assert linnet.said("err") == ""
