"""Files to import, and importers that die when they are told to."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import threading
from pathlib import Path

import httpx2
import pyrage

from bailee.cli.bulk import Output, Tally, Target, protect_file
from bailee.cli.mapping import load_mapping
from bailee.client import Client
from bailee.web.certificate import CERTIFICATE
from tests.journeys.world import ACME, PAYMENT, World

CANARY = "Zephyrine Quillfeather"
"""Stands in every row, and may stand in no file that an import or an export leaves."""


def shows(data: bytes) -> bool:
    """Say whether a name or an address of a row stands in there, in whatever case.

    Six letters: a random token spells four of them about once in a thousand runs.
    """
    return b"quillf" in data.lower()


MAPPING = """
[file]
columns = ["id", "name", "email", "ssn", "card"]
[record]
ref = "id"
subject = "{id}"
kind = { is = "person" }
[[field]]
element = "person.name"
column = "name"
[[field]]
element = "person.email"
column = "email"
[[field]]
element = "person.ssn"
column = "ssn"
find = '(\\d{3}-\\d\\d-\\d{4})'
[[field]]
element = "financial.card_number"
column = "card"
"""
WHO = pyrage.x25519.Identity.generate()


class Died(BaseException):
    """The process is gone; nothing below it is caught."""


def write(folder: Path, rows: int, *, tag: str = "r", bad: int = 0) -> Path:
    """Write rows of invented people; every ``bad``-th has an impossible second number."""
    path = folder / "rows.csv"
    (folder / "mapping.toml").write_text(MAPPING)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "name", "email", "ssn", "card"])
        for number in range(1, rows + 1):
            ssn = f"512-44-{number % 9000 + 1:04d}"
            if bad and number % bad == 0:
                ssn += "; 000-00-0000"
            writer.writerow(
                [f"{tag}{number}", f"{CANARY} {number}", f"z{number}@quillfeather.example", ssn, ""]
            )
    return path


def results(path: Path) -> list[dict[str, str]]:
    """Return the lines of the output beside a file."""
    with path.with_name(f"{path.name}.records.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def left(folder: Path, *inputs: Path) -> dict[str, bytes]:
    """Return every file below a folder but the inputs: name → content."""
    return {
        str(one.relative_to(folder)): one.read_bytes()
        for one in sorted(folder.rglob("*"))
        if one.is_file() and one not in inputs
    }


def command(path: Path, *more: str) -> list[str]:
    """Return the command that imports a file."""
    return [
        sys.executable, "-m", "bailee", "protect", str(path),
        "--mapping", str(path.with_name("mapping.toml")), "-c", ACME, "-p", PAYMENT, *more,
    ]  # fmt: skip


def start(world: World, url: str, arguments: list[str], who: str) -> subprocess.Popen[str]:
    """Start a command against a server."""
    ca = str(world.settings.home / "tls" / CERTIFICATE)
    return subprocess.Popen(
        arguments,
        env=world.environment(who, BAILEE_URL=url, BAILEE_CA=ca),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


class Steps:
    """Counts steps; from the deadly one on nothing happens any more. 0: nobody dies."""

    def __init__(self, deadly: int) -> None:
        self._deadly, self.taken = deadly, 0
        self._lock = threading.Lock()

    def __call__(self) -> None:
        """Take a step."""
        with self._lock:
            self.taken += 1
            if 0 < self._deadly <= self.taken:
                raise Died


class Dying(httpx2.BaseTransport):
    """A way to the server that ends with the process, before or after the server acted."""

    def __init__(self, world: World, step: Steps) -> None:
        self._inner, self._step = world.transport(), step

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Pass a request on; the process may die before it is sent and before it is answered."""
        self._step()
        answer = self._inner.handle_request(request)
        self._step()
        return answer


def run(world: World, path: Path, deadly: int, *, batch: int) -> Tally:
    """Import a file in this process, dying at one step."""
    step = Steps(deadly)

    def sync(file: int) -> None:
        step()
        os.fsync(file)
        step()

    key, transport = world.keys["importer"], Dying(world, step)
    with Client("http://localhost", key, transport=transport, retries=0) as client:
        return protect_file(
            path,
            load_mapping(path.with_name("mapping.toml")),
            Target(client, ACME, PAYMENT),
            Output(path.with_name(f"{path.name}.records.csv")),
            sync=sync,
            batch=batch,
        )
