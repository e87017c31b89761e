"""A real Linnet process in a folder of its own: started, killed, started again, and heard.

::

    async with FakeTelegram() as telegram, running(warm, prepared, tmp_path, **by_webhook(telegram)) as linnet:
        address = await linnet.start()
        await linnet.kill()                     # SIGKILL
        await linnet.start()
        assert "Traceback" not in linnet.said()

``warm`` and ``prepared`` are fixtures for the whole run: the starter (see ``tests.whole.warm_start``) and a folder
with the demonstration's directory, keys and secret, made once and copied.
"""

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from tests.fakes.telegram import REPORTER_TOKEN, STAFF_TOKEN, FakeTelegram

DEMO = Path("var/demo")
SECRET = "a-webhook-secret-of-the-tests"
START_SECONDS = 60.0
_LOOK_SECONDS = 0.01


class Warm:
    """The starter process, and what it is asked."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.whole.warm_start"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )

    def ask(self, request: dict[str, object]) -> int | None:
        """Ask for a start or an end; see ``tests.whole.warm_start``."""
        assert self._process.stdin and self._process.stdout  # noqa: PT018 -- both are pipes
        self._process.stdin.write(f"{json.dumps(request)}\n")
        self._process.stdin.flush()
        answer: int | None = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        """End it, and everything that it started."""
        self._process.communicate(timeout=START_SECONDS)


class Linnet:
    """One installation; at most one process of it runs at a time."""

    def __init__(self, warm: Warm, home: Path, env: dict[str, str], command: Sequence[str]) -> None:
        self.home = home
        self.env = env
        self.command = list(command)
        self.address = ""
        self.starts = 0
        self._warm = warm
        self._pid: int | None = None

    async def begin(self) -> None:
        """Start a process without waiting for its doors to open."""
        assert self._pid is None
        self.starts += 1
        where = {"folder": str(self.home), "output": str(self._file("out")), "errors": str(self._file("err"))}
        env = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(self.home), **self.env}
        self._pid = self._warm.ask({"start": self.command, "env": env, **where})

    async def start(self) -> str:
        """Start a process and wait until it is there; returns the address of its web page."""
        await self.begin()
        async with asyncio.timeout(START_SECONDS):
            while "Web page: " not in self.said("out", self.starts):
                assert self._ended() is None, f"linnet ended:\n{self.said()}"
                await asyncio.sleep(_LOOK_SECONDS)
        self.address = self.said("out", self.starts).partition("Web page: ")[2].split()[0]
        return self.address

    async def kill(self) -> None:
        """End the process with SIGKILL, wherever it is."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        """Ask the process to end; returns its exit code."""
        return await self._end(signal.SIGTERM)

    async def ended(self) -> int:
        """Wait until the process has ended by itself; returns its exit code."""
        async with asyncio.timeout(START_SECONDS):
            while (code := self._ended()) is None:
                await asyncio.sleep(_LOOK_SECONDS)
        self._pid = None
        return code

    def running(self) -> bool:
        """Whether there is a process."""
        return self._pid is not None

    def said(self, stream: str = "*", start: int | None = None) -> str:
        """What was printed to "out" or "err" or both, by all processes or the one of a certain start."""
        files = sorted(self.home.glob(f"said.{'*' if start is None else start}.{stream}"))
        return "".join(file.read_text("utf-8", "surrogateescape") for file in files)

    def _file(self, stream: str) -> Path:
        return self.home / f"said.{self.starts}.{stream}"

    def _ended(self) -> int | None:
        return self._warm.ask({"ended": self._pid})

    async def _end(self, number: signal.Signals) -> int:
        assert self._pid is not None
        with suppress(ProcessLookupError):  # it may have ended by itself
            os.kill(self._pid, number)
        return await self.ended()


def settings(**more: str) -> dict[str, str]:
    """The environment of ``linnet run`` on a copy of the prepared folder, and what is to be different."""
    return {
        "LINNET_SECRET_FILE": str(DEMO / "secret"),
        "LINNET_DIRECTORY": str(DEMO / "directory"),
        "LINNET_DIRECTORY_SIGNER": str(DEMO / "signer.key.pub"),
        "LINNET_DATABASE_URL": f"sqlite:///{DEMO}/linnet.db",
        "LINNET_HTTP": "127.0.0.1:0",
        "LINNET_LOG_LEVEL": "DEBUG",
        **more,
    }


def by_polling(telegram: FakeTelegram) -> dict[str, str]:
    """Both bots, by long polling."""
    return {
        "LINNET_TELEGRAM_API": telegram.url,
        "LINNET_REPORTER_TOKEN": REPORTER_TOKEN,
        "LINNET_STAFF_TOKEN": STAFF_TOKEN,
    }


def by_webhook(telegram: FakeTelegram) -> dict[str, str]:
    """Both bots, by webhook at a free port of this machine that stays the same over restarts."""
    address = f"127.0.0.1:{free_port()}"
    hooks = {"LINNET_WEBHOOK_URL": f"http://{address}/hook", "LINNET_WEBHOOK_SECRET": SECRET}
    return by_polling(telegram) | hooks | {"LINNET_HTTP": address}


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@asynccontextmanager
async def running(
    warm: Warm, prepared: Path, home: Path, *, command: Sequence[str] = ("run",), **env: str
) -> AsyncIterator[Linnet]:
    """An installation in ``home``, not started yet; whatever runs of it at the end is killed."""
    shutil.copytree(prepared / "var", home / "var")
    linnet = Linnet(warm, home, settings(**env), command)
    try:
        yield linnet
    finally:
        if linnet.running():
            await linnet.kill()
