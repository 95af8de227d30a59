"""A real deployment to travel through: founded as an operator founds it, entered by the API."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bailee.access import Person
from bailee.agreement import model_text
from bailee.app.canary import canary_text
from bailee.app.dump import read_dump
from bailee.app.home import found, opened
from bailee.app.house import House
from bailee.app.settings import Settings, read_settings
from bailee.client import BaileeProblem, Client, Writing
from bailee.client.answers import Masked
from bailee.clock import Clock, write_time
from bailee.db import HOUSE, open_database
from bailee.ledger import verify
from bailee.web.door import open_door
from bailee.web.inprocess import InProcess
from tests.clusters import BINARIES
from tests.shell import typed
from tests.simulators.hashing import hash_cheaply

ROOT = Path(__file__).parents[2]
VERIFIER = Path(verify.__file__)
ACME, GLOBEX = "acme", "globex"
PAYMENT, SUPPORT = "payment-processing", "customer-support"
ELEMENTS = ("person.name", "person.email", "person.ssn", "financial.card_number")
DATA_VERBS = ("protect", "reveal", "search", "list", "update", "encrypt", "decrypt")
SEED = {
    "person.name": "Marigold Featherstone",
    "person.email": "marigold@featherstone.example",
    "person.ssn": "512-44-9083",
    "financial.card_number": "4111111111111111",
}
"""A record in the shape of a person's; invented, the card an issuer.s own test number."""


def code_of(attempt: Callable[[], object]) -> str:
    """Return the code with which an attempt was refused; 'done' when it was not."""
    try:
        attempt()
    except BaileeProblem as problem:
        return problem.code
    return "done"


def every_verb(client: Client, at: Place) -> dict[str, Callable[[], object]]:
    """Return one call for each data verb: all of them about the same place."""
    c, purpose, name = at.controller, at.purpose, at.element
    sealed = {"ref": "1", "element": name, "subject": at.subject}
    new = {"ref": "1", "subject": at.subject, "fields": {name: at.text}}
    change = {"ref": "1", "record": at.record, "fields": {name: at.text}}
    opened_ = [sealed | {"ciphertext": at.ciphertext}]
    return {
        "protect": lambda: client.protect(c, purpose, [new]),
        "reveal": lambda: client.reveal(c, purpose, [name], records=[at.record]),
        "search": lambda: client.search(c, purpose, name, equals=at.text),
        "list": lambda: client.list_records(c, purpose, [name]),
        "update": lambda: client.update(c, purpose, [change]),
        "erase": lambda: client.erase(c, purpose, records=[at.record]),
        "erase a subject": lambda: client.erase(c, purpose, subjects=[at.subject]),
        "encrypt": lambda: client.encrypt(c, purpose, [sealed | {"value": at.text}]),
        "decrypt": lambda: client.decrypt(c, purpose, opened_),
        "reencrypt": lambda: client.reencrypt(c, purpose, opened_),
        "hold": lambda: client.hold(c, purpose, [at.subject]),
        "release": lambda: client.release(c, purpose, [at.subject]),
        "restrict": lambda: client.restrict(c, purpose, [at.subject]),
        "lift": lambda: client.lift(c, purpose, [at.subject]),
    }


GOVERNED_BY = {
    "erase a subject": "erase",
    "hold": "erase",
    "release": "erase",
    "restrict": "erase",
    "lift": "erase",
}
"""Calls that stand under another verb's right; every other call has its own."""


@dataclass(frozen=True)
class Place:
    """What a call is about."""

    controller: str
    record: str
    subject: str
    ciphertext: str
    element: str = "person.name"
    purpose: str = PAYMENT
    text: str = "Tancredi Underhill"


def value(element: str, fields: Mapping[str, str | Masked]) -> str:
    """Return a plain value from an answer."""
    found = fields[element]
    assert isinstance(found, str)
    return found


@dataclass
class World:
    """One deployment, its people and their keys; closed and opened again at will."""

    settings: Settings
    owner_url: str = ""
    """PostgreSQL only: the data database as its owner, whom no policy binds."""
    ids: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    people: set[str] = field(default_factory=set)
    shift: timedelta = timedelta()
    _stack: ExitStack = field(default_factory=ExitStack)
    _house: House | None = None
    _transport: InProcess | None = None

    # Life

    def found(self) -> None:
        """Found the home; ada is its administrator."""
        ada = Person(
            "Ada Lindqvist", "Harborline", "ada@harborline.example", "NDA-1", date(2026, 1, 5)
        )
        made = found(self.settings, ada)
        self.ids["ada"], self.keys["ada"] = made.principal, made.key

    def now(self) -> datetime:
        """Return the deployment's time: the machine's, moved by ``shift``."""
        return datetime.now(UTC) + self.shift  # noqa: TID251 - the clock that is handed in

    def open(self) -> House:
        """Open the home in this process, with its door."""
        clock = Clock(self.now)
        self._house = self._stack.enter_context(
            opened(self.settings, holder="the journey", clock=clock)
        )
        hash_cheaply(self._house)
        door = open_door(self._house, workers=4)
        self._transport = InProcess(door)
        self._stack.callback(door.state.pool.shutdown, wait=True)
        self._stack.callback(self._transport.close)
        return self._house

    def close(self) -> None:
        """Close the home; nothing in this process touches it any more."""
        self._stack.close()
        self._house = self._transport = None

    @property
    def house(self) -> House:
        """The running house."""
        assert self._house is not None
        return self._house

    @property
    def running(self) -> bool:
        """Whether the home is open in this process."""
        return self._house is not None

    def line(self, who: str = "") -> Client:
        """Return a client that shows somebody's key, in-process; '' shows none."""
        key = self.keys[who] if who else None
        return Client("http://localhost", key, transport=self.transport(), retries=0)

    def transport(self) -> InProcess:
        """Return the way through the door without a socket."""
        assert self._transport is not None
        return _Shared(self._transport)

    # The cast

    def until(self, days: int = 30) -> str:
        """Return a time some days from now, as the API writes it."""
        return write_time(self.now() + timedelta(days=days))

    def invite(self, who: str, name: str, **more: str) -> None:
        """Let a person in under their own name."""
        fields = {
            "employer": "Harborline",
            "email": f"{name.lower().replace(' ', '.')}@harborline.example",
            "undertaking": f"NDA-{who}",
            "undertaken": "2026-01-05",
        } | more
        invited = self.line("ada").invite(name=name, **fields)
        key = self.line().accept_invitation(invited.secret)
        self.ids[who], self.keys[who] = key.principal, key.key
        self.people.add(who)

    def service(self, who: str, mode: str = "autonomous") -> None:
        """Let a service in; bram answers for it."""
        bram = self.line("bram")
        made = bram.create_service(name=who, mode=mode, owner=self.ids["bram"])  # type: ignore[arg-type]
        self.ids[who], self.keys[who] = made.principal, bram.mint_key(made.principal).key

    def take_on(self, controller: str, representative: str, name: str) -> None:
        """Take a controller on under the model addendum, with its representative.

        Acme's annex lacks one line, so that there is something which may not be held for it.
        """
        self.line("ada").create_controller(
            controller,
            name=controller.title(),
            text=canary_text() if controller == ACME else model_text(),
            terms="model-addendum",
            effective="2026-01-01",
        )
        self.invite(
            representative,
            name,
            employer=controller.title(),
            relation="controller-representative",
            represents=controller,
        )

    def give(self, controller: str, who: str, verbs: list[str], *elements: str, **more: Any) -> str:
        """Let ada give a grant; return its id."""
        if elements and "purposes" not in more:
            more["purposes"] = [PAYMENT]
        more.setdefault("until", self.until())
        made = self.line("ada").grant(
            controller, self.ids[who], verbs=verbs, elements=list(elements), **more
        )
        if who in self.people and controller != HOUSE:
            self.read_up(who)
        return made.grant

    def read_up(self, who: str) -> None:
        """Let a person read and acknowledge what is due, as they do before their first access."""
        line = self.line(who)
        for duty in line.list_training().duties:
            if duty.status != "due":
                continue
            if duty.kind == "undertaking":
                line.sign_undertaking(line.show_undertaking().text_sha256)
            else:
                text = line.show_procedure(duty.controller)
                line.acknowledge_procedure(duty.controller, text.text_sha256)

    def populate(self) -> None:
        """Bring in two controllers, the people, the services, and their grants."""
        self.invite("bram", "Bram Okafor")
        self.invite("esra", "Esra Demir")
        self.invite("dev", "Dev Ranganathan", relation="contractor")
        self.take_on(ACME, "clara", "Clara Whitfield")
        self.take_on(GLOBEX, "greta", "Greta Holm")
        self.give(HOUSE, "bram", ["people"])
        for who in ("importer", "payout", "stranger"):
            self.service(who)
        for controller, representative in ((ACME, "clara"), (GLOBEX, "greta")):
            self.give(controller, "bram", ["interpret", "audit", "keys", "destroy"])
            self.give(controller, "bram", ["erase"], "*")
            self.give(controller, representative, ["interpret", "audit"])
            self.give(controller, "importer", ["protect", "update"], *ELEMENTS, daily=1_000_000)
        self.give(ACME, "esra", ["approve"])
        rest = ["reveal", "search", "encrypt", "decrypt"]
        self.give(ACME, "payout", rest, *ELEMENTS, daily=1_000_000)
        self.give(ACME, "dev", ["reveal-masked"], "person.ssn:last4")
        self.give(GLOBEX, "stranger", ["reveal", "protect"], "person.name")

    def allow(
        self,
        *keys: str,
        elements: Sequence[str] = (),
        purposes: Sequence[str] = (PAYMENT,),
        **more: str,
    ) -> str:
        """Let acme consent in writing that names and addresses leave for keys; return its id."""
        until = self.now() + timedelta(days=30)
        writing = {
            "given_by": self.ids["clara"],
            "reference": "letter 7",
            "text_sha256": "0" * 64,
            "recipient": "Larkspur Analytics",
            "since": write_time(self.now() - timedelta(seconds=1)),
            "until": write_time(until),
        } | more
        made = self.line("bram").add_consent(
            ACME,
            Writing(
                keys=keys,
                purposes=purposes,
                elements=elements or ["person.*"],
                **writing,  # type: ignore[arg-type]  # by name, as above
            ),
        )
        self.line("esra").confirm_consent(ACME, made.consent)
        return made.consent

    # Acts

    def protect(self, subject: str, controller: str = ACME, **changed: str) -> str:
        """Protect one record of a subject; return its id."""
        fields = SEED | {name.replace("__", "."): text for name, text in changed.items()}
        done = self.line("importer").protect(
            controller,
            PAYMENT,
            [{"ref": "1", "subject": subject, "kind": "person", "fields": fields}],
        )
        return done.results[0].record

    def reveal(self, who: str, record: str, *elements: str, controller: str = ACME) -> str:
        """Reveal one element's value."""
        wanted = list(elements or ["person.name"])
        seen = self.line(who).reveal(controller, PAYMENT, wanted, records=[record])
        return value(wanted[0], seen.results[0].fields)

    # The same deployment from the command line, and as its operator copies it

    def environment(self, who: str = "", **more: str) -> dict[str, str]:
        """Return the environment in which a command reaches this deployment."""
        settings = self.settings
        found = {
            "PATH": os.pathsep.join((str(BINARIES[0]) if BINARIES else "", os.defpath)),
            "PYTHONPATH": str(ROOT / "src"),
            "BAILEE_HOME": str(settings.home),
            "TMPDIR": str(settings.home.parent),
        }
        if self.owner_url:
            found |= {
                "BAILEE_DATABASE_URL": settings.database_url,
                "BAILEE_SEQUENCER_URL": settings.sequencer_url,
                "BAILEE_MIGRATOR_URL": settings.migrator_url,
                "BAILEE_KEYS_URL": settings.keys_url,
            }
        if who:
            found["BAILEE_KEY"] = self.keys[who]
        return found | more

    def cli(
        self, *args: str, who: str = "", stdin: str = "", **more: str
    ) -> subprocess.CompletedProcess[str]:
        """Run `bailee` as somebody types it."""
        environment = self.environment(who, **more)
        return typed(*args, env=environment, cwd=self.settings.home.parent, stdin=stdin)

    @staticmethod
    def command(*args: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Run `bailee` in a folder where no deployment is known."""
        return typed(*args, env={}, cwd=cwd)

    def backup(self, name: str, *options: str) -> Path:
        """Copy the data (with `--keys` the keys) as its operator does, while it is in use."""
        folder = self.settings.home.parent / name
        done = self.cli("backup", str(folder), *options)
        assert done.returncode == 0, done.stderr
        (copy,) = folder.iterdir()
        return copy

    def restore(self, copy: Path, *options: str, **more: str) -> dict[str, Any]:
        """Set a closed deployment back to a copy; `bailee restore` makes it fit to serve."""
        assert not self.running
        done = self.cli("restore", str(copy), *options, "--json", **more)
        assert done.returncode == 0, done.stderr
        told: dict[str, Any] = json.loads(done.stdout)
        return told

    def put_in_place(self, copy: Path) -> None:
        """Set the data back to a copy behind the back of `bailee restore`."""
        if self.owner_url:
            read_dump(self.owner_url, copy, roles=False)
        else:
            shutil.copyfile(copy, self.settings.home / "data.db")

    # Looking from outside

    @contextmanager
    def rows(self, *, keys: bool = False) -> Iterator[sa.Connection]:
        """Yield a connection that no rule of the house binds: an operator with SQL in hand."""
        url = self.settings.keys_url if keys else (self.owner_url or self.settings.database_url)
        database = open_database(url)
        try:
            with database.engine.begin() as conn:
                yield conn
        finally:
            database.close()

    def count(self, table: str, controller: str = "") -> int:
        """Count rows of a table."""
        where = " WHERE controller = :controller" if controller else ""
        with self.rows() as conn:
            found = conn.execute(
                sa.text(f"SELECT count(*) FROM {table}{where}"),
                {"controller": controller} if controller else {},
            )
            return int(found.scalar_one())

    def counts(self) -> dict[str, int]:
        """Count the rows of every table that holds values or what leads to them."""
        names = ("record", "value", "subject", "token", "holder", "blind_index")
        with self.rows() as conn:
            have = set(sa.inspect(conn).get_table_names())
        tables = sorted(name for name in have if any(part in name for part in names))
        assert tables
        return {name: self.count(name) for name in tables}

    def export(self, target: Path, controller: str = ACME, log: str = "") -> tuple[Path, str]:
        """Export a log (the newest by default); return the bundle and its verifier key."""
        bundle = target / secrets.token_hex(4)
        self.house.settle()
        name = log or self.house.newest_log(controller)
        self.house.export_log(controller, name, bundle)
        return bundle, self.house.parts.ledger.vkey(name)

    def entries(self, target: Path, controller: str = ACME) -> list[dict[str, Any]]:
        """Return the newest log's entries as its auditor reads them, each with its opening."""
        bundle, _ = self.export(target, controller)
        return read_bundle(bundle)

    def last(self, target: Path, controller: str = ACME) -> dict[str, Any]:
        """Return the newest entry."""
        return self.entries(target, controller)[-1]


class _Shared(InProcess):
    """The transport of the world; a client that closes does not close it for the others."""

    def __init__(self, shared: InProcess) -> None:
        self.handle_request = shared.handle_request  # type: ignore[method-assign]

    def close(self) -> None:
        """Leave it open."""


def read_bundle(bundle: Path) -> list[dict[str, Any]]:
    """Parse the entry bundles of an export with nothing of ours: two bytes of length, then JSON."""
    openings = {
        one["entry_id"]: {
            "actor": json.loads(one["actor"]["block"]),
            "context": json.loads(one["context"]["block"]),
            "records": [json.loads(record["block"]) for record in one["records"]],
        }
        for one in map(json.loads, (bundle / "openings.jsonl").read_text("utf-8").splitlines())
    }
    found = []
    for path in sorted((bundle / "tile" / "entries").rglob("*")):
        if not path.is_file():
            continue
        data = path.read_bytes()
        while data:
            size = int.from_bytes(data[:2], "big")
            entry = json.loads(data[2 : 2 + size])
            found.append(entry | {"opening": openings.get(entry["id"])})
            data = data[2 + size :]
    return found


def verified(bundle: Path, vkey: str, *more: str) -> tuple[int, str]:
    """Run the standalone verifier on a bundle, isolated: no site packages, nothing of ours."""
    pin = bundle.parent / f"{bundle.name}.vkey"
    pin.write_text(vkey + "\n")
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(VERIFIER), str(bundle), "--vkey", str(pin), *more],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


LENIENT = {"BAILEE_MFA": "card-data"}
"""People of a test's house show one factor, mostly a key; what a house does without this setting is
tried apart."""


def copied(world: World, target: Path, more: Mapping[str, str] | None = None) -> World:
    """Return a second deployment that is a copy of a closed SQLite one."""
    assert not world.running
    shutil.copytree(world.settings.home, target)
    return World(
        read_settings({**LENIENT, **(more or {})}, target),
        ids=dict(world.ids),
        keys=dict(world.keys),
        people=set(world.people),
    )


FOUNDED_BY = (
    "BAILEE_ROOT",
    "BAILEE_PASSPHRASE",
    "BAILEE_MIRROR",
    "BAILEE_ORIGIN",
    "BAILEE_WITNESSES",
)
"""Settings of which a deployment keeps something from its first moment on."""
CLUSTERS: Mapping[str, tuple[str, ...]] = {
    "sqlite": (),
    "postgresql": ("cluster",),
    "clusters": ("cluster", "key_cluster"),
}
"""Where each engine's databases are: the last has its keys on PostgreSQL too."""


def _database(cluster: Any, like: str = "") -> str:
    """Make a database on a cluster, empty or a copy of one that nobody uses; return its name."""
    name = f"j_{secrets.token_hex(6)}"
    admin = sa.create_engine(
        cluster.url("postgres").replace("postgresql:", "postgresql+psycopg:"),
        isolation_level="AUTOCOMMIT",
    )
    with admin.connect() as conn:
        conn.exec_driver_sql(f"CREATE DATABASE {name}" + (f" TEMPLATE {like}" if like else ""))
    admin.dispose()
    return name


def postgres_settings(
    cluster: Any, home: Path, key_cluster: Any = None, **more: str
) -> tuple[Settings, str]:
    """Make an empty database; return settings with each role in its place, and the owner's.

    With a second cluster the keys are there, else in a file of the home.
    """
    clusters = [cluster] if key_cluster is None else [cluster, key_cluster]
    return _settings(clusters, [_database(one) for one in clusters], home, more)


def _settings(
    clusters: Sequence[Any], names: Sequence[str], home: Path, more: Mapping[str, str]
) -> tuple[Settings, str]:
    data, name = clusters[0], names[0]
    environment = {
        "BAILEE_DATABASE_URL": data.url(name, "app"),
        "BAILEE_SEQUENCER_URL": data.url(name, "sequencer"),
        "BAILEE_MIGRATOR_URL": data.url(name),
    }
    if len(clusters) > 1:
        environment["BAILEE_KEYS_URL"] = clusters[1].url(names[1])
    return read_settings({**environment, **more}, home), data.url(name)


_MOULDS: dict[str, World] = {}
"""For each engine a deployment that was founded and populated once, and is closed for good."""


def _mould(engine: str, clusters: Sequence[Any], request: pytest.FixtureRequest) -> World:
    """Return the deployment of which the others are copies; make it when the first asks."""
    if engine not in _MOULDS:
        factory: pytest.TempPathFactory = request.getfixturevalue("tmp_path_factory")
        world = _bare(clusters, factory.mktemp("mould") / "home", LENIENT)
        world.found()
        world.open()
        world.populate()
        world.close()
        _MOULDS[engine] = world
    return _MOULDS[engine]


def _bare(clusters: Sequence[Any], home: Path, more: Mapping[str, str]) -> World:
    """Return a deployment's place with nothing in it."""
    if not clusters:
        return World(read_settings(more, home))
    return World(*_settings(clusters, [_database(one) for one in clusters], home, more))


def _cast(mould: World, clusters: Sequence[Any], home: Path, more: Mapping[str, str]) -> World:
    """Return a deployment that is a copy of a closed one, in other databases."""
    if not clusters:
        return copied(mould, home, more)
    shutil.copytree(mould.settings.home, home)
    urls = (mould.settings.database_url, mould.settings.keys_url)
    names = [
        _database(one, url.rpartition("/")[2]) for one, url in zip(clusters, urls, strict=False)
    ]
    world = World(*_settings(clusters, names, home, more))
    world.ids, world.keys, world.people = dict(mould.ids), dict(mould.keys), set(mould.people)
    return world


@contextmanager
def founded(
    engine: str, home: Path, request: pytest.FixtureRequest, **more: str
) -> Iterator[World]:
    """Yield a founded, populated, open deployment: ``sqlite``, ``postgresql``, or ``clusters``.

    The last has its keys on PostgreSQL too, so that any number of processes may serve it. Founding
    takes two seconds, so it is a copy of one founded before, unless it must be its own from the
    first moment: two copies have the same people with the same keys.
    """
    more = LENIENT | more
    clusters = [request.getfixturevalue(name) for name in CLUSTERS[engine]]
    own = any(name.startswith(FOUNDED_BY) for name in more)
    if own:
        world = _bare(clusters, home, more)
        world.found()
    else:
        world = _cast(_mould(engine, clusters, request), clusters, home, more)
    world.open()
    try:
        if own:
            world.populate()
        yield world
    finally:
        world.close()
