"""The accounting of disclosures, as the doors ask for it (A4, B3; 45 CFR 164.528)."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

import msgspec
import sqlalchemy as sa

from bailee.access import Caller, Done
from bailee.app import accounting_shapes as shapes
from bailee.app.office import entry_of
from bailee.app.procedure_rows import moment
from bailee.app.procedures import Procedures
from bailee.app.transfer_rows import paper_shape
from bailee.app.transfer_shapes import Paper
from bailee.clock import read_time, write_time
from bailee.privacy.accounting import Disclosed, six_years_before
from bailee.privacy.accounting_paper import paper
from bailee.privacy.accountings import CONTROL, ENTER, SECOND, SEE, Account, Accountings, Question
from bailee.privacy.suspension import Suspension

ELSEWHERE = (
    "What a person of ours read and passed on outside of a disclosure: the log shows that they "
    "read it, not where it went."
)
BEFORE = (
    "What was disclosed under an earlier life of the same reference: an erasure ends the way from "
    "it, and nothing leads back."
)
AT_ONCE = 256
"""Stretches of a log that one accounting reads on before it is made."""


class Accounting(Procedures):
    """Acts upon who received what."""

    @property
    def accountings(self) -> Accountings:
        """Return the acts upon accountings."""
        parts = self.parts
        return Accountings(
            parts.access,
            parts.ledger,
            parts.vault.gathering,
            clock=parts.clock,
            record=self.record,
        )

    def account(
        self, caller: Caller, controller: str, body: shapes.NewAccounting
    ) -> shapes.Accounting:
        """Account for what was disclosed of one person, and record that somebody asked."""
        now = self.parts.clock.now()
        until = read_time(body.until) if body.until else now
        since = read_time(body.since) if body.since else six_years_before(now)
        asked = Question(body.subject, body.purpose, since, until)
        self.read(
            caller,
            controller,
            SEE,
            lambda conn: self.accountings.check_asks(conn, caller, controller),
        )
        self.parts.ledger.sequence(self.parts.sequencing)
        self.read_on(controller, AT_ONCE)

        def work(conn: sa.Connection) -> shapes.Accounting:
            agreement = self.parts.agreements.in_force(conn, controller)
            made = self.accountings.account(
                conn, caller, controller, asked, purposes=agreement.purposes
            )
            name = self.parts.agreements.row(conn, controller).name
            text = paper(name, made.lines, (since, until))
            entry = self.accountings.note(
                conn,
                caller,
                controller,
                asked,
                made=made,
                agreement=(agreement.version_id, agreement.obligation_for(CONTROL)),
                sha256=text.sha256,
            )
            shown = _shown(made, (since, until, now))
            return msgspec.structs.replace(
                shown, paper=paper_shape(text, now), entry=entry_of(entry)
            )

        return self.act(caller, controller, SEE, work)

    def read_on(self, controller: str, most: int) -> None:
        """Read a controller's logs into the index, so many stretches; nothing new, no writing."""
        acts = self.accountings

        def stretch(conn: sa.Connection) -> bool:
            return acts.read_on(conn, controller)

        if self.parts.data.read(controller, lambda conn: acts.unread(conn, controller)) is None:
            return
        with suppress(sa.exc.IntegrityError):  # another process read the same at this moment
            for _ in range(most):
                if not self.parts.data.write(controller, stretch):
                    return

    def index_disclosures(self) -> None:
        """Read every controller's logs on, a bounded stretch of each."""
        self.go_round("disclosures", lambda name: self.read_on(name, AT_ONCE))

    # Suspensions.

    def record_suspension(
        self, caller: Caller, controller: str, body: shapes.NewSuspension
    ) -> shapes.Suspension:
        """Register an authority's statement."""
        now = self.parts.clock.now()
        wanted = Suspension(
            suspension_id="",
            controller=controller,
            agency=body.agency,
            official=body.official,
            reference=body.reference,
            text_sha256=body.text_sha256,
            consents=tuple(sorted(set(body.consents))),
            subject_id="",
            since=read_time(body.since),
            until=read_time(body.until),
            recorded=now,
            recorded_by="",
        )
        return self.act(
            caller,
            controller,
            ENTER,
            lambda conn: self._suspended(
                self.accountings.record_suspension(conn, caller, wanted, body.subject)
            ),
        )

    def confirm_suspension(self, caller: Caller, controller: str, item: str) -> shapes.Suspension:
        """Confirm a statement, as the second person."""
        return self._move_suspension(caller, controller, item, "confirm")

    def lift_suspension(self, caller: Caller, controller: str, item: str) -> shapes.Suspension:
        """End a suspension: from now on everything is told."""
        return self._move_suspension(caller, controller, item, "lift")

    def suspensions(self, caller: Caller, controller: str) -> shapes.Suspensions:
        """List suspensions, newest first."""

        def work(conn: sa.Connection) -> shapes.Suspensions:
            found = self.accountings.suspensions(conn, caller, controller)
            now = self.parts.clock.now()
            return shapes.Suspensions([suspension_shape(one, now) for one in reversed(found)])

        return self.read(caller, controller, SEE, work)

    def _move_suspension(
        self, caller: Caller, controller: str, item: str, event: str
    ) -> shapes.Suspension:
        return self.act(
            caller,
            controller,
            SECOND if event == "confirm" else ENTER,
            lambda conn: self._suspended(
                self.accountings.move_suspension(conn, caller, controller, item, event=event)
            ),
        )

    def _suspended(self, done: Done[Suspension]) -> shapes.Suspension:
        shown = suspension_shape(done.result, self.parts.clock.now())
        return msgspec.structs.replace(shown, entry=entry_of(done.entry))


def suspension_shape(one: Suspension, now: datetime) -> shapes.Suspension:
    """Return a suspension as the API shows it; whose accounting it is about is not said."""
    return shapes.Suspension(
        suspension=one.suspension_id,
        status=one.state_at(now),
        agency=one.agency,
        official=one.official,
        reference=one.reference,
        text_sha256=one.text_sha256,
        consents=list(one.consents),
        one_person=bool(one.subject_id),
        since=write_time(one.since),
        until=write_time(one.until),
        recorded_by=one.recorded_by,
        confirmed_by=one.confirmed_by,
        lifted_by=one.lifted_by,
    )


def _shown(made: Account, times: tuple[datetime, datetime, datetime]) -> shapes.Accounting:
    since, until, now = map(write_time, times)
    return shapes.Accounting(
        found=made.found,
        since=since,
        until=until,
        made=now,
        disclosures=[_line(one) for one in made.lines],
        suspended=made.left_out,
        behind=made.lag.entries,
        read_until=moment(made.lag.read_until),
        erased_people=made.gone,
        cannot_say=_cannot(made),
        paper=Paper("", "", "", now, "", [], []),
    )


def _line(one: Disclosed) -> shapes.Accounted:
    return shapes.Accounted(
        disclosure=one.disclosure,
        date=one.first,
        last=one.last,
        times=one.times,
        records=one.records,
        elements=list(one.elements),
        purpose=one.purpose,
        recipients=[
            shapes.Received(
                who.name, who.address, who.country, who.kind, who.reference, who.text_sha256,
                who.consent,
            )
            for who in one.recipients
        ],
        entries=list(one.entries),
        form=one.form,
    )  # fmt: skip


def _cannot(made: Account) -> list[str]:
    """Say what is not in an accounting, and why; every sentence names a reason of its own."""
    said = [
        ELSEWHERE,
        BEFORE,
    ]
    if not made.found:
        said.append(
            "Whether anything was ever disclosed of this person: nobody is known here by that "
            "reference, and after an erasure nobody can tell which entries were theirs."
        )
    if made.gone:
        said.append(
            f"Who {made.gone} people are of whom something was disclosed: they were erased, and "
            "their entries stay countable."
        )
    if made.unreadable:
        said.append(f"Who was in {made.unreadable} calls: their openings were erased.")
    if made.retired:
        said.append(f"What stood in {len(made.retired)} logs whose time of keeping is over.")
    if made.lag.entries:
        said.append(
            f"What stands in the newest {made.lag.entries} entries: the index has not read them "
            "yet. Ask again."
        )
    return said
