"""What signing in asks of the house's keys: a box for small secrets, and marks of sources."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
from collections.abc import Callable

from cryptography.exceptions import InvalidTag

from bailee.canonical import frame
from bailee.db import HOUSE
from bailee.errors import Broken
from bailee.keys import Keys

NONCE_BYTES = 12
ONE_LINE = 64
"""Bits of an IPv6 address that one line has: whoever has one has all addresses below it."""


class KeyBox:
    """Seals a secret under a key of its own, which the house's data key wraps (C2.8(3)).

    The key is durable in the other database before the secret is stored. A backup of the data
    alone opens nothing.
    """

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def seal(self, name: str, plain: bytes) -> tuple[str, bytes]:
        """Return the id of a fresh key and the sealed secret."""
        (key,) = self._keys.new_subject_keys(HOUSE, 1)
        nonce = secrets.token_bytes(NONCE_BYTES)
        return key.key_id, nonce + key.aead.encrypt(nonce, plain, _bound(name))

    def open(self, name: str, key_id: str, sealed: bytes) -> bytes:
        """Return the secret.

        Raises:
            Broken: ``second_factor.sealed``.
        """
        key = self._keys.subject_keys(HOUSE, [key_id]).get(key_id)
        nonce, rest = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        for aead in [key.aead, *key.older.values()] if key else []:
            try:
                return aead.decrypt(nonce, rest, _bound(name))
            except InvalidTag:
                continue
        raise Broken(
            "second_factor.sealed",
            "The secret of a second factor does not open.",
            do="Remove it (`bailee totp remove --person ID`) and enrol anew.",
        )


def _bound(name: str) -> bytes:
    return frame(b"bailee sealed secret 1", name.encode())


def marker(keys: Keys) -> Callable[[str], str]:
    """Return what turns the address of a caller into a mark.

    An address can be somebody's, so what is stored is a MAC under a key of the house that is
    replaced within days, and with it the marks are nobody's any more.
    """

    def mark(source: str) -> str:
        key = keys.reference_keys(HOUSE)[0].key
        text = frame(b"bailee sign-in source 1", line_of(source).encode())
        return hmac.new(key, text, hashlib.sha256).hexdigest()

    return mark


def line_of(source: str) -> str:
    """Return the line behind an address: an IPv4 address, or the first half of an IPv6 one."""
    try:
        address = ipaddress.ip_address(source)
    except ValueError:
        return source
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, ONE_LINE), strict=False))
    return str(address)
