"""One process serves a home: its folder is locked, and a file in it names who holds it.

The folder itself carries the lock: a file could be deleted, and whoever made it anew would hold
another one.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
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
        descriptor = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            found = self._named()
            raise Conflict(
                "home.held",
                f"This home is open in another process: {found or 'unnamed'}.",
                do="Set BAILEE_URL to that server, or stop it.",
            ) from None
        self._descriptor = descriptor
        self.rename(holder)

    def rename(self, holder: str) -> None:
        """Say more precisely who holds it, once the address is known."""
        if self._descriptor is not None:
            with suppress(OSError):  # a full disk: the name is a courtesy, the lock is held
                named = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
                with os.fdopen(named, "w", encoding="utf-8") as file:
                    file.write(f"{holder}\n")

    def _named(self) -> str:
        try:
            return self._path.read_text("utf-8")[:200].strip()
        except OSError:
            return ""

    def release(self) -> None:
        """Let go."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
