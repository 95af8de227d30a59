"""An auditor who never forgets: every log as it was seen, every checkpoint ever signed.

Logs are fetched over HTTP as the stored bytes are served and checked by the standalone verifier.
What was in a log once must stay where it was, whatever happened to the machine in between.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from bailee.client import Client
from bailee.ledger import verify
from tests.faults.deployment import Deployment

WIDTH = 256


def fetch(client: Client, controller: str, folder: Path) -> verify.Note:
    """Copy a controller's newest log into a folder, in the verifier's layout."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    data = client.ledger_checkpoint(controller)
    (folder / "checkpoint").write_bytes(data)
    signed = verify.read_note(data, "checkpoint")
    for path in _paths(signed.size):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(client.ledger_tile(controller, path.removeprefix("tile/")))
    return signed


def _paths(size: int) -> Iterator[str]:
    """Yield the path of every tile and bundle that a log of a size has."""
    level, width = 0, size
    while width:
        full, rest = divmod(width, WIDTH)
        for kind in (str(level), "entries") if level == 0 else (str(level),):
            for n in range(full):
                yield verify.tile_path(kind, n, WIDTH)
            if rest:
                yield verify.tile_path(kind, full, rest)
        level, width = level + 1, full


def leaves_in(folder: Path, size: int) -> list[bytes]:
    """Return the leaf hashes of a fetched log, made from its entries' bytes alone."""
    found: list[bytes] = []
    for n in range(-(-size // WIDTH)):
        width = min(WIDTH, size - n * WIDTH)
        data = (folder / verify.tile_path("entries", n, width)).read_bytes()
        while data:
            end = 2 + int.from_bytes(data[:2], "big")
            found.append(sha256(b"\0" + data[2:end]).digest())
            data = data[end:]
    return found


@dataclass
class Auditor:
    """What was ever seen of the logs of one deployment.

    Attributes:
        leaves: by log, at its largest verified size.
        roots: by (log, size), of every note ever seen; one size has one root.
        proven: those of ``roots`` that the leaves were held against.
        findings: what is wrong, each beginning with the number of its assertion.
    """

    folder: Path
    leaves: dict[str, list[bytes]] = field(default_factory=dict)
    roots: dict[tuple[str, int], bytes] = field(default_factory=dict)
    proven: set[tuple[str, int]] = field(default_factory=set)
    newest: dict[str, str] = field(default_factory=dict)
    """Controller → its newest log when last looked at."""
    findings: list[str] = field(default_factory=list)
    taken: int = 0
    """Notes of the history that were taken in."""

    def meet(self, log: str, size: int, root: bytes) -> None:
        """Take in that somebody signed, or was about to sign, a head (A4)."""
        known = self.roots.setdefault((log, size), root)
        if known != root:
            self.findings.append(f"A4 {log} was signed twice at size {size}")

    def take_in(self, notes: list[tuple[str, bytes]]) -> None:
        """Take in the checkpoints that clients fetched."""
        for _, data in notes[self.taken :]:
            note = verify.read_note(data, "fetched")
            self.meet(note.origin, note.size, note.root)
        self.taken = len(notes)

    def look_inside(self, deployment: Deployment) -> None:
        """Take in the checkpoints in the database, and the guard."""
        for (text,) in deployment.rows("SELECT note FROM ledger_checkpoint"):
            note = verify.read_note(text.encode(), "stored")
            self.meet(note.origin, note.size, note.root)
        guard = "SELECT log, size, root FROM signing_guard"
        for log, size, root in deployment.rows(guard, keys=True):
            self.meet(log, size, bytes(root))

    def audit(self, client: Client, controller: str) -> None:
        """Fetch a controller's newest log, verify it, and hold it against all that was seen."""
        folder = self.folder / controller
        signed = fetch(client, controller, folder)
        log, vkeys = signed.origin, {one.log: one.vkey for one in client.logs(controller).logs}
        self.newest[controller] = log
        keys = [verify.read_key(vkeys[log], "served")]
        report = verify.verify(folder, verify.Pinned(keys, openings=False))
        self.findings += [f"A2 {log}: {one}" for one in report.problems]
        self.meet(log, signed.size, signed.root)
        self._grown(log, leaves_in(folder, signed.size))

    def read_export(self, folder: Path, vkey: str) -> None:
        """Verify an exported log with its openings, and hold it against all that was seen."""
        keys = [verify.read_key(vkey, "exported")]
        report = verify.verify(folder, verify.Pinned(keys))
        self.findings += [f"A2 {folder.name}: {one}" for one in report.problems + report.unmet]
        signed = verify.read_note((folder / "checkpoint").read_bytes(), "exported")
        self.meet(signed.origin, signed.size, signed.root)
        self._grown(signed.origin, leaves_in(folder, signed.size))

    def _grown(self, log: str, found: list[bytes]) -> None:
        """Take in a log's leaves; none may be lost or have moved since it was last seen (A1)."""
        known = self.leaves.get(log, [])
        if found[: len(known)] != known:
            self.findings.append(f"A1 {log} lost or moved entries: {len(known)} to {len(found)}")
        self.leaves[log] = found

    def behind(self, controller: str) -> bool:
        """Say whether a larger size of a controller's newest log was met than was fetched."""
        log = self.newest[controller]
        return any(size > len(self.leaves[log]) for name, size in self.roots if name == log)

    def prove(self) -> int:
        """Hold every note against the leaves (A3); return how many notes were new."""
        count = 0
        for (log, size), root in self.roots.items():
            if (log, size) in self.proven or log not in self.leaves:
                continue
            leaves = self.leaves[log]
            if size > len(leaves) and log not in self.newest.values():
                continue  # of a log that was left behind: its last entries are declared lost
            count += 1
            if size > len(leaves):
                self.findings.append(f"A3 {log} has {len(leaves)} entries, {size} were signed")
            elif verify.tree_root(b"".join(leaves[:size])) != root:
                self.findings.append(f"A3 {log} does not extend what was signed at size {size}")
            self.proven.add((log, size))
        return count
