"""Every statement that the hot calls really send, and what the engine means to do with it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bailee.db import DATA, HOUSE, KEYS, Database, open_database, scope
from tests.journeys.world import ACME, ELEMENTS, PAYMENT, SEED, World, value

TABLES = {**DATA.tables, **KEYS.tables}
ROWS = 20_000
OWN = frozenset({"principal", "credential", "invitation", "reach", "key_holder"}) | {
    "log_key",
    "signing_guard",
    "root_check",
}
"""Tables whose rows all belong to the house."""
MANY = ("vault_", "subject_key", "tombstone", "ledger_", "reveal_count", "approval", "access_grant")
"""Tables of which one controller may have any number of rows."""
SAID = {"year": "2026", "generation": "1", "state": "'settled'", "status": "'settled'"}
MADE: Mapping[type, str] = {
    sa.Boolean: "false",
    sa.LargeBinary: "decode(md5(i::text), 'hex')",
    sa.Integer: "i",
}
"""Columns of rows of nobody, by name and by type."""
_NAMED = re.compile(r"\b(?:FROM|JOIN|UPDATE|INTO)\s+\"?(\w+)", re.IGNORECASE)
_LISTED = re.compile(r"\((?:%\(\w+\)s(?:::\w+)?|\?)(?:, (?:%\(\w+\)s(?:::\w+)?|\?))+\)")
_SQLITE = re.compile(r"(SCAN|SEARCH) (\w+)(?:.*\((.*)\))?")


@dataclass(frozen=True)
class Statement:
    """One statement as it was sent once, and by which call."""

    call: str
    url: str
    text: str
    parameters: Any

    @property
    def shape(self) -> str:
        """The statement without the length of its lists."""
        return _LISTED.sub("(…)", " ".join(self.text.split()))

    @property
    def tables(self) -> set[str]:
        """The tables it names."""
        return {name for name in _NAMED.findall(self.text) if name in TABLES}

    @property
    def one(self) -> Any:
        """The parameters of one execution."""
        return self.parameters[0] if isinstance(self.parameters, list) else self.parameters


class Tape:
    """Records what is sent, under the name of the call that runs."""

    def __init__(self) -> None:
        self.call = ""
        self.kept: dict[tuple[str, str], Statement] = {}
        self.count = 0

    def _hear(
        self, conn: Any, _cursor: Any, text: str, parameters: Any, _context: Any, _many: Any
    ) -> None:
        url = conn.engine.url.render_as_string(hide_password=False)
        made = Statement(self.call, url, text, parameters)
        self.count += 1
        if made.tables and not text.startswith("EXPLAIN"):
            self.kept.setdefault((url, made.shape), made)

    @contextmanager
    def running(self) -> Iterator[Tape]:
        """Record every engine of this process."""
        sa.event.listen(sa.Engine, "before_cursor_execute", self._hear)
        try:
            yield self
        finally:
            sa.event.remove(sa.Engine, "before_cursor_execute", self._hear)


def travel(world: World, tape: Tape) -> None:
    """Make each hot call, cold and warm; its statements carry its name."""
    name, payout, importer = "person.name", world.line("payout"), world.line("importer")
    world.house.parts.ledger.stop()  # so that each statement belongs to the call that is named
    with tape.running():
        for turn in ("cold", "warm"):
            new = {"ref": "1", "subject": turn, "kind": "person", "fields": SEED}
            tape.call = "protect"
            done = importer.protect(ACME, PAYMENT, [new], idempotency_key=f"once-{turn}")
            record, tokens = done.results[0].record, done.results[0].tokens
            tape.call = "reveal"
            seen = payout.reveal(ACME, PAYMENT, list(ELEMENTS), records=[record])
            assert value(name, seen.results[0].fields) == SEED[name]
            held = {one: made for one, made in tokens.items() if one in ELEMENTS}
            for element, made in held.items():
                payout.reveal(ACME, PAYMENT, [element], tokens=[made])
            tape.call = "search"
            payout.search(ACME, PAYMENT, "person.email", equals=SEED["person.email"])
            tape.call = "update"
            change = {"ref": "1", "record": record, "fields": {name: "Tancredi Underhill"}}
            importer.update(ACME, PAYMENT, [change])
            tape.call = "encrypt"
            value_ = {"ref": "1", "element": name, "subject": turn, "value": "Tancredi"}
            sealed = payout.encrypt(ACME, PAYMENT, [value_]).results[0].ciphertext
            opened = {"ref": "1", "element": name, "subject": turn, "ciphertext": sealed}
            tape.call = "decrypt"
            payout.decrypt(ACME, PAYMENT, [opened])
            payout.reencrypt(ACME, PAYMENT, [opened])
            tape.call = "sequence"
            world.house.settle()
            tape.call = "erase"
            world.line("bram").erase(ACME, PAYMENT, subjects=[turn])
            tape.call = "sequence"
            world.house.settle()
    world.house.parts.ledger.start(world.house.parts.sequencing)


def load(url: str, metadata: sa.MetaData) -> None:
    """Fill every table of a PostgreSQL database with rows of nobody, and let it be analysed."""
    database = open_database(url)
    try:
        with database.engine.begin() as conn:
            for table in metadata.tables.values():
                columns = ", ".join(f'"{column.name}"' for column in table.c)
                values = ", ".join(_made_up(table, column) for column in table.c)
                conn.exec_driver_sql(
                    f'INSERT INTO "{table.name}" ({columns}) SELECT {values} '
                    f"FROM generate_series(1, {ROWS}) AS i ON CONFLICT DO NOTHING"
                )
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
            conn.exec_driver_sql("ANALYZE")
    finally:
        database.close()


def _made_up(table: sa.Table, column: sa.Column[Any]) -> str:
    """Return a SQL expression of ``i`` for a column of a row of nobody."""
    if column.name == "controller":
        many = table.name.startswith(MANY) and len(table.primary_key) > 1
        shared = f"CASE WHEN mod(i, 4) = 0 THEN '{ACME}' ELSE 'c' || mod(i, 40) END"
        return f"'{HOUSE}'" if table.name in OWN else shared if many else "'c' || i"
    if column.name in SAID:
        return SAID[column.name]
    if getattr(column.type, "length", None) == 24:
        return "'2031-01-01T00:00:00.' || lpad(mod(i, 1000)::text, 3, '0') || 'Z'"
    return next((made for kind, made in MADE.items() if isinstance(column.type, kind)), "'x' || i")


def scans(database: Database, statement: Statement) -> Iterator[tuple[str, str]]:
    """Yield (table, how) for everything that a statement reads otherwise than by a narrow key.

    ``scan`` reads a whole table or a whole index, ``wide`` all rows of one controller.
    """
    found = _plan(database, statement)
    for table, columns in found:
        if not columns:
            yield table, "scan"
        elif columns == {"controller"} and len(TABLES[table].primary_key) > 1:
            yield table, "wide"


def _plan(database: Database, statement: Statement) -> list[tuple[str, set[str]]]:
    """Return, per read of a table, the columns that narrow it; none for a scan."""
    if database.engine.dialect.name == "sqlite":
        with database.engine.begin() as conn:
            lines = conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement.text}", statement.one)
            return [part for line in lines for part in _sqlite_part(str(line[-1]))]
    with database.engine.begin() as conn:
        scope(conn, ACME)
        text = f"EXPLAIN (FORMAT JSON) {statement.text}"
        answer = conn.exec_driver_sql(text, statement.one).scalar_one()
    plan = answer if isinstance(answer, list) else json.loads(answer)
    return list(_postgres_parts(plan[0]["Plan"], ""))


def _sqlite_part(detail: str) -> Iterator[tuple[str, set[str]]]:
    match = _SQLITE.match(detail)
    if match and match[2] in TABLES:
        narrowed = re.findall(r"(\w+)[=<>]", match[3] or "") if match[1] == "SEARCH" else []
        yield match[2], set(narrowed)


def _postgres_parts(node: Mapping[str, Any], above: str) -> Iterator[tuple[str, set[str]]]:
    table = str(node.get("Relation Name", above))
    kind = node["Node Type"]
    if kind == "Seq Scan" and table in TABLES:
        yield table, set()
    elif kind in {"Index Scan", "Index Only Scan", "Bitmap Index Scan"}:
        names = {column.name for column in TABLES[table].c}
        condition = re.sub(r"'(?:[^']|'')*'", "", str(node.get("Index Cond", "")))
        partial = {"erasing", "unsigned", "retention", "fingerprint"}
        index = str(node.get("Index Name", ""))
        words = set(re.findall(r"\w+", condition)) & names
        yield table, words or ({"partial"} if any(one in index for one in partial) else set())
    for child in node.get("Plans", ()):
        yield from _postgres_parts(child, table)
