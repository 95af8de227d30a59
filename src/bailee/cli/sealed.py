"""What leaves, leaves encrypted: files for age recipients (C2.8(2)).

Values go from the answer into age (X25519, ChaCha20-Poly1305) in memory; only ciphertext reaches
the disk. A stream of age ends with its last byte and cannot be continued, so work that may be
stopped is written in parts: each part is a whole age file, complete or not there.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bailee.cli.journal import append, open_regular, sync_folder
from bailee.errors import Invalid

MOST_RECIPIENTS = 16
NEW = ".new"


class Recipients:
    """Who will be able to read.

    Args:
        named: age recipients (``age1…``), at least one.
        armor: PEM text instead of bytes.

    Raises:
        Invalid: ``recipient.missing``, ``recipient.form``.
    """

    def __init__(self, named: Sequence[str], *, armor: bool = False) -> None:
        import pyrage

        if not 0 < len(named) <= MOST_RECIPIENTS:
            raise Invalid(
                "recipient.missing",
                f"Name 1 to {MOST_RECIPIENTS} recipients: values leave encrypted, or not at all.",
                do="Make a key with `age-keygen` where the values will be read; give its age1….",
            )
        try:
            self._keys: Sequence[Any] = [pyrage.x25519.Recipient.from_str(one) for one in named]
        except pyrage.RecipientError:
            raise Invalid(
                "recipient.form",
                "A recipient is not an age public key (X25519).",
                do="Give what `age-keygen -y` prints: age1 and 58 further characters.",
            ) from None
        self._armor = armor
        self._encrypt = pyrage.encrypt

    def seal(self, data: bytes) -> bytes:
        """Encrypt."""
        sealed: bytes = self._encrypt(data, self._keys, armored=self._armor)
        return sealed


class Parts:
    """A folder of encrypted parts, numbered from 1.

    Args:
        folder: made if missing, for its owner alone.
        suffix: what the parts are when opened, ``.csv``.
        recipients: whom they are for.
    """

    def __init__(self, folder: Path, suffix: str, recipients: Recipients) -> None:
        if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
            raise Invalid(
                "output.kind",
                "Parts are written into a folder, and something else stands there.",
                do="Name a folder.",
            )
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
        except OSError:
            raise Invalid(
                "output.folder", "The folder to write into does not exist and cannot be made."
            ) from None
        self.folder, self._suffix, self._recipients = folder, f"{suffix}.age", recipients

    def path(self, number: int) -> Path:
        """Return where a part stands."""
        return self.folder / f"part-{number:06d}{self._suffix}"

    def write(self, number: int, data: bytes) -> bytes:
        """Encrypt a part and put it in place whole, durably; return the ciphertext.

        An earlier part of that number was left by a death before it was noted, and is replaced.
        """
        sealed = self._recipients.seal(data)
        new = self.folder / f"part-{number:06d}{NEW}"
        file = open_regular(new)
        try:
            os.ftruncate(file, 0)
            append(file, sealed, os.fsync)
        finally:
            os.close(file)
        new.replace(self.path(number))
        sync_folder(self.folder, os.fsync)
        return sealed

    def drop_after(self, number: int) -> None:
        """Remove parts behind a number: they were written by a run that died before noting them."""
        pattern = re.compile(r"part-(\d{6,})")
        for path in self.folder.iterdir():
            found = pattern.match(path.name)
            if found and (int(found[1]) > number or path.suffix == NEW):
                path.unlink()
