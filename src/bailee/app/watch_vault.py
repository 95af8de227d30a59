"""Controls over data at rest (C2.8(1), C2.8(3), C6): plant a value, look for its bytes."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bailee.app.canary import CONTROLLER, plant
from bailee.app.control import Blind
from bailee.app.watch_access import planted
from bailee.db import DATA
from bailee.errors import Failure
from bailee.keys import LocalRoot
from bailee.vault.shapes import Decrypt, DecryptValue, Encrypt, EncryptValue, Erase, Reveal

if TYPE_CHECKING:
    from bailee.app.house import House

CHUNK = 1 << 20


def encryption_at_rest(house: House, _controller: str) -> list[str]:
    """Plant a value and search every file of the home, and every table, for its bytes."""
    with planted(house) as canary:
        found = [f"plain.{name}" for name in _files_with(house, [canary.marker.encode()])]
        tables = house.parts.data.read(
            CONTROLLER, lambda conn: list(_tables_with(conn, canary.marker))
        )
        return sorted(found + [f"plain.{name}" for name in tables])


def _files_with(house: House, needles: list[bytes]) -> Iterator[str]:
    """Yield names of the home's files that hold any of the needles; chunks overlap."""
    settings = house.parts.settings
    for path in sorted({*settings.home.rglob("*"), settings.mirror}):
        if path.is_file() and path != settings.root_file and _holds(path, needles):
            yield path.name.lower()


def _holds(path: Path, needles: list[bytes]) -> bool:
    overlap = max(map(len, needles))
    with path.open("rb") as file:
        tail = b""
        while chunk := file.read(CHUNK):
            window = tail + chunk
            if any(needle in window for needle in needles):
                return True
            tail = window[-overlap:]
    return False


def _tables_with(conn: sa.Connection, marker: str) -> Iterator[str]:
    """Yield tables of a PostgreSQL that hold the marker as text or as bytes in hex.

    Not searched: the write-ahead log, which only the server's own user can read.
    """
    if conn.dialect.name != "postgresql":
        return
    likes = [f"%{marker}%", f"%{marker.encode().hex()}%"]
    for table in DATA.sorted_tables:
        rows = conn.exec_driver_sql(
            f'SELECT count(*) FROM "{table.name}" AS t WHERE t::text LIKE ANY(%s)',  # noqa: S608 - our own table's name
            (likes,),
        )
        if rows.scalar_one():
            yield table.name


def keys_wrapped(house: House, _controller: str) -> list[str]:
    """Search for unwrapped keys in every file; the root must be ours alone and the only one."""
    secrets = house.parts.keys.unwrapped(CONTROLLER)
    found = [f"unwrapped.{name}" for name in _files_with(house, secrets)]
    root = house.parts.settings.root_file
    if not root.exists():
        raise Blind("root.elsewhere")
    if stat.S_IMODE(root.stat().st_mode) & 0o077:
        found.append("root.permissions")
    try:
        house.parts.keys.check_root(LocalRoot(os.urandom(32)))
        found.append("root.any_accepted")
    except Failure:
        pass
    return sorted(found)


def encryption_standard(house: House, _controller: str) -> list[str]:
    """Try to open a ciphertext as another subject's and as another element's (C2.8(3))."""
    found = []
    with planted(house) as canary:
        purpose, subject = canary.purpose, canary.subject
        value = EncryptValue("0", "person.name", subject, canary.marker)
        sealed = house.vault.encrypt(canary.caller, CONTROLLER, Encrypt(purpose, [value]))
        text = sealed.results[0].ciphertext
        if canary.marker in text:
            found.append("ciphertext.plain")
        other = plant(house.parts)
        for element, owner in (("person.email", subject), ("person.name", other.subject)):
            moved = Decrypt(purpose, [DecryptValue("0", element, owner, text)])
            try:
                house.vault.decrypt(canary.caller, CONTROLLER, moved)
                found.append("ciphertext.moved")
            except Failure:
                continue
        erase = Erase(purpose, subjects=[other.subject])
        house.vault.erase(canary.caller, CONTROLLER, erase)
    return sorted(set(found))


def erasure(house: House, _controller: str) -> list[str]:
    """Erase a subject, then try to read it, to find its key, and to open a kept ciphertext."""
    canary, found = plant(house.parts), []
    purpose = canary.purpose
    value = EncryptValue("0", "person.name", canary.subject, canary.marker)
    kept = house.vault.encrypt(canary.caller, CONTROLLER, Encrypt(purpose, [value]))
    house.vault.erase(canary.caller, CONTROLLER, Erase(purpose, subjects=[canary.subject]))
    again = DecryptValue("0", "person.name", canary.subject, kept.results[0].ciphertext)
    for name, attempt in (
        (
            "reveal",
            lambda: house.vault.reveal(
                canary.caller, CONTROLLER, Reveal(purpose, ["person.name"], records=[canary.record])
            ),
        ),
        (
            "decrypt",
            lambda: house.vault.decrypt(canary.caller, CONTROLLER, Decrypt(purpose, [again])),
        ),
    ):
        try:
            attempt()
            found.append(f"erased.{name}")
        except Failure:
            continue
    return found
