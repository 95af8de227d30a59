"""One process serves a home: held by a lock file that names its holder (DESIGN: engines)."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from bailee.errors import Conflict


class HomeLock:
    """The right to open a home. The kernel lets go of it when the process ends, however it ends."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def take(self, holder: str) -> None:
        """Take the lock and write down who holds it.

        Raises:
            Conflict: ``home.held``, naming the server that holds it.
        """
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            found = os.pread(descriptor, 200, 0).decode("utf-8", "replace").strip()
            os.close(descriptor)
            raise Conflict(
                "home.held",
                f"This home is open in another process: {found or 'unnamed'}.",
                do="Set BAILEE_URL to that server, or stop it.",
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{holder}\n".encode(), 0)
        self._descriptor = descriptor

    def rename(self, holder: str) -> None:
        """Say more precisely who holds it, once the address is known."""
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            os.pwrite(self._descriptor, f"{holder}\n".encode(), 0)

    def release(self) -> None:
        """Let go."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
