"""The server's clock: real time plus an offset that tests may move forward."""

from datetime import UTC, datetime, timedelta


class Clock:
    """Tells Unix time in seconds; `advance` makes everything older at once."""

    def __init__(self) -> None:
        self._offset = timedelta()

    def now(self) -> float:
        """Seconds since the epoch."""
        return (datetime.now(UTC) + self._offset).timestamp()

    def advance(self, *, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Moves the clock forward."""
        self._offset += timedelta(hours=hours, minutes=minutes, seconds=seconds)
