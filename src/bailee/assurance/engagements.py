"""Acts upon engagements: ask, answer, end, let the auditor see, and draw samples (C5.2).

Each act loads, decides by the pure rules, saves and records in the caller's one transaction. Asking
and answering hold the epoch's row from their first step to the commit, so of two ordinary audits
asked for at one moment the second sees the first.

Time is the clock's, and never earlier than the controller's newest entry: a clock that was set back
over a restart opens no window again.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from bailee.access import Access, Caller, Done, Person, Shown, bump
from bailee.access.principal import AUDITOR, REPRESENTATIVE
from bailee.agreement import Agreement
from bailee.assurance import store
from bailee.assurance.engagement import (
    AT_ONCE,
    CONTROLLER,
    LONGEST,
    OPEN,
    PROCESSOR,
    REASONABLE,
    THREAT,
    Engagement,
    Limits,
    Wanted,
    answered,
    check_interval,
    check_wanted,
    check_writing,
    refusal,
    step,
)
from bailee.assurance.sample import Draw, Sample, belongs, bounds_digest, check_draw, choose, digest
from bailee.clock import Clock, write_time
from bailee.errors import Conflict, Failure, Invalid, NotFound, Refused
from bailee.ledger import Ledger, newest_time

ORDINARY, IMMEDIATE = "audit-access", "audit-immediate"
"""Controls under which the agreements' terms put the two duties."""
ENTER = "interpret"
"""What one of ours holds to enter or answer an engagement: they act on the controller's writing."""
SEE = "audit"


class _Entry(msgspec.Struct):
    id: str
    action: str


_ENTRY = msgspec.json.Decoder(_Entry)


class Engagements:
    """The engagements of every controller.

    Args:
        access: who is calling.
        rules: the agreement in force.
        ledger: the controllers' logs.
        clock: time.
    """

    def __init__(
        self,
        access: Access,
        *,
        rules: Callable[[sa.Connection, str], Agreement],
        ledger: Ledger,
        clock: Clock,
    ) -> None:
        self._access = access
        self._rules = rules
        self._ledger = ledger
        self._clock = clock

    def now(self, conn: sa.Connection, controller: str) -> datetime:
        """Return the time, never earlier than the controller's newest entry."""
        now, newest = self._clock.now(), newest_time(conn, controller)
        return now if newest is None else max(now, newest)

    # Ask, answer, end.

    def admit(
        self, conn: sa.Connection, caller: Caller, controller: str, person: Person
    ) -> Done[Shown]:
        """Enter a controller's auditor; their one-time invitation goes to whoever asked."""
        if (person.relation, person.represents) != (AUDITOR, controller):
            raise Invalid("person.relation", "An auditor is entered for one controller.")
        return self._access.admit_auditor(conn, caller, person)

    def ask(
        self, conn: sa.Connection, caller: Caller, controller: str, wanted: Wanted
    ) -> Done[Engagement]:
        """Enter an engagement: the controller's representative, or one of us upon its writing.

        Raises:
            Refused: ``grant.missing``, ``audit.interval``; Invalid: ``audit.*``;
            NotFound: ``controller.unknown``, ``outsider.unknown``.
        """
        bump(conn)
        side = self._side(conn, caller, controller)
        now = self.now(conn, controller)
        at_once = wanted.reason == THREAT
        if at_once or wanted.since == AT_ONCE:
            wanted = replace(wanted, since=now)
        limits = limits_of(self._rules(conn, controller), now)
        check_wanted(wanted, limits, now)
        if side == PROCESSOR:
            check_writing(wanted.writing)
            self._access.outsider(conn, controller, wanted.writing.given_by, REPRESENTATIVE)
        self._access.outsider(conn, controller, wanted.auditor, AUDITOR)
        check_interval(wanted, store.engagements(conn, controller), limits)
        made = Engagement(
            engagement_id=secrets.token_hex(16),
            controller=controller,
            auditor=wanted.auditor,
            reason=wanted.reason,
            since=wanted.since,
            until=wanted.until,
            noticed=now,
            silence=now if at_once else limits.silence,
            state="accepted" if at_once else "requested",
            side=side,
            asked_by=caller.accountable,
            basis=wanted.basis,
            given_by=wanted.writing.given_by if side == PROCESSOR else caller.accountable,
            reference=wanted.writing.reference if side == PROCESSOR else "",
            text_sha256=wanted.writing.text_sha256 if side == PROCESSOR else "",
        )
        store.add_engagement(conn, made)
        return Done(made, self._note(conn, caller, made, "requested"))

    def answer(
        self, conn: sa.Connection, caller: Caller, controller: str, answer: tuple[str, str, str]
    ) -> Done[Engagement]:
        """Accept or decline, for us, what was asked with notice; an immediate one takes no answer.

        ``answer`` is the engagement's id, ``accept`` or ``decline``, and the reason of a decline.

        Raises:
            Refused: ``grant.missing``, ``audit.not_ours``, ``audit.immediate``;
            Conflict: ``audit.state``; Invalid: ``audit.answer``.
        """
        bump(conn)
        item, event, reason = answer
        if self._side(conn, caller, controller) != PROCESSOR:
            raise Refused("audit.not_ours", "A notice is answered by the other side.")
        found, now = self._found(conn, controller, item), self.now(conn, controller)
        if found.reason == THREAT:
            raise Refused(
                "audit.immediate",
                "Access upon a threat is not ours to answer.",  # C5.2
                do="It is open already; help the auditor.",
            )
        after = answered(found, (event, reason), caller.accountable, now)
        return self._move(conn, caller, found, after)

    def close(
        self, conn: sa.Connection, caller: Caller, controller: str, item: str
    ) -> Done[Engagement]:
        """End an engagement before its time: the controller alone does that.

        Raises:
            Refused: ``audit.not_ours_to_close``; Conflict: ``audit.state``.
        """
        bump(conn)
        if self._side(conn, caller, controller) != CONTROLLER:
            raise Refused(
                "audit.not_ours_to_close",
                "Only the controller ends an engagement before its time.",
                do="Ask the controller's representative.",
            )
        found, now = self._found(conn, controller, item), self.now(conn, controller)
        state = found.state_at(now)
        after = step("accepted" if state == OPEN else state, "close")
        ended = replace(found, state=after, closed_by=caller.accountable, closed=now)
        return self._move(conn, caller, found, ended)

    def _move(
        self, conn: sa.Connection, caller: Caller, before: Engagement, after: Engagement
    ) -> Done[Engagement]:
        if not store.move_engagement(conn, before, after):
            raise Conflict("audit.state", "Somebody else moved that engagement just now.")
        return Done(after, self._note(conn, caller, after, after.state))

    def _side(self, conn: sa.Connection, caller: Caller, controller: str) -> str:
        """Return for whom a caller acts on engagements.

        Raises:
            Refused: ``grant.missing``; NotFound: ``controller.unknown``.
        """
        if self._access.speaks_for(conn, caller, controller):
            return CONTROLLER
        self._access.demand(conn, caller, ENTER, controller)
        return PROCESSOR

    def _found(self, conn: sa.Connection, controller: str, item: str) -> Engagement:
        found = store.one_engagement(conn, controller, item)
        if found is None:
            raise _unknown()
        return found

    # See.

    def listed(self, conn: sa.Connection, caller: Caller, controller: str) -> list[Engagement]:
        """Return a controller's engagements to both sides, to an auditor their own.

        Raises:
            Refused: ``grant.missing``; NotFound: ``controller.unknown``.
        """
        if self._access.examines_for(conn, caller, controller):
            return store.engagements(conn, controller, caller.principal_id)
        if not self._access.speaks_for(conn, caller, controller):
            self._access.demand(conn, caller, SEE, controller)
        return store.engagements(conn, controller)

    def let_in(self, conn: sa.Connection, caller: Caller, controller: str, item: str) -> Engagement:
        """Return an engagement that is open, to its auditor in person and nobody else.

        Raises:
            NotFound: ``audit.unknown``; Refused: ``audit.requested`` … ``audit.expired``.
        """
        found = self.own(conn, caller, controller, item)
        if found is None or not self._access.examines_for(conn, caller, controller):
            raise _unknown()
        state = found.state_at(self.now(conn, controller))
        if state != OPEN:
            raise refusal(state)
        return found

    def look(
        self, conn: sa.Connection, caller: Caller, controller: str, item: str
    ) -> tuple[Engagement, bool]:
        """Return an engagement to its auditor while it is open, or to both sides at any time.

        The second value tells whether it is the auditor, whose view is then recorded.

        Raises:
            NotFound: ``audit.unknown``, ``controller.unknown``; Refused: ``audit.*``,
            ``grant.missing``.
        """
        if self.own(conn, caller, controller, item) is not None:
            return self.let_in(conn, caller, controller, item), True
        if not self._access.speaks_for(conn, caller, controller):
            self._access.demand(conn, caller, SEE, controller)
        return self._found(conn, controller, item), False

    def own(
        self, conn: sa.Connection, caller: Caller, controller: str, item: str
    ) -> Engagement | None:
        """Return an engagement, open or not, if the caller is its auditor in person."""
        found = store.one_engagement(conn, controller, item)
        mine = found is not None and found.auditor == caller.principal_id
        return found if mine and not caller.on_behalf_of else None

    def note_view(
        self, conn: sa.Connection, caller: Caller, found: Engagement, view: tuple[str, int]
    ) -> object:
        """Record what the auditor is shown, in the transaction that shows it: what, how much."""
        what, count = view
        store.count_engagement(conn, found, refused=False)
        return self._tell(
            conn, caller, found, action="audit:view:shown", detail={"shown": what, "count": count}
        )

    def note_refusal(
        self, conn: sa.Connection, caller: Caller, found: Engagement, refused: tuple[str, Failure]
    ) -> object:
        """Record that the auditor was refused, in the controller's log, which both sides read."""
        what, failure = refused
        store.count_engagement(conn, found, refused=True)
        detail = {"asked": what, "code": failure.code}
        return self._tell(conn, caller, found, action="audit:view:refused", detail=detail)

    def note_pack(
        self,
        conn: sa.Connection,
        caller: Caller,
        found: Engagement,
        detail: Mapping[str, str | int],
    ) -> object:
        """Record that a pack was made: its manifest's hash, and what it stands on."""
        return self._tell(conn, caller, found, action="audit:pack:made", detail=detail)

    # Samples.

    def draw(
        self, conn: sa.Connection, caller: Caller, found: Engagement, draw: Draw
    ) -> Done[Sample]:
        """Draw a sample of a controller's entries, and record everything that draws it again."""
        check_draw(draw)
        controller = found.controller
        bounds = tuple((log.log, log.signed) for log in self._ledger.logs(conn, controller))
        names = list(self._population(conn, controller, draw.population))
        chosen = choose(draw, names)
        made = Sample(
            sample_id=secrets.token_hex(16),
            controller=controller,
            engagement_id=found.engagement_id,
            drawn_by=caller.accountable,
            created=self._clock.now(),
            draw=draw,
            bounds=bounds,
            count=len(names),
            chosen=chosen,
        )
        detail: dict[str, str | int] = {
            "sample": made.sample_id,
            "population": draw.population,
            "members": made.count,
            "size": draw.size,
            "seed": draw.seed,
            "bounds_sha256": bounds_digest(bounds),
            "chosen_sha256": digest(chosen),
        }
        receipt: Any = self._tell(conn, caller, found, action="audit:sample:drawn", detail=detail)
        made = replace(made, entry_id=receipt.entry_id)
        store.add_sample(conn, made)
        return Done(made, receipt)

    def _population(self, conn: sa.Connection, controller: str, of: str) -> Iterator[str]:
        for log in self._ledger.logs(conn, controller):
            for body in self._ledger.entries(conn, controller, log.log):
                entry = _ENTRY.decode(body)
                if belongs(entry.action, of):
                    yield entry.id

    # Record.

    def _note(self, conn: sa.Connection, caller: Caller, one: Engagement, became: str) -> object:
        detail: dict[str, str | int] = {
            "reason": one.reason,
            "side": one.side,
            "since": write_time(one.begins).lower(),
            "until": write_time(one.until).lower(),
        }
        if became == "requested" and one.text_sha256:
            detail["writing_sha256"] = one.text_sha256
        return self._tell(conn, caller, one, action=f"audit:engagement:{became}", detail=detail)

    def _tell(
        self,
        conn: sa.Connection,
        caller: Caller,
        one: Engagement,
        *,
        action: str,
        detail: Mapping[str, str | int],
    ) -> object:
        """Record an act; ids of people are committed to, and free texts stay in the table."""
        return self._access.note(
            conn,
            action,
            caller.actor(),
            controller=one.controller,
            decision="refused" if action.endswith(":refused") else "allowed",
            control=IMMEDIATE if one.reason == THREAT else ORDINARY,
            detail={"engagement": one.engagement_id, **detail},
            context={"auditor": one.auditor, "given_by": one.given_by},
        )


def limits_of(agreement: Agreement, now: datetime) -> Limits:
    """Return what an agreement says of audits, for a notice given now."""
    floor = next(
        (
            (line.quantity, line.unit)
            for line in agreement.obligations
            if line.parameter == "audit.interval" and line.quantity and line.unit in _UNITS
        ),
        None,
    )
    silence = agreement.due("audit.notice", now) or now + REASONABLE
    account = agreement.due("audit.account", now)
    longest = LONGEST if account is None else account - now
    return Limits(interval=floor, silence=silence, longest=longest)


_UNITS = frozenset(("days", "weeks", "months", "years"))


def _unknown() -> NotFound:
    return NotFound("audit.unknown", "There is no such engagement for you.")
