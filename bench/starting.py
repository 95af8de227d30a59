"""P11: how long a person waits for ``bailee --help``, and an operator for ``bailee serve``."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

from bench import process
from bench.deployment import Deployment
from bench.figures import Figures

REPEATS = 7


def measure(figures: Figures, folder: Path) -> None:
    """Measure P11; nothing is pinned. ``serve`` is ready when it says so: it accepts calls."""
    deployment = Deployment(folder / "p11-home", core=None)
    deployment.found()
    for _ in range(2 if figures.quick else REPEATS):
        began = time.perf_counter()
        subprocess.run(
            process.python("-m", "bailee", "--help"),
            env=deployment.environment(), stdout=subprocess.DEVNULL, check=True,
        )  # fmt: skip
        figures.add({"who": "bailee --help"}, {"wait_s": round(time.perf_counter() - began, 3)})
        deployment.serve()
        figures.add({"who": "bailee serve, ready"}, {"wait_s": round(deployment.ready_seconds, 3)})
        deployment.stop()
