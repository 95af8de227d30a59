"""A share of the tampering campaign; ``make tamper`` runs the whole."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from bailee.db import DATA, open_database
from bailee.ledger import verify
from tests.clusters import Cluster
from tests.tamper.campaign import Copy, Tally, against_export, names
from tests.tamper.rows import REFUSED, TABLES, UNREACHED, Operator
from tests.tamper.specimen import ENTRIES, Specimen, read_folder
from tests.tamper.strokes import Stroke, bytes_bent, stroke

SEED = 20261120


def test_specimen_is_a_realistic_log(specimen: Specimen) -> None:
    """The logs have full and partial tiles of two levels, erasures, refusals and destruction."""
    entries = [json.loads(one) for one in specimen.year.entries()]

    assert len(entries) == ENTRIES
    assert {"tile/0/000", "tile/0/002.p/89", "tile/1/000.p/2"} <= set(specimen.year.files)
    assert {
        "ledger:log:opened",
        "ledger:log:closed",
        "ledger:openings:erased",
        "vault:record:revealed",
        "vault:call:refused",
        "vault:subject:marked",
        "keys:destruction:completed",
    } <= {one["action"] for one in entries}
    assert [len(one.olds) for one in specimen.exhibits] == [3, 2, 1]
    assert "erasures.jsonl" in specimen.year.files


def test_every_change_to_an_export_is_named(specimen: Specimen, tmp_path: Path) -> None:
    """Each of several hundred random changes is named where it is; the untouched log never is."""
    tally = against_export(specimen.exhibits, SEED, 420, tmp_path)

    assert (tally.total, tally.missed, tally.alarms) == (420, [], [])


def test_every_change_to_the_database_is_named_or_reaches_nothing(
    specimen: Specimen, tmp_path: Path
) -> None:
    """Whatever row the owner of the tables changes shows, or the export is the same to a byte."""
    tally = Operator(specimen, tmp_path, SEED).run(130)

    assert (tally.missed, tally.alarms) == ([], [])
    assert {kind.split(" ")[0] for kind in tally.kinds} == {"named", "refused", "unreached"}


def test_the_same_on_postgresql(cluster: Cluster, postgres_database: str, tmp_path: Path) -> None:
    """PostgreSQL's owner, past row-level security and triggers, fares no better."""
    data = open_database(cluster.url(postgres_database))
    made = Specimen(tmp_path, data)
    tally = Operator(made, tmp_path, SEED).run(30)
    made.close()

    assert (tally.missed, tally.alarms) == ([], [])
    assert tally.total > 15


def test_every_table_of_a_finished_log_is_tampered_with() -> None:
    """The campaign knows every table of the ledger but the inbox, which is empty by then.

    So are the witnesses' tables, for the specimen has none; ``tests/ledger/test_policy.py`` changes
    what they say.
    """
    tables = {name for name in DATA.tables if name.startswith("ledger_")}
    empty = {"ledger_inbox", "ledger_ahead", "ledger_cosignature", "ledger_quorum"}

    assert {table.name for table in TABLES} == tables - empty == set(REFUSED)


def test_columns_that_nothing_hangs_on_exist() -> None:
    """The list of what may be changed without a word names columns, and only a few."""
    columns = {f"{table.name}.{column.name}" for table in TABLES for column in table.columns}
    classes = {"ledger_checkpoint.older", "ledger_place.*", "ledger_erasure.own", "*.behind"}

    assert set(UNREACHED) - columns == classes
    assert len(UNREACHED) == 12


def test_standalone_verifier_names_them_too(specimen: Specimen, tmp_path: Path) -> None:
    """The one file, run alone as an auditor would, names the same changes with exit code 3."""
    chance, copy = random.Random(SEED), Copy(specimen.year, tmp_path)  # noqa: S311 - repeatable
    vkeys = [f"--vkey={specimen.world.ledger.vkey(key.name)}" for key in specimen.year.keys]
    command = [sys.executable, "-I", "-S", verify.__file__, str(copy.folder), *vkeys]
    for name, note in specimen.year.olds:
        (tmp_path / name).write_bytes(note)
        command += ["--checkpoint", str(tmp_path / name)]

    def run() -> tuple[int, str]:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.stderr == ""
        return done.returncode, done.stdout

    assert run()[0] == 0
    for _ in range(5):
        one = bytes_bent(specimen.year, chance)
        ((name, data),) = one.files.items()
        (copy.folder / name).write_bytes(data or b"")
        code, text = run()
        (copy.folder / name).write_bytes(specimen.year.files[name])
        assert code == 3
        assert any(where in text for where in (name, "entries "))
    assert run()[0] == 0


def test_campaign_takes_everything_back(specimen: Specimen, tmp_path: Path) -> None:
    """After each change the copy is the exhibit again: no finding is left over from another."""
    chance, copy = random.Random(SEED + 1), Copy(specimen.next, tmp_path)  # noqa: S311 - repeatable
    for _ in range(30):
        one = stroke(specimen.next, chance)
        copy.suffer(one)
        assert read_folder(copy.folder) == specimen.next.files, one.kind


def test_campaign_notices_what_is_not_named(specimen: Specimen, tmp_path: Path) -> None:
    """A change that nothing in the log forbids would be counted as missed."""
    copy, tally = Copy(specimen.house, tmp_path), Tally()
    report = copy.suffer(Stroke("nothing", "nothing", {}, ("^checkpoint: ",)))

    assert not names(report, ("^checkpoint: ",))
    assert tally.total == 0
    with pytest.raises(AssertionError):
        assert names(report, ())
