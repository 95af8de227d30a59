"""What a witness keeps for others: the second place of their tombstones and signing guards (C6).

A house that a witness lends a place sends lines that only it can read. Each is of one of three
kinds, and no request takes any of them away:

* ``-`` lasts for ever. Deaths of keys.
* ``key`` lasts for ever, and is not counted. What the other lines are opened with, itself wrapped.
* a slot (32 hex digits) with a rank: a line of a higher rank supersedes it, one of a lower rank is
  not taken. Signed heads. The last ``BEHIND`` ranks stay, so that a false one can be told.

A line is kept once, however often it is sent. The answer to lines, and to a question for them, says
how many last: whoever remembers a larger number knows that something is gone.

What is seen here: how many keys die, and when; how far nameless logs have come. No name.
"""

from __future__ import annotations

import hmac
import re
import secrets
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple

from bailee.errors import Broken, Invalid, Oversized, Unauthenticated
from bailee.ledger.note import from_base64
from bailee.witness.book import Book, Page

LASTING, KEY = "-", "key"
BEHIND = 16
MAX_LINE = 2048
"""Bytes of one line."""
MAX_BYTES = 1 << 16
"""Of one request."""
PAGE = 2000
"""Lines of one answer."""
MEGABYTE = 1 << 20
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_SLOT = re.compile(r"-|key|[0-9a-f]{32}")
_RANK = re.compile(r"0|[1-9][0-9]{0,17}")
_TOKEN = re.compile(r"bm_[A-Za-z0-9_-]{43}")


class Line(NamedTuple):
    """One line: its slot, its rank there, what only its house can read."""

    slot: str
    rank: int
    data: bytes


class Place(NamedTuple):
    """A place that is lent: to whom, its lines that last, bytes of all lines, most of them."""

    name: str
    lasting: int
    size: int
    most: int


class Kept:
    """The places in a witness's book."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def lend(self, name: str, megabytes: int) -> str:
        """Make a place, or give a place that stands a new token; return the token, shown once.

        Raises:
            Invalid: ``kept.name``.
        """
        if not NAME.fullmatch(name):
            raise Invalid("kept.name", "A place's name has a-z, 0-9 and -, 32 at most.")
        token = "bm_" + secrets.token_urlsafe(32)
        row = (name, _digest(token), megabytes * MEGABYTE)
        self._book.change(
            lambda page: page.execute(
                "INSERT INTO place (name, token, most, size, lasting, last) "
                "VALUES (?, ?, ?, 0, 0, 0) ON CONFLICT (name) "
                "DO UPDATE SET token = excluded.token, most = excluded.most",
                row,
            )
        )
        return token

    def places(self) -> list[Place]:
        """Return the places that are lent."""
        query = "SELECT name, lasting, size, most FROM place ORDER BY name"
        return self._book.change(lambda page: [Place(*row) for row in page.execute(query)])

    def admit(self, name: str, token: str) -> None:
        """Let in who shows a place's token.

        Raises:
            Unauthenticated: ``kept.token``, for a place that there is not too.
        """
        query = "SELECT token FROM place WHERE name = ?"
        row = self._book.change(lambda page: page.execute(query, (name,)).fetchone())
        shown = _digest(token) if _TOKEN.fullmatch(token) else b""
        if not row or not hmac.compare_digest(row[0], shown):
            raise Unauthenticated("kept.token", "No place is open to that token.")

    def add(self, name: str, lines: Sequence[Line]) -> int:
        """Keep lines, all or none, durable on return; return how many of the place last.

        Raises:
            Oversized: ``kept.full``.
        """
        return self._book.change(lambda page: _add(page, name, lines))

    def read(self, name: str, after: int) -> tuple[int, int, list[Line]]:
        """Return how many lines last, the place of the last line given here, and the lines.

        What is superseded meanwhile is not missed: what superseded it comes later. No lines: that
        was all.
        """
        return self._book.change(lambda page: _read(page, name, after))


def _add(page: Page, name: str, lines: Sequence[Line]) -> int:
    query = "SELECT size, most, lasting, last FROM place WHERE name = ?"
    size, most, lasting, last = page.execute(query, (name,)).fetchone()
    for line in lines:
        digest = sha256(line.data).digest()
        if _known(page, name, line, digest):
            continue
        last += 1
        row = (name, last, line.slot, line.rank, digest, line.data)
        page.execute("INSERT INTO line VALUES (?, ?, ?, ?, ?, ?)", row)
        size += len(line.data)
        lasting += line.slot == LASTING
        if line.slot not in {LASTING, KEY}:
            size -= _drop_superseded(page, name, line.slot)
    if size > most:
        raise Oversized("kept.full", "The place that was lent is full.")
    change = "UPDATE place SET size = ?, lasting = ?, last = ? WHERE name = ?"
    page.execute(change, (size, lasting, last, name))
    return int(lasting)


def _known(page: Page, name: str, line: Line, digest: bytes) -> bool:
    """Say whether a line is there, or one that supersedes it."""
    there = "SELECT 1 FROM line WHERE name = ? AND slot = ? AND rank = ? AND digest = ?"
    if page.execute(there, (name, line.slot, line.rank, digest)).fetchone():
        return True
    higher = "SELECT 1 FROM line WHERE name = ? AND slot = ? AND rank > ? LIMIT 1"
    return page.execute(higher, (name, line.slot, line.rank)).fetchone() is not None


def _drop_superseded(page: Page, name: str, slot: str) -> int:
    """Drop what is more than ``BEHIND`` ranks behind in a slot; return its bytes."""
    where = (
        "name = :name AND slot = :slot AND rank <= (SELECT DISTINCT rank FROM line "
        "WHERE name = :name AND slot = :slot ORDER BY rank DESC LIMIT 1 OFFSET :behind)"
    )
    asked = {"name": name, "slot": slot, "behind": BEHIND}
    query = f"SELECT coalesce(sum(length(data)), 0) FROM line WHERE {where}"  # noqa: S608 - above
    (freed,) = page.execute(query, asked).fetchone()
    if freed:
        page.execute(f"DELETE FROM line WHERE {where}", asked)  # noqa: S608 - above
    return int(freed)


def _read(page: Page, name: str, after: int) -> tuple[int, int, list[Line]]:
    query = "SELECT lasting FROM place WHERE name = ?"
    (lasting,) = page.execute(query, (name,)).fetchone()
    query = (
        "SELECT place, slot, rank, data FROM line WHERE name = ? AND place > ? "
        "ORDER BY place LIMIT ?"
    )
    rows = page.execute(query, (name, after, PAGE)).fetchall()
    last = int(rows[-1][0]) if rows else after
    return int(lasting), last, [Line(*row[1:]) for row in rows]


def read_lines(body: bytes) -> list[Line]:
    """Return the lines of a request: slot, rank and base64, each with its end. Pure, and strict.

    Raises:
        Invalid: ``kept.form``.
    """
    try:
        *rows, rest = body.decode("ascii").split("\n")
        lines = [_read_line(row) for row in rows]
    except (ValueError, Broken):
        raise _malformed() from None
    if rest or not lines:
        raise _malformed()
    return lines


def write_lines(lines: Sequence[Line]) -> str:
    """Return lines as they travel."""
    return "".join(f"{slot} {rank} {b64encode(data).decode()}\n" for slot, rank, data in lines)


def _read_line(row: str) -> Line:
    slot, rank, text = row.split(" ")
    data = from_base64(text)
    sound = _SLOT.fullmatch(slot) and _RANK.fullmatch(rank) and 0 < len(data) <= MAX_LINE
    if not sound or (slot in {LASTING, KEY} and rank != "0"):
        raise _malformed()
    return Line(slot, int(rank), data)


def _digest(token: str) -> bytes:
    return sha256(token.encode()).digest()


def _malformed() -> Invalid:
    return Invalid("kept.form", "Each line is a slot, a rank and base64.")
