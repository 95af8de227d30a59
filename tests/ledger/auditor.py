"""What an auditor holds: an exported log, and bailee-verify to run on it."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path
from typing import Any

from bailee.db import DATA, SqliteDatabase
from bailee.ledger import verify
from tests.ledger.desk import LOG, Desk

ENTRIES = 601


class Case:
    """An exported log with its desk, kept for the whole module; tests work on copies."""

    def __init__(self, folder: Path) -> None:
        database = SqliteDatabase(folder / "data.db")
        DATA.create_all(database.engine)
        self.folder, self.desk = folder, Desk(database)
        self.desk.fill(99)
        self.early = folder / "early-checkpoint"
        self.early.write_text(self.desk.note())
        self.receipts = self.desk.fill(ENTRIES - 100, records=2)
        self.bundle = self.desk.export(folder / "bundle")
        self.vkey = self.desk.ledger.vkey(LOG)

    def check(self, *more: str, bundle: Path | None = None) -> tuple[int, dict[str, Any]]:
        """Run the command; return its exit code and JSON."""
        return run([str(bundle or self.bundle), "--vkey", self.vkey, *more])


def run(arguments: list[str]) -> tuple[int, dict[str, Any]]:
    """Run bailee-verify in this process."""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        code = verify.main([*arguments, "--json"])
    text = printed.getvalue()
    return code, json.loads(text) if text else {}


def codes(report: dict[str, Any]) -> set[str]:
    """Return the codes of what was found broken."""
    return {problem["code"] for problem in report["problems"]}


def files(bundle: Path) -> list[Path]:
    """Return the bundle's files."""
    return sorted(path for path in bundle.rglob("*") if path.is_file())


def pack(entries: list[bytes]) -> bytes:
    """Return a bundle."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def unpack(data: bytes) -> list[bytes]:
    """Return a bundle's entries."""
    found = []
    while data:
        end = 2 + int.from_bytes(data[:2], "big")
        found.append(data[2:end])
        data = data[end:]
    return found
