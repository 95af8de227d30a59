"""A ledger on simulated keys, its clock in the test's hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bailee.clock import Clock
from bailee.db import HOUSE, Database
from bailee.ledger import Fact, Ledger, Receipt, Touched
from tests.simulators.secrets import SimulatedSecrets

ACME = "acme"
LOG = "bailee.example/5f2c/2026"


class Desk:
    """A ledger with everything around it, and short words for what tests do with it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.secrets = SimulatedSecrets()
        self.time = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
        self.ledger = self.restart()

    def restart(self) -> Ledger:
        """Return a new ledger over what is durable, as after a crash."""
        clock = Clock(source=lambda: self.time)
        self.ledger = Ledger(
            secrets=self.secrets,
            clock=clock,
            origin="bailee.example",
            log_id=lambda _conn, controller: {ACME: "5f2c"}.get(controller, "77aa"),
        )
        return self.ledger

    def wait(self, **span: float) -> None:
        """Let time pass."""
        self.time += timedelta(**span)

    def fact(self, number: int = 0, controller: str = ACME, records: int = 1) -> Fact:
        """Return a fact of an invented reveal."""
        return Fact(
            "vault:record:revealed",
            controller,
            purpose="payments",
            elements=("person.name", "person.birth_date"),
            count=records,
            obligations=("C2.5(5)",),
            detail={"number": number},
            agreement="v1",
            actor={"id": f"principal-{number}", "kind": "person"},
            context={"ip": "192.0.2.7", "request": f"r-{number}"},
            records=[
                Touched(
                    f"rec{number}x{i}",
                    f"sub{number}x{i}",
                    ("person.name",),
                    "person",
                    "customer",
                    ("US",),
                    "US-NY",
                )
                for i in range(records)
            ],
        )

    def append(self, count: int, controller: str = ACME, records: int = 1) -> list[Receipt]:
        """Append facts in one transaction."""
        facts = [self.fact(i, controller, records) for i in range(count)]
        return self.database.write(controller, lambda conn: self.ledger.append_many(conn, facts))

    def fill(self, count: int, controller: str = ACME, records: int = 1) -> list[Receipt]:
        """Append facts, integrate and sign them."""
        receipts = self.append(count, controller, records)
        assert not self.ledger.sequence(self.database).troubles
        return receipts

    def export(self, target: Path, log: str = LOG, controller: str = ACME) -> Path:
        """Export a log."""
        self.database.read(
            controller, lambda conn: self.ledger.export(conn, controller, log, target)
        )
        return target

    def sql(self, statement: str, **values: object) -> list[Any]:
        """Run SQL past the ledger, as somebody with the database's password could."""

        def work(conn: sa.Connection) -> list[Any]:
            result = conn.execute(sa.text(statement), values)
            return list(result.all()) if result.returns_rows else []

        return self.database.write(HOUSE, work)

    def unlock(self, *tables: str) -> None:
        """Drop triggers of tables, as whoever owns them can."""
        on_postgres = self.database.engine.dialect.name == "postgresql"
        for table in tables:
            for verb in ("update", "delete"):
                if not on_postgres:
                    self.sql(f"DROP TRIGGER ledger_{table}_{verb}")
                    continue
                owner = sa.create_engine(self.database.engine.url.set(username="owner"))
                with owner.begin() as conn:  # nobody else may
                    conn.exec_driver_sql(f"DROP TRIGGER ledger_{table}_{verb} ON ledger_{table}")
                owner.dispose()

    def note(self, log: str = LOG, controller: str = ACME) -> str:
        """Return the newest checkpoint."""
        return self.database.read(
            controller, lambda conn: self.ledger.checkpoint(conn, controller, log)
        )
