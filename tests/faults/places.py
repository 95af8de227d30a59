"""Places that fail: a disk that is full, a database that is away, a clock that jumps, two servers.

Each of them must be refused visibly while it lasts, and be over by itself when it is over: the
server is not restarted.
"""

from __future__ import annotations

import errno
import os
import signal
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.faults.deployment import NotServedError
from tests.faults.nursery import freeze
from tests.faults.trials import Ground, Plan, Tally, Trial, trial

LEAST_REFUSALS = 3


def refused(life: Trial, seconds: float, what: str) -> None:
    """Watch the load for a while; some calls must be refused, and the server must live."""
    before = life.load.history.refusals.total()
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        time.sleep(0.02)
        if life.load.history.refusals.total() - before >= LEAST_REFUSALS:
            break
    else:
        life.findings.append(f"A7 {what}: nothing was refused")
    time.sleep(0.3)  # let it last


def over(life: Trial) -> bool:
    """Wait until the server is well again by itself, let it work, and check."""
    made = life.deployment
    if not made.healthy(30):
        life.findings += ["A7 not well again by itself", life.last_words()]
        return False
    life.load.until(10)
    life.load.end()
    life.findings += life.checker.run()
    return not life.findings


def full_disk(ground: Ground, plan: Plan, tally: Tally, times: int) -> list[str]:
    """Fill the disk under load, down to some bytes; give the space back."""
    with trial(ground, plan, tally) as life:
        ballast = life.deployment.root / "ballast"
        for _ in range(times):
            life.work(10)
            _fill(ballast, life.dice.choice((0, 1, 5, 20)) * 4096)
            tally.counts["full disks", plan.engine] += 1
            refused(life, 20, "the disk is full")
            ballast.unlink()
            for cluster in life.deployment.clusters:
                if not cluster.running:
                    cluster.start()  # PostgreSQL gave up; its operator starts it again
            if not over(life):
                break
        return life.findings


def _fill(ballast: Path, left: int) -> None:
    """Fill a disk but for some bytes."""
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\1" * 65536)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
        file.truncate(max(0, file.tell() - left))


def outages(ground: Ground, plan: Plan, tally: Tally, times: int) -> list[str]:
    """Stop PostgreSQL under load, or let it hang, and bring it back."""
    with trial(ground, plan, tally) as life:
        cluster = life.deployment.clusters[0]
        for number in range(times):
            life.work(15)
            if number % 3 == 2:
                held = cluster.processes()
                freeze(held)
                time.sleep(1.5)
                for process in reversed(held):
                    os.kill(process, signal.SIGCONT)
                tally.counts["database hangs", plan.engine] += 1
            else:
                cluster.stop(signal.SIGQUIT if number % 3 else signal.SIGINT)
                refused(life, 20, "the database is away")
                cluster.start()
                tally.counts["outages", plan.engine] += 1
            if not over(life):
                break
        return life.findings


def clock_jumps(ground: Ground, plan: Plan, tally: Tally) -> list[str]:
    """Jump forwards, backwards, and over the end of the year, under load."""
    with trial(ground, plan, tally) as life:
        clock = Path(dict(plan.extra)["FAULTS_CLOCK"])
        base = plan.shift.total_seconds()
        for offset in (3600.0, 3600.0 - 3.0, 7200.0):
            life.work(15)
            clock.write_text(str(base + offset))
            tally.counts["clock jumps", plan.engine] += 1
            if not over(life):
                return life.findings
        life.work(15)
        clock.write_text(str(base + 1800))
        tally.counts["clock jumps", plan.engine] += 1
        refused(life, 20, "the clock went back by more than it may")
        clock.write_text(str(base + 7300))
        if over(life):
            _new_year(life, clock, tally)
        return life.findings


def _new_year(life: Trial, clock: Path, tally: Tally) -> None:
    """Let the year end under load: each log is closed, its successor goes on."""
    now = datetime.now(UTC)  # noqa: TID251 - the harness moves the clock of the program
    then = now + timedelta(seconds=float(clock.read_text()))
    midnight = datetime(then.year + 1, 1, 1, tzinfo=UTC)
    life.work(10)
    clock.write_text(str((midnight - now).total_seconds() - 1.0))
    tally.counts["clock jumps", life.deployment.template.engine] += 1
    life.load.until(60)
    time.sleep(2.5)
    life.load.until(30)
    life.load.end()
    life.findings += life.checker.run(closed=True)
    logs = [row[0] for row in life.deployment.rows("SELECT log FROM ledger_head")]
    if not any(name.endswith(f"/{midnight.year}") for name in logs):
        life.findings.append("A7 no log of the new year")


def december() -> timedelta:
    """Return how far a deployment's clock is moved so that it is founded on 20 December."""
    now = datetime.now(UTC)  # noqa: TID251 - the same
    return timedelta(days=(datetime(now.year, 12, 20, tzinfo=UTC) - now).days)


def two_servers(ground: Ground, plan: Plan, tally: Tally) -> list[str]:
    """Start a second server on a home that is served; then again without the lock's file."""
    with trial(ground, plan, tally) as life:
        for file_is_there in (True, False):
            life.work(10)
            if not file_is_there:
                (life.deployment.home / "serving.lock").unlink()
            tally.counts["second servers", plan.engine] += 1
            try:
                life.deployment.join()
            except NotServedError as error:
                if "home.held" not in str(error):
                    life.findings.append(f"A7 refused otherwise: {error}")
            else:
                life.findings.append(f"two servers serve one home (lock file: {file_is_there})")
            life.load.until(10)
            life.load.end()
            life.findings += life.checker.run()
        return life.findings
