"""What a witness remembers: its key, whom it trusts, and how far each log has come.

One SQLite file with ``synchronous=FULL``. A checkpoint is looked up, compared and written in one
immediate transaction, across threads and processes; what that transaction returns is handed out
after its commit only. If the process dies before the commit nothing was promised; if it dies
after it, before the answer, the log asks again and gets the same size back.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pysqlite3 import dbapi2 as pysqlite

from bailee.errors import Broken, Conflict, NotFound, Unavailable
from bailee.ledger.note import COSIGNATURE, Signer, Verifier, read_vkey

BUSY_SECONDS = 5.0
MAX_FORKS = 100
"""Contradictions kept for each log; one would be proof enough."""
SHAPE = """
CREATE TABLE witness (one INTEGER PRIMARY KEY CHECK (one = 1),
    name TEXT NOT NULL, seed BLOB NOT NULL, newest INTEGER NOT NULL);
CREATE TABLE trusted (origin TEXT, vkey TEXT, PRIMARY KEY (origin, vkey)) WITHOUT ROWID;
CREATE TABLE seen (origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL,
    note TEXT NOT NULL, line TEXT NOT NULL, time INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE fork (origin TEXT, size INTEGER, root BLOB, note TEXT NOT NULL,
    time INTEGER NOT NULL, PRIMARY KEY (origin, size, root)) WITHOUT ROWID
"""
LENT = """
CREATE TABLE place (name TEXT PRIMARY KEY, token BLOB NOT NULL, most INTEGER NOT NULL,
    size INTEGER NOT NULL, lasting INTEGER NOT NULL, last INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE line (name TEXT, place INTEGER, slot TEXT NOT NULL, rank INTEGER NOT NULL,
    digest BLOB NOT NULL, data BLOB NOT NULL, PRIMARY KEY (name, place));
CREATE UNIQUE INDEX line_once ON line (name, slot, rank, digest);
CREATE TRIGGER line_stays BEFORE UPDATE ON line BEGIN SELECT RAISE(ABORT, 'a line stays'); END;
CREATE TRIGGER line_lasts BEFORE DELETE ON line WHEN OLD.slot IN ('-', 'key')
    BEGIN SELECT RAISE(ABORT, 'a line lasts'); END;
PRAGMA user_version = 2
"""
"""For ``kept``: places that are lent, and their lines. Files of before have none of it."""
T = TypeVar("T")


class Seen(NamedTuple):
    """The newest checkpoint of a log: size, root, its note, our line under it, when."""

    size: int
    root: bytes
    note: str
    line: str
    time: int


def create(path: Path, name: str) -> Verifier:
    """Make a witness under a new key; return its public half.

    Raises:
        Conflict: ``witness.exists``. Invalid: ``note.name``.
    """
    key = Ed25519PrivateKey.generate()
    verifier = Verifier(name, key.public_key().public_bytes_raw(), COSIGNATURE)
    read_vkey(verifier.vkey, COSIGNATURE)  # refuses a name that no key may have
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        raise Conflict(
            "witness.exists", "There is a witness in that file.", do="Name another file."
        ) from None
    except OSError:
        raise Unavailable("witness.file", "That file cannot be made.") from None
    conn = _connect(path)
    try:
        conn.execute("BEGIN IMMEDIATE")
        _run(conn, SHAPE)
        _run(conn, LENT)
        row = (name, key.private_bytes_raw())
        conn.execute("INSERT INTO witness VALUES (1, ?, ?, 0)", row)
        conn.execute("COMMIT")
    finally:
        conn.close()
    return verifier


class Book:
    """An opened file; one transaction at a time.

    Raises:
        NotFound: ``witness.missing``. Broken: ``witness.file`` for a file of something else.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise NotFound(
                "witness.missing", "There is no witness in that file.", do="Run `witness init`."
            )
        self._lock = threading.Lock()
        self._conn = _connect(path)  # owned by _lock
        try:
            version = _grown(self._conn)
            row = version == 2 and self._conn.execute("SELECT name, seed FROM witness").fetchone()
        except pysqlite.Error:
            row = None
        if not row:
            self._conn.close()
            raise Broken("witness.file", "That file is not a witness's.")
        self.signer = Signer(row[0], Ed25519PrivateKey.from_private_bytes(row[1]))

    @property
    def verifier(self) -> Verifier:
        """Return the key that cosignatures are checked with."""
        public = self.signer.key.public_key().public_bytes_raw()
        return Verifier(self.signer.name, public, COSIGNATURE)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._conn.close()

    # Whom it trusts.

    def trust(self, origin: str, verifier: Verifier) -> None:
        """Accept checkpoints of an origin that a key signed; a log may have several keys."""
        row = (origin, verifier.vkey)
        self.change(lambda page: page.execute("INSERT OR IGNORE INTO trusted VALUES (?, ?)", row))

    def trusted(self, origin: str) -> list[Verifier]:
        """Return the keys of a log, none for a log that nobody named."""
        query = "SELECT vkey FROM trusted WHERE origin = ?"
        return [read_vkey(vkey) for (vkey,) in self._rows(query, origin)]

    def origins(self) -> list[str]:
        """Return the logs that are trusted, in order."""
        return [row[0] for row in self._rows("SELECT DISTINCT origin FROM trusted ORDER BY 1")]

    # What it saw.

    def seen(self, origin: str) -> Seen | None:
        """Return how far a log has come."""
        return self.change(lambda page: page.seen(origin))

    def forks(self, origin: str) -> list[str]:
        """Return signed notes that contradict what was cosigned: proofs of two histories."""
        query = "SELECT note FROM fork WHERE origin = ? ORDER BY size, root"
        return [row[0] for row in self._rows(query, origin)]

    def change(self, work: Callable[[Page], T]) -> T:
        """Do work in one transaction that nobody else is in; return when it is durable.

        Raises:
            Unavailable: ``witness.file``; nothing was changed, or nobody may be told that it was.
        """
        with self._lock:
            try:
                with _transaction(self._conn):
                    return work(Page(self._conn))
            except pysqlite.Error:
                raise Unavailable(
                    "witness.file", "The witness's file cannot be read or written."
                ) from None

    def _rows(self, query: str, *values: object) -> list[Any]:
        return self.change(lambda page: page.execute(query, values).fetchall())


class Page:
    """The file inside one transaction."""

    def __init__(self, conn: Any) -> None:
        self.execute = conn.execute

    def seen(self, origin: str) -> Seen | None:
        """Return how far a log has come."""
        query = "SELECT size, root, note, line, time FROM seen WHERE origin = ?"
        row = self.execute(query, (origin,)).fetchone()
        return Seen(*row) if row else None

    def newest(self) -> int:
        """Return the latest time that was ever signed."""
        return int(self.execute("SELECT newest FROM witness").fetchone()[0])

    def write(self, origin: str, seen: Seen) -> None:
        """Remember a checkpoint as the newest of its log."""
        self.execute("INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?, ?, ?)", (origin, *seen))
        self.execute("UPDATE witness SET newest = max(newest, ?)", (seen.time,))

    def write_fork(self, origin: str, seen: Seen) -> None:
        """Keep a signed note that contradicts the one that was cosigned, if there is room."""
        query = "SELECT count(*) FROM fork WHERE origin = ?"
        if self.execute(query, (origin,)).fetchone()[0] < MAX_FORKS:
            row = (origin, seen.size, seen.root, seen.note, seen.time)
            self.execute("INSERT OR IGNORE INTO fork VALUES (?, ?, ?, ?, ?)", row)


def _connect(path: Path) -> Any:
    conn = pysqlite.connect(
        str(path), isolation_level=None, check_same_thread=False, timeout=BUSY_SECONDS
    )
    try:
        conn.execute("PRAGMA journal_mode = WAL")
        conn.execute("PRAGMA synchronous = FULL")
    except pysqlite.Error:
        conn.close()
        raise Broken("witness.file", "That file is not a witness's.") from None
    return conn


def _grown(conn: Any) -> int:
    """Return the shape of a file, after bringing one of before to this one."""
    with _transaction(conn):
        (version,) = conn.execute("PRAGMA user_version").fetchone()
        if version == 1:
            _run(conn, LENT)
        return int(conn.execute("PRAGMA user_version").fetchone()[0])


def _run(conn: Any, script: str) -> None:
    """Run statements in the transaction that is open; each ends with its line."""
    for statement in script.split(";\n"):
        conn.execute(statement)


@contextmanager
def _transaction(conn: Any) -> Iterator[None]:
    conn.execute("BEGIN IMMEDIATE")
    try:
        yield
        conn.execute("COMMIT")
    except BaseException:
        if conn.in_transaction:
            conn.execute("ROLLBACK")
        raise
