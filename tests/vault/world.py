"""A whole house to try the vault in: real keys, access and ledger, two controllers, a set clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from bailee.access import Access, Caller, Grant, Person
from bailee.access.hashing import Cost, Hasher
from bailee.access.password import Lists
from bailee.agreement import Extension
from bailee.clock import Clock
from bailee.db import HOUSE, Database
from bailee.errors import NotFound
from bailee.keys import DataSide, Destruction, Keys, LocalRoot
from bailee.ledger import Fact, Ledger, Receipt, Touched
from bailee.vault import erase
from bailee.vault.actions import Vault
from bailee.vault.catalogue import CATALOGUE, schema
from bailee.vault.password_tries import Strength
from bailee.vault.renew import BEGIN, Spot
from bailee.vault.shapes import (
    Erase,
    Erased,
    Found,
    Protect,
    Protected,
    ProtectRecord,
    Reveal,
    Revealed,
    Search,
)

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ACME, GLOBEX = "acme", "globex"
DATA_VERBS = ("protect", "reveal", "update", "search", "encrypt", "decrypt")


@dataclass
class Paper:
    """An agreement, as far as the vault reads one."""

    purposes: frozenset[str] = frozenset({"payments", "legal-claims"})
    permitted: frozenset[str] = frozenset(CATALOGUE) - {"health.condition"}
    version_id: str = "v1"
    surviving: bool = False
    extensions: tuple[Extension, ...] = ()

    def obligation_for(self, control: str) -> str:
        """Return the clause that the access log serves."""
        return {"access-log": "C2.5(5)"}.get(control, "")

    def due(self, _parameter: str, _start: datetime) -> datetime | None:
        """Return that no time was agreed."""
        return None


class Counting(Hasher):
    """Hashes cheaply, and counts what it computes; ``between`` runs before each comparison."""

    def __init__(self, **more: Any) -> None:
        super().__init__(Cost(memory=64, passes=1, lanes=1), **more)
        self.compared = 0
        self.hashed = 0
        self.between: Callable[[], object] = lambda: None

    def hash(self, secret: bytes) -> str:
        """Count."""
        self.hashed += 1
        return super().hash(secret)

    def fits(self, stored: str, secret: bytes) -> bool:
        """Count, after whatever a test lets happen meanwhile."""
        between, self.between = self.between, lambda: None
        between()
        self.compared += 1
        return super().fits(stored, secret)


@dataclass
class World:
    """Databases, everything below the vault, and the vault; people by nickname."""

    data: Database
    keys_database: Database
    moment: datetime = START
    papers: dict[str, Paper] = field(default_factory=lambda: {ACME: Paper(), GLOBEX: Paper()})
    people: dict[str, Caller] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)
    hasher: Counting = field(default_factory=Counting)

    def __post_init__(self) -> None:
        self.clock = Clock(lambda: self.moment)
        self.keys = Keys(self.keys_database, LocalRoot(bytes(range(32))), self.clock)
        self.keys.start()
        for name in self.papers:
            self.keys.create_controller(name)
        self.ledger = Ledger(
            secrets=self.keys, clock=self.clock, origin="bailee.test", log_id=lambda _, name: name
        )
        self.access = Access(
            record=lambda conn, **fields: self.record(conn, Fact(**fields)),
            rules=self.rules,
            clock=self.clock,
            schema=schema(),
            lasting=None,
        )
        self.vault = self.another_process()

    def another_process(self) -> Vault:
        """Return a vault that shares the databases and remembers nothing."""
        side = DataSide(
            self.data, lambda conn, fields: self.record(conn, Fact(**fields)), erase.delete_rows
        )
        destruction = Destruction(self.keys, side)
        return Vault(
            database=self.data,
            keys=self.keys,
            access=self.access,
            record=self.record,
            clock=self.clock,
            in_force=self.rules,
            destroy=lambda controller, key_ids, leaf: destruction.subjects(
                controller, key_ids, entry_hash=leaf
            ),
            strength=Strength(self.hasher, lists=Lists("walrus 7 umbrella 77".__eq__)),
        )

    def record(self, conn: sa.Connection, fact: Fact) -> Receipt:
        """Append to the real ledger; keep what was appended, committed or not, for the test."""
        self.facts.append(fact)
        return self.ledger.append(conn, fact)

    def rules(self, _conn: sa.Connection, controller: str) -> Paper:
        """Return the agreement in force."""
        if controller not in self.papers:
            raise NotFound("controller.unknown", "There is no such controller.")
        return self.papers[controller]

    # people

    def found(self) -> None:
        """Found the house with ada, and a second person, ben."""
        shown = self.data.write(
            HOUSE, lambda conn: self.access.init_administrator(conn, _person("ada"))
        )
        self._enter("ada", shown.result.secret)
        self.join("ben")

    def join(self, nick: str) -> Caller:
        """Invite somebody and let them accept."""
        invited = self.data.write(
            HOUSE, lambda conn: self.access.invite(conn, self.people["ada"], _person(nick))
        )
        shown = self.data.write(HOUSE, lambda conn: self.access.accept(conn, invited.result.secret))
        return self._enter(nick, shown.result.secret)

    def serve(self, nick: str) -> Caller:
        """Let a service in, that acts for itself."""
        ada = self.people["ada"]
        made = self.data.write(
            HOUSE,
            lambda conn: self.access.add_service(
                conn, ada, name=nick, mode="autonomous", owner=ada.principal_id
            ),
        )
        shown = self.data.write(
            HOUSE, lambda conn: self.access.mint_key(conn, ada, made.result.principal_id)
        )
        return self._enter(nick, shown.result.secret)

    def _enter(self, nick: str, secret: str) -> Caller:
        self.people[nick] = self.data.write(
            HOUSE, lambda conn: self.access.authenticate(conn, secret)
        )
        return self.people[nick]

    def give(self, nick: str, verbs: Sequence[str], **changed: Any) -> Grant:
        """Give somebody verbs on every element for payments at acme, unless said otherwise."""
        values: dict[str, Any] = {
            "controller": ACME,
            "elements": sorted(Paper().permitted),
            "purposes": ["payments"],
            "until": self.moment + timedelta(days=30),
        }
        values |= changed
        done = self.data.write(
            values["controller"],
            lambda conn: self.access.grant(
                conn, self.people["ada"], to=self.people[nick].principal_id, verbs=verbs, **values
            ),
        )
        return done.result

    def able(self, nick: str, controller: str = ACME) -> Caller:
        """Let somebody join who may do everything for payments at a controller."""
        caller = self.join(nick)
        purposes = ["payments", "legal-claims"]
        self.give(nick, list(DATA_VERBS), controller=controller, purposes=purposes)
        self.give(nick, ["erase"], controller=controller, elements=["*"], purposes=purposes)
        return caller

    # calls, in the words of most tests

    def protect(
        self, caller: Caller, subject: str, fields: Mapping[str, str], **changed: Any
    ) -> str:
        """Store one record; return its id."""
        return self.protected(caller, subject, fields, **changed).results[0].record

    def protected(
        self, caller: Caller, subject: str, fields: Mapping[str, str], **changed: Any
    ) -> Protected:
        """Store one record; return the answer."""
        controller = changed.pop("controller", ACME)
        record = ProtectRecord(ref="r", subject=subject, fields=dict(fields), **changed)
        return self.vault.protect(caller, controller, Protect("payments", [record]))

    def reveal(self, caller: Caller, record: str, *elements: str, **changed: Any) -> dict[str, Any]:
        """Return one record's values."""
        controller = changed.pop("controller", ACME)
        values: dict[str, Any] = {"purpose": "payments", "elements": list(elements)}
        body = Reveal(**(values | {"records": [record]} | changed))
        return dict(self.vault.reveal(caller, controller, body).results[0].fields)

    def reveal_tokens(self, caller: Caller, tokens: list[str], *elements: str) -> Revealed:
        """Open tokens."""
        body = Reveal("payments", list(elements), tokens=tokens)
        return self.vault.reveal(caller, ACME, body)

    def search(self, caller: Caller, element: str, equals: str, purpose: str = "payments") -> Found:
        """Search."""
        return self.vault.search(caller, ACME, Search(purpose, element, equals))

    def erase_subject(self, caller: Caller, *subjects: str) -> Erased:
        """Erase subjects."""
        return self.vault.erase(caller, ACME, Erase("payments", subjects=list(subjects)))

    def settle(self, after: timedelta = timedelta(seconds=6)) -> None:
        """Let time pass: a new version of a key is written with, after an hour the old may go."""
        self.moment += after

    def renew(self, limit: int = 1000) -> list[int]:
        """Walk through everything once; return what each step made anew."""
        steps = []
        going: Spot | None = BEGIN
        while going is not None:
            count, going = self.vault.renew(ACME, going, limit)
            steps.append(count)
        return steps

    def count(self, table: str, controller: str = ACME) -> int:
        """Return how many rows a table holds for a controller."""
        query = sa.text(f"SELECT count(*) FROM {table} WHERE controller = :c")
        return int(
            self.data.read(
                controller, lambda conn: conn.execute(query, {"c": controller}).scalar_one()
            )
        )

    def run(self, statement: str, **parameters: Any) -> list[Any]:
        """Run a statement behind everybody's back; return its rows."""

        def work(conn: sa.Connection) -> list[Any]:
            result = conn.execute(sa.text(statement), parameters)
            return list(result) if result.returns_rows else []

        return self.data.write(ACME, work)

    def touched(self) -> list[Touched]:
        """Return what the last fact touched."""
        return list(self.facts[-1].records)


def _person(nick: str) -> Person:
    return Person(
        name=f"{nick.capitalize()} Example-Lindqvist",
        employer="Harbour Processing Ltd",
        email=f"{nick}.lindqvist@harbour.example",
        undertaking="NDA-2026-001",
        undertaken=date(2026, 1, 5),
    )


def refs(answer: msgspec.Struct) -> list[str]:
    """Return the refs of an answer's results."""
    return [one.ref for one in answer.results]  # type: ignore[attr-defined]
