"""The second place for what a restored key database must not forget (C6, C2.8(1)).

A backup of the key database, restored, would bring destroyed keys back to life and let the log be
signed a second time from an earlier size. So three kinds of fact are also appended elsewhere:
deaths of keys, heads that were signed, versions of controller keys that were made. After a
restore the two places are merged: deaths by union, heads and versions by maximum.

Not checked here: that nobody edited a mirror's file. Who can write to it can make keys die at the
next start, or hide a death; a witness beside it (the ledger's cosignatures) covers the heads, and
a place that a witness lends (``lent``) is neither edited nor shortened unseen.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Protocol

from bailee.canonical import decode, encode
from bailee.errors import Broken, Failure, Unavailable
from bailee.keys import files


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A key's death: random key id (or ``controller``, or ``index/3``), when, by which entry.

    ``entry_hash`` is the leaf of the ledger entry that announced it, hex; empty for a key that
    was not destroyed but lost with a restored database.
    """

    controller: str
    key_id: str
    destroyed_at: str
    entry_hash: str


@dataclass(frozen=True, slots=True)
class Head:
    """A tree head that was, or was about to be, signed: log, size, root in hex."""

    log: str
    size: int
    root: str


@dataclass(frozen=True, slots=True)
class Made:
    """A version of a controller key that was made."""

    controller: str
    purpose: str
    version: int


Line = Tombstone | Head | Made
LOCK_SECONDS = 5.0
KINDS: dict[str, type[Line]] = {"death": Tombstone, "head": Head, "made": Made}
WORDS = {kind: word for word, kind in KINDS.items()}


class Mirror(Protocol):
    """A place apart from the key database that is only ever added to."""

    def append(self, lines: Sequence[Line]) -> None:
        """Add lines; durable on return.

        Raises:
            Unavailable: ``mirror.failed``; nothing that depends on the lines may go on.
        """

    def read(self) -> list[Line]:
        """Return every line that was ever acknowledged, in order."""

    def compact(self) -> None:
        """Keep only the lines that count (``summary``), which say as much as all of them."""

    def follow_root(self) -> None:
        """Learn that another root wraps from now on, where anything there is wrapped."""


@dataclass
class Merged:
    """What both places know, and what each has to learn from the other.

    Attributes:
        deaths: tombstones that the database lacks.
        heads: heads on which the database is behind.
        lost: newest versions of controller keys that the database never heard of.
        mirror: lines that the mirror lacks.
    """

    deaths: list[Tombstone] = field(default_factory=list)
    heads: list[Head] = field(default_factory=list)
    lost: list[Made] = field(default_factory=list)
    mirror: list[Line] = field(default_factory=list)


def merge(database: Iterable[Line], mirror: Iterable[Line]) -> Merged:
    """Merge two places: deaths by union, heads and versions by maximum. Pure.

    The order of lines and their repetition mean nothing; the earliest death of a key counts.

    Raises:
        Broken: ``log.guard`` for one size of a log with two roots: it was forked.
    """
    ours, theirs = summary(database), summary(mirror)
    merged = Merged()
    for name in theirs.keys() | ours.keys():
        here, there = ours.get(name), theirs.get(name)
        _one_history(here, there)
        if here is None or (there is not None and _later(there, here)):
            match there:
                case Tombstone():
                    merged.deaths.append(there)
                case Head():
                    merged.heads.append(there)
                case Made():
                    merged.lost.append(there)
        elif there is None or _later(here, there):
            merged.mirror.append(here)
    return merged


def summary(lines: Iterable[Line]) -> dict[tuple[str, ...], Line]:
    """Return the one line that counts for each key, log, and purpose.

    Raises:
        Broken: ``log.guard`` for one size of a log with two roots.
    """
    known: dict[tuple[str, ...], Line] = {}
    for line in lines:
        name = _name(line)
        before = known.get(name)
        _one_history(line, before)
        if before is None or _later(line, before) or _earlier_death(line, before):
            known[name] = line
    return known


def _name(line: Line) -> tuple[str, ...]:
    match line:
        case Tombstone():
            return ("death", line.controller, line.key_id)
        case Head():
            return ("head", line.log)
        case Made():
            return ("made", line.controller, line.purpose)


def _later(line: Line, other: Line) -> bool:
    match line, other:
        case Head(), Head():
            return line.size > other.size
        case Made(), Made():
            return line.version > other.version
    return False  # deaths do not outrank one another: dead is dead


def _earlier_death(line: Line, other: Line) -> bool:
    match line, other:
        case Tombstone(), Tombstone():
            return line.destroyed_at < other.destroyed_at
    return False


def _one_history(here: Line | None, there: Line | None) -> None:
    match here, there:
        case Head(), Head() if here.size == there.size and here.root != there.root:
            raise guard_broken()


def guard_broken() -> Broken:
    """Return the error of a head that contradicts one already signed."""
    return Broken(
        "log.guard",
        "This tree head contradicts one that was already signed.",
        do="Stop. The data database is older than its log, or somebody else signs: restore the "
        "newest data, or close this log and open its successor with `bailee restore`.",
    )


class NoMirror:
    """No second place: for tools that only read. What a restore forgets stays forgotten."""

    def append(self, lines: Sequence[Line]) -> None:
        """Drop the lines."""

    def read(self) -> list[Line]:
        """Return nothing."""
        return []

    def compact(self) -> None:
        """Do nothing."""

    def follow_root(self) -> None:
        """Do nothing."""


class Mirrors:
    """Several places, one of them far away perhaps: all acknowledge, or nothing goes on.

    A line that only the first of them has is sent to the others again at the next start.
    """

    def __init__(self, *places: Mirror) -> None:
        self._places = places

    def append(self, lines: Sequence[Line]) -> None:
        """Add lines to each, in turn; see ``Mirror``."""
        for place in self._places:
            place.append(lines)

    def read(self) -> list[Line]:
        """Return the lines of all, after giving each what others have: one may be new."""
        read = [place.read() for place in self._places]
        lines = [line for found in read for line in found]
        whole = summary(lines)
        for place, found in zip(self._places, read, strict=True):
            known = summary(found)
            place.append([line for name, line in whole.items() if known.get(name) != line])
        return lines

    def compact(self) -> None:
        """Compact each."""
        for place in self._places:
            place.compact()

    def follow_root(self) -> None:
        """Tell each."""
        for place in self._places:
            place.follow_root()


class FileMirror:
    """JSON lines in a file of its owner alone, one fsync for each batch of lines.

    A line is acknowledged when its newline is durable. A torn last line was never acknowledged:
    it is ignored on reading and cut before the next append. Any other line that cannot be read is
    Broken ``mirror.broken``.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def append(self, lines: Sequence[Line]) -> None:
        """Add lines under the file's lock; see ``Mirror``."""
        if not lines:
            return
        try:
            with self._locked() as descriptor:
                _cut_torn(descriptor)
                files.write_all(descriptor, _write(lines))
        except OSError:
            raise mirror_failed() from None

    def read(self) -> list[Line]:
        """Return every whole line."""
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return []
        except OSError:
            raise mirror_failed() from None
        return [read_line(line) for line in data.split(b"\n")[:-1]]

    def compact(self) -> None:
        """Put a shorter file in the place of the old one, whole or not at all."""
        try:
            with self._locked():
                files.replace(self._path, _write(summary(self.read()).values()))
        except OSError:
            raise mirror_failed() from None

    def follow_root(self) -> None:
        """Do nothing: nothing in the file is wrapped."""

    @contextmanager
    def _locked(self) -> Iterator[int]:
        """Open and lock the file that has the name *now*: compaction may replace it meanwhile."""
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        while True:
            new = not self._path.exists()
            descriptor = os.open(self._path, flags, files.PRIVATE)
            try:
                _lock(descriptor)
                if os.fstat(descriptor).st_ino != self._inode():
                    continue
                if new:
                    files.sync_directory(self._path.parent)
                yield descriptor
                return
            finally:
                os.close(descriptor)

    def _inode(self) -> int:
        try:
            return self._path.stat().st_ino
        except FileNotFoundError:
            return -1


def _lock(descriptor: int) -> None:
    """Take the file's lock; a process that was stopped while it holds it must not stop all others.

    Raises:
        OSError: when it is not free for too long.
    """
    until = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                raise
            time.sleep(0.005)
        else:
            return


def _cut_torn(descriptor: int) -> None:
    """Cut what follows the last newline: a line nobody was told about, or zeros of a power cut."""
    size = os.fstat(descriptor).st_size
    if size and os.pread(descriptor, 1, size - 1) != b"\n":
        whole = os.pread(descriptor, size, 0).rfind(b"\n") + 1
        os.ftruncate(descriptor, whole)


def _write(lines: Iterable[Line]) -> bytes:
    return b"".join(write_line(line) + b"\n" for line in lines)


def write_line(line: Line) -> bytes:
    """Return a line as it is kept: canonical JSON with its kind."""
    return encode({"kind": WORDS[type(line)], **asdict(line)})


def read_line(line: bytes) -> Line:
    """Return what ``write_line`` took.

    Raises:
        Broken: ``mirror.broken``.
    """
    try:
        fields = decode(line)
        return KINDS[fields.pop("kind")](**fields)
    except (Failure, KeyError, TypeError, AttributeError):
        raise mirror_broken() from None


def mirror_broken() -> Broken:
    """Return the error of a line that bailee did not write."""
    return Broken(
        "mirror.broken",
        "The mirror of the key database holds a line that bailee did not write.",
        do="Compare it with its own backup; do not serve before both agree.",
    )


def mirror_failed(do: str = "Free space or mount it, then try again.") -> Unavailable:
    """Return the error of a mirror that did not acknowledge."""
    return Unavailable(
        "mirror.failed", "The mirror of the key database cannot be read or written.", do=do
    )
