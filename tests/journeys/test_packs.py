"""Evidence packs: whole on any machine, and nothing can be left out that is not named."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from bailee.app import packing, store
from bailee.assurance import report as reports
from bailee.db import HOUSE
from bailee.errors import Broken, Conflict
from bailee.ledger import Fact, verify, verify_pack
from tests.journeys.test_audits import SEED, let_in, threat
from tests.journeys.world import ACME, GLOBEX, World, code_of

PYTHON = "/usr/bin/python3"
"""The system's own, with nothing of ours."""


class Case:
    """A finished pack, with the key that its auditor was given."""

    def __init__(self, house: World, folder: Path) -> None:
        self.house, self.folder = house, folder
        parts = house.house.parts
        logs = parts.data.read(ACME, lambda conn: parts.ledger.logs(conn, ACME))
        self.vkeys = [parts.ledger.vkey(one.log) for one in logs]
        own = parts.data.read(HOUSE, lambda conn: parts.ledger.logs(conn, HOUSE))
        self.house_keys = [parts.ledger.vkey(one.log) for one in own]

    def copy(self, target: Path) -> Path:
        """Return a copy of the pack, to be spoiled."""
        return Path(shutil.copytree(self.folder, target / "pack"))

    def check(self, folder: Path, **more: Any) -> verify.Report:
        """Verify a pack with the pinned keys."""
        keys = [verify.read_key(one, "vkey") for one in (*self.vkeys, *self.house_keys)]
        return verify_pack.verify_pack(folder, verify.Pinned(keys), **more)


def make(house: World, target: Path, item: str, who: str = "bram") -> Path:
    """Make a pack as somebody who is at the home's machine."""
    caller = house.house.authenticate(house.keys[who], "command")
    house.house.make_pack(caller, ACME, item, target)
    return target


def said(report: verify.Report) -> list[tuple[str, str]]:
    """Return code and place of everything that is broken."""
    return [(one["code"], one["where"]) for one in report.problems]


def files(folder: Path) -> list[str]:
    """Return the paths of a pack's files."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return [path.relative_to(folder).as_posix() for path in found]


def reseal(folder: Path) -> None:
    """Let the manifest agree with the files, as whoever leaves something out would."""
    path = folder / "manifest.json"
    value = json.loads(path.read_bytes())
    value["files"] = {
        name: sha256((folder / name).read_bytes()).hexdigest()
        for name in files(folder)
        if name not in {"manifest.json", "made.json"}
    }
    path.write_bytes(verify.CANONICAL.encode(value).encode())


def lived(house: World) -> str:
    """Let something happen at acme that an auditor looks into; return an engagement that is open.

    The auditor draws a sample; controls look; somebody is refused.
    """
    let_in(house, "nora")
    item = threat(house)
    house.line("bram").run_controls(ACME, ["agreement-binding"])
    house.line("bram").run_controls(ACME, ["record-keeping"])
    nora = house.line("nora")
    nora.audit_evidence(ACME, item)
    nora.draw_sample(ACME, item, population="all", size=5, seed=SEED)
    nora.draw_sample(ACME, item, population="access:grant:", size=3, seed=SEED)
    assert code_of(lambda: house.line("dev").show_clauses(ACME)) == "grant.missing"
    reviewed(house)
    return item


def reviewed(house: World) -> None:
    """Let bram review the rights at acme: dev's ends, one is shortened, one stays, some wait."""
    bram = house.line("bram")
    found = bram.open_review(ACME)
    of = {one.principal: one.grant for one in found.grants if one.decidable}
    for who, decision in (("dev", "end"), ("esra", "shorten"), ("clara", "keep")):
        bram.decide_review(
            ACME,
            found.review,
            of[house.ids[who]],
            decision,  # type: ignore[arg-type]
            reason="As Dr. Weiss said.",
            until=house.until(2) if decision == "shorten" else "",
        )


@pytest.fixture(scope="module")
def case(house: World, tmp_path_factory: pytest.TempPathFactory) -> Case:
    """Return the second pack of a deployment: it lists the first."""
    folder, item = tmp_path_factory.mktemp("packs"), lived(house)
    make(house, folder / "first", item)
    return Case(house, make(house, folder / "second", item, "clara"))


@pytest.mark.parametrize("script", ["verify_pack.py", "verify.py"])
def test_a_pack_verifies_where_nothing_of_ours_is_installed(
    case: Case, script: str, tmp_path: Path
) -> None:
    """Isolated, without site packages, in an empty folder; and the pack stays as it came."""
    command = [PYTHON, "-I", "-S", str(case.folder / script)]
    command += ["pack"] if script == "verify.py" else []
    before = files(case.folder)
    done = subprocess.run(
        [*command, str(case.folder), "--vkey", case.vkeys[-1], "--vkey", case.house_keys[-1]],
        capture_output=True, text=True, check=False, cwd=tmp_path, env={},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert done.stdout.splitlines()[-1] == "VERIFIED"
    assert "somebody holding both the database and the root key" in done.stdout
    assert files(case.folder) == before
    readme = (case.folder / "README.txt").read_text("utf-8")
    assert readme.index("WHAT NO LOG CAN SHOW") < readme.index("HOW TO CHECK")


def test_any_file_that_is_gone_is_named(case: Case, tmp_path: Path) -> None:
    """Each file of the pack, one after the other."""
    copy = case.copy(tmp_path)
    assert said(case.check(copy)) == []
    for name in files(copy):
        data = (copy / name).read_bytes()
        (copy / name).unlink()
        assert any(name in where for _, where in said(case.check(copy))), name
        (copy / name).write_bytes(data)
    assert said(case.check(copy)) == []


def test_any_changed_byte_is_named(case: Case, tmp_path: Path) -> None:
    """Bytes anywhere in each file, drawn by dice; the file is named each time."""
    copy, chance = case.copy(tmp_path), random.Random(7)  # noqa: S311 - repeatable, not secret
    for name in files(copy):
        data = (copy / name).read_bytes()
        for at in {0, len(data) - 1, *(chance.randrange(len(data)) for _ in range(3))}:
            bent = data[:at] + bytes([data[at] ^ chance.randrange(1, 256)]) + data[at + 1 :]
            (copy / name).write_bytes(bent)
            found = said(case.check(copy))
            assert found, (name, at)
            assert any(name in where for _, where in found) or name == "made.json", (name, found)
        (copy / name).write_bytes(data)
    assert said(case.check(copy)) == []


def test_a_file_added_or_a_link_is_named(case: Case, tmp_path: Path) -> None:
    """Whatever does not stand in the manifest does not belong."""
    copy = case.copy(tmp_path)
    (copy / "logs" / "more.txt").write_text("x")
    (copy / "elsewhere").symlink_to("/etc/hostname")
    codes = said(case.check(copy))
    assert ("file.unexpected", "'logs/more.txt'") in codes
    assert ("file.kind", "'elsewhere'") in codes


def test_a_manifest_made_to_fit_is_not_the_one_in_the_log(case: Case, tmp_path: Path) -> None:
    """Whoever leaves a file out and writes a new manifest contradicts the log's entry."""
    copy = case.copy(tmp_path)
    (copy / "report.pdf").unlink()
    reseal(copy)
    assert ("pack.entry", "manifest.json") in said(case.check(copy))


LISTS = (
    ("observations.json", "observations", "entry", "observation.missing"),
    ("obligations.json", "obligations", "obligation", "obligation.missing"),
    ("engagements.json", "engagements", "engagement", "engagement.missing"),
    ("samples.json", "samples", "sample", "sample.missing"),
    ("packs.json", "packs", "pack", "pack.missing"),
    ("reviews.json", "reviews", "review", "review.missing"),
)


@pytest.mark.parametrize("what", LISTS, ids=lambda what: what[2])
def test_any_row_left_out_by_its_maker_is_named(
    case: Case, tmp_path: Path, what: tuple[str, str, str, str]
) -> None:
    """Each row of each list, with a manifest that agrees: the log tells of what is not there."""
    copy, (name, member, key, code) = case.copy(tmp_path), what
    value = json.loads((copy / name).read_bytes())
    assert value[member]
    for at, row in enumerate(value[member]):
        rest = value | {member: value[member][:at] + value[member][at + 1 :]}
        (copy / name).write_bytes(verify.CANONICAL.encode(rest).encode())
        reseal(copy)
        report = case.check(copy, made=False)
        missing = {
            (one["code"], one["where"]) for one in report.problems if row[key] in one["says"]
        }
        assert missing == {(code, name)}, row[key]


@pytest.mark.parametrize("what", LISTS, ids=lambda what: what[2])
def test_any_row_invented_by_its_maker_is_named(
    case: Case, tmp_path: Path, what: tuple[str, str, str, str]
) -> None:
    """What no entry and no terms tell of is no evidence."""
    copy, (name, member, key, code) = case.copy(tmp_path), what
    value = json.loads((copy / name).read_bytes())
    value[member].append(value[member][0] | {key: "f" * 32})
    (copy / name).write_bytes(verify.CANONICAL.encode(value).encode())
    reseal(copy)
    assert (code.replace("missing", "other"), name) in said(case.check(copy, made=False))


def test_any_opening_or_entry_left_out_is_named(case: Case, tmp_path: Path) -> None:
    """Each line of the openings, and each entry, one after the other, by its index."""
    copy = case.copy(tmp_path)
    path = copy / "logs" / "001" / "openings.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    for at in range(len(lines)):
        path.write_bytes(b"".join(lines[:at] + lines[at + 1 :]))
        reseal(copy)
        found = said(case.check(copy, made=False))
        assert ("opening.missing", f"logs/001: entries {at} to {at}") in found
    path.write_bytes(b"".join(lines))
    (bundle,) = (copy / "logs" / "001" / "tile" / "entries").glob("000*")
    (tile,) = bundle.iterdir() if bundle.is_dir() else [bundle]
    data, at, index = tile.read_bytes(), 0, 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        tile.write_bytes(data[:at] + data[end:])
        reseal(copy)
        report = case.check(copy, made=False)
        assert any(one["code"] == "entry.altered" or f"entry {index}" in one["says"]
                   or one["code"] == "bundle.count" for one in report.problems), index  # fmt: skip
        assert report.problems
        at, index = end, index + 1
    assert index == len(lines)


def test_what_a_look_or_a_sample_says_cannot_be_bent(case: Case, tmp_path: Path) -> None:
    """A failed look told as passed, other findings, other entries drawn: each is named."""
    copy = case.copy(tmp_path)
    for name, member, change, code in (
        ("observations.json", "observations", {"result": "blind"}, "observation.altered"),
        ("observations.json", "observations", {"findings": ["x"] * 3}, "observation.altered"),
        ("observations.json", "observations", {"control": "erasure"}, "observation.altered"),
        ("samples.json", "samples", {"chosen": []}, "sample.altered"),
        ("samples.json", "samples", {"seed": "another-seed"}, "sample.altered"),
        ("samples.json", "samples", {"bounds": []}, "sample.altered"),
        ("obligations.json", "", {"agreement": "0" * 32}, "agreement.version"),
    ):
        before = (copy / name).read_bytes()
        value = json.loads(before)
        if member:
            value[member][0] |= change
        else:
            value |= change
        (copy / name).write_bytes(verify.CANONICAL.encode(value).encode())
        reseal(copy)
        assert code in {one for one, _ in said(case.check(copy, made=False))}, change
        (copy / name).write_bytes(before)


def spoil(copy: Path, name: str, change: Callable[[Any], object]) -> None:
    """Change a list's content, with a manifest that agrees."""
    value = json.loads((copy / name).read_bytes())
    change(value)
    (copy / name).write_bytes(verify.CANONICAL.encode(value).encode())
    reseal(copy)


def decided(value: Any, outcome: str) -> Any:
    """Return the line of a review that came out so."""
    lines = value["reviews"][0]["content"]["grants"]
    return next(one for one in lines if one["outcome"] == outcome)


def test_a_decision_of_a_review_cannot_be_bent_and_is_in_force(case: Case, tmp_path: Path) -> None:
    """C2.5(6): what was ended, shortened or kept, by whom; and the right is as it was decided."""
    copy = case.copy(tmp_path)
    dev = case.house.ids["dev"]
    changes: tuple[tuple[str, Callable[[Any], object], str], ...] = (
        ("reviews.json", lambda v: decided(v, "kept").update(outcome="ended"), "decision.altered"),
        ("reviews.json", lambda v: decided(v, "ended").update(reviewer=dev), "decision.altered"),
        ("reviews.json", lambda v: decided(v, "ended").update(principal="x"), "decision.altered"),
        ("reviews.json", lambda v: decided(v, "shortened").update(shortened="2031-01-01T00:00:00Z"),
         "decision.altered"),
        ("reviews.json", lambda v: decided(v, "undecided").update(outcome="kept"),
         "decision.other"),
        ("reviews.json", lambda v: v["reviews"][0]["content"]["grants"].pop(), "review.altered"),
        ("reviews.json", lambda v: v["reviews"][0].update(status="closed"), "review.altered"),
        ("rights.json", lambda v: [one.update(status="living") for one in v["grants"]],
         "decision.unexecuted"),
        ("rights.json", lambda v: [one.update(until="2031-01-01T00:00:00Z") for one in v["grants"]],
         "decision.unexecuted"),
        ("rights.json", lambda v: v["grants"].clear(), "right.missing"),
    )  # fmt: skip
    for name, change, code in changes:
        before = (copy / name).read_bytes()
        spoil(copy, name, change)
        assert code in {one for one, _ in said(case.check(copy, made=False))}, code
        (copy / name).write_bytes(before)
    words = (copy / "reviews.json").read_text("utf-8")
    assert "Weiss" not in words
    assert sha256(b"As Dr. Weiss said.").hexdigest() in words


def test_a_closed_review_is_the_one_whose_hash_the_log_holds(
    own_house: World, tmp_path: Path
) -> None:
    """Its content's SHA-256 stands in the closing entry: any word of it that changes is named."""
    item = lived(own_house)
    found = own_house.line("bram").list_reviews(ACME).reviews[-1]
    for who in ("bram", "esra"):
        line = own_house.line(who)
        for one in line.show_review(ACME, found.review).grants:
            if one.decidable:
                line.decide_review(ACME, found.review, one.grant, "keep", reason="It is used.")
    own_house.line("bram").close_review(ACME, found.review)
    folder = make(own_house, tmp_path / "pack", item)
    case = Case(own_house, folder)
    assert said(case.check(folder)) == []
    spoil(folder, "reviews.json", lambda v: decided(v, "kept").update(used='{"protect":[9,9]}'))
    assert ("review.altered", f"reviews.json: {found.review}") in said(
        case.check(folder, made=False)
    )


def test_of_the_houses_log_those_are_shown_who_hold_rights_here(case: Case) -> None:
    """Who came in is shown with proof; nobody of another controller is named, nor it."""
    text = (case.folder / "house.json").read_text("utf-8")
    (log,) = json.loads(text)["logs"]
    acts = [json.loads(one["body"])["action"] for one in log["entries"]]
    assert {"access:person:invited", "access:person:accepted", "access:key:minted"} <= set(acts)
    rights = json.loads((case.folder / "rights.json").read_bytes())
    here = {one["principal"] for one in rights["holders"]}
    assert case.house.ids["greta"] not in here
    for who, name in case.house.ids.items():
        assert (name in text) <= (name in here), who
    assert case.house.ids["dev"] in text
    assert GLOBEX not in text
    found = case.check(case.folder)
    size = found.facts["house_shown"] + found.facts["house_left_out"]
    assert (found.facts["house_shown"], found.facts["house_unchecked"]) == (len(acts), 0)
    assert size == int(log["checkpoint"].split("\n")[1])


def _first_log(change: Callable[[Any], object], value: Any) -> None:
    change(value["logs"][0])


def test_an_entry_of_the_houses_log_stands_where_it_says(case: Case, tmp_path: Path) -> None:
    """Another place, another word, another opening, another checkpoint: each is named."""
    copy = case.copy(tmp_path)
    changes: tuple[tuple[Callable[[Any], object], str], ...] = (
        (lambda log: log["entries"][0].update(index=log["entries"][0]["index"] + 1), "proof.root"),
        (lambda log: log["entries"][0].update(index=10**6), "proof.root"),
        (lambda log: log["entries"][0].update(body=log["entries"][1]["body"]), "proof.root"),
        (lambda log: log["entries"][0]["path"].pop(), "proof.root"),
        (lambda log: log["entries"][0].update(opening=log["entries"][1]["opening"]),
         "opening.entry"),
        (lambda log: log["entries"][0]["opening"]["actor"].update(block="{}"),
         "opening.commitment"),
        (lambda log: log.update(checkpoint=log["checkpoint"].replace("\n", "\n1", 1)),
         "note.signature"),
        (lambda log: log["first"].update(body=log["entries"][0]["body"]), "proof.root"),
        (lambda log: log.pop("entries"), "pack.form"),
    )  # fmt: skip
    before = (copy / "house.json").read_bytes()
    for change, code in changes:
        spoil(copy, "house.json", partial(_first_log, change))
        assert code in {one for one, _ in said(case.check(copy, made=False))}, code
        (copy / "house.json").write_bytes(before)
    case.house_keys, keys = [], case.house_keys
    unkeyed = case.check(case.folder)
    case.house_keys = keys
    assert [one["code"] for one in unkeyed.unmet] == ["house.key"]
    assert unkeyed.facts["house_shown"] == 0


def test_the_key_comes_from_the_auditor_and_never_from_the_pack(case: Case, tmp_path: Path) -> None:
    """A key that the pack itself names proves nothing; without a pinned one nothing is checked."""
    other = case.house.house.parts.ledger.vkey(case.house.house.newest_log(GLOBEX))
    keys = [verify.read_key(other, "vkey")]
    report = verify_pack.verify_pack(case.folder, verify.Pinned(keys))
    assert "note.unsigned" in {one for one, _ in said(report)}
    done = subprocess.run(
        [PYTHON, "-I", "-S", str(case.folder / "verify_pack.py"), str(case.folder)],
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 2


def test_the_report_is_signed_and_its_certificate_stands_in_the_log(
    case: Case, tmp_path: Path
) -> None:
    """PAdES by the house's certificate, over the whole file; one changed byte breaks it."""
    pdf = (case.folder / "report.pdf").read_bytes()
    (embedded,) = PdfFileReader(BytesIO(pdf)).embedded_signatures
    der = embedded.signer_cert.dump()
    trust = ValidationContext(trust_roots=[embedded.signer_cert])
    status = validate_pdf_signature(embedded, trust)
    assert (status.intact, status.valid, status.trusted) == (True, True, True)
    assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    assert embedded.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert case.check(case.folder).facts["certificate"] == sha256(der).hexdigest()
    assert b"<pdfaid:part>2</pdfaid:part>" in pdf
    at = pdf.index(b"endstream") - 8
    bent = pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]
    (again,) = PdfFileReader(BytesIO(bent)).embedded_signatures
    assert not validate_pdf_signature(again, trust).intact
    parts = case.house.house.parts
    first, second = parts.keys.document_signer(), parts.keys.document_signer()
    assert first[0].private_numbers() == second[0].private_numbers()


def test_the_packs_entry_names_its_manifest_and_both_sides_read_it(
    case: Case, tmp_path: Path
) -> None:
    """`audit:pack:made` holds the hash; the list of packs says the same."""
    made = [one for one in case.house.entries(tmp_path) if one["action"] == "audit:pack:made"]
    digest = sha256((case.folder / "manifest.json").read_bytes()).hexdigest()
    assert [one["detail"]["manifest_sha256"] for one in made][-1] == digest
    item = made[-1]["detail"]["engagement"]
    listed = case.house.line("clara").list_packs(ACME, item).packs
    assert [one.entry_id for one in listed] == [one["id"] for one in made]


# Packs of deployments of their own.


@pytest.fixture
def alone(own_house: World) -> tuple[World, str]:
    """Return a deployment with an engagement that is open."""
    return own_house, lived(own_house)


def test_what_the_house_itself_leaves_out_is_named_in_the_pack(
    alone: tuple[World, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A build that forgets its newest look seals a pack that says so, and does not verify."""
    house, item = alone
    every = store.observations
    monkeypatch.setattr(store, "observations", lambda conn, name: every(conn, name)[:-1])
    folder = make(house, tmp_path / "pack", item)
    report = Case(house, folder).check(folder)
    assert [code for code, _ in said(report)] == ["observation.missing"]
    gaps = json.loads((folder / "manifest.json").read_bytes())["gaps"]
    assert len(gaps) == 1
    assert "lacks the look of entry" in (folder / "README.txt").read_text("utf-8")


def test_an_opening_that_an_entry_erased_is_explained_and_any_other_is_a_gap(
    alone: tuple[World, str], tmp_path: Path
) -> None:
    """C6: with the erasure's entry the pack verifies and says so; without, it is named."""
    house, item = alone
    parts = house.house.parts
    log = house.house.newest_log(ACME)
    fact = Fact("ledger:openings:erased", ACME, actor={"kind": "machine", "principal_id": "test"})
    parts.data.write(ACME, lambda conn: parts.ledger.erase_openings(conn, fact, log, (3, 5)))
    folder = make(house, tmp_path / "explained", item)
    report = Case(house, folder).check(folder)
    assert said(report) == []
    assert any("2 openings are gone" in note for note in report.notes)
    name = house.entries(tmp_path)[6]["id"]
    with house.rows() as conn:
        conn.exec_driver_sql(f"DELETE FROM ledger_opening WHERE entry_id = '{name}'")
    folder = make(house, tmp_path / "gap", item)
    found = Case(house, folder).check(folder)
    assert said(found) == [("opening.missing", "logs/001: entries 6 to 6")]
    assert len(json.loads((folder / "manifest.json").read_bytes())["gaps"]) == 2


def test_entries_that_come_meanwhile_are_shown_and_not_skipped(
    alone: tuple[World, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Views during the making stand between the pack's log and its own entry; each counts."""
    house, item = alone
    render = reports.render

    def slowly(data: Mapping[str, Any], now: datetime) -> bytes:
        for _ in range(3):
            house.line("nora").audit_rights(ACME, item)
        return render(data, now)

    monkeypatch.setattr(reports, "render", slowly)
    folder = make(house, tmp_path / "pack", item)
    case = Case(house, folder)
    report = case.check(folder)
    assert said(report) == []
    assert any("3 entries came while the pack was made" in note for note in report.notes)
    path = folder / "made.json"
    whole = json.loads(path.read_bytes())
    for at in range(3):
        cut = whole | {"between": whole["between"][:at] + whole["between"][at + 1 :]}
        path.write_bytes(verify.CANONICAL.encode(cut).encode())
        assert ("pack.between", "made.json") in said(case.check(folder))
    other = whole | {"between": whole["between"][::-1]}
    path.write_bytes(verify.CANONICAL.encode(other).encode())
    assert said(case.check(folder)) == [("pack.between", "made.json")]


def test_a_pack_holds_every_log_and_each_speaks_for_the_one_before(
    alone: tuple[World, str], tmp_path: Path
) -> None:
    """Over the year's end there are two; the newest one's key is enough, and neither may go."""
    house, item = alone
    house.shift += timedelta(days=40)
    house.close()
    house.open()
    house.give(ACME, "bram", ["audit"])
    house.invite("nia", "Nia Osei")  # the house's own log goes on too
    house.house.settle()
    folder = make(house, tmp_path / "pack", item)
    case = Case(house, folder)
    case.vkeys, case.house_keys = case.vkeys[-1:], case.house_keys[-1:]
    assert sorted(one.name for one in (folder / "logs").iterdir()) == ["001", "002"]
    report = case.check(folder)
    assert (said(report), report.unmet) == ([], [])
    assert len(json.loads((folder / "house.json").read_bytes())["logs"]) == 2
    assert report.facts["house_unchecked"] == 0
    assert any("its successor names its root" in note for note in report.notes)
    manifest = json.loads((folder / "manifest.json").read_bytes())
    shutil.rmtree(folder / "logs" / "001")
    manifest["logs"] = manifest["logs"][1:]
    (folder / "manifest.json").write_bytes(verify.CANONICAL.encode(manifest).encode())
    reseal(folder)
    report = case.check(folder, made=False)
    assert "log.before" in {one["code"] for one in report.unmet}
    assert "observation.other" in {code for code, _ in said(report)}


def test_a_making_that_dies_leaves_no_pack_and_can_be_repeated(
    alone: tuple[World, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It dies before the seal, and after the entry: no folder stands, the next one is whole."""
    house, item = alone
    for place in ("_report", "_proven"):
        with monkeypatch.context() as broken:
            broken.setattr(packing.Packing, place, _dies)
            with pytest.raises(Broken):
                make(house, tmp_path / "pack", item)
        assert list(tmp_path.iterdir()) == []
    folder = make(house, tmp_path / "pack", item)
    assert said(Case(house, folder).check(folder)) == []
    with pytest.raises(Conflict, match=r"pack\.exists"):
        make(house, tmp_path / "pack", item)


def _dies(*_given: object) -> None:
    raise Broken("test.died", "It died here.")


def test_hostile_words_stay_words_in_the_report(own_house: World, tmp_path: Path) -> None:
    """Names and reasons full of markup are set as they are, in a pack that verifies."""
    words = '#panic("x") $ #include "/etc/passwd" *b* _i_ <a> \\ `r` [#] ] } @ref ' + "\u202e\u0007"
    own_house.line("bram").propose_interpretation(ACME, "5.1", says=words, reason=words)
    item = lived(own_house)
    folder = make(own_house, tmp_path / "pack", item)
    assert said(Case(own_house, folder).check(folder)) == []
    assert b"root:" not in (folder / "report.pdf").read_bytes()


def test_whoever_may_not_see_makes_no_pack(own_house: World, tmp_path: Path) -> None:
    """Strangers, the other controller's people, and an auditor whose window is over."""
    item = lived(own_house)
    own_house.shift += timedelta(days=25)
    for who, code in (
        ("nora", "audit.expired"), ("greta", "controller.unknown"), ("dev", "grant.missing"),
        ("stranger", "controller.unknown"),
    ):  # fmt: skip
        with pytest.raises(Exception, match=code.replace(".", r"\.")):
            make(own_house, tmp_path / "pack", item, who)
    last = own_house.entries(tmp_path / "log")
    assert last[-1]["action"] in {"audit:view:refused", "access:act:refused"}
    assert not (tmp_path / "pack").exists()


def test_the_commands_do_what_the_methods_do(alone: tuple[World, str], tmp_path: Path) -> None:
    """`bailee audit list|sample|pack` and `bailee-verify pack`, as programs of their own."""
    house, item = alone
    vkey = house.line("clara").logs(ACME).logs[-1].vkey
    own = house.line("nora").audit_entries(ACME, item).house[-1].vkey
    house.close()
    listed = house.cli("audit", "list", "-c", ACME, who="clara")
    assert f"{item}  open, threat" in listed.stdout
    drawn = house.cli(
        "audit", "sample", item, "-c", ACME, "--size", "2", "--seed", SEED, who="nora"
    )
    assert drawn.returncode == 0, drawn.stderr
    target = tmp_path / "pack"
    made = house.cli("audit", "pack", item, str(target), "-c", ACME, "--json", who="bram")
    assert made.returncode == 0, made.stderr
    manifest = sha256((target / "manifest.json").read_bytes()).hexdigest()
    assert json.loads(made.stdout)["manifest_sha256"] == manifest
    refused = house.cli("audit", "pack", item, str(target), "-c", ACME, who="bram")
    assert (refused.returncode, "pack.exists" in refused.stderr) == (1, True)
    assert verify.main(["pack", str(target), "--vkey", vkey]) == 1  # one key is not given
    assert verify.main(["pack", str(target), "--vkey", vkey, "--vkey", own]) == 0
