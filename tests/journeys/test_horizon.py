"""What is erased is beyond guessing too, and somebody tries (C6, C2.8(1))."""

from __future__ import annotations

import csv
import json
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bailee.app.dump import read_dump
from bailee.clock import read_time, write_time
from tests.journeys.world import ACME, PAYMENT, SEED, World, verified

GONE = {"person.ssn": "536-90-4399", "person.email": "gone@example.com", "person.name": "Ida Gone"}
PEOPLE = ("s-gone", "s-kept")


def never(_seconds: float) -> bool:
    """Never stop."""
    return False


def rekeyed(world: World) -> None:
    """Let three days pass, and the server replace and destroy keys as it does by itself."""
    for passes in (timedelta(days=2, hours=1), timedelta(seconds=10), timedelta(minutes=6)):
        world.shift += passes
        world.house.rekey_due(never)
    world.house.rekey_due(never)


def tried(world: World, copy: Path, *more: str) -> tuple[int, dict[str, Any]]:
    """Run the burglary as a program of its own, beside the running house."""
    address = scratch(world, copy) if world.owner_url else str(copy)
    done = world.cli("keys", "try", address, "-c", ACME, "--json", *more)
    assert done.returncode in {0, 1}, done.stderr
    return done.returncode, json.loads(done.stdout)


def scratch(world: World, copy: Path) -> str:
    """Restore a copy of PostgreSQL beside the database in use; return where it is."""
    owner = sa.make_url(world.owner_url)
    name = f"{owner.database}_old_{secrets.token_hex(4)}"
    admin = sa.create_engine(
        owner.set(drivername="postgresql+psycopg", database="postgres"),
        isolation_level="AUTOCOMMIT",
    )
    with admin.connect() as conn:
        conn.exec_driver_sql(f'CREATE DATABASE "{name}"')
    admin.dispose()
    read_dump(owner.set(database=name).render_as_string(hide_password=False), copy, roles=False)
    url = sa.make_url(world.settings.database_url).set(database=name)
    return url.render_as_string(hide_password=False)


def guesses(folder: Path) -> str:
    """Write down what the thief believes: three values, and how we call the person."""
    path = folder / "guesses.csv"
    with path.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines).writerows([*GONE.items(), ("subject", "s-gone"), ("subject", "s-other")])
    return str(path)


def peopled(world: World) -> Path:
    """Protect two people, one value of each shared by a token; return a copy of the data."""
    world.give(ACME, "importer", ["search"], *GONE, daily=1_000_000)
    changed = {name.replace(".", "__"): text for name, text in GONE.items()}
    world.protect("s-gone", **changed)
    world.protect("s-kept")
    return world.backup("old")


def test_an_old_backup_and_every_key_of_today_give_nothing(
    own_house: World, tmp_path: Path
) -> None:
    """Before the keys are replaced each guess hits; afterwards nothing opens, and none does."""
    world = own_house
    copy, thief = peopled(world), guesses(tmp_path)
    erased = world.line("bram").erase(ACME, PAYMENT, subjects=["s-gone"])
    world.house.settle()
    code, before = tried(world, copy, "--guess", thief)
    early = world.line("bram").certify_erasure(ACME, erased.entry.entry_id)

    rekeyed(world)

    assert (code, before["people"], before["opened"]) == (1, 1, 0)
    assert before["matched"] >= len(GONE) + 1  # every guess but the wrong one
    assert {name.split(":")[1] for name in before["guessable"]} >= {
        "index/1", "token/1", "reference/1"
    }  # fmt: skip
    code, after = tried(world, copy, "--guess", thief)
    assert code == 0, after
    assert (after["people"], after["values"]) == (1, before["values"])
    assert (after["opened"], after["guessable"], after["matched"]) == (0, {}, 0)
    assert after["marks"] == before["marks"] > 3
    assert early.unrecoverable == ""
    assert {"index/1", "token/1", "reference/1"} <= set(early.waiting)


def test_the_certificate_names_the_day(own_house: World, tmp_path: Path) -> None:
    """Once the older keys died, the last copy of a key decides: seven days after its death."""
    world = own_house
    peopled(world)
    erased = world.line("bram").erase(ACME, PAYMENT, subjects=["s-gone"])
    world.house.settle()
    early = world.line("bram").certify_erasure(ACME, erased.entry.entry_id)
    assert early.latest == write_time(read_time(early.rows_gone) + timedelta(days=3 + 7))
    rekeyed(world)

    horizon = world.line("clara").horizon(ACME)
    made = world.line("bram").certify_erasure(ACME, erased.entry.entry_id)

    dead = {one.name: one for one in horizon.keys if one.state == "dead"}
    assert set(dead) == {"index/1", "token/1", "reference/1"}
    died = max(read_time(one.destroyed) for one in dead.values())
    assert made.unrecoverable == write_time(died + timedelta(days=7))
    assert (made.keys, made.leaf) == (1, erased.entry.leaf)
    done = world.cli("keys", "certificate", erased.entry.entry_id, "-c", ACME)
    assert done.returncode != 0  # shows no key: refused
    assert verified(*world.export(tmp_path))[0] == 0
    actions = [one["action"] for one in world.entries(tmp_path)]
    assert actions.count("keys:version:destroyed") == 3
    assert actions.count("keys:erasure:certified") == 2


def test_the_living_notice_nothing(own_house: World) -> None:
    """Found by value and by reference, the same token for the same value, before and after."""
    world = own_house
    shared = ("person.ssn", "financial.card_number")
    world.give(ACME, "importer", ["search"], *shared, daily=1_000_000)
    (record,) = [world.protect("s-kept")]
    token = world.line("importer").protect(
        ACME, PAYMENT, [{"ref": "1", "subject": "s-kept", "fields": SEED}]
    )

    rekeyed(world)

    name = SEED["person.name"]
    assert record in world.line("payout").search(ACME, PAYMENT, "person.name", equals=name).records
    again = world.line("importer").protect(
        ACME, PAYMENT, [{"ref": "1", "subject": "s-kept", "fields": SEED}]
    )
    assert again.results[0].tokens == token.results[0].tokens
    assert world.count("vault_subject", ACME) == 1
    assert world.reveal("payout", record) == name


def test_a_restored_backup_is_found_again(own_house: World) -> None:
    """Its entries stand under keys that died since; what lives is made anew, the erased is not."""
    world = own_house
    copy = peopled(world)
    world.line("bram").erase(ACME, PAYMENT, subjects=["s-gone"])
    rekeyed(world)
    world.close()

    world.restore(copy)

    world.open()
    name = SEED["person.name"]
    found = world.line("payout").search(ACME, PAYMENT, "person.name", equals=name).records
    assert len(found) == 1
    assert world.line("bram").erase(ACME, PAYMENT, subjects=["s-kept"]).results[0].records == 1
    assert world.count("vault_subject", ACME) == 0


def test_who_tries_nothing_is_not_told_that_all_is_well(own_house: World) -> None:
    """A mistyped name is refused; a copy in which nobody was erased since proves nothing."""
    world = own_house
    copy = peopled(world)

    assert tried(world, copy)[0] == 1
    address = scratch(world, copy) if world.owner_url else str(copy)
    done = world.cli("keys", "try", address, "-c", "acmee")
    assert (done.returncode, "controller.unknown" in done.stderr) == (1, True), done.stderr


@pytest.mark.parametrize("place", ["", "nothing.db", "postgresql://nobody@127.0.0.1:1/none"])
def test_a_copy_that_is_none_is_named(own_house: World, tmp_path: Path, place: str) -> None:
    """A missing file, another file, a database that does not answer: an error, no traceback."""
    (tmp_path / "other.db").write_text("nothing of ours")
    done = own_house.cli("keys", "try", place or str(tmp_path / "other.db"), "-c", ACME)

    assert done.returncode == (1 if place.startswith("postgresql") else 2), done.stderr
    assert "Traceback" not in done.stderr
