"""Data at rest: what may be held, how it is kept, who gets it back, and how it ends.

The promise: every value is an element of the catalogue that the agreement's annex permits (C2.10),
is encrypted on its own under the key of the person it belongs to and bound to its place (C2.8(1),
C2.8(3)), leaves only for a purpose that agreement and grant both allow (C2.4, C2.5(4)) and after
its ledger entry (C2.5(5)), and is unreadable everywhere once its subject is erased (C6). Card
authentication data is refused wherever it stands (PCI DSS 3.3.1). Nothing of a value, and no
word of a caller, is in an error, a log line or a column in clear (C3.2).

Clauses: C1.5, C1.9, C1.10 (classification), C2.4, C2.5(4), C2.5(5), C2.7, C2.8(1), C2.8(3), C2.10,
C3.2, C5.3 and C7.3(6) (correction, restriction, deletion), C6, C7.2(6) (hold), C9.3
(what is counted).

Reading order: ``shapes`` (what callers send and get) → ``catalogue`` with ``validate``,
``normalise``, ``mask`` and ``cardholder`` (what a value may be) → ``cipher``, ``mac``, ``index``,
``token``, ``alias``, ``mark`` (how it is kept) → ``subject``, ``record``, ``retention`` (whose it
is, and how long) → ``honey``, ``forge`` (records of nobody) → ``tables``, ``rows``,
``subject_store``, ``store``, ``token_store``, ``honey_store`` (SQL) → ``directory`` (from a
reference to a subject), ``formats`` (what a controller chose for its tokens) → ``tripwire``,
``desk``, ``batch``, ``idempotency`` (what every act shares) → ``values``, ``minting``, then the
acts: ``protect``, ``reveal``, ``search``, ``listing``, ``update``, ``erase``, ``crypt``, ``care``,
``renew``, ``plant``, ``gathering``, together in ``actions``; ``isolation``, ``kept``,
``kept_store``, ``closing`` (the end of an agreement); ``imported``, ``password``,
``password_store``, ``password_shapes``, ``password_tries`` and ``passwords``, which are verified
and never read; and ``attempt`` with ``attempt_store``, which tries to open or guess what was
erased.

Deliberately not here: the equality of values that one person could learn by comparing tokens of a
caller who may search; what somebody who can write to the database learns by putting an older
ciphertext back into its own place (the ledger shows the update it undoes).
"""

from bailee.vault.actions import Vault
from bailee.vault.cardholder import find_card_number
from bailee.vault.catalogue import CATALOGUE, Element, element, mask, rebuilds, schema, validate
from bailee.vault.erase import delete_rows
from bailee.vault.formats import allowed_formats
from bailee.vault.password_tries import Strength
from bailee.vault.shapes import LIMITS, MAX_ITEMS

__all__ = [
    "CATALOGUE",
    "LIMITS",
    "MAX_ITEMS",
    "Element",
    "Strength",
    "Vault",
    "allowed_formats",
    "delete_rows",
    "element",
    "find_card_number",
    "mask",
    "rebuilds",
    "schema",
    "validate",
]
