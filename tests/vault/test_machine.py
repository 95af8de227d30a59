"""Any order of calls leaves the vault as a dictionary would be, on both databases.

The model holds records, tokens and ciphertexts in clear. After every step each record is shown as
the model has it, each answer's entry is in the ledger, and a refused call has changed no row but
added its own entry. At the end the ledger verifies.
"""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bailee.access import Caller
from bailee.db import DATA, KEYS, Database, SqliteDatabase, open_database
from bailee.errors import Failure
from bailee.ledger import verify
from bailee.vault.shapes import (
    Decrypt,
    DecryptValue,
    Encrypt,
    EncryptValue,
    Entry,
    Erase,
    Found,
    Protect,
    ProtectRecord,
    Reveal,
    Update,
    UpdateRecord,
)
from tests.clusters import Cluster
from tests.vault.world import ACME, GLOBEX, World

VALUES = {
    "person.name": ["Ada Lovelace", "Jo Roe", "ada lovelace"],
    "person.ssn": ["536-90-4399", "219-09-1234"],
    "person.email": ["ada@example.com", "jo@example.com"],
    "person.birth_date": ["1975-12-03", "1980-02-29"],
}
SUBJECTS = st.sampled_from(["cust-1", "cust-2", "cust-3"])
FIELDS = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(values) for name, values in VALUES.items()}
).filter(bool)
ELEMENTS = st.sampled_from(sorted(VALUES))
PICK = st.integers(0, 99)
TABLES = ("vault_subject", "vault_record", "vault_blind_index", "vault_token", "vault_token_holder")
LONG = os.environ.get("BAILEE_MACHINE") == "long"  # noqa: TID251 - a switch of the tests alone


@dataclass
class Held:
    """A record as the model has it."""

    subject: str
    fields: dict[str, str]
    token: str = ""


@dataclass
class Sealed:
    """A value that the caller keeps, encrypted; dead once its subject was erased."""

    subject: str
    element: str
    value: str
    ciphertext: str
    alive: bool = True


@dataclass
class Model:
    """What the vault holds, in clear."""

    records: dict[str, Held] = field(default_factory=dict)
    subjects: set[str] = field(default_factory=set)
    sealed: list[Sealed] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)  # ids of records erased
    tokens: set[str] = field(default_factory=set)  # every token ever given out

    def live(self) -> dict[str, str]:
        """Return the value behind each token that leads somewhere."""
        held = self.records.values()
        return {one.token: one.fields["person.ssn"] for one in held if one.token}


class VaultMachine(RuleBasedStateMachine):
    """A founded world, its model, somebody at each of two controllers."""

    def __init__(self, open_world: Callable[[], World]) -> None:
        super().__init__()
        self.world, self.model = open_world(), Model()
        self.world.found()
        self.cleo, self.gina = self.world.able("cleo"), self.world.able("gina", GLOBEX)
        self.versions = {"index": 1, "token": 1, "reference": 1}

    # Rules: what changes something.

    @rule(subject=SUBJECTS, fields=FIELDS)
    def protect(self, subject: str, fields: dict[str, str]) -> None:
        """Store a record."""
        body = Protect("payments", [ProtectRecord("r", subject, fields)])
        answer = self.world.vault.protect(self.cleo, ACME, body)
        (one,) = answer.results
        self._answered(answer.entry)
        assert one.record not in self.model.records
        self._hold(one.record, Held(subject, dict(fields)), one.tokens)
        self.model.subjects.add(subject)

    @precondition(lambda self: self.model.records)
    @rule(pick=PICK, element=ELEMENTS, at=st.integers(-1, 1))
    def update(self, pick: int, element: str, at: int) -> None:
        """Change, add or remove a value; the last one is not removed."""
        record = self._pick(self.model.records, pick)
        held = self.model.records[record]
        value = VALUES[element][at] if at >= 0 else None
        body = Update("payments", [UpdateRecord("u", record, {element: value})])
        if value is None and (len(held.fields) == 1 or element not in held.fields):
            if element in held.fields:
                self._refused(lambda: self.world.vault.update(self.cleo, ACME, body))
            return
        answer = self.world.vault.update(self.cleo, ACME, body)
        self._answered(answer.entry)
        fields = {name: one for name, one in held.fields.items() if name != element}
        fields |= {element: value} if value is not None else {}
        token = "" if element == "person.ssn" else held.token
        self._hold(record, Held(held.subject, fields, token), answer.results[0].tokens)

    @precondition(lambda self: self.model.records)
    @rule(pick=PICK)
    def erase_record(self, pick: int) -> None:
        """Destroy a record; its subject stays."""
        record = self._pick(self.model.records, pick)
        answer = self.world.vault.erase(self.cleo, ACME, Erase("payments", records=[record]))
        self._answered(answer.entry)
        del self.model.records[record]
        self.model.gone.append(record)

    @rule(subject=SUBJECTS)
    def erase_subject(self, subject: str) -> None:
        """Destroy a subject with its key; an unknown one is refused."""
        body = Erase("payments", subjects=[subject])
        if subject not in self.model.subjects:
            self._refused(lambda: self.world.vault.erase(self.cleo, ACME, body))
            return
        mine = [one for one, held in self.model.records.items() if held.subject == subject]
        answer = self.world.vault.erase(self.cleo, ACME, body)
        self._answered(answer.entry)
        assert [one.records for one in answer.results] == [len(mine)]
        for one in mine:
            del self.model.records[one]
        self.model.gone += mine
        self.model.subjects.discard(subject)
        for kept in self.model.sealed:
            kept.alive = kept.alive and kept.subject != subject

    @rule(subject=SUBJECTS, element=ELEMENTS)
    def encrypt(self, subject: str, element: str) -> None:
        """Encrypt a value that the caller keeps."""
        value = VALUES[element][0]
        body = Encrypt("payments", [EncryptValue("r", element, subject, value)])
        answer = self.world.vault.encrypt(self.cleo, ACME, body)
        self._answered(answer.entry)
        self.model.subjects.add(subject)
        self.model.sealed.append(Sealed(subject, element, value, answer.results[0].ciphertext))

    @rule(purpose=st.sampled_from(["index", "token", "reference"]))
    def rotate(self, purpose: str) -> None:
        """Give a controller's key a new version, bring everything under it, retire the old one."""
        world = self.world
        world.keys.rotate_controller_key(ACME, purpose)
        world.settle()
        while sum(world.renew()):
            pass
        world.settle(timedelta(hours=1))
        world.keys.retire_controller_key(ACME, purpose, self.versions[purpose], "00")
        self.versions[purpose] += 1

    @rule(purpose=st.sampled_from(["data", "index", "token", "reference", "ledger"]))
    def rotate_online(self, purpose: str) -> None:
        """Give a key a new version beside the old one, or wrap the subjects' keys anew."""
        if purpose in self.versions:
            self.rotate(purpose)
        else:
            self.world.keys.rotate_controller_key(ACME, purpose)

    @precondition(lambda self: self.model.subjects)
    @rule(pick=PICK)
    def renew_subject(self, pick: int) -> None:
        """Give a subject a new key; what the caller keeps is encrypted anew before."""
        subject = self._pick(self.model.subjects, pick)
        (subject_id,) = self.world.vault.identify(ACME, [subject])
        self.world.vault.renew_subjects(ACME, [subject_id])
        for kept in self.model.sealed:  # made under the key that was retired
            kept.alive = kept.alive and kept.subject != subject

    @rule()
    def restart(self) -> None:
        """Go on in a process that remembers nothing."""
        self.world.vault = self.world.another_process()
        assert self.world.vault.finish_erasures(ACME) == 0

    # Rules: what only asks.

    @rule(element=ELEMENTS, at=st.integers(0, 1))
    def search(self, element: str, at: int) -> None:
        """Exactly the records whose value is equal, whatever its case, are found."""
        value = VALUES[element][at]
        found = self.world.search(self.cleo, element, value)
        self._answered(found.entry)
        assert found.records == sorted(
            record
            for record, held in self.model.records.items()
            if held.fields.get(element, "").lower() == value.lower()
        )

    @precondition(lambda self: self.model.tokens)
    @rule(pick=PICK)
    def open_token(self, pick: int) -> None:
        """A token leads to a record with its value while there is one, and nowhere after."""
        token = self._pick(self.model.tokens, pick)
        live = self.model.live()
        if token not in live:
            self._refused(lambda: self.world.reveal_tokens(self.cleo, [token], "person.ssn"))
            return
        answer = self.world.reveal_tokens(self.cleo, [token], "person.ssn")
        self._answered(answer.entry)
        (one,) = answer.results
        assert self.model.records[one.record].token == token
        assert one.fields == {"person.ssn": live[token]}

    @precondition(lambda self: self.model.sealed)
    @rule(pick=PICK, wrong=st.booleans())
    def decrypt(self, pick: int, wrong: bool) -> None:  # noqa: FBT001 - drawn by hypothesis
        """A ciphertext opens in its own place while its subject lives, and never after."""
        kept = self.model.sealed[pick % len(self.model.sealed)]
        subject = f"{kept.subject}0" if wrong else kept.subject
        value = DecryptValue("r", kept.element, subject, kept.ciphertext)
        body = Decrypt("payments", [value])
        if wrong or not kept.alive:
            self._refused(lambda: self.world.vault.decrypt(self.cleo, ACME, body))
            return
        answer = self.world.vault.decrypt(self.cleo, ACME, body)
        self._answered(answer.entry)
        assert answer.results[0].value == kept.value

    @precondition(lambda self: self.model.records)
    @rule(pick=PICK, how=st.sampled_from(["purpose", "controller", "person", "element"]))
    def trespass(self, pick: int, how: str) -> None:
        """A wrong purpose, controller, person or element is refused and changes nothing."""
        record = self._pick(self.model.records, pick)
        caller = self.gina if how in {"controller", "person"} else self.cleo
        controller = GLOBEX if how == "controller" else ACME
        purpose = "marketing" if how == "purpose" else "payments"
        element = "health.condition" if how == "element" else "person.name"
        body = Reveal(purpose, [element], records=[record])
        self._refused(lambda: self.world.vault.reveal(caller, controller, body), controller)

    @precondition(lambda self: self.model.gone)
    @rule(pick=PICK)
    def ask_for_the_gone(self, pick: int) -> None:
        """An erased record is unknown, to readers and to writers."""
        record = self._pick(self.model.gone, pick)
        body = Reveal("payments", ["person.name"], records=[record])
        self._refused(lambda: self.world.vault.reveal(self.cleo, ACME, body))
        change = Update("payments", [UpdateRecord("u", record, {"person.name": "Eve"})])
        self._refused(lambda: self.world.vault.update(self.cleo, ACME, change))

    # What is true after every step.

    @invariant()
    def vault_equals_model(self) -> None:
        """Every record is shown as the model has it; there is no row too many."""
        model, world = self.model, self.world
        if model.records:
            body = Reveal("payments", sorted(VALUES), records=sorted(model.records))
            answer = world.vault.reveal(self.cleo, ACME, body)
            self._answered(answer.entry)
            shown = {one.record: one.fields for one in answer.results}
            assert shown == {record: held.fields for record, held in model.records.items()}
        assert world.count("vault_record") == len(model.records)
        assert world.count("vault_subject") == len(model.subjects)
        assert world.count("vault_token") == len(model.live())

    def teardown(self) -> None:
        """Close what was opened."""
        self.world.data.close()
        self.world.keys_database.close()

    # Words.

    def _hold(self, record: str, held: Held, tokens: dict[str, str]) -> None:
        """Put a record into the model; equal values share a token, any other gets a new one."""
        ssn, before = held.fields.get("person.ssn"), self.model.live()
        if ssn is not None and not held.token:
            held.token = tokens["person.ssn"]
            equal = {token for token, value in before.items() if value == ssn}
            assert held.token in equal or (not equal and held.token not in self.model.tokens)
            self.model.tokens.add(held.token)
        self.model.records[record] = held

    def _answered(self, entry: Entry) -> None:
        """An answer's entry waits in the inbox or stands in a log."""
        found = self.world.run(
            "SELECT entry_id FROM ledger_inbox WHERE entry_id = :i "
            "UNION SELECT entry_id FROM ledger_place WHERE entry_id = :i",
            i=entry.entry_id,
        )
        assert [row[0] for row in found] == [entry.entry_id]

    def _refused(self, call: Callable[[], Any], controller: str = ACME) -> None:
        """A call is refused, says so in one entry, and changes no row of the vault."""
        before = self._rows(), self._entries(controller)
        with pytest.raises(Failure) as caught:
            call()
        assert (self._rows(), self._entries(controller)) == (before[0], before[1] + 1)
        assert not any(value in str(caught.value) for one in VALUES.values() for value in one)

    def _entries(self, controller: str) -> int:
        return self.world.count("ledger_inbox", controller)

    def _rows(self) -> list[Any]:
        return [sorted(map(tuple, self.world.run(f"SELECT * FROM {one}"))) for one in TABLES]

    @staticmethod
    def _pick(items: Any, pick: int) -> str:
        ordered = sorted(items)
        return str(ordered[pick % len(ordered)])


def verified(world: World, data: Database, folder: Path) -> None:
    """Sequence what waits, export the log, and let the verifier see it."""
    assert not world.ledger.sequence(data).troubles
    heads = data.read(ACME, lambda conn: world.ledger.logs(conn, ACME))
    for head in heads:
        target = folder / secrets.token_hex(4)
        data.read(ACME, lambda conn: world.ledger.export(conn, ACME, head.log, target))  # noqa: B023
        key = verify.read_key(world.ledger.vkey(head.log), head.log)
        assert verify.verify(target, verify.Pinned([key])).problems == []
        shutil.rmtree(target)


def machine_settings(examples: int) -> settings:
    """Return few and fixed runs for every day, many and random ones when asked."""
    return settings(
        max_examples=examples * 30 if LONG else examples,
        stateful_step_count=50 if LONG else 20,
        derandomize=not LONG,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


def keys_of(folder: Path) -> Database:
    """Return an empty key database."""
    database = SqliteDatabase(folder / "keys.db")
    KEYS.create_all(database.engine)
    return database


def test_any_order_on_sqlite(tmp_path: Path) -> None:
    """On SQLite the vault is what the model says, step by step."""
    template = tmp_path / "template.db"
    made = SqliteDatabase(template)
    DATA.create_all(made.engine)
    made.close()

    class Machine(VaultMachine):
        """The vault on a file."""

        def __init__(self) -> None:
            self.folder = Path(tempfile.mkdtemp(dir=tmp_path))
            shutil.copy(template, self.folder / "data.db")
            data = SqliteDatabase(self.folder / "data.db")
            super().__init__(lambda: World(data, keys_of(self.folder)))

        def teardown(self) -> None:
            """Verify the ledger."""
            verified(self.world, self.world.data, self.folder)
            super().teardown()
            shutil.rmtree(self.folder)

    run_state_machine_as_test(Machine, settings=machine_settings(6))


def test_any_order_on_postgresql(tmp_path: Path, cluster: Cluster) -> None:
    """On PostgreSQL, in the server's own role, it is the same."""
    url = cluster.url("postgres").replace("postgresql:", "postgresql+psycopg:")
    admin = sa.create_engine(url, isolation_level="AUTOCOMMIT")

    class Machine(VaultMachine):
        """The vault on a database of its own."""

        def __init__(self) -> None:
            self.name = f"t_{secrets.token_hex(8)}"
            self.folder = Path(tempfile.mkdtemp(dir=tmp_path))
            with admin.connect() as conn:
                conn.exec_driver_sql(f"CREATE DATABASE {self.name} TEMPLATE template_bailee")
            data = open_database(cluster.url(self.name, "app"))
            super().__init__(lambda: World(data, keys_of(self.folder)))

        def teardown(self) -> None:
            """Verify the ledger, as the sequencer's role."""
            sequencer = open_database(cluster.url(self.name, "ledger"))
            verified(self.world, sequencer, self.folder)
            sequencer.close()
            super().teardown()
            shutil.rmtree(self.folder)
            with admin.connect() as conn:
                conn.exec_driver_sql(f"DROP DATABASE {self.name} WITH (FORCE)")

    run_state_machine_as_test(Machine, settings=machine_settings(3))
    admin.dispose()


class Forgetful(World):
    """A world whose searches find nothing."""

    def search(self, caller: Caller, element: str, equals: str, purpose: str = "payments") -> Found:
        """Search, and lose what was found."""
        return Found([], super().search(caller, element, equals, purpose).entry)


def test_machine_notices_a_vault_that_forgets(tmp_path: Path) -> None:
    """A vault that loses what it was asked for does not pass for the model."""

    class Machine(VaultMachine):
        """The vault on a file, with a search that finds nothing."""

        def __init__(self) -> None:
            self.folder = Path(tempfile.mkdtemp(dir=tmp_path))
            data = SqliteDatabase(self.folder / "data.db")
            DATA.create_all(data.engine)
            super().__init__(lambda: Forgetful(data, keys_of(self.folder)))

    machine = Machine()
    machine.protect("cust-1", {"person.name": "Ada Lovelace"})
    with pytest.raises(AssertionError):
        machine.search("person.name", 0)
    machine.teardown()
