"""Proofs that a caller holds the key that a person's token is bound to (DPoP, RFC 9449)."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature


class Prover:
    """A key of this process, and proofs by it; safe from any number of threads.

    The same prover asks the identity provider for the token (``prover("POST", address)``), which
    binds it to the key, and then proves the key in each call:

        prover = Prover()
        bailee.acting_for(token, prover).reveal(...)

    Args:
        key: a P-256 key; a fresh one, which ends with the process, when left out.
        now: seconds since 1970.
    """

    def __init__(
        self,
        key: ec.EllipticCurvePrivateKey | None = None,
        *,
        now: Callable[[], float] = time.time,  # noqa: TID251 - the client knows no clock of a house
    ) -> None:
        self._now = now
        self._key = key or ec.generate_private_key(ec.SECP256R1())
        point = self._key.public_key().public_numbers()
        self._jwk = {
            "crv": "P-256",
            "kty": "EC",
            "x": _packed(point.x.to_bytes(32, "big")),
            "y": _packed(point.y.to_bytes(32, "big")),
        }

    @property
    def thumbprint(self) -> str:
        """The key's name in a token's ``cnf`` (RFC 7638)."""
        return _packed(hashlib.sha256(_written(self._jwk)).digest())

    def __call__(self, method: str, url: str, token: str = "") -> str:
        """Return a fresh proof for one request, and for one token where there is one already."""
        claims: dict[str, Any] = {
            "jti": secrets.token_urlsafe(16),
            "htm": method,
            "htu": url.partition("#")[0].partition("?")[0],
            "iat": int(self._now()),
        }
        if token:
            claims["ath"] = _packed(hashlib.sha256(token.encode("ascii")).digest())
        header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": self._jwk}
        covered = f"{_packed(_written(header))}.{_packed(_written(claims))}"
        r, s = decode_dss_signature(self._key.sign(covered.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{covered}.{_packed(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def _written(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def _packed(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


__all__ = ["Prover"]
