"""The running house: everything that the doors call, in one object.

Opening one takes, in this order: the lock of the home; both databases, in the shape this release
expects; the root key; the mirror's deaths and heads; whatever a crash interrupted; the logs, which
must not be behind what was signed. Only then are calls answered.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from bailee import __version__
from bailee.access import Caller, Mandate
from bailee.app import shapes
from bailee.app.crew import Crew
from bailee.app.offices import Offices
from bailee.app.parts import Parts
from bailee.app.roots import RootLook
from bailee.db import HOUSE
from bailee.errors import Failure, NotFound, Unauthenticated, Unavailable
from bailee.ledger import Standing
from bailee.transaction import Deliver, T
from bailee.vault import Vault

BEAT_SECONDS = 1.0
WATCH_SECONDS = 60.0
REKEY_SECONDS = 30.0
EXPORT_SECONDS = 5.0
"""So long an export waits for witnesses; what they did not see by then, the auditor is told."""
ABANDONED = timedelta(minutes=5)
"""A destruction that is so old and not done has lost the process that was at it."""
UNVERIFIED = "oidc.unavailable"
"""The failure of a token that could not be verified because its provider does not answer."""
_LOG = logging.getLogger(__name__)


class House(Offices):
    """Everything behind the doors.

    Args:
        parts: wired, not yet started.
    """

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self._stopping = threading.Event()
        self.renamed: Callable[[str], None] = lambda _holder: None
        """Says more precisely who holds the home, once an address is served."""
        self.root_look = RootLook(parts.root)
        self.crew = Crew()
        """The processes behind the address; replaced as a whole when it changes."""
        self._thread = threading.Thread(target=self._beat, name="beat", daemon=True)
        self._watch = threading.Thread(target=self._keep_watch, name="watch", daemon=True)
        self._rekeying = threading.Thread(target=self._keep_rekeying, name="re-key", daemon=True)

    @property
    def vault(self) -> Vault:
        """The vault."""
        return self.parts.vault

    def start(self) -> None:
        """Reconcile, resume, and begin to sequence.

        Raises:
            Broken: ``root.wrong``, ``ledger.behind_guard`` and others: nothing is served then.
        """
        self.parts.keys.start()
        known = self.parts.data.read(HOUSE, self.parts.agreements.controllers)
        for name in (HOUSE, *(row.controller for row in known)):
            self.parts.ledger.check(self.parts.data, name)
        self.parts.destruction.resume()
        self.finish_ends()
        self._finish_erasures()
        trouble = self.parts.ledger.sequence(self.parts.sequencing).troubles
        for failure in trouble.values():
            if not failure.retryable:  # else another sequencer is at work; the beat tries again
                raise failure
        self.parts.ledger.start(self.parts.sequencing)
        self._thread.start()

    def join(self, crew: Crew) -> None:
        """Learn how many processes serve the same address; again whenever that changed."""
        self.crew = crew

    def keep_watch(self) -> None:
        """Let controls look when they are due, and keys be replaced, until closed (C5.2, C6)."""
        self._watch.start()
        self._rekeying.start()
        if self.parts.keyring is not None:
            self.parts.keyring.start()

    def call_witnesses(self) -> None:
        """Show every checkpoint to the witnesses from now on, while this process leads (C5.2)."""
        witnessing, pulse = self.parts.witnessing, self.parts.ledger.pulse
        if witnessing is not None and pulse is not None:
            witnessing.start(self.parts.sequencing, lambda: pulse.leading, lambda: pulse.signings)

    def _pick_up(self) -> None:
        """Finish what a process began that does not run any more, perhaps on another machine.

        What one is still at is done twice, which changes nothing.
        """
        self.parts.destruction.resume(before=self.parts.clock.now() - ABANDONED)
        self._finish_erasures()
        self.finish_ends()
        self.sweep_honey()

    def _finish_erasures(self) -> None:
        """Erase the subjects whose erasure was announced before a crash (C6)."""
        for row in self.parts.data.read(HOUSE, self.parts.agreements.controllers):
            while row.status != "destroyed" and self.parts.vault.finish_erasures(row.controller):
                pass  # a batch at a time

    def close(self) -> None:
        """Stop what runs, sign what is left, close the databases."""
        started = self._thread.is_alive()  # it ends by itself from here on
        self._stopping.set()
        if self.parts.witnessing is not None:
            self.parts.witnessing.stop()
        self._asked.end()
        for thread in (self._watch, self._rekeying):
            if thread.is_alive():
                thread.join()
        if started:
            self._thread.join()
            with suppress(Failure):  # a database that does not answer must not keep us open
                self.parts.sentry.flush(last=True)
                self.log_unwraps()
            self.parts.ledger.stop()
        self.parts.close()

    def settle(self) -> None:
        """Integrate and sign everything recorded so far."""
        self.parts.ledger.sequence(self.parts.sequencing)

    def authenticate(
        self, bearer: str | None, remote: str, mandate: Mandate | None = None
    ) -> Caller:
        """Return who shows this credential, and for whom.

        Args:
            bearer: a key.
            remote: where the call came from.
            mandate: what an acting-for service shows of the person. One that the identity provider
                signed may take seconds, so never in the thread that commits.

        Raises:
            Unauthenticated: recorded on the house's log, with its source, never the credential.
            Unavailable: ``oidc.unavailable``, recorded as well: nobody was let in.
        """
        access, data = self.parts.access, self.parts.data
        try:
            if mandate is None:
                return access.authenticate_now(data, bearer or "")
            if mandate.signed:
                return access.authenticate_vouched(data, bearer or "", mandate)
            return access.authenticate_now(data, bearer or "", person_token=mandate.token)
        except Failure as failure:
            if isinstance(failure, Unauthenticated) or failure.code == UNVERIFIED:
                self.parts.sentry.refuse(remote, failure.code)
            raise

    def attend(self, call: Callable[[], T], deliver: Deliver) -> bool:
        """Do a small call in the thread that commits, if there is one; else answer False.

        Only for calls that are one transaction: what it returns is delivered when that is durable.
        """
        return self.parts.data.attend(call, deliver)

    def checkpoint(self, caller: Caller, controller: str) -> bytes:
        """Return the newest signed checkpoint of the controller's log (C5.2)."""

        def work(conn: sa.Connection) -> bytes:
            log = self._newest_log(conn, controller)
            return self.parts.ledger.checkpoint(conn, controller, log).encode()

        return self.look(caller, controller, "audit", work)

    def tile(self, caller: Caller, controller: str, path: str) -> bytes:
        """Return one tile of the controller's log."""

        def work(conn: sa.Connection) -> bytes:
            log = self._newest_log(conn, controller)
            return self.parts.ledger.serve(conn, controller, log, path)

        return self.look(caller, controller, "audit", work)

    def proof(self, caller: Caller, controller: str, entry_id: str) -> shapes.Proof:
        """Return the proof that an entry is in the log, for ``bailee-verify``."""

        def work(conn: sa.Connection) -> shapes.Proof:
            log, index = self.parts.ledger.place(conn, controller, entry_id)
            text = self.parts.ledger.proof(conn, controller, entry_id)
            return shapes.Proof(log, index, text, self.parts.ledger.vkey(log))

        return self.look(caller, controller, "audit", work)

    def logs(self, caller: Caller, controller: str) -> shapes.Logs:
        """List the controller's logs with the keys that verify them."""

        def work(conn: sa.Connection) -> shapes.Logs:
            return shapes.Logs(
                [
                    shapes.Log(one.log, one.status, one.size, self.parts.ledger.vkey(one.log))
                    for one in self.parts.ledger.logs(conn, controller)
                ]
            )

        return self.look(caller, controller, "audit", work)

    def export(self, caller: Caller, controller: str, target: Path, log: str = "") -> shapes.Log:
        """Write one log of a controller (the newest by default) out for its auditor (C5.2)."""
        self.settle()

        def work(conn: sa.Connection) -> shapes.Log:
            logs = {one.log: one for one in self.parts.ledger.logs(conn, controller)}
            found = logs.get(log or next(reversed(logs), ""))
            if found is None:
                raise NotFound("ledger.no_log", "There is no such log.")
            vkey = self.parts.ledger.vkey(found.log)
            return shapes.Log(found.log, found.status, found.size, vkey)

        made = self.look(caller, controller, "audit", work)
        if self.parts.witnessing is not None:
            database = self.parts.sequencing
            self.parts.witnessing.show(database, controller, made.log, EXPORT_SECONDS)
        self.export_log(controller, made.log, target)
        return made

    def export_log(self, controller: str, log: str, target: Path) -> None:
        """Write one log out for its auditor, openings included (C5.2)."""
        self.parts.data.read(
            controller, lambda conn: self.parts.ledger.export(conn, controller, log, target)
        )

    def newest_log(self, controller: str) -> str:
        """Return the name of a controller's newest log."""
        return self.parts.data.read(controller, lambda conn: self._newest_log(conn, controller))

    def _newest_log(self, conn: sa.Connection, controller: str) -> str:
        logs = self.parts.ledger.logs(conn, controller)
        if not logs:
            raise NotFound("ledger.no_log", "Nothing was recorded here yet.")
        return logs[-1].log

    def health(self) -> shapes.Health:
        """Say whether calls can be served."""
        try:
            self.parts.data.read(HOUSE, lambda conn: conn.exec_driver_sql("SELECT 1"))
        except Failure:
            return shapes.Health("closed", __version__)
        pulse, crew = self.parts.ledger.pulse, self.crew
        beating = pulse is not None and not pulse.trouble
        well = beating and crew.whole and not self.parts.ledger.backlog.refusing()
        well = self.root_look.well() and well and self.standing().well
        return shapes.Health("ok" if well else "degraded", __version__, crew.wanted, crew.answering)

    def standing(self) -> Standing:
        """Say how the logs stand with their witnesses; well, where there are none."""
        witnessing = self.parts.witnessing
        return Standing() if witnessing is None else witnessing.standing

    def metrics(self) -> str:
        """Return counts for Prometheus."""
        known = self.parts.data.read(HOUSE, self.parts.agreements.controllers)

        def work(conn: sa.Connection) -> str:
            lines = [*self._gauges(), "# TYPE bailee_log_entries gauge"]
            for row in known:
                lines += [
                    f'bailee_log_entries{{log="{one.log}"}} {one.size}'
                    for one in self.parts.ledger.logs(conn, row.controller)
                ]
            return "\n".join(lines) + "\n"

        return self.parts.sequencing.read(HOUSE, work)

    def _gauges(self) -> list[str]:
        backlog, crew, standing = self.parts.ledger.backlog, self.crew, self.standing()
        counts = {
            "bailee_workers": crew.wanted,
            "bailee_workers_answering": crew.answering,
            "bailee_worker_restarts": crew.restarts,
            "bailee_root_answers": int(self.root_look.well()),
            "bailee_inbox_entries": sum(backlog.waiting().values()),
            "bailee_inbox_logs_refused": len(backlog.refusing()),
            "bailee_logs_unwitnessed": standing.unseen,
            "bailee_logs_unwitnessed_late": standing.late,
            "bailee_logs_stopped_by_witness": len(standing.stopped),
            "bailee_witness_lag_seconds": int(standing.lag),
            "bailee_witnesses_failing": standing.failing,
            **self.waiting(),
            **self.unassessed(),
        }
        if self.parts.keyring is not None:
            counts["bailee_identity_provider_answers"] = int(self.parts.keyring.well)
        return [f"# TYPE {name} gauge\n{name} {count}" for name, count in counts.items()]

    def _keep_watch(self) -> None:
        """Run due controls; one that could not be recorded is due again at the next round."""
        while True:
            try:
                self._pick_up()
                if (pulse := self.parts.ledger.pulse) is not None and pulse.leading:
                    self.log_unwraps()
                    self.forget_visitors()
                    self.tend()
                    self.deliver(self._stopping.is_set)
                self.run_due(self._stopping.is_set)
                self.refresh_trust()
            except Failure as failure:
                _LOG.error("controls: %s", failure.code)
            if self._stopping.wait(WATCH_SECONDS):
                return

    def tend(self) -> None:
        """Do what the house does by itself: publish, suspend, review, raise signals, end."""
        stopped = self._stopping.is_set
        self.publish_texts(stopped)
        self.suspend_dormant()
        self.tend_reviews(stopped)
        self.tend_ends()
        self.tend_incidents(stopped)
        self.check_contacts()
        self.end_bans()
        self.index_disclosures()
        self.tend_requests()

    def _keep_rekeying(self) -> None:
        """Replace keys that old backups can be guessed at with, in the process that leads."""
        while not self._stopping.wait(REKEY_SECONDS):
            pulse = self.parts.ledger.pulse
            if pulse is not None and pulse.leading:
                with suppress(Unavailable):  # a database that is away; the next round goes on
                    self.rekey_due(self._stopping.wait)

    def _beat(self) -> None:
        """Flush counted floods, and what the root's provider answered, until stopped."""
        while not self._stopping.wait(BEAT_SECONDS):
            with suppress(Failure):  # stays counted; the next beat tries again
                self.parts.sentry.flush()
            with suppress(Failure):  # lost: the rows say that an answer was not kept
                self.parts.notes.flush()
