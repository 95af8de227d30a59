"""The identity provider as an operator sets it, checked before anything is served."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from bailee.access.assertion import REASSIGNED, Issuer
from bailee.access.link import is_text
from bailee.access.sign_on import Client
from bailee.app.address import is_guarded
from bailee.app.settings import Settings
from bailee.errors import Invalid, NotFound

BINDINGS = ("dpop", "client")
BACK = "/console/sign-on/back"
"""Where browsers come back to: the one address that takes a query."""
LOGOUT = "/v1/sign-on/logout"
"""Where the provider says who signed out there."""


def read_issuer(settings: Settings) -> Issuer | None:
    """Return the identity provider, None where none is set.

    Raises:
        Invalid: ``settings.oidc_issuer``, ``settings.oidc_audience``, ``settings.oidc_claim``,
            ``settings.oidc_binding``, ``settings.public_url``.
    """
    if not settings.oidc_issuer:
        return None
    if not _is_address(settings.oidc_issuer, "https", "http") or not is_guarded(
        settings.oidc_issuer, clear=True
    ):
        raise Invalid(
            "settings.oidc_issuer",
            # Discovery 1.0, 2; a provider on this machine itself needs no TLS
            "An issuer is an https address without query and fragment.",
            do="Correct BAILEE_OIDC_ISSUER.",
        )
    acting = bool(settings.oidc_audience) or not settings.oidc_client_id
    if acting and not is_text(settings.oidc_audience):
        raise Invalid(
            "settings.oidc_audience",
            "Without our own audience, tokens made for others would be taken.",  # RFC 8725 3.9
            do="Set BAILEE_OIDC_AUDIENCE.",
        )
    if not is_text(settings.oidc_claim) or settings.oidc_claim in REASSIGNED:
        raise Invalid(
            "settings.oidc_claim",
            "That claim can be given to somebody else one day.",
            do="Let BAILEE_OIDC_CLAIM name one that never is, as sub.",
        )
    if settings.oidc_binding not in BINDINGS:
        raise Invalid("settings.oidc_binding", "BAILEE_OIDC_BINDING is dpop or client.")
    if settings.public_url and not _is_address(settings.public_url, "https", "http"):
        raise Invalid("settings.public_url", "BAILEE_PUBLIC_URL is not an address.")
    bound = settings.oidc_binding == "dpop"
    if acting and bound and not settings.public_url:
        raise Invalid(
            "settings.public_url",
            "Proofs of possession are made for an address, and none is set.",
            do="Set BAILEE_PUBLIC_URL to the address that callers use.",
        )
    return Issuer(
        settings.oidc_issuer,
        settings.oidc_audience,
        settings.oidc_claim,
        bound,
        settings.public_url,
    )


def read_client(settings: Settings) -> Client | None:
    """Return what we are at the identity provider, None where nobody signs in there.

    Raises:
        Invalid: ``settings.oidc_client``, ``settings.oidc_redirect``, ``settings.oidc_name``,
            ``settings.oidc_mfa``; NotFound: ``settings.oidc_secret``.
    """
    if not settings.oidc_client_id:
        return None
    if not settings.oidc_issuer or not is_text(settings.oidc_client_id):
        raise Invalid(
            "settings.oidc_client",
            "Our id at the identity provider is a short text, and names a provider's client.",
            do="Set BAILEE_OIDC_ISSUER and BAILEE_OIDC_CLIENT_ID together.",
        )
    redirect = settings.oidc_redirect_url or settings.public_url.rstrip("/") + BACK
    if not _is_address(redirect, "https", "http") or not is_guarded(redirect, clear=True):
        raise Invalid(
            "settings.oidc_redirect",
            "Browsers come back to an https address, or to one of this machine.",  # RFC 9700 2.6
            do="Set BAILEE_PUBLIC_URL, or BAILEE_OIDC_REDIRECT_URL as the provider has it.",
        )
    name = settings.oidc_name or urlsplit(settings.oidc_issuer).hostname or ""
    if not is_text(name):
        raise Invalid("settings.oidc_name", "BAILEE_OIDC_NAME is 1 to 256 printable characters.")
    return Client(settings.oidc_client_id, _secret(settings), redirect, name, _strong(settings))


def _secret(settings: Settings) -> str:
    try:
        secret = Path(settings.oidc_client_secret_file).read_text("utf-8").rstrip("\r\n")
    except (OSError, ValueError):
        secret = ""
    if not is_text(secret):
        raise NotFound(
            "settings.oidc_secret",
            "The file with our secret at the identity provider cannot be read.",
            do="Correct BAILEE_OIDC_CLIENT_SECRET_FILE.",
        )
    return secret


def _strong(settings: Settings) -> frozenset[str]:
    words = frozenset(one.strip() for one in settings.oidc_mfa.split(",") if one.strip())
    if not all(is_text(one) and re.fullmatch("(amr|acr):.+", one) for one in words):
        raise Invalid(
            "settings.oidc_mfa", "BAILEE_OIDC_MFA lists words as amr:mfa or acr:VALUE, with commas."
        )
    return words


def _is_address(text: str, *schemes: str) -> bool:
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 - raises for a port that is none
    except ValueError:
        return False
    plain = not (parts.query or parts.fragment or parts.username or parts.password)
    return parts.scheme in schemes and bool(parts.hostname) and plain and text.isprintable()
