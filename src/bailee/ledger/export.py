"""Writes a log out for its auditor, in C2SP's layout, to be checked by ``verify.py``.

``checkpoint``, ``tile/<level>/…``, ``tile/entries/…``, ``openings.jsonl`` (per entry that still has
one), ``erasures.jsonl`` (proofs of entries in other logs that erased openings of this one). No key:
the auditor pins his own. One bundle of 256 entries is in memory at a time. The folder appears under
its name when it is whole; files are 0600.

Openings name principals and random ids, no protected value; still they leave encrypted only,
which is the caller's part (C2.8(2)). If the process dies here, a folder ``.<name>.partial`` is
left over, which the next export replaces.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import msgspec
import sqlalchemy as sa

from bailee import canonical
from bailee.errors import Broken, Conflict, NotFound
from bailee.ledger import store, tile
from bailee.ledger.asks import Secrets
from bailee.ledger.head import LogHead
from bailee.ledger.merkle import WIDTH
from bailee.ledger.opening import Opening, read_opening


class _Id(msgspec.Struct):
    id: str


_ID = msgspec.json.Decoder(_Id)


def id_of(body: bytes) -> str:
    """Return an entry's id, empty when the bytes are no entry: the verifier names those."""
    try:
        return _ID.decode(body).id
    except ValueError:  # msgspec's own among them
        return ""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What an export writes besides what it reads itself: texts by file name."""

    head: LogHead
    size: int
    texts: Mapping[str, str]
    openings: bool = True


def write_bundle(conn: sa.Connection, parcel: Parcel, secrets: Secrets, target: Path) -> None:
    """Write a log's signed part into a new folder.

    Raises:
        Conflict: ``export.exists`` when the folder exists.
    """
    if target.exists():
        raise Conflict("export.exists", "That folder exists.", do="Name another one.")
    partial = target.with_name(f".{target.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(mode=0o700, parents=True)
    read = store.tile_reader(conn, parcel.head)
    for level, full, rest in tile.widths(parcel.size):
        for n in range(full):
            _write(partial / tile.tile_path(level, n), read(level, n, WIDTH))
        if rest:
            _write(partial / tile.tile_path(level, full, rest), read(level, full, rest))
    with _create(partial / "openings.jsonl") as openings:
        for n, entries in _bundles(conn, parcel):
            path = partial / tile.bundle_path(n, len(entries))
            _write(path, tile.pack_bundle(entries))
            if parcel.openings:
                openings.writelines(_opened(conn, parcel.head.controller, (n, entries), secrets))
    for name, text in parcel.texts.items():
        _write(partial / name, text.encode())
    partial.rename(target)


def _bundles(conn: sa.Connection, parcel: Parcel) -> Iterator[tuple[int, list[bytes]]]:
    for n in range(-(-parcel.size // WIDTH)):
        yield n, store.entries(conn, parcel.head, n)[: parcel.size - n * WIDTH]


def _opened(
    conn: sa.Connection, controller: str, bundle: tuple[int, list[bytes]], secrets: Secrets
) -> Iterator[bytes]:
    """Yield the line of each entry whose opening and key still exist.

    One whose key was destroyed, or whose box does not open, is left out: the verifier asks for the
    entry that says so, and names the index where there is none.
    """
    n, entries = bundle
    ids = [id_of(entry) for entry in entries]
    sealed = store.sealed_openings(conn, controller, ids)
    for at, name in enumerate(ids):
        if name not in sealed:
            continue
        try:
            opening = read_opening(secrets.open_opening(controller, name, sealed[name]))
        except (NotFound, Broken):
            continue
        yield opening_line(name, n * WIDTH + at, opening) + b"\n"


def opening_line(name: str, index: int, opening: Opening) -> bytes:
    """Return an opening as the verifier reads it: every block's own text beside its salt."""
    return canonical.encode(
        {
            "actor": _pair(opening.actor),
            "context": _pair(opening.context),
            "entry_id": name,
            "index": index,
            "records": [_pair(pair) for pair in opening.records],
        }
    )


def _pair(pair: tuple[bytes, bytes]) -> dict[str, str]:
    return {"block": pair[1].decode("ascii"), "salt": pair[0].hex()}


def _create(path: Path) -> BinaryIO:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _write(path: Path, data: bytes) -> None:
    with _create(path) as file:
        file.write(data)
