"""The identity provider as an operator sets it, checked before anything is served."""

from __future__ import annotations

from urllib.parse import urlsplit

from bailee.access.assertion import REASSIGNED, Issuer
from bailee.access.link import is_text
from bailee.app.settings import Settings
from bailee.errors import Invalid

BINDINGS = ("dpop", "client")


def read_issuer(settings: Settings) -> Issuer | None:
    """Return the identity provider, None where none is set.

    Raises:
        Invalid: ``settings.oidc_issuer``, ``settings.oidc_audience``, ``settings.oidc_claim``,
            ``settings.oidc_binding``, ``settings.public_url``.
    """
    if not settings.oidc_issuer:
        return None
    if not _is_address(settings.oidc_issuer, "https"):
        raise Invalid(
            "settings.oidc_issuer",
            "An issuer is an https address without query and fragment.",  # Discovery 1.0, 2
            do="Correct BAILEE_OIDC_ISSUER.",
        )
    if not is_text(settings.oidc_audience):
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
    if bound and not settings.public_url:
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


def _is_address(text: str, *schemes: str) -> bool:
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 - raises for a port that is none
    except ValueError:
        return False
    plain = not (parts.query or parts.fragment or parts.username or parts.password)
    return parts.scheme in schemes and bool(parts.hostname) and plain and text.isprintable()
