"""Searches files for bytes, as a process of its own: run by path, standard library only.

SQLite guards its files with POSIX locks, and those belong to a process: whoever opens and closes
a database's file a second time in the process that serves it lets go of all its locks there.
The next process that opens the database (a backup) would then think itself alone, fold and
remove the write-ahead log under the server, and what the server acknowledged afterwards would be
lost. So nothing in the serving process may open those files but SQLite.

Takes on standard input, as JSON, ``needles`` (hex) and ``paths``; answers on standard output the
places of the needles found, by path. Exit code 2: a file may not be read.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

CHUNK = 1 << 20
UNREADABLE = 2


def held(path: str, needles: Sequence[bytes]) -> list[int]:
    """Return the places of the needles that a file holds; chunks overlap, so none hides."""
    overlap, found = max(map(len, needles)) - 1, set[int]()
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - starts faster without pathlib
            tail = b""
            while chunk := file.read(CHUNK):
                window = tail + chunk
                found.update(at for at, needle in enumerate(needles) if needle in window)
                tail = window[-overlap:]
    except FileNotFoundError:
        pass  # gone since it was listed, and its bytes with it
    return sorted(found)


def main() -> int:
    """Answer one question."""
    asked = json.load(sys.stdin)
    needles = [bytes.fromhex(one) for one in asked["needles"]]
    try:
        found = {path: held(path, needles) for path in asked["paths"]}
    except PermissionError:
        return UNREADABLE
    json.dump({path: places for path, places in found.items() if places}, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
