"""Corrections, amendments, rehearsals, as the doors ask for them (C5.3, C8)."""

from __future__ import annotations

from datetime import UTC, datetime, time

import msgspec
import sqlalchemy as sa

from bailee.access import Caller
from bailee.access import store as access_store
from bailee.agreement import Agreement
from bailee.agreement.rehearsal import Rehearsal, number, rehearse
from bailee.app import case_shapes as shapes
from bailee.app import store
from bailee.app.office import entry_of
from bailee.app.procedure_rows import moment
from bailee.app.procedures import Procedures
from bailee.app.register import read_day
from bailee.app.state import Observation
from bailee.app.watching import Watching
from bailee.assurance import case_store
from bailee.assurance.amendment import Amendment
from bailee.assurance.cases import Cases, Said
from bailee.assurance.correction import Correction, Order
from bailee.assurance.writing import Origin
from bailee.clock import read_time
from bailee.errors import NotFound
from bailee.procedures.contacts import side_of

VERB = "interpret"
NOBODY = Origin("", "", "")


class Casework(Watching, Procedures):
    """Acts upon corrections and amendments."""

    @property
    def cases(self) -> Cases:
        """Return the acts upon corrections and amendments."""
        return Cases(self.parts.access, timers=self.timers, notices=self.notices)

    # Corrections.

    def notice_problem(
        self, caller: Caller, controller: str, body: shapes.NewCorrection
    ) -> shapes.Correction:
        """Enter a problem that the controller gave notice of."""
        now, until = self.parts.clock.now(), read_time(body.cure_until)
        wanted = Correction(
            correction_id="",
            controller=controller,
            problem=body.problem,
            origin=NOBODY,
            noticed=read_time(body.noticed) if body.noticed else now,
            entered=now,
            cure_until=until,
            first_until=until,
        )
        said = Said(body.given_by, body.reference, body.text_sha256)

        def work(conn: sa.Connection) -> shapes.Correction:
            done = self.cases.notice_problem(conn, caller, wanted, said)
            shown = self._correction(conn, done.result)
            return msgspec.structs.replace(shown, entry=entry_of(done.entry))

        return self.act(caller, controller, VERB, work)

    def move_correction(
        self, caller: Caller, controller: str, item: str, body: shapes.Step
    ) -> shapes.Correction:
        """Say what happened to a correction."""
        until = read_time(body.until) if body.until else None

        def work(conn: sa.Connection) -> shapes.Correction:
            done = self.cases.move_correction(
                conn, caller, controller, item, event=body.event, note=body.note, until=until
            )
            shown = self._correction(conn, done.result)
            return msgspec.structs.replace(shown, entry=entry_of(done.entry))

        return self.act(caller, controller, VERB, work)

    def carry_out_order(
        self, caller: Caller, controller: str, item: str, body: shapes.CarriedOut
    ) -> shapes.Order:
        """Say that an ordered interim measure is taken."""

        def work(conn: sa.Connection) -> shapes.Order:
            done = self.cases.carry_out(conn, caller, controller, item, evidence=body.evidence)
            return msgspec.structs.replace(order_shape(done.result), entry=entry_of(done.entry))

        return self.act(caller, controller, VERB, work)

    def list_corrections(self, caller: Caller, controller: str) -> shapes.Corrections:
        """List problems and their corrections, newest first."""

        def work(conn: sa.Connection) -> shapes.Corrections:
            self.cases.check_sees(conn, caller, controller)
            found = case_store.cases(conn, Correction, controller)
            return shapes.Corrections([self._correction(conn, one) for one in reversed(found)])

        return self.read(caller, controller, "audit", work)

    def _correction(self, conn: sa.Connection, one: Correction) -> shapes.Correction:
        orders = [
            order_shape(found)
            for found in case_store.cases(conn, Order, one.controller)
            if found.correction_id == one.correction_id
        ]
        return shapes.Correction(
            correction=one.correction_id,
            problem=one.problem,
            status=one.state,
            side=one.origin.side,
            noticed=moment(one.noticed),
            entered=moment(one.entered),
            cure_until=moment(one.cure_until),
            first_until=moment(one.first_until),
            late=one.late(self.parts.clock.now()),
            given_by=one.origin.given_by,
            started=moment(one.started),
            claimed=moment(one.claimed),
            evidence=one.evidence,
            settled=moment(one.settled),
            orders=orders,
        )

    # Amendments.

    def receive_amendment(
        self, caller: Caller, controller: str, body: shapes.NewAmendment
    ) -> shapes.Amendment:
        """Enter a changed text that the controller sends."""
        now = self.parts.clock.now()
        wanted = Amendment(
            amendment_id="",
            controller=controller,
            text=body.text,
            text_sha256="",
            terms=body.terms,
            effective=datetime.combine(read_day(body.effective), time(), UTC),
            origin=NOBODY,
            received=read_time(body.received) if body.received else now,
            entered=now,
        )
        said = Said(body.given_by, body.reference, body.text_sha256)

        def work(conn: sa.Connection) -> shapes.Amendment:
            side_of(conn, self.parts.access, caller, controller)  # who may, before what it says
            # What does not compile is no text that could be answered.
            self.parts.agreements.proposed(
                conn, controller, body.text.encode("utf-8"), terms_id=body.terms
            )
            done = self.cases.receive(conn, caller, wanted, said)
            return msgspec.structs.replace(amendment_shape(done.result), entry=entry_of(done.entry))

        return self.act(caller, controller, VERB, work)

    def answer_amendment(
        self, caller: Caller, controller: str, item: str, body: shapes.AmendmentAnswer
    ) -> shapes.Amendment:
        """Accept or refuse a text, or withdraw it for the controller."""

        def work(conn: sa.Connection) -> shapes.Amendment:
            def install(one: Amendment) -> str:
                made = self.parts.agreements.install(
                    conn,
                    controller,
                    one.text.encode("utf-8"),
                    terms_id=one.terms,
                    effective=one.effective,
                    by=caller,
                )
                return made.version_id

            done = self.cases.answer(
                conn,
                caller,
                controller,
                item,
                event=body.event,
                reason=body.reason,
                install=install,
            )
            return msgspec.structs.replace(amendment_shape(done.result), entry=entry_of(done.entry))

        return self.act(caller, controller, VERB, work)

    def list_amendments(self, caller: Caller, controller: str) -> shapes.Amendments:
        """List proposed texts, newest first."""

        def work(conn: sa.Connection) -> shapes.Amendments:
            self.cases.check_sees(conn, caller, controller)
            found = case_store.cases(conn, Amendment, controller)
            return shapes.Amendments([amendment_shape(one) for one in reversed(found)])

        return self.read(caller, controller, "audit", work)

    def rehearse_amendment(self, caller: Caller, controller: str, item: str) -> shapes.Rehearsal:
        """Show what an entered text would change."""

        def work(conn: sa.Connection) -> shapes.Rehearsal:
            self.cases.check_sees(conn, caller, controller)
            found = case_store.one(conn, Amendment, controller, item)
            if found is None:
                raise NotFound("amendment.unknown", "There is no such case.")
            return self._rehearsed(conn, controller, shapes.ProposedText(found.text, found.terms))

        return self.read(caller, controller, "audit", work)

    def rehearse_agreement(
        self, caller: Caller, controller: str, body: shapes.ProposedText
    ) -> shapes.Rehearsal:
        """Compile a proposed text against the live deployment; nothing is changed."""

        def work(conn: sa.Connection) -> shapes.Rehearsal:
            self.cases.check_sees(conn, caller, controller)
            return self._rehearsed(conn, controller, body)

        return self.read(caller, controller, "audit", work)

    def _rehearsed(
        self, conn: sa.Connection, controller: str, body: shapes.ProposedText
    ) -> shapes.Rehearsal:
        agreements = self.parts.agreements
        before = agreements.in_force(conn, controller)
        after, hindrance = agreements.proposed(
            conn, controller, body.text.encode("utf-8"), terms_id=body.terms
        )
        found, last = rehearse(before, after), store.last_observations(conn, controller)
        now_so, would_be = self._states(before, last), self._states(after, last)
        turns = _turns(found, now_so, would_be)
        return shapes.Rehearsal(
            agreement=before.version_id,
            text_sha256=after.version.text_sha256,
            hindrance=hindrance,
            turns=turns,
            unchanged=len(found.turns) - len(turns),
            elements_lost=list(found.elements_lost),
            elements_gained=list(found.elements_gained),
            purposes_lost=list(found.purposes_lost),
            purposes_gained=list(found.purposes_gained),
            grants_lost=self._grants_lost(conn, controller, found),
            broken=sorted({one.clause for one in after.binding.broken}),
            findings=[f"{one.rule} {one.path}" for one in after.findings],
        )

    def _states(self, agreement: Agreement, last: dict[str, Observation]) -> dict[str, str]:
        return {
            duty.obligation: duty.state
            for clause in self._clauses(agreement, last).clauses
            for duty in clause.obligations
        }

    def _grants_lost(self, conn: sa.Connection, controller: str, found: Rehearsal) -> list[str]:
        now = self.parts.clock.now()
        return [
            one.grant_id
            for one in access_store.grants(conn, controller)
            if one.state == "living"
            and one.until > now
            and (
                not set(found.purposes_lost).isdisjoint(one.purposes)
                or any(name.partition(":")[0] in found.elements_lost for name in one.elements)
            )
        ]


def _turns(found: Rehearsal, now_so: dict[str, str], would_be: dict[str, str]) -> list[shapes.Turn]:
    """Return the duties that change, or whose state would."""
    return [
        shapes.Turn(
            obligation=one.line.id,
            clause=one.line.clause,
            summary=one.line.summary,
            change=one.change,
            state=now_so.get(one.line.id, "") if one.before else "",
            would_be=would_be.get(one.line.id, "") if one.after else "",
            number=number(one.before),
            would_be_number=number(one.after),
        )
        for one in found.turns
        if one.change != "same" or now_so.get(one.line.id) != would_be.get(one.line.id)
    ]


def order_shape(one: Order) -> shapes.Order:
    """Return an interim measure as the API shows it."""
    return shapes.Order(
        order=one.order_id,
        correction=one.correction_id,
        measure=one.measure,
        status=one.state,
        ordered=moment(one.ordered),
        carried_out=moment(one.carried_out),
        evidence=one.evidence,
    )


def amendment_shape(one: Amendment) -> shapes.Amendment:
    """Return a proposed text as the API shows it, without its words."""
    return shapes.Amendment(
        amendment=one.amendment_id,
        status=one.state,
        side=one.origin.side,
        text_sha256=one.text_sha256,
        terms=one.terms,
        effective=moment(one.effective),
        received=moment(one.received),
        entered=moment(one.entered),
        given_by=one.origin.given_by,
        answered=moment(one.answered),
        reason=one.reason,
        agreement=one.version_id,
    )
