"""Copying databases out, and putting the data back without bringing the erased back (C4.1, C6).

The order of ``restore_data``; if the process dies between two steps, running it again is safe:

1. take the home's lock; put the copies in their databases' places, the keys' first;
2. learn from the mirror what the key database may have forgotten: deaths, signed heads;
3. delete, in every controller, the rows whose keys are gone, and make anew what finds the others;
4. close each log that is behind what was signed, and open its successor, whose first entry names
   the old one, its signed size and root, and what is lost;
5. sign.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from bailee.app.home import opened
from bailee.app.house import House
from bailee.app.lock import HomeLock
from bailee.app.settings import Settings
from bailee.db import HOUSE, open_database
from bailee.errors import Conflict, Invalid
from bailee.vault import delete_rows


@dataclass
class Restored:
    """What a restore found and did."""

    rows: int = 0
    successors: dict[str, str] = field(default_factory=dict)
    """Closed log → its successor."""


def copy_out(settings: Settings, target: Path, *, keys: bool) -> Path:
    """Copy one of the two databases into a folder, consistently, while it is in use.

    Raises:
        Invalid: ``backup.engine`` on PostgreSQL, whose own tools do this.
        Conflict: ``backup.exists``.
    """
    url = settings.keys_url if keys else settings.database_url
    if not url.startswith("sqlite"):
        raise Invalid(
            "backup.engine",
            "This database is PostgreSQL's to back up.",
            do="Use pg_basebackup or pg_dump; keep data and keys apart.",
        )
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = target / ("keys.db" if keys else "data.db")
    if path.exists():
        raise Conflict("backup.exists", "There is a copy in that folder already.")
    database = open_database(url)
    try:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
            raw = conn.connection.driver_connection
            if raw is not None:
                raw.execute("VACUUM INTO ?", (str(path),))
        path.chmod(0o600)
    finally:
        database.close()
    return path


def restore_data(settings: Settings, source: Path | None, keys: Path | None = None) -> Restored:
    """Put a data backup in place and make the house fit to serve.

    Args:
        settings: which home; its root key is there already (``recover``).
        source: a copy of the data database; None: it is in place.
        keys: a copy of the key database, when that is lost too.

    Raises:
        Invalid: ``restore.missing``, ``restore.engine``. Conflict: ``home.held``.
    """
    for url, copy in ((settings.keys_url, keys), (settings.database_url, source)):
        if copy is not None:
            _put_in_place(settings, url, copy)
    with opened(settings, holder="restore", start=False) as house:
        return reconcile(house)


def _put_in_place(settings: Settings, url: str, source: Path) -> None:
    if not url.startswith("sqlite"):
        raise Invalid(
            "restore.engine",
            "This database is PostgreSQL's to restore.",
            do="Restore it with its own tools, then run `bailee restore` without a file.",
        )
    if not source.is_file():
        raise Invalid("restore.missing", "There is no such copy.", do="Check the path.")
    lock = HomeLock(settings.lock_file)
    lock.take("restore")
    try:
        path = Path(url.removeprefix("sqlite:///"))
        for leftover in ("-wal", "-shm"):
            path.with_name(path.name + leftover).unlink(missing_ok=True)
        draft = path.with_name(path.name + ".restoring")
        shutil.copyfile(source, draft)
        draft.chmod(0o600)
        draft.replace(path)
    finally:
        lock.release()


def reconcile(house: House) -> Restored:
    """Make a restored house fit to serve; see the module for the order."""
    parts, done = house.parts, Restored()
    parts.keys.start()
    names = [HOUSE]
    for row in parts.data.read(HOUSE, parts.agreements.controllers):
        names.append(row.controller)
        done.rows += _delete_dead(house, row.controller)
        if parts.keys.controller_exists(row.controller):
            house.bring_up(row.controller)
    parts.destruction.resume()
    for name in names:
        closed = _succeed_if_behind(house, name)
        if closed:
            done.successors[closed[0]] = closed[1]
    for trouble in parts.ledger.sequence(parts.sequencing).troubles.values():
        raise trouble
    parts.destruction.purge()
    return done


def _delete_dead(house: House, controller: str) -> int:
    """Delete the rows of a controller whose keys have a tombstone."""
    keys, data = house.parts.keys, house.parts.data
    dead: list[str] | None = [stone.key_id for stone in keys.tombstones(controller)]
    if not keys.controller_exists(controller):
        dead = None
    total = 0
    while dead is None or dead:
        count = data.write(controller, lambda conn: delete_rows(conn, controller, dead))
        if not count:
            break
        total += count
    return total


def _succeed_if_behind(house: House, controller: str) -> tuple[str, str] | None:
    """Close a controller's newest log if it is behind its guard; return old and new name."""
    ledger, data = house.parts.ledger, house.parts.data

    def newest(conn: sa.Connection) -> str:
        logs = ledger.logs(conn, controller)
        return logs[-1].log if logs else ""

    old = data.read(controller, newest)
    if not old:
        return None
    try:
        return old, data.write(controller, lambda conn: ledger.succeed(conn, controller))
    except Conflict as conflict:
        if conflict.code != "ledger.not_behind":
            raise
        return None
