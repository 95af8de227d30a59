"""A PostgreSQL whose data directory stands where it is told to, with the roles of a deployment."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import psycopg

from tests.clusters import BINARIES
from tests.faults.nursery import freeze

DATABASE = "bailee"
OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "32MB",
    "max_wal_size": "32MB",
    "min_wal_size": "2MB",
    "autovacuum": "off",  # its writes would only be noise here
}


def _account() -> str | None:
    """Return the account that PostgreSQL must run as, where ours is root; None is our own."""
    return "postgres" if os.geteuid() == 0 else None


def own(folder: Path) -> None:
    """Give a copied data directory to the account that runs it."""
    if account := _account():
        for path in (folder, *folder.rglob("*")):
            shutil.chown(path, account, account)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _lives(process: int) -> bool:
    """Say whether a process still holds anything; one that nobody reaped holds nothing."""
    try:
        text = Path(f"/proc/{process}/stat").read_text("utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return text.rpartition(")")[2].split()[0] not in "ZX"


class Postgres:
    """One server process tree over one data directory; the directory may move between starts."""

    def __init__(self, data: Path, said: Path, **options: str) -> None:
        self.data = data
        self._said = said
        self._options = OPTIONS | options
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @classmethod
    def made(cls, data: Path, said: Path) -> Postgres:
        """Make a new cluster with the two roles of a deployment and its empty database."""
        data.mkdir(parents=True)
        if _account():
            shutil.chown(data, "postgres", "postgres")
        command = ["initdb", "--no-sync", "-A", "trust", "-U", "owner", "--wal-segsize=1"]
        subprocess.run(
            [BINARIES[0] / command[0], *command[1:], "-D", data],
            check=True,
            cwd="/",
            user=_account(),
            stdout=subprocess.DEVNULL,
        )
        server = cls(data, said)
        server.start()
        with psycopg.connect(server.url("postgres"), autocommit=True) as conn:
            conn.execute("CREATE ROLE bailee_app NOLOGIN")
            conn.execute("CREATE ROLE bailee_sequencer NOLOGIN")
            conn.execute("CREATE ROLE app LOGIN IN ROLE bailee_app")
            conn.execute("CREATE ROLE sequencer LOGIN IN ROLE bailee_sequencer")
            conn.execute(f"CREATE DATABASE {DATABASE}")
        return server

    def url(self, database: str = DATABASE, user: str = "owner") -> str:
        """Return an address."""
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    def start(self, *, wait: float = 30) -> None:
        """Start it and wait until it answers.

        Raises:
            TimeoutError: it does not answer, or ended; its log says why.
        """
        (self.data / "postmaster.pid").unlink(missing_ok=True)  # after a cut: of another machine
        settings = [f"-c{name}={text}" for name, text in self._options.items()]
        with self._said.open("ab") as said:
            self._process = subprocess.Popen(
                [BINARIES[0] / "postgres", "-D", self.data, f"-cport={self.port}", *settings],
                cwd="/",
                user=_account(),
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
        self.await_answer(wait)

    def await_answer(self, seconds: float) -> None:
        """Wait until it answers; see ``start``."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self._process and self._process.poll() is None:
            with contextlib.suppress(psycopg.Error):
                psycopg.connect(self.url("postgres"), connect_timeout=2).close()
                return
            time.sleep(0.02)
        raise TimeoutError("PostgreSQL does not start:\n" + self._said.read_text("utf-8")[-1000:])

    @property
    def running(self) -> bool:
        """Whether its first process lives."""
        return self._process is not None and self._process.poll() is None

    def processes(self) -> list[int]:
        """Return its processes, the first one first."""
        if self._process is None:
            return []
        first = self._process.pid
        children = Path(f"/proc/{first}/task/{first}/children").read_text("utf-8").split()
        return [first, *(int(child) for child in children)]

    def freeze(self) -> None:
        """Stop every process of it; the first one first, so that no other is born."""
        first, *_ = self.processes()
        freeze([first])
        freeze(self.processes())

    def kill(self) -> None:
        """Kill every process of it at once."""
        if self._process is None:
            return
        gone = self.processes() if self.running else []
        for process in gone:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self._process.wait()
        while any(_lives(process) for process in gone[1:]):
            time.sleep(0.002)
        self._process = None

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it: SIGINT is fast, SIGQUIT immediate (no checkpoint, recovery at the start)."""
        if self._process is not None and self.running:
            self._process.send_signal(how)
            self._process.wait(60)
        self._process = None
