"""Runs a load in the driver's own process and weighs the servers meanwhile."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from bench import process
from bench.driver import Load, Outcome
from bench.percentile import percentile
from bench.process import DRIVER_CORE, SERVER_CORE

ROOT = Path(__file__).parents[1]
QUIET_SHARE = 0.06
"""A server that uses less of a core than this has nothing left to do."""
QUIET_SECONDS = 60


def environment(**more: str) -> dict[str, str]:
    """Return the environment that programs of the bench run in."""
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
        "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
        "PYTHONUNBUFFERED": "1",
        **more,
    }


@dataclass(frozen=True)
class Weighed:
    """What one run came to. ``cpu`` is of the servers with all they did because of the run."""

    outcome: Outcome
    items: int
    cpu: float
    rss_mb: float

    def figures(self) -> dict[str, float]:
        """Return the run's figures: per second, milliseconds, CPU-seconds per 1,000 items, MB."""
        late = [1000 * one for one in self.outcome.latencies]
        return {
            "requests": self.outcome.requests,
            "items": self.items,
            "seconds": round(self.outcome.seconds, 3),
            "items_s": round(self.items / self.outcome.seconds, 1),
            "requests_s": round(self.outcome.requests / self.outcome.seconds, 1),
            "p50_ms": round(percentile(late, 0.50), 3),
            "p95_ms": round(percentile(late, 0.95), 3),
            "p99_ms": round(percentile(late, 0.99), 3),
            "cpu_s_per_1000": round(1000 * self.cpu / self.items, 5),
            "rss_mb": round(self.rss_mb, 1),
            "driver_busy": round(self.outcome.cpu / self.outcome.seconds, 3),
        }


def drive(load: Load, *, core: int | None = DRIVER_CORE) -> Outcome:
    """Run a load in a process of its own.

    Raises:
        RuntimeError: when any answer was not a good one.
    """
    with tempfile.TemporaryDirectory(prefix="bailee-load-") as folder:
        plan = Path(folder) / "plan"
        plan.write_bytes(msgspec.msgpack.encode(load))
        command = process.pinned(process.python("-m", "bench.driver", str(plan)), core)
        subprocess.run(command, env=environment(), check=True)
        outcome = msgspec.msgpack.decode(plan.with_suffix(".out").read_bytes(), type=Outcome)
    if outcome.faults:
        raise RuntimeError(f"answers were not good: {outcome.faults}")
    return outcome


def weigh(
    load: Load,
    roots: Sequence[int],
    *,
    core: int | None = DRIVER_CORE,
    settle: Callable[[], object] = lambda: None,
) -> Weighed:
    """Run a load and weigh the servers; ``settle`` waits for work that they still owe."""
    before = process.cpu_seconds(roots)
    outcome = drive(load, core=core)
    settle()
    cpu = process.cpu_seconds(roots) - before
    return Weighed(outcome, outcome.requests * load.batch, cpu, process.memory_mb(roots))


def quiet(roots: Sequence[int]) -> None:
    """Wait until servers have nothing to do.

    Raises:
        TimeoutError: when they are busy for a minute without any request.
    """
    for _ in range(QUIET_SECONDS):
        before = process.cpu_seconds(roots)
        time.sleep(1)
        if process.cpu_seconds(roots) - before <= QUIET_SHARE:
            return
    raise TimeoutError("a server is busy without any request")


def ceiling(seconds: float, callers: int) -> dict[str, float]:
    """Measure the driver alone, against a responder that does nothing."""
    command = process.python("-m", "bench.responder")
    server = process.start(command, environment(), core=SERVER_CORE, output=subprocess.PIPE)
    try:
        if server.stdout is None:
            raise RuntimeError("the responder has no output")
        port = int(server.stdout.readline())
        load = Load(port, [b"POST / HTTP/1.1\r\ncontent-length: 0\r\n\r\n"], b'"ok":true', 1,
                    callers, seconds)  # fmt: skip
        weighed = weigh(load, [server.pid])
        return weighed.figures() | {
            "driver_cpu_us_per_request": round(
                1e6 * weighed.outcome.cpu / weighed.outcome.requests, 1
            )
        }
    finally:
        process.stop(server)
