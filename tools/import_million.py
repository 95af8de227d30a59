"""Import a large file, kill the importer in the middle, resume, count, verify; print the figures.

Usage: ``PYTHONPATH=src:. python tools/import_million.py [--rows N] [--kills K]``

The real path: a server process of its own on SQLite over TLS, the command as a user gives it.
Ten fields a row, three of them indexed, one tokenised; every row a new person. What is printed is
measured in this run; nothing is asserted about time. Exit 1 when a row is lost or doubled or the
log broken.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import IO

from bailee.app.settings import read_settings
from bailee.cli.payers import payers
from bailee.web.certificate import CERTIFICATE
from tests.journeys.serving import serving
from tests.journeys.world import PAYMENT, World, verified

COLUMNS = (
    "id", "name", "email", "address", "bank_account", "routing_number",
    "amount", "paid_on", "method", "location", "receipt",
)  # fmt: skip
ELEMENTS = {
    "name": "person.name",
    "email": "person.email",
    "address": "person.address",
    "bank_account": "financial.bank_account",
    "routing_number": "financial.routing_number",
    "amount": "transaction.amount",
    "paid_on": "transaction.date",
    "method": "transaction.method",
    "location": "transaction.location",
    "receipt": "transaction.receipt",
}
BASE = 20_000
"""Invented payers that are made once; further rows repeat them under names of their own."""


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def write_input(folder: Path, rows: int) -> tuple[Path, Path]:
    """Write the file and its mapping."""
    source, mapping = folder / "rows.csv", folder / "mapping.toml"
    base = list(payers(min(rows, BASE)))
    with source.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for number in range(rows):
            one = base[number % len(base)]
            writer.writerow(
                (
                    f"R{number:07d}",
                    one["name"],
                    f"payer{number}@example.com",
                    one["address"],
                    10**9 + number,
                    one["routing_number"],
                    one["amount"],
                    one["paid_on"],
                    "ach",
                    one["state"],
                    f"receipt {number}",
                )
            )
    lines = ["[file]", f"columns = {json.dumps(COLUMNS)}", "[record]", 'ref = "id"']
    lines += ['subject = "row-{id}"', 'category = "customer"', 'kind = { is = "person" }']
    for column, element in ELEMENTS.items():
        lines += ["[[field]]", f'element = "{element}"', f'column = "{column}"']
    mapping.write_text("\n".join(lines) + "\n")
    return source, mapping


def founded(folder: Path) -> World:
    """Return a new deployment on SQLite with one importer."""
    world = World(read_settings({}, folder / "home"))
    world.found()
    world.open()
    world.invite("bram", "Bram Okafor")
    world.take_on("globex", "greta", "Greta Holm")
    world.give("house", "bram", ["people"])
    world.service("importer")
    world.give("globex", "importer", ["protect"], *ELEMENTS.values(), daily=100_000)
    world.close()
    return world


class Watch(threading.Thread):
    """Looks twice a second at the memory and CPU time of a process."""

    def __init__(self, process: int) -> None:
        super().__init__(daemon=True)
        self._at = Path("/proc") / str(process)
        self.peak, self.cpu = 0, 0.0

    def run(self) -> None:
        """Look until the process is gone."""
        tick = os.sysconf("SC_CLK_TCK")
        while True:
            try:
                status = (self._at / "status").read_text()
                fields = (self._at / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                return
            peak = next((one for one in status.splitlines() if one.startswith("VmHWM")), "")
            if not peak:
                return
            self.peak = max(self.peak, int(peak.split()[1]) // 1024)
            self.cpu = (int(fields[11]) + int(fields[12])) / tick
            time.sleep(0.5)


def run_command(command: list[str], world: World, url: str, kill_after: float) -> tuple[int, int]:
    """Run the importer, kill it after so many seconds (0: never); return exit code and peak MB."""
    ca = str(world.settings.home / "tls" / CERTIFICATE)
    environment = world.environment("importer", BAILEE_URL=url, BAILEE_CA=ca)
    with subprocess.Popen(  # noqa: S603 - our own program
        command, env=environment, stdout=subprocess.DEVNULL
    ) as process:
        watch = Watch(process.pid)
        watch.start()
        if kill_after:
            try:
                process.wait(kill_after)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
        process.wait()
        watch.join(1)
    return process.returncode, watch.peak


def _drain(log: IO[str] | None) -> None:
    """Read the server's log away: a line for each call fills a pipe, and then the server waits."""
    for _ in log or ():
        pass


def main() -> int:
    """Run it once."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=None)
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="bailee-import-", dir=asked.folder))
    source, mapping = write_input(folder, asked.rows)
    say(f"{asked.rows} rows, {source.stat().st_size >> 20} MB")
    world = founded(folder)
    command = [
        sys.executable, "-m", "bailee", "protect", str(source), "--mapping", str(mapping),
        "-c", "globex", "-p", PAYMENT,
    ]  # fmt: skip
    chance = random.Random(asked.rows)  # noqa: S311 - when to kill, repeatable
    started, kills, peak = time.monotonic(), 0, 0
    with serving(world) as (server, url):
        watch = Watch(server.pid)
        watch.start()
        threading.Thread(target=_drain, args=(server.stderr,), daemon=True).start()
        while True:
            wait = chance.uniform(2, 2 + asked.rows / 12_000) if kills < asked.kills else 0
            code, top = run_command(command, world, url, wait)
            peak = max(peak, top)
            say(f"importer ended with {code}, {top} MB")
            if code in (0, 1):
                break
            kills += 1
        wall = time.monotonic() - started
        server_cpu, server_peak = watch.cpu, watch.peak
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    client_cpu = used.ru_utime + used.ru_stime - server_cpu
    world.open()
    stored = world.count("vault_record", "globex")
    answered = sum(1 for _ in (folder / "rows.csv.records.csv").open()) - 1
    bundle, vkey = world.export(folder, "globex")
    verdict, said = verified(bundle, vkey)
    protected = sum(
        one["count"]
        for one in world.entries(folder, "globex")
        if one["action"] == "vault:record:protected"
    )
    world.close()
    say(said)
    figures = {
        "rows": asked.rows, "kills": kills, "seconds": round(wall, 1),
        "rows_per_second": round(asked.rows / wall), "client_cpu": round(client_cpu, 1),
        "server_cpu": round(server_cpu, 1), "client_peak_mb": peak, "server_peak_mb": server_peak,
        "stored": stored, "answered": answered, "in_log": protected, "verifier": verdict,
    }  # fmt: skip
    say(json.dumps(figures))
    return int(not (stored == answered == protected == asked.rows and verdict == 0))


if __name__ == "__main__":
    sys.exit(main())
