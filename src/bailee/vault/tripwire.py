"""The tripwire: what is compared in every call that touched records (C2.5(5), C9).

A controller's list is opened once and remembered under the epoch of rights that the call read
anyway, in every process: planting and removing honey move that epoch. So a call asks nothing more
than before, and compares its records with a set of at most 64 in memory.

The alarm is written with the entry of the call, in its transaction: there is no answer without
both. If the process dies before the commit nothing was shown; after it the alarm is there. Whoever
calls gets the same answer, entry and errors as for any other record.

A list that does not open is taken for none: whoever can spoil it could delete it as well, and a
controller's reads must not stop for it. The control says so (``honey.list``).

Not watched: a call that was refused (it showed nothing), and what the house does by itself with
rows as such (new keys, erasures that go on).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import msgspec
import sqlalchemy as sa

from bailee.access import Caller
from bailee.access.memory import Memory
from bailee.errors import Broken, Invalid
from bailee.keys import Keys
from bailee.ledger import Touched
from bailee.vault import cipher, honey_store
from bailee.vault.honey import DRILL, Alarm, Honey, pack, unpack

ELEMENT = "honey.list"
"""Stands where an element's name stands in a ciphertext's place; the catalogue has none of it."""
_IDS = msgspec.json.Decoder(list[str])

Drills = Callable[[sa.Connection, Caller, str], bool]
"""Tells whether a caller is the house's own control at a controller (connection, caller, name)."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A controller's honey as far as it could be read."""

    honey: tuple[Honey, ...] = ()
    ids: frozenset[str] = frozenset()
    key_id: str = ""
    readable: bool = True


NONE = Listed()


class Tripwire:
    """Knows which records are honey.

    Args:
        keys: each list has a key of its own, made like a subject's, which goes with the controller.
        drills: says whose touch is an exercise.
    """

    def __init__(self, keys: Keys, drills: Drills = lambda _conn, _caller, _name: False) -> None:
        self._keys = keys
        self._drills = drills
        self._memory = Memory()

    def listed(self, conn: sa.Connection, controller: str, epoch: str = "") -> Listed:
        """Return a controller's honey; without an epoch as it stands in this transaction."""
        found = self._memory.recall(epoch, controller, lambda: self._load(conn, controller))
        if not found.readable:  # no epoch moves when it is put right
            self._memory.forget(controller)
        return found

    def _load(self, conn: sa.Connection, controller: str) -> Listed:
        found = honey_store.read_list(conn, controller)
        if found is None:
            return NONE
        key_id, sealed = found
        key = self._keys.subject_keys(controller, [key_id]).get(key_id)
        try:
            if key is None:
                raise cipher.wrong_place()
            opened = unpack(cipher.opened(key, (cipher.place(controller, key_id), ELEMENT), sealed))
        except (Invalid, Broken):
            return Listed(key_id=key_id, readable=False)
        return Listed(opened, frozenset(one.record_id for one in opened), key_id)

    def write(self, conn: sa.Connection, controller: str, honey: Iterable[Honey]) -> None:
        """Seal a list anew and put it in the former one's place; none at all when it is empty.

        Every sealing is another ciphertext in a new row, so nobody can tell from row or age
        whether the list changed.
        """
        kept = tuple(honey)
        if not kept:
            honey_store.drop_list(conn, controller)
            return
        plain, before = pack(kept), honey_store.read_list(conn, controller)
        key = self._keys.subject_keys(controller, [before[0]]).get(before[0]) if before else None
        if key is None:
            (key,) = self._keys.new_subject_keys(controller, 1)
        place = cipher.place(controller, key.key_id), ELEMENT
        sealed = cipher.seal(key.aead, key.version, place, (cipher.nonces(1)[0], plain))
        honey_store.write_list(conn, controller, key.key_id, sealed)

    def crossed(
        self, conn: sa.Connection, where: tuple[str, str], touched: Iterable[Touched]
    ) -> frozenset[str]:
        """Return the honey that a call touched; ``where`` is controller and epoch."""
        controller, epoch = where
        ids = self.listed(conn, controller, epoch).ids
        return ids.intersection([one.record_id for one in touched]) if ids else ids

    def sound(
        self, conn: sa.Connection, caller: Caller, raised: Alarm, ids: frozenset[str]
    ) -> None:
        """Write an alarm; a touch by the house's own control calls nobody."""
        plain = msgspec.json.encode(sorted(ids))
        sealed = self._keys.seal_opening(raised.controller, raised.alarm_id, plain)
        drill = self._drills(conn, caller, raised.controller)
        state = DRILL if drill else raised.state
        honey_store.raise_alarm(conn, replace(raised, records=sealed, state=state))

    def touched(self, alarm: Alarm) -> frozenset[str]:
        """Return the honey that an alarm is about, also after it was erased.

        An entry's opening lists it like any record. Whoever counts people by openings, for a
        notice of a breach, leaves these out: nobody is behind them (C9.3).
        """
        plain = self._keys.open_opening(alarm.controller, alarm.alarm_id, alarm.records)
        return frozenset(_IDS.decode(plain))
