"""Methods of passwords that are verified and never read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec

from bailee.client.answers import Entry, ItemError, Kept
from bailee.client.line import Line, within


class SetResult(msgspec.Struct, frozen=True):
    """Whether one password is kept now."""

    ref: str
    ok: bool
    error: ItemError | None = None


class PasswordsSet(msgspec.Struct, frozen=True):
    """Results in the order of the request."""

    results: list[SetResult]
    entry: Entry


class PasswordVerified(msgspec.Struct, frozen=True):
    """Whether a password is right; False too for who is unknown, has none, or is locked."""

    right: bool
    entry: Entry


class PasswordChanged(msgspec.Struct, frozen=True):
    """Whether a password was changed; False means what ``right`` does."""

    changed: bool
    entry: Entry


class CustomerPasswords(Line):
    """Let a server keep the passwords of one's customers, and ask it whether one is right."""

    def set_customer_passwords(
        self,
        controller: str,
        purpose: str,
        passwords: Sequence[Mapping[str, Any]],
        *,
        mode: Literal["atomic", "continue"] = "atomic",
    ) -> PasswordsSet:
        """Keep passwords: ``{"ref", "subject", "password"}``, or ``imported`` for a hash."""
        body = {"purpose": purpose, "passwords": passwords, "mode": mode}
        return self._post(within(controller, "customer-passwords"), PasswordsSet, body)

    def verify_customer_password(
        self, controller: str, purpose: str, subject: str, password: str
    ) -> PasswordVerified:
        """Ask whether a password is right; each call is a new, logged access."""
        body = {"purpose": purpose, "subject": subject, "password": password}
        return self._post(within(controller, "customer-passwords/verify"), PasswordVerified, body)

    def change_customer_password(
        self, controller: str, purpose: str, subject: str, *, current: str, password: str
    ) -> PasswordChanged:
        """Put another password in the place of the one that is shown."""
        body = {"purpose": purpose, "subject": subject, "current": current, "password": password}
        return self._post(within(controller, "customer-passwords/change"), PasswordChanged, body)

    def remove_customer_passwords(
        self, controller: str, purpose: str, subjects: Sequence[str]
    ) -> Kept:
        """Destroy passwords of customers."""
        body = {"purpose": purpose, "subjects": subjects}
        return self._post(within(controller, "customer-passwords/remove"), Kept, body)


__all__ = [
    "CustomerPasswords",
    "PasswordChanged",
    "PasswordVerified",
    "PasswordsSet",
    "SetResult",
]
