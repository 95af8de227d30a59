"""The auditor's room, as the doors ask for it: engagements, views, samples (C5.2).

A view of the auditor is one transaction that decides, reads, and records what is shown; its answer
leaves when that is durable. A refused one is recorded in the controller's log, where both sides
read it. The controller's representatives, and whoever holds ``audit``, see the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, TypeVar

import msgspec
import sqlalchemy as sa

from bailee.access import Caller, Done, Person, disclosure_store, emergency_store
from bailee.access import store as access_store
from bailee.access.principal import AUDITOR
from bailee.app import audit_shapes as shapes
from bailee.app import rights, store
from bailee.app import shapes as common
from bailee.app.audit_rows import holder_shape, pack_shape, sample_shape
from bailee.app.contracts import view_of
from bailee.app.controls import CONTROLS
from bailee.app.disclosing import Disclosing, disclosure_shape
from bailee.app.emergencies import Emergencies
from bailee.app.office import entry_of
from bailee.app.register import grant_shape, read_day, show_approval
from bailee.app.watching import Watching
from bailee.assurance import store as audit_store
from bailee.assurance.engagement import AT_ONCE, Engagement, Wanted, Writing
from bailee.assurance.engagements import Engagements
from bailee.assurance.sample import Draw
from bailee.clock import read_time, write_time
from bailee.db import HOUSE, scope
from bailee.errors import Failure, Gone, NotFound, Unavailable
from bailee.ledger import LogHead
from bailee.ledger import store as ledger_store
from bailee.ledger.export import id_of, opening_line
from bailee.ledger.merkle import WIDTH

VERB = "audit"
LOOKS = 20
"""Of each control so many looks are shown; the pack holds all."""
E = TypeVar("E", bound=common.Answer)
T = TypeVar("T")
Show = Callable[[sa.Connection, Engagement], tuple[int, E]]
"""Reads what is asked for; returns how much it is, and the answer without its entry."""


class Auditing(Emergencies, Disclosing, Watching):
    """Acts upon engagements, and what an auditor sees."""

    @property
    def desk(self) -> Engagements:
        """Return the acts upon engagements."""
        parts = self.parts
        return Engagements(
            parts.access, rules=parts.agreements.in_force, ledger=parts.ledger, clock=parts.clock
        )

    def invite_auditor(
        self, caller: Caller, controller: str, body: shapes.NewAuditor
    ) -> rights.Invitation:
        """Let a controller's auditor in; the secret goes to whoever asks, for them alone."""
        person = Person(
            name=body.name,
            employer=body.firm,
            email=body.email,
            undertaking=body.undertaking,
            undertaken=read_day(body.undertaken),
            relation=AUDITOR,
            represents=controller,
        )

        def work(conn: sa.Connection) -> rights.Invitation:
            scope(conn, controller)  # whether there is an agreement is read there
            done = self.desk.admit(conn, caller, controller, person)
            shown = done.result
            return rights.Invitation(
                invitation=shown.secret_id,
                principal=shown.principal_id,
                secret=shown.secret,
                until=write_time(shown.expires),
                entry=entry_of(done.entry),
            )

        return self.act(caller, HOUSE, "people", work)

    def ask_engagement(
        self, caller: Caller, controller: str, body: shapes.NewEngagement
    ) -> shapes.Engagement:
        """Enter an engagement."""
        wanted = Wanted(
            auditor=body.auditor,
            reason=body.reason,
            since=read_time(body.since) if body.since else AT_ONCE,
            until=read_time(body.until),
            basis=body.basis,
            writing=Writing(body.given_by, body.reference, body.text_sha256),
        )
        return self.act(
            caller,
            controller,
            VERB,
            lambda conn: self._engaged(conn, self.desk.ask(conn, caller, controller, wanted)),
        )

    def answer_engagement(
        self, caller: Caller, controller: str, item: str, body: shapes.NoticeAnswer
    ) -> shapes.Engagement:
        """Answer, for us, a notice."""
        answer = item, body.answer, body.reason
        return self.act(
            caller,
            controller,
            VERB,
            lambda conn: self._engaged(conn, self.desk.answer(conn, caller, controller, answer)),
        )

    def close_engagement(self, caller: Caller, controller: str, item: str) -> shapes.Engagement:
        """End an engagement before its time, for the controller."""
        return self.act(
            caller,
            controller,
            VERB,
            lambda conn: self._engaged(conn, self.desk.close(conn, caller, controller, item)),
        )

    def list_engagements(self, caller: Caller, controller: str) -> shapes.Engagements:
        """List engagements: all to both sides, to an auditor their own, which is recorded."""

        def work(conn: sa.Connection) -> shapes.Engagements:
            found = self.desk.listed(conn, caller, controller)
            if found and self.desk.own(conn, caller, controller, found[-1].engagement_id):
                self.desk.note_view(conn, caller, found[-1], ("engagements", len(found)))
            return shapes.Engagements([self._engagement(conn, one) for one in found])

        return self.act(caller, controller, VERB, work)

    # Views.

    def audit_evidence(self, caller: Caller, controller: str, item: str) -> shapes.Evidence:
        """Show every obligation with its state, and what its control saw over time."""

        def show(conn: sa.Connection, _found: Engagement) -> tuple[int, shapes.Evidence]:
            agreement = self.parts.agreements.in_force(conn, controller)
            made = self.parts.agreements.interpretations(conn, controller)
            view = view_of(agreement, made)
            last = store.last_observations(conn, controller)
            return len(agreement.obligations), shapes.Evidence(
                controller=controller,
                agreement=agreement.version_id,
                text_sha256=view.text_sha256,
                clauses=self._clauses(agreement, last).clauses,
                controls=self._looks(conn, controller),
                interpretations=view.interpretations,
                questions=view.questions,
            )

        return self._see((caller, controller, item), "obligations", show)

    def audit_entries(
        self, caller: Caller, controller: str, item: str, body: shapes.EntryPage
    ) -> shapes.LoggedEntries:
        """Show a page of a log, with what its entries committed to."""

        def show(conn: sa.Connection, _found: Engagement) -> tuple[int, shapes.LoggedEntries]:
            heads = {one.log: one for one in self.parts.ledger.logs(conn, controller)}
            head = heads.get(body.log or next(reversed(heads), ""))
            if head is None:
                raise NotFound("ledger.no_log", "There is no such log.")
            page = self._page(conn, head, body)
            logs = self._keyed(heads.values())
            house = self._keyed(self.parts.ledger.logs(conn, HOUSE))
            return len(page), shapes.LoggedEntries(head.log, head.signed, page, logs, house)

        return self._see((caller, controller, item), "entries", show)

    def audit_rights(self, caller: Caller, controller: str, item: str) -> shapes.RightsHeld:
        """Show who holds or held rights here, approvals, emergencies, and what left."""

        def show(conn: sa.Connection, _found: Engagement) -> tuple[int, shapes.RightsHeld]:
            held = self.rights_held(conn, controller)
            return len(held.grants), held

        return self._see((caller, controller, item), "rights", show)

    def draw_sample(
        self, caller: Caller, controller: str, item: str, body: shapes.NewSample
    ) -> shapes.Sample:
        """Draw a sample: for the auditor, or for either side in the engagement's name."""

        def work(conn: sa.Connection) -> shapes.Sample:
            found, _ = self.desk.look(conn, caller, controller, item)
            done = self.desk.draw(conn, caller, found, Draw(body.population, body.size, body.seed))
            return msgspec.structs.replace(sample_shape(done.result), entry=entry_of(done.entry))

        return self._recorded((caller, controller, item), "sample", work)

    def samples(self, caller: Caller, controller: str, item: str) -> shapes.Samples:
        """List the samples of an engagement."""

        def show(conn: sa.Connection, found: Engagement) -> tuple[int, shapes.Samples]:
            made = audit_store.samples(conn, controller, found.engagement_id)
            return len(made), shapes.Samples([sample_shape(one) for one in made])

        return self._see((caller, controller, item), "samples", show)

    def packs(self, caller: Caller, controller: str, item: str) -> shapes.Packs:
        """List the packs that were made for an engagement."""

        def show(conn: sa.Connection, found: Engagement) -> tuple[int, shapes.Packs]:
            made = audit_store.packs(conn, controller, found.engagement_id)
            return len(made), shapes.Packs([pack_shape(one) for one in made])

        return self._see((caller, controller, item), "packs", show)

    def _see(self, where: tuple[Caller, str, str], what: str, show: Show[E]) -> E:
        caller, controller, item = where

        def work(conn: sa.Connection) -> E:
            found, auditor = self.desk.look(conn, caller, controller, item)
            count, answer = show(conn, found)
            if not auditor:
                return answer
            receipt: Any = self.desk.note_view(conn, caller, found, (what, count))
            return msgspec.structs.replace(answer, entry=entry_of(receipt))

        return self._recorded(where, what, work)

    def _recorded(
        self, where: tuple[Caller, str, str], what: str, work: Callable[[sa.Connection], T]
    ) -> T:
        """Run an act in an engagement's name; a refused auditor is recorded beside it."""
        try:
            return self.parts.data.write(where[1], work)
        except Failure as failure:
            if not isinstance(failure, Unavailable):
                self._note_refused(where, what, failure)
            raise

    def _note_refused(self, where: tuple[Caller, str, str], what: str, failure: Failure) -> None:
        caller, controller, item = where

        def work(conn: sa.Connection) -> bool:
            found = self.desk.own(conn, caller, controller, item)
            if found is not None:
                self.desk.note_refusal(conn, caller, found, (what, failure))
            return found is not None

        if not self.parts.data.write(controller, work):
            self._note_refusal(caller, controller, VERB, failure)

    # What is shown.

    def rights_held(self, conn: sa.Connection, controller: str) -> shapes.RightsHeld:
        """Return everything about rights at a controller; nothing is checked here."""
        grants = access_store.grants(conn, controller)
        approvals = access_store.approvals(conn, controller)
        names = self._names(conn, controller)
        known = {one.principal_id: one for one in access_store.principals(conn)}
        ids = dict.fromkeys(
            (
                *(one.principal for one in grants),
                *(one.granted_by for one in grants),
                *(one.requester for one in approvals),
                *(one.principal_id for one in known.values() if one.represents == controller),
            )
        )
        return shapes.RightsHeld(
            holders=[holder_shape(known[one]) for one in ids if one in known],
            grants=[grant_shape(one) for one in grants],
            approvals=[show_approval(one) for one in approvals],
            emergencies=[
                self._shown(conn, one) for one in emergency_store.emergencies(conn, controller)
            ],
            consents=[self._consent(one) for one in disclosure_store.consents(conn, controller)],
            disclosures=[
                disclosure_shape(one, names)
                for one in disclosure_store.disclosures(conn, controller)
            ],
        )

    def _looks(self, conn: sa.Connection, controller: str) -> list[shapes.Looks]:
        seen = defaultdict(list)
        for one in store.observations(conn, controller):
            seen[one.control].append(
                common.Observation(
                    one.control, one.result, write_time(one.time), list(one.findings), one.entry_id
                )
            )
        return [
            shapes.Looks(slug, control.says, len(seen[slug]), seen[slug][: -LOOKS - 1 : -1])
            for slug, control in CONTROLS.items()
        ]

    def _page(
        self, conn: sa.Connection, head: LogHead, body: shapes.EntryPage
    ) -> list[shapes.LoggedEntry]:
        shown, until = [], min(body.start + body.count, head.signed)
        for n in range(body.start // WIDTH, -(-until // WIDTH)):
            for at, entry in enumerate(ledger_store.entries(conn, head, n), n * WIDTH):
                if body.start <= at < until:
                    opening = self._opened(conn, head.controller, at, entry)
                    shown.append(shapes.LoggedEntry(at, entry.decode("ascii"), opening))
        return shown

    def _keyed(self, heads: Iterable[LogHead]) -> list[common.Log]:
        vkey = self.parts.ledger.vkey
        return [common.Log(one.log, one.status, one.signed, vkey(one.log)) for one in heads]

    def _opened(self, conn: sa.Connection, controller: str, index: int, entry: bytes) -> str:
        with suppress(Gone):
            name = id_of(entry)
            opening = self.parts.ledger.opening(conn, controller, name)
            return opening_line(name, index, opening).decode("ascii")
        return ""

    def _engaged(self, conn: sa.Connection, done: Done[Engagement]) -> shapes.Engagement:
        shown = self._engagement(conn, done.result)
        return msgspec.structs.replace(shown, entry=entry_of(done.entry))

    def _engagement(self, conn: sa.Connection, one: Engagement) -> shapes.Engagement:
        auditor = access_store.principal(conn, one.auditor)
        return shapes.Engagement(
            engagement=one.engagement_id,
            auditor=one.auditor,
            firm=auditor.employer if auditor else "",
            reason=one.reason,
            status=one.state_at(self.desk.now(conn, one.controller)),
            noticed=write_time(one.noticed),
            since=write_time(one.begins),
            until=write_time(one.until),
            side=one.side,
            asked_by=one.asked_by,
            basis=one.basis,
            given_by=one.given_by,
            reference=one.reference,
            text_sha256=one.text_sha256,
            answered_by=one.answered_by,
            answer=one.answer,
            closed_by=one.closed_by,
            views=one.views,
            refused=one.refused,
        )
