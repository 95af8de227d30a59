"""A real server process on a real TLS socket."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.journeys.world import World


@contextmanager
def serving(
    world: World, *options: str, port: str = "0", **environment: str
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run `bailee serve` with its own certificate; yield the process and its address."""
    command = [sys.executable, "-m", "bailee", "serve", "--port", port, "--certificate", "own"]
    process = subprocess.Popen(
        [*command, *options],
        env=world.environment(PYTHONUNBUFFERED="1", **environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=world.settings.home.parent,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("serving https://"), process.stderr and process.stderr.read()
        yield process, line.split()[1]
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()
