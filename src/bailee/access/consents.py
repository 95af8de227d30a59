"""Acts on the register of consents (C2.3, C7.2(3)).

1. Whoever holds ``interpret`` at the controller records what its representative signed.
2. A second person who holds ``approve`` confirms that the writing says so; from then on it counts.
3. Either of them, or another who holds one of these verbs, revokes it; that takes one person.
"""

from __future__ import annotations

import secrets
from dataclasses import fields, replace

import sqlalchemy as sa

from bailee.access import disclosure_store, store
from bailee.access.award import check_agreement
from bailee.access.consent import CONSENT, Consent, Writing, check_writing
from bailee.access.desk import Desk, Done
from bailee.access.grant import Ask
from bailee.access.lifecycle import step
from bailee.access.principal import REPRESENTATIVE, Caller
from bailee.clock import write_time
from bailee.errors import Conflict, Invalid, NotFound, Refused

CONTROL = "disclosure-consent"


class Consents(Desk):
    """Acts on what the controller allowed in writing to leave."""

    def record_consent(
        self, conn: sa.Connection, caller: Caller, controller: str, writing: Writing
    ) -> Done[Consent]:
        """Register a writing; it counts when a second person has confirmed it.

        Raises:
            Refused: ``grant.missing``, ``purpose.not_in_agreement``,
            ``element.not_in_agreement``; NotFound: ``controller.unknown``;
            Invalid: ``consent.given_by`` and what ``check_writing`` raises.
        """
        now = self._begin(conn, caller, "interpret", controller)
        check_writing(writing, self._schema, now)
        check_agreement(writing, self._rules(conn, controller), now)
        signed = store.principal(conn, writing.given_by)
        speaks = signed is not None and signed.relation == REPRESENTATIVE and signed.state != "left"
        if signed is None or not speaks or signed.represents != controller:
            raise Invalid(
                "consent.given_by",
                "A consent is given by a named representative of the controller.",
                do="Invite them: `bailee person invite --relation controller-representative`.",
            )
        values = {one.name: getattr(writing, one.name) for one in fields(writing)}
        values["keys"] = tuple(sorted(set(writing.keys)))
        made = Consent(
            **values,
            consent_id=secrets.token_hex(16),
            controller=controller,
            created=now,
            recorded_by=caller.accountable,
        )
        disclosure_store.add_consent(conn, made)
        return self._consented(conn, caller, made)

    def confirm_consent(
        self, conn: sa.Connection, caller: Caller, controller: str, consent_id: str
    ) -> Done[Consent]:
        """Say, as a second person who holds ``approve``, that the writing says so.

        Raises:
            Refused: ``grant.missing``, ``self.approve``; NotFound: ``controller.unknown``,
            ``consent.unknown``; Conflict: ``lifecycle.event``.
        """
        now = self._begin(conn, caller, "approve", controller)
        found = self._consent(conn, controller, consent_id)
        if found.recorded_by in caller.principals:
            raise Refused(
                "self.approve",
                "Nobody confirms a consent that they recorded themselves.",
                do="Ask a second person.",
            )
        after = replace(
            found,
            state=step(CONSENT, found.state_at(now), "confirm"),
            confirmed_by=caller.accountable,
            confirmed=now,
        )
        return self._move_consent(conn, caller, found, after)

    def revoke_consent(
        self, conn: sa.Connection, caller: Caller, controller: str, consent_id: str
    ) -> Done[Consent]:
        """End a consent at once: nothing more leaves under it, in a disclosure under way either.

        Raises:
            Refused: ``grant.missing``; NotFound: ``controller.unknown``, ``consent.unknown``;
            Conflict: ``lifecycle.event``.
        """
        now = self._begin_own(conn, caller)
        try:
            self._demand_at("", conn, caller, Ask("interpret", controller))
        except Refused:
            self._demand_at("", conn, caller, Ask("approve", controller))
        found = self._consent(conn, controller, consent_id)
        after = replace(
            found,
            state=step(CONSENT, found.state_at(now), "revoke"),
            revoked_by=caller.accountable,
            revoked=now,
        )
        return self._move_consent(conn, caller, found, after)

    def consents(self, conn: sa.Connection, caller: Caller, controller: str) -> list[Consent]:
        """Return a controller's consents, to whoever holds any right there.

        Raises:
            NotFound: ``controller.unknown``.
        """
        epoch = store.epoch(conn)
        self._check_standing(conn, epoch, caller, self._clock.now())
        for principal_id in caller.principals:
            self._check_visible(conn, epoch, principal_id, controller)
        return disclosure_store.consents(conn, controller)

    def _consent(self, conn: sa.Connection, controller: str, consent_id: str) -> Consent:
        found = disclosure_store.consent(conn, controller, consent_id)
        if found is None:
            raise NotFound("consent.unknown", "There is no such consent.")
        return found

    def _move_consent(
        self, conn: sa.Connection, caller: Caller, before: Consent, after: Consent
    ) -> Done[Consent]:
        if not disclosure_store.move_consent(conn, before, after):
            raise Conflict("consent.overtaken", "Somebody confirmed or revoked it just now.")
        return self._consented(conn, caller, after)

    def _consented(self, conn: sa.Connection, caller: Caller, one: Consent) -> Done[Consent]:
        """Record what became of a consent: codes and digests in clear, names committed to."""
        detail: dict[str, str | int] = {
            "consent": one.consent_id,
            "kind": one.kind,
            "text_sha256": one.text_sha256,
            "recipients": len(one.keys),
        }
        if one.country:
            detail["country"] = one.country.lower()
        entry = self._note(
            conn,
            f"access:consent:{one.state}",
            caller.actor(),
            controller=one.controller,
            control=CONTROL,
            detail=detail,
            context={
                "given_by": one.given_by,
                "recipient": one.recipient,
                "reference": one.reference,
                "keys": " ".join(one.keys),
                "purposes": " ".join(one.purposes),
                "since": write_time(one.since),
                "until": write_time(one.until),
            },
            elements=one.elements,
        )
        return Done(one, entry)
