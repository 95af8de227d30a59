"""The register of laws, as the doors ask for it (C7.1, MISSION A28)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, cast

import sqlalchemy as sa

from bailee import procedures
from bailee.access import Caller
from bailee.agreement import Agreement, Claim, Obligation, Terms, load_terms, strictest
from bailee.agreement.clocks import Basis, Clock, clocks, triggers
from bailee.agreement.law import Comparison, Freshness, Registration, freshness
from bailee.agreement.laws import LawReading
from bailee.agreement.strictest import Strictest, claim_of
from bailee.agreement.terms import shipped_laws
from bailee.app import law_shapes as shapes
from bailee.app import store
from bailee.app.controls import CONTROLS
from bailee.app.law_age import is_stale
from bailee.app.law_claims import BINDING
from bailee.app.office import Office, last_entry
from bailee.app.register import read_day
from bailee.app.state import derive
from bailee.clock import read_time, write_time
from bailee.db import HOUSE
from bailee.errors import Invalid, NotFound, Refused
from bailee.procedures.timer import Foreseen, foresee

if TYPE_CHECKING:
    from bailee.app.house import House

VERB = "interpret"
UNREAD = "nobody compared this line with the current text of its law"
BINDS, NUMBERLESS = "binds", frozenset({"by both", "forbids"})
"""A duty that sets no quantity has nothing that both could set, or another source want."""
AGE = range(1990, 2200)
Standing = Callable[[Claim], str]


class LawRegister(Office):
    """Acts upon the register of laws."""

    def register_law(
        self, caller: Caller, controller: str, body: shapes.NewLaw
    ) -> shapes.LawChanged:
        """Write that a law applies."""
        since = read_day(body.begins)

        def work(conn: sa.Connection) -> shapes.LawChanged:
            self.parts.access.demand(conn, caller, VERB, controller)
            made = self.parts.agreements.laws.register(
                conn, controller, body.law, since=since, reason=body.reason, by=caller
            )
            return shapes.LawChanged(made.law, f"{made.since}", entry=last_entry(conn))

        return self.act(caller, controller, VERB, work)

    def end_law(self, caller: Caller, controller: str, body: shapes.LawEnd) -> shapes.LawChanged:
        """Write, as the controller's representative, that a law ceases to apply."""
        until = read_day(body.ends)

        def work(conn: sa.Connection) -> shapes.LawChanged:
            self.parts.access.demand(conn, caller, VERB, controller)
            made = self.parts.agreements.laws.end(
                conn, controller, body.law, until=until, reason=body.reason, by=caller
            )
            return shapes.LawChanged(
                made.law, f"{made.since}", f"{made.until}", entry=last_entry(conn)
            )

        return self.act(caller, controller, VERB, work)

    def compare_law(
        self, caller: Caller, controller: str, body: shapes.NewComparison
    ) -> shapes.LawChanged:
        """Write that lines of a law were compared with its current text."""
        compared = read_day(body.compared)
        reading = LawReading(body.law, body.edition, body.place, compared, tuple(body.lines))

        def work(conn: sa.Connection) -> shapes.LawChanged:
            self.parts.access.demand(conn, caller, VERB, controller)
            made = self.parts.agreements.laws.compare(conn, controller, reading, by=caller)
            return shapes.LawChanged(
                made.law,
                comparison=made.comparison_id,
                lines=list(made.lines),
                entry=last_entry(conn),
            )

        return self.act(caller, controller, VERB, work)

    def laws(self, caller: Caller, controller: str) -> shapes.Laws:
        """Show the register to whoever has any right at the controller."""

        def work(conn: sa.Connection) -> shapes.Laws:
            self.parts.access.see(conn, caller, controller)
            agreement = self.parts.agreements.in_force(conn, controller)
            return self._register_shown(
                conn, agreement, self._law_standing(conn, caller, agreement)
            )

        return self.read(caller, controller, "see", work)

    def law_clocks(self, caller: Caller, controller: str, body: shapes.Trigger) -> shapes.Clocks:
        """Compute what a trigger starts, by agreement, laws and targets; nothing is started."""
        since = _moment(body.since)
        free = frozenset(map(read_day, body.holidays))
        targets = cast("House", self).targets

        def work(conn: sa.Connection) -> shapes.Clocks:
            self.parts.access.see(conn, caller, controller)
            agreement = self.parts.agreements.in_force(conn, controller)
            day = since.astimezone(UTC).date()
            found = self.parts.agreements.laws.sources(conn, controller, day)
            running = clocks(agreement, found, body.trigger, day)
            told = [
                procedures.Claim(claim.source, claim.obligation)
                for one in running
                for claim in one.claims
                if claim.state in BINDING
            ]
            ends = {
                one.parameter: one
                for one in foresee(told, body.trigger, since, targets)
                if not one.floor
            }
            return shapes.Clocks(
                body.trigger,
                write_time(since),
                [_clock(one, since, holidays=free, end=ends.get(one.name)) for one in running],
            )

        return self.read(caller, controller, "see", work)

    def _register_shown(
        self, conn: sa.Connection, agreement: Agreement, standing: Standing
    ) -> shapes.Laws:
        desk, controller = self.parts.agreements.laws, agreement.controller
        now = self.parts.clock.now()
        known, compared = desk.all(conn, controller), desk.comparisons(conn, controller)
        applying, day = desk.sources(conn, controller), now.date()
        sources = (agreement.as_read, *applying)
        names = self.parts.access.names(conn)
        acted = {one.recorded_by for one in known} | {one.ended_by for one in known}
        acted |= {one.recorded_by for one in compared}
        days = timedelta(days=self.parts.settings.law_days)
        says = {one.name: one.says for terms in reversed(sources) for one in terms.parameters}

        def fresh(terms: Terms) -> tuple[Freshness, bool]:
            found = freshness(terms, compared, day)
            return found, is_stale(found, agreement, now, days)

        return shapes.Laws(
            controller=controller,
            terms=agreement.terms.id,
            day=f"{day}",
            fresh_days=days.days,
            laws=[_law(terms, fresh(terms), day, standing) for terms in applying],
            parameters=[
                _parameter(one, says.get(name, ""), standing)
                for name, one in strictest(sources, day).items()
            ],
            registrations=[_registration(one, day) for one in known],
            comparisons=[_comparison(one) for one in compared],
            known=[shapes.KnownLaw(name, load_terms(name).title) for name in shipped_laws()],
            triggers=sorted(triggers(sources)),
            names={one: names[one] for one in sorted(acted) if one in names},
        )

    def _law_standing(self, conn: sa.Connection, caller: Caller, agreement: Agreement) -> Standing:
        """Return how a claim's duty stands, for whoever may know; '' for everybody else."""
        if not self._audits(conn, caller, agreement.controller):
            return lambda _claim: ""
        last = store.last_observations(conn, agreement.controller)
        watches = {control.slug: control.watch for control in CONTROLS.values()}
        now = self.parts.clock.now()

        def stands(claim: Claim) -> str:
            line = claim.obligation
            if claim.state in {"not ours", "not in force"} or not line.counted:
                return ""
            unread = UNREAD if claim.state == "unresolved: source" else ""
            ours = claim.source == agreement.terms.id and line.id in agreement.unresolved
            return derive(
                kind=line.kind,
                reason=line.reason,
                unresolved="its text leaves the meaning open" if ours else unread,
                control=line.control,
                watches=watches,
                last=last,
                now=now,
            ).name

        return stands

    def _audits(self, conn: sa.Connection, caller: Caller, controller: str) -> bool:
        for place in (controller, HOUSE):
            try:
                self.parts.access.demand(conn, caller, "audit", place)
            except (Refused, NotFound):
                continue
            return True
        return False


def _moment(text: str) -> datetime:
    """Return the time of a trigger; one that is not of this age would leave the calendar.

    Raises:
        Invalid: ``time.unreadable``, ``clocks.since``.
    """
    since = read_time(text)
    if since.year not in AGE:
        raise Invalid("clocks.since", "That time is not of this age.", do="Write its year in full.")
    return since


def _law(terms: Terms, found: tuple[Freshness, bool], day: date, standing: Standing) -> shapes.Law:
    fresh, stale = found
    return shapes.Law(
        law=terms.id,
        title=terms.title,
        kind=terms.kind,
        source=terms.source,
        freshness="unread" if fresh.oldest is None else "stale" if stale else "fresh",
        edition=terms.edition,
        verified=terms.verified,
        verified_by=terms.verified_by,
        valid_from=terms.valid_from,
        valid_to=terms.valid_to,
        leaves_out=terms.leaves_out,
        editions=[shapes.LawEdition(one.name, one.until, one.proof) for one in terms.editions],
        oldest=f"{fresh.oldest}" if fresh.oldest else "",
        unread=list(fresh.unread),
        lines=[_line(claim_of(terms, line, day), standing) for line in terms.obligations],
    )


def _parameter(found: Strictest, says: str, standing: Standing) -> shapes.LawParameter:
    decides = {id(one) for one in (found.at_least, found.at_most) if one is not None}
    return shapes.LawParameter(
        parameter=found.parameter,
        says=says,
        state=found.state,
        claims=[_line(claim, standing, strictest=id(claim) in decides) for claim in found.claims],
        vague=_once(found.vague),
        unverified=_once(found.unverified),
    )


def _line(claim: Claim, standing: Standing | None, *, strictest: bool = False) -> shapes.LawLine:
    line: Obligation = claim.obligation
    return shapes.LawLine(
        source=claim.source,
        line=line.id,
        clause=line.clause,
        kind=line.kind,
        actor=line.actor,
        summary=line.summary,
        state=BINDS if claim.state in NUMBERLESS and not line.parameter else claim.state,
        proof=line.proof,
        quantity=line.quantity,
        unit=line.unit,
        direction=line.direction,
        counting=line.counting,
        trigger=line.trigger,
        contents=list(line.contents),
        control=line.control,
        stands=standing(claim) if standing else "",
        valid_from=line.valid_from,
        valid_to=line.valid_to,
        strictest=strictest,
    )


def _registration(one: Registration, day: date) -> shapes.LawRegistration:
    return shapes.LawRegistration(
        law=one.law,
        since=f"{one.since}",
        reason=one.reason,
        recorded=write_time(one.recorded),
        recorded_by=one.recorded_by,
        applies=one.applies_on(day),
        dated_back=one.dated_back,
        until=f"{one.until}" if one.until else "",
        ended_reason=one.ended_reason,
        ended=write_time(one.ended) if one.ended else "",
        ended_by=one.ended_by,
    )


def _comparison(one: Comparison) -> shapes.LawComparison:
    return shapes.LawComparison(
        comparison=one.comparison_id,
        law=one.law,
        edition=one.edition,
        place=one.place,
        compared=f"{one.compared}",
        recorded=write_time(one.recorded),
        recorded_by=one.recorded_by,
        lines=list(one.lines),
    )


def _clock(
    clock: Clock, since: datetime, *, holidays: frozenset[date], end: Foreseen | None
) -> shapes.Clock:
    found = clock.strictest(since)
    by_target = end is not None and end.target
    return shapes.Clock(
        clock=clock.name,
        claims=[_basis(one) for one in clock.bases(since, holidays)],
        due=write_time(end.due) if end else "",
        basis="target" if by_target else found.claim.obligation.id if found else "",
        vague=_once(claim.source for claim in clock.vague),
        unverified=_once(claim.source for claim in clock.unresolved),
    )


def _basis(one: Basis) -> shapes.ClockClaim:
    return shapes.ClockClaim(
        claim=_line(one.claim, None),
        binds=one.binds,
        due=write_time(one.due) if one.due else "",
        lasts=write_time(one.lasts) if one.lasts else "",
    )


def _once(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
