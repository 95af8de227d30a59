"""The door carries a person's token and its proof, in headers alone, and writes neither down."""

from __future__ import annotations

import json
import logging
from typing import Any

import httpx2
import pytest

from bailee.web.limits import LIMITS, Head, mandate
from tests.simulators.house import KEY, SimulatedHouse
from tests.web.test_door import GOOD, REVEAL, assert_problem

TOKEN, PROOF = "canary-token.of.somebody", "canary-proof.of.somebody"
SHOWN = {"bailee-person-token": TOKEN, "dpop": PROOF}


def test_token_and_proof_reach_the_house(http: httpx2.Client, house: SimulatedHouse) -> None:
    """With method and path, for which a proof is made; a call without a token has no mandate."""
    http.post(REVEAL, json=GOOD)
    assert house.mandates == []
    http.post(REVEAL, json=GOOD, headers=SHOWN)
    http.get("/v1/people", headers={"bailee-person-token": "bt_x"})
    http.post("/v1/services/s1/token", headers={"bailee-person-token": ""})

    first, second, third = house.mandates
    assert (first.token, first.proof) == (TOKEN, PROOF)
    assert (first.method, first.path) == ("POST", REVEAL)
    assert (second.token, second.proof) == ("bt_x", "")
    assert (second.method, second.path) == ("GET", "/v1/people")
    assert third.token == ""


def test_a_long_body_waits_for_the_same(http: httpx2.Client, house: SimulatedHouse) -> None:
    """C2.5(3): who sends a long body is asked first, with all that they show."""
    house.vault.records["r1"] = {"person.name": "Ada Example"}
    body = json.dumps(GOOD).encode() + b" " * LIMITS.unknown_caller_bytes
    headers = {"content-type": "application/json", **SHOWN}
    assert http.post(REVEAL, content=body, headers=headers).status_code == 200
    assert [one.token for one in house.mandates] == [TOKEN]


def test_only_what_is_looked_up_is_attended(http: httpx2.Client, house: SimulatedHouse) -> None:
    """A token that somebody else signed never goes to the thread that commits."""
    http.post(REVEAL, json=GOOD)
    http.post(REVEAL, json=GOOD, headers={"bailee-person-token": "bt_x"})
    assert house.attended == 2
    http.post(REVEAL, json=GOOD, headers=SHOWN)
    assert house.attended == 2


def test_two_of_a_kind_are_refused(http: httpx2.Client, house: SimulatedHouse) -> None:
    """RFC 9449 4.3(1): of two tokens or proofs none is chosen."""
    for name, value in SHOWN.items():
        pairs = [("authorization", f"Bearer {KEY}"), *SHOWN.items(), (name, value)]
        assert_problem(http.get("/v1/people", headers=pairs), 422, "header.repeated")
    assert house.credentials == []


def test_a_giant_token_is_refused_unread(http: httpx2.Client, house: SimulatedHouse) -> None:
    """More headers than a request may have are refused before anybody looks into them."""
    giant = {"bailee-person-token": "a" * LIMITS.header_bytes}
    assert_problem(http.get("/v1/people", headers=giant), 431, "header.too_large")
    strange = {b"bailee-person-token": b"\xff\xfe"}
    assert_problem(http.get("/v1/people", headers=strange), 422, "header.encoding")
    assert house.credentials == []


def test_no_address_takes_a_token(http: httpx2.Client, house: SimulatedHouse) -> None:
    """C3.2: in an address there is room for neither."""
    for name in ("person_token", "access_token", "bailee-person-token"):
        assert_problem(http.get(f"/v1/people?{name}={TOKEN}"), 422, "url.query_refused")
    assert house.credentials == []


def test_neither_is_written_down(
    http: httpx2.Client, house: SimulatedHouse, caplog: pytest.LogCaptureFixture
) -> None:
    """Not in the log, not in an answer, not when the house breaks over them."""
    caplog.set_level(logging.DEBUG)
    house.fails = [RuntimeError(TOKEN), RuntimeError(PROOF)]
    texts = [http.post(REVEAL, json=GOOD, headers=SHOWN).text for _ in range(3)]
    lines = [one.getMessage() for one in caplog.records if one.name.startswith("bailee")]

    assert lines
    assert not [text for text in texts + lines if "canary" in text]
    assert "canary" not in repr(house.mandates)


def test_without_a_token_nothing_is_made() -> None:
    """An ordinary call pays for one look at one member."""
    assert mandate(Head(dpop=PROOF), "GET", "/") is None


def test_the_description_has_the_headers(http: httpx2.Client) -> None:
    """They are ways to authenticate, beside the key and never without it."""
    told: dict[str, Any] = http.get("/openapi.json").json()
    schemes = told["components"]["securitySchemes"]
    assert {one.get("name") for one in schemes.values()} == {None, "Bailee-Person-Token", "DPoP"}
    assert all("bearer" in one for one in told["security"])
