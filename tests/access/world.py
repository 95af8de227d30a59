"""A small house to try access in: a clock that is set by hand, two agreements, a ledger."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

import sqlalchemy as sa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bailee.access import Access, Caller, Grant, Lasting, Person, Rebuild, Schema, Shown
from bailee.access.assertion import Voucher
from bailee.access.hashing import Cost, Hasher
from bailee.access.means import Means
from bailee.access.passkey import Relying
from bailee.access.password import Lists, Policy
from bailee.access.sign_on import Party
from bailee.access.strength import CARD_DATA
from bailee.agreement import Extension
from bailee.canonical import decode, encode
from bailee.clock import Clock
from bailee.db import HOUSE, Database
from bailee.errors import NotFound
from tests.simulators.entries import ENTRIES

T = TypeVar("T")

CHEAP = Cost(memory=64, passes=1, lanes=1)
"""Of a hash in a test: what one costs in earnest is tried in one place."""
RELYING = Relying("localhost", ("http://localhost",), "the house")
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)

SCHEMA = Schema(
    names=frozenset(
        {"person.name", "person.email", "person.ssn", "business.name", "financial.card_number"}
    ),
    classes={
        "sensitive": frozenset({"person.ssn", "financial.card_number"}),
        "cardholder": frozenset({"financial.card_number"}),
    },
    masks={
        "person.ssn": frozenset({"first5", "last4"}),
        "person.name": frozenset({"initials"}),
        "financial.card_number": frozenset({"first6", "last4"}),
    },
    rebuilds=(
        Rebuild("person.ssn", frozenset({"first5", "last4"})),
        Rebuild("financial.card_number", frozenset({"first6", "last4", "fingerprint"})),
    ),
)

FACT_FIELDS = {
    "action", "controller", "decision", "source", "purpose", "elements", "obligations", "detail",
    "agreement", "actor", "context",
}  # fmt: skip


def record(conn: sa.Connection, **fact: Any) -> int:
    """Append a fact in the caller's transaction, as the ledger does; return its number."""
    assert set(fact) <= FACT_FIELDS
    where = ENTRIES.c.controller == fact["controller"]
    if conn.dialect.name == "postgresql":  # two at one moment would take one number
        conn.exec_driver_sql("SELECT pg_advisory_xact_lock(4711)")
    number = int(
        conn.execute(sa.select(sa.func.count()).select_from(ENTRIES).where(where)).scalar_one()
    )
    row = {"controller": fact["controller"], "number": number, "fact": encode(fact)}
    conn.execute(sa.insert(ENTRIES).values(row))
    return number


@dataclass
class Paper:
    """An agreement, as far as access reads one."""

    purposes: frozenset[str]
    permitted: frozenset[str]
    version_id: str = "v1"
    surviving: bool = False
    times: dict[str, timedelta] = field(default_factory=dict)
    extensions: tuple[Extension, ...] = ()

    def obligation_for(self, control: str) -> str:
        """Return the clause that the least-privilege control serves."""
        return {"least-privilege": "C2.5(4)", "leavers": "C2.5(6)"}.get(control, "")

    def due(self, parameter: str, start: datetime) -> datetime | None:
        """Return the end of a time that this paper gives."""
        return start + self.times[parameter] if parameter in self.times else None


class TestBox:
    """A box under one key of a test's own."""

    __test__ = False

    def __init__(self) -> None:
        self._aead = AESGCM(bytes(32))

    def seal(self, name: str, plain: bytes) -> tuple[str, bytes]:
        """Seal a secret."""
        nonce = secrets.token_bytes(12)
        return "k1", nonce + self._aead.encrypt(nonce, plain, name.encode())

    def open(self, name: str, key_id: str, sealed: bytes) -> bytes:
        """Open it."""
        assert key_id == "k1"
        return self._aead.decrypt(sealed[:12], sealed[12:], name.encode())


class CountingHasher(Hasher):
    """A cheap hasher that remembers what it was asked to compare."""

    def __init__(self) -> None:
        super().__init__(CHEAP, at_once=8, waiting=64)
        self.compared: list[bool] = []

    def fits(self, stored: str, secret: bytes) -> bool:
        """Compare, and remember whether there was anything to compare with."""
        self.compared.append(bool(stored))
        return super().fits(stored, secret)


@dataclass
class World:
    """A database, an access office on it, and everybody in it by nickname."""

    database: Database
    moment: datetime = START
    papers: dict[str, Paper] = field(default_factory=dict)
    callers: dict[str, Caller] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    provider: Voucher | None = None
    party: Party | None = None
    policy: Policy = field(default_factory=Policy)
    lasting: Lasting | None = None
    """How long undertaking and training count; None where a test is about something else."""
    listed: set[str] = field(default_factory=set)
    hasher: CountingHasher = field(default_factory=CountingHasher)
    relying: Relying | None = RELYING
    demand: str = CARD_DATA
    """Of whom two factors are demanded; what a house has without a setting is tried apart."""
    access: Access = field(init=False)

    def __post_init__(self) -> None:
        self.papers = {
            "acme": Paper(
                frozenset({"payments", "support"}),
                frozenset({"person.name", "person.ssn", "financial.card_number"}),
            ),
            "globex": Paper(frozenset({"payments"}), frozenset({"person.name"})),
        }
        self.access = self.another_process()

    def another_process(self) -> Access:
        """Return an office that shares the database and nothing else."""
        clock = Clock(lambda: self.moment)
        means = Means(
            box=TestBox(),
            mark=lambda source: f"mark of {source}",
            policy=lambda _conn: self.policy,
            lists=Lists(self.listed.__contains__, self.listed.__contains__),
            hasher=self.hasher,
            relying=lambda: self.relying,
            party=self.party,
            demand=self.demand,
        )
        return Access(
            record=record,
            rules=self.rules,
            clock=clock,
            schema=SCHEMA,
            provider=self.provider,
            means=means,
            lasting=self.lasting,
        )

    def rules(self, _conn: sa.Connection, controller: str) -> Paper:
        """Return the agreement in force."""
        if controller not in self.papers:
            raise NotFound("controller.unknown", "There is no such controller.")
        return self.papers[controller]

    def do(self, work: Callable[[sa.Connection], T], controller: str = HOUSE) -> T:
        """Run work in one transaction."""
        return self.database.write(controller, work)

    def entries(self, controller: str = HOUSE) -> list[dict[str, Any]]:
        """Return the facts in a log."""
        query = (
            sa.select(ENTRIES.c.fact)
            .where(ENTRIES.c.controller == controller)
            .order_by(ENTRIES.c.number)
        )
        return self.database.read(
            controller, lambda c: [decode(fact) for fact in c.execute(query).scalars()]
        )

    def person(self, nick: str, **changed: Any) -> Person:
        """Return somebody who may be invited."""
        values: dict[str, Any] = {
            "name": f"{nick.capitalize()} Example-Lindqvist",
            "employer": "Harbour Processing Ltd",
            "email": f"{nick}.lindqvist@harbour.example",
            "undertaking": "NDA-2026-001",
            "undertaken": date(2026, 1, 5),
        }
        return Person(**(values | changed))

    def found(self, name: str = "ada") -> Caller:
        """Found the house."""
        person = self.person(name)
        done = self.do(lambda c: self.access.init_administrator(c, person))
        return self.enter(name, done.result)

    def join(self, nick: str, **changed: Any) -> Caller:
        """Invite somebody and let them accept."""
        person = self.person(nick, **changed)
        invited = self.do(lambda c: self.access.invite(c, self.callers["ada"], person)).result
        return self.enter(nick, self.do(lambda c: self.access.accept(c, invited.secret)).result)

    def enter(self, name: str, shown: Shown) -> Caller:
        """Remember somebody's key and who they are."""
        self.keys[name] = shown.secret
        self.callers[name] = self.do(lambda c: self.access.authenticate(c, shown.secret))
        return self.callers[name]

    def service(self, name: str, mode: str = "autonomous", by: str = "ada") -> str:
        """Enter a service without a key; return its id."""
        owner = self.callers["ada"].principal_id
        done = self.do(
            lambda c: self.access.add_service(
                c, self.callers[by], name=name, mode=mode, owner=owner
            )
        )
        return done.result.principal_id

    def mint(self, name: str, principal_id: str, by: str = "ada") -> Caller | Shown:
        """Mint a service's key; the caller, where the service can call alone."""
        shown = self.do(lambda c: self.access.mint_key(c, self.callers[by], principal_id)).result
        self.keys[name] = shown.secret
        return shown

    def give(self, to: str, *, by: str = "ada", **changed: Any) -> Grant:
        """Give somebody (by nickname or id) a grant: reveal of names for payments at acme."""
        values: dict[str, Any] = {
            "controller": "acme",
            "verbs": ["reveal"],
            "elements": ["person.name"],
            "purposes": ["payments"],
            "until": self.moment + 30 * DAY,
        }
        values |= changed
        whom = self.callers[to].principal_id if to in self.callers else to
        done = self.do(
            lambda c: self.access.grant(c, self.callers[by], to=whom, **values),
            values["controller"],
        )
        return done.result
