"""P1: encrypt and decrypt over HTTP, beside OpenBao's transit engine, in the same run.

Both servers run at once on core 0, the driver on core 1; loads alternate (bailee, OpenBao, bailee,
OpenBao), so that a slow minute of the machine slows both. Each item is another subject of 20,000
(OpenBao: other associated data), over and over. ``cold``: after a restart, each subject once.
``first seen``: subjects that did not exist before. Last, both are started again without a core of
their own (``unpinned``), driver included.

Checked in the run: every answer's status and number of good results; entries signed against
requests sent; a sample decrypted and compared; another subject's context must not open.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from msgspec import structs

from bench.deployment import Deployment, Postgres
from bench.figures import Figures
from bench.load import ceiling, quiet
from bench.openbao import OpenBao
from bench.process import DRIVER_CORE, SERVER_CORE
from bench.sides import BAILEE, CALLERS, Bailee, Transit

VERBS = ("encrypt", "decrypt")
UNPINNED = (1, 100, 1000)


@dataclass(frozen=True)
class Size:
    """How much is measured; ``once`` bounds the requests of a load whose subjects come once."""

    subjects: int = 20_000
    seconds: float = 3.0
    repeats: int = 2
    once: int = 3_000
    batches: tuple[int, ...] = (1, 10, 100, 249, 1000)


SMALL = Size(subjects=2_000, seconds=1.0, repeats=1, once=300, batches=(1, 100, 1000))


def measure(figures: Figures, folder: Path) -> None:
    """Measure P1."""
    size = SMALL if figures.quick else Size(repeats=3 if figures.large else 2)
    deployment = Deployment(folder / "p1-home")
    bao = OpenBao(folder / "p1-openbao")
    try:
        bao.begin()
        deployment.found()
        deployment.serve()
        deployment.populate()
        figures.facts["openbao"] = bao.version()
        figures.facts["driver"] = ceiling(size.seconds, CALLERS[1])
        sides = Bailee(deployment, size.subjects), Transit(bao, size.subjects)
        warm(figures, sides, size)
        once(figures, sides[0], size)
        deployment.stop()
        bao.restart(None)
        deployment.core = None
        deployment.serve()
        unpinned(figures, sides, size)
    finally:
        deployment.stop()
        bao.stop()
    if not figures.quick:
        on_postgres(figures, folder, size)


def warm(figures: Figures, sides: tuple[Bailee, Transit], size: Size) -> None:
    """Measure both sides on subjects that they know, in turn."""
    for side in sides:
        side.warm()
        side.refuses_another()
        quiet(side.roots)
    for verb in VERBS:
        for batch in size.batches:
            for _ in range(size.repeats):
                for side in sides:
                    one(figures, side, (verb, batch, size.seconds), core=DRIVER_CORE)


def one(
    figures: Figures, side: Bailee | Transit, what: tuple[str, int, float], *, core: int | None
) -> None:
    """Measure one load of warm subjects on one side, and check a sample of its answers."""
    verb, batch, seconds = what
    load = side.load(verb, batch, seconds)
    weighed, logged = side.run(load, core=core)
    side.check(verb, batch, weighed.outcome.kept)
    figures.add(
        said(side.name, verb, batch, "warm", pinned=core is not None),
        weighed.figures() | {"bytes_logged": round(logged, 1)},
    )


def said(name: str, verb: str, batch: int, subjects: str, *, pinned: bool = True) -> dict[str, str]:
    """Return what a row measured, in words."""
    return {
        "who": name,
        "work": verb,
        "batch": str(batch),
        "subjects": subjects,
        "cores": "one" if pinned else "two",
        "callers": str(CALLERS[batch]),
    }


def once(figures: Figures, side: Bailee, size: Size) -> None:
    """Measure subjects that are not in memory, and subjects that do not exist yet."""
    for batch in size.batches:
        for verb in VERBS:
            side.deployment.restart()
            side.wake()
            load = side.load(verb, batch, 0)
            load = structs.replace(load, requests=load.requests[: size.once], cycle=False)
            weighed, logged = side.run(load, core=DRIVER_CORE)
            figures.add(
                said(side.name, verb, batch, "cold"),
                weighed.figures() | {"bytes_logged": round(logged, 1)},
            )
        count = min(size.once * batch, size.subjects)
        weighed, _ = side.run(side.first(f"new{batch}", batch, count), core=DRIVER_CORE)
        figures.add(said(side.name, "encrypt", batch, "first seen"), weighed.figures())


def unpinned(figures: Figures, sides: tuple[Bailee, Transit], size: Size) -> None:
    """Measure both sides and the driver on whatever core is free."""
    for side in sides:
        side.warm()
        quiet(side.roots)
    for verb in VERBS:
        for batch in UNPINNED:
            for side in sides:
                one(figures, side, (verb, batch, size.seconds), core=None)


def on_postgres(figures: Figures, folder: Path, size: Size) -> None:
    """Measure bailee on PostgreSQL, the database's processes on the server's core as well."""
    postgres = Postgres.begin(SERVER_CORE)
    deployment = Deployment(folder / "p1-postgres", postgres)
    try:
        deployment.found()
        deployment.serve()
        deployment.populate()
        side = Bailee(deployment, size.subjects, f"{BAILEE} on PostgreSQL")
        side.warm()
        side.refuses_another()
        quiet(side.roots)
        for verb in VERBS:
            for batch in size.batches:
                one(figures, side, (verb, batch, size.seconds), core=DRIVER_CORE)
    finally:
        deployment.stop()
        postgres.cluster.close()
