"""Secret files on disk: readable by their owner alone, never overwritten, replaced whole."""

import contextlib
import os
import secrets
from pathlib import Path

OWNER_ONLY = 0o600
PUBLIC = 0o644


def write_new(path: Path, text: str, *, mode: int = OWNER_ONLY) -> None:
    """Write a file that does not exist yet, with these permissions from its first byte on.

    Raises:
        FileExistsError: something stands there; it may be the only copy of a key.
        OSError: it could not be written; nothing half-written stays behind.
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        _sync_folder(path.parent)
    except BaseException:
        with contextlib.suppress(OSError):
            path.unlink()
        raise


def replace_whole(path: Path, text: str) -> None:
    """Replace a file so that at every instant either the old or the new one is there, whole.

    The new file has the old one's owner, since the command may run as root and the server
    as somebody else, and is readable by that owner alone.

    Raises:
        OSError: it could not be replaced; the old file is untouched.
    """
    target = path.resolve(strict=True)
    fresh = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
    write_new(fresh, text)
    try:
        owner = target.stat()
        if (owner.st_uid, owner.st_gid) != (os.geteuid(), os.getegid()):
            os.chown(fresh, owner.st_uid, owner.st_gid)
        fresh.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            fresh.unlink()
        raise
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    # The name itself must reach the disk too, or a power cut could bring the old file back.
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
