"""What happened, so that the controller's auditor can check it without trusting the processor.

The promise: an entry commits in the transaction of the access it records, before anything leaves
(C2.5(5)); entries are never altered, reordered or dropped once signed; records suffice to
demonstrate compliance (C5.2). No entry holds personal data. What a log cannot show is said
wherever it is verified (``verify.CANNOT_SHOW``).

Reading order: ``entry`` (what is written), ``merkle``, ``tile``, ``note`` (RFC 6962 and C2SP
forms), ``head``, ``tables``, ``store`` (where it lies), ``sequencer`` (how it gets into the tree
and is signed), ``lease_store`` and ``pulse`` (who does that, and when), ``backlog`` (what may wait
for it), ``cosigning``, ``lane``, ``witness_store``, ``witnessing`` (what others saw of it),
``seal`` (how people read it), ``succession`` (after a restored backup), ``stretch`` and ``between``
(parts of a log), ``actions`` (the one class to call), ``export``, ``verify`` (stands alone),
``flood``, ``asks``.
"""

from bailee.ledger.actions import Ledger
from bailee.ledger.asks import LogId, Secrets
from bailee.ledger.backlog import Bounds
from bailee.ledger.between import entries_between, spans_between
from bailee.ledger.cosigning import read_policy
from bailee.ledger.entry import Fact, Link, Receipt, read_entry
from bailee.ledger.flood import Flood
from bailee.ledger.head import LogHead
from bailee.ledger.lane import Standing
from bailee.ledger.opening import Opening, Touched
from bailee.ledger.sequencer import Pass
from bailee.ledger.stretch import newest_time
from bailee.ledger.witnessing import Witnessing

__all__ = [
    "Bounds",
    "Fact",
    "Flood",
    "Ledger",
    "Link",
    "LogHead",
    "LogId",
    "Opening",
    "Pass",
    "Receipt",
    "Secrets",
    "Standing",
    "Touched",
    "Witnessing",
    "entries_between",
    "newest_time",
    "read_entry",
    "read_policy",
    "spans_between",
]
