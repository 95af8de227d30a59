"""A real PostgreSQL for tests, started from Debian's binaries and thrown away afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


class Cluster:
    """One PostgreSQL server on loopback with its own data directory.

    Args:
        durable: False leaves it to the machine's memory to hold what was committed. A killed
            process loses nothing by that; a power cut would, and is tested in ``tests/faults``.
    """

    def __init__(self, *, durable: bool = True) -> None:
        self._durable = durable
        self.bin = BINARIES[0]
        self.root = Path(tempfile.mkdtemp(prefix="bailee-pg-"))
        self.user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        if os.geteuid() == 0:
            shutil.chown(self.root, "postgres", "postgres")
        self.run("initdb", "--no-sync", "-A", "trust", "-U", "owner", "-D", f"{self.root}/data")
        self.start()

    def run(self, program: str, *args: str) -> None:
        """Run one of PostgreSQL's programs as the user it insists on."""
        command = [str(self.bin / program), *args]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(command, check=True, cwd=self.root, stdout=subprocess.DEVNULL)

    def start(self) -> None:
        """Start the server and wait until it answers."""
        options = (
            f"-c listen_addresses=127.0.0.1 -c port={self.port} "
            f"-c unix_socket_directories={self.root} -c max_connections=200 -c shared_buffers=64MB"
        )
        if not self._durable:
            options += " -c fsync=off -c full_page_writes=off"
        log = f"{self.root}/log"
        self.run("pg_ctl", "-w", "-l", log, "-o", options, "-D", f"{self.root}/data", "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop the server."""
        self.run("pg_ctl", "-w", "-m", mode, "-D", f"{self.root}/data", "stop")

    def url(self, database: str, user: str = "owner") -> str:
        """Return an address of one of its databases."""
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    def close(self) -> None:
        """Stop the server and forget everything."""
        self.stop("immediate")
        shutil.rmtree(self.root, ignore_errors=True)
