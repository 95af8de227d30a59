"""What this door asks about customers' passwords, honey, and what leaves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, TypeAlias

from bailee.app import (
    disclosure_shapes,
    honey_shapes,
)
from bailee.vault import password_shapes
from bailee.vault import shapes as vault

Caller: TypeAlias = Any


class Passwords(Protocol):
    """Passwords of a controller's customers: in, compared, and gone; never out."""

    def keep(
        self,
        caller: Caller,
        controller: str,
        body: password_shapes.SetPasswords,
        *,
        context: Mapping[str, str],
    ) -> password_shapes.PasswordsSet:
        """Keep some."""

    def verify(
        self,
        caller: Caller,
        controller: str,
        body: password_shapes.VerifyPassword,
        *,
        context: Mapping[str, str],
    ) -> password_shapes.PasswordVerified:
        """Compare one."""

    def change(
        self,
        caller: Caller,
        controller: str,
        body: password_shapes.ChangePassword,
        *,
        context: Mapping[str, str],
    ) -> password_shapes.PasswordChanged:
        """Replace one that is shown."""

    def remove(
        self, caller: Caller, controller: str, body: vault.Subjects, *, context: Mapping[str, str]
    ) -> vault.Kept:
        """Destroy some."""


class Honey(Protocol):
    """Records of nobody, and who touched one."""

    def allow_honey(
        self, caller: Caller, controller: str, body: honey_shapes.NewHoneyConsent
    ) -> honey_shapes.HoneyConsent:
        """Sign for the controller."""

    def honey_consents(self, caller: Caller, controller: str) -> honey_shapes.HoneyConsents:
        """List consents."""

    def withdraw_honey(
        self, caller: Caller, controller: str, item: str
    ) -> honey_shapes.HoneyConsent:
        """Take one back."""

    def plant_honey(
        self,
        caller: Caller,
        controller: str,
        body: honey_shapes.NewHoney,
        context: Mapping[str, str],
    ) -> honey_shapes.Honey:
        """Plant."""

    def honey(self, caller: Caller, controller: str) -> honey_shapes.Honey:
        """Say how it stands."""

    def remove_honey(self, caller: Caller, controller: str) -> honey_shapes.Removed:
        """Erase it."""

    def alarms(self, caller: Caller, controller: str) -> honey_shapes.Alarms:
        """List a controller's alarms."""

    def all_alarms(self, caller: Caller) -> honey_shapes.Alarms:
        """List every controller's."""

    def assess_alarm(
        self, caller: Caller, controller: str, item: str, body: honey_shapes.Verdict
    ) -> honey_shapes.Alarm:
        """Decide on one, as the second person."""


class Disclosures(Protocol):
    """What may leave in files, and what left."""

    def add_consent(
        self, caller: Caller, controller: str, body: disclosure_shapes.NewConsent
    ) -> disclosure_shapes.Consent:
        """Register a writing of the controller."""

    def confirm_consent(
        self, caller: Caller, controller: str, item: str
    ) -> disclosure_shapes.Consent:
        """Confirm, as the second person."""

    def revoke_consent(
        self, caller: Caller, controller: str, item: str
    ) -> disclosure_shapes.Consent:
        """End a consent at once."""

    def consents(self, caller: Caller, controller: str) -> disclosure_shapes.Consents:
        """List a controller's consents."""

    def open_disclosure(
        self, caller: Caller, controller: str, body: disclosure_shapes.NewDisclosure
    ) -> disclosure_shapes.Disclosure:
        """Begin to let data leave."""

    def end_disclosure(
        self, caller: Caller, controller: str, item: str, body: disclosure_shapes.DisclosureEnd
    ) -> disclosure_shapes.Disclosure:
        """Account for what left."""

    def disclosure(
        self, caller: Caller, controller: str, item: str
    ) -> disclosure_shapes.Disclosure:
        """Show one."""

    def disclosures(self, caller: Caller, controller: str) -> disclosure_shapes.Disclosures:
        """Account for all."""


__all__ = [
    "Disclosures",
    "Honey",
    "Passwords",
]
