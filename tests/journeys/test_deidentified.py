"""Rows in which nobody is named: reduced, in classes, under an undertaking (C7.2(3)(iii), B3)."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pyrage
import pytest
from typer.testing import CliRunner

from bailee.access import freeze_store
from bailee.access.freeze import Freeze
from bailee.cli import app
from bailee.cli.manifest import check_folder, check_log, read_log, read_manifest
from bailee.client.accounting_answers import DeidentifiedRows
from bailee.errors import Conflict
from bailee.privacy.deidentifications import Wanted, asked
from bailee.privacy.harbor import plan
from tests.journeys.world import ACME, GLOBEX, PAYMENT, World, code_of

AGE = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
OTHER = "age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg"
UNDERTAKEN = "1" * 64
BORN, SECTOR, NAME, SSN = "person.birth_date", "business.sector", "person.name", "person.ssn"
KEPT = [f"{BORN}:year", SECTOR]
PEOPLE = {
    "d-1": ("1980-01-02", "bakery"), "d-2": ("1980-05-06", "bakery"),
    "d-3": ("1980-11-30", "bakery"), "d-4": ("1980-12-31", "bakery"),
    "d-5": ("1980", "bakery"),
    "d-6": ("1930-03-03", "bakery"),
    "d-7": ("1975-07-07", "florist"),
}  # fmt: skip
"""Five people whom nothing tells apart, one past 89, one alone in their trade."""


@pytest.fixture
def told(own_house: World) -> World:
    """Return a house with these people, a consent with an undertaking, and whoever may export."""
    own_house.give(ACME, "importer", ["protect"], BORN, SECTOR, daily=1000)
    records = [
        {"ref": who, "subject": who, "fields": {BORN: born, SECTOR: sector, NAME: f"Name of {who}"}}
        for who, (born, sector) in PEOPLE.items()
    ]
    again = {BORN: "1930-03-03", SECTOR: "bakery"}  # rows of one person hide nobody
    records += [{"ref": f"x{n}", "subject": "d-6", "fields": again} for n in range(6)]
    own_house.line("importer").protect(ACME, PAYMENT, records)
    own_house.service("statistician")
    own_house.give(ACME, "statistician", ["deidentify"], BORN, SECTOR, NAME, SSN)
    own_house.allow(AGE, elements=KEPT, undertaking_sha256=UNDERTAKEN)
    return own_house


def export(
    world: World, *elements: str, key: str = AGE, who: str = "statistician", **more: Any
) -> DeidentifiedRows:
    """Export."""
    asked = list(elements or (BORN, SECTOR, NAME))
    return world.line(who).deidentify(ACME, PAYMENT, asked, keys=[key], **more)


def refused(world: World, *elements: str, **more: Any) -> str:
    """Return the code of a refused export."""
    return code_of(lambda: export(world, *elements, **more))


def test_only_a_class_of_five_people_leaves(told: World) -> None:
    """Five born in 1980 leave as years; the one past 89 with seven rows and the florist do not."""
    made = export(told)

    assert made.columns == ["row", BORN, SECTOR]
    assert [row[1:] for row in made.rows] == [["1980", "bakery"]] * 5
    one = made.export
    assert (one.rows, one.people, one.classes, one.smallest) == (5, 5, 1, 5)
    assert (one.suppressed, one.small_classes, one.withheld) == (8, 2, 0)
    assert (one.k, one.k_from) == (5, "operator's target")
    assert (one.kept, one.quasi) == (KEPT, [BORN, SECTOR])
    assert [(gone.element, gone.item) for gone in one.dropped] == [(NAME, "A")]
    assert [part.rows for part in made.parts] == [5]
    assert one.recipients == ["Larkspur Analytics"]


def test_pseudonyms_lead_nowhere(told: World) -> None:
    """Each row has its own in each export; no verb finds a record or a token by one."""
    first, second = export(told), export(told)
    names = [row[0] for made in (first, second) for row in made.rows]
    payout = told.line("payout")

    assert len(set(names)) == 10
    seen = payout.reveal(ACME, PAYMENT, [NAME], records=names, mode="continue")
    assert {one.error.code for one in seen.results if one.error} == {"record.unknown"}
    assert not any(one.ok for one in seen.results)
    assert (
        code_of(lambda: payout.reveal(ACME, PAYMENT, [NAME], tokens=names[:1])) == "token.unknown"
    )
    ours = told.line("statistician")
    assert (
        code_of(lambda: ours.search(ACME, PAYMENT, NAME, equals="Name of d-1")) == "grant.missing"
    )
    assert code_of(lambda: ours.reveal(ACME, PAYMENT, [BORN], records=names)) == "grant.missing"
    assert code_of(lambda: ours.list_records(ACME, PAYMENT, [BORN])) == "grant.missing"


def test_no_value_follows_in_the_same_disclosure(told: World) -> None:
    """Who may reveal as well cannot let a name leave under the writing for rows without one."""
    made = export(told)
    told.allow(AGE)
    told.give(ACME, "statistician", ["reveal", "search"], NAME)
    ours = told.line("statistician")
    (record,) = ours.search(ACME, PAYMENT, NAME, equals="Name of d-1").records
    code = code_of(
        lambda: ours.reveal(
            ACME, PAYMENT, [NAME], records=[record], disclosure=made.export.disclosure
        )
    )
    assert code == "disclosure.binding"


def test_a_small_class_stops_everything_where_asked(told: World, tmp_path: Path) -> None:
    """With `refuse` nothing leaves beside a class of one; the refusal is on record."""
    assert refused(told, small="refuse") == "deidentified.small_class"
    entry = told.last(tmp_path)
    assert (entry["decision"], entry["detail"]["code"]) == ("refused", "deidentified.small_class")
    assert told.line("clara").list_deidentified(ACME).exports == []
    assert told.line("clara").list_disclosures(ACME).disclosures == []


def test_k_is_raised_and_never_lowered(told: World) -> None:
    """Six is more than there are; two is less than the target, so five it stays."""
    assert refused(told, k=6) == "deidentified.nothing_left"
    lower = export(told, k=2).export
    assert (lower.k, lower.k_from) == (5, "operator's target")
    assert refused(told, k=1) == "deidentified.k"


def test_what_nobody_mapped_or_consented_to_does_not_leave(told: World) -> None:
    """Masks, numbers alone, an undertaking that is missing, another key: each has its refusal."""
    told.allow(OTHER, elements=KEPT)

    assert refused(told, f"{BORN}:year") == "deidentified.unmapped"
    assert refused(told, NAME, SSN) == "deidentified.nothing_left"
    assert refused(told, quasi=[NAME]) == "deidentified.quasi"
    assert refused(told, key=OTHER) == "consent.no_undertaking"
    assert refused(told, key="age1" + "q" * 58) == "consent.missing"
    assert refused(told, BORN, "transaction.date") == "grant.element"
    assert refused(told, who="payout") == "grant.missing"
    assert refused(told, who="stranger") == "controller.unknown"


def test_frozen_restricted_and_erased_people_do_not_leave(told: World) -> None:
    """A demand's freeze stops it; one restricted of five leaves a class of four, which is none."""
    bram = told.line("bram")
    bram.restrict(ACME, PAYMENT, ["d-1"])
    assert refused(told) == "deidentified.nothing_left"
    bram.lift(ACME, PAYMENT, ["d-1"])
    assert export(told).export.rows == 5
    told.house.parts.data.write(
        ACME, lambda conn: freeze_store.put(conn, Freeze("f1", ACME, (BORN,)))
    )
    assert refused(told) == "disclosure.frozen"
    told.house.parts.data.write(ACME, lambda conn: freeze_store.drop(conn, ACME, "f1"))
    bram.erase(ACME, PAYMENT, subjects=["d-2"])
    assert refused(told) == "deidentified.nothing_left"


def test_whoever_is_erased_while_rows_are_chosen_does_not_leave(told: World) -> None:
    """An erasure between gathering and letting go refuses the whole; nothing is on record."""
    house, caller = told.house, told.house.authenticate(told.keys["statistician"], "127.0.0.1")
    desk, gathering = house.deidentifications, house.parts.vault.gathering
    made = plan([BORN, SECTOR], [])
    wanted = Wanted(asked(ACME, PAYMENT, made), (AGE,), made, 5, "asked for", "suppress")
    now = house.parts.clock.now()
    found = desk.gather(
        lambda after: house.parts.data.read(
            ACME, lambda conn: gathering.page(conn, caller, wanted.ask, after)
        ),
        wanted,
        now,
    )
    assert all(not one.values for one in found.held)
    told.line("bram").erase(ACME, PAYMENT, subjects=["d-3"])
    with pytest.raises(Conflict, match="erased or restricted"):
        house.parts.data.write(
            ACME, lambda conn: desk.let_go(conn, caller, wanted, found=found, now=now)
        )
    assert told.line("clara").list_deidentified(ACME).exports == []


def test_another_controllers_people_are_in_no_class(told: World) -> None:
    """What Globex holds counts nowhere at Acme, and its exports are not seen there."""
    export(told)
    assert told.line("greta").list_deidentified(GLOBEX).exports == []
    assert code_of(lambda: told.line("greta").list_deidentified(ACME)) == "controller.unknown"
    assert len(told.line("clara").list_deidentified(ACME).exports) == 1
    assert told.line("payout").list_deidentified(ACME).exports == []


def test_the_command_writes_parts_that_its_account_proves(
    told: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Opened by the recipient it is five years and trades; folder and log agree on the account."""
    who = pyrage.x25519.Identity.generate()
    key = str(who.to_public())
    told.allow(key, elements=KEPT, undertaking_sha256=UNDERTAKEN)
    out = tmp_path / "rows"
    place = ["-c", ACME, "-p", PAYMENT, "--recipient", key, "--out", str(out)]
    named = [word for name in (BORN, SECTOR, NAME) for word in ("--element", name)]
    told.close()
    for name, text in told.environment("statistician").items():
        monkeypatch.setenv(name, text)
    done = CliRunner().invoke(app, ["deidentified", "export", *named, *place])
    again = CliRunner().invoke(app, ["deidentified", "export", *named, *place])
    listed = CliRunner().invoke(app, ["deidentified", "list", "-c", ACME])
    told.open()
    assert done.exit_code == 0, done.output
    assert "left out 8 rows of 2 small classes" in done.output
    assert type(again.exception).__name__ == "Invalid"
    assert "a class needs 5 people (operator's target)" in listed.output
    (part,) = out.glob("part-*.age")
    rows = list(csv.DictReader(io.StringIO(pyrage.decrypt(part.read_bytes(), [who]).decode())))
    assert [(row[BORN], row[SECTOR]) for row in rows] == [("1980", "bakery")] * 5
    assert all(len(row["row"]) == 16 for row in rows)
    manifest, digest = read_manifest(out)
    log, _ = told.export(tmp_path)
    assert check_folder(out, manifest) == []
    assert check_log(manifest, digest, read_log(log)) == []
    left = told.line("clara").show_disclosure(ACME, manifest.disclosure)
    assert (left.form, left.status, left.records) == ("de-identified", "ended", 5)
