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
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg
from pysqlite3 import dbapi2 as pysqlite

from bailee.access import Person
from bailee.app.home import found
from bailee.app.settings import read_settings
from bailee.client import BaileeProblem, Client
from bailee.clock import Clock
from tests.faults.nursery import Child, freeze
from tests.faults.postgres import Postgres, own
from tests.journeys.world import ACME, ELEMENTS, GLOBEX, ROOT, World

ENGINES = ("sqlite", "postgresql")
"""``clusters`` is a third: keys on a PostgreSQL of their own, so that two servers may serve."""
CONTROLLERS = (ACME, GLOBEX)
START_SECONDS = 60.0
STOP_SECONDS = 30.0
FOUNDED = date(2026, 1, 5)
CLUSTERS = {"sqlite": (), "postgresql": ("cluster",), "clusters": ("cluster", "keys")}
"""Folders of the PostgreSQL clusters of an engine: the data's, then the keys'."""


class NotServedError(Exception):
    """A server that should serve does not; the text is what it said last."""


@dataclass(frozen=True)
class Template:
    """A founded deployment at rest, and the keys of its people."""

    engine: str
    folder: Path
    keys: dict[str, str]
    ids: dict[str, str]


def template(engine: str, folder: Path, shift: timedelta = timedelta()) -> Template:
    """Found a deployment, ``shift`` from now, and leave it at rest."""
    log = folder.with_name(f"{folder.name}.log")
    servers = [Postgres.made(folder / name, log) for name in CLUSTERS[engine]]
    settings = read_settings(addresses(servers), folder / "home")
    world = World(settings, servers[0].url() if servers else "", shift=shift)
    person = Person("Ada Lindqvist", "Harborline", "ada@harborline.example", "NDA-1", FOUNDED)
    made = found(settings, person, Clock(world.now))
    world.ids["ada"], world.keys["ada"] = made.principal, made.key
    world.open()
    world.populate()
    verbs, until = ["reveal", "search", "encrypt", "decrypt"], world.until(85)
    for controller in CONTROLLERS:
        world.give(controller, "payout", verbs, *ELEMENTS, daily=1_000_000, until=until)
        world.give(controller, "importer", ["protect"], *ELEMENTS, daily=1_000_000, until=until)
        world.give(controller, "bram", ["erase"], "*", until=until)
        world.give(controller, "bram", ["audit", "keys", "destroy"], until=until)
    world.close()
    for server in servers:
        server.stop()
    return Template(engine, folder, dict(world.keys), dict(world.ids))


def addresses(clusters: Sequence[Postgres]) -> dict[str, str]:
    """Return the settings that name the data's cluster, each role in its place, and the keys'."""
    named = {}
    if clusters:
        named["BAILEE_DATABASE_URL"] = clusters[0].url(user="app")
        named["BAILEE_SEQUENCER_URL"] = clusters[0].url(user="sequencer")
        named["BAILEE_MIGRATOR_URL"] = clusters[0].url()
    if clusters[1:]:
        named["BAILEE_KEYS_URL"] = clusters[1].url()
    return named


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
    clusters: list[Postgres] = field(default_factory=list)
    server: Child | None = None
    others: list[Child] = field(default_factory=list)
    """More servers over the same databases."""
    urls: list[str] = field(default_factory=list)
    peak: int = 0
    _turn: int = 0
    options: dict[str, str] = field(default_factory=dict)
    """Settings of PostgreSQL, for broken ones."""

    def __post_init__(self) -> None:
        self.said.mkdir(parents=True, exist_ok=True)
        for name in ("home", *CLUSTERS[self.template.engine]):
            shutil.copytree(self.template.folder / name, self.root / name)
        for name in CLUSTERS[self.template.engine]:
            own(self.root / name)
            log = self.said / f"{name}.log"
            self.clusters.append(Postgres(self.root / name, log, **self.options))
        os.sync()  # what the trial begins with is on its disk

    @property
    def home(self) -> Path:
        """The home."""
        return self.root / "home"

    def environment(self, **more: str) -> dict[str, str]:
        """Return what a process of this deployment is given."""
        given = {
            "PATH": os.defpath,
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
            "PYTHONUNBUFFERED": "1",
            "BAILEE_HOME": str(self.home),
            "TMPDIR": str(self.said),
        }
        return given | addresses(self.clusters) | self.extra | more

    def start(self, seconds: float = START_SECONDS) -> None:
        """Start what is not running: cluster, then server; return when it serves.

        Raises:
            NotServedError: it does not come up.
        """
        try:
            for cluster in self.clusters:
                if not cluster.running:
                    cluster.start()
        except TimeoutError as error:
            raise NotServedError(str(error)) from None
        self.server = self.run("serve", "--port", "0")
        self.urls = [self.address(self.server, seconds)]

    def join(self) -> None:
        """Start one more server over the same databases.

        Raises:
            NotServedError: it does not come up.
        """
        other = self.run("serve", "--port", "0", name=f"server-{len(self.others) + 2}")
        self.urls.append(self.address(other, START_SECONDS))
        self.others.append(other)

    @staticmethod
    def address(server: Child, seconds: float) -> str:
        """Return where a server serves, once it does.

        Raises:
            NotServedError: it does not come up; it is killed.
        """
        line = server.line("serving http", seconds)
        if not line:
            server.kill()
            raise NotServedError(server.text("err")[-1500:])
        return line.split()[1]

    def run(self, *arguments: str, name: str = "server", **more: str) -> Child:
        """Run a command of the program on this deployment."""
        return Child(self.environment(**more), list(arguments), self.said / name)

    def client(self, who: str, **more: Any) -> Client:
        """Return a client that shows somebody's key."""
        more = {"retries": 0, "timeout": 20.0} | more
        self._turn += 1
        url = self.urls[self._turn % len(self.urls)]
        return Client(url, self.template.keys[who], **more)

    def freeze(self) -> None:
        """Stop everybody who writes to the disk."""
        freeze([one.pid for one in self.servers])
        for cluster in self.clusters:
            if cluster.running:
                cluster.freeze()

    @property
    def servers(self) -> list[Child]:
        """Every server that was started."""
        return [*([self.server] if self.server else []), *self.others]

    def kill(self) -> None:
        """Kill everybody: power is gone."""
        self.kill_servers()
        for cluster in self.clusters:
            cluster.kill()

    def kill_servers(self) -> None:
        """Kill the servers alone."""
        for one in self.servers:
            self.peak = max(self.peak, one.peak_memory())
            one.kill()
        self.server, self.others = None, []

    def stop_servers(self) -> None:
        """Stop the servers as an operator does.

        Raises:
            TimeoutError: one does not end; it is killed.
        """
        for one in self.servers:
            self.peak = max(self.peak, one.peak_memory())
            one.send(signal.SIGTERM)
            try:
                one.wait(STOP_SECONDS)
            except TimeoutError:
                self.kill_servers()
                raise
        self.server, self.others = None, []

    def rows(self, statement: str, *, keys: bool = False) -> list[tuple[Any, ...]]:
        """Ask a database directly, as an operator does who may only read."""
        if cluster := self.clusters[1:] if keys else self.clusters:
            with psycopg.connect(cluster[0].url(), autocommit=True) as conn:
                return conn.execute(statement.encode()).fetchall()
        path = self.home / ("keys.db" if keys else "data.db")
        raw = pysqlite.connect(f"file:{path}?mode=ro", uri=True, timeout=10)
        try:
            rows: list[tuple[Any, ...]] = raw.execute(statement).fetchall()
        finally:
            raw.close()
        return rows

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


__all__ = ["CONTROLLERS", "ENGINES", "Deployment", "NotServedError", "Template", "template"]
