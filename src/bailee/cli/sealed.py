"""What leaves, leaves encrypted: files for age or OpenPGP recipients (C2.8(2)).

Values go from the answer into the envelope in memory; only ciphertext reaches the disk. Neither
form can be continued once it is closed, so work that may be stopped is written in parts: each part
is a whole file, complete or not there.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from bailee.cli.age import BEGINS, Age
from bailee.cli.journal import append, open_regular, sync_folder
from bailee.cli.openpgp import OpenPgp
from bailee.errors import Invalid

MOST_RECIPIENTS = 16
NEW = ".new"
_PART = re.compile(r"part-(\d{6,})")


class Recipients:
    """Who will be able to read.

    One kind at a time: a part is one file for all of its recipients.

    Args:
        named: age recipients (``age1…``) or files of OpenPGP certificates, at least one.
        armor: text instead of bytes.

    Raises:
        Invalid: ``recipient.missing``, ``recipient.mixed``, and what ``Age`` and ``OpenPgp`` raise.
    """

    def __init__(self, named: Sequence[str], *, armor: bool = False) -> None:
        if not 0 < len(named) <= MOST_RECIPIENTS:
            raise Invalid(
                "recipient.missing",
                f"Name 1 to {MOST_RECIPIENTS} recipients: values leave encrypted, or not at all.",
                do="Make a key where the values will be read: `age-keygen`, and give its age1…; "
                "or give the file of an OpenPGP certificate.",
            )
        for_age = {one.lower().startswith(BEGINS) for one in named}
        if len(for_age) > 1:
            raise Invalid(
                "recipient.mixed",
                "age and OpenPGP recipients cannot open the same file.",
                do="Run the command once for each kind, into two folders.",
            )
        self._envelope: Age | OpenPgp = (Age if True in for_age else OpenPgp)(named, armor=armor)
        self.form, self.suffix = self._envelope.name, self._envelope.suffix
        self.keys: list[str] = self._envelope.keys
        """``age1…`` or ``openpgp:FINGERPRINT``, sorted: how a key is named everywhere else."""

    def seal(self, data: bytes) -> bytes:
        """Encrypt."""
        return self._envelope.seal(data)


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
        self.folder, self._recipients = folder, recipients
        self._suffix = f"{suffix}{recipients.suffix}"

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
        for path in self.folder.iterdir():
            found = _PART.match(path.name)
            if found and (int(found[1]) > number or path.suffix == NEW):
                path.unlink()
