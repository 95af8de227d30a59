"""One process leads the sequencing; killed or paused, it is followed by another; no log forks."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bailee.app.parts import Parts, wire
from bailee.ledger import Fact
from tests.journeys.world import ACME, ROOT, World, read_bundle, verified
from tests.scale.processes import PATIENCE, wait_until

SCRIPT = Path(__file__).with_name("sequencing.py")


class Sequencing:
    """A sequencing process of its own, and what it said."""

    def __init__(self, world: World, *mode: str, **more: str) -> None:
        environment = world.environment(PYTHONPATH=f"{ROOT / 'src'}{os.pathsep}{ROOT}", **more)
        self.process = subprocess.Popen(
            [sys.executable, str(SCRIPT), *mode],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._lines: queue.Queue[str] = queue.Queue()
        self.said: list[str] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line.strip())

    def hear(self, wanted: str) -> None:
        """Wait until it said something, from where the last hearing ended."""
        while True:
            try:
                line = self._lines.get(timeout=PATIENCE)
            except queue.Empty:
                pytest.fail(f"it never said '{wanted}', but {self.said}")
            self.said.append(line)
            if line == wanted:
                return

    def send(self, number: signal.Signals) -> None:
        """Send a signal."""
        self.process.send_signal(number)

    def close(self) -> None:
        """End it, stopped or not."""
        self.process.kill()
        self.process.wait()
        self._reader.join()
        assert self.process.stdout is not None
        self.process.stdout.close()


class Log:
    """Acme's log: entries go in here, are integrated elsewhere, and are counted here."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.told: list[str] = []

    def append(self, count: int) -> None:
        """Record facts in one transaction, as calls do."""
        facts = [Fact("vault:record:revealed", ACME, count=1) for _ in range(count)]
        self.told += [
            receipt.entry_id
            for receipt in self.parts.data.write(
                ACME, lambda conn: self.parts.ledger.append_many(conn, facts)
            )
        ]

    def state(self) -> tuple[int, int]:
        """Return size and signed size."""
        logs = self.parts.data.read(ACME, lambda conn: self.parts.ledger.logs(conn, ACME))
        return logs[-1].size, logs[-1].signed

    def signed(self) -> bool:
        """Say whether everything appended is in the log and under its checkpoint."""
        waiting = self.parts.sequencing.read(
            ACME, lambda conn: conn.exec_driver_sql("SELECT count(*) FROM ledger_inbox").scalar()
        )
        size, signed = self.state()
        return waiting == 0 and size == signed

    def check(self, folder: Path) -> None:
        """Let the standalone verifier judge the log; everything appended stands in it once."""
        name = self.parts.data.read(ACME, lambda conn: self.parts.ledger.logs(conn, ACME))[-1].log
        target = folder / "bundle"
        self.parts.data.read(ACME, lambda conn: self.parts.ledger.export(conn, ACME, name, target))
        code, said = verified(target, self.parts.ledger.vkey(name))
        assert code == 0, said
        ids = [one["id"] for one in read_bundle(target)]
        assert [ids.count(one) for one in self.told] == [1] * len(self.told)


@pytest.fixture(scope="module")
def still(world: World) -> Iterator[World]:
    """Return the deployment with nobody sequencing in this process."""
    world.close()
    yield world
    world.open()


@pytest.fixture
def log(still: World) -> Iterator[Log]:
    """Return Acme's log, everything of before signed."""
    parts = wire(still.settings)
    parts.ledger.sequence(parts.sequencing)
    yield Log(parts)
    parts.close()


@pytest.fixture
def begin(still: World) -> Iterator[Callable[..., Sequencing]]:
    """Return how to begin a sequencing process; all end with the test."""
    begun: list[Sequencing] = []

    def one(*mode: str, **more: str) -> Sequencing:
        begun.append(Sequencing(still, *mode, **more))
        begun[-1].hear("started")
        return begun[-1]

    yield one
    for made in begun:
        made.close()


@contextmanager
def overtaken(log: Log, begin: Callable[..., Sequencing], *build: str) -> Iterator[Sequencing]:
    """Yield a leader that was stopped with a head in hand while another integrated five entries.

    The other one is dead by then, and seven entries wait. The stopped one is set going after.
    """
    leader = begin("stop", *build)
    leader.hear("leads")
    log.append(5)
    leader.hear("stopping")
    other = begin()
    other.hear("leads")  # the first one's lease ran out
    wait_until(log.signed, "the other one integrates and signs")
    other.close()
    log.append(7)
    yield leader
    leader.send(signal.SIGCONT)


def test_a_killed_leader_is_followed(
    log: Log, begin: Callable[..., Sequencing], tmp_path: Path
) -> None:
    """With the leader killed under load another leads, the inbox drains, checkpoints go on."""
    leader = begin()
    leader.hear("leads")
    other = begin()
    for _ in range(10):
        log.append(3)
    leader.send(signal.SIGKILL)
    log.append(3)
    other.hear("leads")
    wait_until(log.signed, "the other one drains the inbox")
    assert "leads" not in other.said[:-1]
    log.append(1)
    wait_until(log.signed, "it goes on")

    log.check(tmp_path)


def test_a_paused_leader_loses_the_race_and_changes_nothing(
    log: Log, begin: Callable[..., Sequencing], tmp_path: Path
) -> None:
    """Woken with a head of before, it loses the swap, leaves all entries, leads again, goes on."""
    with overtaken(log, begin) as leader:
        before = log.state()
    leader.hear("swap False")
    leader.hear("leads")  # its own lease was gone; nobody else is there now
    leader.hear("swap True")
    wait_until(log.signed, "the seven entries are signed")

    assert log.state() == (before[0] + 7, before[1] + 7)
    log.check(tmp_path)


def test_a_build_without_the_fence_is_caught(
    log: Log, begin: Callable[..., Sequencing], tmp_path: Path
) -> None:
    """Broken on purpose: with the swap made blind, the woken leader still cannot fork the log.

    Its entries meet the places of those that the other one integrated; all of it is undone.
    """
    with overtaken(log, begin, "blind") as leader:
        before = log.state()
    leader.hear("swap True")  # the fence that is not there
    leader.hear("leads")
    wait_until(log.signed, "the seven entries are signed")

    assert log.state() == (before[0] + 7, before[1] + 7)
    log.check(tmp_path)


def test_a_stopped_pass_is_undone_by_the_server(
    log: Log, begin: Callable[..., Sequencing], tmp_path: Path
) -> None:
    """A leader stopped at any moment holds its rows for seconds only; then another takes them."""
    leader = begin()
    leader.hear("leads")
    other = begin(BAILEE_MIRROR=str(tmp_path / "mirror.jsonl"))  # another machine's own
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            log.append(2)

    writer = threading.Thread(target=write)
    writer.start()
    wait_until(lambda: len(log.told) > 50, "entries come")
    leader.send(signal.SIGSTOP)
    other.hear("leads")
    stop.set()
    writer.join()
    wait_until(log.signed, "the other one drains the inbox")
    leader.send(signal.SIGCONT)
    log.append(2)
    wait_until(log.signed, "both awake, one of them leading")

    log.check(tmp_path)


def test_an_entry_that_commits_late_is_integrated(
    log: Log, begin: Callable[..., Sequencing], tmp_path: Path
) -> None:
    """A row numbered before others, committed after their integration, is taken all the same.

    Any cursor (`id > last`) would have passed it by.
    """
    begin().hear("leads")
    with log.parts.data.engine.begin() as conn:
        conn.exec_driver_sql("SELECT set_config('bailee.controller', 'acme', true)")
        late = log.parts.ledger.append(conn, Fact("vault:record:revealed", ACME, count=1))
        log.append(3)
        before = log.state()[1]
        wait_until(lambda: log.state()[1] >= before + 3 or log.signed(), "the later ones are in")
    log.told.append(late.entry_id)
    wait_until(log.signed, "the late one is in")

    log.check(tmp_path)
