"""Searching the deployment for bytes that must not be there: every file of it, every table.

Searched: all files below the home, the mirror, both databases' files wherever they lie, with
write-ahead log; on PostgreSQL every row that the server's role may see at the reserved controller
and the house. Not searched: PostgreSQL's own write-ahead log, which only its own user can read,
and what an operator keeps outside the home.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

import sqlalchemy as sa

from bailee.app import seek
from bailee.app.canary import CONTROLLER
from bailee.app.control import Blind
from bailee.app.parts import Parts
from bailee.app.settings import Settings
from bailee.db import DATA, KEYS

NAME_LIMIT = 60
SQLITE_FILES = ("", "-wal", "-journal")


def spellings(secret: bytes) -> list[bytes]:
    """Return the forms in which bytes are usually written down: bare, hex, upper case, base64.

    Base64 depends on what stands before, so three phases are cut to what all neighbours share.
    """
    found = [secret, secret.hex().encode(), secret.hex().upper().encode()]
    if secret.isascii():
        found.append(secret.upper())
    for lead, clean in enumerate((0, 2, 3)):
        for encode in (b64encode, urlsafe_b64encode):
            text = encode(b"\0" * lead + secret).rstrip(b"=")
            found.append(text[clean:-1])
    return list(dict.fromkeys(found))


def holding(
    parts: Parts, needles: Collection[bytes], apart: Collection[Path] = ()
) -> dict[str, set[bytes]]:
    """Return which of the needles each file and table holds; those with none are left out.

    Args:
        parts: of the running house.
        needles: to look for.
        apart: files that may hold them.

    Raises:
        Blind: ``file.unreadable``, ``search.failed``.
    """
    found: dict[str, set[bytes]] = {}
    paths = sorted(_files(parts.settings) - set(apart))
    for path, held in _held(paths, list(needles)).items():
        found.setdefault(_name(Path(path).name), set()).update(held)
    for database, tables in ((parts.data, DATA), (parts.key_database, KEYS)):
        rows = database.read(
            CONTROLLER,
            lambda conn, tables=tables: list(_rows(conn, tables.sorted_tables, needles)),  # type: ignore[misc]
        )
        for name, needle in rows:
            found.setdefault(name, set()).add(needle)
    return found


def _name(name: str) -> str:
    return re.sub(r"[^a-z0-9._-]", "-", name.lower())[:NAME_LIMIT]


def _files(settings: Settings) -> set[Path]:
    found = {*settings.home.rglob("*"), settings.mirror}
    for address in (settings.database_url, settings.keys_url):
        url = sa.make_url(address)
        if url.get_backend_name() == "sqlite" and url.database:
            found |= {Path(url.database + ending).absolute() for ending in SQLITE_FILES}
    return {path for path in found if path.is_file()}


def _held(paths: Iterable[Path], needles: Sequence[bytes]) -> dict[str, set[bytes]]:
    """Return the needles that files hold, by path; read by another process, see ``seek``."""
    asked = {"needles": [one.hex() for one in needles], "paths": [str(one) for one in paths]}
    done = subprocess.run(  # noqa: S603 - our own file; what is sought goes through a pipe
        [sys.executable, "-I", "-S", seek.__file__],
        input=json.dumps(asked).encode(),
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise Blind("file.unreadable" if done.returncode == seek.UNREADABLE else "search.failed")
    found: dict[str, list[int]] = json.loads(done.stdout)
    return {path: {needles[place] for place in places} for path, places in found.items()}


def _rows(
    conn: sa.Connection, tables: Iterable[sa.Table], needles: Collection[bytes]
) -> Iterator[tuple[str, bytes]]:
    """Yield tables of a PostgreSQL that hold a needle as text, or as bytes (shown in hex).

    SQLite's tables are in its files.
    """
    if conn.dialect.name != "postgresql":
        return
    for table in tables:
        rows = conn.exec_driver_sql(
            f'SELECT t::text FROM "{table.name}" AS t WHERE t::text LIKE ANY(%s)',  # noqa: S608 - our own table's name
            ([f"%{form}%" for needle in needles for form in _shown(needle)],),
        )
        for (text,) in rows:
            for needle in needles:
                if any(form in text for form in _shown(needle)):
                    yield table.name, needle


def _shown(needle: bytes) -> list[str]:
    """Return how PostgreSQL writes a value in a row's text: bytes in hex, text as it is."""
    plain = needle.isascii() and needle.decode("ascii").isprintable()
    text = needle.decode("ascii") if plain else ""
    return [needle.hex(), *([text] if plain and not set(text) & set("%_\\\"'") else [])]
