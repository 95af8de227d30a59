"""The home's lock: one process, named to whoever comes second."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bailee.app.lock import HomeLock
from bailee.errors import Conflict

HOLD = """
import sys, time
from pathlib import Path
from bailee.app.lock import HomeLock
HomeLock(Path(sys.argv[1])).take("server at https://vault.example:8443")
print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where a lock may lie."""
    return tmp_path / "serving.lock"


def test_the_second_is_told_who_holds_it(path: Path) -> None:
    """Whoever comes second is refused and learns the holder's newest name."""
    first, second = HomeLock(path), HomeLock(path)
    first.take("a server that is starting, with a long name")
    first.rename("server at https://localhost:8443")

    with pytest.raises(Conflict, match="server at https://localhost:8443\\.") as caught:
        second.take("init")

    assert caught.value.code == "home.held"
    first.release()


def test_a_released_lock_is_free(path: Path) -> None:
    """What was let go of can be taken, and letting go twice changes nothing."""
    first, second = HomeLock(path), HomeLock(path)
    first.take("one")
    first.release()
    first.release()

    second.take("two")

    assert path.read_text() == "two\n"
    second.release()


def test_a_process_that_is_killed_lets_go(path: Path) -> None:
    """A holder in another process is named, and its death frees the home."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    lock = HomeLock(path)
    with pytest.raises(Conflict, match=r"vault\.example"):
        lock.take("init")

    holder.send_signal(signal.SIGKILL)
    holder.wait()
    holder.stdout.close()

    lock.take("init")
    lock.release()


def test_the_lock_is_its_owners_alone(path: Path) -> None:
    """Nobody else may read who serves, or lock the home from outside."""
    lock = HomeLock(path)
    lock.take("one")

    assert path.stat().st_mode & 0o777 == 0o600
    lock.release()
