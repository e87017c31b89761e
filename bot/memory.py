"""Keeping what passes through memory inside the process: words being sealed, tokens, the server's secret.

A core file would hold all of it, on the disk, after a crash. And other programs of the same user may read a process's
memory and its environment (``/proc/PID/mem``, ``/proc/PID/environ``, a debugger), where both bots' tokens are. Linux
lets a process refuse both at once: not "dumpable" (``prctl(2)``). Root can read everything all the same.
"""

from __future__ import annotations

import ctypes
import resource
import sys

_PR_SET_DUMPABLE = 4


def close_memory() -> bool:
    """Leave no core file, and let nobody but root look in; to be called before the first word arrives.

    Returns:
        Whether other programs of this user are kept out too. Only Linux can do it.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if not sys.platform.startswith("linux"):
        return False
    return bool(ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) == 0)
