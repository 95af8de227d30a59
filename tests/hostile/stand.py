"""A deployment in the line of fire: founded, served as users serve it, verified afterwards."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bailee.app.settings import read_settings
from bailee.db import HOUSE
from bailee.migrations.policies import APP_ROLE, SEQUENCER_ROLE, secure
from tests.clusters import Cluster
from tests.hostile.known import SPARE
from tests.hostile.wire import Asked, Wire
from tests.journeys.world import ACME, GLOBEX, World, postgres_settings, verified

ENGINES = ("sqlite", "postgresql")
START_SECONDS = 30.0
STOP_SECONDS = 30.0
CALLERS = ("ada", "bram", "clara", "esra", "importer", "payout")


@dataclass
class Stand:
    """A served deployment.

    Args:
        url: with TLS on SQLite, without on PostgreSQL: both ways are in use.
    """

    engine: str
    world: World
    url: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def keys(self) -> dict[str, str]:
        """Return the credentials of those who call."""
        return {who: self.world.keys[who] for who in CALLERS}

    @property
    def named(self) -> dict[str, str]:
        """Return the ids of principals that a call may name: none of those who call."""
        return {who: one for who, one in self.world.ids.items() if who not in CALLERS}

    def document(self) -> dict[str, Any]:
        """Return the API's description as the server gives it."""
        wire = Wire(self.url)
        found: dict[str, Any] = json.loads(wire.ask(Asked("GET", b"/openapi.json")).body)
        wire.close()
        return found

    def memory(self, field: str = "VmRSS") -> int:
        """Return the server's resident memory in megabytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text("ascii")
        return int(status.partition(f"{field}:")[2].split()[0]) // 1024

    def healthy(self) -> bool:
        """Answer whether the server still serves somebody new."""
        wire = Wire(self.url)
        health = wire.ask(Asked("GET", b"/v1/health"))
        key = b"Bearer " + self.keys["ada"].encode()
        people = wire.ask(Asked("GET", b"/v1/controllers", ((b"Authorization", key),)))
        wire.close()
        return (health.status, people.status) == (200, 200) and b'"ok"' in health.body

    def stop(self) -> int:
        """Stop the server as an operator does; return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_SECONDS)

    def verify(self, target: Path) -> list[str]:
        """Open the home after the stop, export its logs and verify them; return what is wrong."""
        self.world.open()
        wrong = []
        try:
            for controller in (ACME, GLOBEX, HOUSE):
                code, said = verified(*self.world.export(target, controller))
                if code != 0:
                    wrong.append(f"the log of {controller or 'the house'}: {said}")
        finally:
            self.world.close()
        return wrong


@contextmanager
def standing(engine: str, folder: Path, cluster: Cluster | None) -> Iterator[Stand]:
    """Found, populate and serve a deployment on an engine; the server is gone afterwards."""
    if cluster is None:
        world = World(read_settings({}, folder / "home"))
    else:
        world = World(*postgres_settings(cluster, folder / "home"))
    world.found()
    world.open()
    world.populate()
    _spare(world)
    world.close()
    log = folder / "server.log"
    more = ["--certificate", "own"] if engine == "sqlite" else []
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "bailee", "serve", "--port", "0", *more],
            env=world.environment(PYTHONUNBUFFERED="1"),
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd=folder,
            start_new_session=True,  # what interrupts us does not interrupt the server
        )
    try:
        yield Stand(engine, world, _address(process, log), process, log)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def _spare(world: World) -> None:
    """Take on controllers that may be ended; bram may do everything there."""
    world.give(HOUSE, "esra", ["publish"])
    for name in SPARE:
        world.take_on(name, f"rep-{name}", f"Rep {name.title()}")
        world.give(name, "bram", ["interpret", "audit", "keys", "destroy"])
        world.give(name, "importer", ["protect"], "person.name")


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        _, found, rest = log.read_text("utf-8").partition("serving http")
        if found and "\n" in rest:
            return "http" + rest.split()[0]
        time.sleep(0.02)
    raise RuntimeError(f"the server did not start: {log.read_text('utf-8')}")


@contextmanager
def stands(engines: tuple[str, ...] = ENGINES) -> Iterator[list[Stand]]:
    """Yield a stand on each engine, of this process's own."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bailee-hostile-")))
        made = list[Stand]()
        for engine in engines:
            (folder / engine).mkdir()
            cluster = stack.enter_context(_cluster()) if engine == "postgresql" else None
            made.append(stack.enter_context(standing(engine, folder / engine, cluster)))
        yield made


@contextmanager
def _cluster() -> Iterator[Cluster]:
    """Start a PostgreSQL with the roles that a deployment's databases are given to."""
    cluster = Cluster(durable=False)
    try:
        owner = cluster.url("postgres").replace("postgresql:", "postgresql+psycopg:")
        engine = sa.create_engine(owner)
        with engine.begin() as conn:
            secure(conn, [])
            conn.exec_driver_sql(f"CREATE ROLE app LOGIN IN ROLE {APP_ROLE}")
            conn.exec_driver_sql(f"CREATE ROLE sequencer LOGIN IN ROLE {SEQUENCER_ROLE}")
        engine.dispose()
        yield cluster
    finally:
        cluster.close()
