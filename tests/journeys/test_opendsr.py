"""OpenDSR 2.0 by its own wire: signed in, held, answered signed, cancelled (C7.2(6)(i))."""

from __future__ import annotations

import base64
import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pyrage
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.journeys.requests import HELD, PURPOSE, equip, instruct, person
from tests.journeys.world import ACME, World, code_of

ROOT = "/opendsr/v2.0"
MAIL = "juniper@ashgrove.example"
ITEM = "0a1b2c3d-0000-4000-8000-00000000000%d"


def b64(data: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class System:
    """A controller's own system: it signs with a key of its own, by nothing of ours."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.key = Ed25519PrivateKey.generate()
        raw = self.key.public_key().public_bytes_raw()
        self.jwk = {"kty": "OKP", "crv": "Ed25519", "x": b64(raw)}
        self.kid = ""
        self.http = httpx2.Client(base_url="http://localhost", transport=world.transport())

    def register(self, who: str = "clara") -> str:
        """Let somebody register the key; return its id."""
        made = self.world.line(who).add_request_key(ACME, "Privacy desk", self.jwk)
        self.kid = made.kid
        return made.key

    def sign(self, method: str, path: str, body: bytes, **changed: Any) -> str:
        """Return a signed text about a call."""
        head = {"alg": "EdDSA", "typ": "opendsr+jws", "kid": self.kid}
        claims = {
            "iat": int(self.world.now().timestamp()), "method": method, "path": path,
            "body_sha256": hashlib.sha256(body).hexdigest(),
        } | changed  # fmt: skip
        covered = f"{b64(json.dumps(head).encode())}.{b64(json.dumps(claims).encode())}"
        return f"{covered}.{b64(self.key.sign(covered.encode()))}"

    def call(
        self, method: str, path: str, body: bytes = b"", signed: str | None = None, **changed: Any
    ) -> httpx2.Response:
        """Make a signed call."""
        path = ROOT + path
        mark = self.sign(method, path, body, **changed) if signed is None else signed
        headers = {"x-opendsr-signature": mark} | (
            {"content-type": "application/json"} if body else {}
        )
        return self.http.request(method, path, content=body or None, headers=headers)

    def ask(self, number: int = 1, **changed: Any) -> httpx2.Response:
        """Ask for a person's data."""
        return self.call("POST", "/requests", asked(number, **changed))


def asked(number: int = 1, **changed: Any) -> bytes:
    """Return a request as the standard shapes it."""
    said: dict[str, Any] = {
        "regulation": "gdpr",
        "subject_request_id": ITEM % number,
        "subject_request_type": "access",
        "subject_identities": [
            {"identity_type": "email", "identity_value": MAIL, "identity_format": "raw"}
        ],
        "submitted_time": "2026-11-20T15:00:00Z",
        "api_version": "2.0",
    }
    return json.dumps(said | changed).encode()


@pytest.fixture
def system(own_house: World) -> System:
    """Return acme's system with its key registered; bram may carry out what is instructed."""
    equip(own_house)
    made = System(own_house)
    made.register()
    return made


def believed(system: System, answer: httpx2.Response) -> bool:
    """Verify an answer by the certificate that the discovery names, as any controller would."""
    pem = system.http.get(f"{ROOT}/certificate.pem").content
    key = x509.load_pem_x509_certificate(pem).public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    mark = base64.b64decode(answer.headers["x-opendsr-signature"])
    key.verify(mark, answer.content, ec.ECDSA(hashes.SHA256()))
    return bool(answer.headers["x-opendsr-processor-domain"])


def test_from_discovery_to_the_package(system: System) -> None:
    """It is held once however often it comes, carried out as instructed, and told signed."""
    world = system.world
    person(world, "juniper-1", MAIL)
    found = system.http.get(f"{ROOT}/discovery")
    first, again = system.ask(), system.ask()
    other = system.ask(subject_request_type="erasure")
    (held,) = world.line("clara").list_requests(ACME).requests
    pending = system.call("GET", f"/requests/{ITEM % 1}").json()
    key = pyrage.x25519.Identity.generate()
    recipient = str(key.to_public())
    world.allow(recipient, elements=HELD, purposes=[PURPOSE])
    instruct(world, held.request, "access")
    world.line("bram").execute_request(ACME, held.request, PURPOSE, recipient=recipient)
    done = system.call("GET", f"/requests/{ITEM % 1}")
    late = system.call("DELETE", f"/requests/{ITEM % 1}")

    assert found.json()["supported_subject_request_types"] == ["access", "portability", "erasure"]
    assert {one["identity_format"] for one in found.json()["supported_identities"]} == {"raw"}
    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 409)
    assert first.json()["controller_id"] == ACME
    assert base64.b64decode(first.json()["encoded_request"]) == asked()
    assert first.json()["expected_completion_time"] == again.json()["expected_completion_time"]
    assert first.json()["expected_completion_time"].startswith("2026-12-20T23:00:00")
    assert (held.channel, held.status, held.outside_id) == ("opendsr", "held", ITEM % 1)
    assert pending["request_status"] == "pending"
    assert all(believed(system, one) for one in (found, first, done))
    assert done.json()["request_status"] == "completed"
    assert done.json()["results_count"] == 1
    assert late.status_code == 409


def test_twice_at_once_it_is_held_once(system: System) -> None:
    """Of calls that come together one enters it; the others hear the same, or to ask again."""
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: system.ask().status_code, range(4)))

    assert set(answers) <= {201, 409}
    assert 201 in answers
    assert len(system.world.line("clara").list_requests(ACME).requests) == 1
    assert system.ask().status_code == 201


def test_it_is_cancelled_while_pending(system: System) -> None:
    """What nobody began is taken back, and stays on record."""
    system.ask()
    gone = system.call("DELETE", f"/requests/{ITEM % 1}")
    again = system.call("DELETE", f"/requests/{ITEM % 1}")
    (held,) = system.world.line("clara").list_requests(ACME).requests

    assert (gone.status_code, gone.json()["request_status"]) == (202, "cancelled")
    assert again.status_code == 409
    assert held.status == "withdrawn"


def test_nobody_is_believed_without_a_living_key(system: System) -> None:
    """Unsigned, altered, old, about another call, by an ended or unknown key: all the same no."""
    world, body = system.world, asked()
    path = f"{ROOT}/requests"
    good = system.sign("POST", path, body)
    stranger = System(world)
    stranger.kid = system.kid
    nobody = System(world)
    nobody.kid = f"nowhere:{'0' * 32}"
    tries = {
        "unsigned": system.call("POST", "/requests", body, signed=""),
        "altered": system.call("POST", "/requests", asked(2), signed=good),
        "of another key": stranger.ask(),
        "of another house": nobody.ask(),
        "old": system.call("POST", "/requests", body, iat=int(world.now().timestamp()) - 600),
        "no time": system.call("POST", "/requests", body, iat="now"),
        "another method": system.call(
            "POST", "/requests", body, signed=system.sign("DELETE", path, body)
        ),
        "none": system.call("POST", "/requests", body, signed="a.b.c"),
    }
    key = world.line("clara").list_request_keys(ACME).keys[0].key
    world.line("bram").end_request_key(ACME, key)
    tries["ended"] = system.ask()
    said = {name: (one.status_code, one.json()["code"]) for name, one in tries.items()}

    assert said == dict.fromkeys(said, (401, "opendsr.signature"))
    assert world.line("clara").list_requests(ACME).requests == []


def test_what_could_be_guessed_is_refused(system: System) -> None:
    """Digests as identifiers, callbacks, other shapes: refused by a code, and nothing is held."""

    def code(**changed: Any) -> str:
        return str(system.ask(**changed).json()["code"])

    hashed = [{"identity_type": "email", "identity_value": "0" * 32, "identity_format": "md5"}]
    digests = [hashed[0] | {"identity_format": form} for form in ("md5", "sha1", "sha256")]
    codes = [code(subject_identities=[one]) for one in digests]
    more = {
        "callback": code(status_callback_urls=["https://127.0.0.1/hook"]),
        "no law": code(regulation="lgpd"),
        "no uuid": code(subject_request_id="1"),
        "a member": code(password="x"),
        "no time": code(submitted_time="yesterday"),
        "tomorrow": code(submitted_time="2999-01-01T00:00:00Z"),
        "nobody": code(subject_identities=[]),
    }

    assert codes == ["opendsr.format"] * 3
    assert more == {
        "callback": "opendsr.callbacks", "no law": "opendsr.shape", "no uuid": "opendsr.shape",
        "a member": "opendsr.shape", "no time": "opendsr.time", "tomorrow": "request.time",
        "nobody": "opendsr.shape",
    }  # fmt: skip
    assert system.world.line("clara").list_requests(ACME).requests == []


def test_keys_are_the_controllers_own(own_house: World, tmp_path: Path) -> None:
    """Its representative registers a public key, in person; ours cannot, nor greta for acme."""
    world = own_house
    system = System(world)
    private = system.key.private_bytes(
        serialization.Encoding.Raw,
        serialization.PrivateFormat.Raw,
        serialization.NoEncryption(),
    )
    clara = world.line("clara")
    codes = {
        "ours": code_of(lambda: system.register("bram")),
        "greta": code_of(lambda: system.register("greta")),
        "private": code_of(
            lambda: clara.add_request_key(ACME, "Desk", system.jwk | {"d": b64(private)})
        ),
        "no key": code_of(lambda: clara.add_request_key(ACME, "Desk", {"kty": "oct", "k": "AA"})),
    }
    key = system.register()
    twice = code_of(system.register)
    ended = clara.end_request_key(ACME, key)
    again = code_of(lambda: clara.end_request_key(ACME, key))

    assert codes == {
        "ours": "request_key.not_theirs", "greta": "controller.unknown",
        "private": "request_key.form", "no key": "request_key.form",
    }  # fmt: skip
    assert (twice, ended.status, again) == ("request_key.known", "ended", "request_key.ended")
    told = [one["action"] for one in world.entries(tmp_path) if "request-key" in one["action"]]
    assert told == ["privacy:request-key:added", "privacy:request-key:ended"]
