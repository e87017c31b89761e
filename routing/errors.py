"""What can be wrong with a directory or a triage table, said so that somebody can mend it."""

from dataclasses import dataclass

__all__ = ["DirectoryError", "DirectoryFaults", "Fault", "TableFaults"]


class DirectoryError(Exception):
    """The root: a directory that cannot be used. The message is one clear line."""


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing to mend: where it stands, what is wrong, what to do about it.

    Attributes:
        file: Name of the YAML file, relative to the directory folder.
        line: Line in that file, counted from 1; 0 when no one line is to blame.
        message: What is wrong, a clause without a full stop.
        mend: What to do, a sentence without a full stop.
    """

    file: str
    line: int
    message: str
    mend: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}. {self.mend}"


class DirectoryFaults(DirectoryError):  # noqa: N818 - the faults are what it carries
    """The texts hold faults; every one of them is in `faults`, in order of file and line."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__(_first_of(self.faults))


class TableFaults(Exception):  # noqa: N818 - the faults are what it carries
    """A triage table that cannot be used; every fault is in `faults`, in order of line."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__(_first_of(self.faults))


def _first_of(faults: tuple[Fault, ...]) -> str:
    first = str(faults[0]) if faults else "no fault named"
    more = len(faults) - 1
    return first if more < 1 else f"{first} (and {more} more)"
