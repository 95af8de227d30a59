"""Which key, since when, until when.

Promise: every value is encrypted under a key that belongs to one person and one controller; keys
are themselves encrypted; destroying a key is one commit, durable, and stays true when an old
backup of the key database is restored (C2.8(1), C2.8(3), C6).

Reading order: ``hierarchy`` (which key wraps which), ``root`` and ``local`` (the top of it),
``providers`` (who else may keep it: ``pkcs11``, ``openbao``, ``awskms``; ``sealed``, ``guarded``),
``unwrap`` and ``noted`` (what they were asked), ``recovery`` (its kit), ``lifecycle`` (what follows
what), ``tables``, ``store`` and ``register`` (SQL), ``cache``, ``mirror`` (the second place) and
``lent`` (one that a witness keeps), ``reach`` (where a controller's own root may be),
``strongroom`` (all of that together), then the acts: ``signing``, ``rotation``, ``moving`` (with
``tworoots``), ``ending``, ``reconcile`` (the mirror), ``actions``, ``destruction``; ``certificate``
(when the last copy is dead) with ``horizon`` (how long that takes at most); and ``trail`` (what a
provider itself recorded).

On memory, honestly: Python cannot wipe a ``bytes`` object, and cannot keep one from being copied
or swapped out. Unwrapped keys are in this process's memory while cached (bounded, minutes) and in
freed memory until it is used again. So: no core dumps, encrypted swap or none, one process for
nothing else, and whoever can read this process's memory reads what it reads. A root in a KMS or
HSM keeps the root itself out of it; nothing keeps out the keys in use.
"""

from bailee.keys.actions import Keys
from bailee.keys.cache import Limits
from bailee.keys.certificate import Certificate, Copy, GuessableKey, certify
from bailee.keys.destruction import DataSide, Destruction
from bailee.keys.hierarchy import GUESSABLE, Derived, SubjectKey, new_ids
from bailee.keys.horizon import Horizon, Version, covering
from bailee.keys.lent import LentMirror
from bailee.keys.lifecycle import Announced, Destroyed, Intent
from bailee.keys.local import LocalRoot, create, open_root, read_key
from bailee.keys.mirror import FileMirror, Mirror, Mirrors, NoMirror, Tombstone
from bailee.keys.moving import Moved
from bailee.keys.noted import Notes
from bailee.keys.providers import RootPlace, open_place, open_roots, read_transit_key
from bailee.keys.reach import Reach
from bailee.keys.reconcile import Reconciled
from bailee.keys.recovery import check_numbers, combine, needed, split
from bailee.keys.root import Root, check
from bailee.keys.trail import read_cloudtrail, read_openbao, windows
from bailee.keys.tworoots import TwoRoots
from bailee.keys.unwrap import (
    ANSWER,
    APART,
    Comparison,
    Seen,
    Unwrap,
    Window,
    compare,
    read_unwraps,
    write_unwraps,
)

__all__ = [
    "ANSWER",
    "APART",
    "GUESSABLE",
    "Announced",
    "Certificate",
    "Comparison",
    "Copy",
    "DataSide",
    "Derived",
    "Destroyed",
    "Destruction",
    "FileMirror",
    "GuessableKey",
    "Horizon",
    "Intent",
    "Keys",
    "LentMirror",
    "Limits",
    "LocalRoot",
    "Mirror",
    "Mirrors",
    "Moved",
    "NoMirror",
    "Notes",
    "Reach",
    "Reconciled",
    "Root",
    "RootPlace",
    "Seen",
    "SubjectKey",
    "Tombstone",
    "TwoRoots",
    "Unwrap",
    "Version",
    "Window",
    "certify",
    "check",
    "check_numbers",
    "combine",
    "compare",
    "covering",
    "create",
    "needed",
    "new_ids",
    "open_place",
    "open_root",
    "open_roots",
    "read_cloudtrail",
    "read_key",
    "read_openbao",
    "read_transit_key",
    "read_unwraps",
    "split",
    "windows",
    "write_unwraps",
]
