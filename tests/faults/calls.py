"""A chosen system call of the server fails, or is its last: a sweep over the n-th of each thread.

``strace`` injects it from outside. It counts in every thread for itself, so one n hits the writer
of the data, the writer of the keys and every reader, each at its own n-th call.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.faults.deployment import Deployment, NotServedError
from tests.faults.nursery import Child
from tests.faults.trials import Ground, Plan, Tally, Trial, trial

SWEEP = ("fsync", "pwrite64")
HOW = ("error=EIO", "error=ENOSPC", "signal=KILL")


def unusable() -> str:
    """Say why calls cannot be made to fail here; empty when they can."""
    if shutil.which("strace") is None:
        return "strace is missing"
    done = subprocess.run(
        ["strace", "-f", "-qq", "-e", "inject=fsync:error=EIO:when=1", "true"],
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if done.returncode == 0 else f"strace cannot trace here: {done.stderr.strip()[:120]}"


@dataclass(frozen=True)
class Injection:
    """Which call fails, how, and when: ``7`` is the seventh alone, ``7+`` every one from it on."""

    call: str
    how: str
    when: str

    def __str__(self) -> str:
        return f"{self.call}:{self.how}:when={self.when}"


class Traced(Child):
    """A server under ``strace``, which detaches itself so that the server is our own child."""

    def __init__(self, environment: Mapping[str, str], said: Path, injection: Injection) -> None:
        self._said = said
        trace = ["strace", "-D", "-f", "-qq", "--seccomp-bpf", "-o", os.devnull]
        trace += ["-e", f"trace={injection.call}", "-e", f"inject={injection}"]
        with self._file("out").open("wb") as out, self._file("err").open("wb") as err:
            self._traced = subprocess.Popen(
                [*trace, sys.executable, "-m", "bailee", "serve", "--port", "0"],
                env={**environment, "PATH": os.defpath},
                stdout=out,
                stderr=err,
            )
        self.pid = self._traced.pid

    def alive(self) -> bool:
        """Say whether it still runs."""
        return self._traced.poll() is None

    def wait(self, seconds: float = 60) -> int:
        """Wait for its end and return its exit code."""
        return self._traced.wait(seconds)

    def kill(self) -> None:
        """Kill it and wait until it is gone."""
        self.send(signal.SIGKILL)
        self._traced.wait()


def sweep(ground: Ground, plan: Plan, tally: Tally, injections: list[Injection]) -> list[str]:
    """Try each injection on one deployment: serve under it, kill, recover without it, check."""
    with trial(ground, plan, tally) as life:
        for injection in injections:
            life.deployment.kill_servers()
            _under(life, injection)
            tally.counts["failing calls", plan.engine] += 1
            if not life.recover(100):
                life.findings.insert(0, f"(after {injection})")
                break
        if not life.findings:
            life.findings += life.checker.run()
        return life.findings


def _under(life: Trial, injection: Injection) -> None:
    """Serve while a call fails. One failure alone must be got over without a restart (A7)."""
    made = life.deployment
    server = Traced(made.environment(), made.said / "server", injection)
    made.server = server
    try:
        made.urls = [Deployment.address(server, 60)]
    except NotServedError:
        made.server = None
        return  # it failed at the start, and said so
    life.work(25)
    life.load.end()
    if server.alive() and not injection.when.endswith("+") and not made.healthy(20):
        life.findings.append(f"A7 not well again after one {injection}")
    life.kill()
