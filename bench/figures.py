"""Rows of figures, and the file they are kept in: ``bench/results/PART.json``."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bailee.clock import Clock, write_time
from bench import machine

RESULTS = Path(__file__).parent / "results"
QUICK_RESULTS = RESULTS / "quick"


@dataclass
class Figures:
    """What one part measured: facts about the run and one row for each measurement.

    A row's texts say what was measured, its numbers what came out; rows of equal texts are repeats
    of one another.
    """

    part: str
    quick: bool
    large: bool = False
    """Sizes that take long are measured as well."""
    facts: dict[str, Any] = field(default_factory=dict)
    rows: list[dict[str, Any]] = field(default_factory=list)

    def add(self, what: Mapping[str, str], numbers: Mapping[str, float]) -> None:
        """Keep a measurement, and show it."""
        self.rows.append({**what, **numbers})
        said = " ".join(what.values())
        shown = " ".join(
            f"{name}={numbers[name]:g}"
            for name in numbers
            if name not in {"requests", "items", "seconds", "driver_busy"}
        )
        sys.stderr.write(f"  {self.part}: {said}: {shown}\n")

    def write(self) -> Path:
        """Write the results down; those of a quick run apart, where they replace no others."""
        folder = QUICK_RESULTS if self.quick else RESULTS
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.part}.json"
        kept = {
            "part": self.part,
            "quick": self.quick,
            "measured": write_time(Clock().now()),
            "command": machine.command(self.part, quick=self.quick),
            **self.facts,
            "rows": self.rows,
        }
        path.write_text(json.dumps(kept, indent=1) + "\n")
        return path
