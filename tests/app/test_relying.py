"""What a provider answers to a code is believed only where every word of it is right.

OpenID Connect Core 3.1.3.7, RFC 6749 4.1.3, RFC 7636, RFC 8725, RFC 9207.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bailee.access.assertion import Issuer, linked
from bailee.access.jws import FlawError, Key, read_keys
from bailee.access.sign_on import Asked, Client, Identity, Returned, TurnedAway, Untrusted, Words
from bailee.app.metadata import Metadata, doubts, objections, read_metadata
from bailee.app.relying import RelyingParty
from tests.simulators.provider import Mint, packed, public, written

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BEGUN = NOW - timedelta(seconds=40)
OURS = "bailee-client"
WORDS = Words("s" * 43, "n" * 43, "v" * 43)
ACCESS = "an access token"
RETURNED = Returned(WORDS.state, "the-code")


@dataclass
class Desk:
    """A party whose provider answers what a test says."""

    mint: Mint = field(default_factory=Mint)
    method: str = "client_secret_basic"
    named: bool = False
    strong: frozenset[str] = frozenset()
    claim: str = "sub"
    status: int = 200
    body: bytes = b""
    sent: list[tuple[str, Mapping[str, str], dict[str, list[str]]]] = field(default_factory=list)

    @property
    def party(self) -> RelyingParty:
        """The party."""
        metadata = Metadata(
            keys="https://login.example/keys",
            authorization="https://login.example/authorize?tenant=7",
            token="https://login.example/token",
            named=self.named,
            methods=(self.method,),
        )
        client = Client(OURS, "s:e c%", "https://bailee.example/back", "Example", self.strong)
        issuer = Issuer(self.mint.issuer, "", claim=self.claim)
        return RelyingParty(issuer, client, self.find, lambda: metadata, self.send)

    def find(self, kid: str, algorithm: str) -> Key | None:
        """Return a key of the provider's set."""
        for (name, _), key in read_keys(self.mint.jwks()).items():
            if name == kid and key.takes(algorithm):
                return key
        return None

    def send(self, url: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        """Answer as the test says."""
        self.sent.append((url, headers, parse_qs(body.decode())))
        return self.status, self.body

    def claims(self, **changed: Any) -> dict[str, Any]:
        """Return what a good token says; None takes a claim away."""
        seconds = int(NOW.timestamp())
        claims = {
            "iss": self.mint.issuer,
            "aud": OURS,
            "sub": "sub-esra",
            "iat": seconds - 10,
            "exp": seconds + 300,
            "nonce": WORDS.nonce,
        } | changed
        return {name: value for name, value in claims.items() if value is not None}

    def answers(self, token: object, **more: object) -> Desk:
        """Let the provider answer a code with a token."""
        said = {"id_token": token, "access_token": ACCESS, "token_type": "Bearer"} | more
        self.body = json.dumps(said).encode()
        return self

    def token(self, header: Mapping[str, Any] | None = None, **changed: Any) -> str:
        """Return a signed token."""
        head = {"typ": "JWT"} | dict(header or {})
        return self.mint.token(self.claims(**changed), **head)

    def identify(self, returned: Returned = RETURNED, *, anew: bool = False) -> Identity:
        """Exchange the code."""
        return self.party.identify(returned, Asked(WORDS, BEGUN, anew), lambda: NOW)


def why(work: Callable[[], object]) -> str:
    """Return for what a response was refused, 'believed' if it was not."""
    try:
        work()
    except (TurnedAway, Untrusted) as failure:
        return failure.why
    return "believed"


def unsigned(claims: Mapping[str, Any], header: Mapping[str, Any], secret: bytes = b"") -> str:
    """Return a token that nobody's key signed: with HMAC, or with nothing."""
    covered = f"{packed(written(header))}.{packed(written(claims))}"
    mac = hmac.digest(secret, covered.encode(), "sha256") if secret else b"\0" * 64
    return f"{covered}.{packed(mac)}"


def half(text: str, name: str = "sha256") -> str:
    """Return the left half of a hash (Core 3.1.3.6), computed by hand."""
    whole = hashlib.new(name, text.encode()).digest()
    return base64.urlsafe_b64encode(whole[: len(whole) // 2]).rstrip(b"=").decode()


def test_a_good_token_names_its_person_by_issuer_and_subject() -> None:
    """The code goes with our secret and the verifier; nothing but a digest of the name is kept."""
    desk = Desk()
    found = desk.answers(desk.token(at_hash=half(ACCESS))).identify()
    assert found == Identity(linked("subject", desk.mint.issuer, "sub-esra"))
    ((url, headers, form),) = desk.sent
    assert url == "https://login.example/token"
    assert form == {
        "grant_type": ["authorization_code"],
        "code": ["the-code"],
        "redirect_uri": ["https://bailee.example/back"],
        "code_verifier": [WORDS.verifier],
    }
    shown = base64.b64decode(headers["Authorization"].removeprefix("Basic ")).decode()
    assert shown == "bailee-client:s%3Ae%20c%25"  # RFC 6749 2.3.1


def test_a_secret_is_posted_where_the_provider_wants_that() -> None:
    """``client_secret_post``: in the form, and in no header."""
    desk = Desk(method="client_secret_post")
    desk.answers(desk.token()).identify()
    ((_, headers, form),) = desk.sent
    assert (form["client_id"], form["client_secret"]) == ([OURS], ["s:e c%"])
    assert "Authorization" not in headers


SECONDS = int(NOW.timestamp())
LIES: Mapping[str, tuple[str, dict[str, Any]]] = {
    "another issuer": ("iss", {"iss": "https://evil.example"}),
    "an issuer with a slash more": ("iss", {"iss": "https://login.example/tenant/"}),
    "another audience": ("aud", {"aud": "another-client"}),
    "ours among others": ("aud", {"aud": [OURS, "another-client"]}),
    "no audience": ("aud", {"aud": None}),
    "an empty audience": ("aud", {"aud": []}),
    "another party": ("azp", {"azp": "another-client"}),
    "expired": ("exp", {"exp": SECONDS - 6}),
    "never expires": ("exp", {"exp": None}),
    "expires at a text": ("exp", {"exp": "soon"}),
    "expires at infinity": ("form", {"exp": 1e400}),
    "from before it was asked for": ("iat", {"iat": SECONDS - 47}),
    "from a time to come": ("iat", {"iat": SECONDS + 6}),
    "not yet": ("iat", {"nbf": SECONDS + 6}),
    "nobody's nonce": ("nonce", {"nonce": None}),
    "another nonce": ("nonce", {"nonce": "n" * 42 + "m"}),
    "a nonce that is no text": ("nonce", {"nonce": ["n" * 43]}),
    "another access token": ("at_hash", {"at_hash": half("another")}),
    "a hash that is no text": ("at_hash", {"at_hash": 7}),
    "nobody": ("sub", {"sub": None}),
    "an empty name": ("sub", {"sub": ""}),
    "a giant name": ("sub", {"sub": "x" * 257}),
    "a name that is no text": ("sub", {"sub": {"or": "1=1"}}),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_is_wrong_in_one_word_is_not_believed(lie: str) -> None:
    """Core 3.1.3.7: each claim alone is enough to refuse a token that is signed well."""
    expected, changed = LIES[lie]
    desk = Desk()
    assert why(desk.answers(desk.token(**changed)).identify) == expected


def test_a_hash_needs_its_access_token() -> None:
    """Core 3.1.3.8: a token with ``at_hash`` beside no access token is not believed."""
    desk = Desk()
    token = desk.token(at_hash=half(""))
    assert why(desk.answers(token, access_token="").identify) == "at_hash"
    assert why(desk.answers(token, access_token=["x"]).identify) == "answer"


def test_only_the_providers_own_keys_sign() -> None:
    """RFC 8725 2.1: no algorithm at all, HMAC with the public key, and a stranger's key."""
    desk, stranger = Desk(), Mint()
    claims = desk.claims()
    key = json.dumps(public(desk.mint.keys["ec-1"])).encode()
    head = {"typ": "JWT", "kid": "ec-1"}
    assert why(desk.answers(unsigned(claims, head | {"alg": "none"})).identify) == "algorithm"
    assert why(desk.answers(unsigned(claims, head | {"alg": "HS256"}, key)).identify) == "algorithm"
    assert why(desk.answers(unsigned(claims, head | {"alg": "ES256"})).identify) == "signature"
    forged = stranger.token(claims, typ="JWT")
    assert why(desk.answers(forged).identify) == "signature"
    assert why(desk.answers(desk.mint.token(claims, typ="JWT", kid="ec-1")).identify) == "believed"
    embedded = stranger.token(claims, typ="JWT", jwk=public(stranger.keys["ec-1"]))
    assert why(desk.answers(embedded).identify) == "signature"


def test_a_token_of_another_kind_is_none() -> None:
    """RFC 8725 3.11: an access or a logout token, signed by the same keys, signs nobody in."""
    desk = Desk()
    for kind in ("at+jwt", "logout+jwt", "application/at+jwt"):
        assert why(desk.answers(desk.token({"typ": kind})).identify) == "type"
    bare = desk.mint.token(desk.claims(), typ="")
    assert why(desk.answers(bare).identify) == "believed"


@pytest.mark.parametrize(
    "token", [None, 7, "", "a.b", "a.b.c", "x" * 9000, {"token": "x"}, "e30.e30.AA"]
)
def test_what_is_no_token_is_not_believed(token: object) -> None:
    """Whatever stands where a token should, nothing passes and nothing breaks."""
    desk = Desk()
    assert why(desk.answers(token).identify) in {"answer", "form", "algorithm"}


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (400, b'{"error":"invalid_grant"}', "code"),
        (400, b'{"error":"invalid_request"}', "answer"),
        (401, b'{"error":"invalid_client"}', "client"),
        (200, b"<html>", "answer"),
        (200, b"[]", "answer"),
        (200, b'{"id_token":"a","id_token":"b"}', "answer"),
        (200, b"{" * 600, "answer"),
        (200, b"\xff", "answer"),
        (302, b"{}", "answer"),
        (200, b"{}", "answer"),
    ],
)
def test_answers_that_are_none(status: int, body: bytes, expected: str) -> None:
    """RFC 6749 5.2: only a code that was refused is the caller's own failure."""
    desk = Desk(status=status, body=body)
    assert why(desk.identify) == expected


@pytest.mark.parametrize(
    ("returned", "named", "expected"),
    [
        (Returned("s", "c", "https://evil.example"), False, "issuer"),
        (Returned("s", "c", ""), False, "issuer"),
        (Returned("s", "c"), True, "issuer"),
        (Returned("s", "", None, "access_denied"), False, "error"),
        (Returned("s", "c", None, "server_error"), False, "error"),
        (Returned("s", ""), False, "code"),
        (Returned("s", "c" * 2049), False, "code"),
        (Returned("s", "c\n"), False, "code"),
    ],
)
def test_no_code_is_sent_of_a_response_that_is_not_ours(
    returned: Returned,
    named: bool,  # noqa: FBT001 - a column of the table
    expected: str,
) -> None:
    """RFC 9207, mix-up: refused before anything is sent to anybody."""
    desk = Desk(named=named)
    assert why(lambda: desk.identify(returned)) == expected
    assert desk.sent == []


def test_signing_in_anew_must_be_new() -> None:
    """Core 3.1.2.1: a provider that answers from memory, or does not say when, is not believed."""
    desk = Desk()
    for at in (None, SECONDS - 46):
        token = desk.token(auth_time=at)
        assert why(lambda t=token: desk.answers(t).identify(anew=True)) == "auth_time"  # type: ignore[misc]
        assert why(lambda t=token: desk.answers(t).identify()) == "believed"  # type: ignore[misc]
    found = desk.answers(desk.token(auth_time=SECONDS - 20)).identify(anew=True)
    assert found.at == NOW - timedelta(seconds=20)


def test_more_than_one_factor_is_what_the_operator_says_it_is() -> None:
    """ASVS 6.8.4: without a setting all counts as one factor, whatever the provider says."""
    said: dict[str, Any] = {"amr": ["pwd", "mfa"], "acr": "gold", "auth_time": SECONDS - 20}
    cases: Mapping[frozenset[str], bool] = {
        frozenset(): False,
        frozenset({"amr:mfa"}): True,
        frozenset({"acr:gold"}): True,
        frozenset({"amr:gold", "acr:mfa", "amr:otp"}): False,
    }
    for strong, expected in cases.items():
        desk = Desk(strong=strong)
        assert desk.answers(desk.token(**said)).identify().strong is expected
        assert not desk.answers(desk.token(amr="mfa", acr=["gold"])).identify().strong


def test_another_claim_names_people_where_it_is_set() -> None:
    """A link made for acting-for calls, by whichever claim, is the same link here."""
    desk = Desk(claim="oid")
    found = desk.answers(desk.token(oid="7f3")).identify()
    assert found.subject == linked("subject", desk.mint.issuer, "7f3")
    assert why(desk.answers(desk.token()).identify) == "sub"


def test_the_address_holds_what_it_must_and_nobodys_data() -> None:
    """RFC 7636 4.3: a challenge by S256, never the verifier; a query of the provider's stays."""
    address = Desk().party.address(WORDS, anew=True)
    asked = {name: one for name, (one,) in parse_qs(urlsplit(address).query).items()}
    challenge = packed(hashlib.sha256(WORDS.verifier.encode()).digest())
    assert asked == {
        "tenant": "7",
        "response_type": "code",
        "response_mode": "query",
        "client_id": OURS,
        "redirect_uri": "https://bailee.example/back",
        "scope": "openid",
        "state": WORDS.state,
        "nonce": WORDS.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "prompt": "login",
        "max_age": "60",
    }
    assert "prompt" not in Desk().party.address(WORDS, anew=False)


GOOD = {
    "issuer": "https://login.example",
    "jwks_uri": "https://login.example/keys",
    "authorization_endpoint": "https://login.example/authorize",
    "token_endpoint": "https://login.example/token",
    "response_types_supported": ["code"],
    "code_challenge_methods_supported": ["S256"],
    "authorization_response_iss_parameter_supported": True,
    "backchannel_logout_supported": True,
}


@pytest.mark.parametrize(
    "changed",
    [
        {"issuer": "https://login.example/"},
        {"issuer": "https://evil.example"},
        {"issuer": None},
        {"jwks_uri": "http://login.example/keys"},
        {"jwks_uri": None},
        {"token_endpoint": "http://login.example/token"},
        {"token_endpoint": "http://127.0.0.1:8080/token"},
        {"token_endpoint": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": ["https://login.example"]},
        {"token_endpoint_auth_methods_supported": "client_secret_basic"},
    ],
)
def test_a_document_that_lies_is_none(changed: dict[str, Any]) -> None:
    """Discovery 1.0, 4.3: another name, or an address without TLS, and nothing of it counts."""
    document = {name: one for name, one in (GOOD | changed).items() if one is not None}
    with pytest.raises(FlawError):
        read_metadata(document, "https://login.example")


def test_what_a_provider_lacks_is_said() -> None:
    """``bailee oidc check`` tells what keeps people out, and what could be safer."""
    good = read_metadata(GOOD, "https://login.example")
    assert (objections(good), doubts(good)) == ([], [])
    bare = read_metadata(
        {
            "issuer": "https://login.example",
            "jwks_uri": "https://login.example/keys",
            "response_types_supported": ["id_token"],
            "token_endpoint_auth_methods_supported": ["tls_client_auth"],
            "id_token_signing_alg_values_supported": ["HS256", "none"],
        },
        "https://login.example",
    )
    assert len(objections(bare)) == 4
    assert len(doubts(bare)) == 3


def test_a_provider_on_this_machine_needs_no_tls() -> None:
    """The loopback interface alone, and from a provider there alone."""
    here = {
        name: str(one).replace("https://login.example", "http://127.0.0.1:9")
        for name, one in GOOD.items()
        if isinstance(one, str)
    }
    assert read_metadata(here, "http://127.0.0.1:9").token == "http://127.0.0.1:9/token"
    with pytest.raises(FlawError):
        read_metadata(here | {"token_endpoint": "http://192.0.2.7/token"}, "http://127.0.0.1:9")
