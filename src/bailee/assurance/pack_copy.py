"""One copy of an evidence pack for one reader: an archive, encrypted for their age key (C2.8(2)).

A pack names people, so what leaves the house in a browser's download folder is encrypted, as an
exported file is. The archive and its copy are files without a name: whatever happens to the
process, nothing of them stays behind.
"""

from __future__ import annotations

import tarfile
import tempfile
from pathlib import Path
from typing import BinaryIO, cast

import pyrage

from bailee.assurance.report_copy import check_recipient
from bailee.errors import Invalid


def check_reader(recipient: str) -> None:
    """Refuse a copy for nobody.

    Raises:
        Invalid: ``pack.recipient``, ``report.recipient``.
    """
    if not recipient:
        raise Invalid(
            "pack.recipient",
            "A copy is encrypted for somebody's age key.",
            do="Make one where the pack will be read, `age-keygen`, and give its age1….",
        )
    check_recipient(recipient)


def copy_of(folder: Path, recipient: str) -> BinaryIO:
    """Return an open file, at its beginning: the pack as tar, under age."""
    sealed = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115 - the door closes it
    with tempfile.TemporaryFile() as plain:
        with tarfile.open(fileobj=plain, mode="w", format=tarfile.PAX_FORMAT) as archive:
            archive.add(folder, folder.name, filter=_nobodys)
        plain.seek(0)
        pyrage.encrypt_io(plain, sealed, [pyrage.x25519.Recipient.from_str(recipient)])
    sealed.seek(0)
    return sealed


def _nobodys(item: tarfile.TarInfo) -> tarfile.TarInfo:
    """Leave out on whose machine the pack was made."""
    item.uid = item.gid = 0
    item.uname = item.gname = ""
    return item
