"""PostgreSQL's own programs: one database into a file, and back out of it (C4.1).

``pg_dump`` copies what one snapshot sees, while the database is in use; it refuses to leave out
rows that a policy hides, and so do we, before it begins. ``pg_restore`` works in one transaction:
if it dies, the database is what it was, and it may be run again.

A copy is restored with the rights of the tables' owner, and can name any statement: whoever can
change it can do what the owner can. Not checked here: that nobody did. What the programs say is
not passed on, for it may quote a row; only its kind is.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg.conninfo import make_conninfo

from bailee.errors import Conflict, Invalid, NotFound, Refused, Unavailable
from bailee.migrations.policies import make_roles

CONNECT_SECONDS = 10
LEAVING, LOOK_AGAIN = 2.0, 0.05
"""Seconds that a session which ended may still take to leave, and between two looks at that."""
LOCK_WAIT = "30s"
"""A migration that holds its tables longer than this fails the copy, which is tried again."""
_CAUSES: tuple[tuple[tuple[str, ...], str], ...] = (
    (('role "', "does not exist"), "Make the roles that had rights on it, then try again."),
    (("permission denied",), "Give BAILEE_MIGRATOR_URL a role that owns the database."),
    (("must be owner",), "Give BAILEE_MIGRATOR_URL a role that owns the database."),
    (("connection to server",), "The server does not answer, or not to this role."),
    (("No space left",), "Free space, then try again."),
    (("version",), "Use the programs of the server's own release."),
)
"""What stands in a program's message, all of it, and what to do then; the first that fits."""
_HIDDEN = """
SELECT coalesce(bool_or(row_security_active(oid)), false) FROM pg_class
 WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
"""
_OTHERS = """
SELECT count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename IS NOT NULL
"""
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"


def write_dump(url: str, target: Path) -> None:
    """Copy a database into a file of its owner alone.

    Args:
        url: the database, in a role that sees every row.
        target: an empty file; half of a copy when this raises.

    Raises:
        Refused: ``backup.role``. NotFound: ``backup.program``. Unavailable: ``backup.failed``.
    """
    program = _found("pg_dump")
    with _connected(url) as conn:
        if _one(conn, _HIDDEN):
            raise Refused(
                "backup.role",
                "Row-level security hides rows from this database role.",
                do="Set BAILEE_MIGRATOR_URL to a role that may read all of it: BYPASSRLS, and "
                "owner of the tables or member of pg_read_all_data.",
            )
    conninfo, password = _conninfo(url)
    with target.open("wb") as file:
        options = ("--format=custom", f"--lock-wait-timeout={LOCK_WAIT}", f"--dbname={conninfo}")
        _run([program, *options], password, file.fileno())
        os.fsync(file.fileno())


def read_dump(url: str, source: Path, *, roles: bool) -> None:
    """Put a copy in a database's place, whole or not at all.

    Args:
        url: the database, in the role that will own its tables.
        source: what ``write_dump`` wrote.
        roles: make the roles that policies name, where the cluster is new.

    Raises:
        Invalid: ``restore.file``. Conflict: ``restore.served``, ``restore.newer``.
        NotFound: ``backup.program``. Unavailable: ``backup.failed``.
    """
    program = _found("pg_restore")
    named = _tables(program, source)
    with _connected(url) as conn:
        _check_free(conn, named)
        if roles:
            _make_roles(url)
        conninfo, password = _conninfo(url)
        how = ("--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error")
        _run([program, *how, f"--dbname={conninfo}", str(source)], password)
        conn.execute("ANALYZE")  # a copy brings no statistics


def _check_free(conn: psycopg.Connection[Any], named: set[str]) -> None:
    """Refuse a database that is in use, or that holds what the copy would leave standing.

    A session that was ended a moment ago is still leaving: it gets that moment. Who connects after
    this look is not noticed: stopping the servers is the operator's part.
    """
    end = monotonic() + LEAVING
    while (served := _one(conn, _OTHERS)) and monotonic() < end:
        sleep(LOOK_AGAIN)
    if served:
        raise Conflict(
            "restore.served",
            "Somebody is connected to the database.",
            do="Stop every server and session on it, then try again.",
        )
    if {str(name) for (name,) in conn.execute(_TABLES)} - named:
        raise Conflict(
            "restore.newer",
            "The database holds tables that are not in the copy.",
            do="Drop the database and make an empty one of its name, then try again.",
        )


def _tables(program: str, source: Path) -> set[str]:
    """Return the tables that a copy names in its table of contents."""
    done = subprocess.run(  # noqa: S603 - a program of PostgreSQL's, with a path we were given
        [program, "--list", str(source)], capture_output=True, check=False
    )
    if done.returncode:
        raise Invalid(
            "restore.file",
            "That is not a copy of a PostgreSQL database, or not a whole one.",
            do="Give what `bailee backup` wrote; a copy of SQLite goes to SQLite.",
        )
    words = [line.split() for line in done.stdout.decode(errors="replace").splitlines()]
    # 215; 1259 16389 TABLE public vault_record owner
    return {line[5] for line in words if line[3:5] == ["TABLE", "public"] and len(line) > 5}


def _make_roles(url: str) -> None:
    engine = sa.create_engine(sa.make_url(url).set(drivername="postgresql+psycopg"))
    try:
        with engine.begin() as conn:
            make_roles(conn)
    finally:
        engine.dispose()


def _run(command: Sequence[str], password: str, output: int = subprocess.DEVNULL) -> None:
    """Run one of the programs; it inherits what libpq reads, as our own connections do."""
    environment = dict(os.environ)  # noqa: TID251 - libpq's own settings, not ours
    environment["LC_ALL"] = "C"
    if password:  # never an argument, which everybody on the machine can read
        environment["PGPASSWORD"] = password
    done = subprocess.run(  # noqa: S603 - a program of PostgreSQL's, and what the operator set
        command, env=environment, stdout=output, stderr=subprocess.PIPE, check=False
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace")
        hints = (do for words, do in _CAUSES if all(word in said for word in words))
        raise Unavailable(
            "backup.failed",
            "PostgreSQL's program could not finish; the database is what it was.",
            do=next(hints, "Look into the server's log, then try again."),
        )


def _found(program: str) -> str:
    path = shutil.which(program)
    if path is None:
        raise NotFound(
            "backup.program",
            "pg_dump and pg_restore are not installed here.",
            do="Install PostgreSQL's client programs of the server's release, or use the "
            "cluster's own backup and then `bailee restore` without a file.",
        )
    return path


def _conninfo(url: str) -> tuple[str, str]:
    """Return where a database is, in libpq's words and without its password, and that."""
    parsed = sa.make_url(url).set(drivername="postgresql+psycopg")
    _, given = parsed.get_dialect()().create_connect_args(parsed)
    password = str(given.pop("password", "") or "")
    return make_conninfo(**{"connect_timeout": CONNECT_SECONDS, **given}), password


@contextmanager
def _connected(url: str) -> Iterator[psycopg.Connection[Any]]:
    conninfo, password = _conninfo(url)
    try:
        conn = psycopg.connect(conninfo, password=password or None, autocommit=True)
    except psycopg.Error:
        raise Unavailable("db.failed", "The database does not answer.") from None
    try:
        yield conn
    except psycopg.Error:
        raise Unavailable("db.failed", "The database did not do it.") from None
    finally:
        conn.close()


def _one(conn: psycopg.Connection[Any], query: str) -> Any:
    row = conn.execute(query).fetchone()
    return row[0] if row else None
