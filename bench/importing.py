"""P7: ``bailee protect FILE`` with ten columns, one of them tokenised, into a running server.

The command and the server share both cores; nothing is pinned. Memory is the most that the command
and the server's own process ever held.
"""

from __future__ import annotations

import csv
import os
import time
from pathlib import Path

from bench import process, samples
from bench.deployment import CONTROLLER, PURPOSE, Deployment
from bench.figures import Figures

MAPPING = """[file]
columns = [{columns}]

[record]
ref = "id"
subject = "payer-{{id}}"
category = "customer"
kind = {{ is = "person" }}
"""
FIELD = """
[[field]]
element = "{element}"
column = "{element}"
"""


def measure(figures: Figures, folder: Path) -> None:
    """Measure P7."""
    sizes = [2_000] if figures.quick else [100_000, 1_000_000] if figures.large else [20_000]
    mapping = folder / "mapping.toml"
    columns = ", ".join(f'"{name}"' for name in ("id", *samples.FIELDS))
    mapping.write_text(
        MAPPING.format(columns=columns)
        + "".join(FIELD.format(element=name) for name in samples.FIELDS)
    )
    for rows in sizes:
        deployment = Deployment(folder / f"p7-{rows}", core=None)
        deployment.found()
        deployment.serve()
        try:
            deployment.populate()
            _import(figures, deployment, (write(folder / f"{rows}.csv", rows), mapping), rows)
        finally:
            deployment.stop()


def write(path: Path, rows: int) -> Path:
    """Write a file of records, readable by its owner only."""
    path.touch(mode=0o600)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("id", *samples.FIELDS))
        for number in range(rows):
            writer.writerow((number, *(samples.value(name, number) for name in samples.FIELDS)))
    return path


def _import(figures: Figures, deployment: Deployment, files: tuple[Path, Path], rows: int) -> None:
    path, mapping = files
    before, cpu = deployment.level(), process.cpu_seconds(deployment.roots)
    began = time.perf_counter()
    program = process.start(
        process.python(
            "-m", "bailee", "protect", str(path), "--mapping", str(mapping),
            "-c", CONTROLLER, "-p", PURPOSE,
        ),
        deployment.environment("load") | {"BAILEE_URL": f"http://127.0.0.1:{deployment.port}"},
    )  # fmt: skip
    _, status, used = os.wait4(program.pid, 0)
    elapsed = time.perf_counter() - began
    program.returncode = os.waitstatus_to_exitcode(status)
    if program.returncode != 0:
        raise RuntimeError(f"the import ended with {program.returncode}")
    figures.add(
        {"who": "bailee protect FILE", "rows": str(rows)},
        {
            "rows_s": round(rows / elapsed, 1),
            "seconds": round(elapsed, 1),
            "calls": deployment.level() - before - 1,
            "command_cpu_s_per_1000": round(1000 * (used.ru_utime + used.ru_stime) / rows, 4),
            "server_cpu_s_per_1000": round(
                1000 * (process.cpu_seconds(deployment.roots) - cpu) / rows, 4
            ),
            "command_peak_mb": round(used.ru_maxrss / 1000, 1),
            "server_peak_mb": round(process.peak_mb(deployment.server), 1),
        },
    )
