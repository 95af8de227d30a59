"""Any order of appends, passes, crashes, erasures and restores leaves a log that verifies.

The model is a list of entry ids for each controller. After every step each acknowledged entry waits
or stands in a log, once, in the order in which it was acknowledged; whenever a log is exported, an
auditor with every checkpoint and receipt so far finds nothing wrong.
"""

from __future__ import annotations

import copy
import json
import os
import shutil
import tempfile
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bailee.db import DATA, SqliteDatabase
from bailee.errors import Broken, Conflict
from bailee.ledger import Fact, Ledger, Receipt, verify
from bailee.ledger.tables import CLOSED, LEFT, RETIRED
from tests.ledger.desk import ACME, Desk
from tests.tamper.campaign import says

CONTROLLERS = st.sampled_from([ACME, "globex"])
LONG = os.environ.get("BAILEE_MACHINE") == "long"  # noqa: TID251 - a switch of the tests alone


class Killed(BaseException):
    """The process dies here."""


@dataclass
class Model:
    """What must be true of the database, and would be again after a restore of it."""

    entries: dict[str, list[str]] = field(default_factory=lambda: {ACME: [], "globex": []})
    receipts: dict[str, Receipt] = field(default_factory=dict)


class LedgerMachine(RuleBasedStateMachine):
    """A desk, its model, a backup, and an auditor who pins what is published."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="bailee-machine-"))
        self.path = self.folder / "data.db"
        database = SqliteDatabase(self.path)
        ledger_tables = [t for name, t in DATA.tables.items() if name.startswith("ledger_")]
        DATA.create_all(database.engine, tables=ledger_tables)
        self.desk, self.model = Desk(database), Model()
        self.pins = dict[str, list[tuple[str, bytes]]]()
        self.backup: Model | None = None
        self.exports = 0

    def teardown(self) -> None:
        """Publish what waits, and let the auditor see every log."""
        try:
            self.publish()
            for controller in self.model.entries:
                for log in self._logs(controller):
                    self._verify(controller, log)
        finally:
            self.desk.database.close()
            shutil.rmtree(self.folder)

    # Rules.

    @rule(controller=CONTROLLERS, count=st.sampled_from([1, 2, 3, 9, 130]))
    def append(self, controller: str, count: int) -> None:
        """Acknowledge entries."""
        self.desk.wait(milliseconds=3)
        self._acknowledged(controller, self.desk.append(count, controller))

    @rule(controller=CONTROLLERS, count=st.integers(1, 5))
    def die_before_commit(self, controller: str, count: int) -> None:
        """Die in the transaction: nothing was acknowledged."""
        facts = [self.desk.fact(n, controller) for n in range(count)]

        def work(conn: object) -> None:
            self.desk.ledger.append_many(conn, facts)  # type: ignore[arg-type]
            raise Conflict("test.dies", "It dies here.")

        try:
            self.desk.database.write(controller, work)
        except Conflict:
            self._restart()

    @rule(controller=CONTROLLERS, count=st.integers(1, 5))
    def die_after_commit(self, controller: str, count: int) -> None:
        """Die with the commit done: everything was acknowledged."""
        self._acknowledged(controller, self.desk.append(count, controller))
        self._restart()

    @rule()
    def publish(self) -> None:
        """Integrate and sign; the auditor pins each new checkpoint."""
        self.desk.wait(milliseconds=3)
        assert self.desk.ledger.sequence(self.desk.database).troubles == {}
        for controller in self.model.entries:
            for log in self._logs(controller):
                note = self.desk.note(log, controller).encode()
                pinned = self.pins.setdefault(log, [])
                if note not in [text for _, text in pinned]:
                    pinned.append((f"{log} {len(pinned)}", note))

    @rule(where=st.sampled_from(["before_guard", "before_sign"]))
    def die_while_signing(self, where: str) -> None:
        """Die between commit and signature."""

        def die() -> None:
            raise Killed

        setattr(self.desk.secrets, where, die)
        try:
            self.desk.ledger.sequence(self.desk.database)
        except Killed:
            pass
        finally:
            setattr(self.desk.secrets, where, lambda: None)
        self._restart()

    @rule(where=st.sampled_from(["before_guard", "before_sign"]), count=st.just(2))
    def second_sequencer(self, where: str, count: int) -> None:
        """Another process appends, integrates and signs in the middle of a pass."""
        secrets = self.desk.secrets
        first, second = self.desk.ledger, self._other()
        done = list[bool]()

        def interfere() -> None:
            if not done:
                done.append(True)
                self._acknowledged(ACME, self.desk.append(count))
                second.sequence(self.desk.database)

        setattr(secrets, where, interfere)
        try:
            first.sequence(self.desk.database)
        finally:
            setattr(secrets, where, lambda: None)
        self.publish()

    @rule(minutes=st.sampled_from([1, 11, 60 * 24]))
    def wait(self, minutes: int) -> None:
        """Let time pass."""
        self.desk.wait(minutes=minutes)

    @rule()
    def wait_for_the_year(self) -> None:
        """Let the year end."""
        self.desk.wait(days=366)

    @rule(controller=CONTROLLERS, at=st.integers(0, 300), count=st.integers(1, 40))
    def erase(self, controller: str, at: int, count: int) -> None:
        """Erase openings of a published log, by an entry."""
        self.publish()
        for log in self._logs(controller)[:1]:
            size = self._size(controller, log)
            span = (at % size, min(size, at % size + count))
            fact = Fact("ledger:openings:erased", controller, detail={"reason": "retention"})
            act = partial(self.desk.ledger.erase_openings, fact=fact, log=log, span=span)
            self._acknowledged(controller, [self.desk.database.write(controller, act)])

    @rule(controller=CONTROLLERS)
    def export(self, controller: str) -> None:
        """Let the auditor see the controller's logs."""
        self.publish()
        for log in self._logs(controller):
            self._verify(controller, log)

    @rule(controller=CONTROLLERS)
    def retire(self, controller: str) -> None:
        """Delete a log whose time is over, with what it held."""
        self.publish()
        over = [head.log for head in self._heads(controller) if head.status in {CLOSED, LEFT}]
        for log in over[:1]:
            gone = set(self._ids(controller, log))
            act = partial(self.desk.ledger.retire, controller=controller, log=log)
            self.desk.database.write(controller, act)
            kept = [one for one in self.model.entries[controller] if one not in gone]
            self.model.entries[controller] = kept
            self.pins.pop(log, None)

    @rule()
    def back_up(self) -> None:
        """Copy the database away."""
        self.desk.database.purge()
        shutil.copy(self.path, self.folder / "copy.db")
        self.backup = copy.deepcopy(self.model)

    @precondition(lambda self: self.backup is not None)
    @rule()
    def restore(self) -> None:
        """Put the copy back; where a log is behind what was signed, its successor takes over."""
        self.desk.database.close()
        for suffix in ("-wal", "-shm"):
            (self.folder / f"data.db{suffix}").unlink(missing_ok=True)
        shutil.copy(self.folder / "copy.db", self.path)
        self.desk.database = SqliteDatabase(self.path)
        assert self.backup is not None
        self.model = copy.deepcopy(self.backup)
        self._restart()
        for controller in self.model.entries:
            try:
                self.desk.ledger.check(self.desk.database, controller)
            except Broken:
                self._succeed(controller)
        held = {log for one in self.model.entries for log in self._logs(one)}
        sizes = {log: self._size(one, log) for one in self.model.entries for log in self._logs(one)}
        for log, pinned in self.pins.items():  # what was signed and lost is the next log's to admit
            size = sizes.get(log, 0) if log in held else 0
            self.pins[log] = [pin for pin in pinned if int(pin[1].split(b"\n")[1]) <= size]

    # What is true after every step.

    @invariant()
    def every_entry_is_in_one_place(self) -> None:
        """What was acknowledged waits or stands in a log, in its order; nothing else does."""
        for controller, expected in self.model.entries.items():
            placed = list[str]()
            for head in self._heads(controller):
                if head.status != RETIRED:
                    rows = self.desk.sql(
                        "SELECT entry_id FROM ledger_place WHERE controller = :c AND log = :l "
                        "ORDER BY idx",
                        c=controller,
                        l=head.log,
                    )
                    placed += [row[0] for row in rows if row[0] in self.model.receipts]
            waiting = self.desk.sql(
                "SELECT entry_id FROM ledger_inbox WHERE controller = :c ORDER BY time, seq",
                c=controller,
            )
            assert placed + [row[0] for row in waiting] == expected

    # Words.

    def _acknowledged(self, controller: str, receipts: list[Receipt]) -> None:
        self.model.entries[controller] += [one.entry_id for one in receipts]
        self.model.receipts |= {one.entry_id: one for one in receipts}

    def _succeed(self, controller: str) -> None:
        act = partial(self.desk.ledger.succeed, controller=controller)
        self.desk.database.write(controller, act)

    def _restart(self) -> None:
        self.desk.wait(milliseconds=3)
        self.desk.restart()

    def _other(self) -> Ledger:
        mine = self.desk.ledger
        other = self.desk.restart()
        self.desk.ledger = mine
        return other

    def _heads(self, controller: str) -> list[Any]:
        return self.desk.database.read(
            controller, lambda conn: self.desk.ledger.logs(conn, controller)
        )

    def _logs(self, controller: str) -> list[str]:
        """Return the logs of which something is signed and still there."""
        heads = self._heads(controller)
        return [head.log for head in heads if head.status != RETIRED and head.signed]

    def _size(self, controller: str, log: str) -> int:
        return next(int(one.signed) for one in self._heads(controller) if one.log == log)

    def _ids(self, controller: str, log: str) -> list[str]:
        bodies = self.desk.database.read(
            controller, lambda conn: list(self.desk.ledger.entries(conn, controller, log))
        )
        return [json.loads(body)["id"] for body in bodies]

    def _verify(self, controller: str, log: str) -> None:
        """Export a log; the auditor, with all that was pinned and acknowledged, finds nothing."""
        self.exports += 1
        bundle = self.desk.export(self.folder / f"export-{self.exports}", log, controller)
        names = [head.log for head in self._heads(controller)]
        keys = [verify.read_key(self.desk.ledger.vkey(name), name) for name in names]
        held = set(self._ids(controller, log))
        lines = [
            json.dumps({"log": one.log, "leaf": one.leaf})
            for one in self.model.receipts.values()
            if one.entry_id in held
        ]
        receipts = [("receipts", "\n".join(lines).encode())]
        pinned = verify.Pinned(keys, self.pins.get(log, []), receipts=receipts)
        report = verify.verify(bundle, pinned)
        assert says(report) == []
        assert set(self.model.entries[controller]) >= held & set(self.model.receipts)
        shutil.rmtree(bundle)


LedgerMachine.TestCase.settings = settings(
    max_examples=400 if LONG else 12,
    stateful_step_count=60 if LONG else 25,
    derandomize=not LONG,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestLedgerMachine = LedgerMachine.TestCase


def test_machine_notices_an_entry_that_is_lost() -> None:
    """One acknowledged entry gone from the inbox, and the machine stops."""
    machine = LedgerMachine()
    machine.append(ACME, 3)
    machine.every_entry_is_in_one_place()
    machine.desk.sql(
        "DELETE FROM ledger_inbox WHERE entry_id = :i", i=machine.model.entries[ACME][1]
    )
    with pytest.raises(AssertionError):
        machine.every_entry_is_in_one_place()
    machine.teardown()
