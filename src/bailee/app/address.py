"""Which addresses are guarded on the way: those of TLS, and those of this machine itself. Pure."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit


def is_guarded(address: str, *, clear: bool) -> bool:
    """Tell whether an address is one of TLS, or with ``clear`` one of this machine."""
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018 - raises for a port that is none
    except ValueError:
        return False
    if parts.scheme == "https":
        return bool(parts.hostname)
    return clear and parts.scheme == "http" and is_here(parts.hostname or "")


def is_here(host: str) -> bool:
    """Tell whether a host is written as one of this machine's own (RFC 8252 7.3)."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
