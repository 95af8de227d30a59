"""Emergencies, as the doors ask for them: codes, openings, alerts, reviews (MISSION A8)."""

from __future__ import annotations

import sqlalchemy as sa

from bailee.access import Caller, Done, Emergency, Wanted, emergency_store
from bailee.access.emergency import overdue
from bailee.app import rights
from bailee.app.office import Office, entry_of
from bailee.clock import read_time, write_time
from bailee.db import HOUSE, scope
from bailee.errors import NotFound, Refused

VERB = "break-glass"


class Emergencies(Office):
    """Acts upon emergencies."""

    def issue_code(self, caller: Caller, controller: str, body: rights.NewCode) -> rights.Code:
        """Make somebody else's code; it is shown once."""

        def work(conn: sa.Connection) -> rights.Code:
            done = self.parts.access.issue_code(conn, caller, controller, body.principal)
            shown = done.result
            return rights.Code(
                code_id=shown.secret_id,
                code=shown.secret,
                principal=shown.principal_id,
                until=write_time(shown.expires),
                entry=entry_of(done.entry),
            )

        return self.act(caller, controller, VERB, work)

    def revoke_code(self, caller: Caller, controller: str, item: str) -> rights.Changed:
        """End a code that was not used."""

        def work(conn: sa.Connection) -> rights.Changed:
            done = self.parts.access.revoke_code(conn, caller, controller, item)
            return rights.Changed(item, "revoked", entry_of(done.entry))

        return self.act(caller, controller, VERB, work)

    def break_glass(
        self, caller: Caller, controller: str, body: rights.NewEmergency
    ) -> rights.Emergency:
        """Open an emergency for oneself.

        A wrong code's refusal is raised after the commit that counts its try and records it.
        """
        wanted = Wanted(
            tuple(body.verbs),
            tuple(body.elements),
            body.purpose,
            read_time(body.until),
            body.reason,
        )

        def work(conn: sa.Connection) -> rights.Emergency | Refused:
            done = self.parts.access.break_glass(
                conn, caller, controller, code=body.code, wanted=wanted
            )
            return done if isinstance(done, Refused) else self._done(conn, done)

        outcome = self.act(caller, controller, VERB, work)
        if isinstance(outcome, Refused):
            raise outcome
        return outcome

    def emergencies(self, caller: Caller, controller: str) -> rights.Emergencies:
        """List a controller's emergencies: all for those who are told, else one's own."""

        def work(conn: sa.Connection) -> rights.Emergencies:
            found = self.parts.access.emergencies(conn, caller, controller)
            return rights.Emergencies([self._shown(conn, one) for one in found])

        return self.read(caller, controller, VERB, work)

    def all_emergencies(self, caller: Caller) -> rights.Emergencies:
        """List the emergencies of every controller that the caller may know."""

        def work(conn: sa.Connection) -> rights.Emergencies:
            shown: list[rights.Emergency] = []
            for row in self.parts.agreements.controllers(conn):
                scope(conn, row.controller)
                try:
                    found = self.parts.access.emergencies(conn, caller, row.controller)
                except NotFound:
                    continue
                shown += [self._shown(conn, one) for one in found]
            return rights.Emergencies(shown)

        return self.read(caller, HOUSE, VERB, work)

    def waiting(self) -> dict[str, int]:
        """Count, over all controllers, alerts that nobody acknowledged and openings not reviewed.

        For the metrics: until mail goes out, a monitor that reads them is what rings.
        """

        def work(conn: sa.Connection) -> list[Emergency]:
            known = self.parts.agreements.controllers(conn)
            return [
                one
                for row in known
                if row.status != "destroyed"
                for one in emergency_store.emergencies(conn, row.controller, unsettled=True)
            ]

        found = self.parts.data.read(HOUSE, work)
        return {
            "bailee_emergencies_unacknowledged": sum(one.alert == "due" for one in found),
            "bailee_emergencies_unreviewed": sum(one.review == "due" for one in found),
        }

    def acknowledge_emergency(self, caller: Caller, controller: str, item: str) -> rights.Emergency:
        """Say that one has been told."""
        return self.act(
            caller,
            controller,
            VERB,
            lambda conn: self._done(
                conn, self.parts.access.acknowledge_emergency(conn, caller, controller, item)
            ),
        )

    def review_emergency(
        self, caller: Caller, controller: str, item: str, body: rights.Review
    ) -> rights.Emergency:
        """Say what one makes of it, as the second person."""

        def work(conn: sa.Connection) -> rights.Emergency:
            done = self.parts.access.review_emergency(
                conn, caller, controller, item, verdict=body.verdict, reason=body.reason
            )
            return self._done(conn, done)

        return self.act(caller, controller, VERB, work)

    def settle_emergency(
        self, caller: Caller, controller: str, item: str, body: rights.Settlement
    ) -> rights.Emergency:
        """Note the controller's writing that settles an unjustified opening."""

        def work(conn: sa.Connection) -> rights.Emergency:
            done = self.parts.access.settle_emergency(
                conn, caller, controller, item, writing=body.writing
            )
            return self._done(conn, done)

        return self.act(caller, controller, VERB, work)

    def _done(self, conn: sa.Connection, done: Done[Emergency]) -> rights.Emergency:
        return self._shown(conn, done.result, done)

    def _shown(
        self, conn: sa.Connection, one: Emergency, done: Done[Emergency] | None = None
    ) -> rights.Emergency:
        used = self.parts.access.used_in(conn, one)
        return rights.Emergency(
            emergency=one.emergency_id,
            controller=one.controller,
            principal=one.opener,
            grant=one.grant_id,
            verbs=list(one.verbs),
            elements=list(one.elements),
            purpose=one.purpose,
            reason=one.reason,
            opened=write_time(one.opened),
            until=write_time(one.until),
            open=self.parts.access.still_open(conn, one),
            calls=used.calls,
            subjects=used.subjects,
            alert=one.alert,
            alert_due=write_time(one.alert_due),
            review=one.review,
            review_due=write_time(one.review_due),
            overdue=list(overdue(one, self.parts.clock.now())),
            acknowledged_by=one.acknowledged_by,
            reviewer=one.reviewer,
            verdict_reason=one.verdict_reason,
            writing=one.writing,
            entry=entry_of(done.entry) if done else None,
        )
