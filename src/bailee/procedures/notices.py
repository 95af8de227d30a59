"""Acts upon notices: write, hand over, acknowledge, escalate (C5.2, C7, C9).

``write`` is part of the act that needs the notice. Handing over happens outside of any
transaction, by a loop in the process that leads: first the message leaves, then it is recorded. If
the process dies in between, it leaves once more, under the same Message-ID; a message is never
recorded that did not leave.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from bailee.agreement.deadline import deadline
from bailee.clock import Clock, write_time
from bailee.errors import Conflict, NotFound
from bailee.ledger import Fact
from bailee.procedures import store
from bailee.procedures.contact import DELEGATE, FIRST, Contact, reached_by
from bailee.procedures.matter import Matter
from bailee.procedures.notice import Handing, Message, Notice, check_message, step, wait_after
from bailee.procedures.target import Targets
from bailee.procedures.timers import MACHINE, Record, Timers

ACKNOWLEDGED = "notice.acknowledged"
"""The target for acknowledging."""
CODE = "code"
RECEIPT_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Sending:
    """A message that is to leave: what, to whom, in which rank."""

    notice: Notice
    contact: Contact


class Notices:
    """The notices of every controller.

    Args:
        record: puts a fact into the ledger, in the caller's transaction.
        clock: time.
        targets: the operator's times.
        timers: those that a handed notice meets.
    """

    def __init__(self, record: Record, *, clock: Clock, targets: Targets, timers: Timers) -> None:
        self._record = record
        self._clock = clock
        self._targets = targets
        self._timers = timers

    def write(
        self,
        conn: sa.Connection,
        actor: Mapping[str, str],
        matter: Matter,
        message: Message,
        *,
        meets: str = "",
    ) -> Notice:
        """Write the next version of a notice; it leaves as soon as this is durable.

        When it is handed over, the matter's timers of the trigger ``meets`` end.

        Raises:
            Invalid: ``notice.form``.
        """
        check_message(message)
        before = store.notices(conn, matter.controller, matter, kind=message.kind)
        now = self._clock.now()
        made = Notice(
            notice_id=secrets.token_hex(16),
            matter=matter,
            version=len(before) + 1,
            kind=message.kind,
            role=message.role,
            subject=message.subject,
            body=message.body,
            body_sha256=hashlib.sha256(message.body.encode("utf-8")).hexdigest(),
            written=now,
            written_by=actor.get("principal_id", ""),
            meets=meets,
            next_try=now,
        )
        store.add_notice(conn, made)
        self._tell(conn, actor, made, became="written")
        return made

    # The way out.

    def due(self, conn: sa.Connection, controller: str) -> list[Sending]:
        """Return what is to leave now: new notices, and unanswered ones to the delegates."""
        now, contacts = self._clock.now(), store.contacts(conn, controller)
        sendings = []
        for one in store.notices(conn, controller, state="waiting"):
            if one.next_try is None or one.next_try <= now:
                firsts = reached_by(contacts, one.role, FIRST)
                # Nobody is first: better the delegate than silence.
                reached = firsts or reached_by(contacts, one.role, DELEGATE)
                sendings += [Sending(one, to) for to in reached]
        for one in store.notices(conn, controller, state="handed"):
            if one.unanswered(now) and one.escalated is None:
                sendings += [Sending(one, to) for to in reached_by(contacts, one.role, DELEGATE)]
        return sendings

    def unreachable(self, conn: sa.Connection, controller: str) -> list[Notice]:
        """Return waiting notices of a controller that has no contact at all."""
        if any(one.state == "living" for one in store.contacts(conn, controller)):
            return []
        return store.notices(conn, controller, state="waiting")

    def settle(
        self, conn: sa.Connection, controller: str, notice_id: str, tried: Sequence[Handing]
    ) -> Notice:
        """Record what became of one notice's messages; the first that was taken counts.

        Raises:
            NotFound: ``notice.unknown``; Conflict: ``notice.state``.
        """
        found = self._found(conn, controller, notice_id)
        for one in tried:
            store.add_handing(conn, one)
        now = self._clock.now()
        taken = [one for one in tried if one.outcome == "handed"]
        if found.state == "waiting":
            return (
                self._handed(conn, found, taken) if taken else self._failed(conn, found, tried, now)
            )
        if found.state == "handed" and taken and found.escalated is None:
            after = replace(found, escalated=now)
            self._move(conn, found, after)
            self._tell(conn, MACHINE, after, became="escalated", message=taken[0])
            return after
        return found

    def _handed(self, conn: sa.Connection, one: Notice, taken: Sequence[Handing]) -> Notice:
        at = min(tried.tried for tried in taken)
        after = replace(
            one,
            state=step(one.state, "hand"),
            attempts=one.attempts + 1,
            failure="",
            next_try=None,
            handed=at,
            ack_due=deadline(self._targets.plain(ACKNOWLEDGED), at),
        )
        self._move(conn, one, after)
        self._tell(conn, MACHINE, after, became="handed", message=taken[0])
        if one.meets:
            self._timers.meet(conn, MACHINE, one.matter, trigger=one.meets, at=at)
        return after

    def _failed(
        self, conn: sa.Connection, one: Notice, tried: Sequence[Handing], now: datetime
    ) -> Notice:
        attempts = one.attempts + 1
        after = replace(
            one,
            attempts=attempts,
            failure=tried[0].outcome if tried else "contacts.none",
            next_try=now + wait_after(attempts),
        )
        self._move(conn, one, after)
        if attempts == 1:  # the rest stands in the table, or an outage fills the log
            self._tell(conn, MACHINE, after, became="delayed")
        return after

    # Back.

    def acknowledge(
        self, conn: sa.Connection, actor: Mapping[str, str], controller: str, item: str, *, by: str
    ) -> Notice:
        """Note that the controller read a notice. A second time changes nothing.

        ``by`` is its representative's id, or ``CODE``.

        Raises:
            NotFound: ``notice.unknown``; Conflict: ``notice.state``.
        """
        found = self._found(conn, controller, item)
        if found.state == "acknowledged":
            return found
        now = self._clock.now()
        after = replace(
            found,
            state=step(found.state, "acknowledge"),
            acknowledged=now,
            acknowledged_by=by,
            handed=found.handed or now,
        )
        self._move(conn, found, after)
        self._tell(conn, actor, after, became="acknowledged")
        if found.handed is None and found.meets:  # read here, before any mail could leave
            self._timers.meet(conn, actor, found.matter, trigger=found.meets, at=now)
        return after

    def withdraw(
        self, conn: sa.Connection, actor: Mapping[str, str], controller: str, item: str
    ) -> Notice:
        """Take back what never left.

        Raises:
            NotFound: ``notice.unknown``; Conflict: ``notice.state``.
        """
        found = self._found(conn, controller, item)
        after = replace(found, state=step(found.state, "withdraw"), next_try=None)
        self._move(conn, found, after)
        self._tell(conn, actor, after, became="withdrawn")
        return after

    def listed(
        self, conn: sa.Connection, controller: str, matter: Matter | None = None
    ) -> list[Notice]:
        """Return notices; who may see them, the caller of this decides."""
        return store.notices(conn, controller, matter)

    def _found(self, conn: sa.Connection, controller: str, item: str) -> Notice:
        found = store.one_notice(conn, controller, item)
        if found is None:
            raise NotFound("notice.unknown", "There is no such notice.")
        return found

    def _move(self, conn: sa.Connection, before: Notice, after: Notice) -> None:
        if not store.move_notice(conn, before, after):
            raise Conflict("notice.state", "Somebody else moved that notice just now.")

    def _tell(
        self,
        conn: sa.Connection,
        actor: Mapping[str, str],
        one: Notice,
        *,
        became: str,
        message: Handing | None = None,
    ) -> None:
        detail: dict[str, str | int] = {
            "notice": one.notice_id,
            "kind": one.kind,
            "version": one.version,
            "matter": one.matter.kind,
            "item": one.matter.item,
            "body_sha256": one.body_sha256,
        }
        if became == "handed" and one.handed:
            detail["at"] = write_time(one.handed).lower()
        if became == "delayed":
            detail["code"] = one.failure
        if message is not None:
            detail |= {"message_sha256": message.message_sha256, "contact": message.contact_id}
        self._record(
            conn,
            Fact(
                action=f"procedures:notice:{became}",
                controller=one.controller,
                decision="failed" if became == "delayed" else "allowed",
                detail=detail,
                actor=dict(actor),
            ),
        )
