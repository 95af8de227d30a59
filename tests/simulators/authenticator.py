"""A device that holds passkeys, written from the standard (W3C Web Authentication, Level 3).

It does what browser and authenticator do together (5.1.3, 5.1.4, 6.3): client data as JSON
(5.8.1), authenticator data (6.1), a COSE key (RFC 9052 7), attestations *none* (8.7) and *packed*
by the passkey itself (8.2), in CBOR (RFC 8949) of its own. It obeys whoever holds it, so it can
also do what no device does. ``tests/browser/test_passkeys.py`` does the same with Chromium's.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import struct
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, ELIGIBLE, BACKED_UP, ATTESTED = 0x01, 0x04, 0x08, 0x10, 0x40
"""Flags of authenticator data."""
SIGNATURE = ec.ECDSA(hashes.SHA256())


def text64(raw: bytes) -> str:
    """Return base64url without padding (RFC 4648 5)."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def cbor(value: Any) -> bytes:
    """Return a value in CBOR: integers, bytes, texts, lists, maps; lengths as short as can be."""
    if isinstance(value, int):
        return _head(0, value) if value >= 0 else _head(1, -1 - value)
    if isinstance(value, bytes):
        return _head(2, len(value)) + value
    if isinstance(value, str):
        return _head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return _head(4, len(value)) + b"".join(map(cbor, value))
    pairs = value.items()
    return _head(5, len(value)) + b"".join(cbor(one) + cbor(other) for one, other in pairs)


def _head(major: int, number: int) -> bytes:
    if number < 24:
        return bytes([major << 5 | number])
    for code, form in ((24, ">B"), (25, ">H"), (26, ">I"), (27, ">Q")):
        if number < 1 << (8 * struct.calcsize(form)):
            return bytes([major << 5 | code]) + struct.pack(form, number)
    raise OverflowError


@dataclass
class Made:
    """What a browser answers when a passkey was made."""

    client_data: bytes
    attestation: bytes
    transports: tuple[str, ...] = ("internal",)

    def body(self) -> dict[str, Any]:
        """Return it as the API takes it."""
        return {
            "client_data": text64(self.client_data),
            "attestation": text64(self.attestation),
            "transports": list(self.transports),
        }


@dataclass
class Shown:
    """What a browser answers when a passkey was shown."""

    credential: bytes
    client_data: bytes
    authenticator_data: bytes
    signature: bytes
    user_handle: bytes

    def body(self) -> dict[str, str]:
        """Return it as the API takes it."""
        return {name: text64(raw) for name, raw in vars(self).items()}


@dataclass
class Held:
    """One passkey on the device."""

    credential: bytes
    key: ec.EllipticCurvePrivateKey
    handle: bytes
    count: int = 0

    def cose(self) -> bytes:
        """Return the public key: ES256 on P-256, its members in the order of CTAP 2."""
        numbers = self.key.public_key().public_numbers()
        x, y = (one.to_bytes(32, "big") for one in (numbers.x, numbers.y))
        return cbor({1: 2, 3: -7, -1: 1, -2: x, -3: y})


@dataclass
class Authenticator:
    """A device. ``counts`` is whether it tells how often it signed; synced ones do not."""

    counts: bool = True
    flags: int = PRESENT | VERIFIED
    attestation: str = "none"
    origin: str = "http://localhost"
    domain: str = "localhost"
    held: list[Held] = field(default_factory=list)

    def make(self, challenge: bytes, handle: bytes, /, **said: Any) -> Made:
        """Make a passkey; ``said`` are members of the client data that differ from a browser's."""
        new = Held(secrets.token_bytes(32), ec.generate_private_key(ec.SECP256R1()), handle)
        self.held.append(new)
        client_data = self.client_data("webauthn.create", challenge, said)
        named = struct.pack(">16sH", bytes(16), len(new.credential)) + new.credential + new.cose()
        data = self.data(new, ATTESTED) + named
        statement: dict[str, Any] = {}
        if self.attestation == "packed":
            signed = data + hashlib.sha256(client_data).digest()
            statement = {"alg": -7, "sig": new.key.sign(signed, SIGNATURE)}
        found = {"fmt": self.attestation, "attStmt": statement, "authData": data}
        return Made(client_data, cbor(found))

    def show(self, challenge: bytes, /, **said: Any) -> Shown:
        """Show the newest passkey."""
        held = self.held[-1]
        client_data = self.client_data("webauthn.get", challenge, said)
        data = self.data(held, 0)
        signature = held.key.sign(data + hashlib.sha256(client_data).digest(), SIGNATURE)
        return Shown(held.credential, client_data, data, signature, held.handle)

    def client_data(self, kind: str, challenge: bytes, said: Mapping[str, Any]) -> bytes:
        """Return what the browser says of the page."""
        plain = {"type": kind, "challenge": text64(challenge), "origin": self.origin}
        return json.dumps({**plain, "crossOrigin": False, **said}).encode()

    def data(self, held: Held, flags: int) -> bytes:
        """Return what the device says, its count moved on."""
        held.count += self.counts
        domain = hashlib.sha256(self.domain.encode()).digest()
        return domain + struct.pack(">BI", self.flags | flags, held.count)

    def cloned(self) -> Authenticator:
        """Return another device that holds the same; from here on each counts for itself."""
        held = [Held(one.credential, one.key, one.handle, one.count) for one in self.held]
        return Authenticator(
            self.counts, self.flags, self.attestation, self.origin, self.domain, held
        )


__all__ = [
    "BACKED_UP",
    "ELIGIBLE",
    "PRESENT",
    "VERIFIED",
    "Authenticator",
    "Made",
    "Shown",
    "cbor",
    "text64",
]
