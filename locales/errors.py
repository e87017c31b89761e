"""The errors of the catalogues: something that must stop the start or a command, never a conversation."""

from __future__ import annotations


class LocaleError(Exception):
    """A source of words or a catalogue that cannot be read; says which one."""


class PlaceholderError(LocaleError):
    """A text asks for a value that nobody gave, or its braces do not close; names the place, never a value."""
