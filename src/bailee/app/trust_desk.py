"""What the acts upon the trust page share: the right, the entry, who speaks for a controller."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import sqlalchemy as sa

from bailee.access import Caller
from bailee.access import store as access_store
from bailee.access.principal import Principal
from bailee.app.office import Office
from bailee.app.parts import RECEIPT, signatory
from bailee.clock import write_time
from bailee.db import HOUSE
from bailee.errors import Refused
from bailee.ledger import Fact, Receipt

T = TypeVar("T")
VERB = "publish"


class TrustDesk(Office):
    """Steps that acts upon the page, its statements and its reports have in common."""

    def _publishing(self, caller: Caller, work: Callable[[sa.Connection], T]) -> T:
        """Run an act of whoever holds ``publish`` at the house."""

        def permitted(conn: sa.Connection) -> T:
            self.parts.access.demand(conn, caller, VERB, HOUSE)
            return work(conn)

        return self.act(caller, HOUSE, VERB, permitted)

    def _represent(self, conn: sa.Connection, caller: Caller, controller: str) -> Principal:
        """Return the controller's named representative who calls, in person (C9).

        Raises:
            Refused: ``trust.representative``.
        """
        in_person = caller.kind == "person" and not caller.on_behalf_of
        found = signatory(conn, controller, caller.principal_id) if in_person else None
        person = access_store.principal(conn, caller.principal_id)
        if found is None or found.side != "controller" or person is None:
            raise Refused(
                "trust.representative",
                "That takes a named representative of the controller, in person.",
                do="Invite them: `bailee person invite --relation controller-representative`.",
            )
        return person

    def _moment(self) -> str:
        return write_time(self.parts.clock.now())

    def _tell_trust(self, conn: sa.Connection, **fields: Any) -> Receipt:
        """Record a fact in the caller's transaction, and remember it as its last."""
        receipt = self.parts.ledger.append(conn, Fact(**fields))
        conn.info[RECEIPT] = receipt
        return receipt
