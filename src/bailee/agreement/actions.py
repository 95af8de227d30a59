"""Acts upon agreements: open a controller, install a text, ask what stands, end it.

Each act loads, decides by the pure rules, saves, and records in the ledger, in the caller's one
transaction: if the process dies before its commit, neither the change nor its entry exists. An
act that is refused raises; whoever called records the refusal, for this transaction is undone.

What both parties sign beside the text (``propose``, ``agree``, ``add_supplement``…) is in
``writings`` and is reached here under the same names.
"""

from __future__ import annotations

import functools
import re
import secrets
import threading
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from bailee.agreement import store
from bailee.agreement.act import Actor, Record, tell
from bailee.agreement.clause import Contract, Finding
from bailee.agreement.consents import Consents
from bailee.agreement.extensions import extensions
from bailee.agreement.in_force import Agreement, Signed, compose
from bailee.agreement.laws import Laws
from bailee.agreement.lint import lint
from bailee.agreement.parse import compile_text
from bailee.agreement.terms import load_terms
from bailee.agreement.version import (
    ControllerEvent,
    Version,
    check_horizon,
    controller_step,
    intervals,
    standing,
)
from bailee.agreement.writings import Signatories, Writings
from bailee.clock import Clock, write_time
from bailee.errors import Conflict, Gone, Invalid, NotFound, Refused

CACHE_LIMIT = 4096
"""Controllers whose agreement in force is kept in memory."""
TEXT_LIMIT = 64
"""Compiled texts kept in memory."""

_CONTROLLER = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


class Agreements:
    """The agreements of every controller.

    Args:
        record: the ledger's append, in the caller's transaction.
        signatory: who may sign for which side (connection, controller, principal id).
        clock: time.
        horizon_days: how long what is erased can be recovered or guessed at most; an agreement
            that destroys sooner is refused.
    """

    def __init__(
        self,
        *,
        record: Record,
        signatory: Signatories,
        clock: Clock,
        horizon_days: int | None = None,
    ) -> None:
        self._record = record
        self._clock = clock
        self._horizon = horizon_days
        writings = Writings(record=record, signatory=signatory, clock=clock, in_force=self.in_force)
        self.propose = writings.propose
        self.agree = writings.agree
        self.withdraw = writings.withdraw
        self.interpretations = writings.interpretations
        self.add_supplement = writings.add_supplement
        self.sign_supplement = writings.sign_supplement
        self.consents = Consents(record=record, signatory=signatory, clock=clock)
        self.laws = Laws(record=record, signatory=signatory, clock=clock)
        self._lock = threading.Lock()
        self._cache: dict[str, tuple[int, Agreement]] = {}  # owned by _lock

    def open(self, conn: sa.Connection, controller: str, name: str, *, by: Actor) -> str:
        """Add a controller and return the opaque id under which its logs are published.

        Raises:
            Invalid: ``controller.name``.
            Conflict: ``controller.exists``.
        """
        if not _CONTROLLER.fullmatch(controller) or not name.strip():
            raise Invalid(
                "controller.name",
                "A controller has a short id and a legal name.",
                do="Use lower-case letters, digits and hyphens, at most 63, for the id.",
            )
        if store.controller_row(conn, controller) is not None:
            raise Conflict("controller.exists", "There is a controller of that id already.")
        log_id = secrets.token_hex(16)
        store.insert_controller(
            conn,
            store.ControllerRow(
                controller, name.strip(), log_id, "active", 0, None, self._clock.now()
            ),
        )
        tell(self._record, conn, controller, by=by, action="agreement:controller:opened")
        return log_id

    def log_id(self, conn: sa.Connection, controller: str) -> str:
        """Return the opaque id under which a controller's logs are published.

        Raises:
            NotFound: ``controller.unknown``.
        """
        return store.known(conn, controller).log_id

    def install(
        self,
        conn: sa.Connection,
        controller: str,
        text: bytes,
        *,
        terms_id: str,
        effective: datetime,
        by: Actor,
    ) -> Version:
        """Add a signed text that takes over on its effective date.

        1. The bytes must compile, and the terms must exist and keep to the horizon.
        2. Terms that no longer stand on the text's words are allowed: those duties are
           ``unresolved`` and shown, their purposes and elements permit nothing.
        3. The version before ends where this one begins. An effective date in the past is allowed,
           for texts are often signed late; ``created`` beside it shows that it was.

        Raises:
            Invalid: ``contract.*`` when the bytes do not compile.
            NotFound: ``controller.unknown``, ``terms.unknown``.
            Refused: ``agreement.horizon``, ``agreement.not_a_contract``.
            Conflict: ``agreement.same_date``, ``controller.state``.
        """
        row = store.known(conn, controller)
        if row.status != "active":
            raise Conflict("controller.state", f"A controller that is {row.status} takes no text.")
        contract, _ = _compiled(text)
        terms = load_terms(terms_id)
        if terms.kind != "agreement":
            raise Refused(
                "agreement.not_a_contract", "Those terms are a law's, not an agreement's."
            )
        if self._horizon is not None:
            check_horizon(terms, self._horizon)
        version = Version(
            version_id=secrets.token_hex(16),
            terms_id=terms_id,
            text_sha256=contract.text_sha256,
            effective_from=effective,
            effective_until=None,
            created=self._clock.now(),
        )
        return self._take_over(conn, controller, version, text=text, by=by)

    def _take_over(
        self, conn: sa.Connection, controller: str, version: Version, *, text: bytes, by: Actor
    ) -> Version:
        """Save a version, move the ends of its neighbours, and record it."""
        others = store.versions(conn, controller)
        if any(other.effective_from == version.effective_from for other in others):
            raise Conflict(
                "agreement.same_date",
                "Another text takes effect at the same time.",
                do="Give the date on which this one takes over.",
            )
        store.insert_version(conn, controller, version, text)
        ends = intervals([(one.version_id, one.effective_from) for one in (*others, version)])
        store.set_ends(conn, controller, ends)
        store.renew_revision(conn, controller)
        tell(
            self._record,
            conn,
            controller,
            by=by,
            action="agreement:version:installed",
            agreement=version.version_id,
            detail={
                "text_sha256": version.text_sha256,
                "terms": version.terms_id,
                "effective": write_time(version.effective_from).lower(),
            },
        )
        return replace(version, effective_until=ends[version.version_id])

    def controllers(self, conn: sa.Connection) -> list[store.ControllerRow]:
        """Return every controller, the register that is needed before one is chosen."""
        return store.controller_rows(conn)

    def row(self, conn: sa.Connection, controller: str) -> store.ControllerRow:
        """Return where a controller stands.

        Raises:
            NotFound: ``controller.unknown``.
        """
        return store.known(conn, controller)

    def text(self, conn: sa.Connection, controller: str, version_id: str) -> bytes:
        """Return the signed bytes of a version."""
        return store.version_text(conn, controller, version_id)

    def versions(self, conn: sa.Connection, controller: str) -> tuple[Version, ...]:
        """Return every installed text of a controller by effective date.

        Raises:
            NotFound: ``controller.unknown``.
        """
        store.known(conn, controller)
        return store.versions(conn, controller)

    def foresee(self, conn: sa.Connection, controller: str) -> None:
        """Let what ``in_force`` reads come with the transaction's next answer."""
        store.foresee(conn, controller)

    def in_force(
        self, conn: sa.Connection, controller: str, at: datetime | None = None
    ) -> Agreement:
        """Return what stands now, or stood at a time, with what both had signed by then.

        One row is read; the rest comes from memory while its revision and interval hold.

        Raises:
            NotFound: ``controller.unknown``, ``agreement.none`` before the first effective date.
            Gone: ``controller.destroyed``, unless a time in the past is asked for.
        """
        row = store.known(conn, controller)
        moment = self._clock.now() if at is None else at
        if at is None:
            if row.status == "destroyed":
                raise Gone("controller.destroyed", "Everything of this controller was destroyed.")
            kept = self._kept(row, moment)
            if kept is not None:
                return kept
        agreement = self._composed(conn, row, moment, looking_back=at is not None)
        if at is None:
            with self._lock:
                if len(self._cache) >= CACHE_LIMIT:
                    self._cache.clear()
                self._cache[controller] = (row.revision, agreement)
        return agreement

    def proposed(
        self, conn: sa.Connection, controller: str, text: bytes, *, terms_id: str
    ) -> tuple[Agreement, str]:
        """Return what would stand under a text that nobody signed, and why it could not; '' if so.

        Nothing is kept. What both signed so far counts where its words are still there.

        Raises:
            Invalid: ``contract.*``; NotFound: ``controller.unknown``, ``terms.unknown``.
        """
        row, now = store.known(conn, controller), self._clock.now()
        compiled = (*_compiled(text), load_terms(terms_id))
        signed = Signed(
            store.interpretations(conn, controller),
            store.supplements(conn, controller),
            row.ended,
            extensions(conn, controller),
        )
        version = Version("proposed", terms_id, compiled[0].text_sha256, now, None, now)
        hindrance = ""
        if compiled[2].kind != "agreement":
            hindrance = "agreement.not_a_contract"
        elif self._horizon is not None:
            try:
                check_horizon(compiled[2], self._horizon)
            except Refused as refusal:
                hindrance = refusal.code
        at = signed.by_now(now)
        return compose(controller, version, compiled, signed=signed, at=at), hindrance

    def latest(self, conn: sa.Connection, controller: str) -> Agreement:
        """Return what is in force; after everything was destroyed, what was at the end.

        Raises:
            NotFound: ``controller.unknown``, ``agreement.none``.
        """
        row = store.known(conn, controller)
        return self.in_force(conn, controller, row.ended if row.status == "destroyed" else None)

    def _kept(self, row: store.ControllerRow, moment: datetime) -> Agreement | None:
        with self._lock:
            revision, agreement = self._cache.get(row.controller, (-1, None))
        if agreement is None or revision != row.revision:
            return None
        stands = standing([agreement.version], moment) is not None
        survives = row.ended is not None and (row.ended <= moment or row.status == "ended")
        return agreement if stands and survives == agreement.surviving else None

    def _composed(
        self, conn: sa.Connection, row: store.ControllerRow, moment: datetime, *, looking_back: bool
    ) -> Agreement:
        version = standing(store.versions(conn, row.controller), moment)
        if version is None:
            raise NotFound(
                "agreement.none",
                "No agreement with this controller is in force.",
                do="Install the signed text with its effective date.",
            )
        contract, findings = _compiled(store.version_text(conn, row.controller, version.version_id))
        signed = Signed(
            store.interpretations(conn, row.controller),
            store.supplements(conn, row.controller),
            row.ended,
            extensions(conn, row.controller),
        )
        compiled = (contract, findings, load_terms(version.terms_id))
        at = moment if looking_back else signed.by_now(moment)
        if row.status == "ended" and row.ended is not None and not looking_back:
            at = max(at, row.ended)  # it was written that the end came, whatever our clock says now
        return compose(row.controller, version, compiled, signed=signed, at=at)

    def end(self, conn: sa.Connection, controller: str, at: datetime, *, by: Actor) -> None:
        """Write when the agreement ended or will end: the clock of C6 starts there.

        Raises:
            NotFound: ``controller.unknown``. Conflict: ``controller.state``.
        """
        self._move(conn, controller, "end", at=at, by=by)

    def expire(self, conn: sa.Connection, controller: str, *, by: Actor) -> None:
        """Write that the end which was noted has come; nothing undoes that.

        Raises:
            NotFound: ``controller.unknown``. Conflict: ``controller.state``, ``agreement.not_yet``.
        """
        ended = store.known(conn, controller).ended
        if ended is None or ended > self._clock.now():
            raise Conflict("agreement.not_yet", "The end of this agreement has not come.")
        self._move(conn, controller, "expire", at=ended, by=by)

    def destroyed(self, conn: sa.Connection, controller: str, *, by: Actor) -> None:
        """Write that nothing of a controller is left; what is in force ends with it.

        Raises:
            NotFound: ``controller.unknown``. Conflict: ``controller.state``.
        """
        ended = store.known(conn, controller).ended or self._clock.now()
        self._move(conn, controller, "destroy", at=ended, by=by)

    def _move(
        self,
        conn: sa.Connection,
        controller: str,
        event: ControllerEvent,
        *,
        at: datetime,
        by: Actor,
    ) -> None:
        row = store.known(conn, controller)
        after = controller_step(row.status, event)
        store.end_controller(conn, controller, status=after, ended=at)
        store.renew_revision(conn, controller)
        past = {"end": "ended", "expire": "expired", "destroy": "destroyed"}[event]
        tell(
            self._record,
            conn,
            controller,
            by=by,
            action=f"agreement:controller:{past}",
            detail={"ended": write_time(at).lower()},
        )


@functools.lru_cache(maxsize=TEXT_LIMIT)
def _compiled(text: bytes) -> tuple[Contract, tuple[Finding, ...]]:
    contract = compile_text(text)
    return contract, tuple(lint(contract))
