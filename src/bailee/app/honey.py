"""Honey, as the doors ask for it: consents, plantings, alarms (DESIGN 5; C2.4, C2.5(5), C9).

* Planting takes ``people`` at the house; among a customer's data also its consent that counts now.
* Consent is given and withdrawn by the controller's named representative, in person.
* Told of alarms is whoever is told of emergencies, but never of their own touches: whoever touched
  honey learns nothing of it here either.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import sqlalchemy as sa
from msgspec import structs

from bailee.access import Caller
from bailee.access.lifecycle import step
from bailee.access.store import within
from bailee.agreement import Consent, Writing
from bailee.app import honey_shapes as shapes
from bailee.app.canary import ELEMENTS
from bailee.app.office import Office, last_entry
from bailee.app.reserved import CONTROLLER
from bailee.clock import read_time, write_time
from bailee.db import HOUSE, scope
from bailee.errors import Conflict, Failure, NotFound, Refused
from bailee.vault import honey_store
from bailee.vault.honey import ALARM, Alarm, check_apart, check_verdict, overdue
from bailee.vault.plant import Foreseen, Planting
from bailee.vault.shapes import Entry

if TYPE_CHECKING:
    from bailee.app.house import House

VERB = "honey"
_LOG = logging.getLogger(__name__)


class Honey(Office):
    """Acts upon honey."""

    # Consent

    def allow_honey(
        self, caller: Caller, controller: str, body: shapes.NewHoneyConsent
    ) -> shapes.HoneyConsent:
        """Sign, for the controller, that honey may lie among its data."""

        def work(conn: sa.Connection) -> shapes.HoneyConsent:
            self.parts.access.demand(conn, caller, "interpret", controller)
            since, until = read_time(body.since), read_time(body.until)
            writing = Writing(body.text.encode("utf-8"), body.writing, since, until)
            made = self.parts.agreements.consents.give(conn, controller, writing, by=caller)
            return self._honey_consent(made, last_entry(conn))

        return self.act(caller, controller, VERB, work)

    def withdraw_honey(self, caller: Caller, controller: str, item: str) -> shapes.HoneyConsent:
        """Take a consent back; what was planted goes, unless another one stands.

        If the process dies between the two, the sweep erases it within about a minute.
        """

        def work(conn: sa.Connection) -> shapes.HoneyConsent:
            self.parts.access.demand(conn, caller, "interpret", controller)
            made = self.parts.agreements.consents.withdraw(conn, controller, item, by=caller)
            return self._honey_consent(made, last_entry(conn))

        shown = self.act(caller, controller, VERB, work)
        return structs.replace(shown, removed=self._uproot_unconsented(controller))

    def honey_consents(self, caller: Caller, controller: str) -> shapes.HoneyConsents:
        """List consents, for who signs and who is told of alarms there."""

        def work(conn: sa.Connection) -> shapes.HoneyConsents:
            if not self.parts.access.is_told(conn, caller, controller):
                self.parts.access.demand(conn, caller, "interpret", controller)
            found = self.parts.agreements.consents.all(conn, controller)
            return shapes.HoneyConsents([self._honey_consent(one) for one in found])

        return self.read(caller, controller, VERB, work)

    # Records

    def plant_honey(
        self, caller: Caller, controller: str, body: shapes.NewHoney, context: Mapping[str, str]
    ) -> shapes.Honey:
        """Plant records of nobody. Two transactions (``vault.plant``), each of which asks who may.

        The answer names no record and no entry: an entry's opening would lead to the records.
        """
        elements = tuple(body.elements) or (ELEMENTS if controller == CONTROLLER else ())
        planting = Planting(caller, controller, body.count, elements, context)

        def may(conn: sa.Connection) -> None:
            self._demand_keeper(conn, caller, controller)
            if controller != CONTROLLER:
                self.parts.agreements.consents.demand(conn, controller)

        def first(conn: sa.Connection) -> Foreseen:
            may(conn)
            return self.parts.vault.foresee_honey(conn, planting)

        foreseen = self.act(caller, controller, VERB, first)

        def second(conn: sa.Connection) -> shapes.Honey:
            may(conn)
            self.parts.vault.store_honey(conn, foreseen)
            return self._standing(conn, caller, controller)

        return self.act(caller, controller, VERB, second)

    def honey(self, caller: Caller, controller: str) -> shapes.Honey:
        """Say how a controller's honey stands, to who is told of alarms there."""

        def work(conn: sa.Connection) -> shapes.Honey:
            self._demand_told(conn, caller, controller)
            return self._standing(conn, caller, controller)

        return self.read(caller, controller, VERB, work)

    def remove_honey(self, caller: Caller, controller: str) -> shapes.Removed:
        """Erase a controller's honey: keys first, as any erasure of subjects (C6)."""

        def may(conn: sa.Connection) -> None:
            self._demand_keeper(conn, caller, controller)

        self.act(caller, controller, VERB, may)
        removed = self.parts.vault.uproot_honey(controller, may)

        def note(conn: sa.Connection) -> shapes.Removed:
            self.parts.access.note(
                conn,
                "vault:honey:removed",
                caller.actor(),
                controller=controller,
                control="honey-records",
                detail={"records": removed},
            )
            return shapes.Removed(removed, last_entry(conn))

        return self.parts.data.write(controller, note)

    def sweep_honey(self) -> None:
        """Erase honey whose controller's consent ended, or that a crash left (C2.4)."""
        for row in self.parts.data.read(HOUSE, self.parts.agreements.controllers):
            if row.controller != CONTROLLER and row.status != "destroyed":
                try:
                    self._uproot_unconsented(row.controller)
                except Failure as failure:  # due again in a minute; others' must not wait for it
                    _LOG.error("honey: %s", failure.code)

    def _uproot_unconsented(self, controller: str) -> int:
        consents = self.parts.agreements.consents

        def idle(conn: sa.Connection) -> bool:
            there = honey_store.read_list(conn, controller) is not None
            return not there or consents.stands(conn, controller)

        if self.parts.data.read(controller, idle):
            return 0

        def decide(conn: sa.Connection) -> None:
            if consents.stands(conn, controller):
                raise Conflict("honey.consented", "The controller consented again just now.")

        return self.parts.vault.uproot_honey(controller, decide)

    # Alarms

    def alarms(self, caller: Caller, controller: str) -> shapes.Alarms:
        """List a controller's alarms."""

        def work(conn: sa.Connection) -> shapes.Alarms:
            self._demand_told(conn, caller, controller)
            return shapes.Alarms(self._alarms(conn, caller, controller))

        return self.read(caller, controller, VERB, work)

    def all_alarms(self, caller: Caller) -> shapes.Alarms:
        """List the alarms of every controller at which the caller is told of them."""

        def work(conn: sa.Connection) -> shapes.Alarms:
            shown: list[shapes.Alarm] = []
            for row in self.parts.agreements.controllers(conn):
                scope(conn, row.controller)
                if self.parts.access.is_told(conn, caller, row.controller):
                    shown += self._alarms(conn, caller, row.controller)
            return shapes.Alarms(shown)

        return self.read(caller, HOUSE, VERB, work)

    def assess_alarm(
        self, caller: Caller, controller: str, item: str, body: shapes.Verdict
    ) -> shapes.Alarm:
        """Say, as a second person, what an alarm was: an incident, or nothing, and why (C9)."""

        def work(conn: sa.Connection) -> shapes.Alarm:
            self.parts.access.begin_told(conn, caller, controller)
            found = honey_store.alarm_of(conn, controller, item)
            if found is None or not _may_know(caller, found):
                raise NotFound("honey.alarm_unknown", "There is no such alarm for you.")
            said = body.verdict, body.reason
            after = self.settle_alarm(conn, caller, found, said)
            shown = self._alarm(after, last_entry(conn))
            cast("House", self).follow_alarm(conn, caller, after, said)
            return shown

        return self.act(caller, controller, VERB, work)

    def settle_alarm(
        self, conn: sa.Connection, caller: Caller, found: Alarm, said: tuple[str, str]
    ) -> Alarm:
        """Decide on an alarm, for whoever may; ``said`` is verdict and reason."""
        (verdict, reason), now = said, self.parts.clock.now()
        check_verdict(verdict, reason)
        for doer in filter(None, (found.principal, found.through)):
            check_apart(self.parts.access.key_sharers(conn, doer), caller.principals)
        after = replace(
            found,
            state=step(ALARM, found.state, verdict),
            assessed_by=caller.accountable,
            assessed=now,
            reason=reason,
        )
        if not honey_store.decide(conn, found, after):
            raise Conflict("honey.decided", "Somebody else decided on it meanwhile.")
        self.parts.access.note(
            conn,
            "vault:honey:assessed",
            caller.actor(),
            controller=found.controller,
            control="honey-records",
            detail={"verdict": verdict, "late": int(now > found.due)},
            context={"alarm_id": found.alarm_id, "entry_id": found.entry_id},
        )
        return after

    def unassessed(self) -> dict[str, int]:
        """Count, over all controllers, alarms on which nobody decided yet; for the metrics."""

        def work(conn: sa.Connection) -> int:
            waiting = 0
            for row in self.parts.agreements.controllers(conn):
                if row.status != "destroyed":
                    with within(conn, row.controller):
                        waiting += len(honey_store.alarms(conn, row.controller, due=True))
            return waiting

        return {"bailee_honey_alarms_unassessed": self.parts.data.read(HOUSE, work)}

    # Inside

    def _demand_keeper(self, conn: sa.Connection, caller: Caller, controller: str) -> None:
        """Refuse whoever does not hold ``people`` at the house; first who may not know the name.

        Raises:
            NotFound: ``controller.unknown``. Refused: ``grant.missing``.
        """
        try:
            self.parts.access.demand(conn, caller, "people", HOUSE)
        except Refused:
            self.parts.access.see(conn, caller, controller)
            raise
        self.parts.agreements.log_id(conn, controller)  # raises where there is none

    def _demand_told(self, conn: sa.Connection, caller: Caller, controller: str) -> None:
        if not self.parts.access.is_told(conn, caller, controller):
            self.parts.access.demand(conn, caller, "approve", controller)

    def _standing(self, conn: sa.Connection, caller: Caller, controller: str) -> shapes.Honey:
        stands = self.parts.vault.honey(conn, controller)
        waiting = [
            one for one in honey_store.alarms(conn, controller, due=True) if _may_know(caller, one)
        ]
        return shapes.Honey(controller, stands.records, stands.readable, len(waiting))

    def _alarms(self, conn: sa.Connection, caller: Caller, controller: str) -> list[shapes.Alarm]:
        found = honey_store.alarms(conn, controller)
        return [self._alarm(one) for one in found if _may_know(caller, one)]

    def _alarm(self, one: Alarm, entry: Entry | None = None) -> shapes.Alarm:
        return shapes.Alarm(
            alarm=one.alarm_id,
            controller=one.controller,
            principal=one.principal,
            verb=one.verb,
            entry_id=one.entry_id,
            raised=write_time(one.raised),
            due=write_time(one.due),
            state=one.state,
            overdue=overdue([one], self.parts.clock.now()),
            records=len(self.parts.vault.honey_in(one)),
            through=one.through,
            assessed_by=one.assessed_by,
            assessed=write_time(one.assessed) if one.assessed else "",
            reason=one.reason,
            entry=entry,
        )

    def _honey_consent(self, one: Consent, entry: Entry | None = None) -> shapes.HoneyConsent:
        return shapes.HoneyConsent(
            consent=one.consent_id,
            status=one.status,
            counts=one.counts_at(self.parts.clock.now()),
            signed_by=one.signed_by,
            writing=one.writing,
            text_sha256=one.text_sha256,
            since=write_time(one.since),
            until=write_time(one.until),
            withdrawn_by=one.withdrawn_by,
            entry=entry,
        )


def _may_know(caller: Caller, one: Alarm) -> bool:
    """Say whether an alarm is somebody else's doing."""
    return frozenset(caller.principals).isdisjoint({one.principal, one.through})
