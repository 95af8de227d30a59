"""Annexes, records and certifications of what runs; blanks named, nothing invented (C7.3(3))."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bailee.app import shapes
from bailee.app.controls import CONTROLS
from bailee.app.house import House
from bailee.app.paper_files import files
from bailee.cli import app
from bailee.client import Client, NewFlow
from bailee.client.transfer_answers import Assistance, GeneratedPaper
from bailee.privacy import assistance
from tests.journeys.conftest import ENGINES
from tests.journeys.test_subprocessors import noticed
from tests.journeys.world import ACME, GLOBEX, World, code_of, founded

EVIL = "#set page | **x** <script>alert(1)</script> =FORMULA() \u202e"


def lines(paper: GeneratedPaper, source: str = "") -> dict[str, str]:
    """Return what a paper says, by what it says it of."""
    return {
        one.what: one.says
        for part in paper.sections
        for one in part.lines
        if source in ("", one.source)
    }


def fill(world: World, controller: str, paper: str) -> None:
    """Let each side fill its own blanks of a paper."""
    who = {"controller": "clara", "processor": "bram"}
    for gap in world.line("clara").show_paper(controller, paper).blanks:  # type: ignore[arg-type]
        world.line(who[gap.who]).sign_assertion(
            controller, gap.subject, text=f"Stated: {gap.what}", until=world.until(20)
        )


def test_every_blank_is_named_and_filled_by_whose_it_is(own_house: World) -> None:
    """Fresh annexes invent nothing; filled by both sides, each line shows who stated it."""
    world = own_house
    clara = world.line("clara")
    fresh = clara.show_paper(ACME, "annexes")
    named = {gap.subject: gap.who for gap in fresh.blanks}
    assert named["exporter.address"] == "controller"
    assert named["importer.name"] == named["measure.physical"] == "processor"
    assert named["authority"] == "controller"
    assert not any(
        one.says for part in fresh.sections for one in part.lines if one.source == "blank"
    )
    assert "asserted" not in {one.source for part in fresh.sections for one in part.lines}
    fill(world, ACME, "annexes")
    full = clara.show_paper(ACME, "annexes")
    assert full.blanks == []
    assert full.sha256 != fresh.sha256
    assert full.sha256 == clara.show_paper(ACME, "annexes").sha256
    assert lines(full, "asserted")["Legal name of the importer"].startswith("Stated: ")
    world.shift += timedelta(days=21)  # what somebody said ends by itself
    again = {gap.subject for gap in clara.show_paper(ACME, "annexes").blanks}
    assert again == set(named)


def test_annexes_say_what_runs(own_house: World) -> None:
    """Elements are the agreement's, people are counted, measures carry their look and its entry."""
    world = own_house
    for n in range(3):
        world.line("importer").protect(
            ACME, "payment-processing",
            [{"ref": "1", "subject": f"s-{n}", "kind": "person", "category": "customer",
              "fields": {"person.name": "A"}}],
        )  # fmt: skip
    world.line("importer").protect(
        ACME, "payment-processing",
        [{"ref": "1", "subject": "o-1", "kind": "organisation", "category": "customer",
          "fields": {"person.name": "B"}}],
    )  # fmt: skip
    caller = world.house.authenticate(world.keys["clara"], "127.0.0.1")
    run = shapes.Run(["encryption-at-rest", "least-privilege"])
    seen = {one.control: one for one in world.house.run_controls(caller, ACME, run).observations}
    said = lines(world.line("clara").show_paper(ACME, "annexes"))
    assert said["People: person, customer"] == "customers of the controller: 3 held now"
    assert said["People: organisation, customer"].endswith("organisations: 1 held now")
    assert said["Records"] == "4 held now"
    data = {
        word for what, says in said.items() if what.startswith("Data:") for word in says.split(", ")
    }
    agreement = world.line("clara").show_agreement(ACME)
    assert data == set(agreement.permitted)
    paper = world.line("clara").show_paper(ACME, "annexes")
    measures = {
        one.by: one.says
        for part in paper.sections
        if part.title.startswith("Annex II:")
        for one in part.lines
    }
    assert seen["encryption-at-rest"].entry in measures["encryption-at-rest"]
    assert "found in force" in measures["encryption-at-rest"]
    assert measures["transport"].endswith("not looked at yet")
    purposes = {what.removeprefix("Purpose: ") for what in said if what.startswith("Purpose: ")}
    assert purposes == set(agreement.purposes)


def test_a_failing_measure_is_shown_as_failing(own_house: World) -> None:
    """Annex II never says of a control more than its last look found."""
    world = own_house
    caller = world.house.authenticate(world.keys["clara"], "127.0.0.1")
    plain = world.settings.home / "debug.log"
    root = world.settings.home / "root.key"
    root.chmod(0o644)
    world.house.run_controls(caller, ACME, shapes.Run(["keys-wrapped"]))
    root.chmod(0o600)
    assert not plain.exists()
    paper = world.line("clara").show_paper(ACME, "annexes")
    found = [one for part in paper.sections for one in part.lines if one.by == "keys-wrapped"]
    assert "FAILING" in found[0].says


def test_annex_iii_lists_who_is_engaged(own_house: World) -> None:
    """The register's words, from the engagement on; from abroad it takes a flow on record."""
    world = own_house
    one = noticed(world, "Granite Cove", countries=["US"])
    before = world.line("clara").show_paper(ACME, "annexes")
    world.shift += timedelta(days=32)
    world.give(ACME, "bram", ["interpret", "audit"])
    world.line("clara").answer_subprocessor(ACME, one.engagement, "consent")
    world.line("bram").engage_subprocessor(ACME, one.engagement)
    after = world.line("clara").show_paper(ACME, "annexes")
    assert lines(before)["Sub-processors"] == "none is engaged"
    assert lines(after)["Sub-processor"] == "Granite Cove"
    assert lines(after)["Its address (Granite Cove)"] == "3 Quay Street, Cork"
    assert lines(after)["Its countries (Granite Cove)"] == "US"
    seen = world.house.observe(ACME, CONTROLS["transfer-register"])
    assert "register.subprocessor_missing" in seen.findings
    world.give(ACME, "esra", ["approve"])
    flow = world.line("bram").record_flow(
        ACME,
        NewFlow(
            receiver_kind="subprocessor", receiver="Granite Cove", country="US",
            mechanism="scc-2021-914", elements=["*"], since=world.until(-1),
            until=world.until(60), reference="contract 3", text_sha256="0" * 64,
        ),
    )  # fmt: skip
    world.line("esra").confirm_flow(ACME, flow.flow)
    seen = world.house.observe(ACME, CONTROLS["transfer-register"])
    assert "register.subprocessor_missing" not in seen.findings


def test_an_authority_gets_the_record_and_that_is_on_record(
    own_house: World, tmp_path: Path
) -> None:
    """C7.3(6)(a): the five things it asks for, once, in time, with the digest in the log."""
    world = own_house
    bram, clara = world.line("bram"), world.line("clara")

    def enter(line: Client, received: str = "") -> Assistance:
        return line.enter_assistance(
            ACME,
            "authority-records",
            asked_by="Data Protection Commission",
            reference="IN-26-4",
            received=received or world.until(-1),
        )

    assert code_of(lambda: enter(world.line("esra"))) == "grant.missing"
    assert code_of(lambda: enter(world.line("greta"))) == "controller.unknown"
    assert code_of(lambda: enter(bram, received=world.until(1))) == "assistance.received"
    made = enter(bram)
    assert (made.status, made.late, made.basis) == ("open", False, "C11.5")
    (timer,) = clara.list_timers(ACME).timers
    assert (timer.due, timer.status) == (made.due, "running")
    assert made.received < made.recorded < made.due
    assert code_of(lambda: clara.answer_assistance(ACME, made.assistance)) == (
        "assistance.not_yours"
    )
    paper = bram.answer_assistance(ACME, made.assistance)
    titles = [part.title for part in paper.sections]
    assert titles == [
        "(a) Who", "(b) Categories of processing", "Recipients",
        "(c) Transfers to other countries", "(d) Measures",
    ]  # fmt: skip
    assert code_of(lambda: bram.answer_assistance(ACME, made.assistance)) == "lifecycle.event"
    assert code_of(lambda: bram.answer_assistance(GLOBEX, made.assistance)) == "assistance.unknown"
    answered = [
        one for one in world.entries(tmp_path) if one["action"] == "privacy:assistance:answered"
    ]
    assert [one["detail"]["paper_sha256"] for one in answered] == [paper.sha256]
    assert "Data Protection Commission" not in json.dumps({**answered[0], "opening": ""})
    assert clara.list_timers(ACME).timers[0].status == "met"
    (listed,) = clara.list_assistance(ACME).assistances
    assert (listed.status, listed.paper_sha256) == ("answered", paper.sha256)


def test_an_assessment_is_prefilled_and_not_judged(own_house: World) -> None:
    """C7.2(8): the file of the CNIL's program holds facts, no gauge, no validation."""
    world = own_house
    made = world.line("clara").enter_assistance(
        ACME, "dpia", asked_by="Clara Whitfield", reference="mail 2", received=world.until(-1)
    )
    paper = world.line("bram").answer_assistance(ACME, made.assistance)
    data: dict[str, Any] = paper.data or {}
    assert data["pia"]["status"] == 0
    assert {one["reference_to"] for one in data["answers"]} == {
        111, 112, 113, 121, 122, 123, 215, 223, 224, 225, 226, 227,
    }  # fmt: skip
    assert {one["data"]["gauge"] for one in data["answers"]} == {None}
    assert data["evaluations"] == []
    text = next(one for one in data["answers"] if one["reference_to"] == 121)["data"]["text"]
    assert "person.ssn" in text
    assert re.fullmatch(r"(<p>[^<>]*</p>)*", text)


def test_a_certification_is_of_one_list_and_ends(own_house: World) -> None:
    """C7.2(4): its digest is signed; another digest is refused; after its end it is due again."""
    world = own_house
    bram = world.line("bram")
    paper = bram.show_paper(ACME, "ccpa-certification")

    def sign(digest: str) -> object:
        return bram.sign_assertion(
            ACME, "ccpa-certification", text="I certify.", until=world.until(20),
            text_sha256=digest,
        )  # fmt: skip

    assert [gap.subject for gap in paper.blanks] == ["ccpa-certification"]
    assert code_of(lambda: sign("0" * 64)) == "assertion.other_text"
    sign(paper.certifies)
    assert bram.show_paper(ACME, "ccpa-certification").blanks == []
    states = {
        one.obligation: one.state
        for clause in looked(world, "ccpa-certification").clauses
        for one in clause.obligations
    }
    assert states["C14.3"] == "asserted"
    world.shift += timedelta(days=21)
    found = world.house.observe(ACME, CONTROLS["ccpa-certification"])
    assert (found.result, found.findings) == ("failed", ("certification.ended",))


def looked(world: World, *names: str) -> Any:
    """Let controls look, and return the clauses as the controller sees them."""
    caller = world.house.authenticate(world.keys["clara"], "127.0.0.1")
    world.house.run_controls(caller, ACME, shapes.Run(list(names)))
    return world.line("clara").show_clauses(ACME)


@pytest.fixture(scope="module")
def evil(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """Return a deployment whose statements are full of other programs' markup."""
    home = tmp_path_factory.mktemp("paper") / "home"
    with founded(ENGINES[0], home, request) as world:
        for subject in ("exporter.address", "exporter.contact"):
            world.line("clara").sign_assertion(ACME, subject, text=EVIL, until=world.until(3))
        yield world


def test_a_paper_is_files_in_which_nothing_is_markup(evil: World) -> None:
    """Markdown, JSON, PDF and DOCX all hold the words as they were written, and no more."""
    house: House = evil.house
    caller = house.authenticate(evil.keys["clara"], "127.0.0.1")
    made = files(house.paper(caller, ACME, "annexes"), evil.now())
    assert set(made) == {"annexes.md", "annexes.json", "annexes.pdf", "annexes.docx"}
    assert made["annexes.pdf"].startswith(b"%PDF-")
    assert "<script>" not in made["annexes.md"].decode()
    assert r"\#set page \| \*\*x\*\* \<script\>" in made["annexes.md"].decode()
    with zipfile.ZipFile(io.BytesIO(made["annexes.docx"])) as parts:
        document = parts.read("word/document.xml").decode()
    assert "&lt;script&gt;" in document
    assert "TO BE FILLED" in document
    pia = files(house.paper(caller, ACME, "pia"), evil.now())
    assert json.loads(pia["pia.cnil.json"])["pia"]["status"] == 0


def test_from_the_command_line(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Flow, statement, annexes with exit code 1 until the last blank is filled, files, requests."""
    with founded("sqlite", tmp_path / "home", request) as world:
        until, came = world.until(20), world.until(-1)
        world.close()

        def cli(who: str, *args: str) -> Any:
            for name, text in world.environment(who).items():
                monkeypatch.setenv(name, text)
            return CliRunner().invoke(app, ["transfers", *args, "-c", ACME])

        def told(who: str, *args: str, code: int = 0) -> Any:
            done = cli(who, *args, "--json")
            assert done.exit_code == code, done.output + str(done.exception)
            return json.loads(done.stdout[done.stdout.index("{") :])

        contract = tmp_path / "contract.pdf"
        contract.write_bytes(b"signed")
        flow = told(
            "bram", "add", "--kind", "keys", "--to", "file", "--country", "US",
            "--mechanism", "scc-2021-914", "--until", until, "--writing", str(contract),
            "--reference", "contract 12",
        )  # fmt: skip
        assert flow["text_sha256"] == hashlib.sha256(b"signed").hexdigest()
        told("esra", "confirm", flow["flow"])
        assert "DOES NOT STAND" in cli("clara", "list").stdout
        assert cli("clara", "list").exit_code == 1
        told("bram", "sign", flow["needs"] or f"clause-14:{flow['flow']}", "--text", "Read.",
             "--until", until)  # fmt: skip
        assert cli("clara", "list").exit_code == 0
        assert "needs" not in cli("clara", "list").stdout
        blank = told("clara", "annexes", code=1)["blanks"]
        assert "fill with: bailee transfers sign" in cli("clara", "annexes").stdout
        who = {"controller": "clara", "processor": "bram"}
        for gap in blank:
            told(who[gap["who"]], "sign", gap["subject"], "--text", "So.", "--until", until)
        done = cli("clara", "annexes", "--out", str(tmp_path / "out"))
        assert done.exit_code == 0, done.output
        assert {one.name for one in (tmp_path / "out").iterdir()} == {
            "annexes.md", "annexes.json", "annexes.pdf", "annexes.docx",
        }  # fmt: skip
        made = told("bram", "asked", "dpia", "--by", "Clara", "--reference", "mail",
                    "--received", came)  # fmt: skip
        assert (
            cli("bram", "reply", made["assistance"], "--out", str(tmp_path / "pia")).exit_code == 0
        )
        assert (tmp_path / "pia" / "pia.cnil.json").is_file()
        assert "answered" in cli("clara", "requests").stdout
        assert cli("clara", "certificate").exit_code == 1
        digest = told("bram", "certificate", code=1)["certifies"]
        told("bram", "sign", "ccpa-certification", "--text", "I certify.", "--until", until,
             "--digest", digest)  # fmt: skip
        assert cli("clara", "certificate").exit_code == 0
        assert "eu-us-dpf" in cli("clara", "adequacy").stdout


def test_a_time_that_no_text_gives_is_our_own(
    own_house: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the agreement names no number the operator's target is due, and is shown as such."""
    monkeypatch.setitem(assistance.PARAMETER_OF, "dpia", "nobody.says")
    clara = own_house.line("clara")
    made = clara.enter_assistance(
        ACME, "dpia", asked_by="Clara", reference="mail 3", received=own_house.until(-1)
    )
    assert made.basis == "target"
    assert made.due > made.received
    assert clara.list_timers(ACME).timers == []
