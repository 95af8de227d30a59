"""Programs under measurement: started, pinned to a core, weighed, and ended by their ids.

CPU time and memory are read from ``/proc`` for a program with all its descendants: a server that
starts workers, or PostgreSQL with its backends, counts whole. The time of a descendant that ended
meanwhile is in its parent's own account.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO

TICKS = os.sysconf("SC_CLK_TCK")
SERVER_CORE, DRIVER_CORE = 0, 1
PROC = Path("/proc")
STOP_SECONDS = 60


def python(*arguments: str) -> list[str]:
    """Return a command of this very interpreter."""
    return [sys.executable, *arguments]


def pinned(command: list[str], core: int | None) -> list[str]:
    """Return a command that runs on one core, or wherever it likes (None)."""
    return command if core is None else ["taskset", "-c", str(core), *command]


def start(
    command: list[str],
    environment: Mapping[str, str],
    *,
    core: int | None = None,
    output: IO[str] | int = subprocess.DEVNULL,
    errors: IO[str] | int = subprocess.DEVNULL,
    source: int = subprocess.DEVNULL,
) -> subprocess.Popen[str]:
    """Start a program in the background."""
    return subprocess.Popen(
        pinned(command, core),
        env=dict(environment),
        stdin=source,
        stdout=output,
        stderr=errors,
        text=True,
    )


def stop(program: subprocess.Popen[str]) -> None:
    """End a program that was started here, kindly and then not."""
    if program.poll() is None:
        program.send_signal(signal.SIGTERM)
        try:
            program.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            program.kill()
            program.wait()
    for pipe in (program.stdin, program.stdout):
        if pipe is not None:
            pipe.close()


def tree(roots: Iterable[int]) -> list[int]:
    """Return the ids of programs and of all their living descendants."""
    children: dict[int, list[int]] = {}
    for entry in PROC.iterdir():
        if entry.name.isdecimal() and (fields := _stat(int(entry.name))):
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found, todo = [], list(roots)
    while todo:
        found.append(todo.pop())
        todo += children.get(found[-1], [])
    return found


def cpu_seconds(roots: Iterable[int]) -> float:
    """Return user and system time of programs, descendants and ended descendants included."""
    ticks = 0
    for pid in tree(roots):
        if fields := _stat(pid):
            ticks += sum(map(int, fields[11:15]))
    return ticks / TICKS


def memory_mb(roots: Iterable[int]) -> float:
    """Return what programs and descendants hold in memory; shared pages count once (PSS)."""
    kilobytes = 0
    for pid in tree(roots):
        try:
            text = (PROC / str(pid) / "smaps_rollup").read_text()
        except OSError:
            continue
        kilobytes += next(
            (int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")), 0
        )
    return kilobytes / 1000


def peak_mb(pid: int) -> float:
    """Return the most that one program held in memory so far."""
    text = (PROC / str(pid) / "status").read_text()
    return next(int(s.split()[1]) for s in text.splitlines() if s.startswith("VmHWM:")) / 1000


def move(roots: Iterable[int], cores: set[int]) -> None:
    """Pin running programs and their descendants; what they start later inherits it."""
    for pid in tree(roots):
        try:
            os.sched_setaffinity(pid, cores)
        except ProcessLookupError:
            continue


def _stat(pid: int) -> list[str]:
    """Return the fields of ``/proc/PID/stat`` from the state on; empty when it has ended."""
    try:
        text = (PROC / str(pid) / "stat").read_text()
    except OSError:
        return []
    return text.rpartition(")")[2].split()
