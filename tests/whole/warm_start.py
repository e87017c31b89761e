"""Starts Linnet processes that need no second import of every library.

Importing the libraries takes seconds, and a test that kills Linnet fifty times would spend its time on nothing
else. This program imports them once; each start is a fork of it that goes on as ``linnet ARGUMENTS`` in a folder
and an environment of its own. Whatever runs is a process of its own, and can be killed like any other.

One request a line on stdin, one answer a line on stdout, all JSON::

    {"start": ["run"], "folder": "/tmp/x", "env": {...}, "output": "/tmp/x/out", "errors": "/tmp/x/err"}   -> 4711
    {"ended": 4711}                               -> null while it runs, then its exit code (-9: killed by signal 9)

When stdin closes, all that still runs is killed.
"""

import json
import os
import signal
import sys
import traceback
from typing import Any, NoReturn

from bot.cli import build, main
from bot.opening import distress_lists


def serve() -> None:
    """Answer requests until there are no more."""
    running: set[int] = set()
    ended: dict[int, int] = {}
    build()  # imports what each command would
    distress_lists()  # seconds of work that every start would otherwise do again
    for line in sys.stdin:
        request = json.loads(line)
        answer: int | None
        if "start" in request:
            answer = os.fork()
            if answer == 0:
                _become(request)
            running.add(answer)
        else:
            answer = _ended(request["ended"], running, ended)
        sys.stdout.write(f"{json.dumps(answer)}\n")
        sys.stdout.flush()
    for pid in running:
        os.kill(pid, signal.SIGKILL)


def _ended(pid: int, running: set[int], ended: dict[int, int]) -> int | None:
    if pid in running:
        gone, status = os.waitpid(pid, os.WNOHANG)
        if gone:
            running.discard(pid)
            ended[pid] = os.waitstatus_to_exitcode(status)
    return ended.get(pid)


def _become(request: dict[str, Any]) -> NoReturn:
    """Go on as ``linnet``; never returns."""
    code = 1
    try:
        os.chdir(request["folder"])
        os.environ.clear()
        os.environ.update(request["env"])
        for number, name, flags in (
            (0, os.devnull, os.O_RDONLY),
            (1, request["output"], os.O_WRONLY | os.O_CREAT | os.O_APPEND),
            (2, request["errors"], os.O_WRONLY | os.O_CREAT | os.O_APPEND),
        ):
            opened = os.open(name, flags, 0o600)
            os.dup2(opened, number)
            os.close(opened)
        sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # what was said before a kill counts
        sys.argv = ["linnet", *request["start"]]
        main()
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else int(left.code is not None)
    except BaseException:  # noqa: BLE001 -- a crash of Linnet's is to end like any crash, and not go on in the starter
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    serve()
