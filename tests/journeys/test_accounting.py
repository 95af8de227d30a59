"""Who received data of one person, and what cannot be said (A4, B3; 45 CFR 164.528)."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from bailee.access.tables import CONSENT
from bailee.app import shapes
from bailee.cli import app
from bailee.client import Statement
from bailee.client.accounting_answers import Accounting
from bailee.clock import write_time
from bailee.privacy.accounting_tables import LINE
from tests.journeys.world import ACME, GLOBEX, PAYMENT, SUPPORT, World, code_of

AGE = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
COURT = "age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg"
NAME, MAIL = "person.name", "person.email"
STREET = "4 Larch Row, Boise, ID 83702"


@pytest.fixture
def left(own_house: World) -> tuple[World, dict[str, str]]:
    """Return a house in which ann's records left twice, bo's once, and cy's never; ids."""
    world = own_house
    ids = {
        "larkspur": world.allow(AGE, address=STREET, reference="letter 9"),
        "court": world.allow(COURT, recipient="The court of Marlow County", reference="order 3"),
    }
    records = [
        {
            "ref": str(n),
            "subject": who,
            "fields": {NAME: f"Somebody {who}", MAIL: f"{who}@x.example"},
        }
        for n, who in enumerate(("ann", "ann", "bo", "cy"))
    ]
    done = world.line("importer").protect(ACME, PAYMENT, records)
    ids |= {f"record{n}": one.record for n, one in enumerate(done.results)}
    send(world, AGE, [NAME], [ids["record0"], ids["record2"]])
    send(world, COURT, [NAME, MAIL], [ids["record0"]], [ids["record0"], ids["record1"]])
    world.line("payout").reveal(ACME, PAYMENT, [NAME], records=[ids["record3"]])
    return world, ids


def send(world: World, key: str, elements: list[str], *calls: list[str]) -> str:
    """Open a disclosure and reveal in it, call by call; return its id."""
    payout = world.line("payout")
    opened = payout.open_disclosure(ACME, PAYMENT, elements, keys=[key]).disclosure
    for records in calls:
        payout.reveal(ACME, PAYMENT, elements, records=records, disclosure=opened)
    return opened


def account(world: World, who: str, asker: str = "clara", **more: str) -> Accounting:
    """Ask for somebody's accounting."""
    return world.line(asker).account(ACME, more.pop("purpose", SUPPORT), subject=who, **more)


def test_four_things_of_each_disclosure(left: tuple[World, dict[str, str]], tmp_path: Path) -> None:
    """Date, recipient with address, what, and purpose: of ann two, of bo one, of cy none."""
    world, ids = left
    ann, bo, cy = (account(world, who) for who in ("ann", "bo", "cy"))

    first, second = ann.disclosures
    (larkspur,), (court,) = first.recipients, second.recipients
    assert (larkspur.name, larkspur.address, larkspur.reference, larkspur.consent) == (
        "Larkspur Analytics", STREET, "letter 9", ids["larkspur"],
    )  # fmt: skip
    assert (court.name, court.address) == ("The court of Marlow County", "")
    assert (first.elements, first.records, first.times) == ([NAME], 1, 1)
    assert (sorted(second.elements), second.records, second.times) == ([MAIL, NAME], 2, 2)
    assert {first.purpose, second.purpose} == {PAYMENT}
    assert first.date[:10] == second.last[:10] == write_time(world.now())[:10]
    assert [one.elements for one in bo.disclosures] == [[NAME]]
    assert (cy.found, cy.disclosures) == (True, [])
    assert {one.behind for one in (ann, bo, cy)} == {0}
    entry = world.last(tmp_path)
    assert (entry["action"], entry["purpose"]) == ("privacy:accounting:made", SUPPORT)
    assert entry["detail"]["sha256"] == cy.paper.sha256


def test_the_paper_says_the_same_and_names_nobody(left: tuple[World, dict[str, str]]) -> None:
    """The person is a blank that the controller fills; an unknown address says so."""
    world, _ = left
    paper = account(world, "ann").paper
    said = {(part.title, line.what): line.says for part in paper.sections for line in part.lines}

    assert [gap.what for gap in paper.blanks] == ["Person"]
    assert said["Disclosure 1", "Address"] == STREET
    assert said["Disclosure 2", "Address"] == "not known"
    assert said["Disclosure 2", "What"] == f"{MAIL}, {NAME} (2 records)"
    assert "ann" not in str(paper).replace("annual", "")


def test_a_window_cuts_what_is_told(left: tuple[World, dict[str, str]]) -> None:
    """Until before anything left nothing is told; a time that ends before it begins is refused."""
    world, _ = left
    early = write_time(world.now() - timedelta(days=1))
    assert account(world, "ann", until=early).disclosures == []
    assert (
        code_of(lambda: account(world, "ann", since=early, until="2026-01-01T00:00:00Z"))
        == "accounting.window"
    )
    assert account(world, "ann").since[:4] == str(world.now().year - 6)


def test_who_may_ask(left: tuple[World, dict[str, str]], tmp_path: Path) -> None:
    """An accounting takes audit and a purpose of the agreement; elsewhere it is nobody's."""
    world, _ = left
    assert code_of(lambda: account(world, "ann", "payout")) == "grant.missing"
    assert code_of(lambda: account(world, "ann", "greta")) == "controller.unknown"
    assert code_of(lambda: account(world, "ann", purpose="curiosity")) == "purpose.not_in_agreement"
    assert world.last(tmp_path)["detail"]["code"] == "purpose.not_in_agreement"
    other = world.line("greta").account(GLOBEX, SUPPORT, subject="ann")
    assert (other.found, other.disclosures) == (False, [])


def test_an_erased_person_stays_countable_and_nobody(left: tuple[World, dict[str, str]]) -> None:
    """After the erasure nothing leads to ann; that somebody was disclosed is still counted."""
    world, _ = left
    before = account(world, "ann")
    world.line("bram").erase(ACME, PAYMENT, subjects=["ann"])
    after = account(world, "ann")
    again = account(world, "bo")

    assert before.erased_people == 0
    assert (after.found, after.disclosures, after.erased_people) == (False, [], 1)
    assert any("nobody is known here by that reference" in one for one in after.cannot_say)
    assert any("1 people" in one for one in after.cannot_say)
    assert len(again.disclosures) == 1
    world.line("importer").protect(
        ACME, PAYMENT, [{"ref": "1", "subject": "ann", "fields": {NAME: "Ann Again"}}]
    )
    assert account(world, "ann").disclosures == []


def test_an_authority_keeps_its_own_out_until_its_day(left: tuple[World, dict[str, str]]) -> None:
    """Unconfirmed nothing is told; confirmed by a second the court is left out, without a hint."""
    world, ids = left
    statement = Statement(
        agency="Marlow County", official="R. Quill", reference="letter of the court",
        consents=[ids["court"]], since=write_time(world.now()), subject="ann",
        until=world.until(29),
    )  # fmt: skip
    made = world.line("bram").record_suspension(ACME, statement)
    assert (made.status, made.one_person) == ("recorded", True)
    assert code_of(lambda: account(world, "ann")) == "accounting.unconfirmed_suspension"
    assert len(account(world, "bo").disclosures) == 1
    alone = code_of(lambda: world.line("bram").confirm_suspension(ACME, made.suspension))
    world.give(ACME, "bram", ["approve"])
    own = code_of(lambda: world.line("bram").confirm_suspension(ACME, made.suspension))
    world.line("esra").confirm_suspension(ACME, made.suspension)
    during = account(world, "ann")

    assert (alone, own) == ("grant.missing", "self.approve")
    assert [one.recipients[0].name for one in during.disclosures] == ["Larkspur Analytics"]
    assert during.suspended == 1
    assert "Marlow" not in str(during.paper)
    world.shift += timedelta(days=29, minutes=1)
    assert [one.status for one in world.line("bram").list_suspensions(ACME).suspensions] == [
        "expired"
    ]
    assert len(account(world, "ann").disclosures) == 2


def test_a_suspension_ends_when_it_is_lifted(left: tuple[World, dict[str, str]]) -> None:
    """Lifted, everything is told; a spoken one lasts thirty days at most, a lifted one is over."""
    world, ids = left
    bram = world.line("bram")

    def statement(days: int, **more: str) -> Statement:
        return Statement(
            agency="Marlow County", official="R. Quill", reference="letter", since=write_time(
                world.now() - timedelta(seconds=1)), until=world.until(days),
            **({"consents": [ids["court"]]} | more),  # type: ignore[arg-type]
        )  # fmt: skip

    assert code_of(lambda: bram.record_suspension(ACME, statement(31))) == "suspension.until"
    assert (
        code_of(lambda: bram.record_suspension(ACME, statement(1, subject="nobody")))
        == "suspension.subject"
    )
    foreign = statement(1, consents=["0" * 32])  # type: ignore[arg-type]
    assert code_of(lambda: bram.record_suspension(ACME, foreign)) == "consent.unknown"
    made = bram.record_suspension(ACME, statement(400, text_sha256="a" * 64))
    world.line("esra").confirm_suspension(ACME, made.suspension)
    assert account(world, "ann").suspended == 1
    bram.lift_suspension(ACME, made.suspension)
    assert len(account(world, "ann").disclosures) == 2
    assert code_of(lambda: bram.lift_suspension(ACME, made.suspension)) == "suspension.state"


def test_the_register_cannot_be_made_to_lie(left: tuple[World, dict[str, str]]) -> None:
    """A recipient renamed in the database is told as the ledger has it."""
    world, _ = left

    def rename(conn: sa.Connection) -> None:
        conn.execute(CONSENT.update().values(recipient="Nobody at all"))

    world.house.parts.data.write(ACME, rename)
    names = [one.recipients[0].name for one in account(world, "ann").disclosures]
    assert names == ["Larkspur Analytics", "The court of Marlow County"]


def test_the_index_is_made_again_of_the_openings(left: tuple[World, dict[str, str]]) -> None:
    """Thrown away it is read anew, and the accounting is the same to the digest."""
    world, _ = left
    before = account(world, "ann")

    def forget(conn: sa.Connection) -> None:
        for table in (LINE, LINE.metadata.tables["accounting_place"]):
            conn.execute(table.delete().where(table.c.controller == ACME))

    world.house.parts.data.write(ACME, forget)
    lag = world.house.parts.data.read(ACME, lambda conn: world.house.accountings.lag(conn, ACME))
    after = account(world, "ann")

    assert lag.entries > 0
    assert after.paper.sha256 == before.paper.sha256


def looked(world: World) -> dict[str, list[str]]:
    """Let the two controls look at Acme; return what they found."""
    caller = world.house.authenticate(world.keys["clara"], "127.0.0.1")
    names = ["disclosure-register", "no-reidentification"]
    world.house._asked = type(world.house._asked)(600.0)  # a test waits for whatever a look takes
    seen = world.house.run_controls(caller, ACME, shapes.Run(names))
    return {one.control: list(one.findings) for one in seen.observations}


def test_controls_compare_and_try(left: tuple[World, dict[str, str]]) -> None:
    """Nothing is found; then a renamed recipient and a line taken out of the index are."""
    world, _ = left
    account(world, "ann")
    fine = looked(world)

    def alter(conn: sa.Connection) -> None:
        conn.execute(CONSENT.update().values(recipient="Nobody at all"))
        conn.execute(LINE.delete().where(LINE.c.controller == ACME, LINE.c.kind == "subject"))

    world.house.parts.data.write(ACME, alter)
    assert fine == {"disclosure-register": [], "no-reidentification": []}
    assert looked(world)["disclosure-register"] == ["index.altered", "register.altered"]


def test_the_command_asks_for_the_person_and_writes_the_paper(
    left: tuple[World, dict[str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reference comes by standard input; suspended and confirmed by commands too."""
    world, ids = left
    until, since = world.until(20), write_time(world.now())
    world.close()

    def cli(who: str, *args: str, said: str = "") -> str:
        for name, text in world.environment(who).items():
            monkeypatch.setenv(name, text)
        done = CliRunner().invoke(app, ["accounting", *args, "-c", ACME], said)
        assert done.exit_code == 0, done.output + str(done.exception)
        return done.output

    told = cli("clara", "person", "-p", SUPPORT, "--out", str(tmp_path / "paper"), said="ann\n")
    made = cli(
        "bram", "suspend", "--agency", "Marlow County", "--official", "R. Quill", "--reference",
        "letter 4", "--consent", ids["court"], "--since", since, "--until", until, "--json",
    )  # fmt: skip
    item = json.loads(made)["suspension"]
    cli("esra", "confirm", item)
    during = cli("clara", "person", "-p", SUPPORT, said="ann\n")
    listed = cli("bram", "suspensions")
    cli("bram", "lift", item)
    world.open()

    assert "2 disclosures from" in told
    assert f"Larkspur Analytics, {STREET}" in told
    assert "address not known" in told
    written = {one.name for one in (tmp_path / "paper").iterdir()}
    assert {
        f"accounting-of-disclosures.{form}" for form in ("md", "json", "pdf", "docx")
    } == written
    assert "1 disclosures from" in during
    assert "suspended 1" in during
    assert "confirmed, everybody" in listed
    assert len(account(world, "ann").disclosures) == 2
