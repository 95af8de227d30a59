"""A deployment to be hurt: one folder that holds everything durable, and a server over it.

``template`` founds one for each engine, once, with two controllers, people and grants. Every
trial works on a copy: on a disk that can be cut, on a small one, or in a plain folder. The
server's own words and everything that a trial remembers stand outside of that folder.
"""

from __future__ import annotations

import os
import shutil
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from pysqlite3 import dbapi2 as pysqlite

from bailee.app.settings import read_settings
from bailee.client import BaileeProblem, Client
from tests.faults.nursery import Child, freeze
from tests.faults.postgres import Postgres
from tests.journeys.world import ACME, ELEMENTS, GLOBEX, ROOT, World

ENGINES = ("sqlite", "postgresql")
CONTROLLERS = (ACME, GLOBEX)
START_SECONDS = 60.0


class NotServedError(Exception):
    """A server that should serve does not; the text is what it said last."""


@dataclass(frozen=True)
class Template:
    """A founded deployment at rest, and the keys of its people."""

    engine: str
    folder: Path
    keys: dict[str, str]
    ids: dict[str, str]


def template(engine: str, folder: Path) -> Template:
    """Found a deployment and leave it at rest."""
    home, postgres, environment = folder / "home", None, dict[str, str]()
    if engine == "postgresql":
        postgres = Postgres.made(folder / "cluster", folder.with_name(f"{folder.name}.log"))
        environment = addresses(postgres)
    world = World(read_settings(environment, home), postgres.url() if postgres else "")
    world.found()
    world.open()
    world.populate()
    verbs, until = ["reveal", "search", "encrypt", "decrypt"], world.until(85)
    for controller in CONTROLLERS:
        world.give(controller, "payout", verbs, *ELEMENTS, daily=1_000_000, until=until)
    world.close()
    if postgres:
        postgres.stop()
    return Template(engine, folder, dict(world.keys), dict(world.ids))


def addresses(postgres: Postgres) -> dict[str, str]:
    """Return the settings that name a cluster, each role in its place."""
    return {
        "BAILEE_DATABASE_URL": postgres.url(user="app"),
        "BAILEE_SEQUENCER_URL": postgres.url(user="sequencer"),
        "BAILEE_MIGRATOR_URL": postgres.url(),
    }


@dataclass
class Deployment:
    """One deployment of a trial.

    Attributes:
        root: everything durable; on PostgreSQL ``home`` and ``cluster`` beside each other.
        said: what processes say, outside of ``root``.
        extra: settings and builds for the next start.
    """

    template: Template
    root: Path
    said: Path
    extra: dict[str, str] = field(default_factory=dict)
    postgres: Postgres | None = None
    server: Child | None = None
    url: str = ""
    peak: int = 0
    options: dict[str, str] = field(default_factory=dict)
    """Settings of PostgreSQL, for broken ones."""

    def __post_init__(self) -> None:
        self.said.mkdir(parents=True, exist_ok=True)
        for name in ("home", "cluster"):
            source = self.template.folder / name
            if source.exists():
                shutil.copytree(source, self.root / name, copy_function=_copy)
                if name == "cluster" and os.geteuid() == 0:
                    _give_away(self.root / name)
        os.sync()  # what the trial begins with is on its disk
        self._cluster()

    def _cluster(self) -> None:
        if self.template.engine == "postgresql":
            log = self.said / "postgresql.log"
            self.postgres = Postgres(self.root / "cluster", log, **self.options)

    @property
    def home(self) -> Path:
        """The home."""
        return self.root / "home"

    def environment(self, **more: str) -> dict[str, str]:
        """Return what a process of this deployment is given."""
        found = {
            "PATH": os.defpath,
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
            "PYTHONUNBUFFERED": "1",
            "BAILEE_HOME": str(self.home),
            "TMPDIR": str(self.said),
        }
        if self.postgres:
            found |= addresses(self.postgres)
        return found | self.extra | more

    def start(self, seconds: float = START_SECONDS) -> None:
        """Start what is not running: cluster, then server; return when it serves.

        Raises:
            NotServedError: it does not come up.
        """
        try:
            if self.postgres and not self.postgres.running:
                self.postgres.start()
        except TimeoutError as error:
            raise NotServedError(str(error)) from None
        self.server = self.run("serve", "--port", "0")
        line = self.server.line("serving http", seconds)
        if not line:
            said = self.server.text("err")[-1500:]
            self.server.kill()
            raise NotServedError(said)
        self.url = line.split()[1]

    def run(self, *arguments: str, name: str = "server", **more: str) -> Child:
        """Run a command of the program on this deployment."""
        return Child(self.environment(**more), list(arguments), self.said / name)

    def client(self, who: str, **more: Any) -> Client:
        """Return a client that shows somebody's key."""
        more = {"retries": 0, "timeout": 20.0} | more
        return Client(self.url, self.template.keys[who], **more)

    def freeze(self) -> None:
        """Stop everybody who writes to the disk."""
        if self.server:
            freeze([self.server.pid])
        if self.postgres and self.postgres.running:
            self.postgres.freeze()

    def kill(self) -> None:
        """Kill everybody: power is gone."""
        self.kill_server()
        if self.postgres:
            self.postgres.kill()

    def kill_server(self) -> None:
        """Kill the server alone."""
        if self.server:
            self.peak = max(self.peak, self.server.peak_memory())
            self.server.kill()
            self.server = None

    def stop(self) -> None:
        """Stop everybody, as an operator does."""
        if self.server:
            self.peak = max(self.peak, self.server.peak_memory())
            self.server.send(signal.SIGTERM)
            try:
                self.server.wait(30)
            except TimeoutError:
                self.server.kill()
                self.server = None
                raise
            self.server = None
        if self.postgres:
            self.postgres.stop()

    def rows(self, statement: str, *, keys: bool = False) -> list[tuple[Any, ...]]:
        """Ask a database directly, as an operator does who may only read."""
        if self.postgres and not keys:
            with psycopg.connect(self.postgres.url(), autocommit=True) as conn:
                return conn.execute(statement.encode()).fetchall()
        path = self.home / ("keys.db" if keys else "data.db")
        raw = pysqlite.connect(f"file:{path}?mode=ro", uri=True, timeout=10)
        try:
            found: list[tuple[Any, ...]] = raw.execute(statement).fetchall()
        finally:
            raw.close()
        return found

    def healthy(self, seconds: float) -> bool:
        """Wait until the server says that all is well."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                with self.client("bram") as client:
                    if client.health().status == "ok":
                        return True
            except BaileeProblem:
                pass
            time.sleep(0.05)
        return False


def _copy(source: str, target: str) -> None:
    shutil.copy2(source, target)


def _give_away(folder: Path) -> None:
    """Give a copied cluster back to the account that runs it."""
    for path in (folder, *folder.rglob("*")):
        shutil.chown(path, "postgres", "postgres")


__all__ = ["CONTROLLERS", "ENGINES", "Deployment", "NotServedError", "Template", "template"]
