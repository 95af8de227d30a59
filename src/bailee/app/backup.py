"""Copying databases out, and putting them back without bringing the erased back (C4.1, C6).

A database is copied by its own engine: SQLite's into a file that is a database again, PostgreSQL's
by its own programs (``dump``). A copy has its name once it is whole and durable; if the process
dies before, a draft is left that nothing takes for a copy.

The order of ``restore_data``; if the process dies between two steps, running it again is safe:

1. take the home's lock; put the copies in their databases' places, the keys' first;
2. learn from the mirror what the key database may have forgotten: deaths, signed heads;
3. delete, in every controller, the rows whose keys are gone, and make anew what finds the others;
4. close each log that is behind what was signed, and open its successor, whose first entry names
   the old one, its signed size and root, and what is lost;
5. sign.
"""

from __future__ import annotations

import os
import secrets
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from bailee.app.dump import read_dump, write_dump
from bailee.app.home import opened
from bailee.app.house import House
from bailee.app.lock import HomeLock
from bailee.app.settings import Settings
from bailee.db import HOUSE, open_database
from bailee.errors import Conflict, Invalid
from bailee.keys.files import sync_directory
from bailee.vault import delete_rows

SQLITE = b"SQLite format 3\0"
"""How each of its databases begins."""


@dataclass
class Restored:
    """What a restore found and did."""

    rows: int = 0
    successors: dict[str, str] = field(default_factory=dict)
    """Closed log → its successor."""


def copy_out(settings: Settings, target: Path, *, keys: bool) -> Path:
    """Copy one of the two databases into a folder, consistently, while it is in use.

    Args:
        settings: which home; on PostgreSQL data are read as their owner (``BAILEE_MIGRATOR_URL``).
        target: a folder that holds no copy of the other database: whoever has both has everything.
        keys: the key database instead of the data.

    Raises:
        Conflict: ``backup.exists``, ``backup.together``. And as ``write_dump``.
    """
    url = settings.keys_url if keys else settings.migrator_url
    ending = "db" if url.startswith("sqlite") else "dump"
    mine, other = ("keys", "data") if keys else ("data", "keys")
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any((target / f"{other}.{one}").exists() for one in ("db", "dump")):
        raise Conflict(
            "backup.together",
            "The copy of the other database is in that folder.",
            do="Keep data and keys apart: name a folder in another place.",
        )
    path = target / f"{mine}.{ending}"
    if path.exists():
        raise _there()
    draft = target / f".{path.name}.{secrets.token_hex(8)}"
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    try:
        if ending == "db":
            _vacuum_into(url, draft)
        else:
            write_dump(url, draft)
        os.link(draft, path)  # unlike a rename, a link never replaces
    except FileExistsError:
        raise _there() from None
    finally:
        draft.unlink()
    sync_directory(target)
    return path


def _there() -> Conflict:
    return Conflict("backup.exists", "There is a copy in that folder already.")


def _vacuum_into(url: str, target: Path) -> None:
    database = open_database(url)
    try:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
            raw = conn.connection.driver_connection
            if raw is not None:
                raw.execute("VACUUM INTO ?", (str(target),))
    finally:
        database.close()
    with target.open("rb") as file:
        os.fsync(file.fileno())


def restore_data(
    settings: Settings, source: Path | None, keys: Path | None = None, *, mirrored: bool = True
) -> Restored:
    """Put a data backup in place and make the house fit to serve.

    Args:
        settings: which home; its root key is there already (``recover``).
        source: a copy of the data database; None: it is in place.
        keys: a copy of the key database, when that is lost too.
        mirrored: keys are put back only where a mirror says who was erased since.

    Raises:
        Invalid: ``restore.missing``, ``restore.file``. Conflict: ``restore.unmirrored``,
            ``home.held``. And as ``read_dump``.
    """
    for copy in (keys, source):
        if copy is not None and not copy.is_file():
            raise Invalid("restore.missing", "There is no such copy.", do="Check the path.")
    elsewhere = settings.mirror_lent or settings.mirror_file_holds()
    if mirrored and keys is not None and not elsewhere:
        raise Conflict(
            "restore.unmirrored",
            "There is no mirror, so nobody knows who was erased since that copy of the keys.",
            do="Set BAILEE_MIRROR to the one that survived; if none did, say --without-mirror.",
        )
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = HomeLock(settings.lock_file)
    if settings.embedded:
        lock.take("restore")
    try:
        if keys is not None:
            _put_in_place(settings.keys_url, keys, roles=False)
        if source is not None:
            _put_in_place(settings.migrator_url, source, roles=True)
    finally:
        lock.release()
    if keys is not None and settings.mirror.parent.is_dir():
        settings.mirror.touch(mode=0o600)  # else nothing says here that the deployment stands
    with opened(settings, holder="restore", start=False) as house:
        return reconcile(house)


def _put_in_place(url: str, source: Path, *, roles: bool) -> None:
    if not url.startswith("sqlite"):
        read_dump(url, source, roles=roles)
        return
    with source.open("rb") as file:
        if file.read(len(SQLITE)) != SQLITE:
            raise Invalid(
                "restore.file",
                "That is not a copy of a SQLite database.",
                do="Give what `bailee backup` wrote; a copy of PostgreSQL goes to PostgreSQL.",
            )
    path = Path(url.removeprefix("sqlite:///"))
    for leftover in ("-wal", "-shm"):
        path.with_name(path.name + leftover).unlink(missing_ok=True)
    draft = path.with_name(path.name + ".restoring")
    shutil.copyfile(source, draft)
    draft.chmod(0o600)
    draft.replace(path)


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
