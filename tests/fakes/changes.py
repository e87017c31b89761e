"""A bell that rings whenever anything changes, for those who wait."""

import asyncio
from collections.abc import Callable


class Changes:
    """Wakes all waiters at each change and knows when the last one was."""

    def __init__(self) -> None:
        self._bell = asyncio.Event()
        self._count = 0

    def notify(self) -> None:
        """Something has changed."""
        self._count += 1
        self._bell.set()
        self._bell = asyncio.Event()

    async def wait(self, seconds: float) -> None:
        """Waits for the next change, at most so long."""
        bell = self._bell
        try:
            await asyncio.wait_for(bell.wait(), seconds)
        except TimeoutError:
            return

    async def wait_quiet(self, waiting: Callable[[], str | None], quiet: float, timeout: float) -> None:
        """Waits until nothing is waited for and nothing has changed for `quiet` seconds.

        Args:
            waiting: says what is still awaited, or None.
            quiet: seconds.
            timeout: seconds.

        Raises:
            TimeoutError: says what was still awaited.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + timeout
        seen, since = self._count, loop.time()
        while (reason := waiting()) or loop.time() - since < quiet:
            if loop.time() > until:
                raise TimeoutError(f"not idle within {timeout} s: {reason or 'still changing'}")
            await self.wait(min(quiet, 0.05))
            if seen != self._count or reason:
                seen, since = self._count, loop.time()
