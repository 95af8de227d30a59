"""The command line in the tests' own process: every command as its user types it, but cheap.

A process of its own costs a second of imports before the command begins. A test that is about the
process (killed, locked out, interrupted, measured) starts one; every other types its command here.
"""

from __future__ import annotations

import functools
import getpass
import io
import subprocess
import sys
from collections.abc import Mapping
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
import typer.main

from bailee.app.variables import SETTINGS
from bailee.cli import main

grown = functools.cache(typer.main.get_command)
"""The tree of all commands, which a process grows once: it takes longer than most commands."""


def typed(
    *args: str, env: Mapping[str, str], cwd: Path, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run ``bailee`` with these words; return what a process of its own would have left.

    Of the tests' own settings it sees none: only what ``env`` holds.
    """
    said = [io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2)]
    with pytest.MonkeyPatch.context() as shell, chdir(cwd):
        for name in SETTINGS:
            shell.delenv(name, raising=False)
        for name, text in env.items():
            shell.setenv(name, text)
        shell.setattr(sys, "argv", ["bailee", *args])
        shell.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode()), "utf-8"))
        shell.setattr(typer.main, "get_command", grown)
        shell.setattr(getpass, "getpass", input)  # there is no terminal to hide an answer from
        with redirect_stdout(said[0]), redirect_stderr(said[1]):
            code = _ended()
    out, err = (one.buffer.getvalue().decode() for one in said)
    return subprocess.CompletedProcess(["bailee", *args], code, out, err)


def _ended() -> int:
    """Run the command that ``sys.argv`` names; return its exit code."""
    try:
        main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0
