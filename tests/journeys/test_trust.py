"""The public page says what is proven, for as long as it is, and nothing else (B10, A23, A24)."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import httpx2
import msgspec
import pyrage
import pytest

from bailee.assurance import lint
from bailee.assurance.lives import load_lives
from bailee.assurance.report_copy import Copied
from bailee.assurance.trust_page import render
from bailee.client import BaileeProblem
from bailee.db import HOUSE
from bailee.errors import Refused
from bailee.ledger import verify
from tests.journeys import trust_stage as stage
from tests.journeys.world import ACME, GLOBEX, World, code_of, founded

ENGINES = ("sqlite", "postgresql")


TABLES = ("attestation", "report", "fact", "statement", "request", "knock", "page", "head")


@contextmanager
def deployment(request: pytest.FixtureRequest, home: Path) -> Iterator[World]:
    """Yield a deployment whose page esra keeps, and in which acme gets reports at once."""
    with founded(request.param, home / "home", request, BAILEE_TRUST_RELEASE=ACME) as world:
        stage.staffed(world)
        yield world


@pytest.fixture(scope="module", params=ENGINES)
def shared(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """Return the deployment of tests that do not move its time far."""
    with deployment(request, tmp_path_factory.mktemp("trust")) as world:
        yield world


@pytest.fixture
def house(shared: World) -> World:
    """Return it with an empty register."""
    with shared.rows() as conn:
        for name in TABLES:
            conn.exec_driver_sql(f"DELETE FROM trust_{name}")
        conn.exec_driver_sql("DELETE FROM observation")
    return shared


@pytest.fixture(params=ENGINES)
def own_house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """Return a deployment of the test's own, whose time may run on."""
    with deployment(request, tmp_path_factory.mktemp("trust")) as world:
        yield world


def test_a_page_from_its_evidence(house: World) -> None:
    """Papers, sub-processors and contacts are on the page with proof and life, and lint clean."""
    esra = house.line("esra")
    made = esra.attest(stage.paper(house), stage.REPORT)
    stage.sub_processor(house, esra)
    stage.contact(house, esra)
    esra.publish_fact("company", name="Harborline Payments, Inc.", until=stage.day(house, 90))

    html, text = house.line().trust_page(), house.line().trust_statement()
    told = json.loads(text)
    (paper,) = told["certifications"]
    assert (paper["title"], paper["until"]) == ("SOC 2, Type II report", stage.day(house, 300))
    assert paper["entry"] == made.entry.entry_id  # type: ignore[union-attr]
    assert paper["document_sha256"] == hashlib.sha256(stage.REPORT).hexdigest()
    for word in ("Thistledown Auditors LLP", "Cobblestone Hosting GmbH", "security@harborline"):
        assert word in html.decode()
    assert told["until"] == f"{stage.day(house, 90)}T23:59:59.999Z"
    assert render(told).encode() == html
    report = lint(html, date.fromisoformat(stage.day(house)), everything=False)
    assert report.claims == ()

    proof = house.line().trust_proof()
    vkey = house.house.parts.ledger.vkey(house.house.newest_log(HOUSE))
    _, _, entry = verify.check_proof(proof, [verify.read_key(vkey, "pin")], "proof")
    assert entry["action"] == "assurance:page:published"
    assert entry["detail"]["statement_sha256"] == hashlib.sha256(text).hexdigest()
    assert "harborline" not in json.dumps(entry)


def test_the_same_bytes_while_nothing_changed(house: World) -> None:
    """Page, statement and proof stay byte for byte the same while the log grows beside them."""
    esra = house.line("esra")
    stage.contact(house, esra)
    line = house.line()
    first = (line.trust_page(), line.trust_statement(), line.trust_proof())
    house.protect("somebody")
    house.shift += timedelta(minutes=7)
    house.house.refresh_trust()
    house.line("bram").list_people()
    house.house.settle()
    assert (line.trust_page(), line.trust_statement(), line.trust_proof()) == first


def test_a_claim_leaves_with_its_proof(own_house: World) -> None:
    """What ran out, was withdrawn, superseded or ended is not said, and says nothing false."""
    house = own_house
    esra = house.line("esra")
    soc = esra.attest(stage.paper(house, until=stage.day(house, 5)), stage.REPORT).attestation
    pci = stage.paper(
        house,
        kind="attestation",
        standard="PCI DSS",
        version="4.0.1",
        issued=stage.day(house, -30),
        period_start="",
        period_end="",
    )
    first = esra.attest(pci).attestation
    second = esra.attest(msgspec.structs.replace(pci, supersedes=first)).attestation
    fact = stage.sub_processor(house, esra)
    assert {one["id"] for one in stage.said(house)["certifications"]} == {soc, second}
    esra.end_fact(fact)
    assert stage.said(house)["sub_processors"] == []
    house.shift += timedelta(days=6)
    assert {one["id"] for one in stage.said(house)["certifications"]} == {second}
    esra.withdraw_attestation(second)
    assert stage.said(house)["certifications"] == []
    assert b"PCI" not in house.line().trust_page()
    assert code_of(lambda: esra.withdraw_attestation(second)) == "lifecycle.event"
    states = {one.attestation: one.status for one in esra.show_trust().attestations}
    assert states == {soc: "expired", first: "superseded", second: "withdrawn"}


def test_the_linter_stands_before_the_page(house: World) -> None:
    """A paper of a dead edition, one too old, and words without a paper are refused, recorded."""
    esra = house.line("esra")
    dead = stage.paper(house, kind="certificate", standard="ISO/IEC 27001", version="2013")
    old = stage.paper(house, period_start="2024-06-01", period_end="2025-05-31")
    certified = stage.paper(house, kind="certificate", standard="HIPAA")
    unbacked = stage.paper(house, scope="The ISO/IEC 27001:2022 certified data centre")
    for wrong in (dead, old, certified, unbacked):
        assert code_of(lambda one=wrong: esra.attest(one)) in {  # type: ignore[misc]
            "trust.claim",
            "attestation.claim",
            "attestation.days",
        }
    boast = {"service": "Unbreakable hosting, PCI DSS 3.2.1 compliant"}
    assert code_of(lambda: stage.sub_processor(house, esra, **boast)) == "trust.claim"
    assert code_of(lambda: esra.attest(stage.paper(house, standard="SOC 9"))) != "done"
    told = stage.said(house)
    assert (told["certifications"], told["sub_processors"]) == ([], [])
    assert esra.show_trust().attestations == []


def test_a_page_that_time_made_wrong_is_not_shown(house: World) -> None:
    """When the table says that a named standard is over, there is no page until the words go."""
    esra = house.line("esra")
    fact = stage.sub_processor(house, esra, service="Hosting", until=stage.day(house, 90))
    with house.rows() as conn:  # as if the table's next edition called a word of it stale
        conn.exec_driver_sql(
            "UPDATE trust_fact SET body = replace(body, 'Hosting', 'SAS 70 certified hosting')"
        )
        conn.exec_driver_sql("UPDATE trust_head SET state = 'stale'")
    line = house.line()
    for read in (line.trust_page, line.trust_statement, line.trust_proof):
        assert code_of(read) == "trust.unpublished"
    shown = esra.show_trust()
    assert (shown.page, "sas-70" in shown.findings) == ("refused", True)
    house.house.refresh_trust()
    esra.end_fact(fact)
    assert stage.said(house)["sub_processors"] == []


def test_controls_in_words(own_house: World) -> None:
    """A control is said when every customer's last look is good, and leaves with one that fails."""
    house = own_house
    bram = house.line("bram")
    wanted = ["least-privilege", "encryption-standard"]
    bram.run_controls(ACME, wanted)
    assert stage.said(house)["commitments"] == []  # globex was not looked at
    bram.run_controls(GLOBEX, wanted)
    told = stage.said(house)
    found = {one["control"]: one for one in told["commitments"]}
    assert set(found) == set(wanted)
    page = house.line().trust_page().decode()
    assert f"last on {stage.day(house)}" in page
    for name in (ACME, GLOBEX, "Acme", "Globex"):
        assert name not in page + json.dumps(told)
    with house.rows() as conn:
        rows = conn.exec_driver_sql(
            "SELECT entry_id FROM observation WHERE control = 'least-privilege' "
            f"AND controller IN ('{ACME}', '{GLOBEX}')"
        )
        entries = sorted(row[0] for row in rows)
    assert len(entries) == 2
    digest = hashlib.sha256(json.dumps(entries, separators=(",", ":")).encode()).hexdigest()
    assert found["least-privilege"]["observations_sha256"] == digest

    with house.rows() as conn:
        conn.exec_driver_sql(
            "UPDATE observation SET result = 'failed', findings = 'x' "
            f"WHERE controller = '{GLOBEX}' AND control = 'least-privilege'"
        )
        conn.exec_driver_sql("UPDATE trust_head SET state = 'stale'")
    assert {one["control"] for one in stage.said(house)["commitments"]} == {"encryption-standard"}
    house.shift += timedelta(hours=26)
    assert stage.said(house)["commitments"] == []
    assert "Nothing was tried out" in house.line().trust_page().decode()


def test_a_new_look_is_on_the_page_at_once(house: World) -> None:
    """A recorded observation makes the page be made again at the next reading."""
    bram = house.line("bram")
    house.line().trust_page()
    for name in (ACME, GLOBEX):
        bram.run_controls(name, ["encryption-standard"])
    assert [one["control"] for one in stage.said(house)["commitments"]] == ["encryption-standard"]


def test_a_report_behind_its_nda(house: World, tmp_path: Path) -> None:
    """Signed, released by a person, taken once, encrypted for one; the ledger names nobody."""
    esra = house.line("esra")
    paper = esra.attest(stage.paper(house), stage.REPORT).attestation
    assert code_of(house.line().trust_nda) == "nda.none"
    esra.publish_fact("nda", text=stage.NDA, until=stage.day(house, 90))
    assert house.line().trust_nda().text == stage.NDA
    request = stage.ask(house, paper)
    assert code_of(lambda: house.line().take_report(request, "nd_" + "0" * 40)) == "report.code"
    (shown,) = esra.list_report_requests().requests
    assert (shown.name, shown.firm, shown.email) == (stage.NAME, stage.FIRM, stage.MAIL)
    code = esra.release_report(request).code
    copy = house.line().take_report(request, code)
    assert stage.REPORT[:40] not in copy
    assert stage.opened(copy, code) == stage.REPORT
    assert code_of(lambda: house.line().take_report(request, code)) == "report.code"

    entries = house.entries(tmp_path, HOUSE)
    acts = [one for one in entries if one["detail"].get("request") == request]
    said = [one["action"].rpartition(":")[2] for one in acts]
    assert said == ["asked", "released", "taken"]
    taken = acts[-1]
    assert taken["detail"]["copy_sha256"] == hashlib.sha256(copy).hexdigest()
    words = (stage.NAME, stage.FIRM, stage.MAIL, code, "Ashgrove")
    assert [one for one in words if one in json.dumps(entries)] == []
    for path in house.settings.home.rglob("*"):
        if path.is_file():
            held = path.read_bytes()
            assert [one for one in (*words, "full report, conf") if one.encode() in held] == []


def test_a_copy_for_an_age_key(house: World) -> None:
    """Who gave an age key gets a copy that this key opens, and the code does not."""
    esra = house.line("esra")
    paper = esra.attest(stage.paper(house), stage.REPORT).attestation
    esra.publish_fact("nda", text=stage.NDA, until=stage.day(house, 90))
    own = pyrage.x25519.Identity.generate()
    request = stage.ask(house, paper, recipient=str(own.to_public()))
    code = esra.release_report(request).code
    copy = house.line().take_report(request, code)
    assert pyrage.decrypt(copy, [own]) == stage.REPORT
    with pytest.raises(pyrage.DecryptError):
        stage.opened(copy, code)


def test_what_is_no_signature(house: World) -> None:
    """Another text's digest, another name, no acceptance, another paper: refused, nothing kept."""
    esra = house.line("esra")
    held = esra.attest(stage.paper(house), stage.REPORT).attestation
    bare = esra.attest(stage.paper(house, standard="SOC 1")).attestation
    esra.publish_fact("nda", text=stage.NDA, until=stage.day(house, 90))
    tries = {
        "nda.other": {"nda_sha256": "0" * 64},
        "nda.signature": {"signed": "Somebody Else"},
        "trust.email": {"email": "no address"},
        "trust.text": {"firm": "Qui\u200bllfeather"},
        "report.recipient": {"recipient": "age1" + "q" * 58},
    }
    for code, wrong in tries.items():
        assert code_of(lambda w=wrong: stage.ask(house, held, **w)) == code  # type: ignore[misc]
    assert code_of(lambda: stage.ask(house, held, accept=False)) == "nda.signature"
    assert code_of(lambda: stage.ask(house, bare)) == "report.unknown"
    assert house.count("trust_request") == 0


def test_codes_are_of_one_request_and_one_time(own_house: World) -> None:
    """Another request's id, an older code, one past its week, a withdrawn paper: all look alike."""
    house = own_house
    esra, line = house.line("esra"), house.line()
    paper = esra.attest(stage.paper(house), stage.REPORT).attestation
    esra.publish_fact("nda", text=stage.NDA, until=stage.day(house, 90))
    mine, other = stage.ask(house, paper), stage.ask(house, paper)
    first = esra.release_report(mine).code
    second = esra.release_report(mine).code
    others = esra.release_report(other).code
    for request, code in ((other, second), (mine, others), (mine, first)):
        assert code_of(lambda r=request, c=code: line.take_report(r, c)) == "report.code"  # type: ignore[misc]
    house.shift += timedelta(days=8)
    assert code_of(lambda: line.take_report(mine, second)) == "report.code"
    again = esra.release_report(mine).code
    esra.refuse_report(other)
    esra.withdraw_attestation(paper)
    assert code_of(lambda: line.take_report(mine, again)) == "report.code"
    assert code_of(lambda: esra.release_report(mine)) == "report.unknown"


def test_two_who_take_at_once(house: World) -> None:
    """Of two that show one code at the same moment, one gets the copy."""
    esra = house.line("esra")
    paper = esra.attest(stage.paper(house), stage.REPORT).attestation
    esra.publish_fact("nda", text=stage.NDA, until=stage.day(house, 90))
    request = stage.ask(house, paper)
    code = esra.release_report(request).code
    outcomes: list[str] = []
    gate = threading.Barrier(2)

    def take() -> None:
        gate.wait()
        outcomes.append(code_of(lambda: house.line().take_report(request, code)))

    threads = [threading.Thread(target=take) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(outcomes) == ["done", "report.code"]

    again = esra.release_report(request).code  # both looked before either took
    wishes, data = house.house._wishes, house.house.parts.data
    found, _ = data.read(HOUSE, lambda conn: wishes.claim(conn, request, again))
    data.write(HOUSE, lambda conn: wishes.take(conn, found, Copied(b"one")))
    with pytest.raises(Refused):
        data.write(HOUSE, lambda conn: wishes.take(conn, found, Copied(b"two")))


def test_a_flood_upon_the_form(house: World) -> None:
    """One source gets ten tries an hour, good or bad; the flood is counted, nobody is named."""
    esra = house.line("esra")
    paper = esra.attest(stage.paper(house), stage.REPORT).attestation
    esra.publish_fact("nda", text=stage.NDA, until=stage.day(house, 90))
    outcomes = [code_of(lambda: stage.ask(house, paper)) for _ in range(12)]
    assert outcomes == ["done"] * 10 + ["report.too_many"] * 2
    assert code_of(lambda: house.line().take_report("0" * 32, "nd_1")) == "report.too_many"
    house.shift += timedelta(minutes=61)
    assert code_of(lambda: stage.ask(house, paper)) == "done"


def test_visitors_are_forgotten(own_house: World, tmp_path: Path) -> None:
    """After their time a visitor's words and key are gone; that they signed stays proven."""
    house = own_house
    esra = house.line("esra")
    paper = esra.attest(stage.paper(house), stage.REPORT).attestation
    esra.publish_fact("nda", text=stage.NDA, until=stage.day(house, 90))
    lost, kept = stage.ask(house, paper), stage.ask(house, paper)
    esra.release_report(kept)
    with house.rows() as conn:
        row = conn.exec_driver_sql(
            f"SELECT key_id, signature_sha256 FROM trust_request WHERE request_id = '{lost}'"
        ).one()
    assert row[1] in json.dumps(house.entries(tmp_path, HOUSE))
    assert house.house.forget_visitors() == 0
    house.shift += timedelta(days=31)
    house.house.parts.destruction.subjects(HOUSE, [row[0]])  # it dies here, before the row
    names = {one.request: one.name for one in esra.list_report_requests().requests}
    assert (names[lost], names[kept]) == ("", stage.NAME)
    assert house.house.forget_visitors() == 1
    assert house.house.forget_visitors() == 0
    found = {one.request: one for one in esra.list_report_requests().requests}
    assert (found[lost].status, found[lost].name) == ("forgotten", "")
    assert (found[kept].status, found[kept].name) == ("released", stage.NAME)
    assert house.house.parts.keys.subject_keys(HOUSE, [row[0]]) == {}


def test_a_controllers_own_way(house: World, tmp_path: Path) -> None:
    """A listed controller's representative gets the code at once; another's waits for a person."""
    esra = house.line("esra")
    paper = esra.attest(stage.paper(house), stage.REPORT).attestation
    esra.publish_fact("nda", text=stage.NDA, until=stage.day(house, 90))
    signed = stage.signature(house, paper, signed="clara  whitfield")
    made = house.line("clara").ask_report_as(ACME, signed)
    copy = house.line().take_report(made.request, made.code)
    assert stage.opened(copy, made.code) == stage.REPORT
    assert house.last(tmp_path)["action"] == "assurance:report:taken"
    greta = house.line("greta")
    mine = stage.signature(house, paper, signed="Greta Holm")
    waiting = greta.ask_report_as(GLOBEX, mine)
    assert (waiting.status, waiting.code) == ("asked", "")
    assert code_of(lambda: greta.ask_report_as(ACME, mine)) == "controller.unknown"
    assert code_of(lambda: house.line("bram").ask_report_as(ACME, mine)) == "trust.representative"


def test_nobody_keeps_the_page_without_the_right(house: World) -> None:
    """Without ``publish`` nothing of the register can be read or changed, and it is recorded."""
    bram = house.line("bram")
    tries = (
        bram.show_trust,
        bram.list_report_requests,
        lambda: bram.attest(stage.paper(house)),
        lambda: stage.contact(house, bram),
        lambda: bram.release_report("0" * 32),
        lambda: bram.publish_statement("0" * 32),
    )
    assert {code_of(one) for one in tries} == {"grant.missing"}
    assert code_of(house.line().show_trust) == "credential.missing"


def test_the_page_as_a_browser_gets_it(house: World) -> None:
    """No script, no cookie, no address elsewhere; the style is allowed by its own digest alone."""
    stage.contact(house, house.line("esra"))
    with httpx2.Client(base_url="http://localhost", transport=house.transport()) as http:
        answer = http.get("/trust")
    rules = answer.headers["content-security-policy"]
    assert rules.startswith("default-src 'none'; style-src 'sha256-")
    assert "frame-ancestors 'none'" in rules
    assert "set-cookie" not in answer.headers
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert not re.search(r"<script|<img|<iframe|https?://|url\(|@import| on\w+=", answer.text)
    style = re.search(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    assert style is not None


def test_the_table_of_lives_is_the_one_linted_with(house: World) -> None:
    """The evidence that the house gives supports its own claims in the linter."""
    house.line("esra").attest(stage.paper(house))
    papers = house.line().trust_evidence()
    text = b"We hold a SOC 2 report."
    body = json.dumps({"certification": papers.certification}).encode()
    report = lint(text, date.fromisoformat(stage.day(house)), evidence=body)
    assert [one.state for one in report.claims] == ["supported"]
    none = lint(text, date.fromisoformat(stage.day(house)), evidence=b"[]")
    assert [one.state for one in none.claims] == ["unsupported"]
    assert load_lives().verified <= date.fromisoformat(stage.day(house))


def test_giant_files_and_wrong_ones(house: World) -> None:
    """A file whose digest differs, no base64, or too large is refused before it is kept."""
    esra = house.line("esra")
    with pytest.raises(BaileeProblem) as caught:
        esra.attest(stage.paper(house), b"another file")
    assert caught.value.code == "report.file"
    big = b"x" * (5 * 1024 * 1024 + 1)
    large = stage.paper(house, document_sha256=hashlib.sha256(big).hexdigest())
    assert code_of(lambda: esra.attest(large, big)) == "report.file"
    assert house.count("trust_report") == 0
