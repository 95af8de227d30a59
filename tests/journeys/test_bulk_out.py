"""Values out in bulk: encrypted, counted, drawn down, never in clear on a disk (C2.8(2), C6)."""

from __future__ import annotations

import csv
import io
import json
import secrets
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pyrage
import pytest

from bailee.cli.ids import Everything, Ids, Listed, Wanted, exportable
from bailee.cli.lanes import Stop
from bailee.cli.outgoing import Count, Outgoing
from bailee.client import BaileeProblem, Client
from bailee.errors import Failure, Invalid
from tests.journeys.imports import CANARY, WHO, Died, Dying, Steps, left, shows
from tests.journeys.world import ACME, ELEMENTS, PAYMENT, World

ROWS = 1100
NAMES = ("person.name", "person.email")


@pytest.fixture(scope="module")
def full(house: World) -> dict[str, str]:
    """Fill a controller with records; return record → name. 'archivist' may list and reveal."""
    bulk = house.line("importer")
    told: dict[str, str] = {}
    for start in range(0, ROWS, 1000):
        numbers = range(start, min(start + 1000, ROWS))
        records = [
            {"ref": str(n), "subject": f"out-{n}", "fields": {"person.name": f"{CANARY} {n}"}}
            for n in numbers
        ]
        done = bulk.protect(ACME, PAYMENT, records)
        told |= {one.record: f"{CANARY} {n}" for n, one in zip(numbers, done.results, strict=True)}
    house.service("archivist")
    house.give(ACME, "archivist", ["list", "reveal"], *NAMES, daily=100_000)
    house.allow(str(WHO.to_public()), kind="return")
    return told


@pytest.fixture
def wanted(house: World) -> Iterator[Wanted]:
    """Return what the archivist wants: names, for payments."""
    with house.line("archivist") as client:
        yield Wanted(client, ACME, PAYMENT, NAMES)


def bring(wanted: Wanted, ids: Ids, folder: Path, suffix: str = ".csv") -> Count:
    """Run one bulk reveal to its end."""
    work = Outgoing(wanted, ids, folder, recipients=[str(WHO.to_public())], suffix=suffix)
    return work.run(lambda _done, _total: None, Stop())


def opened(folder: Path) -> list[dict[str, str]]:
    """Open the parts in their order and join them: one table."""
    parts = sorted(folder.glob("part-*.csv.age"))
    text = b"".join(pyrage.decrypt(one.read_bytes(), [WHO]) for one in parts)
    return list(csv.DictReader(io.StringIO(text.decode())))


def check_sealed(folder: Path) -> None:
    """No file below holds a name, nor is open to others."""
    found = left(folder)
    assert found
    assert all(not shows(data) for data in found.values())
    assert all(one.stat().st_mode & 0o077 == 0 for one in folder.rglob("*"))


def test_an_export_holds_every_record_and_proves_it(
    house: World, full: dict[str, str], wanted: Wanted, tmp_path: Path
) -> None:
    """Every record once, its values exact; the account names parts and entries, and adds up."""
    count = bring(wanted, Everything(wanted), tmp_path / "out")
    rows = opened(tmp_path / "out")
    assert {one["record"]: one["person.name"] for one in rows} == full
    assert len(rows) == ROWS == count.revealed == count.total
    assert count.proven
    check_sealed(tmp_path)
    account = json.loads((tmp_path / "out" / "manifest.json").read_text())
    entries = {one["id"]: one for one in house.entries(tmp_path)}
    shown = [
        entries[one["entry"]]["count"]
        for part in account["parts"]
        for one in part["entries"]
        if entries[one["entry"]]["action"] == "vault:record:revealed"
    ]
    assert sum(shown) == ROWS
    assert account["proven"]


def test_what_may_not_be_shown_is_counted(
    house: World, full: dict[str, str], wanted: Wanted, tmp_path: Path
) -> None:
    """A restricted subject's record is withheld, counted, and the account still adds up."""
    house.line("bram").restrict(ACME, PAYMENT, ["out-7"])
    try:
        count = bring(wanted, Everything(wanted), tmp_path / "out")
    finally:
        house.line("bram").lift(ACME, PAYMENT, ["out-7"])
    assert (count.withheld, count.revealed, count.proven) == (1, ROWS - 1, True)
    assert f"{CANARY} 7" not in {one["person.name"] for one in opened(tmp_path / "out")}


def test_an_export_killed_at_every_step_is_whole(
    house: World, full: dict[str, str], tmp_path: Path
) -> None:
    """Whenever it dies, the next run ends it: each record stands in the parts exactly once."""
    step = 0
    while True:
        step += 1
        folder = tmp_path / str(step)
        transport = Dying(house, Steps(step))
        line = Client("http://localhost", house.keys["archivist"], transport=transport, retries=0)
        with line as client:
            dying = Wanted(client, ACME, PAYMENT, NAMES)
            try:
                bring(dying, Everything(dying, 400), folder)
            except Died:
                pass
            else:
                break
        with house.line("archivist") as client:
            living = Wanted(client, ACME, PAYMENT, NAMES)
            assert bring(living, Everything(living, 400), folder).proven
        assert {one["record"]: one["person.name"] for one in opened(folder)} == full
        assert len(opened(folder)) == ROWS
    # opened, three pages listed, three revealed, counted again, shown, ended
    assert step == 2 * (1 + 3 + 3 + 1 + 2) + 1


def test_a_list_of_records_is_drawn_from_an_approval(
    house: World, full: dict[str, str], tmp_path: Path
) -> None:
    """Beyond the day's number a second person's yes is needed, and each call draws from it."""
    who = f"clerk{secrets.token_hex(4)}"
    house.service(who)
    house.give(ACME, who, ["reveal"], *NAMES, daily=10)
    some = list(full)[:1050]
    (tmp_path / "ids.txt").write_text("\n".join(some) + "\n")
    ids = Listed(tmp_path / "ids.txt")
    with house.line(who) as client:
        with pytest.raises(BaileeProblem, match=r"reveal\.limit"):
            bring(Wanted(client, ACME, PAYMENT, NAMES), ids, tmp_path / "no")
        asked = client.request_approval(
            ACME, PAYMENT, NAMES, subjects=1100, until=house.until(1), reason="a report"
        )
        house.line("esra").approve(ACME, asked.approval)
        allowed = Wanted(client, ACME, PAYMENT, NAMES, approval=asked.approval)
        count = bring(allowed, ids, tmp_path / "yes")
        assert (count.revealed, count.proven) == (1050, True)
        with pytest.raises(BaileeProblem, match=r"approval\.exhausted"):
            bring(allowed, ids, tmp_path / "again")
    assert [one["record"] for one in opened(tmp_path / "yes")] == some
    check_sealed(tmp_path / "yes")


def test_parquet_parts_hold_the_same(full: dict[str, str], wanted: Wanted, tmp_path: Path) -> None:
    """Each part is a Parquet file of its own inside age."""
    assert bring(wanted, Everything(wanted), tmp_path / "out", ".parquet").proven
    found: dict[str, str] = {}
    for part in sorted((tmp_path / "out").glob("*.parquet.age")):
        table = pq.read_table(io.BytesIO(pyrage.decrypt(part.read_bytes(), [WHO])))
        found |= dict(
            zip(table["record"].to_pylist(), table["person.name"].to_pylist(), strict=True)
        )
    assert found == full
    check_sealed(tmp_path)


def test_masks_and_unknown_records_are_marked(
    house: World, full: dict[str, str], tmp_path: Path
) -> None:
    """A masked view says that it is one; a record that is not there has a code, not a blank."""
    record = house.protect("masked-out")
    (tmp_path / "ids.csv").write_text(f"row,record\n1,{record}\n2,{'0' * 32}\n")
    with house.line("dev") as client:
        masked = Wanted(client, ACME, PAYMENT, ("person.ssn:last4",))
        count = bring(masked, Listed(tmp_path / "ids.csv"), tmp_path / "out")
    first, second = opened(tmp_path / "out")
    assert (first["person.ssn:last4"][-4:], first["masked"]) == ("9083", "person.ssn:last4")
    assert (second["error"], second["person.ssn:last4"]) == ("record.unknown", "")
    assert (count.refused, count.codes) == (1, {"record.unknown": 1})
    house.line("bram").erase(ACME, PAYMENT, subjects=["masked-out"])


def test_by_default_all_that_one_may_export(wanted: Wanted) -> None:
    """What the caller may list and reveal goes out, and what is left is named."""
    may, may_not = exportable(wanted)
    assert sorted(may) == sorted(NAMES)
    assert {"person.ssn", "person.phone"} <= set(may_not)
    assert set(ELEMENTS) <= {*may, *may_not}


@pytest.mark.parametrize("text", ["not an id\n", "id\n\xff", "row,record\n1,../../x\n"])
def test_a_file_without_ids_is_refused(text: str, tmp_path: Path) -> None:
    """What is no id is named by its line and never sent."""
    (tmp_path / "ids").write_text(text, "latin-1")
    with pytest.raises(Invalid, match=r"file\.records"):
        Listed(tmp_path / "ids")


def test_nothing_leaves_in_clear_by_mistake(house: World, wanted: Wanted, tmp_path: Path) -> None:
    """Without a recipient, to a device, to standard output, into a full folder: refused."""
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("mine")
    for recipients, folder in (
        ([], tmp_path / "out"),
        ([str(WHO.to_public())], Path("/dev/stdout")),
        ([str(WHO.to_public())], Path("/dev/null")),
        ([str(WHO.to_public())], tmp_path / "full"),
    ):
        with pytest.raises(Failure):
            Outgoing(wanted, Everything(wanted), folder, recipients=recipients)
    assert not (tmp_path / "out").exists()
    done = house.cli(
        "reveal", "--records", "x", "-c", ACME, "-p", PAYMENT, "--element", "person.name"
    )
    assert (done.returncode, done.stdout) == (2, "")
