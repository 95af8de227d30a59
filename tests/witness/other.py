"""Another implementation of C2SP tlog-witness: installed into a folder of the tests, run apart.

The packages ``aics-witness`` and ``aics-tlog`` come by hash from ``requirements/witness.txt``.
Their programs see that folder and the standard library, nothing that is installed here. Their
metadata asks for Python 3.12 and what they are made of runs on 3.11; that line is passed over.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bailee.ledger import note
from tests.ledger.hall import until
from tests.openbao import free_port

LOCK = Path(__file__).parents[2] / "requirements" / "witness.txt"
NAME = "other.example/w1"


def installed(folder: Path) -> Path:
    """Install the other implementation into a folder; return the folder."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    exact = ["--require-hashes", "--no-deps", "--only-binary", ":all:", "--ignore-requires-python"]
    subprocess.run([*pip, *exact, "--target", str(folder), "-r", str(LOCK)], check=True)
    return folder


class Other:
    """Their programs, and one witness of theirs in a folder.

    Args:
        packages: where they are installed.
        folder: for the witness's file and key; made here.
    """

    def __init__(self, packages: Path, folder: Path) -> None:
        folder.mkdir()
        self._environment = {
            "PATH": os.defpath,
            "PYTHONPATH": str(packages),
            "AICS_WITNESS_CONFIG": str(folder / "witness.json"),
        }
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        made = self.run("-m", "aics_witness", "init", "--name", NAME)
        assert made.returncode == 0, made.stderr
        vkey = re.search(r"\S+\+[0-9a-f]{8}\+\S+", made.stdout)
        assert vkey is not None
        self.vkey = vkey[0]
        self.verifier = note.read_vkey(self.vkey, note.COSIGNATURE)

    def run(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run Python where theirs is installed and nothing else is."""
        command = [sys.executable, "-S", *arguments]
        return subprocess.run(
            command, env=self._environment, input=stdin, capture_output=True, text=True, check=False
        )

    def trust(self, vkey: str) -> None:
        """Let their witness know a log, before it is served."""
        origin = note.read_vkey(vkey).name
        more = self.run("-m", "aics_witness", "add-log", "--origin", origin, "--vkey", vkey)
        assert more.returncode == 0, more.stderr

    def size(self, origin: str) -> int:
        """Return how much of a log their witness cosigned, as their own command says."""
        told = json.loads(self.run("-m", "aics_witness", "status", "--json").stdout)
        return next(one["size"] or 0 for one in told["logs"] if one["origin"] == origin)

    @contextmanager
    def served(self) -> Iterator[str]:
        """Serve their witness until the test is done; yield the address."""
        listen = ["serve", "--listen", f"127.0.0.1:{self.port}"]
        server = subprocess.Popen(
            [sys.executable, "-S", "-m", "aics_witness", *listen],
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            until(lambda: server.poll() is not None or self._listens())
            assert server.poll() is None, "their witness did not start"
            yield self.url
        finally:
            server.terminate()
            server.wait(30)

    def _listens(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True
