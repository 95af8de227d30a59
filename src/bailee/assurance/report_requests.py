"""Acts upon requests for reports: asked, released or refused, taken once, forgotten (A23, B10).

The visitor's words are sealed under a key of their own. Ledger entries carry ids, digests and the
signature's salted digest; who signed is nobody's to guess.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec
import sqlalchemy as sa

from bailee.access import Caller
from bailee.access.lifecycle import step
from bailee.access.store import within
from bailee.assurance import trust_store as store
from bailee.assurance.attestation import Attestation
from bailee.assurance.fact import NDA_TEXT
from bailee.assurance.report_copy import Copied, check_recipient
from bailee.assurance.report_request import (
    CODE_LIFE,
    KEPT,
    PENDING,
    REQUEST,
    WAITING,
    ReportRequest,
    Visitor,
    check_nda,
    check_visitor,
    code_digest,
    new_code,
    signature,
)
from bailee.assurance.sealing import seal, unseal
from bailee.assurance.statement import digest
from bailee.assurance.trust_acts import Record, overtaken
from bailee.clock import Clock, write_time
from bailee.db import HOUSE
from bailee.errors import Gone, NotFound, Refused, Unavailable
from bailee.keys import Keys

VISITOR = {"kind": "visitor", "principal_id": ""}
SALT_BYTES = 32
FORGOTTEN_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Wish:
    """What a visitor sends."""

    visitor: Visitor
    attestation_id: str
    nda_sha256: str
    accepts: bool
    recipient: str = ""


class ReportRequests:
    """Acts on requests; ``record`` and ``clock`` as ``TrustActs``."""

    def __init__(self, record: Record, clock: Clock, keys: Keys) -> None:
        self._record = record
        self._clock = clock
        self._keys = keys

    def nda(self, conn: sa.Connection) -> str:
        """Return the NDA's present text, '' when there is none."""
        now = write_time(self._clock.now())
        living = [
            one
            for one in store.facts(conn)
            if one.kind == NDA_TEXT and one.state_at(now) == "current"
        ]
        return living[-1].body["text"] if living else ""

    def ask(
        self,
        conn: sa.Connection,
        wish: Wish,
        *,
        of: str = "",
        actor: Mapping[str, str] = VISITOR,
    ) -> ReportRequest:
        """Sign the NDA and ask for a report.

        ``of`` is the controller whose representative asks, proven by a key; '' for a visitor.

        Raises:
            NotFound: ``report.unknown``. Conflict: ``nda.other``, ``nda.none``.
            Invalid: what ``check_visitor`` raises. Unavailable: ``report.full``.
        """
        check_visitor(wish.visitor, accepts=wish.accepts)
        check_recipient(wish.recipient)
        paper = self._paper(conn, wish.attestation_id)
        present = self.nda(conn)
        check_nda(wish.nda_sha256, digest(present) if present else "")
        if store.waiting(conn) >= WAITING:
            raise Unavailable("report.full", "Too many requests wait.", retryable=False)
        now, request_id = self._clock.now(), secrets.token_hex(16)
        asked, salt = write_time(now), secrets.token_bytes(SALT_BYTES)
        words = {"visitor": wish.visitor, "salt": salt.hex()}
        key_id, sealed = seal(self._keys, request_id, msgspec.json.encode(words))
        made = ReportRequest(
            request_id=request_id,
            attestation_id=paper.attestation_id,
            of=of,
            nda_sha256=wish.nda_sha256,
            signature_sha256=signature(wish.visitor, wish.nda_sha256, asked, salt),
            key_id=key_id,
            sealed=sealed,
            recipient=wish.recipient,
            asked=asked,
            keep_until=write_time(now + PENDING),
        )
        store.add_request(conn, made)
        self._tell(conn, made, "asked", actor)
        return made

    def visitor(self, one: ReportRequest) -> Visitor | None:
        """Return who asked; None when they were forgotten, or their key is dead already."""
        if one.state == "forgotten":
            return None
        try:
            words = unseal(self._keys, one.request_id, one.key_id, one.sealed)
        except Gone:  # the sweep is between key and row, or an older copy of the data came back
            return None
        return Visitor(**msgspec.json.decode(words)["visitor"])

    def release(
        self, conn: sa.Connection, request_id: str, by: str, actor: Mapping[str, str]
    ) -> tuple[ReportRequest, str]:
        """Release a request; return it with its code, which is said once.

        Raises:
            NotFound: ``request.unknown``, ``report.unknown``. Conflict: ``lifecycle.event``,
            ``trust.overtaken``.
        """
        found, now, code = self._found(conn, request_id), self._clock.now(), new_code()
        self._paper(conn, found.attestation_id)
        made = replace(
            found,
            state=step(REQUEST, found.state, "release"),
            decided_by=by,
            code=code_digest(code),
            code_until=write_time(now + CODE_LIFE),
            keep_until=write_time(now + KEPT),
        )
        self._move(conn, found, made)
        self._tell(conn, made, "released", actor)
        return made, code

    def refuse(self, conn: sa.Connection, caller: Caller, request_id: str) -> ReportRequest:
        """Refuse a request, or take a release back before its copy was taken.

        Raises:
            NotFound: ``request.unknown``. Conflict: ``lifecycle.event``, ``trust.overtaken``.
        """
        found = self._found(conn, request_id)
        made = replace(
            found,
            state=step(REQUEST, found.state, "refuse"),
            decided_by=caller.accountable,
            code=b"",
            keep_until=write_time(self._clock.now() + PENDING),
        )
        self._move(conn, found, made)
        self._tell(conn, made, "refused", caller.actor())
        return made

    def claim(
        self, conn: sa.Connection, request_id: str, code: str
    ) -> tuple[ReportRequest, Attestation]:
        """Return the request that a code opens, and its paper. Every other case looks alike.

        Raises:
            Refused: ``report.code``.
        """
        found = store.request(conn, request_id)
        now = write_time(self._clock.now())
        fits = (
            found is not None
            and found.state == "released"
            and now < found.code_until
            and hmac.compare_digest(found.code, code_digest(code))
        )
        paper = store.attestation(conn, found.attestation_id) if found and fits else None
        if found is None or paper is None or paper.state_at(now) != "current":
            raise no_code()
        return found, paper

    def take(self, conn: sa.Connection, found: ReportRequest, copied: Copied) -> None:
        """Note, before it leaves, that the one copy was taken; of two at once the second gets none.

        Raises:
            Refused: ``report.code``.
        """
        made = replace(found, state=step(REQUEST, found.state, "take"), code=b"")
        if not store.move_request(conn, found, state=made.state, code=made.code):
            raise no_code()
        self._tell(conn, made, "taken", VISITOR, copy_sha256=copied.sha256)

    def due(self, conn: sa.Connection) -> list[ReportRequest]:
        """Return requests whose visitors are to be forgotten now."""
        return store.due(conn, write_time(self._clock.now()), FORGOTTEN_AT_ONCE)

    def forget(self, conn: sa.Connection, found: ReportRequest) -> None:
        """Drop a visitor's words, whose key is destroyed already.

        If the process dies between the two, the sweep of the next minute does it again.
        """
        made = replace(found, state=step(REQUEST, found.state, "forget"), sealed=b"", code=b"")
        values = {"state": made.state, "sealed": b"", "code": b"", "recipient": ""}
        if store.move_request(conn, found, **values):
            self._tell(conn, made, "forgotten", {"kind": "machine", "principal_id": "schedule"})

    def _paper(self, conn: sa.Connection, attestation_id: str) -> Attestation:
        found = store.attestation(conn, attestation_id)
        now = write_time(self._clock.now())
        if found is None or not found.held or found.state_at(now) != "current":
            raise NotFound("report.unknown", "No such report is given under the NDA.")
        return found

    @staticmethod
    def _found(conn: sa.Connection, request_id: str) -> ReportRequest:
        found = store.request(conn, request_id)
        if found is None:
            raise NotFound("request.unknown", "There is no such request.")
        return found

    @staticmethod
    def _move(conn: sa.Connection, before: ReportRequest, after: ReportRequest) -> None:
        names = ("state", "decided_by", "code", "code_until", "keep_until")
        if not store.move_request(conn, before, **{name: getattr(after, name) for name in names}):
            raise overtaken()

    def _tell(
        self,
        conn: sa.Connection,
        one: ReportRequest,
        what: str,
        actor: Mapping[str, str],
        **more: Any,
    ) -> None:
        """Record an act; the controller's own request in the controller's log too."""
        detail = {
            "request": one.request_id,
            "attestation": one.attestation_id,
            "nda_sha256": one.nda_sha256,
            "signature_sha256": one.signature_sha256,
            **more,
        }
        for controller in dict.fromkeys((HOUSE, one.of or HOUSE)):
            with within(conn, controller):
                self._record(
                    conn,
                    action=f"assurance:report:{what}",
                    controller=controller,
                    detail=detail,
                    actor=dict(actor),
                )


def no_code() -> Refused:
    """Return the one refusal for every code that opens nothing."""
    return Refused(
        "report.code",
        "That code opens nothing: it is wrong, used, too old, or of another request.",
        do="Ask whoever sent it for another one.",
    )
