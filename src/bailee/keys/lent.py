"""A mirror in a place that a witness lends: somebody else's machine keeps our lines (C6, C2.8(1)).

The witness sees lines that only this house reads. They are sealed under a key of their own, which
lies there too, wrapped by the root: whoever has the root back has the lines back. Sealing is
deterministic (AES-SIV, RFC 5297): a line that is sent twice is one line there. Slot and rank, which
say what supersedes what, are associated data, so that a line cannot be moved. Lines are padded.

What the witness takes on is in ``bailee.witness.kept``. What it cannot do without being found out:
forge or change a line (it does not open), or show fewer deaths than it acknowledged, while the key
database, which remembers their number, is not lost with it. What it can: refuse; and, to a house
whose key database was set back, show less than there was, as anybody can who burns a mirror.

Nothing is asked of it by whom protects or reveals. A call takes ``ask``'s limit at most; after one
that failed, others fail at once for ``PAUSE_SECONDS``, and then one asks again.
"""

from __future__ import annotations

import hmac
import secrets
import threading
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from bailee.canonical import frame
from bailee.db import HOUSE, Database
from bailee.errors import Broken, Failure, Unavailable
from bailee.keys import register
from bailee.keys.mirror import (
    Head,
    Line,
    Made,
    Tombstone,
    mirror_broken,
    mirror_failed,
    read_line,
    write_line,
)
from bailee.keys.root import KEY_BYTES, Root
from bailee.keys.sealed import maker

LASTING, KEY = "-", "key"
CONTEXT = frame(b"bailee mirror 1", b"key")
NAME_BYTES = 8
PAD = 256
REQUEST_BYTES = 60_000
MOST_LINES = 20_000_000
"""A witness that shows more is not believed; nobody kills that many keys."""
PAUSE_SECONDS = 1.0
Ask = Callable[[str, bytes | None], tuple[int, bytes]]
"""Sends what follows the place's address and a body (None: asks); returns status and answer.

Raises:
    Unavailable: ``mirror.failed`` when none came within its limit.
"""


class Sealed(NamedTuple):
    """A line as the witness has it."""

    slot: str
    rank: int
    data: bytes


@dataclass(frozen=True, slots=True)
class MirrorKey:
    """What lines are sealed under."""

    secret: bytes = field(repr=False)

    @property
    def name(self) -> bytes:
        """Return the key's name, which says nothing about it."""
        return self._derive(b"name", "sha256")[:NAME_BYTES]

    def seal(self, line: Line) -> Sealed:
        """Return a line that only this key reads."""
        slot, rank = self._place(line)
        plain = write_line(line)
        plain += b" " * (-len(plain) % PAD)
        sealed = AESSIV(self._derive(b"seal", "sha512")).encrypt(plain, [_bound(slot, rank)])
        return Sealed(slot, rank, self.name + sealed)

    def unseal(self, sealed: Sealed) -> Line:
        """Return the line; raises Broken ``mirror.broken`` for one that was altered or moved."""
        aead = AESSIV(self._derive(b"seal", "sha512"))
        try:
            plain = aead.decrypt(sealed.data[NAME_BYTES:], [_bound(sealed.slot, sealed.rank)])
        except (InvalidTag, ValueError):
            raise mirror_broken() from None
        return read_line(plain.rstrip(b" "))

    def _place(self, line: Line) -> tuple[str, int]:
        match line:
            case Tombstone():
                return LASTING, 0
            case Head():
                return self._slot(b"head", line.log), line.size
            case Made():
                return self._slot(b"made", line.controller, line.purpose), line.version

    def _slot(self, kind: bytes, *names: str) -> str:
        framed = frame(kind, *(name.encode() for name in names))
        return hmac.digest(self._derive(b"slot", "sha256"), framed, "sha256")[:16].hex()

    def _derive(self, use: bytes, digest: str) -> bytes:
        return hmac.digest(self.secret, frame(b"bailee mirror 1", use), digest)


def _bound(slot: str, rank: int) -> bytes:
    return frame(slot.encode(), str(rank).encode())


class LentMirror:
    """See the module; a ``Mirror``.

    Args:
        ask: the way to the place.
        root: wraps the key of the lines.
        database: the key database, which remembers how many deaths were acknowledged.
        place: the address, under which it remembers that.
    """

    def __init__(self, ask: Ask, root: Root, database: Database, place: str) -> None:
        self._ask_it, self._root, self._database = ask, root, database
        self._place = place
        self._key: MirrorKey | None = None
        self._least = 0
        self._silent_until = 0.0
        self._lock = threading.Lock()  # of the first key: not two of one process

    def append(self, lines: Sequence[Line]) -> None:
        """Add lines; see ``Mirror``.

        Raises:
            Broken: ``mirror.behind``.
        """
        if not lines:
            return
        key = self._key or self._first_key()
        self._send(map(key.seal, lines))

    def read(self) -> list[Line]:
        """Return every line, opened, and learn the key.

        Raises:
            Broken: ``mirror.behind`` when deaths are missing, ``mirror.broken``, ``root.*``.
        """
        # The number first: what others add while this reads, it need not meet.
        least = self._database.read(HOUSE, partial(register.mirrored, place=self._place))
        sealed = list(self._pages())
        keys = self._keys(sealed)
        lines = [_opened(one, keys) for one in sealed if one.slot != KEY]
        if len({one for one in sealed if one.slot == LASTING}) < least:
            raise _behind()
        self._least = max(self._least, least)
        if keys:
            self._key = next(iter(keys.values()))
        return lines

    def compact(self) -> None:
        """Do nothing: superseded lines go there by themselves, and nobody takes away the others."""

    def follow_root(self) -> None:
        """Let the root that wraps now wrap the key of the lines; nothing if it did."""
        sealed = [one for one in self._pages() if one.slot == KEY]
        named = self._root.key_id
        done, _ = self._opening(one for one in sealed if maker(one.data) == named)
        for name, key in self._keys(sealed).items():
            if name not in done:
                self._send([self._wrapped(key)])

    def _first_key(self) -> MirrorKey:
        with self._lock:
            if self._key is None:
                self.read()
            if self._key is None:
                key = MirrorKey(secrets.token_bytes(KEY_BYTES))
                self._send([self._wrapped(key)])
                self.read()  # another process may have been first, and its key is everybody's
            if self._key is None:
                raise mirror_failed("The witness forgets what it acknowledged.")
            return self._key

    def _wrapped(self, key: MirrorKey) -> Sealed:
        return Sealed(KEY, 0, self._root.wrap(CONTEXT, key.secret))

    def _keys(self, sealed: Iterable[Sealed]) -> dict[bytes, MirrorKey]:
        """Return the keys that our root opens, by name, the first that was kept first.

        What another root wrapped is of a root that was left; or a stranger's, and opens nothing.

        Raises:
            Broken: ``root.wrong`` when there are some and none is ours. Unavailable: ``root.*``.
        """
        found, trouble = self._opening(sealed)
        if trouble is not None and not found:
            raise trouble
        return found

    def _opening(self, sealed: Iterable[Sealed]) -> tuple[dict[bytes, MirrorKey], Broken | None]:
        """Return the keys that our root opens, and why it did not open one of the others."""
        found, trouble = dict[bytes, MirrorKey](), None
        for one in sealed:
            if one.slot != KEY:
                continue
            try:
                key = MirrorKey(self._root.unwrap(CONTEXT, one.data))
            except Broken as broken:
                trouble = broken
                continue
            found.setdefault(key.name, key)
        return found, trouble

    def _send(self, lines: Iterable[Sealed]) -> None:
        for body in _bodies(lines):
            least = self._least  # before it is asked: others may be acknowledged meanwhile
            ((lasting,), _) = self._ask("", body, 1)
            if lasting < least:
                raise _behind()
            if lasting > least:
                self._remember(partial(register.mirror_has, place=self._place, lines=lasting))
                self._least = max(self._least, lasting)

    def _remember(self, work: Callable[[sa.Connection], None]) -> None:
        try:
            self._database.write(HOUSE, work)
        except sa.exc.IntegrityError:  # another process wrote the first row: now there is one
            self._database.write(HOUSE, work)

    def _pages(self) -> Iterator[Sealed]:
        """Yield everything that the place holds, some at a time."""
        after = total = 0
        while True:
            (_, last, count), rows = self._ask(f"/{after}", None, 3)
            page = [_read(row) for row in rows]
            if len(page) != count:
                raise _no_witness()
            if not page:
                return
            yield from page
            total += count
            if last <= after or total > MOST_LINES:
                raise _no_witness()
            after = last

    def _ask(self, path: str, body: bytes | None, numbers: int) -> tuple[list[int], list[bytes]]:
        """Ask; return the numbers of the answer's first line, and the lines after it."""
        if time.monotonic() < self._silent_until:
            raise mirror_failed("The witness did not answer a moment ago.")
        try:
            status, answer = self._ask_it(path, body)
            if status != 200:
                raise mirror_failed(_REFUSALS.get(status, "The witness does not take it."))
            head, *rows, rest = answer.split(b"\n") if b"\n" in answer else (b"", b"")
            found = [_number(word) for word in head.split(b" ")]
            if len(found) != numbers or rest:
                raise _no_witness()
        except Failure:
            self._silent_until = time.monotonic() + PAUSE_SECONDS
            raise
        return found, rows


_REFUSALS = {
    401: "Give BAILEE_MIRROR_TOKEN_FILE the token that `bailee witness keep` printed.",
    404: "BAILEE_MIRROR names no place that a witness lends.",
    507: "Ask whoever runs the witness for more room.",
}


def _bodies(lines: Iterable[Sealed]) -> Iterator[bytes]:
    """Yield requests that carry all lines, each within what a witness reads."""
    body = b""
    for slot, rank, data in lines:
        row = b"%s %d %s\n" % (slot.encode(), rank, b64encode(data))
        if body and len(body) + len(row) > REQUEST_BYTES:
            yield body
            body = b""
        body += row
    if body:
        yield body


def _read(row: bytes) -> Sealed:
    try:
        slot, rank, text = row.decode("ascii").split(" ")
        return Sealed(slot, _number(rank.encode()), b64decode(text, validate=True))
    except ValueError:
        raise _no_witness() from None


def _number(text: bytes) -> int:
    if not text.isdigit() or len(text) > 18:
        raise _no_witness()
    return int(text)


def _opened(sealed: Sealed, keys: dict[bytes, MirrorKey]) -> Line:
    key = keys.get(sealed.data[:NAME_BYTES])
    if key is None:
        raise mirror_broken()
    return key.unseal(sealed)


def _no_witness() -> Unavailable:
    return mirror_failed("What answers at BAILEE_MIRROR is no witness, or does not end.")


def _behind() -> Broken:
    return Broken(
        "mirror.behind",
        "The witness holds fewer deaths of keys than it acknowledged.",
        do="Its file was set back, or somebody answers for it: ask whoever runs it. To begin anew, "
        "have another place lent and name it in BAILEE_MIRROR; all that is known here goes there.",
    )
