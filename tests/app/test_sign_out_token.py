"""A sign-out of the provider's is heard only where every word of its token is right.

OpenID Connect Back-Channel Logout 1.0, 2.4 and 2.6; RFC 8725. Tokens are signed by real keys.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from bailee.access.assertion import linked
from bailee.access.sign_out import EVENT, LIFE, Farewell, session_mark
from bailee.errors import Unauthenticated
from tests.app.test_relying import ACCESS, NOW, OURS, WORDS, Desk, half, unsigned, why
from tests.simulators.provider import packed, public, written

SECONDS = int(NOW.timestamp())
TYPE = {"typ": "logout+jwt"}


def said(desk: Desk, **changed: Any) -> dict[str, Any]:
    """Return what a good token says; None takes a claim away."""
    claims = {
        "iss": desk.mint.issuer,
        "aud": OURS,
        "sub": "sub-esra",
        "sid": "sid-7",
        "iat": SECONDS - 1,
        "exp": SECONDS + 119,
        "jti": secrets.token_hex(8),
        "events": {EVENT: {}},
    } | changed
    return {name: value for name, value in claims.items() if value is not None}


def heard(desk: Desk, token: str) -> Farewell:
    """Return what the house takes of a token."""
    return desk.party.farewell(token, lambda: NOW)


def wrong(desk: Desk, token: str) -> str:
    """Return for what a token was refused; nothing of it is repeated."""
    with pytest.raises(Unauthenticated) as caught:
        heard(desk, token)
    told = f"{caught.value!r} {caught.value.says} {caught.value.do}"
    assert not token or token not in told
    assert "sub-esra" not in told
    return caught.value.code.removeprefix("sign_out.")


def test_a_good_token_says_who_and_of_which_session() -> None:
    """Person and session as digests, as links and sessions have them; its own id as another."""
    desk = Desk()
    found = heard(desk, desk.mint.token(said(desk, jti="j1"), **TYPE))
    issuer = desk.mint.issuer
    assert (found.subject, found.session) == (
        linked("subject", issuer, "sub-esra"),
        session_mark(issuer, "sid-7"),
    )
    assert found.until.timestamp() == SECONDS + 119 + 5  # five seconds between two clocks
    assert found.token == linked("sign-out", issuer, "j1").hex()
    alone = heard(desk, desk.mint.token(said(desk, sub=None), **TYPE))
    assert (alone.subject, alone.session) == (None, found.session)
    person = heard(desk, desk.mint.token(said(desk, sid=None), **TYPE))
    assert (person.subject, person.session) == (found.subject, "")


def test_every_way_of_signing_and_the_older_types() -> None:
    """2.4: what older providers write in the header is taken; the event and no nonce tell it."""
    desk = Desk()
    for typ in ("logout+jwt", "JWT", "application/logout+jwt"):
        assert heard(desk, desk.mint.token(said(desk), typ=typ)).session
    assert heard(desk, desk.mint.token(said(desk, aud=[OURS]), **TYPE)).session


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"iss": "https://login.example/other"}, "iss"),
        ({"iss": None}, "iss"),
        ({"aud": "another-client"}, "aud"),
        ({"aud": [OURS, "another-client"]}, "aud"),
        ({"aud": None}, "aud"),
        ({"iat": None}, "iat"),
        ({"iat": SECONDS + 6}, "iat"),
        ({"iat": SECONDS - int(LIFE.total_seconds())}, "iat"),
        ({"iat": True}, "iat"),
        ({"iat": "now"}, "iat"),
        ({"exp": None}, "exp"),
        ({"exp": SECONDS - 5}, "exp"),
        ({"exp": SECONDS - 2}, "exp"),
        ({"exp": float("1e300")}, "exp"),
        ({"events": None}, "events"),
        ({"events": {}}, "events"),
        ({"events": [EVENT]}, "events"),
        ({"events": {EVENT: True}}, "events"),
        ({"events": {EVENT + "2": {}}}, "events"),
        ({"nonce": "n"}, "nonce"),
        ({"nonce": ""}, "nonce"),
        ({"jti": None}, "jti"),
        ({"jti": ""}, "jti"),
        ({"jti": "x" * 257}, "jti"),
        ({"jti": 7}, "jti"),
        ({"sub": None, "sid": None}, "sub"),
        ({"sub": ""}, "sub"),
        ({"sub": ["sub-esra"]}, "sub"),
        ({"sid": "a\nb"}, "sub"),
    ],
)
def test_each_wrong_claim_is_its_own_refusal(changed: Mapping[str, Any], what: str) -> None:
    """2.6: one claim that is missing, of another, or of another time, and nothing is heard."""
    desk = Desk()
    assert wrong(desk, desk.mint.token(said(desk, **changed), **TYPE)) == what


def test_nobody_else_signs() -> None:
    """ASVS 6.8.2: unsigned, by a secret, by the public key as one, by another key, or altered."""
    desk = Desk()
    claims, head = said(desk), {"typ": "logout+jwt", "kid": "ec-1"}
    assert wrong(desk, unsigned(claims, head | {"alg": "none"})) == "algorithm"
    key = written(public(desk.mint.keys["ec-1"]))
    assert wrong(desk, unsigned(claims, head | {"alg": "HS256"}, key)) == "algorithm"
    assert wrong(desk, unsigned(claims, head | {"alg": "ES256"})) == "signature"
    assert wrong(desk, unsigned(claims, head | {"alg": "ES256", "kid": "ec-2"})) == "key"
    other = Desk()
    other.mint.keys["ec-1"] = ec.generate_private_key(ec.SECP256R1())
    assert wrong(desk, other.mint.token(claims, **TYPE)) == "signature"
    token = desk.mint.token(claims, **TYPE)
    first, _, last = token.split(".")
    moved = packed(written(claims | {"sub": "sub-bram"}))
    assert wrong(desk, f"{first}.{moved}.{last}") == "signature"
    for text in ("", "a.b", "a.b.c.d", "=.=.=", "x" * 9000):
        assert wrong(desk, text) == "form"
    assert wrong(desk, desk.mint.token(b'{"iss":"a","iss":"b"}', **TYPE)) == "form"


def test_tokens_of_other_kinds_are_none() -> None:
    """RFC 8725 3.11, 2.4: an identity or access token signs nobody out, nor this one anybody in."""
    desk = Desk()
    assert wrong(desk, desk.token()) == "events"
    assert wrong(desk, desk.mint.token(desk.mint.claims(NOW))) == "type"
    out = said(desk, nonce=None)
    assert why(desk.answers(desk.mint.token(out, typ="JWT")).identify) == "nonce"
    assert why(desk.answers(desk.mint.token(out, **TYPE)).identify) == "type"
    both = said(desk, nonce=WORDS.nonce, at_hash=half(ACCESS))
    assert wrong(desk, desk.mint.token(both, typ="JWT")) == "nonce"


def test_who_is_named_by_another_claim() -> None:
    """Where people are known by another claim than ``sub``, a token without it names a session."""
    desk = Desk(claim="oid")
    found = heard(desk, desk.mint.token(said(desk), **TYPE))
    assert (found.subject, bool(found.session)) == (None, True)
    assert wrong(desk, desk.mint.token(said(desk, sid=None), **TYPE)) == "sub"
    named = heard(desk, desk.mint.token(said(desk, oid="oid-esra"), **TYPE))
    assert named.subject == linked("subject", desk.mint.issuer, "oid-esra")


def test_a_sign_in_says_of_which_session_it_is() -> None:
    """An identity token's ``sid`` gives the digest that a sign-out's does; a strange one none."""
    desk = Desk()
    found = desk.answers(desk.token(sid="sid-7")).identify()
    assert found.place == session_mark(desk.mint.issuer, "sid-7")
    for odd in (7, "", "a\nb", ["sid-7"]):
        assert desk.answers(desk.token(sid=odd)).identify().place == ""
