"""An identity provider: real keys, real signatures, discovery and keys over TLS.

It signs by pyca/cryptography alone, apart from the library that the house verifies with. What it
answers can be changed: other bytes, another status, no answer at all.
"""

from __future__ import annotations

import base64
import json
import secrets
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from tests.simulators.certificates import own_certificate

AUDIENCE = "https://bailee.example/"
CLIENT = "console-at-the-provider"
DISCOVERY, KEYS = "/tenant/.well-known/openid-configuration", "/tenant/keys"
AUTHORIZATION, TOKEN = "/tenant/authorize", "/tenant/token"
SHA = hashes.SHA256()
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


def packed(data: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def written(value: object) -> bytes:
    """Return JSON."""
    return value if isinstance(value, bytes) else json.dumps(value).encode()


def whole(number: int) -> str:
    """Return a positive number in base64url (RFC 7518 2)."""
    return packed(number.to_bytes((number.bit_length() + 7) // 8, "big"))


def public(key: PrivateKey) -> dict[str, str]:
    """Return the public part of a key as a JWK (RFC 7517, 7518, 8037)."""
    half = key.public_key()
    if isinstance(half, rsa.RSAPublicKey):
        numbers = half.public_numbers()
        return {"kty": "RSA", "n": whole(numbers.n), "e": whole(numbers.e)}
    if isinstance(half, ec.EllipticCurvePublicKey):
        point = half.public_numbers()
        x, y = (packed(one.to_bytes(32, "big")) for one in (point.x, point.y))
        return {"kty": "EC", "crv": "P-256", "x": x, "y": y}
    return {"kty": "OKP", "crv": "Ed25519", "x": packed(half.public_bytes_raw())}


def sign(key: PrivateKey, header: object, claims: object) -> str:
    """Return a compact JWS, signed as its header's ``alg`` says (RFC 7515, 7518, 8037)."""
    covered = f"{packed(written(header))}.{packed(written(claims))}"
    data, wanted = covered.encode(), json.loads(written(header)).get("alg")
    if isinstance(key, rsa.RSAPrivateKey):
        pss = padding.PSS(padding.MGF1(SHA), padding.PSS.DIGEST_LENGTH)
        signature = key.sign(data, pss if wanted == "PS256" else padding.PKCS1v15(), SHA)
    elif isinstance(key, ec.EllipticCurvePrivateKey):
        r, s = decode_dss_signature(key.sign(data, ec.ECDSA(SHA)))
        signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    else:
        signature = key.sign(data)
    return f"{covered}.{packed(signature)}"


class Mint:
    """Issues tokens in a provider's name; needs no network.

    Args:
        issuer: its name.
    """

    def __init__(self, issuer: str = "https://login.example/tenant") -> None:
        self.issuer = issuer
        self.keys: dict[str, PrivateKey] = {"ec-1": ec.generate_private_key(ec.SECP256R1())}

    def add(self, kid: str, key: PrivateKey | None = None) -> None:
        """Take another key into use, of the curve P-256 unless one is given."""
        self.keys[kid] = key or ec.generate_private_key(ec.SECP256R1())

    def jwks(self) -> dict[str, Any]:
        """Return the set of public keys."""
        return {"keys": [{**public(key), "kid": kid} for kid, key in self.keys.items()]}

    def claims(self, now: datetime, subject: str = "sub-cleo", **changed: Any) -> dict[str, Any]:
        """Return the claims of a good token (RFC 9068 2.2); None takes one away."""
        seconds = int(now.timestamp())
        claims = {
            "iss": self.issuer,
            "aud": AUDIENCE,
            "sub": subject,
            "client_id": CLIENT,
            "iat": seconds,
            "exp": seconds + 300,
            "jti": secrets.token_hex(8),
        } | changed
        return {name: value for name, value in claims.items() if value is not None}

    def token(
        self,
        claims: Mapping[str, Any] | bytes,
        kid: str = "ec-1",
        alg: str = "ES256",
        **header: Any,
    ) -> str:
        """Return a token that says this; ``header`` changes its header."""
        head = {"typ": "at+jwt", "alg": alg, "kid": kid} | header
        return sign(self.keys[kid], head, claims)


class SimulatedProvider(Mint):
    """A provider that listens.

    Attributes:
        asked: the paths that were asked for, in order.
        answers: what a path is answered instead: a status and bytes.
        silent: set while nobody is answered.
    """

    def __init__(self, folder: Path) -> None:
        certificate, self.ca_file = own_certificate(folder)
        self.asked: list[str] = []
        self.answers: dict[str, tuple[int, bytes]] = {}
        self.speak = threading.Event()
        self.speak.set()
        provider = self

        class Answers(BaseHTTPRequestHandler):
            timeout = 10

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                self.do_GET()

            def do_GET(self) -> None:
                provider.asked.append(self.path)
                provider.speak.wait(10)
                status, body = provider.answer(self.path)
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
                """Write nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self._server.socket = context.wrap_socket(
            self._server.socket, server_side=True, do_handshake_on_connect=False
        )
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]  # callers hang up
        super().__init__(f"https://127.0.0.1:{self._server.server_address[1]}/tenant")
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def answer(self, path: str) -> tuple[int, bytes]:
        """Return status and body for a path."""
        if path in self.answers:
            return self.answers[path]
        if path == DISCOVERY:
            host = self.issuer.removesuffix("/tenant")
            document = {
                "issuer": self.issuer,
                "jwks_uri": host + KEYS,
                "authorization_endpoint": host + AUTHORIZATION,
                "token_endpoint": host + TOKEN,
            }
            return 200, written(document)
        return (200, written(self.jwks())) if path == KEYS else (404, b"")

    def close(self) -> None:
        """Stop listening."""
        self.speak.set()
        self._server.shutdown()
        self._server.server_close()

    def environment(self, **more: str) -> dict[str, str]:
        """Return the settings of a house that trusts this provider."""
        return {
            "BAILEE_OIDC_ISSUER": self.issuer,
            "BAILEE_OIDC_AUDIENCE": AUDIENCE,
            "BAILEE_OIDC_CA_FILE": self.ca_file,
            "BAILEE_PUBLIC_URL": "http://localhost",
        } | more


@contextmanager
def listening(folder: Path) -> Iterator[SimulatedProvider]:
    """Yield a provider that listens until the test is done with it."""
    provider = SimulatedProvider(folder)
    try:
        yield provider
    finally:
        provider.close()
