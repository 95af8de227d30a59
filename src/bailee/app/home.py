"""A deployment's home: made once, opened by one process at a time, or by any number.

Any number on any machines when data and keys are both on PostgreSQL (in two clusters); as soon as
one of the two is a file, one process holds the home's lock. What the processes share beside the
databases: the root key, which each reads for itself, and the mirror, a file that is only added to
under its own lock, or a place that a witness keeps. Whatever a process remembers of keys, rights
and subjects it compares with an epoch row in every call (``keys.cache``, ``access.desk``,
``vault.directory``).

``found`` makes, in this order: the folder, both databases, the root key (one that a provider keeps
is there already, and is tried before anything is made), the administrator, the reserved controller.
If the process dies half-way, ``init`` says what stands already and the operator starts again in an
empty folder: nothing was held yet.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import sqlalchemy as sa

from bailee.access import Caller, Person
from bailee.app.canary import found_canary
from bailee.app.house import House
from bailee.app.lock import HomeLock
from bailee.app.parts import wire
from bailee.app.settings import Settings
from bailee.app.variables import NUMBERS
from bailee.clock import Clock
from bailee.db import open_database
from bailee.errors import Conflict, Invalid, NotFound, Refused
from bailee.keys import (
    Notes,
    RootPlace,
    check,
    check_numbers,
    combine,
    create,
    open_place,
    read_key,
    split,
)
from bailee.migrations import migrate, require_current
from bailee.migrations.policies import SEQUENCER_ROLE


@dataclass(frozen=True)
class Kit:
    """How many shares of the root key are cut, and how many of them give it back."""

    needed: int = 2
    shares: int = 3


@dataclass(frozen=True)
class Founded:
    """What ``init`` shows once: key and set-up code of the administrator, the root's shares.

    No shares of a root that a provider keeps: bailee never has it, and its backup is there.
    """

    principal: str
    key: str
    until: str
    shares: tuple[str, ...]
    setup: str = ""
    """Taken up in the browser instead of the key, which ends then."""


def found(
    settings: Settings, administrator: Person, clock: Clock | None = None, kit: Kit | None = None
) -> Founded:
    """Make a home.

    Raises:
        Invalid: ``recovery.numbers``.
        Conflict: ``home.exists``. Unavailable: a provider does not wrap and unwrap.
    """
    if settings.stands():
        raise Conflict(
            "home.exists",
            "There is a deployment in this home already.",
            do="Choose another BAILEE_HOME, or remove this one if it was never used.",
        )
    place, kit = settings.root_place, kit or Kit()
    check_numbers(kit.needed, kit.shares)
    early = Notes(clock or Clock())
    if not place.local:
        _try(place, early)
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    bring_up(settings)
    if place.local:
        create(place.path, place.passphrase)
    settings.mirror.touch(mode=0o600)  # else nothing says here that the deployment stands
    with opened(settings, holder="init", clock=clock) as house:
        house.parts.notes.keep_in(house.parts.key_database, early)
        key = house.found(administrator)
        caller = Caller(key.principal, key.key_id, "person")
        found_canary(house.parts, caller, house.parts.clock)
        house.settle()
    shares: list[str] = []
    if place.local:
        shares = split(read_key(place.path, place.passphrase), kit.needed, kit.shares)
    return Founded(key.principal, key.key, key.until, tuple(shares), key.setup)


def _try(place: RootPlace, notes: Notes) -> None:
    root = open_place(place, notes=notes)
    try:
        check(root)
    finally:
        root.close()


def recover(settings: Settings, shares: list[str]) -> str:
    """Write the root key's file again from its shares; return the key's public id.

    Raises:
        Conflict: ``home.exists`` while a root key lies there.
        Invalid: ``recovery.*`` for shares that do not belong together, or a root kept elsewhere.
    """
    if not settings.root_place.local:
        raise Invalid(
            "recovery.elsewhere",
            "The root key is kept by a provider, which has no shares of it.",
            do="Restore the key at its provider.",
        )
    if settings.root_file.exists():
        raise Conflict(
            "home.exists",
            "A root key lies in this home.",
            do="Move it away if it is the wrong one.",
        )
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    return create(settings.root_file, settings.passphrase() or "", key=combine(shares))


def bring_up(settings: Settings) -> None:
    """Bring both databases to the shape of this release; as the owner of the tables.

    Raises:
        Refused: ``db.same_cluster``.
    """
    with ExitStack() as stack:
        engines = {}
        for url, history in ((settings.migrator_url, "data"), (settings.keys_url, "keys")):
            database = open_database(url)
            stack.callback(database.close)
            engines[history] = database.engine
        check_apart(engines["data"], engines["keys"])
        for history, engine in engines.items():
            migrate(engine, history)


@contextmanager
def opened(
    settings: Settings, *, holder: str, clock: Clock | None = None, start: bool = True
) -> Iterator[House]:
    """Open a home, run its house, close it.

    Args:
        settings: which one.
        holder: who will be named to another process that wants the same home.
        clock: time; the system's by default.
        start: False leaves the house unstarted (``restore`` works on it first).

    Raises:
        NotFound: ``home.missing``. Conflict: ``home.held``. Broken: ``db.version``, ``root.wrong``.
        Unavailable: ``root.missing``.
        Refused: ``db.role``, ``db.sequencer``, ``db.same_cluster``.
    """
    if not settings.stands():
        raise NotFound(
            "home.missing", "There is no deployment in this home.", do="Run `bailee init` first."
        )
    lock = HomeLock(settings.lock_file)
    if settings.embedded:
        lock.take(holder)
    try:
        parts = wire(settings, clock)
        house = House(parts)
        try:
            for engine in (parts.data.engine, parts.sequencing.engine):
                check_role(engine)
            check_sequencer(parts.sequencing.engine)
            check_apart(parts.data.engine, parts.key_database.engine)
            require_current(parts.data.engine, "data")
            require_current(parts.key_database.engine, "keys")
            if start:
                house.start()
            house.renamed = lock.rename
            yield house
        finally:
            house.close()
    finally:
        lock.release()


def check_workers(settings: Settings, workers: int) -> None:
    """Refuse several serving processes where a database is a file.

    Raises:
        Invalid: ``workers.count``.
        Refused: ``workers.sqlite``, ``workers.sqlite_keys``.
    """
    _, least, most = NUMBERS["BAILEE_WORKERS"]
    if not least <= workers <= most:
        raise Invalid("workers.count", f"A machine serves with {least} to {most} workers.")
    if workers == 1 or not settings.embedded:
        return
    if "data" in settings.embedded:
        raise Refused(
            "workers.sqlite",
            "SQLite has one writer, in one serving process; more would only wait for each other.",
            do="Serve with one worker, or put data and keys on PostgreSQL.",
        )
    raise Refused(
        "workers.sqlite_keys",
        "The key database is a SQLite file, which belongs to one serving process.",
        do="Put the keys on PostgreSQL too, in another cluster than the data (BAILEE_KEYS_URL).",
    )


def check_role(engine: sa.Engine) -> None:
    """Refuse to serve as a role that row-level security does not bind.

    Raises:
        Refused: ``db.role``.
    """
    if engine.dialect.name != "postgresql":
        return
    with engine.connect() as conn:
        strong = conn.exec_driver_sql(
            "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
        ).scalar_one()
    if strong:
        raise Refused(
            "db.role",
            "This database role is stronger than row-level security.",
            do="Serve as a member of bailee_app; only `migrate` needs the owner.",
        )


def check_sequencer(engine: sa.Engine) -> None:
    """Refuse to sequence as a role that sees one controller's log: the others would stand still.

    Raises:
        Refused: ``db.sequencer``.
    """
    if engine.dialect.name != "postgresql":
        return
    with engine.connect() as conn:
        member = conn.exec_driver_sql(
            "SELECT pg_has_role(current_user, %s, 'USAGE')", (SEQUENCER_ROLE,)
        ).scalar_one()
    if not member:
        raise Refused(
            "db.sequencer",
            "This database role does not reach every controller's log.",
            do="Set BAILEE_SEQUENCER_URL to a member of bailee_sequencer.",
        )


def check_apart(data: sa.Engine, keys: sa.Engine) -> None:
    """Refuse keys in the cluster that holds the data: one backup would hold both.

    Raises:
        Refused: ``db.same_cluster``.
    """
    if data.dialect.name != "postgresql" or keys.dialect.name != "postgresql":
        files = [engine.url.database or "" for engine in (data, keys)]
        if data.dialect.name == keys.dialect.name and len({*map(os.path.realpath, files)}) == 1:
            raise Refused("db.same_cluster", "Keys and data are the same database.")
        return
    names = []
    for engine in (data, keys):
        with engine.connect() as conn:
            names.append(
                conn.exec_driver_sql(
                    "SELECT system_identifier FROM pg_control_system()"
                ).scalar_one()
            )
    if names[0] == names[1]:
        raise Refused(
            "db.same_cluster",
            "Keys and data are in the same PostgreSQL cluster.",
            do="Put the keys into another cluster or into a SQLite file.",
        )
