"""Acts upon statements: drafted by us, approved by those concerned, said, and gone again (C9, A31).

1. A person who holds ``publish`` drafts a statement and names the controllers it concerns.
2. The named representative of each approves exactly this text, in its own log.
3. Publishing is refused while one approval is missing. One taken back takes the statement off the
   page with the same commit; it can be published again when all approvals stand again.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import replace

import sqlalchemy as sa

from bailee.access import Caller
from bailee.access.lifecycle import step
from bailee.access.store import within
from bailee.assurance import trust_store as store
from bailee.assurance.statement import (
    APPROVAL,
    STATEMENT,
    Approval,
    Statement,
    check_approved,
    check_statement,
    digest,
)
from bailee.assurance.trust_acts import Record, overtaken
from bailee.clock import Clock, write_time
from bailee.db import HOUSE
from bailee.errors import Conflict, NotFound


class Statements:
    """Acts on statements; arguments as ``TrustActs``."""

    def __init__(self, record: Record, clock: Clock) -> None:
        self._record = record
        self._clock = clock

    def draft(
        self,
        conn: sa.Connection,
        caller: Caller,
        words: tuple[str, str],
        *,
        concerns: Collection[str],
        known: Collection[str],
    ) -> Statement:
        """Draft a statement.

        ``words`` are its text and the day until which it may be said, ``concerns`` every controller
        that the incident affects, ``known`` those that there are.

        Raises:
            Invalid: what ``check_statement`` raises.
        """
        text, until = words
        now = self._clock.now()
        made = Statement(
            statement_id=secrets.token_hex(16),
            text=text,
            text_sha256=digest(text),
            concerns=tuple(sorted(set(concerns))),
            until=until,
            drafted=write_time(now),
            drafted_by=caller.accountable,
        )
        check_statement(made, known, now.date())
        entry = self._tell(conn, caller, HOUSE, "drafted", of=made)
        made = replace(made, entry_id=entry)
        store.add_statement(conn, made)
        return made

    def publish(self, conn: sa.Connection, caller: Caller, statement_id: str) -> Statement:
        """Say it, once everybody concerned approved exactly this text.

        Raises:
            NotFound: ``statement.unknown``. Refused: ``statement.unapproved``.
            Conflict: ``lifecycle.event``, ``trust.overtaken``.
        """
        store.hold(conn)
        found, now = self._found(conn, statement_id), write_time(self._clock.now())
        state = step(STATEMENT, found.state_at(now), "publish")
        check_approved(found, store.approvals(conn, found.concerns))
        entry = self._tell(conn, caller, HOUSE, "published", of=found)
        made = replace(
            found, state=state, published=now, published_by=caller.accountable, entry_id=entry
        )
        values = {"published": now, "published_by": made.published_by, "entry_id": entry}
        if not store.move_statement(conn, found, state=state, **values):
            raise overtaken()
        return made

    def withdraw(self, conn: sa.Connection, caller: Caller, statement_id: str) -> Statement:
        """Take a statement back for good.

        Raises:
            NotFound: ``statement.unknown``. Conflict: ``lifecycle.event``, ``trust.overtaken``.
        """
        store.hold(conn)
        found = self._found(conn, statement_id)
        state = step(STATEMENT, found.state, "withdraw")
        if not store.move_statement(conn, found, state=state):
            raise overtaken()
        self._tell(conn, caller, HOUSE, "withdrawn", of=found)
        return replace(found, state=state)

    def concerning(
        self, conn: sa.Connection, controller: str
    ) -> list[tuple[Statement, Approval | None]]:
        """Return the statements that concern a controller, each with its own living approval."""
        given = {
            one.statement_id: one
            for one in store.approvals(conn, [controller])
            if one.state == "given"
        }
        return [
            (one, given.get(one.statement_id))
            for one in store.statements(conn)
            if controller in one.concerns
        ]

    def approve(
        self, conn: sa.Connection, caller: Caller, controller: str, words: tuple[str, str]
    ) -> tuple[Statement, Approval]:
        """Approve, as the controller's named representative, exactly one text.

        ``words`` are the statement's id and the SHA-256 of the text that was read.

        Raises:
            NotFound: ``statement.unknown``, also of one that concerns others.
            Conflict: ``statement.other_text``, ``statement.approved``, ``lifecycle.event``.
        """
        store.hold(conn)
        found, before = self._mine(conn, controller, words[0])
        now = write_time(self._clock.now())
        step(STATEMENT, found.state_at(now), "withdraw")  # what is over is not approved any more
        if words[1] != found.text_sha256:
            raise Conflict(
                "statement.other_text",
                "That is not the digest of this statement's text.",
                do="Read the text again: `bailee trust statements`.",
            )
        if before is not None:
            raise Conflict("statement.approved", "The controller has approved it already.")
        made = Approval(
            controller=controller,
            approval_id=secrets.token_hex(16),
            statement_id=found.statement_id,
            text_sha256=found.text_sha256,
            given=now,
            given_by=caller.principal_id,
        )
        store.add_approval(conn, made)
        self._tell(conn, caller, controller, "approved", of=found)
        return found, made

    def disapprove(
        self, conn: sa.Connection, caller: Caller, controller: str, statement_id: str
    ) -> Statement:
        """Take an approval back; what was published under it leaves the page.

        Raises:
            NotFound: ``statement.unknown``. Conflict: ``statement.not_approved``,
            ``trust.overtaken``.
        """
        store.hold(conn)
        found, given = self._mine(conn, controller, statement_id)
        if given is None:
            raise Conflict("statement.not_approved", "The controller has not approved it.")
        if not store.move_approval(conn, given, step(APPROVAL, given.state, "withdraw")):
            raise overtaken()
        if found.state == "published":
            state = step(STATEMENT, found.state, "lose")
            if not store.move_statement(conn, found, state=state):
                raise overtaken()
            found = replace(found, state=state)
        self._tell(conn, caller, controller, "disapproved", of=found)
        return found

    def _mine(
        self, conn: sa.Connection, controller: str, statement_id: str
    ) -> tuple[Statement, Approval | None]:
        for one, given in self.concerning(conn, controller):
            if one.statement_id == statement_id:
                return one, given
        raise _unknown()

    @staticmethod
    def _found(conn: sa.Connection, statement_id: str) -> Statement:
        found = store.statement(conn, statement_id)
        if found is None:
            raise _unknown()
        return found

    def _tell(
        self,
        conn: sa.Connection,
        caller: Caller,
        controller: str,
        event: str,
        *,
        of: Statement,
    ) -> str:
        with within(conn, controller):
            receipt = self._record(
                conn,
                action=f"assurance:statement:{event}",
                controller=controller,
                source="asserted",
                detail={"statement": of.statement_id, "text_sha256": of.text_sha256},
                actor=caller.actor(),
            )
        return str(receipt.entry_id)


def _unknown() -> NotFound:
    return NotFound("statement.unknown", "There is no such statement for you.")
