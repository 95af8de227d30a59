"""Searching the files of a database that is being served must not loosen SQLite's hold on them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from bailee.app.home import found, opened
from bailee.app.search import holding
from bailee.app.settings import read_settings
from bailee.app.watch_access import planted
from tests.app.test_home import ADA

ROOT = Path(__file__).parents[2]


def test_a_backup_beside_a_searched_home_leaves_its_log_alone(tmp_path: Path) -> None:
    """After a search, a backup taken by another process neither folds nor removes the log.

    POSIX locks are a process's: closing a second descriptor of a database's file drops them all,
    and the other process would take itself for the only one.
    """
    settings = read_settings({}, tmp_path / "home")
    found(settings, ADA)
    log = settings.home / "data.db-wal"
    with opened(settings, holder="a test") as house:
        with planted(house) as canary:
            assert holding(house.parts, [canary.record.encode()])
        before = log.stat().st_ino
        done = subprocess.run(
            [sys.executable, "-m", "bailee", "backup", str(tmp_path / "copy")],
            env={
                "PATH": os.defpath,
                "PYTHONPATH": str(ROOT / "src"),
                "BAILEE_HOME": str(settings.home),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert log.stat().st_ino == before
