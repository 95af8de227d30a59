"""``make faults``: every fault, every broken build, one table; not zero when anything is missing.

``SEED=7`` repeats a run's dice, ``RUNS=10`` does a tenth of it (percent), ``ONLY=kills`` one kind.
"""

from __future__ import annotations

import dataclasses
import os
import signal
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from tests.faults import calls, image, loops, places, races, steps
from tests.faults.calls import Injection
from tests.faults.deployment import ENGINES, NotServedError
from tests.faults.seeds import runs, seed
from tests.faults.trials import Ground, Plan, Tally

KILLS = {"sqlite": 200, "postgresql": 100}
CUTS = {"sqlite": 60, "postgresql": 60}
LIFE = 20
"""Faults of one deployment's life; then another begins, with other dice."""
NTH = (1, 2, 3, 5, 8, 12, 17, 24, 33, 50)
Part = Callable[[], list[str]]


class Run:
    """One run: its ground, its tally, and what it does, by name."""

    def __init__(self) -> None:
        self.ground, self.tally = Ground(), Tally()

    def loop(self, kind: str, engine: str, times: int, *, build: str = "") -> list[str]:
        """Kill, or cut the power, so often, over several lives."""
        made = loops.cuts if kind == "power cuts" else loops.kills
        for life, at in enumerate(range(0, times, LIFE)):
            plan = Plan(kind, engine, seed() + life, kind == "power cuts", build)
            if found := made(self.ground, plan, self.tally, min(LIFE, times - at)):
                return [f"(seed {plan.seed})", *found]
        return []

    def sweep(self) -> list[str]:
        """Let the n-th call fail, over kinds of calls and of failures."""
        found = [
            Injection(call, how, f"{n}{more}")
            for call in calls.SWEEP
            for how in calls.HOW
            for more in ("", "+")
            for n in NTH
            if not (more and (how == "signal=KILL" or n % 2))
        ]
        plan = Plan("calls", "sqlite", seed())
        return calls.sweep(self.ground, plan, self.tally, found[: runs(len(found))])

    def clock(self) -> list[str]:
        """Let the clock jump."""
        file, shift = self.ground.place() / "clock", places.december()
        file.write_text(str(shift.total_seconds()), "utf-8")
        extra = (("FAULTS_CLOCK", str(file)),)
        plan = Plan("clock", "sqlite", seed(), build="moved_clock", shift=shift, extra=extra)
        return places.clock_jumps(self.ground, plan, self.tally)

    def parts(self) -> dict[str, Part]:
        """Return what a sound build must stand, by name."""
        g, t, number = self.ground, self.tally, seed()
        made: dict[str, Part] = {}
        for engine in ENGINES:
            made[f"kills {engine}"] = lambda e=engine: self.loop("kills", e, runs(KILLS[e]))  # type: ignore[misc]
            made[f"power cuts {engine}"] = lambda e=engine: self.loop(  # type: ignore[misc]
                "power cuts", e, runs(CUTS[e])
            )
        made["failing calls"] = self.sweep
        for engine, size in (("sqlite", 24), ("postgresql", 128)):
            made[f"full disk {engine}"] = lambda e=engine, m=size: places.full_disk(  # type: ignore[misc]
                g, Plan("full disk", e, number, megabytes=m), t, runs(4)
            )
        made["database away"] = lambda: places.outages(
            g, Plan("away", "postgresql", number), t, runs(6)
        )
        made["clock jumps"] = self.clock
        made["two servers, one home"] = lambda: places.two_servers(
            g, Plan("two servers", "sqlite", number), t
        )
        made["restored backup"] = lambda: races.restored(g, Plan("restored", "sqlite", number), t)
        made["two sequencers"] = lambda: races.race(
            g, Plan("races", "clusters", number, build="two_leaders", writers=6), t, runs(4)
        )
        for act in steps.ACTS:
            made[f"death in {act.name}"] = lambda a=act: steps.every_step(  # type: ignore[misc]
                g, Plan(f"death in {a.name}", "sqlite", number, writers=2), t, a
            )
        return made

    def controls(self) -> dict[str, Part]:
        """Return the broken builds, each of which must be found out (A12)."""
        g, t, number = self.ground, Tally(), seed()  # what they count is not counted

        def cut(engine: str, build: str, **options: str) -> list[str]:
            plan = Plan("control", engine, number, powered=True, build=build)
            return loops.cuts(g, dataclasses.replace(plan, options=tuple(options.items())), t, 8)

        def race(engine: str, build: str) -> list[str]:
            return races.race(g, Plan("control", engine, number, build=build, writers=6), t, 6)

        return {
            "synchronous=NORMAL (SQLite)": lambda: cut("sqlite", "synchronous_normal"),
            "fsync=off (PostgreSQL)": lambda: cut("postgresql", "", fsync="off"),
            "synchronous_commit=off (PostgreSQL)": lambda: cut(
                "postgresql", "", synchronous_commit="off"
            ),
            "no compare-and-swap, two sequencers": lambda: race("clusters", "no_fence"),
            "inbox read by id > last": lambda: race("clusters", "inbox_cursor"),
            "no guard, restored backup": lambda: races.restored(
                g, Plan("control", "sqlite", number, build="no_guard"), t
            ),
            "answer before commit": lambda: loops.kills(
                g, Plan("control", "sqlite", number, build="early_answer"), t, 8
            ),
        }

    def missing(self, name: str) -> str:
        """Say why a part cannot be done on this machine; empty when it can."""
        if "power" in name or "=" in name or "full disk" in name:
            return image.unusable()
        return calls.unusable() if name == "failing calls" else ""


def _do(name: str, part: Part, *, broken: bool = False) -> bool:
    """Do one part; say how it went, and whether it went as it must.

    A sound build must give nothing, a broken one something. What could not be tried is neither.
    """
    began = time.monotonic()
    print(f"{name:<40}", end="", flush=True)
    try:
        found, tried = part(), True
    except NotServedError as error:
        found, tried = [f"NOT TRIED: {error}"], False
    print(f"{time.monotonic() - began:7.0f} s   {found[0][:300] if found else 'nothing found'}")
    for one in found[1:4]:
        print(f"    {one[:600]}")
    return tried and bool(found) == broken


def main() -> int:
    """Do everything, print the table, return the exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # unmount and clean up all the same
    only = os.environ.get("ONLY", "")  # noqa: TID251 - a setting of the harness, not the program
    print(f"SEED={seed()}  RUNS={os.environ.get('RUNS', '100')} %")  # noqa: TID251 - the same
    run, failed, skipped = Run(), list[str](), dict[str, str]()
    began = time.monotonic()
    try:
        for name, part in run.parts().items():
            if only in name:
                skipped |= {name: why} if (why := run.missing(name)) else {}
                failed += [name] if name not in skipped and not _do(name, part) else []
        print("\nBroken builds: each must be found out.")
        for name, part in run.controls().items():
            if only in name:
                skipped |= {name: why} if (why := run.missing(name)) else {}
                good = name in skipped or _do(name, part, broken=True)
                failed += [] if good else [name]
    finally:
        run.ground.close()
    table = _table(run.tally, time.monotonic() - began)
    print(table)
    for name, why in skipped.items():
        print(f"NOT DONE   {name}: {why}")
    for name in failed:
        print(f"FAILED     {name}")
    if result := os.environ.get("RESULT"):  # noqa: TID251 - the same
        Path(result).write_text(f"{datetime.now(UTC):%Y-%m-%d}, SEED={seed()}\n{table}\n")  # noqa: TID251 - the harness's own
    return 1 if failed or skipped else 0


def _table(tally: Tally, seconds: float) -> str:
    lines = ["", f"{'':<34}" + "".join(f"{one:>12}" for one in (*ENGINES, "clusters"))]
    for what in sorted({what for what, _ in tally.counts}):
        counts = [tally.counts[what, engine] for engine in (*ENGINES, "clusters")]
        lines.append(f"{what:<34}" + "".join(f"{count or '':>12}" for count in counts))
    checked = "  ".join(f"{name} {count}" for name, count in sorted(tally.checked.items()))
    return "\n".join([*lines, f"assertions checked: {checked}", f"{seconds / 60:.0f} minutes"])


if __name__ == "__main__":
    sys.exit(main())
