"""The processor's own addendum: filled from what is so, compiled, signed, and in force (B8)."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from functools import partial
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest
from typer.testing import CliRunner

from bailee.agreement import bind, compile_text, lint, load_terms, unspoken
from bailee.app.canary import CONTROLLER as RESERVED
from bailee.app.controls import CONTROLS
from bailee.app.kit_files import archive, files
from bailee.canonical import encode
from bailee.cli import app
from bailee.client import NewKit
from bailee.client.kit_answers import Kit
from bailee.db import HOUSE
from tests.journeys.test_officers import appoint
from tests.journeys.test_subprocessors import recorded
from tests.journeys.world import ACME, GLOBEX, World, code_of

TERMS = "model-addendum"
PELICAN = NewKit(
    name="Pelican Bakery GmbH",
    address="3 Hafenweg, 20457 Hamburg, Germany",
    contact="Ida Sommer, data protection lead, privacy@pelican.example",
    representative="not needed; data protection officer Jo Lund, dpo@pelican.example",
    security="Ole Brandt, +49 40 555 0142; delegate Mia Kern, +49 40 555 0143",
    activities="wholesale of baked goods",
    services="PB-7 of March 2, 2026",
    effective="2026-03-02",
    law="Ireland",
    member_state="Ireland",
    authority="the Data Protection Commission of Ireland",
    frequency="continuous",
    people=["customer", "employee"],
    purposes=["payment-processing", "customer-support"],
    elements=["person.name", "person.address", "person.ssn", "financial.bank_account"],
    countries=["DE", "GB"],
)
OURS = {
    "importer.name": "Harborline Payments LLC",
    "importer.address": "77 Ferry Landing, Providence, Rhode Island 02903, United States",
    "importer.representative": "Brightwater Reps GmbH, Berlin",
    "importer.activities": "storage of payment data and execution of payments",
    "importer.places": "stored in Ohio; reached from Rhode Island",
    "measure.availability": "two copies in two places, and a restore every quarter",
    "measure.configuration": "servers are built from reviewed descriptions",
    "measure.governance": "a review of security by the board every quarter",
    "measure.physical": "rooms with guarded doors and a log of visitors",
    "measure.subprocessors": "each reports an incident within twelve hours",
}


def ready(world: World) -> None:
    """Let bram speak for the house, and the house say of itself what no machine sees."""
    world.give(HOUSE, "bram", ["publish"])
    bram = world.line("bram")
    for subject, text in OURS.items():
        bram.sign_assertion(HOUSE, subject, text=text, until=world.until(200))
    appoint(world, "bram", "coordinator")
    appoint(world, "esra")
    appoint(world, "dev", rank="delegate")


def looked(world: World, controller: str, *controls: str) -> None:
    """Let controls look at a controller."""
    for slug in controls:
        world.house.observe(controller, CONTROLS[slug])


def every_look(world: World) -> None:
    """Let two controls that find nothing wrong look at both customers."""
    for controller in (ACME, GLOBEX):
        looked(world, controller, "encryption-at-rest", "access-log", "least-privilege")


def names(kit: Kit) -> set[str]:
    """Return the subjects of a kit's blanks."""
    return {one.subject for one in kit.blanks}


def test_a_prospect_signs_its_kit_and_its_duties_show(own_house: World, tmp_path: Path) -> None:
    """Kit, text compiled, adopted for a new controller: what it took is in force, and no more."""
    world = own_house
    ready(world)
    every_look(world)
    bram = world.line("bram")
    kit = bram.make_kit(PELICAN)
    contract = compile_text(kit.text.encode())
    terms = load_terms(TERMS)

    assert kit.blanks == []
    assert kit.findings == []
    assert lint(contract) == ()
    assert bind(contract, terms).broken == ()
    assert unspoken(contract, terms) == ()
    assert hashlib.sha256(kit.text.encode()).hexdigest() == contract.text_sha256 == kit.text_sha256
    assert hashlib.sha256(kit.manifest.encode()).hexdigest() == kit.manifest_sha256
    manifest = json.loads(kit.manifest)
    assert encode(manifest).decode() == kit.manifest
    assert manifest["checkpoint"].count("\n") == 2
    assert set(kit.claimed) == {"encryption-at-rest", "access-log", "least-privilege"}
    (entry,) = [
        one for one in world.entries(tmp_path, HOUSE) if one["action"] == "privacy:kit:made"
    ]
    assert entry["detail"]["text_sha256"] == kit.text_sha256
    assert entry["detail"]["manifest_sha256"] == kit.manifest_sha256
    assert kit.entry is not None
    assert kit.entry.entry_id == entry["id"]
    assert "Pelican" not in json.dumps(entry)

    made = world.line("ada").create_controller(
        "pelican", name="Pelican Bakery GmbH", text=kit.text, terms=TERMS, effective="2026-03-02"
    )
    assert (made.findings, made.broken) == ([], [])
    world.invite(
        "ida", "Ida Sommer", employer="Pelican", relation="controller-representative",
        represents="pelican",
    )  # fmt: skip
    world.give("pelican", "ida", ["interpret", "audit"])
    ida = world.line("ida")
    stands = ida.show_agreement("pelican")
    assert stands.text_sha256 == kit.text_sha256
    assert stands.purposes == ["customer-support", "payment-processing"]
    assert stands.questions == []
    assert {"person.name", "person.ssn", "financial.bank_account"} <= set(stands.permitted)
    assert not {one for one in stands.permitted if one.startswith(("health.", "device."))}
    states = {
        one.obligation: one.state
        for clause in ida.show_clauses("pelican").clauses
        for one in clause.obligations
    }
    assert states["C4.1(3)"] == "no-duty"
    assert states["C6.1"] == "uncovered"  # nobody looked yet
    looked(world, "pelican", "encryption-at-rest", "agreement-binding")
    after = {
        one.obligation: one.state
        for clause in ida.show_clauses("pelican").clauses
        for one in clause.obligations
    }
    assert after["C1.1"] == "operating"
    assert "enforced" in after.values()
    assert "unresolved" not in after.values()


def test_what_was_not_taken_may_not_be_held(own_house: World) -> None:
    """Under a kit's text another purpose and another element are refused in the data path."""
    world = own_house
    ready(world)
    kit = world.line("bram").make_kit(PELICAN)
    world.line("ada").create_controller(
        "pelican", name="Pelican", text=kit.text, terms=TERMS, effective="2026-03-02"
    )
    world.give("pelican", "importer", ["protect"], "person.name", daily=10)
    line = world.line("importer")

    def put(purpose: str, element: str, value: str) -> str:
        fields = {element: value}
        return code_of(
            lambda: line.protect(
                "pelican", purpose,
                [{"ref": "1", "subject": "s", "kind": "person", "fields": fields}],
            )
        )  # fmt: skip

    assert put("payment-processing", "person.name", "Anna Berg") == "done"
    assert put("tax-reporting", "person.name", "Anna Berg") == "purpose.not_in_agreement"
    assert put("payment-processing", "health.condition", "x") == "element.not_in_agreement"


def test_every_blank_is_named_and_none_is_invented(own_house: World) -> None:
    """Of a name alone nothing else is said; each blank stands in the text, and the lint sees it."""
    world = own_house
    world.give(HOUSE, "bram", ["publish"])
    bare = NewKit(name="Pelican", purposes=["tax-reporting"], elements=["person.name"])
    kit = world.line("bram").make_kit(bare)
    assert names(kit) == {
        "exporter.address", "exporter.contact", "exporter.representative", "exporter.security",
        "exporter.activities", "importer.name", "importer.address", "importer.contact",
        "importer.representative", "importer.security", "importer.activities", "importer.places",
        "offer.services", "offer.effective", "offer.law", "offer.member-state", "offer.people",
        "offer.countries", "transfer.frequency", "authority",
        "measure.availability", "measure.configuration", "measure.physical",
    }  # fmt: skip
    assert kit.claimed == []
    assert {one.rule for one in kit.findings} == {"unfilled-blank"}
    assert kit.text.count("[to be filled: ") >= len(kit.blanks)
    assert "Harborline" not in kit.text
    assert all(one.who for one in kit.blanks)


def test_a_measure_that_broke_is_claimed_no_more(own_house: World) -> None:
    """While its control fails at any controller, looked too long ago, or never, nothing is said."""
    world = own_house
    ready(world)
    bram = world.line("bram")
    never = bram.make_kit(PELICAN)
    every_look(world)
    looked(world, ACME, "keys-wrapped")
    looked(world, GLOBEX, "keys-wrapped")
    whole = bram.make_kit(PELICAN)
    root = world.settings.home / "root.key"
    root.chmod(0o644)
    looked(world, GLOBEX, "keys-wrapped")
    root.chmod(0o600)
    broken = bram.make_kit(PELICAN)
    says = "keys are stored encrypted under other keys"
    assert never.claimed == []
    assert "keys-wrapped" in whole.claimed
    assert says in whole.text
    assert "keys-wrapped" not in broken.claimed
    assert says not in broken.text
    why = [one.says[:7] for one in broken.unclaimed if one.by == "keys-wrapped"]
    assert why == ["FAILING"]
    told = [msgspec.json.encode(broken.paper), broken.manifest.encode(), broken.text.encode()]
    assert not any(b"FAILING" in one or b"keys-wrapped" in one for one in told)
    looked(world, GLOBEX, "keys-wrapped")
    assert "keys-wrapped" in bram.make_kit(PELICAN).claimed
    world.shift += CONTROLS["keys-wrapped"].watch.every * 2
    world.give(HOUSE, "bram", ["publish"])
    assert bram.make_kit(PELICAN).claimed == []


def test_a_prospect_learns_nothing_of_any_customer(own_house: World) -> None:
    """No name, contact, statement, count, entry or id of another controller is in a kit."""
    world = own_house
    ready(world)
    every_look(world)
    clara, bram = world.line("clara"), world.line("bram")
    clara.sign_assertion(
        ACME, "exporter.address", text="9 Secret Quay, Acmeville", until=world.until(20)
    )
    bram.sign_assertion(
        ACME, "importer.places", text="only for acme: Vault Street", until=world.until(20)
    )
    world.protect("somebody")
    kit = bram.make_kit(PELICAN)
    everything = msgspec.json.encode(kit).decode()
    for secret in (
        "acme", "globex", "greta", "clara", "holm", "whitfield", "quay", "vault street", "held now",
        *(
            one.entry_id
            for controller in (ACME, GLOBEX)
            for one in _looks(world, controller)
        ),
    ):  # fmt: skip
        assert secret.lower() not in everything.lower(), secret
    of_acme = bram.make_kit(NewKit(), ACME)
    assert "9 Secret Quay" in of_acme.text
    assert "Vault Street" in of_acme.text
    of_globex = bram.make_kit(NewKit(), GLOBEX)
    assert "Secret Quay" not in msgspec.json.encode(of_globex).decode()
    assert "Vault Street" not in of_globex.text
    assert "stored in Ohio" in of_globex.text


def _looks(world: World, controller: str) -> list[Any]:
    from bailee.app import store  # noqa: PLC0415 - beside its one use

    return world.house.parts.data.read(
        controller, lambda conn: list(store.last_observations(conn, controller).values())
    )


def test_who_may_make_a_kit(own_house: World, tmp_path: Path) -> None:
    """`publish` for prospects, `interpret` at the controller; another's is not found; on record."""
    world = own_house
    assert code_of(lambda: world.line("bram").make_kit(PELICAN)) == "grant.missing"
    assert code_of(lambda: world.line("clara").make_kit(PELICAN)) == "grant.missing"
    assert code_of(lambda: world.line("esra").make_kit(NewKit(), ACME)) == "grant.missing"
    assert code_of(lambda: world.line("greta").make_kit(NewKit(), ACME)) == "controller.unknown"
    assert code_of(lambda: world.line("bram").make_kit(NewKit(), RESERVED)) != "done"
    refused = [
        one for one in world.entries(tmp_path, HOUSE) if one["action"] == "access:act:refused"
    ]
    assert {"publish", "interpret"} <= {one["detail"]["verb"] for one in refused}
    assert code_of(
        lambda: world.line("bram").sign_assertion(
            HOUSE, "importer.name", text="Mine", until=world.until()
        )
    ) == "grant.missing"  # fmt: skip
    world.give(HOUSE, "bram", ["publish"])
    sign = partial(world.line("bram").sign_assertion, HOUSE, text="Mine", until=world.until())
    for subject in ("exporter.address", "authority", "revoked:eu-us-dpf"):
        told = code_of(partial(sign, subject))
        assert told in ("adequacy.unknown", "grant.missing")


def test_a_draft_hands_out_no_text_and_records_nothing(own_house: World, tmp_path: Path) -> None:
    """It tells what would be blank and claimed; the next kit is the first on record."""
    world = own_house
    ready(world)
    draft = world.line("bram").make_kit(msgspec.structs.replace(PELICAN, draft=True))
    assert (draft.text, draft.manifest, draft.entry) == ("", "", None)
    assert draft.blanks == []
    assert not [
        one for one in world.entries(tmp_path, HOUSE) if one["action"] == "privacy:kit:made"
    ]


EVIL = "#set page(width: 1mm) *x* </w:t> =CMD() `y` $z$ Ltd"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"name": EVIL + " <script>"}, "kit.words"),
        ({"name": "A\n\nAnnex IV: Data Elements\n\nPart A: Business"}, "kit.words"),
        ({"name": "A\u2028Part B: Transfer"}, "kit.words"),
        ({"name": "A \u202e evil"}, "kit.words"),
        ({"contact": "[to be filled: nothing]"}, "kit.words"),
        ({"address": "x" * 501}, "body.shape"),
        ({"name": "x" * 201}, "body.shape"),
        ({"effective": "2026-02-30"}, "kit.effective"),
        ({"people": ["everybody"]}, "kit.people"),
        ({"purposes": []}, "offer.purposes"),
        ({"purposes": ["resale"]}, "offer.purposes"),
        ({"elements": []}, "offer.elements"),
        ({"elements": ["person."]}, "kit.elements"),
        ({"elements": ["per*"]}, "kit.elements"),
        ({"countries": ["de"]}, "body.shape"),
    ],
)
def test_what_would_leave_its_line_is_refused(
    house: World, changed: dict[str, Any], code: str
) -> None:
    """Headings, breaks, brackets, other directions of writing, too much: nothing is made."""
    world = house
    world.give(HOUSE, "bram", ["publish"])
    told = code_of(lambda: world.line("bram").make_kit(msgspec.structs.replace(PELICAN, **changed)))
    assert told == code


def test_markup_stays_a_name(house: World) -> None:
    """A name full of marks changes no clause outside its annex."""
    world = house
    world.give(HOUSE, "bram", ["publish"])
    evil = "#set page(width: 1mm) *x* =CMD() `y` $z$ (a) The Processor may sell; (b) all of it Ltd"
    kit = world.line("bram").make_kit(msgspec.structs.replace(PELICAN, name=evil))
    plain = world.line("bram").make_kit(PELICAN)
    assert evil in kit.text

    def clauses(one: Kit) -> dict[str, str]:
        return {
            clause.path: clause.text_sha256
            for clause in compile_text(one.text.encode()).clauses
            if not clause.path.startswith("annex-i.part-a")
        }

    assert clauses(kit) == clauses(plain)


def test_the_register_of_subprocessors_is_offered(own_house: World) -> None:
    """Whoever has a contract that covers every duty stands in Annex III; others are told apart."""
    world = own_house
    ready(world)
    recorded(world, "Granite Cove", countries=["US"])
    recorded(world, "Loose Leaf", bound=False)
    kit = world.line("bram").make_kit(PELICAN)
    assert "Name: Granite Cove. Address: 3 Quay Street, Cork." in kit.text
    assert "Loose Leaf" not in kit.text
    assert "Sub-processor: Loose Leaf" in [one.what for one in kit.unclaimed]
    assert "Loose Leaf" not in msgspec.json.encode(kit.paper).decode()
    assert kit.findings == []


def test_a_controller_gets_its_own(own_house: World) -> None:
    """Its register, contacts, purposes and elements; what is given does not overrule them."""
    world = own_house
    ready(world)
    looked(world, ACME, "encryption-at-rest")
    kit = world.line("bram").make_kit(NewKit(name="Another Name"), ACME)
    assert "Data exporter: Acme, " in kit.text
    assert "Another Name" not in kit.text
    assert kit.claimed == ["encryption-at-rest"]
    stands = world.line("clara").show_agreement(ACME)
    manifest = json.loads(kit.manifest)
    assert manifest["controller"] == ACME
    assert manifest["purposes"] == stands.purposes
    assert manifest["elements"] == stands.permitted
    assert manifest["claims"]["encryption-at-rest"]["entry"]


def test_statements_of_the_house_end_and_are_withdrawn(own_house: World) -> None:
    """What the house says of itself is a blank again once it was taken back, or a day has come."""
    world = own_house
    world.give(HOUSE, "bram", ["publish"])
    bram = world.line("bram")
    made = bram.sign_assertion(
        HOUSE, "importer.name", text="Harborline Payments LLC", until=world.until(20)
    )
    filled = names(bram.make_kit(PELICAN))
    bram.withdraw_assertion(HOUSE, made.assertion)
    assert "importer.name" not in filled
    assert "importer.name" in names(bram.make_kit(PELICAN))
    assert [one.status for one in bram.list_transfers(HOUSE).assertions] == ["withdrawn"]


def options(kit: NewKit) -> list[str]:
    """Return a prospect as the command line says it."""
    words = {"purposes": "purpose", "elements": "element", "countries": "country"}
    made: list[str] = []
    for name, value in msgspec.to_builtins(kit).items():
        flag = f"--{words.get(name, name).replace('_', '-')}"
        if isinstance(value, str) and value:
            made += [flag, value]
        for one in value if isinstance(value, (list, tuple)) else ():
            made += [flag, one]
    return made


def test_the_command_writes_the_files_that_their_digests_name(
    own_house: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Text, manifest, PDF and DOCX by one command; the text compiles by the next one."""
    world = own_house
    ready(world)
    every_look(world)
    monkeypatch.setattr("bailee.cli.session.connected", lambda: world.line("bram"))
    out = tmp_path / "kit"
    done = CliRunner().invoke(app, ["agreement", "kit", *options(PELICAN), "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert "no claim  Logging, access-log" not in done.output
    assert "no claim  Logging, log-review: nothing watches it yet" in done.output
    written = {path.name for path in out.iterdir()}
    assert written == {
        "addendum.txt", "addendum.md", "addendum.pdf", "addendum.docx", "kit.json", "SHA256SUMS",
    }  # fmt: skip
    for line in (out / "SHA256SUMS").read_text().splitlines():
        digest, _, name = line.partition("  ")
        assert hashlib.sha256((out / name).read_bytes()).hexdigest() == digest
    manifest = json.loads((out / "kit.json").read_text())
    text = out / "addendum.txt"
    assert hashlib.sha256(text.read_bytes()).hexdigest() == manifest["text_sha256"]
    compiled = CliRunner().invoke(
        app, ["agreement", "compile", str(text), "--terms", TERMS, "--json"]
    )
    assert json.loads(compiled.output)["broken"] == []
    assert CliRunner().invoke(app, ["agreement", "lint", str(text)]).exit_code == 0
    assert (out / "addendum.pdf").read_bytes()[:5] == b"%PDF-"
    with zipfile.ZipFile(out / "addendum.docx") as made:
        document = made.read("word/document.xml").decode()
    assert "Pelican Bakery GmbH" in document
    assert manifest["text_sha256"] in document
    bare = CliRunner().invoke(
        app, ["agreement", "kit", "--name", "X", "-p", "tax-reporting", "--element", "tax.*"]
    )
    assert bare.exit_code == 1
    assert "blank     offer.law" in bare.output


def test_no_name_is_markup_in_any_form(house: World) -> None:
    """Marks of Typst, Markdown, HTML and spreadsheets are letters in every file."""
    world = house
    world.give(HOUSE, "bram", ["publish"])
    evil = '#set page(width: 1mm) *x* =CMD() `y` $z$ #read("/etc/passwd") & | ![a](b)'
    told = code_of(lambda: world.line("bram").make_kit(msgspec.structs.replace(PELICAN, name=evil)))
    assert told == "kit.words"  # a bracket
    name = evil.split(" & ", 1)[0]
    kit = world.line("bram").make_kit(msgspec.structs.replace(PELICAN, name=name))
    now = world.now()
    made = files(cast("Any", kit), now)
    assert "\\#set page" in made["addendum.md"].decode()
    with zipfile.ZipFile(io.BytesIO(made["addendum.docx"])) as document:
        assert name.replace("&", "&amp;") in document.read("word/document.xml").decode()
    assert made["addendum.pdf"][:5] == b"%PDF-"
    assert archive(cast("Any", kit), now) == archive(cast("Any", kit), now)
