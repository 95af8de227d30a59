"""P2 and P3: records protected and revealed over HTTP, beside OpenBao's KV engine in the same run.

P2 protects records of new subjects: ten fields each, three indexed, one of them tokenised, which
is five kinds of rows, a key of its own for each subject, and an entry for each call. ``keyed`` is
the same with an ``Idempotency-Key``, as the client and the command send it. P3 reads 10,000
records whole, in turn. On SQLite and on PostgreSQL, whose processes share the server's core.

Checked in the run: every answer; entries against requests; a sample revealed and compared with
what was sent, and found by its index.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.deployment import Deployment, Postgres
from bench.figures import Figures
from bench.load import Weighed, quiet
from bench.openbao import OpenBao
from bench.process import DRIVER_CORE, SERVER_CORE
from bench.records import KeyValue, Vault, bounded
from bench.samples import FIELDS
from bench.sides import CALLERS

ENGINES = {"sqlite": "bailee on SQLite", "postgresql": "bailee on PostgreSQL"}


@dataclass(frozen=True)
class Size:
    """How much is measured: seconds of a load, repeats, records at most, records to be read."""

    seconds: float = 4.0
    repeats: int = 2
    most: int = 20_000
    kept: int = 10_000


SMALL = Size(seconds=1.0, repeats=1, most=2_000, kept=1_000)


@contextmanager
def running(folder: Path, engine: str) -> Iterator[tuple[Vault, KeyValue]]:
    """Run bailee on an engine and OpenBao beside it, all on the servers' core."""
    postgres = Postgres.begin(SERVER_CORE) if engine == "postgresql" else None
    deployment = Deployment(folder / f"{engine}-home", postgres)
    bao = OpenBao(folder / f"{engine}-openbao")
    try:
        bao.begin()
        deployment.found()
        deployment.serve()
        deployment.populate()
        yield Vault(deployment, ENGINES[engine]), KeyValue(bao)
    finally:
        deployment.stop()
        bao.stop()
        if postgres is not None:
            postgres.cluster.close()


def protecting(figures: Figures, folder: Path) -> None:
    """Measure P2."""
    size = SMALL if figures.quick else Size()
    for engine in ENGINES:
        with running(folder, engine) as (vault, store):
            figures.facts["openbao"] = store.bao.version()
            vault.fill(1000)  # a new server's first calls are not ours
            store.fill(200)
            for turn in range(size.repeats):
                for batch in (1, 100, 1000):
                    for keyed in (False, True):
                        _protect(figures, vault, (batch, turn, keyed), size)
                load = bounded(store.writing(f"new{turn}", size.most // 4), size.seconds)
                weighed, stored = store.run(load, core=DRIVER_CORE)
                _add(figures, (store.name, "write 1 kB", 1), weighed, stored)


def _protect(figures: Figures, vault: Vault, what: tuple[int, int, bool], size: Size) -> None:
    batch, turn, keyed = what
    count = min(size.most, 4000 * batch) if batch > 1 else size.most // 4
    load = vault.protect(f"new{batch}-{turn}-{keyed:d}", batch, count, keyed=keyed)
    weighed, stored = vault.run(bounded(load, size.seconds), core=DRIVER_CORE)
    vault.check_protected(batch, weighed.outcome.kept)
    quiet(vault.roots)
    _add(figures, (vault.name, "protect keyed" if keyed else "protect", batch), weighed, stored)


def revealing(figures: Figures, folder: Path) -> None:
    """Measure P3."""
    size = SMALL if figures.quick else Size()
    for engine in ENGINES:
        with running(folder, engine) as (vault, store):
            figures.facts["openbao"] = store.bao.version()
            vault.fill(size.kept)
            vault.deployment.analyze()
            store.fill(size.kept // 10)
            quiet(vault.roots)
            for _ in range(size.repeats):
                for batch in (1, 100, 1000):
                    load = vault.reading(batch, size.seconds)
                    weighed, stored = vault.run(load, core=DRIVER_CORE)
                    vault.check_read(batch, weighed.outcome.kept)
                    _add(figures, (vault.name, "reveal", batch), weighed, stored)
                load = store.reading(size.kept // 10, size.seconds)
                weighed, stored = store.run(load, core=DRIVER_CORE)
                store.check_read(weighed.outcome.kept)
                _add(figures, (store.name, "read 1 kB", 1), weighed, stored)


def _add(figures: Figures, what: tuple[str, str, int], weighed: Weighed, stored: float) -> None:
    who, work, batch = what
    grown = "bytes_stored" if who in ENGINES.values() else "bytes_logged"
    numbers = weighed.figures() | {grown: round(stored, 1)}
    if who in ENGINES.values():
        numbers["fields_s"] = round(numbers["items_s"] * len(FIELDS), 1)
    texts = {"who": who, "work": work, "batch": str(batch), "callers": str(CALLERS[batch])}
    figures.add(texts, numbers)
