"""``python -m bench [PART…] [--quick]``: measure, write results, write the tables."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench import (
    appending,
    encrypting,
    growing,
    importing,
    machine,
    report,
    starting,
    storing,
    verifying,
)
from bench.figures import Figures

PARTS: dict[str, Callable[[Figures, Path], None]] = {
    "p1": encrypting.measure,
    "p2": storing.protecting,
    "p3": storing.revealing,
    "p4": appending.measure,
    "p5": verifying.measure,
    "p6": growing.measure,
    "p7": importing.measure,
    "p11": starting.measure,
}


def main() -> None:
    """Measure the named parts, or all; then write ``docs/benchmarks.md`` from every result."""
    parser = argparse.ArgumentParser(prog="bench", description="Measure bailee.")
    parser.add_argument("part", nargs="*", choices=[*PARTS, "report", []], help="default: all")
    parser.add_argument("--quick", action="store_true", help="small loads: does it all work?")
    asked = parser.parse_args()
    for part in asked.part or PARTS:
        if part != "report":
            _measure(part, quick=asked.quick, large=bool(asked.part) and not asked.quick)
    report.write(quick=asked.quick)


def _measure(part: str, *, quick: bool, large: bool) -> None:
    folder = Path(tempfile.mkdtemp(prefix="bailee-bench-"))
    began = time.monotonic()
    try:
        facts = {"machine": machine.describe(folder), "versions": machine.versions()}
        figures = Figures(part, quick, large, facts)
        PARTS[part](figures, folder)
        figures.facts["minutes"] = round((time.monotonic() - began) / 60, 1)
        sys.stderr.write(f"{part}: {figures.write()}\n")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
