"""A signed text as it arrives (RFC 7515, compact form), and the keys that verify it (RFC 7517).

Reading is ours and strict: bounded before anything is decoded, base64url without padding or stray
bits, JSON without repeated members (RFC 8725 2.4) and with a bounded number of brackets.
Verifying is the library's. Four algorithms, one of them by two names (RFC 9864), all of public
keys: ``none`` and every HMAC are unknown here, so no public key can be taken for a secret (RFC 8725
2.1). A key comes from
the provider's own set, or inside of a proof; what a header says of other places to find one
(``jku``, ``x5u``, ``x5c``) is not read.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Never

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from bailee.access.link import is_text

ALGORITHMS: Mapping[str, str] = {
    "RS256": "RSA",
    "PS256": "RSA",
    "ES256": "EC",
    "EdDSA": "OKP",
    "Ed25519": "OKP",
}
"""What may sign, and the kind of key it takes."""
MEMBERS: Mapping[str, tuple[str, ...]] = {
    "RSA": ("n", "e"),
    "EC": ("crv", "x", "y"),
    "OKP": ("crv", "x"),
}
CURVES: Mapping[str, str] = {"EC": "P-256", "OKP": "Ed25519"}
KINDS: Mapping[str, Any] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}
PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
LEAST_RSA_BITS, MOST_RSA_BITS = 2048, 8192  # RFC 7518 3.3; an upper bound, for work grows with it
MOST_OPENINGS = 512
"""Brackets of one JSON text: fewer than the parser can be nested."""
_COMPACT = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)")


class FlawError(Exception):
    """What is wrong with a signed text or a key: a word, never anything of the text.

    ``form``, ``algorithm``, ``type``, ``key`` or ``signature``. Who reads it says so in words.
    """

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed text that was read and not yet verified: nothing in it may be believed."""

    algorithm: str
    header: Mapping[str, Any] = field(repr=False)
    claims: Mapping[str, Any] = field(repr=False)
    covered: bytes = field(repr=False)
    """What the signature is about (RFC 7515 5.2)."""
    signature: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Key:
    """A public key: its kind, the one algorithm it is for ('' for any of its kind)."""

    kind: str
    algorithm: str
    thumbprint: str
    """RFC 7638, SHA-256."""
    held: Any = field(repr=False)

    def takes(self, algorithm: str) -> bool:
        """Tell whether this key verifies that algorithm."""
        return self.kind == ALGORITHMS.get(algorithm) and self.algorithm in {"", algorithm}


def read(text: str, *, typ: frozenset[str], most: int) -> Signed:
    """Return a compact JWS, read and not verified.

    Args:
        text: as it was sent.
        typ: the types it may have, in lower case (RFC 8725 3.11); '' for none at all.
        most: characters; a longer text is not looked at.

    Raises:
        FlawError: ``form``, ``algorithm``, ``type``.
    """
    found = _COMPACT.fullmatch(text) if len(text) <= most else None
    if found is None:
        raise FlawError("form")
    header, claims = (read_json(unpacked(part)) for part in found.group(1, 2))
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise FlawError("algorithm")
    kind = header.get("typ", "")
    if not isinstance(kind, str) or kind.lower().removeprefix("application/") not in typ:
        raise FlawError("type")
    if "crit" in header:
        raise FlawError("form")  # RFC 7515 4.1.11: no extension is understood here
    covered = text.rpartition(".")[0].encode("ascii")
    return Signed(algorithm, header, claims, covered, unpacked(found[3]))


def verify(signed: Signed, key: Key) -> None:
    """Refuse a text that this key did not sign.

    Raises:
        FlawError: ``signature``.
    """
    if not key.takes(signed.algorithm):
        raise FlawError("signature")
    algorithm = JWSRegistry.algorithms[signed.algorithm]
    try:
        good = algorithm.verify(signed.covered, signed.signature, key.held)
    except (JoseError, ValueError, TypeError):
        good = False
    if not good:
        raise FlawError("signature")


def read_key(jwk: Any) -> Key:
    """Return a public key (RFC 7517) of a kind and size that we verify with.

    Raises:
        FlawError: ``key``, also for one whose private part was published: anybody has it.
    """
    if not isinstance(jwk, dict) or PRIVATE & jwk.keys():
        raise FlawError("key")
    kind, algorithm = str(jwk.get("kty")), jwk.get("alg", "")
    operations = jwk.get("key_ops", ["verify"])
    fits = (
        kind in MEMBERS
        and jwk.get("use", "sig") == "sig"
        and isinstance(operations, list)
        and "verify" in operations
        and all(isinstance(jwk.get(name), str) for name in MEMBERS[kind])
        and jwk.get("crv") == CURVES.get(kind)
        and (algorithm == "" or ALGORITHMS.get(str(algorithm)) == kind)
    )
    if not fits:
        raise FlawError("key")
    try:
        if kind == "RSA":
            _check_modulus(jwk["n"])
        held = KINDS[kind].import_key({"kty": kind, **{name: jwk[name] for name in MEMBERS[kind]}})
        thumbprint = held.thumbprint()
    except (FlawError, JoseError, ValueError, TypeError, OverflowError):
        raise FlawError("key") from None
    return Key(kind, str(algorithm), thumbprint, held)


def _check_modulus(text: str) -> None:
    """Refuse a modulus that is too short to trust or too long to work with."""
    bits = int.from_bytes(unpacked(text), "big").bit_length()
    if not LEAST_RSA_BITS <= bits <= MOST_RSA_BITS:
        raise FlawError("key")


def read_keys(document: Mapping[str, Any]) -> dict[tuple[str, str], Key]:
    """Return the keys of a set (RFC 7517 5) by id and kind; those of no use here are left out.

    Raises:
        FlawError: ``form`` for what is no set, ``key`` when an id stands for two of one kind.
    """
    listed = document.get("keys")
    if not isinstance(listed, list):
        raise FlawError("form")
    found: dict[tuple[str, str], Key] = {}
    for jwk in listed:
        kid: Any = jwk.get("kid") if isinstance(jwk, dict) else None
        if not is_text(kid):
            continue
        try:
            key = read_key(jwk)
        except FlawError:
            continue
        if (kid, key.kind) in found:
            raise FlawError("key")
        found[kid, key.kind] = key
    return found


def read_json(data: bytes) -> dict[str, Any]:
    """Return a JSON object that every reader reads alike.

    Raises:
        FlawError: ``form``.
    """
    if data.count(b"{") + data.count(b"[") > MOST_OPENINGS:
        raise FlawError("form")
    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=_once, parse_constant=_never)
    except ValueError:
        raise FlawError("form") from None
    if not isinstance(value, dict):
        raise FlawError("form")
    return value


def unpacked(text: str) -> bytes:
    """Return what base64url without padding stands for (RFC 7515 2), in its one spelling.

    Raises:
        FlawError: ``form``.
    """
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raise FlawError("form") from None
    if packed(data) != text:
        raise FlawError("form")
    return data


def packed(data: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object's members, each of which may stand once (RFC 7515 4)."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member stands twice")
    return found


def _never(_text: str) -> Never:
    raise ValueError("NaN and Infinity are no JSON")
