"""Methods of the vault."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec

from bailee.client.answers import (
    Decrypted,
    Encrypted,
    Erased,
    Found,
    Kept,
    Listed,
    Protected,
    Revealed,
    Updated,
)
from bailee.client.line import Line, filled, within

Mode = Literal["atomic", "continue"]


class Record(msgspec.Struct, frozen=True, omit_defaults=True):
    """One record to store: the caller's own word for it, whose it is, and its values."""

    ref: str
    subject: str
    fields: Mapping[str, str]
    kind: str | None = None
    category: str | None = None
    nationalities: Sequence[str] | None = None
    residence: str | None = None
    holders: Mapping[str, str] | None = None
    group: str | None = None


class Changes(msgspec.Struct, frozen=True):
    """Values to replace or add in a record; None removes an element."""

    ref: str
    record: str
    fields: Mapping[str, str | None]


class Sealed(msgspec.Struct, frozen=True, omit_defaults=True):
    """A value to encrypt, or a ciphertext to open, of a subject."""

    ref: str
    element: str
    subject: str
    value: str | None = None
    ciphertext: str | None = None


class Values(Line):
    """Store, read, find, change, destroy and encrypt values."""

    def protect(
        self,
        controller: str,
        purpose: str,
        records: Sequence[Record | Mapping[str, Any] | msgspec.Raw],
        *,
        mode: Mode = "atomic",
        idempotency_key: str | None = None,
    ) -> Protected:
        """Store records; repeated safely under one Idempotency-Key.

        A record may be JSON already (``msgspec.Raw``), for those who send millions.
        """
        body = {"purpose": purpose, "records": records, "mode": mode}
        return self._keyed(within(controller, "protect"), Protected, body, idempotency_key)

    def reveal(
        self,
        controller: str,
        purpose: str,
        elements: Sequence[str],
        *,
        records: Sequence[str] = (),
        tokens: Sequence[str] = (),
        approval: str = "",
        disclosure: str = "",
        mode: Mode = "atomic",
    ) -> Revealed:
        """Read values of records or behind tokens; each call is a new, logged access.

        ``disclosure`` is the open one in which they leave, for those who do not read themselves.
        """
        body = filled(records=records, tokens=tokens, approval=approval, disclosure=disclosure)
        body |= {"purpose": purpose, "elements": elements, "mode": mode}
        return self._post(within(controller, "reveal"), Revealed, body)

    def search(self, controller: str, purpose: str, element: str, *, equals: str) -> Found:
        """Find records whose element equals a value."""
        body = {"purpose": purpose, "element": element, "equals": equals}
        return self._post(within(controller, "search"), Found, body)

    def list_records(
        self,
        controller: str,
        purpose: str,
        elements: Sequence[str],
        *,
        after: str = "",
        limit: int = 1000,
    ) -> Listed:
        """List records that hold one of these elements: one page, from behind ``after`` on."""
        body = filled(after=after) | {"purpose": purpose, "elements": elements, "limit": limit}
        return self._post(within(controller, "list"), Listed, body)

    def update(
        self,
        controller: str,
        purpose: str,
        records: Sequence[Changes | Mapping[str, Any]],
        *,
        mode: Mode = "atomic",
        idempotency_key: str | None = None,
    ) -> Updated:
        """Replace, add or remove values of records."""
        body = {"purpose": purpose, "records": records, "mode": mode}
        return self._keyed(within(controller, "update"), Updated, body, idempotency_key)

    def erase(
        self,
        controller: str,
        purpose: str,
        *,
        records: Sequence[str] = (),
        subjects: Sequence[str] = (),
        mode: Mode = "atomic",
        idempotency_key: str | None = None,
    ) -> Erased:
        """Destroy records, or subjects with everything that is theirs."""
        body = filled(records=records, subjects=subjects) | {"purpose": purpose, "mode": mode}
        return self._keyed(within(controller, "erase"), Erased, body, idempotency_key)

    def encrypt(
        self,
        controller: str,
        purpose: str,
        values: Sequence[Sealed | Mapping[str, Any]],
        *,
        mode: Mode = "atomic",
    ) -> Encrypted:
        """Encrypt values that the caller keeps."""
        body = {"purpose": purpose, "values": values, "mode": mode}
        return self._post(within(controller, "encrypt"), Encrypted, body)

    def decrypt(
        self,
        controller: str,
        purpose: str,
        values: Sequence[Sealed | Mapping[str, Any]],
        *,
        approval: str = "",
        mode: Mode = "atomic",
    ) -> Decrypted:
        """Open values that the caller keeps; each call is a new, logged access."""
        body = filled(approval=approval) | {"purpose": purpose, "values": values, "mode": mode}
        return self._post(within(controller, "decrypt"), Decrypted, body)

    def reencrypt(
        self,
        controller: str,
        purpose: str,
        values: Sequence[Sealed | Mapping[str, Any]],
        *,
        mode: Mode = "atomic",
    ) -> Encrypted:
        """Encrypt anew, under the newest keys, values that the caller keeps."""
        body = {"purpose": purpose, "values": values, "mode": mode}
        return self._post(within(controller, "reencrypt"), Encrypted, body)

    def hold(self, controller: str, purpose: str, subjects: Sequence[str]) -> Kept:
        """Keep subjects from erasure (legal hold)."""
        return self._keep("hold", controller, purpose, subjects)

    def release(self, controller: str, purpose: str, subjects: Sequence[str]) -> Kept:
        """End a legal hold."""
        return self._keep("release", controller, purpose, subjects)

    def restrict(
        self,
        controller: str,
        purpose: str,
        subjects: Sequence[str],
        *,
        allowing: Sequence[str] = (),
    ) -> Kept:
        """Restrict what may be done with subjects' values, but for some purposes."""
        body = filled(allowing=allowing) | {"purpose": purpose, "subjects": subjects}
        return self._post(within(controller, "restrict"), Kept, body)

    def lift(self, controller: str, purpose: str, subjects: Sequence[str]) -> Kept:
        """End a restriction."""
        return self._keep("lift", controller, purpose, subjects)

    def _keep(self, verb: str, controller: str, purpose: str, subjects: Sequence[str]) -> Kept:
        body = {"purpose": purpose, "subjects": subjects}
        return self._post(within(controller, verb), Kept, body)


__all__ = ["Changes", "Record", "Sealed", "Values"]
