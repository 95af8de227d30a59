"""How many entries a second the ledger acknowledges, with openings and durable (P4).

Everything is real: keys, sealing, the data database on ``synchronous=FULL``, the sequencer beating
beside the callers. On SQLite callers are tasks of one event loop that await the commit of their
own entry; on PostgreSQL they are threads, one transaction of one entry each.
"""

from __future__ import annotations

import asyncio
import resource
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Self

import bailee.keys.store
import bailee.ledger.store  # noqa: F401 - declares the tables
from bailee.clock import Clock
from bailee.db import DATA, KEYS, Database, SqliteDatabase
from bailee.keys import FileMirror, Keys, LocalRoot
from bailee.ledger import Fact, Ledger, Touched
from bailee.web.workers import Mailbox

ENTRIES = 40_000
CALLERS = (64, 256)
THREADS = (8, 16, 64)
ACME = "acme"


def make_fact(number: int) -> Fact:
    """Return a fact of an invented reveal."""
    return Fact(
        "vault:record:revealed",
        ACME,
        purpose="payments",
        elements=("person.name", "person.birth_date"),
        count=1,
        obligations=("C2.5(5)",),
        detail={"fields": number % 20},
        agreement="v1",
        actor={"id": f"principal-{number % 50}", "kind": "person"},
        context={"ip": "192.0.2.7", "request": f"r-{number}"},
        records=[Touched(f"rec{number:x}", f"sub{number:x}", ("person.name",), "person")],
    )


@contextmanager
def opened(folder: Path) -> Iterator[tuple[SqliteDatabase, Ledger]]:
    """Open a data database and a ledger on real keys."""
    data, keys_database = SqliteDatabase(folder / "data.db"), SqliteDatabase(folder / "keys.db")
    DATA.create_all(data.engine)
    KEYS.create_all(keys_database.engine)
    try:
        yield data, make_ledger(keys_database, folder)
    finally:
        data.close()
        keys_database.close()


def make_ledger(keys_database: Database, folder: Path) -> Ledger:
    """Return a ledger on keys of its own."""
    clock, mirror = Clock(), FileMirror(folder / "mirror.jsonl")
    keys = Keys(keys_database, LocalRoot(bytes(range(32))), clock, mirror=mirror)
    keys.start()
    keys.create_controller(ACME)
    return Ledger(
        secrets=keys, clock=clock, origin="bailee.example", log_id=lambda _conn, _name: "5f2c"
    )


class Watch:
    """Looks at the newest checkpoint, to say how long after its commit an entry was signed."""

    def __init__(self, database: Database, ledger: Ledger) -> None:
        self._database, self._ledger = database, ledger
        self.acknowledged: list[float] = []  # when each entry was, in the order of commits
        self.signed: list[tuple[float, int]] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        """Begin looking."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End looking."""
        self._stop.set()
        self._thread.join()
        self._look()

    def _run(self) -> None:
        while not self._stop.wait(0.02):
            self._look()

    def _look(self) -> None:
        heads = self._database.read(ACME, lambda conn: self._ledger.logs(conn, ACME))
        if heads:
            self.signed.append((time.perf_counter(), heads[-1].signed - 1))

    def delay(self, share: float) -> float:
        """Return the seconds within which such a share of entries was signed."""
        steps, at, delays = iter(self.signed), (0.0, 0), []
        for index, moment in enumerate(self.acknowledged):
            while at[1] <= index:
                at = next(steps)
            delays.append(max(0.0, at[0] - moment))
        return sorted(delays)[int(len(delays) * share)]


async def _call(
    database: SqliteDatabase, ledger: Ledger, callers: int, entries: int
) -> list[float]:
    loop, latencies = asyncio.get_running_loop(), list[float]()
    mailbox = Mailbox(loop)

    async def caller(first: int) -> None:
        for number in range(first, entries, callers):
            fact, began, done = make_fact(number), time.perf_counter(), loop.create_future()
            append = partial(_append, ledger, fact)
            database.attend(partial(database.write, ACME, append), partial(mailbox.leave, done))
            await done
            latencies.append(time.perf_counter() - began)

    await asyncio.gather(*(caller(first) for first in range(callers)))
    return latencies


def _append(ledger: Ledger, fact: Fact, conn: Any) -> None:
    ledger.append(conn, fact)


def _append_many(ledger: Ledger, facts: list[Fact], conn: Any) -> None:
    ledger.append_many(conn, facts)


def spent(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """Return what work returned, its seconds on the wall and of this process's time."""
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    value = work()
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return value, wall, used


def run_sqlite(callers: int, entries: int = ENTRIES, folder: str | None = None) -> dict[str, Any]:
    """Return rate, latencies and delay until signed for so many callers at once."""
    with tempfile.TemporaryDirectory(dir=folder) as name, opened(Path(name)) as (data, ledger):
        asyncio.run(_call(data, ledger, callers, callers))  # warm
        ledger.sequence(data)
        ledger.start(data)
        latencies, wall, used = spent(lambda: asyncio.run(_call(data, ledger, callers, entries)))
        ledger.stop()
    latencies.sort()
    return {
        "callers": callers,
        "entries_per_second": round(entries / wall),
        "cpu_us_per_entry": round(used / entries * 1e6, 1),
        "p50_ms": round(latencies[len(latencies) // 2] * 1e3, 2),
        "p99_ms": round(latencies[int(len(latencies) * 0.99)] * 1e3, 2),
    }


def run_signing(rate: int = 10_000, seconds: float = 3.0) -> dict[str, Any]:
    """Return how long after its acknowledgement an entry was signed, at a steady rate."""
    with tempfile.TemporaryDirectory() as name, opened(Path(name)) as (data, ledger):
        ledger.start(data)
        with Watch(data, ledger) as watch:
            began, number = time.perf_counter(), 0
            while (passed := time.perf_counter() - began) < seconds:
                many = max(1, int(passed * rate) - number)
                facts = [make_fact(number + i) for i in range(many)]
                data.write(ACME, partial(_append_many, ledger, facts))
                watch.acknowledged += [time.perf_counter()] * many
                number += many
                time.sleep(0.005)
            time.sleep(0.1)
            ledger.stop()
        return {
            "entries_per_second": round(number / seconds),
            "signed_p50_s": round(watch.delay(0.5), 3),
            "signed_p99_s": round(watch.delay(0.99), 3),
        }


def run_postgres(database: Database, threads: int, entries: int = 6000) -> dict[str, Any]:
    """Return transactions of one entry a second; the database has its tables already."""
    with tempfile.TemporaryDirectory() as name:
        keys_database = SqliteDatabase(Path(name) / "keys.db")
        KEYS.create_all(keys_database.engine)
        ledger = make_ledger(keys_database, Path(name))

        def caller(first: int) -> None:
            for number in range(first, entries, threads):
                database.write(ACME, partial(_append, ledger, make_fact(number)))

        caller(entries - threads)  # warm
        running = [threading.Thread(target=caller, args=(first,)) for first in range(threads)]

        def work() -> None:
            for thread in running:
                thread.start()
            for thread in running:
                thread.join()

        _, wall, used = spent(work)
        keys_database.close()
    return {
        "threads": threads,
        "transactions_per_second": round(entries / wall),
        "client_cpu_us": round(used / entries * 1e6, 1),
    }


def run() -> dict[str, Any]:
    """Return the figures of SQLite; those of PostgreSQL need a server (``run_postgres``)."""
    return {
        "sqlite": [run_sqlite(callers) for callers in CALLERS],
        "signing": run_signing(),
    }
