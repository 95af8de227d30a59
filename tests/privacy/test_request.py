"""Rules of requests of people, by hand (C7.2(6), C7.3(6)(b); GDPR 12, 18; 11 CCR 7021)."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bailee.errors import Failure
from bailee.privacy import request_words as words
from bailee.privacy.request import (
    REQUEST,
    Exception18,
    Request,
    check_denial,
    check_exceptions,
    check_people,
    check_request,
    step,
)
from bailee.privacy.request_key import Sent, check_signed, read_public, read_signed
from bailee.privacy.request_time import answer_by, check_extension

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
ONE = Request(
    request_id="ab" * 16, controller="acme", channel="misdirected", regime="gdpr", kind="access",
    identified=NOW, received=NOW, entered=NOW, entered_by="p",
)  # fmt: skip


def code(attempt: Callable[[], object]) -> str:
    """Return the code of a refusal; '' for none."""
    try:
        attempt()
    except Failure as failure:
        return failure.code
    return ""


def test_what_the_table_does_not_say_is_refused() -> None:
    """Every pair of state and event that stands in no row refuses, and what is over stays over."""
    events = {event for _, event in REQUEST}
    states = {state for state, _ in REQUEST} | set(REQUEST.values())
    for state, event in product(states, events):
        known = REQUEST.get((state, event))
        assert code(lambda s=state, e=event: step(s, e)) == ("" if known else "request.state")  # type: ignore[misc]
    over = {state for state in states if not any(state == first for first, _ in REQUEST)}
    assert over == {"denied", "withdrawn", "settled", "lifted"}
    assert {after for (state, _), after in REQUEST.items() if state == "executing"} == {
        "executing", "stopped", "done",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, ""),
        ({"kind": "sale"}, "request.kind"),
        ({"channel": "pigeon"}, "request.channel"),
        ({"regime": "lgpd"}, "request.regime"),
        ({"received": NOW + timedelta(seconds=1)}, "request.time"),
        ({"received": NOW - timedelta(days=366)}, ""),
        ({"received": NOW - timedelta(days=367)}, "request.time"),
        ({"subjects": ("s",) * 1001}, "request.people"),
    ],
)
def test_a_request_says_what_it_is(changed: dict[str, Any], expected: str) -> None:
    """Kind, way, law, and a day that has come within the year."""
    assert code(lambda: check_request(replace(ONE, **changed), NOW)) == expected


def test_a_denial_has_its_reason_twice() -> None:
    """A word of the list, and words."""
    codes = [code(lambda p=p: check_denial(*p)) for p in (  # type: ignore[misc]
        ("unfounded", "Why."), ("because", "Why."), ("unfounded", " "), ("", ""),
        ("law", "x" * 2001), ("law", "a\x00b"),
    )]  # fmt: skip
    assert codes == [
        "", "request.denial", "request.words", "request.denial", "request.words", "request.words",
    ]  # fmt: skip


def test_what_goes_on_has_a_ground_of_article_18() -> None:
    """Consent, legal claims, protection of another, public interest: and a reason, always."""
    fine = [
        Exception18(ground, "support", "A suit.")
        for ground in ("consent", "legal-claims", "protection", "public-interest")
    ]
    assert code(lambda: check_exceptions("restriction", fine)) == ""
    for bad in (replace(fine[0], ground="habit"), replace(fine[0], reason="")):
        assert code(lambda b=bad: check_exceptions("restriction", [b])) in {  # type: ignore[misc]
            "request.exception", "request.words",
        }  # fmt: skip
    assert code(lambda: check_exceptions("deletion", fine[:1])) == "request.exception"


def test_people_are_counted_before_anything_is_done() -> None:
    """Another number than is expected is refused, none included."""
    assert [code(lambda n=n: check_people(n, 1)) for n in (0, 1, 2)] == [  # type: ignore[misc]
        "request.ambiguous", "", "request.ambiguous",
    ]  # fmt: skip


def test_the_controllers_time_is_the_laws() -> None:
    """A month in Brussels, forty-five days in Los Angeles; what nobody read gives no number."""
    due, basis = answer_by("gdpr", datetime(2026, 1, 31, 12, tzinfo=UTC))
    ccpa, ccpa_basis = answer_by("ccpa", datetime(2025, 11, 30, 20, tzinfo=UTC))

    assert (due, basis) == (datetime(2026, 2, 28, 23, tzinfo=UTC), "gdpr:12(3)")
    # 45 days after 30 November is 14 January; its midnight in California is 08:00 UTC.
    assert (ccpa, ccpa_basis) == (datetime(2026, 1, 15, 8, tzinfo=UTC), "ccpa:7021(b)")
    # Its text was read as it stood until 2026: since then it gives no number.
    for regime in ("other", "uk-gdpr", "ccpa"):
        assert answer_by(regime, NOW) == (None, "")


def test_an_extension_ends_within_the_laws_longest_time() -> None:
    """Three months in all under the regulation, ninety days in California, none elsewhere."""
    tries = {
        ("gdpr", datetime(2027, 2, 28, 23, tzinfo=UTC)): "",
        ("gdpr", datetime(2027, 3, 2, 0, tzinfo=UTC)): "request.extension",
        ("other", NOW): "request.extension",
    }
    for (regime, until), expected in tries.items():
        assert code(lambda r=regime, u=until: check_extension(r, NOW, u)) == expected  # type: ignore[misc]
    then, last = NOW.replace(year=2025), datetime(2026, 3, 1, 8, tzinfo=UTC)
    assert code(lambda: check_extension("ccpa", then, last)) == ""
    late = last + timedelta(hours=1)
    assert code(lambda: check_extension("ccpa", then, late)) == "request.extension"


def test_no_word_names_whom_it_is_about() -> None:
    """Notice and letter speak of a number; subject lines are the same for everybody."""
    said = "\n".join(words.received(replace(ONE, subjects=("secret-id",))).lines)
    letter = words.letter("Acme Inc.")

    assert ONE.request_id in said
    assert "secret-id" not in said
    assert "Acme Inc." in letter
    assert words.letter_sha256("Acme Inc.") == hashlib.sha256(letter.encode()).hexdigest()
    for state in ("stopped", "done", "lifting", "denied", "withdrawn"):
        assert (
            "secret-id" not in words.became(replace(ONE, subjects=("secret-id",), state=state)).body
        )


def test_a_signed_text_is_about_this_call_and_of_now() -> None:
    """Method, address, body and minute; a key's id begins its thumbprint."""
    key = Ed25519PrivateKey.generate()

    def b64(data: bytes) -> str:
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    x = b64(key.public_key().public_bytes_raw())
    key_id, members = read_public({"kty": "OKP", "crv": "Ed25519", "x": x, "kid": "y"}, "Desk")
    thumb = hashlib.sha256(f'{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}'.encode()).hexdigest()
    sent = Sent("POST", "/opendsr/v2.0/requests", "0" * 64)

    def told(**changed: Any) -> str:
        head = {"alg": "EdDSA", "typ": "opendsr+jws", "kid": f"acme:{key_id}"}
        claims = {
            "iat": int(NOW.timestamp()), "method": sent.method, "path": sent.path,
            "body_sha256": sent.body_sha256,
        } | changed  # fmt: skip
        covered = f"{b64(json.dumps(head).encode())}.{b64(json.dumps(claims).encode())}"
        text = f"{covered}.{b64(key.sign(covered.encode()))}"
        controller, named, signed = read_signed(text)
        assert (controller, named) == ("acme", key_id)
        return code(lambda: check_signed(signed, members, sent, NOW))

    iat = int(NOW.timestamp())
    assert key_id == thumb[:32]
    assert set(members) == {"kty", "crv", "x"}
    assert told() == told(iat=iat - 300) == told(iat=iat + 300) == ""
    changes: list[dict[str, Any]] = [
        {"iat": iat - 301}, {"iat": iat + 301}, {"iat": True}, {"iat": 10**30}, {"iat": float(iat)},
        {"method": "GET"}, {"path": "/"}, {"body_sha256": "1" * 64},
    ]  # fmt: skip
    assert {told(**one) for one in changes} == {"opendsr.signature"}
    for text in ("", "a.b.c", "x" * 5000):
        assert code(lambda t=text: read_signed(t)) == "opendsr.signature"  # type: ignore[misc]
