"""The burglary that must fail: an old copy of the data, and every key of today (C6).

An operator's act beside a running server, like a backup: it reads the key database and the root,
and shows counts alone. On SQLite the copy is opened so that nothing in it changes.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import sqlalchemy as sa
from pysqlite3 import dbapi2 as pysqlite

from bailee.app.settings import Settings
from bailee.clock import Clock
from bailee.db import HOUSE, open_database
from bailee.errors import Invalid
from bailee.keys import Keys, Notes, Reach, open_roots
from bailee.keys import store as key_store
from bailee.keys.hierarchy import controller_unknown
from bailee.transaction import T, Work
from bailee.vault.attempt import Copy, Tried, attempt

MOST_GUESSES = 100_000


def read_guesses(path: Path | None) -> dict[str, list[str]]:
    """Read a CSV of element and value, without a header; ``subject`` guesses at references.

    Raises:
        Invalid: ``guesses.form``.
    """
    found: dict[str, list[str]] = {}
    if path is None:
        return found
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            rows = list(islice(csv.reader(lines, strict=True), MOST_GUESSES + 1))
        for name, value in rows:
            found.setdefault(name, []).append(value)
    except (OSError, UnicodeError, ValueError, csv.Error):
        rows = [[]] * (MOST_GUESSES + 1)
    if len(rows) > MOST_GUESSES:
        raise Invalid(
            "guesses.form",
            f"Guesses are a CSV file with two columns and at most {MOST_GUESSES} lines.",
            do="Write an element, or the word subject, and a value on each line.",
        )
    return found


def try_copy(
    settings: Settings, address: str, controllers: Sequence[str], guesses: Mapping[str, list[str]]
) -> Tried:
    """Try to open and to guess what was erased.

    Args:
        settings: whose keys.
        address: of the copy: a file, or ``postgresql://…`` of a database it was restored into.
        controllers: whose rows; none means all that ever had keys.
        guesses: values by element.

    Raises:
        Invalid: ``copy.missing``, ``db.url``, ``element.unknown``. Unavailable: ``root.*``.
        NotFound: ``controller.unknown``: a mistyped name would try nothing and look like a success.
    """
    keys_database, notes = open_database(settings.keys_url), Notes(Clock())
    notes.keep_in(keys_database)  # a provider's record must explain these unwraps too
    root = open_roots(settings.root_places, notes)
    keys = Keys(
        keys_database, root, Clock(), reach=Reach(settings.held_folder, settings.held_hosts)
    )
    found = Tried(guesses=sum(map(len, guesses.values())))
    try:
        keys.check_root(root)
        known = keys_database.read(HOUSE, key_store.holders)
        if not set(controllers) <= set(known):
            raise controller_unknown()
        with _opened(address) as copy:
            for name in controllers or known:
                if name != HOUSE:
                    found.add(name, attempt(copy, keys, name, guesses))
        notes.flush()
    finally:
        keys.close()
        keys_database.close()
    return found


@contextmanager
def _opened(address: str) -> Iterator[Copy]:
    if "://" in address:
        database = open_database(address)
        try:
            yield database
        finally:
            database.close()
        return
    if not Path(address).is_file():
        raise Invalid("copy.missing", "There is no such copy.", do="Check the path.")
    copy = SqliteCopy(Path(address))
    try:
        yield copy
    finally:
        copy.close()


class SqliteCopy:
    """A file that is only read: a backup, in which nothing may change."""

    def __init__(self, path: Path) -> None:
        address = f"{path.resolve().as_uri()}?mode=ro"
        self.engine = sa.create_engine(
            "sqlite://",
            creator=lambda: pysqlite.connect(address, uri=True),
            module=pysqlite,
            poolclass=sa.NullPool,
        )

    def read(self, _controller: str, work: Work[T]) -> T:
        """Run work that only reads.

        Raises:
            Invalid: ``copy.form`` when the file is no database of ours.
        """
        try:
            with self.engine.connect() as conn:
                return work(conn)
        except sa.exc.DatabaseError:
            raise Invalid(
                "copy.form", "That file is no copy of a data database.", do="Check the path."
            ) from None

    def close(self) -> None:
        """Close it."""
        self.engine.dispose()
