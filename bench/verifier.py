"""How fast ``bailee-verify`` re-derives a whole log (P5): entries a second of one core's time.

The log is made as the sequencer makes it, without a database: entries of a few hundred shapes,
tiles, bundles, one signed checkpoint; no openings, which are an auditor's choice.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bailee.clock import write_time
from bailee.ledger import merkle, tile, verify
from bailee.ledger.entry import Fact, write_entry
from bailee.ledger.merkle import WIDTH
from bailee.ledger.note import Checkpoint, Signer
from bailee.ledger.opening import Touched

ENTRIES = 200_000
REPEATS = 3
ORIGIN = "bailee.example/5f2c/2026"
START = datetime(2026, 11, 20, 12, tzinfo=UTC)


def facts(entries: int) -> Iterator[tuple[Fact, str]]:
    """Yield facts as a day's work makes them, with their times."""
    yield Fact("ledger:log:opened", "acme", actor={"id": "ledger"}), write_time(START)
    verbs = ("revealed", "encrypted", "decrypted", "searched")
    for number in range(1, entries):
        record = Touched(f"rec{number:x}", f"sub{number:x}", ("person.name",), "person")
        fact = Fact(
            f"vault:record:{verbs[number % 4]}",
            "acme",
            purpose=("payments", "support", "screening")[number % 3],
            elements=("person.name", "person.birth_date")[: 1 + number % 2],
            count=1 + number % 50,
            obligations=("C2.5(5)",),
            detail={"fields": number % 20},
            agreement="v1",
            actor={"id": f"principal-{number % 50}", "kind": "person"},
            context={"ip": "192.0.2.7", "request": f"r-{number}"},
            records=[record],
        )
        yield fact, write_time(START + timedelta(milliseconds=number * 5))


def make_log(folder: Path, entries: int) -> str:
    """Write a log of so many entries into a folder as an export lays it out; return its vkey."""
    bodies = [write_entry(fact, at).body for fact, at in facts(entries)]
    head, tiles = merkle.grow(merkle.Head(), [merkle.leaf_hash(body) for body in bodies])
    files = {tile.tile_path(one.level, one.n): one.data for one in tiles}
    for level, full, rest in tile.widths(entries):
        if rest:
            files[tile.tile_path(level, full, rest)] = head.edge[level]
    for n in range(-(-entries // WIDTH)):
        part = bodies[n * WIDTH : n * WIDTH + WIDTH]
        files[tile.bundle_path(n, len(part))] = tile.pack_bundle(part)
    signer = Signer(ORIGIN, Ed25519PrivateKey.generate())
    files["checkpoint"] = signer.sign(Checkpoint(ORIGIN, entries, merkle.root(head)).text).encode()
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return signer.verifier.vkey


def run(entries: int = ENTRIES) -> dict[str, Any]:
    """Return medians: entries a second by CPU time and by the clock on the wall."""
    cpu, wall = [], []
    with tempfile.TemporaryDirectory() as folder:
        pinned = verify.Pinned([verify.read_key(make_log(Path(folder), entries), "vkey")])
        pinned = pinned._replace(openings=False)
        for _ in range(REPEATS):
            began, spent = time.perf_counter(), time.process_time()
            report = verify.verify(Path(folder), pinned)
            wall.append(entries / (time.perf_counter() - began))
            cpu.append(entries / (time.process_time() - spent))
            if report.problems or report.unmet:
                raise RuntimeError(f"the log did not verify: {report.problems or report.unmet}")
    return {
        "entries": entries,
        "entries_per_cpu_second": round(statistics.median(cpu)),
        "entries_per_second": round(statistics.median(wall)),
        "runs_cpu": [round(one) for one in cpu],
    }
