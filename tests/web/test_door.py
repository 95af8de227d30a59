"""What happens to a request, from its first line to the log's."""

from __future__ import annotations

import asyncio
import logging
import re
import threading
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette

from bailee.errors import Broken, Conflict, Gone, Refused, Unavailable
from bailee.web.call import Route
from bailee.web.inprocess import InProcess
from bailee.web.limits import LIMITS
from bailee.web.problem import MEDIA
from bailee.web.routes import TABLE
from tests.simulators.house import KEY, SimulatedHouse

REVEAL = "/v1/controllers/acme/reveal"
GOOD = {"purpose": "payments", "elements": ["person.name"], "records": ["r1"]}
SHOWN = {
    "credential": "AAAA",
    "client_data": "e30",
    "authenticator_data": "AAAA",
    "signature": "AAAA",
}
EXAMPLES: dict[str, dict[str, Any]] = {
    "reveal": GOOD,
    "protect": {
        "purpose": "payments",
        "records": [{"ref": "1", "subject": "c1", "fields": {"person.name": "Ada Example"}}],
    },
    "encrypt": {
        "purpose": "payments",
        "values": [{"ref": "1", "element": "person.name", "subject": "c1", "value": "Ada"}],
    },
    "decrypt": {
        "purpose": "payments",
        "values": [{"ref": "1", "element": "person.name", "subject": "c1", "ciphertext": "bv1.a"}],
    },
    "search": {"purpose": "payments", "element": "person.name", "equals": "Ada Example"},
    "list_records": {"purpose": "payments", "elements": ["person.name"]},
    "update": {
        "purpose": "payments",
        "records": [{"ref": "1", "record": "r1", "fields": {"person.name": None}}],
    },
    "erase": {"purpose": "payments", "subjects": ["c1"]},
    "subjects": {"purpose": "payments", "subjects": ["c1"]},
    "create_controller": {
        "controller": "umbrella",
        "name": "Umbrella Ltd",
        "text": "1. Words",
        "terms": "bill-2022-10-11",
        "effective": "2026-11-20",
    },
    "install_agreement": {"text": "1. Words", "terms": "t", "effective": "2026-11-20"},
    "add_supplement": {"elements": ["health.condition"], "text": "Both parties add this."},
    "choose_token_format": {"element": "person.ssn", "format": "ssn"},
    "propose_interpretation": {
        "subject": "4.3",
        "says": "Within 30 days.",
        "reason": "No time is named.",
        "quantity": 30,
        "unit": "days",
    },
    "run_controls": {},
    "rotate_keys": {"what": "data"},
    "move_root": {"after": "of/acme"},
    "hold_root": {"address": "awskms:alias/acme"},
    "certify_erasure": {"entry": "0" * 32},
    "reconcile": {"since": "2026-11-20T12:00:00Z", "until": "2026-11-20T13:00:00Z"},
    "end_agreement": {"at": "2026-11-20T21:07:00Z", "instruction": "letter 16"},
    "choose_end": {"choice": "destroy"},
    "keep_by_law": {
        "basis": "31 CFR 1010.430",
        "elements": ["person.ssn"],
        "until": "2031-12-31T00:00:00Z",
    },
    "note_return": {"disclosure": "d1"},
    "confirm_receipt": {"manifest_sha256": "0" * 64},
    "destroy_controller": {"confirm": "acme", "instruction": "letter 17"},
    "invite": {
        "name": "Ada Example",
        "employer": "Example Ltd",
        "email": "ada@example.com",
        "undertaking": "file 7",
        "undertaken": "2026-11-20",
    },
    "accept_invitation": {"secret": "s" * 32},
    "create_service": {"name": "billing", "mode": "autonomous", "owner": "p1"},
    "mint_key": {"principal": "s1"},
    "link_person": {"subject": "00u1a2b3c4"},
    "link_service": {"client": "console"},
    "grant": {"principal": "p2", "verbs": ["reveal"], "until": "2026-12-31T00:00:00Z"},
    "explain": {"principal": "p2", "verb": "reveal", "purpose": "payments"},
    "request_approval": {
        "purpose": "payments",
        "elements": ["person.name"],
        "subjects": 10,
        "until": "2026-11-21T00:00:00Z",
        "reason": "Year end.",
    },
}
EXAMPLES |= {
    "sign_in": {"login": "ada@example.com", "password": "p" * 15},
    "step_up": {"code": "123456"},
    "set_password": {"secret": "s" * 32, "password": "p" * 15},
    "change_password": {"login": "ada@example.com", "current": "p" * 15, "password": "q" * 15},
    "finish_sign_on": {"state": "s" * 43, "browser": "b" * 43, "code": "c1"},
    "enrol_totp": {"password": "p" * 15},
    "confirm_totp": {"code": "123456"},
    "remove_totp": {"code": "123456"},
    "offer_passkey": {"password": "p" * 15},
    "enrol_passkey": {"name": "laptop", "client_data": "e30", "attestation": "oA"},
    "sign_in_passkey": SHOWN,
    "step_up_passkey": SHOWN,
}
EXAMPLES |= {
    "sign_undertaking": {"text_sha256": "0" * 64},
    "acknowledge_procedure": {"text_sha256": "0" * 64},
    "decide_review": {"grant": "g1", "decision": "keep", "reason": "Still needed."},
}
EXAMPLES |= {
    "register_law": {"law": "gdpr", "begins": "2026-11-20", "reason": "People in Europe."},
    "end_law": {"law": "gdpr", "ends": "2026-12-01", "reason": "Nobody there any more."},
    "compare_law": {
        "law": "gdpr",
        "edition": "CELEX 32016R0679",
        "place": "folder 7",
        "compared": "2026-11-20",
    },
    "law_clocks": {"trigger": "breach-suspected", "since": "2026-11-20T21:07:00Z"},
}
EXAMPLES |= {
    "issue_code": {"principal": "p2"},
    "break_glass": {
        "code": "bg_1",
        "verbs": ["reveal"],
        "elements": ["person.name"],
        "purpose": "payments",
        "until": "2026-11-20T22:07:00Z",
        "reason": "Year end.",
    },
    "review_emergency": {"verdict": "justified", "reason": "Year end."},
    "settle_emergency": {"writing": "letter 9"},
    "allow_honey": {
        "text": "We consent.",
        "writing": "letter 3",
        "since": "2026-11-20T00:00:00Z",
        "until": "2027-11-20T00:00:00Z",
    },
    "plant_honey": {"count": 2},
    "assess_alarm": {"verdict": "dismissed", "reason": "A test of ours."},
}
SCOPE = {"since": "2026-11-20T00:00:00Z", "until": "2026-11-20T21:07:00Z", "people": ["p2"]}
EXAMPLES |= {
    "decide_signal": {"verdict": "promote", "reason": "It was nobody of ours."},
    "open_incident": {
        "suspected": "2026-11-20T21:07:00Z",
        "nature": "A key was copied.",
        "scope": SCOPE,
    },
    "drill_incident": {"scope": SCOPE},
    "change_incident": {"scope": SCOPE, "aware": "2026-11-20T22:07:00Z"},
    "write_incident_notice": {"measures": "The key was revoked."},
    "close_incident": {"outcome": "breach", "reason": "All of it is known."},
    "incident_entries": {"most": 10},
    "enter_event": {
        "kind": "complaint",
        "discovered": "2026-11-20T21:07:00Z",
        "what": "A letter came.",
    },
    "decide_event": {"verdict": "tell", "reason": "It concerns your data."},
    "enter_redress": {"kind": "costs", "amount": 125000, "currency": "USD"},
    "answer_redress": {"answer": "settle", "text": "transfer 77"},
}
AGE = "age1" + "q" * 58
EXAMPLES |= {
    "add_consent": {
        "given_by": "p3",
        "reference": "letter 7",
        "text_sha256": "0" * 64,
        "recipient": "Larkspur Analytics",
        "keys": [AGE],
        "purposes": ["payments"],
        "elements": ["person.name"],
        "since": "2026-11-20T21:07:00Z",
        "until": "2026-12-31T00:00:00Z",
    },
    "open_disclosure": {"purpose": "payments", "elements": ["person.name"], "keys": [AGE]},
    "end_disclosure": {
        "keys": [AGE],
        "parts": 1,
        "records": 10,
        "manifest_sha256": "0" * 64,
    },
}
EXAMPLES |= {
    "request_access": {
        "verbs": ["reveal"],
        "purpose": "payments",
        "elements": ["person.name"],
        "until": "2026-11-21T00:00:00Z",
        "reason": "Year end.",
    },
    "list_entries": {"before": 9, "most": 3},
    "list_own_entries": {"before": 9},
    "activity": {"before": 9},
    "admit_provisioned": EXAMPLES["invite"],
    "adopt_provisioned": {"principal": "p2"},
    "propose_group_mapping": {
        "group": "Claims",
        "verbs": ["reveal"],
        "elements": ["person.name"],
        "purposes": ["payments"],
        "days": 30,
    },
    "invite_auditor": {
        "name": "Nora Feld",
        "firm": "Feld & Partner",
        "email": "nora@feld.example",
        "undertaking": "file 9",
        "undertaken": "2026-11-20",
    },
    "ask_engagement": {"auditor": "p4", "until": "2026-12-31T00:00:00Z"},
    "answer_engagement": {"answer": "decline", "reason": "The notice is too short."},
    "audit_entries": {"start": 0, "count": 10},
    "draw_sample": {"population": "all", "size": 25, "seed": "dice-4-2-6-1"},
}
EXAMPLES |= {
    "record_subprocessor": {
        "name": "North Print Ltd",
        "address": "3 Quay Street, Cork",
        "contact": "Privacy desk",
        "services": ["printing"],
        "elements": ["person.name"],
        "countries": ["IE"],
    },
    "compare_contract": {
        "reference": "file 3",
        "text_sha256": "0" * 64,
        "duties": {"audit": "covered"},
    },
    "mark_worker": {"principal": "p2"},
    "propose_subprocessor": {"subprocessor": "s1"},
    "answer_subprocessor": {"answer": "consent"},
    "instruct_subprocessors": {"choice": "destroy"},
    "answer_instruction": {"event": "relay", "proof": "receipt 4"},
}
SIGNED = {"attestation": "a1", "nda_sha256": "0" * 64, "signed": "Ada Example", "accept": True}
EXAMPLES |= {
    "ask_report": SIGNED | {"name": "Ada Example", "firm": "Umbrella", "email": "ada@example.com"},
    "ask_report_as": SIGNED,
    "take_report": {"request": "r1", "code": "nd_1"},
    "attest": {
        "kind": "type-2",
        "standard": "SOC 2",
        "issuer": "Auditors LLP",
        "legal_name": "Harborline",
        "scope": "Security",
        "period_end": "2026-10-31",
        "until": "2027-05-31",
        "document_sha256": "0" * 64,
    },
    "publish_fact": {"kind": "company", "name": "Harborline", "until": "2027-05-31"},
    "draft_statement": {"text": "It is over.", "concerns": ["acme"], "until": "2027-05-31"},
    "approve_statement": {"text_sha256": "0" * 64},
    "set_customer_passwords": {
        "purpose": "payments",
        "passwords": [{"ref": "1", "subject": "c1", "password": "p" * 15}],
    },
    "verify_customer_password": {"purpose": "payments", "subject": "c1", "password": "p" * 15},
    "change_customer_password": {
        "purpose": "payments",
        "subject": "c1",
        "current": "p" * 15,
        "password": "q" * 15,
    },
    "remove_customer_passwords": {"purpose": "payments", "subjects": ["c1"]},
}
EXAMPLES |= {
    "account": {"purpose": "payments", "subject": "c1"},
    "record_suspension": {
        "agency": "An agency",
        "official": "An officer",
        "reference": "letter 3",
        "consents": ["c1"],
        "since": "2026-11-20T21:07:00Z",
        "until": "2026-12-20T21:07:00Z",
    },
    "deidentify": {
        "purpose": "payments",
        "elements": ["person.birth_date"],
        "keys": ["age1" + "q" * 58],
    },
    "enter_demand": {
        "kind": "subpoena",
        "source": "A court",
        "asks": "A list",
        "reference": "4:26-cv-1",
        "elements": ["person.name"],
    },
    "make_kit": {"purposes": ["payments"], "elements": ["person.name"]},
    "move_demand": {"event": "close", "outcome": "refused"},
    "enter_request": {"kind": "access", "regime": "gdpr", "subjects": ["customer-17"]},
    "identify_request": {"subjects": ["customer-17"]},
    "move_request": {"event": "withdraw", "note": "Taken back."},
    "execute_request": {"purpose": "payments"},
    "add_request_key": {"name": "Desk", "jwk": {"kty": "OKP"}},
    "give_instruction": {
        "kind": "request",
        "text": "Delete it.",
        "asks": {"request": "ab" * 16, "act": "delete"},
    },
    "move_instruction": {"event": "accept"},
    "notice_problem": {"problem": "A port is open.", "cure_until": "2026-12-31T00:00:00Z"},
    "move_correction": {"event": "start"},
    "carry_out_order": {"evidence": "ticket 12"},
    "receive_amendment": {
        "text": "AGREEMENT",
        "terms": "model-addendum",
        "effective": "2027-01-01",
    },
    "answer_amendment": {"event": "refuse", "reason": "Too short a time."},
    "rehearse_agreement": {"text": "AGREEMENT", "terms": "model-addendum"},
    "extend_timer": {"until": "2026-12-31T00:00:00Z", "reason": "The logs are many."},
    "appoint_officer": {
        "principal": "p2",
        "role": "security",
        "rank": "first",
        "reach": "tel:+15551234567",
        "qualification": "file 12",
        "since": "2026-12-01T00:00:00Z",
        "until": "2026-12-08T00:00:00Z",
    },
    "confirm_notice": {"controller": "acme", "notice": "0" * 32, "code": "0" * 32},
    "add_contact": {
        "role": "security",
        "rank": "first",
        "name": "Security desk",
        "address": "mailto:desk@acme.example",
    },
}
EXAMPLES |= {
    "record_flow": {
        "receiver_kind": "recipient",
        "receiver": "Larkspur Analytics",
        "country": "IN",
        "mechanism": "scc-2021-914",
        "elements": ["person.name"],
        "since": "2026-11-20T00:00:00Z",
        "until": "2027-11-20T00:00:00Z",
        "reference": "contract 12",
        "text_sha256": "0" * 64,
    },
    "sign_assertion": {
        "subject": "importer.address",
        "text": "12 Quay Street",
        "until": "2027-11-20T00:00:00Z",
    },
    "enter_assistance": {
        "kind": "authority-records",
        "asked_by": "Data Protection Commission",
        "reference": "IN-26-4",
        "received": "2026-11-20T00:00:00Z",
    },
}
PUBLIC = {"trust_page", "trust_statement", "trust_proof", "trust_nda", "trust_evidence"}
PUBLIC |= {"ask_report", "take_report", "confirm_notice"}
"""What anybody may read of the trust page, and ask for: routes without a credential."""
EXAMPLES |= {"reencrypt": EXAMPLES["decrypt"]}
EXAMPLES |= dict.fromkeys(("hold", "release", "restrict", "lift"), EXAMPLES["subjects"])
PLACES = {"controller": "acme", "id": "a1", "tile:path": "0/x001/067"}


def address(row: Route) -> str:
    """Return an address of a route."""
    return re.sub(r"\{([^}]+)\}", lambda found: PLACES[found[1]], row.path)


def called(http: httpx2.Client, row: Route, **more: Any) -> httpx2.Response:
    """Call a route with its example."""
    if row.request is None:
        return http.request(row.method, address(row), **more)
    return http.request(row.method, address(row), json=EXAMPLES[row.name], **more)


def assert_problem(response: httpx2.Response, status: int, code: str) -> dict[str, Any]:
    """Check that a response is that problem document, whole; return it."""
    assert response.headers["content-type"] == MEDIA
    problem: dict[str, Any] = response.json()
    assert (response.status_code, problem["status"], problem["code"]) == (status, status, code)
    assert set(problem) == {
        "type", "title", "status", "code", "detail", "do", "retryable", "request_id",
    }  # fmt: skip
    assert problem["request_id"] == response.headers["x-request-id"]
    return problem


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_every_route_answers(row: Route, http: httpx2.Client, house: SimulatedHouse) -> None:
    """Every row of the table reaches the house and comes back in its media type, uncached."""
    house.vault.records["r1"] = {"person.name": "Ada Example"}
    response = called(http, row)

    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == row.media
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "server" not in response.headers
    assert not [name for name in response.headers if name.startswith("access-control")]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_nobody_unknown_is_served(row: Route, http: httpx2.Client, house: SimulatedHouse) -> None:
    """C2.5(3), ASVS 6.3.4, 7.2.1: without a key all but the open routes answer 401, unasked."""
    open_to_all = {"limits", "health", "openapi", "accept_invitation"}
    open_to_all |= {"sign_in", "set_password", "change_password"} | PUBLIC
    open_to_all |= {"ask_passkey", "sign_in_passkey"}
    open_to_all |= {"sign_on_offer", "begin_sign_on", "finish_sign_on"}
    for header in ("", "Bearer wrong", "Basic a2V5", "Bearer", "Bearer a b", f"Bearer {'k' * 513}"):
        response = called(http, row, headers={"authorization": header})

        if row.name in open_to_all:
            assert response.status_code == 200
        else:
            problem = assert_problem(response, 401, response.json()["code"])
            assert problem["code"] in {"credential.missing", "credential.unknown"}
            assert response.headers["www-authenticate"].startswith("Bearer")
    assert row.name in open_to_all or house.seen == []


def test_the_scheme_of_a_credential_has_no_case(http: httpx2.Client) -> None:
    """RFC 9110 11.1: the word Bearer is read in any case."""
    response = http.get("/v1/controllers", headers={"authorization": f"bEARER  {KEY}"})

    assert response.status_code == 200


def test_the_house_is_told_where_a_call_came_from(
    http: httpx2.Client, house: SimulatedHouse
) -> None:
    """The other end's address goes to authentication, which records refusals."""
    http.get("/v1/people")

    assert house.credentials == [(KEY, "in-process")]


@pytest.mark.parametrize("query", ["?", "?a", "?ssn=078-05-1120", "?%00"])
@pytest.mark.parametrize("path", [REVEAL, "/v1/limits", "/nowhere"])
def test_a_query_is_refused_everywhere(path: str, query: str, http: httpx2.Client) -> None:
    """C3.2: nothing is read from a query, on any address."""
    response = http.post(path + query, json=GOOD)

    if query == "?":
        assert response.status_code != 500
    else:
        assert_problem(response, 422, "url.query_refused")


@pytest.mark.parametrize(
    "path",
    [
        "/v1",
        "/v1/limits/",
        "/v1/controllers/acme",
        "/v1/controllers//reveal",
        "/v1/controllers/-acme/reveal",
        "/v1/controllers/Ada%20Example/reveal",
        "/v1/controllers/ac%6de/reveal",
        "/v1/controllers/" + "a" * 65 + "/reveal",
        "/v1/controllers/acme/ledger/tile/0/../../x",
        "/docs",
        "/v1/controllers/acmé/reveal",
    ],
)
def test_unknown_addresses_are_not_found(path: str, http: httpx2.Client) -> None:
    """What is not in the table, or not of the table's form, is a problem and no redirect."""
    assert_problem(http.post(path, json=GOOD), 404, "route.unknown")


@pytest.mark.parametrize("tile", ["0/x1/067", "0/067/", "8x/067", "0/067.p/1234", "x"])
def test_tiles_have_a_form(tile: str, http: httpx2.Client, house: SimulatedHouse) -> None:
    """What is not the name of a tile (C2SP tlog-tiles) never reaches the log."""
    response = http.get(f"/v1/controllers/acme/ledger/tile/{tile}")

    assert "tile" not in [seen.what for seen in house.seen]
    assert_problem(response, 404, "route.unknown")


def test_a_long_address_is_refused(http: httpx2.Client) -> None:
    """An address has a greatest length."""
    assert_problem(http.get("/v1/" + "a" * LIMITS.url_bytes), 414, "url.too_long")


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "TRACE", "CANARY"])
def test_other_methods_are_refused(method: str, http: httpx2.Client) -> None:
    """A method that the address does not know is a problem which names those it knows."""
    response = http.request(method, REVEAL)

    assert_problem(response, 405, "method.not_allowed")
    assert response.headers["allow"] == "OPTIONS, POST"


def test_options_lists_the_methods_of_an_address(http: httpx2.Client) -> None:
    """OPTIONS answers with every method of every row of that path, and opens nothing (no CORS)."""
    asked = {"origin": "https://evil.example", "access-control-request-method": "POST"}
    response = http.request("OPTIONS", "/v1/controllers", headers=asked)

    assert (response.status_code, response.content) == (204, b"")
    assert response.headers["allow"] == "GET, HEAD, OPTIONS, POST"
    assert not [name for name in response.headers if name.startswith("access-control")]
    assert_problem(http.request("OPTIONS", "/nowhere"), 404, "route.unknown")


def test_head_is_get_without_its_body(http: httpx2.Client) -> None:
    """HEAD says what GET would, and sends nothing."""
    head, get = http.head("/v1/limits"), http.get("/v1/limits")

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == get.headers["content-length"]


@pytest.mark.parametrize(
    "media", ["", "text/json", "application/x-www-form-urlencoded", "application/json; charset=x"]
)
def test_other_media_are_refused(media: str, http: httpx2.Client) -> None:
    """ASVS 3.5.2: a body is JSON in UTF-8 or nothing, so no form of another origin is one."""
    headers = {"content-type": media} if media else {}
    response = http.post(REVEAL, content=b"{}", headers=headers)

    assert_problem(response, 415, "body.content_type")


def test_compressed_bodies_are_refused(http: httpx2.Client) -> None:
    """A small body that becomes a large one is not taken."""
    headers = {"content-type": "application/json", "content-encoding": "gzip"}

    assert_problem(http.post(REVEAL, content=b"x", headers=headers), 415, "body.compressed")


def test_the_charset_may_be_named(http: httpx2.Client) -> None:
    """application/json; charset=utf-8 is the same media type (RFC 8259 11)."""
    headers = {"content-type": 'Application/JSON ; charset="UTF-8"'}
    response = http.post("/v1/invitations", json=EXAMPLES["invite"], headers=headers)

    assert response.status_code == 200


def test_a_missing_body_is_told_from_an_empty_one(http: httpx2.Client) -> None:
    """Where a body is needed, none announced is 411, an empty one is 422."""
    headers = {"content-type": "application/json"}
    request = http.build_request("POST", REVEAL, headers=headers)
    del request.headers["content-length"]

    assert_problem(http.send(request), 411, "body.length_missing")
    assert_problem(http.post(REVEAL, content=b"", headers=headers), 422, "body.missing")


def test_a_body_that_is_not_taken_is_refused(http: httpx2.Client) -> None:
    """A route without a body refuses one, rather than ignore what somebody meant."""
    response = http.post("/v1/keys/k1/revoke", json={"why": "lost"})

    assert_problem(response, 422, "body.not_taken")


@pytest.mark.parametrize("length", ["-1", "1e3", "abc", "٣"])
def test_a_length_that_is_no_number_is_refused(length: str, http: httpx2.Client) -> None:
    """Content-Length is decimal digits."""
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", length.encode()),
        (b"authorization", f"Bearer {KEY}".encode()),
    ]
    request = httpx2.Request("POST", f"http://localhost{REVEAL}", headers=headers, content=b"{}")

    assert http.send(request).status_code == 422


@pytest.mark.parametrize(
    "name", ["authorization", "content-type", "idempotency-key", "content-length"]
)
def test_a_header_sent_twice_is_refused(name: str, http: httpx2.Client) -> None:
    """Of two credentials or two lengths none is chosen."""
    headers = [(name, "1"), (name, "1")]

    assert_problem(
        http.send(httpx2.Request("POST", f"http://localhost{REVEAL}", headers=headers)),
        422,
        "header.repeated",
    )


@pytest.mark.parametrize(
    "headers",
    [
        [(f"x-{number}", "a") for number in range(LIMITS.header_count + 1)],
        [("x-long", "a" * LIMITS.header_bytes)],
    ],
    ids=["many", "long"],
)
def test_large_heads_are_refused(headers: list[tuple[str, str]], http: httpx2.Client) -> None:
    """Headers are bounded in number and in bytes."""
    assert_problem(http.get("/v1/limits", headers=headers), 431, "header.too_large")


@pytest.mark.parametrize("key", ["", "k" * 65, "with space", "naïve"])
def test_idempotency_keys_have_a_form(key: str, http: httpx2.Client) -> None:
    """A key is 1 to 64 visible ASCII characters."""
    response = http.post(
        "/v1/controllers/acme/protect",
        json=EXAMPLES["protect"],
        headers=[(b"idempotency-key", key.encode())],
    )

    assert response.status_code == 422
    assert response.json()["code"] in {"idempotency_key.form", "header.encoding"}


def test_idempotency_keys_reach_the_house_on_writes(
    http: httpx2.Client, house: SimulatedHouse
) -> None:
    """The same key and body bring the same answer; without a key each call stands alone."""
    path, headers = "/v1/controllers/acme/protect", {"idempotency-key": "!~" * 32}
    answers = [http.post(path, json=EXAMPLES["protect"], headers=headers).json() for _ in "12"]

    assert answers[0] == answers[1]
    assert [seen.idempotency_key for seen in house.seen] == ["!~" * 32] * 2


def test_reads_take_no_idempotency_key(http: httpx2.Client, house: SimulatedHouse) -> None:
    """A repeated reveal is a new access, so a key that would say otherwise is refused."""
    response = http.post(REVEAL, json=GOOD, headers={"idempotency-key": "k1"})

    assert_problem(response, 422, "idempotency_key.not_taken")
    assert house.seen == []


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Refused("purpose.not_in_agreement", "That purpose was not agreed."), 403),
        (Conflict("controller.exists", "There is one."), 409),
        (Gone("record.erased", "It was erased."), 410),
        (Broken("log.guard", "The log was cut."), 500),
    ],
)
def test_the_houses_failures_keep_their_codes(
    error: Refused, status: int, http: httpx2.Client, house: SimulatedHouse
) -> None:
    """A failure of the house's family arrives as its status, its code and its words."""
    house.fails.append(error)

    problem = assert_problem(http.post(REVEAL, json=GOOD), status, error.code)
    assert problem["detail"] == error.says
    assert problem["type"] == f"urn:bailee:problem:{error.code}"


def test_unavailable_says_when_to_come_back(http: httpx2.Client, house: SimulatedHouse) -> None:
    """A 503 carries Retry-After and is retryable."""
    house.fails.append(Unavailable("db.locked", "The database is locked."))
    response = http.post(REVEAL, json=GOOD)

    assert assert_problem(response, 503, "db.locked")["retryable"]
    assert int(response.headers["retry-after"]) >= 1


@pytest.mark.parametrize("error", [ValueError, KeyError, RecursionError, MemoryError, OSError])
def test_what_is_unexpected_stays_inside(
    error: type[Exception],
    http: httpx2.Client,
    house: SimulatedHouse,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """An exception's own words reach neither the caller nor the log; its kind and place do."""
    house.fails.append(error("canary-4f1d"))
    with caplog.at_level(logging.DEBUG):
        response = http.post(REVEAL, json=GOOD)

    problem = assert_problem(response, 500, "internal")
    assert "canary" not in response.text + str(response.headers)
    assert "canary" not in caplog.text
    line = next(record for record in caplog.records if record.name == "bailee.web").getMessage()
    assert line.startswith(f"unexpected {error.__name__} at ")
    assert re.search(r"house\.py:\d+", line)
    assert problem["request_id"] in line


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Iterator[Any]:
    """Return a reader of the access log's lines."""
    with caplog.at_level(logging.INFO, logger="bailee.access"):
        yield lambda: [
            record.getMessage() for record in caplog.records if record.name == "bailee.access"
        ]


def test_the_access_log_holds_four_things(http: httpx2.Client, lines: Any) -> None:
    """C3.2: a line is route template, status, milliseconds, request id; never the address."""
    responses = [
        http.post("/v1/controllers/078-05-1120/reveal", json=GOOD),
        http.get("/v1/people"),
        http.delete("/v1/keys/078-05-1120/revoke"),
        http.get("/078-05-1120"),
        http.get("/v1/people?ssn=078-05-1120"),
    ]

    shapes = [
        r"POST /v1/controllers/\{controller\}/reveal 404",
        r"GET /v1/people 200",
        r"- /v1/keys/\{id\}/revoke 405",
        r"- 404",
        r"- 422",
    ]
    for line, shape, response in zip(lines(), shapes, responses, strict=True):
        name = response.headers["x-request-id"]
        assert re.fullmatch(rf"{shape} \d+\.\dms {name}", line)


class Sent:
    """An ASGI exchange driven by hand, to see what is asked for and when."""

    def __init__(self, headers: list[tuple[bytes, bytes]], *parts: bytes) -> None:
        self.parts = list(parts)
        self.asked = 0
        self.got: list[Any] = []
        self.scope = {
            "type": "http",
            "method": "POST",
            "path": REVEAL,
            "raw_path": REVEAL.encode(),
            "query_string": b"",
            "headers": [(b"content-type", b"application/json"), *headers],
            "scheme": "https",
            "client": None,
            "root_path": "",
        }

    async def receive(self) -> Any:
        """Hand out the next part; hang up after the last."""
        self.asked += 1
        if not self.parts:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": self.parts.pop(0), "more_body": True}

    async def send(self, message: Any) -> None:
        """Take an answer."""
        self.got.append(message)


def drive(app: Starlette, sent: Sent) -> None:
    """Run one exchange."""
    asyncio.run(app(sent.scope, sent.receive, sent.send))


@pytest.mark.parametrize(
    "headers", [[(b"transfer-encoding", b"chunked")], [(b"content-length", b"70000")]]
)
def test_a_long_body_of_somebody_unknown_is_not_read(
    headers: list[tuple[bytes, bytes]], app: Starlette
) -> None:
    """C2.5(3): who may send more than a little is found out before it is read."""
    sent = Sent(headers, b"x" * 70_000)
    drive(app, sent)

    assert sent.got[0]["status"] == 401
    assert sent.asked == 0


def test_a_caller_who_expects_a_word_first_gets_the_refusal(app: Starlette) -> None:
    """RFC 9110 10.1.1: refused before its body was asked for, the line is closed."""
    sent = Sent([(b"expect", b"100-continue"), (b"content-length", b"99999999")], b"")
    drive(app, sent)

    assert sent.got[0]["status"] == 401
    assert (b"connection", b"close") in sent.got[0]["headers"]
    assert sent.asked == 0


def test_tls_answers_ask_for_tls_again(app: Starlette) -> None:
    """Over TLS every answer carries HSTS (RFC 6797)."""
    sent = Sent([])
    drive(app, sent)

    assert b"strict-transport-security" in dict(sent.got[0]["headers"])


def test_a_caller_who_hangs_up_is_logged_and_not_answered(app: Starlette, lines: Any) -> None:
    """A hang-up is a line with status 499 and nothing else."""
    sent = Sent([(b"authorization", f"Bearer {KEY}".encode()), (b"content-length", b"50")], b"{")
    drive(app, sent)

    assert sent.got == []
    assert " 499 " in lines()[0]


@pytest.mark.parametrize("declared", [True, False], ids=["declared", "chunked"])
def test_an_oversized_body_is_refused(
    declared: bool,  # noqa: FBT001 - a parameter of the test
    app: Starlette,
    house: SimulatedHouse,
) -> None:
    """A body past the limit is 413, with a declared length before one byte of it is read."""
    length = (b"content-length", b"%d" % (LIMITS.body_bytes + 1))
    framing = length if declared else (b"transfer-encoding", b"chunked")
    parts = [b"x" * 1_048_576] * 12
    sent = Sent([framing, (b"authorization", f"Bearer {KEY}".encode())], *parts)
    drive(app, sent)

    assert sent.got[0]["status"] == 413
    assert sent.asked == (0 if declared else 9)
    assert house.seen == []


def test_one_call_too_many_is_asked_to_come_back(app: Starlette, house: SimulatedHouse) -> None:
    """Calls at one time are bounded: the next is 503 at once, and the others are answered."""
    house.gate.clear()
    house.vault.records["r1"] = {"person.name": "Ada Example"}
    transport = InProcess(app)
    statuses: list[int] = []

    def call() -> None:
        request = httpx2.Request(
            "POST",
            f"http://localhost{REVEAL}",
            json=GOOD,
            headers={"authorization": f"Bearer {KEY}"},
        )
        statuses.append(transport.handle_request(request).status_code)

    threads = [threading.Thread(target=call) for _ in range(LIMITS.calls_at_once)]
    for thread in threads:
        thread.start()
    while len(house.credentials) < 4:
        pass
    refused = None
    while refused != 503:
        refused = transport.handle_request(
            httpx2.Request("GET", "http://localhost/v1/limits")
        ).status_code
    house.gate.set()
    for thread in threads:
        thread.join()
    transport.close()

    assert statuses == [200] * LIMITS.calls_at_once


def test_a_websocket_is_turned_away(app: Starlette) -> None:
    """There is nothing but HTTP behind this door."""
    got: list[Any] = []

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        got.append(message)

    scope = {"type": "websocket", "path": REVEAL, "headers": [], "root_path": ""}
    asyncio.run(app(scope, receive, send))

    assert got[0]["type"] == "websocket.close"
