"""How long the erased can be recovered or guessed: shown, kept to, certified (C6, C2.8(1)).

Keeping to it is *re-keying*: what a stolen old backup of the data could be guessed at with is
replaced on a cadence (``keys.horizon``), while everything is served. A round, for one controller:

1. a purpose whose newest version is old enough gets another; it is read with at once;
2. seconds later it is written with, and a walk brings everything under it, step by step;
3. when a whole walk found nothing stale, and no transaction of before can still be open, the ledger
   announces the older version's death (*dies here: announced once more*);
4. the version is destroyed: row, tombstone, mirror. Backups of the keys keep it until they die.

Every step may be done again, by another process too. A controller that holds its own root and says
no is left as it is; its versions live too long then, and the control says so.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, cast

import msgspec
import sqlalchemy as sa

from bailee.access import Caller
from bailee.app import key_shapes, root_shapes, watch_horizon
from bailee.app.office import Office, last_entry
from bailee.app.parts import Parts
from bailee.clock import read_time, write_time
from bailee.db import HOUSE
from bailee.errors import Conflict, Failure, NotFound, Refused, Unavailable
from bailee.keys import GUESSABLE, Announced, Version, certify, covering
from bailee.ledger import Fact
from bailee.vault.renew import BEGIN, Spot
from bailee.vault.shapes import Entry

if TYPE_CHECKING:
    from bailee.app.house import House

CONTROL = "erasure"
MACHINE = {"kind": "machine", "principal_id": "re-keying"}
SHARE = 1.0
"""Rest after each step, as a multiple of what it took: half of the time is the callers'."""
_LOG = logging.getLogger(__name__)
Stopped = Callable[[float], bool]
"""Waits for so many seconds, or until it is time to stop; says whether it is."""


class Horizons(Office):
    """Acts upon the horizon."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self._whole: set[str] = set()
        """Controllers in which a walk of this process found nothing stale: before the first one,
        a restore may have left what no living version explains."""

    def horizon(self, caller: Caller, controller: str) -> key_shapes.Horizon:
        """Show how long what is erased now can be recovered or guessed, and by which keys."""
        self.look(caller, controller, "audit", lambda _conn: None, or_house=True)
        now, kept = self.parts.clock.now(), self.parts.settings.horizon
        versions = self.parts.keys.rotation.guessable(controller)
        longest = kept.longest
        return key_shapes.Horizon(
            controller=controller,
            unrecoverable="" if longest is None else write_time(now + longest),
            keys=[self._key(one, versions, now) for one in versions],
            **self._days(),
        )

    def _key(self, one: Version, versions: list[Version], now: datetime) -> key_shapes.GuessableKey:
        gone = self.parts.settings.horizon.end(one)
        newest = max(other.version for other in versions if other.purpose == one.purpose)
        if one.destroyed is not None:
            state = "gone" if gone is not None and gone <= now else "dead"
        else:
            state = "living" if one.version == newest else "replaced"
        return key_shapes.GuessableKey(
            one.name, state, *(_written(at) for at in (one.made, one.destroyed, gone))
        )

    def custody(self, caller: Caller, controller: str) -> root_shapes.Custody:
        """Show who keeps the root, whether it answers, and which versions of keys live."""
        self.look(caller, controller, "audit", lambda _conn: None, or_house=True)
        keys, house = self.parts.keys, cast("House", self)
        return root_shapes.Custody(
            provider=self.parts.settings.root.partition(":")[0] or "file",
            root=self.parts.root.key_id,
            answers=house.root_look.well(),
            held=keys.held_root(controller),
            keys=[
                root_shapes.KeyVersion(one.purpose, one.version, _written(one.made))
                for one in keys.rotation.living(controller)
            ],
            overdue=watch_horizon.overdue(self, controller),
        )

    def certify_erasure(
        self, caller: Caller, controller: str, body: key_shapes.Erasure
    ) -> key_shapes.Certificate:
        """Say from when on what an entry destroyed is beyond recovery, and record that.

        Raises:
            NotFound: ``entry.unknown``, ``erasure.unknown`` when that entry destroyed no key.
            Conflict: ``erasure.unfinished`` while rows are still being deleted.
        """

        def find(conn: sa.Connection) -> str:
            return self.parts.ledger.leaf(conn, controller, body.entry)

        leaf = self.look(caller, controller, "audit", find, or_house=True)
        done = self.parts.keys.ending.announced(controller, leaf)
        if done is None:
            raise NotFound(
                "erasure.unknown",
                "That entry destroyed no key.",
                do="Give the entry of an erasure of subjects, or of a destruction; one that a "
                "restart finished has an entry of its own in the log.",
            )
        if not done.rows_gone:
            raise Conflict("erasure.unfinished", "Rows are still being deleted.", retryable=True)
        made = self._certificate(body.entry, leaf, done)

        def note(conn: sa.Connection) -> key_shapes.Certificate:
            self.parts.access.note(
                conn,
                "keys:erasure:certified",
                caller.actor(),
                controller=controller,
                control=CONTROL,
                detail={
                    "erasure": leaf,
                    "unrecoverable": _seconds(made.unrecoverable),
                    "waiting": len(made.waiting),
                },
            )
            return msgspec.structs.replace(made, entry=last_entry(conn))

        return self.parts.data.write(controller, note)

    def _certificate(self, erasure: str, leaf: str, done: Announced) -> key_shapes.Certificate:
        kept = self.parts.settings.horizon
        destroyed, rows_gone = read_time(done.destroyed), read_time(done.rows_gone)
        guessable = covering(self.parts.keys.rotation.guessable(done.controller), rows_gone)
        deaths = [one.destroyed for one in guessable if one.destroyed is not None]
        found = certify(
            destroyed,
            rows_gone=rows_gone,
            key_copies=kept.key_copies([destroyed, *deaths]),
            data_copies=kept.data_copies(rows_gone),
            guessable=guessable,
        )
        planned = None if kept.longest is None else rows_gone + kept.longest
        return key_shapes.Certificate(
            controller=done.controller,
            erasure=erasure,
            leaf=leaf,
            keys=done.keys,
            destroyed=done.destroyed,
            rows_gone=done.rows_gone,
            unrecoverable=_written(found.unrecoverable),
            latest=_written(found.unrecoverable or planned),
            waiting=list(found.waiting),
            entry=Entry("", "", ""),  # until it is recorded
            **self._days(),
        )

    def _days(self) -> dict[str, int]:
        settings = self.parts.settings
        return {
            "key_backup_days": settings.key_backup_days,
            "data_backup_days": settings.data_backup_days,
            "rekey_days": settings.rekey_days,
        }

    def rekey_due(self, stopped: Stopped) -> None:
        """Go through every controller once; what one of them refuses holds up no other."""
        for row in self.parts.data.read(HOUSE, self.parts.agreements.controllers):
            if row.status == "destroyed":
                continue
            try:
                if not self.rekey(row.controller, stopped):
                    return
            except Failure as failure:
                _LOG.warning("re-keying: %s", failure.code)

    def rekey(self, controller: str, stopped: Stopped) -> bool:
        """Do a round for one controller (see the module); False when told to stop."""
        rotation, now = self.parts.keys.rotation, self.parts.clock.now()
        versions = rotation.guessable(controller)
        self.succeed_keys(controller, self.parts.settings.horizon.due(versions, now))
        older = _replaced(rotation.guessable(controller))
        if not older and controller in self._whole:
            return True
        total = self._walk(controller, stopped)
        if total == 0:
            self._whole.add(controller)
            self._retire(controller, older)
        return total is not None

    def succeed_keys(self, controller: str, purposes: Iterable[str] = GUESSABLE) -> None:
        """Give keys to guess with a successor; a round retires the older ones within minutes."""
        for purpose in purposes:
            made = self.parts.keys.rotation.new_version(controller, purpose)
            self._note(controller, "keys:version:made", (purpose, made.version))

    def bring_up(self, controller: str) -> None:
        """Bring everything under the newest keys that live; after a restore, before serving.

        Entries and marks of another time stand under keys that died or were lost since; until they
        are made anew of the values, nobody finds anything by them. Where the controller's own root
        says no, the server does it when it says yes.
        """
        with suppress(Refused, Unavailable):
            self._walk(controller, lambda _seconds: False)

    def _walk(self, controller: str, stopped: Stopped) -> int | None:
        """Look at everything once; return how much was made anew, None when told to stop."""
        total = 0
        spot: Spot | None = BEGIN
        while spot is not None:
            began = time.monotonic()
            count, spot = self.parts.vault.renew(controller, spot)
            total += count
            if stopped((time.monotonic() - began) * SHARE if count else 0):
                return None
        return total

    def _retire(self, controller: str, older: list[Version]) -> None:
        """Destroy versions that nothing stands under any more, unless they are needed yet."""
        rotation = self.parts.keys.rotation
        for one in older:
            if rotation.retirable(controller, one.purpose):
                leaf = self._note(controller, "keys:version:destroyed", (one.purpose, one.version))
                rotation.retire_controller_key(controller, one.purpose, one.version, leaf)

    def _note(self, controller: str, action: str, key: tuple[str, int]) -> str:
        def work(conn: sa.Connection) -> str:
            agreement = self.parts.agreements.in_force(conn, controller)
            fact = Fact(
                action=action,
                controller=controller,
                obligations=agreement.obligations_for(CONTROL),
                detail={"purpose": key[0], "version": key[1]},
                agreement=agreement.version_id,
                actor=MACHINE,
            )
            return self.parts.ledger.append(conn, fact).leaf

        return self.parts.data.write(controller, work)


def _replaced(versions: list[Version]) -> list[Version]:
    """Return the living versions that have a successor."""
    newest = {
        purpose: max((one.version for one in versions if one.purpose == purpose), default=0)
        for purpose in GUESSABLE
    }
    return [one for one in versions if one.destroyed is None and one.version < newest[one.purpose]]


def _seconds(at: str) -> int | str:
    """Return a time as the ledger takes it: POSIX seconds."""
    return int(read_time(at).timestamp()) if at else "open"


def _written(at: datetime | None) -> str:
    return "" if at is None else write_time(at)
