"""The files beside the pages: one style sheet, two scripts; addressed by what is in them.

Their address holds a part of their hash, so a browser may keep them for a year and still never
shows an old one. htmx is not ours: its hash stands here, and a test compares it.
"""

from __future__ import annotations

import functools
import hashlib
from importlib.resources import files

from bailee.errors import NotFound

MEDIA = {
    "style.css": "text/css; charset=utf-8",
    "console.js": "text/javascript; charset=utf-8",
    "htmx.min.js": "text/javascript; charset=utf-8",
    "mark.svg": "image/svg+xml",
}
HTMX_SHA256 = "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130"
"""htmx.org 4.0.1, ``dist/htmx.min.js`` as published (0BSD; the licence lies beside it)."""
_DIGITS = 16


@functools.cache
def read(name: str) -> bytes:
    """Return a file.

    Raises:
        NotFound: ``route.unknown``.
    """
    if name not in MEDIA:
        raise NotFound("route.unknown", "There is nothing at this address.")
    return (files("bailee.console") / "assets" / name).read_bytes()


@functools.cache
def mark(name: str) -> str:
    """Return the part of a file's hash that stands in its address."""
    return hashlib.sha256(read(name)).hexdigest()[:_DIGITS]


def address(name: str) -> str:
    """Return a file's address."""
    return f"/console/assets/{mark(name)}/{name}"
