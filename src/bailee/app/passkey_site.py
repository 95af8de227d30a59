"""For which addresses passkeys are made: as the operator says, or as the house is served (A7).

A browser uses a passkey for one *domain* alone, on pages with TLS; ``localhost`` is the one
exception, and an IP number is no domain (Web Authentication Level 3, 5.1.2; RFC 6761 6.3). Whether
a domain is everybody's (``co.uk``) is left to the browser, which refuses it.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from bailee.access.passkey import Relying
from bailee.app.settings import Settings
from bailee.errors import Invalid

LOCAL = "localhost"
_PORTS = {"https": 443, "http": 80}
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*", re.ASCII)


class Site:
    """Knows the address of the house, from settings and from what it is served at.

    Args:
        settings: checked here, before anything is served.

    Raises:
        Invalid: ``settings.passkey_domain``, ``settings.passkey_origins``.
    """

    def __init__(self, settings: Settings) -> None:
        self._name = settings.origin
        self._set = _as_set(settings)
        self._address = settings.public_url

    def serve_at(self, address: str) -> None:
        """Learn at which address the house is served, where no public one is set."""
        self._address = self._address or address

    def relying(self) -> Relying | None:
        """Return the relying party, None where the address can have no passkeys."""
        if self._set is not None:
            return Relying(*self._set, self._name)
        found = _page(self._address)
        return Relying(found[0], (found[1],), self._name) if found else None


def _as_set(settings: Settings) -> tuple[str, tuple[str, ...]] | None:
    """Return domain and origins as an operator set them, None where no domain is set."""
    domain, listed = settings.passkey_domain, settings.passkey_origins
    if not domain:
        if listed:
            raise Invalid(
                "settings.passkey_domain",
                "Addresses of pages are listed, and no domain for passkeys.",
                do="Set BAILEE_PASSKEY_DOMAIN.",
            )
        return None
    if not _is_domain(domain):
        raise Invalid(
            "settings.passkey_domain",
            "A domain is a name in lower case without scheme and port; an IP number is none.",
            do="Correct BAILEE_PASSKEY_DOMAIN.",
        )
    pages = [_page(one.strip()) for one in (listed or f"https://{domain}").split(",")]
    if not all(page and _within(page[0], domain) for page in pages):
        raise Invalid(
            "settings.passkey_origins",
            "Each address is https://NAME[:PORT], its name the domain of passkeys or below it.",
            do="Correct BAILEE_PASSKEY_ORIGINS.",
        )
    return domain, tuple(page[1] for page in pages if page)


def _page(address: str) -> tuple[str, str] | None:
    """Return name and origin (RFC 6454) of an address, None where no passkey can be for it.

    Whoever serves on the loopback interface is reached by a browser as ``localhost``.
    """
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    host = LOCAL if _is_loopback(host) else host
    if parts.scheme not in _PORTS or not _is_domain(host) or parts.username or parts.password:
        return None
    if parts.scheme == "http" and host != LOCAL:
        return None
    tail = "" if port in (None, _PORTS[parts.scheme]) else f":{port}"
    return host, f"{parts.scheme}://{host}{tail}"


def _is_domain(name: str) -> bool:
    last = name.rpartition(".")[2]
    return bool(_DOMAIN.fullmatch(name)) and not last.isdecimal()


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _within(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}")
