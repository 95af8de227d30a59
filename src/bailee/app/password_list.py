"""The operator's list of passwords that others know, and of words (NIST SP 800-63B-4 3.1.1.2).

Two forms, told apart by the first line: one password or word a line, read through from end to end;
or upper-case SHA-1 hashes ordered by hash, each with ``:`` and a count, as Have I Been Pwned gives
them, searched by bisection. Either is read when somebody sets a password, a block at a time, so
that its size is no matter, and a new file counts at once. A list that cannot be read lets no
password pass: who named one relies on it.
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import BinaryIO

from bailee.errors import NotFound, Unavailable

BLOCK = 1 << 20
LONGEST_LINE = 4096
_HASHED = re.compile(rb"[0-9A-F]{40}(:[0-9]+)?\r?\n?")


class PasswordList:
    """A list at a path; one that is empty holds nothing.

    Raises:
        NotFound: ``settings.password_list``.
    """

    def __init__(self, path: str) -> None:
        self._path = Path(path) if path else None
        if self._path is not None and not self._path.is_file():
            raise NotFound(
                "settings.password_list",
                "The list of passwords cannot be read.",
                do="Correct BAILEE_PASSWORD_LIST.",
            )

    def __contains__(self, text: str) -> bool:
        """Tell whether a text is on the list.

        Raises:
            Unavailable: ``password.list``.
        """
        if self._path is None or not text:
            return False
        try:
            with self._path.open("rb") as file:
                hashed = _HASHED.fullmatch(file.readline(LONGEST_LINE)) is not None
                return (_bisected if hashed else _scanned)(file, text.encode())
        except OSError:
            raise Unavailable("password.list", "The list of passwords cannot be read.") from None


def _scanned(file: BinaryIO, wanted: bytes) -> bool:
    """Look for a line, whatever ends it."""
    file.seek(0)
    rest = b"\n"
    while block := file.read(BLOCK):
        held = rest + block
        if _line_in(held, wanted):
            return True
        rest = held[-(len(wanted) + 3) :]
    return rest.endswith(b"\n" + wanted)


def _line_in(held: bytes, wanted: bytes) -> bool:
    return any(b"\n" + wanted + end in held for end in (b"\n", b"\r\n"))


def _bisected(file: BinaryIO, text: bytes) -> bool:
    """Look for a hash among lines that are ordered; each step reads one line."""
    wanted = hashlib.sha1(text, usedforsecurity=False).hexdigest().upper().encode()
    low, high = 0, os.fstat(file.fileno()).st_size
    while low < high:  # the line wanted begins at ``low`` or later, and before ``high``
        middle = (low + high) // 2
        file.seek(max(middle - 1, 0))
        if middle:
            file.readline(LONGEST_LINE)  # from the middle of a line to its end
        start = file.tell()
        line = file.readline(LONGEST_LINE)
        found = line[: len(wanted)]
        if found == wanted:
            return True
        if not line or found > wanted:
            high = middle
        else:
            low = max(start + len(line), middle + 1)
    return False
