"""Trying to read what an agreement's end destroyed: in database, keys, copies, exports (C6).

An operator's act, like ``trying``. Of the running database: rows that are left, keys that are left.
Of each copy, the running database too: whether a key of today opens or lets guess anything of
whoever was destroyed. Of folders of exports: whether every file is encrypted. Counts alone.

Not tried: the memory of running processes. Every call of theirs reads the epoch that the
destruction moved, and drops what it remembered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from bailee.app.settings import Settings
from bailee.app.trying import try_copy
from bailee.db import open_database
from bailee.keys import tables as key_tables
from bailee.keys.hierarchy import LEDGER
from bailee.privacy import termination_store
from bailee.privacy.termination import DESTROYED, WHOLE
from bailee.vault import tables

HELD = (
    tables.record, tables.subject, tables.holding, tables.blind_index, tables.token,
    tables.token_holder, tables.customer_password, tables.customer_password_tries,
    tables.idempotency, tables.honey,
)  # fmt: skip
SEALED = (b"age-encryption.org/v1", b"-----BEGIN AGE", b"-----BEGIN PGP MESSAGE")
NOT_VALUES = frozenset(("manifest.json", "journal"))
PGP_TAGS = (1, 3, 18)
"""Packets with which an OpenPGP message begins: a session key, or encrypted data (RFC 9580)."""


@dataclass
class EndTried:
    """What was met, and what gave way.

    Attributes:
        done: whether a destruction was ordered and is done.
        whole: whether nothing may be left; otherwise what a law or a hold keeps is.
        rows: rows that are left, by table.
        keys: keys that are left, but for that of the log's openings.
        copies: by copy: people met, values opened, marks that can be guessed.
        plain: files of exports that are not encrypted.
    """

    done: bool = False
    whole: bool = False
    rows: Counter[str] = field(default_factory=Counter)
    keys: int = 0
    copies: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    sealed: int = 0
    plain: list[str] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether every try failed, as it must."""
        gave = any(opened or marks for _, opened, marks in self.copies.values())
        left = self.whole and (self.rows or self.keys)
        return self.done and not (gave or left or self.plain)


def try_end(
    settings: Settings, controller: str, copies: Sequence[str], exports: Sequence[Path]
) -> EndTried:
    """Try everything that should fail.

    Args:
        settings: whose keys and database.
        controller: whose agreement ended.
        copies: old copies of the data.
        exports: folders that left, or stayed here.
    """
    found = EndTried()
    _look(settings, controller, found)
    for address in dict.fromkeys((settings.database_url, *copies)):
        tried = try_copy(settings, _path(address), [controller], {})
        name = "the database" if address == settings.database_url else _name(address)
        found.copies[name] = tried.people, tried.opened, tried.guessable.total()
    for folder in exports:
        for path in sorted(one for one in folder.rglob("*") if one.is_file()):
            if path.name in NOT_VALUES:
                continue
            if _is_sealed(path):
                found.sealed += 1
            else:
                found.plain.append(path.name)
    return found


def _look(settings: Settings, controller: str, found: EndTried) -> None:
    data, keys = open_database(settings.database_url), open_database(settings.keys_url)

    def rows(conn: sa.Connection) -> None:
        end = termination_store.one(conn, controller)
        found.done = end is not None and end.state == DESTROYED
        found.whole = end is not None and end.scope == WHOLE
        for table in HELD:
            count = _count(conn, table, controller)
            if count:
                found.rows[table.name] = count

    def left(conn: sa.Connection) -> None:
        own = key_tables.controller_key
        query = sa.select(sa.func.count()).select_from(own)
        where = (own.c.controller == controller, own.c.purpose != LEDGER)
        found.keys = int(conn.execute(query.where(*where)).scalar_one())
        found.keys += _count(conn, key_tables.subject_key, controller)

    try:
        data.read(controller, rows)
        keys.read(controller, left)
    finally:
        data.close()
        keys.close()


def _count(conn: sa.Connection, table: sa.Table, controller: str) -> int:
    query = sa.select(sa.func.count()).select_from(table)
    return int(conn.execute(query.where(table.c.controller == controller)).scalar_one())


def _path(address: str) -> str:
    return address.removeprefix("sqlite:///") if address.startswith("sqlite") else address


def _name(address: str) -> str:
    """Return what a copy is called in an answer: never an address, which may hold a password."""
    return "a database" if "://" in address else Path(address).name


def _is_sealed(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(64)
    if head.startswith(SEALED):
        return True
    if not head or not head[0] & 0x80:
        return False
    tag = head[0] & 0x3F if head[0] & 0x40 else (head[0] >> 2) & 0x0F
    return tag in PGP_TAGS
