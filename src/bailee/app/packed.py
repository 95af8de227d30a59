"""A pack made for whoever asks for it in a browser: encrypted for them, and kept nowhere (C5.2)."""

from __future__ import annotations

import shutil
import tempfile
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from bailee.access import Caller
from bailee.app import audit_shapes as shapes
from bailee.app.packing import Packing
from bailee.app.parts import Parts
from bailee.assurance.pack_copy import check_reader, copy_of
from bailee.errors import Unavailable

PREFIX = "making-a-pack-"
LEFT = timedelta(days=1)
"""A folder so old has lost the process that made it."""


class Packed(Packing):
    """Packs that leave by the door."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self._packing = threading.Lock()

    def pack_copy(
        self, caller: Caller, controller: str, item: str, body: shapes.PackWish
    ) -> tuple[shapes.Pack, BinaryIO]:
        """Make a pack and return it as an encrypted archive, an open file that has no name.

        One at a time: a pack reads every entry, and the folder that it is made in is in the home,
        for its owner alone, until the copy is sealed. If the process dies meanwhile, it is left
        there until the next pack is made a day later; the log may then tell of a pack that nobody
        got.

        Raises:
            Invalid: ``pack.recipient``, ``report.recipient``; Unavailable: ``pack.busy``; and what
            ``make_pack`` raises.
        """
        check_reader(body.recipient)
        if not self._packing.acquire(blocking=False):
            raise Unavailable("pack.busy", "A pack is being made.", do="Ask again in a minute.")
        try:
            home = self.parts.settings.home
            _sweep(home, self.parts.clock.now())
            with tempfile.TemporaryDirectory(prefix=PREFIX, dir=home) as folder:
                target = Path(folder) / "pack"
                made = self.make_pack(caller, controller, item, target)
                return made, copy_of(target, body.recipient)
        finally:
            self._packing.release()


def _sweep(home: Path, now: datetime) -> None:
    """Remove what processes left that died while they made a pack."""
    for folder in home.glob(f"{PREFIX}*"):
        with suppress(FileNotFoundError):  # its process was done with it just now
            made = datetime.fromtimestamp(folder.stat().st_mtime, UTC)
            if now - made > LEFT:
                shutil.rmtree(folder, ignore_errors=True)
