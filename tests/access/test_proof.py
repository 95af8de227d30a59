"""A proof of possession is for one key, one token, one request and one minute (RFC 9449 4.3)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from bailee.access.assertion import Assertion, Issuer
from bailee.access.mandate import Mandate
from bailee.access.proof import check_proof
from bailee.client import Prover
from bailee.errors import Unauthenticated
from tests.simulators.provider import packed, public, sign

ISSUER = Issuer("https://login.example", "us", address="https://resource.example.org")
NOW = datetime.fromtimestamp(1562262618, UTC)
"""The moment of the standard's example."""
TOKEN = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"
FIGURE_13 = (
    "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUk"
    "lDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUw"
    "Q2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1Ijoia"
    "HR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9wcm90ZWN0ZWRyZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjo"
    "iZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFbyJ9.2oW9RP35yRqzhrtNP86L-Ey71EOptxRi"
    "mPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA"
)
JKT = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"
SAID = Assertion(b"", b"", "", NOW, JKT)
ASKED = Mandate(TOKEN, FIGURE_13, "GET", "/protectedresource")


def code(mandate: Mandate, said: Assertion = SAID, now: datetime = NOW, at: Issuer = ISSUER) -> str:
    """Return with which code a proof is refused, '' when it is taken."""
    try:
        check_proof(mandate, said, at, now)
    except Unauthenticated as failure:
        return failure.code
    return ""


def test_the_standards_own_example_is_taken() -> None:
    """RFC 9449, figure 13 with its token, its key's thumbprint and its request."""
    proof = check_proof(ASKED, SAID, ISSUER, NOW)
    assert proof.until > NOW + timedelta(seconds=60)
    assert code(ASKED, now=NOW + timedelta(seconds=59)) == ""


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"method": "POST"}, "proof.request"),
        ({"method": "get"}, "proof.request"),
        ({"path": "/protectedresource/"}, "proof.request"),
        ({"path": "/Protectedresource"}, "proof.request"),
        ({"path": "/other"}, "proof.request"),
        ({"token": "another.token.here"}, "proof.token"),
        ({"proof": ""}, "proof.missing"),
        ({"proof": FIGURE_13[:-2] + "AA"}, "proof.signature"),
        ({"proof": "x" * 5000}, "proof.form"),
        ({"proof": "a.b.c"}, "proof.form"),
    ],
)
def test_another_request_or_token_is_refused(changed: dict[str, str], expected: str) -> None:
    """Method, address and token must be those that the key signed; what is no proof is none."""
    assert code(replace(ASKED, **changed)) == expected


@pytest.mark.parametrize(
    ("base", "taken"),
    [
        ("https://resource.example.org/", True),
        ("HTTPS://Resource.Example.ORG:443", True),
        ("http://resource.example.org", False),
        ("https://resource.example.org:8443", False),
        ("https://resource.example.org.evil.example", False),
        ("https://evil.example", False),
    ],
)
def test_the_address_is_the_one_that_is_set(base: str, taken: bool) -> None:  # noqa: FBT001 - a table
    """A proof made for another server is refused, whatever a request's Host says (RFC 3986 6.2)."""
    assert (code(ASKED, at=replace(ISSUER, address=base)) == "") is taken


def test_a_proof_is_of_just_now() -> None:
    """It is taken for a minute from its ``iat``, and five seconds ahead of it."""
    times = {-6: "proof.stale", -5: "", 0: "", 59: "", 60: "proof.stale", 3600: "proof.stale"}
    for seconds, expected in times.items():
        assert code(ASKED, now=NOW + timedelta(seconds=seconds)) == expected


def test_another_key_is_refused() -> None:
    """The key must be the token's, even where the proof is good for itself."""
    assert code(ASKED, replace(SAID, thumbprint="A" * 43)) == "proof.key"


def handmade(header: dict[str, Any], claims: dict[str, Any]) -> tuple[Mandate, Assertion]:
    """Return a proof by a fresh key, with members changed, and what its token would say."""
    key = ec.generate_private_key(ec.SECP256R1())
    jwk = public(key)
    head = {"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk} | header
    said = {
        "jti": "1",
        "htm": "GET",
        "htu": "https://resource.example.org/protectedresource",
        "iat": 1562262618,
        "ath": packed(hashlib.sha256(TOKEN.encode()).digest()),
    } | claims
    said = {name: value for name, value in said.items() if value is not None}
    members = json.dumps(jwk, sort_keys=True, separators=(",", ":")).encode()
    thumbprint = packed(hashlib.sha256(members).digest())
    return replace(ASKED, proof=sign(key, head, said)), replace(SAID, thumbprint=thumbprint)


@pytest.mark.parametrize(
    ("header", "claims", "expected"),
    [
        ({}, {}, ""),
        ({}, {"htu": "https://resource.example.org/protectedresource?a=b#c"}, ""),
        ({}, {"nonce": "unasked"}, ""),
        ({"typ": "JWT"}, {}, "proof.form"),
        ({"typ": "at+jwt"}, {}, "proof.form"),
        ({"alg": "none"}, {}, "proof.form"),
        ({"alg": "HS256"}, {}, "proof.form"),
        ({"jwk": None}, {}, "proof.form"),
        ({"jwk": {"kty": "oct", "k": "AAAA"}}, {}, "proof.form"),
        ({}, {"jti": None}, "proof.form"),
        ({}, {"jti": "x" * 257}, "proof.form"),
        ({}, {"iat": None}, "proof.form"),
        ({}, {"iat": "1562262618"}, "proof.form"),
        ({}, {"iat": True}, "proof.form"),
        ({}, {"iat": 1e300}, "proof.form"),
        ({}, {"iat": 1 << 60}, "proof.form"),
        ({}, {"htm": None}, "proof.request"),
        ({}, {"htu": None}, "proof.request"),
        ({}, {"htu": ["https://resource.example.org/protectedresource"]}, "proof.request"),
        ({}, {"htu": "https://user@resource.example.org/protectedresource"}, "proof.request"),
        ({}, {"htu": "/protectedresource"}, "proof.request"),
        ({}, {"ath": None}, "proof.token"),
    ],
)
def test_a_proof_has_all_its_members(
    header: dict[str, Any], claims: dict[str, Any], expected: str
) -> None:
    """RFC 9449 4.3, point by point; members that nobody asked for are passed over."""
    assert code(*handmade(header, claims)) == expected


def test_a_proof_with_its_private_key_is_refused() -> None:
    """RFC 9449 4.3(7): whoever sends the private half has none any more."""
    key = ec.generate_private_key(ec.SECP256R1())
    private = packed(key.private_numbers().private_value.to_bytes(32, "big"))
    mandate, said = handmade({"jwk": {**public(key), "d": private}}, {})
    assert code(mandate, said) == "proof.form"


def test_a_proof_by_another_key_than_it_carries_is_refused() -> None:
    """The key in the header verifies the signature, or the proof is nobody's."""
    mandate, _ = handmade({}, {})
    stranger = public(ec.generate_private_key(ec.SECP256R1()))
    mandate, said = handmade({"jwk": stranger}, {})
    members = json.dumps(stranger, sort_keys=True, separators=(",", ":")).encode()
    theirs = replace(said, thumbprint=packed(hashlib.sha256(members).digest()))
    assert code(mandate, theirs) == "proof.signature"
    short = {"kty": "RSA", "n": packed(b"\xff" * 128), "e": "AQAB"}
    assert code(handmade({"jwk": short, "alg": "RS256"}, {})[0], theirs) == "proof.form"


def test_the_clients_prover_makes_such_proofs() -> None:
    """What ``Prover`` makes is taken, and each is another one."""
    prover = Prover()
    url = "https://resource.example.org/protectedresource"
    said, now = replace(SAID, thumbprint=prover.thumbprint), datetime.now(UTC)  # noqa: TID251 - its own clock
    digests = {
        check_proof(replace(ASKED, proof=prover("GET", url, TOKEN)), said, ISSUER, now).digest
        for _ in range(3)
    }
    assert len(digests) == 3
