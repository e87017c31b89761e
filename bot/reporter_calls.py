"""Calling the Bot API with patience: what to try again, what is harmless, and what means that nobody is there."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from aiogram.exceptions import (
    ClientDecodeError,
    RestartingTelegram,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
)

TRIES = 6
FIRST_PAUSE = 0.25
LONGEST_WAIT = 30.0
"""Seconds that a single ``retry_after`` is obeyed within a turn; a longer one ends the tries."""

_Result = TypeVar("_Result")


class BlockedError(Exception):
    """The person has blocked the bot or deleted their account: there is nobody to show anything to."""


class UnreachableError(Exception):
    """Telegram did not answer, or asked to be left alone for long."""


@dataclass(frozen=True, slots=True)
class Called:
    """How a call went: whether it may have taken effect more than once."""

    uncertain: bool


async def patiently(call: Callable[[], Awaitable[_Result]]) -> tuple[_Result, Called]:
    """Make a call; again after 429 (when told to), 5xx and broken connections.

    Raises:
        BlockedError: 403, or the chat is gone.
        UnreachableError: the tries are used up.
        TelegramBadRequest: the call itself is refused.
    """
    pause, uncertain = FIRST_PAUSE, False
    for _ in range(TRIES):
        try:
            return await call(), Called(uncertain)
        except TelegramRetryAfter as error:
            if error.retry_after > LONGEST_WAIT:
                raise UnreachableError from None
            await asyncio.sleep(error.retry_after)
        except (TelegramServerError, TelegramNetworkError, RestartingTelegram, ClientDecodeError):
            # A gateway's error page is not JSON: aiogram then says that it could not decode the answer.
            uncertain = True  # it may have taken effect all the same
            await asyncio.sleep(pause)
            pause *= 2
        except (TelegramForbiddenError, TelegramNotFound):
            raise BlockedError from None
        except TelegramBadRequest as error:
            if "chat not found" in error.message or "user is deactivated" in error.message:
                raise BlockedError from None
            raise
        except TelegramAPIError:  # refused for a reason that aiogram has no name for, such as a 429 without a time
            await asyncio.sleep(pause)
            pause *= 2
    raise UnreachableError


async def harmless(call: Callable[[], Awaitable[object]]) -> bool:
    """Make a call whose refusal changes nothing; says whether it was accepted."""
    try:
        await patiently(call)
    except TelegramBadRequest:
        return False
    return True
