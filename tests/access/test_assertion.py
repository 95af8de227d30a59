"""What a provider's token must say to be taken (RFC 9068, RFC 8725)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bailee.access.assertion import Issuer, check_claims
from bailee.errors import Unauthenticated
from tests.simulators.provider import AUDIENCE, Mint

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECONDS = int(NOW.timestamp())
MINT = Mint()
PLAIN = Issuer(MINT.issuer, AUDIENCE, bound=False)
BOUND = replace(PLAIN, bound=True)
JKT = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"


def code(issuer: Issuer = PLAIN, now: datetime = NOW, **changed: Any) -> str:
    """Return with which code claims are refused, '' when they are taken."""
    try:
        check_claims(MINT.claims(NOW, **changed), issuer, now)
    except Unauthenticated as failure:
        return failure.code
    return ""


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, ""),
        ({"aud": [AUDIENCE]}, ""),
        ({"nbf": SECONDS}, ""),
        ({"iat": SECONDS - 0.5, "exp": SECONDS + 899.5}, ""),
        ({"client_id": None, "azp": "c"}, ""),
        ({"azp": "console-at-the-provider"}, ""),
        ({"email": "cleo@harbour.example", "scope": "a b"}, ""),
        ({"iss": "https://login.example/tenant/"}, "token.issuer"),
        ({"iss": "https://LOGIN.example/tenant"}, "token.issuer"),
        ({"iss": None}, "token.issuer"),
        ({"aud": None}, "token.audience"),
        ({"aud": "console-at-the-provider"}, "token.audience"),
        ({"aud": [AUDIENCE, "https://other.example/"]}, "token.audience"),
        ({"aud": []}, "token.audience"),
        ({"aud": {AUDIENCE: 1}}, "token.audience"),
        ({"aud": AUDIENCE + "/"}, "token.audience"),
        ({"exp": SECONDS + 901}, "token.long_lived"),
        ({"iat": SECONDS - 800, "exp": SECONDS + 200}, "token.long_lived"),
        ({"exp": SECONDS - 5, "iat": SECONDS - 300}, "token.expired"),
        ({"iat": SECONDS + 6, "exp": SECONDS + 300}, "token.not_yet"),
        ({"nbf": SECONDS + 6}, "token.not_yet"),
        ({"iat": None}, "token.claims"),
        ({"exp": None}, "token.claims"),
        ({"exp": str(SECONDS + 300)}, "token.claims"),
        ({"exp": True}, "token.claims"),
        ({"exp": float("inf")}, "token.claims"),
        ({"iat": -1}, "token.claims"),
        ({"exp": 1e300}, "token.claims"),
        ({"exp": 1 << 63}, "token.claims"),
        ({"exp": SECONDS, "iat": SECONDS}, "token.claims"),
        ({"nbf": "soon"}, "token.claims"),
        ({"sub": None}, "token.claims"),
        ({"sub": ""}, "token.claims"),
        ({"sub": ["sub-cleo"]}, "token.claims"),
        ({"sub": "x" * 257}, "token.claims"),
        ({"sub": "sub\ncleo"}, "token.claims"),
        ({"sub": "\ud800"}, "token.claims"),
        ({"jti": None}, "token.claims"),
        ({"client_id": None}, "token.claims"),
        ({"azp": "somebody-else"}, "token.claims"),
    ],
)
def test_claims_are_all_needed_and_all_narrow(changed: dict[str, Any], expected: str) -> None:
    """Issuer, sole audience, a quarter of an hour, a person, a client, and an id of its own."""
    assert code(**changed) == expected


@pytest.mark.parametrize(
    ("cnf", "plain", "bound"),
    [
        (None, "", "token.unbound"),
        ({"jkt": JKT}, "", ""),
        ({"x5t#S256": JKT}, "token.binding", "token.binding"),
        ({"jkt": JKT, "x5t#S256": JKT}, "token.binding", "token.binding"),
        ({"jkt": JKT + "A"}, "token.binding", "token.binding"),
        ({"jkt": ""}, "token.binding", "token.binding"),
        ({}, "token.binding", "token.binding"),
        ("jkt", "token.binding", "token.binding"),
    ],
)
def test_a_binding_is_checked_or_refused(cnf: object, plain: str, bound: str) -> None:
    """RFC 7800: a binding that cannot be checked is never passed over, however little is asked."""
    assert (code(PLAIN, cnf=cnf), code(BOUND, cnf=cnf)) == (plain, bound)


def test_times_allow_five_seconds() -> None:
    """A token is taken from five seconds before its time to five seconds after it."""
    for late, expected in ((-5, ""), (-6, "token.not_yet"), (304, ""), (305, "token.expired")):
        assert code(now=NOW + timedelta(seconds=late)) == expected
    said = check_claims(MINT.claims(NOW), PLAIN, NOW)
    assert said.until == NOW + timedelta(seconds=305)


def test_what_is_kept_of_a_token_is_no_name() -> None:
    """ASVS 6.8.1: person, client and id are digests; another issuer's same names are other ones."""
    claims = MINT.claims(NOW, jti="token-1")
    said = check_claims(claims, PLAIN, NOW)
    assert "sub-cleo" not in repr(said)
    assert len(said.token_id) == 64
    assert "token-1" not in said.token_id
    elsewhere = replace(PLAIN, name="https://other.example")
    theirs = check_claims(claims | {"iss": "https://other.example"}, elsewhere, NOW)
    assert theirs.subject != said.subject
    assert theirs.client != said.client
    assert theirs.token_id != said.token_id


def test_another_claim_may_name_the_person() -> None:
    """The operator says which claim; the usual one is then not looked at."""
    issuer = replace(PLAIN, claim="oid")
    assert code(issuer) == "token.claims"
    said = check_claims(MINT.claims(NOW, oid="sub-cleo"), issuer, NOW)
    assert said.subject == check_claims(MINT.claims(NOW), PLAIN, NOW).subject
