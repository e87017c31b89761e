"""What the process leaves behind when it crashes, and whom it lets look in: nothing, and nobody but root."""

from __future__ import annotations

import subprocess
import sys

import pytest

CANARY = "canary-7f3a"


def run(program: str) -> subprocess.CompletedProcess[str]:
    """A process of its own: these settings are for the whole life of one."""
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)


CRASHES = {
    "main": f"raise ValueError('{CANARY}')",
    "cause": f"""
try:
    raise KeyError('{CANARY}')
except KeyError as error:
    raise ValueError('{CANARY}') from error
""",
    "chain that bites its tail": f"""
error = ValueError('{CANARY}')
error.__cause__ = KeyError('{CANARY}')
error.__cause__.__cause__ = error
raise error
""",
    "thread": f"""
import threading
def work(words):
    raise ValueError(words)
thread = threading.Thread(target=work, args=('{CANARY}',))
thread.start()
thread.join()
""",
    "unraisable": f"""
class Words:
    def __repr__(self):
        return '{CANARY}'
    def __del__(self):
        raise ValueError('{CANARY}')
words = Words()
del words
""",
    "task": f"""
import asyncio
async def work(words):
    raise ValueError(words)
asyncio.run(work('{CANARY}'))
""",
}


@pytest.mark.parametrize("crash", CRASHES)
def test_a_crash_tells_its_kind_and_place_and_no_more(crash):
    done = run(f"from bot.crashes import quiet_crashes\nquiet_crashes()\n{CRASHES[crash]}")
    assert CANARY not in done.stdout + done.stderr
    assert "ValueError" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert done.returncode == (0 if crash in {"thread", "unraisable"} else 1)


def test_the_causes_of_a_crash_are_named():
    done = run(f"from bot.crashes import quiet_crashes\nquiet_crashes()\n{CRASHES['cause']}")
    assert "ValueError from KeyError at <string>:" in done.stderr


def test_a_running_linnet_leaves_no_core_file_and_keeps_other_programs_out():
    done = run(
        "import ctypes, resource\n"
        "from bot.memory import close_memory\n"
        "closed = close_memory()\n"
        "print(closed, ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), resource.getrlimit(resource.RLIMIT_CORE))"
    )
    assert done.stdout == ("True 0 (0, 0)\n" if sys.platform == "linux" else "False -1 (0, 0)\n"), done.stderr


def test_run_and_demo_begin_with_both(monkeypatch):
    """Before anything is opened: the order in which the program starts."""
    from bot.commands import run as module  # noqa: PLC0415 -- what is looked at here

    begun: list[str] = []
    for name in ("close_memory", "quiet_crashes", "quiet_libraries"):
        monkeypatch.setattr(module, name, lambda name=name: begun.append(name))
    monkeypatch.setattr(module.logging, "basicConfig", lambda **_: None)

    async def opened(_settings):
        begun.append("open_all")
        raise module.OpeningError("far enough")

    monkeypatch.setattr(module, "open_all", opened)
    with pytest.raises(module.typer.Exit):
        module.serve(module.Settings(), lambda _: ())
    assert begun == ["close_memory", "quiet_crashes", "quiet_libraries", "open_all"]
