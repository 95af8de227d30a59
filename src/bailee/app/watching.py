"""Looking, and what follows from it: controls run and recorded, states per obligation."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, cast

import msgspec
import sqlalchemy as sa

from bailee.access import Caller
from bailee.agreement import Agreement
from bailee.app import (
    over_time,
    overview_shapes,
    shapes,
    store,
    watch_audit,
    watch_cases,
    watch_demands,
    watch_end,
    watch_incidents,
    watch_instructions,
    watch_law,
    watch_officers,
    watch_paper,
    watch_procedures,
    watch_requests,
    watch_review,
    watch_subprocessor,
    watch_training,
    watch_transfer,
)
from bailee.app import watch_horizon as horizon
from bailee.app.control import Blind, Control
from bailee.app.controls import CONTROLS
from bailee.app.looking import Looking
from bailee.app.office import Office
from bailee.app.parts import Parts
from bailee.app.state import Observation, State, derive, worst
from bailee.app.watch_doors import Knocks
from bailee.app.watch_emergency import TURNING, turned
from bailee.app.watch_honey import UNASSESSED, unassessed
from bailee.app.watch_ledger import UNWITNESSED, unwitnessed
from bailee.assurance import trust_store
from bailee.assurance.commitment import Looked
from bailee.clock import write_time
from bailee.db import HOUSE
from bailee.errors import Failure, NotFound, Unavailable
from bailee.ledger import Fact

if TYPE_CHECKING:
    from bailee.app.house import House

EARLY = timedelta(hours=1)
"""How long before its last look is too old a control looks again."""
SHOWN = timedelta(days=89)
"""Days of results that are shown, and today: a quarter of a year."""
WATCHES = {control.slug: control.watch for control in CONTROLS.values()}
RESULTS = ("passed", "failed", "blind", "due")
RECORD_KEEPING = "record-keeping"
BREAK_GLASS = "break-glass"
ERASURE = "erasure"
HONEY = "honey-records"
TELLING = watch_procedures.TURNING | {watch_demands.UNTOLD}
TURNING_OF: Mapping[str, tuple[frozenset[str], Callable[[House, str], frozenset[str]]]] = {
    "authorised-persons": (watch_training.UNSIGNED, watch_training.unsigned),
    "training": (watch_training.UNREAD, watch_training.unread),
    "handling-procedures": (watch_training.OUTDATED, watch_training.outdated),
    "termination": (watch_procedures.TURNING, watch_end.turned),
    "security-correction": (watch_cases.CORRECTING, watch_cases.late),
    "interim-measures": (watch_procedures.TURNING, watch_cases.measures),
    "agreement-amendments": (watch_procedures.TURNING, watch_cases.answers),
    "documented-instructions": (watch_instructions.LOOSE, watch_instructions.unfounded),
    "unlawful-instruction-notice": (watch_instructions.ANSWERING, watch_instructions.unanswered),
    "legal-demand-hold": (
        frozenset((watch_demands.UNFROZEN, watch_demands.ONE_PERSON)),
        watch_demands.loose,
    ),
    "legal-demand-notice": (TELLING, watch_demands.untold),
    "legal-obligation-notice": (TELLING, watch_demands.unannounced),
    "legal-demand-support": (frozenset((watch_demands.UNANSWERED,)), watch_demands.unanswered),
    **watch_requests.TURNING_OF,
    "coordinator": (watch_officers.ALL, watch_officers.missing_coordinator),
    "security-contact": (watch_officers.ALL, watch_officers.missing_contact),
    "contacts-current": (watch_officers.ALL, watch_officers.stale_contacts),
    "transfer-mechanism": (watch_transfer.UNFOUNDED, watch_transfer.unfounded),
    "dpia-assistance": (watch_paper.OUT_OF_TIME, watch_paper.dpia_late),
    "authority-records": (watch_paper.OUT_OF_TIME, watch_paper.authority_late),
    "access-review": (watch_review.TURNING, watch_review.turned),
    "law-register": (watch_law.TURNING, watch_law.turned),
    **dict.fromkeys(
        ("subprocessor-objection", "subprocessor-instruction", "subprocessor-certificates"),
        (watch_subprocessor.TURNING, watch_subprocessor.turned),
    ),
    "audit-access": (watch_audit.TURNING, watch_audit.turned),
    "audit-immediate": (watch_audit.TURNING, watch_audit.turned_at_once),
    "breach-notice": (watch_incidents.NOTICE_TURNING, watch_incidents.late_notices),
    "breach-update": (watch_procedures.TURNING, watch_incidents.late_updates),
    "breach-contact": (frozenset({watch_incidents.NOBODY}), watch_incidents.nobody_to_ask),
    "urgent-notice": (watch_procedures.TURNING, watch_incidents.late_urgent),
    "other-notices": (watch_procedures.TURNING, watch_incidents.late_events),
    "incident-participation": (
        frozenset({watch_incidents.ALONE}),
        watch_incidents.nobody_takes_part,
    ),
    "incident-costs": (watch_procedures.TURNING, watch_incidents.late_costs),
    "credit-monitoring": (
        watch_incidents.MONITORING_TURNING,
        watch_incidents.late_monitoring,
    ),
}
"""Of further controls: findings that come and go between two looks, and which there are now."""
SCHEDULER = {"kind": "machine", "principal_id": "schedule"}
CODE_LIMIT = 100
_NO_CODE = re.compile(r"[^a-z0-9._:-]")


class Watching(Office):
    """Runs controls and derives states."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.knocks: Knocks | None = None
        self._asked = Looking[list[Observation]]()

    def serve_door(self, knocks: Knocks | None) -> None:
        """Let the door controls look at a served address; None when it closed."""
        self.knocks = knocks

    def run_controls(
        self, caller: Caller, controller: str, body: shapes.Run
    ) -> shapes.Observations:
        """Look now: at everything, or at the named controls.

        One run at a time, or a few would slow down all (``looking``).

        Raises:
            NotFound: ``control.unknown``. Unavailable: ``controls.looking``.
        """
        unknown = [name for name in body.controls if name not in CONTROLS]
        if unknown:
            raise NotFound("control.unknown", "There is no such control.", do="See `clauses`.")
        self.look(caller, controller, "audit", lambda _conn: None, or_house=True)
        house = cast("House", self)
        house.publish_texts()  # where nobody keeps watch, this is when it is done
        house.tend_incidents()
        names = body.controls or list(CONTROLS)
        seen = self._asked.see(
            (controller, *names),
            lambda: [self.observe(controller, CONTROLS[name], caller.actor()) for name in names],
        )
        return shapes.Observations(
            [
                shapes.Observation(
                    one.control, one.result, write_time(one.time), list(one.findings), one.entry_id
                )
                for one in seen
            ]
        )

    def run_due(self, stopped: Callable[[], bool] = lambda: False) -> int:
        """Let controls look whose last look is almost too old; return how many looked.

        A control that never looked is due. Stops between two looks when asked to.
        """
        looked = 0
        for row in self.parts.data.read(HOUSE, self.parts.agreements.controllers):
            if row.status == "destroyed":
                continue
            for control in self._due(row.controller):
                if stopped():
                    return looked
                try:
                    self.observe(row.controller, control)
                except NotFound:
                    break  # its agreement is not in force yet; the others' are
                looked += 1
        return looked

    def _due(self, controller: str) -> list[Control]:
        find = partial(store.last_observations, controller=controller)
        last, now = self.parts.data.read(controller, find), self.parts.clock.now()
        early = self._early(controller, last)
        return [
            control
            for slug, control in CONTROLS.items()
            if slug not in last
            or now - last[slug].time > control.watch.every - EARLY
            or slug in early
        ]

    def _early(self, controller: str, last: Mapping[str, Observation]) -> frozenset[str]:
        """Return the controls whose last look is not true any more, though it is not old.

        A day is too long to learn that witnesses fell behind or caught up, or that an emergency's
        alert or review or an alarm ran out of time, or was answered, or that a key grew too old; a
        minute more is not. What nobody looked at yet is due anyway.
        """
        found = {name: frozenset(one.findings) for name, one in last.items()}
        early = set()
        if RECORD_KEEPING in found:
            said = UNWITNESSED in found[RECORD_KEEPING]
            if said != unwitnessed(self, controller):
                early.add(RECORD_KEEPING)
        if BREAK_GLASS in found:
            house = cast("House", self)
            if found[BREAK_GLASS] & TURNING != turned(house, controller):
                early.add(BREAK_GLASS)
        if ERASURE in found:
            old = [one for one in found[ERASURE] if one.startswith(horizon.TURNING)]
            if sorted(old) != horizon.overdue(self, controller):
                early.add(ERASURE)
        if HONEY in found:
            late = unassessed(cast("House", self), controller)
            if (UNASSESSED in found[HONEY]) != late:
                early.add(HONEY)
        for name, (turning, now_so) in TURNING_OF.items():
            if name in found and found[name] & turning != now_so(cast("House", self), controller):
                early.add(name)
        return frozenset(early)

    def observe(
        self, controller: str, control: Control, actor: dict[str, str] | None = None
    ) -> Observation:
        """Let one control look, and record what it saw in the controller's log."""
        result, findings = self._look(controller, control)

        def work(conn: sa.Connection) -> Observation:
            agreement = self.parts.agreements.in_force(conn, controller)
            receipt = self.parts.ledger.append(
                conn,
                Fact(
                    action=f"app:control:{result}",
                    controller=controller,
                    decision="allowed" if result == "passed" else "failed",
                    obligations=agreement.obligations_for(control.slug),
                    count=len(findings),
                    detail={"control": control.slug, "result": result}
                    | {f"finding{n}": code for n, code in enumerate(findings[:8])},
                    agreement=agreement.version_id,
                    actor=actor or SCHEDULER,
                ),
            )
            seen = Observation(
                control.slug, self.parts.clock.now(), result, findings, receipt.entry_id
            )
            before = store.last_observations(conn, controller).get(control.slug)
            store.add_observation(conn, controller, seen)
            cast("House", self).signal_failure(conn, controller, seen, before)
            trust_store.doubt(conn)
            return seen

        return self.parts.data.write(controller, work)

    def _look(self, controller: str, control: Control) -> tuple[str, tuple[str, ...]]:
        try:
            findings = tuple(_code(one) for one in control.look(cast("House", self), controller))
        except Blind as blind:
            return "blind", (_code(str(blind.args[0])),)
        except Unavailable as failure:  # nobody answered: nothing was seen, good or bad
            return "blind", (_code(f"control.{failure.code}"),)
        except Failure as failure:
            return "failed", (_code(f"control.{failure.code}"),)
        except Exception as error:  # noqa: BLE001 - a control that breaks must never look green
            return "blind", (_code(f"control.{type(error).__name__}"),)
        if findings and control.due.issuperset(findings):
            return "due", findings
        return ("failed" if findings else "passed"), findings

    def observations(self, caller: Caller, controller: str) -> overview_shapes.Watched:
        """Show what every control tries, what it saw last, and its results by day."""
        now = self.parts.clock.now()
        since = (now - SHOWN).replace(hour=0, minute=0, second=0, microsecond=0)

        def work(conn: sa.Connection) -> overview_shapes.Watched:
            self.parts.agreements.in_force(conn, controller)
            last = store.last_observations(conn, controller)
            days: dict[tuple[str, str], dict[str, int]] = {}
            for control, day, result, many in store.observed_days(conn, controller, since):
                days.setdefault((control, day), {})[result] = many
            seen = {key: over_time.worst_of(counts) for key, counts in days.items()}
            stood = over_time.agreed(conn, self.parts.agreements, controller, (since, now))
            return overview_shapes.Watched(
                since=write_time(since)[:10],
                until=write_time(now)[:10],
                controls=[_looked(one, last.get(one.slug)) for one in CONTROLS.values()],
                days=[
                    overview_shapes.ControlDay(*key, *(counts.get(one, 0) for one in RESULTS))
                    for key, counts in days.items()
                ],
                clauses=[
                    overview_shapes.ClauseDay(*one)
                    for one in over_time.by_day(stood, seen, WATCHES)
                ],
            )

        return self.look(caller, controller, "audit", work, or_house=True)

    def clauses(self, caller: Caller, controller: str) -> shapes.Clauses:
        """Show the state of every obligation, clause by clause."""

        def work(conn: sa.Connection) -> shapes.Clauses:
            agreement = self.parts.agreements.in_force(conn, controller)
            return self._clauses(agreement, store.last_observations(conn, controller))

        return self.look(caller, controller, "audit", work, or_house=True)

    def looked(self, conn: sa.Connection, controller: str) -> dict[str, Looked]:
        """Return what a controller's duties came to, by the control that serves them (B10)."""
        agreement = self.parts.agreements.in_force(conn, controller)
        last = store.last_observations(conn, controller)
        states: dict[str, set[str]] = {}
        for clause in self._clauses(agreement, last).clauses:
            for duty in clause.obligations:
                if duty.control in CONTROLS and duty.state != "no-duty":
                    states.setdefault(duty.control, set()).add(duty.state)
        return {slug: _judged(slug, found, last.get(slug)) for slug, found in states.items()}

    def _clauses(self, agreement: Agreement, last: dict[str, Observation]) -> shapes.Clauses:
        open_questions = over_time.unclear(agreement)
        now, states = self.parts.clock.now(), dict[str, State]()
        for line in agreement.obligations:
            states[line.id] = derive(
                kind=line.kind,
                reason=line.reason,
                unresolved=open_questions.get(line.id, ""),
                control=line.control,
                watches=WATCHES,
                last=last,
                now=now,
            )
        clauses: dict[str, list[shapes.Obligation]] = {}
        for line in agreement.obligations:
            state = states[line.id]
            clauses.setdefault(line.clause, []).append(
                shapes.Obligation(
                    line.id,
                    line.clause,
                    line.kind,
                    line.summary,
                    line.row,
                    line.control,
                    state.name,
                    state.why,
                    list(state.entries),
                )
            )
        return shapes.Clauses(
            controller=agreement.controller,
            agreement=agreement.version_id,
            clauses=[
                shapes.ClauseState(
                    clause=clause,
                    title=_title(agreement, clause),
                    state=worst(states[one.obligation] for one in lines),
                    obligations=lines,
                )
                for clause, lines in clauses.items()
            ],
        )


def _looked(control: Control, seen: Observation | None) -> overview_shapes.ControlLook:
    hours = int(control.watch.every.total_seconds() // 3600)
    told = overview_shapes.ControlLook(control.slug, control.says, control.watch.gives, hours)
    if seen is None:
        return told
    return msgspec.structs.replace(
        told,
        result=seen.result,
        at=write_time(seen.time),
        findings=list(seen.findings),
        entry=seen.entry_id,
    )


def _judged(slug: str, states: set[str], seen: Observation | None) -> Looked:
    if seen is None:
        return Looked(frozenset(states))
    until = write_time(seen.time + CONTROLS[slug].watch.every)
    return Looked(frozenset(states), write_time(seen.time), until, seen.entry_id)


def _code(finding: str) -> str:
    """Return a finding as the ledger takes it: a look that cannot be recorded would stay green."""
    return _NO_CODE.sub("-", finding.lower())[:CODE_LIMIT] or "unnamed"


def _title(agreement: Agreement, clause: str) -> str:
    found = agreement.contract.clause(clause)
    return found.title if found else ""
