"""A directory's folder as files: read once, and each written whole or not at all."""

import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from routing.errors import DirectoryError

__all__ = ["IN_KEYS", "LARGEST", "read_texts", "replace_file", "snapshot", "write_texts"]

IN_KEYS: Final = "keys/"
LARGEST: Final = 16 * 1024 * 1024
"""Bytes of one file; ten thousand people take five million."""
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def snapshot(folder: Path) -> dict[str, bytes]:
    """Read every file that counts, once, by name. Hidden files and other kinds are never read.

    Raises:
        DirectoryError: the folder or a file cannot be read, or has a name that could deceive.
    """
    if not folder.is_dir():
        raise DirectoryError(f"there is no directory folder at {folder}")
    try:
        paths = [*folder.glob("*.yaml"), *(folder / IN_KEYS).glob("*.pub")]
        paths = [path for path in sorted(paths) if not path.name.startswith(".")]
        for path in paths:
            # A line end in a name could forge a line of the signed list.
            if _NAME.fullmatch(path.name) is None:
                raise DirectoryError(f"{path.name!r} in {folder} needs a plain name: letters, digits, '.', '_', '-'")
            # A pipe would keep the reader waiting for ever, a device would fill its memory.
            if not path.is_file() or path.stat().st_size > LARGEST:
                raise DirectoryError(f"{path.name!r} in {folder} is not an ordinary file of a sensible size")
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    except OSError as error:
        raise DirectoryError(f"the directory in {folder} cannot be read: {error.strerror}") from None


def read_texts(folder: Path) -> dict[str, str]:
    """Read the YAML files of a directory as texts by name, for changing them.

    Raises:
        DirectoryError: the folder or a file cannot be read, or is not UTF-8.
    """
    files = {name: data for name, data in snapshot(folder).items() if not name.startswith(IN_KEYS)}
    try:
        return {name: data.decode("utf-8") for name, data in files.items()}
    except UnicodeDecodeError:
        raise DirectoryError(f"a file in {folder} is not UTF-8 text: 'linnet directory check' says which") from None


def write_texts(folder: Path, texts: Mapping[str, str]) -> None:
    """Write YAML files of a directory, each whole or not at all; a signature no longer fits after that.

    Raises:
        DirectoryError: one cannot be written. Those before it are.
    """
    for name, text in texts.items():
        replace_file(folder / name, text.encode(), mode=0o644)


def replace_file(path: Path, data: bytes, *, mode: int) -> None:
    """Write a file whole or not at all.

    Raises:
        DirectoryError: it cannot be written.
    """
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(mode)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise DirectoryError(f"{path} cannot be written: {error.strerror}") from None
