"""bailee as its users start it: ``bailee init``, ``bailee serve``, then people, agreement, grants.

The server speaks plain HTTP on the loopback interface, which is what ``serve`` does when it is
given no certificate; the contender does the same. Its access log goes to a file, as a service's
does.
"""

from __future__ import annotations

import json
import secrets
import subprocess
import time
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from pysqlite3 import dbapi2

from bailee.agreement import model_text
from bailee.client import BaileeProblem, Client
from bailee.clock import Clock, write_time
from bench import process, wire
from bench.load import environment, quiet
from bench.process import SERVER_CORE
from tests.clusters import Cluster

CONTROLLER, PURPOSE = "acme", "payment-processing"
ELEMENTS = ("person.*", "business.*", "financial.*", "transaction.*")
DAILY = 10_000_000
"""Subjects a day, the most there is; so many need that a second person has come in before."""
SIGNED_SECONDS = 120
NOT_YET = {"entry.unknown", "ledger.not_signed"}
"""What the proof of an entry is refused with until a checkpoint covers it."""
VERBS = ("protect", "reveal", "search", "encrypt", "decrypt")


@dataclass
class Postgres:
    """A throw-away cluster with the roles that a server needs."""

    cluster: Cluster

    @classmethod
    def begin(cls, core: int | None) -> Postgres:
        """Start one; on one core with all its processes, if asked."""
        made = cls(Cluster())
        made.cluster.stop()
        with (made.cluster.root / "data" / "postgresql.auto.conf").open("a") as conf:
            conf.write("shared_buffers = '512MB'\nmax_wal_size = '4GB'\n")
        made.cluster.start()
        made.administer(
            "CREATE ROLE bailee_app NOLOGIN NOSUPERUSER NOBYPASSRLS",
            "CREATE ROLE bailee_sequencer NOLOGIN NOSUPERUSER NOBYPASSRLS",
            "CREATE ROLE app LOGIN IN ROLE bailee_app",
            "CREATE ROLE sequencer LOGIN IN ROLE bailee_sequencer",
        )
        if core is not None:
            process.move([made.pid], {core})
        return made

    @property
    def pid(self) -> int:
        """The postmaster."""
        return int((self.cluster.root / "data" / "postmaster.pid").read_text().split()[0])

    def database(self) -> dict[str, str]:
        """Make an empty database; return the settings with each role in its place."""
        name = f"b_{secrets.token_hex(6)}"
        self.administer(f"CREATE DATABASE {name}")
        return {
            "BAILEE_DATABASE_URL": self.cluster.url(name, "app"),
            "BAILEE_SEQUENCER_URL": self.cluster.url(name, "sequencer"),
            "BAILEE_MIGRATOR_URL": self.cluster.url(name),
        }

    def administer(self, *statements: str) -> None:
        """Run statements as the cluster's owner."""
        url = self.cluster.url("postgres").replace("postgresql:", "postgresql+psycopg:")
        engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as conn:
            for statement in statements:
                conn.exec_driver_sql(statement)
        engine.dispose()


@dataclass
class Deployment:
    """One bailee: its home, its server, its people and their keys."""

    home: Path
    postgres: Postgres | None = None
    core: int | None = SERVER_CORE
    ids: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    port: int = 0
    ready_seconds: float = 0.0
    _database: dict[str, str] = field(default_factory=dict)
    _server: subprocess.Popen[str] | None = None

    # Life

    def found(self) -> None:
        """Found the home, as an operator does."""
        if self.postgres is not None:
            self._database = self.postgres.database()
        done = self.command(
            "init", "--name", "Ada Lindqvist", "--employer", "Harborline",
            "--email", "ada@harborline.example", "--undertaking", "NDA-1",
            "--undertaken", "2026-01-05", "--json",
        )  # fmt: skip
        made = json.loads(done.stdout)
        self.ids["ada"], self.keys["ada"] = made["principal"], made["key"]

    def serve(self) -> None:
        """Start the server and wait until it says that it is ready."""
        with (self.home / "server.log").open("a") as log:
            began = time.perf_counter()
            self._server = process.start(
                process.python("-m", "bailee", "serve", "--port", "0"),
                self.environment(), core=self.core, output=subprocess.PIPE, errors=log,
            )  # fmt: skip
            if self._server.stdout is None:
                raise RuntimeError("the server has no output")
            said = self._server.stdout.readline()
        self.ready_seconds = time.perf_counter() - began
        if not said.startswith("serving "):
            raise RuntimeError((self.home / "server.log").read_text()[-1000:])
        self.port = int(said.split()[1].rpartition(":")[2])

    def stop(self) -> None:
        """Stop the server."""
        if self._server is not None:
            process.stop(self._server)
            self._server = None

    def restart(self) -> None:
        """Stop and start again: nothing is in memory any more."""
        self.stop()
        self.serve()
        quiet(self.roots)

    @property
    def server(self) -> int:
        """The server's process."""
        if self._server is None:
            raise RuntimeError("the server does not run")
        return self._server.pid

    @property
    def roots(self) -> list[int]:
        """The server, and its database if that is a program of its own."""
        return [self.server] + ([self.postgres.pid] if self.postgres else [])

    def environment(self, who: str = "") -> dict[str, str]:
        """Return the environment in which a command reaches this home."""
        found = environment(BAILEE_HOME=str(self.home), **self._database)
        if who:
            found |= {"BAILEE_KEY": self.keys[who]}
        return found

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of bailee's."""
        return subprocess.run(
            process.python("-m", "bailee", *arguments),
            env=self.environment(), capture_output=True, text=True, check=True,
        )  # fmt: skip

    def analyze(self) -> None:
        """Let PostgreSQL count its rows now, as it does by itself within a minute (autovacuum)."""
        if self.postgres is not None:
            with psycopg.connect(self._database["BAILEE_MIGRATOR_URL"], autocommit=True) as conn:
                conn.execute("ANALYZE")

    # Who and what

    def line(self, who: str = "") -> Client:
        """Return a client that shows somebody's key."""
        key = self.keys[who] if who else None
        return Client(f"http://127.0.0.1:{self.port}", key, timeout=600)

    def populate(self, *, look: bool = True) -> None:
        """Let a second person and one service in and take a controller on."""
        self._invite("bram", "Bram Okafor", relation="employee")
        with self.line("ada") as ada:
            ada.grant("house", self.ids["bram"], verbs=["people"], until=_until())
        with self.line("bram") as bram:
            made = bram.create_service(name="load", mode="autonomous", owner=self.ids["bram"])
            self.ids["load"], self.keys["load"] = made.principal, bram.mint_key(made.principal).key
        self.take_on(CONTROLLER)
        if look:
            self.watch(CONTROLLER)
        quiet(self.roots)

    def take_on(self, controller: str) -> None:
        """Take a controller on and give everybody their rights there."""
        with self.line("ada") as ada:
            ada.create_controller(
                controller, name=f"{controller.title()}, Inc.", text=model_text(),
                terms="model-addendum", effective="2026-01-01",
            )  # fmt: skip
            ada.grant(
                controller, self.ids["load"], verbs=VERBS, elements=ELEMENTS,
                purposes=[PURPOSE], until=_until(), daily=DAILY,
            )  # fmt: skip
            ada.grant(
                controller, self.ids["bram"], verbs=["erase"], elements=["*"],
                purposes=[PURPOSE], until=_until(),
            )  # fmt: skip
            ada.grant(
                controller, self.ids["bram"], verbs=["audit", "destroy", "interpret"],
                until=_until(),
            )  # fmt: skip
        with self.line("bram") as bram:  # before the first access of a person (C2.2)
            bram.sign_undertaking(bram.show_undertaking().text_sha256)
            bram.acknowledge_procedure(controller, bram.show_procedure(controller).text_sha256)

    def represent(self, who: str, controller: str) -> Client:
        """Let somebody in who speaks for a controller; return their line."""
        represents = {"relation": "controller-representative", "represents": controller}
        self._invite(who, "Clara Whitfield", **represents)
        return self.line(who)

    def watch(self, controller: str) -> None:
        """Let every control look now, so that none is due while something is measured."""
        with self.line("bram") as bram:
            bram.run_controls(controller)

    def _invite(self, who: str, name: str, **more: str) -> None:
        with self.line("ada") as ada:
            invited = ada.invite(
                name=name, employer="Harborline", email=f"{who}@harborline.example",
                undertaking=f"NDA-{who}", undertaken="2026-01-05", **more,
            )  # fmt: skip
        with self.line() as stranger:
            key = stranger.accept_invitation(invited.secret)
        self.ids[who], self.keys[who] = key.principal, key.key

    # What is sent, and what is seen from outside

    def request(self, verb: str, body: bytes, *, who: str = "load", **more: str) -> bytes:
        """Return one call as it goes over the wire; the service's, unless somebody is named."""
        headers = {"Authorization": f"Bearer {self.keys[who]}", **more}
        return wire.request("POST", f"/v1/controllers/{CONTROLLER}/{verb}", headers, body)

    def call(self, verb: str, body: dict[str, Any]) -> Any:
        """Send one call of the service's; return its answer."""
        headers = {"Authorization": f"Bearer {self.keys['load']}"}
        path = f"/v1/controllers/{CONTROLLER}/{verb}"
        return wire.ask(self.port, ("POST", path), headers, body)

    def entries(self, controller: str = CONTROLLER) -> int:
        """Return how many entries of a controller's log are signed."""
        with self.line("bram") as bram:
            note = bram.ledger_checkpoint(controller)
        return int(note.splitlines()[1])

    def level(self) -> int:
        """Return how many entries are signed once everything sent so far is among them.

        One more call marks the place: entries are signed in the order in which they were made.
        """
        item = {"ref": "1", "element": "person.name", "subject": "level", "value": "Ina Level"}
        entry = self.call("encrypt", {"purpose": PURPOSE, "values": [item]})["entry"]
        deadline = time.monotonic() + SIGNED_SECONDS
        with self.line("bram") as bram:
            while True:
                try:
                    bram.proof(CONTROLLER, entry["entry_id"])
                except BaileeProblem as problem:
                    if problem.code not in NOT_YET or time.monotonic() > deadline:
                        raise
                    time.sleep(0.05)
                else:
                    return self.entries()

    def stored(self) -> int:
        """Return how many bytes of the data database are in use."""
        if self.postgres is not None:
            engine = sa.create_engine(
                self._database["BAILEE_MIGRATOR_URL"].replace("postgresql:", "postgresql+psycopg:")
            )
            with engine.connect() as conn:
                sizes = conn.exec_driver_sql(
                    "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r'"
                )
                found = int(sizes.scalar_one())
            engine.dispose()
            return found
        conn = dbapi2.connect(f"file:{self.home / 'data.db'}?mode=ro", uri=True)
        try:
            count, free, size = (
                conn.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("page_count", "freelist_count", "page_size")
            )
        finally:
            conn.close()
        return int((count - free) * size)


def _until() -> str:
    return write_time(Clock().now() + timedelta(days=30))


__all__ = ["CONTROLLER", "PURPOSE", "Deployment", "Postgres"]
