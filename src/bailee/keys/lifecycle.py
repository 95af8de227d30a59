"""Acts on keys that take several steps, and what follows what. Pure.

Two databases cannot commit together, so an act that touches both is an *intent*: a row of the key
database that says how far it came. Every step may be done twice with the same result; after a
crash each open intent goes on from its state.

    destroy: the ledger announces it → keys deleted, tombstones written (one commit) → rows deleted
             → the ledger says done
    rotate:  new version made → every subject key wrapped anew → old version deleted

The order is the promise. Announced before keys die: nobody can destroy in silence. Keys before
rows: from the first commit on no copy of the rows, wherever it lies, can be read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bailee.errors import Conflict

DESTROY_SUBJECTS = "destroy-subjects"
DESTROY_CONTROLLER = "destroy-controller"
ROTATE = "rotate-data"

OPEN = "open"
KEYS_GONE = "keys_gone"
ROWS_GONE = "rows_gone"
REWRAPPED = "rewrapped"
DONE = "done"

Table = Mapping[tuple[str, str], str]
_DESTROY: Table = {
    (OPEN, "keys_deleted"): KEYS_GONE,
    (KEYS_GONE, "rows_deleted"): ROWS_GONE,
    (ROWS_GONE, "recorded"): DONE,
}
TRANSITIONS: Mapping[str, Table] = {
    DESTROY_SUBJECTS: _DESTROY,
    DESTROY_CONTROLLER: _DESTROY,
    ROTATE: {
        (OPEN, "rewrapped"): REWRAPPED,
        (REWRAPPED, "old_deleted"): DONE,
        (OPEN, "controller_destroyed"): DONE,
        (REWRAPPED, "controller_destroyed"): DONE,
    },
}
"""For each kind of intent: (state, what happened) → state. Nothing leads back; done is the end."""

SUBJECTS_AT_ONCE = 10_000
"""Subject keys that one intent may destroy."""


@dataclass(frozen=True, slots=True)
class Intent:
    """One act in progress.

    Attributes:
        key_ids: subject keys to destroy; empty when the whole controller is meant.
        entry_hash: leaf of the ledger entry that announced it, hex; empty until there is one.
        obligations: ids that the ledger entries name.
        rows: rows of the data database deleted so far.
        destroyed_at: when the keys died, RFC 3339; empty before.
        rows_gone_at: when the last row was deleted; empty before.
        version: of the controller key that a rotation made.
    """

    controller: str
    intent_id: str
    kind: str
    state: str
    created: str
    key_ids: tuple[str, ...] = ()
    entry_hash: str = ""
    obligations: tuple[str, ...] = ()
    keys: int = 0
    rows: int = 0
    destroyed_at: str = ""
    rows_gone_at: str = ""
    version: int = 0

    def after(self, event: str) -> Intent:
        """Return the intent after an event.

        Raises:
            Conflict: ``intent.transition`` when the event cannot follow this state.
        """
        state = TRANSITIONS[self.kind].get((self.state, event))
        if state is None:
            raise Conflict("intent.transition", f"{event} cannot follow {self.state}.")
        return replace(self, state=state)


@dataclass(frozen=True, slots=True)
class Announced:
    """What became of a destruction that a ledger entry announced; times in RFC 3339.

    ``keys`` is 0 for a controller's; ``rows_gone`` is empty while rows are still being deleted.
    """

    controller: str
    keys: int
    destroyed: str
    rows_gone: str
    rows: int = 0


@dataclass(frozen=True, slots=True)
class Destroyed:
    """What a completed destruction did.

    Attributes:
        keys: subject keys that lived and died; 0 for a controller, whose own keys died at once.
        rows: rows of the data database deleted.
        destroyed_at: when the keys died, RFC 3339.
        entry_hash: leaf of the entry that announced it.
        done_hash: leaf of the entry that says it is done.
    """

    controller: str
    intent_id: str
    kind: str
    keys: int
    rows: int
    destroyed_at: str
    entry_hash: str
    done_hash: str = field(default="")
