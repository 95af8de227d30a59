"""What it was measured on: a figure without its machine says nothing."""

from __future__ import annotations

import os
import platform
import subprocess
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.load import ROOT, environment
from bench.percentile import percentile

LIBRARIES = ("cryptography", "httptools", "msgspec", "psycopg", "sqlalchemy", "uvicorn", "uvloop")
SYNCS = 200
LOOPS = 9


def describe(folder: Path) -> dict[str, Any]:
    """Return the machine's facts; ``folder`` is on the disk that is measured."""
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        "kernel": platform.release(),
        "load_before": round(os.getloadavg()[0], 2),
        "fsync_ms": sync_latency(folder),
        "loop_ms": loop_speed(),
    }


def versions() -> dict[str, str]:
    """Return the versions of what the server is made of."""
    from pysqlite3 import dbapi2  # noqa: PLC0415 - only its version is wanted, and late

    found = {name: version(name) for name in LIBRARIES}
    return {
        "bailee": _commit(),
        "python": platform.python_version(),
        "sqlite": dbapi2.sqlite_version,
        **found,
    }


def sync_latency(folder: Path) -> dict[str, float]:
    """Return how long 4 kB take to be durable (append, fdatasync), in milliseconds."""
    times = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(SYNCS):
            began = time.perf_counter()
            file.write(b"\0" * 4096)
            file.flush()
            os.fdatasync(file.fileno())
            times.append(1000 * (time.perf_counter() - began))
    return {"p50": round(percentile(times, 0.5), 3), "p99": round(percentile(times, 0.99), 3)}


def loop_speed() -> float:
    """Return the processor milliseconds of a million additions, the median of some.

    A rented core may give a third of what it gave the day before, and says so nowhere.
    """
    times = []
    for _ in range(LOOPS):
        began, total = time.process_time(), 0
        for number in range(1_000_000):
            total += number
        times.append(1000 * (time.process_time() - began))
    return round(percentile(times, 0.5), 1)


def _cpu() -> str:
    text = Path("/proc/cpuinfo").read_text()
    names = [line for line in text.splitlines() if line.startswith("model name")]
    return names[0].partition(":")[2].strip() if names else platform.machine()


def _commit() -> str:
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        cwd=ROOT, env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout.strip() or "unknown"


def command(part: str, *, quick: bool) -> str:
    """Return the command that repeats a measurement."""
    return f"make bench ONLY={part}" + (" QUICK=1" if quick else "")


__all__ = ["command", "describe", "loop_speed", "sync_latency", "versions"]
