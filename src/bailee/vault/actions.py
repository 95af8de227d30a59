"""The vault, as the doors call it: one object, one method per thing people ask for.

Each method is one act (``desk``); what it does stands in the file of its verb. Callers send the
shapes of ``shapes`` and get them back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TypeVar

import sqlalchemy as sa

from bailee.access import Access, Caller
from bailee.clock import Clock, write_time
from bailee.db import Database
from bailee.errors import Unavailable
from bailee.keys import Destroyed, Keys
from bailee.vault import (
    care,
    crypt,
    erase,
    formats,
    honey_store,
    listing,
    plant,
    protect,
    renew,
    reveal,
    search,
    store,
    update,
)
from bailee.vault.closing import Closing
from bailee.vault.desk import Admit, Desk, InForce, Record
from bailee.vault.directory import Directory
from bailee.vault.gathering import Gathering
from bailee.vault.honey import Alarm, Standing
from bailee.vault.idempotency import Once
from bailee.vault.password_tries import Strength
from bailee.vault.passwords import Passwords
from bailee.vault.person import Persons
from bailee.vault.plant import Foreseen, Planting
from bailee.vault.shapes import (
    Answer,
    Decrypt,
    Decrypted,
    Encrypt,
    Encrypted,
    Entry,
    Erase,
    Erased,
    Found,
    Kept,
    List,
    Listed,
    Protect,
    Protected,
    Request,
    Restrict,
    Reveal,
    Revealed,
    Search,
    Subjects,
    Update,
    Updated,
)
from bailee.vault.tripwire import Drills, Tripwire

A = TypeVar("A", bound=Answer)
Context = Mapping[str, str]
NOTHING: Context = MappingProxyType({})


class Vault:
    """Data at rest: in, out, and gone.

    Args:
        database: the data database.
        keys: the keys of subjects, indexes, tokens and references.
        access: who may.
        record: the ledger's append.
        clock: the time.
        in_force: the agreement in force for a controller.
        destroy: ends keys, then their rows (``Destruction.subjects``: controller, key ids, leaf).
        admit: asked before each call; raises while a controller's log takes no more.
        drills: says whose touch of honey is the house's own exercise.
        strength: what passwords of controllers' customers are measured by (``passwords``).

    Every method takes who is calling, the controller, the body, and the request's context for the
    ledger (request id, address); it raises what ``Desk.run`` raises.
    """

    def __init__(  # noqa: PLR0913 - everything below, and what the house is asked
        self,
        *,
        database: Database,
        keys: Keys,
        access: Access,
        record: Record,
        clock: Clock,
        in_force: InForce,
        destroy: Callable[[str, list[str], str], Destroyed],
        admit: Admit = lambda _controller: None,
        drills: Drills = lambda _conn, _caller, _controller: False,
        strength: Strength | None = None,
    ) -> None:
        directory, wire = Directory(keys), Tripwire(keys, drills)
        self._desk = Desk(
            database, keys, access, record, clock, in_force, directory, admit, formats.Formats(),
            wire,
        )  # fmt: skip
        self._destroy = destroy
        self.passwords = Passwords(self._desk, strength or Strength())
        self.closing = Closing(self._desk, destroy)
        self.gathering = Gathering(self._desk)
        self.persons = Persons(self._desk)

    def protect(
        self,
        caller: Caller,
        controller: str,
        body: Protect,
        *,
        idempotency_key: str | None = None,
        context: Context = NOTHING,
    ) -> Protected:
        """Store records; the answer names their ids and tokens."""
        once = self._once(caller, controller, ("protect", body, idempotency_key), Protected)
        act = protect.act(caller, controller, body, context)
        return self._desk.run(act, protect.work(self._desk, body), once)

    def reveal(
        self, caller: Caller, controller: str, body: Reveal, *, context: Context = NOTHING
    ) -> Revealed:
        """Read elements of records, or of what tokens stand for."""
        act = reveal.act(caller, controller, body, context)
        return self._desk.run(act, reveal.work(self._desk, body))

    def list_records(
        self, caller: Caller, controller: str, body: List, *, context: Context = NOTHING
    ) -> Listed:
        """List records by id, one page of them, without their values."""
        act = listing.act(caller, controller, body, context)
        return self._desk.run(act, listing.work(self._desk, body))

    def search(
        self, caller: Caller, controller: str, body: Search, *, context: Context = NOTHING
    ) -> Found:
        """Find records by the exact value of one element."""
        act = search.act(caller, controller, body, context)
        return self._desk.run(act, search.work(self._desk, body))

    def update(
        self,
        caller: Caller,
        controller: str,
        body: Update,
        *,
        idempotency_key: str | None = None,
        context: Context = NOTHING,
    ) -> Updated:
        """Correct, add or remove values."""
        once = self._once(caller, controller, ("update", body, idempotency_key), Updated)
        act = update.act(caller, controller, body, context)
        return self._desk.run(act, update.work(self._desk, body), once)

    def erase(
        self,
        caller: Caller,
        controller: str,
        body: Erase,
        *,
        idempotency_key: str | None = None,
        context: Context = NOTHING,
    ) -> Erased:
        """Destroy records, or subjects with their keys; done when this returns.

        Raises:
            Unavailable: ``erase.unfinished`` when subjects are marked and announced, but not
                gone yet: they are no longer shown, and a repetition carries it out.
        """
        once = self._once(caller, controller, ("erase", body, idempotency_key), Erased)
        doomed = erase.Doomed()
        act = erase.act(caller, controller, body, context)
        answer = self._desk.run(act, erase.work(self._desk, body, doomed), once)
        try:
            if doomed.key_ids and doomed.entry:
                self._destroy(controller, doomed.key_ids, doomed.entry.leaf)
            elif body.subjects:  # answered before, perhaps by one who did not come to the end
                while self.finish_erasures(controller):
                    pass
        except Unavailable:
            raise Unavailable(
                "erase.unfinished",
                "The subjects are marked and no longer shown, but their keys are not yet gone.",
                do="Send the same call again with the same Idempotency-Key.",
            ) from None
        return answer

    def encrypt(
        self, caller: Caller, controller: str, body: Encrypt, *, context: Context = NOTHING
    ) -> Encrypted:
        """Encrypt values that the caller keeps."""
        act = crypt.act(caller, controller, ("encrypt", body), context)
        return self._desk.run(act, crypt.encrypt(self._desk, body))

    def decrypt(
        self, caller: Caller, controller: str, body: Decrypt, *, context: Context = NOTHING
    ) -> Decrypted:
        """Open values that the caller keeps."""
        act = crypt.act(caller, controller, ("decrypt", body), context)
        return self._desk.run(act, crypt.decrypt(self._desk, body))

    def reencrypt(
        self, caller: Caller, controller: str, body: Decrypt, *, context: Context = NOTHING
    ) -> Encrypted:
        """Encrypt values that the caller keeps anew, under the newest versions of their keys."""
        act = crypt.act(caller, controller, ("reencrypt", body), context)
        return self._desk.run(act, crypt.reencrypt(self._desk, body))

    def hold(
        self, caller: Caller, controller: str, body: Subjects, *, context: Context = NOTHING
    ) -> Kept:
        """Forbid the erasure of subjects."""
        act = care.act(caller, controller, ("hold", body), context)
        return self._desk.run(act, care.work(self._desk, body, care.hold))

    def release(
        self, caller: Caller, controller: str, body: Subjects, *, context: Context = NOTHING
    ) -> Kept:
        """Allow the erasure of subjects again."""
        act = care.act(caller, controller, ("release", body), context)
        return self._desk.run(act, care.work(self._desk, body, care.release))

    def restrict(
        self, caller: Caller, controller: str, body: Restrict, *, context: Context = NOTHING
    ) -> Kept:
        """Restrict the processing of subjects' data to the purposes named."""
        act = care.act(caller, controller, ("restrict", body), context)
        change = care.restrict(tuple(sorted(set(body.allowing))))
        return self._desk.run(act, care.work(self._desk, body, change))

    def lift(
        self, caller: Caller, controller: str, body: Subjects, *, context: Context = NOTHING
    ) -> Kept:
        """Lift restrictions."""
        act = care.act(caller, controller, ("lift", body), context)
        return self._desk.run(act, care.work(self._desk, body, care.lift))

    # For the house itself: no caller, no values.

    def choose_token_format(
        self, conn: sa.Connection, controller: str, element: str, format_: str
    ) -> str:
        """Let tokens of an element be made in a format from now on; return the one before.

        In the caller's transaction, who also asks who may and writes the entry.

        Raises:
            Invalid: ``element.unknown``, ``token.format``.
        """
        now = write_time(self._desk.clock.now())
        return formats.choose(conn, controller, (element, format_), now)

    def token_formats(self, conn: sa.Connection, controller: str) -> Mapping[str, str]:
        """Return the format of tokens, for every element that has tokens."""
        return formats.listed(conn, controller)

    def finish_erasures(self, controller: str) -> int:
        """Go on with erasures that were announced and not finished; return how many subjects.

        At start, and now and then. Erasures that another process is carrying out right now are
        done twice, which changes nothing.
        """
        key_ids, leaf = self._desk.database.write(
            controller, lambda conn: erase.resume(self._desk, conn, controller)
        )
        if key_ids:
            self._destroy(controller, key_ids, leaf)
        return len(key_ids)

    def renew(
        self, controller: str, spot: renew.Spot = renew.BEGIN, limit: int = 1000
    ) -> tuple[int, renew.Spot | None]:
        """Bring what can be guessed under the newest keys, a step of a walk through all of it.

        Returns:
            How many were made anew, and where the next step begins; None at the end. After a whole
            walk that made none, the older keys can be retired.
        """
        return renew.renew(self._desk, controller, spot, limit=limit)

    def renew_subjects(self, controller: str, subject_ids: list[str]) -> int:
        """Give subjects new keys and encrypt their values anew; return how many values.

        Values kept elsewhere must be reencrypted before: the older keys are retired here.
        """
        return renew.renew_subjects(self._desk, controller, subject_ids)

    def identify(self, controller: str, references: Sequence[str]) -> list[str]:
        """Return the internal ids of subjects, by the caller's references; unknown ones are absent.

        For the house alone: an answer never carries these ids.
        """
        found = self._desk.database.write(
            controller,
            lambda conn: self._desk.directory.find(conn, controller, references, lock=False),
        )
        return [subject.subject_id for subject in found.values()]

    def overdue(self, controller: str, limit: int = 1000) -> list[str]:
        """Return ids of records that hold a value past its retention, longest overdue first."""
        now = write_time(self._desk.clock.now())

        def work(conn: sa.Connection) -> list[str]:
            honey = self._desk.tripwire.listed(conn, controller).ids
            found = store.overdue(conn, controller, now, limit + len(honey))
            return [one for one in found if one not in honey][:limit]

        return self._desk.database.read(controller, work)

    # Honey: whoever calls decides who may, in the same transaction.

    def honey(self, conn: sa.Connection, controller: str) -> Standing:
        """Say how a controller's honey stands; not which records it is."""
        listed = self._desk.tripwire.listed(conn, controller)
        return Standing(plant.count(self._desk, conn, controller), listed.readable)

    def foresee_honey(self, conn: sa.Connection, planting: Planting) -> Foreseen:
        """List honey that is to be planted; see ``plant``."""
        self._desk.admit(planting.controller)
        return plant.foresee(self._desk, conn, planting)

    def store_honey(self, conn: sa.Connection, foreseen: Foreseen) -> Entry:
        """Store it, by another transaction."""
        return plant.store_honey(self._desk, conn, foreseen)

    def uproot_honey(self, controller: str, decide: Callable[[sa.Connection], object]) -> int:
        """Erase a controller's honey, its keys first; return how many records it was.

        Args:
            controller: whose.
            decide: asked in the transaction that begins it; raises if it must stay.
        """
        key_ids, leaf, records = self._desk.database.write(
            controller,
            lambda conn: plant.mark(self._desk, conn, controller, lambda: decide(conn)),
        )
        if key_ids:
            self._destroy(controller, key_ids, leaf)
        self._desk.database.write(
            controller, lambda conn: plant.forget(self._desk, conn, controller)
        )
        return records

    def reseal_honey(self, controller: str) -> None:
        """Seal the list of a controller's honey anew."""
        self._desk.database.write(
            controller, lambda conn: plant.reseal(self._desk, conn, controller)
        )

    def honey_in(self, alarm: Alarm) -> frozenset[str]:
        """Return which records an alarm is about; for who counts people, never for an answer."""
        return self._desk.tripwire.touched(alarm)

    def honey_ids(self, conn: sa.Connection, controller: str) -> frozenset[str]:
        """Return which records are honey now; for who counts people, never for an answer."""
        return self._desk.tripwire.listed(conn, controller).ids

    def some_honey(self, controller: str) -> str:
        """Return the id of a honey record that stands, '' where there is none.

        For the house's own control alone: an answer never carries it.
        """

        def work(conn: sa.Connection) -> str:
            ids = self._desk.tripwire.listed(conn, controller).ids
            return min(honey_store.standing(conn, controller, ids), default="")

        return self._desk.database.read(controller, work)

    def _once(
        self,
        caller: Caller,
        controller: str,
        sent: tuple[str, Request, str | None],
        kind: type[A],
    ) -> Once[A] | None:
        verb, body, key = sent
        if key is None:
            return None
        return Once(
            controller=controller,
            keys=self._desk.keys,
            sent=(caller.accountable, verb, key),
            body=body,
            kind=kind,
        )
