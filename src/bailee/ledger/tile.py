"""Tiles and entry bundles as C2SP tlog-tiles lays them out. Pure.

``tile/<level>/<n>[.p/<width>]`` holds hashes, ``tile/entries/<n>[.p/<width>]`` the entries
themselves, each behind its length in two bytes (big endian). ``n`` is written in groups of three
digits, all but the last behind an ``x``: 1234067 is ``x001/x234/067``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bailee.errors import Broken
from bailee.ledger.merkle import WIDTH

MAX_LEVEL = 63


def index_path(n: int) -> str:
    """Return the path of a tile's number."""
    groups = [f"{n % 1000:03d}"]
    while n >= 1000:
        n //= 1000
        groups.append(f"x{n % 1000:03d}")
    return "/".join(reversed(groups))


def tile_path(level: int, n: int, width: int = WIDTH) -> str:
    """Return the path of a tile of hashes; a width below 256 makes it partial."""
    return f"tile/{level}/{index_path(n)}{_suffix(width)}"


def bundle_path(n: int, width: int = WIDTH) -> str:
    """Return the path of a bundle of entries."""
    return f"tile/entries/{index_path(n)}{_suffix(width)}"


def _suffix(width: int) -> str:
    return "" if width == WIDTH else f".p/{width}"


def widths(size: int) -> Iterator[tuple[int, int, int]]:
    """Yield (level, full tiles, width of the partial tile or 0) of a tree of ``size`` leaves."""
    level = 0
    while size:
        yield level, size // WIDTH, size % WIDTH
        level, size = level + 1, size // WIDTH


def pack_bundle(entries: Sequence[bytes]) -> bytes:
    """Return a bundle of entries (each at most 65,535 bytes)."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def unpack_bundle(data: bytes) -> list[bytes]:
    """Return the entries of a bundle.

    Raises:
        Broken: ``ledger.bundle`` when a length does not fit what follows it.
    """
    entries, at = [], 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if at + 2 > len(data) or end > len(data):
            raise Broken("ledger.bundle", "A bundle of entries ends inside an entry.")
        entries.append(data[at + 2 : end])
        at = end
    return entries


_PATH = re.compile(r"(0|[1-9][0-9]?|entries)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


def read_path(path: str) -> tuple[int, int, int] | None:
    """Return (level, n, width) of what follows ``tile/`` in a path; level -1 for entries.

    None when it is no tile's path.
    """
    found = _PATH.fullmatch(path)
    if found is None:
        return None
    level = -1 if found[1] == "entries" else int(found[1])
    n = int(found[2].replace("x", "").replace("/", ""))
    return level, n, int(found[3] or WIDTH)
