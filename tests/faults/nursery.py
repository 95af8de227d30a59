"""Processes of the program, born ready: forked from one that has loaded everything.

A server spends a second on imports before its first line. Hundreds of them are started here, so
one process imports once (``forkserver``) and each server is a fork of it that runs the command
line, as ``python -m bailee`` does. What a process says goes into two files of its own.
"""

from __future__ import annotations

import contextlib
import faulthandler
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Mapping
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from tests.faults import broken

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    ["bailee.cli", "bailee.app.home", "bailee.web.server", "tests.faults.nursery", "psycopg"]
)
POLL_SECONDS = 0.003


def _end_with_parent() -> None:
    """End when the run itself is gone, however it went: no server outlives its trial."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGKILL)


def _child(environment: Mapping[str, str], arguments: list[str], said: str) -> None:
    """Become the command line: environment, output, build, then its ``main``."""
    from bailee.cli import main  # noqa: PLC0415 - loaded by the forkserver, needed in the child

    for number, name in ((1, "out"), (2, "err")):
        file = os.open(f"{said}.{name}", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(file, number)
        os.close(file)
    sys.stdout = os.fdopen(1, "w", buffering=1, closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, closefd=False)
    os.environ.clear()  # noqa: TID251 - a child begins with what it was given
    os.environ.update(environment)  # noqa: TID251 - the same
    sys.argv = ["bailee", *arguments]
    threading.Thread(target=_end_with_parent, daemon=True).start()
    faulthandler.register(signal.SIGUSR1, file=sys.stderr)
    broken.apply(environment)
    main()


class Child:
    """One process of the program."""

    def __init__(self, environment: Mapping[str, str], arguments: list[str], said: Path) -> None:
        said.parent.mkdir(parents=True, exist_ok=True)
        self._said = said
        for name in ("out", "err"):
            self._file(name).unlink(missing_ok=True)
        self._process: ForkServerProcess = _CONTEXT.Process(
            target=_child, args=(dict(environment), arguments, str(said)), daemon=True
        )
        self._process.start()
        self.pid: int = self._process.pid or 0

    def _file(self, name: str) -> Path:
        return self._said.with_name(f"{self._said.name}.{name}")

    def text(self, name: str = "out") -> str:
        """Return what it said so far on ``out`` or ``err``."""
        try:
            return self._file(name).read_text("utf-8", "replace")
        except FileNotFoundError:
            return ""

    def line(self, start: str, seconds: float = 30) -> str:
        """Wait for a line that begins so and return it; empty when the process ended first."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            alive = self.alive()
            for line in self.text().splitlines():
                if line.startswith(start):
                    return line
            if not alive:
                return ""
            time.sleep(POLL_SECONDS)
        return ""

    def alive(self) -> bool:
        """Say whether it still runs."""
        return self._process.is_alive()

    def wait(self, seconds: float = 60) -> int:
        """Wait for its end and return its exit code (minus the signal that ended it).

        Raises:
            TimeoutError: it did not end.
        """
        self._process.join(seconds)
        if self._process.exitcode is None:
            raise TimeoutError(self.text("err")[-500:])
        return self._process.exitcode

    def send(self, number: signal.Signals) -> None:
        """Send a signal, if anybody is there."""
        if self.alive():
            with contextlib.suppress(ProcessLookupError):  # it may end between the two
                os.kill(self.pid, number)

    def freeze(self) -> None:
        """Stop every thread of it, and return when they stand."""
        freeze([self.pid])

    def kill(self) -> None:
        """Kill it and wait until it is gone."""
        self.send(signal.SIGKILL)
        self._process.join()

    def peak_memory(self) -> int:
        """Return the most memory it ever held, in bytes; 0 when it is gone."""
        try:
            status = Path(f"/proc/{self.pid}/status").read_text("utf-8")
        except OSError:
            return 0
        peak = [line for line in status.splitlines() if line.startswith("VmHWM:")]
        return int(peak[0].split()[1]) * 1024 if peak else 0


def freeze(processes: list[int]) -> None:
    """Stop processes with all their threads; return when the kernel says that they stand."""
    for process in processes:
        os.kill(process, signal.SIGSTOP)
    while not all(_stands(process) for process in processes):
        time.sleep(0.0005)


def _stands(process: int) -> bool:
    """Say whether no thread of a process runs or is inside a call that still writes."""
    try:
        for thread in Path(f"/proc/{process}/task").iterdir():
            state = (thread / "stat").read_text("utf-8").rpartition(")")[2].split()[0]
            if state not in "TtZX":
                return False
    except (FileNotFoundError, ProcessLookupError):
        return True  # gone altogether
    return True
