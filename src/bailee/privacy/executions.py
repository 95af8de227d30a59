"""Acts by which a request is carried out, denied or ended (C7.2(6)(ii), C7.3(6)(b); GDPR 18).

What touches data stands above (``app``): it *begins* here, does its work in the vault, whose every
step can be repeated, and *finishes* here. If the process dies in between, the request is
``executing``, and whoever begins it again goes on: what was done is done once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import sqlalchemy as sa

from bailee.access import Caller, Done
from bailee.errors import Conflict, Refused
from bailee.privacy import request_words as words
from bailee.privacy.request import (
    DELETION,
    DENY,
    EXECUTED,
    EXECUTING,
    LIFT,
    RESTRICTION,
    Counts,
    Exception18,
    Request,
    check_denial,
    check_exceptions,
    check_people,
    check_words,
    step,
)
from bailee.privacy.request_desk import HOLD, RIGHTS, RequestDesk, matter_of


@dataclass(frozen=True, slots=True)
class Taking:
    """What whoever begins brings along.

    Attributes:
        living: internal ids of the people that are held now.
        held: whether one of them is under a legal hold.
        expected: how many people the instruction is about.
        counts: what they hold now.
    """

    living: tuple[str, ...]
    held: bool
    expected: int
    counts: Counts
    purpose: str
    exceptions: tuple[Exception18, ...] = ()


class Executions(RequestDesk):
    """What is done with a request."""

    def begin(self, conn: sa.Connection, caller: Caller, found: Request, taking: Taking) -> Request:
        """Begin what the controller instructed, or go on with it.

        Raises:
            Refused: ``request.uninstructed``; Conflict: ``request.state``, ``request.ambiguous``,
            ``request.legal_hold``, ``request.kind``; Invalid: ``request.exception``.
        """
        if found.kind not in EXECUTED:
            raise Conflict(
                "request.kind",
                "Nobody here can carry that out.",
                do="The controller settles it, or has it denied.",
            )
        state = step(found.state, "begin")
        check_exceptions(found.kind, taking.exceptions)
        said = self._demanded(conn, found, found.kind)
        if found.kind == DELETION and taking.held:
            raise Conflict(
                "request.legal_hold",
                "A legal hold forbids the deletion.",
                do="Stop the request with the reason, or release the hold if it is gone.",
            )
        fresh = found.state != EXECUTING
        if fresh:
            check_people(len(taking.living), taking.expected)
        now = self._timers.now(conn, found.controller)
        after = replace(
            self._instructed(conn, caller.actor(), found, said),
            state=state, executed_by=caller.accountable, begun=now if fresh else found.begun,
            purpose=taking.purpose,
            counts=taking.counts if fresh else found.counts, stopped="",
            exceptions=taking.exceptions if fresh else found.exceptions,
        )  # fmt: skip
        return self._moved(conn, caller.actor(), (found, after), "begun").result

    def finish(
        self, conn: sa.Connection, caller: Caller, found: Request, entries: tuple[str, ...],
        *, package_sha256: str = "", counts: Counts | None = None,
    ) -> Done[Request]:  # fmt: skip
        """Say that it is done: the clock ends, the controller is told with counts and entries.

        Raises:
            Conflict: ``request.state``.
        """
        now = self._timers.now(conn, found.controller)
        after = replace(
            found, state=step(found.state, "finish"), entries=entries, closed=now,
            closed_by=caller.accountable, package_sha256=package_sha256,
            counts=counts or found.counts,
        )  # fmt: skip
        self._close(conn, caller, after)
        return self._moved(conn, caller.actor(), (found, after), "executed", control=RIGHTS)

    def stop(self, conn: sa.Connection, caller: Caller, found: Request, why: str) -> Done[Request]:
        """Stop a deletion that a legal hold forbids; the controller learns the reason.

        Raises:
            Conflict: ``request.state``, ``request.kind``; Invalid: ``request.words``.
        """
        if found.kind != DELETION:
            raise Conflict("request.kind", "Only a deletion is stopped by a legal hold.")
        after = replace(found, state=step(found.state, "stop"), stopped=check_words(why))
        self._write(conn, caller.actor(), after)
        return self._moved(conn, caller.actor(), (found, after), "stopped")

    def end(
        self, conn: sa.Connection, caller: Caller, found: Request, ended: tuple[str, str, str]
    ) -> Done[Request]:
        """Deny it, take it back, or say that the controller settled it: event, reason, words.

        A denial takes an instruction that says so: what a person gets is the controller's
        decision, and never ours.

        Raises:
            Refused: ``request.uninstructed``; Conflict: ``request.state``;
            Invalid: ``request.denial``, ``request.words``.
        """
        event, reason, text = ended
        after = replace(found, state=step(found.state, event), words=check_words(text))
        if event == DENY:
            check_denial(reason, text)
            said = self._demanded(conn, found, event)
            after = replace(self._instructed(conn, caller.actor(), after, said), denial=reason)
        now = self._timers.now(conn, found.controller)
        after = replace(after, closed=now, closed_by=caller.accountable)
        self._close(conn, caller, after)
        return self._moved(conn, caller.actor(), (found, after), after.state, control=HOLD)

    # Lifting a restriction.

    def announce_lift(self, conn: sa.Connection, caller: Caller, found: Request) -> Done[Request]:
        """Tell the controller, as instructed, that a restriction is about to end (GDPR 18(3)).

        Raises:
            Refused: ``request.uninstructed``; Conflict: ``request.state``, ``request.kind``.
        """
        if found.kind != RESTRICTION:
            raise Conflict("request.kind", "Only a restriction is lifted.")
        after = replace(found, state=step(found.state, "announce"))
        self._demanded(conn, found, LIFT)
        told = self._notices.write(conn, caller.actor(), matter_of(after), words.became(after))
        after = replace(after, lift_notice_id=told.notice_id)
        return self._moved(conn, caller.actor(), (found, after), "lift-announced", control=RIGHTS)

    def check_lifts(self, conn: sa.Connection, found: Request) -> None:
        """Refuse to lift before the controller was told.

        Raises:
            Refused: ``request.untold``, ``request.uninstructed``; Conflict: ``request.state``.
        """
        step(found.state, LIFT)
        self._demanded(conn, found, LIFT)
        if not self._is_told(conn, found, found.lift_notice_id):
            raise Refused(
                "request.untold",
                "The controller has not been told yet that the restriction ends.",  # GDPR 18(3)
                do="Wait until the notice is handed over.",
            )

    def lifted(
        self, conn: sa.Connection, caller: Caller, found: Request, entries: tuple[str, ...]
    ) -> Done[Request]:
        """Say that the restriction is lifted."""
        said = self._demanded(conn, found, LIFT)
        after = replace(found, state=step(found.state, LIFT), entries=(*found.entries, *entries))
        self._carried_out(conn, caller, after, said.instruction_id)
        return self._moved(conn, caller.actor(), (found, after), "lifted", control=RIGHTS)
