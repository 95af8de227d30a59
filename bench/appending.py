"""P4: entries acknowledged per second, in process, and how long until a checkpoint covers one.

``python -m bench.appending CALLERS SECONDS`` opens the home that its environment names and lets
that many callers record one fact after another, each in a transaction of its own, as small calls of
the vault do: on SQLite as tasks of one event loop whose calls the database attends, on PostgreSQL
in threads. Each fact names one record. Nothing is pinned: there is no other process but the
database's. The time to a checkpoint runs from the acknowledgement to the first moment at which a
signed head that covers the entry was seen, looked for every 20 ms.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path

from bailee.app.home import opened
from bailee.app.house import House
from bailee.app.settings import read_settings
from bailee.db import HOUSE
from bailee.ledger import Fact, Touched
from bailee.web.workers import Mailbox
from bench import process
from bench.deployment import Deployment, Postgres
from bench.figures import Figures
from bench.percentile import percentile

CALLERS = (64, 256)
LOOK_SECONDS = 0.02
SAMPLE = 1000


def fact(number: int) -> Fact:
    """Return a fact like a reveal of one record."""
    return Fact(
        "vault:record:revealed",
        HOUSE,
        purpose="payment-processing",
        elements=("person.name", "person.ssn"),
        count=1,
        obligations=("C2.5(5)",),
        agreement="v1",
        actor={"kind": "service", "principal_id": f"{number % 7:032x}"},
        context={"ip": "127.0.0.1", "request": f"{number:016x}"},
        records=[
            Touched(f"{number:032x}", f"{number:032x}", ("person.name",), "person", "customer",
                    ("US",), "US-OH")
        ],
    )  # fmt: skip


class Run:
    """One run of callers over an open house."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.acknowledged: list[tuple[str, float, float]] = []
        self.signed: list[tuple[float, str, int]] = []
        self._over = threading.Event()

    def go(self, callers: int, seconds: float) -> dict[str, float]:
        """Record for some seconds; return the figures."""
        looking = threading.Thread(target=self._look)
        cpu, began = time.process_time(), time.perf_counter()
        looking.start()
        threading.Timer(seconds, self._over.set).start()
        if self.house.parts.data.engine.dialect.name == "sqlite":
            asyncio.run(self._attended(callers))
        else:
            self._threaded(callers)
        elapsed, cpu = time.perf_counter() - began, time.process_time() - cpu
        looking.join()
        count = len(self.acknowledged)
        waits = [1000 * (end - start) for _, start, end in self.acknowledged]
        late = [1000 * one for one in self._lags()]
        return {
            "entries": count,
            "entries_s": round(count / elapsed, 1),
            "cpu_s_per_1000": round(1000 * cpu / count, 5),
            "p50_ms": round(percentile(waits, 0.5), 2),
            "p95_ms": round(percentile(waits, 0.95), 2),
            "p99_ms": round(percentile(waits, 0.99), 2),
            "signed_p50_ms": round(percentile(late, 0.5), 1),
            "signed_p99_ms": round(percentile(late, 0.99), 1),
        }

    def _record(self, number: int) -> str:
        ledger, one = self.house.parts.ledger, fact(number)
        receipt = self.house.parts.data.write(HOUSE, lambda conn: ledger.append(conn, one))
        return receipt.entry_id

    def _threaded(self, callers: int) -> None:
        threads = [threading.Thread(target=self._call, args=(n,)) for n in range(callers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _call(self, number: int) -> None:
        mine = []
        while not self._over.is_set():
            number, began = number + 1009, time.perf_counter()
            mine.append((self._record(number), began, time.perf_counter()))
        self.acknowledged += mine

    async def _attended(self, callers: int) -> None:
        loop = asyncio.get_running_loop()
        mailbox, attend = Mailbox(loop), self.house.parts.data.attend

        async def call(number: int) -> None:
            while not self._over.is_set():
                number, began, done = number + 1009, time.perf_counter(), loop.create_future()
                attend(partial(self._record, number), partial(mailbox.leave, done))
                self.acknowledged.append((await done, began, time.perf_counter()))

        await asyncio.gather(*(call(number) for number in range(callers)))

    def _look(self) -> None:
        """Note what is signed, until everything is or nothing more comes for 1.5 seconds."""
        quiet_since = time.perf_counter()
        while True:
            # by the sequencer's own connections: the callers' are never free for long
            heads = self.house.parts.sequencing.read(
                HOUSE, lambda conn: self.house.parts.ledger.logs(conn, HOUSE)
            )
            now, head = time.perf_counter(), heads[-1]
            if not self.signed or head.signed > self.signed[-1][2]:
                self.signed.append((now, head.log, head.signed))
                quiet_since = now
            if self._over.is_set() and now - quiet_since > 1.5:
                return
            time.sleep(LOOK_SECONDS)

    def _lags(self) -> list[float]:
        chosen = self.acknowledged[:: max(1, len(self.acknowledged) // SAMPLE)]
        ledger, found = self.house.parts.ledger, []
        for entry_id, _, acknowledged in chosen:
            _, index = self.house.parts.data.read(
                HOUSE,
                lambda conn, one=entry_id: ledger.place(conn, HOUSE, one),  # type: ignore[misc]
            )
            seen = next(when for when, _, size in self.signed if size > index)
            found.append(max(0.0, seen - acknowledged))
        return found


def measure(figures: Figures, folder: Path) -> None:
    """Measure P4 on both engines, each run in a process of its own."""
    seconds = 1.0 if figures.quick else 5.0
    for engine in ("SQLite, synchronous=FULL", "PostgreSQL"):
        postgres = Postgres.begin(None) if engine == "PostgreSQL" else None
        deployment = Deployment(folder / f"p4-{engine[:3]}", postgres)
        try:
            deployment.found()
            for _ in range(1 if figures.quick else 3):
                for callers in CALLERS:
                    _one(figures, deployment, (engine, callers, seconds))
        finally:
            if postgres is not None:
                postgres.cluster.close()


def _one(figures: Figures, deployment: Deployment, what: tuple[str, int, float]) -> None:
    engine, callers, seconds = what
    roots = [deployment.postgres.pid] if deployment.postgres else []
    before = process.cpu_seconds(roots)
    done = subprocess.run(
        process.python("-m", "bench.appending", str(callers), str(seconds)),
        env=deployment.environment(), capture_output=True, text=True, check=True,
    )  # fmt: skip
    numbers = json.loads(done.stdout)
    database = process.cpu_seconds(roots) - before
    numbers["database_cpu_s_per_1000"] = round(1000 * database / numbers["entries"], 5)
    figures.add({"who": f"ledger on {engine}", "callers": str(callers)}, numbers)


def main() -> None:
    """Run in the home that the environment names."""
    callers, seconds = int(sys.argv[1]), float(sys.argv[2])
    with opened(read_settings(), holder="the bench") as house:
        sys.stdout.write(json.dumps(Run(house).go(callers, seconds)))


if __name__ == "__main__":
    main()
