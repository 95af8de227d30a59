"""P5: the standalone verifier over a whole exported log, in entries per second of its CPU time.

The log is written in process, in transactions of a thousand entries, each naming one record; it is
integrated, signed and exported as for an auditor, with all openings. Then the verifier runs as its
auditor runs it: one file, isolated, the standard library alone.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path

from bailee.app.home import opened
from bailee.app.settings import read_settings
from bailee.db import HOUSE
from bailee.ledger import verify
from bench import process
from bench.appending import fact
from bench.deployment import Deployment
from bench.figures import Figures

BATCH = 1000


def measure(figures: Figures, folder: Path) -> None:
    """Measure P5."""
    count = 20_000 if figures.quick else 200_000
    deployment = Deployment(folder / "p5-home")
    deployment.found()
    bundle, pin = folder / "bundle", folder / "vkey"
    done = subprocess.run(
        process.python("-m", "bench.verifying", str(count), str(bundle)),
        env=deployment.environment(), capture_output=True, text=True, check=True,
    )  # fmt: skip
    made = json.loads(done.stdout)
    pin.write_text(made["vkey"] + "\n")
    size = sum(path.stat().st_size for path in bundle.rglob("*") if path.is_file())
    figures.facts["log"] = {"entries": made["entries"], "megabytes": round(size / 1e6, 1)}
    for _ in range(1 if figures.quick else 3):
        for openings in ("with openings", "without openings"):
            _verify(figures, (bundle, pin), made["entries"], openings)


def _verify(figures: Figures, place: tuple[Path, Path], entries: int, openings: str) -> None:
    bundle, pin = place
    command = [sys.executable, "-I", "-S", verify.__file__, str(bundle), "--vkey", str(pin)]
    file, aside = bundle / "openings.jsonl", bundle.parent / "openings.jsonl"
    if openings == "without openings":
        file.rename(aside)
        command.append("--no-openings")
    before, began = _children(), time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    elapsed, cpu = time.perf_counter() - began, _children() - before
    if aside.exists():
        aside.rename(file)
    if done.returncode != 0:
        raise RuntimeError(f"the log did not verify: {done.stdout[-500:]}{done.stderr[-500:]}")
    figures.add(
        {"who": "bailee-verify", "log": openings},
        {
            "entries": entries,
            "entries_per_cpu_s": round(entries / cpu),
            "entries_s": round(entries / elapsed),
            "cpu_s": round(cpu, 2),
        },
    )


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Fill and export the house's log in the home that the environment names."""
    count, target = int(sys.argv[1]), Path(sys.argv[2])
    with opened(read_settings(), holder="the bench") as house:
        ledger = house.parts.ledger
        for start in range(0, count, BATCH):
            facts = [fact(number) for number in range(start, start + BATCH)]
            house.parts.data.write(
                HOUSE,
                lambda conn, facts=facts: ledger.append_many(conn, facts),  # type: ignore[misc]
            )
        house.settle()
        log = house.newest_log(HOUSE)
        house.export_log(HOUSE, log, target)
        entries = house.parts.data.read(HOUSE, lambda conn: ledger.logs(conn, HOUSE))[-1].signed
        sys.stdout.write(json.dumps({"vkey": ledger.vkey(log), "entries": entries}))


if __name__ == "__main__":
    main()
