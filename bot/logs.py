"""Keeping logs free of content, at every level and whatever libraries do.

Libraries log what they handle: python-telegram-bot whole updates, httpx addresses that hold the bot's token,
aiosqlite every statement with its values, aiohttp the path and address of every caller, asyncio the repr of
whatever failed. A level alone does not help: somebody sets DEBUG to find a fault, and the words are on the disk.
Neither does a filter or a handler: each guards one way out of several.

So the content is dropped where a record is made. A record of anybody but ourselves keeps which logger spoke, how
gravely, and the class of the exception: enough to know where to look, and nothing of a person. Our own loggers
write event names and counts; that is a rule of the house, which tests with planted words watch over.
"""

from __future__ import annotations

import logging
from typing import Any

OURS = frozenset({"bot", "cases", "config", "crypto", "flows", "locales", "routing"})
"""Roots of the loggers whose records are kept as they are."""

TALKATIVE = (
    "aiogram",
    "aiohttp",
    "aiosqlite",
    "alembic",
    "asyncio",
    "httpcore",
    "httpx",
    "sqlalchemy",
    "telegram",
)
"""Roots of loggers that would fill the log with records that say nothing any more: heard from WARNING on."""


def quiet_libraries() -> None:
    """Let no library's words into any log. To be called once at start, before any door opens."""
    logging.setLogRecordFactory(content_free)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def content_free(
    name: str | None,
    level: int,
    path: str,
    line: int,
    message: object,
    values: Any,
    error: Any,
    *rest: Any,
    **more: Any,
) -> logging.LogRecord:
    """Make a log record; of a library's, without message, values, traceback and stack."""
    if (name or "").partition(".")[0] in OURS:
        return logging.LogRecord(name or "", level, path, line, message, values, error, *rest, **more)
    kind = error[0].__name__ if isinstance(error, tuple) and error[0] else "none"
    return logging.LogRecord(name or "", level, path, line, "library_said error=%s", (kind,), None)
