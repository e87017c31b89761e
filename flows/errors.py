"""The one error of the conversation: a book that must not be used."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a flow file, with its place and the way to mend it."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        """One line: ``file:line: message``."""
        return f"{self.file}:{self.line}: {self.message}"


class BookError(Exception):
    """A flow file, or a stored book or state, that cannot be used; carries every fault found."""

    def __init__(self, faults: tuple[Fault, ...] | str) -> None:
        self.faults = faults if isinstance(faults, tuple) else ()
        super().__init__(faults if isinstance(faults, str) else "\n".join(str(fault) for fault in faults))
