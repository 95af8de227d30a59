"""Single changes to the database behind a log, as by somebody who owns its tables.

Each happens in a transaction that also exports the log, and is rolled back. What can come of it:

* *named*: the export says something the verifier breaks on;
* *refused*: the export itself will not be made, with a code of its own;
* *unreached*: the export is the untouched one, byte for byte. That is right only for columns that
  the log's meaning does not hang on; ``UNREACHED`` lists them, each with its reason.
"""

from __future__ import annotations

import random
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bailee.db import HOUSE
from bailee.errors import Failure
from bailee.ledger import tables, verify
from tests.tamper.campaign import Tally, exit_code, look, names, says
from tests.tamper.specimen import YEAR, Exhibit, Specimen, read_folder

TABLES = (
    tables.head,
    tables.bundle,
    tables.tail,
    tables.tile,
    tables.checkpoint,
    tables.opening,
    tables.place,
    tables.erasure,
)
UNREACHED: dict[str, str] = {
    "ledger_head.base": "where entries to come will go; nothing signed repeats it",
    "ledger_head.year": "when to close the log; nothing signed repeats it",
    "ledger_head.generation": "names the next successor; the guard refuses a name signed before",
    "ledger_head.status": "whether entries may come; the entry that closed the log is in it",
    "ledger_head.newest": "which entries to come count as late; times are in the entries",
    "ledger_head.root": "a copy: the edge is exported, the next pass refuses a root that differs",
    "ledger_checkpoint.time": "said to operators only; a checkpoint carries no time",
    "ledger_checkpoint.size": "finds the newest note; each note says its own size, signed",
    "ledger_checkpoint.older": "the newest alone is exported; auditors keep the older ones",
    "ledger_place.*": "finds an entry for its proof, which is refused unless it is that entry",
    "ledger_erasure.own": "an erasure of the same log stands in the log itself",
    "*.behind": "a row that no checkpoint needs",
}
REFUSED: dict[str, set[str]] = {
    "ledger_head": {
        "ledger.no_log",
        "ledger.retired",
        "ledger.head",
        "ledger.no_checkpoint",  # none is kept of the size that the row tells now
        "ledger.tile",
        "ledger.not_signed",  # of the log whose entry erased openings of the other
    },
    "ledger_bundle": {"ledger.bundle", "ledger.place"},
    "ledger_tail": {"ledger.gap", "ledger.place"},
    "ledger_tile": {"ledger.tile"},
    "ledger_checkpoint": {"ledger.no_checkpoint"},
    "ledger_opening": set(),
    "ledger_place": {"ledger.place", "ledger.not_signed", "ledger.no_log"},
    "ledger_erasure": {"ledger.not_signed"},
}


class TakenBack(Exception):  # noqa: N818 - a way out of a transaction, not an error
    """Rolls the change back."""


@dataclass
class Change:
    """One change of a row: what it is called, which table and column, and where it is."""

    table: sa.Table
    column: str
    act: str
    row: Any

    @property
    def label(self) -> str:
        """Return table, column and act."""
        return f"{self.table.name}.{self.column} {self.act}"


class Operator:
    """Somebody with the schema owner's rights over a specimen's database."""

    def __init__(self, specimen: Specimen, folder: Path, seed: int) -> None:
        self.specimen, self.folder = specimen, folder
        self.chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
        self.tally = Tally()
        specimen.world.data.write(HOUSE, _unlock)
        self._rows = specimen.world.data.read(HOUSE, _all_rows)

    def run(self, count: int) -> Tally:
        """Try random changes; every hundredth time look at the untouched logs."""
        for number in range(count):
            table = self.chance.choice(TABLES)
            row = self.chance.choice(self._rows[table.name])
            exhibit = self._exhibit(row)
            act = self.chance.choice(
                [self.update, self.update, self.exchange, self.delete, self.add]
            )
            change, statements = act(table, row)
            if change is not None:
                self._try(exhibit, change, statements)
            if number % 100 == 0:
                for each in self.specimen.exhibits:
                    look(verify.verify(self._export(each, "clean"), each.pinned()), self.tally)
        return self.tally

    def _exhibit(self, row: Any) -> Exhibit:
        log = row.log if "log" in row._mapping else self._place(row.entry_id).log
        found = [one for one in self.specimen.exhibits if one.log == log]
        return found[0] if found else self.specimen.house

    # What can be done to a row.

    def update(self, table: sa.Table, row: Any) -> tuple[Change | None, list[Any]]:
        """Change one column's value, its type kept."""
        column = self.chance.choice(list(table.columns))
        value = self._other(getattr(row, column.name))
        statement = table.update().where(*_is(table, row)).values({column.name: value})
        return Change(table, column.name, "update", row), [statement]

    def exchange(self, table: sa.Table, row: Any) -> tuple[Change | None, list[Any]]:
        """Exchange one column's value between two rows."""
        other = self.chance.choice(self._rows[table.name])
        free = [one for one in table.columns if not one.primary_key]
        column = self.chance.choice(free or list(table.columns))
        mine, theirs = getattr(row, column.name), getattr(other, column.name)
        if mine == theirs or column.primary_key:
            return None, []
        return Change(table, column.name, "exchange", row), [
            table.update().where(*_is(table, row)).values({column.name: theirs}),
            table.update().where(*_is(table, other)).values({column.name: mine}),
        ]

    def delete(self, table: sa.Table, row: Any) -> tuple[Change | None, list[Any]]:
        """Delete a row."""
        return Change(table, "*", "delete", row), [table.delete().where(*_is(table, row))]

    def add(self, table: sa.Table, row: Any) -> tuple[Change | None, list[Any]]:
        """Insert a copy of a row under another key."""
        values = dict(row._mapping)
        column = [one.name for one in table.primary_key][-1]
        values[column] = self._other(values[column])
        return Change(table, column, "insert", row), [table.insert().values(values)]

    def _other(self, value: Any) -> Any:
        chance = self.chance
        if isinstance(value, int):
            return chance.choice([0, 1, -1, value + 1, value - 1, value + 256, value ^ 5, 1 << 40])
        if isinstance(value, bytes):
            at = chance.randrange(len(value) or 1)
            bent = bytes([(value[at] if value else 0) ^ 1 << chance.randrange(8)])
            return chance.choice(
                [value[:at] + bent + value[at + 1 :], value[:at], value[:at] + bent + value[at:]]
            )
        if value in {"open", "closed", "left", "retired"}:
            return chance.choice(["open", "closed", "left", "retired"])
        at = chance.randrange(len(value))
        return value[:at] + chance.choice("0123456789abcdef") + value[at + 1 :]

    # What comes of it.

    def _try(self, exhibit: Exhibit, change: Change, statements: list[Any]) -> None:
        world, outcome = self.specimen.world, list[str]()
        target = self.folder / "spoiled"

        def work(conn: sa.Connection) -> None:
            before = conn.execute(sa.select(change.table).order_by(*change.table.primary_key)).all()
            for statement in statements:
                conn.execute(statement)
            after = conn.execute(sa.select(change.table).order_by(*change.table.primary_key)).all()
            if before == after:
                outcome.append("same")
            else:
                outcome.extend(self._judge(conn, exhibit, change, target))
            raise TakenBack

        try:
            world.data.write(HOUSE, work)
        except TakenBack:
            pass
        except sa.exc.IntegrityError:
            return  # the key is taken: the database itself refused
        finally:
            shutil.rmtree(target, ignore_errors=True)
        if outcome != ["same"]:
            self.tally.kinds[f"{outcome[0]} {change.label}"] += 1
            self.tally.missed += outcome[1:]

    def _judge(
        self, conn: sa.Connection, exhibit: Exhibit, change: Change, target: Path
    ) -> list[str]:
        """Return what came of a change, and after it what is wrong with that."""
        where = f"{exhibit.log}: {change.label} of {str(tuple(change.row))[:90]}"
        try:
            self.specimen.world.ledger.export(conn, exhibit.controller, exhibit.log, target)
        except Failure as failure:
            fits = failure.code in REFUSED[change.table.name]
            return ["refused", *([] if fits else [f"{where}: refused by {failure.code}"])]
        if read_folder(target) == exhibit.files:
            reason = self._reason(conn, exhibit, change)
            return ["unreached", *([] if reason in UNREACHED else [f"{where}: changes nothing"])]
        report = verify.verify(target, exhibit.pinned())
        fits = names(report, [self._blame(exhibit, change)])
        said = f"{where}: wanted {self._blame(exhibit, change)}"
        return ["named", *([] if fits else [f"{said}, got {exit_code(report)} {says(report)[:4]}"])]

    def _blame(self, exhibit: Exhibit, change: Change) -> str:
        """Return what the verifier must name for a changed row."""
        row, name, n = change.row, change.table.name, getattr(change.row, "n", 0)
        width = min(256, len(exhibit.entries()) - n * 256)
        part = f"{n:03d}" + (f".p/{width}" if width < 256 else "")
        anywhere = "^(checkpoint|pinned-.*|tile/.*|'tile/.*'): "
        spans = "^entries (3 to 39|60 to 69|520 to 539): "
        moved = change.column == "log" or change.act == "insert"
        if moved and name in {"ledger_bundle", "ledger_tile", "ledger_tail"}:
            return anywhere
        if name == "ledger_tail" and (change.column, change.act) == ("body", "update"):
            return f"^tile/entries/.*: .*entry {row.idx}\\b"
        if name == "ledger_opening":
            index = self._place(row.entry_id).idx
            more = f"|{spans}" if change.act == "insert" else ""
            near = (
                f"^entries ({index - 1}|{index}) to ({index}|{index + 1}): "  # two were exchanged
            )
            return f"{near}|^openings.jsonl line {index + 1}:{more}"
        level = getattr(row, "level", 0)
        return {
            "ledger_bundle": f"^tile/entries/{part}: ",
            "ledger_tile": f"^tile/{level}/{part}: |^tile/{level + 1}/",
            "ledger_erasure": f"{spans}|^erasures.jsonl line ",
            "ledger_place": f"{spans}|^erasures.jsonl line ",
            "ledger_checkpoint": f"{anywhere}|^erasures.jsonl line ",  # the other log's proofs
        }.get(name, anywhere)

    def _place(self, entry_id: str) -> Any:
        return next(one for one in self._rows["ledger_place"] if one.entry_id == entry_id)

    def _reason(self, conn: sa.Connection, exhibit: Exhibit, change: Change) -> str:
        """Return the class of a change that reached nothing."""
        name, row = change.table.name, change.row
        if change.act == "insert" and name != "ledger_place":
            return "*.behind"
        if name == "ledger_checkpoint" and row.size < len(exhibit.entries()):
            return f"{name}.{'time' if change.column == 'time' else 'older'}"
        if name == "ledger_erasure" and exhibit.log == YEAR and self._stands_in(row.entry_id, YEAR):
            return f"{name}.own"
        if name == "ledger_place":
            return f"{name}.*" if self._proofs_hold(conn, exhibit, row.entry_id) else ""
        return f"{name}.{change.column}"

    def _stands_in(self, entry_id: str, log: str) -> bool:
        found = [one.log for one in self._rows["ledger_place"] if one.entry_id == entry_id]
        return found == [log]

    def _proofs_hold(self, conn: sa.Connection, exhibit: Exhibit, entry_id: str) -> bool:
        """Say whether the entry's proof is refused, or is still the proof of this very entry."""
        try:
            proof = self.specimen.world.ledger.proof(conn, exhibit.controller, entry_id)
        except Failure:
            return True
        fields = verify.check_proof(proof.encode(), exhibit.keys, "proof")[2]
        return bool(fields["id"] == entry_id)

    def _export(self, exhibit: Exhibit, name: str) -> Path:
        target = self.folder / name
        shutil.rmtree(target, ignore_errors=True)
        world = self.specimen.world
        world.data.read(
            exhibit.controller,
            lambda conn: world.ledger.export(conn, exhibit.controller, exhibit.log, target),
        )
        return target


def _is(table: sa.Table, row: Any) -> list[sa.ColumnElement[bool]]:
    return [column == getattr(row, column.name) for column in table.primary_key]


def _all_rows(conn: sa.Connection) -> dict[str, list[Any]]:
    return {table.name: list(conn.execute(table.select()).all()) for table in TABLES}


def _unlock(conn: sa.Connection) -> None:
    """Take the triggers away that keep the ledger's rows from being rewritten."""
    if conn.dialect.name == "postgresql":
        for table in TABLES:
            conn.execute(sa.text(f"ALTER TABLE {table.name} DISABLE TRIGGER USER"))
        return
    triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'ledger%'"
    for name in conn.execute(sa.text(triggers)).scalars().all():
        conn.execute(sa.text(f"DROP TRIGGER {name}"))
