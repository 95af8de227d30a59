"""P6: the same acts in a house of ten thousand records, of a hundred thousand, of a million.

One deployment for each size, all running; one caller reads, searches and erases in each in turn,
round after round, so that a slow minute of the machine slows every size. Records here have three
fields, two of them indexed. Last, each controller's agreement ends and it is destroyed: until its
keys are gone (seen from outside, in the key database), and until the call is answered.
"""

from __future__ import annotations

import json
import random
import threading
import time
from datetime import timedelta
from pathlib import Path

from pysqlite3 import dbapi2

from bailee.clock import Clock, write_time
from bench import samples
from bench.deployment import CONTROLLER, PURPOSE, Deployment, Postgres
from bench.driver import Load
from bench.figures import Figures
from bench.load import drive, quiet, weigh
from bench.process import DRIVER_CORE, SERVER_CORE
from bench.storing import ENGINES

FIELDS = ("person.name", "person.email", "transaction.amount")
SLICE = 50_000
ROUNDS, CALLS = 5, 60
KEYS_LEFT = "SELECT count(*) FROM controller_key WHERE controller = ? AND purpose <> 'ledger'"


class House:
    """One deployment that holds so many records."""

    def __init__(self, deployment: Deployment, records: int) -> None:
        self.deployment = deployment
        self.records = records
        self.known: list[tuple[int, str]] = []
        self._chance = random.Random(records)  # noqa: S311 - repeatable by intent

    def fill(self) -> dict[str, float]:
        """Store the records, in calls of a thousand; learn the ids of some."""
        began = time.perf_counter()
        for first in range(0, self.records, SLICE):
            count = min(SLICE, self.records - first)
            requests = [
                self.deployment.request(
                    "protect",
                    samples.body(
                        PURPOSE, records=[samples.record(n, "kept", FIELDS) for n in numbers]
                    ),
                )
                for numbers in samples.batches(first, count, 1000)
            ]
            every = max(1, len(requests) // 5)
            load = Load(self.deployment.port, requests, b'"ok":true', 1000, 2, cycle=False,
                        keep=list(range(0, len(requests), every)))  # fmt: skip
            for number, text in drive(load).kept.items():
                start = first + number * 1000
                results = json.loads(text)["results"]
                self.known += [(start + i, one["record"]) for i, one in enumerate(results)]
        self._chance.shuffle(self.known)
        return {"fill_records_s": round(self.records / (time.perf_counter() - began), 1)}

    def reads(self) -> list[bytes]:
        """Return calls that each read one record."""
        return [
            self.deployment.request(
                "reveal", samples.body(PURPOSE, elements=FIELDS, records=[record])
            )
            for _, record in self._some()
        ]

    def searches(self) -> list[bytes]:
        """Return calls that each find one record by its e-mail address."""
        return [
            self.deployment.request(
                "search",
                samples.body(
                    PURPOSE, element="person.email", equals=samples.value("person.email", number)
                ),
            )
            for number, _ in self._some()
        ]

    def erasures(self, count: int) -> list[bytes]:
        """Return calls that each erase one subject."""
        chosen, self.known = self.known[:count], self.known[count:]
        return [
            self.deployment.request(
                "erase", samples.body(PURPOSE, subjects=[samples.subject(n, "kept")]), who="bram"
            )
            for n, _ in chosen
        ]

    def _some(self) -> list[tuple[int, str]]:
        return self._chance.sample(self.known, min(CALLS, len(self.known)))

    def destroy(self) -> dict[str, float]:
        """End the agreement and destroy the controller; return milliseconds."""
        with self.deployment.line("bram") as bram:
            at = write_time(Clock().now() - timedelta(minutes=1))
            bram.end_agreement(CONTROLLER, at=at, instruction="letter 1")
            with self.deployment.represent("clara", CONTROLLER) as clara:
                clara.choose_end(CONTROLLER, "destroy")
            gone: list[float] = []
            began = time.perf_counter()
            watch = threading.Thread(target=self._watch, args=(began, gone))
            watch.start()
            done = bram.destroy_controller(CONTROLLER, confirm=CONTROLLER, instruction="letter 1")
            answered = time.perf_counter() - began
            watch.join()
        return {
            "keys_gone_ms": round(1000 * gone[0], 1),
            "answered_ms": round(1000 * answered, 1),
            "rows_destroyed": done.rows,
        }

    def _watch(self, began: float, gone: list[float]) -> None:
        """Note when no key of the controller is left but that of its log's openings."""
        conn = dbapi2.connect(f"file:{self.deployment.home / 'keys.db'}?mode=ro", uri=True)
        while conn.execute(KEYS_LEFT, (CONTROLLER,)).fetchone()[0]:
            time.sleep(0.002)
        gone.append(time.perf_counter() - began)
        conn.close()


def measure(figures: Figures, folder: Path) -> None:
    """Measure P6 on both engines."""
    sizes = [1_000, 4_000] if figures.quick else [10_000, 100_000]
    if figures.large:
        sizes.append(1_000_000)
    for engine in ENGINES:
        postgres = Postgres.begin(SERVER_CORE) if engine == "postgresql" else None
        houses: list[House] = []
        try:
            for records in sizes:
                made = Deployment(folder / f"p6-{engine}-{records}", postgres)
                houses.append(House(made, records))
                made.found()
                made.serve()
                made.populate()
                figures.add(_said(engine, records, "protect at 1000"), houses[-1].fill())
            for house in houses:
                quiet(house.deployment.roots)
            for turn in range(ROUNDS):
                for house in houses:
                    _round(figures, engine, house, warm=turn > 0)
            for house in houses:
                figures.add(_said(engine, house.records, "destroy"), house.destroy())
        finally:
            for house in houses:
                house.deployment.stop()
            if postgres is not None:
                postgres.cluster.close()


def _said(engine: str, records: int, work: str) -> dict[str, str]:
    return {"who": ENGINES[engine], "records": str(records), "work": work}


def _round(figures: Figures, engine: str, house: House, *, warm: bool) -> None:
    """Measure each act in one house; the first round only warms up."""
    works = {
        "reveal": (house.reads(), b'"ok":true'),
        "search": (house.searches(), b'"records":["'),
        "erase a subject": (house.erasures(CALLS // 3), b'"ok":true'),
    }
    for work, (requests, good) in works.items():
        load = Load(house.deployment.port, requests, good, 1, 1, cycle=False)
        weighed = weigh(load, house.deployment.roots, core=DRIVER_CORE)
        if warm:
            figures.add(_said(engine, house.records, work), weighed.figures())
