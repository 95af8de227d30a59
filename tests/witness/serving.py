"""A witness as a process of its own, to be killed."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def serving(path: Path, port: int = 0) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Run `bailee witness serve`; yield its address and process."""
    command = [sys.executable, "-m", "bailee", "witness", "serve", "--file", str(path)]
    process = subprocess.Popen(
        [*command, "--port", str(port)],
        env={"PATH": os.defpath, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    found = re.search(r"witnessing (\S+)", process.stdout.readline())
    assert found is not None
    try:
        yield found[1], process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)
        process.stdout.close()
