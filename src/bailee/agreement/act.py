"""Acts: who acts, and how an act of this package reaches the ledger.

The ledger is a neighbour that this package does not know: its append is handed in at wiring.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import sqlalchemy as sa


class Actor(Protocol):
    """Who acts: a caller as access knows him, after his credential was checked."""

    @property
    def principal_id(self) -> str:
        """Return the acting principal's id."""

    @property
    def key_id(self) -> str:
        """Return the id of the credential that was shown."""

    @property
    def kind(self) -> str:
        """Return ``person`` or ``service``."""

    @property
    def on_behalf_of(self) -> str:
        """Return the person a service acts for, '' otherwise."""

    def actor(self) -> dict[str, str]:
        """Return all that an entry commits to of who did it."""


Record = Callable[[sa.Connection, Mapping[str, Any]], object]
"""The ledger's append: a connection and the fields of a fact."""


def tell(
    record: Record, conn: sa.Connection, controller: str, *, by: Actor, **fields: object
) -> None:
    """Record an act of a person, ``fields`` being those of a fact (``action``, ``detail``…).

    It is *asserted*: the ledger proves who signed and when, not that what was signed is true.
    """
    common = {
        "controller": controller,
        "decision": "allowed",
        "source": "asserted",
        "actor": by.actor(),
    }
    record(conn, {**common, **fields})
