"""Counts a breach from exported logs by SQL written by hand. Imports nothing of the program.

It reads what an auditor holds: entry bundles (C2SP tlog-tiles) and ``openings.jsonl``, puts every
line into plain tables, and asks them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pysqlite3 import dbapi2

TABLES = """
CREATE TABLE access (
    id TEXT PRIMARY KEY, at TEXT, action TEXT, purpose TEXT, decision TEXT,
    caller TEXT, behalf TEXT, key_id TEXT, listed INTEGER, named TEXT
);
CREATE TABLE touched (
    access TEXT, record TEXT, place TEXT, subject TEXT, kind TEXT, role TEXT, residence TEXT
);
CREATE TABLE value (access TEXT, place TEXT, element TEXT, view TEXT);
CREATE TABLE nation (access TEXT, subject TEXT, code TEXT);
CREATE INDEX touched_access ON touched (access);
CREATE INDEX value_access ON value (access);
CREATE INDEX nation_access ON nation (access);
"""
SCOPED = """
CREATE TEMP TABLE scoped AS SELECT * FROM access WHERE at BETWEEN :since AND :until
   AND (:who = '' OR caller = :who OR behalf = :who)
   AND (:key = '' OR key_id = :key)
   AND (:purpose = '' OR purpose = :purpose)
   AND decision = 'allowed'
   AND id IN (SELECT access FROM value WHERE :element = '' OR element = :element);
CREATE TEMP TABLE hit AS SELECT touched.* FROM touched JOIN scoped ON touched.access = scoped.id
 WHERE touched.record NOT IN (SELECT id FROM honey)
   AND (:element = '' OR EXISTS (SELECT 1 FROM value WHERE value.access = touched.access
        AND value.place = touched.place AND value.element = :element));
CREATE TEMP TABLE person AS SELECT DISTINCT subject FROM hit WHERE kind = 'person';
"""
ONE = {
    "calls": "SELECT COUNT(*) FROM scoped",
    "records": "SELECT COUNT(DISTINCT record) FROM hit WHERE record <> ''",
    "people": "SELECT COUNT(*) FROM person",
    "organisations": """
        SELECT COUNT(DISTINCT subject) FROM hit WHERE kind = 'organisation'
           AND subject NOT IN (SELECT subject FROM person)""",
    "unclear": """
        SELECT COUNT(DISTINCT subject) FROM hit
         WHERE subject NOT IN (SELECT subject FROM hit WHERE kind IN ('person', 'organisation'))""",
    "first": "SELECT COALESCE(MIN(at), '') FROM scoped",
    "last": "SELECT COALESCE(MAX(at), '') FROM scoped",
}
MANY = {
    "nationalities": """
        SELECT code, COUNT(DISTINCT person.subject) FROM person
          JOIN nation ON nation.subject = person.subject
          JOIN hit ON hit.access = nation.access AND hit.subject = nation.subject
         GROUP BY code
        UNION ALL
        SELECT 'unknown', COUNT(*) FROM person WHERE subject NOT IN (
            SELECT nation.subject FROM nation JOIN hit
                ON hit.access = nation.access AND hit.subject = nation.subject)
        HAVING COUNT(*) > 0""",
    "states": """
        SELECT SUBSTR(residence, 4), COUNT(DISTINCT subject) FROM hit
         WHERE subject IN (SELECT subject FROM person) AND residence LIKE 'US-%'
         GROUP BY residence""",
    "countries": """
        SELECT SUBSTR(residence, 1, 2), COUNT(DISTINCT subject) FROM hit
         WHERE subject IN (SELECT subject FROM person) AND residence NOT LIKE 'US-%'
           AND residence <> 'unknown' AND NOT (residence = 'US' AND subject IN
               (SELECT subject FROM hit WHERE residence LIKE 'US-%'))
         GROUP BY SUBSTR(residence, 1, 2)
        UNION ALL
        SELECT 'unknown', COUNT(*) FROM person WHERE subject NOT IN (
            SELECT subject FROM hit WHERE residence <> 'unknown')
        HAVING COUNT(*) > 0""",
    "roles": """
        SELECT role, COUNT(DISTINCT subject) FROM hit
         WHERE subject IN (SELECT subject FROM person) AND role <> 'unknown' GROUP BY role
        UNION ALL
        SELECT 'unknown', COUNT(*) FROM person WHERE subject NOT IN (
            SELECT subject FROM hit WHERE role <> 'unknown')
        HAVING COUNT(*) > 0""",
}
ELEMENTS = """
SELECT element, SUM(grave = 3), SUM(grave = 2), SUM(grave = 1), SUM(grave = 0) FROM (
    SELECT value.element, value.place, MAX(CASE
        WHEN scoped.action IN ('vault:record:revealed', 'vault:value:decrypted')
             THEN CASE value.view WHEN '' THEN 3 ELSE 2 END
        WHEN scoped.action = 'vault:record:searched' THEN 1 ELSE 0 END) AS grave
      FROM value JOIN scoped ON scoped.id = value.access
     WHERE value.place NOT IN (SELECT id FROM honey) AND (:element = '' OR element = :element)
     GROUP BY value.element, value.place)
 GROUP BY element ORDER BY element
"""


def entries(folder: Path) -> Iterable[dict[str, Any]]:
    """Yield the entries of an exported log, in their order."""
    found = {
        int(str(path.relative_to(folder)).replace("x", "").replace("/", "").split(".p")[0]): path
        for path in folder.rglob("*")
        if path.is_file()
    }
    for _, path in sorted(found.items()):
        data = path.read_bytes()
        while data:
            length = 2 + int.from_bytes(data[:2], "big")
            yield json.loads(data[2:length])
            data = data[length:]


class Book:
    """Plain tables of everything that exported logs tell."""

    def __init__(self) -> None:
        self._db = dbapi2.connect(":memory:")
        self._db.executescript(TABLES)
        self._db.execute("CREATE TABLE honey (id TEXT PRIMARY KEY)")

    def honey(self, ids: Iterable[str]) -> None:
        """Say which records are nobody's."""
        self._db.executemany("INSERT INTO honey VALUES (?)", [(one,) for one in ids])

    def read(self, folder: Path) -> None:
        """Take in one exported log."""
        lines = (folder / "openings.jsonl").read_text("utf-8").splitlines()
        openings = {one["entry_id"]: one for one in map(json.loads, lines)}
        for entry in entries(folder / "tile" / "entries"):
            if entry["id"] in openings and entry["action"].startswith("vault:"):
                self._take(entry, openings[entry["id"]])
        self._db.commit()

    def _take(self, entry: dict[str, Any], opening: dict[str, Any]) -> None:
        name, actor = entry["id"], json.loads(opening["actor"]["block"])
        self._db.execute(
            "INSERT INTO access VALUES (?,?,?,?,?,?,?,?,?,?)",
            (name, entry["time"], entry["action"], entry["purpose"], entry["decision"],
             actor.get("principal_id", ""), actor.get("on_behalf_of", ""),
             actor.get("key_id", ""), entry["count"], " ".join(entry["elements"])),
        )  # fmt: skip
        views = dict(one.split(":") for one in entry["elements"] if ":" in one)
        for line in (json.loads(one["block"]) for one in opening["records"]):
            place = line["record_id"] or "~" + line["subject_id"]
            self._db.execute(
                "INSERT INTO touched VALUES (?,?,?,?,?,?,?)",
                (name, line["record_id"], place, line["subject_id"], line["kind"], line["category"],
                 line["residence"]),
            )  # fmt: skip
            self._db.executemany(
                "INSERT INTO value VALUES (?,?,?,?)",
                [(name, place, one, views.get(one, "")) for one in line["elements"]],
            )
            self._db.executemany(
                "INSERT INTO nation VALUES (?,?,?)",
                [(name, line["subject_id"], code) for code in line["nationalities"]],
            )

    def count(self, **scope: str) -> dict[str, Any]:
        """Return what SQL says of a scope."""
        asked = {"who": "", "key": "", "purpose": "", "element": ""} | scope
        for name in ("scoped", "hit", "person"):
            self._db.execute(f"DROP TABLE IF EXISTS temp.{name}")
        for statement in filter(str.strip, SCOPED.split(";")):
            self._db.execute(statement, asked)
        found: dict[str, Any] = {
            name: self._db.execute(query).fetchone()[0] for name, query in ONE.items()
        }
        found |= {name: dict(self._db.execute(query)) for name, query in MANY.items()}
        return found | {"elements": list(self._db.execute(ELEMENTS, asked))}
