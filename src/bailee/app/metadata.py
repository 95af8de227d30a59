"""What a provider publishes of itself (OpenID Connect Discovery 1.0, 4; RFC 8414). Pure.

Its name must be ours to the letter. Where it is asked over TLS, everything that it names is too:
an address without TLS is taken on this machine alone, and from a provider on this machine alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bailee.access.jws import ALGORITHMS, FlawError
from bailee.app.address import is_guarded

BASIC, POST = "client_secret_basic", "client_secret_post"
METHODS = (BASIC, POST)
"""How we show our secret at the provider, in the order in which we like to."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """A provider's addresses and habits; '' for what it does not name."""

    keys: str
    authorization: str = ""
    token: str = ""
    named: bool = False
    """It names itself in each response (RFC 9207)."""
    methods: tuple[str, ...] = (BASIC,)
    algorithms: tuple[str, ...] = ("RS256",)
    challenges: tuple[str, ...] = ()
    responses: tuple[str, ...] = ()
    tells: bool = False
    """It says who signed out there (Back-Channel Logout 1.0, 2.1)."""


def read_metadata(document: Mapping[str, Any], issuer: str) -> Metadata:
    """Return what a provider says of itself.

    Raises:
        FlawError: ``form``: it names another issuer, or an address that is not taken.
    """
    if document.get("issuer") != issuer:  # Discovery 1.0, 4.3
        raise FlawError("form")
    clear = not issuer.startswith("https://")
    return Metadata(
        keys=_address(document, "jwks_uri", clear=clear),
        authorization=_address(document, "authorization_endpoint", clear=clear, needed=False),
        token=_address(document, "token_endpoint", clear=clear, needed=False),
        named=document.get("authorization_response_iss_parameter_supported") is True,
        methods=_words(document, "token_endpoint_auth_methods_supported", BASIC),
        algorithms=_words(document, "id_token_signing_alg_values_supported", "RS256"),
        challenges=_words(document, "code_challenge_methods_supported"),
        responses=_words(document, "response_types_supported"),
        tells=document.get("backchannel_logout_supported") is True,
    )


def objections(metadata: Metadata) -> list[str]:
    """Return what keeps people from signing in at a provider, in words for its operator."""
    found = []
    if not metadata.authorization or not metadata.token:
        found.append("it names no authorization_endpoint or no token_endpoint")
    if metadata.responses and "code" not in metadata.responses:
        found.append("it does not answer with a code (response_types_supported)")
    if not set(METHODS) & set(metadata.methods):
        found.append("it takes a client secret neither by basic nor by post")
    if not set(ALGORITHMS) & set(metadata.algorithms):
        found.append("it signs in no way that is taken here (RS256, PS256, ES256, EdDSA)")
    return found


def doubts(metadata: Metadata) -> list[str]:
    """Return what a provider leaves out that would make it safer."""
    found = []
    if "S256" not in metadata.challenges:
        found.append("it does not say that it checks PKCE by S256 (RFC 7636)")
    if not metadata.named:
        found.append("it does not name itself in its responses (RFC 9207)")
    if not metadata.tells:
        found.append("it does not tell of sign-outs (Back-Channel Logout); sessions end unused")
    return found


def _address(document: Mapping[str, Any], name: str, *, clear: bool, needed: bool = True) -> str:
    value = document.get(name)
    if value is None and not needed:
        return ""
    if not isinstance(value, str) or not value.isprintable() or not is_guarded(value, clear=clear):
        raise FlawError("form")
    return value


def _words(document: Mapping[str, Any], name: str, *default: str) -> tuple[str, ...]:
    value = document.get(name, list(default))
    if not isinstance(value, list):
        raise FlawError("form")
    return tuple(one for one in value if isinstance(one, str))
