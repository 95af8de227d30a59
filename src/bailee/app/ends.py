"""The end of an agreement, as the doors ask for it, and as it goes on by itself (C6).

Whatever is ordered is carried out: by the call that ordered it, else by the next start or round of
any process. A destruction, for one controller:

1. the order is one commit: choice checked, row ``destroying``, sub-processors told, and where
   nothing is kept the agreement's state *destroyed*. *Dies here: no value is answered any more, and
   the next start goes on.*
2. keys, tombstones, mirror, rows (``keys.Destruction``); or all but what is kept
   (``vault.closing``), and successors for the keys to guess with. *Dies here: the same again.*
3. the row says ``destroyed``, and a certificate is made (``end_papers``).

Nothing here begins by the clock alone but asking the controller again.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import msgspec
import sqlalchemy as sa

from bailee.access import Caller, disclosure_store
from bailee.agreement import law_store
from bailee.app import end_shapes as shapes
from bailee.app import shapes as common
from bailee.app.end_papers import EndPapers
from bailee.app.office import entry_of
from bailee.canonical import decode, encode
from bailee.clock import read_time, write_time
from bailee.db import HOUSE
from bailee.errors import Failure, Gone, Invalid, Refused, Unavailable
from bailee.incidents import store as incident_store
from bailee.privacy import request_store
from bailee.privacy import termination_store as store
from bailee.privacy.termination import (
    DESTROYING,
    OPEN,
    REST,
    WHOLE,
    Termination,
    Writing,
    waits_for,
)
from bailee.vault import honey_store
from bailee.vault.kept import Kept

if TYPE_CHECKING:
    from bailee.app.horizons import Horizons

ENTER, ORDER = "interpret", "destroy"
MACHINE = Caller("end-of-agreement", "", "machine")
NOTHING = '{"kept":{},"values":{}}'


class Ends(EndPapers):
    """Acts at the end of an agreement."""

    def termination(self, caller: Caller, controller: str) -> shapes.Termination:
        """Show how far it came, to both sides."""

        def work(conn: sa.Connection) -> shapes.Termination:
            self.terminations.see(conn, caller, controller)
            return self._end_standing(conn, controller)

        return self.read(caller, controller, "see", work)

    def choose_end(
        self, caller: Caller, controller: str, body: shapes.EndChoice
    ) -> shapes.Termination:
        """Write down the controller's choice."""
        writing = Writing(body.given_by, body.reference, body.text_sha256)
        keys = tuple(dict.fromkeys(body.keys))

        def work(conn: sa.Connection) -> shapes.Termination:
            choice = body.choice, keys, writing
            done = self.terminations.choose(conn, caller, controller, choice)
            return self._told(conn, controller, done.entry)

        return self.act(caller, controller, ENTER, work)

    def keep_by_law(
        self, caller: Caller, controller: str, body: shapes.NewKept
    ) -> shapes.Termination:
        """Write down what a law obliges us to keep; the destruction leaves it out."""
        one = Kept(
            kept_id=secrets.token_hex(16),
            controller=controller,
            basis=body.basis,
            elements=tuple(dict.fromkeys(body.elements)),
            records=tuple(dict.fromkeys(body.records)),
            until=read_time(body.until),
            noted=self.parts.clock.now(),
            noted_by=caller.accountable,
        )

        def work(conn: sa.Connection) -> shapes.Termination:
            entry = self.terminations.keep(conn, caller, one)
            self.parts.vault.closing.keep(conn, one)
            return self._told(conn, controller, entry)

        return self.act(caller, controller, ENTER, work)

    def note_return(
        self, caller: Caller, controller: str, body: shapes.ReturnedPackage
    ) -> shapes.Termination:
        """Write down that everything left for the controller, after comparing it with the vault.

        What was answered stands in the log's openings, record by record; it is compared with what
        is held now. Nothing changes meanwhile: the data is isolated.

        Raises:
            Refused: ``return.incomplete``, ``return.masked``, ``return.other``.
        """

        def find(conn: sa.Connection) -> Any:
            return self.parts.access.disclosure(conn, caller, controller, body.disclosure)

        left = self.read(caller, controller, ORDER, find)
        try:
            checked = self._complete(left)
        except Refused as failure:
            self._note_refusal(caller, controller, ENTER, failure)
            raise

        def work(conn: sa.Connection) -> shapes.Termination:
            now = self.parts.access.disclosure(conn, caller, controller, body.disclosure)
            package = now.disclosure_id, now.manifest_sha256, *checked
            done = self.terminations.pack(conn, caller, controller, package)
            return self._told(conn, controller, done.entry)

        return self.act(caller, controller, ORDER, work)

    def confirm_receipt(
        self, caller: Caller, controller: str, body: shapes.EndReceipt
    ) -> shapes.Termination:
        """Write down that the controller has what was returned."""
        writing = Writing(body.given_by, body.reference, body.text_sha256)

        def work(conn: sa.Connection) -> shapes.Termination:
            receipt = body.manifest_sha256, writing
            done = self.terminations.receive(conn, caller, controller, receipt)
            return self._told(conn, controller, done.entry)

        return self.act(caller, controller, ENTER, work)

    def destroy_controller(
        self, caller: Caller, controller: str, body: common.Destruction
    ) -> common.Destroyed:
        """Destroy what the controller chose to be destroyed (see the module).

        The verb ``destroy`` is demanded; nobody can give it to themselves, so two people stand
        behind this. The name is written twice.

        Raises:
            Invalid: ``destroy.unconfirmed``; what ``Terminations.order`` raises.
        """

        def known(conn: sa.Connection) -> bool:
            self.parts.access.demand(conn, caller, ORDER, controller)
            if body.confirm != controller:
                raise Invalid("destroy.unconfirmed", "The name is not the controller's.")
            return store.one(conn, controller) is not None

        if not self.act(caller, controller, ORDER, known):
            stock, names = NOTHING, list[str]()  # it is refused in a moment
        else:
            stock, names = self._stock(controller), self._living(controller)

        def order(conn: sa.Connection) -> Any:
            held = *self._scope(conn, controller, stock), stock, names
            done = self.terminations.order(conn, caller, controller, held)
            self.parts.access.forget_reasons(conn, controller)
            honey_store.forget_reasons(conn, controller)
            law_store.forget_reasons(conn, controller)
            incident_store.forget_words(conn, controller)
            request_store.forget_words(conn, controller)
            return done

        try:
            done = self.act(caller, controller, ORDER, order)
        except Failure:
            self.finish_ends()  # perhaps this one was ordered and did not come to its end
            raise
        ended = self._carry_out(controller) or done.result
        horizon = timedelta(days=self.parts.settings.key_backup_days)
        return common.Destroyed(
            controller=controller,
            status="destroyed" if done.result.scope == WHOLE else REST,
            entry=entry_of(done.entry),
            keys=ended.keys,
            rows=ended.rows,
            recoverable_until=write_time((ended.destroyed or self.parts.clock.now()) + horizon),
        )

    def _stock(self, controller: str) -> str:
        """Return, as JSON, what is held: counts."""
        found = self.parts.vault.closing.stock(controller)
        return encode(
            {
                "records": found.records,
                "subjects": found.subjects,
                "held": found.held,
                "passwords": found.passwords,
                "values": dict(found.values),
                "kept": dict(found.kept),
            }
        ).decode("ascii")

    def _living(self, controller: str) -> list[str]:
        """Return the names of the controller's living keys; those of subjects are counted."""
        with suppress(Failure):
            return [
                f"{one.purpose}/{one.version}"
                for one in self.parts.keys.rotation.living(controller)
            ]
        return []

    def _scope(self, conn: sa.Connection, controller: str, stock: str) -> tuple[str, bool]:
        """Return what can be destroyed, and whether that is anything at all."""
        closing, now = self.parts.vault.closing, self.parts.clock.now()
        kept = any(one.until > now for one in closing.kept(conn, controller))
        if not kept and not closing.is_held(conn, controller):
            return WHOLE, True
        found, held = store.one(conn, controller), decode(stock.encode("ascii"))
        first = found is None or found.destroyed is None
        return REST, first or held["values"] != held["kept"]

    # What goes on by itself.

    def tend_ends(self) -> None:
        """Note ends and last days that have come; ask again where no choice was made (C6)."""
        self.go_round("ends", self._tend_end, states=("ending", "ended"))

    def _tend_end(self, name: str) -> None:
        def work(conn: sa.Connection) -> None:
            self.terminations.isolate(conn, MACHINE, name)
            self.terminations.remind(conn, MACHINE, name)
            kept = self.parts.vault.closing.kept(conn, name)
            self.terminations.lapse(conn, MACHINE, name, kept)

        self.parts.data.write(name, work)

    def finish_ends(self) -> None:
        """Carry out what was ordered and not done; at start, and now and then (C6).

        The order stands in the data database, the intent in the key database: a process that dies
        between the two leaves an order that nothing else remembers.
        """
        for row in self.parts.data.read(HOUSE, self.parts.agreements.controllers):
            if row.status in {"ended", "destroyed"}:
                self._carry_out(row.controller)

    def _carry_out(self, controller: str) -> Termination | None:
        """Do what an order says, as far as it is not done; return where it stands now."""
        find = self.parts.data.read
        found = find(controller, lambda conn: store.one(conn, controller))
        if found is None or found.state != DESTROYING:
            return found
        if found.scope == WHOLE:
            with suppress(Gone):  # another process is at it
                if self.parts.keys.controller_exists(controller):
                    self.parts.destruction.controller(controller, entry_hash=found.ordered_leaf)
        else:
            self.parts.vault.uproot_honey(controller, lambda _conn: None)
            self.parts.vault.closing.destroy_rest(controller, found.ordered_leaf)
            cast("Horizons", self).succeed_keys(controller)  # nobody searches what is left
        done = self._outcome(found)
        if done is None:
            return found
        after = self.parts.data.write(
            controller, lambda conn: self.terminations.finish(conn, MACHINE, controller, done)
        )
        if after is not None:
            with suppress(Unavailable):  # whoever asks for it has it made then
                self._certify(MACHINE, controller)
        return after or find(controller, lambda conn: store.one(conn, controller))

    def _outcome(self, found: Termination) -> tuple[int, int, datetime, datetime] | None:
        """Return keys, rows, and when both were gone; None while rows are still being deleted."""
        gone = self.parts.keys.ending.announced(found.controller, found.ordered_leaf)
        if gone is None and found.scope == WHOLE:
            return None
        if gone is None:  # nobody had to go: what was cut out went with its older keys
            now = self.parts.clock.now()
            return 0, 0, now, now
        if not gone.rows_gone:
            return None
        names = len(found.key_names.split()) if found.scope == WHOLE else 0
        return (
            max(gone.keys, names),
            gone.rows,
            read_time(gone.destroyed),
            read_time(gone.rows_gone),
        )

    # As it is shown.

    def _told(self, conn: sa.Connection, controller: str, entry: Any) -> shapes.Termination:
        shown = self._end_standing(conn, controller)
        return msgspec.structs.replace(shown, entry=entry_of(entry))

    def _end_standing(self, conn: sa.Connection, controller: str) -> shapes.Termination:
        row = self.parts.agreements.row(conn, controller)
        found, now = store.one(conn, controller), self.parts.clock.now()
        made = store.certificates(conn, controller)
        isolated = row.status in {"ended", "destroyed"} or bool(row.ended and row.ended <= now)
        if row.ended is None:
            return shapes.Termination(controller, row.status, isolated)
        noted = found or Termination(controller, "", OPEN, row.ended, now)
        due = self.terminations.due(conn, noted)
        certified = bool(made) and noted.rows_gone is not None and made[-1].made >= noted.rows_gone
        state = "certified" if noted.state == "destroyed" and certified else noted.state
        shown = shapes.Termination(
            controller=controller,
            status=state if isolated or noted.choice else row.status,
            isolated=isolated,
            waits_for=waits_for(found, certified=certified),
            ended=write_time(row.ended),
            due=write_time(due) if due else "",
            days_left=(due - now).days if due else 0,
            kept=[self._line(one, now) for one in self.parts.vault.closing.kept(conn, controller)],
            certificates=len(made),
            certificate_sha256=made[-1].sha256 if made else "",
        )
        return msgspec.structs.replace(shown, **self._story(conn, noted))

    def _story(self, conn: sa.Connection, noted: Termination) -> dict[str, Any]:
        consent = None
        if noted.consent_id:
            consent = disclosure_store.consent(conn, noted.controller, noted.consent_id)
        names = (
            "choice chosen_by side given_by reference text_sha256 asked manifest_sha256 "
            "packed_records scope"
        )
        times = "chosen packed received ordered destroyed"
        return {
            **{name: getattr(noted, name) for name in names.split()},
            **{name: _time(getattr(noted, name)) for name in times.split()},
            "keys": list(consent.keys) if consent else [],
            "consent": noted.consent_id,
            "confirmed": bool(consent and consent.confirmed_by),
            "disclosure": noted.disclosure_id,
            "packed_values": decode(noted.packed_values.encode()) if noted.packed_values else {},
            "destroyed_keys": noted.keys,
            "destroyed_rows": noted.rows,
        }

    @staticmethod
    def _line(one: Kept, now: datetime) -> shapes.KeptByLaw:
        return shapes.KeptByLaw(
            kept=one.kept_id,
            basis=one.basis,
            elements=list(one.elements),
            until=write_time(one.until),
            records=list(one.records),
            noted=write_time(one.noted),
            noted_by=one.noted_by,
            living=one.until > now,
        )


def _time(at: datetime | None) -> str:
    return write_time(at) if at else ""
