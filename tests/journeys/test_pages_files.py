"""Files by the console's pages: a paper comes in, an evidence pack goes out (A23, C5.2)."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import threading
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import httpx2
import msgspec
import pyrage
import pytest

from bailee.app.packing import Packing
from bailee.assurance.report_copy import REPORT_BYTES
from bailee.console.guard import csrf_of
from bailee.errors import Refused
from bailee.ledger import verify, verify_pack
from tests.journeys import trust_stage as stage
from tests.journeys.test_audits import let_in, threat
from tests.journeys.test_pages_door import GOOD, OWN, cookie
from tests.journeys.world import ACME, World, code_of

PDF = b"%PDF-1.7\n1 0 obj\nendobj\n" + bytes(range(256)) + b"\n%%EOF\n"
ONE = pytest.mark.parametrize("own_house", ["sqlite"], indirect=True)
"""Pages know no engine."""


@pytest.fixture
def browser(own_house: World) -> Iterator[httpx2.Client]:
    """Yield something that sends what a browser would, over TLS."""
    transport = own_house.transport()
    with httpx2.Client(base_url="https://localhost", transport=transport) as client:
        yield client


def seated(house: World, who: str) -> str:
    """Let somebody set a password; return their session's token."""
    secret = house.line("ada").renew_invitation(house.ids[who]).secret
    token = house.line().set_password(secret, GOOD).token
    house.keys[who] = token
    return token


def paper(house: World, **changed: str) -> dict[str, str]:
    """Return a paper's fields as the form has them, without a hash."""
    fields = {
        name: value for name, value in msgspec.structs.asdict(stage.paper(house)).items() if value
    }
    return fields | {"document_sha256": ""} | changed


@ONE
def test_a_paper_comes_in_with_its_file(own_house: World, browser: httpx2.Client) -> None:
    """Kept as the API keeps it: sealed, its hash computed here, its copy byte for byte."""
    stage.staffed(own_house)
    token = seated(own_house, "esra")
    esra = own_house.line("esra")

    def send(file: bytes, **changed: str) -> httpx2.Response:
        form = paper(own_house) | {"csrf": csrf_of(token), "keep": "yes"} | changed
        return browser.post(
            "/console/trust/attest",
            data=form,
            files={"file": ("report.pdf", file, "application/pdf")},
            headers=OWN | cookie(token),
        )

    def long(more: int) -> bytes:
        return PDF[:-7] + b" " * (REPORT_BYTES + more) + b"\n%%EOF\n"

    for file, status, code in (
        (b"MZ" + PDF[2:], HTTPStatus.UNPROCESSABLE_ENTITY, "report.pdf"),
        (PDF[:-7], HTTPStatus.UNPROCESSABLE_ENTITY, "report.pdf"),
        (long(0), HTTPStatus.UNPROCESSABLE_ENTITY, "report.file"),
        (long(70_000), HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body.too_large"),
        (b"", HTTPStatus.UNPROCESSABLE_ENTITY, "report.file"),
    ):
        answer = send(file)
        assert (answer.status_code, code in answer.text) == (status, True), answer.text
    assert send(PDF, csrf="0" * 64).status_code == HTTPStatus.FORBIDDEN
    assert esra.show_trust().attestations == []
    answer = send(PDF)
    assert answer.status_code == HTTPStatus.SEE_OTHER, answer.text
    (made,) = esra.show_trust().attestations
    assert (made.held, made.document_sha256) == (True, hashlib.sha256(PDF).hexdigest())
    esra.publish_fact("nda", text=stage.NDA, until=stage.day(own_house, 90))
    request = stage.ask(own_house, made.attestation)
    code = esra.release_report(request).code
    assert stage.opened(own_house.line().take_report(request, code), code) == PDF
    esra.withdraw_attestation(made.attestation)
    assert send(PDF, keep="").status_code == HTTPStatus.SEE_OTHER
    assert [one.held for one in esra.show_trust().attestations] == [True, False]


@ONE
def test_a_pack_goes_out_for_one_key_and_verifies(
    own_house: World, browser: httpx2.Client, tmp_path: Path
) -> None:
    """In pieces, uncached, encrypted; what comes out of it is the pack whose hash the log holds."""
    let_in(own_house, "nora")
    item = threat(own_house)
    own_house.line("bram").run_controls(ACME, ["record-keeping"])
    logs = own_house.line("nora").audit_entries(ACME, item)
    token = seated(own_house, "nora")
    key = pyrage.x25519.Identity.generate()
    place, form = f"/console/at/{ACME}/audits/{item}/pack", {"csrf": csrf_of(token)}

    def take(recipient: str) -> httpx2.Response:
        data = form | {"recipient": recipient}
        return browser.post(place, data=data, headers=OWN | cookie(token))

    for nobody, code in (("", "pack.recipient"), (str(key), "report.recipient")):
        answer = take(nobody)
        assert (answer.status_code, code in answer.text) == (HTTPStatus.UNPROCESSABLE_ENTITY, True)
    answer = take(str(key.to_public()))
    assert answer.status_code == HTTPStatus.OK
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-length"] == str(len(answer.content))
    assert answer.headers["content-disposition"].startswith('attachment; filename="pack-')
    with tarfile.open(fileobj=io.BytesIO(pyrage.decrypt(answer.content, [key]))) as archive:
        assert {(one.uid, one.uname) for one in archive} == {(0, "")}
        archive.extractall(tmp_path, filter="data")
    keys = [verify.read_key(one.vkey, "vkey") for one in (*logs.logs, *logs.house)]
    found = verify_pack.verify_pack(tmp_path / "pack", verify.Pinned(keys))
    assert (found.problems, found.unmet) == ([], [])
    (made,) = own_house.line("clara").list_packs(ACME, item).packs
    manifest = (tmp_path / "pack" / "manifest.json").read_bytes()
    assert hashlib.sha256(manifest).hexdigest() == made.manifest_sha256
    assert json.loads(manifest)["pack"] in answer.headers["content-disposition"]


@ONE
def test_no_pack_goes_out_to_whoever_may_not_look_nor_two_at_one_time(
    own_house: World, browser: httpx2.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A closed window, another customer's auditor, and a second one meanwhile; no file is left."""
    let_in(own_house, "nora")
    item = threat(own_house)
    token = seated(own_house, "nora")
    recipient = str(pyrage.x25519.Identity.generate().to_public())
    form = {"csrf": csrf_of(token), "recipient": recipient}
    begun, goes_on = threading.Event(), threading.Event()
    folders: list[Path] = []

    def slow(_house: Packing, _caller: object, _at: str, _item: str, target: Path) -> None:
        folders.append(target.parent)
        begun.set()
        assert goes_on.wait(30)
        raise Refused("test.slow", "It ends here.")

    def take() -> httpx2.Response:
        place = f"/console/at/{ACME}/audits/{item}/pack"
        return browser.post(place, data=form, headers=OWN | cookie(token))

    with monkeypatch.context() as patched:
        patched.setattr(Packing, "make_pack", slow)
        first: list[httpx2.Response] = []
        thread = threading.Thread(target=lambda: first.append(take()))
        thread.start()
        assert begun.wait(30)
        second = take()
        goes_on.set()
        thread.join()
    assert (second.status_code, "pack.busy" in second.text) == (
        HTTPStatus.SERVICE_UNAVAILABLE,
        True,
    )
    assert (first[0].status_code, "test.slow" in first[0].text) == (HTTPStatus.FORBIDDEN, True)
    assert [one.exists() for one in folders] == [False]
    own_house.line("clara").close_engagement(ACME, item)
    answer = take()
    assert (answer.status_code, "audit.closed" in answer.text) == (HTTPStatus.FORBIDDEN, True)
    assert code_of(lambda: own_house.line("clara").list_packs(ACME, item)) == "done"
    assert own_house.line("clara").list_packs(ACME, item).packs == []
