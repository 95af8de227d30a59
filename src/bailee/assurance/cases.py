"""Acts upon corrections and amendments (C5.3, C8).

Each loads, decides by the pure rules, saves and records in the caller's one transaction; clocks are
started and met in it, and notices written.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bailee.access import Access, Caller, Done
from bailee.access.principal import REPRESENTATIVE
from bailee.assurance import amendment as amendments
from bailee.assurance import case_store as store
from bailee.assurance import correction as corrections
from bailee.assurance.amendment import RECEIVED, Amendment, check_answer
from bailee.assurance.correction import (
    INTERIM,
    OURS,
    PROBLEM,
    Correction,
    Order,
    check_correction,
    check_shorter,
    check_text,
)
from bailee.assurance.writing import Origin, check_origin
from bailee.clock import write_time
from bailee.errors import Conflict, NotFound, Refused
from bailee.procedures import Matter, Message, Notices, Timers
from bailee.procedures.contacts import CONTROLLER, check_sees, side_of

CORRECTING, ORDERED, AMENDING = "security-correction", "interim-measures", "agreement-amendments"
"""Controls under which the terms put the duties."""
CASE, ORDER, TEXT = "correction", "interim-order", "amendment"


@dataclass(frozen=True, slots=True)
class Said:
    """A controller's word as somebody enters it."""

    given_by: str = ""
    reference: str = ""
    text_sha256: str = ""


class Cases:
    """The corrections and amendments of every controller."""

    def __init__(self, access: Access, *, timers: Timers, notices: Notices) -> None:
        self._access = access
        self._timers = timers
        self._notices = notices

    # Corrections.

    def notice_problem(
        self, conn: sa.Connection, caller: Caller, wanted: Correction, said: Said
    ) -> Done[Correction]:
        """Enter a problem that the controller gave notice of; its clocks start with the notice.

        Raises:
            Invalid: ``correction.*``, ``writing.missing``; Refused: ``grant.missing``;
            NotFound: ``controller.unknown``, ``outsider.unknown``.
        """
        origin = self._origin(conn, caller, wanted.controller, said)
        now = self._timers.now(conn, wanted.controller)
        made = replace(
            wanted, correction_id=secrets.token_hex(16), origin=origin, entered=now,
            first_until=wanted.cure_until,
        )  # fmt: skip
        check_correction(made, now)
        store.add(conn, made)
        matter = _matter(made.controller, CASE, made.correction_id)
        self._timers.start(conn, caller.actor(), matter, trigger=PROBLEM, since=made.noticed)
        return Done(made, self._tell(conn, caller, made, "noticed"))

    def move_correction(
        self,
        conn: sa.Connection,
        caller: Caller,
        controller: str,
        item: str,
        *,
        event: str,
        note: str = "",
        until: datetime | None = None,
    ) -> Done[Correction]:
        """Start, claim, accept, reject, shorten, or order an interim measure.

        Raises:
            Refused: ``correction.not_ours``, ``correction.not_theirs``, ``grant.missing``;
            NotFound: ``correction.unknown``; Conflict: ``correction.state``;
            Invalid: ``correction.*``.
        """
        self._check_side(conn, caller, controller, event)
        found = self._found(conn, Correction, controller, item)
        now = self._timers.now(conn, controller)
        after = replace(found, state=corrections.step(found.state, event))
        if event == "start":
            after = replace(after, started=now)
        elif event == "claim":
            check_text(note, "correction.evidence")
            after = replace(after, claimed=now, claimed_by=caller.accountable, evidence=note)
        elif event in {"accept", "reject"}:
            after = replace(after, settled=now, settled_by=caller.accountable)
        elif event == "shorten":
            check_shorter(found, until or found.cure_until)
            after = replace(after, cure_until=until or found.cure_until)
        elif event == "order":
            self._order(conn, caller, found, note)
        self._save(conn, found, after, "correction.state")
        matter = _matter(controller, CASE, item)
        if event == "start":
            self._timers.meet(conn, caller.actor(), matter, trigger=PROBLEM, at=now)
        if event in OURS:
            self._write(conn, caller, matter, (f"correction-{after.state}", _STEPS[event], note))
        return Done(after, self._tell(conn, caller, after, _PAST[event]))

    def _order(self, conn: sa.Connection, caller: Caller, found: Correction, measure: str) -> None:
        check_text(measure, "correction.measure")
        now = self._timers.now(conn, found.controller)
        made = Order(
            secrets.token_hex(16), found.controller, found.correction_id, measure, now,
            caller.accountable,
        )  # fmt: skip
        store.add(conn, made)
        matter = _matter(found.controller, ORDER, made.order_id)
        self._timers.start(conn, caller.actor(), matter, trigger=INTERIM, since=now)

    def carry_out(
        self, conn: sa.Connection, caller: Caller, controller: str, item: str, *, evidence: str
    ) -> Done[Order]:
        """Say that an ordered interim measure is taken, and what shows it.

        Raises:
            Refused: ``correction.not_theirs``; NotFound: ``order.unknown``;
            Conflict: ``order.state``; Invalid: ``correction.evidence``.
        """
        self._check_side(conn, caller, controller, "claim")
        found = self._found(conn, Order, controller, item)
        state = corrections.ORDER.get((found.state, "carry-out"))
        if state is None:
            raise Conflict("order.state", "That measure was taken already.")
        check_text(evidence, "correction.evidence")
        now = self._timers.now(conn, controller)
        after = replace(
            found, state=state, carried_out=now, carried_out_by=caller.accountable,
            evidence=evidence,
        )  # fmt: skip
        self._save(conn, found, after, "order.state")
        matter = _matter(controller, ORDER, item)
        self._timers.meet(conn, caller.actor(), matter, trigger=INTERIM, at=now)
        self._write(conn, caller, matter, ("interim-measure", "The measure is taken.", evidence))
        receipt = self._access.note(
            conn, "assurance:order:carried-out", caller.actor(), controller=controller,
            control=ORDERED, detail={"order": item, "correction": found.correction_id},
        )  # fmt: skip
        return Done(after, receipt)

    # Amendments.

    def receive(
        self, conn: sa.Connection, caller: Caller, wanted: Amendment, said: Said
    ) -> Done[Amendment]:
        """Enter a changed text that the controller sends; the clock of the answer starts.

        Raises:
            Invalid: ``writing.missing``, ``timer.since``; Refused: ``grant.missing``.
        """
        origin = self._origin(conn, caller, wanted.controller, said)
        made = replace(
            wanted,
            amendment_id=secrets.token_hex(16),
            origin=origin,
            entered=self._timers.now(conn, wanted.controller),
            text_sha256=hashlib.sha256(wanted.text.encode("utf-8")).hexdigest(),
        )
        store.add(conn, made)
        matter = _matter(made.controller, TEXT, made.amendment_id)
        self._timers.start(conn, caller.actor(), matter, trigger=RECEIVED, since=made.received)
        return Done(made, self._tell_text(conn, caller, made, "received"))

    def answer(
        self,
        conn: sa.Connection,
        caller: Caller,
        controller: str,
        item: str,
        *,
        event: str,
        reason: str = "",
        install: Callable[[Amendment], str],
    ) -> Done[Amendment]:
        """Accept or refuse a text for us, or withdraw it for the controller.

        Accepting installs it, by ``install``, in the same transaction.

        Raises:
            Refused: ``amendment.not_ours``, ``grant.missing``; NotFound: ``amendment.unknown``;
            Conflict: ``amendment.state``; Invalid: ``amendment.reason``.
        """
        theirs = side_of(conn, self._access, caller, controller) == CONTROLLER
        found = self._found(conn, Amendment, controller, item)
        if theirs != (event == "withdraw"):
            raise Refused("amendment.not_ours", "A text is answered by the other side.")
        check_answer(event, reason)
        now = self._timers.now(conn, controller)
        after = replace(
            found, state=amendments.step(found.state, event), answered=now,
            answered_by=caller.accountable, reason=reason,
        )  # fmt: skip
        if event == "accept":
            after = replace(after, version_id=install(found))
        self._save(conn, found, after, "amendment.state")
        matter = _matter(controller, TEXT, item)
        if event == "withdraw":
            self._timers.stop(conn, caller.actor(), matter, reason="withdrawn")
        else:
            said = {
                "accept": f"We accept it. It stands from {write_time(found.effective)[:10]} on.",
                "refuse": "We do not accept it.",
            }[event]
            self._write(conn, caller, matter, ("amendment-answer", said, reason), meets=RECEIVED)
        return Done(after, self._tell_text(conn, caller, after, after.state))

    # What both share.

    def check_sees(self, conn: sa.Connection, caller: Caller, controller: str) -> None:
        """Refuse whoever may not see a controller's cases."""
        check_sees(conn, self._access, caller, controller)

    def _origin(self, conn: sa.Connection, caller: Caller, controller: str, said: Said) -> Origin:
        side = side_of(conn, self._access, caller, controller)
        who = caller.accountable
        if side == CONTROLLER:
            return Origin(side, who, who)
        made = Origin(side, who, said.given_by, said.reference, said.text_sha256)
        check_origin(made)
        self._access.outsider(conn, controller, said.given_by, REPRESENTATIVE)
        return made

    def _check_side(self, conn: sa.Connection, caller: Caller, controller: str, event: str) -> None:
        theirs = side_of(conn, self._access, caller, controller) == CONTROLLER
        if theirs and event in OURS:
            raise Refused("correction.not_theirs", "That is ours to do.")
        if not theirs and event not in OURS:
            raise Refused(
                "correction.not_ours",
                "Only the controller says that.",
                do="Ask its representative.",
            )

    def _found(
        self, conn: sa.Connection, kind: type[store.Case], controller: str, item: str
    ) -> store.Case:
        found = store.one(conn, kind, controller, item)
        if found is None:
            raise NotFound(f"{kind.__name__.lower()}.unknown", "There is no such case.")
        return found

    def _save(self, conn: sa.Connection, before: store.Case, after: store.Case, code: str) -> None:
        if not store.move(conn, before, after):
            raise Conflict(code, "Somebody else moved that just now.")

    def _write(
        self,
        conn: sa.Connection,
        caller: Caller,
        matter: Matter,
        said: tuple[str, str, str],
        *,
        meets: str = "",
    ) -> None:
        kind, says, note = said
        lines = [says, *(["", *note.splitlines()] if note else [])]
        subject = f"About your {matter.kind.replace('-', ' ')}"
        message = Message(
            kind, "security" if matter.kind != TEXT else "privacy", subject, (*lines,)
        )
        self._notices.write(conn, caller.actor(), matter, message, meets=meets)

    def _tell(self, conn: sa.Connection, caller: Caller, one: Correction, became: str) -> Any:
        detail = {
            "action": f"assurance:correction:{became}",
            "correction": one.correction_id,
            "noticed": write_time(one.noticed).lower(),
            "until": write_time(one.cure_until).lower(),
        }
        return self._note(conn, caller, one, detail, control=CORRECTING)

    def _tell_text(self, conn: sa.Connection, caller: Caller, one: Amendment, became: str) -> Any:
        detail = {
            "action": f"assurance:amendment:{became}",
            "amendment": one.amendment_id,
            "text_sha256": one.text_sha256,
            "effective": write_time(one.effective).lower(),
        }
        if one.version_id:
            detail["version"] = one.version_id
        return self._note(conn, caller, one, detail, control=AMENDING)

    def _note(
        self,
        conn: sa.Connection,
        caller: Caller,
        one: Correction | Amendment,
        detail: dict[str, str],
        *,
        control: str,
    ) -> Any:
        """Record an act; who said it is committed to, words stay in the table."""
        action = detail.pop("action")
        if one.origin.text_sha256:
            detail["writing_sha256"] = one.origin.text_sha256
        return self._access.note(
            conn,
            action,
            caller.actor(),
            controller=one.controller,
            control=control,
            detail={"side": one.origin.side, **detail},
            context={"given_by": one.origin.given_by},
        )


_STEPS = {
    "start": "Correction of the problem that you gave notice of has started.",
    "claim": "The problem is corrected. Please accept this, or say what is still open.",
}
_PAST = {
    "start": "started", "claim": "claimed", "accept": "cured", "reject": "rejected",
    "shorten": "shortened", "order": "ordered",
}  # fmt: skip


def _matter(controller: str, kind: str, item: str) -> Matter:
    return Matter(controller, kind, item)
