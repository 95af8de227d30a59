"""Acts upon the register: papers and facts come in by a named person's word, and go (B10, A32).

Each act takes the head first (``trust_store.hold``), so that whoever makes the page meanwhile
waits, and the page of before is stale with the same commit.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from bailee.access import Caller
from bailee.access.lifecycle import step
from bailee.assurance import trust_store as store
from bailee.assurance.attestation import ATTESTATION, Attestation, check_attestation
from bailee.assurance.fact import FACT, SINGLE, PublicFact, check_fact
from bailee.clock import Clock, write_time
from bailee.db import HOUSE
from bailee.errors import Conflict, NotFound

Record = Callable[..., Any]
"""``record(conn, **fields of a fact)``: the ledger's append; its receipt has an ``entry_id``."""


class TrustActs:
    """Acts on papers and facts.

    Args:
        record: the ledger's append.
        clock: time.
    """

    def __init__(self, record: Record, clock: Clock) -> None:
        self._record = record
        self._clock = clock

    def attest(
        self, conn: sa.Connection, caller: Caller, paper: Attestation, *, supersedes: str = ""
    ) -> Attestation:
        """Register a paper; the one before it is superseded.

        Raises:
            Invalid: what ``check_attestation`` raises. NotFound: ``attestation.unknown``.
            Conflict: ``lifecycle.event``, ``trust.overtaken``.
        """
        store.hold(conn)
        now = self._clock.now()
        check_attestation(paper, now.date())
        if supersedes:
            self._move_attestation(conn, supersedes, "supersede")
        made = replace(
            paper,
            attestation_id=secrets.token_hex(16),
            recorded=write_time(now),
            recorded_by=caller.accountable,
        )
        detail = {
            "attestation": made.attestation_id,
            "kind": made.kind,
            "document_sha256": made.document_sha256,
            "until": made.until,
            "held": int(made.held),
        }
        named = {"standard": made.standard, "version": made.version, "supersedes": supersedes}
        detail |= {name: text for name, text in named.items() if text}
        entry = self._tell(conn, caller, "assurance:attestation:recorded", detail)
        made = replace(made, entry_id=entry)
        store.add_attestation(conn, made)
        return made

    def withdraw_attestation(
        self, conn: sa.Connection, caller: Caller, attestation_id: str
    ) -> Attestation:
        """Take a paper back; it leaves the page, and no copy of it is handed out any more.

        Raises:
            NotFound: ``attestation.unknown``. Conflict: ``lifecycle.event``, ``trust.overtaken``.
        """
        store.hold(conn)
        made = self._move_attestation(conn, attestation_id, "withdraw")
        detail = {"attestation": attestation_id}
        self._tell(conn, caller, "assurance:attestation:withdrawn", detail)
        return made

    def _move_attestation(
        self, conn: sa.Connection, attestation_id: str, event: str
    ) -> Attestation:
        found = store.attestation(conn, attestation_id)
        if found is None:
            raise NotFound("attestation.unknown", "There is no such paper.")
        state = step(ATTESTATION, found.state, event)
        if not store.move_attestation(conn, found, state):
            raise overtaken()
        return replace(found, state=state)

    def publish_fact(self, conn: sa.Connection, caller: Caller, fact: PublicFact) -> PublicFact:
        """Register a fact; of a kind that stands once, the one before is replaced.

        Raises:
            Invalid: what ``check_fact`` raises. Conflict: ``trust.overtaken``.
        """
        store.hold(conn)
        now = self._clock.now()
        check_fact(fact, now.date())
        if fact.kind in SINGLE:
            for one in store.facts(conn):
                if one.kind == fact.kind and one.state == "current":
                    self._move_fact(conn, one, "replace")
        made = replace(
            fact,
            fact_id=secrets.token_hex(16),
            recorded=write_time(now),
            recorded_by=caller.accountable,
        )
        detail = {"fact": made.fact_id, "kind": made.kind, "until": made.until}
        made = replace(made, entry_id=self._tell(conn, caller, "assurance:fact:recorded", detail))
        store.add_fact(conn, made)
        return made

    def end_fact(self, conn: sa.Connection, caller: Caller, fact_id: str) -> PublicFact:
        """End a fact.

        Raises:
            NotFound: ``fact.unknown``. Conflict: ``lifecycle.event``, ``trust.overtaken``.
        """
        store.hold(conn)
        found = store.fact(conn, fact_id)
        if found is None:
            raise NotFound("fact.unknown", "There is no such fact.")
        made = self._move_fact(conn, found, "end")
        self._tell(conn, caller, "assurance:fact:ended", {"fact": fact_id, "kind": found.kind})
        return made

    @staticmethod
    def _move_fact(conn: sa.Connection, found: PublicFact, event: str) -> PublicFact:
        state = step(FACT, found.state, event)
        if not store.move_fact(conn, found, state):
            raise overtaken()
        return replace(found, state=state)

    def _tell(
        self, conn: sa.Connection, caller: Caller, action: str, detail: Mapping[str, Any]
    ) -> str:
        """Record what a person said: asserted, for no machine saw it; return the entry's id."""
        receipt = self._record(
            conn,
            action=action,
            controller=HOUSE,
            source="asserted",
            detail=dict(detail),
            actor=caller.actor(),
        )
        return str(receipt.entry_id)


def overtaken() -> Conflict:
    """Return the failure of whoever came second."""
    return Conflict("trust.overtaken", "Somebody else changed it just now.", do="Look again.")
