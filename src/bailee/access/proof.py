"""A proof that whoever presents a token holds the key it is bound to (DPoP, RFC 9449).

A proof is for one method, one address, one token and one minute, and is taken once. The checks
carry the numbers of RFC 9449 4.3; no nonce is given out (10), so a proof could be made at most a
minute ahead by whoever held the key then.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta

from bailee.access.assertion import (
    LAST_MOMENT,
    LEEWAY,
    PROOF_CHARACTERS,
    Assertion,
    Issuer,
    Proof,
)
from bailee.access.jws import FlawError, packed, read, read_key, verify
from bailee.access.link import is_text
from bailee.access.mandate import Mandate
from bailee.canonical import frame
from bailee.errors import Unauthenticated

TYPES = frozenset({"dpop+jwt"})
PROOF_LIFE = timedelta(seconds=60)
_ADDRESS = re.compile(
    r"(https?)://([a-z0-9._-]+|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?(/[^?#\s]*)?(?:[?#]\S*)?",
    re.IGNORECASE | re.ASCII,
)
_PORTS = {"http": "80", "https": "443"}


def check_proof(mandate: Mandate, assertion: Assertion, issuer: Issuer, now: datetime) -> Proof:
    """Return a proof that fits token, key and request. That it was not used before is not checked.

    Raises:
        Unauthenticated: ``proof.missing``, ``proof.form``, ``proof.signature``, ``proof.key``,
            ``proof.request``, ``proof.stale``, ``proof.token``.
    """
    if not mandate.proof:
        raise Unauthenticated(
            "proof.missing",
            "That token is bound to a key, and no proof of the key was sent.",
            do="Send a proof for this request in the DPoP header (RFC 9449).",
        )
    try:
        signed = read(mandate.proof, typ=TYPES, most=PROOF_CHARACTERS)  # 2, 4, 5
        key = read_key(signed.header.get("jwk"))  # 7
    except FlawError:
        raise Unauthenticated("proof.form", "That is no DPoP proof (RFC 9449).") from None
    if not hmac.compare_digest(key.thumbprint, assertion.thumbprint):  # 12
        raise Unauthenticated("proof.key", "That proof is by another key than the token's.")
    try:
        verify(signed, key)  # 6
    except FlawError:
        raise Unauthenticated("proof.signature", "That proof's signature is wrong.") from None
    claims = signed.claims
    made, name = claims.get("iat"), claims.get("jti")
    if type(made) is not int or not 0 <= made < LAST_MOMENT or not is_text(name):  # 3
        raise Unauthenticated("proof.form", "That proof does not say when it was made.")
    here = _address(issuer.address.rstrip("/") + mandate.path)
    if claims.get("htm") != mandate.method or here is None or _address(claims.get("htu")) != here:
        raise Unauthenticated(  # 8, 9
            "proof.request",
            "That proof is for another request.",
            do="Make it for the method and address that are called, as BAILEE_PUBLIC_URL has it.",
        )
    moment = datetime.fromtimestamp(made, UTC)
    if not now - PROOF_LIFE < moment <= now + LEEWAY:  # 11
        raise Unauthenticated("proof.stale", "That proof was not made just now.")
    expected = packed(hashlib.sha256(mandate.token.encode("ascii")).digest())
    if claims.get("ath") != expected:  # 12
        raise Unauthenticated("proof.token", "That proof is for another token.")
    digest = hashlib.sha256(frame(b"bailee/dpop", key.thumbprint.encode(), str(name).encode()))
    return Proof(digest.hexdigest(), moment + 2 * PROOF_LIFE)


def _address(text: object) -> tuple[str, str, str, str] | None:
    """Return scheme, host, port and path, comparable (RFC 3986 6.2.2, 6.2.3); None for no address.

    Query and fragment are left out, as RFC 9449 has it; no address of ours has an escape.
    """
    found = _ADDRESS.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        return None
    scheme = found[1].lower()
    return scheme, found[2].lower(), found[3] or _PORTS[scheme], found[4] or "/"
