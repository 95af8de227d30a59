"""One deployment's life under one kind of fault: load, fault, recovery, check, again.

A trial remembers everything over its whole life, so a write of the first minute is still asked
for after the last fault. ``Tally`` counts what was done, over all trials.
"""

from __future__ import annotations

import contextlib
import random
import shutil
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from tests.faults import image
from tests.faults.auditor import Auditor
from tests.faults.broken import WHICH
from tests.faults.checker import Checker
from tests.faults.deployment import Deployment, NotServedError, Template, template
from tests.faults.writers import Load

LAST_LINES = 600
RECENT = 300
"""Subjects that a check in between looks at; the last check of a trial looks at all."""
DISK_MEGABYTES = {"sqlite": 64, "postgresql": 128, "clusters": 256}


@dataclass
class Tally:
    """What was done, by its name and engine, and what was wrong.

    Attributes:
        counts: (what, engine) → how often.
        checked: assertion → how often it was checked.
        findings: what no sound build may show.
        controls: broken build → the first finding that gave it away; empty when nothing did.
    """

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    checked: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)
    controls: dict[str, str] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    seconds: Counter[str] = field(default_factory=Counter)


class Ground:
    """Where trials stand: templates, made once, and folders of their own."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="bailee-faults-", dir=image.scratch()))
        self.folder.chmod(0o711)  # PostgreSQL runs as another account and passes through
        self._templates: dict[str, Template] = {}
        self._count = 0

    def template(self, engine: str, shift: timedelta = timedelta()) -> Template:
        """Return the founded deployment of an engine; ``shift`` from now."""
        name = f"template-{engine}-{shift.days}"
        if name not in self._templates:
            self._templates[name] = template(engine, self.folder / name, shift)
        return self._templates[name]

    def place(self) -> Path:
        """Return a new folder."""
        self._count += 1
        made = self.folder / str(self._count)
        made.mkdir(mode=0o711)
        return made

    def close(self) -> None:
        """Forget everything."""
        shutil.rmtree(self.folder, ignore_errors=True)


@dataclass
class Trial:
    """One deployment under one kind of fault."""

    deployment: Deployment
    load: Load
    checker: Checker
    dice: random.Random
    disk: image.Disk | None = None
    findings: list[str] = field(default_factory=list)

    def recover(self, recent: int = RECENT) -> bool:
        """Start again and check; say whether all is well."""
        try:
            self.deployment.start()
        except NotServedError as error:
            self.findings.append(f"A7 does not serve again: {error}")
            return False
        self.findings += self.checker.run(recent)
        if self.findings:
            self.findings.append(self.last_words())
        return not self.findings

    def last_words(self) -> str:
        """Return how the server is, and what it said last beside its access lines."""
        server = self.deployment.server
        if server is None:
            return "(no server)"
        how = "serves" if server.alive() else f"ended with {server.wait(1)}"
        if server.alive():
            server.send(signal.SIGUSR1)  # where does each thread stand?
            time.sleep(0.3)
        lines = [line for line in server.text("err").splitlines() if "bailee.access" not in line]
        return f"(the server {how}; it said: {' | '.join(lines[-LAST_LINES:])})"

    def work(self, calls: int) -> None:
        """Let the load begin and wait for so many answers; the load goes on."""
        self.load.begin()
        self.load.until(calls)

    def power_cut(self) -> None:
        """Cut the power under load and bring the disk back as it was at that moment."""
        assert self.disk is not None
        self.deployment.freeze()
        self.disk.cut()
        self.deployment.kill()
        self.load.end()
        self.disk.replug()

    def kill(self) -> None:
        """Kill the server under load."""
        self.deployment.kill_servers()
        self.load.end()


@dataclass(frozen=True)
class Plan:
    """How a trial is set up.

    Attributes:
        kind: its name in the table.
        powered: on a disk that can be cut.
        build: a broken build, empty for the sound one.
        options: settings of PostgreSQL, for broken ones.
    """

    kind: str
    engine: str
    seed: int
    powered: bool = False
    build: str = ""
    options: tuple[tuple[str, str], ...] = ()
    writers: int = 3
    megabytes: int = 0
    """Size of a small disk in memory, to be filled; 0 for none."""
    shift: timedelta = timedelta()
    extra: tuple[tuple[str, str], ...] = ()
    """More settings for the server's environment."""


@contextmanager
def trial(ground: Ground, plan: Plan, tally: Tally) -> Iterator[Trial]:
    """Yield a running trial; at its end everything is stopped and counted."""
    place, began = ground.place(), time.monotonic()
    disk = image.Disk(place / "disk", DISK_MEGABYTES[plan.engine]) if plan.powered else None
    if disk:
        disk.path.chmod(0o711)
    room = place / "room"
    if plan.megabytes:
        image.small_disk(room, plan.megabytes)
    made: Deployment | None = None
    try:
        made = Deployment(
            ground.template(plan.engine, plan.shift),
            disk.path if disk else room,
            place / "said",
            {WHICH: plan.build} | dict(plan.extra),
            options=dict(plan.options),
        )
        made.start()
        load = Load(made, plan.seed, plan.writers)
        checker = Checker(made, load.history, Auditor(place / "audit"))
        yield Trial(made, load, checker, random.Random(plan.seed), disk)
        tally.counts["acknowledged", plan.engine] += load.history.acknowledged()
        tally.checked.update(checker.checked)
    finally:
        if made is not None:
            made.kill()
        if disk:
            disk.eject()
        if plan.megabytes:
            image.eject(room)
        tally.seconds[f"{plan.kind} {plan.engine}"] += int(time.monotonic() - began)
        with contextlib.suppress(OSError):
            shutil.rmtree(place)
