"""Keeping the libraries' logs free of content, at every level.

Libraries log what they handle: python-telegram-bot whole updates, httpx addresses that hold the bot's token,
aiosqlite every statement with its values, aiohttp the path and address of every caller, asyncio the repr of
whatever failed. A level alone does not help: somebody sets DEBUG to find a fault, and the words are on the disk.

So a library's record is never written. In its place stands one of ours that says which logger spoke, how
gravely, and the class of the exception: enough to know where to look, and nothing of a person. Records below
WARNING are not even made.
"""

from __future__ import annotations

import logging

LIBRARIES = (
    "aiogram",
    "aiohttp",
    "aiosqlite",
    "asyncio",
    "alembic",
    "apscheduler",
    "hpack",
    "httpcore",
    "httpx",
    "sqlalchemy",
    "telegram",
)
"""Roots of the loggers that carry content; each stands for everything below it."""

_log = logging.getLogger("bot.libraries")


class Reduced(logging.Handler):
    """Writes of a library's record only where it came from, its level and the class of its exception."""

    def emit(self, record: logging.LogRecord) -> None:
        """Hand on what is harmless; neither message, arguments nor traceback."""
        kind = record.exc_info[0] if record.exc_info else None
        _log.log(record.levelno, "library_said logger=%s error=%s", record.name, kind.__name__ if kind else "none")


def quiet_libraries() -> None:
    """Let no library write a log line of its own. To be called once at start, before any door opens.

    Loggers that a library made before the call are caught too, with whatever level or handler they were given.
    """
    for root in LIBRARIES:
        library = logging.getLogger(root)
        library.handlers = [Reduced(logging.WARNING)]
        library.setLevel(logging.WARNING)
        library.propagate = False
    for name, logger in list(logging.root.manager.loggerDict.items()):
        if isinstance(logger, logging.Logger) and name.startswith(tuple(f"{root}." for root in LIBRARIES)):
            logger.handlers = []
            logger.setLevel(logging.NOTSET)
            logger.propagate = True
