"""Methods of consents and disclosures: what may leave, and what left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from bailee.client.disclosure_answers import Consent, Consents, Disclosure, Disclosures
from bailee.client.line import Line, segment, within


class Writing(msgspec.Struct, frozen=True, kw_only=True):
    """What a controller allowed in writing to leave: to whom, what, what for, until when.

    ``keys`` are age public keys, or ``openpgp:`` and the fingerprint of a certificate. ``country``
    is where the recipient is; '' says in the controller's own. ``undertaking_sha256`` is of the
    recipient's own writing that it identifies nobody again.
    """

    given_by: str
    reference: str
    text_sha256: str
    recipient: str
    keys: Sequence[str]
    purposes: Sequence[str]
    elements: Sequence[str]
    since: str
    until: str
    kind: Literal["third-party", "return"] = "third-party"
    country: str = ""
    address: str = ""
    undertaking_sha256: str = ""


class Leaving(Line):
    """Register what a controller allowed to leave, let it leave, and account for it."""

    def add_consent(self, controller: str, writing: Writing) -> Consent:
        """Register a writing of the controller; a second person confirms it."""
        return self._post(within(controller, "consents"), Consent, msgspec.to_builtins(writing))

    def list_consents(self, controller: str) -> Consents:
        """List a controller's consents."""
        return self._get(within(controller, "consents"), Consents)

    def confirm_consent(self, controller: str, consent: str) -> Consent:
        """Say, as a second person, that the writing says so."""
        return self._post(within(controller, f"consents/{segment(consent)}/confirm"), Consent)

    def revoke_consent(self, controller: str, consent: str) -> Consent:
        """End a consent at once."""
        return self._post(within(controller, f"consents/{segment(consent)}/revoke"), Consent)

    def open_disclosure(
        self, controller: str, purpose: str, elements: Sequence[str], *, keys: Sequence[str]
    ) -> Disclosure:
        """Begin to let data leave for recipients, whose consents must cover it."""
        body = {"purpose": purpose, "elements": elements, "keys": keys}
        return self._post(within(controller, "disclosures"), Disclosure, body)

    def list_disclosures(self, controller: str) -> Disclosures:
        """Account for what left: all of it for whoever holds audit, else one's own."""
        return self._get(within(controller, "disclosures"), Disclosures)

    def show_disclosure(self, controller: str, disclosure: str) -> Disclosure:
        """Show one's own disclosure, or any to whoever holds audit."""
        return self._get(within(controller, f"disclosures/{segment(disclosure)}"), Disclosure)

    def end_disclosure(
        self,
        controller: str,
        disclosure: str,
        *,
        keys: Sequence[str],
        parts: int,
        records: int,
        manifest_sha256: str,
    ) -> Disclosure:
        """End one's own disclosure with the account of its parts."""
        body = {
            "keys": keys,
            "parts": parts,
            "records": records,
            "manifest_sha256": manifest_sha256,
        }
        path = within(controller, f"disclosures/{segment(disclosure)}/end")
        return self._post(path, Disclosure, body)


__all__ = ["Leaving", "Writing"]
