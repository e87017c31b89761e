"""What a crash may say: of which kind it was and where, and nothing else.

A traceback ends with the exception's message, and messages quote what they choke on: a piece of text, a row, an
address with a token in it. ``bot.logs`` keeps them out of logs; this keeps them off the error stream, from where a
service manager takes them into its journal.
"""

from __future__ import annotations

import sys
import threading
import traceback
from types import TracebackType

STEPS = 12
"""How many places are named, the innermost last."""


def quiet_crashes() -> None:
    """Let nothing but kinds and places onto the error stream, from any thread. To be called by the program alone."""
    sys.excepthook = _main
    threading.excepthook = _thread
    sys.unraisablehook = _unraisable


def told(error: BaseException | None, kind: type[BaseException], trail: TracebackType | None) -> str:
    """One line about an error: its class, its causes' classes, and where it went through."""
    places = [f"{step.filename.rpartition('/')[2]}:{step.lineno}" for step in traceback.extract_tb(trail)][-STEPS:]
    kinds = [kind.__name__]
    seen = {id(error)}
    while error is not None:
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        if error is None or id(error) in seen:
            break
        seen.add(id(error))
        kinds.append(type(error).__name__)
    return f"{' from '.join(kinds)} at {' > '.join(places) or 'an unknown place'}"


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _main(kind: type[BaseException], error: BaseException, trail: TracebackType | None) -> None:
    _say(f"Linnet stopped: {told(error, kind, trail)}")


def _thread(broken: threading.ExceptHookArgs) -> None:
    _say(f"A thread of Linnet stopped: {told(broken.exc_value, broken.exc_type, broken.exc_traceback)}")


def _unraisable(broken: sys.UnraisableHookArgs) -> None:
    _say(f"Passed over: {told(broken.exc_value, broken.exc_type, broken.exc_traceback)}")
