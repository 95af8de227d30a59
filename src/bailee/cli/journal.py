"""The journal of a long piece of work: what was begun, what is done, where the output stood.

One JSON document a line, each durable (fsync) before the next step is taken, so that a process
killed at any moment leaves a journal that says where to go on:

* ``head``: what the work is made of (digests, names, a random id). Work that differs is refused.
* ``sent``: a batch is about to be sent, with its rows and the time. *Dies after it: the batch may
  or may not have been done; it is sent again under the same key.*
* ``done``: the batch was answered, and everything up to these sizes is durable in the output.
  *Dies before it: the output is cut back to the sizes of the line before.*
* ``counted``: nothing is left to do; this is the sum that is accounted for.
* ``end``: nothing is left.

No protected value, no word of the caller, no reference of a person stands in it. The open file is
locked, so that two processes never go on with one journal.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import msgspec

from bailee.errors import Broken, Conflict, Invalid, Unavailable

Line = dict[str, Any]
Sync = Callable[[int], None]
FORMAT = "bailee/1"
LOCKED = (errno.EWOULDBLOCK, errno.EACCES)


@dataclass
class Past:
    """What a journal says was done before."""

    head: Line
    sent: dict[int, Line] = field(default_factory=dict)
    """Batches that were sent and not answered, each as it was sent first."""
    last: Line = field(default_factory=dict)
    """The newest ``done`` line; empty when there is none."""
    counted: Line = field(default_factory=dict)
    """The sum, once it was made; empty before."""
    ended: bool = False


class Journal:
    """An open, locked journal; use it as a context.

    Args:
        path: the file; made readable by its owner alone.
        head: what the work is made of, without its id.
        make_id: makes the id of new work.
        sync: makes a descriptor's bytes durable.

    Raises:
        Conflict: ``journal.running`` when another process works with it; ``journal.other`` when it
            belongs to other work: another file, mapping, controller or purpose.
        Broken: ``journal.broken``.
    """

    def __init__(
        self, path: Path, head: Line, *, make_id: Callable[[], str], sync: Sync = os.fsync
    ) -> None:
        self._sync = sync
        self.path = path
        self._file = open_regular(path)
        try:
            lock(self._file, "journal.running", "Another process works with this journal.")
            lines, size = _read_lines(self._file)
            os.ftruncate(self._file, size)
            os.lseek(self._file, size, os.SEEK_SET)
            self.past = _past(lines)
            if not lines:
                self.past.head = {"journal": FORMAT, **head, "id": make_id()}
                self.write("head", **self.past.head)
                sync_folder(path.parent, sync)
            else:
                _check_same(self.past.head, head)
        except BaseException:
            os.close(self._file)
            raise

    @property
    def id(self) -> str:
        """The random id of this work."""
        return str(self.past.head["id"])

    def write(self, what: str, **members: Any) -> None:
        """Add a line, durably. If it cannot be written, nothing after it is done."""
        append(self._file, msgspec.json.encode({"line": what, **members}) + b"\n", self._sync)

    def close(self) -> None:
        """Close the file, which ends the lock."""
        os.close(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Appended:
    """An output file that grows by whole batches and is cut back to the last whole one.

    It is made with its first batch: what has nothing to say leaves no file.

    Args:
        path: the file; not a link, readable by its owner alone.
        size: what of it counts; whatever stands behind it was left by a death.

    Raises:
        Broken: ``output.short`` when it holds less than what was made durable.
    """

    def __init__(self, path: Path, size: int, sync: Sync = os.fsync) -> None:
        self._sync, self._path, self.size = sync, path, size
        self._file: int | None = None
        if size or path.exists():
            self._open()

    def add(self, data: bytes) -> None:
        """Append, durably."""
        if data:
            append(self._open() if self._file is None else self._file, data, self._sync)
            self.size += len(data)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            os.close(self._file)

    def _open(self) -> int:
        self._file = open_regular(self._path)
        if os.fstat(self._file).st_size < self.size:
            raise Broken(
                "output.short",
                "The output holds less than the journal says was written.",
                do="Put it back as it was; or import the rest of the file as a file of its own.",
            )
        os.ftruncate(self._file, self.size)
        os.lseek(self._file, self.size, os.SEEK_SET)
        sync_folder(self._path.parent, self._sync)
        return self._file


def open_regular(path: Path) -> int:
    """Open or make a file for reading and writing; never through a link.

    Raises:
        Invalid: ``output.kind``, ``output.folder``.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
    try:
        file = os.open(path, flags, 0o600)
    except FileNotFoundError:
        raise Invalid("output.folder", "The folder to write into does not exist.") from None
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise Unavailable("output.full", "No file can be made there.") from None
        raise _not_a_file() from None
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise _not_a_file()
    return file


def lock(file: int, code: str, says: str) -> None:
    """Take a file for this process, or say who is in the way.

    Raises:
        Conflict: with the code given. A file system without locks takes none.
    """
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in LOCKED:
            raise Conflict(code, says, do="Wait until it is done.", retryable=True) from None


def append(file: int, data: bytes, sync: Sync) -> None:
    """Write every byte, durably.

    Raises:
        Unavailable: ``output.full``. What was written of it is cut off at the next start.
    """
    view = memoryview(data)
    try:
        while view:
            view = view[os.write(file, view) :]
        sync(file)
    except OSError as error:
        raise Unavailable(
            "output.full",
            f"The output cannot be written ({os.strerror(error.errno or 0)}).",
            do="Make room; the same command goes on where it stopped.",
        ) from None


def sync_folder(folder: Path, sync: Sync) -> None:
    """Make names in a folder durable."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        sync(opened)
    finally:
        os.close(opened)


def _read_lines(file: int) -> tuple[list[Line], int]:
    """Return the whole lines and how many bytes they take; a torn tail is not a line."""
    lines, size = [], 0
    with os.fdopen(os.dup(file), "rb") as data:
        for raw in data:
            try:
                if not raw.endswith(b"\n"):
                    break
                lines.append(msgspec.json.decode(raw, type=Line))
            except msgspec.DecodeError:
                if data.read(1).strip(b"\x00"):
                    raise Broken(
                        "journal.broken",
                        "A line in the middle of the journal cannot be read.",
                        do="Put the journal back as it was.",
                    ) from None
                break
            size += len(raw)
    return lines, size


def _past(lines: list[Line]) -> Past:
    past = Past(lines[0] if lines else {})
    for line in lines[1:]:
        what, number = line.get("line"), line.get("batch", 0)
        if what == "sent":
            past.sent.setdefault(number, line)
        elif what == "done":
            past.sent.pop(number, None)
            past.last = line
        elif what == "counted":
            past.counted = line
        elif what == "end":
            past.ended = True
    return past


def _check_same(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    other = [name for name, value in wanted.items() if found.get(name) != value]
    if found.get("journal") != FORMAT or other:
        named = ", ".join(other) or "journal"
        raise Conflict(
            "journal.other",
            f"The journal belongs to other work: {named} differs.",
            do="Go on with what it was begun with, or name another output with --out.",
        )


def _not_a_file() -> Invalid:
    return Invalid(
        "output.kind",
        "The output is a link, a device, or not yours to write.",
        do="Name a new file in a folder of your own.",
    )
