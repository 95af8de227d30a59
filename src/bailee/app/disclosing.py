"""Consents and disclosures, as the doors ask for them (C2.3, C7.2(3), C6)."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from bailee import access
from bailee.access import Ask, Caller, Done, Writing, disclosure_store
from bailee.app import disclosure_shapes as shapes
from bailee.app.office import Office, entry_of
from bailee.clock import read_time, write_time

VERB = "reveal"
"""What opens a disclosure; consents take ``interpret`` and ``approve``, as other writings do."""


class Disclosing(Office):
    """Acts upon what may leave, and what left."""

    def add_consent(
        self, caller: Caller, controller: str, body: shapes.NewConsent
    ) -> shapes.Consent:
        """Register a writing of the controller."""
        writing = Writing(
            kind=body.kind,
            given_by=body.given_by,
            reference=body.reference,
            text_sha256=body.text_sha256,
            recipient=body.recipient,
            keys=tuple(body.keys),
            purposes=tuple(body.purposes),
            elements=tuple(body.elements),
            since=read_time(body.since),
            until=read_time(body.until),
            country=body.country,
            address=body.address,
            undertaking_sha256=body.undertaking_sha256,
        )

        def work(conn: sa.Connection) -> shapes.Consent:
            return self._consented(
                self.parts.access.record_consent(conn, caller, controller, writing)
            )

        return self.act(caller, controller, "interpret", work)

    def confirm_consent(self, caller: Caller, controller: str, item: str) -> shapes.Consent:
        """Say, as the second person, that the writing says so."""

        def work(conn: sa.Connection) -> shapes.Consent:
            return self._consented(
                self.parts.access.confirm_consent(conn, caller, controller, item)
            )

        return self.act(caller, controller, "approve", work)

    def revoke_consent(self, caller: Caller, controller: str, item: str) -> shapes.Consent:
        """End a consent at once."""

        def work(conn: sa.Connection) -> shapes.Consent:
            return self._consented(self.parts.access.revoke_consent(conn, caller, controller, item))

        return self.act(caller, controller, "interpret", work)

    def consents(self, caller: Caller, controller: str) -> shapes.Consents:
        """List a controller's consents to whoever holds any right there."""

        def work(conn: sa.Connection) -> shapes.Consents:
            found = self.parts.access.consents(conn, caller, controller)
            return shapes.Consents([self._consent(one) for one in found])

        return self.read(caller, controller, "see", work)

    def open_disclosure(
        self, caller: Caller, controller: str, body: shapes.NewDisclosure
    ) -> shapes.Disclosure:
        """Begin to let data leave, where consents cover it."""
        ask = Ask(VERB, controller, body.purpose, tuple(body.elements))

        def work(conn: sa.Connection) -> shapes.Disclosure:
            done = self.parts.access.open_disclosure(conn, caller, ask, tuple(body.keys))
            return self._filed(conn, done, "opened_entry")

        return self.act(caller, controller, VERB, work)

    def end_disclosure(
        self, caller: Caller, controller: str, item: str, body: shapes.DisclosureEnd
    ) -> shapes.Disclosure:
        """Account for what left; nothing more leaves in it."""
        account = access.Account(tuple(body.keys), body.parts, body.records, body.manifest_sha256)

        def work(conn: sa.Connection) -> shapes.Disclosure:
            desk = self.parts.access
            found = desk.disclosure(conn, caller, controller, item)
            done = desk.end_disclosure(conn, caller, found, account)
            return self._filed(conn, done, "ended_entry")

        return self.act(caller, controller, VERB, work)

    def disclosure(self, caller: Caller, controller: str, item: str) -> shapes.Disclosure:
        """Show one's own disclosure, or any to an auditor."""

        def work(conn: sa.Connection) -> shapes.Disclosure:
            found = self.parts.access.disclosure(conn, caller, controller, item)
            return disclosure_shape(found, self._names(conn, controller))

        return self.read(caller, controller, "audit", work)

    def disclosures(self, caller: Caller, controller: str) -> shapes.Disclosures:
        """Account for what left: all of it to an auditor, else one's own."""

        def work(conn: sa.Connection) -> shapes.Disclosures:
            found = self.parts.access.disclosures(conn, caller, controller)
            names = self._names(conn, controller)
            return shapes.Disclosures([disclosure_shape(one, names) for one in found])

        return self.read(caller, controller, "audit", work)

    def _names(self, conn: sa.Connection, controller: str) -> Mapping[str, str]:
        """Return recipients' names by consent."""
        known = disclosure_store.consents(conn, controller)
        return {one.consent_id: one.recipient for one in known}

    def _filed(
        self, conn: sa.Connection, done: Done[access.Disclosure], column: str
    ) -> shapes.Disclosure:
        """Return what was done, and note its entry's id beside it; none when nothing was done."""
        one = done.result
        names = self._names(conn, one.controller)
        if done.entry is None:
            return disclosure_shape(one, names)
        entry = entry_of(done.entry)
        disclosure_store.file_entry(conn, one, **{column: entry.entry_id})
        return disclosure_shape(one, names, entry=entry, **{column: entry.entry_id})

    def _consented(self, done: Done[access.Consent]) -> shapes.Consent:
        return self._consent(done.result, done)

    def _consent(
        self, one: access.Consent, done: Done[access.Consent] | None = None
    ) -> shapes.Consent:
        return shapes.Consent(
            consent=one.consent_id,
            kind=one.kind,
            status=one.state_at(self.parts.clock.now()),
            given_by=one.given_by,
            reference=one.reference,
            text_sha256=one.text_sha256,
            recipient=one.recipient,
            keys=list(one.keys),
            purposes=list(one.purposes),
            elements=list(one.elements),
            since=write_time(one.since),
            until=write_time(one.until),
            recorded_by=one.recorded_by,
            confirmed_by=one.confirmed_by,
            revoked_by=one.revoked_by,
            country=one.country,
            address=one.address,
            undertaking_sha256=one.undertaking_sha256,
            entry=entry_of(done.entry) if done else None,
        )


def disclosure_shape(
    one: access.Disclosure, names: Mapping[str, str], **changed: object
) -> shapes.Disclosure:
    """Return a disclosure as the API shows it."""
    fields = {
        "disclosure": one.disclosure_id,
        "kind": one.kind,
        "status": one.state,
        "principal": one.opener,
        "purpose": one.purpose,
        "elements": list(one.elements),
        "keys": list(one.keys),
        "recipients": list(dict.fromkeys(names[consent] for consent in one.consents)),
        "consents": list(one.consents),
        "opened": write_time(one.opened),
        "calls": one.calls,
        "answered": one.records,
        "ended": write_time(one.ended) if one.ended else "",
        "parts": one.parts,
        "records": one.written,
        "manifest_sha256": one.manifest_sha256,
        "opened_entry": one.opened_entry,
        "ended_entry": one.ended_entry,
        "form": one.form,
    }
    return shapes.Disclosure(**(fields | changed))  # type: ignore[arg-type]  # by name, as above
