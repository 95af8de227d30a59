"""Small private files: made whole or not at all, readable by their owner alone (C2.5(4))."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from bailee.errors import Conflict, Refused, Unavailable

PRIVATE = 0o600
LIMIT_BYTES = 64 * 1024


def create(path: Path, data: bytes) -> None:
    """Write a new file that nobody ever sees half written; durable on return.

    If the process dies before the link, only a nameless draft is left; after it, the whole file.

    Raises:
        Conflict: ``root.exists`` when there is a file of that name; it is left as it was.
    """
    draft = _draft(path, data)
    try:
        os.link(draft, path)  # unlike a rename, a link never replaces
    except FileExistsError:
        raise Conflict(
            "root.exists",
            "There is a root key file already; it is never overwritten.",
            do="Move it away yourself if you are certain that nothing depends on it.",
        ) from None
    finally:
        draft.unlink()
    sync_directory(path.parent)


def replace(path: Path, data: bytes) -> None:
    """Put a whole new content in a file's place; durable on return."""
    _draft(path, data).replace(path)
    sync_directory(path.parent)


def read_private(path: Path) -> bytes:
    """Return the content of a file that is its owner's alone.

    Raises:
        Unavailable: ``root.missing``.
        Refused: ``root.permissions`` when group or others may touch it, or it is another's.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        raise Unavailable(
            "root.missing",
            "The root key file is not there or cannot be read.",
            do="Mount it, or restore it from its recovery kit.",
        ) from None
    with os.fdopen(descriptor, "rb") as file:
        seen = os.fstat(descriptor)  # of what was opened, not of what now has the name
        if stat.S_IMODE(seen.st_mode) & 0o077 or seen.st_uid not in {os.geteuid(), 0}:
            raise Refused(
                "root.permissions",
                "The root key file may be touched by others than its owner.",
                do="chmod 600 and chown it to the account that runs bailee; then think of "
                "the key as seen and rotate the root.",
            )
        return file.read(LIMIT_BYTES)


def sync_directory(path: Path) -> None:
    """Make the names in a directory durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_all(descriptor: int, data: bytes) -> None:
    """Write every byte, however often the system takes only a part; durable on return."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
    os.fsync(descriptor)


def _draft(path: Path, data: bytes) -> Path:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE)
    try:
        write_all(descriptor, data)
    except BaseException:
        draft.unlink()
        raise
    finally:
        os.close(descriptor)
    return draft
