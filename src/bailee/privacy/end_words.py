"""Acts of the controller at the end of its agreement: its choice, and its receipt (C6).

Its representative acts in person, or one of us enters what the controller wrote, by reference and
digest. Until the destruction is ordered, the last choice counts.
"""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from bailee.access import Caller, Done, bump
from bailee.errors import Conflict
from bailee.privacy import termination_store as store
from bailee.privacy.end_desk import ENDING, EndDesk
from bailee.privacy.termination import (
    CONTROLLER,
    PROCESSOR,
    RETURN,
    Termination,
    Writing,
    check_choice,
    step,
)


class EndWords(EndDesk):
    """What the controller says."""

    def choose(
        self,
        conn: sa.Connection,
        caller: Caller,
        controller: str,
        choice: tuple[str, tuple[str, ...], Writing],
    ) -> Done[Termination]:
        """Write down the controller's choice: its representative's own act, or by its writing.

        Raises:
            Refused: ``grant.missing``; Invalid: ``termination.*``, ``consent.keys``;
            NotFound: ``controller.unknown``, ``outsider.unknown``;
            Conflict: ``termination.not_ended``, ``termination.begun``.
        """
        bump(conn)
        what, keys, writing = choice
        side = self._side(conn, caller, controller, writing)
        row = self._row(conn, controller)
        found = store.one(conn, controller)
        if row.ended is None or (row.status not in ENDING and found is None):
            raise Conflict(
                "termination.not_ended",
                "No end of this agreement was noted.",
                do="Note it first: `bailee controller end`.",
            )
        check_choice(what, keys)
        found = found or self._open(conn, controller, row.ended)
        after = replace(
            found,
            state=step(found.state, "choose"),
            choice=what,
            chosen=self.now(conn, controller),
            chosen_by=caller.accountable,
            side=side,
            given_by=writing.given_by if side == PROCESSOR else caller.accountable,
            reference=writing.reference if side == PROCESSOR else "",
            text_sha256=writing.text_sha256 if side == PROCESSOR else "",
            consent_id="",
        )
        if found.consent_id:
            self._access.end_return(conn, caller, controller, found.consent_id)
        if what == RETURN:
            after = replace(after, consent_id=self._allow(conn, caller, after, keys))
        self._move(conn, found, after)
        detail: dict[str, str | int] = {"choice": what, "side": side, "keys": len(keys)}
        if after.text_sha256:
            detail["writing_sha256"] = after.text_sha256
        return Done(after, self._tell(conn, caller, after, "chosen", detail=detail))

    def _allow(
        self, conn: sa.Connection, caller: Caller, found: Termination, keys: tuple[str, ...]
    ) -> str:
        """Let everything leave for the controller's keys; entered by us, a second one confirms."""
        signed = found.given_by, found.reference, found.text_sha256
        own = found.side == CONTROLLER
        done = self._access.give_return(conn, caller, found.controller, (keys, signed, own))
        return done.result.consent_id

    def receive(
        self,
        conn: sa.Connection,
        caller: Caller,
        controller: str,
        receipt: tuple[str, Writing],
    ) -> Done[Termination]:
        """Write down that the controller has the package: it names the digest of its account.

        Raises:
            Refused: ``grant.missing``; Invalid: ``termination.writing``;
            Conflict: ``termination.other_package``, ``termination.state``, ``termination.begun``.
        """
        bump(conn)
        digest, writing = receipt
        side = self._side(conn, caller, controller, writing)
        found = self._found(conn, controller)
        state = step(found.state, "receive")
        if digest != found.manifest_sha256:
            raise Conflict(
                "termination.other_package",
                "That is not the digest of the package's account.",
                do="Give the SHA-256 of manifest.json in the package that was opened.",
            )
        ours = side == PROCESSOR
        after = replace(
            found,
            state=state,
            received=self.now(conn, controller),
            received_by=caller.accountable,
            received_given_by=writing.given_by if ours else caller.accountable,
            received_reference=writing.reference if ours else "",
            received_sha256=writing.text_sha256 if ours else "",
        )
        self._move(conn, found, after)
        detail = {"side": side, "manifest_sha256": digest}
        return Done(after, self._tell(conn, caller, after, "received", detail=detail))
